//! Conformance files: programs in named sections, each expectation beside the line that prints it.
//!
//! ```text
//! -- What the file is about.
//!
//! local function helper() end        -- before the first section: part of every section
//!
//! --- name of a section ---
//! print(1 + 1) -- expect: 2
//! for i = 1, 2 do print(i) end
//! -- expect: 1
//! -- expect: 2
//! ```
//!
//! A section is a program of its own: it runs in a new machine, and its lines keep their numbers.
//! What it prints, line by line, must be its expectations in order. Tabs count as spaces, spaces at
//! the end of a line do not count.
//!
//! Lines `--! word rest` are directives, for the file before the first section, else for theirs:
//! - `--! stress N`: under GC stress collect at every N-th allocation;
//! - `--! skip WAY reason`: do not run this way (`stress`, `image`, `oracle`);
//! - `--! lua 5.4.6`: older versions of `lua5.4` get this wrong.

use std::path::{Path, PathBuf};

/// A conformance file.
pub struct Script {
    /// File name as programs see it, without its folder.
    pub name: String,
    pub sections: Vec<Section>,
}

pub struct Section {
    pub title: String,
    /// The program, padded so that its lines have the numbers they have in the file.
    pub program: String,
    pub expected: Vec<Expectation>,
    pub directives: Directives,
}

/// A line the program must print, and the line of the file that says so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expectation {
    pub line: usize,
    pub text: String,
}

#[derive(Clone, Default)]
pub struct Directives {
    /// Collect at every N-th allocation.
    pub stress: Option<u32>,
    /// Ways that are not run, with the reasons.
    pub skip: Vec<(String, String)>,
    /// The oldest PUC Lua that agrees.
    pub lua: Option<(u32, u32, u32)>,
}

impl Script {
    pub fn parse(name: &str, text: &str) -> Script {
        let lines: Vec<&str> = text.lines().collect();
        let starts: Vec<usize> = (0..lines.len()).filter(|&i| title(lines[i]).is_some()).collect();
        let preamble_end = starts.first().copied().unwrap_or(lines.len());
        let preamble = &lines[..preamble_end];
        let mut directives = Directives::default();
        preamble.iter().for_each(|line| directives.read(line));

        let mut sections = Vec::new();
        for (k, &start) in starts.iter().enumerate() {
            let end = starts.get(k + 1).copied().unwrap_or(lines.len());
            let body = &lines[start + 1..end];
            let mut program = preamble.join("\n");
            program
                .push_str(&"\n".repeat(start + 1 - preamble_end + usize::from(preamble_end > 0)));
            program.push_str(&body.join("\n"));
            program.push('\n');
            let mut directives = directives.clone();
            body.iter().for_each(|line| directives.read(line));
            let expected = body.iter().enumerate().filter_map(|(i, line)| {
                let (_, text) = line.split_once("-- expect:")?;
                Some(Expectation { line: start + 2 + i, text: text.trim().to_string() })
            });
            sections.push(Section {
                title: title(lines[start]).unwrap_or_default().to_string(),
                program,
                expected: expected.collect(),
                directives,
            });
        }
        Script { name: name.to_string(), sections }
    }
}

/// The Lua files in a folder, in order.
pub fn files_here(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = entries(folder);
    found.retain(|path| path.extension().is_some_and(|e| e == "lua"));
    found
}

/// The conformance files below a folder, in order.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let folders = entries(folder).into_iter().filter(|path| path.is_dir());
    let mut found: Vec<PathBuf> = folders.flat_map(|folder| files(&folder)).collect();
    found.extend(files_here(folder));
    found.sort();
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    entries
}

/// `--- name ---`
fn title(line: &str) -> Option<&str> {
    line.strip_prefix("--- ")?.strip_suffix(" ---")
}

impl Directives {
    fn read(&mut self, line: &str) {
        let Some(rest) = line.strip_prefix("--! ") else { return };
        let (word, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        match word {
            "stress" => self.stress = rest.trim().parse().ok(),
            "skip" => {
                let (way, reason) = rest.split_once(' ').unwrap_or((rest, ""));
                self.skip.push((way.to_string(), reason.to_string()));
            }
            "lua" => self.lua = version(rest),
            _ => panic!("unknown directive: {line}"),
        }
    }

    /// Why a way is not run, if it is not.
    pub fn skips(&self, way: &str) -> Option<&str> {
        self.skip.iter().find(|(name, _)| name == way).map(|(_, reason)| reason.as_str())
    }
}

/// `5.4.6` as numbers.
pub fn version(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.trim().split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

impl Section {
    /// What is wrong with what the section printed, or nothing.
    pub fn judge(&self, printed: &[u8], failure: Option<&str>) -> Result<(), String> {
        let printed = String::from_utf8_lossy(printed).replace('\t', " ");
        let mut lines = printed.lines();
        let mut wrong = None;
        for expected in &self.expected {
            let line = lines.next().map(str::trim);
            if line != Some(expected.text.as_str()) {
                let got = line.map_or("nothing".to_string(), |line| format!("`{line}`"));
                wrong = Some(format!(
                    "line {}: expected `{}`, got {got}",
                    expected.line, expected.text
                ));
                break;
            }
        }
        if wrong.is_none()
            && let Some(line) = lines.next()
        {
            wrong = Some(format!("printed `{}` beyond what is expected", line.trim()));
        }
        match (wrong, failure) {
            (None, None) => Ok(()),
            (wrong, failure) => {
                let parts: Vec<&str> = wrong.as_deref().into_iter().chain(failure).collect();
                Err(format!("[{}] {}", self.title, parts.join("; ")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_keep_their_lines() {
        let text = "-- about\nlocal x = 1\n\n--- one ---\nprint(x) -- expect: 1\n--- two ---\n--! stress 7\nprint(2)\n-- expect: 2\n";
        let script = Script::parse("t.lua", text);
        assert_eq!(script.sections.len(), 2);
        let two = &script.sections[1];
        assert_eq!(two.program.lines().nth(1), Some("local x = 1"));
        assert_eq!(two.program.lines().nth(7), Some("print(2)"));
        assert_eq!(two.expected, [Expectation { line: 9, text: "2".to_string() }]);
        assert_eq!(two.directives.stress, Some(7));
        assert!(two.judge(b"2\n", None).is_ok());
        assert!(two.judge(b"3\n", None).is_err());
        assert!(two.judge(b"2\n3\n", None).is_err());
        assert!(two.judge(b"2\n", Some("error")).is_err());
    }
}
