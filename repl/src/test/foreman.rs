//! A foreman: a process that makes workers, one a job. It has prepared a machine, and a worker is a copy of
//! it (`fork`): programs, libraries and modules are loaded once, and what a worker does concerns no other.
//!
//! It reads [`Job`]s, a line each, and is given the next one when it has told of the end of the last. What
//! workers had to compile it compiles itself before the next one.

use nix::errno::Errno;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};
use std::fs::File;
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use super::job::{Event, Job, Kind};
use super::worker::{self, Prepared};
use crate::cli::{CliError, Exit, Outcome as Ending};

/// A foreman that has been made, and the ends of its streams.
pub struct Begun {
    pub process: Pid,
    /// Takes jobs; it ends when this is closed.
    pub jobs: PipeWriter,
    /// Tells events.
    pub events: PipeReader,
}

/// Who goes on.
pub enum Who {
    /// This process, with so many foremen.
    Runner(Vec<Begun>),
    /// Another one, which has ended so.
    Other(Ending),
}

/// Makes foremen: copies of this process, which must have no threads yet.
pub fn make(count: usize) -> Result<Who, CliError> {
    let prepared = Prepared::new()
        .map_err(|error| CliError::Failed(format!("a worker cannot begin: {error}")))?;
    let mut begun: Vec<Begun> = Vec::new();
    for _ in 0..count {
        let (input, jobs) = std::io::pipe().map_err(failed)?;
        let (events, output) = std::io::pipe().map_err(failed)?;
        match copy().map_err(|error| failed(error.into()))? {
            ForkResult::Parent { child } => begun.push(Begun { process: child, jobs, events }),
            ForkResult::Child => {
                // With these ends open here, the others would never see theirs closed.
                drop((begun, jobs, events));
                return Ok(Who::Other(lead(prepared, input, output)));
            }
        }
    }
    // Giving the machine back would only make this process's own copies of memory that it shares with them.
    std::mem::forget(prepared);
    Ok(Who::Runner(begun))
}

/// Is a foreman: standard input has jobs, standard output takes events.
pub fn main() -> Ending {
    let prepared = Prepared::new()
        .map_err(|error| CliError::Failed(format!("a worker cannot begin: {error}")))?;
    let input = std::io::stdin().as_fd().try_clone_to_owned().map_err(failed)?;
    let output = std::io::stdout().as_fd().try_clone_to_owned().map_err(failed)?;
    lead(prepared, input.into(), output.into())
}

fn failed(error: std::io::Error) -> CliError {
    CliError::Failed(format!("a worker has failed: {error}"))
}

/// Has workers do what `input` says. Returns in each of them, too.
fn lead(prepared: Prepared, input: PipeReader, output: PipeWriter) -> Ending {
    let mut input = BufReader::new(input);
    // Files that workers had to compile, and the one of tests among them.
    let (mut compiled, mut tests) = (Vec::<Vec<u8>>::new(), String::new());
    let mut line = String::new();
    loop {
        line.clear();
        if input.read_line(&mut line).map_err(failed)? == 0 {
            return Ok(Exit::SUCCESS);
        }
        let job: Job = serde_json::from_str(&line)
            .map_err(|error| CliError::Failed(format!("this is no job for a worker: {error}")))?;
        for name in compiled.drain(..) {
            // A file of tests is loaded again only when each test has a process.
            if job.path == tests || name != format!("@{tests}").into_bytes() {
                prepared.recall.learn(&name);
            }
        }
        tests.clone_from(&job.path);
        let (mut notes, write_notes) = std::io::pipe().map_err(failed)?;
        match copy() {
            Ok(ForkResult::Child) => {
                drop((input, notes));
                return work(job, prepared, output, write_notes);
            }
            Ok(ForkResult::Parent { child }) => {
                drop(write_notes);
                let mut text = Vec::new();
                notes.read_to_end(&mut text).map_err(failed)?;
                compiled.extend(text.split(|c| *c == 0).filter(|n| !n.is_empty()).map(Vec::from));
                tell(&output, &ended(child)).map_err(failed)?;
            }
            Err(error) => {
                let why = format!("no process can be started: {}", error.desc());
                tell(&output, &Event::Gone { why }).map_err(failed)?;
            }
        }
    }
}

/// Does a job, in this process.
fn work(job: Job, prepared: Prepared, output: PipeWriter, mut notes: PipeWriter) -> Ending {
    let recall = prepared.recall.clone();
    let is_of_examples = matches!(job.kind, Kind::Examples(_));
    // The terminal's input is none of the tests'.
    let nothing = File::open("/dev/null").map_err(failed)?;
    nix::unistd::dup2_stdin(nothing).map_err(|error| failed(error.into()))?;
    worker::work(job, prepared, output)?;
    if !is_of_examples {
        // (That the foreman does not hear of it only costs time.)
        let _ = notes.write_all(&recall.compiled().join(&0));
    }
    Ok(Exit::SUCCESS)
}

/// Makes a copy of this process.
#[allow(
    unsafe_code,
    reason = "the only way to have one machine several times without making it again"
)]
fn copy() -> nix::Result<ForkResult> {
    // SAFETY: no other thread has been started in this process: the runner of tests makes foremen before it
    // starts threads, and foremen only read, wait and write. So none can hold a lock, of the allocator for
    // instance, that the copy would wait for forever.
    unsafe { fork() }
}

/// Waits for a worker's end.
fn ended(worker: Pid) -> Event {
    Event::Gone {
        why: match wait(worker) {
            Ok(status) => format!("the process has ended: {status}"),
            Err(error) => format!("the process is lost: {error}"),
        },
    }
}

/// Waits for a process's end.
pub fn wait(process: Pid) -> nix::Result<ExitStatus> {
    loop {
        match waitpid(process, None) {
            Ok(WaitStatus::Exited(_, code)) => return Ok(ExitStatus::from_raw(code << 8)),
            Ok(WaitStatus::Signaled(_, signal, dumped)) => {
                return Ok(ExitStatus::from_raw(signal as i32 | if dumped { 0x80 } else { 0 }));
            }
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Writes a line. (A worker that died has perhaps left an unfinished one.)
fn tell(mut output: &PipeWriter, event: &Event) -> std::io::Result<()> {
    let mut line = vec![b'\n'];
    serde_json::to_writer(&mut line, event)?;
    line.push(b'\n');
    output.write_all(&line)
}
