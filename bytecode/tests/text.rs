//! Listings.

#![allow(
    clippy::disallowed_methods,
    reason = "goldens are files, and BLESS asks for them to be rewritten"
)]

mod common;

use common::{Random, sample};
use luka_bytecode::image::{decode, encode};
use luka_bytecode::text::{Options, constant, disassemble, quote};
use luka_bytecode::{Constant, Instr};

#[test]
fn the_sample_reads_well() {
    let text = disassemble(&sample(), Options::default());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sample.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &text).expect("written");
    }
    let golden = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(text, golden, "run with BLESS=1 and read the diff");
}

#[test]
fn spans_are_shown_on_request() {
    let text = disassemble(&sample(), Options { spans: true });
    assert!(text.contains("[1 3..5] VARARG "), "{text}");
}

#[test]
fn stripped_modules_have_no_names() {
    let mut module = sample();
    module.strip();
    let text = disassemble(&module, Options { spans: true });
    assert!(!text.contains('[') && !text.contains("_ENV") && !text.contains("R0="), "{text}");
}

#[test]
fn literals_are_exact() {
    for (value, text) in [
        (Constant::Float(0.1), "0.1"),
        (Constant::Float(-0.0), "-0.0"),
        (Constant::Float(1e300), "1e300"),
        (Constant::Float(f64::INFINITY), "0f7ff0000000000000"),
        (Constant::Int(i64::MIN), "-9223372036854775808"),
        (Constant::Nil, "nil"),
    ] {
        assert_eq!(constant(&value), text);
    }
    assert_eq!(quote(b"a\"\\\n\r\t\0\xffz"), r#""a\"\\\n\r\t\x00\xffz""#);
}

#[test]
fn anything_prints() {
    let mut random = Random(0x0dd_ba11);
    for _ in 0..2000 {
        let mut module = sample();
        for proto in &mut module.protos {
            for instr in &mut proto.code {
                if random.below(3) == 0 {
                    *instr = Instr::from_bytes(random.next().to_le_bytes());
                }
            }
            proto.constants.truncate(random.below(12));
            proto.debug.lines.truncate(random.below(30));
            proto.debug.upvalue_names.truncate(random.below(2));
        }
        let text = disassemble(&module, Options { spans: true });
        assert!(text.ends_with('\n'));
        // An image has no room for some of it, but writing and reading are total.
        let _ = decode(&encode(&module));
    }
}
