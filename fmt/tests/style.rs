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
