//! Regular expressions as trees.
//!
//! The syntax is that of RE2 and Rust's `regex`, as far as it goes: what cannot be matched in linear time,
//! references to groups and looking around, is not in it.

/// Above Unicode: byte `b` where a text is not UTF-8 is the character `INVALID + b`.
pub const INVALID: u32 = 0x11_0000;
/// The greatest character.
pub const LAST: u32 = INVALID + 0xff;

/// How deep groups may be in each other.
const DEPTH: usize = 100;
/// The most groups that capture.
pub const GROUPS: usize = 50;
/// The most repetitions that can be written.
const REPEATS: u32 = 1000;

/// What holds at a place between two characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Assertion {
    TextStart,
    TextEnd,
    LineStart,
    LineEnd,
    WordEdge,
    NoWordEdge,
}

impl Assertion {
    pub const ALL: [Assertion; 6] = [
        Assertion::TextStart,
        Assertion::TextEnd,
        Assertion::LineStart,
        Assertion::LineEnd,
        Assertion::WordEdge,
        Assertion::NoWordEdge,
    ];
}

/// A set of characters: ranges in order, with gaps between them.
pub type Set = Vec<(u32, u32)>;

#[derive(Clone, Debug)]
pub enum Node {
    Empty,
    /// A single character.
    Char(u32),
    Set(Set),
    Assert(Assertion),
    /// A group that captures, and its number.
    Group(Box<Node>, usize),
    Concat(Vec<Node>),
    /// The first that matches.
    Choice(Vec<Node>),
    Repeat {
        node: Box<Node>,
        least: u32,
        most: Option<u32>,
        greedy: bool,
    },
}

/// What is wrong with a pattern, and the byte it is at.
#[derive(PartialEq, Eq, Debug)]
pub struct Wrong {
    pub message: String,
    pub at: usize,
}

#[derive(Clone, Copy, Default)]
struct Flags {
    /// Letters of either case.
    ignore_case: bool,
    /// `^` and `$` are at lines.
    lines: bool,
    /// `.` is a line feed, too.
    dot_all: bool,
}

/// A pattern as it was read.
pub struct Parsed {
    pub node: Node,
    /// The groups that capture, with their names.
    pub groups: Vec<Option<Vec<u8>>>,
}

/// The character at a place of a text, which is not its end, and its bytes.
pub fn character(text: &[u8], at: usize) -> (u32, usize) {
    let first = text[at];
    let length = match first {
        0..=0x7f => return (first.into(), 1),
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let bytes = text.get(at..at + length).and_then(|bytes| std::str::from_utf8(bytes).ok());
    match bytes.and_then(|text| text.chars().next()) {
        Some(c) => (c.into(), length),
        None => (INVALID + u32::from(first), 1),
    }
}

/// Reads a pattern.
pub fn parse(pattern: &[u8], flags: &[u8]) -> Result<Parsed, Wrong> {
    let mut parser =
        Parser { text: pattern, at: 0, depth: 0, groups: Vec::new(), flags: Flags::default() };
    for &flag in flags {
        if !parser.set_flag(flag, true) {
            return Err(parser.wrong(format!("unknown flag '{}'", char::from(flag))));
        }
    }
    let node = parser.choice()?;
    if parser.at < pattern.len() {
        return Err(parser.wrong("')' without '('"));
    }
    Ok(Parsed { node, groups: parser.groups })
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    groups: Vec<Option<Vec<u8>>>,
    flags: Flags,
}

type Read<T> = Result<T, Wrong>;

impl Parser<'_> {
    fn wrong(&self, message: impl Into<String>) -> Wrong {
        Wrong { message: message.into(), at: self.at }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, what: &[u8]) -> bool {
        let is_there = self.text[self.at..].starts_with(what);
        if is_there {
            self.at += what.len();
        }
        is_there
    }

    fn next(&mut self) -> Option<u32> {
        if self.at >= self.text.len() {
            return None;
        }
        let (c, length) = character(self.text, self.at);
        self.at += length;
        Some(c)
    }

    fn set_flag(&mut self, flag: u8, on: bool) -> bool {
        match flag {
            b'i' => self.flags.ignore_case = on,
            b'm' => self.flags.lines = on,
            b's' => self.flags.dot_all = on,
            _ => return false,
        }
        true
    }

    fn choice(&mut self) -> Read<Node> {
        let mut all = vec![self.concat()?];
        while self.take(b"|") {
            all.push(self.concat()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Node::Choice(all) })
    }

    fn concat(&mut self) -> Read<Node> {
        let mut all = Vec::new();
        while let Some(c) = self.peek().filter(|c| !b"|)".contains(c)) {
            let item = self.item(c)?;
            let item = self.repeated(item)?;
            all.push(item);
        }
        Ok(match all.len() {
            0 => Node::Empty,
            1 => all.remove(0),
            _ => Node::Concat(all),
        })
    }

    fn item(&mut self, first: u8) -> Read<Node> {
        match first {
            b'(' => self.group(),
            b'[' => self.set().map(Node::Set),
            b'\\' => self.escape(),
            b'*' | b'+' | b'?' => Err(self.wrong("nothing is there to repeat")),
            b'.' => {
                self.at += 1;
                Ok(Node::Set(match self.flags.dot_all {
                    true => vec![(0, LAST)],
                    false => vec![(0, 9), (11, LAST)],
                }))
            }
            b'^' => {
                self.at += 1;
                let lines = self.flags.lines;
                Ok(Node::Assert(if lines { Assertion::LineStart } else { Assertion::TextStart }))
            }
            b'$' => {
                self.at += 1;
                let lines = self.flags.lines;
                Ok(Node::Assert(if lines { Assertion::LineEnd } else { Assertion::TextEnd }))
            }
            _ => match self.next() {
                Some(c) => Ok(self.literal(c)),
                None => Ok(Node::Empty),
            },
        }
    }

    fn literal(&self, c: u32) -> Node {
        if !self.flags.ignore_case {
            return Node::Char(c);
        }
        let mut set = vec![(c, c)];
        add_cases(&mut set);
        match normal(set).as_slice() {
            [(a, b)] if a == b => Node::Char(*a),
            set => Node::Set(set.to_vec()),
        }
    }

    fn group(&mut self) -> Read<Node> {
        let open = self.at;
        self.at += 1;
        let outer = self.flags;
        let mut number = None;
        if self.take(b"?") {
            if self.take(b"<=") || self.take(b"<!") || self.take(b"=") || self.take(b"!") {
                self.at = open;
                return Err(
                    self.wrong("looking around is not there: it cannot be done in linear time")
                );
            }
            if self.take(b"P<") || self.take(b"<") {
                let name = self.name()?;
                number = Some(self.new_group(Some(name))?);
            } else if !self.take(b":") {
                let mut on = true;
                loop {
                    match self.peek() {
                        Some(b'-') if on => on = false,
                        Some(b')') => {
                            // For the rest of the group around it.
                            self.at += 1;
                            return Ok(Node::Empty);
                        }
                        Some(b':') => break,
                        Some(flag) if self.set_flag(flag, on) => {}
                        _ => {
                            return Err(
                                self.wrong("'(?' is followed by ':', '<name>' or flags of i, m, s")
                            );
                        }
                    }
                    self.at += 1;
                }
                self.at += 1;
            }
        } else {
            number = Some(self.new_group(None)?);
        }
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.wrong("groups are nested too deeply"));
        }
        let node = self.choice()?;
        self.depth -= 1;
        self.flags = outer;
        if !self.take(b")") {
            self.at = open;
            return Err(self.wrong("'(' without ')'"));
        }
        Ok(match number {
            Some(number) => Node::Group(Box::new(node), number),
            // (It is one thing for what repeats it.)
            None => Node::Concat(vec![node]),
        })
    }

    fn name(&mut self) -> Read<Vec<u8>> {
        let rest = &self.text[self.at..];
        let end = rest.iter().position(|&c| c == b'>').unwrap_or(0);
        let name = &rest[..end];
        let is_name = name.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'_');
        if name.is_empty() || !is_name || name[0].is_ascii_digit() {
            return Err(
                self.wrong("the name of a group has letters, digits and '_', and '>' behind it")
            );
        }
        if self.groups.iter().flatten().any(|known| known == name) {
            return Err(self.wrong("two groups have this name"));
        }
        let name = name.to_vec();
        self.at += end + 1;
        Ok(name)
    }

    fn new_group(&mut self, name: Option<Vec<u8>>) -> Read<usize> {
        if self.groups.len() == GROUPS {
            return Err(self.wrong(format!("more than {GROUPS} groups; '(?:' captures nothing")));
        }
        self.groups.push(name);
        Ok(self.groups.len())
    }

    fn repeated(&mut self, node: Node) -> Read<Node> {
        let (least, most) = match self.peek() {
            Some(b'*') => (0, None),
            Some(b'+') => (1, None),
            Some(b'?') => (0, Some(1)),
            Some(b'{') => match self.counts()? {
                Some(counts) => counts,
                None => return Ok(node),
            },
            _ => return Ok(node),
        };
        self.at += 1;
        let greedy = !self.take(b"?");
        if matches!(self.peek(), Some(b'*' | b'+' | b'?')) {
            return Err(
                self.wrong("what is repeated is repeated again; '(?:…)' around it allows that")
            );
        }
        Ok(Node::Repeat { node: Box::new(node), least, most, greedy })
    }

    /// `{2}`, `{2,}`, `{2,3}`, at whose last character it stays; `None` if the brace is only a brace.
    fn counts(&mut self) -> Read<Option<(u32, Option<u32>)>> {
        let rest = &self.text[self.at + 1..];
        let Some(end) = rest.iter().position(|&c| c == b'}') else { return Ok(None) };
        let inside = &rest[..end];
        if inside.is_empty() || !inside.iter().all(|c| c.is_ascii_digit() || *c == b',') {
            return Ok(None);
        }
        let number =
            |digits: &[u8]| -> Option<u32> { std::str::from_utf8(digits).ok()?.parse().ok() };
        let counts = match inside.iter().position(|&c| c == b',') {
            None => number(inside).map(|n| (n, Some(n))),
            Some(0) => return Ok(None),
            Some(at) if at + 1 == inside.len() => number(&inside[..at]).map(|n| (n, None)),
            Some(at) => {
                number(&inside[..at]).and_then(|n| Some((n, Some(number(&inside[at + 1..])?))))
            }
        };
        match counts {
            Some((least, most))
                if least <= REPEATS && most.is_none_or(|n| least <= n && n <= REPEATS) =>
            {
                self.at += end + 1;
                Ok(Some((least, most)))
            }
            _ => Err(self.wrong(format!("counts are at most {REPEATS}, the least first"))),
        }
    }

    fn escape(&mut self) -> Read<Node> {
        let from = self.at;
        self.at += 1;
        let assertion = match self.peek() {
            Some(b'b') => Some(Assertion::WordEdge),
            Some(b'B') => Some(Assertion::NoWordEdge),
            Some(b'A') => Some(Assertion::TextStart),
            Some(b'z') => Some(Assertion::TextEnd),
            Some(b'1'..=b'9' | b'k') => {
                self.at = from;
                return Err(self.wrong(
                    "references to groups are not there: they cannot be matched in linear time",
                ));
            }
            _ => None,
        };
        if let Some(assertion) = assertion {
            self.at += 1;
            return Ok(Node::Assert(assertion));
        }
        self.at = from;
        match self.class()? {
            Some(set) => Ok(Node::Set(set)),
            None => Ok(self.escaped().map(|c| self.literal(c))?),
        }
    }

    /// `\d` and its like; `None` if it is another escape.
    fn class(&mut self) -> Read<Option<Set>> {
        let set = match self.text.get(self.at + 1) {
            Some(b'd' | b'D') => DIGIT,
            Some(b's' | b'S') => SPACE,
            Some(b'w' | b'W') => WORD,
            Some(b'p' | b'P') => return Err(self.wrong("classes of Unicode are not there")),
            _ => return Ok(None),
        };
        let negated = self.text[self.at + 1].is_ascii_uppercase();
        self.at += 2;
        Ok(Some(if negated { complement(set) } else { set.to_vec() }))
    }

    /// An escape that stands for a character.
    fn escaped(&mut self) -> Read<u32> {
        let from = self.at;
        self.at += 1;
        let Some(c) = self.next() else {
            self.at = from;
            return Err(self.wrong("the pattern ends with '\\'"));
        };
        let digits = match char::from_u32(c) {
            Some('n') => return Ok(10),
            Some('t') => return Ok(9),
            Some('r') => return Ok(13),
            Some('f') => return Ok(12),
            Some('v') => return Ok(11),
            Some('a') => return Ok(7),
            Some('0') => return Ok(0),
            Some('x' | 'u') => match self.take(b"{") {
                true => {
                    let rest = &self.text[self.at..];
                    let end = rest.iter().position(|&c| c == b'}').unwrap_or(0);
                    self.at += end + 1;
                    &rest[..end]
                }
                false => {
                    let count = if c == u32::from(b'x') { 2 } else { 4 };
                    let digits = self.text.get(self.at..self.at + count).unwrap_or(&[]);
                    self.at += digits.len();
                    digits
                }
            },
            Some(c) if c.is_ascii_alphanumeric() => {
                self.at = from;
                return Err(self.wrong(format!("unknown escape '\\{c}'")));
            }
            _ => return Ok(c),
        };
        let is_hex = digits.len() <= 6 && digits.iter().all(u8::is_ascii_hexdigit);
        let code = std::str::from_utf8(digits).ok().filter(|_| is_hex);
        let code = code.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match code.filter(|&code| char::from_u32(code).is_some()) {
            Some(code) => Ok(code),
            None => {
                self.at = from;
                Err(self.wrong("the code of a character is expected: \\x41, \\x{1F600}"))
            }
        }
    }

    /// `[…]`
    fn set(&mut self) -> Read<Set> {
        let open = self.at;
        self.at += 1;
        let negated = self.take(b"^");
        let mut set = Set::new();
        let mut first = true;
        loop {
            match self.peek() {
                None => {
                    self.at = open;
                    return Err(self.wrong("'[' without ']'"));
                }
                Some(b']') if !first => break,
                Some(b'[') if self.text[self.at..].starts_with(b"[:") => {
                    let named = self.named_class()?;
                    set.extend(named);
                }
                _ => match self.member()? {
                    Member::Set(class) => set.extend(class),
                    Member::Char(low) => {
                        let is_range = self.peek() == Some(b'-')
                            && self.text.get(self.at + 1).is_some_and(|&c| c != b']');
                        let mut high = low;
                        if is_range {
                            self.at += 1;
                            match self.member()? {
                                Member::Char(c) if c >= low => high = c,
                                _ => return Err(self.wrong("a range of characters goes upwards")),
                            }
                        }
                        set.push((low, high));
                    }
                },
            }
            first = false;
        }
        self.at += 1;
        if self.flags.ignore_case {
            add_cases(&mut set);
        }
        let set = normal(set);
        Ok(if negated { complement(&set) } else { set })
    }

    fn member(&mut self) -> Read<Member> {
        if self.peek() == Some(b'\\') {
            return match self.class()? {
                Some(set) => Ok(Member::Set(set)),
                None if self.text.get(self.at + 1) == Some(&b'b') => {
                    self.at += 2;
                    Ok(Member::Char(8))
                }
                None => self.escaped().map(Member::Char),
            };
        }
        match self.next() {
            Some(c) => Ok(Member::Char(c)),
            None => Err(self.wrong("'[' without ']'")),
        }
    }

    /// `[:alpha:]`
    fn named_class(&mut self) -> Read<Set> {
        let rest = &self.text[self.at + 2..];
        let end = rest.windows(2).position(|two| two == b":]");
        let name = end.map_or(&b""[..], |end| &rest[..end]);
        let (negated, name) = match name.strip_prefix(b"^") {
            Some(name) => (true, name),
            None => (false, name),
        };
        let set: &[(u8, u8)] = match name {
            b"alpha" => &[(b'A', b'Z'), (b'a', b'z')],
            b"digit" => &[(b'0', b'9')],
            b"alnum" => &[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z')],
            b"upper" => &[(b'A', b'Z')],
            b"lower" => &[(b'a', b'z')],
            b"space" => &[(9, 13), (b' ', b' ')],
            b"blank" => &[(9, 9), (b' ', b' ')],
            b"punct" => &[(b'!', b'/'), (b':', b'@'), (b'[', b'`'), (b'{', b'~')],
            b"xdigit" => &[(b'0', b'9'), (b'A', b'F'), (b'a', b'f')],
            b"cntrl" => &[(0, 31), (127, 127)],
            b"word" => &[(b'0', b'9'), (b'A', b'Z'), (b'_', b'_'), (b'a', b'z')],
            _ => return Err(self.wrong("unknown class; they are named as [:alpha:]")),
        };
        let set: Set = set.iter().map(|&(a, b)| (a.into(), b.into())).collect();
        self.at += 4 + end.unwrap_or(0);
        Ok(if negated { complement(&set) } else { set })
    }
}

enum Member {
    Char(u32),
    Set(Set),
}

const DIGIT: &[(u32, u32)] = &[(48, 57)];
const SPACE: &[(u32, u32)] = &[(9, 13), (32, 32)];
const WORD: &[(u32, u32)] = &[(48, 57), (65, 90), (95, 95), (97, 122)];

/// Adds the other case: of all ASCII letters, and of other letters that stand alone.
fn add_cases(set: &mut Set) {
    for i in 0..set.len() {
        let (low, high) = set[i];
        for (from, to, shift) in [(65, 90, 32), (97, 122, -32)] {
            let (low, high) = (low.max(from), high.min(to));
            if low <= high {
                set.push((low.wrapping_add_signed(shift), high.wrapping_add_signed(shift)));
            }
        }
        if let Some(c) = char::from_u32(low).filter(|_| low == high && low > 127) {
            let single =
                |mut cases: Box<dyn Iterator<Item = char>>| match (cases.next(), cases.next()) {
                    (Some(c), None) => Some(u32::from(c)),
                    _ => None,
                };
            let cases = [single(Box::new(c.to_lowercase())), single(Box::new(c.to_uppercase()))];
            set.extend(cases.into_iter().flatten().map(|c| (c, c)));
        }
    }
}

/// In order, with what overlaps or touches made one.
fn normal(mut set: Set) -> Set {
    set.sort_unstable();
    let mut out: Set = Vec::with_capacity(set.len());
    for (low, high) in set {
        match out.last_mut() {
            Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
            _ => out.push((low, high)),
        }
    }
    out
}

fn complement(set: &[(u32, u32)]) -> Set {
    let mut out = Set::new();
    let mut next = 0;
    for &(low, high) in set {
        if low > next {
            out.push((next, low - 1));
        }
        next = high + 1;
    }
    if next <= LAST {
        out.push((next, LAST));
    }
    out
}
