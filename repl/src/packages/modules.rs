//! The modules in a package's folder.

use std::collections::BTreeMap;
use std::path::Path;

use super::digest;
use super::manifest::{self, Manifest, is_inside};
use super::rockspec;

/// A module: where it is put below `lua_modules/share/lua/5.4`, and its file in the package's folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Module {
    pub place: String,
    pub file: String,
}

/// What is in a package's folder.
#[derive(Debug, Default)]
pub struct Content {
    pub manifest: Manifest,
    pub version: Option<String>,
    /// In the order of their places.
    pub modules: Vec<Module>,
    /// What it needs of LuaRocks.
    pub rocks: Vec<String>,
}

/// Folders that hold modules, where nobody says which do.
const USUAL: [&str; 3] = ["src", "lua", "lib"];

/// Folders that hold something else.
const OTHERS: [&str; 12] = [
    "spec",
    "specs",
    "test",
    "tests",
    "doc",
    "docs",
    "example",
    "examples",
    "bench",
    "benches",
    "lua_modules",
    "vendor",
];

/// Reads what is in a folder.
///
/// # Errors
/// A file cannot be read, `luka.toml` or the rockspec is wrong, or a part is in C.
pub fn read(folder: &Path) -> Result<Content, String> {
    let files = digest::files(folder)?;
    let mut content = Content::default();
    if files.iter().any(|file| file == "luka.toml") {
        let text = text(folder, "luka.toml")?;
        let text = String::from_utf8_lossy(&text);
        content.manifest = manifest::parse(&text).map_err(|why| format!("luka.toml: {why}"))?;
        content.version = content.manifest.version.clone();
        content.modules = below(&files, &content.manifest.sources)?;
        return Ok(content);
    }
    if let Some(path) = newest_rockspec(&files) {
        let spec = rockspec::read(&text(folder, path)?).map_err(|why| format!("{path}: {why}"))?;
        if let [first, ..] = spec.foreign.as_slice() {
            return Err(format!("{path}: '{first}' is in C, which is not built"));
        }
        let kind = spec.kind.as_deref().unwrap_or("builtin");
        if !matches!(kind, "builtin" | "module" | "none") {
            return Err(format!("{path}: its modules are built by '{kind}', which is not run"));
        }
        content.rocks = spec.needs();
        content.version = spec.version;
        content.modules = if spec.modules.is_empty() {
            below(&files, &[])?
        } else {
            named(&files, &spec.modules).map_err(|why| format!("{path}: {why}"))?
        };
        return Ok(content);
    }
    content.modules = below(&files, &[])?;
    Ok(content)
}

fn text(folder: &Path, path: &str) -> Result<Vec<u8>, String> {
    std::fs::read(folder.join(path))
        .map_err(|e| format!("cannot read {path}: {}", luka::host::describe(e).message))
}

/// The rockspec of the package as it is: one in its folder; the one of a version in development, `scm` or
/// `dev`, before others.
fn newest_rockspec(files: &[String]) -> Option<&str> {
    let specs = || files.iter().filter(|file| file.ends_with(".rockspec"));
    let in_root = || specs().filter(|file| !file.contains('/'));
    let in_folder =
        || specs().filter(|file| file.starts_with("rockspecs/") || file.starts_with("rockspec/"));
    let is_current = |file: &&String| file.contains("-scm-") || file.contains("-dev-");
    let best = in_root().find(is_current).or(in_root().next_back());
    best.or(in_folder().find(is_current)).or(in_folder().next_back()).map(String::as_str)
}

/// The modules below some folders; below the usual one if none is named.
fn below(files: &[String], folders: &[String]) -> Result<Vec<Module>, String> {
    let mut folders: Vec<String> = folders
        .iter()
        .map(|folder| folder.trim_start_matches("./").trim_end_matches('/').to_string())
        .collect();
    if folders.is_empty() {
        let usual = USUAL.iter().find(|usual| {
            let prefix = format!("{usual}/");
            files.iter().any(|file| file.starts_with(&prefix) && is_module(file))
        });
        folders.push(usual.map_or(String::new(), |usual| usual.to_string()));
    }
    let mut modules = BTreeMap::new();
    for folder in folders {
        let prefix =
            if matches!(folder.as_str(), "" | ".") { String::new() } else { format!("{folder}/") };
        for file in files.iter().filter(|file| is_module(file)) {
            let Some(place) = file.strip_prefix(&prefix) else { continue };
            let first = place.split('/').next().unwrap_or_default();
            let is_other = prefix.is_empty()
                && place.contains('/')
                && (OTHERS.contains(&first) || first.starts_with('.'));
            if !is_other {
                modules.insert(place.to_string(), file.clone());
            }
        }
    }
    Ok(modules.into_iter().map(|(place, file)| Module { place, file }).collect())
}

fn is_module(file: &str) -> bool {
    file.ends_with(".lua") || file.ends_with(".luka")
}

/// The modules that a rockspec names.
fn named(files: &[String], modules: &BTreeMap<String, String>) -> Result<Vec<Module>, String> {
    let mut found = Vec::new();
    for (name, file) in modules {
        let file = file.trim_start_matches("./");
        if !is_inside(file) || !files.iter().any(|known| known == file) {
            return Err(format!("there is no file {file} for module '{name}'"));
        }
        let place = name.replace('.', "/");
        if !is_inside(&place) {
            return Err(format!("'{name}' is no name of a module"));
        }
        let is_folder = file.ends_with("/init.lua") && !name.ends_with(".init");
        let place = if is_folder { format!("{place}/init.lua") } else { format!("{place}.lua") };
        found.push(Module { place, file: file.to_string() });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(files: &[&str], folders: &[&str]) -> Vec<String> {
        let files: Vec<String> = files.iter().map(|file| file.to_string()).collect();
        let folders: Vec<String> = folders.iter().map(|folder| folder.to_string()).collect();
        below(&files, &folders).expect("modules").into_iter().map(|module| module.place).collect()
    }

    #[test]
    fn modules_are_found() {
        assert_eq!(
            places(&["a.lua", "b/c.luka", "spec/a_spec.lua", "x.md"], &[]),
            ["a.lua", "b/c.luka"]
        );
        assert_eq!(
            places(&["main.lua", "src/a.lua", "src/test/b.lua"], &[]),
            ["a.lua", "test/b.lua"]
        );
        assert_eq!(
            places(&["src/a.lua", "gen/b.lua", "c.lua"], &["./src/", "gen"]),
            ["a.lua", "b.lua"]
        );
        assert_eq!(places(&["src/a.lua", "c.lua"], &["."]), ["c.lua", "src/a.lua"]);
    }

    #[test]
    fn rockspecs_name_modules() {
        let files = ["l/init.lua", "l/x.lua"].map(str::to_string);
        let modules = |name: &str, file: &str| {
            named(&files, &BTreeMap::from([(name.to_string(), file.to_string())]))
                .map(|modules| modules.into_iter().map(|m| m.place).collect::<Vec<_>>())
        };
        assert_eq!(modules("l", "l/init.lua").unwrap(), ["l/init.lua"]);
        assert_eq!(modules("m.x", "./l/x.lua").unwrap(), ["m/x.lua"]);
        assert!(modules("m", "l/y.lua").unwrap_err().contains("no file l/y.lua"));
        assert!(modules("m", "../y.lua").is_err());
        assert!(modules("/etc/x", "l/x.lua").is_err());
    }
}
