//! The global environment of a program: the names of the standard library, provided by the
//! host.

use std::collections::HashMap;

/// The definition of a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Definition {
    /// A function.
    Function(Signature),
    /// A library, whose fields are defined by their qualified names.
    Table,
    /// Any other value.
    Value,
}

/// The signature of a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    /// As documentation shows it: `string.rep(s, n [, sep]) -> string`.
    pub text: String,
    /// The names of the parameters in order, without `...`.
    pub params: Vec<String>,
    /// The minimum number of arguments.
    pub min_args: usize,
    /// The maximum number of arguments; `None`: unlimited.
    pub max_args: Option<usize>,
    /// The function has no effects besides its results.
    pub pure: bool,
}

impl Signature {
    /// Reads the parameters off a signature: names in brackets may be left out, `...` is
    /// any number.
    pub fn parse(text: &str, pure: bool) -> Signature {
        let inside = text.split_once('(').map_or("", |(_, rest)| rest);
        let (mut params, mut least, mut most, mut depth) = (Vec::new(), 0, Some(0), 0);
        let mut word = String::new();
        let mut end = |word: &mut String, depth: usize| {
            let name = word.trim();
            if name.contains("...") {
                most = None;
            } else if !name.is_empty() {
                least += usize::from(depth == 0);
                most = most.map(|n| n + 1);
                params.push(name.to_string());
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
        Signature { text: text.to_string(), params, min_args: least, max_args: most, pure }
    }
}

/// The predefined names: globals, and fields of global tables such as `string.rep`.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    things: HashMap<Vec<u8>, Definition>,
}

impl Environment {
    /// An empty one.
    pub fn new() -> Environment {
        Environment::default()
    }

    /// Defines a name.
    pub fn add(&mut self, name: impl Into<Vec<u8>>, thing: Definition) {
        self.things.insert(name.into(), thing);
    }

    /// The definition of a name.
    pub fn get(&self, name: &[u8]) -> Option<&Definition> {
        self.things.get(name)
    }

    /// The signature of a function.
    pub fn signature(&self, name: &[u8]) -> Option<&Signature> {
        match self.get(name)? {
            Definition::Function(signature) => Some(signature),
            _ => None,
        }
    }

    /// The globals, sorted.
    pub fn globals(&self) -> Vec<&[u8]> {
        let mut names: Vec<&[u8]> =
            self.things.keys().map(Vec::as_slice).filter(|n| !n.contains(&b'.')).collect();
        luka_bytecode::order::sort_names(&mut names);
        names
    }

    /// The fields of a library, sorted.
    pub fn fields(&self, library: &[u8]) -> Vec<&[u8]> {
        let fields =
            self.things.keys().filter_map(|name| name.strip_prefix(library)?.strip_prefix(b"."));
        let mut fields: Vec<&[u8]> = fields.collect();
        luka_bytecode::order::sort_names(&mut fields);
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
            assert_eq!((signature.min_args, signature.max_args), (least, most), "{text}");
        }
        let signature = Signature::parse("string.rep(s, n [, sep]) -> string", false);
        assert_eq!(signature.params, ["s", "n", "sep"]);
    }
}
