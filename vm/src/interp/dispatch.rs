//! How handlers are written and chained.
//!
//! A handler has the machine's registers as arguments and ends in an indirect call of the next
//! one in tail position, which LLVM makes a jump at opt-level 1 and above; nothing guarantees it,
//! so a test inspects the built code. Where tail calls are not to be had, the same source builds
//! as handlers that return to a loop. What loses a tail call: a local whose address escapes, a
//! destructor, a seventh argument, a panic path with a landing pad. Anything of the kind lives in
//! `#[inline(never)]` helpers reached through [`slow`](macro@slow).
//!
//! Fuel: `fuel` is chosen so that `fuel - ip` is what remains, in bytes of instructions. Straight
//! code costs nothing to count; a taken jump adds its distance; calls and returns rebase.

use super::call::Next;
use crate::error::Raise;
use crate::value::Value;
use crate::vm::Vm;
use luka_bytecode::Instr;

/// An instruction pointer.
pub type Ip = *const Instr;

/// The handler table, as addresses.
pub type Tb = *const usize;

/// Whether handlers of this build jump to each other; otherwise they return to a loop.
pub const TAIL_CALLS: bool = cfg!(luka_tail);

/// Machine status: the state is in the `Vm`, go on.
pub const CONTINUE: u32 = 0;

#[cfg(luka_tail)]
pub type Handler =
    unsafe extern "sysv64" fn(*mut Vm, Ip, *mut Value, *const Value, isize, Tb) -> u32;
#[cfg(not(luka_tail))]
pub type Handler = unsafe fn(*mut Vm, Ip, *mut Value, *const Value, isize, Tb) -> u32;

/// Defines handlers.
macro_rules! handlers {
    ($($(#[$m:meta])* fn $name:ident($vm:ident, $ip:ident, $base:ident, $k:ident, $fuel:ident, $tb:ident) $body:block)*) => { $(
        #[cfg(luka_tail)]
        $(#[$m])*
        #[allow(unused_variables, unused_mut)]
        pub(crate) unsafe extern "sysv64" fn $name(
            $vm: *mut $crate::vm::Vm, $ip: $crate::interp::dispatch::Ip,
            $base: *mut $crate::value::Value, $k: *const $crate::value::Value,
            mut $fuel: isize, $tb: $crate::interp::dispatch::Tb,
        ) -> u32 {
            // SAFETY: handlers run only on verified code with the machine's registers (see the
            // module text); the verifier has checked every operand they read.
            unsafe { $body }
        }
        #[cfg(not(luka_tail))]
        $(#[$m])*
        #[allow(unused_variables, unused_mut)]
        pub(crate) unsafe fn $name(
            $vm: *mut $crate::vm::Vm, $ip: $crate::interp::dispatch::Ip,
            $base: *mut $crate::value::Value, $k: *const $crate::value::Value,
            mut $fuel: isize, $tb: $crate::interp::dispatch::Tb,
        ) -> u32 {
            // SAFETY: as above.
            unsafe { $body }
        }
    )* };
}

/// Dispatches the instruction at the given address.
#[cfg(luka_tail)]
macro_rules! go {
    ($vm:expr, $ip:expr, $base:expr, $k:expr, $fuel:expr, $tb:expr) => {{
        let ip: $crate::interp::dispatch::Ip = $ip;
        let h: $crate::interp::dispatch::Handler =
            std::mem::transmute::<usize, _>(*$tb.add((*ip).op as usize));
        return h($vm, ip, $base, $k, $fuel, $tb);
    }};
}
#[cfg(not(luka_tail))]
macro_rules! go {
    ($vm:expr, $ip:expr, $base:expr, $k:expr, $fuel:expr, $tb:expr) => {{
        let ip: $crate::interp::dispatch::Ip = $ip;
        (*$vm).ip = ip;
        (*$vm).base = $base;
        (*$vm).k = $k;
        (*$vm).fuel = $fuel - ip as isize;
        return $crate::interp::dispatch::CONTINUE;
    }};
}

/// Goes on with another handler for the same instruction.
macro_rules! tail {
    ($h:path, $vm:expr, $ip:expr, $base:expr, $k:expr, $fuel:expr, $tb:expr) => {
        return $h($vm, $ip, $base, $k, $fuel, $tb)
    };
}

/// Takes a jump of `$off` instructions from the next one; looks at fuel.
macro_rules! jump {
    ($off:expr, $vm:expr, $ip:expr, $base:expr, $k:expr, $fuel:expr, $tb:expr) => {{
        let off = $off as isize;
        let ip: $crate::interp::dispatch::Ip = $ip.offset(1 + off);
        let fuel = $fuel + off * 8;
        if (ip as isize) > fuel {
            $crate::interp::dispatch::tail!(
                $crate::interp::dispatch::op_poll,
                $vm,
                ip,
                $base,
                $k,
                fuel,
                $tb
            )
        }
        $crate::interp::dispatch::go!($vm, ip, $base, $k, fuel, $tb)
    }};
}

/// Leaves the registers in the machine, runs a helper `fn(&mut Vm) -> Result<Next, Raise>` and
/// goes on where it left the machine.
macro_rules! slow {
    ($helper:path, $vm:expr, $ip:expr, $base:expr, $fuel:expr) => {{
        (*$vm).ip = $ip;
        (*$vm).base = $base;
        (*$vm).fuel = $fuel - $ip as isize - 8;
        let r = $crate::interp::dispatch::run_helper(&mut *$vm, $helper);
        if r != $crate::interp::dispatch::CONTINUE {
            return r;
        }
        $crate::interp::dispatch::reload!($vm)
    }};
}

/// Dispatches with the registers the machine holds.
#[cfg(luka_tail)]
macro_rules! reload {
    ($vm:expr) => {{
        let ip = (*$vm).ip;
        let base = (*$vm).base;
        let k = (*((*base.sub(2)).payload as usize as *const $crate::function::LuaFn)).k;
        let tb = (*$vm).tb;
        $crate::interp::dispatch::go!($vm, ip, base, k, (*$vm).fuel + ip as isize, tb)
    }};
}
#[cfg(not(luka_tail))]
macro_rules! reload {
    ($vm:expr) => {{
        let base = (*$vm).base;
        (*$vm).k = (*((*base.sub(2)).payload as usize as *const $crate::function::LuaFn)).k;
        return $crate::interp::dispatch::CONTINUE;
    }};
}

/// Cold handlers that do nothing but call a helper.
macro_rules! slow_handlers {
    ($($name:ident => $helper:path;)*) => { handlers! { $(
        #[cold]
        #[inline(never)]
        fn $name(vm, ip, base, k, fuel, tb) {
            $crate::interp::dispatch::slow!($helper, vm, ip, base, fuel)
        }
    )* } };
}

pub(crate) use {go, handlers, jump, reload, slow, slow_handlers, tail};

handlers! {
    /// The slice of fuel is used up; not an instruction, so it costs none.
    #[cold]
    #[inline(never)]
    fn op_poll(vm, ip, base, k, fuel, tb) {
        (*vm).ip = ip;
        (*vm).base = base;
        (*vm).fuel = fuel - ip as isize;
        let r = run_helper(&mut *vm, Vm::poll);
        if r != CONTINUE {
            return r;
        }
        reload!(vm)
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
    /// Runs from the state in the machine until it exits; the status says why.
    pub(crate) fn run_machine(&mut self) -> u32 {
        #[cfg(luka_tail)]
        // SAFETY: `ip` and `base` describe a Lua frame of verified code.
        unsafe {
            enter(self)
        }
        #[cfg(not(luka_tail))]
        loop {
            // SAFETY: as above; every handler leaves such a state again.
            let status = unsafe {
                let ip = self.ip;
                let base = self.base;
                let k = (*((*base.sub(2)).payload as usize as *const crate::function::LuaFn)).k;
                let fuel = self.fuel + ip as isize;
                let tb = self.tb;
                let h: Handler = std::mem::transmute::<usize, Handler>(*tb.add((*ip).op as usize));
                h(self, ip, base, k, fuel, tb)
            };
            if status != CONTINUE {
                return status;
            }
        }
    }
}

#[cfg(luka_tail)]
unsafe fn enter(vm: *mut Vm) -> u32 {
    // SAFETY: The caller: `base` and `ip` describe a Lua frame of verified code.
    unsafe { reload!(vm) }
}
