//! How handlers are written and chained.
//!
//! A handler has the machine's registers as arguments (a [`Machine`](super::machine::Machine), taken apart) and ends in an
//! indirect call of the next one in tail position, which LLVM makes a jump at opt-level 1 and above;
//! nothing guarantees it, so a test inspects the built code. Where tail calls are not to be had, the
//! same source builds as handlers that return to a loop. What loses a tail call: a local whose
//! address escapes, a destructor, a seventh argument, a panic path with a landing pad. Anything of
//! the kind lives in `#[inline(never)]` helpers reached through [`slow`](macro@slow).
//!
//! Fuel: `fuel` is chosen so that `fuel - ip` is what remains, in bytes of instructions. Straight
//! code costs nothing to count; a taken jump adds its distance; calls and returns rebase.

use super::call::Next;
use crate::error::Raise;
use crate::vm::Vm;

pub use crate::vm::handler::{Handler, Ip, Table};

/// Whether handlers of this build jump to each other; otherwise they return to a loop.
pub const TAIL_CALLS: bool = cfg!(luka_tail);

/// Machine status: the state is in the `Vm`, go on.
pub const CONTINUE: u32 = 0;

/// Defines handlers: `fn op_move(m) { … }`, where `m` is the [`Machine`](super::machine::Machine).
/// Every path ends in one of the macros below. Handlers with `#[inline(never)]` are for what is not
/// usual; the others become part of the loop in builds that dispatch by a `match`.
macro_rules! handlers {
    () => {};
    ($(#[doc = $doc:literal])* #[cold] #[inline(never)] fn $name:ident($m:ident) $body:block
        $($rest:tt)*) => {
        $crate::interp::dispatch::handler! {
            [$(#[doc = $doc])*] [#[cold] #[inline(never)]] $name $m $body
        }
        $crate::interp::dispatch::handlers! { $($rest)* }
    };
    ($(#[doc = $doc:literal])* #[inline(never)] fn $name:ident($m:ident) $body:block
        $($rest:tt)*) => {
        $crate::interp::dispatch::handler! {
            [$(#[doc = $doc])*] [#[inline(never)]] $name $m $body
        }
        $crate::interp::dispatch::handlers! { $($rest)* }
    };
    ($(#[doc = $doc:literal])* fn $name:ident($m:ident) $body:block $($rest:tt)*) => {
        $crate::interp::dispatch::usual_handler! { [$(#[doc = $doc])*] $name $m $body }
        $crate::interp::dispatch::handlers! { $($rest)* }
    };
}

#[cfg(all(luka_tail, target_arch = "x86_64"))]
macro_rules! handler {
    ([$($docs:tt)*] [$($attrs:tt)*] $name:ident $m:ident $body:block) => {
        $crate::interp::dispatch::handler_of! {
            [$($docs)* $($attrs)* pub(crate)] [extern "sysv64"] [] [u32] $name $m $body
        }
    };
}
#[cfg(all(luka_tail, not(target_arch = "x86_64")))]
macro_rules! handler {
    ([$($docs:tt)*] [$($attrs:tt)*] $name:ident $m:ident $body:block) => {
        $crate::interp::dispatch::handler_of! {
            [$($docs)* $($attrs)* pub(crate)] [extern "C"] [] [u32] $name $m $body
        }
    };
}
#[cfg(not(luka_tail))]
macro_rules! handler {
    ([$($docs:tt)*] [$($attrs:tt)*] $name:ident $m:ident $body:block) => {
        $($docs)*
        #[inline(always)]
        pub(crate) unsafe fn $name<E: $crate::interp::returning::Ending>(
            vm: *mut $crate::vm::Vm,
            ip: $crate::interp::dispatch::Ip,
            base: *mut $crate::value::Value,
            k: *const $crate::value::Value,
            fuel: isize,
            tb: *const $crate::interp::dispatch::Table,
        ) -> E {
            $crate::interp::dispatch::handler_of! { [$($attrs)*] [] [] [u32] called $m $body }
            // SAFETY: as below.
            E::status(unsafe { called(vm, ip, base, k, fuel, tb) })
        }
    };
}

#[cfg(luka_tail)]
macro_rules! usual_handler {
    ([$($docs:tt)*] $name:ident $m:ident $body:block) => {
        $crate::interp::dispatch::handler! { [$($docs)*] [] $name $m $body }
    };
}
#[cfg(not(luka_tail))]
macro_rules! usual_handler {
    ([$($docs:tt)*] $name:ident $m:ident $body:block) => {
        $crate::interp::dispatch::handler_of! {
            [$($docs)* #[inline(always)] pub(crate)]
            [] [<E: $crate::interp::returning::Ending>] [E] $name $m $body
        }
    };
}

macro_rules! handler_of {
    ([$($head:tt)*] [$($abi:tt)*] [$($generic:tt)*] [$result:ty]
        $name:ident $m:ident $body:block) => {
        $($head)* unsafe $($abi)* fn $name $($generic)* (
            vm: *mut $crate::vm::Vm,
            ip: $crate::interp::dispatch::Ip,
            base: *mut $crate::value::Value,
            k: *const $crate::value::Value,
            fuel: isize,
            tb: *const $crate::interp::dispatch::Table,
        ) -> $result {
            let $m = $crate::interp::machine::Machine { vm, ip, base, k, fuel, tb };
            // SAFETY: handlers run only on verified code with the machine's registers (see the
            // module text); the verifier has checked every operand they read.
            unsafe { $body }
        }
    };
}

/// Goes on with another handler for the same instruction.
macro_rules! tail {
    ($m:expr, $handler:expr) => {{
        let m: $crate::interp::machine::Machine = $m;
        $crate::interp::dispatch::leave!($handler(m.vm, m.ip, m.base, m.k, m.fuel, m.tb))
    }};
}

/// Leaves the handler with a status; the registers are in the [`Vm`].
#[cfg(luka_tail)]
macro_rules! leave {
    ($status:expr) => {
        return $status
    };
}
#[cfg(not(luka_tail))]
macro_rules! leave {
    ($status:expr) => {
        return $crate::interp::returning::Ending::status($status)
    };
}

/// Dispatches the instruction the registers are at.
#[cfg(luka_tail)]
macro_rules! go {
    ($m:expr) => {{
        let m: $crate::interp::machine::Machine = $m;
        $crate::interp::dispatch::tail!(m, $crate::interp::dispatch::Table::handler(m.tb, m.ip))
    }};
}
#[cfg(not(luka_tail))]
macro_rules! go {
    ($m:expr) => {
        return $crate::interp::returning::Ending::go($m)
    };
}

/// Goes on with the next instruction.
macro_rules! next {
    ($m:expr) => {
        $crate::interp::dispatch::go!($m.next())
    };
}

/// Goes on where the registers are after a jump, a call or a return; looks at fuel.
macro_rules! land {
    ($m:expr) => {{
        let to: $crate::interp::machine::Machine = $m;
        if to.is_over() {
            $crate::interp::dispatch::tail!(to, $crate::interp::dispatch::op_poll)
        }
        $crate::interp::dispatch::go!(to)
    }};
}

/// Takes a jump of `$distance` instructions from the next one.
macro_rules! jump {
    ($m:expr, $distance:expr) => {
        $crate::interp::dispatch::land!($m.jumped($distance))
    };
}

/// Starts the Lua function `$callee`, whose frame has been made at `$base`.
macro_rules! enter {
    ($m:expr, $callee:expr, $base:expr) => {{
        let callee: *const $crate::function::LuaFn = $callee;
        $crate::interp::dispatch::land!($m.transferred((*callee).code, $base, (*callee).k))
    }};
}

/// Returns behind the call at `$ip` to the Lua function with registers at `$base`.
macro_rules! return_to {
    ($m:expr, $ip:expr, $base:expr) => {{
        let base: *mut $crate::value::Value = $base;
        let k = (*$crate::interp::machine::closure(base)).k;
        $crate::interp::dispatch::land!($m.transferred($ip.add(1), base, k))
    }};
}

/// After a slow path: leaves the machine with its status, or goes on from the registers in the [`Vm`]
/// if that is [`CONTINUE`]; looks at fuel.
macro_rules! proceed {
    ($vm:expr, $status:expr) => {{
        let vm: *mut $crate::vm::Vm = $vm;
        let status: u32 = $status;
        if status != $crate::interp::dispatch::CONTINUE {
            $crate::interp::dispatch::leave!(status)
        }
        $crate::interp::dispatch::land!($crate::interp::machine::Machine::load(vm))
    }};
}

/// Pays for the instruction, leaves the registers in the [`Vm`], runs a [`Helper`] and goes on where
/// it left the machine.
macro_rules! slow {
    ($m:expr, $helper:path) => {{
        $m.charged().save();
        $crate::interp::dispatch::proceed!(
            $m.vm,
            $crate::interp::dispatch::run_helper(&mut *$m.vm, $helper)
        )
    }};
}

/// Cold handlers that do nothing but call a helper.
macro_rules! slow_handlers {
    ($($name:ident => $helper:path;)*) => { $crate::interp::dispatch::handlers! { $(
        #[cold]
        #[inline(never)]
        fn $name(m) {
            $crate::interp::dispatch::slow!(m, $helper)
        }
    )* } };
}

pub(crate) use {
    enter, go, handler, handler_of, handlers, jump, land, leave, next, proceed, return_to, slow,
    slow_handlers, tail, usual_handler,
};

handlers! {
    /// The slice of fuel is used up; not an instruction, so it costs none.
    #[cold]
    #[inline(never)]
    fn op_poll(m) {
        m.save();
        // (Builds in which handlers return look up in their loop.)
        #[cfg(not(luka_tail))]
        leave!(super::returning::POLL);
        #[cfg(luka_tail)]
        proceed!(m.vm, (*m.vm).look_up())
    }
}

/// A slow path of an instruction. On entry `vm.ip` is the instruction; a helper that completes it
/// moves `vm.ip` on.
pub type Helper = fn(&mut Vm) -> Result<Next, Raise>;

#[inline(never)]
pub(crate) fn run_helper(vm: &mut Vm, helper: Helper) -> u32 {
    let at = vm.ip;
    match helper(vm) {
        Ok(Next::Lua) => CONTINUE,
        // If the instruction is done, the safepoint behind it has failed, which has collected.
        Err(Raise::Memory) if vm.ip == at => {
            let again = vm.retry_after_collection(helper);
            vm.continue_with(again)
        }
        other => vm.continue_with(other),
    }
}

impl Vm {
    /// Runs from the state in the machine until it exits; the status says why. The state may be in
    /// straight code: fuel is not looked at first.
    #[cfg(luka_jit)]
    pub(crate) fn run_machine(&mut self) -> u32 {
        // SAFETY: `ip` and `base` describe a Lua frame of verified code.
        unsafe { super::entering::enter(self) }
    }

    /// Runs from the state in the machine until it exits; the status says why. The state may be in
    /// straight code: fuel is not looked at first.
    #[cfg(all(luka_tail, not(luka_jit)))]
    pub(crate) fn run_machine(&mut self) -> u32 {
        // SAFETY: `ip` and `base` describe a Lua frame of verified code.
        unsafe {
            let m = super::machine::Machine::load(self);
            Table::handler(m.tb, m.ip)(m.vm, m.ip, m.base, m.k, m.fuel, m.tb)
        }
    }
}
