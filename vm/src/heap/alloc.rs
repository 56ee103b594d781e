//! Where all memory comes from: pieces of any size, aligned to 8 bytes.
//!
//! What objects own (table parts, stacks) and large objects come from here and go back here; small
//! objects live in [`super::cells`]. Small pieces come from pages ([`super::pages`]), bigger ones from
//! the global allocator.
//!
//! A page holds pieces of one size. Each has a list of those that were given back, and goes back to
//! the others when all were; pieces are handed out from the lists of one page after the other. The
//! first pages hold pieces of all sizes, so that small machines stay small.

use super::pages::{PAGE, Pages};
use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, handle_alloc_error, realloc};
use std::ptr::null_mut;

/// Alignment of every piece, and the step between sizes of small ones.
const ALIGN: usize = 8;

/// Largest small piece. (Miri and AddressSanitizer see more when every piece is the global
/// allocator's.)
const MAX_SMALL: usize = if cfg!(miri) || cfg!(luka_asan) { 0 } else { 512 };

/// Number of sizes of small pieces; the n-th is `8 * n` bytes.
const CLASSES: usize = 512 / ALIGN + 1;

/// Pages with pieces of all sizes.
const MIXED_PAGES: u16 = 4;
/// Their class.
const MIXED: u16 = 0;

/// A small piece that is free.
struct Free {
    next: *mut Free,
}

/// The head of a page of small pieces.
#[repr(C)]
struct Page {
    /// Pieces given back.
    free: *mut Free,
    /// The list of its class, if `free` is not empty.
    next: *mut Page,
    previous: *mut Page,
    class: u16,
    /// Pieces that are not in `free`.
    used: u16,
}

/// Pieces of a page of a class.
const fn pieces(class: usize) -> usize {
    (PAGE - size_of::<Page>()) / (class * ALIGN)
}

/// The memory of a heap.
pub(crate) struct Blocks {
    pub(crate) pages: Pages,
    /// By class: pieces to hand out.
    free: [*mut Free; CLASSES],
    /// By class: pages to which pieces were given back.
    partial: [*mut Page; CLASSES],
    /// What is left of the newest mixed page, and how many may follow.
    at: *mut u8,
    left: usize,
    mixed: u16,
}

fn layout(size: usize) -> Option<Layout> {
    Layout::from_size_align(size, ALIGN).ok()
}

/// The layout of a piece that was allocated with this size.
///
/// # Safety
/// A piece of `size` bytes exists.
#[inline(always)]
unsafe fn known_layout(size: usize) -> Layout {
    // SAFETY: `layout(size)` succeeded when the piece was made.
    unsafe { Layout::from_size_align_unchecked(size, ALIGN) }
}

#[inline(always)]
fn class_of(size: usize) -> usize {
    size.div_ceil(ALIGN)
}

impl Blocks {
    pub(crate) fn new() -> Blocks {
        Blocks {
            pages: Pages::new(),
            free: [null_mut(); CLASSES],
            partial: [null_mut(); CLASSES],
            at: null_mut(),
            left: 0,
            mixed: MIXED_PAGES,
        }
    }

    /// A piece of `size` bytes (not 0), contents undefined.
    #[inline(always)]
    pub(crate) fn try_alloc(&mut self, size: usize) -> Option<*mut u8> {
        debug_assert!(size > 0);
        if size <= MAX_SMALL {
            let class = class_of(size);
            let mut p = self.free[class];
            if p.is_null() {
                p = self.refill(class)?;
            }
            // SAFETY: pieces in the free lists are ours and hold their link.
            self.free[class] = unsafe { (*p).next };
            return Some(p as *mut u8);
        }
        alloc_big(size)
    }

    /// The first of some pieces to hand out.
    #[inline(never)]
    fn refill(&mut self, class: usize) -> Option<*mut Free> {
        let page = self.partial[class];
        // SAFETY: listed pages are there, with pieces that were given back.
        unsafe {
            if !page.is_null() {
                self.unlist(page);
                (*page).used = pieces(class) as u16;
                return Some(std::mem::replace(&mut (*page).free, null_mut()));
            }
        }
        if self.mixed > 0 || self.left >= class * ALIGN {
            return self.cut(class);
        }
        let page = self.new_page(class)?;
        let bytes = class * ALIGN;
        let mut next = null_mut();
        for i in (0..pieces(class)).rev() {
            let p = page.wrapping_byte_add(size_of::<Page>() + i * bytes) as *mut Free;
            // SAFETY: a piece of the new page.
            unsafe { (*p).next = next };
            next = p;
        }
        Some(next)
    }

    /// A page, all of whose pieces count as in use.
    fn new_page(&mut self, class: usize) -> Option<*mut Page> {
        let page = self.pages.take()? as *mut Page;
        let used = if class == MIXED as usize { 0 } else { pieces(class) as u16 };
        let (class, free) = (class as u16, null_mut());
        // SAFETY: a page of our own.
        unsafe {
            page.write(Page { free, next: null_mut(), previous: null_mut(), class, used });
        }
        Some(page)
    }

    /// A piece from a mixed page.
    fn cut(&mut self, class: usize) -> Option<*mut Free> {
        let bytes = class * ALIGN;
        if self.left < bytes {
            let page = self.new_page(MIXED as usize)?;
            self.mixed -= 1;
            if self.left > 0 {
                // SAFETY: the rest of the old one is smaller than a small piece, a multiple of 8 long.
                unsafe { self.put(self.at, class_of(self.left)) };
            }
            self.at = page.wrapping_add(1) as *mut u8;
            self.left = PAGE - size_of::<Page>();
        }
        let p = self.at as *mut Free;
        self.at = self.at.wrapping_add(bytes);
        self.left -= bytes;
        // SAFETY: a piece of its own.
        unsafe { (*p).next = null_mut() };
        Some(p)
    }

    /// After a sweep of everything: pieces that wait to be handed out go back to their pages, pages to
    /// the others, chunks to the system.
    pub(crate) fn trim(&mut self) {
        for class in 1..CLASSES {
            let mut p = std::mem::replace(&mut self.free[class], null_mut());
            while !p.is_null() {
                // SAFETY: pieces in the free lists are ours and hold their link.
                unsafe {
                    let next = (*p).next;
                    self.put(p as *mut u8, class);
                    p = next;
                }
            }
        }
        self.pages.trim();
    }

    /// A piece of `size` bytes (not 0), all zero.
    #[inline]
    pub(crate) fn try_alloc_zeroed(&mut self, size: usize) -> Option<*mut u8> {
        if size <= MAX_SMALL {
            let p = self.try_alloc(size)?;
            // SAFETY: the piece has that size.
            unsafe { p.write_bytes(0, size) };
            return Some(p);
        }
        // SAFETY: the size is not 0.
        let p = unsafe { alloc_zeroed(layout(size)?) };
        (!p.is_null()).then_some(p)
    }

    /// Changes a piece's size; contents up to the smaller size are kept. On failure the old piece
    /// stays as it was.
    ///
    /// # Safety
    /// `p` is a piece of `old` bytes; `new` is not 0.
    pub(crate) unsafe fn try_realloc(
        &mut self,
        p: *mut u8,
        old: usize,
        new: usize,
    ) -> Option<*mut u8> {
        debug_assert!(new > 0);
        // SAFETY: the caller vouches for the piece; `new` is a possible size.
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

    /// Gives a piece back.
    ///
    /// # Safety
    /// `p` is a piece of `size` bytes that nothing uses any more.
    #[inline(always)]
    pub(crate) unsafe fn free(&mut self, p: *mut u8, size: usize) {
        // SAFETY: the caller vouches for the piece.
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

    /// Puts a piece in the free list of its page, or of its class if that has pieces of all sizes.
    ///
    /// # Safety
    /// `p` is a free piece of this class.
    #[inline(always)]
    unsafe fn put(&mut self, p: *mut u8, class: usize) {
        let page = p.map_addr(|a| a & !(PAGE - 1)) as *mut Page;
        let p = p as *mut Free;
        // SAFETY: every piece has room for a link, and its page has a head.
        unsafe {
            if (*page).class == MIXED {
                (*p).next = self.free[class];
                self.free[class] = p;
                return;
            }
            let next = (*page).free;
            (*p).next = next;
            (*page).free = p;
            (*page).used -= 1;
            if next.is_null() || (*page).used == 0 {
                self.page_changed(page, next.is_null());
            }
        }
    }

    /// The first piece was given back to a page, or the last one.
    ///
    /// # Safety
    /// The page is one of small pieces of one size.
    #[cold]
    #[inline(never)]
    unsafe fn page_changed(&mut self, page: *mut Page, first: bool) {
        // SAFETY: pages of the lists are there.
        unsafe {
            if first {
                let list = &mut self.partial[(*page).class as usize];
                ((*page).next, (*page).previous) = (*list, null_mut());
                if let Some(next) = list.as_mut() {
                    next.previous = page;
                }
                *list = page;
            } else {
                self.unlist(page);
                self.pages.give_back(page as *mut u8);
            }
        }
    }

    /// Takes a page out of the list of its class.
    ///
    /// # Safety
    /// It is in there.
    unsafe fn unlist(&mut self, page: *mut Page) {
        // SAFETY: pages of the lists are there.
        unsafe {
            let (next, previous) = ((*page).next, (*page).previous);
            if let Some(next) = next.as_mut() {
                next.previous = previous;
            }
            match previous.as_mut() {
                Some(previous) => previous.next = next,
                None => self.partial[(*page).class as usize] = next,
            }
        }
    }
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
    use super::*;

    #[test]
    fn pieces_do_not_overlap_and_keep_their_contents() {
        let mut b = Blocks::new();
        let mut live: Vec<(*mut u8, usize, u8)> = Vec::new();
        let mut x = 1u32;
        for i in 0..if cfg!(miri) { 200 } else { 20_000 } {
            x = x.wrapping_mul(1664525).wrapping_add(1013904223);
            let size = 1 + (x >> 8) as usize % 700;
            let fill = i as u8;
            // SAFETY: every piece in `live` is used with the size it was last given.
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
        b.trim();
        assert!(b.partial.iter().all(|page| page.is_null()));
    }

    #[test]
    fn memory_of_one_size_serves_the_next() {
        if MAX_SMALL == 0 {
            return;
        }
        let mut b = Blocks::new();
        let mut pages = std::collections::HashSet::new();
        for size in (8..=MAX_SMALL).step_by(8) {
            let all: Vec<_> = (0..(1 << 20) / size).map(|_| b.try_alloc(size).unwrap()).collect();
            pages.extend(all.iter().map(|p| *p as usize / PAGE));
            for p in all {
                // SAFETY: a piece of this size.
                unsafe { b.free(p, size) };
            }
            b.trim();
        }
        assert!(pages.len() < 4 * (1 << 20) / PAGE, "{} pages", pages.len());
    }
}
