//! Lua patterns (manual §6.4.1): a backtracking matcher over bytes.
//!
//! Patterns are interpreted as they stand, as in PUC's `lstrlib.c`, with the same errors at the same
//! moments and the same limit on depth ([`MAX_DEPTH`]); this bounds the host stack, whatever the
//! subject. Repetitions of single characters never recurse.

use super::class::in_class;
use super::set::{self, Set};

/// Captures a pattern may have.
pub const MAX_CAPTURES: usize = 32;
/// Nesting of attempts, as PUC's `MAXCCALLS`.
pub const MAX_DEPTH: u32 = 200;

pub(super) const ESC: u8 = b'%';

/// What is wrong with a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternError {
    TooComplex,
    TooManyCaptures,
    EndsWithEscape,
    MissingBracket,
    MissingBalance,
    MissingFrontier,
    UnfinishedCapture,
    InvalidCapture,
    /// The index as written in the pattern or replacement.
    CaptureIndex(i32),
}

impl PatternError {
    /// PUC's message.
    pub fn message(self) -> String {
        match self {
            PatternError::TooComplex => "pattern too complex".into(),
            PatternError::TooManyCaptures => "too many captures".into(),
            PatternError::EndsWithEscape => "malformed pattern (ends with '%')".into(),
            PatternError::MissingBracket => "malformed pattern (missing ']')".into(),
            PatternError::MissingBalance => "malformed pattern (missing arguments to '%b')".into(),
            PatternError::MissingFrontier => "missing '[' after '%f' in pattern".into(),
            PatternError::UnfinishedCapture => "unfinished capture".into(),
            PatternError::InvalidCapture => "invalid pattern capture".into(),
            PatternError::CaptureIndex(i) => format!("invalid capture index %{i}"),
        }
    }
}

/// Where a capture starts and how long it is, or one of the two numbers below.
#[derive(Clone, Copy)]
struct Slot {
    start: usize,
    len: usize,
}

/// The `len` of a capture that is not closed yet.
const OPEN: usize = usize::MAX;
/// The `len` of a position capture.
const POSITION: usize = usize::MAX - 1;

/// What a capture holds, as offsets into the subject.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Capture {
    /// From, up to.
    Range(usize, usize),
    /// 0-based position.
    Position(usize),
}

/// A match attempt's outcome: `None` means no match.
type Outcome = Result<Option<usize>, PatternError>;

/// Internal outcome: the end of the match or this. An error is in `Matcher::error` then.
const FAIL: usize = usize::MAX;

/// A pattern (without its `^`) being matched against one subject.
pub struct Matcher<'a> {
    pub(super) src: &'a [u8],
    pub(super) pat: &'a [u8],
    pub(super) depth: u32,
    pub(super) level: usize,
    slots: [Slot; MAX_CAPTURES],
    error: Option<PatternError>,
    /// The set compiled last: offset of its `[` in the pattern.
    pub(super) set_at: usize,
    pub(super) set: Set,
    pub(super) work: u64,
}

impl<'a> Matcher<'a> {
    pub fn new(src: &'a [u8], pat: &'a [u8]) -> Matcher<'a> {
        Matcher {
            src,
            pat,
            depth: MAX_DEPTH,
            level: 0,
            slots: [Slot { start: 0, len: 0 }; MAX_CAPTURES],
            error: None,
            set_at: usize::MAX,
            set: Set::EMPTY,
            work: 0,
        }
    }

    /// Steps and bytes worked through since the last call: what to charge as fuel.
    pub fn take_work(&mut self) -> u64 {
        std::mem::take(&mut self.work)
    }

    /// Matches at offset `s` exactly; the end of the match.
    pub fn match_at(&mut self, s: usize) -> Outcome {
        self.level = 0;
        self.depth = MAX_DEPTH;
        let end = self.step(s, 0);
        match self.error {
            Some(e) => Err(e),
            None => Ok((end != FAIL).then_some(end)),
        }
    }

    /// Number of values a match yields: its captures, or the whole match when there are none.
    pub fn capture_count(&self) -> usize {
        self.level.max(1)
    }
    /// Number of captures in the pattern as far as matched.
    pub fn levels(&self) -> usize {
        self.level
    }

    /// Capture `i` (0-based) of the match `start..end`; number 0 is the whole match if there are
    /// no captures.
    pub fn capture(&self, i: usize, start: usize, end: usize) -> Result<Capture, PatternError> {
        if i >= self.level {
            if i != 0 {
                return Err(PatternError::CaptureIndex(i as i32 + 1));
            }
            return Ok(Capture::Range(start, end));
        }
        match self.slots[i] {
            Slot { len: OPEN, .. } => Err(PatternError::UnfinishedCapture),
            Slot { start, len: POSITION } => Ok(Capture::Position(start)),
            Slot { start, len } => Ok(Capture::Range(start, start + len)),
        }
    }

    #[cold]
    fn fail(&mut self, e: PatternError) -> usize {
        self.error = Some(e);
        FAIL
    }

    /// Byte of the pattern; 0 at its end, as PUC's strings have there.
    #[inline(always)]
    pub(super) fn pat(&self, p: usize) -> u8 {
        self.pat.get(p).copied().unwrap_or(0)
    }

    /// Offset behind the single-character item at `p < len`.
    #[inline]
    fn class_end(&mut self, p: usize) -> usize {
        match self.pat[p] {
            ESC => {
                if p + 1 >= self.pat.len() {
                    return self.fail(PatternError::EndsWithEscape);
                }
                p + 2
            }
            b'[' => match set::end(self.pat, p) {
                Some(end) => end,
                None => self.fail(PatternError::MissingBracket),
            },
            _ => p + 1,
        }
    }

    /// Whether the byte at `s` is in the single-character item `p..ep`.
    #[inline(always)]
    fn single(&self, s: usize, p: usize, ep: usize) -> bool {
        match self.src.get(s) {
            Some(&c) => match self.pat[p] {
                b'.' => true,
                ESC => in_class(c, self.pat[p + 1]),
                b'[' => self.in_set(c, p, ep),
                literal => literal == c,
            },
            None => false,
        }
    }

    pub(super) fn open_capture(&self) -> Option<usize> {
        self.slots[..self.level].iter().rposition(|s| s.len == OPEN)
    }

    /// Matches the pattern from `p` on at `s`. Recursion is bounded by [`MAX_DEPTH`].
    fn step(&mut self, s: usize, p: usize) -> usize {
        if self.depth == 0 {
            return self.fail(PatternError::TooComplex);
        }
        self.depth -= 1;
        self.work += 1;
        let end = self.items(s, p);
        self.depth += 1;
        end
    }

    fn items(&mut self, mut s: usize, mut p: usize) -> usize {
        while p < self.pat.len() {
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
                    return if s == self.src.len() { s } else { FAIL };
                }
                ESC => match self.pat(p + 1) {
                    b'b' => {
                        s = self.balance(s, p + 2);
                        if s == FAIL {
                            return FAIL;
                        }
                        p += 4;
                        continue;
                    }
                    b'f' => {
                        p += 2;
                        if self.pat(p) != b'[' {
                            return self.fail(PatternError::MissingFrontier);
                        }
                        let ep = self.class_end(p);
                        if ep == FAIL {
                            return FAIL;
                        }
                        let before = if s == 0 { 0 } else { self.src[s - 1] };
                        let here = self.src.get(s).copied().unwrap_or(0);
                        if self.in_set(before, p, ep) || !self.in_set(here, p, ep) {
                            return FAIL;
                        }
                        p = ep;
                        continue;
                    }
                    digit @ b'0'..=b'9' => {
                        s = self.back_reference(s, digit);
                        if s == FAIL {
                            return FAIL;
                        }
                        p += 2;
                        continue;
                    }
                    _ => {}
                },
                _ => {}
            }
            // A single-character item and its suffix.
            let ep = self.class_end(p);
            if ep == FAIL {
                return FAIL;
            }
            let suffix = self.pat(ep);
            match suffix {
                b'*' | b'+' => {
                    let n = self.run(s, p, ep);
                    if n > 0 {
                        return self.max_expand(s, n, (suffix == b'+') as usize, ep + 1);
                    }
                    if suffix == b'+' {
                        return FAIL;
                    }
                    p = ep + 1;
                }
                b'-' => {
                    if self.single(s, p, ep) {
                        return self.min_expand(s, p, ep);
                    }
                    p = ep + 1;
                }
                b'?' => {
                    if self.single(s, p, ep) {
                        let end = self.step(s + 1, ep + 1);
                        if end != FAIL || self.error.is_some() {
                            return end;
                        }
                    }
                    p = ep + 1;
                }
                _ => {
                    if !self.single(s, p, ep) {
                        return FAIL;
                    }
                    s += 1;
                    p = ep;
                }
            }
        }
        s
    }

    /// `n` bytes at `s` match the item; tries `rest` after all of them, then after fewer.
    fn max_expand(&mut self, s: usize, n: usize, least: usize, rest: usize) -> usize {
        self.work += n as u64 / 8;
        if rest == self.pat.len() && self.depth > 0 {
            return s + n;
        }
        let next = self.literal_next(rest);
        let mut i = n;
        loop {
            let possible = match next {
                Some(c) => self.src.get(s + i) == Some(&c),
                None => true,
            };
            if possible {
                let end = self.step(s + i, rest);
                if end != FAIL || self.error.is_some() {
                    return end;
                }
            }
            if i == least {
                return FAIL;
            }
            i -= 1;
        }
    }

    /// `-`: as few as possible, then more.
    fn min_expand(&mut self, mut s: usize, p: usize, ep: usize) -> usize {
        let rest = ep + 1;
        let next = self.literal_next(rest);
        let any = self.pat[p] == b'.';
        loop {
            match next {
                Some(c) if any => {
                    // Only positions that hold `c` can do.
                    match memchr::memchr(c, &self.src[s..]) {
                        Some(i) => {
                            self.work += i as u64 / 8;
                            s += i;
                        }
                        None => return FAIL,
                    }
                }
                Some(c) if self.src.get(s) != Some(&c) => {
                    if !self.single(s, p, ep) {
                        return FAIL;
                    }
                    s += 1;
                    self.work += 1;
                    continue;
                }
                _ => {}
            }
            let end = self.step(s, rest);
            if end != FAIL || self.error.is_some() {
                return end;
            }
            if !self.single(s, p, ep) {
                return FAIL;
            }
            s += 1;
        }
    }

    fn start_capture(&mut self, s: usize, p: usize, len: usize) -> usize {
        if self.level >= MAX_CAPTURES {
            return self.fail(PatternError::TooManyCaptures);
        }
        self.slots[self.level] = Slot { start: s, len };
        self.level += 1;
        let end = self.step(s, p);
        if end == FAIL {
            self.level -= 1;
        }
        end
    }

    fn end_capture(&mut self, s: usize, p: usize) -> usize {
        let Some(open) = self.open_capture() else {
            return self.fail(PatternError::InvalidCapture);
        };
        self.slots[open].len = s - self.slots[open].start;
        let end = self.step(s, p);
        if end == FAIL {
            self.slots[open].len = OPEN;
        }
        end
    }

    /// `%b`: `p` is at its two arguments.
    fn balance(&mut self, s: usize, p: usize) -> usize {
        if p + 1 >= self.pat.len() {
            return self.fail(PatternError::MissingBalance);
        }
        let (open, close) = (self.pat[p], self.pat[p + 1]);
        if self.src.get(s) != Some(&open) {
            return FAIL;
        }
        let mut nesting = 1usize;
        for (i, &c) in self.src[s + 1..].iter().enumerate() {
            if c == close {
                nesting -= 1;
                if nesting == 0 {
                    self.work += i as u64 / 8;
                    return s + i + 2;
                }
            } else if c == open {
                nesting += 1;
            }
        }
        self.work += (self.src.len() - s) as u64 / 8;
        FAIL
    }

    /// `%1` to `%9`.
    fn back_reference(&mut self, s: usize, digit: u8) -> usize {
        let i = digit as i32 - b'1' as i32;
        let captured = match usize::try_from(i) {
            Ok(i) if i < self.level => self.slots[i],
            _ => return self.fail(PatternError::CaptureIndex(i + 1)),
        };
        match captured.len {
            OPEN => self.fail(PatternError::CaptureIndex(i + 1)),
            // PUC takes a position's "length" for a huge number.
            POSITION => FAIL,
            n => {
                let text = &self.src[captured.start..captured.start + n];
                self.work += n as u64 / 8;
                if self.src[s..].starts_with(text) { s + n } else { FAIL }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first match and its captures, as text.
    fn find(s: &str, p: &str) -> String {
        let mut m = Matcher::new(s.as_bytes(), p.as_bytes());
        match m.search(0) {
            Err(e) => e.message(),
            Ok(None) => "nil".into(),
            Ok(Some((start, end))) => {
                let captures = (0..m.capture_count()).map(|i| match m.capture(i, start, end) {
                    Ok(Capture::Range(a, b)) => s[a..b].to_string(),
                    Ok(Capture::Position(p)) => (p + 1).to_string(),
                    Err(e) => e.message(),
                });
                captures.collect::<Vec<_>>().join("|")
            }
        }
    }

    #[test]
    fn items_and_captures() {
        assert_eq!(find("hello world", "o w"), "o w");
        assert_eq!(find("key = value", "(%w+)%s*=%s*(%w+)"), "key|value");
        assert_eq!(find("  x  ", "%s*(.-)%s*$"), "x");
        assert_eq!(find("a(b(c)d)e", "%b()"), "(b(c)d)");
        assert_eq!(find("THE (quick) fox", "%f[%a]%a+%f[%A]()"), "4");
        assert_eq!(find("abab", "(ab)%1"), "ab");
        assert_eq!(find("x^y", "[%^x]+"), "x^");
        assert_eq!(find("", "^*"), "");
        assert_eq!(find("abc", "a.-$"), "abc");
    }

    #[test]
    fn errors() {
        assert_eq!(find("a", "%"), "malformed pattern (ends with '%')");
        assert_eq!(find("a", "[a"), "malformed pattern (missing ']')");
        assert_eq!(find("a", "%b"), "malformed pattern (missing arguments to '%b')");
        assert_eq!(find("a", "%f"), "missing '[' after '%f' in pattern");
        assert_eq!(find("a", "(a"), "unfinished capture");
        assert_eq!(find("a", "a)"), "invalid pattern capture");
        assert_eq!(find("a", "%1"), "invalid capture index %1");
        assert_eq!(find("a", &"()".repeat(33)), "too many captures");
        let deep = find(&"a".repeat(300), &"a?".repeat(300));
        assert_eq!(deep, "pattern too complex");
        // Long patterns without nesting need no depth.
        assert_eq!(find("b", &"a*".repeat(100_000)), "");
    }
}
