//! Handlers of instructions, as far as the machine holds them.

use super::Vm;
use crate::object::proto::NATIVE;
use crate::value::Value;
use luka_bytecode::{Instr, Op};

/// An instruction pointer.
pub type Ip = *const Instr;

/// A handler: the six machine registers in, a status out when the machine is left. (All of them in the
/// processor's, wherever it runs: Windows' own convention has room for four.)
#[cfg(all(luka_tail, target_arch = "x86_64"))]
pub type Handler =
    unsafe extern "sysv64" fn(*mut Vm, Ip, *mut Value, *const Value, isize, *const Table) -> u32;
/// A handler: the six machine registers in, a status out when the machine is left.
#[cfg(all(luka_tail, not(target_arch = "x86_64")))]
pub type Handler =
    unsafe extern "C" fn(*mut Vm, Ip, *mut Value, *const Value, isize, *const Table) -> u32;
/// A handler: the six machine registers in, a status out; the registers are in the [`Vm`] then.
#[cfg(not(luka_tail))]
pub type Handler = unsafe fn(*mut Vm, Ip, *mut Value, *const Value, isize, *const Table) -> u32;

/// Handlers by opcode; the upper half is for instructions at which native code begins.
#[repr(transparent)]
pub struct Table(pub [Handler; 256]);

const _: () = assert!(Op::COUNT <= NATIVE as usize);

impl Table {
    /// The handler of the instruction at `ip`.
    ///
    /// # Safety
    /// `table` is live, and the instruction is one of verified code.
    #[inline(always)]
    pub unsafe fn handler(table: *const Table, ip: Ip) -> Handler {
        // SAFETY: the caller: its opcode is below the table's length.
        unsafe { *(table as *const Handler).add((*ip).op as usize) }
    }

    /// The same, whether native code begins there or not.
    ///
    /// # Safety
    /// As for [`Table::handler`].
    #[inline(always)]
    pub unsafe fn interpreted(table: *const Table, ip: Ip) -> Handler {
        // SAFETY: the caller.
        unsafe { *(table as *const Handler).add(((*ip).op & !NATIVE) as usize) }
    }
}
