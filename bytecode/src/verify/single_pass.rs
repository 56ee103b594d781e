//! All rules about code in a single walk from front to back.
//!
//! In compiled code, the state before an instruction is known when the walk reaches it: all forward
//! jumps to it have been seen, and a backward jump agrees with what was assumed at its target. So one
//! walk proves nearly every function, at a fraction of the cost of the passes, which look at one rule
//! after the other and follow every path to a fixed point.
//!
//! If a backward jump does not agree, the walk starts over and assumes the state of that jump too.
//!
//! The walk can only prove a function. If it fails, because a rule is broken or because it has
//! started over too often, the passes decide and produce the error message. The rules are the same:
//! what instructions read, write, open and close comes from [`super::defined`] and [`open`], which
//! compute it from the opcode table; pairs are checked by [`flow`] and [`multi`]. With debug
//! assertions the passes check every function that the walk has proved.

use std::hint::black_box;

use super::Function;
use super::dataflow::Analysis;
use super::defined::Defined;
use super::limits::Limits;
use super::open::{self, Open};
use super::operands;
use super::registers::Set;
use super::rows::ROWS;
use super::{flow, multi};
use crate::instr::Instr;
use crate::operand;
use crate::ops::{Flow, Op};

/// How often the walk goes through a function.
const MAX_WALKS: usize = 10;

/// The longest function of 64 registers or more that it tries, which limits its memory: it keeps 24
/// bytes for every 64 registers of each instruction.
const MAX_WIDE: usize = 1 << 16;

/// Memory for the state of a function, reused for the next.
#[derive(Default)]
pub(super) struct SinglePass {
    narrow: Walk<1>,
}

impl SinglePass {
    /// Whether the function surely keeps all rules of operands, flow, multi, defined and open; its
    /// frame and its children have been checked.
    pub fn proves(&mut self, function: &Function<'_>) -> bool {
        let proto = function.proto;
        // One register of the sets is left over: no state of code that is reached has it.
        match proto.max_stack {
            0..64 => self.narrow.proves(function),
            _ if proto.code.len() > MAX_WIDE => false,
            // One size for them: another one would be the whole walk once more.
            64..256 => Walk::<4>::default().proves(function),
            _ => false,
        }
    }
}

/// What is known at a place.
#[derive(Clone, Copy)]
struct State<const WORDS: usize> {
    set: Set<WORDS>,
    open: Open<WORDS>,
}

impl<const WORDS: usize> State<WORDS> {
    /// Control does not come here, or is not known to.
    const UNREACHED: State<WORDS> = State { set: Set::ALL, open: Open::NOTHING };
}

/// What is known of a function, with registers in sets of so many words.
#[derive(Default)]
struct Walk<const WORDS: usize> {
    /// The registers that are set before each instruction: of those to come what is known from jumps
    /// to them, [`Set::ALL`] if there are none.
    set: Vec<Set<WORDS>>,
    /// What may be open before each instruction to come that a jump leads to; empty if no jump yet
    /// had anything open.
    open: Vec<Open<WORDS>>,
    /// Where what may be open has changed, lowest first, and what it is from there on.
    changes: Vec<(usize, Open<WORDS>)>,
    /// Backward jumps whose state differs from what was assumed at their target.
    mismatches: Vec<(usize, State<WORDS>)>,
}

impl<const WORDS: usize> Walk<WORDS> {
    fn proves(&mut self, function: &Function<'_>) -> bool {
        let proto = function.proto;
        let starts_vararg = function.op(0) == Some(Op::VarargPrep);
        let last = proto.code.last().and_then(|instr| instr.opcode());
        let ends = matches!(last.map(|op| op.info().flow), Some(Flow::Goto | Flow::Return));
        if starts_vararg != proto.is_vararg || !ends {
            return false;
        }
        self.mismatches.clear();
        for walks in 1..=MAX_WALKS {
            self.forget(proto.code.len());
            for at in 0..self.mismatches.len() {
                let (target, state) = self.mismatches[at];
                self.arrive(target, proto.code.len(), &state);
            }
            if self.walk(function).is_some() {
                return true;
            }
            if self.mismatches.len() < walks {
                break;
            }
        }
        false
    }

    /// Nothing is known of a function with so many instructions.
    fn forget(&mut self, len: usize) {
        if self.set.len() < len {
            self.set.resize(len, Set::ALL);
        }
        self.set.iter_mut().take(len).for_each(|set| *set = Set::ALL);
        self.open.clear();
        self.changes.clear();
        self.changes.push((0, Open::NOTHING));
    }

    /// Goes through the code; `None` at anything that is not proved.
    fn walk(&mut self, function: &Function<'_>) -> Option<()> {
        let limits = Limits::of(function.proto);
        let entry = Defined::<WORDS> { function }.entry();
        let mut state = State { set: entry, open: Open::NOTHING };
        for (pc, instr) in function.proto.code.iter().enumerate() {
            let here = self.set.get_mut(pc)?;
            if *here != Set::ALL {
                state.set.intersect(here);
                if let Some(open) = self.open.get(pc) {
                    state.open.join(open);
                }
                *here = state.set;
                self.record(pc, state.open);
            } else {
                *here = state.set;
            }

            // Loaded once and whole, not field by field.
            let word = black_box(instr.word());
            let op = Op::from_u8(word as u8)?;
            self.step(function, &limits, pc, op, word, &mut state)?;
        }
        Some(())
    }

    /// An instruction. For the opcodes that make up most code, the checks are specialized at compile
    /// time: only the branch on the opcode is hard to predict, and checks that do not apply cost
    /// nothing.
    #[allow(clippy::wildcard_enum_match_arm, reason = "all arms of `known` do the same")]
    #[inline(always)]
    fn step(
        &mut self,
        function: &Function<'_>,
        limits: &Limits,
        pc: usize,
        op: Op,
        word: u64,
        state: &mut State<WORDS>,
    ) -> Option<()> {
        macro_rules! known {
            ($($op:ident)*) => {
                match op {
                    $(Op::$op => self.step_of(function, limits, pc, Op::$op, word, state),)*
                    _ => self.step_of(function, limits, pc, op, word, state),
                }
            };
        }
        if WORDS > 1 {
            // Rarer functions: only what has a window.
            return known! { LoadNil NewTable SetList SelfK Concat Call Return Closure };
        }
        known! {
            Move LoadI LoadK LoadNil LoadTrue LoadFalse GetUpval SetUpval GetTabUp GetTable GetI
            GetField SetTable SetTableK SetI SetField SetFieldK NewTable SetList SelfK AddI Add Sub
            Len Concat Jmp JT JF JEqK JNeK Call Return Return0 Return1 Closure Close
        }
    }

    #[inline(always)]
    fn step_of(
        &mut self,
        function: &Function<'_>,
        limits: &Limits,
        pc: usize,
        op: Op,
        word: u64,
        state: &mut State<WORDS>,
    ) -> Option<()> {
        let row = &ROWS[op as usize];
        let instr = Instr::from_word(word);
        let fields = [word >> 16, word >> 32, word >> 48];
        if limits.violations(row, word) | state.set.lacks(fields, &row.reads) != 0 {
            return None;
        }
        if row.indexes && !limits.fits(row, word, &function.proto.constants) {
            operands::check_at(function, pc, instr).ok()?;
        }
        if row.window {
            let defined = Defined::<WORDS> { function };
            let size = defined.window(pc, op, instr, &mut state.set).ok()?;
            let end = instr.a as usize + size;
            if end > function.proto.max_stack as usize || Limits::lacks(row, word) {
                return None;
            }
        }
        if row.opens || row.closes && state.open != Open::NOTHING {
            open::step(function, pc, op, instr, &mut state.open).ok()?;
            self.record(pc + 1, state.open);
        }
        state.set.insert_if(fields[0], row.writes);
        if multi::takes(op as u8, word) || multi::leaves(op as u8, word) {
            // No jump lands here: that is seen when it jumps.
            multi::check_at(function, pc, false).ok()?;
        }
        if row.turns {
            *state = self.turn(function, pc, op, instr, *state)?;
            self.record(pc + 1, state.open);
        }
        Some(())
    }

    /// An instruction that does not simply continue with the next one. Returns the state before the
    /// next one.
    #[inline(always)]
    fn turn(
        &mut self,
        function: &Function<'_>,
        pc: usize,
        op: Op,
        instr: Instr,
        mut state: State<WORDS>,
    ) -> Option<State<WORDS>> {
        let defined = Defined::<WORDS> { function };
        if ROWS[op as usize].loops {
            flow::check_pair(function, pc).ok()?;
        }
        if let Some(target) = operand::jump_target(op, instr, pc) {
            let mut there = state;
            defined.jumped(op, instr, &mut there.set);
            self.jump(function, pc, usize::try_from(target).ok()?, there)?;
        }
        if matches!(op.info().flow, Flow::Skip | Flow::SkipOne) {
            self.jump(function, pc, pc + 2, state)?;
        }
        defined.passed(op, instr, &mut state.set);
        if op == Op::VarargPrep && pc > 0 || op == Op::Vararg && !function.proto.is_vararg {
            return None;
        }
        if op == Op::TForPrep {
            // It jumps to the TFORCALL; only the loop's jump back leads to the next instruction.
            let target = usize::try_from(operand::jump_target(op, instr, pc)?).ok()?;
            let call = function.proto.code.get(target)?;
            defined.window(target, Op::TForCall, *call, &mut state.set).ok()?;
            defined.jumped(Op::TForLoop, instr, &mut state.set);
            return Some(state);
        }
        Some(match op.info().flow {
            Flow::Goto | Flow::Return | Flow::SkipOne => State::UNREACHED,
            Flow::Next | Flow::Branch | Flow::Call | Flow::Skip => state,
        })
    }

    /// Control may go from `pc` to `target` with this state.
    fn jump(
        &mut self,
        function: &Function<'_>,
        pc: usize,
        target: usize,
        there: State<WORDS>,
    ) -> Option<()> {
        let code = &function.proto.code;
        let takes = code.get(target).map(|&to| multi::takes_from(to).is_some())?;
        let restarts = target == 0 && function.proto.is_vararg;
        if takes || restarts {
            return None;
        }
        if target > pc {
            return self.arrive(target, code.len(), &there);
        }
        // What was assumed there must hold on this path too.
        let after = self.changes.partition_point(|&(from, _)| from <= target);
        let (_, mut open) = *self.changes.get(after.checked_sub(1)?)?;
        if self.set.get(target)?.is_within(&there.set) && !open.join(&there.open) {
            return Some(());
        }
        self.mismatches.push((target, there));
        None
    }

    /// Merges the state on a path to a later instruction.
    fn arrive(&mut self, target: usize, len: usize, there: &State<WORDS>) -> Option<()> {
        let set = self.set.get_mut(target)?;
        if there.open != Open::NOTHING && self.open.is_empty() {
            self.open.resize(len, Open::NOTHING);
        }
        if let Some(open) = self.open.get_mut(target) {
            open.join(&there.open);
        }
        set.intersect(&there.set);
        Some(())
    }

    /// What may be open before `pc` and from there on, where that may have changed.
    #[inline(always)]
    fn record(&mut self, pc: usize, open: Open<WORDS>) {
        if self.changes.last().is_none_or(|&(_, last)| last != open) {
            self.changes.push((pc, open));
        }
    }
}
