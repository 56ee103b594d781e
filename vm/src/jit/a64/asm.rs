//! The assembler: the few instructions that are used, as words. Encodings are those of the architecture's
//! manual (Arm DDI 0487, C6 and C7).
//!
//! What has no room for a number takes a second instruction and the register [`T`], which nobody else uses
//! meanwhile.

use crate::jit::ir::Cond;
use crate::jit::labels::{Label, Labels, Pool};

/// For large numbers.
pub(in crate::jit) const T: u8 = 9;
/// The address to return to.
pub(in crate::jit) const LINK: u8 = 30;
/// The stack pointer, where an instruction reads or writes one, and 0 everywhere else.
pub(in crate::jit) const SP: u8 = 31;
pub(in crate::jit) const ZERO: u8 = 31;

/// An operand in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::jit) enum Mem {
    /// `[base + offset]`
    At(u8, i64),
    /// `[base + index]`, or the index is multiplied by the size of what is there.
    Indexed(u8, u8, bool),
}

/// Loads and stores: the form with an offset, and how many bits of it are those within an operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::jit) enum Access {
    Load8,
    Load4,
    /// With its sign.
    Load4Signed,
    Load2,
    Load1,
    LoadF,
    Store8,
    Store4,
    Store1,
    StoreF,
}

impl Access {
    fn form(self) -> (u32, u32) {
        match self {
            Access::Load8 => (0xf940_0000, 3),
            Access::Load4 => (0xb940_0000, 2),
            Access::Load4Signed => (0xb980_0000, 2),
            Access::Load2 => (0x7940_0000, 1),
            Access::Load1 => (0x3940_0000, 0),
            Access::LoadF => (0xfd40_0000, 3),
            Access::Store8 => (0xf900_0000, 3),
            Access::Store4 => (0xb900_0000, 2),
            Access::Store1 => (0x3900_0000, 0),
            Access::StoreF => (0xfd00_0000, 3),
        }
    }
}

/// Three-operand instructions on integers of 64 bits, by their words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub(in crate::jit) enum Alu {
    Add = 0x8b00_0000,
    /// Sets the flags.
    Adds = 0xab00_0000,
    Sub = 0xcb00_0000,
    Subs = 0xeb00_0000,
    And = 0x8a00_0000,
    Or = 0xaa00_0000,
    Xor = 0xca00_0000,
    OrNot = 0xaa20_0000,
    Div = 0x9ac0_0c00,
    ShiftLeft = 0x9ac0_2000,
    ShiftRight = 0x9ac0_2400,
}

/// The same on floats.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub(in crate::jit) enum Fpu {
    Add = 0x1e60_2800,
    Sub = 0x1e60_3800,
    Mul = 0x1e60_0800,
    Div = 0x1e60_1800,
}

/// From one register to another; the first ones on floats, the others between the classes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub(in crate::jit) enum Unary {
    Move = 0x1e60_4000,
    Abs = 0x1e60_c000,
    Neg = 0x1e61_4000,
    Sqrt = 0x1e61_c000,
    BitsToFloat = 0x9e67_0000,
    FloatToBits = 0x9e66_0000,
    IntToFloat = 0x9e62_0000,
    /// Rounded down.
    FloorToInt = 0x9e70_0000,
}

/// How an instruction says where it leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Reach {
    /// In its lowest 26 bits.
    Far,
    /// In 19 bits above the lowest five.
    Near,
}

impl Reach {
    /// The bits for a distance in bytes; `None`: it is too far.
    fn bits(self, distance: i64) -> Option<u32> {
        let (width, at) = match self {
            Reach::Far => (26, 0),
            Reach::Near => (19, 5),
        };
        let words = distance / 4;
        let most = 1i64 << (width - 1);
        (-most..most).contains(&words).then(|| (words as u32 & ((1 << width) - 1)) << at)
    }
}

/// Code that is being written.
#[derive(Default)]
pub(in crate::jit) struct Asm {
    pub code: Vec<u8>,
    labels: Labels,
    /// Instructions that lead to labels, and those that read words of the pool.
    jumps: Vec<(usize, Reach, Label)>,
    pool: Pool,
    pool_uses: Vec<(usize, u32)>,
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

    pub fn align(&mut self, to: usize) {
        while !self.code.len().is_multiple_of(to) {
            self.word(0xd503_201f);
        }
    }

    fn word(&mut self, word: u32) {
        self.code.extend_from_slice(&word.to_le_bytes());
    }

    /// An instruction with registers in their usual places: what it makes, and up to two operands.
    fn op(&mut self, word: u32, d: u8, n: u8, m: u8) {
        self.word(word | u32::from(m) << 16 | u32::from(n) << 5 | u32::from(d));
    }

    // ------------------------------------------------------------ memory

    /// Loads to a register, or stores it.
    pub fn access(&mut self, access: Access, r: u8, mem: Mem) {
        let (form, scale) = access.form();
        // The forms with a signed offset in bytes, and with an index.
        let (short, indexed) = (form & !(1 << 24), form & !(1 << 24) | 1 << 21 | 0x6800);
        match mem {
            Mem::At(base, offset) => {
                let units = offset >> scale;
                if units << scale == offset && (0..1 << 12).contains(&units) {
                    self.op(form | (units as u32) << 10, r, base, 0);
                } else if (-256..256).contains(&offset) {
                    self.op(short | (offset as u32 & 0x1ff) << 12, r, base, 0);
                } else {
                    self.imm(T, offset);
                    self.op(indexed, r, base, T);
                }
            }
            Mem::Indexed(base, index, is_scaled) => {
                self.op(indexed | u32::from(is_scaled) << 12, r, base, index);
            }
        }
    }

    pub fn load(&mut self, d: u8, mem: Mem) {
        self.access(Access::Load8, d, mem);
    }
    pub fn store(&mut self, mem: Mem, s: u8) {
        self.access(Access::Store8, s, mem);
    }
    /// A word of the pool.
    fn load_pool(&mut self, d: u8, bits: u64) {
        let word = self.pool.number(bits);
        self.pool_uses.push((self.code.len(), word));
        self.op(0x5c00_0000, d, 0, 0);
    }
    /// The address to return to goes to the stack, and comes back.
    pub fn push(&mut self, r: u8) {
        self.word(0xf81f_0fe0 | u32::from(r));
    }
    pub fn pop(&mut self, r: u8) {
        self.word(0xf841_07e0 | u32::from(r));
    }
    pub fn push_link(&mut self) {
        self.push(LINK);
    }
    pub fn pop_link(&mut self) {
        self.pop(LINK);
    }

    // ------------------------------------------------------------ integers

    pub fn alu(&mut self, alu: Alu, d: u8, n: u8, m: u8) {
        self.op(alu as u32, d, n, m);
    }
    /// The second operand is shifted left; not for division and shifts.
    pub fn alu_shifted(&mut self, alu: Alu, d: u8, n: u8, m: u8, shift: u8) {
        self.op(alu as u32 | u32::from(shift) << 10, d, n, m);
    }
    pub fn mov(&mut self, d: u8, s: u8) {
        if d != s {
            self.alu(Alu::Or, d, ZERO, s);
        }
    }
    /// To the stack pointer, or from it.
    pub fn mov_sp(&mut self, d: u8, s: u8) {
        self.op(0x9100_0000, d, s, 0);
    }
    /// Leaves the flags as they are.
    pub fn imm(&mut self, d: u8, k: i64) {
        let halves = |k: i64| (0..4).filter(move |n| (k >> (n * 16)) as u16 != 0);
        let inverted = halves(!k).count() < halves(k).count();
        let plain = if inverted { !k } else { k };
        if halves(plain).count() > 1
            && let Some(bits) = bitmask(k as u64)
        {
            return self.op(0xb200_0000 | bits, d, ZERO, 0);
        }
        let first = halves(plain).next().unwrap_or(0);
        let word = if inverted { 0x9280_0000 } else { 0xd280_0000 };
        let half = |k: i64, n: u32| n << 21 | u32::from((k >> (n * 16)) as u16) << 5;
        self.op(word | half(plain, first), d, 0, 0);
        for n in halves(plain).skip(1) {
            self.op(0xf280_0000 | half(k, n), d, 0, 0);
        }
    }
    /// `d := n + k`; either may be the stack pointer. Leaves the flags as they are.
    pub fn add_k(&mut self, d: u8, n: u8, k: i64) {
        let word = if k < 0 { 0xd100_0000 } else { 0x9100_0000 };
        let size = k.unsigned_abs();
        if let Some(bits) = twelve(size) {
            if k != 0 || d != n {
                self.op(word | bits, d, n, 0);
            }
        } else if size < 1 << 24 {
            self.op(word | ((size >> 12) as u32) << 10 | 1 << 22, d, n, 0);
            self.op(word | (size as u32 & 0xfff) << 10, d, d, 0);
        } else {
            self.imm(T, k);
            // (The form in which 31 is the stack pointer.)
            self.op(0x8b20_6000, d, n, T);
        }
    }
    /// Compares 64 bits.
    pub fn compare(&mut self, n: u8, m: u8) {
        self.alu(Alu::Subs, ZERO, n, m);
    }
    pub fn compare_k(&mut self, n: u8, k: i64) {
        match (twelve(k.unsigned_abs()), k < 0) {
            (Some(bits), false) => self.op(0xf100_0000 | bits, ZERO, n, 0),
            (Some(bits), true) => self.op(0xb100_0000 | bits, ZERO, n, 0),
            (None, _) => {
                self.imm(T, k);
                self.compare(n, T);
            }
        }
    }
    /// Compares 32 bits.
    pub fn compare32_k(&mut self, n: u8, k: u32) {
        match twelve(k.into()) {
            Some(bits) => self.op(0x7100_0000 | bits, ZERO, n, 0),
            None => {
                self.imm(T, k.into());
                self.op(0x6b00_0000, ZERO, n, T);
            }
        }
    }
    /// 32 bits less 1, with the flags.
    pub fn decrement32(&mut self, d: u8) {
        self.op(0x7100_0400, d, d, 0);
    }
    /// `d := n and k`, for the operations on bits.
    pub fn logic_k(&mut self, alu: Alu, d: u8, n: u8, k: u64) {
        let word = match alu {
            Alu::And => 0x9200_0000,
            Alu::Or => 0xb200_0000,
            _ => 0xd200_0000,
        };
        match bitmask(k) {
            Some(bits) => self.op(word | bits, d, n, 0),
            None => {
                self.imm(T, k as i64);
                self.alu(alu, d, n, T);
            }
        }
    }
    /// Compares the bits of the mask with 0.
    pub fn test_k(&mut self, n: u8, mask: u64) {
        match bitmask(mask) {
            Some(bits) => self.op(0xf200_0000 | bits, ZERO, n, 0),
            None => {
                self.imm(T, mask as i64);
                self.op(0xea00_0000, ZERO, n, T);
            }
        }
    }
    pub fn shift_left_k(&mut self, d: u8, n: u8, k: u8) {
        let k = u32::from(k);
        self.op(0xd340_0000 | ((64 - k) & 63) << 16 | (63 - k) << 10, d, n, 0);
    }
    pub fn shift_right_k(&mut self, d: u8, n: u8, k: u8) {
        self.op(0xd340_fc00 | u32::from(k) << 16, d, n, 0);
    }
    /// How many of the highest bits are 0.
    pub fn leading_zeros(&mut self, d: u8, n: u8) {
        self.op(0xdac0_1000, d, n, 0);
    }
    pub fn mul(&mut self, d: u8, n: u8, m: u8) {
        self.mul_add(d, n, m, ZERO);
    }
    /// `d := a + n * m`
    pub fn mul_add(&mut self, d: u8, n: u8, m: u8, a: u8) {
        self.op(0x9b00_0000 | u32::from(a) << 10, d, n, m);
    }
    /// `d := a - n * m`
    pub fn mul_sub(&mut self, d: u8, n: u8, m: u8, a: u8) {
        self.op(0x9b00_8000 | u32::from(a) << 10, d, n, m);
    }
    /// `d := n` if the condition holds, else `m`.
    pub fn select(&mut self, cond: Cond, d: u8, n: u8, m: u8) {
        self.op(0x9a80_0000 | number(cond) << 12, d, n, m);
    }

    // ------------------------------------------------------------ floats

    pub fn fpu(&mut self, fpu: Fpu, d: u8, n: u8, m: u8) {
        self.op(fpu as u32, d, n, m);
    }
    pub fn unary(&mut self, unary: Unary, d: u8, n: u8) {
        self.op(unary as u32, d, n, 0);
    }
    pub fn mov_float(&mut self, d: u8, s: u8) {
        if d != s {
            self.unary(Unary::Move, d, s);
        }
    }
    /// Below and equal are as for integers without sign; what is not ordered is above.
    pub fn compare_floats(&mut self, n: u8, m: u8) {
        self.op(0x1e60_2000, 0, n, m);
    }
    pub fn float(&mut self, d: u8, bits: u64) {
        if bits == 0 {
            self.unary(Unary::BitsToFloat, d, ZERO);
        } else if let Some(short) = eight(bits) {
            self.op(0x1e60_1000 | short << 13, d, 0, 0);
        } else {
            self.load_pool(d, bits);
        }
    }

    // ------------------------------------------------------------ control

    fn lead(&mut self, word: u32, reach: Reach, to: Label) {
        self.jumps.push((self.code.len(), reach, to));
        self.word(word);
    }
    pub fn jump(&mut self, to: Label) {
        self.lead(0x1400_0000, Reach::Far, to);
    }
    pub fn call(&mut self, to: Label) {
        self.lead(0x9400_0000, Reach::Far, to);
    }
    pub fn jump_if(&mut self, cond: Cond, to: Label) {
        self.lead(0x5400_0000 | number(cond), Reach::Near, to);
    }
    /// If floats that were compared are not ordered.
    pub fn jump_if_unordered(&mut self, to: Label) {
        self.lead(0x5400_0006, Reach::Near, to);
    }
    pub fn jump_if_zero(&mut self, r: u8, to: Label) {
        self.lead(0xb400_0000 | u32::from(r), Reach::Near, to);
    }
    /// If one of the lowest 32 bits is set.
    pub fn jump_unless_zero32(&mut self, r: u8, to: Label) {
        self.lead(0x3500_0000 | u32::from(r), Reach::Near, to);
    }
    pub fn jump_register(&mut self, r: u8) {
        self.op(0xd61f_0000, 0, r, 0);
    }
    pub fn call_register(&mut self, r: u8) {
        self.op(0xd63f_0000, 0, r, 0);
    }
    pub fn ret(&mut self) {
        self.op(0xd65f_0000, 0, LINK, 0);
    }

    /// The code with all distances, and the pool behind it; `None` if one is too large.
    pub fn finish(&mut self) -> Option<Vec<u8>> {
        for n in 0..self.jumps.len() {
            let (at, reach, label) = self.jumps[n];
            self.patch(at, reach.bits(self.labels.distance(at, label))?);
        }
        if !self.code.len().is_multiple_of(8) {
            self.word(0);
        }
        let pool = self.code.len();
        self.pool.write(&mut self.code);
        for n in 0..self.pool_uses.len() {
            let (at, word) = self.pool_uses[n];
            let distance = (pool + word as usize * 8 - at) as i64;
            self.patch(at, Reach::Near.bits(distance)?);
        }
        Some(std::mem::take(&mut self.code))
    }

    fn patch(&mut self, at: usize, bits: u32) {
        for (byte, more) in self.code[at..at + 4].iter_mut().zip(bits.to_le_bytes()) {
            *byte |= more;
        }
    }
}

/// Conditions in encodings.
fn number(cond: Cond) -> u32 {
    match cond {
        Cond::Equal => 0,
        Cond::NotEqual => 1,
        Cond::AboveEqual => 2,
        Cond::Below => 3,
        Cond::Above => 8,
        Cond::BelowEqual => 9,
        Cond::GreaterEqual => 10,
        Cond::Less => 11,
        Cond::Greater => 12,
        Cond::LessEqual => 13,
    }
}

/// A number of twelve bits, or twelve bits with as many zeros behind, in its place.
fn twelve(k: u64) -> Option<u32> {
    if k < 1 << 12 {
        Some((k as u32) << 10)
    } else {
        (k < 1 << 24 && k & 0xfff == 0).then_some(1 << 22 | ((k >> 12) as u32) << 10)
    }
}

/// A number that is a run of ones, repeated and rotated, in its place in instructions on bits.
fn bitmask(k: u64) -> Option<u32> {
    let size = [2u32, 4, 8, 16, 32, 64].into_iter().find(|&size| k == k.rotate_right(size % 64))?;
    let ones = k.count_ones() / (64 / size);
    if ones == 0 || ones == size {
        return None;
    }
    let run = u64::MAX >> (64 - ones);
    let repeated = (0..64 / size).fold(0, |all, n| all | run << (n * size));
    let by = (0..size).find(|&by| repeated.rotate_right(by) == k)?;
    // How long a run is, below ones that say what is repeated.
    let (wide, sizes) = if size == 64 { (1, 0) } else { (0, !(2 * size - 1) & 0x3f) };
    Some(wide << 22 | by << 16 | (sizes | (ones - 1)) << 10)
}

/// The bits of a float with a short fraction and exponent, as eight.
fn eight(bits: u64) -> Option<u32> {
    let exponent = bits >> 54 & 0x1ff;
    let is_short = bits & 0xffff_ffff_ffff == 0 && (exponent == 0x100 || exponent == 0xff);
    is_short.then_some((bits >> 56 & 0x80 | bits >> 48 & 0x7f) as u32)
}
