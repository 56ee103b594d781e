//! Counting what the machine executes: instructions, and pairs and triples of instructions in
//! succession (`luka run --profile-ops`). While it counts, every instruction goes through
//! [`op_count`] by another handler table, as with debug hooks; otherwise it costs nothing.

use super::dispatch::{Handler, Ip, handlers};
use super::operand::sbx;
use crate::vm::Vm;
use luka_bytecode::Op;

/// What a machine has counted.
pub struct OpProfile {
    /// By the two opcodes before and the opcode itself; `Op::COUNT` is for none before.
    triples: Box<[u64]>,
    /// The two opcodes before.
    last: [usize; 2],
    last_ip: Ip,
}

const ROW: usize = Op::COUNT;
const NONE: usize = Op::COUNT;

impl OpProfile {
    fn new() -> OpProfile {
        OpProfile {
            triples: vec![0; (ROW + 1) * (ROW + 1) * ROW].into(),
            last: [NONE; 2],
            last_ip: std::ptr::null(),
        }
    }

    fn add(&mut self, op: usize) {
        let [first, second] = self.last;
        if let Some(count) = self.triples.get_mut((first * (ROW + 1) + second) * ROW + op) {
            *count += 1;
        }
        self.last = [second, op];
    }

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
            self.add((*ip).op as usize);
        }
        self.last_ip = ip;
    }

    /// Every triple that occurred: the numbers of its opcodes ([`NONE`] before the first), how
    /// often.
    fn counts(&self) -> impl Iterator<Item = ([usize; 3], u64)> {
        self.triples.iter().enumerate().filter(|(_, n)| **n > 0).map(|(i, n)| {
            let before = i / ROW;
            ([before / (ROW + 1), before % (ROW + 1), i % ROW], *n)
        })
    }

    /// How often sequences of `N` opcodes (1 to 3) were executed, most often first.
    pub fn sequences<const N: usize>(&self) -> Vec<([Op; N], u64)> {
        const { assert!(N >= 1 && N <= 3) }
        let mut all = std::collections::BTreeMap::new();
        for (triple, n) in self.counts() {
            let mut ops = [Op::Move; N];
            let known = ops.iter_mut().zip(&triple[3 - N..]).all(|(slot, number)| {
                match Op::from_u8(*number as u8) {
                    Some(op) => *slot = op,
                    None => return false,
                }
                true
            });
            if known {
                all.entry(ops.map(|op| op as u8)).or_insert((ops, 0)).1 += n;
            }
        }
        let mut all: Vec<([Op; N], u64)> = all.into_values().collect();
        all.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        all
    }
}

impl Vm {
    /// Starts to count executed instructions; instructions while a hook is set are not counted.
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
    fn op_count(vm, ip, base, k, fuel, tb) {
        if let Some(profile) = &mut (*vm).profile {
            profile.count(ip);
        }
        let h: Handler =
            std::mem::transmute::<usize, Handler>(*super::table::handlers().add((*ip).op as usize));
        return h(vm, ip, base, k, fuel, tb);
    }
}
