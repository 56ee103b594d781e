//! Memory that the process keeps for the moment when the system refuses more.
//!
//! It is released when a page is refused, and serves the objects, buffers and messages that are made
//! until the next safepoint raises "not enough memory", and while the program handles that. A
//! collection of everything gets it back. All machines of a process share it.
//!
//! A program that installs [`ReservingAllocator`] has it for whatever else it allocates, too.

use std::alloc::{GlobalAlloc, Layout, System, alloc, dealloc};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

/// Bytes kept. Nobody touches them, so they take addresses only where memory is given by the page.
const BYTES: usize = if cfg!(target_family = "wasm") { 64 << 10 } else { 2 << 20 };

/// Most bytes of a request that [`ReservingAllocator`] serves from the reserve; who asks for more is
/// prepared for a refusal.
const LITTLE: usize = 64 << 10;

static HELD: AtomicPtr<u8> = AtomicPtr::new(null_mut());
/// [`ReservingAllocator`] has used the reserve.
static WAS_USED: AtomicBool = AtomicBool::new(false);

const fn layout(bytes: usize) -> Layout {
    // SAFETY: 16 is a power of two, and the callers' sizes are small.
    unsafe { Layout::from_size_align_unchecked(bytes, 16) }
}

/// Gets the reserve if it is not there; false if the system does not have it and `more` bytes.
pub(crate) fn keep(more: usize) -> bool {
    if !HELD.load(Ordering::Acquire).is_null() {
        return is_available(more);
    }
    // SAFETY: sizes are not 0, and what is given back was allocated with the same layout.
    unsafe {
        let p = alloc(layout(BYTES));
        if p.is_null() {
            return false;
        }
        if !is_available(more) {
            dealloc(p, layout(BYTES));
            return false;
        }
        if HELD.compare_exchange(null_mut(), p, Ordering::AcqRel, Ordering::Relaxed).is_err() {
            dealloc(p, layout(BYTES));
        }
    }
    true
}

/// Gives the reserve to the system; false if it is gone.
pub(crate) fn release() -> bool {
    let p = HELD.swap(null_mut(), Ordering::AcqRel);
    if p.is_null() {
        return false;
    }
    // SAFETY: the reserve was allocated with this layout.
    unsafe { dealloc(p, layout(BYTES)) };
    true
}

/// Whether an allocation outside of heaps has needed the reserve since the last question.
pub(crate) fn was_used() -> bool {
    WAS_USED.load(Ordering::Relaxed) && WAS_USED.swap(false, Ordering::Relaxed)
}

/// Whether the system would give so many bytes at once.
pub(crate) fn is_available(bytes: usize) -> bool {
    if bytes > isize::MAX as usize - 64 {
        return false;
    }
    // SAFETY: the size is not 0 and what is given back was allocated with the same layout.
    unsafe {
        // (Volatile, or the compiler removes the pair.)
        let p = alloc(layout(bytes.max(1)));
        let there = !(&raw const p).read_volatile().is_null();
        if there {
            dealloc(p, layout(bytes.max(1)));
        }
        there
    }
}

/// The system's allocator for a program that runs machines: `#[global_allocator]`. When the system
/// refuses some bytes, the memory that the heaps keep in reserve is used, and the machine raises "not
/// enough memory" at its next safepoint. Without it, such a request ends the process, if it does not
/// come from a heap.
pub struct ReservingAllocator;

/// Once more if the reserve can help.
#[cold]
#[inline(never)]
fn retry(bytes: usize, again: impl FnOnce() -> *mut u8) -> *mut u8 {
    if bytes > LITTLE || !release() {
        return null_mut();
    }
    WAS_USED.store(true, Ordering::Relaxed);
    again()
}

// SAFETY: every call is the system allocator's, made a second time if it was refused.
unsafe impl GlobalAlloc for ReservingAllocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's contract is the system's.
        unsafe {
            let p = System.alloc(layout);
            if p.is_null() { retry(layout.size(), || System.alloc(layout)) } else { p }
        }
    }

    #[inline]
    unsafe fn dealloc(&self, p: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(p, layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe {
            let p = System.alloc_zeroed(layout);
            if p.is_null() { retry(layout.size(), || System.alloc_zeroed(layout)) } else { p }
        }
    }

    #[inline]
    unsafe fn realloc(&self, p: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above; a refused block is as it was.
        unsafe {
            let q = System.realloc(p, layout, size);
            if q.is_null() { retry(size, || System.realloc(p, layout, size)) } else { q }
        }
    }
}
