//! A paused matcher as bytes, so that it can wait in a native's frame.

use super::frames::Frame;
use super::pattern::{MAX_CAPTURES, MAX_DEPTH, Matcher, OPEN, POSITION, Slot};

/// A record: 64-bit little-endian numbers.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn number(&mut self) -> Option<usize> {
        let (word, rest) = self.0.split_first_chunk::<8>()?;
        self.0 = rest;
        usize::try_from(u64::from_le_bytes(*word)).ok()
    }

    /// A number that is at most `max`.
    fn up_to(&mut self, max: usize) -> Option<usize> {
        self.number().filter(|n| *n <= max)
    }
}

const NO_LITERAL: usize = 256;

impl Matcher<'_> {
    /// Appends what [`Matcher::restore`] needs.
    pub fn save(&self, out: &mut Vec<u8>) {
        let mut put = |n: usize| out.extend_from_slice(&(n as u64).to_le_bytes());
        put(self.start);
        put(self.at.0);
        put(self.at.1);
        put(self.level);
        for i in 0..self.level {
            let slot = self.slots.get(i);
            put(slot.start);
            put(slot.len);
        }
        put(self.frames.len());
        for frame in self.frames.iter() {
            let literal = |l: Option<u8>| l.map_or(NO_LITERAL, usize::from);
            let fields = match frame {
                Frame::Start => [0, 0, 0, 0, 0],
                Frame::End { capture } => [1, capture, 0, 0, 0],
                Frame::Optional { s, rest } => [2, s, rest, 0, 0],
                Frame::Max { s, least, rest, literal: l } => [3, s, least, rest, literal(l)],
                Frame::Min { s, p, ep, literal: l } => [4, s, p, ep, literal(l)],
            };
            for n in fields {
                put(n);
            }
        }
    }

    /// Takes up a search that was saved, of the same pattern in the same subject. `None` if the
    /// bytes are not of such a search; every offset is checked.
    pub fn restore(&mut self, bytes: &[u8]) -> Option<()> {
        let (len, plen) = (self.src.len(), self.pat.len());
        let mut r = Reader(bytes);
        self.start = r.up_to(len)?;
        self.at = (r.up_to(len)?, r.up_to(plen)?);
        self.level = r.up_to(MAX_CAPTURES)?;
        for i in 0..self.level {
            let start = r.up_to(len)?;
            let n = r.number()?;
            if n != OPEN && n != POSITION && n > len - start {
                return None;
            }
            self.slots.set(i, Slot { start, len: n });
        }
        self.frames.clear();
        for _ in 0..r.up_to(MAX_DEPTH - 1)? {
            let kind = r.number()?;
            let (a, b, c, literal) = (r.number()?, r.number()?, r.number()?, r.number()?);
            let literal = u8::try_from(literal).ok();
            let frame = match kind {
                0 => Frame::Start,
                1 if a < self.level => Frame::End { capture: a },
                2 if a <= len && b <= plen => Frame::Optional { s: a, rest: b },
                3 if b <= a && a <= len && c <= plen => {
                    Frame::Max { s: a, least: b, rest: c, literal }
                }
                4 if a <= len && b < plen && self.class_end(b) == Ok(c) => {
                    Frame::Min { s: a, p: b, ep: c, literal }
                }
                _ => return None,
            };
            self.frames.push(frame);
        }
        let started = self.frames.iter().filter(|f| *f == Frame::Start).count();
        (started == self.level).then_some(())
    }
}
