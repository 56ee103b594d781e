//! What is known of the frame's registers while code is built.

use super::Builder;
use super::facts::Facts;
use crate::jit::ir::*;
use crate::value::tag;

/// The tag of what a register holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tag {
    /// In memory, and the payload with it.
    Memory,
    Known(u8),
    /// In a value.
    Value(V),
}

/// What is known of a register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Reg {
    /// The payload; [`NONE`]: it is in memory, or the type has none.
    pub payload: V,
    pub tag: Tag,
    /// It is to be stored before anybody can look.
    pub dirty: bool,
    /// The tag in memory, if it is known; else [`Reg::UNKNOWN`].
    pub stored: u8,
}

impl Reg {
    pub const UNKNOWN: u8 = Flush::KEEPS;

    /// In memory, of any type.
    pub const MEMORY: Reg =
        Reg { payload: NONE, tag: Tag::Memory, dirty: false, stored: Reg::UNKNOWN };

    /// In memory, of a known type.
    pub fn stored(tag: u8) -> Reg {
        Reg { payload: NONE, tag: Tag::Known(tag), dirty: false, stored: tag }
    }

    /// The tag, if it is known.
    pub fn known(self) -> Option<u8> {
        match self.tag {
            Tag::Known(tag) => Some(tag),
            Tag::Memory | Tag::Value(_) => None,
        }
    }

    /// How it is stored at this register of the frame.
    pub fn flush(self, r: usize) -> Flush {
        let (tag_value, tag) = match self.tag {
            Tag::Known(tag) if self.stored == tag => (NONE, Flush::KEEPS),
            Tag::Known(tag) => (NONE, tag),
            Tag::Value(tag) => (tag, Flush::KEEPS),
            Tag::Memory => (NONE, Flush::KEEPS),
        };
        Flush { slot: slot(r) as i32, payload: self.payload, tag_value, tag }
    }
}

/// Whether values with this tag have a payload that means something.
pub(super) fn has_payload(tag: u8) -> bool {
    tag > tag::TRUE && tag != tag::FRAME
}

/// The kind of register the payload is in.
pub(super) fn class_of(tag: u8) -> Class {
    if tag == tag::FLOAT { Class::Float } else { Class::General }
}

/// Bytes from the frame's first register.
pub(super) fn slot(r: usize) -> i64 {
    r as i64 * 16
}

/// The same of the tag.
pub(super) fn tag_slot(r: usize) -> i64 {
    slot(r) + 8
}

/// What is known at a place of the code.
#[derive(Clone)]
pub(super) struct State {
    /// The frame's registers, and those above it that inlined functions had.
    pub registers: Vec<Reg>,
    /// Fuel that is used but not yet counted.
    pub pending: i64,
    pub facts: Facts,
}

impl State {
    /// A register; those that nobody has used are in memory.
    pub fn get(&self, r: usize) -> Reg {
        self.registers.get(r).copied().unwrap_or(Reg::MEMORY)
    }

    pub fn put(&mut self, r: usize, reg: Reg) {
        if r >= self.registers.len() {
            self.registers.resize(r + 1, Reg::MEMORY);
        }
        self.registers[r] = reg;
    }
}

impl Builder<'_> {
    pub(super) fn reg(&self, r: usize) -> Reg {
        self.state.get(r)
    }

    pub(super) fn known(&self, r: usize) -> Option<u8> {
        self.reg(r).known()
    }

    pub(super) fn put(&mut self, r: usize, reg: Reg) {
        self.state.put(r, reg);
        self.exit_here = None;
    }

    /// The instruction writes a register.
    pub(super) fn set(&mut self, r: usize, payload: V, tag: Tag) {
        let stored = self.reg(r).stored;
        self.put(r, Reg { payload, tag, dirty: true, stored });
    }

    pub(super) fn set_known(&mut self, r: usize, payload: V, tag: u8) {
        self.set(r, payload, Tag::Known(tag));
    }

    /// The payload of a register whose type is known and has one.
    pub(super) fn payload(&mut self, r: usize, tag: u8) -> V {
        let reg = self.reg(r);
        let class = class_of(tag);
        if reg.payload == NONE {
            let op = if class == Class::Float { Op::LoadSlotF } else { Op::LoadSlot };
            let payload = self.define(class, Ins { k: slot(r), ..Ins::new(op) });
            self.state.put(r, Reg { payload, ..reg });
            return payload;
        }
        if class == Class::Float && self.func.class[reg.payload as usize] == Class::General {
            let a = reg.payload;
            let payload = self.define(Class::Float, Ins { a, ..Ins::new(Op::BitsToFloat) });
            self.put(r, Reg { payload, ..reg });
            return payload;
        }
        reg.payload
    }

    /// The payload of a register that has to be of this type: leaves at `pc` otherwise. `None`: it
    /// is of another, and the block ends.
    pub(super) fn want_at(&mut self, r: usize, tag: u8, pc: u32, why: Why) -> Option<V> {
        let reg = self.reg(r);
        match reg.tag {
            Tag::Known(known) if known == tag => {}
            Tag::Known(_) => {
                self.leave(pc, why);
                return None;
            }
            Tag::Value(a) => {
                let x = self.exit_to(pc, why);
                self.push(Ins { a, y: tag.into(), x, ..Ins::new(Op::GuardByte) });
                self.state.put(r, Reg { tag: Tag::Known(tag), ..reg });
            }
            Tag::Memory => {
                let x = self.exit_to(pc, why);
                self.push(Ins { k: tag_slot(r), y: tag.into(), x, ..Ins::new(Op::GuardSlotTag) });
                self.state.put(r, Reg { tag: Tag::Known(tag), stored: tag, ..reg });
            }
        }
        Some(self.payload(r, tag))
    }

    /// The same at the instruction that is being translated.
    pub(super) fn want(&mut self, r: usize, tag: u8) -> Option<V> {
        self.want_at(r, tag, self.pc, Why::Guard)
    }

    /// A register with its payload and tag in values, or known.
    pub(super) fn any(&mut self, r: usize) -> Reg {
        match self.reg(r).tag {
            Tag::Known(tag) if has_payload(tag) => {
                self.payload(r, tag);
            }
            Tag::Known(_) | Tag::Value(_) => {}
            Tag::Memory => {
                let load = |op, k| Ins { k, ..Ins::new(op) };
                let payload = self.define(Class::General, load(Op::LoadSlot, slot(r)));
                let tag = self.define(Class::General, load(Op::LoadSlotTag, tag_slot(r)));
                let reg = self.reg(r);
                self.state.put(r, Reg { payload, tag: Tag::Value(tag), ..reg });
            }
        }
        self.reg(r)
    }

    /// Stores a register if it is to be stored.
    pub(super) fn flush(&mut self, r: usize) {
        let reg = self.reg(r);
        if !reg.dirty {
            return;
        }
        let Flush { payload, tag_value, tag, .. } = reg.flush(r);
        let k = slot(r);
        if payload == NONE {
            self.push(Ins { k, ..Ins::new(Op::StoreSlotZero) });
        } else {
            self.push(Ins { a: payload, k, ..Ins::new(Op::StoreSlot) });
        }
        if tag_value != NONE {
            self.push(Ins { a: tag_value, k: k + 8, ..Ins::new(Op::StoreSlotTag) });
        } else if tag != Flush::KEEPS {
            self.store_tag(r, tag);
        }
        let stored = reg.known().unwrap_or(Reg::UNKNOWN);
        self.put(r, Reg { dirty: false, stored, ..reg });
    }

    pub(super) fn store_tag(&mut self, r: usize, tag: u8) {
        self.push(Ins { y: tag.into(), k: tag_slot(r), ..Ins::new(Op::StoreSlotTagK) });
    }

    /// Stores all that is to be stored.
    pub(super) fn flush_all(&mut self) {
        for r in 0..self.state.registers.len() {
            self.flush(r);
        }
    }

    /// Something has run that the code does not know: which registers are as before. All have been
    /// stored.
    pub(super) fn forget(&mut self, changed: impl Fn(usize) -> bool) {
        for r in 0..self.state.registers.len() {
            let reg = self.reg(r);
            let now = match reg.tag {
                Tag::Known(tag) if !changed(r) && !self.is_captured(r) => Reg::stored(tag),
                Tag::Known(_) | Tag::Value(_) | Tag::Memory => Reg::MEMORY,
            };
            self.put(r, now);
        }
        self.state.facts.clear();
    }

    /// What is to be stored at an exit here.
    pub(super) fn flushes(&self) -> Vec<Flush> {
        let registers = self.state.registers.iter().enumerate();
        registers.filter(|(_, reg)| reg.dirty).map(|(r, reg)| reg.flush(r)).collect()
    }
}
