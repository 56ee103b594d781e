//! Two faults of a program, on one line and on two, in every order: both are reported, each with its own
//! text at its own place, and the first is what a program gets from `load`.

use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, compile, diagnose};

/// Statements with a fault of the lexer each.
const LEXICAL: &[&str] = &[
    "print(3x)",
    "print(0x)",
    "z = '\\q'",
    "z = '\\u{110000000}'",
    "print(`\\q`)",
    "print(`\\q{1}`)",
    "print(`{1}\\q{2}{3}`)",
    "print(`{1}{2}\\q`)",
];

/// Statements with a fault of the parser each.
const SYNTACTIC: &[&str] = &[
    "print(1 +* 2)",
    "x = = 1",
    "f( ] )",
    "f(1, , 2)",
    "local a <nonsense> = 1",
    "print(`a {1 +} b`)",
    "x = 1 # 2",
    "t = {1, 2,, 3}",
    "for i = 1 do end",
    "do local a = 1 ] end",
    // What follows these is not sure to be a fault of its own.
    "local 1 = 2",
    "x = 3 @ 4",
];
/// The number of faults at the end of [`SYNTACTIC`] after which a second one may go unmentioned.
const DOUBTFUL: usize = 2;

fn source(text: &str) -> Source<'static> {
    Source::new("@faults.lua", text.as_bytes(), SourceKind::File)
}

type Report = (String, usize, usize, String);

/// What is reported: the text, its place, the label.
fn reports(text: &str) -> Vec<Report> {
    let found = diagnose(&source(text), &Options::default()).into_iter();
    found.map(|d| (d.message, d.span.start as usize, d.span.end as usize, d.label)).collect()
}

/// The error a program gets from `load`: PUC Lua's message, and the report that belongs to it.
fn error(text: &str) -> (String, Report) {
    let errors = compile(&source(text), &Options::default()).expect_err("an error");
    let first = errors.into_iter().next().expect("an error");
    let report = (first.message, first.span.start as usize, first.span.end as usize, first.label);
    (String::from_utf8_lossy(&first.puc.expect("a message").text).into_owned(), report)
}

fn shifted((message, start, end, label): Report, by: usize) -> Report {
    (message, start + by, end + by, label)
}

/// Compares what is reported about two faults with what is reported about each; the second syntax error
/// may be missing where `one_is_enough`.
fn check(a: &str, b: &str, between: &str, one_is_enough: bool, wrong: &mut Vec<String>) {
    let text = format!("{a}{between}{b}");
    let shift = a.len() + between.len();
    let mut expected = reports(a);
    expected.extend(reports(b).into_iter().map(|report| shifted(report, shift)));
    let found = reports(&text);
    if found != expected && !(one_is_enough && found == expected[..1]) {
        wrong.push(format!("{text:?}\n  {found:?}\n  instead of {expected:?}"));
    }
    let (found, first) = (error(&text), error(a));
    if found != first {
        wrong.push(format!("{text:?}\n  load: {found:?}\n  instead of {first:?}"));
    }
}

#[test]
fn both_of_two_faults_are_reported() {
    let all = || LEXICAL.iter().chain(SYNTACTIC);
    for a in all() {
        assert_eq!(reports(a).len(), 1, "{a}: {:?}", reports(a));
    }
    let mut wrong = Vec::new();
    for a in all() {
        for b in all() {
            let of_parser = SYNTACTIC.contains(a) && SYNTACTIC.contains(b);
            let doubtful = SYNTACTIC[SYNTACTIC.len() - DOUBTFUL..].contains(a);
            // The comment that `#` is taken for goes to the end of the line.
            let comment = a.contains(" # ");
            for between in [" ", "; ", " local ok = 1 "] {
                check(a, b, between, of_parser && (doubtful || comment), &mut wrong);
            }
            for between in ["\n", "\nlocal ok = 1\n"] {
                check(a, b, between, of_parser && doubtful, &mut wrong);
            }
        }
    }
    for a in all() {
        // (It takes the rest of the line.)
        check(a, "print(\"abc)", " ", false, &mut wrong);
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
