//! Who may know whom: the layers of the machine, as the text of `vm/src/lib.rs` lists them, and the
//! crates, as `docs/architecture.md` draws them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A file or folder of the repository.
fn repo(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The layers of `vm/src`, the lowest first: the rows of the table in its text.
fn layers() -> Vec<String> {
    let text = read(&repo("vm/src/lib.rs"));
    let rows = text.lines().filter_map(|l| l.strip_prefix("//! | `")?.split_once('`'));
    let layers: Vec<String> = rows.map(|(name, _)| name.to_string()).collect();
    assert!(layers.len() > 10, "the table of layers is missing in vm/src/lib.rs");
    layers
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The Rust files below a folder, except those of tests.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if path.is_dir() && name != "tests" {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") && name != "tests" {
            found.push(path);
        }
    }
}

/// A file of `vm/src` but `lib.rs`.
struct Source {
    /// Below `vm/src`.
    path: String,
    /// Its folder, or the file itself where it is in none.
    layer: String,
    /// Its lines, without comments and unit tests.
    lines: Vec<String>,
}

fn machine() -> Vec<Source> {
    let root = repo("vm/src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    paths.sort();
    let all = paths.iter().map(|path| {
        let text = read(path);
        let lines = text.lines().take_while(|l| *l != "mod tests {");
        let path = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        Source {
            layer: path.split('/').next().unwrap().trim_end_matches(".rs").to_string(),
            lines: lines.map(|l| l.split("//").next().unwrap_or("").to_string()).collect(),
            path,
        }
    });
    all.filter(|s| s.path != "lib.rs").collect()
}

/// The names that follow `prefix` in a line.
fn names_after<'a>(line: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(prefix).map(move |(at, _)| {
        let rest = &line[at + prefix.len()..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        &rest[..end]
    })
}

/// The layers that what `lib.rs` exports again is from.
fn exports() -> BTreeMap<String, String> {
    let text = read(&repo("vm/src/lib.rs"));
    let mut found = BTreeMap::new();
    for line in text.lines() {
        let Some(path) = line.strip_prefix("pub use ") else { continue };
        let layer = path.split("::").next().unwrap();
        let (module, names) = path.trim_end_matches(';').rsplit_once("::").unwrap();
        // `self` is the module.
        let module = module.rsplit("::").next().unwrap();
        let names = names.replace("self", module);
        for name in names.trim_matches(|c| c == '{' || c == '}').split(", ") {
            found.insert(name.to_string(), layer.to_string());
        }
    }
    // Exported by their attributes.
    for name in ["natives", "inner_natives", "continuations", "results"] {
        found.insert(name.to_string(), "object".to_string());
    }
    for name in ["frame", "states"] {
        found.insert(name.to_string(), "api".to_string());
    }
    found
}

#[test]
fn every_part_of_the_machine_is_a_layer() {
    let named: BTreeSet<String> = layers().into_iter().collect();
    let there: BTreeSet<String> = machine().into_iter().map(|s| s.layer).collect();
    assert_eq!(named, there, "folders and files of vm/src, and the table in vm/src/lib.rs");
}

#[test]
fn paths_lead_to_lower_layers() {
    let layers = layers();
    let exports = exports();
    let height = |name: &str| layers.iter().position(|l| l == name);
    let mut wrong = Vec::new();
    for source in machine() {
        let own = height(&source.layer).unwrap();
        for (i, line) in source.lines.iter().enumerate() {
            let mut fault = |rule: String| {
                wrong.push(format!("vm/src/{}:{}: {rule}", source.path, i + 1));
            };
            if line.contains("crate::{") {
                fault("one path a line from `crate::`, so that layers can be read".to_string());
            }
            if line.contains("super::super")
                || (source.path == format!("{}.rs", source.layer) && line.contains("super::"))
            {
                fault("a path that leaves its folder begins with `crate::`".to_string());
            }
            for name in names_after(line, "crate::") {
                let layer = exports.get(name).map_or(name, |layer| layer);
                match height(layer) {
                    Some(other) if other <= own => {}
                    Some(_) => {
                        fault(format!("`{}` is below `{layer}` and must not know it", source.layer))
                    }
                    None => fault(format!("`crate::{name}` is no layer")),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a function in `lines` from `at` on takes raw pointers: its parameters, up to the end of
/// the list.
fn takes_pointers(lines: &[String], at: usize) -> bool {
    let mut depth = 0;
    for (i, line) in lines[at..].iter().enumerate() {
        let start = if i == 0 { line.find("fn ").unwrap() } else { 0 };
        for (at, c) in line[start..].char_indices() {
            let rest = &line[start + at..];
            match c {
                '(' => depth += 1,
                ')' if depth == 1 => return false,
                ')' => depth -= 1,
                '*' if rest.starts_with("*mut ") || rest.starts_with("*const ") => return true,
                _ => {}
            }
        }
    }
    false
}

#[test]
fn functions_that_take_pointers_are_unsafe_or_private_to_their_folder() {
    let mut wrong = Vec::new();
    let mut functions = 0;
    for source in machine() {
        for (i, line) in source.lines.iter().enumerate() {
            let item = line.trim_start();
            let Some(item) = ["pub fn ", "pub(crate) fn ", "pub const fn ", "pub(crate) const fn "]
                .iter()
                .find_map(|start| item.strip_prefix(start))
            else {
                continue;
            };
            functions += 1;
            if takes_pointers(&source.lines, i) {
                let name = item.split(['(', '<']).next().unwrap();
                wrong.push(format!("vm/src/{}:{}: `{name}` is not unsafe", source.path, i + 1));
            }
        }
    }
    assert!(functions > 100, "functions are not found any more");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The crates of the workspace, by folder, with those they depend on: from their Cargo.toml files.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let workspace = read(&repo("Cargo.toml"));
    let members = workspace.lines().find_map(|l| l.strip_prefix("members = [")).unwrap();
    let folders: Vec<&str> =
        members.trim_end_matches(']').split(", ").map(|f| f.trim_matches('"')).collect();
    let manifests: Vec<String> =
        folders.iter().map(|f| read(&repo(f).join("Cargo.toml"))).collect();
    let name = |manifest: &String| {
        let line = manifest.lines().find_map(|l| l.strip_prefix("name = ")).unwrap();
        line.trim_matches('"').to_string()
    };
    let folder_of: BTreeMap<String, &str> =
        manifests.iter().map(name).zip(folders.iter().copied()).collect();
    let of = |manifest: &String| {
        let lines = manifest.lines().skip_while(|l| *l != "[dependencies]").skip(1);
        let lines = lines.take_while(|l| !l.starts_with('['));
        let names = lines.filter_map(|l| l.split(['.', ' ', '=']).next());
        names.filter_map(|n| folder_of.get(n)).map(|f| f.to_string()).collect()
    };
    folders.iter().map(|f| f.to_string()).zip(manifests.iter().map(of)).collect()
}

#[test]
fn crates_depend_on_whom_the_architecture_says() {
    let text = read(&repo("docs/architecture.md"));
    let rows = text.lines().skip_while(|l| *l != "| crate | depends on |").skip(2);
    let rows = rows.take_while(|l| l.starts_with('|'));
    let said: BTreeMap<String, BTreeSet<String>> = rows
        .map(|row| {
            let mut names = row.split('`').skip(1).step_by(2).map(str::to_string);
            (names.next().unwrap(), names.collect())
        })
        .collect();
    assert_eq!(said, dependencies());
}
