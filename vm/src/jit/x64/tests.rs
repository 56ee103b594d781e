//! Every form of instruction, with every register and kind of operand, as binutils' `objdump` reads
//! its bytes. Where that is not installed, the test says that it is skipped.

// A test may run a program.
#![allow(clippy::disallowed_methods)]

use super::asm::*;
use crate::jit::ir::Cond;
use std::process::Command;

const WIDE: [&str; 16] = [
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
    "r14", "r15",
];
const NARROW: [&str; 16] = [
    "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "r8d", "r9d", "r10d", "r11d", "r12d",
    "r13d", "r14d", "r15d",
];
const BYTE: [&str; 16] = [
    "al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil", "r8b", "r9b", "r10b", "r11b", "r12b",
    "r13b", "r14b", "r15b",
];

fn hex(x: i64) -> String {
    format!("0x{x:x}")
}

fn offset(d: i32) -> String {
    if d < 0 { format!("-0x{:x}", -i64::from(d)) } else { format!("+0x{d:x}") }
}

/// A memory operand as `objdump` writes it.
fn memory(rm: Rm, size: &str) -> String {
    let (base, index, d) = match rm {
        Rm::At(base, d) => (base, String::new(), d),
        Rm::Indexed(base, index, scale, d) => {
            (base, format!("+{}*{}", WIDE[index as usize], 1 << scale), d)
        }
        Rm::Reg(_) | Rm::Pool(_) => unreachable!("no memory operand of these tests"),
    };
    // An offset of 0 is written where the form has one.
    let shown = if d == 0 && base & 7 != RBP { String::new() } else { offset(d) };
    format!("{size} PTR [{}{index}{shown}]", WIDE[base as usize])
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
}

/// Memory operands: every base with every kind of offset, every index and scale.
fn operands() -> Vec<Rm> {
    let mut all = Vec::new();
    for base in 0..16 {
        for d in [0, 8, -8, 127, -128, 128, -129, 0x1234_5678] {
            all.push(Rm::At(base, d));
        }
        for index in (0..16).filter(|index| *index != RSP) {
            for (scale, d) in [(0, 0), (3, 16), (1, 0x1000)] {
                all.push(Rm::Indexed(base, index, scale, d));
            }
        }
    }
    all
}

fn integers(cases: &mut Cases) {
    let alus = [
        (Alu::Add, "add"),
        (Alu::Or, "or"),
        (Alu::And, "and"),
        (Alu::Sub, "sub"),
        (Alu::Xor, "xor"),
        (Alu::Cmp, "cmp"),
    ];
    for d in 0..16u8 {
        let (wide, narrow, byte) = (WIDE[d as usize], NARROW[d as usize], BYTE[d as usize]);
        for s in (0..16u8).filter(|s| *s != d) {
            let other = WIDE[s as usize];
            cases.add(|a| a.mov(d, Rm::Reg(s)), format!("mov {wide},{other}"));
            cases.add(|a| a.mov32(d, Rm::Reg(s)), format!("mov {narrow},{}", NARROW[s as usize]));
            cases.add(|a| a.load8(d, Rm::Reg(s)), format!("movzx {narrow},{}", BYTE[s as usize]));
            cases.add(|a| a.imul(d, Rm::Reg(s)), format!("imul {wide},{other}"));
            cases.add(|a| a.bsr(d, Rm::Reg(s)), format!("bsr {wide},{other}"));
            cases.add(|a| a.imul_k(d, Rm::Reg(s), 1000), format!("imul {wide},{other},0x3e8"));
            for (alu, name) in alus {
                cases.add(|a| a.alu(alu, d, Rm::Reg(s)), format!("{name} {wide},{other}"));
            }
        }
        if d < 8 {
            cases.add(|a| a.push(d), format!("push {wide}"));
            cases.add(|a| a.pop(d), format!("pop {wide}"));
        }
        for (alu, name) in alus {
            for k in [1, -1, 127, -128, 128, i32::MAX, i32::MIN] {
                // (Shorter forms with `rax` are not used.)
                cases.add(
                    |a| a.alu_k(alu, Rm::Reg(d), k),
                    format!("{name} {wide},{}", hex(k.into())),
                );
            }
        }
        for k in [0, 1, 0x7fff_ffff, 0xffff_ffff] {
            cases.add(|a| a.imm(d, k), format!("mov {narrow},{}", hex(k)));
        }
        for k in [-1, i64::from(i32::MIN)] {
            cases.add(|a| a.imm(d, k), format!("mov {wide},{}", hex(k)));
        }
        for k in [i64::MIN, 0x1_0000_0000, -0x1_0000_0000] {
            cases.add(|a| a.imm(d, k), format!("movabs {wide},{}", hex(k)));
        }
        cases.add(|a| a.zero(d), format!("xor {narrow},{narrow}"));
        cases.add(|a| a.test(d), format!("test {wide},{wide}"));
        cases.add(|a| a.test32(d), format!("test {narrow},{narrow}"));
        cases.add(|a| a.neg(d), format!("neg {wide}"));
        cases.add(|a| a.not(d), format!("not {wide}"));
        cases.add(|a| a.cmp8_k(Rm::Reg(d), 0x43), format!("cmp {byte},0x43"));
        cases.add(|a| a.test8_k(Rm::Reg(d), 8), format!("test {byte},0x8"));
        for (shift, name) in [(Shift::Left, "shl"), (Shift::Right, "shr")] {
            cases.add(|a| a.shift_k(shift, d, 63), format!("{name} {wide},0x3f"));
            cases.add(|a| a.shift_cl(shift, d), format!("{name} {wide},cl"));
        }
        cases.add(|a| a.jump_rm(Rm::Reg(d)), format!("jmp {wide}"));
        cases.add(|a| a.call_rm(Rm::Reg(d)), format!("call {wide}"));
    }
}

fn in_memory(cases: &mut Cases) {
    for (n, rm) in operands().into_iter().enumerate() {
        let r = (n % 16) as u8;
        let (wide, narrow, byte) = (WIDE[r as usize], NARROW[r as usize], BYTE[r as usize]);
        let (q, d, w, b) =
            (memory(rm, "QWORD"), memory(rm, "DWORD"), memory(rm, "WORD"), memory(rm, "BYTE"));
        cases.add(|a| a.mov(r, rm), format!("mov {wide},{q}"));
        cases.add(|a| a.mov32(r, rm), format!("mov {narrow},{d}"));
        cases.add(|a| a.load8(r, rm), format!("movzx {narrow},{b}"));
        cases.add(|a| a.store(rm, r), format!("mov {q},{wide}"));
        cases.add(|a| a.store8(rm, r), format!("mov {b},{byte}"));
        cases.add(|a| a.store8_k(rm, 0x42), format!("mov {b},0x42"));
        cases.add(|a| a.store_k(rm, -2), format!("mov {q},{}", hex(-2)));
        cases.add(|a| a.alu(Alu::Add, r, rm), format!("add {wide},{q}"));
        cases.add(|a| a.alu_k(Alu::Cmp, rm, 1000), format!("cmp {q},0x3e8"));
        cases.add(|a| a.alu_to(Alu::Add, rm, r), format!("add {q},{wide}"));
        cases.add(|a| a.load32_signed(r, rm), format!("movsxd {wide},{d}"));
        cases.add(|a| a.cmp_rm(rm, r), format!("cmp {q},{wide}"));
        cases.add(|a| a.cmp8_k(rm, 3), format!("cmp {b},0x3"));
        cases.add(|a| a.cmp16_k(rm, 0x4042), format!("cmp {w},0x4042"));
        cases.add(|a| a.cmp32_k(rm, 77), format!("cmp {d},0x4d"));
        cases.add(|a| a.test8_k(rm, 8), format!("test {b},0x8"));
        cases.add(|a| a.dec32(rm), format!("dec {d}"));
        let address = q.trim_start_matches("QWORD PTR ").to_string();
        cases.add(|a| a.lea(r, rm), format!("lea {wide},{address}"));
        cases.add(|a| a.imul(r, rm), format!("imul {wide},{q}"));
        cases.add(|a| a.movsd(r, rm), format!("movsd xmm{r},{q}"));
        cases.add(|a| a.store_sd(rm, r), format!("movsd {q},xmm{r}"));
        cases.add(|a| a.sse(Sse::Mul, r, rm), format!("mulsd xmm{r},{q}"));
        cases.add(|a| a.ucomisd(r, rm), format!("ucomisd xmm{r},{q}"));
        cases.add(|a| a.jump_rm(rm), format!("jmp {q}"));
        cases.add(|a| a.call_rm(rm), format!("call {q}"));
    }
}

fn floats(cases: &mut Cases) {
    let two = [
        (Sse::Sqrt, "sqrtsd"),
        (Sse::Add, "addsd"),
        (Sse::Mul, "mulsd"),
        (Sse::Sub, "subsd"),
        (Sse::Div, "divsd"),
    ];
    for d in 0..16u8 {
        for s in (0..16u8).filter(|s| *s != d) {
            for (sse, name) in two {
                cases.add(|a| a.sse(sse, d, Rm::Reg(s)), format!("{name} xmm{d},xmm{s}"));
            }
            cases.add(|a| a.movsd(d, Rm::Reg(s)), format!("movaps xmm{d},xmm{s}"));
            cases.add(|a| a.ucomisd(d, Rm::Reg(s)), format!("ucomisd xmm{d},xmm{s}"));
            cases.add(|a| a.xorps(d, s), format!("xorps xmm{d},xmm{s}"));
            cases.add(|a| a.andps(d, s), format!("andps xmm{d},xmm{s}"));
            let wide = WIDE[s as usize];
            cases.add(|a| a.movq_to_float(d, s), format!("movq xmm{d},{wide}"));
            cases.add(|a| a.movq_from_float(s, d), format!("movq {wide},xmm{d}"));
            cases.add(|a| a.cvttsd2si(s, d), format!("cvttsd2si {wide},xmm{d}"));
            let converts = format!("xorps xmm{d},xmm{d}\ncvtsi2sd xmm{d},{wide}");
            cases.add(|a| a.cvtsi2sd(d, Rm::Reg(s)), converts);
        }
    }
}

/// Jumps, the pool and alignment, whose bytes are known.
#[test]
fn distances() {
    let mut a = Asm::default();
    let (back, ahead) = (a.label(), a.label());
    a.bind(back);
    a.ret();
    a.jump_if(Cond::Below, ahead);
    a.jump(back);
    a.call(ahead);
    a.align(16);
    a.bind(ahead);
    let one = a.pool(7);
    assert_eq!(a.pool(7), one);
    a.alu_k(Alu::Cmp, one, 300);
    assert_eq!(a.offset(ahead), 32);
    let code = a.finish().unwrap();
    let expected = [
        [0xc3, 0x0f, 0x82, 25, 0, 0, 0, 0xe9].as_slice(),
        &[0xf4, 0xff, 0xff, 0xff, 0xe8, 15, 0, 0, 0],
        &[0x90; 15],
        &[0x48, 0x81, 0x3d, 5, 0, 0, 0, 0x2c, 1, 0, 0],
        &[0xcc; 5],
        &[7, 0, 0, 0, 0, 0, 0, 0],
    ];
    assert_eq!(code, expected.concat());
}

#[test]
fn every_form_is_read_as_it_is_meant() {
    let mut cases = Cases::default();
    integers(&mut cases);
    in_memory(&mut cases);
    floats(&mut cases);
    cases.add(|a| a.idiv(R13), "cqo\nidiv r13".to_string());
    let path = std::env::temp_dir().join(format!("luka_encoder_{}", std::process::id()));
    std::fs::write(&path, &cases.code).unwrap();
    let output = Command::new("objdump")
        .args(["-D", "-b", "binary", "-m", "i386:x86-64", "-M", "intel", "--no-show-raw-insn"])
        .arg(&path)
        .output();
    std::fs::remove_file(&path).unwrap();
    let Ok(output) = output else {
        eprintln!("objdump is not installed: the encoder is not tested");
        return;
    };
    let listing = String::from_utf8_lossy(&output.stdout);
    let read: Vec<String> = listing
        .lines()
        .filter_map(|line| line.split_once(":\t"))
        .map(|(_, text)| text.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let meant: Vec<&str> = cases.texts.iter().flat_map(|text| text.split('\n')).collect();
    for (n, (read, meant)) in read.iter().zip(&meant).enumerate() {
        assert_eq!(read, meant, "instruction {n}");
    }
    assert_eq!(read.len(), meant.len());
    assert!(meant.len() > 15_000, "{}", meant.len());
}
