//! `stops FOLDER PROGRAM`: runs a program, or goes on with a snapshot of one, and writes its state at
//! every stop to files of a folder. The counterpart of `tests/wasm/run.mjs` outside WebAssembly.

use std::path::Path;
use std::process::ExitCode;

fn write(folder: &Path, program: &Path) -> Result<(), String> {
    let program = std::fs::read(program).map_err(|e| e.to_string())?;
    for (name, contents) in luka_wasm::stops::stops(&program)? {
        std::fs::write(folder.join(name), contents).map_err(|e| e.to_string())?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [folder, program] = arguments.as_slice() else {
        eprintln!("usage: stops FOLDER PROGRAM");
        return ExitCode::FAILURE;
    };
    match write(folder.as_ref(), program.as_ref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("stops: {}: {message}", program.display());
            ExitCode::FAILURE
        }
    }
}
