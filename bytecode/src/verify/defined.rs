//! Definition before use: no instruction reads a register that nothing has set since the function
//! started, or since it was last left undefined.
//!
//! What a register holds before that is whatever stood in the stack's slot: values of calls that
//! are over and links of their frames, which are no values at all. Following every path:
//!
//! * parameters are set when the function starts, nothing else is;
//! * CALL, TAILCALL and TFORCALL leave their window and everything above it undefined, but for the
//!   results that are wanted; so does VARARG with C = 0;
//! * NEWTABLE, CONCAT and CLOSURE leave everything above `R[A]` undefined, because a collection in
//!   them clears it;
//! * what an instruction sets only when it jumps, or only when it does not, is set on that way;
//! * where ways meet, what is set on all of them is set.

use super::dataflow::{self, Analysis, Targets};
use super::registers::Set;
use super::{Function, VerifyError};
use crate::instr::Instr;
use crate::operand;
use crate::ops::{Field, Flow, OPS, Op, Role};

/// Checks a function whose operands and flow have been checked.
pub(super) fn check(function: &Function<'_>, targets: &Targets) -> Result<(), VerifyError> {
    // In sets no larger than the frame wants.
    match function.proto.max_stack {
        0..64 => dataflow::run(function, targets, &mut Defined::<1> { function }),
        64..128 => dataflow::run(function, targets, &mut Defined::<2> { function }),
        128..256 => dataflow::run(function, targets, &mut Defined::<4> { function }),
        _ => dataflow::run(function, targets, &mut Defined::<8> { function }),
    }
}

pub(super) struct Defined<'a, const WORDS: usize> {
    pub function: &'a Function<'a>,
}

/// What the roles of an opcode's operands say: flags that are 0 or 1.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// A, B and C are registers that are read.
    pub reads: [u8; 3],
    /// A is a register that is set, …
    pub writes: u8,
    /// … after it and everything above was left undefined.
    pub cuts: u8,
    /// It has a rule of its own, before all this: see [`Defined::window`].
    pub special: bool,
}

impl Row {
    pub const NONE: Row = Row { reads: [0; 3], writes: 0, cuts: 0, special: false };
}

pub(super) static ROWS: [Row; Op::COUNT] = ROWS_BY_OPCODE;

/// The same, for use while this is compiled.
pub(super) const ROWS_BY_OPCODE: [Row; Op::COUNT] = {
    let mut rows = [Row::NONE; Op::COUNT];
    let mut op = 0;
    while op < Op::COUNT {
        let mut i = 0;
        while i < OPS[op].operands.len() {
            let operand = OPS[op].operands[i];
            match (operand.role, operand.field) {
                (Role::Src, Field::a) => rows[op].reads[0] = 1,
                (Role::Src, Field::b) => rows[op].reads[1] = 1,
                (Role::Src, Field::c) => rows[op].reads[2] = 1,
                (Role::Dst, Field::a) => rows[op].writes = 1,
                (Role::Src | Role::Dst, _) => panic!("a register stands elsewhere"),
                (Role::Win, _) => rows[op].special = true,
                _ => {}
            }
            i += 1;
        }
        match OPS[op].op {
            // It names a place, not a value.
            Op::Close => rows[op].reads[0] = 0,
            // Only when they jump.
            Op::JTSet | Op::JFSet => rows[op].writes = 0,
            Op::NewTable => rows[op].cuts = 1,
            Op::Closure => (rows[op].cuts, rows[op].special) = (1, true),
            _ => {}
        }
        op += 1;
    }
    rows
};

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
        if row.special
            && let Err((from, end)) = self.window(pc, op, instr, set)
        {
            let register = set.first_missing(from, end).unwrap_or(from);
            return Err(unset(self.function, pc, register));
        }
        if row.cuts != 0 {
            set.cut(instr.a as usize);
        }
        if row.writes != 0 {
            set.insert(instr.a as usize);
        }
        Ok(())
    }

    #[inline]
    fn jumped(&self, op: Op, instr: Instr, set: &mut Set<WORDS>) {
        let a = instr.a as usize;
        match op {
            Op::JTSet | Op::JFSet => set.insert(a),
            Op::ForLoop => set.insert(a + 3),
            Op::TForLoop => set.insert(a + 2),
            _ => {}
        }
    }

    #[inline]
    fn passed(&self, op: Op, instr: Instr, set: &mut Set<WORDS>) {
        if op == Op::ForPrep {
            set.insert(instr.a as usize + 3);
        }
    }
}

impl<const WORDS: usize> Defined<'_, WORDS> {
    /// Instructions with windows and the like. Refuses registers that are read, from one up to, not
    /// with, another, if they are not all set.
    #[inline(always)]
    pub fn window(
        &self,
        pc: usize,
        op: Op,
        instr: Instr,
        set: &mut Set<WORDS>,
    ) -> Result<(), (usize, usize)> {
        let (a, b, c, n) = (instr.a as usize, instr.b as usize, instr.c as usize, instr.n as usize);
        // Where the values up to the top begin: `multi` has seen that the instruction before left
        // them, and those below are read like any.
        let left = || {
            let before = pc.checked_sub(1).and_then(|at| self.function.proto.code.get(at));
            before.map_or(0, |before| before.a as usize)
        };
        let read = |set: &Set<WORDS>, from: usize, end: usize| {
            if set.has(from, end) { Ok(()) } else { Err((from, end)) }
        };
        match op {
            Op::LoadNil => set.fill(a, a + b + 1),
            Op::Closure => self.captures(instr, *set)?,
            Op::SetList => read(set, a, if n == 0 { left() } else { a + n + 1 })?,
            Op::SelfK => {
                set.insert(a);
                set.insert(a + 2);
            }
            Op::Concat => {
                read(set, a, a + b)?;
                set.cut(a + 1);
            }
            Op::Call | Op::TailCall => {
                read(set, a, a + 1)?;
                read(set, a + 2, if b == 0 { left() } else { a + b + 1 })?;
                set.cut(a);
                // (TAILCALL has no C: what it leaves, if it comes back, goes up to the top.)
                set.fill(a, a + c.saturating_sub(1));
            }
            Op::Return => read(set, a, if b == 0 { left() } else { a + b - 1 })?,
            Op::Vararg if c == 0 => set.cut(a),
            Op::Vararg => set.fill(a, a + c - 1),
            Op::ForPrep | Op::ForLoop => read(set, a, a + 3)?,
            Op::TForPrep => read(set, a + 3, a + 4)?,
            Op::TForCall => {
                read(set, a, a + 3)?;
                set.cut(a + 4);
                set.fill(a + 4, a + 4 + c);
            }
            Op::TForLoop => read(set, a + 4, a + 5)?,
            _ => {}
        }
        Ok(())
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

/// Whether the instruction, on its way to the next or (`jumps`) to its target, sets the register
/// or leaves it undefined; `None`: it stays as it was.
fn effect(instr: Instr, jumps: bool, register: usize) -> Option<bool> {
    const WORDS: usize = 8;
    let op = instr.opcode()?;
    let (a, c) = (instr.a as usize, instr.c as usize);
    let (mut none, mut all) = (Set::<WORDS>::EMPTY, Set::<WORDS>::EMPTY);
    all.fill(0, 64 * WORDS);
    for set in [&mut none, &mut all] {
        match op {
            Op::LoadNil => set.fill(a, a + instr.b as usize + 1),
            Op::NewTable | Op::Closure | Op::Concat => {
                set.cut(a);
                set.insert(a);
            }
            Op::SelfK => {
                set.insert(a);
                set.insert(a + 2);
            }
            Op::Call | Op::TailCall => {
                set.cut(a);
                set.fill(a, a + c.saturating_sub(1));
            }
            Op::Vararg if c == 0 => set.cut(a),
            Op::Vararg => set.fill(a, a + c - 1),
            Op::TForCall => {
                set.cut(a + 4);
                set.fill(a + 4, a + 4 + c);
            }
            Op::JTSet | Op::JFSet if jumps => set.insert(a),
            Op::ForLoop if jumps => set.insert(a + 3),
            Op::ForPrep if !jumps => set.insert(a + 3),
            Op::TForLoop if jumps => set.insert(a + 2),
            _ if ROWS[op as usize].writes != 0 => set.insert(a),
            _ => {}
        }
    }
    match (none.contains(register), all.contains(register)) {
        (true, _) => Some(true),
        (_, false) => Some(false),
        _ => None,
    }
}

/// Describes the fault with a way on which nothing sets the register: forward from the start and
/// from whatever leaves it undefined, to the instruction that reads it.
#[cold]
fn unset(function: &Function<'_>, pc: usize, register: usize) -> VerifyError {
    let code = &function.proto.code;
    // The place before each on such a way; each is visited once. `Some(at)` at `at` itself: the way
    // begins here.
    let mut before: Vec<Option<usize>> = vec![None; code.len()];
    let mut starts = vec![];
    for (at, &instr) in code.iter().enumerate() {
        let flow = instr.opcode().map(|op| op.info().flow);
        let ends = matches!(flow, None | Some(Flow::Goto | Flow::Return | Flow::SkipOne));
        if !ends && effect(instr, false, register) == Some(false) && at + 1 < code.len() {
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
            _ => Some(at + 1),
        };
        let target = operand::jump_target(op, instr, at).and_then(|to| usize::try_from(to).ok());
        for (to, jumps) in [(passes, false), (target, true)] {
            if let Some(to) = to
                && effect(instr, jumps, register).is_none()
                && before.get(to).is_some_and(Option::is_none)
            {
                before[to] = Some(at);
                starts.push(to);
            }
        }
    }
    let mut way = vec![];
    let mut at = pc;
    while let Some(from) = before[at].filter(|&from| from != at) {
        if from + 1 != at {
            way.push(from);
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
    way.reverse();
    let through: Vec<String> = way.iter().take(4).map(usize::to_string).collect();
    let dots = if way.len() > 4 { ", …" } else { "" };
    let through = match way.len() {
        0 => String::new(),
        _ => format!(" on the way through {}{dots}", through.join(", ")),
    };
    function.fail_at(pc, format!("{who}{through}"))
}
