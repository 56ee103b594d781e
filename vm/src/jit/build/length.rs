//! `#` of strings and plain tables.

use super::Builder;
use crate::jit::feedback::Seen;
use crate::jit::ir::*;
use crate::value::tag;
use luka_bytecode::Instr;

impl Builder<'_> {
    pub(super) fn length(&mut self, i: Instr) -> Option<()> {
        let site = self.site();
        if !site.reached {
            return self.unseen();
        }
        let b = self.b(i);
        let v = match site.b {
            Seen::STR => {
                let s = self.want(b, tag::STR)?;
                self.paid();
                self.string_length(s)
            }
            Seen::TABLE => {
                let t = self.want(b, tag::TABLE)?;
                self.no_metatable(t);
                self.paid();
                self.push(Ins { a: t, ..Ins::new(Op::Length) });
                self.define(Class::General, Ins::new(Op::ResultPayload))
            }
            _ => return None,
        };
        let a = self.a(i);
        self.set_known(a, v, tag::INT);
        Some(())
    }
}
