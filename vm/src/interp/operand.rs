//! Reading and writing operands of the linked code, and values in place.

use super::dispatch::Ip;
use crate::value::{Value, tag};

#[inline(always)]
unsafe fn at(p: *const Value, off: u16) -> *mut Value {
    unsafe { (p as *mut u8).add(off as usize) as *mut Value }
}
#[inline(always)]
pub unsafe fn ra(ip: Ip, base: *mut Value) -> *mut Value {
    unsafe { at(base, (*ip).a) }
}
#[inline(always)]
pub unsafe fn rb(ip: Ip, base: *mut Value) -> *mut Value {
    unsafe { at(base, (*ip).b) }
}
#[inline(always)]
pub unsafe fn rc(ip: Ip, base: *mut Value) -> *mut Value {
    unsafe { at(base, (*ip).c) }
}
#[inline(always)]
pub unsafe fn kb(ip: Ip, k: *const Value) -> *const Value {
    unsafe { at(k, (*ip).b) }
}
#[inline(always)]
pub unsafe fn kc(ip: Ip, k: *const Value) -> *const Value {
    unsafe { at(k, (*ip).c) }
}
/// The 32-bit operand, signed. `b` and `c` are adjacent and 4-aligned.
#[inline(always)]
pub unsafe fn sbx(ip: Ip) -> i32 {
    unsafe { *(&raw const (*ip).b as *const i32) }
}
#[inline(always)]
pub unsafe fn sc(ip: Ip) -> isize {
    unsafe { (*ip).c as i16 as isize }
}

/// Two scalar moves.
#[inline(always)]
pub unsafe fn copy(d: *mut Value, s: *const Value) {
    unsafe {
        let p = (*s).payload;
        let t = (*s).tag;
        (*d).payload = p;
        (*d).tag = t;
    }
}
#[inline(always)]
pub unsafe fn set_int(d: *mut Value, i: i64) {
    unsafe {
        (*d).payload = i as u64;
        (*d).tag = tag::INT;
    }
}
#[inline(always)]
pub unsafe fn set_float(d: *mut Value, f: f64) {
    unsafe {
        (*d).payload = f.to_bits();
        (*d).tag = tag::FLOAT;
    }
}
#[inline(always)]
pub unsafe fn set_tag(d: *mut Value, t: u8) {
    unsafe {
        (*d).payload = 0;
        (*d).tag = t;
    }
}
#[inline(always)]
pub unsafe fn int_of(s: *const Value) -> i64 {
    unsafe { (*s).payload as i64 }
}
#[inline(always)]
pub unsafe fn float_of(s: *const Value) -> f64 {
    unsafe { f64::from_bits((*s).payload) }
}
#[inline(always)]
pub unsafe fn is_int(s: *const Value) -> bool {
    unsafe { (*s).tag == tag::INT }
}
#[inline(always)]
pub unsafe fn is_float(s: *const Value) -> bool {
    unsafe { (*s).tag == tag::FLOAT }
}
/// A number as a float; `None` for other values.
#[inline(always)]
pub unsafe fn num_of(s: *const Value) -> Option<f64> {
    unsafe {
        match (*s).tag {
            tag::FLOAT => Some(float_of(s)),
            tag::INT => Some(int_of(s) as f64),
            _ => None,
        }
    }
}
