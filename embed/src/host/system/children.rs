//! Programs that a program has started, without a shell.

use luka_vm::host::{Command, Finished, Host, HostResult, Input, Process, ProcessId, Redirect};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
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
    /// Streams that are read piece by piece: standard output and error.
    streams: [Option<File>; 2],
    /// Standard input, where it is given piece by piece.
    input: Option<File>,
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
        Redirect::Capture | Redirect::Merge | Redirect::Stream => Stdio::piped(),
    }
}

/// Whether a pipe is ready; waits for it at most so many seconds, or until Ctrl-C.
fn is_ready(pipe: &File, flags: PollFlags, seconds: f64) -> bool {
    let mut polled = [PollFd::new(pipe, flags)];
    let wait = Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX);
    let wait = Timespec::try_from(wait).unwrap_or(Timespec { tv_sec: i64::MAX, tv_nsec: 0 });
    poll(&mut polled, Some(&wait)).is_ok_and(|ready| ready > 0)
}

/// A pipe that does not wait for the other end.
fn pipe(fd: OwnedFd) -> HostResult<File> {
    fcntl(fd.as_fd(), FcntlArg::F_SETFL(OFlag::O_NONBLOCK))
        .map_err(|e| host_error(std::io::Error::from_raw_os_error(e as i32)))?;
    Ok(File::from(fd))
}

/// What a pipe that was ready has given; `None`: nothing after all.
fn given<T>(result: std::io::Result<T>) -> HostResult<Option<T>> {
    use std::io::ErrorKind::{Interrupted, WouldBlock};
    match result {
        Ok(value) => Ok(Some(value)),
        Err(e) if matches!(e.kind(), WouldBlock | Interrupted) => Ok(None),
        Err(e) => Err(host_error(e)),
    }
}

/// No stream of the program's is read or written here.
fn no_stream() -> luka_vm::host::HostError {
    plain(INVALID, "the stream is not open")
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
        start.stdin(match command.input {
            Input::Inherit => Stdio::inherit(),
            Input::Text(_) | Input::Stream => Stdio::piped(),
        });
        let mut merged = None;
        let streams = matches!(command.output, Redirect::Capture | Redirect::Stream);
        if command.error == Redirect::Merge && streams {
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
        let mut input = None;
        match (child.stdin.take(), &command.input) {
            (Some(mut stdin), Input::Text(text)) => {
                let text = text.clone();
                // A program that does not read all of it is no error.
                std::thread::spawn(move || stdin.write_all(&text));
            }
            (Some(stdin), Input::Stream) => input = Some(pipe(stdin.into())?),
            _ => {}
        }
        let out: Option<OwnedFd> = match merged {
            Some(reader) => Some(reader.into()),
            None => child.stdout.take().map(OwnedFd::from),
        };
        let err: Option<OwnedFd> = child.stderr.take().map(OwnedFd::from);
        let most = command.most;
        let mut streams = [None, None];
        let mut read = |i: usize, from: Option<OwnedFd>, to: Redirect| -> HostResult<_> {
            match (from, to) {
                (Some(from), Redirect::Stream) => {
                    streams[i] = Some(pipe(from)?);
                    Ok(None)
                }
                (from, _) => Ok(from.map(|from| capture(File::from(from), most))),
            }
        };
        let output = read(0, out, command.output)?;
        let error = read(1, err, command.error)?;
        self.children.last += 1;
        let id = self.children.last;
        self.children.running.insert(id, Running { child, output, error, streams, input });
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

    fn read_stream(
        &mut self,
        process: ProcessId,
        error: bool,
        most: usize,
        seconds: f64,
    ) -> HostResult<Option<Vec<u8>>> {
        /// The most bytes at a time.
        const PIECE: usize = 1 << 16;
        let running = self.children.get(process)?;
        let stream = running.streams[usize::from(error)].as_mut().ok_or_else(no_stream)?;
        if !is_ready(stream, PollFlags::IN, seconds) {
            return Ok(None);
        }
        let mut bytes = vec![0; most.min(PIECE)];
        let read = given(stream.read(&mut bytes))?;
        Ok(read.map(|count| {
            bytes.truncate(count);
            bytes
        }))
    }

    fn write_input(
        &mut self,
        process: ProcessId,
        bytes: &[u8],
        seconds: f64,
    ) -> HostResult<Option<usize>> {
        let input = self.children.get(process)?.input.as_mut().ok_or_else(no_stream)?;
        if !is_ready(input, PollFlags::OUT, seconds) {
            return Ok(None);
        }
        given(input.write(bytes))
    }

    fn close_input(&mut self, process: ProcessId) -> HostResult<()> {
        self.children.get(process)?.input = None;
        Ok(())
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
