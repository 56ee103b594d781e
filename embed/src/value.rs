//! Values of programs, as owned data.

use crate::cx::Cx;
use crate::error::Result;
use crate::function::Function;
use crate::handle::Handle;
use crate::string::Str;
use crate::table::Table;
use crate::thread::Thread;
use crate::userdata::AnyUserdata;
use luka_vm::Value as Raw;

/// The basic type of a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Type {
    /// `nil`.
    Nil,
    /// `true` or `false`.
    Boolean,
    /// An integer or a float.
    Number,
    /// A string of any bytes.
    String,
    /// A table.
    Table,
    /// A function, of the language or of the host.
    Function,
    /// An object of the host or of a library.
    Userdata,
    /// A coroutine.
    Thread,
}

impl Type {
    pub(crate) fn of(raw: Raw) -> Type {
        use luka_vm::Type as T;
        match raw.type_of() {
            T::Nil => Type::Nil,
            T::Boolean => Type::Boolean,
            T::Number => Type::Number,
            T::String => Type::String,
            T::Table => Type::Table,
            T::Function => Type::Function,
            T::Thread => Type::Thread,
            T::Userdata | T::LightUserdata => Type::Userdata,
        }
    }

    /// The name as `type` returns it.
    pub fn name(self) -> &'static str {
        match self {
            Type::Nil => "nil",
            Type::Boolean => "boolean",
            Type::Number => "number",
            Type::String => "string",
            Type::Table => "table",
            Type::Function => "function",
            Type::Userdata => "userdata",
            Type::Thread => "thread",
        }
    }
}

/// A value: plain data, or a handle that keeps it alive.
#[derive(Clone, Debug)]
pub enum Value {
    /// `nil`.
    Nil,
    /// `true` or `false`.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A float.
    Number(f64),
    /// A string.
    String(Str),
    /// A table.
    Table(Table),
    /// A function.
    Function(Function),
    /// A coroutine.
    Thread(Thread),
    /// Userdata, of the host or of a library.
    Userdata(AnyUserdata),
    /// A light userdata: a number that only identifies something.
    LightUserdata(u64),
}

impl Value {
    pub(crate) fn from_raw(cx: &Cx, raw: Raw) -> Value {
        Value::with_handle(raw, || cx.root(raw))
    }

    /// The value of a root.
    pub(crate) fn of_root(raw: Raw, handle: Handle) -> Value {
        Value::with_handle(raw, || handle)
    }

    fn with_handle(raw: Raw, handle: impl FnOnce() -> Handle) -> Value {
        use luka_vm::Type as T;
        match raw.type_of() {
            T::Nil => Value::Nil,
            T::Boolean => Value::Boolean(!raw.is_falsy()),
            T::Number => match (raw.as_int(), raw.as_float()) {
                (Some(n), _) => Value::Integer(n),
                (_, x) => Value::Number(x.unwrap_or_default()),
            },
            T::String => Value::String(Str::from_handle(handle())),
            T::Table => Value::Table(Table::from_handle(handle())),
            T::Function => Value::Function(Function::from_handle(handle())),
            T::Thread => Value::Thread(Thread::from_handle(handle())),
            T::Userdata => Value::Userdata(AnyUserdata::from_handle(handle())),
            T::LightUserdata => Value::LightUserdata(raw.payload()),
        }
    }

    /// The number by which the machine keeps the value alive for this handle and its clones, and by
    /// which a restored machine gives it back ([`Restored::roots`](crate::Restored)); `None` for plain
    /// data.
    pub fn root(&self) -> Option<usize> {
        let handle = match self {
            Value::String(s) => s.handle(),
            Value::Table(t) => t.handle(),
            Value::Function(f) => f.handle(),
            Value::Thread(t) => t.handle(),
            Value::Userdata(u) => u.handle(),
            Value::Nil
            | Value::Boolean(_)
            | Value::Integer(_)
            | Value::Number(_)
            | Value::LightUserdata(_) => return None,
        };
        Some(handle.number() as usize)
    }

    pub(crate) fn raw(&self, cx: &Cx) -> Result<Raw> {
        Ok(match self {
            Value::Nil => Raw::NIL,
            Value::Boolean(true) => Raw::TRUE,
            Value::Boolean(false) => Raw::FALSE,
            Value::Integer(n) => Raw::int(*n),
            Value::Number(x) => Raw::float(*x),
            Value::String(s) => s.handle().raw(cx)?,
            Value::Table(t) => t.handle().raw(cx)?,
            Value::Function(f) => f.handle().raw(cx)?,
            Value::Thread(t) => t.handle().raw(cx)?,
            Value::Userdata(u) => u.handle().raw(cx)?,
            Value::LightUserdata(n) => Raw::light(*n),
        })
    }

    /// The basic type.
    pub fn type_of(&self) -> Type {
        match self {
            Value::Nil => Type::Nil,
            Value::Boolean(_) => Type::Boolean,
            Value::Integer(_) | Value::Number(_) => Type::Number,
            Value::String(_) => Type::String,
            Value::Table(_) => Type::Table,
            Value::Function(_) => Type::Function,
            Value::Thread(_) => Type::Thread,
            Value::Userdata(_) | Value::LightUserdata(_) => Type::Userdata,
        }
    }

    /// Whether it is `nil`.
    pub fn is_nil(&self) -> bool {
        matches!(self, Value::Nil)
    }

    /// Whether two values are equal as `rawequal` has it.
    ///
    /// # Errors
    /// One of them is of another machine.
    pub fn raw_equal(&self, other: &Value, cx: &Cx) -> Result<bool> {
        Ok(self.raw(cx)?.raw_eq(other.raw(cx)?))
    }
}
