//! The programs: their paths, their sets, and their counterparts in C and JavaScript.

use std::path::{Path, PathBuf};

use crate::options::Options;

/// A set of programs with a geometric mean of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Set {
    /// `programs/*.lua`: one thing each, in tens of lines.
    Small,
    /// `programs/large/*.lua`: hundreds of lines each, with a flat profile.
    Large,
    /// `programs/places/*.lua`: a few lines each, for single places that programs rarely come to.
    /// Measured only when asked for.
    Places,
}

impl Set {
    pub const ALL: [Set; 3] = [Set::Small, Set::Large, Set::Places];

    pub fn name(self) -> &'static str {
        match self {
            Set::Small => "small",
            Set::Large => "large",
            Set::Places => "places",
        }
    }

    /// The head of its table.
    pub fn title(self) -> &'static str {
        match self {
            Set::Small => "small programs",
            Set::Large => "large programs",
            Set::Places => "single places",
        }
    }

    fn folder(self) -> PathBuf {
        match self {
            Set::Small => root(),
            Set::Large => root().join("large"),
            Set::Places => root().join("places"),
        }
    }
}

/// A program.
pub struct Program {
    pub name: String,
    pub set: Set,
    pub lua: PathBuf,
    /// Uses operators or libraries that came after Lua 5.1: its first line says `-- lua: 5.4`.
    pub only_54: bool,
}

impl Program {
    /// The same program in another language, if there is one: `suffix` tells two in one language
    /// apart.
    pub fn counterpart(&self, language: &str, suffix: &str) -> Option<PathBuf> {
        let file = format!("{}{suffix}.{language}", self.name);
        let path = root().join(language).join(file);
        (self.set == Set::Small && path.exists()).then_some(path)
    }
}

/// The folder of all programs.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("programs")
}

/// The chosen programs, small ones first, by name.
pub fn find(options: &Options) -> Result<Vec<Program>, String> {
    let mut found = Vec::new();
    for set in Set::ALL {
        let chosen = match options.sets.as_slice() {
            [] => set != Set::Places || !options.only.is_empty(),
            sets => sets.contains(&set),
        };
        if !chosen {
            continue;
        }
        let folder = set.folder();
        let entries =
            std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for lua in paths {
            if lua.extension().is_none_or(|e| e != "lua") {
                continue;
            }
            let name = lua.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if !options.only.is_empty() && !options.only.iter().any(|o| name.contains(o.as_str())) {
                continue;
            }
            let text = std::fs::read_to_string(&lua).map_err(|e| format!("{name}: {e}"))?;
            let only_54 = text.starts_with("-- lua: 5.4");
            found.push(Program { name, set, lua, only_54 });
        }
    }
    if found.is_empty() { Err("no such program".to_string()) } else { Ok(found) }
}
