//! Fields that a table does not have itself.

use super::Builder;
use super::access::node_tags;
use super::facts::Fact;
use crate::jit::ir::*;
use crate::jit::path::{Absent, End, Path};
use crate::object::table::Node;
use crate::table::Table;
use crate::value::{Value, tag};
use std::mem::offset_of;

impl Builder<'_> {
    /// The node to which a way leads from a table, checked on the way, as [`Builder::node_at`] has it;
    /// `None`: there is no such field.
    pub(super) fn inherited(&mut self, mut t: V, key: Value, path: &Path) -> Option<(V, i64)> {
        for step in &path.steps {
            self.absent(t, key, &step.absent);
            let meta = self.metatable(t);
            t = self.class_of_metatable(meta, step.index);
        }
        match &path.end {
            End::Node(number) => Some(self.node_at(t, *number, key)),
            End::Nothing(absent) => {
                self.absent(t, key, absent);
                self.no_metatable(t);
                None
            }
        }
    }

    /// Checks that a table does not have a key.
    fn absent(&mut self, t: V, key: Value, absent: &Absent) {
        self.check(Fact::Absent(t, key.payload), |s| {
            let k = offset_of!(Table, node_mask) as i64;
            s.guard(Ins { a: t, y: absent.mask as i32, k, ..Ins::new(Op::GuardMem4) });
            let nodes = s.nodes(t);
            for &(number, next) in &absent.nodes {
                let node = i64::from(number) * size_of::<Node>() as i64;
                let b = s.int(key.payload as i64);
                let k = node + offset_of!(Node, key) as i64;
                s.guard(Ins { a: nodes, b, k, cond: Cond::Equal, ..Ins::new(Op::GuardMem8) });
                let k = node + offset_of!(Node, next) as i64;
                s.guard(Ins { a: nodes, y: next, k, ..Ins::new(Op::GuardMem4) });
            }
        });
    }

    /// The metatable of a table, which has one.
    pub(super) fn metatable(&mut self, t: V) -> V {
        self.fact(Fact::Metatable(t), |s| {
            let meta = s.load(Op::Load8, Class::General, t, offset_of!(Table, meta));
            let b = s.int(0);
            s.guard(Ins { a: meta, b, cond: Cond::Equal, ..Ins::new(Op::Guard) });
            meta
        })
    }

    /// The `__index` table of a metatable.
    pub(super) fn class_of_metatable(&mut self, meta: V, number: u8) -> V {
        let name = self.index_name();
        self.fact(Fact::Field(meta, name.payload), |s| {
            let (nodes, offset) = s.node_at(meta, number, name);
            let k = offset + offset_of!(Node, val_tag) as i64;
            let y = node_tags(tag::TABLE);
            s.guard(Ins { a: nodes, y, k, ..Ins::new(Op::GuardMem2) });
            s.load(Op::Load8, Class::General, nodes, offset as usize)
        })
    }
}
