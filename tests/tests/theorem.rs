//! The theorem of the superset: whenever `Std::Lua54` accepts a text, `Std::Luka` makes the same
//! tree and the same bytecode of it.
//!
//! Tried on programs made by the grammar, on sequences of tokens (of which `lua5.4`, if it is
//! installed, says whether they are programs), and on the folder of Lua files that `THEOREM_CORPUS`
//! names. `THEOREM_COUNT` is how many programs are made, `THEOREM_SEED` where they begin.

use std::path::Path;

use luka_bytecode::image;
use luka_compiler::ast::dump_ast;
use luka_compiler::parse::parse;
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, Std, compile};
use luka_tests::oracle;
use luka_tests::programs::{plain_program, token_soup};
use luka_tests::random::Random;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// What a mode makes of a text; `None` if it refuses it.
fn made(text: &[u8], std: Std) -> Option<(String, Vec<u8>)> {
    let source = Source::new("=theorem", text, SourceKind::File);
    let options = Options { std, ..Options::default() };
    let module = compile(&source, &options).ok()?;
    let parsed = parse(&source, &options);
    Some((dump_ast(&parsed.chunk, &parsed.tokens.names), image::encode(module.get())))
}

/// Does the theorem hold? Also says whether plain Lua accepts the text.
fn check(text: &[u8], what: &str) -> bool {
    let Some((tree, code)) = made(text, Std::Lua54) else { return false };
    let shown = String::from_utf8_lossy(text);
    let Some((extended_tree, extended_code)) = made(text, Std::Luka) else {
        panic!("{what}: refused with the extensions:\n{shown}");
    };
    assert!(tree == extended_tree, "{what}: another tree:\n{shown}");
    assert!(code == extended_code, "{what}: other code:\n{shown}");
    true
}

#[test]
fn programs_of_the_grammar() {
    let (seed, count) = (number("THEOREM_SEED", 0), number("THEOREM_COUNT", 600));
    let mut accepted = 0;
    for n in seed..seed + count {
        let text = plain_program(&mut Random::new(n));
        accepted += u64::from(check(text.as_bytes(), &format!("program {n}")));
    }
    // Some assign to a constant.
    assert!(accepted * 2 > count, "{accepted} of {count} are programs");
}

#[test]
fn sequences_of_tokens() {
    let (seed, count) = (number("THEOREM_SEED", 0), 20 * number("THEOREM_COUNT", 600));
    let texts: Vec<String> =
        (seed..seed + count).map(|n| token_soup(&mut Random::new(n ^ 0x50FF))).collect();
    let accepted: Vec<bool> = texts
        .iter()
        .enumerate()
        .map(|(n, text)| check(text.as_bytes(), &format!("sequence {n}")))
        .collect();
    assert!(accepted.iter().filter(|&&a| a).count() > texts.len() / 100);
    let Some(oracle) = oracle::find() else {
        return eprintln!("lua5.4 is not installed: it is not asked which sequences are programs");
    };
    for (texts, accepted) in texts.chunks(2000).zip(accepted.chunks(2000)) {
        let mut program = String::from("for _, text in ipairs {\n");
        for text in texts {
            program.push_str(&format!("[=====[\n{text}]=====],\n"));
        }
        program.push_str("} do io.write(load(text) and 1 or 0) end");
        let (said, failure) = oracle.run(&program, "soup.lua");
        assert_eq!(failure, None);
        for ((text, said), accepted) in texts.iter().zip(said).zip(accepted) {
            assert_eq!(said == b'1', *accepted, "lua5.4 is of another opinion on:\n{text}");
        }
    }
}

#[test]
fn a_corpus() {
    let given = std::env::var("THEOREM_CORPUS").ok();
    // The conformance suite is a corpus, too.
    let root = given.unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/suite").to_string());
    let mut folders = vec![Path::new(&root).to_path_buf()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "lua")
                && let Ok(text) = std::fs::read(&path)
            {
                files += usize::from(check(&text, &path.display().to_string()));
            }
        }
    }
    assert!(files > 0, "no files of plain Lua below {root}");
}
