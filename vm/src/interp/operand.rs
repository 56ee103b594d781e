//! Reading and writing operands of the linked code, and values in place.
//!
//! # Safety
//! One contract for all: `ip` is an instruction of linked code; `base` and `k` are the registers
//! and constants of the function it belongs to; a value pointer is a slot of these, of a VM stack
//! or a value in Rust's hands. The verifier has checked that operands lie inside. The functions
//! are bodies of handlers, so they are unsafe as a whole and have no blocks of their own.

use super::dispatch::Ip;
use crate::value::{Value, tag};

#[inline(always)]
unsafe fn at(p: *const Value, off: u16) -> *mut Value {
    (p as *mut u8).add(off as usize) as *mut Value
}
#[inline(always)]
pub unsafe fn ra(ip: Ip, base: *mut Value) -> *mut Value {
    at(base, (*ip).a)
}
#[inline(always)]
pub unsafe fn rb(ip: Ip, base: *mut Value) -> *mut Value {
    at(base, (*ip).b)
}
#[inline(always)]
pub unsafe fn rc(ip: Ip, base: *mut Value) -> *mut Value {
    at(base, (*ip).c)
}
#[inline(always)]
pub unsafe fn kb(ip: Ip, k: *const Value) -> *const Value {
    at(k, (*ip).b)
}
#[inline(always)]
pub unsafe fn kc(ip: Ip, k: *const Value) -> *const Value {
    at(k, (*ip).c)
}
/// The 32-bit operand, signed. `b` and `c` are adjacent and 4-aligned.
#[inline(always)]
pub unsafe fn sbx(ip: Ip) -> i32 {
    *(&raw const (*ip).b as *const i32)
}
#[inline(always)]
pub unsafe fn sc(ip: Ip) -> isize {
    (*ip).c as i16 as isize
}

/// Two scalar moves.
#[inline(always)]
pub unsafe fn copy(d: *mut Value, s: *const Value) {
    let p = (*s).payload;
    let t = (*s).tag;
    (*d).payload = p;
    (*d).tag = t;
}
#[inline(always)]
pub unsafe fn set_int(d: *mut Value, i: i64) {
    (*d).payload = i as u64;
    (*d).tag = tag::INT;
}
#[inline(always)]
pub unsafe fn set_float(d: *mut Value, f: f64) {
    (*d).payload = f.to_bits();
    (*d).tag = tag::FLOAT;
}
#[inline(always)]
pub unsafe fn set_tag(d: *mut Value, t: u8) {
    (*d).payload = 0;
    (*d).tag = t;
}
#[inline(always)]
pub unsafe fn int_of(s: *const Value) -> i64 {
    (*s).payload as i64
}
#[inline(always)]
pub unsafe fn float_of(s: *const Value) -> f64 {
    f64::from_bits((*s).payload)
}
#[inline(always)]
pub unsafe fn is_int(s: *const Value) -> bool {
    (*s).tag == tag::INT
}
#[inline(always)]
pub unsafe fn is_float(s: *const Value) -> bool {
    (*s).tag == tag::FLOAT
}
/// A number as a float; `None` for other values.
#[inline(always)]
pub unsafe fn num_of(s: *const Value) -> Option<f64> {
    match (*s).tag {
        tag::FLOAT => Some(float_of(s)),
        tag::INT => Some(int_of(s) as f64),
        _ => None,
    }
}

/// In a loop over few slots: keeps the compiler from unrolling it, which costs a handler registers
/// to save.
#[inline(always)]
pub fn rolled() {
    #[cfg(luka_tail)]
    // SAFETY: no instruction.
    unsafe {
        std::arch::asm!("", options(nomem, nostack, preserves_flags));
    }
}

/// The same number; keeps the compiler from holding on to what it was computed from, which would
/// cost a handler a register to save.
#[inline(always)]
pub fn settled(x: u64) -> u64 {
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
