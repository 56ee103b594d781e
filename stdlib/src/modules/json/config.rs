//! The settings of JSON: a table of integers, which the functions of a module share as an upvalue.
//! It is the program's heap that has them, so they are saved with it.

use crate::prim;
use luka_vm::{Gc, Raise, Table, Value, Vm};

/// `cjson.null`.
pub const NULL: Value = Value::light(0);
/// `cjson.empty_array`.
pub const EMPTY_ARRAY: Value = Value::light(0x5b5d);

/// Registry fields of the metatables that mark arrays.
const ARRAY_MT: &str = "json.array_mt";
const EMPTY_ARRAY_MT: &str = "json.empty_array_mt";

/// What becomes of numbers that JSON does not have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InvalidNumbers {
    /// An error.
    Refuse,
    /// They are written as JavaScript writes them.
    Write,
    /// `null`.
    Null,
}

/// Places in the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Setting {
    SparseConvert = 1,
    SparseRatio,
    SparseSafe,
    EncodeMaxDepth,
    DecodeMaxDepth,
    /// Significant digits; 0: as many as it takes.
    Precision,
    KeepBuffer,
    EncodeInvalidNumbers,
    DecodeInvalidNumbers,
    EmptyTableAsObject,
    ArrayWithArrayMt,
    AllowComment,
    EscapeSlash,
    SkipUnsupported,
    /// A string.
    Indent,
    /// Nothing but what RFC 8259 allows.
    Strict,
    /// `table.sort`, if keys are sorted.
    Sort,
}

/// The defaults of `cjson`, in the order of [`Setting`].
pub const CJSON: [i64; 14] = [0, 2, 10, 1000, 1000, 14, 1, 0, 1, 1, 0, 0, 1, 0];
/// The defaults of `luka.json`: strict, numbers come back as they were.
pub const STRICT: [i64; 14] = [0, 2, 10, 1000, 1000, 0, 0, 0, 0, 1, 0, 0, 0, 0];

/// The settings, read.
pub struct Config {
    pub sparse_convert: bool,
    pub sparse_ratio: i64,
    pub sparse_safe: i64,
    pub encode_max_depth: usize,
    pub decode_max_depth: usize,
    pub precision: usize,
    pub invalid_numbers: InvalidNumbers,
    pub decode_invalid_numbers: bool,
    pub empty_as_object: bool,
    pub array_with_array_mt: bool,
    pub allow_comment: bool,
    pub escape_slash: bool,
    pub skip_unsupported: bool,
    pub indent: &'static [u8],
    pub is_strict: bool,
    pub sorted: bool,
    pub sort: Value,
    pub array_mt: Option<Gc<Table>>,
    empty_array_mt: Option<Gc<Table>>,
}

impl Config {
    /// Reads the settings; what is missing or nothing a setting can be is the default.
    pub fn read(vm: &mut Vm, table: Option<Gc<Table>>) -> Config {
        let value = |s: Setting| table.map_or(Value::NIL, |t| t.get_int(s as i64));
        let int = |s: Setting| {
            let default = CJSON.get(s as usize - 1).copied().unwrap_or(0);
            value(s).as_int().unwrap_or(default)
        };
        let on = |s: Setting| int(s) != 0;
        let depth = |s: Setting| int(s).clamp(0, 1 << 20) as usize;
        Config {
            sparse_convert: on(Setting::SparseConvert),
            sparse_ratio: int(Setting::SparseRatio),
            sparse_safe: int(Setting::SparseSafe),
            encode_max_depth: depth(Setting::EncodeMaxDepth),
            decode_max_depth: depth(Setting::DecodeMaxDepth),
            precision: int(Setting::Precision).clamp(0, 17) as usize,
            invalid_numbers: match int(Setting::EncodeInvalidNumbers) {
                0 => InvalidNumbers::Refuse,
                1 => InvalidNumbers::Write,
                _ => InvalidNumbers::Null,
            },
            decode_invalid_numbers: on(Setting::DecodeInvalidNumbers),
            empty_as_object: on(Setting::EmptyTableAsObject),
            array_with_array_mt: on(Setting::ArrayWithArrayMt),
            allow_comment: on(Setting::AllowComment),
            escape_slash: on(Setting::EscapeSlash),
            skip_unsupported: on(Setting::SkipUnsupported),
            indent: value(Setting::Indent).as_str().map_or(b"", |s| s.bytes()),
            is_strict: on(Setting::Strict),
            sorted: value(Setting::Sort).is_function(),
            sort: value(Setting::Sort),
            array_mt: prim::registry_field(vm, ARRAY_MT).as_table(),
            empty_array_mt: prim::registry_field(vm, EMPTY_ARRAY_MT).as_table(),
        }
    }

    /// Whether tables with this metatable are arrays.
    pub fn is_array_mt(&self, meta: Gc<Table>) -> bool {
        self.array_mt.is_some_and(|mt| mt == meta)
    }

    /// Whether empty tables with this metatable are arrays.
    pub fn is_empty_array_mt(&self, meta: Gc<Table>) -> bool {
        self.empty_array_mt.is_some_and(|mt| mt == meta)
    }

    /// Whether a byte of a string is written as an escape.
    #[inline(always)]
    pub fn escapes(&self, c: u8) -> bool {
        match c {
            b'"' | b'\\' | 0..32 => true,
            b'/' | 127 => self.escape_slash || (c == 127 && !self.is_strict),
            _ => false,
        }
    }
}

/// A new table of settings.
pub fn new(vm: &mut Vm, defaults: &[i64]) -> Result<Gc<Table>, Raise> {
    let table = prim::new_table(vm, Setting::Sort as u32, 0)?;
    for (i, n) in (1..).zip(defaults) {
        prim::set_int(vm, table, i, Value::int(*n))?;
    }
    Ok(table)
}

/// The metatables that mark arrays, and those that mark empty ones.
pub fn array_metatables(vm: &mut Vm) -> Result<(Gc<Table>, Gc<Table>), Raise> {
    Ok((prim::registry_table(vm, ARRAY_MT)?, prim::registry_table(vm, EMPTY_ARRAY_MT)?))
}
