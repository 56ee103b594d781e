//! The heap's numbers and lists.

use super::Writer;
use crate::heap::heap::Heap;

impl Writer {
    pub(super) unsafe fn heap(&mut self, heap: &Heap) {
        debug_assert!(heap.prefetch_len == 0 && heap.threads.is_empty());
        debug_assert!(heap.weak_values.is_empty() && heap.ephemerons.is_empty());
        debug_assert!(heap.all_weak.is_empty());
        let out = &mut self.out;
        out.size(heap.bytes);
        out.u64(heap.debt as i64 as u64);
        out.u8(heap.epoch);
        out.u8(heap.current_white);
        out.u8(heap.state as u8);
        out.u8(heap.rescans);
        out.size(heap.gray_again_slots);
        out.size(heap.large_old);
        out.size(heap.finalizers_old);
        out.u64(heap.stats.freed);
        out.u32(heap.stress);
        out.u32(heap.stress_left);
        let p = &heap.pacer;
        for n in [p.pause, p.step_mul, p.step_size, p.minor_mul, p.major_mul, p.stopped] {
            out.u8(n);
        }
        out.u8(u8::from(p.generational));
        out.u8(u8::from(p.young_sweep));
        for n in [p.estimate, p.base, p.nursery, p.young_work, p.slice] {
            out.size(n);
        }
        out.u64(p.cycles);
        out.u64(p.young_cycles);
        // Large objects are written without the gap that their sweep leaves.
        let gap = heap.sweep.large_next - heap.sweep.large_kept;
        out.size(heap.sweep.class);
        out.size(heap.sweep.large_kept);
        out.size(heap.sweep.large_end - gap);
        // SAFETY: what the heap lists exists.
        unsafe {
            self.list(heap.fixed.iter().copied());
            for s in heap.strings.of_byte {
                self.optional(s);
            }
            self.serials(heap);
            self.list(heap.with_finalizer.iter().copied());
            self.list(heap.to_finalize.iter().copied());
            self.list(heap.failed.iter().map(|co| co.as_ptr()));
            self.list(heap.gray.iter().copied());
            self.list(heap.gray_again.iter().copied());
            self.list(heap.open_upvals.iter().copied());
            match &heap.partial_table {
                None => self.reference(std::ptr::null_mut::<u8>()),
                Some(p) => {
                    self.reference(p.table);
                    self.out.size(p.at);
                    self.out.u8(u8::from(p.parts == (*p.table).parts()));
                }
            }
            self.out.count(heap.pinned.len());
            for &v in &heap.pinned {
                self.value(v);
            }
            self.out.count(heap.host_roots.slots.len());
            for &v in &heap.host_roots.slots {
                self.value(v);
            }
        }
        self.out.count(heap.host_roots.free.len());
        for &slot in &heap.host_roots.free {
            self.out.u32(slot);
        }
        self.out.count(heap.released.len());
        for &handle in &heap.released {
            self.out.u64(handle);
        }
    }

    /// The serial numbers of strings, in the order of cells.
    unsafe fn serials(&mut self, heap: &Heap) {
        let serials = heap.string_serials.iter();
        // SAFETY: the sweep takes strings out that it frees.
        let numbered = serials.map(|(&at, &serial)| unsafe { (self.number(at as *mut _), serial) });
        let mut list: Vec<(u32, u32)> = numbered.collect();
        list.sort_unstable();
        self.out.count(list.len());
        for (string, serial) in list {
            self.out.u32(string);
            self.out.u32(serial);
        }
    }
}
