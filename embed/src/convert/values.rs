//! Lists of values: arguments and results.

use super::{Arg, FromLua, IntoLua};
use crate::call::Next;
use crate::cx::Cx;
use crate::error::Result;
use crate::handle::Releases;
use crate::value::Value;
use luka_vm::Value as Raw;
use std::marker::PhantomData;
use std::sync::Arc;

/// Owned values: the results of a program, or arguments whose number is not known before.
#[derive(Clone, Default, Debug)]
pub struct Values(Vec<Value>);

impl Values {
    /// Handles of values, whatever limit there is.
    pub(crate) fn of(cx: &Cx, raw: &[Raw]) -> Values {
        Values(raw.iter().map(|&raw| Value::from_raw(cx, raw)).collect())
    }

    /// The values as a type or a tuple of types; missing ones are nil, others are left out.
    ///
    /// # Errors
    /// A value is not of the type asked for; the values are of another machine.
    pub fn get<R: FromValues>(&self, cx: &Cx) -> Result<R> {
        let raw: Vec<Raw> = self.0.iter().map(|value| value.raw(cx)).collect::<Result<_>>()?;
        R::from_values(ValueList::new(&raw, cx.releases()), cx)
    }

    /// The values one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Value> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values as a list.
    pub fn into_vec(self) -> Vec<Value> {
        self.0
    }
}

impl From<Vec<Value>> for Values {
    fn from(values: Vec<Value>) -> Values {
        Values(values)
    }
}

/// Values on their way into Rust, in order: what [`FromValues`] reads.
pub struct ValueList<'a> {
    raw: &'a [Raw],
    at: usize,
    owner: Arc<Releases>,
}

impl<'a> ValueList<'a> {
    pub(crate) fn new(raw: &'a [Raw], owner: Arc<Releases>) -> ValueList<'a> {
        ValueList { raw, at: 0, owner }
    }

    /// The next value; nil when there is none left.
    pub fn next_arg(&mut self) -> Arg<'a> {
        let raw = self.raw.get(self.at).copied().unwrap_or(Raw::NIL);
        self.at += 1;
        Arg::new(raw, self.owner.clone())
    }

    /// How many values are left.
    pub fn remaining(&self) -> usize {
        self.raw.len().saturating_sub(self.at)
    }

    /// Converts the next value; an error says which one it was.
    fn read<T: FromLua>(&mut self, cx: &Cx) -> Result<T> {
        let n = self.at + 1;
        T::from_lua(self.next_arg(), cx).map_err(|error| error.numbered(n))
    }
}

/// Types that a list of values can be converted to: one type, a tuple of up to eight, or
/// [`Values`], which takes all.
pub trait FromValues: Sized {
    /// Converts the values.
    ///
    /// # Errors
    /// One of them cannot be converted.
    fn from_values(values: ValueList<'_>, cx: &Cx) -> Result<Self>;
}

impl<T: FromLua> FromValues for T {
    fn from_values(mut values: ValueList<'_>, cx: &Cx) -> Result<T> {
        values.read(cx)
    }
}

impl FromValues for Values {
    fn from_values(mut values: ValueList<'_>, cx: &Cx) -> Result<Values> {
        let n = values.remaining();
        cx.reserve_handles(n)?;
        (0..n).map(|_| values.next_arg().value(cx)).collect::<Result<Vec<_>>>().map(Values)
    }
}

/// Values on their way into a machine, in order: what [`IntoValues`] writes.
pub struct ValueStack<'vm> {
    raw: Vec<Raw>,
    brand: PhantomData<fn(&'vm ()) -> &'vm ()>,
}

impl<'vm> ValueStack<'vm> {
    pub(crate) fn new() -> ValueStack<'vm> {
        ValueStack { raw: Vec::new(), brand: PhantomData }
    }

    /// Adds a value.
    ///
    /// # Errors
    /// It cannot be converted.
    pub fn push(&mut self, value: impl IntoLua, cx: &mut Cx<'vm>) -> Result<()> {
        self.raw.push(value.into_raw(cx)?.0);
        Ok(())
    }

    pub(crate) fn raw(&self) -> &[Raw] {
        &self.raw
    }
}

/// Types that can be converted to a list of values: one value, a tuple of up to eight, `()` for
/// none, or [`Values`].
pub trait IntoValues {
    /// Adds the values to `out`.
    ///
    /// # Errors
    /// One of them cannot be converted.
    fn into_values<'vm>(self, cx: &mut Cx<'vm>, out: &mut ValueStack<'vm>) -> Result<()>;
}

impl<T: IntoLua> IntoValues for T {
    fn into_values<'vm>(self, cx: &mut Cx<'vm>, out: &mut ValueStack<'vm>) -> Result<()> {
        out.push(self, cx)
    }
}

impl IntoValues for () {
    fn into_values<'vm>(self, _: &mut Cx<'vm>, _: &mut ValueStack<'vm>) -> Result<()> {
        Ok(())
    }
}

impl IntoValues for Values {
    fn into_values<'vm>(self, cx: &mut Cx<'vm>, out: &mut ValueStack<'vm>) -> Result<()> {
        self.0.into_iter().try_for_each(|value| out.push(value, cx))
    }
}

impl IntoValues for &Values {
    fn into_values<'vm>(self, cx: &mut Cx<'vm>, out: &mut ValueStack<'vm>) -> Result<()> {
        self.0.iter().try_for_each(|value| out.push(value, cx))
    }
}

macro_rules! tuples {
    ($(($($name:ident),*))*) => { $(
        impl<$($name: FromLua),*> FromValues for ($($name,)*) {
            fn from_values(mut values: ValueList<'_>, cx: &Cx) -> Result<Self> {
                Ok(($(values.read::<$name>(cx)?,)*))
            }
        }
        impl<$($name: IntoLua),*> IntoValues for ($($name,)*) {
            #[allow(non_snake_case)]
            fn into_values<'vm>(self, cx: &mut Cx<'vm>, out: &mut ValueStack<'vm>) -> Result<()> {
                let ($($name,)*) = self;
                $(out.push($name, cx)?;)*
                Ok(())
            }
        }
    )* };
}
tuples! {
    (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) (A, B, C, D, E, F, G)
    (A, B, C, D, E, F, G, H)
}

/// What a host function returns: values, or a [`Next`] that says what is to happen.
pub trait IntoNext {
    /// What the machine does next.
    ///
    /// # Errors
    /// A value cannot be converted.
    fn into_next<'vm>(self, cx: &mut Cx<'vm>, out: &mut ValueStack<'vm>) -> Result<Option<Next>>;
}

impl<R: IntoValues> IntoNext for R {
    fn into_next<'vm>(self, cx: &mut Cx<'vm>, out: &mut ValueStack<'vm>) -> Result<Option<Next>> {
        self.into_values(cx, out).map(|()| None)
    }
}

impl IntoNext for Next {
    fn into_next<'vm>(self, cx: &mut Cx<'vm>, out: &mut ValueStack<'vm>) -> Result<Option<Next>> {
        match self {
            Next::Return(values) => values.into_values(cx, out).map(|()| None),
            next => Ok(Some(next)),
        }
    }
}
