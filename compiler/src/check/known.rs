//! What a program finds when it starts: the names of the standard library, as whoever runs the
//! programs tells them.

use std::collections::HashMap;

/// What is known of a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Thing {
    Function(Signature),
    /// A library: its fields are known, too.
    Table,
    Value,
}

/// What a function takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    /// As documentation shows it: `string.rep(s, n [, sep]) -> string`.
    pub text: String,
    /// Fewest and most arguments; `None`: as many as one likes.
    pub least: usize,
    pub most: Option<usize>,
    /// A call whose results nobody takes does nothing.
    pub pure: bool,
}

impl Signature {
    /// Reads the numbers of arguments off a signature: names in brackets may be left out, `...` is
    /// any number.
    pub fn parse(text: &str, pure: bool) -> Signature {
        let inside = text.split_once('(').map_or("", |(_, rest)| rest);
        let (mut least, mut most, mut depth) = (0, Some(0), 0);
        let mut word = String::new();
        let mut end = |word: &mut String, depth: usize| {
            let name = word.trim();
            if name.contains("...") {
                most = None;
            } else if !name.is_empty() {
                least += usize::from(depth == 0);
                most = most.map(|n| n + 1);
            }
            word.clear();
        };
        for c in inside.chars() {
            match c {
                ')' => break,
                ',' => end(&mut word, depth),
                '[' | ']' => {
                    end(&mut word, depth);
                    depth = if c == '[' { depth + 1 } else { depth.saturating_sub(1) };
                }
                c => word.push(c),
            }
        }
        end(&mut word, depth);
        Signature { text: text.to_string(), least, most, pure }
    }
}

/// The names known from outside: globals, and fields of global tables as `string.rep`.
#[derive(Clone, Debug, Default)]
pub struct Known {
    things: HashMap<Vec<u8>, Thing>,
}

impl Known {
    pub fn new() -> Known {
        Known::default()
    }

    pub fn add(&mut self, name: impl Into<Vec<u8>>, thing: Thing) {
        self.things.insert(name.into(), thing);
    }

    pub fn get(&self, name: &[u8]) -> Option<&Thing> {
        self.things.get(name)
    }

    pub fn signature(&self, name: &[u8]) -> Option<&Signature> {
        match self.get(name)? {
            Thing::Function(signature) => Some(signature),
            _ => None,
        }
    }

    /// The known globals, in order.
    pub fn globals(&self) -> Vec<&[u8]> {
        let mut names: Vec<&[u8]> =
            self.things.keys().map(Vec::as_slice).filter(|n| !n.contains(&b'.')).collect();
        names.sort_unstable();
        names
    }

    /// The fields of a library, in order.
    pub fn fields(&self, library: &[u8]) -> Vec<&[u8]> {
        let fields =
            self.things.keys().filter_map(|name| name.strip_prefix(library)?.strip_prefix(b"."));
        let mut fields: Vec<&[u8]> = fields.collect();
        fields.sort_unstable();
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::Signature;

    #[test]
    fn numbers_of_arguments() {
        for (text, least, most) in [
            ("f() -> x", 0, Some(0)),
            ("string.rep(s, n [, sep]) -> string", 2, Some(3)),
            ("table.insert(list, [pos,] value)", 2, Some(3)),
            ("print(...)", 0, None),
            ("pcall(f [, arg1, ...]) -> boolean, ...", 1, None),
            ("math.random([m [, n]]) -> number", 0, Some(2)),
        ] {
            let signature = Signature::parse(text, false);
            assert_eq!((signature.least, signature.most), (least, most), "{text}");
        }
    }
}
