//! Moves, constants, upvalues.

use super::dispatch::{go, handlers, next, tail};
use super::operand::*;
use crate::value::tag;

handlers! {
    fn op_move(m) {
        copy(m.a(), m.b());
        next!(m)
    }
    fn op_loadi(m) {
        set_int(m.a(), m.sbx() as i64);
        next!(m)
    }
    fn op_loadf(m) {
        set_float(m.a(), m.sbx() as f64);
        next!(m)
    }
    fn op_loadk(m) {
        copy(m.a(), m.kbx());
        next!(m)
    }
    fn op_loadnil(m) {
        let mut a = m.a();
        let end = a.add(m.ub() as usize);
        set_tag(a, tag::NIL);
        while a < end {
            rolled();
            a = a.add(1);
            set_tag(a, tag::NIL);
        }
        next!(m)
    }
    fn op_loadtrue(m) {
        set_tag(m.a(), tag::TRUE);
        next!(m)
    }
    fn op_loadfalse(m) {
        set_tag(m.a(), tag::FALSE);
        next!(m)
    }
    fn op_lfalseskip(m) {
        set_tag(m.a(), tag::FALSE);
        go!(m.jumped(1))
    }
    fn op_getupval(m) {
        let up = m.upvalue(m.ub());
        copy(m.a(), (*up).v);
        next!(m)
    }
    fn op_setupval(m) {
        let up = m.upvalue(m.ub());
        let a = m.a();
        if (*a).is_heap() && (*up).hdr.marked & crate::heap::mark::BLACK != 0 {
            tail!(m, op_setupval_marked)
        }
        copy((*up).v, a);
        next!(m)
    }
    #[cold]
    #[inline(never)]
    fn op_setupval_marked(m) {
        let up = m.upvalue(m.ub());
        let a = m.a();
        copy((*up).v, a);
        (*m.vm).heap.barrier(&raw mut (*up).hdr, *a);
        next!(m)
    }
    fn op_not(m) {
        let t = if (*m.b()).is_falsy() { tag::TRUE } else { tag::FALSE };
        set_tag(m.a(), t);
        next!(m)
    }
}
