//! Links the unwinder into the program on Linux with the GNU C library.
//!
//! The standard library asks for `libgcc_s.so`, from which only the unwinder is needed; finding,
//! mapping and relocating it is an eighth of the processor time of `luka -e ''`. A linker script
//! of that name, in a folder searched first, names the static archive instead. Where the C
//! compiler has no such archive, everything stays as it is.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, wanted: &str| std::env::var(name).is_ok_and(|value| value == wanted);
    let native = std::env::var("HOST") == std::env::var("TARGET");
    if !(native && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu")) {
        return;
    }
    let Ok(folder) = std::env::var("OUT_DIR") else { return };
    if let Some(archive) = archive("libgcc_eh.a") {
        let script = format!("GROUP ( {archive} )\n");
        if std::fs::write(Path::new(&folder).join("libgcc_s.so"), script).is_ok() {
            println!("cargo::rustc-link-arg-bins=-L{folder}");
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
