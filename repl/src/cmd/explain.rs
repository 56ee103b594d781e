//! `luka explain CODE…`: what a diagnostic's code means, with an example. Without a code, all of
//! them with their titles.

use luka_compiler::diag::{Code, explain};

use super::tool;
use crate::cli::Arguments;

pub fn main(args: &[Vec<u8>]) -> i32 {
    let args = match Arguments::of("explain", args) {
        Ok(args) => args,
        Err(code) => return code,
    };
    if args.files.is_empty() {
        let lines = Code::rows().map(|row| format!("{}  {}\n", row.code, row.title));
        tool::print(lines.collect::<String>().as_bytes());
        return 0;
    }
    let mut texts = Vec::new();
    for name in &args.files {
        let name = String::from_utf8_lossy(name);
        match Code::parse(&name) {
            Some(code) => texts.push(explain(code)),
            None => {
                let message = format!("there is no code {name}; `luka explain` lists them all");
                return tool::misuse("explain", &message);
            }
        }
    }
    tool::print(texts.join("\n").as_bytes());
    0
}
