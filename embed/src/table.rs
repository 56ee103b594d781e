//! Handles of tables. Access is raw: metamethods are functions of programs, which only a running
//! machine calls.

use crate::convert::{FromLua, IntoLua, inner, raw_of};
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::handle::Handle;
use luka_vm::table::SetError;
use luka_vm::{Gc, Table as RawTable, Value as Raw};

/// A table of a program.
#[derive(Clone, Debug)]
pub struct Table(Handle);

impl Table {
    pub(crate) fn from_handle(handle: Handle) -> Table {
        Table(handle)
    }
    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }

    fn raw(&self, cx: &Cx) -> Result<Gc<RawTable>> {
        self.0.raw(cx)?.as_table().ok_or_else(Error::gone)
    }

    /// The value of a key, without metamethods; nil if there is none.
    ///
    /// # Errors
    /// The value is not of the type asked for; the handle or the key is of another machine.
    pub fn get<V: FromLua>(&self, cx: &Cx, key: impl IntoLua) -> Result<V> {
        let key = raw_of(key, cx)?;
        inner(self.raw(cx)?.get(key), cx)
    }

    /// Sets the value of a key, without metamethods; nil removes it.
    ///
    /// # Errors
    /// The key is nil or NaN, the memory limit is passed, a handle is of another machine, or a
    /// conversion fails.
    pub fn set(&self, cx: &Cx, key: impl IntoLua, value: impl IntoLua) -> Result<()> {
        let table = self.raw(cx)?;
        // Both before the store: conversions are code of the user's.
        let (key, value) = (raw_of(key, cx)?, raw_of(value, cx)?);
        set_raw(cx, table, key, value)
    }

    /// Appends a value behind the border of the table.
    ///
    /// # Errors
    /// As [`Table::set`].
    pub fn push(&self, cx: &Cx, value: impl IntoLua) -> Result<()> {
        let n = self.len(cx)? as i64;
        self.set(cx, n + 1, value)
    }

    /// A border, as `#` gives it without metamethods.
    ///
    /// # Errors
    /// The handle is of another machine.
    pub fn len(&self, cx: &Cx) -> Result<usize> {
        let table = self.raw(cx)?;
        Ok(cx.with(|_| table.len()) as usize)
    }

    /// Whether the border is 0.
    ///
    /// # Errors
    /// As [`Table::len`].
    pub fn is_empty(&self, cx: &Cx) -> Result<bool> {
        Ok(self.len(cx)? == 0)
    }

    /// All keys and values, in the order of `next`.
    ///
    /// # Errors
    /// A key or value is not of the type asked for; the handle is of another machine.
    pub fn entries<K: FromLua, V: FromLua>(&self, cx: &Cx) -> Result<Vec<(K, V)>> {
        let table = self.raw(cx)?;
        let entries: Vec<(Raw, Raw)> = cx.with(|_| table.entries().collect());
        entries.into_iter().map(|(key, value)| Ok((inner(key, cx)?, inner(value, cx)?))).collect()
    }

    /// The values of 1, 2, … up to the border.
    ///
    /// # Errors
    /// A value is not of the type asked for; the handle is of another machine.
    pub fn sequence<V: FromLua>(&self, cx: &Cx) -> Result<Vec<V>> {
        let table = self.raw(cx)?;
        let n = cx.with(|_| table.len());
        (1..=n).map(|i| inner(table.get_int(i), cx)).collect()
    }

    /// The metatable, if there is one.
    ///
    /// # Errors
    /// The handle is of another machine.
    pub fn metatable(&self, cx: &Cx) -> Result<Option<Table>> {
        let meta = self.raw(cx)?.metatable();
        meta.map(|meta| Ok(Table(cx.handle(meta.into())?))).transpose()
    }

    /// Sets or removes the metatable.
    ///
    /// # Errors
    /// A handle is of another machine.
    pub fn set_metatable(&self, cx: &Cx, meta: Option<&Table>) -> Result<()> {
        let table = self.raw(cx)?;
        let meta = meta.map(|meta| meta.raw(cx)).transpose()?;
        cx.with(|machine| table.set_metatable(&mut machine.heap, meta));
        Ok(())
    }

    /// Whether both are the same table.
    ///
    /// # Errors
    /// A handle is of another machine.
    pub fn is_same(&self, other: &Table, cx: &Cx) -> Result<bool> {
        Ok(self.raw(cx)? == other.raw(cx)?)
    }
}

pub(crate) fn set_raw(cx: &Cx, table: Gc<RawTable>, key: Raw, value: Raw) -> Result<()> {
    cx.with(|machine| table.set(&mut machine.heap, key, value)).map_err(|error| match error {
        SetError::Memory => Error::memory(),
        error => Error::runtime(error.message()),
    })
}
