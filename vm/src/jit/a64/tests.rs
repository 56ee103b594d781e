//! Every form of instruction, with every register, as binutils' `objdump` reads its words. Where that is not
//! installed for aarch64, the test says that it is skipped.

// A test may run a program.
#![allow(clippy::disallowed_methods)]

use super::asm::*;
use crate::jit::ir::Cond;
use crate::jit::labels::Label;
use std::process::Command;

fn x(r: u8) -> String {
    if r == ZERO { "xzr".to_string() } else { format!("x{r}") }
}

fn w(r: u8) -> String {
    if r == ZERO { "wzr".to_string() } else { format!("w{r}") }
}

/// A register of an address.
fn base(r: u8) -> String {
    if r == SP { "sp".to_string() } else { x(r) }
}

fn hex(k: i64) -> String {
    format!("#0x{k:x}")
}

/// Code, and what it is to be read as.
#[derive(Default)]
struct Cases {
    code: Vec<u8>,
    texts: Vec<String>,
}

impl Cases {
    fn add(&mut self, emit: impl FnOnce(&mut Asm), text: String) {
        let mut a = Asm::default();
        emit(&mut a);
        self.code.extend_from_slice(&a.code);
        self.texts.push(text);
    }

    /// An instruction that leads 8 bytes on.
    fn lead(&mut self, emit: impl FnOnce(&mut Asm, Label), text: String) {
        let mut a = Asm::default();
        let to = a.label();
        emit(&mut a, to);
        a.align(8);
        a.bind(to);
        let at = self.code.len() as u64;
        self.code.extend_from_slice(&a.finish().unwrap());
        self.texts.push(format!("{text}0x{:x}\nnop", at + 8));
    }
}

/// Registers; not the one that large numbers go through.
fn registers() -> impl Iterator<Item = u8> {
    (0..31).filter(|r| *r != T)
}

const ALUS: [(Alu, &str); 11] = [
    (Alu::Add, "add"),
    (Alu::Adds, "adds"),
    (Alu::Sub, "sub"),
    (Alu::Subs, "subs"),
    (Alu::And, "and"),
    (Alu::Or, "orr"),
    (Alu::Xor, "eor"),
    (Alu::OrNot, "orn"),
    (Alu::Div, "sdiv"),
    (Alu::ShiftLeft, "lsl"),
    (Alu::ShiftRight, "lsr"),
];

fn integers(cases: &mut Cases) {
    for d in 0..31 {
        for n in 0..31 {
            let m = (d * 5 + n) % 31;
            let (xd, xn, xm) = (x(d), x(n), x(m));
            for (alu, name) in ALUS {
                cases.add(|a| a.alu(alu, d, n, m), format!("{name} {xd}, {xn}, {xm}"));
            }
            for (alu, name) in [(Alu::Add, "add"), (Alu::Xor, "eor")] {
                let text = format!("{name} {xd}, {xn}, {xm}, lsl #3");
                cases.add(|a| a.alu_shifted(alu, d, n, m, 3), text);
            }
            cases.add(|a| a.mul(d, n, m), format!("mul {xd}, {xn}, {xm}"));
            let other = (d + 1) % 31;
            let text = format!("{xd}, {xn}, {xm}, {}", x(other));
            cases.add(|a| a.mul_add(d, n, m, other), format!("madd {text}"));
            cases.add(|a| a.mul_sub(d, n, m, other), format!("msub {text}"));
            cases.add(|a| a.compare(d, n), format!("cmp {xd}, {xn}"));
            if d != n {
                cases.add(|a| a.mov(d, n), format!("mov {xd}, {xn}"));
            }
        }
        let xd = x(d);
        cases.add(|a| a.alu(Alu::Sub, d, ZERO, 3), format!("neg {xd}, x3"));
        cases.add(|a| a.alu(Alu::OrNot, d, ZERO, 3), format!("mvn {xd}, x3"));
        cases.add(|a| a.mov_sp(d, SP), format!("mov {xd}, sp"));
        cases.add(|a| a.mov_sp(SP, d), format!("mov sp, {xd}"));
        for k in [1, 31, 63] {
            cases.add(|a| a.shift_left_k(d, 5, k), format!("lsl {xd}, x5, #{k}"));
            cases.add(|a| a.shift_right_k(5, d, k), format!("lsr x5, {xd}, #{k}"));
        }
        cases.add(|a| a.leading_zeros(d, 7), format!("clz {xd}, x7"));
        cases.add(|a| a.leading_zeros(7, d), format!("clz x7, {xd}"));
        cases.add(|a| a.decrement32(d), format!("subs {0}, {0}, #0x1", w(d)));
        cases.add(|a| a.jump_register(d), format!("br {xd}"));
        cases.add(|a| a.call_register(d), format!("blr {xd}"));
        for (cond, name) in CONDITIONS {
            let text = format!("csel {xd}, x4, xzr, {name}");
            cases.add(|a| a.select(cond, d, 4, ZERO), text);
        }
    }
}

const CONDITIONS: [(Cond, &str); 10] = [
    (Cond::Equal, "eq"),
    (Cond::NotEqual, "ne"),
    (Cond::AboveEqual, "cs"),
    (Cond::Below, "cc"),
    (Cond::Above, "hi"),
    (Cond::BelowEqual, "ls"),
    (Cond::GreaterEqual, "ge"),
    (Cond::Less, "lt"),
    (Cond::Greater, "gt"),
    (Cond::LessEqual, "le"),
];

fn numbers(cases: &mut Cases) {
    let imm = |cases: &mut Cases, r: u8, k: i64, texts: &[&str]| {
        let texts: Vec<String> = texts.iter().map(|text| text.replace('D', &x(r))).collect();
        cases.add(|a| a.imm(r, k), texts.join("\n"));
    };
    for r in registers() {
        let (xr, wr) = (x(r), w(r));
        imm(cases, r, 0, &["mov D, #0x0"]);
        imm(cases, r, 0xffff, &["mov D, #0xffff"]);
        imm(cases, r, 0x1234_0000, &["mov D, #0x12340000"]);
        imm(cases, r, -1, &["mov D, #0xffffffffffffffff"]);
        imm(cases, r, -0x1235, &["mov D, #0xffffffffffffedcb"]);
        imm(cases, r, 0x1_2345, &["mov D, #0x2345", "movk D, #0x1, lsl #16"]);
        let text = ["mov D, #0xffffffffffff0005", "movk D, #0xfffe, lsl #16"];
        imm(cases, r, -0x1_fffb, &text);
        let all = [
            "mov D, #0x7788",
            "movk D, #0x5566, lsl #16",
            "movk D, #0x3344, lsl #32",
            "movk D, #0x1122, lsl #48",
        ];
        imm(cases, r, 0x1122_3344_5566_7788, &all);
        imm(cases, r, i64::MIN, &["mov D, #0x8000000000000000"]);
        imm(cases, r, 0x00ff_00ff_00ff_00ff, &["mov D, #0xff00ff00ff00ff"]);
        imm(cases, r, i64::MAX, &["mov D, #0x7fffffffffffffff"]);
        for k in [1, 4095, 4096, 0xfff000] {
            let shown = match k {
                4096 => "#0x1, lsl #12".to_string(),
                0xfff000 => "#0xfff, lsl #12".to_string(),
                k => hex(k),
            };
            cases.add(|a| a.add_k(r, 7, k), format!("add {xr}, x7, {shown}"));
            cases.add(|a| a.add_k(SP, r, -k), format!("sub sp, {xr}, {shown}"));
            cases.add(|a| a.compare_k(r, k), format!("cmp {xr}, {shown}"));
            cases.add(|a| a.compare_k(r, -k), format!("cmn {xr}, {shown}"));
            cases.add(|a| a.compare32_k(r, k as u32), format!("cmp {wr}, {shown}"));
        }
        let text = format!("add {xr}, sp, #0x12, lsl #12\nadd {xr}, {xr}, #0x345");
        cases.add(|a| a.add_k(r, SP, 0x12345), text);
        let text = format!("mov x9, #0x1\nmovk x9, #0x100, lsl #16\nadd sp, {xr}, x9");
        cases.add(|a| a.add_k(SP, r, 0x100_0001), text);
        let text = format!("mov x9, #0x4042\ncmp {xr}, x9");
        cases.add(|a| a.compare_k(r, 0x4042), text);
        cases.add(|a| a.compare32_k(r, 0x4042), format!("mov x9, #0x4042\ncmp {wr}, w9"));
        let logic = [(Alu::And, "and"), (Alu::Or, "orr"), (Alu::Xor, "eor")];
        for (alu, name) in logic {
            for size in [2, 4, 8, 16, 32, 64] {
                for (ones, by) in [(1, 0), (size / 2, 1), (size - 1, size - 1)] {
                    let run = (u64::MAX >> (64 - size)) & (u64::MAX >> (64 - ones));
                    let all = (0..64 / size).fold(0, |all, n| all | run << (n * size));
                    let k = all.rotate_right(by);
                    // (1 in 2 is 2 in 4, and so on: the shortest is written.)
                    let text = format!("{name} {xr}, x2, {}", hex(k as i64));
                    cases.add(|a| a.logic_k(alu, r, 2, k), text);
                }
            }
            let text = format!("mov x9, #0x5\n{name} {xr}, x2, x9");
            cases.add(|a| a.logic_k(alu, r, 2, 5), text);
        }
        cases.add(|a| a.test_k(r, 8), format!("tst {xr}, #0x8"));
        cases.add(|a| a.test_k(r, 5), format!("mov x9, #0x5\ntst {xr}, x9"));
    }
}

fn in_memory(cases: &mut Cases) {
    let all = [
        (Access::Load8, "ldr", 'x', 8),
        (Access::Load4, "ldr", 'w', 4),
        (Access::Load4Signed, "ldrsw", 'x', 4),
        (Access::Load2, "ldrh", 'w', 2),
        (Access::Load1, "ldrb", 'w', 1),
        (Access::LoadF, "ldr", 'd', 8),
        (Access::Store8, "str", 'x', 8),
        (Access::Store4, "str", 'w', 4),
        (Access::Store1, "strb", 'w', 1),
        (Access::StoreF, "str", 'd', 8),
    ];
    for (access, name, class, size) in all {
        for r in registers() {
            let register = format!("{class}{r}");
            for b in registers().chain([SP]) {
                let bx = base(b);
                let mut at = |offset: i64, name: &str| {
                    let shown = if offset == 0 { String::new() } else { format!(", #{offset}") };
                    let text = format!("{name} {register}, [{bx}{shown}]");
                    cases.add(|a| a.access(access, r, Mem::At(b, offset)), text);
                };
                at(0, name);
                at(size, name);
                at(4095 * size, name);
                // What is no multiple, or below 0, has forms with other names.
                let short = name.replace("ldr", "ldur").replace("str", "stur");
                at(-256, &short);
                at(-8, &short);
                if size > 1 {
                    at(255, &short);
                }
                let text = format!("mov x9, #0x8000\n{name} {register}, [{bx}, x9]");
                cases.add(|a| a.access(access, r, Mem::At(b, 1 << 15)), text);
                let text = format!("mov x9, #0xfffffffffffffeff\n{name} {register}, [{bx}, x9]");
                cases.add(|a| a.access(access, r, Mem::At(b, -257)), text);
            }
            for index in registers() {
                let plain = format!("{name} {register}, [x3, {}]", x(index));
                cases.add(|a| a.access(access, r, Mem::Indexed(3, index, false)), plain);
                if size > 1 {
                    let shift = size.trailing_zeros();
                    let text = format!("{name} {register}, [x3, {}, lsl #{shift}]", x(index));
                    cases.add(|a| a.access(access, r, Mem::Indexed(3, index, true)), text);
                }
            }
        }
    }
    cases.add(|a| a.load(1, Mem::At(2, 24)), "ldr x1, [x2, #24]".to_string());
    cases.add(|a| a.store(Mem::At(2, 24), ZERO), "str xzr, [x2, #24]".to_string());
    cases.add(Asm::push_link, "str x30, [sp, #-16]!".to_string());
    cases.add(Asm::pop_link, "ldr x30, [sp], #16".to_string());
    for r in 0..=30 {
        cases.add(|a| a.push(r), format!("str x{r}, [sp, #-16]!"));
        cases.add(|a| a.pop(r), format!("ldr x{r}, [sp], #16"));
    }
    cases.add(Asm::ret, "ret".to_string());
}

fn floats(cases: &mut Cases) {
    let two = [(Fpu::Add, "fadd"), (Fpu::Sub, "fsub"), (Fpu::Mul, "fmul"), (Fpu::Div, "fdiv")];
    let one = [(Unary::Abs, "fabs"), (Unary::Neg, "fneg"), (Unary::Sqrt, "fsqrt")];
    for d in 0..32 {
        for n in 0..32 {
            let m = (d * 5 + n) % 32;
            for (fpu, name) in two {
                cases.add(|a| a.fpu(fpu, d, n, m), format!("{name} d{d}, d{n}, d{m}"));
            }
            for (unary, name) in one {
                cases.add(|a| a.unary(unary, d, n), format!("{name} d{d}, d{n}"));
            }
            if d != n {
                cases.add(|a| a.mov_float(d, n), format!("fmov d{d}, d{n}"));
            }
            cases.add(|a| a.compare_floats(d, n), format!("fcmp d{d}, d{n}"));
            if n < 31 {
                let xn = x(n);
                cases.add(|a| a.unary(Unary::BitsToFloat, d, n), format!("fmov d{d}, {xn}"));
                cases.add(|a| a.unary(Unary::FloatToBits, n, d), format!("fmov {xn}, d{d}"));
                cases.add(|a| a.unary(Unary::IntToFloat, d, n), format!("scvtf d{d}, {xn}"));
                cases.add(|a| a.unary(Unary::FloorToInt, n, d), format!("fcvtms {xn}, d{d}"));
            }
        }
        cases.add(|a| a.float(d, 0), format!("fmov d{d}, xzr"));
        for (value, text) in [
            (1.0, "1.000000000000000000e+00"),
            (-0.5, "-5.000000000000000000e-01"),
            (31.0, "3.100000000000000000e+01"),
            (0.125, "1.250000000000000000e-01"),
            (-1.9375, "-1.937500000000000000e+00"),
        ] {
            cases.add(|a| a.float(d, f64::to_bits(value)), format!("fmov d{d}, #{text}"));
        }
    }
}

fn leads(cases: &mut Cases) {
    cases.lead(Asm::jump, "b ".to_string());
    cases.lead(Asm::call, "bl ".to_string());
    for (cond, name) in CONDITIONS {
        cases.lead(|a, to| a.jump_if(cond, to), format!("b.{name} "));
    }
    cases.lead(Asm::jump_if_unordered, "b.vs ".to_string());
    for r in 0..31 {
        cases.lead(|a, to| a.jump_if_zero(r, to), format!("cbz {}, ", x(r)));
        cases.lead(|a, to| a.jump_unless_zero32(r, to), format!("cbnz {}, ", w(r)));
    }
}

/// Words of the pool, and jumps back, whose bits are known.
#[test]
fn distances() {
    let mut a = Asm::default();
    let (back, ahead) = (a.label(), a.label());
    a.bind(back);
    a.ret();
    a.jump_if(Cond::Below, ahead);
    a.jump(back);
    a.float(7, 0.1f64.to_bits());
    a.float(8, 0.1f64.to_bits());
    a.bind(ahead);
    a.call(ahead);
    a.ret();
    assert_eq!(a.offset(ahead), 20);
    let code = a.finish().unwrap();
    let words: Vec<u32> =
        code.chunks(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect();
    let bits = 0.1f64.to_bits();
    let expected = [
        0xd65f_03c0,
        0x5400_0083,
        0x17ff_fffe,
        0x5c00_0000 | 5 << 5 | 7,
        0x5c00_0000 | 4 << 5 | 8,
        0x9400_0000,
        0xd65f_03c0,
        0,
        bits as u32,
        (bits >> 32) as u32,
    ];
    assert_eq!(words, expected);
}

/// Code with a jump so far ahead, or a word of the pool.
fn jumps(words: usize, emit: impl FnOnce(&mut Asm, Label)) -> Option<usize> {
    let mut a = Asm::default();
    let to = a.label();
    emit(&mut a, to);
    a.code.resize(words * 4, 0);
    a.bind(to);
    a.finish().map(|code| code.len())
}

#[test]
fn what_is_too_far_is_refused() {
    let near = 1 << 18;
    assert!(jumps(near - 1, |a, to| a.jump_if(Cond::Equal, to)).is_some());
    assert!(jumps(near, |a, to| a.jump_if(Cond::Equal, to)).is_none());
    assert!(jumps(near, |a, to| a.jump_if_zero(3, to)).is_none());
    assert!(jumps(near - 2, |a, _| a.float(1, 3)).is_some());
    assert!(jumps(near, |a, _| a.float(1, 3)).is_none());
    assert!(jumps(near, Asm::jump).is_some());
    assert!(jumps(1 << 25, Asm::call).is_none());
}

#[test]
fn every_form_is_read_as_it_is_meant() {
    let mut cases = Cases::default();
    integers(&mut cases);
    numbers(&mut cases);
    in_memory(&mut cases);
    floats(&mut cases);
    leads(&mut cases);
    let path = std::env::temp_dir().join(format!("luka_encoder_a64_{}", std::process::id()));
    std::fs::write(&path, &cases.code).unwrap();
    let output = Command::new("aarch64-linux-gnu-objdump")
        .args(["-D", "-b", "binary", "-m", "aarch64", "--no-show-raw-insn"])
        .arg(&path)
        .output();
    std::fs::remove_file(&path).unwrap();
    let Ok(output) = output else {
        eprintln!("aarch64-linux-gnu-objdump is not installed: the encoder is not tested");
        return;
    };
    let listing = String::from_utf8_lossy(&output.stdout);
    let read: Vec<String> = listing
        .lines()
        .filter_map(|line| line.split_once(":\t"))
        .map(|(_, text)| text.split("//").next().unwrap_or_default())
        .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let meant: Vec<&str> = cases.texts.iter().flat_map(|text| text.split('\n')).collect();
    for (n, (read, meant)) in read.iter().zip(&meant).enumerate() {
        assert_eq!(read, meant, "instruction {n}");
    }
    assert_eq!(read.len(), meant.len());
    assert!(meant.len() > 40_000, "{}", meant.len());
}
