//! Loops: which registers are values inside, and what is known before they begin.

use super::Builder;
use super::facts::Fact;
use super::state::{Reg, Tag, class_of, has_payload};
use crate::jit::feedback::Seen;
use crate::jit::ir::*;
use crate::value::tag;
use luka_bytecode::Op as B;

/// A loop that is being built.
pub(super) struct Open {
    /// The index of its first instruction.
    pub head: u32,
    /// Its number in the function's [`Flow`](crate::jit::flow::Flow).
    number: usize,
    /// Its first block.
    block: u32,
    /// Registers that are parameters of the block, with their tags.
    params: Vec<(usize, u8)>,
    /// The registers at its head.
    registers: Vec<Reg>,
    /// Those that are guessed to hold a type without payload at the end of each iteration, and need not be
    /// stored.
    constant: Vec<(usize, u8)>,
    /// Where fields are, as far as it is known at its head: it has to hold at the end of each iteration.
    fields: Vec<(Fact, V)>,
}

impl Builder<'_> {
    /// Whether something may be called in a loop.
    pub(super) fn calls_in(&self, number: usize) -> bool {
        self.plan.calling.contains(&self.flow.loops[number].head)
    }

    /// Something is called at `pc`: in loops that should do without, nothing was forgotten.
    pub(super) fn calls_here(&mut self, pc: u32) {
        let open = self.open_loops.iter().map(|open| open.number);
        for number in open.chain(self.peeling) {
            let l = &self.flow.loops[number];
            if l.contains(pc) && self.plan.calling.insert(l.head) {
                self.again = true;
            }
        }
    }

    /// Whether the code is in a loop in which something is called.
    pub(super) fn is_in_calling_loop(&self) -> bool {
        let inner = self.open_loops.last().map(|open| open.number);
        self.peeling.or(inner).is_some_and(|number| self.calls_in(number))
    }

    /// Loops that end before `pc` end.
    pub(super) fn end_loops(&mut self, pc: u32) {
        while let Some(open) = self.open_loops.last()
            && pc > self.flow.loops[open.number].last
        {
            let (block, last) = (open.block, self.func.blocks.len() as u32 - 1);
            if let Some(blocks) = self.func.loops.iter_mut().find(|l| l.0 == block) {
                blocks.1 = last;
            }
            self.open_loops.pop();
        }
    }

    /// The block goes on at the head of a loop.
    pub(super) fn enter_loop(&mut self, number: usize) {
        let head = self.flow.loops[number].head;
        self.settle();
        self.state.facts.forget_new();
        if self.calls_in(number) {
            self.state.facts.clear();
        } else if self.plan.storing.contains(&head) {
            self.state.facts.forget_fields();
        }
        let (mut params, mut constant) = (Vec::new(), Vec::new());
        for r in 0..self.state.registers.len() {
            match self.prepare(number, r) {
                Some(tag) if has_payload(tag) => params.push((r, tag)),
                Some(tag) => constant.push((r, tag)),
                None if self.open => {}
                None => return,
            }
        }
        if !self.calls_in(number) {
            self.load_before(number);
        }
        if !self.open {
            return;
        }
        let args = params.iter().map(|&(r, tag)| {
            if self.reg(r).stored != tag {
                self.store_tag(r, tag);
                let reg = self.reg(r);
                self.put(r, Reg { stored: tag, ..reg });
            }
            self.payload(r, tag)
        });
        let args: Vec<V> = args.collect();
        let before = self.block;
        let block = self.new_block();
        self.push(Ins { t: block, ..Ins::new(Op::Jump) });
        self.func.blocks[before as usize].args = args;
        self.func.loops.push((block, block));
        for &(r, tag) in &params {
            let payload = self.parameter(block, class_of(tag));
            self.put(r, Reg { payload, tag: Tag::Known(tag), dirty: true, stored: tag });
        }
        self.block = block;
        let registers = self.state.registers.clone();
        let fields = self.state.facts.of_fields();
        self.open_loops.push(Open { head, number, block, params, registers, constant, fields });
        self.check_fuel(head);
    }

    /// Decides what a register is in a loop; its tag if it is to be a parameter, or, without payload, if it is
    /// guessed to hold that at the end of each iteration. The block has ended if it cannot be what it has to
    /// be.
    fn prepare(&mut self, number: usize, r: usize) -> Option<u8> {
        let l = &self.flow.loops[number];
        let (head, changes) = (l.head, l.changes.has(r) || r >= self.flow.registers);
        let calls = self.calls_in(number);
        let shared = calls && self.is_captured(r);
        if shared || !self.flow.is_live(r, head) {
            let carried = if changes && !calls { self.carried(head, r) } else { None };
            if carried.is_none_or(|tag| !has_payload(tag)) {
                self.flush(r);
                self.put(r, carried.map_or(Reg::MEMORY, Reg::stored));
            }
            return carried;
        }
        let seen = self.source.feedback.at_head(head, r);
        let now = match self.reg(r).tag {
            Tag::Known(tag) => has_payload(tag).then_some(tag),
            Tag::Value(_) | Tag::Memory => seen.only(),
        };
        if changes {
            // What it is at the end of the loop counts, too.
            let tag = if seen == Seen::NUMBER {
                // (An integer at first, then a float: the interpreter does the first iteration.)
                Some(tag::FLOAT)
            } else {
                now.filter(|tag| seen.is_empty() || seen.only() == Some(*tag))
            };
            let Some(tag) = tag else {
                self.flush(r);
                self.put(r, Reg::MEMORY);
                return None;
            };
            let why = if seen == Seen::NUMBER { Why::End } else { Why::Guard };
            self.want_at(r, tag, head, why)?;
            return Some(tag);
        }
        if let Some(tag) = now {
            self.want_at(r, tag, head, Why::Guard)?;
            self.flush(r);
            if calls {
                self.put(r, Reg::stored(tag));
            }
        } else {
            self.flush(r);
            if calls {
                self.put(r, Reg::MEMORY);
            }
        }
        None
    }

    /// The type of a register that nobody reads at the head of a loop whose first iteration was built apart:
    /// what it held then, it is guessed to hold at the end of each. It need not be stored there.
    fn carried(&self, head: u32, r: usize) -> Option<u8> {
        let reg = self.reg(r);
        let guess = self.peeled && reg.dirty && !self.plan.stored.contains(&(head, r));
        if guess { reg.known() } else { None }
    }

    /// Whether a register holds at the end of a loop what was guessed at its head, where nobody reads it. If
    /// not, that is noted.
    fn carries(&mut self, head: u32, r: usize, tag: u8) -> bool {
        let carries = self.known(r) == Some(tag);
        if !carries {
            self.plan.stored.insert((head, r));
            self.again = true;
        }
        carries
    }

    /// Loads before a loop what it finds the same each time: the array parts of tables in registers
    /// that do not change, upvalues.
    fn load_before(&mut self, number: usize) {
        let l = &self.flow.loops[number];
        self.pc = l.head;
        for pc in l.head..=l.last {
            let i = self.source.plain[pc as usize];
            let site = self.source.feedback.sites[pc as usize];
            let (r, stores) = match i.opcode() {
                Some(B::GetTable | B::GetI) => (i.b as usize, false),
                Some(B::SetTable | B::SetTableK | B::SetI | B::SetIK) => (i.a as usize, true),
                Some(B::GetUpval) if !self.sets_upvalues => {
                    if let Some(tag) = site.result.only() {
                        self.upvalue_of(i.b, tag);
                    }
                    continue;
                }
                _ => continue,
            };
            if !site.access.is_inside() || l.changes.has(r) || self.known(r) != Some(tag::TABLE) {
                continue;
            }
            let table = self.payload(r, tag::TABLE);
            self.array_of(table);
            if stores && !site.access.has_meta() {
                self.no_metatable(table);
            }
        }
    }

    /// Ends the block with a jump to the head of a loop that is being built.
    pub(super) fn jump_back(&mut self, open: usize) {
        let Open { head, block, ref params, ref registers, ref constant, ref fields, .. } =
            self.open_loops[open];
        if fields.iter().any(|&(fact, v)| self.state.facts.get(fact) != Some(v)) {
            self.plan.storing.insert(head);
            self.again = true;
            self.open = false;
            return;
        }
        let (params, registers, constant) = (params.clone(), registers.clone(), constant.clone());
        // No exit is cached for what is built on edges.
        let pc = std::mem::replace(&mut self.pc, NONE);
        self.exit_here = None;
        let mut args = Vec::new();
        for (r, tag) in params {
            if !self.flow.is_live(r, head) && !self.carries(head, r, tag) {
                continue;
            }
            // The interpreter goes on at the head if it is of another type.
            let Some(payload) = self.want_at(r, tag, head, Why::Guard) else {
                self.pc = pc;
                return;
            };
            args.push(payload);
            if self.reg(r).stored != tag {
                self.store_tag(r, tag);
                let reg = self.reg(r);
                self.put(r, Reg { stored: tag, ..reg });
            }
        }
        for r in 0..self.state.registers.len().max(registers.len()) {
            let at_head = registers.get(r).copied().unwrap_or(Reg::MEMORY);
            // (What has no payload is in memory already.)
            let is_there = match constant.iter().find(|c| c.0 == r) {
                Some(&(_, tag)) => self.carries(head, r, tag),
                None => at_head.dirty,
            };
            if !is_there {
                self.flush(r);
            }
        }
        if self.again {
            self.open = false;
            return;
        }
        self.settle();
        self.pc = pc;
        self.push(Ins { t: block, ..Ins::new(Op::Jump) });
        self.func.blocks[self.block as usize].args = args;
    }
}
