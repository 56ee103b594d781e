//! Which files programs may use.

use std::path::{Component, Path, PathBuf};

/// A set of files.
#[derive(Clone, Default, Debug)]
pub(super) enum Access {
    /// None.
    #[default]
    None,
    /// Those in some folders, which are absolute and without links.
    Below(Vec<PathBuf>),
    /// All.
    All,
}

impl Access {
    /// Adds a folder with everything in it. A folder that does not exist adds nothing.
    pub(super) fn add(&mut self, folder: &Path) {
        let Ok(folder) = folder.canonicalize() else { return };
        match self {
            Access::All => {}
            Access::Below(folders) => folders.push(folder),
            Access::None => *self = Access::Below(vec![folder]),
        }
    }

    /// Whether there is a file in the set.
    pub(super) fn has_any(&self) -> bool {
        !matches!(self, Access::None)
    }

    /// Whether every file is in the set.
    pub(super) fn has_all(&self) -> bool {
        matches!(self, Access::All)
    }

    /// Whether a file is in the set: the one the path leads to, links followed. Of a file that does
    /// not exist its folder counts.
    pub(super) fn allows(&self, path: &Path) -> bool {
        match self {
            Access::None => false,
            Access::All => true,
            Access::Below(folders) => {
                resolved(path).is_some_and(|path| folders.iter().any(|f| path.starts_with(f)))
            }
        }
    }

    /// Whether the name itself is in the set: of a link, the link and not where it leads. For
    /// removing and renaming.
    pub(super) fn allows_name(&self, path: &Path) -> bool {
        match self {
            Access::None => false,
            Access::All => true,
            Access::Below(folders) => {
                named(path).is_some_and(|path| folders.iter().any(|f| path.starts_with(f)))
            }
        }
    }
}

/// The absolute path without links that a path leads to; `None` if that cannot be said.
fn resolved(path: &Path) -> Option<PathBuf> {
    if let Ok(path) = path.canonicalize() {
        return Some(path);
    }
    // A link that leads nowhere would be followed when the file is created.
    if path.symlink_metadata().is_ok() {
        return None;
    }
    named(path)
}

/// The path with its folder resolved.
fn named(path: &Path) -> Option<PathBuf> {
    let Some(Component::Normal(name)) = path.components().next_back() else { return None };
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    Some(folder.canonicalize().ok()?.join(name))
}
