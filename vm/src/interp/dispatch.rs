//! How handlers are written and chained.
//!
//! A handler has the machine's registers as arguments (a [`Machine`], taken apart) and ends in an
//! indirect call of the next one in tail position, which LLVM makes a jump at opt-level 1 and above;
//! nothing guarantees it, so a test inspects the built code. Where tail calls are not to be had, the
//! same source builds as handlers that return to a loop. What loses a tail call: a local whose
//! address escapes, a destructor, a seventh argument, a panic path with a landing pad. Anything of
//! the kind lives in `#[inline(never)]` helpers reached through [`slow`](macro@slow).
//!
//! Fuel: `fuel` is chosen so that `fuel - ip` is what remains, in bytes of instructions. Straight
//! code costs nothing to count; a taken jump adds its distance; calls and returns rebase.

use super::call::Next;
use super::machine::Machine;
use crate::error::Raise;
use crate::vm::Vm;

pub use crate::vm::handler::{Handler, Ip, Table};

/// Whether handlers of this build jump to each other; otherwise they return to a loop.
pub const TAIL_CALLS: bool = cfg!(luka_tail);

/// Machine status: the state is in the `Vm`, go on.
pub const CONTINUE: u32 = 0;

/// Defines handlers: `fn op_move(m) { … }`, where `m` is the [`Machine`]. Every path ends in one
/// of the macros below.
#[cfg(luka_tail)]
macro_rules! handlers {
    ($($handlers:tt)*) => {
        $crate::interp::dispatch::handlers_of! { "sysv64" $($handlers)* }
    };
}
#[cfg(not(luka_tail))]
macro_rules! handlers {
    ($($handlers:tt)*) => { $crate::interp::dispatch::handlers_of! { "Rust" $($handlers)* } };
}

macro_rules! handlers_of {
    ($abi:literal $($(#[$attr:meta])* fn $name:ident($m:ident) $body:block)*) => { $(
        $(#[$attr])*
        pub(crate) unsafe extern $abi fn $name(
            vm: *mut $crate::vm::Vm,
            ip: $crate::interp::dispatch::Ip,
            base: *mut $crate::value::Value,
            k: *const $crate::value::Value,
            fuel: isize,
            tb: *const $crate::interp::dispatch::Table,
        ) -> u32 {
            let $m = $crate::interp::machine::Machine { vm, ip, base, k, fuel, tb };
            // SAFETY: handlers run only on verified code with the machine's registers (see the
            // module text); the verifier has checked every operand they read.
            unsafe { $body }
        }
    )* };
}

/// Goes on with another handler for the same instruction.
macro_rules! tail {
    ($m:expr, $handler:expr) => {{
        let m: $crate::interp::machine::Machine = $m;
        return $handler(m.vm, m.ip, m.base, m.k, m.fuel, m.tb);
    }};
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
    ($m:expr) => {{
        let m: $crate::interp::machine::Machine = $m;
        m.save();
        return $crate::interp::dispatch::CONTINUE;
    }};
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
            return status;
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
    enter, go, handlers, handlers_of, jump, land, next, proceed, return_to, slow, slow_handlers,
    tail,
};

handlers! {
    /// The slice of fuel is used up; not an instruction, so it costs none.
    #[cold]
    #[inline(never)]
    fn op_poll(m) {
        m.save();
        let status = (*m.vm).look_up();
        if status != CONTINUE {
            return status;
        }
        go!(Machine::load(m.vm))
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
        unsafe { super::native::enter(self) }
    }

    /// Runs from the state in the machine until it exits; the status says why. The state may be in
    /// straight code: fuel is not looked at first.
    #[cfg(not(luka_jit))]
    pub(crate) fn run_machine(&mut self) -> u32 {
        // SAFETY: `ip` and `base` describe a Lua frame of verified code, and so they do wherever a
        // handler returns to the loop.
        unsafe {
            loop {
                let m = Machine::load(self);
                let handler = Table::handler(m.tb, m.ip);
                let status = handler(m.vm, m.ip, m.base, m.k, m.fuel, m.tb);
                if TAIL_CALLS || status != CONTINUE {
                    return status;
                }
            }
        }
    }
}
