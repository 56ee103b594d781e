//! Packs the texts `luka bootstrap` proves itself on; links the unwinder into the program on Linux
//! with the GNU C library.
//!
//! The texts are the compiler in its own language, the library's modules and the conformance suite:
//! an installed program has them with it. They become one deflated file, `texts.deflate`: for each
//! text the line `PATH SIZE`, then its bytes, in order of the paths.
//!
//! The standard library asks for `libgcc_s.so`, from which only the unwinder is needed; finding,
//! mapping and relocating it is an eighth of the processor time of `luka -e ''`. A linker script
//! of that name, in a folder searched first, names the static archive instead. Where the C
//! compiler has no such archive, everything stays as it is.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

/// The folders with the texts, seen from here.
const TEXTS: &[&str] = &["../compiler/selfhost", "../stdlib/lib", "../tests/suite"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = PathBuf::from(std::env::var("OUT_DIR")?);
    fs::write(folder.join("texts.deflate"), texts()?)?;
    link_unwinder(&folder);
    Ok(())
}

/// All texts, packed.
fn texts() -> io::Result<Vec<u8>> {
    let mut files = Vec::new();
    for folder in TEXTS {
        println!("cargo::rerun-if-changed={folder}");
        collect(Path::new(folder), &mut files)?;
    }
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let bytes = fs::read(&file)?;
        let name = file.display().to_string().replace('\\', "/");
        let name = name.trim_start_matches("../");
        all.extend_from_slice(format!("{name} {}\n", bytes.len()).as_bytes());
        all.extend_from_slice(&bytes);
    }
    Ok(miniz_oxide::deflate::compress_to_vec(&all, 9))
}

/// The Lua files below a folder.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "lua" || e == "luka") {
            files.push(path);
        }
    }
    Ok(())
}

fn link_unwinder(folder: &Path) {
    let is = |name: &str, wanted: &str| std::env::var(name).is_ok_and(|value| value == wanted);
    let native = std::env::var("HOST") == std::env::var("TARGET");
    if !(native && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu")) {
        return;
    }
    if let Some(archive) = archive("libgcc_eh.a") {
        let script = format!("GROUP ( {archive} )\n");
        if fs::write(folder.join("libgcc_s.so"), script).is_ok() {
            println!("cargo::rustc-link-arg-bins=-L{}", folder.display());
        }
    }
}

/// The full path of an archive of the C compiler's own.
fn archive(name: &str) -> Option<String> {
    let linker = std::env::var("RUSTC_LINKER").unwrap_or_else(|_| "cc".into());
    let output = Command::new(linker).arg(format!("-print-file-name={name}")).output().ok()?;
    let path = String::from_utf8(output.stdout).ok()?.trim().to_string();
    Path::new(&path).is_absolute().then_some(path)
}
