//! `--selfhost`: the self-hosted compiler compiling itself, on `luka` and `lua5.4`.
//!
//! Both run `compiler/selfhost/main.lua` over the compiler's files, several times in one process; the
//! time to load the compiler is measured and subtracted.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::measure;
use crate::options::Options;
use crate::stats::median;

/// How often the files are compiled in a process.
const TIMES: usize = 5;

/// Measures and renders the table.
///
/// # Errors
/// What kept a program from being started, in words.
pub fn run(luka: &str, options: &Options) -> Result<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../compiler/selfhost");
    let files = files(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut lines = 0;
    for file in &files {
        let text = std::fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?;
        lines += text.iter().filter(|&&b| b == b'\n').count();
    }
    let main = folder.join("main.lua").display().to_string();
    let command = |program: &str, times: usize| {
        let mut command = vec![program.to_string(), main.clone(), "-5".into(), "-p".into()];
        // Without files it would only say how it is used.
        command.push(main.clone());
        for _ in 0..times {
            command.extend(files.iter().map(|file| file.display().to_string()));
        }
        command
    };
    let seconds = |program: &str| -> Result<f64, String> {
        let (idle, busy) = (checked(&command(program, 0))?, checked(&command(program, TIMES))?);
        Ok((busy - idle).max(0.0) / TIMES as f64)
    };
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        let (mine, other) = (seconds(luka)?, seconds("lua5.4")?);
        ours.push(mine);
        theirs.push(other);
        ratios.push(mine / other.max(1e-9));
    }
    let middle = |values: &[f64]| median(values).unwrap_or(0.0);
    let mut text = String::from(
        "| the compiler compiles itself | ms | lines a second | ÷ lua5.4 |\n|---|---:|---:|---:|",
    );
    let mut row = |name: &str, seconds: f64, lines: usize, ratio: &str| {
        let speed = lines as f64 / seconds.max(1e-9);
        _ = write!(text, "\n| {name} | {:.0} | {speed:.0} | {ratio} |", seconds * 1e3);
    };
    row("on `luka`", middle(&ours), lines, &format!("{:.2}", middle(&ratios)));
    row("on `lua5.4`", middle(&theirs), lines, "1.00");
    row("Paka's, on its machine (2022 sources)", 0.069, 1_494, "–");
    _ = write!(text, "\n\n{} files, {lines} lines, comments and all.", files.len());
    Ok(text)
}

fn checked(command: &[String]) -> Result<f64, String> {
    let run = measure::run(command)?;
    if run.success { Ok(run.seconds) } else { Err(format!("{:?} failed", &command[..2])) }
}

/// The Lua files below a folder, by name.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|e| e == "lua") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
