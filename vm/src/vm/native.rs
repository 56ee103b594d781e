//! The code of natives: functions of the machine.

use super::Vm;
use crate::object::native::contract::Contract;
use crate::object::native::{Entry, Native, NativeResult};

/// The Rust side of a native. Arguments are `vm.arg(1)…`, see [`Vm::arg`].
pub type NativeFn = fn(&mut Vm) -> NativeResult;

/// A function as objects know it: its argument without its type.
const fn entry(func: NativeFn) -> Entry {
    // SAFETY: `&mut Vm` and `*mut ()` are passed alike, and `Native::call`, the only caller, passes
    // a machine.
    unsafe { std::mem::transmute::<NativeFn, Entry>(func) }
}

impl Native {
    /// A function programs can call; declared by [`natives!`](crate::natives) and
    /// [`inner_natives!`](crate::inner_natives), which list it.
    pub const fn new(
        name: &'static str,
        sig: &'static str,
        doc: &'static str,
        func: NativeFn,
    ) -> Native {
        Native::plain(name, sig, doc, entry(func))
    }

    /// A continuation below which the program cannot yield; declared by
    /// [`continuations!`](crate::continuations), which lists it.
    pub const fn then(name: &'static str, contract: &'static Contract, func: NativeFn) -> Native {
        Native { contract: Some(contract), ..Native::plain(name, "", "", entry(func)) }
    }

    /// Runs its code on the running frame.
    #[inline(always)]
    pub fn call(&self, vm: &mut Vm) -> NativeResult {
        // SAFETY: entries are functions of a machine (`entry`).
        unsafe { (self.entry)(vm as *mut Vm as *mut ()) }
    }
}
