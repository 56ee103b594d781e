//! From the intermediate form to machine code, an instruction at a time.

use super::asm::*;
use crate::jit::alloc::Place;
use crate::jit::emit::Emit;
use crate::jit::ir::*;
use crate::vm::Vm;
use std::mem::offset_of;

/// Bytes of a native frame. Where it calls, the stack pointer is a multiple of 16; the address to return to
/// takes 8.
pub(in crate::jit) fn frame_bytes(slots: u32) -> i32 {
    (slots * 8).next_multiple_of(16) as i32 + 8
}

/// The slot of the frame, or its tag, so many bytes from the first register.
pub(super) fn slot(offset: i64) -> Rm {
    Rm::At(RBX, offset as i32)
}

/// A field of the machine.
pub(super) const fn of_vm(offset: usize) -> Rm {
    Rm::At(R15, offset as i32)
}

/// A field of the machine's [`Tier`](crate::vm::tier::Tier).
pub(super) const fn of_tier(offset: usize) -> Rm {
    of_vm(offset_of!(Vm, tier) + offset)
}

pub(super) fn is_i32(k: i64) -> bool {
    i32::try_from(k).is_ok()
}

impl Emit<'_> {
    // ------------------------------------------------------------ values

    pub fn frame_slot(slot: u32) -> Rm {
        Rm::At(RSP, slot as i32 * 8)
    }

    /// A general register with the value: its own, or this one.
    pub fn general(&mut self, v: V, scratch: u8) -> u8 {
        match self.place(v) {
            Place::General(r) => return r,
            Place::Frame(s) => self.a.mov(scratch, Self::frame_slot(s)),
            Place::Int(k) => self.a.imm(scratch, k),
            Place::Float(_) | Place::FloatBits(_) | Place::Nowhere => {
                unreachable!("value {v} is in no general register")
            }
        }
        scratch
    }

    /// An operand with the value.
    pub fn general_rm(&mut self, v: V, scratch: u8) -> Rm {
        match self.place(v) {
            Place::Frame(s) => Self::frame_slot(s),
            _ => Rm::Reg(self.general(v, scratch)),
        }
    }

    pub fn float(&mut self, v: V, scratch: u8) -> u8 {
        if let Place::Float(r) = self.place(v) {
            return r;
        }
        let rm = self.float_rm(v);
        self.a.movsd(scratch, rm);
        scratch
    }

    pub fn float_rm(&mut self, v: V) -> Rm {
        match self.place(v) {
            Place::Float(r) => Rm::Reg(r),
            Place::Frame(s) => Self::frame_slot(s),
            Place::FloatBits(bits) => self.a.pool(bits),
            Place::General(_) | Place::Int(_) | Place::Nowhere => {
                unreachable!("value {v} is in no float register")
            }
        }
    }

    pub fn defined(&mut self, v: V, r: u8) {
        if let Place::Frame(s) = self.place(v) {
            match self.f.class[v as usize] {
                Class::General => self.a.store(Self::frame_slot(s), r),
                Class::Float => self.a.store_sd(Self::frame_slot(s), r),
            }
        }
    }

    /// Stores a value of either class; uses `rdx`.
    pub fn store_value(&mut self, rm: Rm, v: V) {
        match self.place(v) {
            Place::Int(k) if is_i32(k) => self.a.store_k(rm, k as i32),
            Place::FloatBits(bits) => {
                self.a.imm(RDX, bits as i64);
                self.a.store(rm, RDX);
            }
            Place::Float(x) => self.a.store_sd(rm, x),
            Place::General(_) | Place::Frame(_) | Place::Int(_) | Place::Nowhere => {
                let r = self.general(v, RDX);
                self.a.store(rm, r);
            }
        }
    }

    /// `[a + k]`; uses `rax`.
    pub fn at(&mut self, i: &Ins) -> Rm {
        let base = self.general(i.a, RAX);
        Rm::At(base, i.k as i32)
    }

    /// `[a + b << scale]`; uses `rax` and `rcx`.
    pub fn indexed(&mut self, i: &Ins, scale: u8) -> Rm {
        let base = self.general(i.a, RAX);
        if let Place::Int(k) = self.place(i.b)
            && let Some(offset) = k.checked_mul(1 << scale).filter(|offset| is_i32(*offset))
        {
            return Rm::At(base, offset as i32);
        }
        let index = self.general(i.b, RCX);
        Rm::Indexed(base, index, scale, 0)
    }

    /// Compares two integers; uses `rax` and `rcx`.
    pub fn compare(&mut self, x: V, y: V) {
        let r = self.general(x, RAX);
        match self.place(y) {
            Place::Int(0) => self.a.test(r),
            Place::Int(k) if is_i32(k) => self.a.alu_k(Alu::Cmp, Rm::Reg(r), k as i32),
            _ => {
                let rm = self.general_rm(y, RCX);
                self.a.alu(Alu::Cmp, r, rm);
            }
        }
    }

    // ------------------------------------------------------------ control

    /// Jumps back lead behind the look at fuel.
    pub fn align_loop(&mut self, first: &Ins) {
        let look = if first.op == Op::GuardFuel { Self::fuel_bytes(first.k) } else { 0 };
        self.a.align_behind(32, look);
    }

    pub fn instruction(&mut self, i: &Ins, n: usize) {
        use Op::*;
        match i.op {
            LoadSlot => self.load(i, slot(i.k), Asm::mov),
            LoadSlotTag => self.load(i, slot(i.k), Asm::load8),
            LoadSlotF => self.load_float(i, slot(i.k)),
            StoreSlot => self.store_value(slot(i.k), i.a),
            StoreSlotZero => self.a.store_k(slot(i.k), 0),
            StoreSlotTag => {
                let r = self.general(i.a, RAX);
                self.a.store8(slot(i.k), r);
            }
            StoreSlotTagK => self.a.store8_k(slot(i.k), i.y as u8),
            LoadVm => self.load(i, of_vm(i.k as usize), Asm::mov),
            LoadVm1 => self.load(i, of_vm(i.k as usize), Asm::load8),
            StoreVm => self.store_value(of_vm(i.k as usize), i.a),
            FreeCell => self.free_cell(i),
            SetTop => {
                self.a.lea(RAX, slot(i.k));
                self.a.store(of_vm(offset_of!(Vm, top)), RAX);
            }
            Load8 | Load4 | Load1 | LoadF => {
                let rm = self.at(i);
                match i.op {
                    Load8 => self.load(i, rm, Asm::mov),
                    Load4 => self.load(i, rm, Asm::mov32),
                    Load1 => self.load(i, rm, Asm::load8),
                    _ => self.load_float(i, rm),
                }
            }
            LoadX8 | LoadX1 | LoadXF => {
                let rm = self.indexed(i, if i.op == LoadX1 { 0 } else { 3 });
                match i.op {
                    LoadX8 => self.load(i, rm, Asm::mov),
                    LoadX1 => self.load(i, rm, Asm::load8),
                    _ => self.load_float(i, rm),
                }
            }
            Store8 => {
                let rm = self.at(i);
                self.store_value(rm, i.b);
            }
            Store1 => {
                let rm = self.at(i);
                let r = self.general(i.b, RCX);
                self.a.store8(rm, r);
            }
            Store1K => {
                let rm = self.at(i);
                self.a.store8_k(rm, i.y as u8);
            }
            StoreX8 => {
                let rm = self.indexed(i, 3);
                self.store_value(rm, i.c);
            }
            StoreX1 => {
                let rm = self.indexed(i, 0);
                let r = self.general(i.c, RDX);
                self.a.store8(rm, r);
            }
            StoreX1K => {
                let rm = self.indexed(i, 0);
                self.a.store8_k(rm, i.y as u8);
            }
            Barrier => self.barrier(i),
            Add => self.add(i),
            Sub => self.two_operands(i, Alu::Sub, false),
            And => self.two_operands(i, Alu::And, true),
            Or => self.two_operands(i, Alu::Or, true),
            Xor => self.two_operands(i, Alu::Xor, true),
            Mul => self.multiply(i),
            Scale8 => {
                let base = self.general(i.a, RAX);
                let index = self.general(i.b, RCX);
                let d = self.target_of(i.d, RAX);
                self.a.lea(d, Rm::Indexed(base, index, 3, 0));
                self.defined(i.d, d);
            }
            ShiftLeftK | ShiftRightK => {
                let shift = if i.op == ShiftLeftK { Shift::Left } else { Shift::Right };
                self.one_operand(i, |a, d| a.shift_k(shift, d, i.k as u8));
            }
            ShiftLeft => self.shift(i, Shift::Left, Shift::Right),
            ShiftRight => self.shift(i, Shift::Right, Shift::Left),
            Neg => self.one_operand(i, Asm::neg),
            Not => self.one_operand(i, Asm::not),
            FloorDiv | FloorMod => self.floor_divide(i),
            AddF => self.two_floats(i, Sse::Add),
            SubF => self.two_floats(i, Sse::Sub),
            MulF => self.two_floats(i, Sse::Mul),
            DivF => self.two_floats(i, Sse::Div),
            SqrtF => {
                let d = self.target_of(i.d, X15);
                let rm = self.float_rm(i.a);
                self.a.sse(Sse::Sqrt, d, rm);
                self.defined(i.d, d);
            }
            NegF | AbsF => self.sign(i),
            IntToFloat => {
                let d = self.target_of(i.d, X15);
                let rm = self.general_rm(i.a, RAX);
                self.a.cvtsi2sd(d, rm);
                self.defined(i.d, d);
            }
            BitsToFloat => {
                let d = self.target_of(i.d, X15);
                let r = self.general(i.a, RAX);
                self.a.movq_to_float(d, r);
                self.defined(i.d, d);
            }
            NumberToFloat => self.number_to_float(i),
            FloorToInt => self.floor_to_int(i),
            Guard | GuardF | GuardByte | GuardSlotTag | GuardMem1 | GuardMem2 => self.guard(i, n),
            GuardMem4 | GuardMem8 | GuardMemX1 => self.guard(i, n),
            GuardFuel | GuardStack => self.guard(i, n),
            UseFuel => self.a.alu_k(Alu::Sub, Rm::Reg(R14), i.k as i32),
            Call => self.call(i),
            FindOwn | FindField | ValueOfInt => self.find(i),
            Next => self.next(i),
            CallAny => self.call_any(i),
            TailCall => self.tail_call(i),
            Length => self.length(i),
            Close => self.close(),
            ResultPayload => {
                let d = self.target_of(i.d, RAX);
                self.a.mov(d, Rm::Reg(RAX));
                self.defined(i.d, d);
            }
            ResultTag => {
                let d = self.target_of(i.d, RDX);
                self.a.load8(d, Rm::Reg(RDX));
                self.defined(i.d, d);
            }
            KeepResult => self.keep_result(i),
            Handler => self.handler(i, n),
            Jump => self.jump(i, n),
            Branch => {
                self.compare(i.a, i.b);
                self.branch(i.cond, i.t, i.f, n);
            }
            BranchF => self.branch_float(i, n),
            BranchByte => {
                let r = self.general(i.a, RAX);
                self.a.cmp8_k(Rm::Reg(r), i.y as u8);
                self.branch(i.cond, i.t, i.f, n);
            }
            BranchSlotTag => {
                self.a.cmp8_k(slot(i.k), i.y as u8);
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
