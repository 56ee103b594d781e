//! docs/language.md: every block of Lua on the page runs and prints what the page says, here and,
//! printed as plain Lua 5.4, under `lua5.4`.

use luka_compiler::Options;
use luka_compiler::print::lua54;
use luka_compiler::source::{Source, SourceKind};
use luka_tests::oracle;
use luka_tests::page::scripts;
use luka_tests::run::{RunMode, run};

const PAGE: &str = include_str!("../../docs/language.md");

#[test]
fn the_page_runs() {
    let oracle = oracle::find();
    if oracle.is_none() {
        eprintln!("lua5.4 is not installed: the printed programs are not run");
    }
    let mut faults = Vec::new();
    let scripts = scripts(PAGE, "language.lua");
    assert!(scripts.len() >= 15);
    for script in scripts {
        for section in &script.sections {
            assert!(!section.expected.is_empty(), "{} shows nothing", section.title);
            let ran = run(&section.program, "language.lua", RunMode::Plain);
            faults.extend(section.judge(&ran.stdout, ran.failure.as_deref()).err());
            let source = section.program.as_bytes();
            let source = Source::new("@language.lua", source, SourceKind::File);
            match (lua54(&source, &Options::default()), &oracle) {
                (Ok(plain), Some(oracle)) => {
                    let (stdout, failure) = oracle.run(&plain, "language.lua");
                    let judged = section.judge(&stdout, failure.as_deref());
                    faults.extend(judged.err().map(|e| format!("as plain Lua: {e}")));
                }
                (Ok(_), None) => {}
                (Err(_), _) => faults.push(format!("{}: not printed", section.title)),
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
