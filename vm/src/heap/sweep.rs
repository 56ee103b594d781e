//! Sweeping: freeing what stayed unmarked.
//!
//! Blocks are swept one by one, by whoever comes first: the allocator that needs a hole, or the
//! collector in its steps. Survivors are not touched; of the dead, only those that own something.

use super::cells::Block;
use super::gc::State;
use super::heap::Heap;
use super::{mark, objects, poison};

/// How far the sweep has come.
#[derive(Default)]
pub(crate) struct Sweep {
    /// The class whose blocks are next.
    pub(crate) class: usize,
    /// Large objects: the next one to look at, how many are kept so far, where to stop (behind it
    /// is what was made since).
    pub(crate) large_next: usize,
    pub(crate) large_kept: usize,
    pub(crate) large_end: usize,
}

/// Work of sweeping a block, before what its dead objects own.
const BLOCK_WORK: usize = 40;
/// Work of freeing what one dead object owns.
const DROP_WORK: usize = 5;

impl Heap {
    /// Begins the sweep: of what was made since the last collection, or of everything. From here
    /// on new objects have the other white.
    pub(crate) fn enter_sweep(&mut self, young: bool) {
        self.current_white ^= mark::WHITES;
        self.alive = self.epoch | self.current_white;
        self.cells.begin_sweep(young);
        let from = if young { self.large_old } else { 0 };
        self.sweep =
            Sweep { class: 0, large_next: from, large_kept: from, large_end: self.large.len() };
        self.state = State::SweepCells;
    }

    /// Sweeps a block, some large objects, or goes on to the next state. Returns the work.
    pub(crate) fn sweep_step(&mut self) -> usize {
        if self.state == State::SweepCells {
            let class = self.sweep.class;
            let Some(c) = self.cells.classes.get_mut(class) else {
                self.state = State::SweepLarge;
                return 1;
            };
            let Some(b) = c.unswept.pop() else {
                self.sweep.class += 1;
                return 1;
            };
            // SAFETY: the block waits to be swept.
            let (live, work) = unsafe { self.sweep_block(b) };
            // SAFETY: as above.
            let count = unsafe { (*b).count } as usize;
            let c = &mut self.cells.classes[class];
            if live == 0 {
                // SAFETY: it holds no object, and is in no list.
                unsafe { self.blocks.pages.give_back(b as *mut u8) };
            } else if live == count {
                c.full.push(b);
            } else {
                c.available.push(b);
            }
            return work;
        }
        // SAFETY: the list is the heap's own.
        unsafe { self.sweep_large() }
    }

    /// Frees the dead objects of a block; returns how many live, and the work.
    ///
    /// # Safety
    /// The block waits to be swept and is in no list any more.
    pub(crate) unsafe fn sweep_block(&mut self, b: *mut Block) -> (usize, usize) {
        // SAFETY: the block is the heap's own; dead objects are in use nowhere, as marking has
        // found.
        unsafe {
            if (*b).epoch != self.epoch {
                // Nothing in it was marked.
                (*b).mark = [0; _];
                (*b).epoch = self.epoch;
            }
            let (mut live, mut dead, mut dropped) = (0, 0, 0);
            for w in 0..(*b).used.len() {
                let used = (*b).used[w];
                if used == 0 {
                    continue;
                }
                let mark = (*b).mark[w];
                live += mark.count_ones() as usize;
                let gone = used & !mark;
                if gone == 0 {
                    continue;
                }
                dead += gone.count_ones() as usize;
                let mut owners = gone & (*b).owner[w];
                while owners != 0 {
                    let o = Block::cell_at(b, w * 64 + owners.trailing_zeros() as usize);
                    debug_assert!(self.is_dead((*o).marked));
                    objects::drop_owned(self, o);
                    owners &= owners - 1;
                    dropped += 1;
                }
                (*b).owner[w] &= mark;
                (*b).used[w] = mark;
                if cfg!(debug_assertions) || cfg!(luka_asan) {
                    let mut gone = gone;
                    while gone != 0 {
                        // Uses of what was freed show.
                        let o = Block::cell_at(b, w * 64 + gone.trailing_zeros() as usize);
                        (o as *mut u8).write_bytes(0xdd, (*b).cell as usize);
                        poison::freed(o as *mut u8, (*b).cell as usize);
                        gone &= gone - 1;
                    }
                }
            }
            self.swept(dead * (*b).cell as usize);
            (live, BLOCK_WORK + dropped * DROP_WORK)
        }
    }

    /// Sweeps some large objects. Those that are kept move down in the list.
    unsafe fn sweep_large(&mut self) -> usize {
        let mut work = 1;
        while work < 100 && self.sweep.large_next < self.sweep.large_end {
            let o = self.large[self.sweep.large_next];
            self.sweep.large_next += 1;
            work += DROP_WORK;
            // SAFETY: the list holds objects that exist; a dead one is in use nowhere.
            unsafe {
                if self.is_dead((*o).marked) {
                    objects::free_large(self, o);
                } else {
                    self.large[self.sweep.large_kept] = o;
                    self.sweep.large_kept += 1;
                }
            }
        }
        if self.sweep.large_next == self.sweep.large_end {
            self.large_old = self.sweep.large_kept;
            self.large.drain(self.sweep.large_kept..self.sweep.large_end);
            self.sweep = Sweep::default();
            self.state = State::SweepEnd;
        }
        work
    }

    /// Blocks that wait to be swept.
    pub(crate) fn unswept_blocks(&self) -> usize {
        self.cells.classes.iter().map(|c| c.unswept.len()).sum()
    }
}
