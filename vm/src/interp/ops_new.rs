//! Constructors: tables and lists of values for them, when the cell is there and no barrier is
//! needed.

use super::dispatch::{go, handlers, slow_handlers, tail};
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
    /// `n` is the class of cells that takes the table with its parts (see [`super::link`]).
    fn op_newtable(vm, ip, base, k, fuel, tb) {
        let class = (*ip).n;
        if class != 0 {
            let t = Heap::quick_table(&raw mut (*vm).heap, class, (*ip).c, (*ip).b);
            if !t.is_null() {
                let a = ra(ip, base);
                (*a).payload = t as u64;
                (*a).tag = tag::TABLE;
                if (*vm).heap.debt <= 0 {
                    go!(vm, ip.add(1), base, k, fuel, tb)
                }
                tail!(op_newtable_collect, vm, ip, base, k, fuel, tb)
            }
        }
        tail!(op_newtable_slow, vm, ip, base, k, fuel, tb)
    }
    /// Values into array slots that are there already, or for which the table's cell has room.
    fn op_setlist(vm, ip, base, k, fuel, tb) {
        let a = ra(ip, base);
        if (*a).tag == tag::TABLE {
            let t = table_of(a);
            let first = sbx(ip) as u32 as usize;
            let n = match (*ip).n as usize {
                0 => (*vm).top.offset_from(a) as usize - 1,
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
                go!(vm, ip.add(1), base, k, fuel, tb)
            }
        }
        tail!(op_setlist_slow, vm, ip, base, k, fuel, tb)
    }
}
