//! Counting what the machine executes: instructions, and pairs and triples of instructions in
//! succession (`luka run --profile-ops`). While it counts, every instruction goes through
//! [`op_count`] by another handler table, as with debug hooks; otherwise it costs nothing.

use super::dispatch::{Ip, Table, handlers, tail};
use super::operand::sbx;
use crate::object::proto::unmarked;
use crate::vm::Vm;
pub use crate::vm::profile::OpProfile;
use luka_bytecode::Op;

impl OpProfile {
    /// # Safety
    /// `ip` is an instruction of linked code.
    unsafe fn count(&mut self, ip: Ip) {
        // SAFETY: the caller; behind a TFORCALL stands its TFORLOOP.
        unsafe {
            // A handler may do a TFORCALL and its TFORLOOP at once.
            if self.last[1] == Op::TForCall as usize {
                let next = self.last_ip.add(1);
                if next != ip && next.offset(1 + sbx(next) as isize) == ip {
                    self.add(Op::TForLoop as usize);
                }
            }
            self.add(unmarked(*ip).op as usize);
        }
        self.last_ip = ip;
    }
}

impl Vm {
    /// Starts to count executed instructions; instructions while a line hook is in force are not counted.
    pub fn profile_ops(&mut self) {
        self.profile = Some(OpProfile::new());
        self.update_dispatch();
    }

    /// What was counted since [`Vm::profile_ops`].
    pub fn op_profile(&self) -> Option<&OpProfile> {
        self.profile.as_ref()
    }
}

/// Counts the instruction at `vm.ip`, if the machine counts.
pub(crate) fn count(vm: &mut Vm) {
    let ip = vm.ip;
    if let Some(profile) = &mut vm.profile {
        // SAFETY: `ip` points to an instruction of the running function.
        unsafe { profile.count(ip) }
    }
}

handlers! {
    /// Every instruction while the machine counts.
    #[inline(never)]
    fn op_count(m) {
        if let Some(profile) = &mut (*m.vm).profile {
            profile.count(m.ip);
        }
        tail!(m, Table::interpreted((*m.vm).plain, m.ip))
    }
}
