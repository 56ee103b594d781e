//! Programs of regular expressions: words of 32 bits, as a string, so that they are saved with whatever
//! program has them. Whoever runs one expects any bytes.
//!
//! `[slots, instructions, is_anchored, prefix_length]`, the prefix in UTF-8 (a multiple of four bytes), the
//! instructions of three words each, the sets: a count, then ranges.

use super::syntax::{Assertion, Node, Parsed, Set, Wrong};

/// The most instructions, and the most steps to make them.
const MOST: usize = 10_000;
const STEPS: usize = 100_000;
/// The most bytes of a prefix.
const PREFIX: usize = 64;

/// Words before the prefix.
pub const HEAD: usize = 4;
/// Words of an instruction.
pub const SIZE: usize = 3;

/// What an instruction does; its operands are `a` and `b`.
pub mod op {
    pub const MATCH: u32 = 0;
    /// Takes the character `a`.
    pub const CHAR: u32 = 1;
    /// Takes a character of the set at word `a` of the sets.
    pub const SET: u32 = 2;
    /// Goes on at `a`, and if that does not match, at `b`.
    pub const SPLIT: u32 = 3;
    pub const JUMP: u32 = 4;
    /// Notes the place in slot `a`.
    pub const SAVE: u32 = 5;
    /// Goes on where the assertion `a` holds.
    pub const ASSERT: u32 = 6;
}

struct Compiler {
    code: Vec<[u32; SIZE]>,
    sets: Vec<u32>,
    /// Sets that are there already, and where.
    known: Vec<(Set, u32)>,
    steps: usize,
}

/// The program of a pattern, and how many steps it took.
pub fn compile(parsed: &Parsed) -> Result<(Vec<u8>, usize), Wrong> {
    let mut compiler = Compiler { code: Vec::new(), sets: Vec::new(), known: Vec::new(), steps: 0 };
    let made = compiler
        .emit([op::SAVE, 0, 0])
        .and_then(|_| compiler.node(&parsed.node))
        .and_then(|()| compiler.emit([op::SAVE, 1, 0]))
        .and_then(|_| compiler.emit([op::MATCH, 0, 0]));
    if made.is_none() {
        return Err(Wrong { message: "the pattern is too large".to_string(), at: 0 });
    }
    let slots = 2 * (parsed.groups.len() as u32 + 1);
    let mut prefix = Vec::new();
    literal_prefix(&parsed.node, &mut prefix);
    let words = prefix.len() / 4 * 4;
    prefix.truncate(words);
    let anchored = is_anchored(&parsed.node);
    let head = [slots, compiler.code.len() as u32, anchored.into(), prefix.len() as u32];
    let mut bytes: Vec<u8> = head.iter().flat_map(|word| word.to_le_bytes()).collect();
    bytes.extend_from_slice(&prefix);
    let rest = compiler.code.iter().flatten().chain(&compiler.sets);
    bytes.extend(rest.flat_map(|word| word.to_le_bytes()));
    Ok((bytes, compiler.steps))
}

/// Whether a pattern matches at the beginning of a text only.
fn is_anchored(node: &Node) -> bool {
    match node {
        Node::Assert(Assertion::TextStart) => true,
        Node::Group(node, _) => is_anchored(node),
        Node::Concat(all) => all.first().is_some_and(is_anchored),
        Node::Choice(all) => all.iter().all(is_anchored),
        _ => false,
    }
}

/// Adds the text that every match begins with. Whether nothing else is in the node.
fn literal_prefix(node: &Node, out: &mut Vec<u8>) -> bool {
    match node {
        Node::Empty => true,
        Node::Char(c) => match char::from_u32(*c).filter(|_| out.len() < PREFIX) {
            Some(c) => {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                true
            }
            None => false,
        },
        Node::Group(node, _) => literal_prefix(node, out),
        Node::Concat(all) => all.iter().all(|node| literal_prefix(node, out)),
        _ => false,
    }
}

impl Compiler {
    /// Adds an instruction; its place. `None`: there is no room for it.
    fn emit(&mut self, instruction: [u32; SIZE]) -> Option<usize> {
        self.code.push(instruction);
        (self.code.len() <= MOST).then_some(self.code.len() - 1)
    }

    fn here(&self) -> u32 {
        self.code.len() as u32
    }

    fn node(&mut self, node: &Node) -> Option<()> {
        self.steps += 1;
        if self.steps > STEPS {
            return None;
        }
        match node {
            Node::Empty => {}
            Node::Char(c) => {
                self.emit([op::CHAR, *c, 0])?;
            }
            Node::Set(set) => {
                let at = self.set(set)?;
                self.emit([op::SET, at, 0])?;
            }
            Node::Assert(assertion) => {
                self.emit([op::ASSERT, *assertion as u32, 0])?;
            }
            Node::Group(node, number) => {
                let slot = 2 * *number as u32;
                self.emit([op::SAVE, slot, 0])?;
                self.node(node)?;
                self.emit([op::SAVE, slot + 1, 0])?;
            }
            Node::Concat(all) => all.iter().try_for_each(|node| self.node(node))?,
            Node::Choice(all) => self.choice(all)?,
            Node::Repeat { node, least, most, greedy } => {
                self.repeat(node, *least, *most, *greedy)?;
            }
        }
        Some(())
    }

    fn set(&mut self, set: &Set) -> Option<u32> {
        if let Some((_, at)) = self.known.iter().find(|(known, _)| known == set) {
            return Some(*at);
        }
        let at = self.sets.len();
        self.sets.push(set.len() as u32);
        self.sets.extend(set.iter().flat_map(|&(low, high)| [low, high]));
        self.known.push((set.clone(), at as u32));
        (self.sets.len() <= 4 * MOST && self.known.len() <= MOST / 20).then_some(at as u32)
    }

    fn choice(&mut self, all: &[Node]) -> Option<()> {
        let mut ends = Vec::new();
        for (i, node) in all.iter().enumerate() {
            if i + 1 == all.len() {
                self.node(node)?;
                break;
            }
            let split = self.emit([op::SPLIT, self.here() + 1, 0])?;
            self.node(node)?;
            ends.push(self.emit([op::JUMP, 0, 0])?);
            self.code[split][2] = self.here();
        }
        let end = self.here();
        ends.into_iter().for_each(|jump| self.code[jump][1] = end);
        Some(())
    }

    fn repeat(&mut self, node: &Node, least: u32, most: Option<u32>, greedy: bool) -> Option<()> {
        // The operand of a split that leads into the repetition, and the one behind it.
        let (inside, behind) = if greedy { (1, 2) } else { (2, 1) };
        let Some(most) = most else {
            // `x*` is `(x+)?`: the first time, what matches nothing still notes its groups.
            for _ in 1..least {
                self.node(node)?;
            }
            let skip = if least == 0 { Some(self.emit([op::SPLIT, 0, 0])?) } else { None };
            let begin = self.here();
            self.node(node)?;
            let again = self.emit([op::SPLIT, 0, 0])?;
            for split in skip.into_iter().chain([again]) {
                self.code[split][inside] = begin;
                self.code[split][behind] = again as u32 + 1;
            }
            return Some(());
        };
        for _ in 0..least {
            self.node(node)?;
        }
        let mut splits = Vec::new();
        for _ in least..most {
            let split = self.emit([op::SPLIT, 0, 0])?;
            self.code[split][inside] = self.here();
            splits.push(split);
            self.node(node)?;
        }
        let end = self.here();
        splits.into_iter().for_each(|split| self.code[split][behind] = end);
        Some(())
    }
}
