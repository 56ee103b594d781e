//! Looking at values: for printers, completion and inspectors. Nothing runs, nothing is kept alive, and
//! nothing of the program is changed.

use crate::cx::Cx;
use crate::error::Result;
use crate::function::Declaration;
use crate::value::{Type, Value};
use luka_stdlib::help;
use luka_vm::Value as Raw;
use luka_vm::debug::FuncInfo;
use luka_vm::debug::locals::param_name;

/// A value as it is now, without metamethods and without a handle: a table with a million entries is
/// looked at as fast as it is read. It lasts while its context is borrowed, so while no program runs.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    raw: Raw,
    cx: &'a Cx<'static>,
}

/// What is known of a function of the language.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct FunctionInfo {
    /// The name of its chunk: `@file`, `=name` or the text itself.
    pub chunk: Vec<u8>,
    /// The chunk's name as messages show it.
    pub source: Vec<u8>,
    /// The line it begins in, from 1; `None` for the main function of a chunk.
    pub line: Option<u32>,
    /// The names of its parameters; `?` where it has been stripped of them, and one that begins with
    /// `(` for a pattern.
    pub parameters: Vec<Vec<u8>>,
    /// Whether it takes any number of arguments.
    pub is_vararg: bool,
}

impl Value {
    /// Looks at the value.
    ///
    /// # Errors
    /// It is of another machine.
    pub fn look<'a>(&self, cx: &'a Cx<'static>) -> Result<Look<'a>> {
        Ok(Look { raw: self.raw(cx)?, cx })
    }
}

impl<'a> Look<'a> {
    fn at(self, raw: Raw) -> Look<'a> {
        Look { raw, cx: self.cx }
    }

    /// The value, owned.
    pub fn value(self) -> Value {
        Value::from_raw(self.cx, self.raw)
    }

    /// The basic type.
    pub fn type_of(self) -> Type {
        Type::of(self.raw)
    }

    /// Whether it is nil.
    pub fn is_nil(self) -> bool {
        self.raw.is_nil()
    }

    /// Whether it is a table.
    pub fn is_table(self) -> bool {
        self.raw.as_table().is_some()
    }

    /// Whether it is a function, of any kind.
    pub fn is_function(self) -> bool {
        self.raw.is_function()
    }

    /// A boolean.
    pub fn as_bool(self) -> Option<bool> {
        self.raw.as_bool()
    }

    /// An integer; floats and strings are none.
    pub fn as_integer(self) -> Option<i64> {
        self.raw.as_int()
    }

    /// A float; integers and strings are none.
    pub fn as_float(self) -> Option<f64> {
        self.raw.as_float()
    }

    /// A number as the language writes it: `1`, `1.0`.
    pub fn number_text(self) -> Option<String> {
        let text = self.raw.is_number().then(|| crate::error::message_of(self.raw))?;
        Some(String::from_utf8_lossy(&text).into_owned())
    }

    /// The bytes of a string; numbers are none.
    pub fn as_bytes(self) -> Option<&'a [u8]> {
        // The string lives while the context is borrowed.
        self.raw.as_str().map(|s| s.bytes())
    }

    /// A number that tells the object from all others, as long as both are there; `None` for plain data
    /// and strings.
    pub fn identity(self) -> Option<u64> {
        let is_object = matches!(self.type_of(), Type::Table | Type::Function | Type::Thread);
        let is_object = is_object || self.raw.as_userdata().is_some();
        is_object.then(|| self.raw.payload())
    }

    /// The number that `tostring` shows of an object; it gets one if it has none.
    pub fn serial(self) -> u64 {
        self.cx.with(|machine| machine.heap.serial_of(self.raw))
    }

    /// Whether two values are equal as `rawequal` has it.
    pub fn raw_equal(self, other: Look) -> bool {
        self.raw.raw_eq(other.raw)
    }

    /// The value of a key of a table that is a string; nil if there is none.
    pub fn field(self, name: &[u8]) -> Look<'a> {
        let table = self.raw.as_table();
        self.at(table.map_or(Raw::NIL, |table| table.get_str_bytes(name)))
    }

    /// The value of a key of a table that is an integer; nil if there is none.
    pub fn index(self, n: i64) -> Look<'a> {
        self.at(self.raw.as_table().map_or(Raw::NIL, |table| table.get_int(n)))
    }

    /// The entries of a table, in the order of `next`; none of another value.
    pub fn entries(self) -> Vec<(Look<'a>, Look<'a>)> {
        // All of them before anybody sees one: the table may be changed by who does.
        let entries = self.raw.as_table().into_iter().flat_map(|table| table.entries());
        entries.map(|(key, value)| (self.at(key), self.at(value))).collect()
    }

    /// Whether a table has no entries.
    pub fn is_empty(self) -> bool {
        self.raw.as_table().is_none_or(|table| table.entries().next().is_none())
    }

    /// The metatable, of any value that has one.
    pub fn metatable(self) -> Option<Look<'a>> {
        let meta = self.cx.with(|machine| machine.metatable_of(self.raw));
        meta.map(|meta| self.at(meta.into()))
    }

    /// A field of the metatable; nil if there is none.
    pub fn metamethod(self, name: &str) -> Look<'a> {
        self.metatable().map_or(self.at(Raw::NIL), |meta| meta.field(name.as_bytes()))
    }

    /// The type as messages call it: what `__name` says, else the basic type.
    pub fn type_name(self) -> Vec<u8> {
        self.cx.with(|machine| machine.type_name_of(self.raw).into_owned())
    }

    /// The name a function has in a loaded module: `string.rep`, `print`.
    pub fn name_in_modules(self) -> Option<String> {
        let name = self.cx.with(|machine| machine.name_in_modules(self.raw))?;
        Some(String::from_utf8_lossy(&name).into_owned())
    }

    /// How a function is declared, if it is one of a library. Those that only other functions call
    /// have an empty signature.
    pub fn declaration(self) -> Option<Declaration> {
        self.raw.as_native().map(|f| Declaration::of(f.native()))
    }

    /// What is known of a function of the language.
    pub fn function(self) -> Option<FunctionInfo> {
        self.raw.as_lua_fn()?;
        let info = FuncInfo::of(self.raw);
        let name = |n| param_name(self.raw, n).unwrap_or_else(|| b"?".to_vec());
        Some(FunctionInfo {
            line: u32::try_from(info.line_defined).ok().filter(|&line| line > 0),
            parameters: (1..=i32::from(info.params)).map(name).collect(),
            chunk: info.source,
            source: info.short_src,
            is_vararg: info.is_vararg,
        })
    }

    /// The documentation of a function: what its library says, or the comment above it where the text
    /// was kept.
    pub fn documentation(self) -> Option<String> {
        if let Some(doc) = help::known(self.raw) {
            return Some(doc.to_string());
        }
        let text = help::kept_text(self.raw)?;
        help::comment_above(&String::from_utf8_lossy(&text), self.function()?.line? as usize)
    }

    /// Whether the text of a function was kept.
    pub fn has_text(self) -> bool {
        help::kept_text(self.raw).is_some()
    }

    /// What is known about a value, as `luka.help` prints it: how a function is called and its
    /// documentation, what a table holds. Any bytes. Asks the host for the file of a function.
    pub fn describe(self, name: Option<&[u8]>) -> Vec<u8> {
        self.cx.with(|machine| help::describe(machine, self.raw, name))
    }
}

impl std::fmt::Debug for Look<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Look({})", self.type_of().name())
    }
}
