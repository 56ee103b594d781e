//! Metamethods that are short functions, built in place of the instructions that call them.

use super::Builder;
use super::facts::Fact;
use super::inline::DEEPEST;
use super::state::{Reg, slot};
use crate::function::ProtoObj;
use crate::interp::call::NATIVE_SLOTS;
use crate::jit::feedback::{Callee, Seen};
use crate::jit::ir::*;
use crate::jit::state::Function;
use crate::object::table::Node;
use crate::object::thread::{MAX_C_DEPTH, Thread};
use crate::stack::link::{HEADER, SLOT};
use crate::value::tag;
use crate::vm::Vm;
use luka_bytecode::Instr;
use std::mem::offset_of;

impl<'a> Builder<'a> {
    /// Arithmetic of the registers B and C, or of B and something else, by a metamethod of the first operand, a table, or
    /// of the second if the first is a number. `None`: nothing has been done.
    pub(super) fn by_metamethod(&mut self, i: Instr, c: Option<Reg>) -> Option<()> {
        let (pc, site) = (self.pc, self.site());
        let Some(Callee::Function(number)) = self.source.feedback.callees.get(&pc).copied() else {
            return None;
        };
        let function: &'a Function = self.functions.get(number)?;
        // SAFETY: functions that are listed are live.
        let proto: &'a ProtoObj = unsafe { &*function.proto };
        let info = i.opcode()?.info();
        let event = info.event(i.n).filter(|_| !info.is_negated(i.n))?;
        let exchanged = info.is_exchanged(i.n);
        let b = self.b(i);
        // (Numbers that are constants have no metamethods.)
        let first = site.b == Seen::TABLE && (site.access.is_own() || exchanged);
        let (owner, other) = match (first, site.b) {
            (true, _) => (b, None),
            (_, Seen::INT | Seen::FLOAT) if c.is_none() && site.c == Seen::TABLE => {
                (self.c(i), site.b.only())
            }
            _ => return None,
        };
        let window = self.first + self.source.proto.frame_bytes as usize / SLOT;
        let flow = self.inlines(pc, number, function)?;
        if proto.num_params > 2 {
            return None;
        }
        if let Some(tag) = other {
            self.want(b, tag)?;
        }
        let t = self.want(owner, tag::TABLE)?;
        let meta = self.metatable(t);
        let node = self.own_node(meta, self.event_name(event));
        let function_tag = tag::LUA_FN.into();
        let k = offset_of!(Node, val_tag) as i64;
        self.guard(Ins { a: node, y: function_tag, k, ..Ins::new(Op::GuardMem1) });
        let closure = self.load(Op::Load8, Class::General, node, offset_of!(Node, val));
        self.is_function(closure, number);
        self.calls_are_left();
        let arguments = slot(window + HEADER + 2 + NATIVE_SLOTS);
        self.stack_reaches(arguments.max(slot(window + HEADER) + i64::from(proto.frame_bytes)));
        let (mut x, mut y) = (self.any(b), c.unwrap_or_else(|| self.any(self.c(i))));
        if exchanged {
            (x, y) = (y, x);
        }
        self.paid();
        self.set_known(window, closure, tag::LUA_FN);
        self.set(window + HEADER, x.payload, x.tag);
        self.set(window + HEADER + 1, y.payload, y.tag);
        self.inline(window, true, (number, function, flow), closure)
    }

    /// Checks that calls of metamethods that are inlined would not be an error.
    fn calls_are_left(&mut self) {
        self.check(Fact::CallsAreLeft, |s| {
            let k = offset_of!(Vm, thread) as i64;
            let thread = s.define(Class::General, Ins { k, ..Ins::new(Op::LoadVm) });
            let (k, y) =
                (offset_of!(Thread, c_depth) as i64, MAX_C_DEPTH as i32 - DEEPEST as i32 - 1);
            let deep = Ins { a: thread, k, y, ..Ins::new(Op::GuardMem4) };
            s.guard(Ins { cond: Cond::AboveEqual, ..deep });
        });
    }
}
