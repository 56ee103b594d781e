//! Signals: Ctrl-C raises an error in a running program, others save it.

use luka::host::{Console, Lost, System};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use signal_hook::SigId;
use signal_hook::consts::{SIGINT, SIGQUIT, SIGUSR1};
use std::io::Read;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::watch;

/// Has a byte for each SIGINT once an interactive session has begun.
static PRESSED: OnceLock<Option<UnixStream>> = OnceLock::new();

/// What signals have asked for.
#[derive(Clone, Default)]
pub struct Asked {
    /// Interrupts the machine; raised by each of the others, and after it.
    pub flag: Arc<AtomicBool>,
    /// Ctrl-C: an error in the program.
    stop: Arc<AtomicBool>,
    /// SIGUSR1 or SIGQUIT (Ctrl-\): the program is to be saved.
    save: Arc<AtomicBool>,
}

impl Asked {
    /// Whether Ctrl-C was pressed since the last answer.
    pub fn to_stop(&self) -> bool {
        self.stop.swap(false, Ordering::Relaxed)
    }

    /// Whether the program is to be saved, and was not yet.
    pub fn to_save(&self) -> bool {
        self.save.swap(false, Ordering::Relaxed)
    }

    /// Forgets what was asked for.
    pub fn forget(&self) {
        for asked in [&self.stop, &self.save, &self.flag] {
            asked.store(false, Ordering::Relaxed);
        }
        forget();
    }
}

/// Signals set flags as long as this lives.
pub struct Watch(Vec<SigId>);

impl Watch {
    /// For a program: a second Ctrl-C, or a second Ctrl-\, before it has stopped for the first one
    /// ends the process. So does the first one if registration fails.
    pub fn program(asked: &Asked) -> Watch {
        use signal_hook::flag::{register, register_conditional_default};
        let mut ids = Vec::new();
        for (signal, what) in [(SIGINT, &asked.stop), (SIGQUIT, &asked.save)] {
            if let Ok(kills) = register_conditional_default(signal, what.clone()) {
                ids.push(kills);
                ids.extend(register(signal, what.clone()));
                ids.extend(register(signal, asked.flag.clone()));
            }
        }
        ids.extend(register(SIGUSR1, asked.save.clone()));
        ids.extend(register(SIGUSR1, asked.flag.clone()));
        Watch(ids)
    }

    /// For an interactive session, which outlives its programs, however often Ctrl-C is pressed.
    pub fn session(asked: &Asked) -> Watch {
        PRESSED.get_or_init(|| {
            let (read, write) = UnixStream::pair().ok()?;
            read.set_nonblocking(true).ok()?;
            signal_hook::low_level::pipe::register(SIGINT, write).ok()?;
            Some(read)
        });
        let flags = [asked.stop.clone(), asked.flag.clone()];
        Watch(
            flags
                .map(|flag| signal_hook::flag::register(SIGINT, flag))
                .into_iter()
                .flatten()
                .collect(),
        )
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
    watch::noting(System::all().lose_output_to(lost).console(console()))
}

/// What a terminal and a broken pipe do to programs.
pub fn console() -> Console {
    Console { is_interrupted: pending, wait_for_input, broken_pipe }
}

/// A write to a pipe that nobody reads any more is an error, as the Rust runtime has it, which is not started where
/// `main` is C's: a program that does not read what it is given must not end this one.
pub fn outlive_broken_pipes() {
    let broken = signal_hook::consts::SIGPIPE;
    // (If it fails, there is nothing to do about it.)
    let _ = signal_hook::flag::register(broken, Arc::new(AtomicBool::new(false)));
}

/// Output that nobody reads ends the process as it ends C programs: killed by `SIGPIPE`, which the Rust
/// runtime ignores.
fn broken_pipe() {
    let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGPIPE);
}

/// Discards earlier presses.
fn forget() {
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
