//! Patterns as bytes: a record for each node, children before their parents, so that joining patterns is
//! joining bytes. Constants are numbers of places in the pattern's table; 0 is nil.

use super::charset::Charset;

/// What a record is. In brackets, what follows the byte; numbers are little-endian.
pub mod tag {
    pub const TRUE: u8 = 0;
    pub const FALSE: u8 = 1;
    /// [u32 how many]
    pub const ANY: u8 = 2;
    /// [u8]
    pub const CHAR: u8 = 3;
    /// [32 bytes]
    pub const SET: u8 = 4;
    /// [u32 from, u32 to]
    pub const UTF: u8 = 5;
    /// [u32 length, the bytes]; at least two.
    pub const STR: u8 = 6;
    /// `p^0`
    pub const REP: u8 = 7;
    pub const AND: u8 = 8;
    pub const NOT: u8 = 9;
    /// [u8 how far]
    pub const BEHIND: u8 = 10;
    pub const SEQ: u8 = 11;
    pub const CHOICE: u8 = 12;
    /// [u32 number of the rule, u32 name]; outside its grammar the number is [`super::OPEN`].
    pub const CALL: u8 = 13;
    /// [u32 name]
    pub const RULE: u8 = 14;
    /// [u32 number of rules]
    pub const GRAMMAR: u8 = 15;
    /// [u8 kind, u32 constant or number]
    pub const CAPTURE: u8 = 16;
    /// [u32 function]
    pub const RUNTIME: u8 = 17;
    /// [u32 n, at least 1]: at most the n patterns before it, one behind the other, as `p^-n` has them. (Nested
    /// choices would say the same, n levels deep.)
    pub const MOST: u8 = 18;
}

/// The rule of a call whose grammar is not there yet.
pub const OPEN: u32 = u32::MAX;

/// Kinds of captures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Kind {
    Close,
    Position,
    Const,
    Backref,
    Arg,
    Simple,
    Table,
    Function,
    Acc,
    Query,
    String,
    Num,
    Subst,
    Fold,
    Runtime,
    Group,
}

impl Kind {
    pub const ALL: [Kind; 16] = [
        Kind::Close,
        Kind::Position,
        Kind::Const,
        Kind::Backref,
        Kind::Arg,
        Kind::Simple,
        Kind::Table,
        Kind::Function,
        Kind::Acc,
        Kind::Query,
        Kind::String,
        Kind::Num,
        Kind::Subst,
        Kind::Fold,
        Kind::Runtime,
        Kind::Group,
    ];

    pub fn of(n: u8) -> Option<Kind> {
        Kind::ALL.get(n as usize).copied()
    }

    /// Whether its number is no place in the table.
    pub fn has_number(self) -> bool {
        matches!(self, Kind::Arg | Kind::Num)
    }
}

/// A pattern's records, and where the last of them begins.
#[derive(Clone, Default)]
pub struct Tree {
    pub bytes: Vec<u8>,
    pub root: usize,
}

impl Tree {
    /// A tree of one record.
    pub fn leaf(tag: u8, payload: &[u8]) -> Tree {
        let mut tree = Tree::default();
        tree.push(tag, payload);
        tree
    }

    /// Adds a record above those that are there.
    pub fn push(&mut self, tag: u8, payload: &[u8]) {
        self.root = self.bytes.len();
        self.bytes.push(tag);
        self.bytes.extend_from_slice(payload);
    }

    /// Adds the records of another tree behind its own.
    pub fn append(&mut self, other: &Tree) {
        self.root = self.bytes.len() + other.root;
        self.bytes.extend_from_slice(&other.bytes);
    }

    pub fn with(mut self, tag: u8, payload: &[u8]) -> Tree {
        self.push(tag, payload);
        self
    }

    pub fn capture(self, kind: Kind, key: u32) -> Tree {
        let mut payload = [kind as u8, 0, 0, 0, 0];
        payload[1..].copy_from_slice(&key.to_le_bytes());
        self.with(tag::CAPTURE, &payload)
    }

    pub fn joined(mut self, other: &Tree, tag: u8) -> Tree {
        self.append(other);
        self.with(tag, &[])
    }

    pub fn root_tag(&self) -> u8 {
        self.bytes.get(self.root).copied().unwrap_or(tag::FALSE)
    }

    /// A tree that matches these bytes.
    pub fn text(bytes: &[u8]) -> Tree {
        match bytes {
            [] => Tree::leaf(tag::TRUE, &[]),
            [c] => Tree::leaf(tag::CHAR, &[*c]),
            _ => {
                let mut tree = Tree::leaf(tag::STR, &(bytes.len() as u32).to_le_bytes());
                tree.bytes.extend_from_slice(bytes);
                tree
            }
        }
    }

    pub fn charset(set: Charset) -> Tree {
        match (set, set.single()) {
            (Charset::EMPTY, _) => Tree::leaf(tag::FALSE, &[]),
            (Charset::FULL, _) => Tree::leaf(tag::ANY, &1u32.to_le_bytes()),
            (_, Some(c)) => Tree::leaf(tag::CHAR, &[c]),
            _ => Tree::leaf(tag::SET, &set.0),
        }
    }

    /// The set that a tree matches one byte of, if it is such a tree.
    pub fn as_charset(&self) -> Option<Charset> {
        if self.root != 0 {
            return None;
        }
        let (tag, payload) = self.bytes.split_first()?;
        match *tag {
            tag::FALSE => Some(Charset::EMPTY),
            tag::ANY => (payload == 1u32.to_le_bytes()).then_some(Charset::FULL),
            tag::CHAR => payload.first().map(|c| Charset::of(*c)),
            tag::SET => payload.try_into().ok().map(Charset),
            _ => None,
        }
    }

    /// Adds `by` to all places in the pattern's table.
    pub fn shift_keys(&mut self, by: u32) {
        let mut at = 0;
        while by > 0
            && let Some((record, end)) = Record::read(&self.bytes, at)
        {
            let key = match record.tag {
                tag::CALL => Some(at + 5),
                tag::RULE | tag::RUNTIME => Some(at + 1),
                tag::CAPTURE if !record.kind().is_some_and(Kind::has_number) => Some(at + 2),
                _ => None,
            };
            if let Some(key) = key
                && let Some(bytes) = self.bytes.get_mut(key..key + 4)
                && let Ok(old) = <[u8; 4]>::try_from(&*bytes)
                && old != [0; 4]
            {
                bytes.copy_from_slice(&u32::from_le_bytes(old).wrapping_add(by).to_le_bytes());
            }
            at = end;
        }
    }
}

/// A record that was read.
pub struct Record<'a> {
    pub tag: u8,
    pub payload: &'a [u8],
}

impl<'a> Record<'a> {
    /// The record at a place, and where the next one begins; `None` at the end, and where there is none.
    pub fn read(bytes: &'a [u8], at: usize) -> Option<(Record<'a>, usize)> {
        let tag = *bytes.get(at)?;
        let len = match tag {
            tag::CHAR | tag::BEHIND => 1,
            tag::ANY | tag::RULE | tag::GRAMMAR | tag::RUNTIME | tag::MOST => 4,
            tag::CAPTURE => 5,
            tag::UTF | tag::CALL => 8,
            tag::SET => 32,
            tag::STR => {
                4 + u32::from_le_bytes(bytes.get(at + 1..at + 5)?.try_into().ok()?) as usize
            }
            tag::TRUE | tag::FALSE | tag::REP | tag::AND | tag::NOT | tag::SEQ | tag::CHOICE => 0,
            _ => return None,
        };
        let end = (at + 1).checked_add(len)?;
        Some((Record { tag, payload: bytes.get(at + 1..end)? }, end))
    }

    /// The number at byte `at` of what follows the tag.
    pub fn number(&self, at: usize) -> u32 {
        let bytes = self.payload.get(at..at + 4).and_then(|b| b.try_into().ok());
        bytes.map_or(0, u32::from_le_bytes)
    }

    pub fn kind(&self) -> Option<Kind> {
        Kind::of(*self.payload.first()?)
    }
}
