//! Texts in pieces against the same texts as a whole, with windows that are as small as may be.

use luka_bytecode::image::encode;

use super::*;
use crate::compile::{diagnose, stages};
use crate::source::SourceKind;

/// Windows of so many tokens; the first are as long as what the grammar looks ahead.
const SIZES: [usize; 4] = [81, 100, 333, 4000];

/// Compiles in pieces of every size; how many have succeeded, each with the module of the whole.
fn in_pieces(text: &str) -> usize {
    let source = Source::new("=pieces", text.as_bytes(), SourceKind::Chunk);
    let options = Options::default();
    let whole = stages(&source, &options);
    let mut done = 0;
    for size in SIZES {
        let Ok(pieces) = compile(&source, &options, Limits::NONE, size) else {
            panic!("there are no limits");
        };
        let Some(module) = pieces else { continue };
        assert!(whole.diagnostics.is_empty(), "{:?}\n{}", whole.diagnostics, shown(text));
        let (mine, theirs) = (encode(&module), encode(&whole.module));
        assert!(mine == theirs, "{size} tokens:\n{}", shown(text));
        done += 1;
    }
    done
}

/// The beginning of a text.
fn shown(text: &str) -> String {
    text.chars().take(1000).collect()
}

/// The text compiles in pieces of every size.
fn all(text: &str) {
    let source = Source::from_text(text);
    let done = in_pieces(text);
    let errors = diagnose(&source, &Options::default());
    assert_eq!(done, SIZES.len(), "{errors:?}\n{}", shown(text));
}

/// The text is left to those who compile it as a whole.
fn none(text: &str) {
    assert_eq!(in_pieces(text), 0, "{}", shown(text));
}

#[test]
fn statements() {
    all("");
    all("-- nothing\n");
    all(";;;");
    all(&"x = 1; local_y = 'a' .. x\nf(x, y)\n".repeat(200));
    all(&"if a then b() elseif c then d() else e() end for i = 1, 2 do f(i) end ".repeat(60));
    all(&"for k, v in pairs(t) do if k then break end end while x do x = nil end ".repeat(60));
    all(&"do local a, b <const> = 1, 2; f(a, b) end repeat local z = 1 until z ".repeat(60));
    all(&"function a.b:c(x, ...) return self, x, ... end ".repeat(60));
    all(&"function f() goto on ::on:: for i = 1, 3 do goto next ::next:: end end ".repeat(60));
    all(&format!("{}return f(x), y;", "x = x + 1 ".repeat(300)));
    all(&format!("{}return", "x = x or y ".repeat(300)));
    all(&format!("#x\nx = 1 {}", "x = 1.5 ".repeat(300)).replacen("#x", "--", 1));
    // A statement that is longer than a window.
    all(&format!("x = 1 f({}) y = 2", "a + b * ".repeat(2000) + "c"));
    all(&format!("local function f() {} end return f", "x = x + 1 ".repeat(3000)));
}

#[test]
fn variables_of_the_outermost_block() {
    let filler = "x = x + 1 ".repeat(100);
    all(&format!("local a, b = 1 {filler} local c <const>, d = 2, 3 {filler} return a, b, c, d"));
    all(&format!("local a <const> = 5 {filler} x = a + 1 {filler} function f() return a end"));
    all(&format!("local function f() return f end {filler} return f"));
    all(&format!("local a <close> = nil {filler} return f()"));
    all(&format!("local _ENV = {{x = 1}} {filler} function f() return x end"));
    let many: String = (0..200).map(|n| format!("local v{n} = v{} ", n / 2)).collect();
    all(&format!("{many} {filler} return v199"));
    let scopes = "do local a = 1; function g() return a end end local b = 2 do local c = b end ";
    all(&format!("{filler} {}", scopes.repeat(20)));
}

/// Whether a return closes is known at the end.
#[test]
fn captured_after_a_return() {
    let filler = "x = x + 1 ".repeat(100);
    for early in ["return", "return x", "return x, y", "return f(x)", "return ...", "return f(), 1"]
    {
        for declared in ["local a", "local a = 1 local b = 2", "local b local a <const> = {}"] {
            let program = format!(
                "if x then {early} end {declared} {filler} if y then {early} end
                 do local z = 1; if z then {early} end end {filler}
                 function g() return a end {filler} if z then {early} end {filler} {early}"
            );
            all(&program);
            all(&program.replace("return a", "return 1"));
        }
    }
    all(&format!("local a if x then return end {filler} local b function f() return b end"));
}

#[test]
fn constructors() {
    let rows = |n: usize| -> String {
        (0..n)
            .map(|n| {
                format!(
                    "{{id = {n}, name = \"n{n}\", [{n}] = {n}.5, ['k{}'] = f(x), {n}, -1, {{}}, \
                     function(a) return a, {n} end, x.y[z], a and b or c, not a, a == b}},\n",
                    n % 7
                )
            })
            .collect()
    };
    for (before, after) in [
        ("return {", "}"),
        ("return {", "};"),
        ("local t = {", "} return t"),
        ("local t <const> = {", "} function f() return t end"),
        ("local t <close> = {", "} x = 1"),
        ("t = {", "} x = t"),
        ("a.b.c = {", "} x = t"),
        ("local a; a = {", "} ;;; x = t"),
        ("local a; function f() a.b = 1 end a[x + 1] = {", "} (f)(x)"),
        ("local a; a[f()][g(function() return a end)] = {", "} x = 1"),
        ("return {a = {", "}}"),
        ("return {1, 2, {", "}, 3, x = 4}"),
        ("return {['x'] = {{", "}, 5}; y = 6,}"),
        ("return {[f{1}] = {", "}}"),
        ("return {[3] = {", "}, [70000] = 5}"),
        ("local a; if x then return a end a = {f = function() return a end, ", "} return a"),
    ] {
        for n in [1, 3, 100] {
            all(&format!("x = 1 {before}{}{after}", rows(n)));
        }
        all(&format!("{before}{}{after}", "1, x, 'y', ".repeat(500)));
        all(&format!("{before}{}f(){after}", "1, ".repeat(500)));
        all(&format!("{before}{}...{after}", "x = 1, ".repeat(500)));
        all(&format!("{before}{}{after}", "a or b; ".repeat(300)));
    }
    let nested = |n: usize| "{a = 1, ".repeat(n) + &"}".repeat(n);
    for n in [1, 10, 100, 190] {
        all(&format!("return {{{}}}", (nested(n) + ", ").repeat(20)));
    }
}

/// Levels are counted as in the whole: an error comes at the same depth.
#[test]
fn nesting() {
    let mut deepest = 0;
    for n in 180..200 {
        let text = format!("return {}1, {}{}", "{".repeat(n), "2, ".repeat(300), "}".repeat(n));
        match in_pieces(&text) {
            0 => {}
            done => {
                assert_eq!(done, SIZES.len());
                deepest = n;
            }
        }
        let source = Source::from_text(&text);
        assert_eq!(
            deepest == n,
            stages(&source, &Options::default()).diagnostics.is_empty(),
            "{n}"
        );
    }
    assert!(deepest > 180);
}

/// 16 bits are not enough for a jump over so much: all conditional jumps are made to reach further.
#[test]
fn wide_jumps() {
    all(&format!("if a then {} end if b then c() end", "x = y ".repeat(20_000)));
    all(&format!("x = x and y t = t or {{{}}}", "a, ".repeat(40_000)));
}

#[test]
fn names_that_are_no_utf8() {
    let text = "x = '\\xff' y = {['\\xfe'] = '\\xff', '\\xfd'} ".repeat(100);
    all(&text);
}

#[test]
fn given_up() {
    let filler = "x = x + 1 ".repeat(300);
    // Errors of every stage.
    for error in
        ["x = ", "x = 'a", "local a <const> = 1 a = 2", "break", "goto nowhere", "return 1 x = 2"]
    {
        none(&format!("{filler} {error}\n"));
        none(&format!("{error}\n {filler}"));
    }
    none(&format!("{filler} return 1;; "));
    none(&format!("return {{{}}} }}", "1, ".repeat(300)));
    none(&format!("return {{{}", "1, ".repeat(300)));
    none(&format!("return {{{} 1 2}}", "1, ".repeat(300)));
    none(&(0..201).map(|n| format!("local v{n} ")).collect::<String>());
    none(&format!("local t = {{{}}}", "f(".repeat(199) + &")".repeat(199)));
    // What depends on what follows.
    none(&format!("{filler} goto on {filler} ::on:: {filler}"));
    // Extensions.
    none(&format!("{filler} x += 1 {filler}"));
    none(&format!("{filler} local x: number = 1 {filler}"));
    none(&format!("local t = {{{}}}", "|x| -> x, ".repeat(300)));
}

/// A constructor that is a part of an expression, or of a list, is not in pieces if it does not fit in a
/// window.
#[test]
fn constructors_that_go_on() {
    let items = "1, ".repeat(2000);
    for after in ["== y", ".. y", ", 2", "or y"] {
        for before in ["return", "local t =", "t ="] {
            let text = format!("{before} {{{items}}} {after}");
            // Only the largest window has it whole.
            assert_eq!(in_pieces(&text), 0, "{before} {after}");
            let text = format!("{before} {{{}}} {after}", "1, ".repeat(1000));
            assert_eq!(in_pieces(&text), 1, "{before} {after}");
        }
    }
}

/// Real programs: the goldens, and the compiler in its own language.
#[test]
#[allow(clippy::disallowed_methods, reason = "the programs are files")]
fn files() {
    let mut folders =
        vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")];
    folders.push(std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("selfhost"));
    let (mut files, mut whole) = (0, 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "lua")
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                files += 1;
                whole += usize::from(in_pieces(&text) == SIZES.len());
            }
        }
    }
    assert!(files > 90 && whole > 75, "{whole} of {files}");
}
