//! Calls, returns, closures.

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
    op_vararg => Vm::vararg_instr;
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
            tail!(op_call_adjust, vm, ip, base, k, fuel, tb)
        }
        tail!(op_call_slow, vm, ip, base, k, fuel, tb)
    }
    /// A Lua function with more or fewer arguments than parameters.
    #[inline(never)]
    fn op_call_adjust(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let cl = (*f).payload as usize as *const LuaFn;
        let p = (*cl).proto;
        let mut nb = f.add(2);
        let b = (*ip).b as usize;
        let mut n = if b == 0 { (*vm).top.offset_from(nb) as usize } else { b - 1 };
        let params = (*p).num_params as usize;
        let span = if (*p).is_vararg { n.max(params) + 2 } else { 0 };
        let end = (nb.wrapping_add(span) as *mut u8).wrapping_add((*p).frame_bytes as usize);
        if end as *mut Value > (*vm).stack_end {
            tail!(op_call_slow, vm, ip, base, k, fuel, tb)
        }
        while n < params {
            set_tag(nb.add(n), tag::NIL);
            n += 1;
        }
        let mut link = nb.sub(1) as *mut u64;
        let delta = ((*ip).a as u64 + 32) << 32;
        *link = ip as u64;
        *link.add(1) = LUA_LINK | delta;
        if (*p).is_vararg {
            let moved = nb.add(n + 2);
            copy(moved.sub(2), f);
            for i in 0..params {
                copy(moved.add(i), nb.add(i));
                set_tag(nb.add(i), tag::NIL);
            }
            link = moved.sub(1) as *mut u64;
            *link = n as u64 + 2;
            *link.add(1) = VARARG_LINK | (delta + (((n as u64 + 2) * 16) << 32));
            nb = moved;
        }
        let code = (*cl).code;
        let fuel = fuel - (ip.add(1) as isize) + code as isize;
        let k = (*cl).k;
        if code as isize > fuel {
            tail!(op_poll, vm, code, nb, k, fuel, tb)
        }
        go!(vm, code, nb, k, fuel, tb)
    }
    #[inline(never)]
    fn op_call_native(vm, ip, base, k, fuel, tb) {
        (*vm).ip = ip;
        (*vm).base = base;
        (*vm).fuel = fuel - ip as isize - 8;
        let r = super::call_native::call_native_from_lua(&mut *vm);
        if r != super::dispatch::CONTINUE {
            return r;
        }
        super::dispatch::reload!(vm)
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
        let word = *link.add(1);
        if word & 0xff00 != (FrameKind::Lua as u64) << 8 || (*vm).hooked {
            tail!(op_return_slow, vm, ip, base, k, fuel, tb)
        }
        let rip = *link as usize as *const luka_bytecode::Instr;
        let first = ra(ip, base);
        let op = (*ip).op;
        let n = if op == Op::Return0 as u8 {
            0
        } else if op == Op::Return1 as u8 {
            1
        } else if (*ip).b == 0 {
            (*vm).top.offset_from(first) as usize
        } else {
            (*ip).b as usize - 1
        };
        let f = start.sub(2);
        let wanted = (*rip).c as usize;
        let m = if wanted == 0 { n } else { wanted - 1 };
        for i in 0..n.min(m) {
            copy(f.add(i), first.add(i));
        }
        for i in n..m {
            set_tag(f.add(i), tag::NIL);
        }
        if wanted == 0 {
            (*vm).top = f.add(n);
        }
        let cb = (start as *mut u8).sub((word >> 32) as usize) as *mut Value;
        let cl = (*cb.sub(2)).payload as usize as *const LuaFn;
        let next = rip.add(1);
        let fuel = fuel - (ip.add(1) as isize) + next as isize;
        if next as isize > fuel {
            tail!(op_poll, vm, next, cb, (*cl).k, fuel, tb)
        }
        go!(vm, next, cb, (*cl).k, fuel, tb)
    }
    fn op_tailcall(vm, ip, base, k, fuel, tb) {
        let f = ra(ip, base);
        let link = base.sub(1) as *mut u64;
        if (*f).tag == tag::LUA_FN
            && (*ip).n == 0
            && *link.add(1) & 0xff00 != (FrameKind::Vararg as u64) << 8
        {
            let cl = (*f).payload as usize as *const LuaFn;
            let p = (*cl).proto;
            let end = (base as *mut u8).wrapping_add((*p).frame_bytes as usize) as *mut Value;
            if (*ip).b == (*p).exact_b && end <= (*vm).stack_end && !(*vm).hooked {
                *link.add(1) |= TAIL;
                copy(base.sub(2), f);
                for i in 0..(*ip).b as usize - 1 {
                    copy(base.add(i), f.add(2 + i));
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
    fn op_varargprep(vm, ip, base, k, fuel, tb) {
        // The call has moved the frame already.
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
}
