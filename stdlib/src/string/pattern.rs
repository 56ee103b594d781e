//! Lua patterns (manual §6.4.1): a backtracking matcher over bytes.
//!
//! Patterns are interpreted without compilation, as in PUC's `lstrlib.c`, with the same errors at the same
//! moments. Where PUC's matcher recurses, this one pushes a [`Frame`]; their number has PUC's limit on
//! nesting ([`MAX_DEPTH`]). So the host stack is not touched, and a match that takes long can stop
//! ([`Outcome::Paused`]), be written down ([`super::suspend`]) and go on later.

use super::frames::{Frame, Frames, Slots};
use super::set::Set;

/// Bytes of a set in a pattern that are read for one unit of work.
pub const SET_BYTES: u64 = 8;

/// Captures a pattern may have.
pub const MAX_CAPTURES: usize = 32;
/// Nesting of attempts, as PUC's `MAXCCALLS`.
pub const MAX_DEPTH: usize = 200;
/// Units of work after which a matcher pauses.
pub const SLICE: u64 = 4096;

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
pub(super) struct Slot {
    pub start: usize,
    pub len: usize,
}

/// The `len` of a capture that is not closed yet.
pub(super) const OPEN: usize = usize::MAX;
/// The `len` of a position capture.
pub(super) const POSITION: usize = usize::MAX - 1;

/// What a capture holds, as offsets into the subject.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Capture {
    /// From, up to.
    Range(usize, usize),
    /// 0-based position.
    Position(usize),
}

/// The result of a search.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// A match: its start and end.
    Match(usize, usize),
    NoMatch,
    /// A slice of work is done; [`Matcher::go_on`] does the next.
    Paused,
}

/// The result of one attempt.
pub(super) enum Attempt {
    Success(usize),
    Failure,
    Paused,
}

/// Where to go on: offsets into subject and pattern; `None`: this way does not match.
pub(super) type Next = Result<Option<(usize, usize)>, PatternError>;

/// A pattern being matched against one subject.
pub struct Matcher<'a> {
    pub(super) src: &'a [u8],
    /// Without its `^`.
    pub(super) pat: &'a [u8],
    /// The pattern must match where the search begins.
    anchored: bool,
    /// Where the attempt began.
    pub(super) start: usize,
    /// Where the attempt is, when paused.
    pub(super) at: (usize, usize),
    pub(super) frames: Frames,
    pub(super) level: usize,
    pub(super) slots: Slots,
    /// The set compiled last: offset of its `[` in the pattern.
    pub(super) set_at: usize,
    pub(super) set: Set,
    /// The single-character item every match begins with, if there is one.
    first: Option<(usize, usize)>,
    /// Steps and bytes worked through since the last pause.
    pub(super) work: u64,
}

impl<'a> Matcher<'a> {
    /// A matcher for a pattern that may begin with the anchor `^`.
    pub fn new(src: &'a [u8], pattern: &'a [u8]) -> Matcher<'a> {
        match pattern {
            [b'^', rest @ ..] => Matcher::with_anchor(src, rest, true),
            _ => Matcher::with_anchor(src, pattern, false),
        }
    }

    /// A matcher for a pattern in which `^` means itself (`gmatch`).
    pub fn unanchored(src: &'a [u8], pattern: &'a [u8]) -> Matcher<'a> {
        Matcher::with_anchor(src, pattern, false)
    }

    fn with_anchor(src: &'a [u8], pat: &'a [u8], anchored: bool) -> Matcher<'a> {
        let mut m = Matcher {
            src,
            pat,
            anchored,
            start: 0,
            at: (0, 0),
            frames: Frames::new(),
            level: 0,
            slots: Slots::new(),
            set_at: usize::MAX,
            set: Set::EMPTY,
            first: None,
            work: 0,
        };
        if !anchored {
            m.first = m.first_item();
        }
        m
    }

    /// The first match that starts at `from` (not above the subject's length) or, unless
    /// anchored, later.
    pub fn search(&mut self, from: usize) -> Result<Outcome, PatternError> {
        if self.begin(from) { self.go_on() } else { Ok(Outcome::NoMatch) }
    }

    /// Goes on with a search that paused.
    pub fn go_on(&mut self) -> Result<Outcome, PatternError> {
        loop {
            match self.attempt()? {
                Attempt::Success(end) => return Ok(Outcome::Match(self.start, end)),
                Attempt::Paused => return Ok(Outcome::Paused),
                Attempt::Failure => {
                    // (Half of what an attempt costs; the rest is that of its steps.)
                    self.work += 1;
                    if self.anchored || self.start >= self.src.len() || !self.begin(self.start + 1)
                    {
                        return Ok(Outcome::NoMatch);
                    }
                }
            }
        }
    }

    /// Prepares an attempt at the first offset from `from` on that may do; false if none does.
    fn begin(&mut self, from: usize) -> bool {
        self.start = from;
        if let Some((p, ep)) = self.first {
            match self.next_single(from, p, ep) {
                Some(candidate) => self.start = candidate,
                None => {
                    self.work += (self.src.len() - from) as u64 / 8;
                    return false;
                }
            }
        }
        self.at = (self.start, 0);
        self.frames.clear();
        self.level = 0;
        true
    }

    /// What is searched.
    pub fn subject(&self) -> &'a [u8] {
        self.src
    }

    /// Units of work since the last call: what to charge as fuel.
    pub fn take_work(&mut self) -> u64 {
        std::mem::take(&mut self.work)
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
        match self.slots.get(i) {
            Slot { len: OPEN, .. } => Err(PatternError::UnfinishedCapture),
            Slot { start, len: POSITION } => Ok(Capture::Position(start)),
            Slot { start, len } => Ok(Capture::Range(start, start + len)),
        }
    }

    /// Byte of the pattern; 0 at its end, as PUC's strings have there.
    #[inline(always)]
    pub(super) fn pat(&self, p: usize) -> u8 {
        self.pat.get(p).copied().unwrap_or(0)
    }

    /// How many more frames there may be.
    #[inline(always)]
    pub(super) fn room(&self) -> usize {
        MAX_DEPTH - 1 - self.frames.len()
    }

    /// Goes on at `next`, remembering how to undo that.
    #[inline(always)]
    pub(super) fn descend(&mut self, frame: Frame, next: (usize, usize)) -> Next {
        if self.room() == 0 {
            return Err(PatternError::TooComplex);
        }
        self.frames.push(frame);
        self.work += 1;
        Ok(Some(next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first match and its captures, as text.
    fn find(s: &str, p: &str) -> String {
        let mut m = Matcher::new(s.as_bytes(), p.as_bytes());
        let mut outcome = m.search(0);
        while outcome == Ok(Outcome::Paused) {
            m.take_work();
            outcome = m.go_on();
        }
        match outcome {
            Err(e) => e.message(),
            Ok(Outcome::Match(start, end)) => {
                let captures = (0..m.capture_count()).map(|i| match m.capture(i, start, end) {
                    Ok(Capture::Range(a, b)) => s[a..b].to_string(),
                    Ok(Capture::Position(p)) => (p + 1).to_string(),
                    Err(e) => e.message(),
                });
                captures.collect::<Vec<_>>().join("|")
            }
            Ok(_) => "nil".into(),
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
        assert_eq!(find("", "^*"), "nil");
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
