//! From the intermediate form to machine code, an instruction at a time.

use super::asm::*;
use super::registers::*;
use crate::jit::alloc::Place;
use crate::jit::emit::Emit;
use crate::jit::ir::*;
use crate::vm::Vm;
use std::mem::offset_of;

/// Bytes of a native frame, a multiple of 16: the slots and the address to return to.
pub(in crate::jit) fn frame_bytes(slots: u32) -> i32 {
    (slots * 8 + 8).next_multiple_of(16) as i32
}

/// The slot of the frame, or its tag, so many bytes from the first register.
pub(super) fn slot(offset: i64) -> Mem {
    Mem::At(B, offset)
}

/// A field of the machine.
pub(super) const fn of_vm(offset: usize) -> Mem {
    Mem::At(VM, offset as i64)
}

/// A field of the machine's [`Tier`](crate::vm::tier::Tier).
pub(super) const fn of_tier(offset: usize) -> Mem {
    of_vm(offset_of!(Vm, tier) + offset)
}

impl Emit<'_> {
    // ------------------------------------------------------------ values

    pub fn frame_slot(slot: u32) -> Mem {
        Mem::At(SP, i64::from(slot) * 8)
    }

    /// A general register with the value: its own, or this one.
    pub fn general(&mut self, v: V, scratch: u8) -> u8 {
        match self.place(v) {
            Place::General(r) => return r,
            Place::Frame(s) => self.a.load(scratch, Self::frame_slot(s)),
            Place::Int(k) => self.a.imm(scratch, k),
            Place::Float(_) | Place::FloatBits(_) | Place::Nowhere => {
                unreachable!("value {v} is in no general register")
            }
        }
        scratch
    }

    /// The same to be stored: 0 has a register of its own.
    fn stored(&mut self, v: V, scratch: u8) -> u8 {
        match self.place(v) {
            Place::Int(0) | Place::FloatBits(0) => ZERO,
            Place::FloatBits(bits) => {
                self.a.imm(scratch, bits as i64);
                scratch
            }
            _ => self.general(v, scratch),
        }
    }

    /// The value in this general register.
    pub fn general_to(&mut self, d: u8, v: V) {
        let r = self.general(v, d);
        self.a.mov(d, r);
    }

    /// A float register with the value: its own, or this one.
    pub fn float(&mut self, v: V, scratch: u8) -> u8 {
        match self.place(v) {
            Place::Float(x) => return x,
            Place::Frame(s) => self.a.access(Access::LoadF, scratch, Self::frame_slot(s)),
            Place::FloatBits(bits) => self.a.float(scratch, bits),
            Place::General(_) | Place::Int(_) | Place::Nowhere => {
                unreachable!("value {v} is in no float register")
            }
        }
        scratch
    }

    pub fn defined(&mut self, v: V, r: u8) {
        if let Place::Frame(s) = self.place(v) {
            match self.f.class[v as usize] {
                Class::General => self.a.store(Self::frame_slot(s), r),
                Class::Float => self.a.access(Access::StoreF, r, Self::frame_slot(s)),
            }
        }
    }

    /// Stores a value of either class; uses `S2`.
    pub fn store_value(&mut self, mem: Mem, v: V) {
        if let Place::Float(x) = self.place(v) {
            return self.a.access(Access::StoreF, x, mem);
        }
        let r = self.stored(v, S2);
        self.a.store(mem, r);
    }

    /// Stores the lowest byte of a value; uses `S2`.
    fn store_byte(&mut self, mem: Mem, v: V) {
        let r = self.stored(v, S2);
        self.a.access(Access::Store1, r, mem);
    }

    /// Stores a byte; uses `S2`.
    pub fn store_byte_k(&mut self, mem: Mem, k: u8) {
        let r = if k == 0 { ZERO } else { S2 };
        if r != ZERO {
            self.a.imm(r, k.into());
        }
        self.a.access(Access::Store1, r, mem);
    }

    /// `[a + k]`; uses `S0`.
    pub fn at(&mut self, i: &Ins) -> Mem {
        let base = self.general(i.a, S0);
        Mem::At(base, i.k)
    }

    /// `[a + b * 8]`, or `[a + b]`; uses `S0` and `S1`.
    pub fn indexed(&mut self, i: &Ins, is_scaled: bool) -> Mem {
        let base = self.general(i.a, S0);
        if let Place::Int(k) = self.place(i.b)
            && let Some(offset) = k.checked_mul(if is_scaled { 8 } else { 1 })
        {
            return Mem::At(base, offset);
        }
        let index = self.general(i.b, S1);
        Mem::Indexed(base, index, is_scaled)
    }

    /// Compares two integers; uses `S0` and `S1`.
    pub fn compare(&mut self, x: V, y: V) {
        let x = self.general(x, S0);
        if let Place::Int(k) = self.place(y) {
            return self.a.compare_k(x, k);
        }
        let y = self.general(y, S1);
        self.a.compare(x, y);
    }

    /// Compares the lowest byte of a value; uses `S0`.
    pub fn compare_byte(&mut self, x: V, k: u8) {
        let x = self.general(x, S0);
        self.a.logic_k(Alu::And, S0, x, 0xff);
        self.a.compare32_k(S0, k.into());
    }

    /// Compares a byte in memory; uses `S2`.
    pub fn compare_byte_at(&mut self, mem: Mem, k: u8) {
        self.a.access(Access::Load1, S2, mem);
        self.a.compare32_k(S2, k.into());
    }

    // ------------------------------------------------------------ control

    pub fn align_loop(&mut self, _: &Ins) {
        self.a.align(16);
    }

    pub fn instruction(&mut self, i: &Ins, n: usize) {
        use Op::*;
        match i.op {
            LoadSlot => self.load(i, slot(i.k), Access::Load8),
            LoadSlotTag => self.load(i, slot(i.k), Access::Load1),
            LoadSlotF => self.load_float(i, slot(i.k)),
            StoreSlot => self.store_value(slot(i.k), i.a),
            StoreSlotZero => self.a.store(slot(i.k), ZERO),
            StoreSlotTag => self.store_byte(slot(i.k), i.a),
            StoreSlotTagK => self.store_byte_k(slot(i.k), i.y as u8),
            LoadVm => self.load(i, of_vm(i.k as usize), Access::Load8),
            LoadVm1 => self.load(i, of_vm(i.k as usize), Access::Load1),
            StoreVm => self.store_value(of_vm(i.k as usize), i.a),
            FreeCell => self.free_cell(i),
            SetTop => {
                self.a.add_k(S0, B, i.k);
                self.a.store(of_vm(offset_of!(Vm, top)), S0);
            }
            Load8 | Load4 | Load1 | LoadF => {
                let mem = self.at(i);
                match i.op {
                    Load8 => self.load(i, mem, Access::Load8),
                    Load4 => self.load(i, mem, Access::Load4),
                    Load1 => self.load(i, mem, Access::Load1),
                    _ => self.load_float(i, mem),
                }
            }
            LoadX8 | LoadX1 | LoadXF => {
                let mem = self.indexed(i, i.op != LoadX1);
                match i.op {
                    LoadX8 => self.load(i, mem, Access::Load8),
                    LoadX1 => self.load(i, mem, Access::Load1),
                    _ => self.load_float(i, mem),
                }
            }
            Store8 => {
                let mem = self.at(i);
                self.store_value(mem, i.b);
            }
            Store1 => {
                let mem = self.at(i);
                self.store_byte(mem, i.b);
            }
            Store1K => {
                let mem = self.at(i);
                self.store_byte_k(mem, i.y as u8);
            }
            StoreX8 => {
                let mem = self.indexed(i, true);
                self.store_value(mem, i.c);
            }
            StoreX1 => {
                let mem = self.indexed(i, false);
                self.store_byte(mem, i.c);
            }
            StoreX1K => {
                let mem = self.indexed(i, false);
                self.store_byte_k(mem, i.y as u8);
            }
            Barrier => self.barrier(i),
            Add => self.add(i, false),
            Sub => self.add(i, true),
            And => self.logic(i, Alu::And),
            Or => self.logic(i, Alu::Or),
            Xor => self.logic(i, Alu::Xor),
            Mul => self.two_operands(i, Asm::mul),
            Scale8 => self.two_operands(i, |a, d, x, y| a.alu_shifted(Alu::Add, d, x, y, 3)),
            ShiftLeftK => self.one_operand(i, |a, d, x| a.shift_left_k(d, x, i.k as u8)),
            ShiftRightK => self.one_operand(i, |a, d, x| a.shift_right_k(d, x, i.k as u8)),
            ShiftLeft => self.shift(i, Alu::ShiftLeft, Alu::ShiftRight),
            ShiftRight => self.shift(i, Alu::ShiftRight, Alu::ShiftLeft),
            Neg => self.one_operand(i, |a, d, x| a.alu(Alu::Sub, d, ZERO, x)),
            Not => self.one_operand(i, |a, d, x| a.alu(Alu::OrNot, d, ZERO, x)),
            FloorDiv | FloorMod => self.floor_divide(i),
            AddF => self.two_floats(i, Fpu::Add),
            SubF => self.two_floats(i, Fpu::Sub),
            MulF => self.two_floats(i, Fpu::Mul),
            DivF => self.two_floats(i, Fpu::Div),
            SqrtF => self.one_float(i, Unary::Sqrt),
            NegF => self.one_float(i, Unary::Neg),
            AbsF => self.one_float(i, Unary::Abs),
            IntToFloat => self.float_from(i, Unary::IntToFloat),
            BitsToFloat => self.float_from(i, Unary::BitsToFloat),
            NumberToFloat => self.number_to_float(i),
            FloorToInt => self.floor_to_int(i),
            Guard | GuardF | GuardByte | GuardSlotTag | GuardMem1 | GuardMem2 => self.guard(i, n),
            GuardMem4 | GuardMem8 | GuardMemX1 => self.guard(i, n),
            GuardFuel | GuardStack => self.guard(i, n),
            UseFuel => self.a.add_k(F, F, -i.k),
            Call => self.call(i),
            FindOwn | FindField | ValueOfInt => self.find(i),
            Next => self.next(i),
            CallAny => self.call_any(i),
            TailCall => self.tail_call(i),
            Length => self.length(i),
            Close => self.close(),
            ResultPayload => self.result(i, S0),
            ResultTag => self.result(i, S2),
            KeepResult => self.keep_result(i),
            Handler => self.handler(i, n),
            Jump => self.jump(i, n),
            Branch => {
                self.compare(i.a, i.b);
                self.branch(i.cond, i.t, i.f, n);
            }
            BranchF => self.branch_float(i, n),
            BranchByte => {
                self.compare_byte(i.a, i.y as u8);
                self.branch(i.cond, i.t, i.f, n);
            }
            BranchSlotTag => {
                self.compare_byte_at(slot(i.k), i.y as u8);
                self.branch(i.cond, i.t, i.f, n);
            }
            Return | ReturnNone | ReturnMany => self.give_back(i),
            Exit => {
                let label = self.exit_label(i.x);
                self.a.jump(label);
            }
        }
    }
}
