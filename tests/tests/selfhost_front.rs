//! The front half of the compiler in its own language: its tokens, its trees and its parser's faults
//! are, printed, those of the Rust compiler. Images do not show all of that: not the tokens, not the
//! positions in a tree that no instruction has.
//!
//! Run on our machine, and by `lua5.4` where it is installed. `SELFHOST_COUNT` is how many programs of
//! each kind are made, `SELFHOST_SEED` where they begin.

use std::fmt::Write;
use std::path::Path;

use luka_compiler::ast::dump_ast;
use luka_compiler::lex::dump_tokens;
use luka_compiler::parse::parse;
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, Std};
use luka_tests::extended::extended_program;
use luka_tests::programs::{plain_program, token_soup};
use luka_tests::random::Random;
use luka_tests::run::{RunMode, run};
use luka_tests::{broken, mutate, oracle};

const TESTS: &str = env!("CARGO_MANIFEST_DIR");

/// What is printed of a text.
const PRINT: &str = r#"
local Source = require "luka.compiler.source"
local lex = require "luka.compiler.lex"
local parse = require "luka.compiler.parse".parse
local dump_ast = require "luka.compiler.ast".dump_ast
local load_message = require "luka.compiler.diag".load_message
for n, text in ipairs(texts) do
  local source = Source.new("=text", text, "File")
  local parsed = parse(source, { std = std, c_levels = 2 })
  io.write("=== ", n, "\n", lex.dump_tokens(parsed.tokens, source), dump_ast(parsed.chunk))
  for _, fault in ipairs(parsed.diagnostics) do
    io.write(fault.code, " ", fault.start, "..", fault.stop, " ", load_message(fault, source), "\n")
  end
end
"#;

/// Where `lua5.4` finds the modules.
const SEARCHER: &str = r#"
table.insert(package.searchers, 2, function(name)
  local path = (name .. "."):match("^luka%.compiler%.(.*)$")
  path = dir .. path:gsub("%.", "/")
  return loadfile(path:sub(1, -2) .. ".lua") or loadfile(path .. "init.lua")
end)
"#;

/// The same by the Rust compiler.
fn expected(texts: &[Vec<u8>], std: Std) -> Vec<u8> {
    let mut out = Vec::new();
    for (n, text) in texts.iter().enumerate() {
        let source = Source::new("=text", &text[..], SourceKind::File);
        let parsed = parse(&source, &Options { std, ..Options::default() });
        out.extend_from_slice(format!("=== {}\n", n + 1).as_bytes());
        out.extend_from_slice(dump_tokens(&parsed.tokens, &source).as_bytes());
        out.extend_from_slice(dump_ast(&parsed.chunk, &parsed.tokens.names).as_bytes());
        for fault in &parsed.diagnostics {
            let place = format!("{} {}..{} ", fault.code, fault.span.start, fault.span.end);
            out.extend_from_slice(place.as_bytes());
            out.extend_from_slice(&fault.load_message(&source));
            out.push(b'\n');
        }
    }
    out
}

/// A program that has the texts and prints them.
fn program(texts: &[Vec<u8>], std: Std) -> String {
    let mut program = format!("local std, texts = \"{std:?}\", {{\n");
    for text in texts {
        program.push('"');
        for &byte in text {
            match byte {
                b'"' | b'\\' => program.extend(['\\', char::from(byte)]),
                b' '..=b'~' => program.push(char::from(byte)),
                _ => write!(program, "\\{byte:03}").expect("a string takes all"),
            }
        }
        program.push_str("\",\n");
    }
    program + "}\n" + PRINT
}

/// Both compilers print the same of the texts.
fn check(texts: &[Vec<u8>], std: Std) {
    let program = program(texts, std);
    let expected = expected(texts, std);
    let ran = run(&program, "front.lua", RunMode::Plain);
    assert_eq!(ran.failure, None);
    compare("our machine", texts, &ran.stdout, &expected);
    let Some(oracle) = oracle::find() else {
        println!("not tried: there is no lua5.4 here");
        return;
    };
    let dir = Path::new(TESTS).join("../compiler/selfhost/");
    let (printed, failure) =
        oracle.run(&format!("local dir = {dir:?}\n{SEARCHER}\n{program}"), "front.lua");
    assert_eq!(failure, None);
    compare("lua5.4", texts, &printed, &expected);
}

/// Shows the first text of which something else is printed.
fn compare(host: &str, texts: &[Vec<u8>], printed: &[u8], expected: &[u8]) {
    if printed == expected {
        return;
    }
    let (printed, expected) = (String::from_utf8_lossy(printed), String::from_utf8_lossy(expected));
    let mut text = 0;
    let mut lines = printed.lines().chain(std::iter::repeat("(nothing)"));
    for line in expected.lines() {
        text += usize::from(line.starts_with("=== "));
        let here = lines.next().unwrap_or_default();
        assert!(
            line == here,
            "on {host}:\n  Rust: {line}\n  Lua:  {here}\nof the text:\n{}",
            String::from_utf8_lossy(&texts[text - 1])
        );
    }
    panic!("on {host} more is printed");
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn made(make: impl Fn(&mut Random) -> String) -> Vec<Vec<u8>> {
    let (seed, count) = (number("SELFHOST_SEED", 0), number("SELFHOST_COUNT", 60));
    (seed..seed + count).map(|n| make(&mut Random::new(n)).into_bytes()).collect()
}

#[test]
fn programs_of_the_grammar() {
    check(&made(plain_program), Std::Lua54);
    check(&made(extended_program), Std::Luka);
}

#[test]
fn sequences_of_tokens() {
    let texts = made(|random| (0..20).map(|_| token_soup(random)).collect::<Vec<_>>().join("\n"));
    check(&texts, Std::Luka);
    check(&texts, Std::Lua54);
}

/// Programs with some of their bytes lost, doubled or changed.
#[test]
fn damaged_programs() {
    let damage = |random: &mut Random| {
        let text = extended_program(random).into_bytes();
        let mut out = Vec::new();
        for &byte in &text {
            match random.below(4 * text.len()) {
                0 => {}
                1 => out.extend([byte, byte]),
                2 => out.push(random.below(256) as u8),
                _ => out.push(byte),
            }
        }
        out
    };
    let (seed, count) = (number("SELFHOST_SEED", 0), number("SELFHOST_COUNT", 60));
    let texts: Vec<_> = (seed..seed + 2 * count).map(|n| damage(&mut Random::new(n))).collect();
    check(&texts, Std::Luka);
}

#[test]
fn broken_programs() {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(Path::new(TESTS).join("diagnostics")).expect("it is there") {
        let path = entry.expect("it is there").path();
        if path.extension().is_some_and(|extension| extension == "broken") {
            let file = std::fs::read_to_string(&path).expect("it is text");
            texts.extend(broken::sections(&file).into_iter().map(|section| section.text.into()));
        }
    }
    texts.sort();
    assert!(texts.len() > 100, "{}", texts.len());
    check(&texts, Std::Luka);
    check(&texts, Std::Lua54);
}

/// Numerals and strings of every kind, right and wrong.
#[test]
fn literals() {
    let make = |random: &mut Random| {
        let parts: [&[&str]; 3] = [
            &["0", "1", "9", "0x", "0X", "a", "F", ".", "e", "E+", "p-", "P", "_", "0b", "1", "7"],
            &["\\", "a", "x4", "1", "\\x41", "\\u{7FFFFFFF}", "\\u{", "}", "\\z", " ", "\n", "\0"],
            &["\\{", "{", "}", "`", "\\`", "{a}", "x", "\\n", "é", "\\300", "\\25", "\r\n"],
        ];
        let mut text = String::new();
        for _ in 0..40 {
            let kind = random.below(3);
            let quote = ["", "\"", "`"][kind];
            let length = random.below(12);
            text.push_str(quote);
            (0..length).for_each(|_| text.push_str(random.pick(parts[kind])));
            text.push_str(quote);
            text.push_str(["\n", " ", "\r", "\n\r"][random.below(4)]);
        }
        text
    };
    check(&made(make), Std::Luka);
    check(&made(make), Std::Lua54);
}

/// Which of two operators binds tighter, and to which side.
#[test]
fn operators() {
    let binary = "or ?? and < > <= >= ~= == | ~ & << >> .. + - * / // % ^";
    let mut text = String::new();
    for first in binary.split(' ') {
        for second in binary.split(' ') {
            writeln!(text, "x = a {first} b {second} c {first} d").expect("a string takes all");
        }
        for unary in ["not", "-", "~", "#"] {
            writeln!(text, "x = {unary} a {first} {unary} b :: T").expect("a string takes all");
        }
    }
    check(&[text.into_bytes()], Std::Luka);
}

/// Nesting at PUC Lua's limit, and chains that do not nest.
#[test]
fn deep_programs() {
    let mut texts = Vec::new();
    for n in [10, 97, 98, 99, 100, 193, 194, 195, 196, 197, 198, 199, 200, 10_000] {
        let nest = |before: &str, inner: &str, behind: &str| {
            format!("{}{inner}{}", before.repeat(n), behind.repeat(n))
        };
        for text in [
            format!("x = {}", nest("(", "1", ")")),
            format!("x = {}", nest("{", "1", "}")),
            format!("x = {}", nest("not ", "1", "")),
            format!("x = {}", nest("a .. ", "1", "")),
            format!("x = {}", nest("a + ", "1", "")),
            format!("x = {}", nest("a.b", "", "")),
            format!("x = a{}", nest("?.b", "", "()")),
            format!("x = {}", nest("`{", "1", "}`")),
            format!("x = {}", nest("|a| -> ", "1", "")),
            format!("local x: {}", nest("(", "T", ")")),
            format!("local {} = t", nest("{a = ", "b", "}")),
            format!("{} = 1", nest("a, ", "a", "")),
            nest("do ", "", "end "),
            nest("local function f() ", "", "end "),
            format!("if x then {} end", nest("elseif local y = 1 then ", "", "")),
            format!("match x do {} end", nest("case 1 then ", "", "")),
            nest("::a:: ;", "local x", ""),
        ] {
            texts.push(text.into_bytes());
        }
    }
    check(&texts, Std::Luka);
}

/// The programs of the suite, and the compiler itself.
#[test]
fn suite_and_compiler() {
    for folder in ["suite/language", "suite/lexical", "suite/statements", "../compiler/selfhost"] {
        let files = mutate::lua_files(&Path::new(TESTS).join(folder));
        assert!(!files.is_empty(), "{folder}");
        let texts: Vec<_> =
            files.iter().map(|path| std::fs::read(path).expect("it is there")).collect();
        check(&texts, Std::Luka);
    }
}
