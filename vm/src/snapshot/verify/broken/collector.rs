//! The collector's state and lists.

use super::heap::{find, mark_with};
use super::{Damage, Row};
use crate::heap::gc::State;
use crate::heap::marker::PartialTable;
use crate::heap::{Header, mark};
use crate::object::table::Table;
use crate::value::tag;

/// Overwrites something in the heap.
macro_rules! set {
    ($d:expr, [$($field:tt)+] = $new:expr) => {{
        let at = &raw mut $d.vm.heap.$($field)+;
        $d.poke(at, $new)
    }};
}

pub(super) const ALL: &[Row] = &[
    ("there are three epochs", |d| set!(d, [epoch] = 3)),
    ("there are two whites", |d| set!(d, [current_white] = 0)),
    ("programs do not run in the atomic phase", |d| set!(d, [state] = State::Atomic)),
    ("what counts as alive follows from the state", |d| set!(d, [alive] = 1)),
    ("nothing is being marked between instructions", |d| set!(d, [prefetch_len] = 1)),
    ("blocks wait for the sweep of their class", |d| {
        if d.vm.heap.state == State::SweepCells {
            return None;
        }
        let classes = d.vm.heap.cells.classes.iter();
        let class = classes.into_iter().position(|c| !c.touched.is_empty())?;
        let swap = move |vm: &mut crate::Vm| {
            let c = &mut vm.heap.cells.classes[class];
            std::mem::swap(&mut c.touched, &mut c.unswept);
        };
        d.change(swap, swap);
        Some(())
    }),
    ("the sweep's places are in order", |d| {
        let next = d.vm.heap.sweep.large_next;
        set!(d, [sweep.large_kept] = next + 1)
    }),
    ("without a sweep there is nothing to sweep", |d| {
        idle(d)?;
        set!(d, [sweep.class] = 1)
    }),
    ("a young collection's sweep is a sweep", |d| {
        idle(d)?;
        set!(d, [pacer.young_sweep] = true)
    }),
    ("old large objects are in the list", |d| {
        let count = d.vm.heap.large.len();
        set!(d, [large_old] = count + 1)
    }),
    ("the next collection in stress mode comes", |d| {
        set!(d, [stress] = 2)?;
        set!(d, [stress_left] = 0)
    }),
    ("blocks are of this epoch or wait to be", |d| {
        let c = d.vm.heap.cells.classes.iter().find(|c| !c.current.is_null())?;
        let (b, next) = (c.current, if d.vm.heap.epoch == 4 { 1 } else { d.vm.heap.epoch << 1 });
        // SAFETY: the block is there.
        d.poke(unsafe { &raw mut (*b).epoch }, next)
    }),
    ("what a sweep has left is marked", |d| {
        let all = d.vm.heap.cells.classes.iter();
        let settled = all.flat_map(|c| c.available.iter().chain(&c.full)).copied();
        if d.vm.heap.state == State::Propagate {
            return None;
        }
        // SAFETY: the blocks are there.
        let b = settled.into_iter().find(|&b| unsafe { (*b).used[0] != 0 })?;
        // SAFETY: the block is there.
        let at = unsafe { &raw mut (*b).mark[0] };
        d.poke(at, 0)
    }),
    ("old objects are marked", |d| {
        let h = &d.vm.heap;
        if h.state != State::Pause || !h.pacer.generational {
            return None;
        }
        let young = h.large.iter().position(|&o| marked(o) & h.epoch == 0)?;
        set!(d, [large_old] = young + 1)
    }),
    ("only marking has work to do", |d| {
        if d.vm.heap.pacer.generational || d.vm.heap.state <= State::Propagate {
            return None;
        }
        let o = find(d, |o| kind(o) == tag::TABLE)?;
        push(d, |vm| &mut vm.heap.gray, o)
    }),
    ("only marking has begun with tables", |d| {
        if d.vm.heap.state == State::Propagate {
            return None;
        }
        let table = find(d, |o| kind(o) == tag::TABLE)? as *mut Table;
        // SAFETY: the table exists.
        let begun = PartialTable { table, at: 0, parts: unsafe { (*table).parts() } };
        d.change(|vm| vm.heap.partial_table = Some(begun), |vm| vm.heap.partial_table = None);
        Some(())
    }),
    ("weak tables are cleared in the atomic phase", |d| {
        let t = find(d, |o| kind(o) == tag::TABLE)? as *mut Table;
        push(d, |vm| &mut vm.heap.weak_values, t)
    }),
    ("what waits to be visited is gray", |d| {
        let o = find(d, |o| kind(o) == tag::TABLE && marked(o) & mark::BLACK != 0)?;
        again(d, o)
    }),
    ("what waits to be visited refers to something", |d| {
        let epoch = d.vm.heap.epoch;
        let o = find(d, |o| {
            kind(o) == tag::UPVAL && marked(o) & epoch != 0 && marked(o) & mark::BLACK == 0
        })?;
        again(d, o)
    }),
    ("upvalues to be looked at again are marked", |d| {
        marking(d)?;
        let epoch = d.vm.heap.epoch;
        let uv = find(d, |o| kind(o) == tag::UPVAL && marked(o) & epoch == 0)?;
        let uv = uv as *mut crate::Upval;
        push(d, |vm| &mut vm.heap.open_upvals, uv)
    }),
    ("a table that is being visited is marked", |d| {
        let epoch = d.vm.heap.epoch;
        let unmarked = find(d, |o| kind(o) == tag::TABLE && marked(o) & epoch == 0)?;
        let partial = d.vm.heap.partial_table.as_mut()?;
        let (t, at) = (partial.table, &raw mut partial.table);
        // (The other one is not visited to its end.)
        mark_with(d, t as *mut Header, mark::BLACK, 0)?;
        d.poke(at, unmarked as *mut Table)
    }),
    ("a visit of a table is inside the table", |d| {
        let partial = d.vm.heap.partial_table.as_mut()?;
        let (t, at) = (partial.table, &raw mut partial.at);
        // SAFETY: the table exists.
        if partial.parts != unsafe { (*t).parts() } {
            return None;
        }
        // (What a black table has visited must be marked, which is another rule.)
        mark_with(d, t as *mut Header, mark::BLACK, 0)?;
        d.poke(at, usize::MAX)
    }),
    ("what waits to be visited waits once", |d| {
        let o = *d.vm.heap.gray_again.first()?;
        if !d.vm.heap.pacer.generational && d.vm.heap.state != State::Propagate {
            return None;
        }
        again(d, o)
    }),
    ("what is gray waits to be visited", |d| {
        if !d.vm.heap.pacer.generational && d.vm.heap.state != State::Propagate {
            return None;
        }
        let o = d.vm.heap.gray_again.pop()?;
        d.undo.push(Box::new(move |vm| vm.heap.gray_again.push(o)));
        Some(())
    }),
    ("objects with finalizers know it", |d| {
        let o = find(d, |o| kind(o) == tag::TABLE && marked(o) & mark::FINALIZER == 0)?;
        push(d, |vm| &mut vm.heap.with_finalizer, o)
    }),
    ("tables and userdata have finalizers", |d| {
        let o = find(d, |o| kind(o) == tag::LUA_FN)?;
        mark_with(d, o, 0, mark::FINALIZER)?;
        push(d, |vm| &mut vm.heap.with_finalizer, o)
    }),
    ("objects with finalizers are listed once", |d| {
        let o = d.vm.heap.with_finalizer.pop()?;
        d.undo.push(Box::new(move |vm| vm.heap.with_finalizer.push(o)));
        if d.vm.heap.finalizers_old > d.vm.heap.with_finalizer.len() {
            return None;
        }
        Some(())
    }),
    ("objects with finalizers are listed once", |d| {
        let o = *d.vm.heap.with_finalizer.first()?;
        push(d, |vm| &mut vm.heap.with_finalizer, o)
    }),
    ("old objects with finalizers are marked", |d| {
        let h = &d.vm.heap;
        if !h.pacer.generational || h.state == State::Propagate {
            return None;
        }
        let mut young = h.with_finalizer.iter().skip(h.finalizers_old);
        young.find(|&&o| marked(o) & h.epoch == 0)?;
        let all = h.with_finalizer.len();
        set!(d, [finalizers_old] = all)
    }),
    ("a few failed coroutines are remembered", |d| {
        let t = d.vm.main_thread;
        let old = std::mem::replace(&mut d.vm.heap.failed, vec![t; 9]);
        d.undo.push(Box::new(move |vm| vm.heap.failed = old));
        Some(())
    }),
    ("names of events are kept for ever", |d| {
        let name = d.vm.heap.gc_name.as_ptr() as *mut Header;
        let fixed = d.vm.heap.fixed.iter().copied().filter(|&o| o != name).collect();
        let old = std::mem::replace(&mut d.vm.heap.fixed, fixed);
        d.undo.push(Box::new(move |vm| vm.heap.fixed = old));
        Some(())
    }),
    ("strings of one byte are kept for ever", |d| {
        let s = d.vm.heap.strings.of_byte.iter().flatten().next()?.as_ptr() as *mut Header;
        let fixed = d.vm.heap.fixed.iter().copied().filter(|&o| o != s).collect();
        let old = std::mem::replace(&mut d.vm.heap.fixed, fixed);
        d.undo.push(Box::new(move |vm| vm.heap.fixed = old));
        Some(())
    }),
    ("strings of one byte are in order", |d| {
        let i = d.vm.heap.strings.of_byte.iter().position(Option::is_some)?;
        let s = d.vm.heap.strings.of_byte[i];
        set!(d, [strings.of_byte[(i + 1) % 256]] = s)
    }),
];

fn idle(d: &Damage) -> Option<()> {
    matches!(d.vm.heap.state, State::Pause | State::Propagate).then_some(())
}

fn marking(d: &Damage) -> Option<()> {
    (d.vm.heap.state == State::Propagate).then_some(())
}

fn marked(o: *mut Header) -> u8 {
    // SAFETY: the object exists.
    unsafe { (*o).marked }
}

fn kind(o: *mut Header) -> u8 {
    // SAFETY: the object exists.
    unsafe { (*o).kind }
}

/// Appends to a list.
fn push<T: 'static>(d: &mut Damage, list: fn(&mut crate::Vm) -> &mut Vec<T>, new: T) -> Option<()> {
    list(d.vm).push(new);
    d.undo.push(Box::new(move |vm| {
        list(vm).pop();
    }));
    Some(())
}

/// Puts an object with those to visit again.
fn again(d: &mut Damage, o: *mut Header) -> Option<()> {
    push(d, |vm| &mut vm.heap.gray_again, o)
}
