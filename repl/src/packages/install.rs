//! `lua_modules`: the modules of a project's packages, as LuaRocks lays them out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::resolve::Package;

/// Where `require` finds them, below the project's folder.
pub const FOLDER: &str = "lua_modules/share/lua/5.4";

/// The list of the files that were put there: the others are somebody else's.
const LIST: &str = "lua_modules/.luka";

/// The message about a file that cannot be written.
pub fn failed(path: &Path, e: std::io::Error) -> String {
    format!("cannot write {}: {}", path.display(), luka::host::describe(e).message)
}

/// Puts the modules of packages in their place, and removes those of packages that are not used any more.
/// Returns how many files were written.
///
/// # Errors
/// Two packages have the same module, one is somebody else's, or a file cannot be written.
pub fn install(root: &Path, packages: &[Package]) -> Result<usize, String> {
    let mut wanted: BTreeMap<&str, (&Package, PathBuf)> = BTreeMap::new();
    for package in packages {
        for module in &package.modules {
            let file = package.folder.join(&module.file);
            if let Some((other, _)) = wanted.insert(&module.place, (package, file)) {
                let (a, b) = (&other.locked.name, &package.locked.name);
                return Err(format!("{a} and {b} both have the file {}", module.place));
            }
        }
    }
    let target = root.join(FOLDER);
    let list = root.join(LIST);
    let known = std::fs::read_to_string(&list).unwrap_or_default();
    let known: BTreeSet<&str> = known.lines().collect();
    let mut written = 0;
    let mut names = String::new();
    // (The list is written first: a file that is in neither is never ours.)
    for place in wanted.keys().copied().chain(known.iter().copied()).collect::<BTreeSet<_>>() {
        names.push_str(place);
        names.push('\n');
    }
    write(&list, names.as_bytes())?;
    for (place, (package, file)) in &wanted {
        let path = target.join(place);
        let bytes = std::fs::read(file).map_err(|e| {
            format!("cannot read {}: {}", file.display(), luka::host::describe(e).message)
        })?;
        let old = std::fs::read(&path).ok();
        if old.as_ref() == Some(&bytes) {
            continue;
        }
        if old.is_some() && !known.contains(place) {
            let name = &package.locked.name;
            return Err(format!("{} is there already, and not from {name}", path.display()));
        }
        write(&path, &bytes)?;
        written += 1;
    }
    for place in known.iter().filter(|place| !wanted.contains_key(**place)) {
        if !super::manifest::is_inside(place) {
            continue;
        }
        let path = target.join(place);
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(failed(&path, e)),
            _ => {}
        }
        // Folders that are empty now.
        for folder in path.ancestors().skip(1).take_while(|folder| *folder != target) {
            if std::fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }
    let names: String = wanted.keys().map(|place| format!("{place}\n")).collect();
    write(&list, names.as_bytes())?;
    Ok(written)
}

/// Writes a file; its folders are made.
///
/// # Errors
/// It cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).map_err(|e| failed(folder, e))?;
    let new = path.with_extension(format!("{}.new", std::process::id()));
    std::fs::write(&new, bytes)
        .and_then(|()| std::fs::rename(&new, path))
        .map_err(|e| failed(path, e))
}
