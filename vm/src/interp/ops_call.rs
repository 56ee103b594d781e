//! Calls, returns, closures.

use super::call_native::{op_call_native, return_to_caller};
use super::compare::NEGATE;
use super::dispatch::{enter, handlers, land, next, proceed, return_to, slow_handlers, tail};
use super::finish::{COMPLETIONS, JUMPS_IF_TRUE};
use super::machine::Machine;
use super::operand::*;
use crate::function::LuaFn;
use crate::object::proto::unmarked;
use crate::stack::link::{FrameKind, HEADER, Link, SLOT};
use crate::value::{Value, tag};
use crate::vm::{Vm, meter::MANY};
use luka_bytecode::Op;
use luka_bytecode::semantics::Completion;

slow_handlers! {
    op_call_slow => Vm::call_instr;
    op_tailcall_slow => Vm::tailcall_instr;
    op_return_slow => Vm::return_instr;
    op_vararg_slow => Vm::vararg_instr;
    op_closure => Vm::closure_instr;
    op_close => Vm::close_instr;
    op_tbc => Vm::tbc_instr;
}

/// Writes the link of the frame at `base` that the CALL at `m.ip` makes.
#[inline(always)]
unsafe fn link_call(m: Machine, base: *mut Value) {
    // SAFETY: the callers: `base` is two slots above the CALL's window, which A says in bytes.
    unsafe {
        let link = base.sub(1) as *mut u64;
        *link = m.ip as u64;
        // (A is loaded again here: held on to from before, it would cost a register to save.)
        *link.add(1) = Link::new(FrameKind::Lua, 0, m.ua() as usize + HEADER * SLOT, -1).word;
    }
}

handlers! {
    fn op_call(m) {
        let f = m.a();
        if (*f).tag == tag::LUA_FN {
            let cl = (*f).payload as usize as *const LuaFn;
            let p = (*cl).proto;
            let nb = f.add(2);
            let end = (nb as *mut u8).wrapping_add((*p).frame_bytes as usize) as *mut Value;
            if m.ub() == (*p).exact_b && end <= (*m.vm).stack_end {
                link_call(m, nb);
                enter!(m, cl, nb)
            }
        }
        tail!(m, op_call_other)
    }
    #[inline(never)]
    fn op_call_other(m) {
        let f = m.a();
        if (*f).tag == tag::NATIVE {
            tail!(m, op_call_native)
        }
        if (*f).tag == tag::LUA_FN && !(*m.vm).hooked {
            let p = (*((*f).payload as usize as *const LuaFn)).proto;
            if (*p).is_vararg {
                tail!(m, op_call_vararg)
            }
            tail!(m, op_call_adjust)
        }
        tail!(m, op_call_slow)
    }
    /// A Lua function with arguments up to the top, or more or fewer than parameters.
    #[inline(never)]
    fn op_call_adjust(m) {
        let f = m.a();
        let cl = (*f).payload as usize as *const LuaFn;
        let p = (*cl).proto;
        let nb = f.add(2);
        let mut end = nb.add(m.ub() as usize).sub(1);
        if m.ub() == 0 {
            end = (*m.vm).top;
        }
        // (Arguments there are too many of may lie above the frame.)
        let frame = (nb as *mut u8).wrapping_add((*p).frame_bytes as usize) as *mut Value;
        if frame > (*m.vm).stack_end {
            tail!(m, op_call_slow)
        }
        let params = nb.add((*p).num_params as usize);
        while end < params {
            rolled();
            set_tag(end, tag::NIL);
            end = end.add(1);
        }
        link_call(m, nb);
        enter!(m, cl, nb)
    }
    /// A vararg function: its frame moves above the arguments.
    #[inline(never)]
    fn op_call_vararg(m) {
        let f = m.a();
        let cl = (*f).payload as usize as *const LuaFn;
        let p = (*cl).proto;
        let nb = f.add(2);
        let b = m.ub() as usize;
        let mut end = nb.wrapping_add(b).wrapping_sub(1);
        if b == 0 {
            end = (*m.vm).top;
        }
        let params = nb.add((*p).num_params as usize);
        let moved = (if end > params { end } else { params }).add(2);
        if moved.wrapping_byte_add((*p).frame_bytes as usize) > (*m.vm).stack_end {
            tail!(m, op_call_slow)
        }
        while end < params {
            rolled();
            set_tag(end, tag::NIL);
            end = end.add(1);
        }
        copy(moved.sub(2), f);
        let (mut from, mut to) = (nb, moved);
        while from < params {
            rolled();
            copy(to, from);
            set_tag(from, tag::NIL);
            from = from.add(1);
            to = to.add(1);
        }
        link_call(m, nb);
        Link::read(nb).above_varargs(moved as usize - nb as usize).write(moved);
        enter!(m, cl, moved)
    }
    fn op_return1(m) {
        let link = Link::read(m.base);
        let call = link.ip();
        if link.is(FrameKind::Lua) && (*call).c == 2 {
            copy(m.base.sub(2), m.a());
            let caller = link.caller(m.base);
            return_to!(m, call, caller)
        }
        tail!(m, op_return1_open)
    }
    /// One value to a caller that takes all or none.
    #[inline(never)]
    fn op_return1_open(m) {
        let link = Link::read(m.base);
        let call = link.ip();
        if link.is(FrameKind::Lua) && (*call).c < 2 {
            copy(m.base.sub(2), m.a());
            if (*call).c == 0 {
                (*m.vm).top = m.base.sub(1);
            }
            let caller = link.caller(m.base);
            return_to!(m, call, caller)
        }
        tail!(m, op_return_any)
    }
    fn op_return0(m) {
        let link = Link::read(m.base);
        let call = link.ip();
        if link.is(FrameKind::Lua) && (*call).c == 1 {
            let caller = link.caller(m.base);
            return_to!(m, call, caller)
        }
        tail!(m, op_return_any)
    }
    fn op_return(m) {
        if m.n() != 0 {
            tail!(m, op_return_slow)
        }
        tail!(m, op_return_any)
    }
    /// Any number of results to a Lua caller, nothing to close.
    #[inline(never)]
    fn op_return_any(m) {
        let mut start = m.base;
        let mut link = Link::read(start);
        if link.is(FrameKind::Vararg) {
            start = start.sub(link.payload as usize);
            link = Link::read(start);
        }
        if (*m.vm).hooked {
            tail!(m, op_return_slow)
        }
        if !link.is(FrameKind::Lua) {
            if link.is(FrameKind::Meta) {
                tail!(m, op_return_meta)
            }
            if link.is(FrameKind::Native) {
                tail!(m, op_return_called)
            }
            tail!(m, op_return_slow)
        }
        let (call, caller) = (link.ip(), link.caller(start));
        let mut from = m.a();
        let op = m.op();
        let end = if op == Op::Return0 as u8 {
            from
        } else if op == Op::Return1 as u8 {
            from.add(1)
        } else if m.ub() == 0 {
            (*m.vm).top
        } else {
            from.add(m.ub() as usize).sub(1)
        };
        let mut to = start.sub(2);
        if (*call).c == 0 {
            if end as usize - from as usize > MANY * SLOT {
                tail!(m, op_return_slow)
            }
            while from < end {
                rolled();
                copy(to, from);
                from = from.add(1);
                to = to.add(1);
            }
            (*m.vm).top = to;
        } else {
            let wanted = to.add((*call).c as usize).sub(1);
            while to < wanted {
                rolled();
                if from < end {
                    copy(to, from);
                } else {
                    set_tag(to, tag::NIL);
                }
                from = from.add(1);
                to = to.add(1);
            }
        }
        return_to!(m, call, caller)
    }
    /// To an instruction that called a metamethod; what [`Vm::finish_instr`] does, for the plain ones.
    #[inline(never)]
    fn op_return_meta(m) {
        let mut start = m.base;
        let mut link = Link::read(start);
        if link.is(FrameKind::Vararg) {
            start = start.sub(link.payload as usize);
            link = Link::read(start);
        }
        let (call, caller) = (link.ip(), link.caller(start));
        let completion = COMPLETIONS[unmarked(*call).op as usize];
        let plain = completion.is_some() && completion != Some(Completion::Concat);
        if !plain || (*m.vm).observer.is_some() {
            tail!(m, op_return_called)
        }
        let a = m.a();
        let op = m.op();
        let none = if op == Op::Return1 as u8 {
            false
        } else if op == Op::Return0 as u8 {
            true
        } else if m.ub() == 0 {
            (*m.vm).top == a
        } else {
            m.ub() == 1
        };
        (*m.vm).leave_c();
        if completion == Some(Completion::Condition) {
            let holds = !(none || (*a).is_falsy());
            let negated = link.nres() == NEGATE;
            let k = (*super::machine::closure(caller)).k;
            if (holds != negated) == JUMPS_IF_TRUE[unmarked(*call).op as usize] {
                land!(m.transferred(call.offset(1 + sc(call)), caller, k))
            }
            land!(m.transferred(call.add(1), caller, k))
        }
        if completion == Some(Completion::Result) {
            let d = ra(call, caller);
            if none {
                set_tag(d, tag::NIL);
            } else {
                copy(d, a);
            }
        }
        return_to!(m, call, caller)
    }
    /// To a native or an instruction.
    #[inline(never)]
    fn op_return_called(m) {
        m.charged().save();
        proceed!(m.vm, return_to_caller(&mut *m.vm))
    }
    fn op_tailcall(m) {
        let f = m.a();
        let link = Link::read(m.base);
        if (*f).tag == tag::LUA_FN
            && m.n() == 0
            && !link.is(FrameKind::Vararg)
            && !(*m.vm).hooked
        {
            let cl = (*f).payload as usize as *const LuaFn;
            let p = (*cl).proto;
            let frame = (m.base as *mut u8).wrapping_add((*p).frame_bytes as usize) as *mut Value;
            let mut end = f.add(m.ub() as usize + 1);
            if m.ub() == 0 {
                end = (*m.vm).top;
            }
            let mut from = f.add(2);
            if end as usize - from as usize == (*p).num_params as usize * 16
                && !(*p).is_vararg
                && frame <= (*m.vm).stack_end
            {
                Link::mark_tail(m.base);
                let mut to = m.base;
                copy(to.sub(2), f);
                while from < end {
                    rolled();
                    copy(to, from);
                    from = from.add(1);
                    to = to.add(1);
                }
                enter!(m, cl, m.base)
            }
        }
        tail!(m, op_tailcall_other)
    }
    #[inline(never)]
    fn op_tailcall_other(m) {
        if (*m.a()).tag == tag::NATIVE && m.n() == 0 {
            // Called with all results wanted; the RETURN behind hands them on.
            tail!(m, op_call_native)
        }
        tail!(m, op_tailcall_slow)
    }
    fn op_vararg(m) {
        let link = Link::read(m.base);
        if link.is(FrameKind::Vararg) {
            let p = (*m.closure()).proto;
            let end = m.base.sub(2);
            let mut from = m.base.sub(link.payload as usize).add((*p).num_params as usize);
            let mut to = m.a();
            if m.uc() == 0 && end as usize - from as usize <= MANY * SLOT {
                let room = to.wrapping_byte_add(end as usize - from as usize).wrapping_add(1);
                if room <= (*m.vm).stack_end {
                    while from < end {
                        rolled();
                        copy(to, from);
                        from = from.add(1);
                        to = to.add(1);
                    }
                    (*m.vm).top = to;
                    next!(m)
                }
            } else if m.uc() != 0 {
                let last = to.add(m.uc() as usize).sub(1);
                while to < last {
                    rolled();
                    if from < end {
                        copy(to, from);
                    } else {
                        set_tag(to, tag::NIL);
                    }
                    from = from.add(1);
                    to = to.add(1);
                }
                next!(m)
            }
        }
        tail!(m, op_vararg_slow)
    }
    fn op_varargprep(m) {
        // The call has moved the frame already.
        next!(m)
    }
}
