//! Listings, and reading them back.

#![allow(
    clippy::disallowed_methods,
    reason = "goldens are files, and BLESS asks for them to be rewritten"
)]

mod common;

use common::{Random, module, proto, sample, string};
use luka_bytecode::image::{decode, encode};
use luka_bytecode::text::{Options, assemble, constant, disassemble, quote};
use luka_bytecode::{Constant, Instr, Module, Op, Proto, Span};

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

/// Text and module are each other's inverse, in every way of listing.
fn check(module: &Module) {
    let source = Some(b"one\ntwo\r\nthree\n\r\x01\xff".as_slice());
    let canonical = disassemble(module, Options::default());
    for options in [
        Options::default(),
        Options { source, ..Options::default() },
        Options { editable: true, ..Options::default() },
        Options { editable: true, source },
    ] {
        let text = disassemble(module, options);
        match assemble(text.as_bytes()) {
            Ok(read) => {
                assert_eq!(&read.module, module, "{text}");
                assert_eq!(disassemble(&read.module, Options::default()), canonical);
            }
            Err(faults) => panic!("{:?}\n{text}", faults[0]),
        }
    }
}

fn check_both(mut module: Module) {
    check(&module);
    module.strip();
    check(&module);
}

#[test]
fn the_sample_comes_back() {
    check_both(sample());
    check_both(Module { native: true, ..sample() });
    check_both(Module { lua54: true, ..sample() });
    check_both(Module { native: true, lua54: true, source_name: None, ..sample() });
    check_both(Module { source_name: Some(b"".as_slice().into()), ..sample() });
    check_both(Module { source_name: Some(b"=\"\\;\n\0\xff".as_slice().into()), ..sample() });
}

#[test]
fn parts_of_debug_information_come_back() {
    let parts: [fn(&mut Module); 6] = [
        |module| module.source_name = None,
        |module| module.protos[0].debug.lines.clear(),
        |module| module.protos[0].debug.spans.clear(),
        |module| module.protos[0].debug.locals.clear(),
        |module| module.protos[1].debug.upvalue_names.clear(),
        |module| module.protos[1].debug.spans.fill(Span::new(7, u32::MAX)),
    ];
    for subset in 0..1 << parts.len() {
        let mut module = sample();
        for (number, part) in parts.iter().enumerate() {
            if subset >> number & 1 != 0 {
                part(&mut module);
            }
        }
        check(&module);
    }
}

/// A function that loads each of the constants, in order.
fn loading(constants: Vec<Constant>) -> Proto {
    let mut code: Vec<_> =
        (0..constants.len() as u32).map(|index| Instr::abx(Op::LoadK, 0, index)).collect();
    code.push(Instr::abc(Op::Return0, 0, 0, 0));
    Proto { constants, ..proto(&code) }
}

#[test]
fn constants_come_back() {
    let mut random = Random(17);
    let mut constants = vec![
        Constant::Nil,
        Constant::True,
        Constant::False,
        Constant::Int(i64::MIN),
        Constant::Int(i64::MAX),
        Constant::Int(0),
        Constant::Float(0.0),
        Constant::Float(-0.0),
        Constant::Float(5e-324),
        Constant::Float(f64::MAX),
        Constant::Float(f64::INFINITY),
        Constant::Float(f64::NEG_INFINITY),
        Constant::Float(1e16),
        string(""),
        string("R0"),
        string(" ; \" \\ ' \n\r\t\0\u{7f}é"),
    ];
    for _ in 0..3000 {
        let bits = random.next();
        constants.push(Constant::Int(bits as i64));
        constants.push(Constant::Float(f64::from_bits(bits)));
        // Infinities and NaNs of all kinds.
        constants.push(Constant::Float(f64::from_bits(bits | 0x7ff << 52)));
        let bytes: Vec<u8> = (0..random.below(60)).map(|_| random.next() as u8).collect();
        constants.push(Constant::Str(bytes.into()));
    }
    check(&module(loading(constants.clone())));
    // In another order than they are used; twice; not used.
    let mut odd = loading(constants);
    odd.constants.rotate_left(100);
    odd.constants.extend_from_within(50..60);
    odd.code.rotate_left(7);
    check(&module(odd));
}

#[test]
fn listings_spell_out_as_little_of_the_tables_as_they_can() {
    let text =
        disassemble(&module(loading((0..100).map(Constant::Int).collect())), Options::default());
    assert!(!text.contains(".const"), "{text}");
    let mut swapped = loading((0..100).map(Constant::Int).collect());
    swapped.code.swap(10, 11);
    let text = disassemble(&module(swapped), Options::default());
    assert_eq!(text.matches(".const").count(), 11, "{text}");
}

#[test]
fn words_of_any_bits_come_back() {
    let mut random = Random(0xb17);
    for _ in 0..2000 {
        let mut module = sample();
        for proto in &mut module.protos {
            for instr in &mut proto.code {
                if random.below(3) == 0 {
                    // No opcode, or a field that is no operand and not zero.
                    *instr = Instr::from_bytes((random.next() | 0xff).to_le_bytes());
                }
                if random.below(9) == 0 {
                    *instr = Instr { op: Op::Move as u8, n: 1, ..*instr };
                }
            }
        }
        // What such an instruction means for the frame is nothing: its size is said.
        let text = disassemble(&module, Options::default());
        let read = assemble(text.as_bytes());
        if module.protos[0].code[0].opcode() == Some(Op::VarargPrep) {
            assert_eq!(read.expect("assembles").module, module, "{text}");
        }
    }
}

#[test]
fn stripped_modules_have_no_names() {
    let mut module = sample();
    module.strip();
    let text = disassemble(&module, Options::default());
    assert!(!text.contains("0 [") && !text.contains("_ENV") && !text.contains("R0="), "{text}");
}

#[test]
fn literals_are_exact() {
    for (value, text) in [
        (Constant::Float(0.1), "0.1"),
        (Constant::Float(-0.0), "-0.0"),
        (Constant::Float(1e300), "1e300"),
        (Constant::Float(f64::NEG_INFINITY), "-inf"),
        (Constant::Float(f64::from_bits(0x7ff8_0000_0000_0001)), "0f7ff8000000000001"),
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
            if random.below(4) == 0 {
                proto.protos.push(random.below(4) as u32);
            }
            if random.below(9) == 0 {
                proto.debug.locals[0].start_pc = random.next() as u32;
            }
        }
        let editable = random.below(2) == 0;
        let text = disassemble(&module, Options { editable, ..Options::default() });
        assert!(text.ends_with('\n'));
        // Whatever it is, reading it ends well or with a fault.
        let _ = assemble(text.as_bytes());
        // An image has no room for some of it, but writing and reading are total.
        let _ = decode(&encode(&module));
    }
}

#[test]
fn any_text_is_read_or_refused() {
    let text = disassemble(&sample(), Options::default()).into_bytes();
    let mut random = Random(0xa55e);
    let mut read = 0;
    for _ in 0..4000 {
        let mut text = text.clone();
        for _ in 0..1 + random.below(4) {
            let at = random.below(text.len());
            match random.below(4) {
                0 => text[at] = random.next() as u8,
                1 => text[at] = b" \n\"[].:;+-09RKULx"[random.below(17)],
                2 => drop(text.drain(at..(at + random.below(30)).min(text.len()))),
                _ => text.extend_from_within(at..(at + random.below(200)).min(text.len())),
            }
            if text.is_empty() {
                text.push(b' ');
            }
        }
        match assemble(&text) {
            Ok(assembled) => {
                read += 1;
                let _ = assembled.verify();
            }
            Err(faults) => {
                assert!(!faults.is_empty());
                for fault in faults {
                    let spans = fault.others.iter().map(|(span, _)| *span).chain([fault.span]);
                    for span in spans.chain(fault.fix.map(|fix| fix.span)) {
                        assert!(span.start <= span.end && span.end as usize <= text.len());
                    }
                }
            }
        }
    }
    assert!(read > 100, "{read} of the changed texts were good");
}
