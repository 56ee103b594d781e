//! Calls, returns, closures.

use super::call_native::op_call_native;
use super::dispatch::{go, handlers, op_poll, slow_handlers, tail};
use super::frame::{FrameKind, TAIL};
use super::operand::*;
use crate::function::LuaFn;
use crate::value::{Value, tag};
use crate::vm::Vm;
use luka_bytecode::Op;

slow_handlers! {
    op_call_slow => Vm::call_instr;
    op_tailcall_slow => Vm::tailcall_instr;
    op_return_slow => Vm::return_instr;
    op_vararg_slow => Vm::vararg_instr;
    op_closure => Vm::closure_instr;
    op_close => Vm::close_instr;
    op_tbc => Vm::tbc_instr;
}

/// Bits of a link word below the distance, kind `Lua`.
const LUA_LINK: u64 = tag::FRAME as u64;
const VARARG_LINK: u64 = tag::FRAME as u64 | (FrameKind::Vararg as u64) << 8;

handlers! {
    fn op_call(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        if (*f).tag == tag::LUA_FN {
            let cl = (*f).payload as usize as *const LuaFn;
            let p = (*cl).proto;
            let nb = f.add(2);
            let end = (nb as *mut u8).wrapping_add((*p).frame_bytes as usize) as *mut Value;
            if (*ip).b == (*p).exact_b && end <= (*vm).stack_end {
                let link = nb.sub(1) as *mut u64;
                *link = ip as u64;
                *link.add(1) = LUA_LINK | ((*ip).a as u64 + 32) << 32;
                let code = (*cl).code;
                let fuel = fuel - (ip.add(1) as isize) + code as isize;
                let k = (*cl).k;
                if code as isize > fuel {
                    tail!(op_poll, vm, code, nb, k, fuel, tb)
                }
                go!(vm, code, nb, k, fuel, tb)
            }
        }
        tail!(op_call_other, vm, ip, base, k, fuel, tb)
    }
    #[inline(never)]
    fn op_call_other(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        if (*f).tag == tag::NATIVE {
            tail!(op_call_native, vm, ip, base, k, fuel, tb)
        }
        if (*f).tag == tag::LUA_FN && !(*vm).hooked {
            let p = (*((*f).payload as usize as *const LuaFn)).proto;
            if (*p).is_vararg {
                tail!(op_call_vararg, vm, ip, base, k, fuel, tb)
            }
            tail!(op_call_adjust, vm, ip, base, k, fuel, tb)
        }
        tail!(op_call_slow, vm, ip, base, k, fuel, tb)
    }
    /// A Lua function with arguments up to the top, or more or fewer than parameters.
    #[inline(never)]
    fn op_call_adjust(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let cl = (*f).payload as usize as *const LuaFn;
        let p = (*cl).proto;
        let nb = f.add(2);
        let mut end = nb.add((*ip).b as usize).sub(1);
        if (*ip).b == 0 {
            end = (*vm).top;
        }
        // (Arguments there are too many of may lie above the frame.)
        let frame = (nb as *mut u8).wrapping_add((*p).frame_bytes as usize) as *mut Value;
        if frame > (*vm).stack_end {
            tail!(op_call_slow, vm, ip, base, k, fuel, tb)
        }
        let params = nb.add((*p).num_params as usize);
        while end < params {
            rolled();
            set_tag(end, tag::NIL);
            end = end.add(1);
        }
        let link = nb.sub(1) as *mut u64;
        *link = ip as u64;
        *link.add(1) = LUA_LINK | ((*ip).a as u64 + 32) << 32;
        let code = (*cl).code;
        let fuel = fuel - (ip.add(1) as isize) + code as isize;
        let k = (*cl).k;
        if code as isize > fuel {
            tail!(op_poll, vm, code, nb, k, fuel, tb)
        }
        go!(vm, code, nb, k, fuel, tb)
    }
    /// A vararg function: its frame moves above the arguments.
    #[inline(never)]
    fn op_call_vararg(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let cl = (*f).payload as usize as *const LuaFn;
        let p = (*cl).proto;
        let nb = f.add(2);
        let b = (*ip).b as usize;
        let mut end = nb.wrapping_add(b).wrapping_sub(1);
        if b == 0 {
            end = (*vm).top;
        }
        let params = nb.add((*p).num_params as usize);
        let moved = (if end > params { end } else { params }).add(2);
        if moved.wrapping_byte_add((*p).frame_bytes as usize) > (*vm).stack_end {
            tail!(op_call_slow, vm, ip, base, k, fuel, tb)
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
        let link = nb.sub(1) as *mut u64;
        *link = ip as u64;
        let word = LUA_LINK | ((*ip).a as u64 + 32) << 32;
        *link.add(1) = word;
        let bytes = moved as usize as u64 - nb as usize as u64;
        let link = moved.sub(1) as *mut u64;
        *link = bytes / 16;
        *link.add(1) = (word - LUA_LINK + VARARG_LINK) + (bytes << 32);
        let code = (*cl).code;
        let fuel = fuel - (ip.add(1) as isize) + code as isize;
        let k = (*cl).k;
        if code as isize > fuel {
            tail!(op_poll, vm, code, moved, k, fuel, tb)
        }
        go!(vm, code, moved, k, fuel, tb)
    }
    fn op_return1(vm, ip, base, k, fuel, tb) {
        let link = base.sub(1) as *const u64;
        let word = *link.add(1);
        let rip = *link as usize as *const luka_bytecode::Instr;
        if word & 0xff00 == (FrameKind::Lua as u64) << 8 && (*rip).c == 2 {
            copy(base.sub(2), ra(ip, base));
            let cb = (base as *mut u8).sub((word >> 32) as usize) as *mut Value;
            let cl = (*cb.sub(2)).payload as usize as *const LuaFn;
            let next = rip.add(1);
            let fuel = fuel - (ip.add(1) as isize) + next as isize;
            if next as isize > fuel {
                tail!(op_poll, vm, next, cb, (*cl).k, fuel, tb)
            }
            go!(vm, next, cb, (*cl).k, fuel, tb)
        }
        tail!(op_return1_open, vm, ip, base, k, fuel, tb)
    }
    /// One value to a caller that takes all or none.
    #[inline(never)]
    fn op_return1_open(vm, ip, base, k, fuel, tb) {
        let link = base.sub(1) as *const u64;
        let word = *link.add(1);
        let rip = *link as usize as *const luka_bytecode::Instr;
        if word & 0xff00 == (FrameKind::Lua as u64) << 8 && (*rip).c < 2 {
            copy(base.sub(2), ra(ip, base));
            if (*rip).c == 0 {
                (*vm).top = base.sub(1);
            }
            let cb = (base as *mut u8).sub((word >> 32) as usize) as *mut Value;
            let cl = (*cb.sub(2)).payload as usize as *const LuaFn;
            let next = rip.add(1);
            let fuel = fuel - (ip.add(1) as isize) + next as isize;
            if next as isize > fuel {
                tail!(op_poll, vm, next, cb, (*cl).k, fuel, tb)
            }
            go!(vm, next, cb, (*cl).k, fuel, tb)
        }
        tail!(op_return_any, vm, ip, base, k, fuel, tb)
    }
    fn op_return0(vm, ip, base, k, fuel, tb) {
        let link = base.sub(1) as *const u64;
        let word = *link.add(1);
        let rip = *link as usize as *const luka_bytecode::Instr;
        if word & 0xff00 == (FrameKind::Lua as u64) << 8 && (*rip).c == 1 {
            let cb = (base as *mut u8).sub((word >> 32) as usize) as *mut Value;
            let cl = (*cb.sub(2)).payload as usize as *const LuaFn;
            let next = rip.add(1);
            let fuel = fuel - (ip.add(1) as isize) + next as isize;
            if next as isize > fuel {
                tail!(op_poll, vm, next, cb, (*cl).k, fuel, tb)
            }
            go!(vm, next, cb, (*cl).k, fuel, tb)
        }
        tail!(op_return_any, vm, ip, base, k, fuel, tb)
    }
    fn op_return(vm, ip, base, k, fuel, tb) {
        if (*ip).n != 0 {
            tail!(op_return_slow, vm, ip, base, k, fuel, tb)
        }
        tail!(op_return_any, vm, ip, base, k, fuel, tb)
    }
    /// Any number of results to a Lua caller, nothing to close.
    #[inline(never)]
    fn op_return_any(vm, ip, base, k, fuel, tb) {
        let mut start = base;
        let mut link = start.sub(1) as *const u64;
        if *link.add(1) & 0xff00 == (FrameKind::Vararg as u64) << 8 {
            start = start.sub(*link as usize);
            link = start.sub(1) as *const u64;
        }
        let kind = *link.add(1) & 0xff00;
        if (*vm).hooked {
            tail!(op_return_slow, vm, ip, base, k, fuel, tb)
        }
        if kind != (FrameKind::Lua as u64) << 8 {
            if kind == (FrameKind::Native as u64) << 8 || kind == (FrameKind::Meta as u64) << 8 {
                tail!(op_return_called, vm, ip, base, k, fuel, tb)
            }
            tail!(op_return_slow, vm, ip, base, k, fuel, tb)
        }
        let rip = *link as usize as *const luka_bytecode::Instr;
        let cb = (start as *mut u8).sub((*link.add(1) >> 32) as usize) as *mut Value;
        let mut from = ra(ip, base);
        let op = (*ip).op;
        let end = if op == Op::Return0 as u8 {
            from
        } else if op == Op::Return1 as u8 {
            from.add(1)
        } else if (*ip).b == 0 {
            (*vm).top
        } else {
            from.add((*ip).b as usize).sub(1)
        };
        let mut to = start.sub(2);
        if (*rip).c == 0 {
            while from < end {
                rolled();
                copy(to, from);
                from = from.add(1);
                to = to.add(1);
            }
            (*vm).top = to;
        } else {
            let wanted = to.add((*rip).c as usize).sub(1);
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
        let cl = (*cb.sub(2)).payload as usize as *const LuaFn;
        let next = rip.add(1);
        let fuel = fuel - (ip.add(1) as isize) + next as isize;
        if next as isize > fuel {
            tail!(op_poll, vm, next, cb, (*cl).k, fuel, tb)
        }
        go!(vm, next, cb, (*cl).k, fuel, tb)
    }
    /// To a native or an instruction.
    #[inline(never)]
    fn op_return_called(vm, ip, base, k, fuel, tb) {
        (*vm).ip = ip;
        (*vm).base = base;
        (*vm).fuel = fuel - ip as isize - 8;
        let r = super::call_native::return_to_caller(&mut *vm);
        if r != super::dispatch::CONTINUE {
            return r;
        }
        super::dispatch::reload!(vm)
    }
    fn op_tailcall(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let link = base.sub(1) as *mut u64;
        if (*f).tag == tag::LUA_FN
            && (*ip).n == 0
            && *link.add(1) & 0xff00 != (FrameKind::Vararg as u64) << 8
            && !(*vm).hooked
        {
            let cl = (*f).payload as usize as *const LuaFn;
            let p = (*cl).proto;
            let frame = (base as *mut u8).wrapping_add((*p).frame_bytes as usize) as *mut Value;
            let mut end = f.add((*ip).b as usize + 1);
            if (*ip).b == 0 {
                end = (*vm).top;
            }
            let mut from = f.add(2);
            if end as usize - from as usize == (*p).num_params as usize * 16
                && !(*p).is_vararg
                && frame <= (*vm).stack_end
            {
                *link.add(1) |= TAIL;
                let mut to = base;
                copy(to.sub(2), f);
                while from < end {
                    rolled();
                    copy(to, from);
                    from = from.add(1);
                    to = to.add(1);
                }
                let code = (*cl).code;
                let fuel = fuel - (ip.add(1) as isize) + code as isize;
                let k = (*cl).k;
                if code as isize > fuel {
                    tail!(op_poll, vm, code, base, k, fuel, tb)
                }
                go!(vm, code, base, k, fuel, tb)
            }
        }
        tail!(op_tailcall_other, vm, ip, base, k, fuel, tb)
    }
    #[inline(never)]
    fn op_tailcall_other(vm, ip, base, k, fuel, tb) {
        if (*ra(ip, base)).tag == tag::NATIVE && (*ip).n == 0 {
            // Called with all results wanted; the RETURN behind hands them on.
            tail!(op_call_native, vm, ip, base, k, fuel, tb)
        }
        tail!(op_tailcall_slow, vm, ip, base, k, fuel, tb)
    }
    fn op_vararg(vm, ip, base, k, fuel, tb) {
        let link = base.sub(1) as *const u64;
        if *link.add(1) & 0xff00 == (FrameKind::Vararg as u64) << 8 {
            let p = (*((*base.sub(2)).payload as usize as *const LuaFn)).proto;
            let end = base.sub(2);
            let mut from = base.sub(*link as usize).add((*p).num_params as usize);
            let mut to = ra(ip, base);
            if (*ip).c == 0 {
                let room = to.wrapping_byte_add(end as usize - from as usize).wrapping_add(1);
                if room <= (*vm).stack_end {
                    while from < end {
                        rolled();
                        copy(to, from);
                        from = from.add(1);
                        to = to.add(1);
                    }
                    (*vm).top = to;
                    go!(vm, ip.add(1), base, k, fuel, tb)
                }
            } else {
                let last = to.add((*ip).c as usize).sub(1);
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
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
        }
        tail!(op_vararg_slow, vm, ip, base, k, fuel, tb)
    }
    fn op_varargprep(vm, ip, base, k, fuel, tb) {
        // The call has moved the frame already.
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
}
