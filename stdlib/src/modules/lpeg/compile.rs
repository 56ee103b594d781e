//! Patterns as code for the parsing machine (Medeiros and Ierusalimschy, "A Parsing Machine for PEGs",
//! 2008), as bytes: a head, instructions of eight bytes, charsets, and texts.
//!
//! An instruction is an operation, two small operands and a large one, [`Word`]. Where the first byte
//! decides whether a choice or a loop goes on, it is tested, so that nothing need be remembered.

use super::charset::Charset;
use super::facts::{Arena, Node};
use super::tree::Kind;
use std::collections::HashMap;

/// The operations, with what `arg` is.
pub mod op {
    pub const END: u8 = 0;
    pub const RET: u8 = 1;
    pub const FAIL: u8 = 2;
    pub const FAIL_TWICE: u8 = 3;
    /// Takes so many bytes.
    pub const ANY: u8 = 4;
    /// Takes the byte in `small`.
    pub const CHAR: u8 = 5;
    /// Takes a byte of a set.
    pub const SET: u8 = 6;
    /// Takes a text: its place among the texts; `middle`: its length.
    pub const STR: u8 = 7;
    /// Takes a code between the two at this place among the texts.
    pub const UTF: u8 = 8;
    /// Jumps unless there is a byte.
    pub const TEST_ANY: u8 = 9;
    /// Jumps unless the next byte is the one in `small`.
    pub const TEST_CHAR: u8 = 10;
    /// Jumps unless the next byte is in the set with number `middle`.
    pub const TEST_SET: u8 = 11;
    /// Takes all bytes of a set.
    pub const SPAN: u8 = 12;
    /// Goes back `small` bytes.
    pub const BEHIND: u8 = 13;
    /// Remembers where to go on after a failure.
    pub const CHOICE: u8 = 14;
    /// Forgets it and jumps.
    pub const COMMIT: u8 = 15;
    /// Remembers the position anew and jumps.
    pub const PARTIAL_COMMIT: u8 = 16;
    /// Goes back to the position, forgets it and jumps.
    pub const BACK_COMMIT: u8 = 17;
    pub const JMP: u8 = 18;
    pub const CALL: u8 = 19;
    /// A capture of the last `middle` bytes, of the kind `small`, with its constant.
    pub const FULL_CAPTURE: u8 = 20;
    /// Begins a capture of the kind `small`, with its constant.
    pub const OPEN_CAPTURE: u8 = 21;
    pub const CLOSE_CAPTURE: u8 = 22;
    /// Ends a capture whose function is called at once.
    pub const CLOSE_RUNTIME: u8 = 23;
}

/// Bytes of the head: the numbers of instructions and of sets.
pub const HEAD: usize = 8;

/// An instruction.
#[derive(Clone, Copy, Default)]
pub struct Word {
    pub op: u8,
    pub small: u8,
    pub middle: u16,
    pub arg: u32,
}

impl Word {
    #[inline(always)]
    pub fn of(bytes: [u8; 8]) -> Word {
        let n = u64::from_le_bytes(bytes);
        Word { op: n as u8, small: (n >> 8) as u8, middle: (n >> 16) as u16, arg: (n >> 32) as u32 }
    }

    fn bytes(self) -> [u8; 8] {
        let n = u64::from(self.op)
            | u64::from(self.small) << 8
            | u64::from(self.middle) << 16
            | u64::from(self.arg) << 32;
        n.to_le_bytes()
    }

    fn jumps(self) -> bool {
        matches!(
            self.op,
            op::TEST_ANY
                | op::TEST_CHAR
                | op::TEST_SET
                | op::CHOICE
                | op::COMMIT
                | op::PARTIAL_COMMIT
                | op::BACK_COMMIT
                | op::JMP
                | op::CALL
        )
    }
}

#[derive(Default)]
struct Coder {
    words: Vec<Word>,
    sets: Vec<Charset>,
    known: HashMap<Charset, usize>,
    texts: Vec<u8>,
    /// Where the code of rules is that are coded.
    rules: HashMap<usize, u32>,
    /// Calls of rules, by the place of the instruction.
    calls: Vec<(usize, usize)>,
}

/// The code of a pattern.
///
/// # Errors
/// The name of a rule that is called outside of a grammar.
pub fn compile(arena: &Arena) -> Result<Vec<u8>, u32> {
    let mut coder = Coder::default();
    coder.node(arena, arena.root, &Charset::FULL)?;
    coder.emit(op::END, 0, 0, 0);
    for (at, rule) in std::mem::take(&mut coder.calls) {
        coder.words[at].arg = coder.rules.get(&rule).copied().unwrap_or(0);
    }
    coder.shorten();
    let mut code = Vec::with_capacity(HEAD + coder.words.len() * 8 + coder.sets.len() * 32);
    code.extend_from_slice(&(coder.words.len() as u32).to_le_bytes());
    code.extend_from_slice(&(coder.sets.len() as u32).to_le_bytes());
    coder.words.iter().for_each(|word| code.extend_from_slice(&word.bytes()));
    coder.sets.iter().for_each(|set| code.extend_from_slice(&set.0));
    code.extend_from_slice(&coder.texts);
    Ok(code)
}

impl Coder {
    fn emit(&mut self, op: u8, small: u8, middle: u16, arg: u32) -> usize {
        self.words.push(Word { op, small, middle, arg });
        self.words.len() - 1
    }

    /// An instruction whose target is not known yet.
    fn jump(&mut self, op: u8) -> usize {
        self.emit(op, 0, 0, 0)
    }

    fn here(&self) -> u32 {
        self.words.len() as u32
    }

    /// Lets a jump lead to here.
    fn land(&mut self, at: usize) {
        self.words[at].arg = self.here();
    }

    fn set(&mut self, set: &Charset) -> usize {
        let next = self.sets.len();
        let number = *self.known.entry(*set).or_insert(next);
        if number == next {
            self.sets.push(*set);
        }
        number
    }

    /// A jump unless the next byte is in a set; `None` if that cannot be said in an instruction.
    fn test(&mut self, set: &Charset) -> Option<usize> {
        if *set == Charset::FULL {
            return Some(self.jump(op::TEST_ANY));
        }
        if let Some(c) = set.single() {
            return Some(self.emit(op::TEST_CHAR, c, 0, 0));
        }
        let number = u16::try_from(self.set(set)).ok()?;
        Some(self.emit(op::TEST_SET, 0, number, 0))
    }

    /// Code for a node; `follow` is what may come after it.
    fn node(&mut self, arena: &Arena, n: usize, follow: &Charset) -> Result<(), u32> {
        match &arena.nodes[n] {
            Node::True => {}
            Node::False => {
                self.emit(op::FAIL, 0, 0, 0);
            }
            Node::Any(n) => {
                self.emit(op::ANY, 0, 0, *n);
            }
            Node::Char(c) => {
                self.emit(op::CHAR, *c, 0, 0);
            }
            Node::Set(set) => {
                let number = self.set(set) as u32;
                self.emit(op::SET, 0, 0, number);
            }
            Node::Str(s) => {
                for part in s.chunks(u16::MAX as usize) {
                    let at = self.texts.len() as u32;
                    self.texts.extend_from_slice(part);
                    self.emit(op::STR, 0, part.len() as u16, at);
                }
            }
            Node::Utf(from, to) => {
                let at = self.texts.len() as u32;
                self.texts.extend_from_slice(&from.to_le_bytes());
                self.texts.extend_from_slice(&to.to_le_bytes());
                self.emit(op::UTF, 0, 0, at);
            }
            Node::Rep(p) => self.rep(arena, *p, follow)?,
            Node::Most(list) => self.most(arena, list, follow)?,
            Node::And(p) => {
                let fact = arena.facts[*p];
                match fact.fixed {
                    Some(n @ 0..=255) if !fact.captures => {
                        self.node(arena, *p, &Charset::FULL)?;
                        self.emit(op::BEHIND, n as u8, 0, 0);
                    }
                    _ => {
                        let choice = self.jump(op::CHOICE);
                        self.node(arena, *p, &Charset::FULL)?;
                        let back = self.jump(op::BACK_COMMIT);
                        self.land(choice);
                        self.emit(op::FAIL, 0, 0, 0);
                        self.land(back);
                    }
                }
            }
            Node::Not(p) => {
                let fact = arena.facts[*p];
                let decided = fact.headfail && fact.is_decided_by_first();
                let test = if decided { self.test(&fact.first) } else { None };
                match test {
                    Some(test) => {
                        self.emit(op::FAIL, 0, 0, 0);
                        self.land(test);
                    }
                    None => {
                        let choice = self.jump(op::CHOICE);
                        self.node(arena, *p, &Charset::FULL)?;
                        self.emit(op::FAIL_TWICE, 0, 0, 0);
                        self.land(choice);
                    }
                }
            }
            Node::Behind(n, p) => {
                if *n > 0 {
                    self.emit(op::BEHIND, *n, 0, 0);
                }
                self.node(arena, *p, follow)?;
            }
            Node::Seq(list) => {
                // What may follow each part: with what the rest begins.
                let mut follows = vec![*follow; list.len()];
                for i in (1..list.len()).rev() {
                    let fact = arena.facts[list[i]];
                    follows[i - 1] = fact.begins(&follows[i]);
                }
                for (part, follow) in list.iter().zip(follows) {
                    self.node(arena, *part, &follow)?;
                }
            }
            Node::Choice(list) => self.choice(arena, list, follow)?,
            Node::Call { rule: Some(rule), .. } => {
                let at = self.jump(op::CALL);
                self.calls.push((at, *rule));
            }
            Node::Call { rule: None, key, .. } => return Err(*key),
            Node::Grammar { first, count } => {
                let call = self.jump(op::CALL);
                self.calls.push((call, *first));
                let end = self.jump(op::JMP);
                for rule in *first..*first + *count {
                    self.rules.insert(rule, self.here());
                    self.node(arena, arena.rules[rule].body, &Charset::FULL)?;
                    self.emit(op::RET, 0, 0, 0);
                }
                self.land(end);
            }
            Node::Capture { kind, key, child } => {
                let fact = arena.facts[*child];
                let length = fact.fixed.filter(|n| *n <= 250 && !fact.captures);
                match length {
                    Some(length) => {
                        self.node(arena, *child, follow)?;
                        self.emit(op::FULL_CAPTURE, *kind as u8, length as u16, *key);
                    }
                    None => {
                        self.emit(op::OPEN_CAPTURE, *kind as u8, 0, *key);
                        self.node(arena, *child, follow)?;
                        self.emit(op::CLOSE_CAPTURE, 0, 0, 0);
                    }
                }
            }
            Node::Runtime { key, child } => {
                self.emit(op::OPEN_CAPTURE, Kind::Group as u8, 0, *key);
                self.node(arena, *child, &Charset::FULL)?;
                self.emit(op::CLOSE_RUNTIME, 0, 0, 0);
            }
        }
        Ok(())
    }

    fn rep(&mut self, arena: &Arena, p: usize, follow: &Charset) -> Result<(), u32> {
        let fact = arena.facts[p];
        let set = match &arena.nodes[p] {
            Node::Char(c) => Some(Charset::of(*c)),
            Node::Set(set) => Some(*set),
            Node::Any(1) => Some(Charset::FULL),
            _ => None,
        };
        if let Some(set) = set {
            let number = self.set(&set) as u32;
            self.emit(op::SPAN, 0, 0, number);
            return Ok(());
        }
        let decided = fact.headfail || fact.first.is_disjoint(follow);
        let test = if fact.is_decided_by_first() { self.test(&fact.first) } else { None };
        match test {
            Some(test) if decided => {
                self.node(arena, p, &Charset::FULL)?;
                self.emit(op::JMP, 0, 0, test as u32);
                self.land(test);
            }
            test => {
                let choice = self.jump(op::CHOICE);
                let begin = self.here();
                self.node(arena, p, &Charset::FULL)?;
                self.emit(op::PARTIAL_COMMIT, 0, 0, begin);
                self.land(choice);
                if let Some(test) = test {
                    self.land(test);
                }
            }
        }
        Ok(())
    }

    /// Patterns that are all the same, as many as match.
    fn most(&mut self, arena: &Arena, list: &[usize], follow: &Charset) -> Result<(), u32> {
        let Some((first, others)) = list.split_first() else { return Ok(()) };
        let fact = arena.facts[*first];
        let decided = fact.headfail || fact.first.is_disjoint(follow);
        let is_tested = decided && fact.is_decided_by_first();
        if let Some(test) = if is_tested { self.test(&fact.first) } else { None } {
            // (That another test can be said follows from the first one.)
            let mut ends = vec![test];
            self.node(arena, *first, &Charset::FULL)?;
            for p in others {
                ends.extend(self.test(&fact.first));
                self.node(arena, *p, &Charset::FULL)?;
            }
            ends.into_iter().for_each(|end| self.land(end));
            return Ok(());
        }
        let choice = self.jump(op::CHOICE);
        self.node(arena, *first, &Charset::FULL)?;
        for p in others {
            let next = self.here() + 1;
            self.emit(op::PARTIAL_COMMIT, 0, 0, next);
            self.node(arena, *p, &Charset::FULL)?;
        }
        let end = self.jump(op::COMMIT);
        self.land(choice);
        self.land(end);
        Ok(())
    }

    fn choice(&mut self, arena: &Arena, list: &[usize], follow: &Charset) -> Result<(), u32> {
        let Some((last, others)) = list.split_last() else { return Ok(()) };
        // With what the alternatives behind each begin.
        let begins = |n: usize| arena.facts[n].begins(follow);
        let mut rests = vec![begins(*last); list.len()];
        for i in (0..list.len() - 1).rev() {
            rests[i] = rests[i + 1].union(begins(list[i]));
        }
        let mut ends = Vec::new();
        for (i, p) in others.iter().enumerate() {
            let fact = arena.facts[*p];
            let decided = fact.headfail || fact.first.is_disjoint(&rests[i + 1]);
            let test = if fact.is_decided_by_first() { self.test(&fact.first) } else { None };
            match test {
                Some(test) if decided => {
                    self.node(arena, *p, follow)?;
                    ends.push(self.jump(op::JMP));
                    self.land(test);
                }
                test => {
                    let choice = self.jump(op::CHOICE);
                    // (To fail before the choice is forgotten is not to fail behind it.)
                    self.node(arena, *p, &Charset::FULL)?;
                    ends.push(self.jump(op::COMMIT));
                    self.land(choice);
                    if let Some(test) = test {
                        self.land(test);
                    }
                }
            }
        }
        self.node(arena, *last, follow)?;
        for end in ends {
            self.land(end);
        }
        Ok(())
    }

    /// Jumps to jumps lead where those lead; a call that is followed by a return is a jump.
    fn shorten(&mut self) {
        for at in 0..self.words.len() {
            if self.words[at].jumps() {
                self.words[at].arg = self.target(self.words[at].arg);
            }
        }
        for at in 0..self.words.len() {
            let next = self.target(at as u32 + 1) as usize;
            let returns = self.words.get(next).is_some_and(|word| word.op == op::RET);
            if self.words[at].op == op::CALL && returns {
                self.words[at].op = op::JMP;
            }
        }
    }

    /// Where one comes to from a place without doing anything.
    fn target(&self, mut at: u32) -> u32 {
        const MOST: usize = 16;
        for _ in 0..MOST {
            match self.words.get(at as usize) {
                Some(word) if word.op == op::JMP => at = word.arg,
                _ => break,
            }
        }
        at
    }
}
