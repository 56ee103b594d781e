//! The machine's registers, as handlers hold them, and the operands of the instruction they are
//! at.

// Bodies of handlers: the contract of `impl Machine` covers every operation in them.
#![allow(unsafe_op_in_unsafe_fn)]

use super::dispatch::{Ip, Table};
use super::operand;
use crate::function::LuaFn;
use crate::object::proto::NATIVE;
use crate::value::Value;
use crate::vm::Vm;
use crate::vm::meter::INSTR;

/// The six machine registers. While a handler runs they are in the processor's argument registers
/// (the SysV calling convention passes six); slow paths find them in the [`Vm`], where
/// [`Machine::save`] puts them.
#[derive(Clone, Copy)]
pub struct Machine {
    pub vm: *mut Vm,
    /// The instruction being executed.
    pub ip: Ip,
    /// Register 0 of the running function.
    pub base: *mut Value,
    /// Its constants.
    pub k: *const Value,
    /// `fuel - ip` is the fuel left of the slice, in bytes of instructions.
    pub fuel: isize,
    /// The handlers in use, by opcode.
    pub tb: *const Table,
}

/// Operands. `a`, `b`, `c` are registers and `kb`, `kc` constants, by address; `ua`, `ub`, `uc` are
/// the same fields as numbers without sign, `sb`, `sc` and `sbx` (both fields) with sign; `n` is the
/// small field.
///
/// # Safety
/// Only handlers hold a `Machine`: `ip` is an instruction of linked code that the verifier has
/// checked, `base` and `k` are the registers and constants of the function it belongs to.
impl Machine {
    #[inline(always)]
    pub unsafe fn a(self) -> *mut Value {
        operand::ra(self.ip, self.base)
    }
    #[inline(always)]
    pub unsafe fn b(self) -> *mut Value {
        operand::rb(self.ip, self.base)
    }
    #[inline(always)]
    pub unsafe fn c(self) -> *mut Value {
        operand::rc(self.ip, self.base)
    }
    #[inline(always)]
    pub unsafe fn kb(self) -> *const Value {
        operand::kb(self.ip, self.k)
    }
    #[inline(always)]
    pub unsafe fn kc(self) -> *const Value {
        operand::kc(self.ip, self.k)
    }
    /// The constant with the number in `bx`.
    #[inline(always)]
    pub unsafe fn kbx(self) -> *const Value {
        self.k.add(self.sbx() as u32 as usize)
    }
    #[inline(always)]
    pub unsafe fn op(self) -> u8 {
        (*self.ip).op & !NATIVE
    }
    #[inline(always)]
    pub unsafe fn n(self) -> u8 {
        (*self.ip).n
    }
    #[inline(always)]
    pub unsafe fn ua(self) -> u16 {
        (*self.ip).a
    }
    #[inline(always)]
    pub unsafe fn ub(self) -> u16 {
        (*self.ip).b
    }
    #[inline(always)]
    pub unsafe fn uc(self) -> u16 {
        (*self.ip).c
    }
    #[inline(always)]
    pub unsafe fn sb(self) -> isize {
        (*self.ip).b as i16 as isize
    }
    #[inline(always)]
    pub unsafe fn sc(self) -> isize {
        operand::sc(self.ip)
    }
    #[inline(always)]
    pub unsafe fn sbx(self) -> isize {
        operand::sbx(self.ip) as isize
    }

    /// The running closure.
    #[inline(always)]
    pub unsafe fn closure(self) -> *mut LuaFn {
        closure(self.base)
    }
    /// The slot of upvalue `i` of the running closure.
    #[inline(always)]
    pub unsafe fn upvalue(self, i: u16) -> *mut crate::function::Upval {
        *(*self.closure()).upvals.as_ptr().add(i as usize)
    }

    /// At the next instruction.
    #[inline(always)]
    pub unsafe fn next(self) -> Machine {
        Machine { ip: self.ip.add(1), ..self }
    }

    /// `distance` instructions from the next one on, which cost nothing.
    #[inline(always)]
    pub unsafe fn jumped(self, distance: isize) -> Machine {
        let fuel = self.fuel + distance * INSTR;
        Machine { ip: self.ip.offset(1 + distance), fuel, ..self }
    }

    /// At `ip` in another function, with its registers and constants. What is left of the slice is
    /// what was left after this instruction: the one place where a change of code rebases `fuel`.
    #[inline(always)]
    pub unsafe fn transferred(self, ip: Ip, base: *mut Value, k: *const Value) -> Machine {
        let fuel = self.fuel - self.ip.add(1) as isize + ip as isize;
        Machine { ip, base, k, fuel, ..self }
    }

    /// Whether the slice of fuel is used up before the instruction.
    #[inline(always)]
    pub fn is_over(self) -> bool {
        self.ip as isize > self.fuel
    }

    /// Whether fewer than `units` are left of the slice.
    #[inline(always)]
    pub fn has_less_than(self, units: isize) -> bool {
        self.fuel - (self.ip as isize) < units * INSTR
    }

    /// The same registers after the instruction is paid for.
    #[inline(always)]
    pub fn charged(self) -> Machine {
        Machine { fuel: self.fuel - INSTR, ..self }
    }

    /// Leaves the registers in the [`Vm`], for slow paths.
    #[inline(always)]
    pub unsafe fn save(self) {
        (*self.vm).ip = self.ip;
        (*self.vm).base = self.base;
        (*self.vm).fuel = self.fuel - self.ip as isize;
    }

    /// The registers a slow path has left in the [`Vm`]; a Lua function runs.
    #[inline(always)]
    pub unsafe fn load(vm: *mut Vm) -> Machine {
        let (ip, base) = ((*vm).ip, (*vm).base);
        Machine {
            vm,
            ip,
            base,
            k: (*closure(base)).k,
            fuel: (*vm).fuel + ip as isize,
            tb: (*vm).tb,
        }
    }
}

/// The closure whose registers begin at `base`.
///
/// # Safety
/// `base` is a Lua frame's, two slots below which its closure is.
#[inline(always)]
pub unsafe fn closure(base: *mut Value) -> *mut LuaFn {
    // SAFETY: the caller.
    unsafe { (*base.sub(2)).payload as usize as *mut LuaFn }
}
