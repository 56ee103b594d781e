//! Where all memory comes from: blocks of any size, aligned to 8 bytes.
//!
//! What objects own (table parts, stacks) and large objects come from here and go back here; small
//! objects live in [`super::cells`], whose chunks come from here, too. Small blocks are cut from
//! chunks, one after the other, and go to a free list per size when they are given back. Chunks
//! return to the system only with the heap. Bigger blocks are the global allocator's.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, handle_alloc_error, realloc};

/// Alignment of every block, and the step between sizes of small ones.
const ALIGN: usize = 8;

/// Largest small block. (Miri and AddressSanitizer see more when every block is the global
/// allocator's.)
const MAX_SMALL: usize = if cfg!(miri) || cfg!(luka_asan) { 0 } else { 512 };

/// Number of sizes of small blocks; the n-th is `8 * n` bytes.
const CLASSES: usize = 512 / ALIGN + 1;

/// Bytes of the first chunk; each further one is twice as big, up to the last.
const FIRST_CHUNK: usize = 16 << 10;
const LAST_CHUNK: usize = 1 << 20;

/// A small block that is free.
struct Free {
    next: *mut Free,
}

/// The blocks of a heap.
pub(crate) struct Blocks {
    free: [*mut Free; CLASSES],
    /// What is left of the newest chunk.
    at: *mut u8,
    left: usize,
    chunks: Vec<(*mut u8, usize)>,
}

fn layout(size: usize) -> Option<Layout> {
    Layout::from_size_align(size, ALIGN).ok()
}

/// The layout of a block that was allocated with this size.
///
/// # Safety
/// A block of `size` bytes exists.
#[inline(always)]
unsafe fn known_layout(size: usize) -> Layout {
    // SAFETY: `layout(size)` succeeded when the block was made.
    unsafe { Layout::from_size_align_unchecked(size, ALIGN) }
}

#[inline(always)]
fn class_of(size: usize) -> usize {
    size.div_ceil(ALIGN)
}

impl Blocks {
    pub(crate) const fn new() -> Blocks {
        Blocks {
            free: [std::ptr::null_mut(); CLASSES],
            at: std::ptr::null_mut(),
            left: 0,
            chunks: Vec::new(),
        }
    }

    /// A block of `size` bytes (not 0), contents undefined.
    #[inline(always)]
    pub(crate) fn try_alloc(&mut self, size: usize) -> Option<*mut u8> {
        debug_assert!(size > 0);
        if size <= MAX_SMALL {
            let class = class_of(size);
            let p = self.free[class];
            if p.is_null() {
                return self.cut(class * ALIGN);
            }
            // SAFETY: blocks in the free lists are ours and hold their link.
            self.free[class] = unsafe { (*p).next };
            return Some(p as *mut u8);
        }
        alloc_big(size)
    }

    /// A small block from a chunk.
    #[inline(never)]
    fn cut(&mut self, bytes: usize) -> Option<*mut u8> {
        if self.left < bytes {
            self.new_chunk()?;
        }
        let p = self.at;
        self.at = p.wrapping_add(bytes);
        self.left -= bytes;
        Some(p)
    }

    #[cold]
    fn new_chunk(&mut self) -> Option<()> {
        // What is left of the old one is a block, too.
        if self.left > 0 {
            // SAFETY: the rest is unused, smaller than a small block, a multiple of 8 long.
            unsafe { self.put(self.at, class_of(self.left)) };
        }
        let bytes = (FIRST_CHUNK << self.chunks.len().min(16)).min(LAST_CHUNK);
        let p = alloc_big(bytes)?;
        self.chunks.push((p, bytes));
        (self.at, self.left) = (p, bytes);
        Some(())
    }

    /// A block of `size` bytes (not 0), all zero.
    #[inline]
    pub(crate) fn try_alloc_zeroed(&mut self, size: usize) -> Option<*mut u8> {
        if size <= MAX_SMALL {
            let p = self.try_alloc(size)?;
            // SAFETY: the block has that size.
            unsafe { p.write_bytes(0, size) };
            return Some(p);
        }
        // SAFETY: the size is not 0.
        let p = unsafe { alloc_zeroed(layout(size)?) };
        (!p.is_null()).then_some(p)
    }

    /// Changes a block's size; contents up to the smaller size are kept. On failure the old block
    /// stays as it was.
    ///
    /// # Safety
    /// `p` is a block of `old` bytes; `new` is not 0.
    pub(crate) unsafe fn try_realloc(
        &mut self,
        p: *mut u8,
        old: usize,
        new: usize,
    ) -> Option<*mut u8> {
        debug_assert!(new > 0);
        // SAFETY: the caller vouches for the block; `new` is a possible size.
        unsafe {
            if old > MAX_SMALL && new > MAX_SMALL {
                layout(new)?;
                let q = realloc(p, known_layout(old), new);
                return (!q.is_null()).then_some(q);
            }
            if old <= MAX_SMALL && new <= MAX_SMALL && class_of(old) == class_of(new) {
                return Some(p);
            }
            let q = self.try_alloc(new)?;
            std::ptr::copy_nonoverlapping(p, q, old.min(new));
            self.free(p, old);
            Some(q)
        }
    }

    /// Gives a block back.
    ///
    /// # Safety
    /// `p` is a block of `size` bytes that nothing uses any more.
    #[inline(always)]
    pub(crate) unsafe fn free(&mut self, p: *mut u8, size: usize) {
        // SAFETY: the caller vouches for the block.
        unsafe {
            if size <= MAX_SMALL {
                if cfg!(debug_assertions) {
                    // Uses of what was freed show.
                    p.write_bytes(0xdd, size);
                }
                self.put(p, class_of(size));
            } else {
                dealloc(p, known_layout(size));
            }
        }
    }

    /// Puts a block in its free list.
    ///
    /// # Safety
    /// `p` is a free block of this class.
    #[inline(always)]
    unsafe fn put(&mut self, p: *mut u8, class: usize) {
        let p = p as *mut Free;
        // SAFETY: every block has room for a link.
        unsafe { (*p).next = self.free[class] };
        self.free[class] = p;
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        for &(p, bytes) in &self.chunks {
            // SAFETY: chunks come from the global allocator with this size; the heap that owned
            // the objects in them is gone.
            unsafe { dealloc(p, known_layout(bytes)) };
        }
    }
}

/// Memory for chunks of cells.
pub(crate) fn alloc_aligned(bytes: usize, align: usize) -> Option<*mut u8> {
    let layout = Layout::from_size_align(bytes, align).ok()?;
    // SAFETY: the callers' size is not 0.
    let p = unsafe { alloc(layout) };
    (!p.is_null()).then_some(p)
}

/// Gives it back.
///
/// # Safety
/// `p` came from [`alloc_aligned`] with the same size and alignment and is not used any more.
pub(crate) unsafe fn dealloc_aligned(p: *mut u8, bytes: usize, align: usize) {
    // SAFETY: the layout was accepted when the memory was allocated; the caller vouches for `p`.
    unsafe { dealloc(p, Layout::from_size_align_unchecked(bytes, align)) };
}

fn alloc_big(size: usize) -> Option<*mut u8> {
    let layout = layout(size)?;
    // SAFETY: the size is not 0.
    let p = unsafe { alloc(layout) };
    (!p.is_null()).then_some(p)
}

/// Ends the process: the system has no memory left for an object.
#[cold]
pub(crate) fn out_of_memory(size: usize) -> ! {
    handle_alloc_error(layout(size).unwrap_or(Layout::new::<u64>()))
}

#[cfg(test)]
mod tests {
    use super::Blocks;

    #[test]
    fn blocks_do_not_overlap_and_keep_their_contents() {
        let mut b = Blocks::new();
        let mut live: Vec<(*mut u8, usize, u8)> = Vec::new();
        let mut x = 1u32;
        for i in 0..if cfg!(miri) { 200 } else { 20_000 } {
            x = x.wrapping_mul(1664525).wrapping_add(1013904223);
            let size = 1 + (x >> 8) as usize % 700;
            let fill = i as u8;
            // SAFETY: every block in `live` is used with the size it was last given.
            unsafe {
                if x >> 30 == 0 && !live.is_empty() {
                    let (p, old, was) = live.swap_remove(x as usize % live.len());
                    let p = b.try_realloc(p, old, size).unwrap();
                    assert!((0..old.min(size)).all(|j| *p.add(j) == was));
                    p.write_bytes(fill, size);
                    live.push((p, size, fill));
                } else if x >> 30 == 1 && !live.is_empty() {
                    let (p, size, was) = live.swap_remove(x as usize % live.len());
                    assert!((0..size).all(|j| *p.add(j) == was));
                    b.free(p, size);
                } else {
                    let p = b.try_alloc(size).unwrap();
                    assert_eq!(p as usize % 8, 0);
                    p.write_bytes(fill, size);
                    live.push((p, size, fill));
                }
            }
        }
        for (p, size, was) in live {
            // SAFETY: as above.
            unsafe {
                assert!((0..size).all(|j| *p.add(j) == was));
                b.free(p, size);
            }
        }
    }
}
