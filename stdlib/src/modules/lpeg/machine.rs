//! The parsing machine: runs code on a subject. Its state is two lists of records of 16 bytes, kept as
//! bytes so that they can wait in a native's frame without being copied.
//!
//! Whatever the code and the lists are, it stays inside of them: what cannot be is [`Stop::Broken`].

use super::charset::has;
use super::compile::{HEAD, Word, op};
use super::tree::Kind;

/// Records of four 32-bit numbers.
#[derive(Default)]
pub struct Records(pub Vec<u8>);

impl Records {
    const SIZE: usize = 16;

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.0.len() / Self::SIZE
    }

    #[inline(always)]
    pub fn push(&mut self, [a, b, c, d]: [u32; 4]) {
        let n = u128::from(a) | u128::from(b) << 32 | u128::from(c) << 64 | u128::from(d) << 96;
        self.0.extend_from_slice(&n.to_le_bytes());
    }

    #[inline(always)]
    pub fn get(&self, i: usize) -> Option<[u32; 4]> {
        let at = i.checked_mul(Self::SIZE)?;
        let bytes: [u8; 16] = self.0.get(at..at + Self::SIZE)?.try_into().ok()?;
        let n = u128::from_le_bytes(bytes);
        Some([n as u32, (n >> 32) as u32, (n >> 64) as u32, (n >> 96) as u32])
    }

    #[inline(always)]
    pub fn truncate(&mut self, len: usize) {
        self.0.truncate(len * Self::SIZE);
    }

    #[inline(always)]
    pub fn pop(&mut self) -> Option<[u32; 4]> {
        let last = self.get(self.len().checked_sub(1)?)?;
        self.truncate(self.len() - 1);
        Some(last)
    }
}

/// A capture: where it begins in the subject, its constant, its kind, and for one that is complete its
/// length and one more (0: it ends where its [`Kind::Close`] is).
#[derive(Clone, Copy, Debug)]
pub struct Capture {
    pub at: u32,
    pub key: u32,
    pub kind: Kind,
    pub size: u32,
}

impl Capture {
    pub fn record(self) -> [u32; 4] {
        [self.at, self.key, self.kind as u32, self.size]
    }

    #[inline(always)]
    pub fn of([at, key, kind, size]: [u32; 4]) -> Option<Capture> {
        Some(Capture { at, key, kind: Kind::of(u8::try_from(kind).ok()?)?, size })
    }

    pub fn is_open(&self) -> bool {
        self.size == 0 && self.kind != Kind::Close
    }
}

/// Why the machine stops.
pub enum Stop {
    /// The pattern matches up to here.
    Match,
    NoMatch,
    /// It has worked for a while.
    Paused,
    /// The capture on top is complete, and its function decides how to go on.
    Runtime,
    /// More is to be remembered than may be.
    Overflow,
    /// The code or the state is damaged.
    Broken,
}

/// The machine.
pub struct Machine<'a> {
    subject: &'a [u8],
    words: &'a [[u8; 8]],
    sets: &'a [[u8; 32]],
    texts: &'a [u8],
    /// Instruction, position, captures, values of functions: what to go back to; a position of
    /// [`CALLED`] marks a call.
    pub stack: Records,
    pub captures: Records,
    pub pc: usize,
    pub at: usize,
    /// Values that functions have given so far.
    pub values: u32,
    /// The most records in `stack`.
    max_stack: usize,
}

const CALLED: u32 = u32::MAX;

impl<'a> Machine<'a> {
    /// A machine at the beginning of its code; `None` if that is no code.
    pub fn new(code: &'a [u8], subject: &'a [u8], max_stack: usize) -> Option<Machine<'a>> {
        let number = |at: usize| {
            code.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes)
        };
        let (words, sets) = (number(0)? as usize, number(4)? as usize);
        let rest = code.get(HEAD..)?;
        let (words, rest) = rest.split_at_checked(words.checked_mul(8)?)?;
        let (sets, texts) = rest.split_at_checked(sets.checked_mul(32)?)?;
        Some(Machine {
            subject,
            words: words.as_chunks().0,
            sets: sets.as_chunks().0,
            texts,
            stack: Records::default(),
            captures: Records::default(),
            pc: 0,
            at: 0,
            values: 0,
            max_stack,
        })
    }

    /// Runs, `budget` steps at most or a little more; what is left of them.
    pub fn run(&mut self, budget: &mut i64) -> Stop {
        let subject = self.subject;
        let (mut pc, mut at) = (self.pc, self.at);
        macro_rules! stop {
            ($stop:expr) => {{
                (self.pc, self.at) = (pc, at);
                return $stop;
            }};
        }
        macro_rules! fail {
            () => {{
                loop {
                    match self.stack.pop() {
                        None => stop!(Stop::NoMatch),
                        Some([_, CALLED, _, _]) => *budget -= 1,
                        Some([p, s, captures, values]) => {
                            pc = p as usize;
                            at = s as usize;
                            self.captures.truncate(captures as usize);
                            self.values = values;
                            break;
                        }
                    }
                }
                continue;
            }};
        }
        macro_rules! remember {
            ($p:expr, $s:expr) => {{
                if self.stack.len() >= self.max_stack {
                    stop!(Stop::Overflow);
                }
                let captures = self.captures.len() as u32;
                self.stack.push([$p, $s, captures, self.values]);
            }};
        }
        loop {
            *budget -= 1;
            if *budget < 0 {
                stop!(Stop::Paused);
            }
            let Some(word) = self.words.get(pc) else { stop!(Stop::Broken) };
            let word = Word::of(*word);
            match word.op {
                op::CHAR => {
                    if subject.get(at) != Some(&word.small) {
                        fail!();
                    }
                    at += 1;
                    pc += 1;
                }
                op::SET => {
                    let Some(set) = self.sets.get(word.arg as usize) else { stop!(Stop::Broken) };
                    match subject.get(at) {
                        Some(c) if has(set, *c) => at += 1,
                        _ => fail!(),
                    }
                    pc += 1;
                }
                op::SPAN => {
                    let Some(set) = self.sets.get(word.arg as usize) else { stop!(Stop::Broken) };
                    let rest = subject.get(at..).unwrap_or(&[]);
                    let n = rest.iter().position(|c| !has(set, *c)).unwrap_or(rest.len());
                    *budget -= (n / 8) as i64;
                    at += n;
                    pc += 1;
                }
                op::TEST_CHAR => {
                    let passes = subject.get(at) == Some(&word.small);
                    pc = if passes { pc + 1 } else { word.arg as usize };
                }
                op::TEST_SET => {
                    let Some(set) = self.sets.get(word.middle as usize) else {
                        stop!(Stop::Broken)
                    };
                    let passes = subject.get(at).is_some_and(|c| has(set, *c));
                    pc = if passes { pc + 1 } else { word.arg as usize };
                }
                op::TEST_ANY => {
                    pc = if at < subject.len() { pc + 1 } else { word.arg as usize };
                }
                op::ANY => {
                    if subject.len() - at.min(subject.len()) < word.arg as usize {
                        fail!();
                    }
                    at += word.arg as usize;
                    pc += 1;
                }
                op::STR => {
                    let from = word.arg as usize;
                    let Some(text) = self.texts.get(from..from + word.middle as usize) else {
                        stop!(Stop::Broken)
                    };
                    if !subject.get(at..).is_some_and(|rest| rest.starts_with(text)) {
                        fail!();
                    }
                    *budget -= (text.len() / 16) as i64;
                    at += text.len();
                    pc += 1;
                }
                op::UTF => {
                    let from = word.arg as usize;
                    let Some(range) = self.texts.get(from..from + 8) else { stop!(Stop::Broken) };
                    let number = |at: usize| {
                        u32::from_le_bytes([range[at], range[at + 1], range[at + 2], range[at + 3]])
                    };
                    match decode(subject, at) {
                        Some((code, len)) if number(0) <= code && code <= number(4) => at += len,
                        _ => fail!(),
                    }
                    pc += 1;
                }
                op::BEHIND => {
                    let n = word.small as usize;
                    if n > at {
                        fail!();
                    }
                    at -= n;
                    pc += 1;
                }
                op::CHOICE => {
                    remember!(word.arg, at as u32);
                    pc += 1;
                }
                op::CALL => {
                    remember!(pc as u32 + 1, CALLED);
                    pc = word.arg as usize;
                }
                op::RET => match self.stack.pop() {
                    Some([p, ..]) => pc = p as usize,
                    None => stop!(Stop::Broken),
                },
                op::COMMIT => {
                    if self.stack.pop().is_none() {
                        stop!(Stop::Broken);
                    }
                    pc = word.arg as usize;
                }
                op::PARTIAL_COMMIT => {
                    let Some([p, ..]) = self.stack.pop() else { stop!(Stop::Broken) };
                    let captures = self.captures.len() as u32;
                    self.stack.push([p, at as u32, captures, self.values]);
                    pc = word.arg as usize;
                }
                op::BACK_COMMIT => {
                    let Some([_, s, captures, values]) = self.stack.pop() else {
                        stop!(Stop::Broken)
                    };
                    at = s as usize;
                    self.captures.truncate(captures as usize);
                    self.values = values;
                    pc = word.arg as usize;
                }
                op::JMP => pc = word.arg as usize,
                op::FAIL => fail!(),
                op::FAIL_TWICE => {
                    self.stack.pop();
                    fail!();
                }
                op::FULL_CAPTURE => {
                    let begin = (at as u32).wrapping_sub(word.middle.into());
                    let size = u32::from(word.middle) + 1;
                    self.captures.push([begin, word.arg, word.small.into(), size]);
                    pc += 1;
                }
                op::OPEN_CAPTURE => {
                    self.captures.push([at as u32, word.arg, word.small.into(), 0]);
                    pc += 1;
                }
                op::CLOSE_CAPTURE => {
                    self.captures.push([at as u32, 0, Kind::Close as u32, 1]);
                    pc += 1;
                }
                op::CLOSE_RUNTIME => {
                    pc += 1;
                    stop!(Stop::Runtime);
                }
                op::END => stop!(Stop::Match),
                _ => stop!(Stop::Broken),
            }
        }
    }

    /// Goes back to where the last choice was; whether there was one.
    pub fn fail(&mut self) -> bool {
        while let Some([p, s, captures, values]) = self.stack.pop() {
            if s != CALLED {
                (self.pc, self.at, self.values) = (p as usize, s as usize, values);
                self.captures.truncate(captures as usize);
                return true;
            }
        }
        false
    }
}

/// The code at a position, in UTF-8 as LPeg reads it: up to four bytes, not longer than needed.
fn decode(s: &[u8], at: usize) -> Option<(u32, usize)> {
    let first = *s.get(at)?;
    if first < 0x80 {
        return Some((first.into(), 1));
    }
    let len = first.leading_ones() as usize;
    if !(2..=4).contains(&len) {
        return None;
    }
    let mut code = u32::from(first) & (0x7f >> len);
    for c in s.get(at + 1..at + len)? {
        if c & 0xc0 != 0x80 {
            return None;
        }
        code = code << 6 | u32::from(c & 0x3f);
    }
    const LEAST: [u32; 5] = [0, 0, 0x80, 0x800, 0x1_0000];
    (code >= LEAST[len] && code <= 0x10_ffff).then_some((code, len))
}
