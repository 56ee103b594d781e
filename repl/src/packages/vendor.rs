//! `vendor`: copies of the packages in the project itself, from where they are installed.
//!
//! Who changes a copy may have meant it. The state that each was copied in is kept in a list, and what is
//! not in that state any more is not replaced.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::digest;
use super::install::{failed, write};
use super::lock::Lock;
use super::resolve::Package;

/// Where the copies are, below the project's folder.
pub const FOLDER: &str = "vendor";

/// Which copies were made, one a line: the digits of its files, two spaces, its name.
const LIST: &str = "vendor/.luka";

/// Where the files of a vendored package are.
pub fn copy_of(root: &Path, name: &str) -> PathBuf {
    root.join(FOLDER).join(name)
}

/// Copies the files of packages that are not in folders of this machine. `lock` is what was locked before.
///
/// # Errors
/// A copy would replace what is not as it was copied, unless `force` is given; nothing is changed then. A
/// file cannot be read or written.
pub fn vendor(
    root: &Path,
    packages: &[Package],
    lock: &Lock,
    force: bool,
) -> Result<usize, String> {
    let packages = packages.iter().filter_map(|p| Some((p, p.locked.sha256.as_deref()?)));
    let packages: Vec<(&Package, &str)> = packages.collect();
    let list = root.join(LIST);
    let known = std::fs::read_to_string(&list).unwrap_or_default();
    let mut known: BTreeMap<&str, &str> =
        known.lines().filter_map(|line| line.split_once("  ")).map(|(a, b)| (b, a)).collect();
    let mut stale = Vec::new();
    for &(package, digits) in &packages {
        let name = package.locked.name.as_str();
        let place = copy_of(root, name);
        if std::fs::symlink_metadata(&place).is_err() {
            stale.push(package);
            continue;
        }
        let there = digest::tree(&place).ok();
        if there.as_deref() == Some(digits) {
            continue;
        }
        let locked = lock.get(name).and_then(|locked| locked.sha256.as_deref());
        let as_copied = there.as_deref().is_some_and(|there| {
            locked == Some(there) || known.get(name).is_some_and(|copied| *copied == there)
        });
        if !as_copied && !force {
            return Err(format!(
                "{FOLDER}/{name} is not as it was copied from {}: --force replaces it, and what was changed \
                 in it is lost",
                package.locked.source
            ));
        }
        stale.push(package);
    }
    let new = root.join(format!("{FOLDER}.{}.new", std::process::id()));
    let made = copy(&new, &stale).and_then(|()| {
        for package in stale {
            let name = &package.locked.name;
            replace(&new.join(name), &copy_of(root, name))?;
        }
        Ok(())
    });
    let _ = std::fs::remove_dir_all(&new);
    made?;
    for (package, digits) in &packages {
        known.insert(&package.locked.name, digits);
    }
    known.retain(|name, _| copy_of(root, name).is_dir());
    if !known.is_empty() {
        let lines: String =
            known.iter().map(|(name, digits)| format!("{digits}  {name}\n")).collect();
        write(&list, lines.as_bytes())?;
    }
    Ok(packages.len())
}

/// Copies packages into a new folder.
fn copy(new: &Path, packages: &[&Package]) -> Result<(), String> {
    let _ = std::fs::remove_dir_all(new);
    for package in packages {
        let to = new.join(&package.locked.name);
        std::fs::create_dir_all(&to).map_err(|e| failed(&to, e))?;
        for file in digest::files(&package.folder)? {
            let to = to.join(&file);
            let parent = to.parent().unwrap_or(&to);
            std::fs::create_dir_all(parent).map_err(|e| failed(parent, e))?;
            std::fs::copy(package.folder.join(&file), &to).map_err(|e| failed(&to, e))?;
        }
    }
    Ok(())
}

/// Puts a folder in its place, and removes what is there.
fn replace(new: &Path, place: &Path) -> Result<(), String> {
    let parent = place.parent().unwrap_or(place);
    std::fs::create_dir_all(parent).map_err(|e| failed(parent, e))?;
    let old = new.with_extension("old");
    let _ = std::fs::rename(place, &old);
    std::fs::rename(new, place).map_err(|e| failed(place, e))
}
