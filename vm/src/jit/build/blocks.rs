//! Values, instructions, exits, and how blocks begin and end.

use super::Builder;
use super::state::{Reg, State, Tag, class_of, has_payload};
use crate::jit::ir::*;

impl Builder<'_> {
    // ------------------------------------------------------------ values and instructions

    fn value(&mut self, class: Class) -> V {
        self.func.class.push(class);
        self.func.constant.push(None);
        self.func.class.len() as V - 1
    }

    fn constant(&mut self, class: Class, bits: i64) -> V {
        let key = (class == Class::Float, bits);
        if let Some(&v) = self.constants.get(&key) {
            return v;
        }
        let v = self.value(class);
        self.func.constant[v as usize] = Some(bits);
        self.constants.insert(key, v);
        v
    }

    pub(super) fn int(&mut self, k: i64) -> V {
        self.constant(Class::General, k)
    }

    pub(super) fn float(&mut self, x: f64) -> V {
        self.constant(Class::Float, x.to_bits() as i64)
    }

    /// The integer, or the bits of the float, that a value always is.
    pub(super) fn constant_of(&self, v: V) -> Option<i64> {
        self.func.constant[v as usize]
    }

    pub(super) fn push(&mut self, i: Ins) {
        let line = self.source.lines.get(self.pc as usize).copied();
        let i = Ins { line: line.unwrap_or(0), ..i };
        self.func.blocks[self.block as usize].ins.push(i);
    }

    pub(super) fn define(&mut self, class: Class, i: Ins) -> V {
        let d = self.value(class);
        self.push(Ins { d, ..i });
        d
    }

    /// An operation of two integers.
    pub(super) fn ints(&mut self, op: Op, a: V, b: V) -> V {
        if let (Some(x), Some(y)) = (self.constant_of(a), self.constant_of(b)) {
            match op {
                Op::Add => return self.int(x.wrapping_add(y)),
                Op::Sub => return self.int(x.wrapping_sub(y)),
                _ => {}
            }
        }
        self.define(Class::General, Ins { a, b, ..Ins::new(op) })
    }

    pub(super) fn floats(&mut self, op: Op, a: V, b: V) -> V {
        self.define(Class::Float, Ins { a, b, ..Ins::new(op) })
    }

    pub(super) fn load(&mut self, op: Op, class: Class, a: V, offset: usize) -> V {
        self.define(class, Ins { a, k: offset as i64, ..Ins::new(op) })
    }

    /// A guard before the instruction's first effect.
    pub(super) fn guard(&mut self, i: Ins) {
        let x = self.exit(Why::Guard);
        self.push(Ins { x, ..i });
    }

    // ------------------------------------------------------------ exits

    /// An exit before the instruction that is translated.
    pub(super) fn exit(&mut self, why: Why) -> u32 {
        self.exit_to(self.pc, why)
    }

    /// An exit to the instruction at `pc`, with the state as it is.
    pub(super) fn exit_to(&mut self, pc: u32, why: Why) -> u32 {
        if pc == self.pc
            && let Some((same, x)) = self.exit_here
            && same == why
        {
            return x;
        }
        let inlined = self.frames_at_exit();
        let flush = self.flushes();
        self.func.exits.push(Exit { pc, pending: self.state.pending, flush, why, inlined });
        let x = self.func.exits.len() as u32 - 1;
        if pc == self.pc {
            self.exit_here = Some((why, x));
        }
        x
    }

    /// Ends the block: the interpreter goes on at `pc`.
    pub(super) fn leave(&mut self, pc: u32, why: Why) {
        let x = self.exit_to(pc, why);
        self.push(Ins { x, ..Ins::new(Op::Exit) });
        self.open = false;
    }

    /// Counts what is used.
    pub(super) fn settle(&mut self) {
        if self.state.pending != 0 {
            self.push(Ins { k: self.state.pending, ..Ins::new(Op::UseFuel) });
            self.state.pending = 0;
            self.exit_here = None;
        }
    }

    /// Leaves if a poll could be due on the way from `pc` to the next look at fuel.
    pub(super) fn check_fuel(&mut self, pc: u32) {
        if pc < self.entry || pc >= self.end {
            return;
        }
        self.exit_here = None;
        let x = self.exit_to(pc, Why::End);
        self.exit_here = None;
        self.push(Ins { y: pc as i32, x, ..Ins::new(Op::GuardFuel) });
    }

    // ------------------------------------------------------------ blocks

    pub(super) fn new_block(&mut self) -> u32 {
        self.func.blocks.push(Block::default());
        self.func.blocks.len() as u32 - 1
    }

    /// Ends the block, which has paid for the jump: on at `pc`.
    pub(super) fn jump_to(&mut self, pc: u32) {
        if !self.inlining.is_empty() {
            return self.comes_to(pc);
        }
        let back = self.open_loops.iter().rposition(|l| l.head == pc);
        // (A loop that is not entered at its head is left to a unit of its own.)
        let outside = pc < self.entry || pc >= self.end || pc <= self.pc && back.is_none();
        if outside && !self.ends_peeling(pc) {
            self.exit_here = None;
            self.leave(pc, Why::End);
            self.exit_here = None;
        } else if let (Some(l), true) = (back, pc <= self.pc) {
            self.jump_back(l);
        } else {
            self.comes_to(pc);
        }
        self.open = false;
    }

    /// Ends the block, which comes to an instruction further down.
    fn comes_to(&mut self, pc: u32) {
        let state = self.state.clone();
        self.incoming.entry(pc).or_default().push((self.block, state));
        self.open = false;
    }

    /// Ends the block with a conditional jump: to `to` if the condition holds as `when` says. `taken`
    /// is done on the way there. Goes on with the next instruction.
    pub(super) fn branch(&mut self, i: Ins, when: bool, to: u32, taken: impl FnOnce(&mut Self)) {
        let from = self.block;
        let (there, next) = (self.new_block(), self.new_block());
        let (t, f) = if when { (there, next) } else { (next, there) };
        self.block = from;
        self.push(Ins { t, f, ..i });
        let state = self.state.clone();
        self.block = there;
        self.exit_here = None;
        taken(self);
        self.jump_to(to);
        self.block = next;
        self.state = state;
        self.open = true;
        self.exit_here = None;
    }

    /// Begins the block of an instruction with what comes there; false if nothing does.
    pub(super) fn begin_block(&mut self, pc: u32) -> bool {
        let from = self.incoming.remove(&pc).unwrap_or_default();
        self.begin_block_of(pc, from)
    }

    /// The same with what comes there.
    pub(super) fn begin_block_of(&mut self, pc: u32, mut from: Vec<(u32, State)>) -> bool {
        if from.is_empty() {
            return false;
        }
        self.exit_here = None;
        self.open = true;
        // No exit is cached for what is built on edges.
        self.pc = NONE;
        if from.len() == 1 {
            let (block, state) = from.remove(0);
            self.state = state;
            self.block = block;
            if block as usize + 1 != self.func.blocks.len() {
                // Blocks are in the order of the code.
                let t = self.new_block();
                self.push(Ins { t, ..Ins::new(Op::Jump) });
                self.block = t;
            }
        } else {
            self.merge(pc, from);
        }
        self.pc = pc;
        true
    }

    /// One block of several that come to an instruction.
    fn merge(&mut self, pc: u32, mut from: Vec<(u32, State)>) {
        let most = from.iter().map(|(_, state)| state.registers.len()).max().unwrap_or(0);
        let mut params = Vec::new();
        let mut merged = vec![Reg::MEMORY; most];
        for (r, merged) in merged.iter_mut().enumerate() {
            *merged = match common(&from, r) {
                Common::Same(reg) => reg,
                Common::Parameter(reg) if self.is_live(r, pc) => {
                    params.push(r);
                    reg
                }
                Common::Parameter(reg) => self.through_memory(&mut from, r, reg.known()),
                Common::Memory(tag) => self.through_memory(&mut from, r, tag),
            };
        }
        let block = self.new_block();
        let pending = from.iter().map(|(_, state)| state.pending).max().unwrap_or(0);
        let mut facts = None;
        for (end, state) in from {
            self.state = state;
            self.block = end;
            let args = params.iter().map(|&r| {
                let tag = self.known(r).unwrap_or(0);
                self.payload(r, tag)
            });
            let args: Vec<V> = args.collect();
            let more = self.state.pending - pending;
            if more != 0 {
                self.push(Ins { k: more, ..Ins::new(Op::UseFuel) });
            }
            self.push(Ins { t: block, ..Ins::new(Op::Jump) });
            self.func.blocks[end as usize].args = args;
            match &mut facts {
                None => facts = Some(self.state.facts.clone()),
                Some(facts) => facts.keep_common(&self.state.facts),
            }
        }
        for &r in &params {
            let class = class_of(merged[r].known().unwrap_or(0));
            merged[r].payload = self.parameter(block, class);
        }
        self.block = block;
        self.state = State { registers: merged, pending, facts: facts.unwrap_or_default() };
    }

    /// A parameter of a block.
    pub(super) fn parameter(&mut self, block: u32, class: Class) -> V {
        let v = self.value(class);
        self.func.blocks[block as usize].params.push(v);
        v
    }

    /// Stores a register wherever it is to be stored.
    fn through_memory(&mut self, from: &mut [(u32, State)], r: usize, tag: Option<u8>) -> Reg {
        for (block, state) in from {
            std::mem::swap(&mut self.state, state);
            self.block = *block;
            self.flush(r);
            std::mem::swap(&mut self.state, state);
        }
        tag.map_or(Reg::MEMORY, Reg::stored)
    }
}

/// What a register is where several blocks come together.
enum Common {
    Same(Reg),
    /// A value of this type, another from each block.
    Parameter(Reg),
    /// In memory, of a known type or not.
    Memory(Option<u8>),
}

fn common(from: &[(u32, State)], r: usize) -> Common {
    let all = || from.iter().map(|(_, state)| state.get(r));
    let first = from[0].1.get(r);
    let dirty = all().any(|reg| reg.dirty);
    let stored =
        if all().all(|reg| reg.stored == first.stored) { first.stored } else { Reg::UNKNOWN };
    let same = all().all(|reg| reg.payload == first.payload && reg.tag == first.tag);
    let without_payload = first.known().is_some_and(|tag| !has_payload(tag));
    // (In memory here, to be stored there: not the same, unless there is nothing to load.)
    let one_way = all().all(|reg| reg.dirty == dirty) || first.payload != NONE || without_payload;
    if same && one_way {
        return Common::Same(Reg { dirty, stored, ..first });
    }
    let Some(tag) = first.known().filter(|_| all().all(|reg| reg.tag == first.tag)) else {
        return Common::Memory(None);
    };
    if !has_payload(tag) {
        return Common::Memory(Some(tag));
    }
    let reg = Reg { payload: NONE, tag: Tag::Known(tag), dirty, stored };
    if dirty { Common::Parameter(reg) } else { Common::Same(Reg { stored: tag, ..reg }) }
}
