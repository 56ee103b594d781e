//! What a machine has counted of the instructions it has executed (`luka run --profile-ops`).

use luka_bytecode::{Instr, Op};

/// What a machine has counted.
pub struct OpProfile {
    /// By the two opcodes before and the opcode itself; `Op::COUNT` is for none before.
    triples: Box<[u64]>,
    /// The two opcodes before.
    pub(crate) last: [usize; 2],
    pub(crate) last_ip: *const Instr,
}

const ROW: usize = Op::COUNT;
const NONE: usize = Op::COUNT;

impl OpProfile {
    pub(crate) fn new() -> OpProfile {
        OpProfile {
            triples: vec![0; (ROW + 1) * (ROW + 1) * ROW].into(),
            last: [NONE; 2],
            last_ip: std::ptr::null(),
        }
    }

    pub(crate) fn add(&mut self, op: usize) {
        let [first, second] = self.last;
        if let Some(count) = self.triples.get_mut((first * (ROW + 1) + second) * ROW + op) {
            *count += 1;
        }
        self.last = [second, op];
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
