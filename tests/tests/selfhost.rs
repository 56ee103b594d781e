//! The compiler in its own language and the Rust compiler are the same function: on the compiler and
//! the library themselves, on made programs, on broken ones; and `luka bootstrap` says so, and says
//! where it is not.
//!
//! `SELFHOST_COUNT` is how many programs are made of each kind (300 by default; the nightly run makes
//! 10,000), `SELFHOST_SEED` where they begin.

use luka_bytecode::image;
use luka_compiler::diag::first_error;
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, Std, compile};
use luka_stdlib::embedded;
use luka_stdlib::selfhost::{Fault, Refusal, SelfCompiler, Settings};
use luka_tests::broken::sections;
use luka_tests::extended::{damaged, extended_program};
use luka_tests::mutate::lua_files;
use luka_tests::programs::{plain_program, token_soup};
use luka_tests::random::Random;
use luka_tests::separators::{Irregularity, LISTS};
use luka_tests::{binary, oracle};
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// What the Rust compiler makes of a text.
fn by_rust(text: &[u8], name: &str, settings: Settings) -> Result<Vec<u8>, Refusal> {
    let source = Source::new(name, text, settings.kind);
    let options = Options { std: settings.std, ..Options::default() };
    match compile(&source, &options) {
        Ok(module) => {
            let mut module = module.get().clone();
            if settings.strip {
                module.strip();
            }
            Ok(image::encode(&module))
        }
        Err(diagnostics) => {
            let first = first_error(&diagnostics).expect("a fault");
            Err(Refusal::Fault(Fault {
                code: first.code.to_string(),
                start: first.span.start as i64,
                stop: first.span.end as i64,
                text: first.load_message(&source),
            }))
        }
    }
}

/// Compares the compilers on a text; returns whether it is a program.
fn compare(compiler: &mut SelfCompiler, text: &[u8], name: &str, settings: Settings) -> bool {
    let rust = by_rust(text, name, settings);
    let own = compiler.compile(text, name.as_bytes(), settings);
    if rust == own {
        return rust.is_ok();
    }
    let shown = String::from_utf8_lossy(text);
    match (rust, own) {
        (Ok(a), Ok(b)) => {
            let list = |bytes: &[u8]| match image::decode(bytes) {
                Ok(module) => luka_bytecode::text::disassemble(&module, Default::default()),
                Err(error) => error.to_string(),
            };
            panic!(
                "{name}: compiler/src and compiler/selfhost emit other code:\n{shown}\n{}\n{}",
                list(&a),
                list(&b)
            );
        }
        (rust, own) => {
            let short = |r: Result<Vec<u8>, Refusal>| r.map(|image| image.len());
            panic!("{name}:\n{shown}\nRust: {:?}\nown: {:?}", short(rust), short(own));
        }
    }
}

/// The self-hosting test: the compiler and the library, compiled by both, are the same bytes, and are
/// what the build has put into the library.
#[test]
fn the_compiler_and_the_library() {
    let mut compiler = SelfCompiler::embedded().expect("it starts");
    let folders =
        [("compiler/selfhost", "luka.compiler.", Std::Lua54), ("stdlib/lib", "", Std::Luka)];
    let mut modules = 0;
    for (folder, prefix, std) in folders {
        let folder = root().join(folder);
        for file in lua_files(&folder) {
            let place = file.strip_prefix(&folder).expect("below").with_extension("");
            let name = format!("{prefix}{}", place.display().to_string().replace('/', "."));
            let name = name.strip_suffix(".init").unwrap_or(&name);
            let text = std::fs::read(&file).expect("readable");
            let settings = Settings { std, ..Settings::default() };
            assert!(compare(&mut compiler, &text, &format!("={name}"), settings));
            let stripped = Settings { strip: true, ..settings };
            assert!(compare(&mut compiler, &text, &format!("={name}"), stripped));
            if name != "luka.compiler.main" {
                let own = compiler.compile(&text, format!("={name}").as_bytes(), settings);
                assert_eq!(own.ok().as_deref(), embedded::image(name.as_bytes()), "{name}");
                modules += 1;
            }
        }
    }
    assert!(modules > 60, "{modules} modules");
}

#[test]
fn programs_of_the_grammar() {
    let mut compiler = SelfCompiler::embedded().expect("it starts");
    let (seed, count) = (number("SELFHOST_SEED", 0), number("SELFHOST_COUNT", 300));
    let (mut plain, mut extended) = (0, 0);
    for n in seed..seed + count {
        let text = plain_program(&mut Random::new(n));
        let settings = Settings { std: Std::Lua54, ..Settings::default() };
        plain += u64::from(compare(&mut compiler, text.as_bytes(), &format!("=p{n}"), settings));
        let text = extended_program(&mut Random::new(n));
        let settings = Settings { strip: n % 5 == 0, ..Settings::default() };
        extended += u64::from(compare(&mut compiler, text.as_bytes(), &format!("=e{n}"), settings));
    }
    assert!(plain * 2 > count && extended * 2 > count, "{plain} and {extended} of {count}");
}

/// Most of these are no programs: the first fault is the same, its code, its place, PUC's text.
#[test]
fn sequences_of_tokens() {
    let mut compiler = SelfCompiler::embedded().expect("it starts");
    let (seed, count) = (number("SELFHOST_SEED", 0), 5 * number("SELFHOST_COUNT", 300));
    let mut faults = 0;
    for n in seed..seed + count {
        let text = token_soup(&mut Random::new(n ^ 0x50FF));
        for std in [Std::Lua54, Std::Luka] {
            let settings = Settings { std, ..Settings::default() };
            let name = format!("=s{n}");
            faults += u64::from(!compare(&mut compiler, text.as_bytes(), &name, settings));
        }
    }
    assert!(faults > count, "{faults} faults in {count}");
}

#[test]
fn broken_programs() {
    let mut compiler = SelfCompiler::embedded().expect("it starts");
    let folder = root().join("tests/diagnostics");
    let mut faults = 0;
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|e| e != "broken") {
            continue;
        }
        for section in sections(&std::fs::read_to_string(&path).expect("readable")) {
            let settings = Settings { kind: SourceKind::File, ..Settings::default() };
            let text = section.text.as_bytes();
            faults += usize::from(!compare(&mut compiler, text, "@broken.lua", settings));
        }
    }
    assert!(faults > 200, "{faults} faults");
}

/// The suite's programs with a few bytes cut out somewhere.
#[test]
fn damaged_programs() {
    let mut compiler = SelfCompiler::embedded().expect("it starts");
    let count = number("SELFHOST_COUNT", 300) / 50;
    let mut random = Random::new(number("SELFHOST_SEED", 0) ^ 0xDA);
    let mut faults = 0;
    for file in lua_files(&root().join("tests/suite")) {
        let text = std::fs::read(&file).expect("readable");
        for _ in 0..count {
            let start = random.below(text.len());
            let stop = (start + random.below(12)).min(text.len());
            let damaged = [&text[..start], &text[stop..]].concat();
            let settings = Settings { kind: SourceKind::File, ..Settings::default() };
            faults += usize::from(!compare(&mut compiler, &damaged, "@damaged.lua", settings));
        }
    }
    assert!(faults > 50, "{faults} faults");
}

/// Programs of the whole language with words of theirs at wrong places: what only the extensions can
/// do wrong, and names, labels and constants that are not what they were.
#[test]
fn damaged_extensions() {
    let mut compiler = SelfCompiler::embedded().expect("it starts");
    let (seed, count) = (number("SELFHOST_SEED", 0), number("SELFHOST_COUNT", 300) / 2);
    let mut faults = 0;
    for n in seed..seed + count {
        let mut random = Random::new(n ^ 0xDA);
        let text = damaged(&extended_program(&mut random), &mut random);
        let settings = Settings::default();
        faults += u64::from(!compare(&mut compiler, text.as_bytes(), &format!("=d{n}"), settings));
    }
    assert!(faults * 2 > count, "{faults} faults of {count}");
}

/// Texts at and beyond the limits: nesting, registers, variables, constants, distances of jumps.
#[test]
fn limits() {
    let mut compiler = SelfCompiler::embedded().expect("it starts");
    let nested: &[(&str, &str, &str)] = &[
        ("return (", "1", ")"),
        ("do ", "", " end"),
        ("function f() ", "", " end"),
        ("while x do local y; f = function() return y end ", "", " end"),
        ("return {", "", "}"),
        ("x = f(1,", "2", ")"),
        ("x = a..", "b", ""),
        ("x = if a then b else ", "c", ""),
        ("try ", "f()", " catch e end"),
        ("match x do case {a = 1} then ", "", " end"),
    ];
    let flat: &[(&str, &str, &str)] = &[
        ("local x", ", x", " = 1"),
        ("f(x", ", x", ")"),
        ("a.x", ", a.x", " = f()"),
        ("function f(x", ", x", ") end"),
        ("return a", " + a", ""),
        ("return a", "?.b", ""),
        ("return a", " and b == 1 or c", ""),
        ("if x then y() ", "elseif x then y() ", "end"),
        ("for i = 1, 2 do ", "a = b < c and d or 1\n", "if x then break end end"),
        ("return {", "1, x, ", "}"),
    ];
    let mut texts = Vec::new();
    for count in [90, 180, 195, 196, 197, 198, 199, 200, 201, 260] {
        for (open, inner, close) in nested {
            // What begins with a word of a statement begins with it once.
            let (first, rest) = match open.split_once(' ') {
                Some((word @ ("return" | "x"), rest)) => (format!("{word} "), rest),
                _ => (String::new(), *open),
            };
            let rest = rest.strip_prefix("= ").unwrap_or(rest);
            let first = if first == "x " { "x = ".to_string() } else { first };
            texts.push(format!("{first}{}{inner}{}", rest.repeat(count), close.repeat(count)));
        }
        texts.extend(
            flat.iter().map(|(start, item, end)| format!("{start}{}{end}", item.repeat(count))),
        );
    }
    texts.extend(
        flat.iter().map(|(start, item, end)| format!("{start}{}{end}", item.repeat(9_000))),
    );
    let constants: Vec<String> =
        (0..5_000).map(|n| format!("t.x{n} = {n}.5 + t['y{n}']")).collect();
    texts.push(constants.join("\n"));
    let faults = texts.iter().enumerate().filter(|(n, text)| {
        !compare(&mut compiler, text.as_bytes(), &format!("=limit{n}"), Settings::default())
    });
    let faults = faults.count();
    assert!(faults > 30 && faults < texts.len() - 60, "{faults} faults in {}", texts.len());
}

/// What `--emit` writes is what the build has embedded: a release built on it is the same.
#[test]
fn images_for_a_release() {
    let folder = luka_tests::oracle::scratch();
    let (code, out) = bootstrap(&["--no-lua", "--emit", &folder.display().to_string()]);
    assert_eq!(code, Some(0), "{out}");
    let mut images = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let image = std::fs::read(&path).expect("readable");
        assert_eq!(Some(image.as_slice()), embedded::image(name.as_bytes()), "{name}");
        images += 1;
    }
    assert!(images > 60, "{images} images");
    let _ = std::fs::remove_dir_all(&folder);
}

fn bootstrap(args: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(binary::luka()).arg("bootstrap").args(args).output().expect("runs");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn the_proof() {
    let examples = root().join("examples");
    let (code, out) = bootstrap(&["--json", "--corpus", &examples.display().to_string()]);
    let proof: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, proof["verdict"].as_str()), (Some(0), Some("proved")), "{out}");
    let stages = proof["stages"].as_array().expect("stages");
    for stage in stages {
        assert_eq!(stage["sha256"], stages[0]["sha256"]);
        assert_eq!(stage["sha256"].as_str().map(str::len), Some(64));
    }
    // S1, S2, S3, and P where PUC Lua is installed.
    assert_eq!(stages.len(), if proof["lua"].is_null() { 3 } else { 4 });
    let groups: Vec<&str> = proof["corpus"]
        .as_array()
        .expect("groups")
        .iter()
        .filter_map(|group| group["group"].as_str())
        .collect();
    assert!(groups.contains(&"standard library") && groups.contains(&"conformance suite"));
    assert!(groups.iter().any(|group| group.ends_with("examples")), "{groups:?}");
}

/// A difference between the compilers is found, and shown where it is.
#[test]
fn a_planted_difference() {
    let (code, out) = bootstrap(&["--no-lua", "--plant"]);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("differs from S1"), "{out}");
    assert!(out.lines().any(|line| line.starts_with("FAILED: ")), "{out}");
    // The first function that differs, and in it two instructions for one.
    let start = out.find("  - Rust\n  + ").expect("a difference");
    let shown = &out[start..];
    assert!(shown.lines().nth(2).is_some_and(|line| line.contains(".function")), "{shown}");
    let loads = |sign: &str| {
        let lines = shown.lines().take_while(|line| !line.is_empty());
        lines.filter(|line| line.starts_with(sign) && line.contains("LOADNIL")).count()
    };
    assert!(loads("  - ") >= 1 && loads("  + ") > loads("  - "), "{shown}");
}

/// Every list of the grammar with a separator missing, doubled, leading or trailing: both compilers
/// accept what the table allows and nothing else, and plain Lua's lists are as `lua5.4` has them.
#[test]
fn separators_of_lists() {
    let mut compiler = SelfCompiler::embedded().expect("it starts");
    let mut plain = String::from("local texts = {\n");
    let mut expected = Vec::new();
    let mut wrong = Vec::new();
    for list in LISTS {
        for std in [Std::Lua54, Std::Luka] {
            let Some(allowed) = list.allowed(std) else { continue };
            for (kind, text) in list.texts() {
                let allowed = kind == Irregularity::Regular || allowed.contains(&kind);
                let settings = Settings { std, ..Settings::default() };
                let accepted = compare(&mut compiler, text.as_bytes(), "=list", settings);
                if accepted != allowed {
                    wrong.push(format!("{std:?}, {}, {kind:?}: {text}", list.name));
                }
                if std == Std::Lua54 {
                    plain.push_str(&format!("{text:?},\n"));
                    expected.push(if allowed { "1" } else { "0" });
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    if let Some(oracle) = oracle::find() {
        plain.push_str("}\nfor _, text in ipairs(texts) do io.write(load(text) and 1 or 0) end");
        let (printed, failure) = oracle.run(&plain, "lists.lua");
        assert_eq!(failure, None);
        assert_eq!(String::from_utf8_lossy(&printed), expected.concat());
    }
}
