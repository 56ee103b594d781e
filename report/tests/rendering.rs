//! Reports about texts that are hard to draw: long lines, tabs, other line ends, wide and combining
//! characters, bytes that are no text.

#![allow(clippy::disallowed_methods, reason = "a bound on time needs a clock")]

use luka_compiler::Span;
use luka_compiler::diag::{Code, Diagnostic};
use luka_compiler::source::{Source, SourceKind};
use luka_report::{Style, render};

fn find(text: &[u8], part: &[u8]) -> Span {
    let at = text.windows(part.len()).position(|w| w == part).expect("it is there");
    Span::new(at as u32, (at + part.len()) as u32)
}

/// The report about `part` of `text`: its lines without the spaces at their ends.
fn report(text: &[u8], part: &[u8]) -> Vec<String> {
    let source = Source::new("@x.lua", text, SourceKind::Chunk);
    let diagnostic = Diagnostic::new(Code::Runtime, find(text, part), "message").with_label("here");
    render(&diagnostic, &source, Style::PLAIN).lines().map(|l| l.trim_end().to_string()).collect()
}

fn check(text: &[u8], part: &[u8], expected: &[&str]) {
    let lines = report(text, part);
    assert_eq!(lines[1..lines.len() - 1], *expected, "{}", lines.join("\n"));
}

#[test]
fn tabs() {
    check(
        b"\tif x then\n\t\ty()\n",
        b"y()",
        &[
            "   ╭─[ x.lua:2:3 ]",
            "   │",
            " 2 │        y()",
            "   │        ─┬─",
            "   │         ╰─── here",
        ],
    );
}

#[test]
fn line_ends() {
    for end in ["\r\n", "\n\r", "\r", "\n"] {
        let text = ["local a", "local b = c", "return"].join(end);
        check(
            text.as_bytes(),
            b"c",
            &["   ╭─[ x.lua:1:3 ]", "   │", " 1 │ local a", "   │   ┬", "   │   ╰── here"],
        );
        check(
            text.as_bytes(),
            b"b",
            &[
                "   ╭─[ x.lua:2:7 ]",
                "   │",
                " 2 │ local b = c",
                "   │       ┬",
                "   │       ╰── here",
            ],
        );
    }
}

#[test]
fn wide_and_combining_characters() {
    check(
        "local 名前 = x.y -- 値".as_bytes(),
        b"x.y",
        &[
            "   ╭─[ x.lua:1:12 ]",
            "   │",
            " 1 │ local 名前 = x.y -- 値",
            "   │              ─┬─",
            "   │               ╰─── here",
        ],
    );
    check(
        "s = 'e\u{301}' .. x".as_bytes(),
        b"x",
        &[
            "   ╭─[ x.lua:1:13 ]",
            "   │",
            " 1 │ s = 'e\u{301}' .. x",
            "   │            ┬",
            "   │            ╰── here",
        ],
    );
}

#[test]
fn bytes_that_are_no_text() {
    check(
        b"s = '\xff\xfe\0' .. x",
        b"x",
        &[
            "   ╭─[ x.lua:1:14 ]",
            "   │",
            " 1 │ s = '\u{fffd}\u{fffd}\u{fffd}' .. x",
            "   │              ┬",
            "   │              ╰── here",
        ],
    );
    // What ariadne takes for line ends, and Lua does not; what turns the direction of text.
    check(
        "s = '\u{b}\u{c}\u{85}\u{2028}\u{202e}' .. x".as_bytes(),
        b"x",
        &[
            "   ╭─[ x.lua:1:16 ]",
            "   │",
            " 1 │ s = '\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}' .. x",
            "   │                ┬",
            "   │                ╰── here",
        ],
    );
}

#[test]
fn long_lines_show_a_window() {
    let text = format!("{}bad{}", "x = 1 ".repeat(1000), " y = 2".repeat(1000));
    let lines = report(text.as_bytes(), b"bad");
    assert_eq!(lines[1], "   ╭─[ x.lua:1:6001 ]");
    let shown = &lines[3];
    assert!(shown.starts_with(" 1 │ …") && shown.ends_with('…'), "{shown}");
    assert!(shown.chars().count() < 130, "{shown}");
    let column = shown.chars().take_while(|&c| c != 'b').count();
    assert_eq!(lines[4].chars().position(|c| c == '─'), Some(column), "{}", lines.join("\n"));
    // Wide characters take the room of two.
    let text = format!("s = '{}' .. bad", "値".repeat(1000));
    let lines = report(text.as_bytes(), b"bad");
    assert_eq!(lines[1], "   ╭─[ x.lua:1:1011 ]");
    assert!(lines[3].chars().count() < 80, "{}", lines[3]);
}

#[test]
fn two_labels_far_apart() {
    let text = format!("open {} close", "x ".repeat(5000));
    let source = Source::new("@x.lua", text.as_bytes(), SourceKind::Chunk);
    let diagnostic = Diagnostic::new(Code::Runtime, find(text.as_bytes(), b"close"), "message")
        .with_label("here")
        .with_secondary(find(text.as_bytes(), b"open"), "there");
    let report = render(&diagnostic, &source, Style::PLAIN);
    assert!(report.contains("close"), "{report}");
    assert!(report.contains("here") && report.contains("there"), "{report}");
}

#[test]
fn a_line_of_ten_megabytes_costs_nothing() {
    let mut text = "x=1 ".repeat(2_500_000).into_bytes();
    text.extend_from_slice(b"bad");
    let source = Source::new("@x.lua", text.as_slice(), SourceKind::Chunk);
    let diagnostic = Diagnostic::new(Code::Runtime, Span::new(10_000_000, 10_000_003), "message");
    let _ = source.lines();
    let best = (0..5)
        .map(|_| {
            let begin = std::time::Instant::now();
            let report = render(&diagnostic, &source, Style::PLAIN);
            assert!(report.contains("x.lua:1:10000001"), "{report}");
            begin.elapsed()
        })
        .min();
    // A few milliseconds on a machine of its own; the bound only tells it from a report that looks
    // at everything, on a busy machine and without optimisation.
    assert!(best.is_some_and(|t| t.as_millis() < 1_000), "{best:?}");
}

#[test]
fn many_lines_cost_little() {
    let mut text = "x = 1\n".repeat(1_000_000).into_bytes();
    text.extend_from_slice(b"bad");
    let source = Source::new("@x.lua", text.as_slice(), SourceKind::Chunk);
    let diagnostic = Diagnostic::new(Code::Runtime, Span::new(6_000_000, 6_000_003), "message");
    let _ = source.lines();
    let best = (0..5)
        .map(|_| {
            let begin = std::time::Instant::now();
            let report = render(&diagnostic, &source, Style::PLAIN);
            assert!(report.contains("x.lua:1000001:1"), "{report}");
            begin.elapsed()
        })
        .min();
    // A few milliseconds on a machine of its own; the bound only tells it from a report that looks
    // at everything, on a busy machine and without optimisation.
    assert!(best.is_some_and(|t| t.as_millis() < 1_000), "{best:?}");
}

#[test]
fn a_narrow_window_is_narrow() {
    let text = format!("{}bad{}", "x = 1 ".repeat(100), " y = 2".repeat(100));
    let source = Source::new("@x.lua", text.as_bytes(), SourceKind::Chunk);
    let span = find(text.as_bytes(), b"bad");
    let diagnostic = Diagnostic::new(Code::Runtime, span, "message").with_label("here");
    for (width, columns) in [(0, Style::MIN_WIDTH), (30, 30), (80, 80)] {
        let report = render(&diagnostic, &source, Style { width, ..Style::PLAIN });
        let line = report.lines().nth(3).expect("the source line");
        let shown = line.trim_start_matches(" 1 │ ").trim_end();
        assert_eq!(shown.chars().count(), columns + 2, "{shown}");
        assert!(shown.starts_with('…') && shown.ends_with('…') && shown.contains("bad"), "{shown}");
    }
}
