//! A process that runs the tests of a file: a copy of this one (`fork`), with a machine that is prepared, so that
//! programs, libraries and modules are loaded once, and what one does concerns no other.

use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};
use std::fs::File;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitStatus;
use std::time::Instant;

use super::job::Job;
use super::worker::{self, Prepared};

/// A process that has been started.
pub struct Process {
    number: Pid,
    /// Tells events, a line each; ends with the process.
    events: PipeReader,
    /// The beginning of a line.
    begun: Vec<u8>,
    /// When something was heard of it.
    pub heard: Instant,
    /// Its end has been waited for.
    has_ended: bool,
}

/// What was heard of a process.
pub enum Heard {
    Nothing,
    /// Whole lines.
    Lines(Vec<Vec<u8>>),
    /// The last ones.
    End(Vec<Vec<u8>>),
}

impl Process {
    /// Starts a process that does a job with a copy of what is prepared.
    ///
    /// # Errors
    /// There are too many processes or open files.
    pub fn start(job: &Job, prepared: &mut Prepared) -> std::io::Result<Process> {
        // What is not written yet would be written by both.
        std::io::stdout().flush()?;
        let (events, output) = std::io::pipe()?;
        match copy()? {
            ForkResult::Child => {
                drop(events);
                leave(work(job, prepared, output))
            }
            ForkResult::Parent { child } => Ok(Process {
                number: child,
                events,
                begun: Vec::new(),
                heard: Instant::now(),
                has_ended: false,
            }),
        }
    }

    /// What it has told since the last call; does not wait.
    pub fn listen(&mut self) -> Heard {
        let mut ready = [PollFd::new(self.events.as_fd(), PollFlags::POLLIN)];
        if !matches!(poll(&mut ready, PollTimeout::ZERO), Ok(1..)) {
            return Heard::Nothing;
        }
        let mut bytes = [0; 16 * 1024];
        let read = loop {
            match self.events.read(&mut bytes) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                // (What cannot be read any more has ended.)
                read => break read.unwrap_or(0),
            }
        };
        self.heard = Instant::now();
        self.begun.extend_from_slice(&bytes[..read]);
        let mut lines: Vec<Vec<u8>> = self.begun.split(|&c| c == b'\n').map(Vec::from).collect();
        self.begun = lines.pop().unwrap_or_default();
        match read {
            0 => Heard::End(lines),
            _ => Heard::Lines(lines),
        }
    }

    /// Ends it.
    pub fn kill(&mut self) {
        // (It has not been waited for: the number is still its own.)
        if !self.has_ended {
            let _ = kill(self.number, Signal::SIGKILL);
            self.end();
        }
    }

    /// Waits for its end, and says how it was.
    pub fn end(&mut self) -> String {
        self.has_ended = true;
        match wait(self.number) {
            Ok(status) => format!("the process has ended: {status}"),
            Err(error) => format!("the process is lost: {error}"),
        }
    }
}

impl AsFd for Process {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.events.as_fd()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Does a job, in the copy. The process's exit code.
fn work(job: &Job, prepared: &mut Prepared, output: PipeWriter) -> i32 {
    let work = || {
        // The terminal's input is none of the tests'.
        nix::unistd::dup2_stdin(File::open("/dev/null")?)?;
        worker::work(job.clone(), prepared, output)
    };
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => 0,
        Ok(Err(error)) => {
            let _ = writeln!(std::io::stderr(), "luka: a worker has failed: {error}");
            1
        }
        // The message is written.
        Err(_) => 101,
    }
}

/// Makes a copy of this process.
#[allow(
    unsafe_code,
    reason = "the only way to have one machine several times without making it again"
)]
fn copy() -> nix::Result<ForkResult> {
    // SAFETY: no other thread has been started in this process. So none can hold a lock, of the allocator for
    // instance, that the copy would wait for forever.
    unsafe { fork() }
}

/// Ends this process at once: what it has in memory goes with it, and what is to be done at the end of the program
/// is for the one to do of which this is a copy.
#[allow(unsafe_code, reason = "there is no other way to leave a copy without unwinding it")]
fn leave(code: i32) -> ! {
    // SAFETY: it takes a number and does not return.
    unsafe { libc::_exit(code) }
}

/// Waits for a process's end.
fn wait(process: Pid) -> nix::Result<ExitStatus> {
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
