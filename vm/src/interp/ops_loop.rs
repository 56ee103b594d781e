//! Loops.

use super::dispatch::{go, handlers, jump, op_poll, slow_handlers, tail};
use super::nodes::{array_slot, load, table_of};
use super::operand::*;
use crate::function::{LuaFn, NativeObj};
use crate::object::native::Walk;
use crate::value::{Value, tag};
use crate::vm::Vm;

slow_handlers! {
    op_forprep_slow => Vm::forprep_slow;
    op_tforprep_close => Vm::tforprep_instr;
    op_tforcall_slow => Vm::tforcall_instr;
}

/// Where a loop over a table notes at which node it is: in the part of the control value's slot that
/// no value uses. It is a hint, believed when the control value is the key there.
#[inline(always)]
unsafe fn position(a: *mut Value) -> *mut u32 {
    // SAFETY: the callers: `a` is the window of a generic loop; slots are 16 bytes, of which values
    // use nine.
    unsafe { (&raw mut (*a.add(2)).tag).add(4) as *mut u32 }
}

/// What the TFORLOOP behind a TFORCALL does when there is another iteration.
macro_rules! next_iteration {
    ($vm:expr, $ip:expr, $base:expr, $k:expr, $fuel:expr, $tb:expr) => {{
        let a = ra($ip, $base);
        copy(a.add(2), a.add(4));
        let ip = $ip.add(1);
        jump!(sbx(ip), $vm, ip, $base, $k, $fuel, $tb)
    }};
}

handlers! {
    fn op_forprep(vm, ip, base, k, fuel, tb) {
        let a = ra(ip, base);
        if is_int(a) && is_int(a.add(1)) && is_int(a.add(2)) {
            let (start, limit, step) = (int_of(a), int_of(a.add(1)), int_of(a.add(2)));
            if step == 0 {
                tail!(op_forprep_slow, vm, ip, base, k, fuel, tb)
            }
            if if step > 0 { start > limit } else { start < limit } {
                jump!(sbx(ip), vm, ip, base, k, fuel, tb)
            }
            let count = if step > 0 {
                let n = (limit as u64).wrapping_sub(start as u64);
                if step == 1 { n } else { n / step as u64 }
            } else {
                (start as u64).wrapping_sub(limit as u64) / step.unsigned_abs()
            };
            set_int(a.add(1), count as i64);
            set_int(a.add(3), start);
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        tail!(op_forprep_slow, vm, ip, base, k, fuel, tb)
    }
    fn op_forloop(vm, ip, base, k, fuel, tb) {
        let a = ra(ip, base);
        if is_int(a) && is_int(a.add(1)) && is_int(a.add(2)) {
            let count = int_of(a.add(1)) as u64;
            if count > 0 {
                let index = int_of(a).wrapping_add(int_of(a.add(2)));
                (*a.add(1)).payload = count - 1;
                (*a).payload = index as u64;
                set_int(a.add(3), index);
                jump!(sbx(ip), vm, ip, base, k, fuel, tb)
            }
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        tail!(op_forloop_float, vm, ip, base, k, fuel, tb)
    }
    #[inline(never)]
    fn op_forloop_float(vm, ip, base, k, fuel, tb) {
        let a = ra(ip, base);
        if is_float(a) && is_float(a.add(1)) && is_float(a.add(2)) {
            let step = float_of(a.add(2));
            let limit = float_of(a.add(1));
            let index = float_of(a) + step;
            if if step > 0.0 { index <= limit } else { limit <= index } {
                set_float(a, index);
                set_float(a.add(3), index);
                jump!(sbx(ip), vm, ip, base, k, fuel, tb)
            }
        }
        // A debugger may have put other values there: the loop ends.
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
    fn op_tforprep(vm, ip, base, k, fuel, tb) {
        let a = ra(ip, base);
        if (*a.add(3)).tag == tag::NIL {
            *position(a) = 0;
            jump!(sbx(ip), vm, ip, base, k, fuel, tb)
        }
        tail!(op_tforprep_close, vm, ip, base, k, fuel, tb)
    }
    fn op_tforcall(vm, ip, base, k, fuel, tb) {
        let a = ra(ip, base);
        if (*a).tag == tag::NATIVE && (*a.add(1)).tag == tag::TABLE && !(*vm).hooked {
            let walk = (*((*a).payload as usize as *const NativeObj)).def.walk;
            if walk == Walk::Next {
                tail!(op_tforcall_next, vm, ip, base, k, fuel, tb)
            }
            if walk == Walk::Ipairs {
                tail!(op_tforcall_ipairs, vm, ip, base, k, fuel, tb)
            }
        }
        tail!(op_tforcall_other, vm, ip, base, k, fuel, tb)
    }
    /// The iterator of `ipairs`, inside the array part.
    #[inline(never)]
    fn op_tforcall_ipairs(vm, ip, base, k, fuel, tb) {
        let a = ra(ip, base);
        if is_int(a.add(2)) && (*ip).c <= 3 {
            let i = int_of(a.add(2)).wrapping_add(1);
            if let Some((p, g)) = array_slot(table_of(a.add(1)), i) {
                let g = *g;
                if g != tag::NIL {
                    set_int(a.add(4), i);
                    (*a.add(5)).payload = *p;
                    (*a.add(5)).tag = g;
                    next_iteration!(vm, ip, base, k, fuel, tb)
                }
            }
        }
        tail!(op_tforcall_walk, vm, ip, base, k, fuel, tb)
    }
    /// `next`, with the last key's node as a hint.
    #[inline(never)]
    fn op_tforcall_next(vm, ip, base, k, fuel, tb) {
        let a = ra(ip, base);
        let t = table_of(a.add(1));
        let hint = position(a);
        let asize = (*t).asize as usize;
        let mut i = 0;
        let key = (*a.add(2)).payload;
        let key_tag = (*a.add(2)).tag;
        if key_tag == tag::INT && key.wrapping_sub(1) < asize as u64 {
            i = key as usize;
        } else if key_tag != tag::NIL {
            let at = *hint & (*t).node_mask;
            let n = (*t).nodes.add(at as usize);
            if (*n).key != key || (*n).key_tag != key_tag {
                tail!(op_tforcall_walk, vm, ip, base, k, fuel, tb)
            }
            i = asize + at as usize + 1;
        }
        if (*ip).c > 3 {
            tail!(op_tforcall_walk, vm, ip, base, k, fuel, tb)
        }
        let tags = (*t).arr.add(asize) as *const u8;
        while i < asize {
            rolled();
            let g = *tags.add(i);
            if g != tag::NIL {
                (*a.add(5)).payload = *(*t).arr.add(i);
                (*a.add(5)).tag = g;
                set_int(a.add(4), i as i64 + 1);
                next_iteration!(vm, ip, base, k, fuel, tb)
            }
            i += 1;
        }
        let mut i = (i - asize) as u32;
        while i <= (*t).node_mask {
            rolled();
            let n = (*t).nodes.add(i as usize);
            if (*n).val_tag != tag::NIL {
                (*a.add(4)).payload = (*n).key;
                (*a.add(4)).tag = (*n).key_tag;
                load(a.add(5), n);
                *hint = i;
                next_iteration!(vm, ip, base, k, fuel, tb)
            }
            i += 1;
        }
        set_tag(a.add(4), tag::NIL);
        set_tag(a.add(5), tag::NIL);
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
    /// Either of them, in general.
    #[inline(never)]
    fn op_tforcall_walk(vm, ip, base, k, fuel, tb) {
        let a = ra(ip, base);
        if super::iterate::next_pair(vm, a, (*ip).c as usize - 1) {
            go!(vm, ip.add(1), base, k, fuel, tb)
        }
        tail!(op_tforcall_other, vm, ip, base, k, fuel, tb)
    }
    /// Calls of other iterators: what [`super::ops_call::op_call`] does, in the window above the
    /// loop's own registers.
    #[inline(never)]
    fn op_tforcall_other(vm, ip, base, k, fuel, tb) {
        let a = ra(ip, base);
        let f = a.add(4);
        let nb = f.add(2);
        if (*vm).hooked {
            tail!(op_tforcall_slow, vm, ip, base, k, fuel, tb)
        }
        copy(f, a);
        copy(nb, a.add(1));
        copy(nb.add(1), a.add(2));
        if (*a).tag == tag::NATIVE {
            tail!(op_tforcall_native, vm, ip, base, k, fuel, tb)
        }
        if (*a).tag == tag::LUA_FN {
            let cl = (*a).payload as usize as *const LuaFn;
            let p = (*cl).proto;
            let end = (nb as *mut u8).wrapping_add((*p).frame_bytes as usize) as *mut Value;
            if (*p).num_params <= 2 && !(*p).is_vararg && end <= (*vm).stack_end {
                let link = nb.sub(1) as *mut u64;
                *link = ip as u64;
                *link.add(1) = tag::FRAME as u64 | ((*ip).a as u64 + 6 * 16) << 32;
                let code = (*cl).code;
                let fuel = fuel - (ip.add(1) as isize) + code as isize;
                let k = (*cl).k;
                if code as isize > fuel {
                    tail!(op_poll, vm, code, nb, k, fuel, tb)
                }
                go!(vm, code, nb, k, fuel, tb)
            }
        }
        tail!(op_tforcall_slow, vm, ip, base, k, fuel, tb)
    }
    #[inline(never)]
    fn op_tforcall_native(vm, ip, base, k, fuel, tb) {
        (*vm).ip = ip;
        (*vm).base = base;
        (*vm).fuel = fuel - ip as isize - 8;
        let r = super::call_native::call_native(&mut *vm, ra(ip, base).add(4), 2);
        if r != super::dispatch::CONTINUE {
            return r;
        }
        super::dispatch::reload!(vm)
    }
    fn op_tforloop(vm, ip, base, k, fuel, tb) {
        let a = ra(ip, base);
        if (*a.add(4)).tag != tag::NIL {
            copy(a.add(2), a.add(4));
            jump!(sbx(ip), vm, ip, base, k, fuel, tb)
        }
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
}
