//! Walks over all objects of the heap, also while there is no memory to list them.

use super::cells::{Block, CLASSES, class_of};
use super::{Header, heap::Heap};

impl Heap {
    /// Calls `f` with every object of a kind that is no garbage, of which all take so many bytes, few
    /// enough for a cell.
    ///
    /// # Safety
    /// `f` makes no objects and frees none.
    pub(crate) unsafe fn each_of(
        &mut self,
        kind: u8,
        bytes: usize,
        mut f: impl FnMut(*mut Header),
    ) {
        // SAFETY: the caller's contract; what is walked over are objects.
        unsafe {
            self.each_of_class(class_of(bytes), &mut |heap: &mut Heap, o: *mut Header| {
                if (*o).kind == kind && !heap.is_dead((*o).marked) {
                    f(o);
                }
            });
        }
    }

    /// Calls `f` with every object in cells of a class, garbage that is not swept yet included.
    ///
    /// # Safety
    /// As for [`Heap::each_object`].
    unsafe fn each_of_class(&mut self, class: usize, f: &mut impl FnMut(&mut Heap, *mut Header)) {
        for i in 0..self.cells.classes[class].block_count() {
            let Some(b) = self.cells.classes[class].block(i) else { continue };
            // SAFETY: a block of the class.
            unsafe { Block::each(b, |o| f(self, o)) };
        }
        let c = &self.cells.classes[class];
        let (start, end, cell) = (c.start, c.next, c.cell);
        let mut at = start;
        while at != end {
            f(self, at as *mut Header);
            at = at.wrapping_add(cell);
        }
    }

    /// Calls `f` with every object, garbage that is not swept yet included.
    ///
    /// # Safety
    /// `f` makes no objects and frees none.
    pub(crate) unsafe fn each_object(&mut self, mut f: impl FnMut(&mut Heap, *mut Header)) {
        for class in 0..CLASSES {
            // SAFETY: the caller's contract.
            unsafe { self.each_of_class(class, &mut f) }
        }
        for i in 0..self.large.len() {
            if i < self.sweep.large_kept || i >= self.sweep.large_next {
                f(self, self.large[i]);
            }
        }
    }
}
