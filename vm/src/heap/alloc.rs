//! The only door to memory: blocks of any size, aligned to 8 bytes.
//!
//! Everything the heap owns (objects, table parts, stacks, the string table) comes from here and
//! goes back here, so that an allocator of our own can take the place of the global one.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, handle_alloc_error, realloc};

/// Alignment of every block.
const ALIGN: usize = 8;

#[inline(always)]
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

/// A block for an object; `size` is not 0. Ends the process when the system has no memory left
/// (objects are small; big blocks use [`try_alloc`]).
#[inline(always)]
pub(crate) fn alloc_block(size: usize) -> *mut u8 {
    match try_alloc(size) {
        Some(p) => p,
        None => out_of_memory(size),
    }
}

#[cold]
fn out_of_memory(size: usize) -> ! {
    handle_alloc_error(layout(size).unwrap_or(Layout::new::<u64>()))
}

/// A block of `size` bytes (not 0), contents undefined.
#[inline(always)]
pub(crate) fn try_alloc(size: usize) -> Option<*mut u8> {
    debug_assert!(size > 0);
    let layout = layout(size)?;
    // SAFETY: the size is not 0.
    let p = unsafe { alloc(layout) };
    (!p.is_null()).then_some(p)
}

/// A block of `size` bytes (not 0), all zero.
pub(crate) fn try_alloc_zeroed(size: usize) -> Option<*mut u8> {
    debug_assert!(size > 0);
    let layout = layout(size)?;
    // SAFETY: the size is not 0.
    let p = unsafe { alloc_zeroed(layout) };
    (!p.is_null()).then_some(p)
}

/// Changes a block's size; contents up to the smaller size are kept. On failure the old block
/// stays as it was.
///
/// # Safety
/// `p` is a block of `old` bytes; `new` is not 0.
pub(crate) unsafe fn try_realloc(p: *mut u8, old: usize, new: usize) -> Option<*mut u8> {
    debug_assert!(new > 0);
    layout(new)?;
    // SAFETY: the caller vouches for the block; `new` is a possible size.
    let q = unsafe { realloc(p, known_layout(old), new) };
    (!q.is_null()).then_some(q)
}

/// Gives a block back.
///
/// # Safety
/// `p` is a block of `size` bytes that nothing uses any more.
#[inline(always)]
pub(crate) unsafe fn free_block(p: *mut u8, size: usize) {
    // SAFETY: the caller vouches for the block.
    unsafe { dealloc(p, known_layout(size)) }
}
