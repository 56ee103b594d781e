//! Serialization into a machine.

use crate::convert::{Bytes, DEPTH, IntoLua};
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::table::Table;
use crate::value::Value;
use serde::Serialize;
use serde::ser;

/// Makes one value.
#[derive(Clone, Copy)]
pub(super) struct Serializer<'a, 'vm> {
    cx: &'a Cx<'vm>,
    depth: u32,
}

impl<'a, 'vm> Serializer<'a, 'vm> {
    pub(super) fn new(cx: &'a Cx<'vm>) -> Serializer<'a, 'vm> {
        Serializer { cx, depth: 0 }
    }

    fn value(self, value: impl IntoLua) -> Result<Value> {
        value.into_lua(&mut self.cx.again())
    }

    /// For the values inside of a table.
    fn inside(self) -> Result<Serializer<'a, 'vm>> {
        if self.depth == DEPTH {
            return Err(Error::too_deep());
        }
        Ok(Serializer { cx: self.cx, depth: self.depth + 1 })
    }

    /// A table to be filled; `variant` is the name under which another one holds it.
    fn fill(self, variant: Option<&'static str>) -> Result<Fill<'a, 'vm>> {
        Ok(Fill { inside: self.inside()?, table: self.cx.table()?, variant, next: 1, key: None })
    }

    /// `{ variant = value }`.
    fn tagged(self, variant: &str, value: Value) -> Result<Value> {
        let table = self.cx.table()?;
        table.set(self.cx, variant, value)?;
        Ok(Value::Table(table))
    }
}

macro_rules! plain {
    ($($name:ident: $type:ty),*) => { $(
        fn $name(self, value: $type) -> Result<Value> {
            self.value(value)
        }
    )* };
}

impl<'a, 'vm> ser::Serializer for Serializer<'a, 'vm> {
    type Ok = Value;
    type Error = Error;
    type SerializeSeq = Fill<'a, 'vm>;
    type SerializeTuple = Fill<'a, 'vm>;
    type SerializeTupleStruct = Fill<'a, 'vm>;
    type SerializeTupleVariant = Fill<'a, 'vm>;
    type SerializeMap = Fill<'a, 'vm>;
    type SerializeStruct = Fill<'a, 'vm>;
    type SerializeStructVariant = Fill<'a, 'vm>;

    plain! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32,
        serialize_i64: i64, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64, serialize_f32: f32, serialize_f64: f64, serialize_str: &str
    }

    fn serialize_char(self, value: char) -> Result<Value> {
        self.value(value.to_string())
    }
    fn serialize_bytes(self, value: &[u8]) -> Result<Value> {
        self.value(Bytes(value.to_vec()))
    }
    fn serialize_none(self) -> Result<Value> {
        Ok(Value::Nil)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<Value> {
        Ok(Value::Nil)
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<Value> {
        Ok(Value::Nil)
    }
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Value> {
        self.value(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Value> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value> {
        let value = value.serialize(self.inside()?)?;
        self.tagged(variant, value)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Fill<'a, 'vm>> {
        self.fill(None)
    }
    fn serialize_tuple(self, _: usize) -> Result<Fill<'a, 'vm>> {
        self.fill(None)
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Fill<'a, 'vm>> {
        self.fill(None)
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Fill<'a, 'vm>> {
        self.fill(Some(variant))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Fill<'a, 'vm>> {
        self.fill(None)
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fill<'a, 'vm>> {
        self.fill(None)
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Fill<'a, 'vm>> {
        self.fill(Some(variant))
    }
}

/// A table that is being filled.
pub(super) struct Fill<'a, 'vm> {
    inside: Serializer<'a, 'vm>,
    table: Table,
    variant: Option<&'static str>,
    /// The index of the next item of a list.
    next: i64,
    /// The key of the value that comes next in a map.
    key: Option<Value>,
}

impl Fill<'_, '_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let value = value.serialize(self.inside)?;
        self.table.set(self.inside.cx, self.next, value)?;
        self.next += 1;
        Ok(())
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<()> {
        let value = value.serialize(self.inside)?;
        self.table.set(self.inside.cx, name, value)
    }

    fn done(self) -> Result<Value> {
        let value = Value::Table(self.table);
        match self.variant {
            Some(variant) => self.inside.tagged(variant, value),
            None => Ok(value),
        }
    }
}

macro_rules! fills {
    ($($trait:ident: $method:ident as $how:ident($($key:ident: $type:ty)?);)*) => { $(
        impl ser::$trait for Fill<'_, '_> {
            type Ok = Value;
            type Error = Error;
            fn $method<T: Serialize + ?Sized>(&mut self, $($key: $type,)? value: &T) -> Result<()> {
                self.$how($($key,)? value)
            }
            fn end(self) -> Result<Value> {
                self.done()
            }
        }
    )* };
}
fills! {
    SerializeSeq: serialize_element as item();
    SerializeTuple: serialize_element as item();
    SerializeTupleStruct: serialize_field as item();
    SerializeTupleVariant: serialize_field as item();
    SerializeStruct: serialize_field as field(key: &'static str);
    SerializeStructVariant: serialize_field as field(key: &'static str);
}

impl ser::SerializeMap for Fill<'_, '_> {
    type Ok = Value;
    type Error = Error;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.key = Some(key.serialize(self.inside)?);
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let key = self.key.take().ok_or_else(|| Error::conversion("a value without a key"))?;
        let value = value.serialize(self.inside)?;
        self.table.set(self.inside.cx, key, value)
    }
    fn end(self) -> Result<Value> {
        self.done()
    }
}
