//! The control flow of a function's code: loops, how far it is to the next look at fuel, which
//! registers are read again.

use crate::function::ProtoObj;
use luka_bytecode::effects::{self, Count, Effect, Range};
use luka_bytecode::{Flow as Goes, Instr, Op, Role, operand};

/// Bytes of an instruction: what it costs.
pub(super) const COST: i64 = size_of::<Instr>() as i64;

/// A unit must not be longer than so many instructions from one look at fuel to the next.
const LONGEST: i64 = 4000 * COST;

/// A set of registers.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct Registers(Vec<u64>);

impl Registers {
    fn new(n: usize) -> Registers {
        Registers(vec![0; n / 64 + 1])
    }

    pub fn has(&self, r: usize) -> bool {
        self.0.get(r / 64).is_some_and(|w| w >> (r % 64) & 1 != 0)
    }

    fn add(&mut self, r: usize) {
        if let Some(w) = self.0.get_mut(r / 64) {
            *w |= 1 << (r % 64);
        }
    }

    fn remove(&mut self, r: usize) {
        if let Some(w) = self.0.get_mut(r / 64) {
            *w &= !(1 << (r % 64));
        }
    }

    fn unite(&mut self, other: &Registers) {
        for (w, x) in self.0.iter_mut().zip(&other.0) {
            *w |= x;
        }
    }
}

/// The code between the target of a jump back and the last jump to it.
pub(super) struct Loop {
    pub head: u32,
    pub last: u32,
    /// Registers that change in it.
    pub changes: Registers,
}

impl Loop {
    pub fn contains(&self, pc: u32) -> bool {
        (self.head..=self.last).contains(&pc)
    }
}

/// What is known of a function's code.
pub(super) struct Flow {
    /// The code, with plain indices.
    pub code: Vec<Instr>,
    /// Registers of the frame.
    pub registers: usize,
    /// Outer loops before those in them.
    pub loops: Vec<Loop>,
    /// Where blocks begin.
    pub leader: Vec<bool>,
    /// Registers that may be read from here on; behind the last instruction, none.
    pub live: Vec<Registers>,
    /// Registers that functions inside capture.
    pub captured: Registers,
}

/// Where the instruction may jump.
pub(super) fn target(i: Instr, pc: u32) -> Option<u32> {
    operand::jump_target(i.opcode()?, i, pc as usize).map(|t| t as u32)
}

/// Whether control may come to the next instruction.
fn falls_through(op: Op) -> bool {
    !matches!(op.info().flow, Goes::Goto | Goes::Return | Goes::SkipOne)
}

/// The registers that the instruction reads.
fn reads(i: Instr, registers: usize) -> Vec<usize> {
    effects::reads(i, registers)
}

/// The registers that may hold something else after the instruction, or nothing, in the order of its
/// operands.
pub(super) fn changes(i: Instr, registers: usize) -> Vec<usize> {
    let Some(op) = i.opcode() else { return Vec::new() };
    let mut changed = effects::writes(i, registers);
    for effect in op.info().effects {
        if let Effect::Clobbers(from) = effect {
            changed.extend(i.a as usize + *from as usize..registers);
        }
    }
    if op == Op::TForCall {
        // Its handler may do what the TFORLOOP behind it does.
        changed.push(i.a as usize + 2);
    }
    changed
}

/// The registers that hold something else after the instruction, wherever control goes.
fn surely_changes(i: Instr, registers: usize) -> Vec<usize> {
    let Some(op) = i.opcode() else { return Vec::new() };
    if matches!(op.info().flow, Goes::Branch | Goes::Call) && op != Op::Call {
        return Vec::new();
    }
    let info = op.info();
    let mut changed: Vec<usize> = info
        .operands
        .iter()
        .filter(|o| o.role == Role::Dst)
        .map(|o| operand::raw(i, o.field) as usize)
        .collect();
    for &effect in info.effects {
        match effect {
            Effect::Writes(from, count) if count != Count::Top => {
                let range = Range::of(i, from, count);
                let end = range.count.map_or(registers, |n| range.first + n);
                changed.extend(range.first..end.max(range.first));
            }
            Effect::Clobbers(from) => changed.extend(i.a as usize + from as usize..registers),
            Effect::Reads(..) | Effect::Writes(..) | Effect::Reaches(_) => {}
            Effect::WritesIfTaken(_) | Effect::WritesIfNotTaken(_) | Effect::AtLeast(..) => {}
            Effect::Captures | Effect::Marks(_) | Effect::Closes => {}
            Effect::Leaves | Effect::Replaces => {}
        }
    }
    changed
}

impl Flow {
    /// Of the code of a live prototype. `None`: its loops overlap, or it is too long without them.
    pub fn new(proto: &ProtoObj, code: Vec<Instr>) -> Option<Flow> {
        let registers = proto.data.max_stack as usize;
        let mut captured = Registers::new(registers);
        for child in proto.data.protos.iter() {
            for up in child.data.upvalues.iter().filter(|up| up.in_stack) {
                captured.add(up.index as usize);
            }
        }
        let (loops, leader) = loops(&code, registers)?;
        let live = live(&code, registers);
        costs(&code, &loops, |_| 0)?;
        Some(Flow { code, registers, loops, leader, live, captured })
    }

    /// Bytes of fuel on the longest way from each instruction to where fuel is looked at, if calls that are inlined
    /// cost so much more. `None`: it is too long.
    pub fn costs(&self, extra: impl Fn(u32) -> i64) -> Option<Vec<i64>> {
        costs(&self.code, &self.loops, extra)
    }

    /// The loop that begins here.
    pub fn loop_at(&self, pc: u32) -> Option<usize> {
        self.loops.iter().position(|l| l.head == pc)
    }

    /// Whether a register may be read from `pc` on.
    pub fn is_live(&self, r: usize, pc: u32) -> bool {
        self.live.get(pc as usize).is_some_and(|live| live.has(r))
    }
}

/// The loops of code with plain indices, and where its blocks begin.
fn loops(code: &[Instr], registers: usize) -> Option<(Vec<Loop>, Vec<bool>)> {
    let mut loops: Vec<Loop> = Vec::new();
    let mut leader = vec![false; code.len() + 2];
    for (pc, &i) in code.iter().enumerate() {
        let op = i.opcode()?;
        if op == Op::LFalseSkip {
            leader[pc + 2] = true;
        }
        if op == Op::TForCall {
            leader[pc + 1] = true;
        }
        let Some(to) = target(i, pc as u32) else { continue };
        leader[to as usize] = true;
        leader[pc + 1] = true;
        if to as usize <= pc {
            match loops.iter_mut().find(|l| l.head == to) {
                Some(l) => l.last = l.last.max(pc as u32),
                None => {
                    let changes = Registers::new(registers);
                    loops.push(Loop { head: to, last: pc as u32, changes });
                }
            }
        }
    }
    for (x, a) in loops.iter().enumerate() {
        for b in &loops[x + 1..] {
            let (a, b) = if a.head < b.head { (a, b) } else { (b, a) };
            if b.head <= a.last && a.last < b.last {
                return None;
            }
        }
    }
    loops.sort_by_key(|l| (l.head, std::cmp::Reverse(l.last)));
    for l in &mut loops {
        for pc in l.head..=l.last {
            for r in changes(code[pc as usize], registers) {
                l.changes.add(r);
            }
        }
    }
    Some((loops, leader))
}

/// The registers that may be read from each instruction on.
fn live(code: &[Instr], registers: usize) -> Vec<Registers> {
    let mut live = vec![Registers::new(registers); code.len() + 2];
    let mut again = true;
    while again {
        again = false;
        for pc in (0..code.len()).rev() {
            let i = code[pc];
            let Some(op) = i.opcode() else { continue };
            let mut set = Registers::new(registers);
            if falls_through(op) {
                set.unite(&live[pc + 1]);
            }
            if op == Op::LFalseSkip {
                set.unite(&live[pc + 2]);
            }
            if let Some(to) = target(i, pc as u32) {
                set.unite(&live[to as usize]);
            }
            for r in surely_changes(i, registers) {
                set.remove(r);
            }
            for r in reads(i, registers) {
                set.add(r);
            }
            if set != live[pc] {
                live[pc] = set;
                again = true;
            }
        }
    }
    live
}

fn costs(code: &[Instr], loops: &[Loop], extra: impl Fn(u32) -> i64) -> Option<Vec<i64>> {
    let mut cost = vec![0i64; code.len() + 2];
    let mut is_head = vec![false; code.len() + 2];
    loops.iter().for_each(|l| is_head[l.head as usize] = true);
    for pc in (0..code.len()).rev() {
        let i = code[pc];
        let op = i.opcode()?;
        let to = |to: usize| {
            // (Heads of loops look at fuel.)
            if is_head[to] { 0 } else { cost[to] }
        };
        let mut most = 0;
        if falls_through(op) {
            most = to(pc + 1);
        }
        if op == Op::LFalseSkip {
            most = to(pc + 2);
        }
        if let Some(target) = target(i, pc as u32) {
            most = most.max(to(target as usize));
        }
        cost[pc] = most + COST + extra(pc as u32);
        if cost[pc] > LONGEST {
            return None;
        }
    }
    Some(cost)
}
