//! Values: 16 bytes, an 8-byte payload and a 1-byte tag.
//!
//! Not an enum: copies are two scalar moves, and a tag test is one byte compare. Tags are ordered
//! so that falsity is `tag <= FALSE` and "lives on the heap" is one bit.

#[deny(unsafe_code)]
pub mod format;
#[deny(unsafe_code)]
pub mod number;
#[deny(unsafe_code)]
pub mod parse;
#[deny(unsafe_code)]
pub mod printf;

use crate::function::{LuaFn, NativeObj, ProtoObj, Upval};
use crate::heap::{Gc, Header};
use crate::string::Str;
use crate::table::Table;
use crate::thread::Thread;
use crate::userdata::Userdata;

/// Tag bytes. [`Value::type_of`] says what programs call them.
pub mod tag {
    pub const NIL: u8 = 0;
    pub const FALSE: u8 = 1;
    pub const TRUE: u8 = 2;
    pub const INT: u8 = 3;
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
    pub const TABLE: u8 = 0x42;
    /// Function written in the language.
    pub const LUA_FN: u8 = 0x43;
    /// Function written in Rust.
    pub const NATIVE: u8 = 0x44;
    pub const USERDATA: u8 = 0x45;
    pub const THREAD: u8 = 0x46;
    /// Heap objects that are never values.
    pub const UPVAL: u8 = 0x47;
    pub const PROTO: u8 = 0x48;
}

/// The basic types of the language, in PUC's order (`LUA_TNIL`…), which indexes the per-type
/// metatables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Type {
    Nil = 0,
    Boolean = 1,
    LightUserdata = 2,
    Number = 3,
    String = 4,
    Table = 5,
    Function = 6,
    Userdata = 7,
    Thread = 8,
}

impl Type {
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
    pub const NIL: Value = Value { payload: 0, tag: tag::NIL };
    pub const FALSE: Value = Value { payload: 0, tag: tag::FALSE };
    pub const TRUE: Value = Value { payload: 0, tag: tag::TRUE };

    #[inline(always)]
    pub const fn int(i: i64) -> Value {
        Value { payload: i as u64, tag: tag::INT }
    }
    #[inline(always)]
    pub fn float(f: f64) -> Value {
        Value { payload: f.to_bits(), tag: tag::FLOAT }
    }
    #[inline(always)]
    pub const fn bool(b: bool) -> Value {
        Value { payload: 0, tag: if b { tag::TRUE } else { tag::FALSE } }
    }
    #[inline(always)]
    pub const fn light(n: u64) -> Value {
        Value { payload: n, tag: tag::LIGHT }
    }

    #[inline(always)]
    pub fn tag(self) -> u8 {
        self.tag
    }
    #[inline(always)]
    pub fn payload(self) -> u64 {
        self.payload
    }
    #[inline(always)]
    pub fn is_nil(self) -> bool {
        self.tag == tag::NIL
    }
    /// `nil` and `false` are falsy, all else is truthy.
    #[inline(always)]
    pub fn is_falsy(self) -> bool {
        self.tag <= tag::FALSE
    }
    #[inline(always)]
    pub fn is_heap(self) -> bool {
        self.tag & tag::HEAP != 0
    }
    #[inline(always)]
    pub fn is_number(self) -> bool {
        self.tag == tag::INT || self.tag == tag::FLOAT
    }
    #[inline(always)]
    pub fn is_string(self) -> bool {
        self.tag | 1 == tag::LSTR
    }
    #[inline(always)]
    pub fn is_function(self) -> bool {
        self.tag == tag::LUA_FN || self.tag == tag::NATIVE
    }

    #[inline(always)]
    pub fn as_int(self) -> Option<i64> {
        (self.tag == tag::INT).then_some(self.payload as i64)
    }
    #[inline(always)]
    pub fn as_float(self) -> Option<f64> {
        (self.tag == tag::FLOAT).then(|| f64::from_bits(self.payload))
    }
    #[inline(always)]
    pub fn as_bool(self) -> Option<bool> {
        match self.tag {
            tag::TRUE => Some(true),
            tag::FALSE => Some(false),
            _ => None,
        }
    }
    #[inline(always)]
    pub fn as_str(self) -> Option<Gc<Str>> {
        // SAFETY: a string tag says that the payload points to a live `Str`.
        self.is_string().then(|| unsafe { Gc::from_payload(self.payload) })
    }
    #[inline(always)]
    pub fn as_table(self) -> Option<Gc<Table>> {
        // SAFETY: as in `as_str`, for this tag; so for the accessors below.
        (self.tag == tag::TABLE).then(|| unsafe { Gc::from_payload(self.payload) })
    }
    #[inline(always)]
    pub fn as_lua_fn(self) -> Option<Gc<LuaFn>> {
        // SAFETY: see `as_table`.
        (self.tag == tag::LUA_FN).then(|| unsafe { Gc::from_payload(self.payload) })
    }
    #[inline(always)]
    pub fn as_native(self) -> Option<Gc<NativeObj>> {
        // SAFETY: see `as_table`.
        (self.tag == tag::NATIVE).then(|| unsafe { Gc::from_payload(self.payload) })
    }
    #[inline(always)]
    pub fn as_userdata(self) -> Option<Gc<Userdata>> {
        // SAFETY: see `as_table`.
        (self.tag == tag::USERDATA).then(|| unsafe { Gc::from_payload(self.payload) })
    }
    #[inline(always)]
    pub fn as_thread(self) -> Option<Gc<Thread>> {
        // SAFETY: see `as_table`.
        (self.tag == tag::THREAD).then(|| unsafe { Gc::from_payload(self.payload) })
    }
    /// The heap object behind the value, of whatever kind.
    #[inline(always)]
    pub fn as_object(self) -> Option<Gc<Header>> {
        // SAFETY: the HEAP bit says that the payload points to a live object, all of which begin
        // with a `Header`.
        self.is_heap().then(|| unsafe { Gc::from_payload(self.payload) })
    }

    /// The basic type.
    pub fn type_of(self) -> Type {
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

    /// Primitive equality (`rawequal`): no metamethods; `1 == 1.0`.
    #[inline]
    pub fn raw_eq(self, other: Value) -> bool {
        if self.tag == other.tag {
            match self.tag {
                tag::NIL | tag::FALSE | tag::TRUE => true,
                tag::FLOAT => f64::from_bits(self.payload) == f64::from_bits(other.payload),
                tag::LSTR => match (self.as_str(), other.as_str()) {
                    (Some(a), Some(b)) => a == b || a.bytes() == b.bytes(),
                    _ => false,
                },
                _ => self.payload == other.payload,
            }
        } else {
            match (self.tag, other.tag) {
                (tag::INT, tag::FLOAT) => {
                    number::int_eq_float(self.payload as i64, f64::from_bits(other.payload))
                }
                (tag::FLOAT, tag::INT) => {
                    number::int_eq_float(other.payload as i64, f64::from_bits(self.payload))
                }
                _ => false,
            }
        }
    }
}

macro_rules! from_gc {
    ($($t:ty => $tag:expr),*) => { $(
        impl From<Gc<$t>> for Value {
            #[inline(always)]
            fn from(g: Gc<$t>) -> Value {
                Value { payload: g.as_ptr() as u64, tag: $tag }
            }
        }
    )* };
}
from_gc!(Table => tag::TABLE, LuaFn => tag::LUA_FN, NativeObj => tag::NATIVE,
    Userdata => tag::USERDATA, Thread => tag::THREAD, Upval => tag::UPVAL, ProtoObj => tag::PROTO);

impl From<Gc<Str>> for Value {
    #[inline(always)]
    fn from(g: Gc<Str>) -> Value {
        Value { payload: g.as_ptr() as u64, tag: g.hdr.kind }
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

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.tag {
            tag::INT => write!(f, "{}", self.payload as i64),
            tag::FLOAT => write!(f, "{:?}", f64::from_bits(self.payload)),
            tag::TRUE => write!(f, "true"),
            tag::FALSE => write!(f, "false"),
            tag::STR | tag::LSTR => match self.as_str() {
                Some(s) => write!(f, "{:?}", String::from_utf8_lossy(s.bytes())),
                None => write!(f, "?"),
            },
            tag::FRAME => write!(f, "<frame>"),
            _ => write!(f, "{}", self.type_of().name()),
        }
    }
}
