//! `--watch`: does the same again whenever a source changes.
//!
//! The command runs as a process of its own, without `--watch`: a program that never ends is ended and begun
//! anew; tools come to their end first. Times and sizes of files are looked at a few times a second, which works
//! on every file system.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::cli::{CliError, Console, Exit, Outcome};
use crate::cmd::{files, tool};
use crate::session::path_of;

/// Between two looks at the sources, and at the process.
const PERIOD: Duration = Duration::from_millis(200);
/// How long a program has to end by itself.
const GRACE: Duration = Duration::from_secs(2);
/// What counts as a source.
const SUFFIXES: [&str; 4] = ["lua", "luka", "toml", "md"];

/// Clears a terminal, what has been scrolled away included.
const CLEAR: &[u8] = b"\x1b[2J\x1b[3J\x1b[H";

/// What is to be done again and again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// A program: it is ended when a source changes.
    Program,
    /// A tool that only reads.
    Reader,
    /// A tool that writes sources: what it has changed itself is no reason to do it again.
    Writer,
}

/// Files with the times they were changed and their sizes.
#[derive(Clone, PartialEq, Eq)]
struct Files(BTreeMap<Vec<u8>, Option<(SystemTime, u64)>>);

impl Files {
    /// The sources below the current folder and below what is named, and what is named itself.
    fn now(named: &[Vec<u8>]) -> Files {
        let mut folders = vec![b".".to_vec()];
        folders.extend(named.iter().filter(|name| *name != b"-").cloned());
        let found = files::with_suffixes(&folders, &SUFFIXES).into_iter().map(|path| {
            let data = path_of(&path).metadata().ok().filter(|data| data.is_file());
            let state = data.and_then(|data| Some((data.modified().ok()?, data.len())));
            (path, state)
        });
        Files(found.collect())
    }

    /// A file that is not as it was.
    fn changed(&self, now: &Files) -> Option<String> {
        let changed = now.0.iter().find(|(path, state)| self.0.get(*path) != Some(state));
        let gone = || self.0.iter().find(|(path, _)| !now.0.contains_key(*path));
        let (path, _) = changed.or_else(gone)?;
        let path = path.strip_prefix(b"./").unwrap_or(path);
        Some(String::from_utf8_lossy(path).into_owned())
    }
}

/// Does what the command line says, without `--watch`, whenever a source below the current folder or below
/// one of these files and folders has changed; until a signal ends it.
///
/// # Errors
/// The process cannot be started.
pub fn again_and_again(what: What, named: &[Vec<u8>], console: &Console) -> Outcome {
    let mut words: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let Some(at) = words.iter().position(|word| word == "--watch") {
        words.remove(at);
    }
    let failed = |error| tool::failed("run", b"luka", error);
    let program = std::env::current_exe().map_err(failed)?;
    let asked = Asked::new().map_err(failed)?;
    let clears = std::io::stdout().is_terminal();
    loop {
        let mut seen = Files::now(named);
        let mut child = Command::new(&program).args(&words).spawn().map_err(failed)?;
        let mut ended = None;
        let changed = loop {
            std::thread::sleep(PERIOD);
            if let Some(code) = asked.exit() {
                end(&mut child);
                return Ok(code);
            }
            if ended.is_none() {
                ended = child.try_wait().map_err(failed)?;
                if let Some(status) = ended {
                    console.note(&waiting(status));
                    if what == What::Writer {
                        seen = Files::now(named);
                    }
                }
            }
            if ended.is_none() && what != What::Program {
                continue;
            }
            let now = Files::now(named);
            if let Some(changed) = seen.changed(&now) {
                quiet(now, named);
                break changed;
            }
        };
        if ended.is_none() {
            end(&mut child);
        }
        if clears {
            let mut out = std::io::stdout().lock();
            let _ = out.write_all(CLEAR).and_then(|()| out.flush());
        }
        console.note(&format!("{changed} has changed\n"));
    }
}

/// Returns when nothing has changed for a moment: editors write files in several steps.
fn quiet(mut last: Files, named: &[Vec<u8>]) {
    loop {
        std::thread::sleep(PERIOD);
        let now = Files::now(named);
        if now == last {
            return;
        }
        last = now;
    }
}

/// What is said when the process has ended.
fn waiting(status: ExitStatus) -> String {
    let how = match (status.code(), status.signal()) {
        (Some(0), _) => String::new(),
        (Some(code), _) => format!("exit code {code}; "),
        (None, signal) => format!("ended by signal {}; ", signal.unwrap_or(0)),
    };
    format!("{how}waiting for changes, Ctrl-C ends\n")
}

/// Ends a process: it is asked to, and made to if it does not.
fn end(child: &mut Child) {
    let asked = i32::try_from(child.id()).ok().map(|id| kill(Pid::from_raw(id), Signal::SIGTERM));
    let begun = Instant::now();
    while asked.is_some() && begun.elapsed() < GRACE {
        match child.try_wait() {
            Ok(None) => std::thread::sleep(Duration::from_millis(5)),
            _ => return,
        }
    }
    let _ = child.kill().and_then(|()| child.wait());
}

/// The signal that asks for the end.
struct Asked(Arc<AtomicUsize>);

impl Asked {
    fn new() -> std::io::Result<Asked> {
        let asked = Asked(Arc::new(AtomicUsize::new(0)));
        for signal in [SIGINT, SIGTERM] {
            signal_hook::flag::register_usize(signal, asked.0.clone(), signal as usize)?;
        }
        Ok(asked)
    }

    /// The exit code, if a signal asks for it.
    fn exit(&self) -> Option<Exit> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            signal => Some(Exit(128 + signal as i32)),
        }
    }
}

/// Whether there is a file or folder to watch for a program.
///
/// # Errors
/// There is none: the program comes from standard input.
pub fn named(script: Option<&[u8]>) -> Result<Vec<Vec<u8>>, CliError> {
    let script = script.filter(|script| *script != b"-");
    let script = script.ok_or_else(|| CliError::Usage("--watch needs a script".into()))?;
    let folder = path_of(script).parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.map(|folder| folder.as_os_str().as_encoded_bytes().to_vec());
    Ok(std::iter::once(script.to_vec()).chain(folder).collect())
}
