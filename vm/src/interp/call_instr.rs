//! CALL, TAILCALL, RETURN, VARARG and CLOSURE in general; their common forms are handlers in
//! [`super::ops_call`].

use super::call::{NATIVE_SLOTS, Next, opcode};
use super::frame::{FrameKind, HEADER, Link, SLOT};
use super::operand::*;
use crate::error::Raise;
use crate::function::LuaFn;
use crate::meta::Event;
use crate::value::{Value, tag};
use crate::vm::{Vm, meter::VALUES_MOVED};
use luka_bytecode::{Instr, Op};

impl Vm {
    /// CALL in general.
    pub(crate) fn call_instr(&mut self) -> Result<Next, Raise> {
        // SAFETY: operands are verified.
        unsafe {
            let f = ra(self.ip, self.base);
            let b = (*self.ip).b as usize;
            let nargs = if b == 0 { self.top.offset_from(f) as usize - HEADER } else { b - 1 };
            self.begin_call(f, nargs, FrameKind::Lua, self.ip as u64, 0)
        }
    }

    /// TAILCALL: a Lua function takes over the frame; anything else is called and followed by the
    /// RETURN that stands behind.
    pub(crate) fn tailcall_instr(&mut self) -> Result<Next, Raise> {
        // SAFETY: operands are verified.
        unsafe {
            let f = ra(self.ip, self.base);
            let b = (*self.ip).b as usize;
            let nargs = if b == 0 { self.top.offset_from(f) as usize - HEADER } else { b - 1 };
            self.tail_call(f, nargs)
        }
    }

    /// The TAILCALL at `vm.ip` of the value in `f` with `nargs` arguments.
    ///
    /// # Safety
    /// They lie in the running frame or below the top.
    pub(crate) unsafe fn tail_call(
        &mut self,
        mut f: *mut Value,
        mut nargs: usize,
    ) -> Result<Next, Raise> {
        // SAFETY: the caller; the frame's link is intact.
        unsafe {
            let i = self.instr();
            while (*f).tag != tag::LUA_FN && (*f).tag != tag::NATIVE {
                let handler = self.metamethod(*f, Event::Call);
                if handler.is_nil() {
                    return Err(self.call_error(f));
                }
                f = self.reserve(f, HEADER + nargs + 1 + NATIVE_SLOTS)?;
                let args = f.add(HEADER);
                std::ptr::copy(args, args.add(1), nargs);
                *args = *f;
                *f = handler;
                nargs += 1;
                self.charge_many(nargs, VALUES_MOVED);
            }
            if i.n != 0 {
                self.close_upvalues(self.base);
            }
            if (*f).tag == tag::NATIVE {
                // RETURN behind it returns all results.
                return self.begin_call(f, nargs, FrameKind::Lua, self.ip as u64, 0);
            }
            let mut base = self.base;
            let mut link = Link::read(base);
            if link.kind() == FrameKind::Vararg {
                base = base.sub(link.payload as usize);
                link = Link::read(base);
            }
            // Room first: an error must find this frame whole.
            let cl = (*f).payload as usize as *const LuaFn;
            let frame = (*(*cl).proto).frame_bytes as usize / SLOT;
            let offset = f.offset_from(base);
            let base_delta = base.offset_from(self.base);
            f = self.reserve(f, 2 * (HEADER + nargs) + frame)?;
            base = self.base.offset(base_delta);
            debug_assert!(f.offset_from(base) == offset);
            let to = base.sub(HEADER);
            *to = *f;
            self.charge_many(nargs, VALUES_MOVED);
            std::ptr::copy(f.add(HEADER), to.add(HEADER), nargs);
            self.begin_call_with(to, nargs, link.with_tail())
        }
    }

    /// RETURN in all its forms.
    pub(crate) fn return_instr(&mut self) -> Result<Next, Raise> {
        // SAFETY: operands are verified.
        unsafe {
            let i = self.instr();
            let (first, n) = returned(self, i);
            if opcode(i) == Op::Return && i.n != 0 {
                if i.b != 0 {
                    self.top = first.add(n);
                }
                if let Some(next) = self.close_next(self.base)? {
                    return Ok(next);
                }
                self.close_upvalues(self.base);
            }
            if self.hooks_on() {
                return self.return_hook(first, n);
            }
            let next = self.finish_frame(first, n)?;
            Ok(next)
        }
    }

    pub(crate) fn vararg_instr(&mut self) -> Result<Next, Raise> {
        // SAFETY: operands are verified; the function is vararg, so its link has kind `Vararg`.
        unsafe {
            let i = self.instr();
            let link = Link::read(self.base);
            let params = (*self.lua_fn().proto).num_params as usize;
            let n = if link.kind() == FrameKind::Vararg {
                link.payload as usize - HEADER - params
            } else {
                0
            };
            let wanted = if i.c == 0 { n } else { i.c as usize - 1 };
            let a = self.reserve(ra(self.ip, self.base), wanted + 1)?;
            let from = self.base.sub(HEADER + n);
            for j in 0..wanted {
                *a.add(j) = if j < n { *from.add(j) } else { Value::NIL };
            }
            if i.c == 0 {
                self.charge_many(n, VALUES_MOVED);
                self.top = a.add(n);
            }
            self.advance();
            Ok(Next::Lua)
        }
    }

    pub(crate) fn closure_instr(&mut self) -> Result<Next, Raise> {
        // SAFETY: operands are verified: the child exists, its upvalues name registers and
        // upvalues of this function.
        unsafe {
            let outer = self.lua_fn();
            let bx = sbx(self.ip) as u32 as usize;
            let outer_data = &(*outer.proto).data;
            let proto = outer_data.protos[bx];
            let n = proto.data.upvalues.len();
            let f = self.heap.new_lua_fn(proto, n);
            let result = ra(self.ip, self.base);
            *result = f.into();
            for (j, desc) in proto.data.upvalues.iter().enumerate() {
                let up = if desc.in_stack {
                    let slot = self.base.add(desc.index as usize);
                    self.find_upvalue(slot)
                } else {
                    *outer.upvals.as_ptr().add(desc.index as usize)
                };
                *((*f.as_ptr()).upvals.as_mut_ptr().add(j)) = up;
            }
            self.advance();
            self.safepoint_above(result)
        }
    }
}

/// Where the values begin that an instruction of the class `Return` returns, and how many they are.
///
/// # Safety
/// `vm.ip` is the instruction, of verified code.
#[inline(always)]
pub(super) unsafe fn returned(vm: &Vm, i: Instr) -> (*mut Value, usize) {
    let op = opcode(i);
    if op == Op::Return0 {
        return (vm.base, 0);
    }
    // SAFETY: the caller; values up to the top lie above A.
    unsafe {
        let a = ra(vm.ip, vm.base);
        match (op, i.b) {
            (Op::Return1, _) => (a, 1),
            (_, 0) => (a, vm.top.offset_from(a) as usize),
            (_, b) => (a, b as usize - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use luka_bytecode::ops::OPS;
    use luka_bytecode::{Class, Op};

    #[test]
    fn returned_knows_every_return() {
        let all = OPS.iter().filter(|info| info.class == Class::Return).map(|info| info.op);
        let known = [Op::Return, Op::Return0, Op::Return1];
        assert!(all.eq(known), "`returned` in vm/src/interp/call_instr.rs handles {known:?}");
    }
}
