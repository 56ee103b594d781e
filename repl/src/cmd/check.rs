//! `luka check FILE…`: says what is wrong with sources and runs nothing. The exit code is 0 if all
//! of them are good.

use super::tool;

pub fn main(args: &[Vec<u8>]) -> i32 {
    let args = match tool::arguments(args, &[], &[]) {
        Ok(args) if !args.files.is_empty() => args,
        Ok(_) => return tool::misuse("check", "no files"),
        Err(message) => return tool::misuse("check", &message),
    };
    let mut bad = 0;
    for path in &args.files {
        let source = match tool::read(path) {
            Ok(bytes) => tool::source(path, bytes),
            Err(message) => {
                eprintln!("luka check: {message}");
                bad += 1;
                continue;
            }
        };
        let diagnostics = luka_compiler::diagnose(&source, &tool::options(args.std));
        if !diagnostics.is_empty() {
            tool::show(&diagnostics, &source);
            bad += 1;
        }
    }
    i32::from(bad > 0)
}
