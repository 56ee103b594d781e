//! Tells AddressSanitizer which cells hold no object, so that it sees uses of what the collector
//! has freed; nothing in builds without it (the build script sets `luka_asan`).

#[cfg(luka_asan)]
unsafe extern "C" {
    fn __asan_poison_memory_region(start: *const u8, bytes: usize);
    fn __asan_unpoison_memory_region(start: *const u8, bytes: usize);
}

/// Nobody may use these bytes any more.
#[inline(always)]
pub(super) fn freed(start: *mut u8, bytes: usize) {
    #[cfg(luka_asan)]
    // SAFETY: a note about addresses; a block's cells are given whole.
    unsafe {
        __asan_poison_memory_region(start, bytes);
    }
    let _ = (start, bytes);
}

/// Objects are made of these bytes.
#[inline(always)]
pub(super) fn handed_out(start: *mut u8, bytes: usize) {
    #[cfg(luka_asan)]
    // SAFETY: as above.
    unsafe {
        __asan_unpoison_memory_region(start, bytes);
    }
    let _ = (start, bytes);
}
