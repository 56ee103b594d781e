//! Matching: all ways through a program at once, character by character, in the order of their precedence
//! (Pike's machine, as in <https://swtch.com/~rsc/regexp/regexp2.html>). The time is in proportion to the
//! text and to the program, whatever the pattern.

use super::program::{HEAD, SIZE, op};
use super::syntax::{Assertion, character};

/// A place that is not known.
pub const NONE: u32 = u32::MAX;

/// A program as it is run.
#[derive(Clone, Copy)]
struct Code<'a> {
    slots: usize,
    length: usize,
    is_anchored: bool,
    prefix: &'a [u8],
    instructions: &'a [u8],
    sets: &'a [u8],
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at.checked_mul(4)?..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}

impl<'a> Code<'a> {
    fn read(bytes: &'a [u8]) -> Option<Code<'a>> {
        let [slots, length, anchored, prefix] =
            [word(bytes, 0)?, word(bytes, 1)?, word(bytes, 2)?, word(bytes, 3)?];
        let (slots, length, prefix) = (slots as usize, length as usize, prefix as usize);
        let (prefix, rest) = bytes.get(HEAD * 4..)?.split_at_checked(prefix)?;
        let (instructions, sets) = rest.split_at_checked(length.checked_mul(SIZE * 4)?)?;
        let is_valid = (2..=1000).contains(&slots) && slots % 2 == 0 && length > 0;
        let is_anchored = anchored != 0;
        is_valid.then_some(Code { slots, length, is_anchored, prefix, instructions, sets })
    }

    fn at(&self, pc: u32) -> Option<[u32; SIZE]> {
        let at = pc as usize * SIZE;
        let word = |i| word(self.instructions, at + i);
        Some([word(0)?, word(1)?, word(2)?])
    }

    /// Whether a set has a character.
    fn has(&self, set: u32, c: u32) -> Option<bool> {
        let set = set as usize;
        let (mut low, mut high) = (0, word(self.sets, set)? as usize);
        while low < high {
            let middle = low.midpoint(high);
            let from = word(self.sets, set + 1 + 2 * middle)?;
            if c < from {
                high = middle;
            } else if c > word(self.sets, set + 2 + 2 * middle)? {
                low = middle + 1;
            } else {
                return Some(true);
            }
        }
        Some(false)
    }
}

/// Ways through a program, the first one first: where each is, and the places it has noted.
#[derive(Default)]
struct Ways {
    pcs: Vec<u32>,
    slots: Vec<u32>,
    /// For each instruction, where it is in `pcs`, if it is there.
    index: Vec<u32>,
}

impl Ways {
    fn clear(&mut self) {
        self.pcs.clear();
        self.slots.clear();
    }

    /// Notes that an instruction is reached; whether it was not yet.
    fn add(&mut self, pc: u32) -> bool {
        let place = &mut self.index[pc as usize];
        if self.pcs.get(*place as usize) == Some(&pc) {
            return false;
        }
        *place = self.pcs.len() as u32;
        self.pcs.push(pc);
        true
    }
}

/// What is left to do while the ways from an instruction are followed.
enum Todo {
    Follow(u32),
    /// Sets a slot to what it was.
    Restore(usize, u32),
}

/// How a run ends.
pub enum End {
    /// The places of the groups.
    Match(Vec<u32>),
    NoMatch,
    /// The budget is used up.
    Paused,
    /// The program or the state is none.
    Broken,
}

/// A match under way.
pub struct Machine<'a> {
    code: Code<'a>,
    text: &'a [u8],
    pub at: usize,
    now: Ways,
    next: Ways,
    /// The best match so far.
    found: Option<Vec<u32>>,
    todo: Vec<Todo>,
    /// The slots of the way that is followed.
    slots: Vec<u32>,
    spent: u64,
}

impl<'a> Machine<'a> {
    /// A machine that looks for a match from `at` on.
    pub fn new(code: &'a [u8], text: &'a [u8], at: usize) -> Option<Machine<'a>> {
        let code = Code::read(code)?;
        let ways = || Ways { index: vec![0; code.length], ..Ways::default() };
        let (now, next) = (ways(), ways());
        let slots = vec![NONE; code.slots];
        Some(Machine { code, text, at, now, next, found: None, todo: Vec::new(), slots, spent: 0 })
    }

    /// The most bytes that it and its state need.
    pub fn memory(code: &[u8]) -> Option<usize> {
        let code = Code::read(code)?;
        code.length.checked_mul(8 * code.slots + 32)
    }

    /// Its state as words: whether there is a match, its places; the ways.
    pub fn save(&self, out: &mut Vec<u8>) {
        let mut push = |word: u32| out.extend_from_slice(&word.to_le_bytes());
        push(self.found.is_some().into());
        self.found.iter().flatten().for_each(|&place| push(place));
        push(self.now.pcs.len() as u32);
        let ways = self.now.pcs.iter().zip(self.now.slots.chunks(self.code.slots));
        for (&pc, slots) in ways {
            push(pc);
            slots.iter().for_each(|&place| push(place));
        }
    }

    /// Takes up a saved state.
    pub fn restore(&mut self, state: &[u8]) -> Option<()> {
        let mut at = 0;
        let mut next = || {
            at += 1;
            word(state, at - 1)
        };
        if next()? != 0 {
            self.found = Some((0..self.code.slots).map(|_| next()).collect::<Option<_>>()?);
        }
        for _ in 0..next()? {
            let pc = next()?;
            if pc as usize >= self.code.length || !self.now.add(pc) {
                return None;
            }
            for _ in 0..self.code.slots {
                let place = next()?;
                self.now.slots.push(place);
            }
        }
        Some(())
    }

    /// Goes on until there is a match, or none, or `budget` steps are used. Says how many were.
    pub fn run(&mut self, budget: u64) -> (End, u64) {
        self.spent = 0;
        let end = loop {
            match self.step() {
                None => break End::Broken,
                Some(Some(end)) => break end,
                Some(None) if self.spent >= budget => break End::Paused,
                Some(None) => {}
            }
        };
        (end, self.spent)
    }

    /// One character. `None`: what is run is no program.
    fn step(&mut self) -> Option<Option<End>> {
        if self.found.is_none() {
            if self.now.pcs.is_empty() && !self.find_prefix() {
                return Some(Some(End::NoMatch));
            }
            if !self.code.is_anchored || self.at == 0 {
                self.slots.fill(NONE);
                let mut now = std::mem::take(&mut self.now);
                let followed = self.follow(&mut now, 0);
                self.now = now;
                followed?;
            } else if self.now.pcs.is_empty() {
                return Some(Some(End::NoMatch));
            }
        }
        let (c, length) = match self.at < self.text.len() {
            true => character(self.text, self.at),
            // No character is this one.
            false => (NONE, 1),
        };
        let now = std::mem::take(&mut self.now);
        let mut next = std::mem::take(&mut self.next);
        self.at += length;
        for (i, &pc) in now.pcs.iter().enumerate() {
            self.spent += 1;
            let [code, a, _] = self.code.at(pc)?;
            let goes_on = match code {
                op::CHAR => a == c,
                op::SET => c != NONE && self.code.has(a, c)?,
                op::MATCH => {
                    // Those behind it come second.
                    let slots = &now.slots[i * self.code.slots..][..self.code.slots];
                    self.found = Some(slots.to_vec());
                    break;
                }
                _ => continue,
            };
            if goes_on {
                self.slots.copy_from_slice(&now.slots[i * self.code.slots..][..self.code.slots]);
                self.follow(&mut next, pc.checked_add(1)?)?;
            }
        }
        self.next = now;
        self.next.clear();
        self.now = next;
        let is_last = self.at > self.text.len();
        if self.now.pcs.is_empty() || is_last {
            if let Some(found) = self.found.take() {
                return Some(Some(End::Match(found)));
            }
            if is_last {
                return Some(Some(End::NoMatch));
            }
        }
        Some(None)
    }

    /// Goes to the next place where a match may begin; whether there is one.
    fn find_prefix(&mut self) -> bool {
        let prefix = self.code.prefix;
        if prefix.is_empty() {
            return true;
        }
        let rest = self.text.get(self.at..).unwrap_or(&[]);
        match memchr::memmem::find(rest, prefix) {
            Some(skipped) => {
                self.spent += skipped as u64 / 8;
                self.at += skipped;
                true
            }
            None => {
                self.spent += rest.len() as u64 / 8;
                false
            }
        }
    }

    /// Adds the instructions that can be reached from one without taking a character.
    fn follow(&mut self, ways: &mut Ways, pc: u32) -> Option<()> {
        self.todo.clear();
        self.todo.push(Todo::Follow(pc));
        while let Some(todo) = self.todo.pop() {
            let pc = match todo {
                Todo::Restore(slot, place) => {
                    self.slots[slot] = place;
                    continue;
                }
                Todo::Follow(pc) => pc,
            };
            self.spent += 1;
            let [code, a, b] = self.code.at(pc)?;
            if !ways.add(pc) {
                continue;
            }
            // Every way has slots, so that they are found by its number.
            ways.slots.extend_from_slice(&self.slots);
            self.spent += self.code.slots as u64 / 8;
            match code {
                op::SPLIT => {
                    self.todo.push(Todo::Follow(b));
                    self.todo.push(Todo::Follow(a));
                }
                op::JUMP => self.todo.push(Todo::Follow(a)),
                op::SAVE => {
                    let slot = self.slots.get_mut(a as usize)?;
                    self.todo.push(Todo::Restore(a as usize, *slot));
                    *slot = u32::try_from(self.at).ok()?;
                    self.todo.push(Todo::Follow(pc + 1));
                }
                op::ASSERT if self.holds(a)? => self.todo.push(Todo::Follow(pc + 1)),
                _ => {}
            }
        }
        Some(())
    }

    fn holds(&self, assertion: u32) -> Option<bool> {
        let (text, at) = (self.text, self.at);
        let is_word = |c: Option<&u8>| c.is_some_and(|&c| c.is_ascii_alphanumeric() || c == b'_');
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        let after = text.get(at);
        Some(match Assertion::ALL.get(assertion as usize)? {
            Assertion::TextStart => at == 0,
            Assertion::TextEnd => at >= text.len(),
            Assertion::LineStart => before.is_none_or(|&c| c == b'\n'),
            Assertion::LineEnd => after.is_none_or(|&c| c == b'\n'),
            Assertion::WordEdge => is_word(before) != is_word(after),
            Assertion::NoWordEdge => is_word(before) == is_word(after),
        })
    }
}
