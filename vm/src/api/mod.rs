//! What natives use: arguments, results, checks, errors. The names follow `lauxlib.h`; argument
//! numbers are 1-based as in messages.

#[deny(unsafe_code)]
pub mod frame;

use crate::debug::fault::raise::argument_type;
use crate::debug::fault::{FaultKind, Problem};
use crate::error::Raise;
use crate::heap::Gc;
use crate::object::native::{Action, Native, NativeResult};
use crate::object::string::Str;
use crate::table::Table;
use crate::userdata::Userdata;
use crate::value::{Type, Value, number};
use crate::vm::Vm;
use std::borrow::Cow;

/// Bytes that a native may look at or copy for one unit of fuel.
pub const BYTES_PER_UNIT: u64 = 16;

impl Vm {
    /// Number of values in the running native's frame (at entry: of arguments).
    #[inline(always)]
    pub fn nargs(&self) -> usize {
        // SAFETY: both point into the running stack, `top >= base`.
        unsafe { self.top.offset_from(self.base) as usize }
    }

    /// The `i`-th slot of the frame, nil beyond its end.
    #[inline(always)]
    pub fn arg(&self, i: usize) -> Value {
        debug_assert!(i >= 1);
        if i <= self.nargs() {
            // SAFETY: slots below `top` are initialised values.
            unsafe { *self.base.add(i - 1) }
        } else {
            Value::NIL
        }
    }

    /// Overwrites the `i`-th slot, which exists.
    pub fn set_arg(&mut self, i: usize, v: Value) {
        assert!(i >= 1 && i <= self.nargs());
        // SAFETY: checked against the frame.
        unsafe { *self.base.add(i - 1) = v }
    }

    /// Pushes a value. Frames have room for at least 20 slots beyond their arguments; more must
    /// be asked for with [`Vm::ensure_stack`] (a push beyond grows the stack without limit check).
    #[inline(always)]
    pub fn push(&mut self, v: Value) {
        if self.top >= self.stack_end {
            self.grow_stack_unchecked(1);
        }
        // SAFETY: there is room for one slot.
        unsafe {
            *self.top = v;
            self.top = self.top.add(1);
        }
    }

    /// Takes the topmost value of the frame; nil if it is empty.
    pub fn pop(&mut self) -> Value {
        if self.nargs() == 0 {
            return Value::NIL;
        }
        // SAFETY: the frame has a topmost slot.
        unsafe {
            self.top = self.top.sub(1);
            *self.top
        }
    }

    /// Cuts the frame to `n` slots or fills it with nil up to `n`.
    pub fn set_top(&mut self, n: usize) {
        while self.nargs() < n {
            self.push(Value::NIL);
        }
        // SAFETY: the frame has at least `n` slots now.
        self.top = unsafe { self.base.add(n) };
    }

    /// Pushes a function to call; arguments are pushed after it, see [`Action::Call`].
    #[inline]
    pub fn push_fn(&mut self, f: Value) {
        self.push(f);
        self.push(Value::NIL); // the frame link's slot
    }

    /// Pushes a call: function and arguments; their number is `nargs` of [`Action::Call`].
    #[inline(always)]
    pub fn push_call<const N: usize>(&mut self, f: Value, args: [Value; N]) {
        // SAFETY: there is room for the slots written.
        unsafe {
            if self.stack_end.offset_from(self.top) < N as isize + 2 {
                self.grow_stack_unchecked(N + 2);
            }
            *self.top = f;
            *self.top.add(1) = Value::NIL; // the frame link's slot
            for (i, v) in args.into_iter().enumerate() {
                *self.top.add(2 + i) = v;
            }
            self.top = self.top.add(N + 2);
        }
    }

    /// The slots of the running native's frame.
    #[inline(always)]
    pub fn slots(&mut self) -> &mut [Value] {
        // SAFETY: the slots from `base` to `top` are initialised values, and nothing else can touch
        // the stack while the machine is borrowed.
        unsafe { std::slice::from_raw_parts_mut(self.base, self.nargs()) }
    }

    /// Returns no value.
    #[inline(always)]
    pub fn ret0(&mut self) -> NativeResult {
        Ok(Action::Return(0))
    }
    /// Returns one value.
    #[inline(always)]
    pub fn ret1(&mut self, v: impl Into<Value>) -> NativeResult {
        self.push(v.into());
        Ok(Action::Return(1))
    }
    /// Returns two values.
    #[inline(always)]
    pub fn ret2(&mut self, a: impl Into<Value>, b: impl Into<Value>) -> NativeResult {
        self.push(a.into());
        self.push(b.into());
        Ok(Action::Return(2))
    }
    /// Returns all values of the frame from slot `i` on.
    pub fn ret_from(&mut self, i: usize) -> NativeResult {
        Ok(Action::Return((self.nargs() + 1).saturating_sub(i) as u32))
    }

    /// Whether the work charged ([`Vm::charge`]) has used up the present slice of fuel: natives that
    /// may work long return [`Action::Pause`] then.
    #[inline(always)]
    pub fn is_slice_used(&self) -> bool {
        self.fuel < 0
    }

    // ------------------------------------------------------------------ argument checks

    /// Argument `i` as an integer: integers, floats and strings with an exact integer value.
    #[inline]
    pub fn check_int(&mut self, i: usize) -> Result<i64, Raise> {
        let v = self.arg(i);
        match v.as_int() {
            Some(n) => Ok(n),
            None => self.check_int_slow(i, v),
        }
    }

    #[cold]
    fn check_int_slow(&mut self, i: usize, v: Value) -> Result<i64, Raise> {
        match self.to_number(v) {
            Some(n) => match n.to_int_exact() {
                Some(n) => Ok(n),
                None => Err(self.arg_error(i, "number has no integer representation")),
            },
            None => Err(self.type_error(i, "number")),
        }
    }

    /// Argument `i` as a float; strings are converted.
    #[inline]
    pub fn check_num(&mut self, i: usize) -> Result<f64, Raise> {
        let v = self.arg(i);
        if let Some(f) = v.as_float() {
            return Ok(f);
        }
        match self.to_number(v) {
            Some(n) => Ok(n.as_float().unwrap_or_else(|| n.as_int().unwrap_or(0) as f64)),
            None => Err(self.type_error(i, "number")),
        }
    }

    /// Argument `i` as a number value (integer or float); strings are converted.
    #[inline]
    pub fn check_number(&mut self, i: usize) -> Result<Value, Raise> {
        match self.to_number(self.arg(i)) {
            Some(n) => Ok(n),
            None => Err(self.type_error(i, "number")),
        }
    }

    /// Charges for looking at or copying so many bytes.
    #[inline]
    pub fn charge_bytes(&mut self, bytes: usize) {
        self.charge(bytes as u64 / BYTES_PER_UNIT);
    }

    /// Charges for moving so many values on the stack.
    #[inline]
    pub fn charge_values(&mut self, values: usize) {
        self.charge(values as u64 / 8);
    }

    /// Argument `i` as a string. A number is converted, in the slot too.
    #[inline]
    pub fn check_str(&mut self, i: usize) -> Result<Gc<Str>, Raise> {
        let v = self.arg(i);
        if let Some(s) = v.as_str() {
            return Ok(s);
        }
        if v.is_number() {
            let s = self.number_to_str(v);
            self.set_arg(i, s.into());
            return Ok(s);
        }
        Err(self.type_error(i, "string"))
    }

    /// Argument `i` as a table.
    #[inline]
    pub fn check_table(&mut self, i: usize) -> Result<Gc<Table>, Raise> {
        match self.arg(i).as_table() {
            Some(t) => Ok(t),
            None => Err(self.type_error(i, "table")),
        }
    }

    /// Argument `i` as userdata of a registered type.
    pub fn check_userdata(&mut self, i: usize, type_name: &str) -> Result<Gc<Userdata>, Raise> {
        match self.arg(i).as_userdata() {
            Some(u) if u.type_name == type_name => Ok(u),
            _ => Err(self.type_error(i, type_name)),
        }
    }

    /// Argument `i` has this type.
    pub fn check_type(&mut self, i: usize, t: Type) -> Result<(), Raise> {
        if self.arg(i).type_of() == t && i <= self.nargs() {
            return Ok(());
        }
        Err(self.type_error(i, t.name()))
    }

    /// There must be an argument `i`, even if nil ("value expected").
    pub fn check_any(&mut self, i: usize) -> Result<Value, Raise> {
        if i > self.nargs() {
            return Err(self.arg_error(i, "value expected"));
        }
        Ok(self.arg(i))
    }

    /// `None` when the argument is nil or absent.
    pub fn opt_int(&mut self, i: usize) -> Result<Option<i64>, Raise> {
        if self.arg(i).is_nil() { Ok(None) } else { self.check_int(i).map(Some) }
    }
    /// Argument `i` as a float; `None` when it is nil or absent.
    pub fn opt_num(&mut self, i: usize) -> Result<Option<f64>, Raise> {
        if self.arg(i).is_nil() { Ok(None) } else { self.check_num(i).map(Some) }
    }
    /// Argument `i` as a string; `None` when it is nil or absent.
    pub fn opt_str(&mut self, i: usize) -> Result<Option<Gc<Str>>, Raise> {
        if self.arg(i).is_nil() { Ok(None) } else { self.check_str(i).map(Some) }
    }

    /// Finds argument `i` in a list of options (`luaL_checkoption`).
    pub fn check_option(
        &mut self,
        i: usize,
        default: Option<&str>,
        options: &[&str],
    ) -> Result<usize, Raise> {
        let name: Vec<u8> = match (default, self.arg(i).is_nil()) {
            (Some(d), true) => d.as_bytes().to_vec(),
            _ => {
                let name = self.check_str(i)?.bytes();
                self.heap.room_for_message(name.len())?;
                name.to_vec()
            }
        };
        match options.iter().position(|o| o.as_bytes() == name) {
            Some(p) => Ok(p),
            None => {
                let shown = String::from_utf8_lossy(&name).into_owned();
                Err(self.arg_error(i, format!("invalid option '{shown}'")))
            }
        }
    }

    // ------------------------------------------------------------------ values

    /// The number a value is or, for strings, spells; reading a string is charged by its length.
    #[inline]
    pub fn to_number(&mut self, v: Value) -> Option<Value> {
        if let Some(s) = v.as_str() {
            self.charge(s.len() as u64 / BYTES_PER_UNIT);
        }
        v.to_number()
    }

    /// A string value. Large ones count against the memory limit.
    #[inline]
    pub fn str(&mut self, bytes: &[u8]) -> Result<Value, Raise> {
        Ok(self.heap.new_str(bytes)?.into())
    }

    /// A string for names and messages: never fails.
    pub fn small_str(&mut self, text: &str) -> Value {
        self.heap.intern_or_long(text.as_bytes()).into()
    }

    // ------------------------------------------------------------------ errors

    /// An error with the position of the caller in front (`luaL_error`).
    #[cold]
    pub fn error(&mut self, message: impl AsRef<[u8]>) -> Raise {
        let message = message.as_ref();
        if let Err(refused) = self.heap.room_for_message(message.len()) {
            return refused;
        }
        let text = Cow::Owned(message.to_vec());
        self.raise_native(FaultKind::Message(text), &[], 1)
    }

    /// An error with this message, without a position.
    #[cold]
    pub fn error_plain(&mut self, message: impl AsRef<[u8]>) -> Raise {
        let message = message.as_ref();
        if let Err(refused) = self.heap.room_for_message(message.len()) {
            return refused;
        }
        let text = Cow::Owned(message.to_vec());
        self.raise_native(FaultKind::Message(text), &[], 0)
    }

    /// "bad argument #i to 'f' (message)" (`luaL_argerror`).
    #[cold]
    pub fn arg_error(&mut self, i: usize, message: impl AsRef<[u8]>) -> Raise {
        let message = message.as_ref();
        if let Err(refused) = self.heap.room_for_message(message.len()) {
            return refused;
        }
        self.raise_argument(i, Problem::Other(Cow::Owned(message.to_vec())))
    }

    /// "bad argument #i to 'f' (expected expected, got actual)" (`luaL_typeerror`).
    #[cold]
    pub fn type_error(&mut self, i: usize, expected: &str) -> Raise {
        let expected = Cow::Owned(expected.as_bytes().to_vec());
        let got = argument_type(self, i);
        self.raise_argument(i, Problem::Type { expected, got })
    }

    /// The string in a value's `__name` metafield; `None` also if the system has no memory for a
    /// message with it.
    pub fn metatable_name(&self, v: Value) -> Option<Vec<u8>> {
        let name = self.metamethod(v, crate::meta::Event::Name).as_str()?;
        self.heap.room_for_message(name.len()).is_ok().then(|| name.bytes().to_vec())
    }
}

impl Value {
    /// The number a value is or, for strings, spells.
    #[inline]
    pub fn to_number(self) -> Option<Value> {
        if self.is_number() {
            return Some(self);
        }
        self.as_str().and_then(|s| crate::value::parse::str_to_number(s.bytes()))
    }
    /// The integer a number equals.
    #[inline]
    pub fn to_int_exact(self) -> Option<i64> {
        match self.as_int() {
            Some(i) => Some(i),
            None => self.as_float().and_then(number::float_to_int),
        }
    }
}

/// For continuations: `vm.call(nargs, nres, &THEN)` reads better than the struct.
impl Vm {
    /// Calls what was pushed with [`Vm::push_fn`] or [`Vm::push_call`]; `then` runs with the
    /// results (see [`Action::Call`]).
    #[inline]
    pub fn call(&mut self, nargs: u32, nres: i32, then: &'static Native) -> NativeResult {
        Ok(Action::Call { nargs, nres, then })
    }
}

impl Vm {
    /// Inserts values before slot `i` (1-based) of the frame.
    pub fn insert(&mut self, i: usize, values: &[Value]) {
        for _ in values {
            self.push(Value::NIL);
        }
        let n = self.nargs();
        // SAFETY: the frame has `n` slots, `values.len()` of them new.
        unsafe {
            let at = self.base.add(i - 1);
            std::ptr::copy(at, at.add(values.len()), n - values.len() - (i - 1));
            for (j, &v) in values.iter().enumerate() {
                *at.add(j) = v;
            }
        }
    }

    /// Upvalue `i` (1-based, as arguments) of the running native; nil if it has fewer.
    pub fn upvalue(&self, i: usize) -> Value {
        debug_assert!(i >= 1);
        self.running_native().and_then(|f| f.upvalue(i - 1)).unwrap_or(Value::NIL)
    }

    /// Changes upvalue `i` (1-based) of the running native.
    pub fn set_own_upvalue(&mut self, i: usize, v: Value) {
        if let Some(f) = self.running_native() {
            f.set_upvalue(&mut self.heap, i - 1, v);
        }
    }

    /// The running native's function object.
    pub fn running_native(&self) -> Option<Gc<crate::function::NativeObj>> {
        // SAFETY: `base` is a frame's base.
        unsafe { *self.base.sub(2) }.as_native()
    }
}
