//! Walks over all objects of the heap, also while there is no memory to list them.

use super::cells::{Block, CLASSES};
use super::{Header, heap::Heap};

impl Heap {
    /// Calls `f` with every object, garbage that is not swept yet included.
    ///
    /// # Safety
    /// `f` makes no objects and frees none.
    pub(crate) unsafe fn each_object(&mut self, mut f: impl FnMut(&mut Heap, *mut Header)) {
        for class in 0..CLASSES {
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
        for i in 0..self.large.len() {
            if i < self.sweep.large_kept || i >= self.sweep.large_next {
                f(self, self.large[i]);
            }
        }
    }
}
