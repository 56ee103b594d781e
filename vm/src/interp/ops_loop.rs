//! Loops.

use super::call_native::call_native;
use super::dispatch::{enter, handlers, jump, next, proceed, slow_handlers, tail};
use super::nodes::{array_slot, load, table_of};
use super::operand::*;
use crate::function::{LuaFn, NativeObj};
use crate::object::native::Walk;
use crate::stack::link::{FrameKind, HEADER, Link, SLOT};
use crate::value::{Value, tag};
use crate::vm::{Vm, meter::MANY};

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
    ($m:expr) => {{
        let a = $m.a();
        copy(a.add(2), a.add(4));
        let next = $m.next();
        jump!(next, next.sbx())
    }};
}

handlers! {
    fn op_forprep(m) {
        let a = m.a();
        if is_int(a) && is_int(a.add(1)) && is_int(a.add(2)) {
            let (start, limit, step) = (int_of(a), int_of(a.add(1)), int_of(a.add(2)));
            if step == 0 {
                tail!(m, op_forprep_slow)
            }
            if if step > 0 { start > limit } else { start < limit } {
                jump!(m, m.sbx())
            }
            let count = if step > 0 {
                let n = (limit as u64).wrapping_sub(start as u64);
                if step == 1 { n } else { n / step as u64 }
            } else {
                (start as u64).wrapping_sub(limit as u64) / step.unsigned_abs()
            };
            set_int(a.add(1), count as i64);
            set_int(a.add(3), start);
            next!(m)
        }
        tail!(m, op_forprep_slow)
    }
    fn op_forloop(m) {
        let a = m.a();
        if is_int(a) && is_int(a.add(1)) && is_int(a.add(2)) {
            let count = int_of(a.add(1)) as u64;
            if count > 0 {
                let index = int_of(a).wrapping_add(int_of(a.add(2)));
                (*a.add(1)).payload = count - 1;
                (*a).payload = index as u64;
                set_int(a.add(3), index);
                jump!(m, m.sbx())
            }
            next!(m)
        }
        tail!(m, op_forloop_float)
    }
    #[inline(never)]
    fn op_forloop_float(m) {
        let a = m.a();
        if is_float(a) && is_float(a.add(1)) && is_float(a.add(2)) {
            let step = float_of(a.add(2));
            let limit = float_of(a.add(1));
            let index = float_of(a) + step;
            if if step > 0.0 { index <= limit } else { limit <= index } {
                set_float(a, index);
                set_float(a.add(3), index);
                jump!(m, m.sbx())
            }
        }
        // A debugger may have put other values there: the loop ends.
        next!(m)
    }
    fn op_tforprep(m) {
        let a = m.a();
        if (*a.add(3)).tag == tag::NIL {
            *position(a) = 0;
            jump!(m, m.sbx())
        }
        tail!(m, op_tforprep_close)
    }
    fn op_tforcall(m) {
        let a = m.a();
        if (*a).tag == tag::NATIVE && (*a.add(1)).tag == tag::TABLE && !(*m.vm).hooked {
            let walk = (*((*a).payload as usize as *const NativeObj)).def.walk;
            if walk == Walk::Next {
                tail!(m, op_tforcall_next)
            }
            if walk == Walk::Ipairs {
                tail!(m, op_tforcall_ipairs)
            }
        }
        tail!(m, op_tforcall_other)
    }
    /// The iterator of `ipairs`, inside the array part.
    #[inline(never)]
    fn op_tforcall_ipairs(m) {
        let a = m.a();
        if is_int(a.add(2)) && m.uc() <= 3 {
            let i = int_of(a.add(2)).wrapping_add(1);
            if let Some((p, g)) = array_slot(table_of(a.add(1)), i) {
                let g = *g;
                if g != tag::NIL {
                    set_int(a.add(4), i);
                    (*a.add(5)).payload = *p;
                    (*a.add(5)).tag = g;
                    next_iteration!(m)
                }
            }
        }
        tail!(m, op_tforcall_walk)
    }
    /// `next`, with the last key's node as a hint.
    #[inline(never)]
    fn op_tforcall_next(m) {
        let a = m.a();
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
                tail!(m, op_tforcall_walk)
            }
            i = asize + at as usize + 1;
        }
        if m.uc() > 3 {
            tail!(m, op_tforcall_walk)
        }
        let tags = (*t).arr.add(asize) as *const u8;
        // (The native charges for skipping many.)
        let stop = i + MANY + 1;
        while i < asize && i < stop {
            rolled();
            let g = *tags.add(i);
            if g != tag::NIL {
                (*a.add(5)).payload = *(*t).arr.add(i);
                (*a.add(5)).tag = g;
                set_int(a.add(4), i as i64 + 1);
                next_iteration!(m)
            }
            i += 1;
        }
        if i == stop {
            tail!(m, op_tforcall_other)
        }
        let stop = (stop - asize.min(stop)) as u32;
        let mut i = (i - asize) as u32;
        while i <= (*t).node_mask && i < stop {
            rolled();
            let n = (*t).nodes.add(i as usize);
            if (*n).val_tag != tag::NIL {
                (*a.add(4)).payload = (*n).key;
                (*a.add(4)).tag = (*n).key_tag;
                load(a.add(5), n);
                *hint = i;
                next_iteration!(m)
            }
            i += 1;
        }
        if i <= (*t).node_mask {
            tail!(m, op_tforcall_other)
        }
        set_tag(a.add(4), tag::NIL);
        set_tag(a.add(5), tag::NIL);
        next!(m)
    }
    /// Either of them, in general.
    #[inline(never)]
    fn op_tforcall_walk(m) {
        let a = m.a();
        if super::iterate::next_pair(m.vm, a, m.uc() as usize - 1) {
            next!(m)
        }
        tail!(m, op_tforcall_other)
    }
    /// Calls of other iterators: what [`super::ops_call::op_call`] does, in the window above the
    /// loop's own registers.
    #[inline(never)]
    fn op_tforcall_other(m) {
        let a = m.a();
        let f = a.add(4);
        let nb = f.add(2);
        if (*m.vm).hooked {
            tail!(m, op_tforcall_slow)
        }
        copy(f, a);
        copy(nb, a.add(1));
        copy(nb.add(1), a.add(2));
        if (*a).tag == tag::NATIVE {
            tail!(m, op_tforcall_native)
        }
        if (*a).tag == tag::LUA_FN {
            let cl = (*a).payload as usize as *const LuaFn;
            let p = (*cl).proto;
            let end = (nb as *mut u8).wrapping_add((*p).frame_bytes as usize) as *mut Value;
            if (*p).num_params <= 2 && !(*p).is_vararg && end <= (*m.vm).stack_end {
                let delta = m.ua() as usize + (4 + HEADER) * SLOT;
                Link::new(FrameKind::Lua, m.ip as u64, delta, -1).write(nb);
                enter!(m, cl, nb)
            }
        }
        tail!(m, op_tforcall_slow)
    }
    #[inline(never)]
    fn op_tforcall_native(m) {
        m.charged().save();
        proceed!(m.vm, call_native(&mut *m.vm, m.a().add(4), 2))
    }
    /// A TFORCALL that must not do its TFORLOOP as well, because a stop lies between them or a hook
    /// is in force.
    #[cold]
    #[inline(never)]
    fn op_tforcall_alone(m) {
        let a = m.a();
        if (*m.vm).hook_state.live {
            (*m.vm).first_of_loop();
        }
        if (*a).tag == tag::NATIVE && super::iterate::next_pair(m.vm, a, m.uc() as usize - 1) {
            next!(m)
        }
        tail!(m, op_tforcall)
    }
    fn op_tforloop(m) {
        let a = m.a();
        if (*a.add(4)).tag != tag::NIL {
            copy(a.add(2), a.add(4));
            jump!(m, m.sbx())
        }
        next!(m)
    }
}
