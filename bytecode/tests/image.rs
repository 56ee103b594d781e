//! Images: what is written is read back, anything else is refused, and nothing panics.

#![allow(clippy::disallowed_methods, reason = "the documented example is in a file")]

mod common;

use common::{Random, local, module, proto, sample, string};
use luka_bytecode::image::{ImageError, MAGIC, PUC_HEADER, decode, encode, extract, is_image};
use luka_bytecode::verify::verify;
use luka_bytecode::{Constant, DebugInfo, Instr, Module, Op, Span};

fn round_trip(module: &Module) {
    let bytes = encode(module);
    assert_eq!(decode(&bytes).as_ref(), Ok(module));
    assert_eq!(encode(module), bytes);
    assert!(is_image(&bytes));
}

#[test]
fn modules_come_back_as_written() {
    let mut whole = sample();
    round_trip(&whole);
    whole.native = true;
    round_trip(&whole);
    whole.strip();
    round_trip(&whole);
    round_trip(&Module { source_name: None, native: false, lua54: false, protos: Vec::new() });
    round_trip(&Module {
        source_name: Some([].into()),
        native: true,
        lua54: true,
        protos: Vec::new(),
    });
}

#[test]
fn every_number_comes_back() {
    let mut numbers = proto(&[Instr::abc(Op::Return0, 0, 0, 0); 5]);
    for shift in 0..64 {
        for near in -1..=1i64 {
            let value = (1i64 << shift).wrapping_add(near);
            numbers.constants.push(Constant::Int(value));
            numbers.constants.push(Constant::Int(value.wrapping_neg()));
            numbers.constants.push(Constant::Float(f64::from_bits(value as u64)));
        }
    }
    numbers.debug.lines = vec![0, u32::MAX, 1, u32::MAX - 1, 0];
    numbers.last_line_defined = u32::MAX;
    round_trip(&module(numbers));
}

#[test]
fn equal_strings_are_stored_once_while_short() {
    let size = |text: &str, times: usize| {
        let mut p = proto(&[]);
        p.constants = vec![string(text); times];
        encode(&module(p)).len()
    };
    let short = "x".repeat(40);
    assert_eq!(size(&short, 2) - size(&short, 1), 1);
    let long = "x".repeat(41);
    assert_eq!(size(&long, 2) - size(&long, 1), 1 + 1 + 41);
}

#[test]
fn proper_prefixes_are_truncated() {
    let bytes = encode(&sample());
    for len in 0..bytes.len() {
        assert_eq!(decode(&bytes[..len]), Err(ImageError::Truncated), "{len} bytes");
    }
    assert_eq!(ImageError::Truncated.to_string(), "bad binary format (truncated chunk)");
}

#[test]
fn bytes_after_the_image_are_ignored() {
    let mut bytes = encode(&sample());
    bytes.extend(b"and so on");
    assert_eq!(decode(&bytes), Ok(sample()));
}

#[test]
fn any_changed_header_byte_is_refused() {
    let bytes = encode(&sample());
    let header = PUC_HEADER.len() + MAGIC.len() + 1 + 8 + 8;
    for at in 0..header {
        for flip in 1..=255 {
            let mut bad = bytes.clone();
            bad[at] ^= flip;
            assert!(decode(&bad).is_err(), "byte {at} ^ {flip}");
        }
    }
}

#[test]
fn refusals_use_pucs_words() {
    let bytes = encode(&sample());
    for (at, message) in [
        (0, "not a binary chunk"),
        (3, "not a binary chunk"),
        (4, "version mismatch"),
        (5, "format mismatch"),
        (6, "corrupted chunk"),
        (11, "corrupted chunk"),
        (12, "Instruction size mismatch"),
        (13, "lua_Integer size mismatch"),
        (14, "lua_Number size mismatch"),
        (15, "integer format mismatch"),
        (23, "float format mismatch"),
        (31, "PUC Lua bytecode, not a Luka image"),
        (39, "Luka image version mismatch"),
        (40, "Luka instruction set mismatch"),
    ] {
        let mut bad = bytes.clone();
        bad[at] ^= 1;
        let error = decode(&bad).expect_err("refused");
        assert_eq!(error.to_string(), format!("bad binary format ({message})"), "byte {at}");
    }
}

#[test]
fn pucs_chunks_are_named_as_such() {
    // `return 1`, as luac5.4 -s writes it.
    let mut chunk = PUC_HEADER.to_vec();
    chunk.extend(b"\x01\x80\x80\x80\x00\x01\x02\x84\x51\x00\x00\x00\x01\x00\x00\x80");
    assert_eq!(decode(&chunk), Err(ImageError::Puc));
}

#[test]
fn counts_the_input_cannot_hold_are_refused() {
    // An image of nothing but a huge count, wherever a count may stand.
    let empty =
        encode(&Module { source_name: None, native: false, lua54: false, protos: Vec::new() });
    let head = &empty[..empty.len() - 2 - 8];
    let function = b"\0\x01\0\0\0\x02";
    let lists = (0..4).map(|empty| [function, &[0; 4][..empty]].concat());
    for before in [b"\0".to_vec(), b"\x02\0".to_vec()].into_iter().chain(lists) {
        let mut bytes = head.to_vec();
        let mut payload = before;
        payload.extend(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
        payload.extend([0; 40]);
        bytes.extend((payload.len() as u64).to_le_bytes());
        bytes.extend(payload);
        assert_eq!(decode(&bytes), Err(ImageError::Corrupted));
    }
}

#[test]
fn mutated_images_never_panic() {
    let mut random = Random(0x1234_5678_9abc_def1);
    let original = encode(&sample());
    let payload = PUC_HEADER.len() + MAGIC.len() + 1 + 8;
    let (mut decoded, mut verified) = (0, 0);
    for _ in 0..60_000 {
        let mut bytes = original.clone();
        for _ in 0..1 + random.below(4) {
            let at = payload + 8 + random.below(bytes.len() - payload - 8);
            match random.below(4) {
                0 => bytes[at] ^= 1 << random.below(8),
                1 => bytes[at] = random.next() as u8,
                2 => drop(bytes.drain(at..(at + 1 + random.below(8)).min(bytes.len()))),
                _ => bytes.insert(at, random.next() as u8),
            }
        }
        let length = (bytes.len() - payload - 8) as u64;
        bytes[payload..payload + 8].copy_from_slice(&length.to_le_bytes());
        if let Ok(module) = decode(&bytes) {
            decoded += 1;
            assert_eq!(decode(&encode(&module)).as_ref(), Ok(&module));
            verified += verify(module).is_ok() as u32;
        }
    }
    assert!(decoded > 1000 && verified > 100, "{decoded} decoded, {verified} verified");
}

#[test]
fn an_inner_function_can_be_extracted() {
    let leaf = |line| {
        let mut p = proto(&[Instr::abc(Op::Return0, 0, 0, 0)]);
        (p.line_defined, p.last_line_defined) = (line, line);
        p
    };
    let tree = [vec![1, 4], vec![2, 3], vec![], vec![], vec![5], vec![]];
    let mut whole = Module { source_name: None, native: false, lua54: false, protos: Vec::new() };
    for (line, children) in tree.into_iter().enumerate() {
        let mut p = leaf(line as u32);
        p.protos = children;
        whole.protos.push(p);
    }
    verify(whole.clone()).expect("a tree");
    for (root, lines) in [(0, 0..6), (1, 1..4), (2, 2..3), (4, 4..6), (5, 5..6)] {
        let part = extract(&whole, root).expect("there");
        assert!(part.protos.iter().map(|p| p.line_defined).eq(lines));
        verify(part).expect("a tree");
    }
    assert_eq!(extract(&whole, 6), None);
    assert_eq!(extract(&whole, 0).as_ref(), Some(&whole));
}

#[test]
fn docs_example_is_exact() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/image-format.md");
    let text = std::fs::read_to_string(path).expect("docs/image-format.md");
    let block = text.rsplit("```text\n").next().and_then(|s| s.split("```").next());
    let mut documented = Vec::new();
    for line in block.expect("an example").lines() {
        for byte in line.split("   ").next().unwrap_or_default().split_whitespace() {
            documented.push(u8::from_str_radix(byte, 16).ok());
        }
    }
    let mut p = proto(&[
        Instr::abc(Op::VarargPrep, 0, 0, 0),
        Instr::abc(Op::Vararg, 0, 0, 2),
        Instr::abc(Op::Return1, 0, 0, 0),
    ]);
    p.is_vararg = true;
    p.max_stack = 2;
    p.upvalues = sample().protos[0].upvalues.clone();
    p.debug = DebugInfo {
        lines: vec![1; 3],
        spans: vec![Span::NONE, Span::new(0, 15), Span::new(17, 18)],
        locals: vec![local("x", 2, 3, 0)],
        upvalue_names: vec![b"_ENV".as_slice().into()],
    }
    .into();
    let mut example = module(p);
    example.source_name = Some(b"=x".as_slice().into());
    verify(example.clone()).expect("verified");
    let bytes = encode(&example);
    // Two-letter words stand for what docs/isa.md says.
    assert_eq!(documented.len(), bytes.len(), "{bytes:02x?}");
    for (at, (shown, &byte)) in documented.into_iter().zip(&bytes).enumerate() {
        assert_eq!(shown.unwrap_or(byte), byte, "byte {at} of {bytes:02x?}");
    }
}
