//! The context: a machine as host functions and conversions see it. It reads and makes values; it
//! cannot run anything, so nothing is collected and nothing re-enters while it is in use.
//!
//! This is the only file with `unsafe`: a context is a pointer to its machine.
#![allow(unsafe_code)]

use crate::convert::{Arg, IntoValues, ValueStack, Values};
use crate::error::{Error, Result};
use crate::function::Function;
use crate::handle::{Handle, Releases};
use crate::state::State;
use crate::string::Str;
use crate::table::Table;
use crate::userdata::{UserData, Userdata};
use crate::value::Value;
use luka_vm::{Raise, Value as Raw, Vm as Machine};
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::Arc;

/// A machine while nothing runs in it, or while it waits for the host function that was given this.
///
/// A [`Vm`](crate::Vm) dereferences to one, so every function that takes `&Cx` takes `&vm`, too.
pub struct Cx<'vm> {
    machine: NonNull<Machine>,
    /// Invariant, so that contexts of two machines can never be exchanged.
    brand: PhantomData<fn(&'vm ()) -> &'vm ()>,
}

impl<'vm> Cx<'vm> {
    /// The context of a machine that is borrowed for as long as the context is used.
    pub(crate) fn of(machine: &mut Machine) -> Cx<'vm> {
        Cx { machine: NonNull::from(machine), brand: PhantomData }
    }

    /// The same machine under a name of its own, to be handed to code of the user's.
    pub(crate) fn again<'b>(&self) -> Cx<'b> {
        Cx { machine: self.machine, brand: PhantomData }
    }

    /// Lets `f` use the machine for one operation. `f` calls no code of the user's: the machine is
    /// borrowed once at a time.
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut Machine) -> R) -> R {
        // SAFETY: whoever made the context has the machine borrowed mutably and does not use it
        // while the context is alive; contexts are neither Send nor Sync, and `f` reaches none.
        f(unsafe { &mut *self.machine.as_ptr() })
    }

    /// As [`Cx::with`], with what this crate keeps beside the machine.
    pub(crate) fn with_state<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
        self.with(|machine| f(State::of(machine)))
    }

    pub(crate) fn releases(&self) -> Arc<Releases> {
        self.with_state(|state| state.releases.clone())
    }

    /// A handle of a value, whatever limit there is: for what there is a fixed number of.
    pub(crate) fn root(&self, raw: Raw) -> Handle {
        self.with(|machine| State::root(machine, raw))
    }

    /// A handle of a value that a program has made.
    ///
    /// # Errors
    /// With it, the handles and the program's objects pass the memory limit.
    pub(crate) fn handle(&self, raw: Raw) -> Result<Handle> {
        self.reserve_handles(1)?;
        Ok(self.root(raw))
    }

    /// Makes sure that so many more handles, with those there are and the program's objects, stay
    /// below the memory limit.
    ///
    /// # Errors
    /// They do not.
    pub(crate) fn reserve_handles(&self, n: usize) -> Result<()> {
        self.with(|machine| {
            let bytes = handle_bytes(machine, n);
            machine.heap.reserve(bytes).map_err(|_| Error::memory())
        })
    }

    /// How many values handles keep alive.
    pub fn handle_count(&self) -> usize {
        self.with(|machine| {
            State::release_roots(machine);
            machine.host_root_count()
        })
    }

    /// A raw value as an argument of a conversion.
    pub(crate) fn arg(&self, raw: Raw) -> Arg<'_> {
        Arg::new(raw, self.releases())
    }

    /// Whether a debugger runs a part of the program again that has been run before: what a function of
    /// the host does to the world, it has done then. It is to return the same.
    pub fn is_replay(&self) -> bool {
        self.with_state(|state| state.is_replay)
    }

    /// The table of global variables.
    pub fn globals(&self) -> Table {
        let raw = self.with(|machine| machine.globals().into());
        Table::from_handle(self.root(raw))
    }

    /// A function of the standard library by the name it is declared with (`string.rep`; those
    /// without a library are `base.print` and so on), whatever the program has done to its globals.
    /// `None` if there is no such function.
    ///
    /// # Errors
    /// The memory limit is passed.
    pub fn library_function(&self, name: &str) -> Result<Option<Function>> {
        let native = luka_stdlib::all_natives().find(|native| native.name == name);
        let Some(native) = native.filter(|native| !native.sig.is_empty()) else { return Ok(None) };
        let raw = self.with(|machine| machine.heap.new_native(native, &[]).into());
        Ok(Some(Function::from_handle(self.handle(raw)?)))
    }

    /// A new empty table.
    ///
    /// # Errors
    /// The memory limit is passed.
    pub fn table(&self) -> Result<Table> {
        let raw = self.with(|machine| machine.heap.new_table(0, 0).map(Raw::from));
        Ok(Table::from_handle(self.handle(raw.map_err(|e| self.raised(e))?)?))
    }

    /// A new string of any bytes.
    ///
    /// # Errors
    /// The memory limit is passed.
    pub fn string(&self, bytes: impl AsRef<[u8]>) -> Result<Str> {
        let raw = self.raw_string(bytes.as_ref())?;
        Ok(Str::from_handle(self.handle(raw)?))
    }

    /// A new userdata with an object of the host's in it.
    ///
    /// # Errors
    /// The type is not in the registry, or the memory limit is passed.
    pub fn userdata<T: UserData>(&self, object: T) -> Result<Userdata<T>> {
        crate::userdata::create(self, object)
    }

    /// Lets `f` use the machine's own object of type `T`, which is made with `Default` when it is
    /// first asked for. Inside of `f` the same type is not available: that would be an error.
    ///
    /// # Errors
    /// The object is in use.
    pub fn with_data<T: Default + Send + 'static, R>(
        &self,
        f: impl FnOnce(&mut T) -> R,
    ) -> Result<R> {
        /// Puts the object back, even after a panic.
        struct Taken<'a, 'vm, T: Send + 'static>(&'a Cx<'vm>, Option<T>);
        impl<T: Send + 'static> Drop for Taken<'_, '_, T> {
            fn drop(&mut self) {
                let object = self.1.take();
                self.0.with_state(|state| state.put_data(object));
            }
        }
        let object = self.with_state(|state| state.take_data::<T>())?;
        let mut taken = Taken(self, object);
        Ok(f(taken.1.get_or_insert_default()))
    }

    /// Owned values of anything that can be converted to some.
    ///
    /// # Errors
    /// A value cannot be converted.
    pub fn values(&self, values: impl IntoValues) -> Result<Values> {
        let mut cx = self.again();
        let mut out = ValueStack::new();
        values.into_values(&mut cx, &mut out)?;
        self.reserve_handles(out.raw().len())?;
        Ok(Values::of(self, out.raw()))
    }

    /// Charges the running program for work of a host function: `units` of fuel, one for about four
    /// nanoseconds of work.
    pub fn charge(&self, units: u64) {
        self.with(|machine| machine.charge(units));
    }

    /// Bytes in use by objects of the program, by nominal sizes.
    pub fn memory_used(&self) -> u64 {
        self.with(|machine| machine.heap.bytes() as u64)
    }

    /// Bytes that objects have taken in all so far, those that are gone included.
    pub fn memory_allocated(&self) -> u64 {
        self.with(|machine| machine.heap.allocated())
    }

    pub(crate) fn raw_string(&self, bytes: &[u8]) -> Result<Raw> {
        self.with(|machine| machine.str(bytes)).map_err(|e| self.raised(e))
    }

    /// An error of the machine as one of this crate.
    pub(crate) fn raised(&self, raise: Raise) -> Error {
        match raise {
            Raise::Error(value) => Error::of_value(self, value),
            Raise::Memory => Error::memory(),
            Raise::InHandler => Error::runtime("error in error handling"),
            Raise::Exit { code, .. } => Error::runtime(format!("exit with code {code}")),
        }
    }
}

/// What a value that the host holds takes outside of the machine, in bytes: itself, the handle and
/// its place among the machine's roots.
const HANDLE: usize = 96;

/// Bytes of all handles of a machine and of `n` more.
pub(crate) fn handle_bytes(machine: &mut Machine, n: usize) -> usize {
    State::release_roots(machine);
    machine.host_root_count().saturating_add(n).saturating_mul(HANDLE)
}

impl std::fmt::Debug for Cx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cx")
    }
}

/// A machine that this crate owns. Dropping it frees everything in it.
pub(crate) struct OwnedMachine {
    cx: Cx<'static>,
}

// SAFETY: a machine and all it refers to (heap, host, loader, the state of this crate) moves as a
// whole: builders ask for `Send` hosts and objects, the reference-counted data of chunks never
// leaves the machine, and handles refer to it by number.
unsafe impl Send for OwnedMachine {}

impl OwnedMachine {
    pub(crate) fn new(machine: Machine) -> OwnedMachine {
        let machine = NonNull::from(Box::leak(Box::new(machine)));
        OwnedMachine { cx: Cx { machine, brand: PhantomData } }
    }

    /// The context; while it is borrowed, [`OwnedMachine::get`] cannot be called.
    pub(crate) fn cx(&self) -> &Cx<'static> {
        &self.cx
    }

    /// The machine, to run it.
    pub(crate) fn get(&mut self) -> &mut Machine {
        // SAFETY: the box is alive, and no context is in use while `self` is borrowed mutably.
        unsafe { self.cx.machine.as_mut() }
    }
}

impl Drop for OwnedMachine {
    fn drop(&mut self) {
        // SAFETY: made by `Box::leak` in `new`, and dropped once.
        drop(unsafe { Box::from_raw(self.cx.machine.as_ptr()) });
    }
}

/// A value in an error, which is `Sync` as errors are expected to be.
#[derive(Clone)]
pub(crate) struct Shareable(Value);

// SAFETY: a handle is a number, an atomically counted reference to it and a queue behind a lock; it
// is not `Sync` only to keep handles out of host functions. Sharing one gives nothing but clones.
unsafe impl Sync for Shareable {}

impl Shareable {
    pub(crate) fn new(value: Value) -> Shareable {
        Shareable(value)
    }
    pub(crate) fn get(&self) -> &Value {
        &self.0
    }
}
