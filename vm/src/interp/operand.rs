//! Reading and writing operands of the linked code, and values in place.
//!
//! # Safety
//! One contract for all: `ip` is an instruction of linked code; `base` and `k` are the registers
//! and constants of the function it belongs to; a value pointer is a slot of these, of a VM stack
//! or a value in Rust's hands. The verifier has checked that operands lie inside.

use super::dispatch::Ip;
use super::machine::closure;
use crate::value::{Value, tag};
use luka_bytecode::ops::{Field, OPS, OpInfo};
use luka_bytecode::semantics::Flag;
use luka_bytecode::{Instr, Op, Operand, Role, operand};
use std::mem::offset_of;

#[inline(always)]
unsafe fn at(p: *const Value, off: u16) -> *mut Value {
    // SAFETY: the contract of the module.
    unsafe { (p as *mut u8).add(off as usize) as *mut Value }
}
/// The register of operand `A`.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(crate) unsafe fn ra(ip: Ip, base: *mut Value) -> *mut Value {
    // SAFETY: the contract of the module.
    unsafe { at(base, (*ip).a) }
}
/// The register of operand `B`.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(crate) unsafe fn rb(ip: Ip, base: *mut Value) -> *mut Value {
    // SAFETY: the contract of the module.
    unsafe { at(base, (*ip).b) }
}
/// The register of operand `C`.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(crate) unsafe fn rc(ip: Ip, base: *mut Value) -> *mut Value {
    // SAFETY: the contract of the module.
    unsafe { at(base, (*ip).c) }
}
/// The constant of operand `B`.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn kb(ip: Ip, k: *const Value) -> *const Value {
    // SAFETY: the contract of the module.
    unsafe { at(k, (*ip).b) }
}
/// The constant of operand `C`.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn kc(ip: Ip, k: *const Value) -> *const Value {
    // SAFETY: the contract of the module.
    unsafe { at(k, (*ip).c) }
}
/// The 32-bit operand, signed. `b` and `c` are adjacent and 4-aligned.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn sbx(ip: Ip) -> i32 {
    // SAFETY: the contract of the module.
    unsafe { *(&raw const (*ip).b as *const i32) }
}
/// The 16-bit operand `C`, signed.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn sc(ip: Ip) -> isize {
    // SAFETY: the contract of the module.
    unsafe { (*ip).c as i16 as isize }
}

/// Where an input is found: mostly in a register or constant, at the byte offset that is the field
/// so many bytes into the instruction.
#[derive(Clone, Copy)]
enum Place {
    Nothing,
    Register(u8),
    Constant(u8),
    Elsewhere,
}

/// The places of each opcode's inputs, in the order of the source if its flag is 0.
static PLACES: [[Place; 3]; Op::COUNT] = {
    let mut places = [[Place::Nothing; 3]; Op::COUNT];
    let mut op = 0;
    while op < Op::COUNT {
        let inputs = OPS[op].arguments(0);
        let mut i = 0;
        while i < inputs.len() {
            if let Some(input) = inputs[i] {
                places[op][i] = place(input);
            }
            i += 1;
        }
        op += 1;
    }
    places
};

const fn place(input: Operand) -> Place {
    let at = match input.field {
        Field::a => offset_of!(Instr, a),
        Field::b => offset_of!(Instr, b),
        Field::c => offset_of!(Instr, c),
        Field::n | Field::bx => return Place::Elsewhere,
    } as u8;
    match input.role {
        Role::Src => Place::Register(at),
        Role::Const | Role::ConstNum | Role::ConstStr => Place::Constant(at),
        Role::Upvalue | Role::Uint | Role::Int | Role::Dst | Role::Win => Place::Elsewhere,
        Role::ConstWide | Role::Proto | Role::IntWide | Role::Count => Place::Elsewhere,
        Role::Flag | Role::Jump | Role::JumpWide => Place::Elsewhere,
    }
}

/// The values that the instruction combines, in the order of the source, as its row says: what a
/// metamethod of it receives. Of operations on two values the third is nil.
///
/// # Safety
/// The contract of the module; `info` is the row of the instruction.
#[inline(always)]
pub(super) unsafe fn inputs(ip: Ip, base: *mut Value, info: &OpInfo) -> [Value; 3] {
    // SAFETY: the caller: `ip` is an instruction of linked code, `info` its row, and the verifier
    // has checked that the function has the registers and constants it names.
    unsafe {
        let [x, y, z] = &PLACES[info.op as usize];
        if info.flag.is_some() && (*ip).n != 0 {
            return [0, 1, 2].map(|i| input(ip, base, info, i));
        }
        let found = |place: &Place, i: usize| {
            let offset = |at: u8| *((ip as *const u8).add(at as usize) as *const u16);
            match *place {
                Place::Nothing => Value::NIL,
                Place::Register(at) => *self::at(base, offset(at)),
                Place::Constant(at) => *self::at((*closure(base)).k, offset(at)),
                Place::Elsewhere => input(ip, base, info, i),
            }
        };
        [found(x, 0), found(y, 1), found(z, 2)]
    }
}

/// One of the same, by its row.
#[inline(never)]
unsafe fn input(ip: Ip, base: *mut Value, info: &OpInfo, i: usize) -> Value {
    // SAFETY: the caller: `ip` is an instruction of linked code.
    let n = unsafe { (*ip).n };
    match info.arguments(n)[i] {
        // SAFETY: the caller: the instruction's row is `info`, and `base` are its registers.
        Some(input) => unsafe { value(ip, base, info, input) },
        None => Value::NIL,
    }
}

/// The value of an operand.
unsafe fn value(ip: Ip, base: *mut Value, info: &OpInfo, input: Operand) -> Value {
    // SAFETY: the caller: `ip` is an instruction of linked code.
    let i = unsafe { *ip };
    let raw = operand::raw(i, input.field);
    match input.role {
        // SAFETY: the verifier has checked that the frame has the register.
        Role::Src => unsafe { *at(base, raw as u16) },
        Role::Const | Role::ConstNum | Role::ConstStr => {
            // SAFETY: the verifier has checked that the function has the constant.
            unsafe { *at((*closure(base)).k, raw as u16) }
        }
        // SAFETY: the verifier has checked that the function has the upvalue.
        Role::Upvalue => unsafe { *(**(*closure(base)).upvals.as_ptr().add(raw as usize)).v },
        Role::Uint => Value::int(raw as i64),
        Role::Int => {
            let number = raw as u16 as i16;
            match info.flag {
                Some(Flag::Float) if i.n == 1 => Value::float(number as f64),
                _ if info.is_negated(i.n) => Value::int(-(number as i64)),
                _ => Value::int(number as i64),
            }
        }
        // No row has such an input: a test of the table makes sure of it.
        Role::Dst | Role::Win | Role::ConstWide | Role::Proto | Role::IntWide => Value::NIL,
        Role::Count | Role::Flag | Role::Jump | Role::JumpWide => Value::NIL,
    }
}

/// Two scalar moves.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn copy(d: *mut Value, s: *const Value) {
    // SAFETY: the contract of the module.
    unsafe {
        let p = (*s).payload;
        let t = (*s).tag;
        (*d).payload = p;
        (*d).tag = t;
    }
}
/// Writes an integer.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn set_int(d: *mut Value, i: i64) {
    // SAFETY: the contract of the module.
    unsafe {
        (*d).payload = i as u64;
        (*d).tag = tag::INT;
    }
}
/// Writes a float.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn set_float(d: *mut Value, f: f64) {
    // SAFETY: the contract of the module.
    unsafe {
        (*d).payload = f.to_bits();
        (*d).tag = tag::FLOAT;
    }
}
/// Writes a value that is its tag alone: nil or a boolean.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn set_tag(d: *mut Value, t: u8) {
    // SAFETY: the contract of the module.
    unsafe {
        (*d).payload = 0;
        (*d).tag = t;
    }
}
/// The payload of an integer.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn int_of(s: *const Value) -> i64 {
    // SAFETY: the contract of the module.
    unsafe { (*s).payload as i64 }
}
/// The payload of a float.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn float_of(s: *const Value) -> f64 {
    // SAFETY: the contract of the module.
    unsafe { f64::from_bits((*s).payload) }
}
/// Whether a value is an integer.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn is_int(s: *const Value) -> bool {
    // SAFETY: the contract of the module.
    unsafe { (*s).tag == tag::INT }
}
/// Whether a value is a float.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn is_float(s: *const Value) -> bool {
    // SAFETY: the contract of the module.
    unsafe { (*s).tag == tag::FLOAT }
}
/// A number as a float; `None` for other values.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn num_of(s: *const Value) -> Option<f64> {
    // SAFETY: the contract of the module.
    unsafe {
        match (*s).tag {
            tag::FLOAT => Some(float_of(s)),
            tag::INT => Some(int_of(s) as f64),
            _ => None,
        }
    }
}

/// In a loop over few slots: keeps the compiler from unrolling it, which costs a handler registers
/// to save.
#[inline(always)]
pub(super) fn rolled() {
    #[cfg(luka_tail)]
    // SAFETY: no instruction.
    unsafe {
        std::arch::asm!("", options(nomem, nostack, preserves_flags));
    }
}

/// The same number; keeps the compiler from holding on to what it was computed from, which would
/// cost a handler a register to save.
#[inline(always)]
pub(super) fn settled(x: u64) -> u64 {
    #[cfg(luka_tail)]
    // SAFETY: no instruction; the register keeps its value.
    unsafe {
        let mut x = x;
        std::arch::asm!("/* {0} */", inout(reg) x, options(pure, nomem, nostack, preserves_flags));
        x
    }
    #[cfg(not(luka_tail))]
    x
}
