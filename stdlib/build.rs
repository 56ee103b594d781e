//! Compiles the modules written in the language and hands them to the library as images.
//!
//! Each file below one of the [`FOLDERS`] becomes a module named after its place (`lex/scan.lua`
//! below `luka.compiler` is `luka.compiler.lex.scan`, an `init` names its folder) and a row of
//! `embedded.rs`, which `src/embedded.rs` includes: `("name", include_bytes!("…"))`, sorted by name.
//! Of the library's own modules the comments above functions become `docs.rs`, for `src/help`.
#![allow(clippy::disallowed_methods, reason = "a build script reads and writes files")]

#[path = "src/help/comments.rs"]
mod comments;

use luka_bytecode::image;
use luka_compiler::{Options, Std, load};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

/// Modules of the language lie in one folder.
struct Folder {
    path: &'static str,
    /// What the names of its modules begin with.
    prefix: &'static str,
    suffix: &'static str,
    std: Std,
}

/// The folder of the library's own modules.
const LIBRARY: &str = "lib";

const FOLDERS: &[Folder] = &[
    Folder { path: LIBRARY, prefix: "", suffix: "luka", std: Std::Luka },
    // Plain Lua 5.4: `lua5.4` runs these files too.
    Folder {
        path: "../compiler/selfhost",
        prefix: "luka.compiler",
        suffix: "lua",
        std: Std::Lua54,
    },
];

/// Names a folder with images another compiler has made, `luka bootstrap --emit DIR` for one: they are
/// taken as they are. docs/bootstrap.md says what for.
const IMAGES: &str = "LUKA_STDLIB_IMAGES";

/// Modules whose names begin with one of these prefixes, between commas, are left out: for builds that
/// are downloaded.
const LEFT_OUT: &str = "LUKA_STDLIB_WITHOUT";

/// Modules in Rust that are left out if the named module is, and the `cfg` that says so.
const IN_RUST: &[(&str, &str)] = &[
    ("luka.bytecode", "without_bytecode"),
    ("lfs", "without_files"),
    ("luka.regex", "without_regex"),
    ("socket", "without_net"),
];

fn main() -> ExitCode {
    match embed() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn embed() -> Result<(), String> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={IMAGES}");
    println!("cargo::rerun-if-env-changed={LEFT_OUT}");
    let left_out = env::var(LEFT_OUT).unwrap_or_default();
    let is_left_out = |name: &str| {
        left_out.split(',').any(|prefix| !prefix.is_empty() && name.starts_with(prefix))
    };
    for (name, cfg) in IN_RUST {
        println!("cargo::rustc-check-cfg=cfg({cfg})");
        if is_left_out(name) {
            println!("cargo::rustc-cfg={cfg}");
        }
    }
    let out = PathBuf::from(env::var("OUT_DIR").map_err(|e| e.to_string())?);
    let mut modules = BTreeMap::new();
    let mut docs = String::from("&[\n");
    for folder in FOLDERS {
        let root = Path::new(folder.path);
        // A folder that is not there yet is noticed when it comes; cargo takes a missing path for
        // one that changes every time.
        let watched = if root.exists() { root } else { root.parent().unwrap_or(root) };
        println!("cargo::rerun-if-changed={}", watched.display());
        for file in files(root, folder.suffix)? {
            let name = module_name(folder, root, &file);
            if is_left_out(&name) {
                continue;
            }
            let image = compile(folder, &name, &file)?;
            // (`luka.http.server` is a part of `luka.http`.)
            let is_part = name.strip_prefix("luka.").is_some_and(|rest| rest.contains('.'));
            if folder.path == LIBRARY && !is_part {
                docs += &documentation(&name, &file)?;
            }
            let place = out.join(format!("{name}.image"));
            fs::write(&place, image).map_err(|e| told(&place, e))?;
            if modules.insert(name.clone(), place).is_some() {
                return Err(format!("{}: there are two modules named {name}", file.display()));
            }
        }
    }
    let mut rows = String::from("&[\n");
    for (name, place) in modules {
        rows += &format!("    ({name:?}, include_bytes!({:?})),\n", place.display().to_string());
    }
    rows += "]\n";
    docs += "]\n";
    for (name, text) in [("embedded.rs", rows), ("docs.rs", docs)] {
        let table = out.join(name);
        fs::write(&table, text).map_err(|e| told(&table, e))?;
    }
    Ok(())
}

/// A row of `docs.rs`: line, head and comment of each function a module has a comment for.
fn documentation(name: &str, file: &Path) -> Result<String, String> {
    let text = fs::read_to_string(file).map_err(|e| told(file, e))?;
    let mut row = format!("    ({name:?}, &[\n");
    for (at, line) in text.lines().enumerate() {
        let usage = line.trim_end();
        if let Some(usage) = usage.strip_prefix("function ")
            && let Some(comment) = comments::comment_above(&text, at + 1)
        {
            row += &format!("        ({}, {usage:?}, {comment:?}),\n", at + 1);
        }
    }
    Ok(row + "    ]),\n")
}

/// The files with this suffix below a folder; none if there is no folder.
fn files(root: &Path, suffix: &str) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = root.exists().then(|| root.into()).into_iter().collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|e| told(&folder, e))? {
            let path = entry.map_err(|e| told(&folder, e))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.ends_with("selfhost/main.lua") {
                // A command line for PUC Lua: a program, not a module.
            } else if path.extension().is_some_and(|e| e == suffix) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn module_name(folder: &Folder, root: &Path, file: &Path) -> String {
    let place = file.strip_prefix(root).unwrap_or(file).with_extension("");
    let mut parts: Vec<_> = place.iter().map(|part| part.to_string_lossy()).collect();
    if !folder.prefix.is_empty() {
        parts.insert(0, folder.prefix.into());
    }
    if parts.len() > 1 && parts.last().is_some_and(|last| last == "init") {
        parts.pop();
    }
    parts.join(".")
}

/// The image of a module; its chunk name is the module's: messages read `luka.bytecode:12: …`.
fn compile(folder: &Folder, name: &str, file: &Path) -> Result<Vec<u8>, String> {
    if let Some(images) = env::var_os(IMAGES) {
        let image = Path::new(&images).join(format!("{name}.image"));
        println!("cargo::rerun-if-changed={}", image.display());
        return fs::read(&image).map_err(|e| told(&image, e));
    }
    let text = fs::read(file).map_err(|e| told(file, e))?;
    let options = Options { std: folder.std, ..Options::default() };
    match load(&text, format!("={name}").as_bytes(), &options) {
        Ok(module) => Ok(image::encode(module.get())),
        Err(message) => Err(format!("{}: {}", file.display(), String::from_utf8_lossy(&message))),
    }
}

fn told(path: &Path, error: io::Error) -> String {
    format!("{}: {error}", path.display())
}
