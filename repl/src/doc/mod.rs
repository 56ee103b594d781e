//! `luka doc`: documentation of a project from the comments in its sources.
//!
//! * `comment` — comments and their tags; `collect` — what a module gives
//! * `model` — what is documented; `lint` — what is missing or wrong
//! * `html`, `prose`, `code` — pages; `markdown`

mod code;
mod collect;
mod comment;
mod html;
mod lint;
mod markdown;
mod model;
mod prose;

use luka_compiler::Std;
use std::fs;
use std::path::Path;

use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use crate::cmd::{files, tool};
use crate::project;
use model::{Module, Project};

/// Folders that are no part of a module's name, and where modules are looked for first.
const ROOTS: [&str; 3] = ["src", "lua", "lib"];
/// Folders with files that are no modules for others.
const OTHERS: [&str; 9] =
    ["spec", "specs", "test", "tests", "lua_modules", "bench", "benches", "benchmarks", "examples"];

/// The verb.
pub fn main(args: &Arguments, console: &Console) -> Outcome {
    let settings = project::load(console)?;
    let std = settings.std.filter(|_| args.std == Std::default()).unwrap_or(args.std);
    let project = read(args, std)?;
    let findings = lint::findings(&project);
    let checks = args.has("--check");
    for finding in findings.iter().filter(|finding| checks || finding.is_wrong) {
        console.note(&format!("{}\n", finding.text));
    }
    if checks {
        return match findings.len() {
            0 => {
                console.note(&format!("checked {}: nothing to report\n", sum(&project)));
                Ok(Exit::SUCCESS)
            }
            _ => Ok(Exit::FAILURE),
        };
    }
    let out = args.value("-o").unwrap_or(b"doc");
    let source = args.value("--source").map(|text| String::from_utf8_lossy(text).into_owned());
    let written = match args.value("--format") {
        Some(b"json") => return json(&project, args.value("-o").unwrap_or(b"-"), console),
        Some(b"md") => {
            let index = ("README.md".to_string(), markdown::index(&project));
            let modules = project.modules.iter();
            let modules =
                modules.map(|module| (format!("{}.md", module.name), markdown::module(module)));
            std::iter::once(index).chain(modules).collect()
        }
        _ => html::files(&project, source.as_deref()),
    };
    write(&String::from_utf8_lossy(out), &written)?;
    let missing = findings.iter().filter(|finding| !finding.is_wrong).count();
    let note = match missing {
        0 => String::new(),
        n => format!("; {n} not documented, `luka doc --check` lists them"),
    };
    let shown = String::from_utf8_lossy(out);
    console.note(&format!("wrote {} files to {shown}: {}{note}\n", written.len(), sum(&project)));
    Ok(Exit::SUCCESS)
}

/// `2 modules, 14 items`
fn sum(project: &Project) -> String {
    let items: usize = project.modules.iter().map(|module| module.items.len()).sum();
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    format!("{}, {}", count(project.modules.len(), "module"), count(items, "item"))
}

fn json(project: &Project, out: &[u8], console: &Console) -> Outcome {
    let text = serde_json::to_string_pretty(project);
    let text = text.map_err(|error| CliError::Failed(format!("no JSON: {error}")))?;
    tool::write(out, format!("{text}\n").as_bytes(), console)?;
    Ok(Exit::SUCCESS)
}

fn write(folder: &str, files: &[(String, String)]) -> Result<(), CliError> {
    let folder = Path::new(folder);
    let failed =
        |path: &Path, error| tool::failed("write", path.as_os_str().as_encoded_bytes(), error);
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}

/// The project of the files and folders that are named: without any, of the first of the usual folders that is
/// there, else of this one.
fn read(args: &Arguments, std: Std) -> Result<Project, CliError> {
    let usual = ROOTS.iter().find(|folder| Path::new(folder).is_dir()).unwrap_or(&".");
    let usual = [usual.as_bytes().to_vec()];
    let named = if args.files.is_empty() { &usual[..] } else { &args.files };
    let mut modules: Vec<Module> = Vec::new();
    for word in named {
        let root = String::from_utf8_lossy(word).into_owned();
        let is_folder = Path::new(&root).is_dir();
        for path in files::sources(std::slice::from_ref(word)) {
            let shown = String::from_utf8_lossy(&path).into_owned();
            let shown = shown.strip_prefix("./").unwrap_or(&shown).to_string();
            let below = shown.strip_prefix(root.as_str()).filter(|_| is_folder).unwrap_or(&shown);
            let below = below.trim_start_matches('/');
            if is_folder && !is_module(below) {
                continue;
            }
            let text = tool::read(&path)?;
            modules.push(collect::module(&name_of(below), &shown, text, std));
        }
    }
    if modules.is_empty() {
        return Err(CliError::Failed("there are no modules to document".into()));
    }
    modules.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
    let name = args.value("--name").map(|name| String::from_utf8_lossy(name).into_owned());
    let here = || {
        let folder = std::env::current_dir().ok()?;
        Some(folder.file_name()?.to_string_lossy().into_owned())
    };
    let name = name.or_else(here).unwrap_or_else(|| "Documentation".into());
    Ok(Project { name, modules })
}

/// Whether a file of a folder is a module for others.
fn is_module(path: &str) -> bool {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let mut folders = path.split('/').rev().skip(1);
    let ends = ["_spec", "_test", "_bench"].iter().any(|end| stem.ends_with(end));
    !ends && !folders.any(|folder| OTHERS.contains(&folder))
}

/// The name that `require` has for a file: `a.b` for `src/a/b.lua` and `a/b/init.lua`.
fn name_of(path: &str) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let root = ROOTS.iter().find_map(|root| stem.strip_prefix(root)?.strip_prefix('/'));
    let stem = root.unwrap_or(stem);
    let stem = stem.strip_suffix("/init").unwrap_or(stem);
    stem.trim_start_matches(['.', '/']).replace('/', ".")
}
