//! Pages: 16 KiB of memory each, aligned to their size, of which [`super::cells`] and the small pieces
//! of [`super::alloc`] are made.
//!
//! Pages are cut from chunks, each twice as big as the one before, up to the last size. A page that
//! nobody uses any more is anybody's; after a sweep of everything, chunks of such pages go back to the
//! system.

use super::reserve;
use std::alloc::{Layout, alloc, dealloc};

/// Bytes of a page, and its alignment.
pub(crate) const PAGE: usize = 16 << 10;

/// Bytes of the first chunk and of the largest ones.
const FIRST_CHUNK: usize = 4 * PAGE;
pub(crate) const LAST_CHUNK: usize = 1 << 20;

/// Unused pages that are kept in any case: other allocations would take parts of what goes back, and
/// the rest would not do for a chunk any more.
const KEPT: usize = 32 * LAST_CHUNK / PAGE;

/// The pages of a heap.
pub(crate) struct Pages {
    /// Those nobody uses.
    free: Vec<*mut u8>,
    /// What is left of the newest chunk.
    at: *mut u8,
    left: usize,
    /// Where chunks begin, and their bytes.
    chunks: Vec<(*mut u8, usize)>,
    /// The system has refused memory, and has not had enough since.
    pub(crate) refused: bool,
    /// Chunks that were made meanwhile.
    pub(crate) emergency_chunks: usize,
    /// Blocks of cells that were made so far, and pages that came back.
    pub(crate) blocks_made: u32,
    pub(crate) came_back: u32,
}

impl Pages {
    pub(crate) fn new() -> Pages {
        let (free, chunks, at) = (Vec::new(), Vec::new(), std::ptr::null_mut());
        Pages {
            free,
            at,
            left: 0,
            chunks,
            refused: false,
            emergency_chunks: 0,
            blocks_made: 0,
            came_back: 0,
        }
    }

    /// A page, contents undefined. When the system has no memory for another chunk, `refused` is set,
    /// and the reserve has to do.
    pub(crate) fn take(&mut self) -> Option<*mut u8> {
        if let Some(page) = self.free.pop() {
            return Some(page);
        }
        if self.left == 0 {
            self.new_chunk()?;
        }
        let page = self.at;
        self.at = page.wrapping_add(PAGE);
        self.left -= PAGE;
        Some(page)
    }

    #[cold]
    fn new_chunk(&mut self) -> Option<()> {
        let usual = (FIRST_CHUNK << self.chunks.len().min(16)).min(LAST_CHUNK);
        let mut bytes = usual;
        let mut p = if self.refused { None } else { alloc_chunk(usual) };
        if p.is_none() {
            self.refused = true;
            self.emergency_chunks += 1;
            reserve::release();
            bytes = FIRST_CHUNK;
            p = alloc_chunk(bytes);
        }
        let p = p?;
        // Lists that hold every chunk and every page: giving back takes no memory.
        let pages = self.chunks.iter().map(|c| c.1).sum::<usize>() / PAGE + bytes / PAGE;
        let listed = self.chunks.try_reserve(1).is_ok()
            && self.free.try_reserve(pages - self.free.len()).is_ok();
        if !listed {
            // SAFETY: it was allocated with this size above.
            unsafe { dealloc(p, chunk_layout(bytes)) };
            return None;
        }
        self.chunks.push((p, bytes));
        (self.at, self.left) = (p, bytes);
        Some(())
    }

    /// Takes back a page.
    ///
    /// # Safety
    /// It came from [`Pages::take`], and nobody uses it any more.
    pub(crate) unsafe fn give_back(&mut self, page: *mut u8) {
        self.came_back = self.came_back.wrapping_add(1);
        self.free.push(page);
    }

    /// Bytes of pages that nobody uses.
    pub(crate) fn unused(&self) -> usize {
        self.free.len() * PAGE + self.left
    }

    /// Gives chunks without a page in use back to the system, as long as many more pages are unused than
    /// used, or all of them if it has refused memory.
    pub(crate) fn trim(&mut self) {
        let all: usize = self.chunks.iter().map(|c| c.1 / PAGE).sum();
        let unused = self.unused() / PAGE;
        let keep = if self.refused { 0 } else { KEPT + (all - unused) * 4 };
        if unused <= keep {
            return;
        }
        while self.left > 0 {
            self.left -= PAGE;
            self.free.push(self.at.wrapping_add(self.left));
        }
        self.free.sort_unstable();
        let mut excess = unused - keep;
        let free = &mut self.free;
        self.chunks.retain(|&(chunk, bytes)| {
            let from = free.partition_point(|&page| page < chunk);
            let to = free.partition_point(|&page| page < chunk.wrapping_add(bytes));
            let pages = bytes / PAGE;
            if to - from < pages || excess < pages {
                return true;
            }
            excess -= pages;
            free.drain(from..to);
            // SAFETY: it was allocated with this size, and all its pages were given back.
            unsafe { dealloc(chunk, chunk_layout(bytes)) };
            false
        });
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        for &(chunk, bytes) in &self.chunks {
            // SAFETY: it was allocated with this size; the heap that used its pages is gone.
            unsafe { dealloc(chunk, chunk_layout(bytes)) };
        }
    }
}

const fn chunk_layout(bytes: usize) -> Layout {
    // SAFETY: the alignment is a power of two, and chunks are small.
    unsafe { Layout::from_size_align_unchecked(bytes, PAGE) }
}

fn alloc_chunk(bytes: usize) -> Option<*mut u8> {
    // SAFETY: the size is not 0.
    let p = unsafe { alloc(chunk_layout(bytes)) };
    (!p.is_null()).then_some(p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_without_a_page_in_use_go_back() {
        let mut pages = Pages::new();
        let all: Vec<_> = (0..1000).map(|_| pages.take().unwrap()).collect();
        assert!(all.iter().all(|p| (*p as usize).is_multiple_of(PAGE)));
        for page in &all[1..] {
            // SAFETY: it was taken above.
            unsafe { pages.give_back(*page) };
        }
        let chunks = pages.chunks.len();
        pages.trim();
        assert_eq!(pages.chunks.len(), chunks, "that few are kept");
        pages.refused = true;
        pages.trim();
        assert_eq!(pages.chunks.len(), 1, "the one with the page in use");
        // The page in use is none of those that are handed out now.
        assert!((0..500).all(|_| pages.take().unwrap() != all[0]));
    }
}
