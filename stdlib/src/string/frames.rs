//! What a matcher can go back to, and its captures.
//!
//! Making a matcher is most of the work of many matches, so that both have few places in the matcher
//! itself and the others, seldom used, elsewhere.

use super::pattern::{MAX_CAPTURES, MAX_DEPTH, Slot};

/// A choice made or an effect to undo. Offsets into subject (`s`, `least`) and pattern (the
/// others).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Frame {
    /// A capture was begun.
    Start,
    /// A capture was closed.
    End { capture: usize },
    /// `?` took its byte; without it the match goes on at `rest`.
    Optional { s: usize, rest: usize },
    /// `*` or `+` took all bytes before `s`, and can give back down to `least`. `literal` must
    /// follow them.
    Max { s: usize, least: usize, rest: usize, literal: Option<u8> },
    /// `-` took the bytes before `s`, and may take more if they are in the item `p..ep`.
    Min { s: usize, p: usize, ep: usize, literal: Option<u8> },
}

/// A stack of at most [`MAX_DEPTH`] frames, the first of them in place.
pub(super) struct Frames {
    near: [Frame; NEAR],
    far: Vec<Frame>,
    len: usize,
}

const NEAR: usize = 10;

impl Frames {
    pub fn new() -> Frames {
        Frames { near: [Frame::Start; NEAR], far: Vec::new(), len: 0 }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn clear(&mut self) {
        self.len = 0;
        self.far.clear();
    }

    /// Never called with [`MAX_DEPTH`] frames there.
    #[inline(always)]
    pub fn push(&mut self, frame: Frame) {
        debug_assert!(self.len < MAX_DEPTH);
        match self.near.get_mut(self.len) {
            Some(place) => *place = frame,
            None => self.far.push(frame),
        }
        self.len += 1;
    }

    #[inline(always)]
    pub fn pop(&mut self) -> Option<Frame> {
        self.len = self.len.checked_sub(1)?;
        match self.near.get(self.len) {
            Some(frame) => Some(*frame),
            None => self.far.pop(),
        }
    }

    /// All frames, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = Frame> {
        self.near.iter().take(self.len).chain(&self.far).copied()
    }
}

/// The captures, at most [`MAX_CAPTURES`].
pub(super) struct Slots {
    near: [Slot; NEAR_SLOTS],
    far: Vec<Slot>,
}

const NEAR_SLOTS: usize = 4;

impl Slots {
    #[inline(always)]
    pub fn new() -> Slots {
        Slots { near: [Slot { start: 0, len: 0 }; NEAR_SLOTS], far: Vec::new() }
    }

    /// Slot `i`, which was set.
    #[inline(always)]
    pub fn get(&self, i: usize) -> Slot {
        match self.near.get(i) {
            Some(slot) => *slot,
            None => self.far[i - NEAR_SLOTS],
        }
    }

    #[inline(always)]
    pub fn set(&mut self, i: usize, slot: Slot) {
        match self.near.get_mut(i) {
            Some(place) => *place = slot,
            None => self.set_far(i - NEAR_SLOTS, slot),
        }
    }

    #[cold]
    fn set_far(&mut self, i: usize, slot: Slot) {
        if self.far.is_empty() {
            self.far.resize(MAX_CAPTURES - NEAR_SLOTS, Slot { start: 0, len: 0 });
        }
        self.far[i] = slot;
    }
}
