//! Values of Rust as values of programs.

use super::Bytes;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::function::Function;
use crate::string::Str;
use crate::table::Table;
use crate::thread::Thread;
use crate::userdata::{AnyUserdata, UserData, Userdata};
use crate::value::Value;
use luka_vm::Value as Raw;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::marker::PhantomData;

/// Types that can be converted to values of programs.
pub trait IntoLua: Sized {
    /// Converts to an owned value.
    ///
    /// # Errors
    /// The value cannot be represented, a handle is of another machine, or the memory limit is
    /// passed.
    fn into_lua(self, cx: &mut Cx) -> Result<Value>;

    /// The same without a handle: what this crate's own types do better.
    #[doc(hidden)]
    fn into_raw<'vm>(self, cx: &mut Cx<'vm>) -> Result<RawValue<'vm>> {
        let value = self.into_lua(&mut cx.again())?;
        value.raw(cx).map(RawValue::new)
    }
}

/// A value that is about to be stored in the machine of this context.
#[doc(hidden)]
pub struct RawValue<'vm>(pub(crate) Raw, PhantomData<fn(&'vm ()) -> &'vm ()>);

impl RawValue<'_> {
    pub(crate) fn new(raw: Raw) -> Self {
        RawValue(raw, PhantomData)
    }
}

/// Types whose raw value is made directly.
macro_rules! directly {
    ($([$($generics:tt)*] $type:ty: |$value:ident, $cx:ident| $raw:expr;)*) => { $(
        impl<$($generics)*> IntoLua for $type {
            fn into_lua(self, cx: &mut Cx) -> Result<Value> {
                let raw = self.into_raw(cx)?.0;
                cx.reserve_handles(1)?;
                Ok(Value::from_raw(cx, raw))
            }
            fn into_raw<'vm>(self, $cx: &mut Cx<'vm>) -> Result<RawValue<'vm>> {
                let $value = self;
                Ok(RawValue::new($raw))
            }
        }
    )* };
}

fn integer<T: TryInto<i64> + Copy + std::fmt::Display>(n: T) -> Result<Raw> {
    n.try_into()
        .map(Raw::int)
        .map_err(|_| Error::conversion(format!("{n} is out of range for an integer")))
}

directly! {
    [] bool: |value, _cx| if value { Raw::TRUE } else { Raw::FALSE };
    [] i8: |value, _cx| Raw::int(value.into());
    [] i16: |value, _cx| Raw::int(value.into());
    [] i32: |value, _cx| Raw::int(value.into());
    [] i64: |value, _cx| Raw::int(value);
    [] isize: |value, _cx| integer(value)?;
    [] u8: |value, _cx| Raw::int(value.into());
    [] u16: |value, _cx| Raw::int(value.into());
    [] u32: |value, _cx| Raw::int(value.into());
    [] u64: |value, _cx| integer(value)?;
    [] usize: |value, _cx| integer(value)?;
    [] f32: |value, _cx| Raw::float(value.into());
    [] f64: |value, _cx| Raw::float(value);
    [] &str: |value, cx| cx.raw_string(value.as_bytes())?;
    [] String: |value, cx| cx.raw_string(value.as_bytes())?;
    [] &String: |value, cx| cx.raw_string(value.as_bytes())?;
    [] Box<str>: |value, cx| cx.raw_string(value.as_bytes())?;
    [] Cow<'_, str>: |value, cx| cx.raw_string(value.as_bytes())?;
    [] &[u8]: |value, cx| cx.raw_string(value)?;
    [] Bytes: |value, cx| cx.raw_string(&value.0)?;
    [] &Bytes: |value, cx| cx.raw_string(&value.0)?;
    [T: IntoLua] Option<T>: |value, cx| match value {
        Some(value) => value.into_raw(cx)?.0,
        None => Raw::NIL,
    };
    [T: IntoLua] Vec<T>: |value, cx| list(cx, value)?;
    [T: IntoLua, const N: usize] [T; N]: |value, cx| list(cx, value)?;
    [K: IntoLua, V: IntoLua, S] HashMap<K, V, S>: |value, cx| map(cx, value)?;
    [K: IntoLua, V: IntoLua] BTreeMap<K, V>: |value, cx| map(cx, value)?;
    [] Value: |value, cx| value.raw(cx)?;
    [] &Value: |value, cx| value.raw(cx)?;
    [] Str: |value, cx| value.handle().raw(cx)?;
    [] &Str: |value, cx| value.handle().raw(cx)?;
    [] Table: |value, cx| value.handle().raw(cx)?;
    [] &Table: |value, cx| value.handle().raw(cx)?;
    [] Function: |value, cx| value.handle().raw(cx)?;
    [] &Function: |value, cx| value.handle().raw(cx)?;
    [] Thread: |value, cx| value.handle().raw(cx)?;
    [] &Thread: |value, cx| value.handle().raw(cx)?;
    [] AnyUserdata: |value, cx| value.handle().raw(cx)?;
    [] &AnyUserdata: |value, cx| value.handle().raw(cx)?;
    [T: UserData] Userdata<T>: |value, cx| value.any().handle().raw(cx)?;
    [T: UserData] &Userdata<T>: |value, cx| value.any().handle().raw(cx)?;
}

fn list<T: IntoLua>(cx: &Cx, values: impl IntoIterator<Item = T>) -> Result<Raw> {
    let table = cx.table()?;
    for (i, value) in (1i64..).zip(values) {
        table.set(cx, i, value)?;
    }
    table.handle().raw(cx)
}

fn map<K: IntoLua, V: IntoLua>(cx: &Cx, entries: impl IntoIterator<Item = (K, V)>) -> Result<Raw> {
    let table = cx.table()?;
    for (key, value) in entries {
        table.set(cx, key, value)?;
    }
    table.handle().raw(cx)
}
