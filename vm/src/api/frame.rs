//! Typed access to the slots of a native's frame: [`frame!`](crate::frame) declares them once, for
//! the code that reads and writes them and for the contracts of continuations.

use crate::heap::Gc;
use crate::object::native::contract::{BUFFER, Frame, SlotType};
use crate::object::string::Str;
use crate::object::thread::Thread;
use crate::table::Table;
use crate::userdata::Userdata;
use crate::value::Value;
use crate::vm::Vm;
use std::marker::PhantomData;

/// A type of slots: how contracts name it, and what Rust sees of it. Values, booleans, integers,
/// strings, tables and coroutines are slot types by themselves; [`slot`] has the others.
pub trait Slot {
    /// What code reads and writes.
    type Rust;
    /// What contracts say.
    const TYPE: SlotType;
    /// Reads a value of the type; `None` for others.
    fn read(v: Value) -> Option<Self::Rust>;
    /// The value to store.
    fn write(x: Self::Rust) -> Value;
}

macro_rules! slot_types {
    ($($name:ty: $slot_type:ident ($rust:ty) = $read:expr, $write:expr;)*) => { $(
        impl Slot for $name {
            type Rust = $rust;
            const TYPE: SlotType = SlotType::$slot_type;
            #[inline(always)]
            fn read(v: Value) -> Option<$rust> {
                let read: fn(Value) -> Option<$rust> = $read;
                read(v)
            }
            #[inline(always)]
            fn write(x: $rust) -> Value {
                let write: fn($rust) -> Value = $write;
                write(x)
            }
        }
    )* };
}

slot_types! {
    Value: Any (Value) = Some, |v| v;
    bool: Bool (bool) = Value::as_bool, Value::bool;
    Gc<Str>: Str (Gc<Str>) = Value::as_str, Value::from;
    Option<Gc<Str>>: StrOrNil (Option<Gc<Str>>) = |v| or_nil(v, v.as_str()), optional;
    Gc<Table>: Table (Gc<Table>) = Value::as_table, Value::from;
    Option<Gc<Table>>: TableOrNil (Option<Gc<Table>>) = |v| or_nil(v, v.as_table()), optional;
    Gc<Thread>: Thread (Gc<Thread>) = Value::as_thread, Value::from;
    slot::Function: Function (Value) = |v| v.is_function().then_some(v), |v| v;
    slot::FunctionOrNil: FunctionOrNil (Value)
        = |v| (v.is_nil() || v.is_function()).then_some(v), |v| v;
    slot::Buffer: Buffer (Gc<Userdata>) = buffer, Value::from;
    slot::BufferOrNil: BufferOrNil (Option<Gc<Userdata>>) = |v| or_nil(v, buffer(v)), optional;
}

impl Slot for i64 {
    type Rust = i64;
    const TYPE: SlotType = SlotType::Int { min: i64::MIN, max: i64::MAX };
    #[inline(always)]
    fn read(v: Value) -> Option<i64> {
        v.as_int()
    }
    #[inline(always)]
    fn write(n: i64) -> Value {
        Value::int(n)
    }
}

impl<const MIN: i64, const MAX: i64> Slot for slot::Range<MIN, MAX> {
    type Rust = i64;
    const TYPE: SlotType = SlotType::Int { min: MIN, max: MAX };
    #[inline(always)]
    fn read(v: Value) -> Option<i64> {
        v.as_int()
    }
    #[inline(always)]
    fn write(n: i64) -> Value {
        debug_assert!((MIN..=MAX).contains(&n), "{n} is not in {MIN}..={MAX}");
        Value::int(n)
    }
}

/// Slot types that are no types of values.
pub mod slot {
    /// A function, read as a value.
    pub struct Function;
    /// A function or nil, read as a value.
    pub struct FunctionOrNil;
    /// A buffer.
    pub struct Buffer;
    /// A buffer or nil.
    pub struct BufferOrNil;
    /// An integer from `MIN` to `MAX`, both included.
    pub struct Range<const MIN: i64, const MAX: i64>;
    /// A number of something.
    pub type Count = Range<0, { i64::MAX }>;
}

/// The value of an optional slot: `None` if it holds something else.
#[inline(always)]
fn or_nil<T>(v: Value, read: Option<T>) -> Option<Option<T>> {
    if v.is_nil() { Some(None) } else { read.map(Some) }
}

#[inline(always)]
fn optional<T: Into<Value>>(x: Option<T>) -> Value {
    x.map_or(Value::NIL, Into::into)
}

#[inline(always)]
fn buffer(v: Value) -> Option<Gc<Userdata>> {
    v.as_userdata().filter(|u| u.type_name == BUFFER)
}

/// A slot at a fixed place from the beginning of the frame.
pub struct Field<T> {
    place: usize,
    slot_type: PhantomData<T>,
}

impl<T: Slot> Field<T> {
    /// Slot number `place`, from 1.
    pub const fn at(place: usize) -> Field<T> {
        Field { place, slot_type: PhantomData }
    }

    /// Its number, as that of an argument.
    pub const fn place(&self) -> usize {
        self.place
    }

    /// What it holds.
    #[inline(always)]
    pub fn get(&self, vm: &Vm) -> T::Rust {
        T::read(vm.arg(self.place)).unwrap_or_else(broken)
    }

    /// What it holds, out of a frame's slots.
    #[inline(always)]
    pub fn of(&self, slots: &[Value]) -> T::Rust {
        T::read(slots[self.place - 1]).unwrap_or_else(broken)
    }

    /// Puts something there.
    #[inline(always)]
    pub fn set(&self, vm: &mut Vm, x: T::Rust) {
        vm.set_arg(self.place, T::write(x));
    }
}

/// A slot at a fixed place from the end of the frame.
pub struct LastField<T> {
    from_end: usize,
    slot_type: PhantomData<T>,
}

impl<T: Slot> LastField<T> {
    /// The slot with `from_end` slots above it.
    pub const fn at(from_end: usize) -> LastField<T> {
        LastField { from_end, slot_type: PhantomData }
    }

    /// What it holds, when nothing lies above the frame's slots.
    #[inline(always)]
    pub fn get(&self, vm: &Vm) -> T::Rust {
        let place = vm.nargs().saturating_sub(self.from_end);
        T::read(if place == 0 { Value::NIL } else { vm.arg(place) }).unwrap_or_else(broken)
    }

    /// Pushes it; the last slots of a frame are pushed in their order.
    #[inline(always)]
    pub fn push(&self, vm: &mut Vm, x: T::Rust) {
        vm.push(T::write(x));
    }
}

#[cold]
#[inline(never)]
fn broken<T>() -> T {
    unreachable!("a native's frame does not keep its contract")
}

impl Frame {
    /// Cuts the running frame to `keep` slots and fills the others of [`Frame::first`] with what
    /// slots of their types hold at first.
    pub fn prepare(&self, vm: &mut Vm, keep: usize) {
        vm.set_top(keep);
        for (_, slot_type) in self.first.iter().skip(keep) {
            vm.push(slot_type.empty());
        }
    }

    /// Takes the last slots off the running frame, once they are read.
    pub fn drop_last(&self, vm: &mut Vm) {
        let n = vm.nargs().saturating_sub(self.last.len());
        vm.set_top(n);
    }
}

/// Declares the slots of a frame, in a module with a [`Field`] for each and the
/// [`Frame`] that contracts take.
///
/// ```ignore
/// frame! {
///     /// Slots of `table.concat`.
///     mod at {
///         LIST: Value,
///         I: i64,
///         /// The pieces so far.
///         PIECES: Option<Gc<Table>>,
///     }
///     rest: Value;
///     last { N: Count, }
/// }
/// ```
/// makes `at::LIST.get(vm)`, `at::I.set(vm, 1)`, `at::N.push(vm, 2)` and `at::FRAME`. The types are
/// [`Slot`]s in scope and those of [`slot`]; `rest` and `last` may be left out.
#[macro_export]
macro_rules! frame {
    ($(#[$doc:meta])* $vis:vis mod $module:ident {
        $($(#[$field_doc:meta])* $field:ident : $slot:ty),* $(,)?
    }
    $(rest: $rest:ty;)?
    $(last { $($(#[$last_doc:meta])* $last:ident : $last_slot:ty),* $(,)? })?) => {
        $(#[$doc])*
        $vis mod $module {
            #[allow(unused_imports)]
            use super::*;
            #[allow(unused_imports)]
            use $crate::api::frame::slot::*;
            use $crate::native::contract::{Frame, SlotType};
            #[allow(unused_imports)]
            use $crate::api::frame::{Field, LastField, Slot};

            #[allow(non_camel_case_types, dead_code, clippy::upper_case_acronyms)]
            enum Place { $($field,)* First }
            #[allow(non_camel_case_types, dead_code, clippy::upper_case_acronyms)]
            enum LastPlace { $($($last,)*)? Count }
            $(
                $(#[$field_doc])*
                #[allow(dead_code)]
                pub const $field: Field<$slot> = Field::at(Place::$field as usize + 1);
            )*
            $($(
                $(#[$last_doc])*
                #[allow(dead_code)]
                pub const $last: LastField<$last_slot> =
                    LastField::at(LastPlace::Count as usize - 1 - LastPlace::$last as usize);
            )*)?
            const REST: Option<SlotType> = {
                let rest: &[SlotType] = &[$(<$rest as Slot>::TYPE)?];
                match rest {
                    [one] => Some(*one),
                    _ => None,
                }
            };
            /// All slots, for contracts.
            pub const FRAME: Frame = Frame {
                first: &[$((stringify!($field), <$slot as Slot>::TYPE)),*],
                rest: REST,
                last: &[$($((stringify!($last), <$last_slot as Slot>::TYPE)),*)?],
            };
        }
    };
}

/// Declares the states of a native that works in steps, as an enum that is also a
/// [`Slot`]: its frame says where it goes on.
#[macro_export]
macro_rules! states {
    ($(#[$doc:meta])* $vis:vis enum $name:ident {
        $($(#[$state_doc:meta])* $state:ident),* $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        $vis enum $name { $($(#[$state_doc])* $state),* }
        impl $crate::api::frame::Slot for $name {
            type Rust = $name;
            const TYPE: $crate::native::contract::SlotType =
                $crate::native::contract::SlotType::Int {
                    min: 0,
                    max: [$($name::$state),*].len() as i64 - 1,
                };
            #[inline(always)]
            fn read(v: $crate::Value) -> Option<$name> {
                const ALL: &[$name] = &[$($name::$state),*];
                ALL.get(v.as_int()? as usize).copied()
            }
            #[inline(always)]
            fn write(state: $name) -> $crate::Value {
                $crate::Value::int(state as i64)
            }
        }
    };
}
