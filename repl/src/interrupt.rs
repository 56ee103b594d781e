//! Ctrl-C raises an error in a running program.

use luka::host::{Console, Lost, System};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use signal_hook::SigId;
use signal_hook::consts::SIGINT;
use std::io::Read;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

/// Has a byte for each SIGINT once an interactive session has begun.
static PRESSED: OnceLock<Option<UnixStream>> = OnceLock::new();

/// SIGINT sets a machine's flag as long as this lives.
pub struct Watch(Vec<SigId>);

impl Watch {
    /// For a program: a second SIGINT before it has stopped ends the process. So does the first
    /// one if registration fails.
    pub fn program(flag: &Arc<AtomicBool>) -> Watch {
        let mut ids = Vec::new();
        if let Ok(kills) = signal_hook::flag::register_conditional_default(SIGINT, flag.clone()) {
            ids.push(kills);
            ids.extend(signal_hook::flag::register(SIGINT, flag.clone()));
        }
        Watch(ids)
    }

    /// For an interactive session, which outlives its programs, however often Ctrl-C is pressed.
    pub fn session(flag: &Arc<AtomicBool>) -> Watch {
        PRESSED.get_or_init(|| {
            let (read, write) = UnixStream::pair().ok()?;
            read.set_nonblocking(true).ok()?;
            signal_hook::low_level::pipe::register(SIGINT, write).ok()?;
            Some(read)
        });
        Watch(signal_hook::flag::register(SIGINT, flag.clone()).into_iter().collect())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        for id in self.0.drain(..) {
            signal_hook::low_level::unregister(id);
        }
    }
}

/// The whole operating system, with waits that Ctrl-C ends. Where output is lost is noted in `lost`.
pub fn system(lost: &Lost) -> System {
    System::all().lose_output_to(lost).console(Console {
        is_interrupted: pending,
        wait_for_input,
        broken_pipe,
    })
}

/// Output that nobody reads ends the process as it ends C programs: killed by `SIGPIPE`, which the Rust
/// runtime ignores.
fn broken_pipe() {
    let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGPIPE);
}

/// Discards earlier presses.
pub fn forget() {
    if let Some(Some(mut pressed)) = PRESSED.get().map(Option::as_ref) {
        while matches!(pressed.read(&mut [0; 64]), Ok(1..)) {}
    }
}

/// Whether Ctrl-C has been pressed in an interactive session and has not been handled.
fn pending() -> bool {
    let Some(Some(pressed)) = PRESSED.get().map(Option::as_ref) else { return false };
    let mut waits = [PollFd::new(pressed.as_fd(), PollFlags::POLLIN)];
    matches!(poll(&mut waits, PollTimeout::ZERO), Ok(1..))
}

/// Waits until there is input, in an interactive session; an error of the kind `Interrupted` if
/// Ctrl-C comes first. (A blocking read is resumed after a signal.)
pub fn wait_for_input(input: BorrowedFd<'_>) -> std::io::Result<()> {
    let Some(Some(pressed)) = PRESSED.get().map(Option::as_ref) else { return Ok(()) };
    loop {
        let mut waits = [
            PollFd::new(input, PollFlags::POLLIN),
            PollFd::new(pressed.as_fd(), PollFlags::POLLIN),
        ];
        match poll(&mut waits, PollTimeout::NONE) {
            Ok(_) if waits[1].any() == Some(true) => {
                forget();
                return Err(std::io::Error::from_raw_os_error(nix::errno::Errno::EINTR as i32));
            }
            // The signal itself: its byte is there now.
            Err(nix::errno::Errno::EINTR) => {}
            Ok(_) | Err(_) => return Ok(()),
        }
    }
}
