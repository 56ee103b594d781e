//! Which registers an instruction reads, writes and leaves undefined, as data.
//!
//! A row of the opcode table lists the effects of its window in the order in which they happen, each
//! with a count of registers that is an expression over the operands. Single registers are not
//! listed: their roles ([`Role::Src`], [`Role::Dst`]) say all. Sources are read before the listed
//! effects, and the destination is written after them.
//!
//! Everything that has to know windows is computed from the lists: the verifier's bounds, its
//! analyses of definition and closing, frame sizes of the assembler, what a trace shows, comments
//! of the listing.

use crate::instr::Instr;
use crate::operand;
use crate::ops::{Field, Op, OpInfo, Role};

/// One thing an instruction does to registers, counted from `R[A]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Reads so many registers from this offset on.
    Reads(u16, Count),
    /// Writes so many registers from this offset on.
    Writes(u16, Count),
    /// Writes the register at this offset, but only if it jumps.
    WritesIfTaken(u16),
    /// Writes the register at this offset, but only if it does not jump.
    WritesIfNotTaken(u16),
    /// Leaves the register at this offset and all above it undefined.
    Clobbers(u16),
    /// Needs so many registers from `R[A]` on in the frame, whatever the operands say.
    Reaches(u16),
    /// Needs an operand that is at least this.
    AtLeast(Field, u16),
    /// Captures registers for the upvalues of the function it makes.
    Captures,
    /// Marks the register at this offset to be closed.
    Marks(u16),
    /// Closes upvalues and marked registers from `R[A]` on.
    Closes,
    /// Ends the frame; with N = 1 upvalues and marked registers are closed before.
    Leaves,
    /// Gives the frame to another function; with N = 1 upvalues are closed before.
    Replaces,
}

/// A number of registers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Count {
    /// So many.
    Exactly(u16),
    /// The operand and so many more.
    Plus(Field, u16),
    /// The operand less this; the operand 0 means all up to the top.
    OrTop(Field, u16),
    /// All up to the top.
    Top,
}

impl Count {
    /// How many registers the instruction's operands make it; `None`: all up to the top.
    #[inline(always)]
    pub const fn of(self, instr: Instr) -> Option<usize> {
        match self {
            Count::Exactly(count) => Some(count as usize),
            Count::Plus(field, more) => Some(operand::raw(instr, field) as usize + more as usize),
            Count::OrTop(field, less) => match operand::raw(instr, field) {
                0 => None,
                count => Some(count as usize - less as usize),
            },
            Count::Top => None,
        }
    }
}

/// Registers one after the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Range {
    /// The lowest.
    pub first: usize,
    /// How many; `None`: all up to the top.
    pub count: Option<usize>,
}

impl Range {
    /// The registers from an offset from `R[A]` on.
    #[inline(always)]
    pub const fn of(instr: Instr, from: u16, count: Count) -> Range {
        Range { first: instr.a as usize + from as usize, count: count.of(instr) }
    }

    /// The lowest, if they are all up to the top.
    fn open_from(self) -> Option<usize> {
        self.count.is_none().then_some(self.first)
    }

    /// Their numbers, where `top` is the end of those up to the top.
    fn to(self, top: usize) -> std::ops::Range<usize> {
        self.first..self.count.map_or(top.max(self.first), |count| self.first + count)
    }
}

impl OpInfo {
    /// The ranges its window reads, in order: offset from `R[A]` and count.
    pub fn reads(&self) -> impl Iterator<Item = (u16, Count)> + use<> {
        self.effects.iter().filter_map(|&effect| {
            if let Effect::Reads(from, count) = effect { Some((from, count)) } else { None }
        })
    }

    /// The ranges its window writes whether it jumps or not, in order.
    pub fn writes(&self) -> impl Iterator<Item = (u16, Count)> + use<> {
        self.effects.iter().filter_map(|&effect| {
            if let Effect::Writes(from, count) = effect { Some((from, count)) } else { None }
        })
    }
}

/// One past the highest register of its window that an instruction needs, from `R[A]` on: 0 if it has
/// no window. Of values up to the top, the first has to be in the frame.
#[inline(always)]
pub fn window_size(info: &OpInfo, instr: Instr) -> usize {
    info.effects.iter().fold(0, |size, &effect| size.max(reach(effect, instr)))
}

/// The same of one effect.
#[inline(always)]
pub(crate) fn reach(effect: Effect, instr: Instr) -> usize {
    match effect {
        Effect::Reads(from, count) | Effect::Writes(from, count) => {
            from as usize + count.of(instr).unwrap_or(1)
        }
        Effect::WritesIfTaken(at) | Effect::WritesIfNotTaken(at) | Effect::Marks(at) => {
            at as usize + 1
        }
        Effect::Reaches(size) => size as usize,
        Effect::Clobbers(_) | Effect::AtLeast(..) | Effect::Captures => 0,
        Effect::Closes | Effect::Leaves | Effect::Replaces => 0,
    }
}

/// The first of the registers up to the top that the instruction takes, if it takes such.
pub fn takes_from(instr: Instr) -> Option<usize> {
    let reads = instr.opcode()?.info().reads();
    reads.map(|(from, count)| Range::of(instr, from, count)).find_map(Range::open_from)
}

/// The first of the registers up to the top that the instruction leaves, if it leaves such.
pub fn leaves_from(instr: Instr) -> Option<usize> {
    let writes = instr.opcode()?.info().writes();
    writes.map(|(from, count)| Range::of(instr, from, count)).find_map(Range::open_from)
}

/// Numbers of registers.
pub type Registers = Vec<usize>;

/// The operands with this role, as registers.
fn operands(instr: Instr, info: &OpInfo, role: Role) -> impl Iterator<Item = usize> {
    let operands = info.operands.iter().filter(move |operand| operand.role == role);
    operands.map(move |operand| operand::raw(instr, operand.field) as usize)
}

/// The registers whose values the instruction uses, in the order of its operands. `top` is where
/// values in unknown number end, if there are such.
pub fn reads(instr: Instr, top: usize) -> Registers {
    let Some(info) = instr.opcode().map(Op::info) else { return Vec::new() };
    let mut registers: Registers = operands(instr, info, Role::Src).collect();
    for (from, count) in info.reads() {
        registers.extend(Range::of(instr, from, count).to(top));
    }
    registers
}

/// The registers the instruction writes, all of them or, if it jumps, perhaps none. `top` is where
/// values in unknown number end after it, if it leaves such.
pub fn writes(instr: Instr, top: usize) -> Registers {
    let Some(info) = instr.opcode().map(Op::info) else { return Vec::new() };
    let mut registers: Registers = operands(instr, info, Role::Dst).collect();
    for &effect in info.effects {
        match effect {
            Effect::Writes(from, count) => {
                registers.extend(Range::of(instr, from, count).to(top));
            }
            Effect::WritesIfTaken(at) | Effect::WritesIfNotTaken(at) => {
                registers.push(instr.a as usize + at as usize);
            }
            Effect::Reads(..) | Effect::Clobbers(_) | Effect::Reaches(_) => {}
            Effect::AtLeast(..) | Effect::Captures | Effect::Marks(_) => {}
            Effect::Closes | Effect::Leaves | Effect::Replaces => {}
        }
    }
    registers
}

/// Whether a register may hold another value, or none, after the instruction.
pub fn changes(instr: Instr, register: usize) -> bool {
    let Some(info) = instr.opcode().map(Op::info) else { return false };
    let at = |offset: u16| instr.a as usize + offset as usize;
    let changes = |&effect: &Effect| match effect {
        // Values up to the top have no known end.
        Effect::Writes(from, count) => {
            Range::of(instr, from, count).to(usize::MAX).contains(&register)
        }
        Effect::WritesIfTaken(offset) | Effect::WritesIfNotTaken(offset) => register == at(offset),
        Effect::Clobbers(from) => register >= at(from),
        Effect::Reads(..) | Effect::Reaches(_) | Effect::AtLeast(..) => false,
        Effect::Captures | Effect::Marks(_) | Effect::Closes => false,
        Effect::Leaves | Effect::Replaces => false,
    };
    operands(instr, info, Role::Dst).any(|written| written == register)
        || info.effects.iter().any(changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::OPS;

    #[test]
    fn a_window_has_effects_and_effects_have_a_window() {
        for info in OPS {
            let window = info.operands.iter().any(|o| o.role == Role::Win);
            let ranged =
                info.effects.iter().any(|&effect| reach(effect, Instr::abc(info.op, 0, 2, 2)) > 0);
            let marks = matches!(info.effects, [Effect::Marks(0)]);
            assert_eq!(window, ranged && !marks, "{}", info.mnemonic);
        }
    }

    #[test]
    fn counts_of_windows_are_operands() {
        for info in OPS {
            let ranges = info.reads().chain(info.writes()).map(|(_, count)| count);
            let fields = ranges.filter_map(|count| match count {
                Count::Plus(field, _) | Count::OrTop(field, _) => Some(field),
                Count::Exactly(_) | Count::Top => None,
            });
            for field in fields {
                assert_eq!(info.op.role(field), Some(Role::Count), "{}", info.mnemonic);
            }
        }
    }

    #[test]
    fn calls_do_not_read_the_link() {
        let call = Instr::abc(Op::Call, 5, 3, 2);
        assert_eq!(reads(call, 0), [5, 7, 8]);
        assert_eq!(writes(call, 0), [5]);
    }
}
