//! Where a program is to stop, as people say it.

use crate::watcher::FunctionKey;
use luka_vm::debug::runs::line_starts;
use luka_vm::function::ProtoData;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// A breakpoint.
#[derive(Clone, Debug)]
pub struct Breakpoint {
    pub id: u32,
    pub place: Spot,
    /// It stops only where this is true.
    pub condition: Option<String>,
    /// It stops only at these of its hits, counted from the beginning of the program.
    pub hits: Option<Hits>,
    /// It does not stop, and says this; expressions in braces.
    pub log: Option<String>,
}

/// What a breakpoint is about.
#[derive(Clone, PartialEq, Debug)]
pub enum Spot {
    /// A line of a chunk. `source` is a path or the name of a chunk.
    Line { source: String, line: u32 },
    /// The beginning of a function, by the name it has where it is written.
    Function(String),
    /// An instruction of a function, by its number.
    Instruction { function: FunctionKey, pc: usize },
}

/// At which of its hits a breakpoint stops.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hits {
    Equal(u64),
    AtLeast(u64),
    Above(u64),
    Below(u64),
    AtMost(u64),
    Every(u64),
}

impl Hits {
    /// Reads `5`, `== 5`, `>= 5`, `> 5`, `< 5`, `<= 5`, `% 5`.
    ///
    /// # Errors
    /// The text is nothing of that.
    pub fn parse(text: &str) -> Result<Hits, String> {
        let text = text.trim();
        let signs = ["==", ">=", "<=", ">", "<", "%", "="];
        let sign = signs.into_iter().find(|sign| text.starts_with(sign)).unwrap_or("");
        let number = &text[sign.len()..];
        let of = match sign {
            ">=" => Hits::AtLeast,
            "<=" => Hits::AtMost,
            ">" => Hits::Above,
            "<" => Hits::Below,
            "%" => Hits::Every,
            _ => Hits::Equal,
        };
        match number.trim().parse::<u64>() {
            Ok(0) if text.starts_with('%') => Err("every 0th hit there is none".to_string()),
            Ok(n) => Ok(of(n)),
            Err(_) => Err(format!("'{text}' is no count of hits: 5, >= 5 or % 5")),
        }
    }

    /// Whether the `n`-th hit is one.
    pub fn accepts(self, n: u64) -> bool {
        match self {
            Hits::Equal(m) => n == m,
            Hits::AtLeast(m) => n >= m,
            Hits::Above(m) => n > m,
            Hits::Below(m) => n < m,
            Hits::AtMost(m) => n <= m,
            Hits::Every(m) => m > 0 && n.is_multiple_of(m),
        }
    }
}

/// Finds files by the names that programs and editors have for them.
#[derive(Clone, Default)]
pub struct Paths {
    known: HashMap<String, PathBuf>,
}

impl Paths {
    /// The file that a path leads to.
    pub fn of(&mut self, path: &str) -> PathBuf {
        if let Some(known) = self.known.get(path) {
            return known.clone();
        }
        let real = real_path(path);
        self.known.insert(path.to_string(), real.clone());
        real
    }

    /// Whether a chunk has this path or name. A chunk of a host that is named as no file is here is any
    /// file whose path ends so.
    pub fn is(&mut self, chunk: Option<&[u8]>, source: &str) -> bool {
        let Some(chunk) = chunk else { return false };
        let chunk = String::from_utf8_lossy(chunk);
        match chunk.strip_prefix('@') {
            Some(path) => {
                let (real, named) = (self.of(path), self.of(source));
                real == named || chunk == source || !real.exists() && named.ends_with(path)
            }
            None => chunk == source,
        }
    }
}

/// A path without links, relative to nothing. Where there is no such file, as it is written.
#[allow(clippy::disallowed_methods, reason = "editors and programs name one file differently")]
pub fn real_path(path: &str) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| Path::new(path).to_path_buf())
}

/// A breakpoint as marks are found by it: lines are where code is.
#[derive(Clone)]
pub struct Placed {
    pub id: u32,
    spot: Spot,
}

/// The places of breakpoints, and which ones an instruction has.
#[derive(Clone, Default)]
pub struct Places {
    placed: Vec<Placed>,
    paths: Paths,
    /// The functions whose names are known, by chunk and first line.
    names: HashMap<(Vec<u8>, u32), Vec<String>>,
}

impl Places {
    /// The places of breakpoints; `lines` says where the code of a line of a chunk is.
    pub fn new(breakpoints: &[Breakpoint], mut lines: impl FnMut(&str, u32) -> u32) -> Places {
        let placed = breakpoints.iter().map(|b| {
            let spot = match &b.place {
                Spot::Line { source, line } => {
                    Spot::Line { source: source.clone(), line: lines(source, *line) }
                }
                other => other.clone(),
            };
            Placed { id: b.id, spot }
        });
        let (paths, names) = (Paths::default(), HashMap::new());
        Places { placed: placed.collect(), paths, names }
    }

    /// Learns what the functions written in this one are called.
    pub fn learn(&mut self, function: &ProtoData) {
        let chunk = function.chunk.source_name.as_deref().unwrap_or_default();
        for (child, name) in function.protos.iter().zip(function.definition_names()) {
            if let Some(name) = name {
                let key = (chunk.to_vec(), child.data().line_defined);
                let names = self.names.entry(key).or_default();
                let name = String::from_utf8_lossy(&name).into_owned();
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    }

    /// The breakpoints in a function, with their instructions.
    pub fn of(&mut self, function: &ProtoData) -> Vec<(usize, u32)> {
        let chunk = function.chunk.source_name.as_deref();
        let mut found = Vec::new();
        for Placed { id, spot } in &self.placed {
            match spot {
                Spot::Line { source, line } => {
                    if self.paths.is(chunk, source) {
                        let starts = line_starts(function).into_iter();
                        found.extend(starts.filter(|(_, l)| l == line).map(|(pc, _)| (pc, *id)));
                    }
                }
                Spot::Function(name) => {
                    let key = (chunk.unwrap_or_default().to_vec(), function.line_defined);
                    let named = self.names.get(&key);
                    let is_it = named.is_some_and(|names| names.iter().any(|n| is_named(n, name)));
                    if is_it && let Some(&(pc, _)) = line_starts(function).first() {
                        found.push((pc, *id));
                    }
                }
                Spot::Instruction { function: key, pc } => {
                    if key.place() == (chunk, function.line_defined)
                        && *key == FunctionKey::of(function)
                    {
                        found.push((*pc, *id));
                    }
                }
            }
        }
        found
    }
}

/// Whether a function is meant by a name: `M.sub.f` by `f`, `sub.f` and `M:f`, too.
fn is_named(full: &str, name: &str) -> bool {
    let name = name.replace(':', ".");
    full == name || full.ends_with(&format!(".{name}"))
}

/// The lines of a chunk in which code begins.
#[derive(Clone, Default, Debug)]
pub struct Lines(pub BTreeSet<u32>);

impl Lines {
    /// The first line from this one on in which code begins; if there is none, the last one.
    pub fn resolve(&self, line: u32) -> Option<u32> {
        self.0.range(line..).next().or_else(|| self.0.last()).copied()
    }
}
