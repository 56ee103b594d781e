//! Loops off the fast paths: generic calls, `next` without a call, numeric preparation
//! (`forprep`, `forlimit` of `lvm.c`).

use super::call::{NATIVE_SLOTS, Next};
use super::frame::{FrameKind, HEADER};
use super::operand::*;
use crate::debug::fault::{FaultKind, ForPart};
use crate::error::Raise;
use crate::function::NativeObj;
use crate::object::native::Walk;
use crate::value::{Value, number};
use crate::vm::{Vm, meter::MANY};

/// TFORCALL of the native `next` or the iterator of `ipairs` on a table: the pair is put in place
/// without a call. False: do it in general.
#[inline(never)]
pub(crate) unsafe fn next_pair(vm: *mut Vm, a: *mut Value, wanted: usize) -> bool {
    // SAFETY: The caller: `a` is the window of a TFORCALL and holds a native, a table or not, and a
    // control value; the verifier has checked that it lies in the frame.
    unsafe {
        let native = (*((*a).payload as usize as *const NativeObj)).def;
        if native.walk == Walk::Other || (*vm).hooks_on() {
            return false;
        }
        let Some(t) = (*a.add(1)).as_table() else { return false };
        let (key, value) = if native.walk == Walk::Next {
            let Ok(from) = t.index_after(*a.add(2)) else { return false };
            match t.next_index_within(from, MANY) {
                Some(Some((_, key, value))) => (key, value),
                Some(None) => (Value::NIL, Value::NIL),
                // The native charges for what it skips.
                None => return false,
            }
        } else {
            let Some(i) = (*a.add(2)).as_int() else { return false };
            let i = i.wrapping_add(1);
            let v = t.get_int(i);
            if !v.is_nil() {
                (Value::int(i), v)
            } else if t.metatable().is_none() {
                (Value::NIL, Value::NIL)
            } else {
                return false;
            }
        };
        *a.add(4) = key;
        *a.add(5) = value;
        for i in 2..wanted {
            *a.add(4 + i) = Value::NIL;
        }
        true
    }
}

impl Vm {
    pub(crate) fn tforcall_instr(&mut self) -> Result<Next, Raise> {
        // SAFETY: operands are verified: the window is within the frame.
        unsafe {
            let mut a = ra(self.ip, self.base);
            let f = self.reserve(a.add(4), HEADER + 2 + NATIVE_SLOTS)?;
            a = f.sub(4);
            *f = *a;
            *f.add(1) = Value::NIL;
            *f.add(2) = *a.add(1);
            *f.add(3) = *a.add(2);
            self.begin_call(f, 2, FrameKind::Lua, self.ip as u64, 0)
        }
    }

    pub(crate) fn tforprep_instr(&mut self) -> Result<Next, Raise> {
        // SAFETY: operands and jump targets are verified.
        unsafe {
            let slot = ra(self.ip, self.base).add(3);
            self.mark_tbc(slot)?;
            self.ip = self.ip.offset(1 + sbx(self.ip) as isize);
            Ok(Next::Lua)
        }
    }

    /// FORPREP of anything but three integers with a step.
    pub(crate) fn forprep_slow(&mut self) -> Result<Next, Raise> {
        // SAFETY: operands and jump targets are verified.
        unsafe {
            let a = ra(self.ip, self.base);
            let (start, limit, step) = (*a, *a.add(1), *a.add(2));
            let skip = if let (Some(i), Some(s)) = (start.as_int(), step.as_int()) {
                if s == 0 {
                    return Err(self.raise_plain(FaultKind::ForStepZero));
                }
                match self.for_limit(i, limit, s)? {
                    None => true,
                    Some(limit) => {
                        let count = if s > 0 {
                            (limit as u64).wrapping_sub(i as u64) / s as u64
                        } else {
                            (i as u64).wrapping_sub(limit as u64) / s.unsigned_abs()
                        };
                        set_int(a.add(1), count as i64);
                        set_int(a.add(3), i);
                        false
                    }
                }
            } else {
                // Strings that spell numbers are taken, as PUC does.
                let number = |v: Value| v.to_number().and_then(|n| num_of(&n));
                let Some(flimit) = number(limit) else {
                    return Err(self.for_error(limit, ForPart::Limit));
                };
                let Some(fstep) = number(step) else {
                    return Err(self.for_error(step, ForPart::Step));
                };
                let Some(fstart) = number(start) else {
                    return Err(self.for_error(start, ForPart::Initial));
                };
                if fstep == 0.0 {
                    return Err(self.raise_plain(FaultKind::ForStepZero));
                }
                let none = if fstep > 0.0 { flimit < fstart } else { fstart < flimit };
                if !none {
                    set_float(a, fstart);
                    set_float(a.add(1), flimit);
                    set_float(a.add(2), fstep);
                    set_float(a.add(3), fstart);
                }
                none
            };
            let distance = if skip { 1 + sbx(self.ip) as isize } else { 1 };
            self.ip = self.ip.offset(distance);
            Ok(Next::Lua)
        }
    }

    /// The limit of an integer loop, clipped to integers; `None`: the loop does not run.
    fn for_limit(&mut self, start: i64, limit: Value, step: i64) -> Result<Option<i64>, Raise> {
        let Some(limit_number) = limit.to_number() else {
            return Err(self.for_error(limit, ForPart::Limit));
        };
        let clipped = match limit_number.as_int() {
            Some(l) => l,
            None => {
                let Some(f) = limit_number.as_float() else {
                    return Err(self.for_error(limit, ForPart::Limit));
                };
                if f.is_nan() {
                    return Ok(None);
                }
                let rounded = if step < 0 { f.ceil() } else { f.floor() };
                match number::float_to_int(rounded) {
                    Some(l) => l,
                    None if f > 0.0 => {
                        if step < 0 {
                            return Ok(None);
                        }
                        i64::MAX
                    }
                    None => {
                        if step > 0 {
                            return Ok(None);
                        }
                        i64::MIN
                    }
                }
            }
        };
        let none = if step > 0 { start > clipped } else { start < clipped };
        Ok(if none { None } else { Some(clipped) })
    }
}
