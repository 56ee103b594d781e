//! The assembler: the few instructions that are used, as bytes. Encodings are those of the processor's
//! manual (Intel SDM, volume 2).

use crate::jit::ir::Cond;
use crate::jit::labels::{Label, Labels, Pool};

pub(super) const RAX: u8 = 0;
pub(super) const RCX: u8 = 1;
pub(super) const RDX: u8 = 2;
pub(super) const RBX: u8 = 3;
pub(super) const RSP: u8 = 4;
pub(super) const RBP: u8 = 5;
pub(super) const RSI: u8 = 6;
pub(super) const RDI: u8 = 7;
pub(super) const R8: u8 = 8;
pub(super) const R9: u8 = 9;
pub(super) const R10: u8 = 10;
pub(super) const R11: u8 = 11;
pub(super) const R12: u8 = 12;
pub(super) const R13: u8 = 13;
pub(super) const R14: u8 = 14;
pub(super) const R15: u8 = 15;
pub(super) const X14: u8 = 14;
pub(super) const X15: u8 = 15;

/// An operand that is a register or in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::jit) enum Rm {
    Reg(u8),
    /// `[base + offset]`
    At(u8, i32),
    /// `[base + index << scale + offset]`
    Indexed(u8, u8, u8, i32),
    /// A word of the pool behind the code.
    Pool(u32),
}

/// Two-operand instructions on integers, by the number in their encodings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::jit) enum Alu {
    Add = 0,
    Or = 1,
    And = 4,
    Sub = 5,
    Xor = 6,
    Cmp = 7,
}

/// The same on floats, by the last byte of their opcodes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::jit) enum Sse {
    Sqrt = 0x51,
    Add = 0x58,
    Mul = 0x59,
    Sub = 0x5c,
    Div = 0x5e,
}

/// Shifts, by the number in their encodings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::jit) enum Shift {
    Left = 4,
    Right = 5,
}

/// What an instruction's bytes are made of.
#[derive(Clone, Copy)]
struct Form {
    /// 0, 0x66, 0xf2 or 0xf3.
    prefix: u8,
    /// 64 bits.
    wide: bool,
    /// The register operands are bytes: the first, and the other one.
    bytes: (bool, bool),
    /// The opcode begins with 0x0f.
    long: bool,
    opcode: u8,
}

impl Form {
    const fn wide(opcode: u8) -> Form {
        Form { prefix: 0, wide: true, bytes: (false, false), long: false, opcode }
    }
    const fn narrow(opcode: u8) -> Form {
        Form { wide: false, ..Form::wide(opcode) }
    }
    const fn byte(opcode: u8) -> Form {
        Form { bytes: (true, true), ..Form::narrow(opcode) }
    }
    /// With a number in the place of the first operand.
    const fn byte_k(opcode: u8) -> Form {
        Form { bytes: (false, true), ..Form::narrow(opcode) }
    }
    const fn sse(prefix: u8, opcode: u8) -> Form {
        Form { prefix, long: true, ..Form::narrow(opcode) }
    }
}

/// Code that is being written.
#[derive(Default)]
pub(in crate::jit) struct Asm {
    pub code: Vec<u8>,
    labels: Labels,
    /// Distances to labels, where they are to be written.
    jumps: Vec<(usize, Label)>,
    pool: Pool,
    /// Distances to words of the pool, and the bytes of the instruction behind them.
    pool_uses: Vec<(usize, u32, usize)>,
}

impl Asm {
    pub fn label(&mut self) -> Label {
        self.labels.add()
    }

    /// The label is here.
    pub fn bind(&mut self, label: Label) {
        self.labels.bind(label, self.code.len());
    }

    /// Where a label is; it has been bound.
    pub fn offset(&self, label: Label) -> usize {
        self.labels.offset(label)
    }

    /// A word of the pool.
    pub fn pool(&mut self, bits: u64) -> Rm {
        Rm::Pool(self.pool.number(bits))
    }

    pub fn align(&mut self, to: usize) {
        while !self.code.len().is_multiple_of(to) {
            self.code.push(0x90);
        }
    }

    /// So that what comes behind so many bytes is aligned.
    pub fn align_behind(&mut self, to: usize, bytes: usize) {
        while !(self.code.len() + bytes).is_multiple_of(to) {
            self.code.push(0x90);
        }
    }

    fn i32(&mut self, x: i32) {
        self.code.extend_from_slice(&x.to_le_bytes());
    }

    /// An instruction with a register operand (or a number in its place), another and an immediate.
    fn op(&mut self, form: Form, reg: u8, rm: Rm, imm: &[u8]) {
        if form.prefix != 0 {
            self.code.push(form.prefix);
        }
        let (x, b) = match rm {
            Rm::Reg(r) => (0, r >> 3),
            Rm::At(base, _) => (0, base >> 3),
            Rm::Indexed(base, index, ..) => (index >> 3, base >> 3),
            Rm::Pool(_) => (0, 0),
        };
        let rex = 0x40 | u8::from(form.wide) << 3 | (reg >> 3) << 2 | x << 1 | b;
        // Without a prefix, these numbers are the second bytes of the first registers.
        let is_low = |r: u8| (4..8).contains(&r);
        let low =
            form.bytes.0 && is_low(reg) || form.bytes.1 && matches!(rm, Rm::Reg(r) if is_low(r));
        if rex != 0x40 || low {
            self.code.push(rex);
        }
        if form.long {
            self.code.push(0x0f);
        }
        self.code.push(form.opcode);
        let reg = (reg & 7) << 3;
        match rm {
            Rm::Reg(r) => self.code.push(0xc0 | reg | r & 7),
            Rm::At(base, offset) => {
                let mode = mode(base, offset);
                self.code.push(mode | reg | base & 7);
                if base & 7 == RSP {
                    self.code.push(0x24);
                }
                self.displacement(mode, offset);
            }
            Rm::Indexed(base, index, scale, offset) => {
                let mode = mode(base, offset);
                self.code.push(mode | reg | 4);
                self.code.push(scale << 6 | (index & 7) << 3 | base & 7);
                self.displacement(mode, offset);
            }
            Rm::Pool(word) => {
                self.code.push(reg | 5);
                self.pool_uses.push((self.code.len(), word, imm.len()));
                self.i32(0);
            }
        }
        self.code.extend_from_slice(imm);
    }

    fn displacement(&mut self, mode: u8, offset: i32) {
        match mode {
            0x40 => self.code.push(offset as u8),
            0x80 => self.i32(offset),
            _ => {}
        }
    }

    // ------------------------------------------------------------ moves

    pub fn mov(&mut self, d: u8, rm: Rm) {
        if rm != Rm::Reg(d) {
            self.op(Form::wide(0x8b), d, rm, &[]);
        }
    }
    pub fn mov32(&mut self, d: u8, rm: Rm) {
        self.op(Form::narrow(0x8b), d, rm, &[]);
    }
    pub fn store(&mut self, rm: Rm, s: u8) {
        self.op(Form::wide(0x89), s, rm, &[]);
    }
    pub fn store32(&mut self, rm: Rm, s: u8) {
        self.op(Form::narrow(0x89), s, rm, &[]);
    }
    pub fn store8(&mut self, rm: Rm, s: u8) {
        self.op(Form::byte(0x88), s, rm, &[]);
    }
    pub fn store8_k(&mut self, rm: Rm, k: u8) {
        self.op(Form::byte_k(0xc6), 0, rm, &[k]);
    }
    /// Stores 64 bits.
    pub fn store_k(&mut self, rm: Rm, k: i32) {
        self.op(Form::wide(0xc7), 0, rm, &k.to_le_bytes());
    }
    pub fn load8(&mut self, d: u8, rm: Rm) {
        self.op(Form { long: true, bytes: (false, true), ..Form::narrow(0xb6) }, d, rm, &[]);
    }
    /// 32 bits, with their sign.
    pub fn load32_signed(&mut self, d: u8, rm: Rm) {
        self.op(Form::wide(0x63), d, rm, &[]);
    }
    /// Leaves the flags as they are.
    pub fn imm(&mut self, d: u8, k: i64) {
        if k as u32 as i64 == k {
            if d >= 8 {
                self.code.push(0x41);
            }
            self.code.push(0xb8 | d & 7);
            self.i32(k as i32);
        } else if k as i32 as i64 == k {
            self.op(Form::wide(0xc7), 0, Rm::Reg(d), &(k as i32).to_le_bytes());
        } else {
            self.code.push(0x48 | d >> 3);
            self.code.push(0xb8 | d & 7);
            self.code.extend_from_slice(&k.to_le_bytes());
        }
    }
    /// Changes the flags.
    pub fn zero(&mut self, d: u8) {
        self.op(Form::narrow(0x31), d, Rm::Reg(d), &[]);
    }
    pub fn lea(&mut self, d: u8, rm: Rm) {
        self.op(Form::wide(0x8d), d, rm, &[]);
    }

    // ------------------------------------------------------------ integers

    pub fn alu(&mut self, alu: Alu, d: u8, rm: Rm) {
        self.op(Form::wide((alu as u8) << 3 | 3), d, rm, &[]);
    }
    /// The result is in memory.
    pub fn alu_to(&mut self, alu: Alu, rm: Rm, s: u8) {
        self.op(Form::wide((alu as u8) << 3 | 1), s, rm, &[]);
    }
    pub fn alu_k(&mut self, alu: Alu, rm: Rm, k: i32) {
        match i8::try_from(k) {
            Ok(k) => self.op(Form::wide(0x83), alu as u8, rm, &[k as u8]),
            Err(_) => self.op(Form::wide(0x81), alu as u8, rm, &k.to_le_bytes()),
        }
    }
    pub fn cmp8_k(&mut self, rm: Rm, k: u8) {
        self.op(Form::byte_k(0x80), 7, rm, &[k]);
    }
    pub fn cmp16_k(&mut self, rm: Rm, k: u16) {
        self.op(Form { prefix: 0x66, ..Form::narrow(0x81) }, 7, rm, &k.to_le_bytes());
    }
    pub fn cmp32_k(&mut self, rm: Rm, k: i32) {
        self.op(Form::narrow(0x81), 7, rm, &k.to_le_bytes());
    }
    /// Compares memory with a register.
    pub fn cmp_rm(&mut self, rm: Rm, r: u8) {
        self.op(Form::wide(0x39), r, rm, &[]);
    }
    pub fn test8_k(&mut self, rm: Rm, k: u8) {
        self.op(Form::byte_k(0xf6), 0, rm, &[k]);
    }
    pub fn test(&mut self, r: u8) {
        self.op(Form::wide(0x85), r, Rm::Reg(r), &[]);
    }
    pub fn test32(&mut self, r: u8) {
        self.op(Form::narrow(0x85), r, Rm::Reg(r), &[]);
    }
    pub fn imul(&mut self, d: u8, rm: Rm) {
        self.op(Form { long: true, ..Form::wide(0xaf) }, d, rm, &[]);
    }
    /// `d` := the number of the highest bit of `rm`, which is not 0.
    pub fn bsr(&mut self, d: u8, rm: Rm) {
        self.op(Form { long: true, ..Form::wide(0xbd) }, d, rm, &[]);
    }
    pub fn imul_k(&mut self, d: u8, rm: Rm, k: i32) {
        self.op(Form::wide(0x69), d, rm, &k.to_le_bytes());
    }
    pub fn shift_k(&mut self, shift: Shift, d: u8, k: u8) {
        self.op(Form::wide(0xc1), shift as u8, Rm::Reg(d), &[k]);
    }
    /// Shifts by `cl`, of which the processor takes six bits.
    pub fn shift_cl(&mut self, shift: Shift, d: u8) {
        self.op(Form::wide(0xd3), shift as u8, Rm::Reg(d), &[]);
    }
    pub fn neg(&mut self, d: u8) {
        self.op(Form::wide(0xf7), 3, Rm::Reg(d), &[]);
    }
    pub fn not(&mut self, d: u8) {
        self.op(Form::wide(0xf7), 2, Rm::Reg(d), &[]);
    }
    /// `rax` is divided; the remainder is in `rdx`.
    pub fn idiv(&mut self, d: u8) {
        self.code.extend_from_slice(&[0x48, 0x99]);
        self.op(Form::wide(0xf7), 7, Rm::Reg(d), &[]);
    }
    /// 32 bits in memory less 1.
    pub fn dec32(&mut self, rm: Rm) {
        self.op(Form::narrow(0xff), 1, rm, &[]);
    }

    // ------------------------------------------------------------ floats

    pub fn movsd(&mut self, d: u8, rm: Rm) {
        match rm {
            Rm::Reg(s) if s == d => {}
            Rm::Reg(_) => self.op(Form::sse(0, 0x28), d, rm, &[]),
            Rm::At(..) | Rm::Indexed(..) | Rm::Pool(_) => {
                self.op(Form::sse(0xf2, 0x10), d, rm, &[]);
            }
        }
    }
    pub fn store_sd(&mut self, rm: Rm, s: u8) {
        self.op(Form::sse(0xf2, 0x11), s, rm, &[]);
    }
    pub fn sse(&mut self, sse: Sse, d: u8, rm: Rm) {
        self.op(Form::sse(0xf2, sse as u8), d, rm, &[]);
    }
    pub fn ucomisd(&mut self, d: u8, rm: Rm) {
        self.op(Form::sse(0x66, 0x2e), d, rm, &[]);
    }
    pub fn xorps(&mut self, d: u8, s: u8) {
        self.op(Form::sse(0, 0x57), d, Rm::Reg(s), &[]);
    }
    pub fn andps(&mut self, d: u8, s: u8) {
        self.op(Form::sse(0, 0x54), d, Rm::Reg(s), &[]);
    }
    pub fn cvtsi2sd(&mut self, d: u8, rm: Rm) {
        // (Without this, it waits for the register's old value.)
        self.xorps(d, d);
        self.op(Form { wide: true, ..Form::sse(0xf2, 0x2a) }, d, rm, &[]);
    }
    /// Rounds towards 0.
    pub fn cvttsd2si(&mut self, d: u8, s: u8) {
        self.op(Form { wide: true, ..Form::sse(0xf2, 0x2c) }, d, Rm::Reg(s), &[]);
    }
    /// The bits of a general register.
    pub fn movq_to_float(&mut self, d: u8, s: u8) {
        self.op(Form { wide: true, ..Form::sse(0x66, 0x6e) }, d, Rm::Reg(s), &[]);
    }
    pub fn movq_from_float(&mut self, d: u8, s: u8) {
        self.op(Form { wide: true, ..Form::sse(0x66, 0x7e) }, s, Rm::Reg(d), &[]);
    }

    // ------------------------------------------------------------ control

    pub fn jump_if(&mut self, cond: Cond, to: Label) {
        self.jump_on(number(cond), to);
    }
    /// If floats that were compared are not ordered.
    pub fn jump_if_unordered(&mut self, to: Label) {
        self.jump_on(10, to);
    }
    pub fn jump_if_not_negative(&mut self, to: Label) {
        self.jump_on(9, to);
    }
    fn jump_on(&mut self, number: u8, to: Label) {
        self.code.extend_from_slice(&[0x0f, 0x80 | number]);
        self.jumps.push((self.code.len(), to));
        self.i32(0);
    }
    pub fn jump(&mut self, to: Label) {
        self.code.push(0xe9);
        self.jumps.push((self.code.len(), to));
        self.i32(0);
    }
    pub fn call(&mut self, to: Label) {
        self.code.push(0xe8);
        self.jumps.push((self.code.len(), to));
        self.i32(0);
    }
    pub fn jump_rm(&mut self, rm: Rm) {
        self.op(Form::narrow(0xff), 4, rm, &[]);
    }
    pub fn call_rm(&mut self, rm: Rm) {
        self.op(Form::narrow(0xff), 2, rm, &[]);
    }
    pub fn ret(&mut self) {
        self.code.push(0xc3);
    }
    /// `r` is none of the registers from `r8` on.
    pub fn push(&mut self, r: u8) {
        debug_assert!(r < 8, "no prefix is written");
        self.code.push(0x50 | r);
    }
    /// The same.
    pub fn pop(&mut self, r: u8) {
        debug_assert!(r < 8, "no prefix is written");
        self.code.push(0x58 | r);
    }

    /// The code with all distances, and the pool behind it; `None` if one is too large.
    pub fn finish(&mut self) -> Option<Vec<u8>> {
        for &(at, label) in &self.jumps {
            let distance = i32::try_from(self.labels.distance(at + 4, label)).ok()?;
            self.code[at..at + 4].copy_from_slice(&distance.to_le_bytes());
        }
        while !self.code.len().is_multiple_of(8) {
            self.code.push(0xcc);
        }
        let pool = self.code.len();
        self.pool.write(&mut self.code);
        for &(at, word, behind) in &self.pool_uses {
            let distance = (pool + word as usize * 8) as i64 - (at + 4 + behind) as i64;
            let distance = i32::try_from(distance).ok()?;
            self.code[at..at + 4].copy_from_slice(&distance.to_le_bytes());
        }
        Some(std::mem::take(&mut self.code))
    }
}

/// Conditions in encodings; floats compare as integers without sign do.
fn number(cond: Cond) -> u8 {
    match cond {
        Cond::Below => 2,
        Cond::AboveEqual => 3,
        Cond::Equal => 4,
        Cond::NotEqual => 5,
        Cond::BelowEqual => 6,
        Cond::Above => 7,
        Cond::Less => 12,
        Cond::GreaterEqual => 13,
        Cond::LessEqual => 14,
        Cond::Greater => 15,
    }
}

/// How an offset is written: not, in one byte or in four.
fn mode(base: u8, offset: i32) -> u8 {
    match i8::try_from(offset) {
        Ok(0) if base & 7 != RBP => 0,
        Ok(_) => 0x40,
        Err(_) => 0x80,
    }
}
