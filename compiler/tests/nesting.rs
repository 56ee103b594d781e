//! No input overflows the host stack: every form of the grammar, nested or chained 100,000 deep
//! and more, ends in a tree or an error on a stack of 2 MB.

use luka_compiler::ast::dump_ast;
use luka_compiler::compile::stages;
use luka_compiler::parse::{Options, parse};
use luka_compiler::print::lua54;
use luka_compiler::source::Source;
use luka_report::{Style, render_all};

/// The parser's message for `text`, `OK` if there is none; the later stages only have to survive
/// (some of these texts pass limits of theirs).
fn message(text: String) -> String {
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(move || {
            let source = Source::from_text(text);
            let parsed = parse(&source, &Options::default());
            if parsed.chunk.exprs.len() < 500_000 {
                let _ = dump_ast(&parsed.chunk, &parsed.tokens.names);
            }
            let _ = lua54(&source, &Options::default());
            let _ = render_all(
                &stages(&source, &Options::default()).diagnostics,
                &source,
                Style::PLAIN,
            );
            match parsed.diagnostics.first() {
                None => "OK".to_string(),
                Some(d) => String::from_utf8_lossy(&d.puc.as_ref().unwrap().text).into_owned(),
            }
        })
        .unwrap()
        .join()
        .unwrap()
}

const DEEP: usize = 100_000;

#[test]
fn nested_forms_end_in_an_error() {
    for (open, middle, close) in [
        ("return ", "(", ")"),
        ("return ", "{", "}"),
        ("return ", "{{},", "}"),
        ("return ", "{x=", "}"),
        ("return ", "{[", "]=1}"),
        ("return ", "not ", ""),
        ("return ", "-(", ")"),
        ("return ", "- ", ""),
        ("return ", "~", ""),
        ("return ", "#", ""),
        ("return ", "a^", ""),
        ("return ", "a..", ""),
        ("return ", "a[", "]"),
        ("return ", "f(", ")"),
        ("return ", "f{", "}"),
        ("return ", "a:b(", ")"),
        ("return ", "function() return ", " end"),
        ("return ", "a+(", ")"),
        ("", "do ", " end"),
        ("", "while a do ", " end"),
        ("", "repeat ", " until a"),
        ("", "if a then ", " end"),
        ("", "if a then else ", " end"),
        ("", "if a then elseif b then ", " end"),
        ("", "for i=1,2 do ", " end"),
        ("", "for k in p do ", " end"),
        ("", "local function f() ", " end"),
        ("", "function f() ", " end"),
        ("", "f(function() ", " end)"),
        ("a", ",a", "=1"),
        ("", "::a:: ;", ""),
    ] {
        let whole = format!("{open}{}a{}", middle.repeat(DEEP), close.repeat(DEEP));
        assert_eq!(message(whole), "C stack overflow", "{middle}");
        let cut = format!("{open}{}", middle.repeat(DEEP));
        assert_eq!(message(cut), "C stack overflow", "{middle}");
        let mild = format!("{open}{}", middle.repeat(50));
        assert_ne!(message(mild), "C stack overflow", "{middle}");
    }
}

#[test]
fn chains_may_be_of_any_length() {
    for (open, middle, close) in [
        ("return a", "+a", ""),
        ("return a", " and a", ""),
        ("return a", "<a*a", ""),
        ("return a", ".b", ""),
        ("return a", "[1]", ""),
        ("return a", "()", ""),
        ("return a", ":b()", ""),
        ("return a", "{}", ""),
        ("return a", "'x'", ""),
        ("return a", ",a", ""),
        ("return {", "a,", "}"),
        ("return {", "a=1;", "}"),
        ("if a then ", "elseif b then ", "end"),
        ("", "a=1 ", ""),
        ("", ";", ""),
        ("", "::a:: f() ", ""),
        ("", "goto a ", ""),
        ("local a", ",a", "=1"),
        ("function a", ".b", "() end"),
        ("function f(a", ",a", ") end"),
        ("for a", ",a", " in b do end"),
        ("", "do end ", ""),
        ("", "local function f() end ", ""),
    ] {
        let text = format!("{open}{}{close}", middle.repeat(DEEP));
        assert_eq!(message(text), "OK", "{middle}");
    }
    assert_eq!(message(format!("return a{}", "+a".repeat(2_000_000))), "OK");
}

#[test]
fn limit_is_exactly_that_of_puc() {
    let ok = |text: String| message(text) == "OK";
    let parens = |n| format!("return {}1{}", "(".repeat(n), ")".repeat(n));
    let blocks = |n| format!("{}{}", "do ".repeat(n), "end ".repeat(n));
    let targets = |n| format!("a{}=1", ",a".repeat(n));
    let labels = |n| (0..n).map(|i| format!("::l{i}::")).collect::<String>();
    assert!(ok(parens(195)) && !ok(parens(196)));
    assert!(ok(blocks(197)) && !ok(blocks(198)));
    assert!(ok(targets(195)) && !ok(targets(196)));
    assert!(ok(labels(197)) && !ok(labels(198)));
}

/// The same of the extensions, which nest as deep as the rest.
#[test]
fn nested_extensions_end_in_an_error() {
    for (open, middle, close) in [
        ("return ", "x -> ", ""),
        ("return ", "|x| -> ", ""),
        ("return ", "x -> do return ", " end"),
        ("return ", "if a then a else ", ""),
        ("return ", "if a then ", " else b"),
        ("return ", "if ", " then a else b"),
        ("return ", "`{", "}`"),
        ("return ", "`a{`b{c}` .. ", "}`"),
        ("return ", "a?.[", "]"),
        ("return ", "a ?? (", ")"),
        ("return ", "a?.(", ")"),
        ("local x: ", "{", "}"),
        ("local x: ", "(", ")"),
        ("local x: ", "A<", ">"),
        ("local x: ", "() -> (", ")"),
        ("local x: ", "typeof(a :: ", ")"),
        ("local ", "[ ", "]"),
        ("local ", "{a=", "}"),
        ("for ", "[ ", "] in b do end"),
        ("function f(", "{a=", "}) end"),
        ("local f = ", "|(x = ", ")| -> x"),
        ("", "match a do case 1 then ", " end"),
        ("", "match a do case {x} if x then ", " end"),
        ("match a do case ", "[ ", "] then end"),
        ("match a do case ", "{a = 1 | ", "} then end"),
        ("", "try do ", " end"),
        ("", "try do a() catch e then ", " end"),
        ("", "try do ", " catch e then end"),
        ("", "try do a() finally do ", " end"),
        ("", "defer do ", " end"),
        ("", "if local a = b then ", " end"),
        ("if a then ", "elseif local a = b then ", " end"),
        ("", "while local a = b do ", " end"),
        ("", "const function f() ", " end"),
        ("", "global function f() ", " end"),
        ("", "repeat if a then continue end ", " until a"),
    ] {
        let whole = format!("{open}{}a{}", middle.repeat(DEEP), close.repeat(DEEP));
        assert_eq!(message(whole), "C stack overflow", "{middle}");
        let cut = format!("{open}{}", middle.repeat(DEEP));
        assert_eq!(message(cut), "C stack overflow", "{middle}");
        for levels in [50, 190] {
            let mild = format!("{open}{}a{}", middle.repeat(levels), close.repeat(levels));
            message(mild);
        }
    }
}

#[test]
fn chains_of_extensions_may_be_of_any_length() {
    for (open, middle, close) in [
        ("return a", "?.b", ""),
        ("return a", "?.[1]", ""),
        ("return a", "?.(a)", ""),
        ("a", "?.b", " = 1"),
        ("a", "?.b", " += 1"),
        ("return a", " ?? a", ""),
        ("return if a then b ", "elseif c then d ", "else e"),
        ("return `", "{a}", "`"),
        ("local x: A", " | A", ""),
        ("local x: A", " ?", ""),
        ("match a do ", "case 1 then f() ", "end"),
        ("match a do ", "case [x] then f() ", "end"),
        ("match a do case 1", " | 1", " then end"),
        ("local {a", ", b", "} = c"),
        ("local [a", ", b", "] = c"),
        ("f(a", ", a", ",)"),
        ("", "a += 1 ", ""),
        ("", "type A = B ", ""),
        ("", "try do f() end ", ""),
        ("", "do defer f() end ", ""),
        ("while a do ", "if b then continue end ", "end"),
        ("global a", ", a", ""),
    ] {
        let text = format!("{open}{}{close}", middle.repeat(DEEP));
        assert_eq!(message(text), "OK", "{middle}");
    }
}
