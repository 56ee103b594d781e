//! Calls, returns, closures.

use super::dispatch::{go, handlers, op_poll, slow_handlers, tail};
use super::frame::FrameKind;
use super::operand::*;
use crate::function::LuaFn;
use crate::value::{Value, tag};
use crate::vm::Vm;

slow_handlers! {
    op_call_slow => Vm::call_instr;
    op_tailcall => Vm::tailcall_instr;
    op_return => Vm::return_instr;
    op_return_slow => Vm::return_instr;
    op_vararg => Vm::vararg_instr;
    op_closure => Vm::closure_instr;
    op_close => Vm::close_instr;
    op_tbc => Vm::tbc_instr;
}

/// Bits of a link word below the distance, kind `Lua`.
const LUA_LINK: u64 = tag::FRAME as u64;

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
        tail!(op_call_slow, vm, ip, base, k, fuel, tb)
    }
    #[inline(never)]
    fn op_call_native(vm, ip, base, k, fuel, tb) {
        (*vm).ip = ip;
        (*vm).base = base;
        (*vm).fuel = fuel - ip as isize - 8;
        let r = super::call::call_native_from_lua(&mut *vm);
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
        tail!(op_return_slow, vm, ip, base, k, fuel, tb)
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
        tail!(op_return_slow, vm, ip, base, k, fuel, tb)
    }
    fn op_varargprep(vm, ip, base, k, fuel, tb) {
        // The call has moved the frame already.
        go!(vm, ip.add(1), base, k, fuel, tb)
    }
}
