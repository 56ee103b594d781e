//! `style/NAME.in.lua` becomes `style/NAME.out.lua`, which stays as it is. `BLESS=1` writes the
//! outputs.

use luka_compiler::source::{Source, SourceKind};
use luka_fmt::{Options, format};
use std::path::Path;

fn formatted(text: &[u8]) -> Vec<u8> {
    let source = Source::new("@test.lua", text, SourceKind::File);
    format(&source, &Options::default()).unwrap()
}

#[test]
fn files_become_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/style");
    let mut tried = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let Some(stem) = name.strip_suffix(".in.lua") else { continue };
        tried += 1;
        let out = formatted(&std::fs::read(&path).unwrap());
        let expected = folder.join(format!("{stem}.out.lua"));
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&expected, &out).unwrap();
        }
        let wanted = std::fs::read(&expected).unwrap_or_default();
        let shown = String::from_utf8_lossy(&out);
        assert!(out == wanted, "{name} became\n{shown}");
        assert!(formatted(&out) == out, "{name} is not stable");
    }
    assert!(tried >= 4);
}

/// A comment or a `;` behind the last of the lines was printed twice, and the text refused.
#[test]
fn what_is_behind_the_lines_stays() {
    let text = "a=1 -- one\nb=2 --[[two]] ; -- three\n\n-- four\nc=3\n";
    let source = Source::new("@test.lua", text.as_bytes(), SourceKind::File);
    let lines = |first, last| {
        let out = luka_fmt::format_lines(&source, first, last, &Options::default()).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(lines(1, 1), text.replace("a=1", "a = 1"));
    assert_eq!(lines(2, 2), text.replace("b=2", "b = 2"));
    assert_eq!(lines(1, 2), text.replace("a=1", "a = 1").replace("b=2", "b = 2"));
}

/// What the grammar repeats without nesting may be repeated any number of times: casts took the
/// stack of the host for each.
#[test]
fn long_chains_need_no_stack() {
    let n = 100_000;
    for part in [" :: {T}", " + 1", ".a", ".b()", "?.c", "(1)"] {
        let text = std::format!("local x = y{}\n", part.repeat(n));
        let source = Source::new("@test.lua", text.as_bytes(), SourceKind::File);
        format(&source, &Options::default())
            .unwrap_or_else(|refusal| panic!("{part}: {refusal:?}"));
    }
    let arms = std::format!("if a then b() {} end\n", "elseif a then b() ".repeat(n));
    assert!(formatted(arms.as_bytes()).len() > arms.len());
}

/// The examples of docs/formatter.md are formatted.
#[test]
fn the_page_shows_the_style() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/formatter.md");
    let page = std::fs::read_to_string(page).unwrap();
    let blocks: Vec<&str> = page
        .split("```lua\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect();
    assert!(blocks.len() >= 3);
    for block in blocks {
        assert_eq!(String::from_utf8(formatted(block.as_bytes())).unwrap(), block);
    }
}
