//! The matcher's machine: one item of the pattern at a time, forward or back.

use super::class::in_class;
use super::frames::Frame;
use super::pattern::{Attempt, ESC, MAX_CAPTURES, Matcher, Next, OPEN, POSITION, PatternError};
use super::pattern::{SET_BYTES, SLICE, Slot};
use super::set;

impl Matcher<'_> {
    /// Runs the attempt from where it is.
    pub(super) fn attempt(&mut self) -> Result<Attempt, PatternError> {
        let (mut s, mut p) = self.at;
        loop {
            if self.work >= SLICE {
                self.at = (s, p);
                return Ok(Attempt::Paused);
            }
            if p >= self.pat.len() {
                return Ok(Attempt::Success(s));
            }
            self.work += 1;
            let next = match self.item(s, p)? {
                Some(next) => Some(next),
                None => self.backtrack(),
            };
            match next {
                Some(next) => (s, p) = next,
                None => return Ok(Attempt::Failure),
            }
        }
    }

    /// Matches the item at `p` at `s`.
    #[inline(always)]
    fn item(&mut self, s: usize, p: usize) -> Next {
        match self.pat[p] {
            b'(' => {
                return if self.pat(p + 1) == b')' {
                    self.start_capture(s, p + 2, POSITION)
                } else {
                    self.start_capture(s, p + 1, OPEN)
                };
            }
            b')' => return self.end_capture(s, p + 1),
            b'$' if p + 1 == self.pat.len() => {
                return Ok((s == self.src.len()).then_some((s, p + 1)));
            }
            ESC => match self.pat(p + 1) {
                b'b' => return Ok(self.balance(s, p + 2)?.map(|s| (s, p + 4))),
                b'f' => return self.frontier(s, p + 2),
                digit @ b'0'..=b'9' => {
                    return Ok(self.back_reference(s, digit)?.map(|s| (s, p + 2)));
                }
                _ => {}
            },
            _ => {}
        }
        // A single-character item and its suffix.
        let ep = self.class_end(p)?;
        match self.pat(ep) {
            suffix @ (b'*' | b'+') => {
                let n = self.run(s, p, ep);
                match n {
                    0 => Ok((suffix == b'*').then_some((s, ep + 1))),
                    _ => self.max_expand(s, n, (suffix == b'+') as usize, ep + 1),
                }
            }
            b'-' => {
                if !self.single(s, p, ep) {
                    return Ok(Some((s, ep + 1)));
                }
                self.min_expand(s, p, ep)
            }
            b'?' => {
                if !self.single(s, p, ep) {
                    return Ok(Some((s, ep + 1)));
                }
                self.descend(Frame::Optional { s, rest: ep + 1 }, (s + 1, ep + 1))
            }
            _ => Ok(self.single(s, p, ep).then_some((s + 1, ep))),
        }
    }

    /// Undoes until there is another way to try.
    fn backtrack(&mut self) -> Option<(usize, usize)> {
        while let Some(frame) = self.frames.pop() {
            self.work += 1;
            match frame {
                Frame::Start => self.level -= 1,
                Frame::End { capture } => {
                    let start = self.slots.get(capture).start;
                    self.slots.set(capture, Slot { start, len: OPEN });
                }
                Frame::Optional { s, rest } => return Some((s, rest)),
                Frame::Max { s, least, rest, literal } => {
                    if s > least
                        && let Some(s) = self.shorter(least, s - 1, literal)
                    {
                        self.frames.push(Frame::Max { s, least, rest, literal });
                        return Some((s, rest));
                    }
                }
                Frame::Min { s, p, ep, literal } => {
                    if self.single(s, p, ep)
                        && let Some(s) = self.longer(s + 1, p, ep, literal)
                    {
                        self.frames.push(Frame::Min { s, p, ep, literal });
                        return Some((s, ep + 1));
                    }
                }
            }
        }
        None
    }

    /// `n` bytes at `s` match an item; tries `rest` after all of them, then after fewer.
    fn max_expand(&mut self, s: usize, n: usize, least: usize, rest: usize) -> Next {
        self.work += n as u64 / 8;
        if rest == self.pat.len() && self.room() > 0 {
            return Ok(Some((s + n, rest)));
        }
        let literal = self.literal_next(rest);
        let least = s + least;
        match self.shorter(least, s + n, literal) {
            Some(s) => self.descend(Frame::Max { s, least, rest, literal }, (s, rest)),
            None => Ok(None),
        }
    }

    /// The last offset from `s` down to `least` where the literal is.
    fn shorter(&mut self, least: usize, s: usize, literal: Option<u8>) -> Option<usize> {
        let Some(c) = literal else { return Some(s) };
        // The literal may follow the last byte that matched, but not the subject.
        let end = (s + 1).min(self.src.len());
        let found = memchr::memrchr(c, self.src.get(least..end)?).map(|i| least + i);
        self.work += (s - found.unwrap_or(least)) as u64 / 8;
        found
    }

    /// `-`: as few as possible, then more.
    fn min_expand(&mut self, s: usize, p: usize, ep: usize) -> Next {
        let literal = self.literal_next(ep + 1);
        match self.longer(s, p, ep, literal) {
            Some(s) => self.descend(Frame::Min { s, p, ep, literal }, (s, ep + 1)),
            None => Ok(None),
        }
    }

    /// The first offset from `s` on where the literal is, with only the item before it.
    fn longer(&mut self, mut s: usize, p: usize, ep: usize, literal: Option<u8>) -> Option<usize> {
        let Some(c) = literal else { return Some(s) };
        if self.pat[p] == b'.' {
            let found = memchr::memchr(c, self.src.get(s..)?)?;
            self.work += found as u64 / 8;
            return Some(s + found);
        }
        while self.src.get(s) != Some(&c) {
            if !self.single(s, p, ep) {
                return None;
            }
            s += 1;
            self.work += 1;
        }
        Some(s)
    }

    /// Offset behind the single-character item at `p < len`.
    #[inline(always)]
    pub(super) fn class_end(&self, p: usize) -> Result<usize, PatternError> {
        match self.pat[p] {
            ESC if p + 1 >= self.pat.len() => Err(PatternError::EndsWithEscape),
            ESC => Ok(p + 2),
            b'[' => set::end(self.pat, p).ok_or(PatternError::MissingBracket),
            _ => Ok(p + 1),
        }
    }

    /// Whether the byte at `s` is in the single-character item `p..ep`.
    #[inline(always)]
    fn single(&mut self, s: usize, p: usize, ep: usize) -> bool {
        match self.src.get(s) {
            Some(&c) => match self.pat[p] {
                b'.' => true,
                ESC => in_class(c, self.pat[p + 1]),
                b'[' => {
                    self.work += (ep - p) as u64 / SET_BYTES;
                    self.in_set(c, p, ep)
                }
                literal => literal == c,
            },
            None => false,
        }
    }

    fn start_capture(&mut self, s: usize, p: usize, len: usize) -> Next {
        if self.level >= MAX_CAPTURES {
            return Err(PatternError::TooManyCaptures);
        }
        self.slots.set(self.level, Slot { start: s, len });
        self.level += 1;
        self.descend(Frame::Start, (s, p))
    }

    fn end_capture(&mut self, s: usize, p: usize) -> Next {
        let Some(capture) = self.open_capture() else {
            return Err(PatternError::InvalidCapture);
        };
        let start = self.slots.get(capture).start;
        self.slots.set(capture, Slot { start, len: s - start });
        self.descend(Frame::End { capture }, (s, p))
    }

    pub(super) fn open_capture(&self) -> Option<usize> {
        (0..self.level).rev().find(|&i| self.slots.get(i).len == OPEN)
    }

    /// `%f`: `p` is at its set.
    fn frontier(&mut self, s: usize, p: usize) -> Next {
        if self.pat(p) != b'[' {
            return Err(PatternError::MissingFrontier);
        }
        let ep = self.class_end(p)?;
        let before = if s == 0 { 0 } else { self.src[s - 1] };
        let here = self.src.get(s).copied().unwrap_or(0);
        let found = !self.in_set(before, p, ep) && self.in_set(here, p, ep);
        self.work += (ep - p) as u64 / SET_BYTES;
        Ok(found.then_some((s, ep)))
    }

    /// `%b`: `p` is at its two arguments; where the balanced text ends.
    fn balance(&mut self, s: usize, p: usize) -> Result<Option<usize>, PatternError> {
        if p + 1 >= self.pat.len() {
            return Err(PatternError::MissingBalance);
        }
        let (open, close) = (self.pat[p], self.pat[p + 1]);
        if self.src.get(s) != Some(&open) {
            return Ok(None);
        }
        let mut nesting = 1usize;
        for (i, &c) in self.src[s + 1..].iter().enumerate() {
            if c == close {
                nesting -= 1;
                if nesting == 0 {
                    self.work += i as u64 / 4;
                    return Ok(Some(s + i + 2));
                }
            } else if c == open {
                nesting += 1;
            }
        }
        self.work += (self.src.len() - s) as u64 / 4;
        Ok(None)
    }

    /// `%1` to `%9`: where the repeated text ends.
    fn back_reference(&mut self, s: usize, digit: u8) -> Result<Option<usize>, PatternError> {
        let i = digit as i32 - b'1' as i32;
        let captured = match usize::try_from(i) {
            Ok(i) if i < self.level => self.slots.get(i),
            _ => return Err(PatternError::CaptureIndex(i + 1)),
        };
        match captured.len {
            OPEN => Err(PatternError::CaptureIndex(i + 1)),
            // PUC takes a position's "length" for a huge number.
            POSITION => Ok(None),
            n => {
                let text = &self.src[captured.start..captured.start + n];
                self.work += 1 + n as u64 / 8;
                Ok(self.src[s..].starts_with(text).then_some(s + n))
            }
        }
    }
}
