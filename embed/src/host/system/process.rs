//! Shell commands, pipes to them, and the process's own clock.

use luka_vm::host::{ExitStatus, HostResult};
use nix::sys::signal::{Signal, kill};
use nix::time::{ClockId, clock_gettime};
use nix::unistd::Pid;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::errors::host_error;
use super::stream::Stream;

const SHELL: &str = "/bin/sh";

/// The variables of the environment that a program has changed.
pub type Variables = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Whether a variable of the environment can have this name.
pub fn is_variable(name: &[u8]) -> bool {
    !name.is_empty() && !name.contains(&b'=') && !name.contains(&0)
}

/// Gives a command the environment of the program.
pub fn set_variables<'a>(
    command: &mut Command,
    variables: impl IntoIterator<Item = (&'a Vec<u8>, &'a Option<Vec<u8>>)>,
) {
    for (name, value) in variables {
        match value {
            Some(value) => command.env(OsStr::from_bytes(name), OsStr::from_bytes(value)),
            None => command.env_remove(OsStr::from_bytes(name)),
        };
    }
}

fn shell(command: &[u8], variables: &Variables) -> Command {
    let end = memchr::memchr(0, command).unwrap_or(command.len());
    let mut shell = Command::new(SHELL);
    // `system` and `popen` call it `sh`, and it signs its messages with that.
    shell.arg0("sh").arg("-c").arg(OsStr::from_bytes(&command[..end]));
    set_variables(&mut shell, variables);
    shell
}

/// Starts a command with one end of a pipe.
pub fn popen(command: &[u8], mode: &[u8], variables: &Variables) -> HostResult<Stream> {
    let reads = mode.first() != Some(&b'w');
    let mut shell = shell(command, variables);
    if reads {
        shell.stdout(Stdio::piped());
    } else {
        shell.stdin(Stdio::piped());
    }
    let mut child = shell.spawn().map_err(host_error)?;
    let fd: Option<OwnedFd> = if reads {
        child.stdout.take().map(OwnedFd::from)
    } else {
        child.stdin.take().map(OwnedFd::from)
    };
    match fd {
        Some(fd) => Ok(Stream::pipe(fd, child, reads, command)),
        None => Err(host_error(std::io::ErrorKind::BrokenPipe.into())),
    }
}

/// Waits for a process whose pipe has been closed.
pub fn wait(mut child: Child) -> HostResult<ExitStatus> {
    child.wait().map(status).map_err(host_error)
}

/// `system`: what the program has buffered stays buffered, as in C.
/// `interrupted` says whether Ctrl-C was pressed before there was a command to hear it.
pub fn execute(
    command: Option<&[u8]>,
    interrupted: fn() -> bool,
    variables: &Variables,
) -> HostResult<Option<ExitStatus>> {
    match command {
        None => Ok(Path::new(SHELL).exists().then_some(ExitStatus::Exit(0))),
        Some(command) => {
            let child = shell(command, variables).spawn().map_err(host_error)?;
            // Ctrl-C reaches the command from the terminal, but not before there is a command.
            if interrupted() {
                let _ = kill(Pid::from_raw(child.id() as i32), Signal::SIGINT);
            }
            wait(child).map(Some)
        }
    }
}

/// How a process ended.
pub fn status(ended: std::process::ExitStatus) -> ExitStatus {
    match (ended.code(), ended.signal()) {
        (Some(code), _) => ExitStatus::Exit(code),
        (None, Some(signal)) => ExitStatus::Signal(signal),
        (None, None) => ExitStatus::Exit(0),
    }
}

/// Processor time of this process in seconds.
pub fn cpu_time() -> f64 {
    match clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID) {
        // In microseconds, as `clock()` counts.
        Ok(t) => (t.tv_sec() * 1_000_000 + t.tv_nsec() / 1000) as f64 / 1e6,
        Err(_) => 0.0,
    }
}

/// Seconds of the clock that is never set.
pub fn monotonic_time() -> f64 {
    match clock_gettime(ClockId::CLOCK_MONOTONIC) {
        Ok(t) => t.tv_sec() as f64 + t.tv_nsec() as f64 / 1e9,
        Err(_) => 0.0,
    }
}
