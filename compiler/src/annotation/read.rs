//! The grammar of types in comments.
//!
//! LuaCATS: `string[]`, `table<K, V>`, `{ x: number }`, `fun(a: number, ...): string`, `"a" | "b"`, `T?`. LDoc:
//! `?string|number`, `{int,...}`, `{[string]=int}`, `{x=int}`. Whatever has another form is unknown.

use super::types::{Basic, Literal, Parameter, Record, Result, Signature, Type};
use super::{Mention, Origin};
use crate::Span;

/// How deep types nest.
const DEPTH: u32 = 20;

/// Reads a type from the beginning of a text, and how many bytes it has. `at` is where the text stands in
/// its file. The names in the type are added to `mentions`.
pub(super) fn read(
    text: &str,
    at: u32,
    origin: Origin,
    mentions: &mut Vec<Mention>,
) -> Option<(Type, usize)> {
    let before = mentions.len();
    let mut reader = Reader { text, at: 0, base: at, origin, depth: 0, mentions };
    let ty = reader.union();
    let end = reader.at;
    if ty.is_none() {
        mentions.truncate(before);
    }
    Some((ty?, end))
}

/// How many bytes the type at the beginning of a comment's text has; `None` if there is none.
pub fn type_length(text: &str, origin: Origin) -> Option<usize> {
    read(text, 0, origin, &mut Vec::new()).map(|(_, length)| length)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    base: u32,
    origin: Origin,
    depth: u32,
    mentions: &'a mut Vec<Mention>,
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_name(byte: u8) -> bool {
    is_name_start(byte) || byte.is_ascii_digit() || matches!(byte, b'.' | b'*' | b'-')
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    /// Takes a mark, blanks before it included; if it is not there, nothing.
    fn eat(&mut self, mark: &str) -> bool {
        let rest = self.rest();
        let trimmed = rest.trim_start_matches([' ', '\t']);
        let found = trimmed.starts_with(mark);
        if found {
            self.at += rest.len() - trimmed.len() + mark.len();
        }
        found
    }

    fn expect(&mut self, mark: &str) -> Option<()> {
        self.eat(mark).then_some(())
    }

    /// A name and where it begins.
    fn name(&mut self) -> Option<(&'a str, usize)> {
        self.blanks();
        let bytes = self.text.as_bytes();
        let from = self.at;
        if !is_name_start(self.peek()?) {
            return None;
        }
        while self.peek().is_some_and(is_name) {
            // `...` is no part of a name, nor is a dot or a dash at the end.
            if matches!(bytes[self.at], b'.' | b'-')
                && !bytes
                    .get(self.at + 1)
                    .copied()
                    .is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_')
            {
                break;
            }
            self.at += 1;
        }
        Some((&self.text[from..self.at], from))
    }

    fn union(&mut self) -> Option<Type> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let mut types = Vec::new();
        let mut or_nil = false;
        if self.origin == Origin::LDoc && self.eat("?") {
            or_nil = true;
            self.eat("|");
        }
        loop {
            types.push(self.postfix()?);
            if !self.eat("|") {
                break;
            }
        }
        self.depth -= 1;
        let unknown = types.contains(&Type::Unknown);
        let ty = match types.len() {
            _ if unknown => Type::Unknown,
            1 => types.swap_remove(0),
            _ => Type::Union(types.into_iter().flat_map(parts).collect()),
        };
        Some(if or_nil { ty.or_nil() } else { ty })
    }

    fn postfix(&mut self) -> Option<Type> {
        self.blanks();
        let mut ty = self.primary()?;
        loop {
            // (Blanks end a type here: `number [0]` is a number.)
            let rest = self.rest();
            if rest.starts_with("[]") {
                self.at += 2;
                ty = Type::Array(Box::new(ty));
            } else if rest.starts_with('?') && self.origin == Origin::Cats {
                self.at += 1;
                ty = ty.or_nil();
            } else if rest.starts_with(['[', '<', '&', '`']) {
                return None;
            } else {
                return Some(ty);
            }
        }
    }

    fn primary(&mut self) -> Option<Type> {
        match self.peek()? {
            b'(' => {
                self.at += 1;
                let ty = self.union()?;
                self.expect(")")?;
                Some(ty)
            }
            b'{' => self.table(),
            b'[' => {
                // A tuple.
                self.at += 1;
                loop {
                    self.union()?;
                    if !self.eat(",") {
                        break;
                    }
                }
                self.expect("]")?;
                Some(Type::Basic(Basic::Table))
            }
            quote @ (b'"' | b'\'') => {
                let rest = &self.text[self.at + 1..];
                let end = rest.find(char::from(quote))?;
                self.at += end + 2;
                // Older annotations quote a value twice: `'"text"'`.
                let text = &rest[..end];
                let inner =
                    text.strip_prefix(['"', '\'']).and_then(|text| text.strip_suffix(['"', '\'']));
                let text = inner.unwrap_or(text);
                // (What escapes mean is not looked at.)
                let is_plain = !text.contains('\\');
                Some(if is_plain {
                    Type::Literal(Literal::String(text.into()))
                } else {
                    Type::Unknown
                })
            }
            b'`' => {
                let end = self.text[self.at + 1..].find('`')?;
                self.at += end + 2;
                Some(Type::Unknown)
            }
            b'-' | b'0'..=b'9' => {
                let from = self.at;
                self.at += 1;
                while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'.') {
                    self.at += 1;
                }
                let text = &self.text[from..self.at];
                let digits = text.strip_prefix('-').unwrap_or(text);
                digits
                    .starts_with(|c: char| c.is_ascii_digit())
                    .then(|| Type::Literal(Literal::Number(text.into())))
            }
            b'.' if self.rest().starts_with("...") => {
                self.at += 3;
                if self.peek().is_some_and(is_name_start) {
                    self.postfix()?;
                }
                Some(Type::Unknown)
            }
            byte if is_name_start(byte) => self.named(),
            _ => None,
        }
    }

    fn named(&mut self) -> Option<Type> {
        let (name, from) = self.name()?;
        if name == "async" && self.rest().trim_start().starts_with("fun") {
            self.blanks();
            return self.named();
        }
        if name == "fun" && self.rest().trim_start().starts_with('(') {
            return self.function();
        }
        // LDoc's `function(x, y)`.
        if self.origin == Origin::LDoc
            && matches!(name, "function" | "func")
            && self.peek() == Some(b'(')
        {
            let end = self.rest().find(')')?;
            self.at += end + 1;
            return Some(Type::Basic(Basic::Function));
        }
        if name == "table" && self.peek() == Some(b'<') {
            let types = self.arguments()?;
            let [key, value] = <[Type; 2]>::try_from(types).ok()?;
            return Some(Type::Map(Box::new((key, value))));
        }
        if let Some(known) = well_known(name, self.origin) {
            // (`string<…>` is none of them.)
            return (self.peek() != Some(b'<')).then_some(known);
        }
        let from = self.base + from as u32;
        let span = Span::new(from, from + name.len() as u32);
        self.mentions.push(Mention { name: name.into(), span, origin: self.origin });
        let args = if self.peek() == Some(b'<') { self.arguments()? } else { Vec::new() };
        Some(Type::Named(name.into(), args))
    }

    /// `<A, B>`
    fn arguments(&mut self) -> Option<Vec<Type>> {
        self.expect("<")?;
        let mut types = Vec::new();
        loop {
            types.push(self.union()?);
            if !self.eat(",") {
                break;
            }
        }
        self.expect(">")?;
        Some(types)
    }

    /// `(a: number, ...: string): boolean`
    fn function(&mut self) -> Option<Type> {
        self.expect("(")?;
        let mut signature = Signature::default();
        while !self.eat(")") {
            self.blanks();
            if self.eat("...") {
                signature.vararg = Some(if self.eat(":") { self.union()? } else { Type::Unknown });
            } else {
                let (name, _) = self.name()?;
                let is_optional = self.eat("?");
                let ty = if self.eat(":") { self.union()? } else { Type::Unknown };
                let is_optional = is_optional || ty.accepts_nil();
                signature.parameters.push(Parameter { name: name.into(), ty, is_optional });
            }
            if !self.eat(",") {
                self.expect(")")?;
                break;
            }
        }
        if self.eat(":") {
            loop {
                self.blanks();
                // `fun(): (a: number, b: string)` names its results.
                let ty = if self.peek() == Some(b'(') {
                    self.results(&mut signature)?
                } else {
                    Some(self.result()?)
                };
                if let Some(ty) = ty {
                    signature.results.push(Result { name: "".into(), ty });
                }
                // (A comma may as well be the next parameter's: only names of types go on here.)
                if !self.goes_on() {
                    break;
                }
                self.eat(",");
            }
        }
        Some(Type::Function(Box::new(signature)))
    }

    /// One result; what is written behind its name is its type.
    fn result(&mut self) -> Option<Type> {
        if self.eat("...") {
            if self.peek().is_some_and(is_name_start) {
                self.union()?;
            }
            return Some(Type::Unknown);
        }
        let ty = self.union()?;
        if matches!(ty, Type::Named(..)) && self.rest().starts_with(':') {
            self.mentions.pop();
            self.at += 1;
            return self.union();
        }
        Some(ty)
    }

    /// `(a: number, b: string)`; or a type in parentheses.
    fn results(&mut self, signature: &mut Signature) -> Option<Option<Type>> {
        self.expect("(")?;
        let mut types = Vec::new();
        loop {
            types.push(self.result()?);
            if !self.eat(",") {
                break;
            }
        }
        self.expect(")")?;
        if types.len() == 1 {
            let mut ty = types.swap_remove(0);
            while self.rest().starts_with("[]") {
                self.at += 2;
                ty = Type::Array(Box::new(ty));
            }
            return Some(Some(ty));
        }
        signature.results.extend(types.into_iter().map(|ty| Result { name: "".into(), ty }));
        Some(None)
    }

    /// Whether another result follows behind a comma: no parameter or field with a type of its own.
    fn goes_on(&self) -> bool {
        let Some(rest) = self.rest().trim_start().strip_prefix(',') else { return false };
        let rest = rest.trim_start();
        let name = rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').trim_start();
        !name.starts_with(':') && !name.starts_with("?:") && !rest.starts_with('[')
    }

    /// `{ x: number, [string]: T }`, LDoc's `{int,...}` and `{x=int}`.
    fn table(&mut self) -> Option<Type> {
        self.expect("{")?;
        let mut fields = Vec::new();
        let mut is_list = false;
        let separator = if self.origin == Origin::LDoc { "=" } else { ":" };
        while !self.eat("}") {
            self.blanks();
            let from = self.at;
            if self.eat("...") {
                is_list = true;
            } else if self.eat("[") {
                self.union()?;
                self.expect("]")?;
                self.eat("?");
                self.expect(separator)?;
                self.union()?;
                is_list = true;
            } else {
                let named = self.name().map(|(name, at)| (name, at, self.eat("?")));
                match named {
                    Some((name, at, is_optional)) if self.eat(separator) => {
                        let ty = self.union()?;
                        let at = self.base + at as u32;
                        let span = Span::new(at, at + name.len() as u32);
                        let is_optional = is_optional || ty.accepts_nil();
                        let (name, text) = (name.into(), "".into());
                        fields.push(Record { name, span, ty, is_optional, text });
                    }
                    _ => {
                        self.at = from;
                        self.union()?;
                        is_list = true;
                    }
                }
            }
            if !self.eat(",") && !self.eat(";") {
                self.expect("}")?;
                break;
            }
        }
        Some(if is_list || fields.is_empty() {
            Type::Basic(Basic::Table)
        } else {
            Type::Table(fields)
        })
    }
}

/// The types of a union, those inside it included.
fn parts(ty: Type) -> Vec<Type> {
    match ty {
        Type::Union(types) => types,
        ty => vec![ty],
    }
}

/// The types that nobody has to declare.
pub(super) fn well_known(name: &str, origin: Origin) -> Option<Type> {
    if let Some(basic) = Basic::of_name(name) {
        return Some(Type::Basic(basic));
    }
    let short = match name {
        _ if origin != Origin::LDoc => None,
        "int" => Some(Basic::Integer),
        "bool" => Some(Basic::Boolean),
        "func" => Some(Basic::Function),
        "tab" | "array" | "list" | "map" => Some(Basic::Table),
        _ => None,
    };
    Some(match name {
        _ if short.is_some() => Type::Basic(short?),
        "any" | "unknown" | "never" | "void" | "self" | "_" => Type::Unknown,
        "true" => Type::Literal(Literal::Boolean(true)),
        "false" => Type::Literal(Literal::Boolean(false)),
        "lightuserdata" | "buffer" => Type::Basic(Basic::Userdata),
        // Standard declarations of LuaLS.
        "file*" | "std.metatable" | "metatable" | "exitcode" | "openmode" | "seekwhence"
        | "osdate" | "osdateparam" | "gcoptions" | "infowhat" | "hookmask" | "loadmode"
        | "popenmode" | "filetype" | "vbuf" | "tablelib" | "iolib" | "oslib" | "mathlib"
        | "stringlib" | "_G" | "language" => Type::Other(name.into()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, origin: Origin) -> String {
        match read(text, 0, origin, &mut Vec::new()) {
            Some((ty, length)) => format!("{ty}{}", text[length..].trim_end()),
            None => "-".into(),
        }
    }

    #[test]
    fn types_of_lua_cats() {
        for (text, expected) in [
            ("number", "number"),
            ("string? the name", "string? the name"),
            ("string|nil", "string?"),
            ("string | number[] text", "string | number[] text"),
            ("(string|number)[]", "(string | number)[]"),
            ("table<string, Foo.Bar[]>", "table<string, Foo.Bar[]>"),
            (
                "fun(a: number, b?: string, ...): boolean, string?",
                "fun(a: number, b?: string, ...): boolean, string?",
            ),
            ("fun(f: fun(): number, n: string)", "fun(f: fun(): number, n: string)"),
            ("fun(): (a: number, b: string)", "fun(): number, string"),
            ("async fun()", "fun()"),
            ("{ x: number, y?: integer }", "{ x: number, y?: integer }"),
            ("{ [string]: number }", "table"),
            ("\"a\"|'b'|1|true", "\"a\" | \"b\" | 1 | true"),
            ("List<T> of", "List<T> of"),
            ("vim.api.keyset.win-x.", "vim.api.keyset.win-x."),
            ("'\"a\"'|'\"b\"'", "\"a\" | \"b\""),
            ("file*", "file*"),
            ("`T`", "any"),
            ("fun(", "-"),
            ("Foo & Bar", "Foo & Bar"),
            ("Foo&Bar", "-"),
            ("{", "-"),
            ("", "-"),
        ] {
            assert_eq!(shown(text, Origin::Cats), expected, "{text}");
        }
        assert_eq!(shown(&"(".repeat(100_000), Origin::Cats), "-");
    }

    #[test]
    fn types_of_ldoc() {
        for (text, expected) in [
            ("?string|number x", "string | number | nil x"),
            ("?|string|nil", "string?"),
            ("{int,...}", "table"),
            ("{x=int,y=string}", "{ x: integer, y: string }"),
            ("{[string]=int}", "table"),
            ("func f", "function f"),
            ("function(x,y)", "function"),
            ("pl.List", "pl.List"),
            ("bool|tab", "boolean | table"),
        ] {
            assert_eq!(shown(text, Origin::LDoc), expected, "{text}");
        }
    }

    #[test]
    fn names_are_where_they_are_written() {
        let mut mentions = Vec::new();
        read("string|Foo<Bar>", 10, Origin::Cats, &mut mentions);
        let found: Vec<_> = mentions.iter().map(|m| (&*m.name, m.span.start, m.span.end)).collect();
        assert_eq!(found, [("Foo", 17, 20), ("Bar", 21, 24)]);
    }
}
