//! Past inputs, kept between sessions in a file: `$XDG_STATE_HOME/luka/history`, else
//! `~/.local/state/luka/history` (XDG base directories). One line is one input, however many lines
//! that has: line ends are written `\n`, backslashes `\\`.
//!
//! Several sessions may write at once: each appends its inputs, under a lock.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

/// Inputs kept. A session that starts with twice as many drops the older half.
const MOST: usize = 10_000;

/// Past inputs, the latest last.
#[derive(Default)]
pub struct History {
    path: Option<PathBuf>,
    entries: Vec<String>,
}

impl History {
    /// The inputs of earlier sessions.
    pub fn open() -> History {
        let path = place(std::env::var_os("XDG_STATE_HOME"), std::env::var_os("HOME"));
        History::at(path)
    }

    fn at(path: Option<PathBuf>) -> History {
        let mut history = History { path, entries: Vec::new() };
        // The first session has no file.
        if let Some(mut file) = history.file() {
            let mut text = Vec::new();
            let read = file.lock().and_then(|()| file.read_to_end(&mut text));
            if read.is_ok() {
                let text = String::from_utf8_lossy(&text);
                let lines = text.lines().filter(|line| !line.is_empty());
                history.entries = lines.map(decode).collect();
                if history.entries.len() > 2 * MOST {
                    history.entries.drain(..history.entries.len() - MOST);
                    let lines = history.entries.iter().map(|entry| encode(entry));
                    // Other sessions append to the same file: it is rewritten in place.
                    let _ = file.set_len(0).and_then(|()| file.rewind());
                    let _ = file.write_all(lines.collect::<String>().as_bytes());
                }
            }
        }
        history
    }

    /// All inputs, the latest last.
    pub fn entries(&self) -> &[String] {
        &self.entries
    }

    /// Adds an input, unless it equals the last one. Returns whether it was added.
    pub fn add(&mut self, input: &str) -> bool {
        if self.entries.last().is_some_and(|last| last == input) {
            return false;
        }
        self.entries.push(input.to_string());
        if let Some(folder) = self.path.as_ref().and_then(|path| path.parent()) {
            let _ = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        }
        if let Some(mut file) = self.file()
            && file.lock().is_ok()
        {
            let _ = file.write_all(encode(input).as_bytes());
        }
        true
    }

    /// The file, for reading and for writing at its end.
    fn file(&self) -> Option<File> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).mode(0o600);
        let path = self.path.as_ref()?;
        options.create(path.parent().is_some_and(fs_exists)).open(path).ok()
    }
}

fn fs_exists(path: &std::path::Path) -> bool {
    fs::metadata(path).is_ok()
}

/// The path of the file. Relative paths in the variables are ignored.
fn place(state: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let state = state.map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || home.map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = state.or_else(|| home().map(|home| home.join(".local/state")))?;
    Some(folder.join("luka/history"))
}

fn encode(input: &str) -> String {
    let mut line = input.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
    line.push('\n');
    line
}

fn decode(line: &str) -> String {
    let mut out = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some(c) => out.push(c),
                None => out.push('\\'),
            },
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("luka-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn the_place_follows_the_standard() {
        let place = |state: &str, home: &str| {
            let some = |s: &str| (!s.is_empty()).then(|| OsString::from(s));
            place(some(state), some(home)).map(|p| p.to_string_lossy().into_owned())
        };
        assert_eq!(place("/s", "/h").as_deref(), Some("/s/luka/history"));
        assert_eq!(place("", "/h").as_deref(), Some("/h/.local/state/luka/history"));
        assert_eq!(place("s", "/h").as_deref(), Some("/h/.local/state/luka/history"));
        assert_eq!(place("", ""), None);
    }

    #[test]
    fn an_input_of_several_lines_is_one_entry() {
        let folder = folder("history-lines");
        let path = Some(folder.join("luka/history"));
        let mut first = History::at(path.clone());
        let input = "function f()\n  return 'a\\n'\nend";
        assert!(first.add(input));
        assert!(!first.add(input));
        assert_eq!(History::at(path).entries(), [input]);
        let _ = fs::remove_dir_all(folder);
    }

    #[test]
    fn two_sessions_lose_nothing() {
        let folder = folder("history-two");
        let path = Some(folder.join("history"));
        let (mut a, mut b) = (History::at(path.clone()), History::at(path.clone()));
        for n in 0..50 {
            a.add(&format!("a{n}"));
            b.add(&format!("b{n}"));
        }
        let all = History::at(path);
        assert_eq!(all.entries().len(), 100);
        assert_eq!(all.entries()[99], "b49");
        let _ = fs::remove_dir_all(folder);
    }

    #[test]
    fn old_inputs_go() {
        let folder = folder("history-old");
        let path = Some(folder.join("history"));
        fs::create_dir_all(&folder).unwrap();
        let lines: String = (0..2 * MOST + 1).map(|n| format!("x{n}\n")).collect();
        fs::write(folder.join("history"), lines).unwrap();
        let history = History::at(path.clone());
        assert_eq!((history.entries().len(), &*history.entries()[0]), (MOST, "x10001"));
        assert_eq!(History::at(path).entries().len(), MOST);
        let _ = fs::remove_dir_all(folder);
    }
}
