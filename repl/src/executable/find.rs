//! The modules a program loads: those that it names in `require`, found where it would find them.

use luka_compiler::Std;
use luka_compiler::diag::Diagnostic;
use luka_compiler::index::Index;
use luka_compiler::source::Source;
use luka_stdlib::embedded;
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

use crate::cli::CliError;
use crate::cmd::tool;
use crate::lints;

/// Folders of a project in which modules lie, besides those of `package.path`.
const FOLDERS: [&str; 4] = ["src", "lua", "lib", "lua_modules/share/lua/5.4"];
const FILES: [&str; 4] = ["?.lua", "?/init.lua", "?.luka", "?/init.luka"];

/// A file of the program.
pub struct Unit {
    /// The module; empty for the main file.
    pub name: String,
    pub source: Source<'static>,
    pub path: String,
}

/// A program's files.
#[derive(Default)]
pub struct Units {
    /// The main file, then the modules sorted by name.
    pub units: Vec<Unit>,
    /// Where modules are named that were not found: `main.lua:3: module 'x' is not found`.
    pub missing: Vec<String>,
}

/// Finds what a program loads.
pub struct Finder {
    templates: Vec<String>,
    /// What every machine has.
    known: Vec<String>,
    std: Std,
}

impl Finder {
    /// For the program of a file.
    pub fn new(main: &str, std: Std) -> Finder {
        let modules = lints::modules();
        let path = modules.paths.first().cloned().unwrap_or_default();
        let mut templates: Vec<String> = path.split(';').map(str::to_string).collect();
        let beside = main.rsplit_once('/').map(|(folder, _)| folder);
        for folder in beside.into_iter().chain(FOLDERS) {
            templates.extend(FILES.map(|file| format!("{folder}/{file}")));
        }
        Finder { templates, known: modules.loaded, std }
    }

    /// Where a module is.
    fn path(&self, name: &str) -> Option<String> {
        let file = name.replace('.', "/");
        let mut candidates = self.templates.iter().map(|template| template.replace('?', &file));
        candidates.find(|path| Path::new(path).is_file())
    }

    /// The files of a program, and of the modules that are named besides.
    ///
    /// # Errors
    /// A file cannot be read, or a module named besides is not found.
    pub fn find(&self, main: &str, others: &[String]) -> Result<Units, CliError> {
        let mut found: BTreeMap<String, Unit> = BTreeMap::new();
        let mut missing = Vec::new();
        let mut waiting = VecDeque::new();
        for name in others {
            let path = self.path(name).ok_or_else(|| {
                CliError::Failed(format!("--include {name}: there is no such module"))
            })?;
            waiting.push_back((name.clone(), path));
        }
        let source =
            |path: &str| tool::read(path.as_bytes()).map(|b| tool::source(path.as_bytes(), b));
        let main = Unit { name: String::new(), source: source(main)?, path: main.to_string() };
        self.required(&main, &mut waiting, &mut missing);
        while let Some((name, path)) = waiting.pop_front() {
            if found.contains_key(&name) {
                continue;
            }
            let unit = Unit { source: source(&path)?, name: name.clone(), path };
            self.required(&unit, &mut waiting, &mut missing);
            found.insert(name, unit);
        }
        let units = std::iter::once(main).chain(found.into_values()).collect();
        Ok(Units { units, missing })
    }

    /// The modules that a file names.
    fn required(
        &self,
        unit: &Unit,
        waiting: &mut VecDeque<(String, String)>,
        missing: &mut Vec<String>,
    ) {
        let index = Index::new(&unit.source, &tool::options(self.std));
        for (name, span) in &index.requires {
            if self.known.iter().any(|known| **known == **name) || name.starts_with("luka.") {
                continue;
            }
            match self.path(name) {
                Some(path) => waiting.push_back((name.to_string(), path)),
                // (Stand-ins are found behind files.)
                None if embedded::names().any(|known| *known == **name) => {}
                None => {
                    let line = unit.source.line(span.start);
                    missing.push(format!("{}:{line}: module '{name}' is not found", unit.path));
                }
            }
        }
    }
}

impl Unit {
    /// The image of the file.
    ///
    /// # Errors
    /// What is wrong with its text.
    pub fn image(&self, std: Std, strip: bool) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let mut module = luka_compiler::compile(&self.source, &tool::options(std))?.get().clone();
        // What the program loads is compiled in the mode it was built in.
        module.lua54 = std == Std::Lua54;
        if strip {
            module.strip();
        }
        Ok(luka_bytecode::image::encode(&module))
    }
}
