//! Moves, constants, upvalues.

use super::dispatch::{go, handlers, tail};
use super::operand::*;
use crate::function::LuaFn;
use crate::value::{Value, tag};

/// The running closure.
#[inline(always)]
pub unsafe fn closure(base: *mut Value) -> *mut LuaFn {
    // SAFETY: The caller: `base` is a Lua frame's, two slots below which its closure is.
    unsafe { (*base.sub(2)).payload as usize as *mut LuaFn }
}

handlers! {
    fn op_move(vm, ip, base, k, fuel, tb) {
        copy(ra(ip, base), rb(ip, base));
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
    fn op_loadi(vm, ip, base, k, fuel, tb) {
        set_int(ra(ip, base), sbx(ip) as i64);
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
    fn op_loadf(vm, ip, base, k, fuel, tb) {
        set_float(ra(ip, base), sbx(ip) as f64);
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
    fn op_loadk(vm, ip, base, k, fuel, tb) {
        copy(ra(ip, base), k.add(sbx(ip) as u32 as usize));
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
    fn op_loadnil(vm, ip, base, k, fuel, tb) {
        let mut a = ra(ip, base);
        let end = a.add((*ip).b as usize);
        set_tag(a, tag::NIL);
        while a < end {
            rolled();
            a = a.add(1);
            set_tag(a, tag::NIL);
        }
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
    fn op_loadtrue(vm, ip, base, k, fuel, tb) {
        set_tag(ra(ip, base), tag::TRUE);
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
    fn op_loadfalse(vm, ip, base, k, fuel, tb) {
        set_tag(ra(ip, base), tag::FALSE);
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
    fn op_lfalseskip(vm, ip, base, k, fuel, tb) {
        set_tag(ra(ip, base), tag::FALSE);
        go!(vm, ip.add(2), base, k, fuel + 8, tb)
    }
    fn op_getupval(vm, ip, base, k, fuel, tb) {
        let up = *(*closure(base)).upvals.as_ptr().add((*ip).b as usize);
        copy(ra(ip, base), (*up).v);
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
    fn op_setupval(vm, ip, base, k, fuel, tb) {
        let up = *(*closure(base)).upvals.as_ptr().add((*ip).b as usize);
        let a = ra(ip, base);
        if (*a).is_heap() && (*up).hdr.marked & crate::heap::mark::BLACK != 0 {
            tail!(op_setupval_marked, vm, ip, base, k, fuel, tb)
        }
        copy((*up).v, a);
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
    #[cold]
    #[inline(never)]
    fn op_setupval_marked(vm, ip, base, k, fuel, tb) {
        let up = *(*closure(base)).upvals.as_ptr().add((*ip).b as usize);
        let a = ra(ip, base);
        copy((*up).v, a);
        (*vm).heap.barrier(&raw mut (*up).hdr, *a);
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
    fn op_not(vm, ip, base, k, fuel, tb) {
        let t = if (*rb(ip, base)).is_falsy() { tag::TRUE } else { tag::FALSE };
        set_tag(ra(ip, base), t);
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
}
