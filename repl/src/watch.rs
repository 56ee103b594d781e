//! `--watch`: does the same again whenever a source changes.
//!
//! The command runs as a process of its own, without `--watch`: a program that never ends is ended and begun
//! anew; tools come to their end first. The process notes which files its programs open, in a file that an environment variable
//! names: what they have read is watched wherever it is, unless they write it themselves. Times and sizes of files are looked
//! at a few times a second, which works on every file system.

use luka::host::System;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Component, Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::cli::{CliError, Console, Exit, Outcome};
use crate::cmd::{files, tool};
use crate::project;
use crate::session::path_of;

/// Between two looks at the sources, and at the process.
const PERIOD: Duration = Duration::from_millis(200);
/// How long a program has to end by itself.
const GRACE: Duration = Duration::from_secs(2);
/// What counts as a source.
const SUFFIXES: [&str; 4] = ["lua", "luka", "toml", "md"];

/// Names the file in which opened files are noted.
const NOTES: &str = "LUKA_WATCH_NOTES";

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
    /// The sources below the current folder and below what is named; what is named itself, and what was read.
    fn now(named: &[Vec<u8>], notes: &Notes) -> Files {
        let mut folders = vec![b".".to_vec()];
        folders.extend(named.iter().filter(|name| *name != b"-").cloned());
        let mut found = files::with_suffixes(&folders, &SUFFIXES);
        found.extend(notes.read());
        let found = found.into_iter().map(|path| {
            let data = path_of(&path).metadata().ok().filter(|data| data.is_file());
            let state = data.and_then(|data| Some((data.modified().ok()?, data.len())));
            (path, state)
        });
        Files(found.collect())
    }

    /// Takes over what is noted for the first time: it has just been read.
    fn learn(&mut self, now: &Files, notes: &Notes) {
        let read: BTreeSet<Vec<u8>> = notes.read().into_iter().collect();
        self.0.retain(|path, _| now.0.contains_key(path) || !notes.is_written(path));
        for (path, state) in now.0.iter().filter(|(path, _)| read.contains(*path)) {
            self.0.entry(path.clone()).or_insert(*state);
        }
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

/// Notes of what programs have opened, in a file that is gone at the end.
struct Notes {
    path: PathBuf,
    here: PathBuf,
}

impl Notes {
    fn new() -> std::io::Result<Notes> {
        let path = std::env::temp_dir().join(format!("luka-watch-{}", std::process::id()));
        std::fs::OpenOptions::new().write(true).create_new(true).open(&path)?;
        Ok(Notes { path, here: std::env::current_dir()? })
    }

    /// The names that were noted, those that begin with this mark.
    fn marked(&self, mark: u8) -> BTreeSet<Vec<u8>> {
        let text = std::fs::read(&self.path).unwrap_or_default();
        let lines = text.split(|byte| *byte == b'\n').filter(|line| line.first() == Some(&mark));
        lines.map(|line| line[1..].to_vec()).collect()
    }

    /// The files that were read and not written, besides sources in the current folder.
    fn read(&self) -> Vec<Vec<u8>> {
        let written = self.marked(b'w');
        let read = self.marked(b'r').into_iter().filter(|path| !written.contains(path));
        let is_below = |path: &Path| !path.components().any(|part| part == Component::ParentDir);
        let is_source = |path: &Path| {
            let is_source = path.extension().is_some_and(|end| SUFFIXES.iter().any(|s| end == *s));
            is_source && is_below(path)
        };
        read.filter_map(|path| match path_of(&path).strip_prefix(&self.here) {
            Ok(inside) if is_source(inside) => None,
            Ok(inside) => Some(inside.as_os_str().as_encoded_bytes().to_vec()),
            Err(_) => Some(path),
        })
        .collect()
    }

    fn is_written(&self, path: &[u8]) -> bool {
        let path = self.here.join(path_of(path));
        self.marked(b'w').contains(path.as_os_str().as_encoded_bytes())
    }

    fn clear(&self) -> std::io::Result<()> {
        std::fs::File::create(&self.path).map(drop)
    }
}

impl Drop for Notes {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// A system that notes what programs open, if this process is one that is watched.
pub fn noting(system: System) -> System {
    let Some(notes) = std::env::var_os(NOTES) else { return system };
    let Ok(mut notes) = std::fs::OpenOptions::new().append(true).open(notes) else { return system };
    system.note_opened(move |path, is_written| {
        let Ok(path) = std::path::absolute(path_of(path)) else { return };
        let mark = if is_written { b"w" } else { b"r" };
        // One write, so that lines of several processes stay whole.
        let line = [mark, path.as_os_str().as_encoded_bytes(), b"\n"].concat();
        let _ = notes.write_all(&line);
    })
}

/// Does what the command line says, without `--watch`, whenever a source below the current folder or below
/// one of these files and folders, the project's settings or something that was read has changed; until a signal ends it.
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
    let notes = Notes::new().map_err(failed)?;
    let settings = project::find(Path::new(".")).map(|path| path.into_os_string().into_vec());
    let named: Vec<Vec<u8>> = named.iter().cloned().chain(settings).collect();
    let named = named.as_slice();
    loop {
        notes.clear().map_err(failed)?;
        let mut seen = Files::now(named, &notes);
        let mut command = Command::new(&program);
        let mut child = command.args(&words).env(NOTES, &notes.path).spawn().map_err(failed)?;
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
                        seen = Files::now(named, &notes);
                    }
                }
            }
            if ended.is_none() && what != What::Program {
                continue;
            }
            let now = Files::now(named, &notes);
            seen.learn(&now, &notes);
            if let Some(changed) = seen.changed(&now) {
                quiet(now, named, &notes);
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
fn quiet(mut last: Files, named: &[Vec<u8>], notes: &Notes) {
    loop {
        std::thread::sleep(PERIOD);
        let now = Files::now(named, notes);
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
