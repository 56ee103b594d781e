//! Cells: where objects of up to 512 bytes live.
//!
//! A *block* is a page of [`super::pages`] and holds cells of one size behind a head with three
//! bits for each cell: whether it is in use, whether this cycle has marked it, and whether its
//! object owns anything outside. Sweeping a block is a few operations on words of bits: dead
//! objects are not touched, except those that own something. What is not in use is handed out in
//! *holes*, runs of free cells, by moving a pointer.
//!
//! Between collections every block is in exactly one place: the *current* one of its class, from
//! which objects are made; *touched*, full of objects made since the last collection; *unswept*;
//! *available*, swept and with holes; or *full*. One without objects becomes a page again. The shape of blocks and the sizes of cells are the same on every target, and so is what the
//! collector does when.

use super::pages::{PAGE, Pages};
use super::{Header, poison};

/// Bytes of a block, and its alignment.
pub(crate) const BLOCK: usize = PAGE;
/// Bytes of a block's head.
const HEAD: usize = size_of::<Block>();
/// Largest cell.
pub(crate) const MAX_CELL: usize = 512;
/// Words of one kind of bits; enough for the smallest cells.
pub(crate) const WORDS: usize = 8;

/// Cell sizes.
const SIZES: [u16; 18] =
    [32, 40, 48, 56, 64, 72, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512];
pub(crate) const CLASSES: usize = SIZES.len();

/// The class of sizes `8 * i - 7 ..= 8 * i`.
static CLASS_OF: [u8; MAX_CELL / 8 + 1] = {
    let mut table = [0; MAX_CELL / 8 + 1];
    let (mut i, mut class) = (0, 0);
    while i < table.len() {
        if i * 8 > SIZES[class] as usize {
            class += 1;
        }
        table[i] = class as u8;
        i += 1;
    }
    table
};

/// The head of a block; cells follow.
#[repr(C, align(64))]
pub(crate) struct Block {
    /// `2^32 / cell`, rounded up: multiplying with it divides offsets of cells.
    inverse: u32,
    /// Bytes of a cell.
    pub(crate) cell: u32,
    /// Number of cells.
    pub(crate) count: u16,
    pub(crate) class: u8,
    /// The epoch `mark` belongs to.
    pub(crate) epoch: u8,
    /// How many blocks were made before it, in this heap or the one that was read: machines that go on
    /// from the same state number their blocks alike. While a snapshot is written, its number in that.
    pub(crate) ordinal: u32,
    /// Objects marked.
    pub(crate) mark: [u64; WORDS],
    /// Objects made, except those in the hole in use.
    pub(crate) used: [u64; WORDS],
    /// Objects that own memory outside, or are listed outside: the sweep must look at them.
    pub(crate) owner: [u64; WORDS],
}

const _: () = assert!(HEAD == 256 && (BLOCK - HEAD) / SIZES[0] as usize <= WORDS * 64);

/// The block of an object in a cell.
///
/// # Safety
/// `o` is in a cell.
#[inline(always)]
pub(crate) unsafe fn block_of(o: *mut Header) -> *mut Block {
    o.map_addr(|a| a & !(BLOCK - 1)) as *mut Block
}

/// Bytes of the cell an object is in.
///
/// # Safety
/// `o` is in a cell.
#[inline(always)]
pub(crate) unsafe fn cell_of(o: *mut Header) -> usize {
    // SAFETY: the caller's object is in a block.
    unsafe { (*block_of(o)).cell as usize }
}

impl Block {
    /// Number of the cell at an address.
    ///
    /// # Safety
    /// `b` is a block and `o` one of its cells.
    #[inline(always)]
    pub(crate) unsafe fn index_of(b: *mut Block, o: *mut Header) -> usize {
        // SAFETY: the caller's block.
        let inverse = unsafe { (*b).inverse } as u64;
        (((o as usize - b as usize - HEAD) as u64 * inverse) >> 32) as usize
    }

    /// The cell of a number.
    ///
    /// # Safety
    /// `b` is a block of more than `i` cells.
    #[inline(always)]
    pub(crate) unsafe fn cell_at(b: *mut Block, i: usize) -> *mut Header {
        // SAFETY: the caller's block.
        unsafe { b.byte_add(HEAD + i * (*b).cell as usize) as *mut Header }
    }

    /// Sets the mark bit of an object; marks of an older epoch go first.
    ///
    /// # Safety
    /// `o` is in a cell.
    #[inline(always)]
    pub(crate) unsafe fn set_mark(o: *mut Header, epoch: u8) {
        // SAFETY: the caller's object is in a cell of its block.
        unsafe {
            let b = block_of(o);
            if (*b).epoch != epoch {
                (*b).mark = [0; WORDS];
                (*b).epoch = epoch;
            }
            let i = Block::index_of(b, o);
            (*b).mark[i / 64] |= 1 << (i % 64);
        }
    }

    /// Remembers that the sweep must look at an object.
    ///
    /// # Safety
    /// `o` is in a cell.
    #[inline]
    pub(crate) unsafe fn set_owner(o: *mut Header) {
        // SAFETY: the caller's object is in a cell of its block.
        unsafe {
            let b = block_of(o);
            let i = Block::index_of(b, o);
            (*b).owner[i / 64] |= 1 << (i % 64);
        }
    }

    /// The first free cell from `from` on, and the end of the run of free cells that begins there.
    unsafe fn hole(b: *mut Block, from: usize) -> Option<(usize, usize)> {
        // SAFETY: the callers' block.
        unsafe {
            let count = (*b).count as usize;
            let start = next_bit(from, count, |w| !(*b).used[w])?;
            Some((start, next_bit(start, count, |w| (*b).used[w]).unwrap_or(count)))
        }
    }

    /// Calls `f` with every object of the block, but not those of a hole in use.
    ///
    /// # Safety
    /// `b` is a block.
    pub(crate) unsafe fn each(b: *mut Block, mut f: impl FnMut(*mut Header)) {
        // SAFETY: the caller's block.
        unsafe {
            let count = (*b).count as usize;
            let mut at = 0;
            while let Some(i) = next_bit(at, count, |w| (*b).used[w]) {
                f(Block::cell_at(b, i));
                at = i + 1;
            }
        }
    }
}

/// The first set bit from `from` on, below `end`.
#[inline(always)]
fn next_bit(from: usize, end: usize, word: impl Fn(usize) -> u64) -> Option<usize> {
    if from >= end {
        return None;
    }
    let mut w = from / 64;
    let mut bits = word(w) & (u64::MAX << (from % 64));
    while bits == 0 {
        w += 1;
        if w * 64 >= end {
            return None;
        }
        bits = word(w);
    }
    let i = w * 64 + bits.trailing_zeros() as usize;
    (i < end).then_some(i)
}

/// Sets the bits from `from` up to `to`.
fn set_bits(words: &mut [u64; WORDS], from: usize, to: usize) {
    for (w, word) in words.iter_mut().enumerate() {
        let (lo, hi) = (from.max(w * 64), to.min(w * 64 + 64));
        if lo < hi {
            *word |= (u64::MAX >> (64 - (hi - lo))) << (lo - w * 64);
        }
    }
}

/// The blocks of one cell size.
#[repr(C)]
pub(crate) struct Class {
    /// The next free cell of the hole in use, and the hole's end; equal when there is none.
    pub(crate) next: *mut u8,
    pub(crate) end: *mut u8,
    /// Bytes of a cell.
    pub(crate) cell: usize,
    /// Where the hole in use begins.
    pub(crate) start: *mut u8,
    /// The block it is in, or null.
    pub(crate) current: *mut Block,
    pub(crate) touched: Vec<*mut Block>,
    pub(crate) unswept: Vec<*mut Block>,
    pub(crate) available: Vec<*mut Block>,
    pub(crate) full: Vec<*mut Block>,
}

impl Class {
    const fn new(cell: usize) -> Class {
        use std::ptr::null_mut;
        Class {
            next: null_mut(),
            end: null_mut(),
            cell,
            start: null_mut(),
            current: null_mut(),
            touched: Vec::new(),
            unswept: Vec::new(),
            available: Vec::new(),
            full: Vec::new(),
        }
    }

    /// What was handed out of the hole in use is in use; the rest of the hole is free again.
    pub(crate) fn leave_hole(&mut self) {
        if self.current.is_null() || self.start == self.next {
            return;
        }
        // SAFETY: the hole is in the current block.
        unsafe {
            let b = self.current;
            let from = Block::index_of(b, self.start as *mut Header);
            let to = from + (self.next as usize - self.start as usize) / self.cell;
            set_bits(&mut (*b).used, from, to);
        }
        self.start = self.next;
    }

    /// Takes the next hole of the current block; false when there is none left.
    pub(crate) fn next_hole(&mut self) -> bool {
        if self.current.is_null() {
            return false;
        }
        self.leave_hole();
        // SAFETY: the current block is the class's own.
        unsafe {
            let b = self.current;
            let from = Block::index_of(b, self.next as *mut Header);
            match Block::hole(b, from) {
                Some((from, to)) => {
                    self.start = Block::cell_at(b, from) as *mut u8;
                    self.next = self.start;
                    self.end = Block::cell_at(b, to) as *mut u8;
                    poison::handed_out(self.start, self.end as usize - self.start as usize);
                    true
                }
                None => false,
            }
        }
    }

    /// Makes a block without a hole in use the current one.
    pub(super) fn enter(&mut self, b: *mut Block) {
        self.current = b;
        // SAFETY: a block of this class.
        self.next = unsafe { Block::cell_at(b, 0) } as *mut u8;
        self.start = self.next;
        self.end = self.next;
    }

    /// Puts the current block with the touched ones.
    pub(crate) fn retire(&mut self) {
        self.leave_hole();
        if !self.current.is_null() {
            self.touched.push(self.current);
        }
        self.current = std::ptr::null_mut();
        self.next = std::ptr::null_mut();
        self.start = self.next;
        self.end = self.next;
    }

    /// The objects made from the hole in use.
    pub(crate) fn in_hole(&self) -> impl Iterator<Item = *mut Header> {
        let n = (self.next as usize - self.start as usize) / self.cell;
        (0..n).map(|i| self.start.wrapping_add(i * self.cell) as *mut Header)
    }

    /// How many blocks the class has.
    pub(crate) fn block_count(&self) -> usize {
        1 + self.touched.len() + self.unswept.len() + self.available.len() + self.full.len()
    }

    /// The `i`-th of them; the first is the current one, which may be missing.
    pub(crate) fn block(&self, i: usize) -> Option<*mut Block> {
        let Some(mut i) = i.checked_sub(1) else {
            return (!self.current.is_null()).then_some(self.current);
        };
        for list in [&self.touched, &self.unswept, &self.available, &self.full] {
            if i < list.len() {
                return Some(list[i]);
            }
            i -= list.len();
        }
        None
    }

    /// All blocks of the class.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = *mut Block> {
        let current = (!self.current.is_null()).then_some(self.current);
        let lists = [&self.touched, &self.unswept, &self.available, &self.full];
        current.into_iter().chain(lists.into_iter().flatten().copied())
    }
}

/// All cells.
#[repr(C)]
pub(crate) struct Cells {
    pub(crate) classes: [Class; CLASSES],
}

/// The class of objects of a size.
#[inline(always)]
pub(crate) fn class_of(bytes: usize) -> usize {
    debug_assert!(bytes <= MAX_CELL);
    CLASS_OF[bytes.div_ceil(8)] as usize
}

/// Bytes of a cell of a class.
#[cfg(luka_jit)]
pub(crate) fn cell_size(class: usize) -> usize {
    SIZES[class].into()
}

impl Cells {
    pub(crate) const fn new() -> Cells {
        let mut classes = [const { Class::new(0) }; CLASSES];
        let mut i = 0;
        while i < CLASSES {
            classes[i].cell = SIZES[i] as usize;
            i += 1;
        }
        Cells { classes }
    }

    /// A block without objects for a class.
    pub(crate) fn fresh(class: usize, epoch: u8, pages: &mut Pages) -> Option<*mut Block> {
        let b = pages.take()? as *mut Block;
        let ordinal = pages.blocks_made;
        pages.blocks_made = ordinal.wrapping_add(1);
        let cell = SIZES[class] as u32;
        // SAFETY: the block is ours and unused.
        unsafe {
            b.write(Block {
                inverse: (1u64 << 32).div_ceil(cell as u64) as u32,
                cell,
                count: ((BLOCK - HEAD) / cell as usize) as u16,
                class: class as u8,
                epoch,
                ordinal,
                mark: [0; WORDS],
                used: [0; WORDS],
                owner: [0; WORDS],
            });
        }
        Some(b)
    }

    /// Before a sweep: which blocks it concerns. After a young collection those in which objects
    /// were made since the last one, else all.
    pub(crate) fn begin_sweep(&mut self, young: bool) {
        for c in &mut self.classes {
            c.retire();
            debug_assert!(c.unswept.is_empty());
            c.unswept.append(&mut c.touched);
            if !young {
                c.unswept.append(&mut c.available);
                c.unswept.append(&mut c.full);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_is_handed_out_once_and_found_again() {
        for class in 0..CLASSES {
            let (mut cells, mut pages) = (Cells::new(), Pages::new());
            let b = Cells::fresh(class, 1, &mut pages).unwrap();
            let c = &mut cells.classes[class];
            c.enter(b);
            let mut n = 0;
            while c.next_hole() {
                while c.next != c.end {
                    let o = c.next as *mut Header;
                    // SAFETY: a cell of this block.
                    unsafe {
                        assert_eq!(Block::index_of(b, o), n);
                        assert_eq!(Block::cell_at(b, n), o);
                        assert_eq!(block_of(o), b);
                    }
                    c.next = c.next.wrapping_add(c.cell);
                    n += 1;
                }
            }
            // SAFETY: the block is there.
            assert_eq!(n, unsafe { (*b).count } as usize);
            assert!(n * c.cell <= BLOCK - HEAD && (n + 1) * c.cell > BLOCK - HEAD);
        }
    }

    #[test]
    fn holes_are_the_runs_between_used_cells() {
        let mut pages = Pages::new();
        let b = Cells::fresh(0, 1, &mut pages).unwrap();
        // SAFETY: the block is there.
        unsafe {
            set_bits(&mut (*b).used, 0, 3);
            set_bits(&mut (*b).used, 60, 130);
            set_bits(&mut (*b).used, 200, 504);
            let mut holes = Vec::new();
            let mut at = 0;
            while let Some((from, to)) = Block::hole(b, at) {
                holes.push((from, to));
                at = to;
            }
            assert_eq!(holes, [(3, 60), (130, 200)]);
            let mut n = 0;
            Block::each(b, |_| n += 1);
            assert_eq!(n, 3 + 70 + 304);
        }
    }

    #[test]
    fn sizes_fit_their_class() {
        for bytes in 1..=MAX_CELL {
            let cell = SIZES[class_of(bytes)] as usize;
            assert!(cell >= bytes && (cell < bytes + 64), "{bytes}: {cell}");
        }
    }
}
