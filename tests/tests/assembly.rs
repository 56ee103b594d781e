//! The text form of modules: what `luka dis` prints, `luka asm` reads back to the letter.
//!
//! docs/assembly.md's blocks and `tests/asm/accept/*.luasm` are modules that run, what they print beside the lines that print it
//! (`; expect: 3`). `tests/asm/reject/*.luasm` have faults, named beside them (`; error: L0704
//! part of the message`), and the reports as a golden: `BLESS=1 cargo test` rewrites them.

use std::path::{Path, PathBuf};
use std::time::Instant;

use luka_bytecode::image::encode;
use luka_bytecode::text::{Options, assemble, disassemble};
use luka_bytecode::verify::verify;
use luka_bytecode::{Instr, Module};
use luka_compiler::source::{Source, SourceKind};
use luka_report::{Style, render_all};
use luka_tests::assembly::read;
use luka_tests::corpus::{compile, sources};
use luka_tests::random::Random;
use luka_tests::run::run_assembled;

/// What is wrong with the way of this module through text and back, in any form of the listing.
fn round_trip(module: &Module) -> Option<String> {
    let canonical = disassemble(module, Options::default());
    let image = encode(module);
    let forms = [
        canonical.clone(),
        disassemble(module, Options { editable: true, source: Some(b"local x\nprint(x)\n") }),
    ];
    for text in forms {
        let assembled = match assemble(text.as_bytes()) {
            Ok(assembled) => assembled,
            Err(faults) => return Some(format!("{:?}", faults[0])),
        };
        if assembled.module != *module {
            return Some("another module comes back".to_string());
        }
        if disassemble(&assembled.module, Options::default()) != canonical {
            return Some("another text comes back".to_string());
        }
        if encode(&assembled.module) != image {
            return Some("another image comes back".to_string());
        }
    }
    None
}

/// As [`round_trip`], with and without debug information, plain and native.
fn round_trips(name: &str, module: Module) -> Option<String> {
    let mut stripped = module.clone();
    stripped.strip();
    let native = Module { native: true, ..module.clone() };
    let found = [module, stripped, native].iter().find_map(round_trip)?;
    Some(format!("{name}: {found}"))
}

const FOLDERS: &[&str] = &[
    "tests/suite",
    "stdlib/lib",
    "benches/programs",
    "examples",
    "compiler/tests",
    "compiler/selfhost",
];

#[test]
fn every_program_comes_back() {
    let mut faults = Vec::new();
    let mut programs = 0;
    for (path, text) in sources(FOLDERS) {
        let name = format!("@{}", path.display());
        let Some(module) = compile(&text, &name) else { continue };
        programs += 1;
        faults.extend(round_trips(&name, module));
    }
    assert!(programs > 100, "{programs} programs");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn large_and_odd_programs_come_back() {
    let many = |count: usize, line: fn(usize) -> String| -> String {
        (0..count).map(line).collect::<Vec<_>>().join("\n")
    };
    let programs = [
        ("nothing", String::new()),
        ("70,000 constants", format!("local t = {{\n{}\n}}", many(70_000, |n| format!("{n}.5, 's{n}',")))),
        ("70,000 functions", format!("local t = {{\n{}\n}}", many(70_000, |_| "function() end,".into()))),
        ("a wide loop", format!("for i = 1, 2 do\n{}\nend", many(100_000, |n| format!("x = i + {n}")))),
        ("wide tests", format!("while a < b do if c == d then\n{}\nend end", many(40_000, |_| "f()".into()))),
        ("unreachable code", "do return 1 end print(2) while true do break; print(3) end".to_string()),
        ("odd numbers", "return 0/0, -(0/0), 1/0, -1/0, -0.0, 0.0, 1e308, 5e-324, math.mininteger, -0x8000000000000000, 2^53".to_string()),
        ("odd strings", "local s = '\\0\\xff\\r\\n;\"\\'' return s, s..'', {['\\u{10ffff} é ;']=1, ['\\n']=2}".to_string()),
        ("names", "local _ENV <const> = _ENV; local x <const>, y <close> = {}, nil; return function() return x, y, function() return x end end".to_string()),
        ("functions of one name", "local f = function() end; f = function() end; main = function() end function R1() end t.main = function() end".to_string()),
    ];
    let mut faults = Vec::new();
    for (name, text) in programs {
        let module = compile(text.as_bytes(), "=odd").unwrap_or_else(|| panic!("{name}"));
        let found = if module.protos.len() + module.main().code.len() > 10_000 {
            round_trip(&module)
        } else {
            round_trips(name, module)
        };
        faults.extend(found.map(|found| format!("{name}: {found}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Modules no compiler makes, as long as the verifier passes them.
#[test]
fn changed_modules_come_back() {
    let mut random = Random::new(5);
    let mut passed = 0;
    for (path, text) in sources(&["tests/suite/language", "tests/suite/statements"]) {
        let Some(module) = compile(&text, "@changed.lua") else { continue };
        for _ in 0..100 {
            let mut changed = module.clone();
            let which = random.below(changed.protos.len());
            let proto = &mut changed.protos[which];
            for _ in 0..1 + random.below(3) {
                let (at, other) = (random.below(proto.code.len()), random.below(proto.code.len()));
                match random.below(5) {
                    0 => proto.code.swap(at, other),
                    1 => proto.code[at] = proto.code[other],
                    2 => proto.code[at].c = random.below(4) as u16,
                    3 => proto.code[at].b = random.below(4) as u16,
                    _ if proto.constants.is_empty() => {}
                    _ => {
                        let count = proto.constants.len();
                        let value = proto.constants[random.below(count)].clone();
                        let at = random.below(count);
                        proto.constants[at] = value;
                    }
                }
            }
            let Ok(module) = verify(changed) else { continue };
            passed += 1;
            let found = round_trip(module.get());
            assert!(found.is_none(), "{}: {found:?}", path.display());
        }
    }
    assert!(passed > 300, "the verifier passed {passed}");
}

/// The time it takes grows as the text does.
#[test]
fn large_texts_take_their_time_and_no_more() {
    let text = |count: usize| -> Vec<u8> {
        let lines = (0..count).map(|n| {
            format!(
                "l{n}:\n  [{n} {n}..{n}] LOADK R0 \"{n}\"\n  JT R0 l{}\n  CLOSURE R1 f{n}\n",
                count - 1 - n
            )
        });
        let functions = (0..count).map(|n| format!(".function f{n} stack 2\n  RETURN0\n"));
        let main = [".function main stack 2\n".to_string()].into_iter();
        main.chain(lines)
            .chain(["  RETURN0\n".to_string()])
            .chain(functions)
            .collect::<String>()
            .into()
    };
    let time = |text: &[u8]| {
        let once = || {
            let start = Instant::now();
            let module = assemble(text).expect("good").module;
            let listing = disassemble(&module, Options::default());
            assert!(listing.len() > text.len() / 2);
            start.elapsed()
        };
        (0..3).map(|_| once()).min().expect("three")
    };
    let (small, large) = (time(&text(4_000)), time(&text(64_000)));
    // Sixteen times as much; a quadratic step would take 256 times as long.
    assert!(large < small * 80, "{small:?}, {large:?}");
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("asm").join(name)
}

/// The assembly files of a folder.
fn files(name: &str) -> Vec<(PathBuf, String)> {
    let entries = std::fs::read_dir(folder(name)).expect("the folder");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|ext| ext == "luasm"));
    files.sort();
    let text = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("readable");
        (path, text)
    };
    files.into_iter().map(text).collect()
}

/// What stands behind `; word:` in the lines, with their numbers.
fn beside(text: &str, word: &str) -> Vec<(u32, String)> {
    let mark = format!("; {word}: ");
    let lines = (1..).zip(text.lines());
    lines
        .filter_map(|(line, text)| Some((line, text.split_once(&mark)?.1.trim().to_string())))
        .collect()
}

/// Runs assembly; what is wrong with what it prints.
fn judge(name: &str, text: &str) -> Option<String> {
    let source = Source::new(format!("@{name}"), text.as_bytes(), SourceKind::File);
    let module = match read(text.as_bytes()) {
        Ok(module) => module,
        Err(diagnostics) => return Some(render_all(&diagnostics, &source, Style::PLAIN)),
    };
    if let Some(fault) = round_trips(name, module.get().clone()) {
        return Some(fault);
    }
    let ran = run_assembled(module);
    let printed = String::from_utf8_lossy(&ran.stdout).replace('\t', " ");
    let expected: String =
        beside(text, "expect").iter().map(|(_, line)| format!("{line}\n")).collect();
    if let Some(failure) = ran.failure {
        return Some(format!("{name}: {failure}"));
    }
    (printed != expected).then(|| format!("{name} prints {printed:?}, expected {expected:?}"))
}

#[test]
fn accepted_files_do_what_they_say() {
    let files = files("accept");
    assert!(!files.is_empty());
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    let faults: Vec<_> = files.iter().filter_map(|(path, text)| judge(&name(path), text)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Every block of assembly in the documentation runs and prints what it says.
#[test]
fn the_page_runs() {
    let page = include_str!("../../docs/assembly.md");
    let blocks: Vec<&str> = page
        .split("```luasm\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect();
    assert!(blocks.len() >= 3);
    let faults: Vec<_> = blocks.iter().filter_map(|text| judge("assembly.md", text)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The listing in the documentation is what the compiler makes of the program above it.
#[test]
fn the_pages_listing_is_fresh() {
    let page = include_str!("../../docs/assembly.md");
    let block = |fence: &str| page.split_once(fence)?.1.split_once("```").map(|(text, _)| text);
    let source = block("```lua\n").expect("the program");
    let listing = block("```luasm\n").expect("the listing");
    let module = compile(source.as_bytes(), "@add.lua").expect("compiles");
    let options = Options { source: Some(source.as_bytes()), ..Options::default() };
    assert_eq!(disassemble(&module, options), listing.replace(" ; expect: 7", ""));
}

#[test]
fn rejected_files_get_the_faults_they_name() {
    let mut wrong = Vec::new();
    let files = files("reject");
    assert!(!files.is_empty());
    for (path, text) in files {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let source = Source::new(format!("@{name}"), text.as_bytes(), SourceKind::File);
        let Err(found) = read(text.as_bytes()) else {
            wrong.push(format!("{name} is accepted"));
            continue;
        };
        let mut expected = beside(&text, "error");
        for diagnostic in &found {
            let line = source.line(diagnostic.span.start);
            let words = format!("{} {}", diagnostic.code, diagnostic.message);
            let place = expected.iter().position(|(at, part)| {
                let (code, part) = part.split_once(' ').unwrap_or((part, ""));
                *at == line && words.starts_with(code) && words.contains(part)
            });
            match place {
                Some(place) => drop(expected.remove(place)),
                None => wrong.push(format!("{name}:{line}: unexpected {words}")),
            }
        }
        wrong.extend(expected.iter().map(|(line, part)| format!("{name}:{line}: missing {part}")));
        // The verifier's words are the verifier's to change.
        if name.starts_with("verifier") {
            continue;
        }
        let golden = path.with_extension("report");
        let report = render_all(&found, &source, Style::PLAIN);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&golden, &report).expect("written");
        } else if std::fs::read_to_string(&golden).unwrap_or_default() != report {
            wrong.push(format!("{} differs; now:\n{report}", golden.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An instruction by its bits, for what has no other text.
#[test]
fn words_are_words() {
    let text = ".function main params 1 stack 2\n  .word 0x0000000000000000\n  RETURN0\n";
    let module = assemble(text.as_bytes()).expect("good").module;
    assert_eq!(module.protos[0].code[0], Instr::from_bytes([0; 8]));
    assert!(verify(module).is_ok());
}
