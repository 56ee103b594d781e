//! What is known about the nodes of a pattern before it runs: whether they may match nothing, may fail,
//! have captures, how long their matches are and how they begin (LPeg: "A Text Pattern-Matching Tool
//! based on Parsing Expression Grammars", Ierusalimschy 2009, §4).

use super::charset::Charset;
use super::tree::{Kind, OPEN, Record, tag};

/// The most levels of nesting, chains of sequences and of choices not counted.
const MAX_DEPTH: u32 = 1000;

/// A node; children are numbers of nodes before it.
#[derive(Clone, Debug)]
pub enum Node {
    True,
    False,
    Any(u32),
    Char(u8),
    Set(Charset),
    Utf(u32, u32),
    Str(Vec<u8>),
    Rep(usize),
    /// At most these, one behind the other.
    Most(Vec<usize>),
    And(usize),
    Not(usize),
    Behind(u8, usize),
    Seq(Vec<usize>),
    Choice(Vec<usize>),
    /// A rule, by its number in its grammar until that `is_bound`, then among all of the pattern;
    /// `None`: of a grammar that is not there yet.
    Call {
        rule: Option<usize>,
        key: u32,
        is_bound: bool,
    },
    Grammar {
        first: usize,
        count: usize,
    },
    Capture {
        kind: Kind,
        key: u32,
        child: usize,
    },
    Runtime {
        key: u32,
        child: usize,
    },
}

/// A rule of a grammar.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name.
    pub key: u32,
    pub body: usize,
}

/// What is known about a node.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Fact {
    /// It may match without taking a byte.
    pub nullable: bool,
    /// It never fails.
    pub nofail: bool,
    pub captures: bool,
    /// How many bytes it takes, if it is always the same number.
    pub fixed: Option<u32>,
    /// It fails by its first byte or not at all.
    pub headfail: bool,
    /// The bytes of which one must come next, unless it is `empty` or the subject ends.
    pub first: Charset,
    /// It may match without looking at what comes next.
    pub empty: bool,
    /// It may match at the end of the subject.
    pub end: bool,
    /// It calls a function before it has taken a byte, be it to fail then.
    pub calls: bool,
}

impl Fact {
    /// Whether it fails unless the next byte is one of `first`.
    pub fn is_decided_by_first(&self) -> bool {
        !self.empty && !self.end && !self.calls
    }

    /// The bytes that may come next where it matches, if what follows it begins with `follow`.
    pub fn begins(&self, follow: &Charset) -> Charset {
        if self.empty { self.first.union(*follow) } else { self.first }
    }
}

const NONE: Fact = Fact {
    nullable: false,
    nofail: false,
    captures: false,
    fixed: None,
    headfail: false,
    first: Charset::EMPTY,
    empty: false,
    end: false,
    calls: false,
};

/// A pattern with what is known about it.
pub struct Arena {
    pub nodes: Vec<Node>,
    pub rules: Vec<Rule>,
    pub facts: Vec<Fact>,
    pub root: usize,
    /// How many steps it took to find out.
    pub work: u64,
}

/// Why a pattern cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The bytes are no pattern.
    Damaged,
    /// It is nested too deeply.
    Deep,
}

/// A subtree while bytes are read.
struct Item {
    node: usize,
    /// The first node of it.
    start: usize,
    depth: u32,
}

impl Arena {
    /// Reads a pattern.
    pub fn read(bytes: &[u8]) -> Result<Arena, Unreadable> {
        let mut arena =
            Arena { nodes: Vec::new(), rules: Vec::new(), facts: Vec::new(), root: 0, work: 0 };
        let mut stack: Vec<Item> = Vec::new();
        // Rules that no grammar has taken yet.
        let mut rules: Vec<(Rule, Item)> = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let (record, end) = Record::read(bytes, at).ok_or(Unreadable::Damaged)?;
            at = end;
            arena.take(&record, &mut stack, &mut rules)?;
        }
        match (stack.pop(), stack.is_empty() && rules.is_empty()) {
            (Some(item), true) => arena.root = item.node,
            _ => return Err(Unreadable::Damaged),
        }
        arena.find_facts();
        Ok(arena)
    }

    fn take(
        &mut self,
        record: &Record<'_>,
        stack: &mut Vec<Item>,
        rules: &mut Vec<(Rule, Item)>,
    ) -> Result<(), Unreadable> {
        let next = self.nodes.len();
        let (mut start, mut depth) = (next, 1);
        let mut child = || -> Result<usize, Unreadable> {
            let item: Item = stack.pop().ok_or(Unreadable::Damaged)?;
            start = start.min(item.start);
            depth = depth.max(item.depth + 1);
            Ok(item.node)
        };
        let byte = record.payload.first().copied().unwrap_or(0);
        let node = match record.tag {
            tag::TRUE => Node::True,
            tag::FALSE => Node::False,
            tag::ANY => Node::Any(record.number(0)),
            tag::CHAR => Node::Char(byte),
            tag::SET => match record.payload.try_into() {
                Ok(set) => Node::Set(Charset(set)),
                Err(_) => return Err(Unreadable::Damaged),
            },
            tag::UTF => Node::Utf(record.number(0), record.number(4)),
            tag::STR => Node::Str(record.payload[4..].to_vec()),
            tag::REP => Node::Rep(child()?),
            tag::MOST => {
                let count = record.number(0) as usize;
                if count == 0 || count > stack.len() {
                    return Err(Unreadable::Damaged);
                }
                let items = stack.drain(stack.len() - count..);
                Node::Most(
                    items
                        .map(|item| {
                            start = start.min(item.start);
                            depth = depth.max(item.depth + 1);
                            item.node
                        })
                        .collect(),
                )
            }
            tag::AND => Node::And(child()?),
            tag::NOT => Node::Not(child()?),
            tag::BEHIND => Node::Behind(byte, child()?),
            tag::SEQ | tag::CHOICE => {
                let b = stack.pop().ok_or(Unreadable::Damaged)?;
                let a = stack.pop().ok_or(Unreadable::Damaged)?;
                start = start.min(a.start).min(b.start);
                let mut list = Vec::new();
                for item in [a, b] {
                    let (same, inner) = match (&mut self.nodes[item.node], record.tag) {
                        (Node::Seq(inner), tag::SEQ) | (Node::Choice(inner), tag::CHOICE) => {
                            (true, std::mem::take(inner))
                        }
                        _ => (false, vec![item.node]),
                    };
                    depth = depth.max(item.depth + u32::from(!same));
                    if list.is_empty() {
                        list = inner;
                    } else {
                        list.extend(inner);
                    }
                }
                if record.tag == tag::SEQ { Node::Seq(list) } else { Node::Choice(list) }
            }
            tag::CALL => Node::Call {
                rule: (record.number(0) != OPEN).then_some(record.number(0) as usize),
                key: record.number(4),
                is_bound: false,
            },
            tag::RULE => {
                let item = stack.pop().ok_or(Unreadable::Damaged)?;
                rules.push((Rule { key: record.number(0), body: item.node }, item));
                return Ok(());
            }
            tag::GRAMMAR => {
                let count = record.number(0) as usize;
                let from = rules.len().checked_sub(count).ok_or(Unreadable::Damaged)?;
                let first = self.rules.len();
                for (rule, item) in rules.drain(from..) {
                    start = start.min(item.start);
                    depth = depth.max(item.depth + 1);
                    self.rules.push(rule);
                }
                self.bind(start, first, count)?;
                Node::Grammar { first, count }
            }
            tag::CAPTURE => match record.kind() {
                Some(kind) => Node::Capture { kind, key: record.number(1), child: child()? },
                None => return Err(Unreadable::Damaged),
            },
            tag::RUNTIME => Node::Runtime { key: record.number(0), child: child()? },
            _ => return Err(Unreadable::Damaged),
        };
        if depth > MAX_DEPTH {
            return Err(Unreadable::Deep);
        }
        self.nodes.push(node);
        stack.push(Item { node: next, start, depth });
        Ok(())
    }

    /// Makes the calls of a grammar that is complete, those of grammars in it excepted, calls of rules
    /// among all.
    fn bind(&mut self, start: usize, first: usize, count: usize) -> Result<(), Unreadable> {
        let mut at = self.nodes.len();
        while at > start {
            at -= 1;
            if let Node::Call { rule: Some(rule), is_bound, .. } = &mut self.nodes[at]
                && !*is_bound
            {
                if *rule >= count {
                    return Err(Unreadable::Damaged);
                }
                *rule += first;
                *is_bound = true;
            }
        }
        Ok(())
    }

    fn find_facts(&mut self) {
        for node in &mut self.nodes {
            // A call outside of any grammar that does not say so.
            if let Node::Call { rule, is_bound: false, .. } = node {
                *rule = None;
            }
        }
        self.facts = vec![NONE; self.nodes.len()];
        // Facts about rules depend on each other: they only grow, until nothing changes.
        const ROUNDS: usize = 64;
        for round in 0..ROUNDS {
            let mut changed = false;
            for i in 0..self.nodes.len() {
                let mut fact = self.fact(&self.nodes[i]);
                if round + 1 == ROUNDS {
                    (fact.first, fact.empty, fact.end) = (Charset::FULL, true, true);
                }
                changed |= fact != self.facts[i];
                self.facts[i] = fact;
            }
            self.work += self.nodes.len() as u64;
            if !changed {
                break;
            }
        }
    }

    fn fact(&self, node: &Node) -> Fact {
        let of = |i: &usize| self.facts[*i];
        let bytes =
            |n: u32, first: Charset| Fact { fixed: Some(n), headfail: n == 1, first, ..NONE };
        let nothing = Fact { nullable: true, fixed: Some(0), empty: true, end: true, ..NONE };
        match node {
            Node::True => Fact { nofail: true, ..nothing },
            Node::False => Fact { fixed: Some(0), headfail: true, ..NONE },
            Node::Any(n) => bytes(*n, Charset::FULL),
            Node::Char(c) => bytes(1, Charset::of(*c)),
            Node::Set(set) => bytes(1, *set),
            Node::Str(s) => bytes(s.len() as u32, Charset::of(s.first().copied().unwrap_or(0))),
            Node::Utf(from, to) => {
                let (a, b) = (first_byte(*from), first_byte(*to));
                let same = utf_length(*from) == utf_length(*to);
                let fixed = same.then_some(utf_length(*from));
                Fact { fixed, first: Charset::where_(|c| a <= c && c <= b), ..NONE }
            }
            Node::Rep(p) => optional(of(p)),
            Node::Most(list) => optional(self.seq(list)),
            Node::And(p) => Fact {
                nofail: of(p).nofail,
                captures: of(p).captures,
                headfail: of(p).headfail,
                first: of(p).first,
                empty: of(p).empty,
                end: of(p).end,
                calls: of(p).calls,
                ..nothing
            },
            Node::Not(p) => {
                let inner = of(p);
                match inner.headfail && inner.is_decided_by_first() {
                    true => {
                        let first = Charset::FULL.without(inner.first);
                        Fact { first, empty: false, ..nothing }
                    }
                    false => Fact { calls: inner.calls, ..nothing },
                }
            }
            Node::Behind(..) => nothing,
            Node::Seq(list) => self.seq(list),
            Node::Choice(list) => list.iter().map(of).reduce(either).unwrap_or(NONE),
            Node::Call { rule: None, .. } => {
                Fact { first: Charset::FULL, empty: true, end: true, ..NONE }
            }
            Node::Call { rule: Some(rule), .. } => {
                let body = self.facts[self.rules[*rule].body];
                Fact { headfail: false, ..body }
            }
            Node::Grammar { first, .. } => self.facts[self.rules[*first].body],
            Node::Capture { child, .. } => Fact { captures: true, ..of(child) },
            Node::Runtime { child, .. } => {
                let inner = of(child);
                let calls = inner.empty || inner.end || inner.calls;
                let fixed = None;
                Fact { captures: true, nofail: false, headfail: false, fixed, calls, ..inner }
            }
        }
    }

    fn seq(&self, list: &[usize]) -> Fact {
        let mut all =
            Fact { nullable: true, nofail: true, fixed: Some(0), empty: true, end: true, ..NONE };
        for (i, part) in list.iter().enumerate() {
            let fact = self.facts[*part];
            let is_reached = all.empty || all.end;
            if all.empty {
                all.first = all.first.union(fact.first);
                all.empty = fact.empty;
            }
            all.calls |= is_reached && fact.calls;
            all.end &= fact.end;
            all.headfail = if i == 0 { fact.headfail } else { all.headfail && fact.nofail };
            all.nullable &= fact.nullable;
            all.nofail &= fact.nofail;
            all.captures |= fact.captures;
            all.fixed = all.fixed.zip(fact.fixed).and_then(|(a, b)| a.checked_add(b));
        }
        all
    }
}

/// Facts about what may be left out, where the rest of it may, too.
fn optional(of: Fact) -> Fact {
    Fact {
        nullable: true,
        nofail: true,
        captures: of.captures,
        first: of.first,
        calls: of.calls,
        empty: true,
        end: true,
        ..NONE
    }
}

fn either(a: Fact, b: Fact) -> Fact {
    Fact {
        nullable: a.nullable || b.nullable,
        nofail: a.nofail || b.nofail,
        captures: a.captures || b.captures,
        fixed: a.fixed.filter(|n| b.fixed == Some(*n)),
        headfail: a.headfail && b.headfail,
        first: a.first.union(b.first),
        empty: a.empty || b.empty,
        end: a.end || b.end,
        calls: a.calls || b.calls,
    }
}

/// How many bytes the UTF-8 sequence of a code has.
pub fn utf_length(code: u32) -> u32 {
    match code {
        0..0x80 => 1,
        0x80..0x800 => 2,
        0x800..0x10000 => 3,
        _ => 4,
    }
}

/// Its first byte.
fn first_byte(code: u32) -> u8 {
    match utf_length(code) {
        1 => code as u8,
        2 => 0xc0 | (code >> 6) as u8,
        3 => 0xe0 | (code >> 12) as u8,
        _ => 0xf0 | (code >> 18) as u8,
    }
}
