//! Values of programs as values of Rust.

use super::{Arg, Bytes};
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::function::Function;
use crate::string::Str;
use crate::table::Table;
use crate::thread::Thread;
use crate::userdata::{AnyUserdata, UserData, Userdata};
use crate::value::{Type, Value};
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// Types that values of programs can be converted to.
///
/// Numbers follow the rules of the standard library: a string that spells a number is one, a float
/// with an integer value is an integer. Tables become lists (`Vec`, from 1 up to the border) or maps.
/// A missing value is nil, which `Option` takes as `None`.
pub trait FromLua: Sized {
    /// Converts a value.
    ///
    /// # Errors
    /// It is not of a type that can be converted, or out of range.
    fn from_lua(value: Arg<'_>, cx: &Cx) -> Result<Self>;
}

macro_rules! integers {
    ($($type:ty),*) => { $(
        impl FromLua for $type {
            fn from_lua(value: Arg<'_>, _: &Cx) -> Result<Self> {
                let Some(n) = value.as_integer() else {
                    return Err(match value.as_number() {
                        Some(_) => Error::conversion("number has no integer representation"),
                        None => value.expected("number"),
                    });
                };
                <$type>::try_from(n).map_err(|_| {
                    Error::conversion(format!("{n} is out of range for {}", stringify!($type)))
                })
            }
        }
    )* };
}
integers!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

impl FromLua for f64 {
    fn from_lua(value: Arg<'_>, _: &Cx) -> Result<Self> {
        value.as_number().ok_or_else(|| value.expected("number"))
    }
}

impl FromLua for f32 {
    fn from_lua(value: Arg<'_>, cx: &Cx) -> Result<Self> {
        f64::from_lua(value, cx).map(|x| x as f32)
    }
}

impl FromLua for bool {
    fn from_lua(value: Arg<'_>, _: &Cx) -> Result<Self> {
        value.as_bool().ok_or_else(|| value.expected("boolean"))
    }
}

impl FromLua for Bytes {
    fn from_lua(value: Arg<'_>, _: &Cx) -> Result<Self> {
        if let Some(bytes) = value.as_bytes() {
            return Ok(Bytes(bytes.to_vec()));
        }
        match value.number_text() {
            Some(text) => Ok(Bytes(text)),
            None => Err(value.expected("string")),
        }
    }
}

impl FromLua for String {
    fn from_lua(value: Arg<'_>, cx: &Cx) -> Result<Self> {
        String::from_utf8(Bytes::from_lua(value, cx)?.0)
            .map_err(|_| Error::conversion("the string is not valid UTF-8"))
    }
}

impl FromLua for Box<str> {
    fn from_lua(value: Arg<'_>, cx: &Cx) -> Result<Self> {
        String::from_lua(value, cx).map(String::into_boxed_str)
    }
}

/// Leaves the value out.
impl FromLua for () {
    fn from_lua(_: Arg<'_>, _: &Cx) -> Result<Self> {
        Ok(())
    }
}

impl FromLua for Value {
    fn from_lua(value: Arg<'_>, cx: &Cx) -> Result<Self> {
        value.value(cx)
    }
}

macro_rules! handles {
    ($($type:ident: $name:literal),*) => { $(
        impl FromLua for $type {
            fn from_lua(value: Arg<'_>, cx: &Cx) -> Result<Self> {
                if value.type_of() != Type::$type {
                    return Err(value.expected($name));
                }
                Ok($type::from_handle(cx.handle(value.raw(cx)?)?))
            }
        }
    )* };
}
handles!(Table: "table", Function: "function", Thread: "coroutine");

impl FromLua for Str {
    fn from_lua(value: Arg<'_>, cx: &Cx) -> Result<Self> {
        if value.as_bytes().is_some() {
            return Ok(Str::from_handle(cx.handle(value.raw(cx)?)?));
        }
        match value.number_text() {
            Some(text) => cx.string(text),
            None => Err(value.expected("string")),
        }
    }
}

impl FromLua for AnyUserdata {
    fn from_lua(value: Arg<'_>, cx: &Cx) -> Result<Self> {
        match value.raw(cx)?.as_userdata() {
            Some(u) => Ok(AnyUserdata::from_handle(cx.handle(u.into())?)),
            None => Err(value.expected("userdata")),
        }
    }
}

impl<T: UserData> FromLua for Userdata<T> {
    fn from_lua(value: Arg<'_>, cx: &Cx) -> Result<Self> {
        let any = AnyUserdata::from_lua(value.clone(), cx).map_err(|_| value.expected(T::NAME))?;
        any.of_type(cx).ok_or_else(|| value.expected(T::NAME))
    }
}

impl<T: FromLua> FromLua for Option<T> {
    fn from_lua(value: Arg<'_>, cx: &Cx) -> Result<Self> {
        if value.is_nil() { Ok(None) } else { T::from_lua(value, cx).map(Some) }
    }
}

impl<T: FromLua> FromLua for Vec<T> {
    fn from_lua(value: Arg<'_>, cx: &Cx) -> Result<Self> {
        Table::from_lua(value, cx)?.sequence(cx)
    }
}

impl<T: FromLua, const N: usize> FromLua for [T; N] {
    fn from_lua(value: Arg<'_>, cx: &Cx) -> Result<Self> {
        let list: Vec<T> = Vec::from_lua(value, cx)?;
        let n = list.len();
        list.try_into()
            .map_err(|_| Error::conversion(format!("a list of {N} values expected, got {n}")))
    }
}

impl<K: FromLua + Eq + Hash, V: FromLua> FromLua for HashMap<K, V> {
    fn from_lua(value: Arg<'_>, cx: &Cx) -> Result<Self> {
        Ok(Table::from_lua(value, cx)?.entries(cx)?.into_iter().collect())
    }
}

impl<K: FromLua + Ord, V: FromLua> FromLua for BTreeMap<K, V> {
    fn from_lua(value: Arg<'_>, cx: &Cx) -> Result<Self> {
        Ok(Table::from_lua(value, cx)?.entries(cx)?.into_iter().collect())
    }
}
