//! What a matcher can go back to.

use super::pattern::MAX_DEPTH;

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
    /// stand behind them.
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

const NEAR: usize = 12;

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
