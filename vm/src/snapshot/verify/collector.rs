//! The collector: its state and its lists, against what the walk over all objects has found.

use super::objects::Census;
use super::violation::{Verdict, rule};
use crate::heap::gc::State;
use crate::heap::heap::Heap;
use crate::heap::{Gc, Header, mark};
use crate::object::string::Str;
use crate::value::tag;

/// Failed coroutines that are remembered.
const FAILED: usize = 8;

/// Checks the lists, in a state that has been checked.
///
/// # Safety
/// The heap is as the reader guarantees it.
pub(super) unsafe fn check(heap: &Heap, census: &mut Census) -> Verdict {
    // SAFETY: what the lists hold exists (the caller).
    unsafe {
        check_gray(heap, census)?;
        check_finalizers(heap, census)?;
        for &o in &heap.failed {
            let alive = !heap.is_dead(o.hdr.marked);
            rule!(Collector, alive, "failed coroutines that are remembered are no garbage");
        }
    }
    check_strings(heap, census)?;
    rule!(
        Objects,
        census.bytes == heap.bytes,
        "the sizes of all objects add up",
        "{} bytes counted, objects have {}",
        heap.bytes,
        census.bytes
    );
    let few = heap.failed.len() <= FAILED;
    rule!(Collector, few, "a few failed coroutines are remembered");
    check_roots(heap)
}

/// Checks the state by itself.
pub(super) fn check_state(h: &Heap) -> Verdict {
    let epoch = matches!(h.epoch, 1 | 2 | 4);
    rule!(Collector, epoch, "there are three epochs");
    let white = matches!(h.current_white, mark::WHITE0 | 128);
    rule!(Collector, white, "there are two whites");
    let atomic = h.state == State::Atomic;
    rule!(Collector, !atomic, "programs do not run in the atomic phase");
    let sweeps = h.state > State::Atomic;
    let alive = if sweeps { h.epoch | h.current_white } else { mark::COLOURS };
    rule!(Collector, h.alive == alive, "what counts as alive follows from the state");
    let idle = h.prefetch_len == 0 && h.threads.is_empty();
    rule!(Collector, idle, "nothing is being marked between instructions");
    for (class, c) in h.cells.classes.iter().enumerate() {
        let waits = h.state == State::SweepCells && class >= h.sweep.class;
        let right = waits || c.unswept.is_empty();
        rule!(Collector, right, "blocks wait for the sweep of their class", "class {class}");
    }
    let s = &h.sweep;
    let in_order = s.large_kept <= s.large_next && s.large_next <= s.large_end;
    rule!(Collector, in_order && s.large_end <= h.large.len(), "the sweep's places are in order");
    let active = matches!(h.state, State::SweepCells | State::SweepLarge);
    let at_rest = s.class == 0 && s.large_end == 0;
    rule!(Collector, active || at_rest, "without a sweep there is nothing to sweep");
    let young = !h.pacer.young_sweep || sweeps;
    rule!(Collector, young, "a young collection's sweep is a sweep");
    rule!(Collector, h.large_old <= h.large.len(), "old large objects are in the list");
    let stress = if h.stress > 0 { 1..=h.stress } else { 0..=u32::MAX };
    rule!(Collector, stress.contains(&h.stress_left), "the next collection in stress mode comes");
    Ok(())
}

/// What waits to be visited is gray, and what is gray waits.
unsafe fn check_gray(h: &Heap, census: &Census) -> Verdict {
    let marking = h.state == State::Propagate;
    // (Between young collections, barriers mark; what they have marked is forgotten when the next
    // cycle begins in the other mode.)
    let none = h.gray.is_empty() && h.open_upvals.is_empty();
    let right = marking || h.pacer.generational || h.state == State::Pause || none;
    rule!(Collector, right, "only marking has work to do");
    rule!(Collector, marking || h.partial_table.is_none(), "only marking has begun with tables");
    let cleared = h.weak_values.is_empty() && h.ephemerons.is_empty() && h.all_weak.is_empty();
    rule!(Collector, cleared, "weak tables are cleared in the atomic phase");
    // SAFETY: what the lists hold exists (the caller).
    unsafe {
        for &o in h.gray.iter().chain(&h.gray_again) {
            let gray = (*o).marked & h.epoch != 0 && (*o).marked & mark::BLACK == 0;
            rule!(Collector, gray, "what waits to be visited is gray");
            let refers = (*o).kind > tag::LSTR && (*o).kind != tag::UPVAL;
            rule!(Collector, refers, "what waits to be visited refers to something");
        }
        for &uv in &h.open_upvals {
            let marked = (*uv).hdr.marked & h.epoch != 0;
            rule!(Collector, marked, "upvalues to be looked at again are marked");
        }
        if let Some(partial) = &h.partial_table {
            let t = partial.table;
            let marked = (*t).hdr.marked & h.epoch != 0;
            rule!(Collector, marked, "a table that is being visited is marked");
            let slots = (*t).asize as usize + (*t).node_count();
            let inside = partial.parts != (*t).parts() || partial.at <= slots;
            rule!(Collector, inside, "a visit of a table is inside the table");
        }
    }
    if marking || h.pacer.generational {
        let weak = h.all_weak.iter().map(|t| *t as *mut Header);
        let mut waiting: Vec<*mut Header> =
            h.gray.iter().chain(&h.gray_again).copied().chain(weak).collect();
        waiting.sort_unstable();
        let listed = waiting.len();
        waiting.dedup();
        rule!(Collector, waiting.len() == listed, "what waits to be visited waits once");
        rule!(Collector, census.gray == listed, "what is gray waits to be visited");
    }
    Ok(())
}

/// Objects with finalizers are in one of the lists, once, and no sweep frees them.
unsafe fn check_finalizers(h: &Heap, census: &Census) -> Verdict {
    let mut all: Vec<*mut Header> =
        h.with_finalizer.iter().chain(&h.to_finalize).copied().collect();
    // SAFETY: what the lists hold exists (the caller).
    unsafe {
        for &o in &all {
            let flagged = (*o).marked & mark::FINALIZER != 0;
            rule!(Collector, flagged, "objects with finalizers know it");
            let alive = !h.is_dead((*o).marked);
            rule!(Collector, alive, "objects with finalizers are no garbage");
            let has = matches!((*o).kind, tag::TABLE | tag::USERDATA);
            rule!(Collector, has, "tables and userdata have finalizers");
        }
        // A young collection does not look at the old ones, but its sweep does.
        if h.pacer.generational && h.state != State::Propagate {
            let old = h.with_finalizer.get(..h.finalizers_old);
            let marked = old.is_some_and(|old| old.iter().all(|&o| (*o).marked & h.epoch != 0));
            rule!(Collector, marked, "old objects with finalizers are marked");
        }
    }
    all.sort_unstable();
    let listed = all.len();
    all.dedup();
    let once = all.len() == listed && listed == census.finalizers;
    rule!(Collector, once, "objects with finalizers are listed once");
    Ok(())
}

fn check_strings(h: &Heap, census: &mut Census) -> Verdict {
    let buckets = h.strings.buckets.len();
    rule!(Objects, buckets.is_power_of_two(), "buckets of strings are a power of two");
    let all = h.strings.used == census.short_strings;
    rule!(Objects, all, "short strings are in the table of strings");
    let mut numbers = std::mem::take(&mut census.serials);
    let (named, map) = (&census.numbered_strings, &h.string_serials);
    for &o in named {
        let number = map.get(&(o as usize)).copied();
        rule!(Objects, number.is_some(), "a string with a serial number is known");
        numbers.extend(number);
    }
    rule!(Objects, named.len() == map.len(), "serial numbers are of strings that exist");
    let last = h.last_serial;
    let given = numbers.iter().all(|&n| n <= last);
    rule!(Objects, given, "serial numbers have been given out");
    rule!(Objects, !has_twice(numbers, last), "a serial number is of one object");
    Ok(())
}

/// Whether a number is there twice; all are at most `last`.
fn has_twice(mut numbers: Vec<u32>, last: u32) -> bool {
    if last as usize / 64 <= numbers.len() {
        let mut seen = vec![0u64; last as usize / 64 + 1];
        return numbers.iter().any(|&n| {
            let (word, bit) = (&mut seen[n as usize / 64], 1 << (n % 64));
            let twice = *word & bit != 0;
            *word |= bit;
            twice
        });
    }
    numbers.sort_unstable();
    numbers.windows(2).any(|pair| pair[0] == pair[1])
}

/// What is always alive, and what the host holds on to.
fn check_roots(h: &Heap) -> Verdict {
    let mut all = h.fixed.clone();
    all.sort_unstable();
    let fixed = |s: Gc<Str>| all.binary_search(&(s.as_ptr() as *mut Header)).is_ok();
    // SAFETY: what the lists hold exists (the caller).
    let alive = h.fixed.iter().all(|&o| unsafe { !h.is_dead((*o).marked) });
    rule!(Collector, alive, "what is kept for ever is no garbage");
    rule!(Collector, fixed(h.mode_name) && fixed(h.gc_name), "names of events are kept for ever");
    for (byte, s) in (0..=u8::MAX).zip(&h.strings.of_byte) {
        let Some(s) = *s else { continue };
        rule!(Collector, fixed(s), "strings of one byte are kept for ever");
        rule!(Collector, s.bytes() == [byte], "strings of one byte are in order");
    }
    let (roots, free) = (h.host_roots.values(), &h.host_roots.free);
    let mut seen = vec![false; roots.len()];
    for &slot in free {
        let new = seen.get_mut(slot as usize).is_some_and(|seen| !std::mem::replace(seen, true));
        rule!(Machine, new, "numbers of host roots are free once");
        rule!(Machine, roots[slot as usize].is_nil(), "free host roots are nil");
    }
    Ok(())
}
