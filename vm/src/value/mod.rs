//! Values: 16 bytes, an 8-byte payload and a 1-byte tag.
//!
//! Not an enum: copies are two scalar moves, and a tag test is one byte compare. Tags are ordered
//! so that falsity is `tag <= FALSE` and "lives on the heap" is one bit.

pub mod format;
pub mod number;
pub mod parse;
pub mod printf;

/// Tag bytes. [`Value::type_of`] says what programs call them.
pub mod tag {
    /// `nil`.
    pub const NIL: u8 = 0;
    /// `false`.
    pub const FALSE: u8 = 1;
    /// `true`.
    pub const TRUE: u8 = 2;
    /// An integer; the payload is its two's complement.
    pub const INT: u8 = 3;
    /// A float; the payload is its bits.
    pub const FLOAT: u8 = 4;
    /// A bare 64-bit number that programs see as `userdata` (light userdata).
    pub const LIGHT: u8 = 5;
    /// A frame link on a VM stack; never a program's value.
    pub const FRAME: u8 = 6;
    /// A key whose object may be gone; only in table nodes.
    pub const DEAD: u8 = 7;
    /// Bit that all heap references have.
    pub const HEAP: u8 = 0x40;
    /// Interned string of at most 40 bytes: equal iff same object.
    pub const STR: u8 = 0x40;
    /// Longer string: compared by contents.
    pub const LSTR: u8 = 0x41;
    /// A table.
    pub const TABLE: u8 = 0x42;
    /// Function written in the language.
    pub const LUA_FN: u8 = 0x43;
    /// Function written in Rust.
    pub const NATIVE: u8 = 0x44;
    /// A full userdata.
    pub const USERDATA: u8 = 0x45;
    /// A coroutine.
    pub const THREAD: u8 = 0x46;
    /// Heap objects that are never values.
    pub const UPVAL: u8 = 0x47;
    /// A prototype.
    pub const PROTO: u8 = 0x48;
}

/// The basic types of the language, in PUC's order (`LUA_TNIL`…), which indexes the per-type
/// metatables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Type {
    /// `nil`.
    Nil = 0,
    /// `false` and `true`.
    Boolean = 1,
    /// A bare number that programs see as `userdata`.
    LightUserdata = 2,
    /// Integers and floats.
    Number = 3,
    /// Strings.
    String = 4,
    /// Tables.
    Table = 5,
    /// Functions of the language and natives.
    Function = 6,
    /// Full userdata.
    Userdata = 7,
    /// Coroutines.
    Thread = 8,
}

impl Type {
    /// Number of types.
    pub const COUNT: usize = 9;

    /// The name `type` returns.
    pub fn name(self) -> &'static str {
        match self {
            Type::Nil => "nil",
            Type::Boolean => "boolean",
            Type::LightUserdata | Type::Userdata => "userdata",
            Type::Number => "number",
            Type::String => "string",
            Type::Table => "table",
            Type::Function => "function",
            Type::Thread => "thread",
        }
    }
}

/// A value of the language.
///
/// A heap reference stays valid until the next *safepoint* (see [`crate::heap`]) and beyond it
/// only if it is reachable from a root: a stack slot, a table, the registry.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Value {
    pub(crate) payload: u64,
    pub(crate) tag: u8,
}

impl Value {
    /// `nil`.
    pub const NIL: Value = Value { payload: 0, tag: tag::NIL };
    /// `false`.
    pub const FALSE: Value = Value { payload: 0, tag: tag::FALSE };
    /// `true`.
    pub const TRUE: Value = Value { payload: 0, tag: tag::TRUE };

    /// An integer.
    #[inline(always)]
    pub const fn int(i: i64) -> Value {
        Value { payload: i as u64, tag: tag::INT }
    }
    /// A float.
    #[inline(always)]
    pub fn float(f: f64) -> Value {
        Value { payload: f.to_bits(), tag: tag::FLOAT }
    }
    /// A boolean.
    #[inline(always)]
    pub const fn bool(b: bool) -> Value {
        Value { payload: 0, tag: if b { tag::TRUE } else { tag::FALSE } }
    }
    /// A light userdata.
    #[inline(always)]
    pub const fn light(n: u64) -> Value {
        Value { payload: n, tag: tag::LIGHT }
    }

    /// The tag, see [`tag`](mod@tag).
    #[inline(always)]
    pub fn tag(self) -> u8 {
        self.tag
    }
    /// The payload: a number's bits or an object's address.
    #[inline(always)]
    pub fn payload(self) -> u64 {
        self.payload
    }
    /// Whether it is nil.
    #[inline(always)]
    pub fn is_nil(self) -> bool {
        self.tag == tag::NIL
    }
    /// `nil` and `false` are falsy, all else is truthy.
    #[inline(always)]
    pub fn is_falsy(self) -> bool {
        self.tag <= tag::FALSE
    }
    /// Whether it refers to a heap object.
    #[inline(always)]
    pub fn is_heap(self) -> bool {
        self.tag & tag::HEAP != 0
    }
    /// Whether it is an integer or a float.
    #[inline(always)]
    pub fn is_number(self) -> bool {
        self.tag == tag::INT || self.tag == tag::FLOAT
    }
    /// Whether it is a string.
    #[inline(always)]
    pub fn is_string(self) -> bool {
        self.tag | 1 == tag::LSTR
    }
    /// Whether it is a function.
    #[inline(always)]
    pub fn is_function(self) -> bool {
        self.tag == tag::LUA_FN || self.tag == tag::NATIVE
    }

    /// The integer, if it is one (floats with integer values are not).
    #[inline(always)]
    pub fn as_int(self) -> Option<i64> {
        (self.tag == tag::INT).then_some(self.payload as i64)
    }
    /// The float, if it is one.
    #[inline(always)]
    pub fn as_float(self) -> Option<f64> {
        (self.tag == tag::FLOAT).then(|| f64::from_bits(self.payload))
    }
    /// The boolean, if it is one.
    #[inline(always)]
    pub fn as_bool(self) -> Option<bool> {
        match self.tag {
            tag::TRUE => Some(true),
            tag::FALSE => Some(false),
            _ => None,
        }
    }
    /// The basic type.
    pub const fn type_of(self) -> Type {
        match self.tag {
            tag::NIL => Type::Nil,
            tag::FALSE | tag::TRUE => Type::Boolean,
            tag::INT | tag::FLOAT => Type::Number,
            tag::LIGHT => Type::LightUserdata,
            tag::STR | tag::LSTR => Type::String,
            tag::TABLE => Type::Table,
            tag::LUA_FN | tag::NATIVE => Type::Function,
            tag::USERDATA => Type::Userdata,
            tag::THREAD => Type::Thread,
            _ => Type::Nil,
        }
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Value {
        Value::bool(b)
    }
}
impl From<i64> for Value {
    fn from(i: i64) -> Value {
        Value::int(i)
    }
}
impl From<f64> for Value {
    fn from(f: f64) -> Value {
        Value::float(f)
    }
}
