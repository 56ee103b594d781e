//! Where modules are besides the places of `package.path`, and which one may have been meant by a name
//! that is in none of them.

use luka_stdlib::embedded;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// Templates of a search path that are looked at, and entries of each folder.
const TEMPLATES: usize = 40;
const ENTRIES: usize = 500;

/// The folder that LuaRocks installs modules in for the user, if it is there.
pub fn rocks_of_user() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty())?;
    let folder = Path::new(&home).join(".luarocks/share/lua/5.4");
    folder.is_dir().then_some(folder)
}

/// Names of modules that `name` may have been meant to be: those in the same folder, those of this name
/// in another one, and those that come with Luka.
pub fn near(name: &[u8], search_path: &[u8]) -> Vec<String> {
    let built_in = embedded::names().filter(|name| !name.ends_with(".core"));
    let mut found: BTreeSet<String> = built_in.map(String::from).collect();
    let Ok(name) = std::str::from_utf8(name) else { return found.into_iter().collect() };
    if name.contains('/') || name.is_empty() {
        return found.into_iter().collect();
    }
    let (parent, last) = name.rsplit_once('.').map_or(("", name), |(parent, last)| (parent, last));
    let below = name.split_once('.').map(|(_, below)| below);
    for template in search_path.split(|&c| c == b';').take(TEMPLATES) {
        let Some(at) = template.iter().position(|&c| c == b'?') else { continue };
        let root = match &template[..at] {
            b"" => Path::new("."),
            root => Path::new(OsStr::from_bytes(root)),
        };
        let ending = &template[at + 1..];
        let is_module = |module: &str| {
            let file = root.join(module.replace('.', "/"));
            let mut file = file.into_os_string().into_vec();
            file.extend_from_slice(ending);
            Path::new(OsStr::from_bytes(&file)).is_file()
        };
        let folder = root.join(parent.replace('.', "/"));
        let beside = stems(&folder, ending).map(|stem| match parent {
            "" => stem,
            parent => format!("{parent}.{stem}"),
        });
        found.extend(beside.filter(|module| is_module(module)));
        for folder in stems(root, b"") {
            let moved = below.map(|below| format!("{folder}.{below}"));
            let inside = [format!("{folder}.{name}"), format!("{folder}.{last}")];
            found.extend(inside.into_iter().chain(moved).filter(|module| is_module(module)));
        }
    }
    found.remove(name);
    found.into_iter().collect()
}

/// The names of what is in a folder, without an ending that is a file's.
fn stems(folder: &Path, ending: &[u8]) -> impl Iterator<Item = String> + use<> {
    let ending = String::from_utf8_lossy(ending).into_owned();
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().take(ENTRIES);
    entries.filter_map(move |entry| {
        let name = entry.file_name().into_string().ok()?;
        let stem = if ending.starts_with('.') { name.strip_suffix(&ending)? } else { &name };
        (!stem.is_empty() && !stem.contains(['.', ';', '?'])).then(|| stem.to_string())
    })
}
