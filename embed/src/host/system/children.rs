//! Programs that a program has started, without a shell.

use luka_vm::host::{Command, Finished, Host, HostResult, Process, ProcessId, Redirect};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::System;
use super::errors::{INVALID, host_error, plain};
use super::process::{set_variables, status};

/// What is read of a stream: the bytes that are kept, and whether there were more.
type Captured = (Vec<u8>, bool);

/// A program under way.
struct Running {
    child: Child,
    output: Option<JoinHandle<Captured>>,
    error: Option<JoinHandle<Captured>>,
}

/// The programs under way, by number.
#[derive(Default)]
pub(super) struct Children {
    running: BTreeMap<u64, Running>,
    last: u64,
}

impl Children {
    /// Why a machine with programs under way cannot be saved.
    pub fn reasons(&self) -> impl Iterator<Item = String> + use<'_> {
        self.running.values().map(|r| format!("process {}: it is running", r.child.id()))
    }

    fn get(&mut self, process: ProcessId) -> HostResult<&mut Running> {
        // ECHILD
        self.running.get_mut(&process.0).ok_or_else(|| plain(10, "No child processes"))
    }
}

/// Reads a stream to its end, on a thread of its own, so that a program never waits for a reader.
fn capture(mut from: impl Read + Send + 'static, most: usize) -> JoinHandle<Captured> {
    std::thread::spawn(move || {
        let (mut kept, mut cut, mut part) = (Vec::new(), false, [0; 1 << 13]);
        while let Ok(n @ 1..) = from.read(&mut part) {
            let taken = n.min(most.saturating_sub(kept.len()));
            kept.extend_from_slice(&part[..taken]);
            cut |= taken < n;
        }
        (kept, cut)
    })
}

fn captured(reader: Option<JoinHandle<Captured>>) -> Captured {
    reader.and_then(|reader| reader.join().ok()).unwrap_or_default()
}

fn stdio(to: Redirect) -> Stdio {
    match to {
        Redirect::Inherit => Stdio::inherit(),
        Redirect::Discard => Stdio::null(),
        Redirect::Capture | Redirect::Merge => Stdio::piped(),
    }
}

impl Process for System {
    fn start(&mut self, command: &Command) -> HostResult<ProcessId> {
        let Some((program, arguments)) = command.argv.split_first() else {
            return Err(plain(INVALID, "Invalid argument"));
        };
        Host::flush_all(self)?;
        let mut start = std::process::Command::new(OsStr::from_bytes(program));
        start.args(arguments.iter().map(|a| OsStr::from_bytes(a)));
        set_variables(&mut start, &self.variables);
        set_variables(&mut start, command.env.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &command.folder {
            start.current_dir(OsStr::from_bytes(folder));
        }
        start.stdin(if command.input.is_some() { Stdio::piped() } else { Stdio::inherit() });
        let mut merged = None;
        if command.error == Redirect::Merge && command.output == Redirect::Capture {
            let (reader, writer) = std::io::pipe().map_err(host_error)?;
            start.stdout(writer.try_clone().map_err(host_error)?).stderr(writer);
            merged = Some(reader);
        } else {
            start.stdout(stdio(command.output));
            start.stderr(match command.error {
                Redirect::Merge => stdio(command.output),
                other => stdio(other),
            });
        }
        let spawned = start.spawn();
        // The ends of pipes that the command holds must not stay open here.
        drop(start);
        let mut child = spawned.map_err(host_error)?;
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), command.input.clone()) {
            // A program that does not read all of it is no error.
            std::thread::spawn(move || stdin.write_all(&input));
        }
        let most = command.most;
        let output = match merged {
            Some(reader) => Some(capture(reader, most)),
            None => child.stdout.take().map(|out| capture(out, most)),
        };
        let error = child.stderr.take().map(|err| capture(err, most));
        self.children.last += 1;
        let id = self.children.last;
        self.children.running.insert(id, Running { child, output, error });
        Ok(ProcessId(id))
    }

    fn wait(&mut self, process: ProcessId, seconds: f64) -> HostResult<Option<Finished>> {
        let interrupted = self.console.is_interrupted;
        let running = self.children.get(process)?;
        let end = Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX);
        let begin = Instant::now();
        let mut pause = Duration::from_micros(50);
        let ended = loop {
            if let Some(ended) = running.child.try_wait().map_err(host_error)? {
                break ended;
            }
            let left = end.saturating_sub(begin.elapsed());
            if left.is_zero() || interrupted() {
                return Ok(None);
            }
            std::thread::sleep(pause.min(left));
            pause = (pause * 2).min(Duration::from_millis(5));
        };
        let running = self.children.running.remove(&process.0);
        let (output, error) = running.map_or((None, None), |r| (r.output, r.error));
        let ((output, cut), (error, cut_error)) = (captured(output), captured(error));
        Ok(Some(Finished { status: status(ended), output, error, cut: cut || cut_error }))
    }

    fn signal(&mut self, process: ProcessId, signal: i32) -> HostResult<()> {
        let running = self.children.get(process)?;
        let signal = Signal::try_from(signal).map_err(|_| plain(INVALID, "Invalid argument"))?;
        let pid = i32::try_from(running.child.id()).unwrap_or(i32::MAX);
        kill(Pid::from_raw(pid), signal)
            .map_err(|e| host_error(std::io::Error::from_raw_os_error(e as i32)))
    }

    fn id(&mut self, process: Option<ProcessId>) -> HostResult<u32> {
        match process {
            Some(process) => self.children.get(process).map(|running| running.child.id()),
            None => Ok(std::process::id()),
        }
    }
}
