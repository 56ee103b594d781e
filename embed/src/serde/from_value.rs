//! Deserialization out of a machine.

use crate::convert::DEPTH;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::table::Table;
use crate::value::Value;
use serde::de::{self, DeserializeSeed, Visitor};
use serde::forward_to_deserialize_any;

/// One value to be read.
pub(super) struct Deserializer<'a, 'vm> {
    cx: &'a Cx<'vm>,
    value: Value,
    depth: u32,
}

impl<'a, 'vm> Deserializer<'a, 'vm> {
    pub(super) fn new(cx: &'a Cx<'vm>, value: Value) -> Deserializer<'a, 'vm> {
        Deserializer { cx, value, depth: 0 }
    }

    fn table(self) -> Result<(&'a Cx<'vm>, Table, u32)> {
        if self.depth == DEPTH {
            return Err(Error::too_deep());
        }
        match self.value {
            Value::Table(table) => Ok((self.cx, table, self.depth + 1)),
            other => {
                Err(Error::conversion(format!("table expected, got {}", other.type_of().name())))
            }
        }
    }

    fn items(self) -> Result<Items<'a, 'vm>> {
        let (cx, table, depth) = self.table()?;
        Ok(Items { cx, rest: table.sequence::<Value>(cx)?.into_iter(), depth })
    }

    fn entries(self) -> Result<Entries<'a, 'vm>> {
        let (cx, table, depth) = self.table()?;
        Ok(Entries { cx, rest: table.entries(cx)?.into_iter(), value: None, depth })
    }

    /// Whether a table is a list: it has items and nothing else.
    fn is_list(&self, table: &Table) -> Result<bool> {
        let n = table.len(self.cx)?;
        Ok(n > 0 && table.entries::<Value, Value>(self.cx)?.len() == n)
    }
}

impl<'de> de::Deserializer<'de> for Deserializer<'_, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match &self.value {
            Value::Nil => visitor.visit_unit(),
            Value::Boolean(b) => visitor.visit_bool(*b),
            Value::Integer(n) => visitor.visit_i64(*n),
            Value::Number(x) => visitor.visit_f64(*x),
            Value::String(s) => match s.text(self.cx) {
                Ok(text) => visitor.visit_str(text),
                Err(_) => visitor.visit_bytes(s.bytes(self.cx)?),
            },
            Value::Table(table) if self.is_list(table)? => visitor.visit_seq(self.items()?),
            Value::Table(_) => visitor.visit_map(self.entries()?),
            other => Err(Error::conversion(format!("a {} is no data", other.type_of().name()))),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.value.is_nil() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match &self.value {
            Value::String(s) => visitor.visit_bytes(s.bytes(self.cx)?),
            _ => self.deserialize_any(visitor),
        }
    }
    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_seq(self.items()?)
    }
    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        visitor.visit_seq(self.items()?)
    }
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_seq(self.items()?)
    }
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_map(self.entries()?)
    }
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_map(self.entries()?)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        if let Value::String(_) = &self.value {
            let variant = Variant { cx: self.cx, name: self.value, value: None, depth: self.depth };
            return visitor.visit_enum(variant);
        }
        let mut entries = self.entries()?;
        match (entries.rest.next(), entries.rest.next()) {
            (Some((name, value)), None) => {
                let (cx, depth) = (entries.cx, entries.depth);
                visitor.visit_enum(Variant { cx, name, value: Some(value), depth })
            }
            _ => Err(Error::conversion("a variant is a string or a table with one field")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string unit unit_struct
        identifier ignored_any
    }
}

struct Items<'a, 'vm> {
    cx: &'a Cx<'vm>,
    rest: std::vec::IntoIter<Value>,
    depth: u32,
}

impl<'de> de::SeqAccess<'de> for Items<'_, '_> {
    type Error = Error;
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some(value) = self.rest.next() else { return Ok(None) };
        seed.deserialize(Deserializer { cx: self.cx, value, depth: self.depth }).map(Some)
    }
    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Entries<'a, 'vm> {
    cx: &'a Cx<'vm>,
    rest: std::vec::IntoIter<(Value, Value)>,
    /// The value of the key that was read last.
    value: Option<Value>,
    depth: u32,
}

impl<'de> de::MapAccess<'de> for Entries<'_, '_> {
    type Error = Error;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(Deserializer { cx: self.cx, value: key, depth: self.depth }).map(Some)
    }
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        let value = self.value.take().unwrap_or(Value::Nil);
        seed.deserialize(Deserializer { cx: self.cx, value, depth: self.depth })
    }
}

struct Variant<'a, 'vm> {
    cx: &'a Cx<'vm>,
    name: Value,
    value: Option<Value>,
    depth: u32,
}

impl<'a, 'vm> Variant<'a, 'vm> {
    fn content(self) -> Deserializer<'a, 'vm> {
        let value = self.value.unwrap_or(Value::Nil);
        Deserializer { cx: self.cx, value, depth: self.depth }
    }
}

impl<'de> de::EnumAccess<'de> for Variant<'_, '_> {
    type Error = Error;
    type Variant = Self;
    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self)> {
        let name = Deserializer { cx: self.cx, value: self.name.clone(), depth: self.depth };
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> de::VariantAccess<'de> for Variant<'_, '_> {
    type Error = Error;
    fn unit_variant(self) -> Result<()> {
        match self.value {
            None => Ok(()),
            Some(_) => Err(Error::conversion("the variant has no value")),
        }
    }
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        seed.deserialize(self.content())
    }
    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        visitor.visit_seq(self.content().items()?)
    }
    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_map(self.content().entries()?)
    }
}
