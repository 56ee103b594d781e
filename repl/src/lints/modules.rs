//! The modules that a checked file can load.

use crate::modules;
use luka_compiler::check::Modules;
use luka_stdlib::embedded;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Where modules are, besides the folders of `package.path`.
const INSIDE: &[&str] = &["", "lua", "src", "lib", "lua_modules/share/lua/5.4"];
/// The names a module's file may have.
const FILES: &[&str] = &["?.lua", "?/init.lua", "?.luka", "?.so"];
/// Folders above a file that are searched, and files in its folder that are looked at.
const FOLDERS_ABOVE: usize = 8;
const FILES_NEAR: usize = 500;

/// Modules as the file system and `package.path` have them.
pub struct FileModules {
    /// `package.path` and `package.cpath`.
    pub paths: Vec<String>,
    /// What is loaded at start.
    pub loaded: Vec<String>,
}

impl FileModules {
    /// The folders from which a file may load modules.
    fn folders(path: &Path) -> Vec<PathBuf> {
        let above = path.parent().into_iter().flat_map(Path::ancestors).take(FOLDERS_ABOVE);
        above.map(Path::to_path_buf).chain([PathBuf::new()]).collect()
    }
}

fn path_of(bytes: &[u8]) -> PathBuf {
    let path = PathBuf::from(OsStr::from_bytes(bytes));
    std::path::absolute(&path).unwrap_or(path)
}

impl Modules for FileModules {
    fn has(&self, name: &str, path: &[u8]) -> bool {
        let comes_with = |known: &str| known == name;
        if self.loaded.iter().any(|known| comes_with(known))
            || name.starts_with("luka.")
            || embedded::names().any(comes_with)
        {
            return true;
        }
        let file = name.replace('.', "/");
        let listed = self.paths.iter().flat_map(|path| path.split(';'));
        let mut listed = listed.map(|template| PathBuf::from(template.replace('?', &file)));
        // A library in C may hold its submodules.
        let whole = name.split('.').next().unwrap_or(name);
        let in_folder = |folder: &PathBuf| {
            INSIDE.iter().any(|inside| {
                let here =
                    |name: &str, file: &str| folder.join(inside).join(file.replace('?', name));
                FILES.iter().any(|template| here(&file, template).exists())
                    || here(whole, "?.so").exists()
            })
        };
        let rocks = modules::rocks_of_user();
        let installed = rocks.iter().any(|rocks| {
            FILES.iter().any(|template| rocks.join(template.replace('?', &file)).exists())
        });
        listed.any(|path| path.exists())
            || installed
            || FileModules::folders(&path_of(path)).iter().any(in_folder)
    }

    fn near(&self, path: &[u8]) -> Vec<String> {
        let path = path_of(path);
        let Some(entries) = path.parent().and_then(|folder| std::fs::read_dir(folder).ok()) else {
            return Vec::new();
        };
        let files = entries.flatten().take(FILES_NEAR).map(|entry| entry.path());
        let modules = files.filter(|file| {
            file.extension().is_some_and(|e| e == "lua" || e == "luka") && *file != path
        });
        let mut names: Vec<String> =
            modules.filter_map(|file| Some(file.file_stem()?.to_str()?.to_string())).collect();
        names.sort();
        names
    }
}
