//! The names that can be used in an input: the session as completion and hints see it. No program
//! runs meanwhile, so it reads the machine's objects directly. It never calls a metamethod, but
//! follows `__index` tables.

use luka::toolchain;
use luka_vm::{Event, Gc, Str, Table, Type, Value};

use super::show::raw;

/// Steps along a chain of `__index` tables.
const CHAIN: usize = 20;

/// The session at one moment. Not valid any more once a program has run.
pub struct View {
    /// Local variables and results.
    pub locals: Vec<(Vec<u8>, Value)>,
    pub globals: Gc<Table>,
    strings: Option<Gc<Table>>,
    index: Gc<Str>,
    /// `package.path`
    pub module_path: String,
}

impl View {
    /// The session now, with these local variables and results.
    pub fn new(vm: &luka::Vm, locals: impl Iterator<Item = (Vec<u8>, luka::Value)>) -> View {
        // What they refer to is kept alive by the session's scope.
        let locals = locals.map(|(name, value)| (name, raw(vm, &value))).collect();
        toolchain::look(vm, |machine| View::of_machine(machine, locals))
    }

    fn of_machine(vm: &luka_vm::Vm, locals: Vec<(Vec<u8>, Value)>) -> View {
        let globals = vm.globals();
        let package = globals.get_str_bytes(b"package").as_table();
        let path = package.and_then(|package| package.get_str_bytes(b"path").as_str());
        let path = path
            .map_or("./?.lua".into(), |path| String::from_utf8_lossy(path.bytes()).into_owned());
        View {
            locals,
            globals,
            strings: vm.type_metatable(Type::String),
            index: vm.event_name(Event::Index),
            module_path: path,
        }
    }

    /// What a path (`a.b.c`, `a:m`) stands for.
    pub fn path(&self, path: &[&str]) -> Option<Value> {
        let (first, rest) = path.split_first()?;
        let mut value = self.variable(first.as_bytes());
        for name in rest {
            value = self.field(value, name.as_bytes())?;
        }
        (!value.is_nil()).then_some(value)
    }

    /// A variable: local, else global.
    fn variable(&self, name: &[u8]) -> Value {
        let local = self.locals.iter().rev().find(|(known, _)| known == name);
        match local {
            Some((_, value)) => *value,
            None => self.field(self.globals.into(), name).unwrap_or(Value::NIL),
        }
    }

    fn field(&self, object: Value, name: &[u8]) -> Option<Value> {
        let found = self.tables(object).map(|table| table.get_str_bytes(name));
        found.into_iter().find(|value| !value.is_nil())
    }

    /// The tables fields of an object are looked for in.
    fn tables(&self, object: Value) -> impl Iterator<Item = Gc<Table>> {
        let mut at = object;
        let mut tables = Vec::new();
        for _ in 0..CHAIN {
            tables.extend(at.as_table());
            let meta = match at.type_of() {
                Type::Table => at.as_table().and_then(|table| table.metatable()),
                Type::Userdata => at.as_userdata().and_then(|userdata| userdata.metatable()),
                Type::String => self.strings,
                _ => None,
            };
            let Some(next) = meta.map(|meta| meta.get_str(self.index)) else { break };
            if next.as_table().is_none() {
                break;
            }
            at = next;
        }
        tables.into_iter()
    }

    /// Names of the fields of an object that can be written behind a dot, and what they hold.
    pub fn fields(&self, object: Value) -> Vec<(String, Value)> {
        let mut fields = Vec::new();
        for table in self.tables(object) {
            for (key, value) in table.entries() {
                if let Some(name) = key.as_str()
                    && super::show::is_name(name.bytes())
                {
                    fields.push((String::from_utf8_lossy(name.bytes()).into_owned(), value));
                }
            }
        }
        fields
    }
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
