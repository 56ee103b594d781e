//! Constructors: tables and lists of values for them, when the cell is there and no barrier is
//! needed.

use super::dispatch::{handlers, next, slow_handlers, tail};
use super::nodes::table_of;
use super::operand::*;
use crate::heap::{Heap, mark};
use crate::table::Table;
use crate::value::tag;
use crate::vm::Vm;

slow_handlers! {
    op_newtable_slow => Vm::newtable_instr;
    op_newtable_collect => Vm::newtable_collect;
    op_setlist_slow => Vm::setlist_instr;
}

handlers! {
    /// `n` is the class of cells that takes the table with its parts (see [`crate::function::link`]).
    fn op_newtable(m) {
        let class = m.n();
        if class != 0 {
            let t = Heap::quick_table(&raw mut (*m.vm).heap, class, m.uc(), m.ub());
            if !t.is_null() {
                let a = m.a();
                (*a).payload = t as u64;
                (*a).tag = tag::TABLE;
                if (*m.vm).heap.debt <= 0 {
                    next!(m)
                }
                tail!(m, op_newtable_collect)
            }
        }
        tail!(m, op_newtable_slow)
    }
    /// Values into array slots that are there already, or for which the table's cell has room.
    fn op_setlist(m) {
        let a = m.a();
        if (*a).tag == tag::TABLE {
            let t = table_of(a);
            let first = m.sbx() as u32 as usize;
            let n = match m.n() as usize {
                0 => (*m.vm).top.offset_from(a) as usize - 1,
                n => n,
            };
            let end = first + n;
            if (*t).asize == 0 && first == 0 && n != 0 && Table::has_room(t, n) {
                Table::use_room(t, n);
            }
            let asize = (*t).asize as usize;
            if end <= asize && (*t).hdr.marked & mark::BLACK == 0 {
                let arr = (*t).arr.add(first);
                let tags = ((*t).arr.add(asize) as *mut u8).add(first);
                for i in 0..n {
                    rolled();
                    let v = a.add(i + 1);
                    *arr.add(i) = (*v).payload;
                    *tags.add(i) = (*v).tag;
                }
                next!(m)
            }
        }
        tail!(m, op_setlist_slow)
    }
}
