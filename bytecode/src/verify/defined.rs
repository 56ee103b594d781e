//! Definition before use: no instruction reads a register that nothing has set since the function
//! started, or since it was last left undefined.
//!
//! Before that, a register holds whatever was left in the stack slot: values of finished calls, or
//! links of their frames, which are not values. Following every path:
//!
//! * parameters are set when the function starts, nothing else is;
//! * CALL, TAILCALL and TFORCALL leave their window and everything above it undefined, but for the
//!   results that are wanted; so does VARARG with C = 0;
//! * NEWTABLE, CONCAT and CLOSURE leave everything above `R[A]` undefined, because a collection in
//!   them clears it;
//! * what an instruction sets only when it jumps, or only when it does not, is set on that path;
//! * where paths meet, what is set on all of them is set.

use super::dataflow::{self, Analysis, Targets};
use super::registers::Set;
use super::{Function, VerifyError};
use crate::effects::{Count, Effect, Range, reach};
use crate::instr::Instr;
use crate::operand;
use crate::ops::{Field, Flow, OPS, Op, OpInfo, Role};

/// Checks a function whose operands and flow have been checked.
pub(super) fn check(function: &Function<'_>, targets: &Targets) -> Result<(), VerifyError> {
    // In small sets for nearly all frames.
    match function.proto.max_stack {
        0..64 => dataflow::run(function, targets, &mut Defined::<1> { function }),
        _ => dataflow::run(function, targets, &mut Defined::<8> { function }),
    }
}

pub(super) struct Defined<'a, const WORDS: usize> {
    pub function: &'a Function<'a>,
}

/// What an opcode's row says of single registers: flags that are 0 or 1.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// A, B and C are registers that are read.
    pub reads: [u8; 3],
    /// A is a register that is written, whether the instruction jumps or not.
    pub writes: u8,
    /// Its window has effects on what is set: see [`Defined::window`].
    pub window: bool,
    /// Bit `i`: `R[A+i]` is written only if the instruction jumps.
    taken: u8,
    /// Bit `i`: `R[A+i]` is written only if it does not.
    not_taken: u8,
}

/// Effects of a window that concern what is set, in order.
pub(super) type Window = [Option<Effect>; 5];

pub(super) static ROWS: [Row; Op::COUNT] = ROWS_BY_OPCODE;

/// The same, for use in constants.
pub(super) const ROWS_BY_OPCODE: [Row; Op::COUNT] = {
    let mut rows = [row(&OPS[0]); Op::COUNT];
    let mut op = 0;
    while op < Op::COUNT {
        rows[op] = row(&OPS[op]);
        op += 1;
    }
    rows
};

/// Windows by opcode. Arrays, not slices: the handling of a known opcode is then specialized at
/// compile time.
static WINDOWS: [Window; Op::COUNT] = {
    let mut windows = [[None; 5]; Op::COUNT];
    let mut op = 0;
    while op < Op::COUNT {
        windows[op] = window(&OPS[op]);
        op += 1;
    }
    windows
};

const fn row(info: &OpInfo) -> Row {
    let if_taken = info.class.writes_if_taken();
    let mut row = Row {
        reads: [0; 3],
        writes: 0,
        window: window(info)[0].is_some(),
        taken: if_taken as u8,
        not_taken: 0,
    };
    let mut i = 0;
    while i < info.operands.len() {
        let operand = info.operands[i];
        match (operand.role, operand.field) {
            (Role::Src, Field::a) => row.reads[0] = 1,
            (Role::Src, Field::b) => row.reads[1] = 1,
            (Role::Src, Field::c) => row.reads[2] = 1,
            (Role::Dst, Field::a) => row.writes = !if_taken as u8,
            (Role::Src | Role::Dst, _) => panic!("registers are in A, B and C, results in A"),
            _ => {}
        }
        i += 1;
    }
    let mut i = 0;
    while i < info.effects.len() {
        if let Effect::WritesIfTaken(at) = info.effects[i] {
            row.taken |= 1 << at;
        }
        if let Effect::WritesIfNotTaken(at) = info.effects[i] {
            row.not_taken |= 1 << at;
        }
        i += 1;
    }
    row
}

const fn window(info: &OpInfo) -> Window {
    let mut window = [None; 5];
    let (mut i, mut count) = (0, 0);
    while i < info.effects.len() {
        match info.effects[i] {
            Effect::Reads(..) | Effect::Writes(..) | Effect::Clobbers(_) | Effect::Captures => {
                window[count] = Some(info.effects[i]);
                count += 1;
            }
            // They only say which registers the frame must have.
            Effect::WritesIfTaken(_) | Effect::WritesIfNotTaken(_) | Effect::Reaches(_) => {
                window[count] = Some(info.effects[i]);
                count += 1;
            }
            Effect::AtLeast(..) | Effect::Marks(_) => {}
            Effect::Closes | Effect::Leaves | Effect::Replaces => {}
        }
        i += 1;
    }
    window
}

impl<const WORDS: usize> Analysis for Defined<'_, WORDS> {
    type State = Set<WORDS>;

    fn entry(&self) -> Set<WORDS> {
        let mut set = Set::EMPTY;
        set.fill(0, self.function.proto.num_params as usize);
        set
    }

    #[inline]
    fn join(into: &mut Set<WORDS>, other: &Set<WORDS>) -> bool {
        into.intersect(other)
    }

    fn step(
        &mut self,
        pc: usize,
        op: Op,
        instr: Instr,
        set: &mut Set<WORDS>,
    ) -> Result<(), VerifyError> {
        let row = &ROWS[op as usize];
        for (register, reads) in [instr.a, instr.b, instr.c].into_iter().zip(row.reads) {
            if reads != 0 && !set.contains(register as usize) {
                return Err(unset(self.function, pc, register as usize));
            }
        }
        if row.window
            && let Err((from, end)) = self.window(pc, op, instr, set)
        {
            let register = set.first_missing(from, end).unwrap_or(from);
            return Err(unset(self.function, pc, register));
        }
        if row.writes != 0 {
            set.insert(instr.a as usize);
        }
        Ok(())
    }

    #[inline]
    fn jumped(&self, op: Op, instr: Instr, set: &mut Set<WORDS>) {
        insert_each(ROWS[op as usize].taken, instr, set);
    }

    #[inline]
    fn passed(&self, op: Op, instr: Instr, set: &mut Set<WORDS>) {
        insert_each(ROWS[op as usize].not_taken, instr, set);
    }
}

impl<const WORDS: usize> Defined<'_, WORDS> {
    /// Checks what the window's effects read and takes in what they write, whether the instruction
    /// jumps or not. Gives how many registers from `R[A]` on the frame must have. Fails with the
    /// registers that are read, from one up to, not with, another, if they are not all set.
    #[inline(always)]
    pub fn window(
        &self,
        pc: usize,
        op: Op,
        instr: Instr,
        set: &mut Set<WORDS>,
    ) -> Result<usize, (usize, usize)> {
        let mut size = 0;
        // Unrolled: with a constant opcode only the code for its window is left.
        macro_rules! effects {
            ($($effect:ident)*) => {
                let [$($effect),*] = WINDOWS[op as usize];
                $(
                    let Some(effect) = $effect else { return Ok(size) };
                    size = size.max(reach(effect, instr));
                    self.effect(pc, effect, instr, set)?;
                )*
            };
        }
        effects! { first second third fourth fifth }
        Ok(size)
    }

    #[inline(always)]
    fn effect(
        &self,
        pc: usize,
        effect: Effect,
        instr: Instr,
        set: &mut Set<WORDS>,
    ) -> Result<(), (usize, usize)> {
        match effect {
            Effect::Reads(from, count) => {
                let Range { first, count } = Range::of(instr, from, count);
                // Values up to the top begin where the instruction before left them, as `multi` has
                // seen; those below are read like any.
                let left = || {
                    let before = pc.checked_sub(1).and_then(|at| self.function.proto.code.get(at));
                    before.map_or(0, |before| before.a as usize)
                };
                let end = count.map_or_else(left, |count| first + count);
                if set.has(first, end) { Ok(()) } else { Err((first, end)) }
            }
            Effect::Captures => self.captures(instr, *set),
            written @ (Effect::Writes(..) | Effect::Clobbers(_)) => {
                write(written, instr, set);
                Ok(())
            }
            Effect::WritesIfTaken(_) | Effect::WritesIfNotTaken(_) | Effect::Reaches(_) => Ok(()),
            Effect::AtLeast(..) | Effect::Marks(_) => Ok(()),
            Effect::Closes | Effect::Leaves | Effect::Replaces => Ok(()),
        }
    }

    /// What a CLOSURE captures is there when the collection in it is over, and may be itself.
    fn captures(&self, instr: Instr, mut set: Set<WORDS>) -> Result<(), (usize, usize)> {
        set.cut(instr.a as usize);
        set.insert(instr.a as usize);
        let child = self.function.proto.protos.get(instr.bx() as usize);
        let inner = child.and_then(|&child| self.function.module.protos.get(child as usize));
        for upvalue in inner.iter().flat_map(|inner| &inner.upvalues) {
            let index = upvalue.index as usize;
            if upvalue.in_stack && !set.contains(index) {
                return Err((index, index + 1));
            }
        }
        Ok(())
    }
}

/// Puts in the registers whose bits are set, counted from `R[A]`.
fn insert_each<const WORDS: usize>(mut bits: u8, instr: Instr, set: &mut Set<WORDS>) {
    while bits != 0 {
        set.insert(instr.a as usize + bits.trailing_zeros() as usize);
        bits &= bits - 1;
    }
}

/// Takes in what an effect writes, whether the instruction jumps or not, and leaves undefined.
#[inline(always)]
fn write<const WORDS: usize>(effect: Effect, instr: Instr, set: &mut Set<WORDS>) {
    let at = |offset: u16| instr.a as usize + offset as usize;
    match effect {
        Effect::Writes(from, Count::Exactly(1)) => set.insert(at(from)),
        Effect::Writes(from, count) => match count.of(instr) {
            Some(count) => set.fill(at(from), at(from) + count),
            None => set.cut(at(from)),
        },
        Effect::Clobbers(from) => set.cut(at(from)),
        Effect::Reads(..) | Effect::WritesIfTaken(_) | Effect::WritesIfNotTaken(_) => {}
        Effect::Reaches(_) | Effect::AtLeast(..) | Effect::Captures => {}
        Effect::Marks(_) | Effect::Closes | Effect::Leaves | Effect::Replaces => {}
    }
}

/// Whether the instruction, when it goes on to the next or (`jumps`) to its target, sets the register
/// or leaves it undefined; `None`: it stays as it was.
fn outcome(function: &Function<'_>, instr: Instr, jumps: bool, register: usize) -> Option<bool> {
    const WORDS: usize = 8;
    let op = instr.opcode()?;
    let defined = Defined::<WORDS> { function };
    let (mut none, mut all) = (Set::EMPTY, Set::EMPTY);
    all.fill(0, 64 * WORDS);
    for set in [&mut none, &mut all] {
        op.info().effects.iter().for_each(|&effect| write(effect, instr, set));
        set.insert_if(instr.a as u64, ROWS[op as usize].writes as u64);
        match jumps {
            true => defined.jumped(op, instr, set),
            false => defined.passed(op, instr, set),
        }
    }
    match (none.contains(register), all.contains(register)) {
        (true, _) => Some(true),
        (_, false) => Some(false),
        _ => None,
    }
}

/// Describes the fault with a path on which nothing sets the register: forward from the start and
/// from whatever leaves it undefined, to the instruction that reads it.
#[cold]
fn unset(function: &Function<'_>, pc: usize, register: usize) -> VerifyError {
    let code = &function.proto.code;
    // The predecessor of each on such a path; each is visited once. `Some(at)` at `at` itself: the
    // path begins here.
    let mut before: Vec<Option<usize>> = vec![None; code.len()];
    let mut starts = vec![];
    for (at, &instr) in code.iter().enumerate() {
        let flow = instr.opcode().map(|op| op.info().flow);
        let ends = matches!(flow, None | Some(Flow::Goto | Flow::Return | Flow::SkipOne));
        if !ends && outcome(function, instr, false, register) == Some(false) && at + 1 < code.len()
        {
            before[at + 1] = Some(at + 1);
            starts.push(at + 1);
        }
    }
    if register >= function.proto.num_params as usize {
        before[0] = Some(0);
        starts.push(0);
    }
    let mut next = 0;
    while let Some(&at) = starts.get(next) {
        next += 1;
        let instr = code[at];
        let Some(op) = instr.opcode().filter(|_| at != pc) else { continue };
        let passes = match op.info().flow {
            Flow::Goto | Flow::Return => None,
            Flow::SkipOne => Some(at + 2),
            Flow::Next | Flow::Branch | Flow::Skip | Flow::Call => Some(at + 1),
        };
        let target = operand::jump_target(op, instr, at).and_then(|to| usize::try_from(to).ok());
        for (to, jumps) in [(passes, false), (target, true)] {
            if let Some(to) = to
                && outcome(function, instr, jumps, register).is_none()
                && before.get(to).is_some_and(Option::is_none)
            {
                before[to] = Some(at);
                starts.push(to);
            }
        }
    }
    let mut path = vec![];
    let mut at = pc;
    while let Some(from) = before[at].filter(|&from| from != at) {
        if from + 1 != at {
            path.push(from);
        }
        at = from;
    }
    let who = match at.checked_sub(1) {
        Some(by) if before[at].is_some() => {
            let name = function.op(by).map_or("", |op| op.info().mnemonic);
            format!("reads R{register}, which {name} at {by} left undefined")
        }
        _ => format!("reads R{register}, which no instruction has set"),
    };
    path.reverse();
    let through: Vec<String> = path.iter().take(4).map(usize::to_string).collect();
    let dots = if path.len() > 4 { ", …" } else { "" };
    let through = match path.len() {
        0 => String::new(),
        _ => format!(" on the path through {}{dots}", through.join(", ")),
    };
    function.fail_at(pc, format!("{who}{through}"))
}
