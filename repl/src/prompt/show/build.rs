//! Turns values into trees of texts, without running code of the program.

use luka::{Look, Type};
use std::collections::HashMap;
use unicode_width::UnicodeWidthStr;

use super::convert::Called;
use super::text::{self, Kind, coloured};
use super::{Style, TOTAL, function};

/// A text and its columns.
#[derive(Clone, Debug, Default)]
pub struct Text {
    pub text: String,
    pub width: usize,
}

impl Text {
    fn new(plain: &str, kind: Kind, style: &Style) -> Text {
        Text { text: coloured(plain, kind, style.colour), width: plain.width() }
    }

    fn then(mut self, other: Text) -> Text {
        self.text.push_str(&other.text);
        self.width += other.width;
        self
    }
}

/// A value to be laid out.
#[derive(Debug)]
pub enum Tree {
    Leaf(Text),
    Table {
        /// Marks and the metatable's name.
        head: Text,
        entries: Vec<Entry>,
    },
}

/// An entry of a table, or a note about omitted entries.
#[derive(Debug)]
pub struct Entry {
    /// `name = `, `[key] = `; nothing for an element of a list.
    pub key: Option<Text>,
    pub value: Tree,
}

/// How often a table has been reached.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// Once so far.
    Once,
    /// More than once: it gets a number.
    Shared,
    /// It has been shown with this number.
    Numbered(usize),
}

/// The list of a table from 1 on, its other entries, and how many are left out.
type Entries<'v> = (Vec<Look<'v>>, Vec<(Look<'v>, Look<'v>)>, usize);

struct Builder<'a> {
    style: &'a Style,
    called: &'a Called,
    names: &'a dyn Fn(Look) -> Option<String>,
    marks: HashMap<u64, Mark>,
    numbers: usize,
    /// Entries that may still be shown.
    left: usize,
}

/// The tree of a value; `names` knows the names of functions.
pub fn build(
    value: Look,
    style: &Style,
    called: &Called,
    names: &dyn Fn(Look) -> Option<String>,
) -> Tree {
    let marks = HashMap::new();
    let mut builder = Builder { style, called, names, marks, numbers: 0, left: TOTAL };
    builder.meet(value, 0);
    builder.left = TOTAL;
    builder.value(value, 0)
}

impl Builder<'_> {
    fn text(&self, plain: &str, kind: Kind) -> Text {
        Text::new(plain, kind, self.style)
    }

    /// Walks the values that will be shown and notes the tables that are reached twice.
    fn meet(&mut self, value: Look, depth: usize) {
        let Some(table) = value.identity().filter(|_| value.is_table()) else { return };
        if self.called.text(value).is_some() {
            return;
        }
        match self.marks.get_mut(&table) {
            Some(mark) => {
                *mark = Mark::Shared;
                return;
            }
            None => self.marks.insert(table, Mark::Once),
        };
        if depth < self.style.depth {
            let (list, rest, _) = self.entries_of(value);
            for value in list {
                self.meet(value, depth + 1);
            }
            for (key, value) in rest {
                self.meet(key, depth + 1);
                self.meet(value, depth + 1);
            }
        }
    }

    /// The entries of a table that are shown: the list from 1 on, then the other keys in order; and
    /// the number of omitted ones.
    fn entries_of<'v>(&mut self, table: Look<'v>) -> Entries<'v> {
        let most = self.style.items.min(self.left);
        let length = (1..).take_while(|&n| !table.index(n).is_nil()).count();
        let list: Vec<Look> = (1..).map(|n| table.index(n)).take(length.min(most)).collect();
        let in_list = |key: Look| key.as_integer().is_some_and(|n| n >= 1 && n as usize <= length);
        let mut rest = table.entries();
        rest.retain(|(key, _)| !in_list(*key));
        let all = length + rest.len();
        rest.sort_by_cached_key(|(key, _)| order(*key));
        rest.truncate(most - list.len());
        let shown = list.len() + rest.len();
        self.left -= shown;
        (list, rest, all - shown)
    }

    fn value(&mut self, value: Look, depth: usize) -> Tree {
        if let Some(said) = self.called.text(value) {
            return Tree::Leaf(self.said(value, said, depth));
        }
        match value.type_of() {
            Type::Table => self.table(value, depth),
            _ => Tree::Leaf(self.leaf(value)),
        }
    }

    /// The text that `__tostring` returned.
    fn said(&mut self, value: Look, said: Result<Vec<u8>, String>, depth: usize) -> Text {
        match said {
            Ok(bytes) => {
                let cut = &bytes[..bytes.len().min(self.style.text)];
                let lossy = String::from_utf8_lossy(cut).into_owned();
                // Line breaks are kept only if nothing is shown beside the text.
                let lines = depth == 0 && !lossy.chars().any(|c| c.is_control() && c != '\n');
                let plain = if lines { lossy } else { text::escaped(cut, false) };
                let rest = if cut.len() < bytes.len() { "…" } else { "" };
                self.text(&plain, Kind::Said).then(self.text(rest, Kind::Mark))
            }
            Err(why) => {
                let name = self.type_name(value);
                let why = text::escaped(why.as_bytes(), false);
                self.text(&format!("<{name}: error in __tostring: {why}>"), Kind::Fault)
            }
        }
    }

    fn type_name(&self, value: Look) -> String {
        text::escaped(&value.type_name(), false)
    }

    fn table(&mut self, value: Look, depth: usize) -> Tree {
        let mut head = Text::default();
        let identity = value.identity().unwrap_or_default();
        match self.marks.get(&identity) {
            Some(Mark::Numbered(n)) => {
                let mark = format!("*{n}");
                return Tree::Leaf(self.text(&mark, Kind::Mark));
            }
            Some(Mark::Shared) => {
                self.numbers += 1;
                self.marks.insert(identity, Mark::Numbered(self.numbers));
                head = self.text(&format!("&{} ", self.numbers), Kind::Mark);
            }
            _ => {}
        }
        match value.metamethod("__name").as_bytes() {
            Some(name) => {
                let name = format!("{} ", text::escaped(name, false));
                head = head.then(self.text(&name, Kind::Function));
            }
            None if value.metatable().is_some() => {
                head = head.then(self.text("<metatable> ", Kind::Mark));
            }
            None => {}
        }
        if depth >= self.style.depth && !value.is_empty() {
            return Tree::Leaf(head.then(self.text("{…}", Kind::Mark)));
        }
        let (list, rest, left_out) = self.entries_of(value);
        let mut entries = Vec::new();
        for value in list {
            entries.push(Entry { key: None, value: self.value(value, depth + 1) });
        }
        for (key, value) in rest {
            let key = Some(self.key(key, depth + 1));
            entries.push(Entry { key, value: self.value(value, depth + 1) });
        }
        if left_out > 0 {
            let note = format!("… {} more", text::grouped(left_out));
            entries.push(Entry { key: None, value: Tree::Leaf(self.text(&note, Kind::Mark)) });
        }
        Tree::Table { head, entries }
    }

    fn key(&mut self, key: Look, depth: usize) -> Text {
        if let Some(name) = key.as_bytes().filter(|name| is_name(name)) {
            let name = String::from_utf8_lossy(name);
            return self.text(&format!("{name} = "), Kind::Plain);
        }
        let inner = match self.value(key, depth) {
            Tree::Leaf(text) => text,
            // A table as a key is rare, and only indicated.
            Tree::Table { head, entries } => {
                head.then(self.text(if entries.is_empty() { "{}" } else { "{…}" }, Kind::Mark))
            }
        };
        self.text("[", Kind::Plain).then(inner).then(self.text("] = ", Kind::Plain))
    }

    fn leaf(&mut self, value: Look) -> Text {
        if let Some(string) = value.as_bytes() {
            let (text, rest) = text::quoted(string, self.style.text);
            let rest = self.text(&rest.unwrap_or_default(), Kind::Mark);
            return self.text(&text, Kind::String).then(rest);
        }
        if let Some(number) = value.number_text() {
            return self.text(&number, Kind::Number);
        }
        if value.is_function() {
            let name = (self.names)(value).or_else(|| value.name_in_modules());
            let signature = function::signature(value, name.as_deref());
            let space = if signature.starts_with('(') { "" } else { " " };
            let place = match function::place(value) {
                Some(place) => format!(" at {place}"),
                None => " (built in)".to_string(),
            };
            let signature =
                format!("function{space}{}", text::escaped(signature.as_bytes(), false));
            return self.text(&signature, Kind::Function).then(self.text(&place, Kind::Mark));
        }
        match value.as_bool() {
            Some(b) => self.text(&b.to_string(), Kind::Word),
            None if value.is_nil() => self.text("nil", Kind::Word),
            None => {
                let plain = format!("<{} {}>", self.type_name(value), value.serial());
                self.text(&plain, Kind::Mark)
            }
        }
    }
}

/// Numbers ascending, then strings, then booleans, then the others as they were made.
fn order(key: Look) -> (u8, Rank, Vec<u8>) {
    let (integer, float) = (key.as_integer(), key.as_float());
    if let Some(number) = float.or(integer.map(|n| n as f64)) {
        return (0, Rank::Number(number, integer.unwrap_or_default()), Vec::new());
    }
    if let Some(text) = key.as_bytes() {
        return (1, Rank::Serial(0), text.to_vec());
    }
    match key.as_bool() {
        Some(b) => (2, Rank::Serial(u64::from(b)), Vec::new()),
        None => (3, Rank::Serial(key.serial()), Vec::new()),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Rank {
    Number(f64, i64),
    Serial(u64),
}

impl Eq for Rank {}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Rank) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rank {
    fn cmp(&self, other: &Rank) -> std::cmp::Ordering {
        match (self, other) {
            (Rank::Number(a, i), Rank::Number(b, j)) => a.total_cmp(b).then(i.cmp(j)),
            (Rank::Serial(a), Rank::Serial(b)) => a.cmp(b),
            (Rank::Number(..), Rank::Serial(_)) => std::cmp::Ordering::Less,
            (Rank::Serial(_), Rank::Number(..)) => std::cmp::Ordering::Greater,
        }
    }
}

/// Whether a string can stand as a name in a table constructor.
pub fn is_name(name: &[u8]) -> bool {
    let start = name.first().is_some_and(|c| c.is_ascii_alphabetic() || *c == b'_');
    start
        && name.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'_')
        && !crate::prompt::KEYWORDS.contains(&std::str::from_utf8(name).unwrap_or_default())
}
