//! The names that can be used in an input: the session as completion and hints see it. No program
//! runs meanwhile. It never calls a metamethod, but follows `__index` tables.

use luka::{Look, Type, Value, Vm};

/// Steps along a chain of `__index` tables.
const CHAIN: usize = 20;

/// Local variables and results by name, the latest last.
pub type Locals = Vec<(Vec<u8>, Value)>;

/// A session that is lent to whoever reads an input.
#[derive(Default)]
pub struct Lent {
    pub vm: Vm,
    pub locals: Locals,
}

impl Lent {
    pub fn view(&self) -> View<'_> {
        View { vm: &self.vm, locals: &self.locals }
    }
}

/// The session at one moment.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub vm: &'a Vm,
    pub locals: &'a Locals,
}

impl<'a> View<'a> {
    /// `package.path`
    pub fn module_path(self) -> String {
        match self.globals().map(|globals| globals.field(b"package").field(b"path").as_bytes()) {
            Some(Some(path)) => String::from_utf8_lossy(path).into_owned(),
            _ => "./?.lua".into(),
        }
    }

    pub fn globals(self) -> Option<Look<'a>> {
        Value::Table(self.vm.globals()).look(self.vm).ok()
    }

    /// What a path (`a.b.c`, `a:m`) stands for.
    pub fn path(self, path: &[&str]) -> Option<Look<'a>> {
        let (first, rest) = path.split_first()?;
        let mut value = self.variable(first.as_bytes())?;
        for name in rest {
            value = field(value, name.as_bytes())?;
        }
        (!value.is_nil()).then_some(value)
    }

    /// A variable: local, else global.
    fn variable(self, name: &[u8]) -> Option<Look<'a>> {
        let local = self.locals.iter().rev().find(|(known, _)| known == name);
        match local {
            Some((_, value)) => value.look(self.vm).ok(),
            None => field(self.globals()?, name),
        }
    }
}

fn field<'a>(object: Look<'a>, name: &[u8]) -> Option<Look<'a>> {
    let mut found = tables(object).into_iter().map(|table| table.field(name));
    found.find(|value| !value.is_nil())
}

/// The tables fields of an object are looked for in.
fn tables(object: Look<'_>) -> Vec<Look<'_>> {
    let mut at = object;
    let mut tables = Vec::new();
    for _ in 0..CHAIN {
        if at.is_table() {
            tables.push(at);
        }
        let has_fields = matches!(at.type_of(), Type::Table | Type::Userdata | Type::String);
        let next = at.metamethod("__index");
        if !has_fields || !next.is_table() {
            break;
        }
        at = next;
    }
    tables
}

/// Names of the fields of an object that can be written behind a dot, and what they hold.
pub fn fields(object: Look<'_>) -> Vec<(String, Look<'_>)> {
    let mut fields = Vec::new();
    for table in tables(object) {
        for (key, value) in table.entries() {
            if let Some(name) = key.as_bytes()
                && super::show::is_name(name)
            {
                fields.push((String::from_utf8_lossy(name).into_owned(), value));
            }
        }
    }
    fields
}

/// The path that ends at the end of `text`, if it is one: its names, the last perhaps empty, and the
/// mark before the last (`.`, `:`, or a space for none).
pub fn path_at_end(text: &str) -> Option<(Vec<&str>, char)> {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':');
    let start = text
        .rfind(|c: char| !part(c))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let path = &text[start..];
    // The rest of a number, of a concatenation, of a label, or of a value that has no name.
    let before = text[..start].chars().next_back();
    if path.contains("..") || path.contains("::") || path.starts_with(['.', ':']) {
        return None;
    }
    if path.starts_with(|c: char| c.is_ascii_digit()) || before == Some('\\') {
        return None;
    }
    let mark = path.chars().rev().find(|c| matches!(c, '.' | ':')).unwrap_or(' ');
    Some((path.split(['.', ':']).collect(), mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let path = |text| path_at_end(text);
        assert_eq!(path("x = a.b"), Some((vec!["a", "b"], '.')));
        assert_eq!(path("a.b:"), Some((vec!["a", "b", ""], ':')));
        assert_eq!(path("f(str"), Some((vec!["str"], ' ')));
        assert_eq!(path(""), Some((vec![""], ' ')));
        for text in ["a..b", "::lab", "1.5", "f().x", "goto ::x"] {
            assert_eq!(path(text), None, "{text}");
        }
    }
}
