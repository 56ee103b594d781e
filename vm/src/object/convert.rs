//! Values that refer to objects: what a value refers to, and the value of a reference.

use super::function::{LuaFn, NativeObj, ProtoObj, Upval};
use super::string::Str;
use super::table::Table;
use super::thread::Thread;
use super::userdata::Userdata;
use super::{Gc, Header};
use crate::value::{Value, number, tag};

impl Value {
    /// The string, if the value is one.
    #[inline(always)]
    pub fn as_str(self) -> Option<Gc<Str>> {
        // SAFETY: a string tag says that the payload points to a live `Str`.
        self.is_string().then(|| unsafe { Gc::from_payload(self.payload) })
    }
    /// The table, if the value is one.
    #[inline(always)]
    pub fn as_table(self) -> Option<Gc<Table>> {
        // SAFETY: as in `as_str`, for this tag; so for the accessors below.
        (self.tag == tag::TABLE).then(|| unsafe { Gc::from_payload(self.payload) })
    }
    /// The closure, if the value is a function written in the language.
    #[inline(always)]
    pub fn as_lua_fn(self) -> Option<Gc<LuaFn>> {
        // SAFETY: see `as_table`.
        (self.tag == tag::LUA_FN).then(|| unsafe { Gc::from_payload(self.payload) })
    }
    /// The function object, if the value is a native function.
    #[inline(always)]
    pub fn as_native(self) -> Option<Gc<NativeObj>> {
        // SAFETY: see `as_table`.
        (self.tag == tag::NATIVE).then(|| unsafe { Gc::from_payload(self.payload) })
    }
    /// The userdata, if the value is a full one.
    #[inline(always)]
    pub fn as_userdata(self) -> Option<Gc<Userdata>> {
        // SAFETY: see `as_table`.
        (self.tag == tag::USERDATA).then(|| unsafe { Gc::from_payload(self.payload) })
    }
    /// The coroutine, if the value is one.
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
