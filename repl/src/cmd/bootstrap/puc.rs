//! The compiler in its own language on PUC Lua: the other host of the proof.

use luka_stdlib::selfhost::Fault;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::outcome::Outcome;
use super::texts::Text;
use luka_compiler::Std;

/// A PUC Lua 5.4 and the compiler's files for it.
pub struct Puc {
    program: OsString,
    /// What `lua -v` prints: `Lua 5.4.4`.
    pub version: String,
    folder: Folder,
}

/// A temporary directory, removed when dropped.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    fn new() -> std::io::Result<Folder> {
        let mut last = None;
        for n in 0..100 {
            let name = format!("luka-bootstrap-{}-{n}", std::process::id());
            let path = std::env::temp_dir().join(name);
            match std::fs::create_dir(&path) {
                Ok(()) => return Ok(Folder(path)),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| std::io::Error::other("all names are taken")))
    }
}

impl Puc {
    /// The program if it is a Lua 5.4 of PUC's, with the compiler's files written out for it.
    ///
    /// # Errors
    /// The files cannot be written.
    pub fn find(program: OsString, files: &[(String, Vec<u8>)]) -> Result<Option<Puc>, String> {
        let Ok(output) = Command::new(&program).arg("-v").output() else { return Ok(None) };
        // Older versions print it on standard error.
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        if !text.starts_with("Lua 5.4") || !text.contains("PUC-Rio") {
            return Ok(None);
        }
        let version = text.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
        let folder =
            Folder::new().map_err(|e| format!("cannot make a directory for {version}: {e}"))?;
        for (path, text) in files {
            write(&folder.0.join("selfhost").join(path), text)?;
        }
        Ok(Some(Puc { program, version, folder }))
    }

    /// Compiles texts; calls `each` with the number of those done.
    ///
    /// # Errors
    /// The program does not run to its end.
    pub fn compile(
        &self,
        texts: &[&Text],
        planted: bool,
        mut each: impl FnMut(usize),
    ) -> Result<Vec<Outcome>, String> {
        let failed = |why: &dyn std::fmt::Display| format!("{}: {why}", self.version);
        let mut list = Vec::new();
        for (n, text) in texts.iter().enumerate() {
            let path = self.folder.0.join(format!("{n}.lua"));
            write(&path, &text.bytes)?;
            let std = match text.std {
                Std::Lua54 => "Lua54",
                Std::Luka => "Luka",
            };
            list.extend_from_slice(
                format!("{std}\t{}\t{}\n", text.name, path.display()).as_bytes(),
            );
        }
        let list_path = self.folder.0.join("list");
        write(&list_path, &list)?;
        let list = std::fs::File::open(&list_path).map_err(|e| failed(&e))?;
        let mut command = Command::new(&self.program);
        command.env_remove("LUA_INIT").env_remove("LUA_INIT_5_4");
        command.arg(self.folder.0.join("selfhost/main.lua"));
        if planted {
            command.arg("--planted");
        }
        command.arg("--batch").stdin(list).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|e| failed(&e))?;
        let mut outcomes = Vec::new();
        let read = match child.stdout.take() {
            Some(stdout) => {
                let mut stdout = BufReader::new(stdout);
                (0..texts.len()).try_for_each(|n| {
                    outcomes.push(read_outcome(&mut stdout)?);
                    each(n + 1);
                    Ok(())
                })
            }
            None => Err("no output".to_string()),
        };
        let status = child.wait().map_err(|e| failed(&e))?;
        if !status.success() {
            return Err(failed(&status));
        }
        read.map(|()| outcomes).map_err(|why| failed(&why))
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let failed = |e| format!("{}: {e}", path.display());
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    std::fs::write(path, bytes).map_err(failed)
}

/// A result of `main.lua --batch`.
fn read_outcome(input: &mut impl BufRead) -> Result<Outcome, String> {
    let wrong = || "unexpected output".to_string();
    let mut line = String::new();
    input.read_line(&mut line).map_err(|e| e.to_string())?;
    let (kind, size) = line.trim_end().split_once(' ').ok_or_else(wrong)?;
    let mut bytes = vec![0; size.parse().map_err(|_| wrong())?];
    input.read_exact(&mut bytes).map_err(|e| e.to_string())?;
    match kind {
        "image" => Ok(Outcome::Image(bytes)),
        "broken" => Ok(Outcome::Broken(String::from_utf8_lossy(&bytes).into_owned())),
        "fault" => {
            let mut parts = bytes.splitn(4, |&b| b == b' ');
            let mut word = || parts.next().ok_or_else(wrong);
            let (code, start, stop, text) = (word()?, word()?, word()?, word()?);
            let number = |bytes: &[u8]| {
                std::str::from_utf8(bytes).ok().and_then(|s| s.parse().ok()).ok_or_else(wrong)
            };
            Ok(Outcome::Fault(Fault {
                code: String::from_utf8_lossy(code).into_owned(),
                start: number(start)?,
                stop: number(stop)?,
                text: text.to_vec(),
            }))
        }
        _ => Err(wrong()),
    }
}

/// Replaces the progress line on standard error.
pub fn progress(text: &str) {
    let mut err = std::io::stderr().lock();
    let _ = write!(err, "\r\x1b[K{text}").and_then(|()| err.flush());
}
