//! All rules about code in a single walk from front to back.
//!
//! Compiled code is such that what is known before an instruction is known when the walk gets there:
//! jumps forward have been met, and a jump back finds at its target what was assumed there. So one
//! walk proves nearly every function, at a fraction of what the passes cost that look at one rule
//! after the other and follow every path to a fixed point.
//!
//! If a jump back does not, the walk begins again, with what is known on that jump assumed as well.
//!
//! The walk only ever says that everything is proved. If it cannot, because a rule is broken or
//! because it has begun again too often, the passes decide, and find the words. The rules are theirs
//! too: what instructions read, set, open and close is asked of [`super::defined`] and [`open`],
//! pairs of [`flow`] and [`multi`]. Where debug assertions are on, the passes check all that the walk
//! has proved.

use std::hint::black_box;

use super::Function;
use super::dataflow::Analysis;
use super::defined::Defined;
use super::limits::Limits;
use super::open::{self, Open};
use super::operands::{self, window_end};
use super::registers::Set;
use super::rows::ROWS;
use super::{flow, multi};
use crate::instr::Instr;
use crate::operand;
use crate::ops::{Flow, Op};

/// How often the walk goes through a function.
const MAX_WALKS: usize = 10;

/// The longest function with 64 registers and more that it tries: so what it keeps of each
/// instruction, 24 bytes for every 64 registers, stays small beside other functions'.
const MAX_WIDE: usize = 1 << 16;

/// Room for what is known of a function, used again for the next.
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
            64..128 => Walk::<2>::default().proves(function),
            128..256 => Walk::<4>::default().proves(function),
            256..512 => Walk::<8>::default().proves(function),
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
    /// Jumps back with which something else comes to their targets than was assumed there.
    surprises: Vec<(usize, State<WORDS>)>,
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
        self.surprises.clear();
        for walks in 1..=MAX_WALKS {
            self.forget(proto.code.len());
            for at in 0..self.surprises.len() {
                let (target, state) = self.surprises[at];
                self.arrive(target, proto.code.len(), &state);
            }
            if self.walk(function).is_some() {
                return true;
            }
            if self.surprises.len() < walks {
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

    /// An instruction. What its opcode asks for and what it does not is settled when this is compiled,
    /// for those that make up most code: then the choice of the opcode is the only one that is hard to
    /// foresee, and what it does not have costs nothing.
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
            return self.step_of(function, limits, pc, op, word, state);
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
        if limits.strange(row, word) | state.set.lacks(fields, &row.reads) != 0 {
            return None;
        }
        if row.indexes && !limits.fits(row, word, &function.proto.constants) {
            operands::check_at(function, pc, instr).ok()?;
        }
        if row.special {
            if window_end(op, instr)? > function.proto.max_stack as u32 {
                return None;
            }
            let defined = Defined::<WORDS> { function };
            defined.window(pc, op, instr, &mut state.set).ok()?;
        }
        if row.opens || row.closes && state.open != Open::NOTHING {
            open::step(function, pc, op, instr, &mut state.open).ok()?;
            self.record(pc + 1, state.open);
        }
        if row.cuts != 0 {
            state.set.cut(instr.a as usize);
        }
        state.set.insert_if(fields[0], row.writes);
        if row.many {
            let open_ended =
                if op == Op::SetList { instr.n == 0 } else { instr.b == 0 || instr.c == 0 };
            if open_ended {
                // No jump lands here: that is seen when it jumps.
                multi::check_at(function, pc, false).ok()?;
            }
        }
        if row.turns {
            *state = self.turn(function, pc, op, instr, *state)?;
            self.record(pc + 1, state.open);
        }
        Some(())
    }

    /// Control does more than go on to the next instruction. What is known before that one.
    fn turn(
        &mut self,
        function: &Function<'_>,
        pc: usize,
        op: Op,
        instr: Instr,
        mut state: State<WORDS>,
    ) -> Option<State<WORDS>> {
        let defined = Defined::<WORDS> { function };
        if matches!(op, Op::ForPrep | Op::ForLoop | Op::TForPrep | Op::TForCall | Op::TForLoop) {
            flow::check_pair(function, pc).ok()?;
        }
        if let Some(target) = operand::jump_target(op, instr, pc) {
            let mut there = state;
            defined.jumped(op, instr, &mut there.set);
            self.jump(function, pc, usize::try_from(target).ok()?, there)?;
        }
        match op.info().flow {
            Flow::Skip | Flow::SkipOne => self.jump(function, pc, pc + 2, state)?,
            _ => {}
        }
        defined.passed(op, instr, &mut state.set);
        Some(match op {
            Op::VarargPrep if pc > 0 => return None,
            Op::Vararg if !function.proto.is_vararg => return None,
            // Its jump forward goes to the TFORCALL, which alone leads back to the next instruction.
            Op::TForPrep => {
                let target = usize::try_from(operand::jump_target(op, instr, pc)?).ok()?;
                let call = function.proto.code.get(target)?;
                defined.window(target, Op::TForCall, *call, &mut state.set).ok()?;
                defined.jumped(Op::TForLoop, instr, &mut state.set);
                state
            }
            _ => match op.info().flow {
                Flow::Goto | Flow::Return | Flow::SkipOne => State::UNREACHED,
                Flow::Next | Flow::Branch | Flow::Call | Flow::Skip => state,
            },
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
        let takes = multi::taken_from(*code.get(target)?).is_some();
        let restarts = target == 0 && function.proto.is_vararg;
        if takes || restarts {
            return None;
        }
        if target > pc {
            return self.arrive(target, code.len(), &there);
        }
        // What was assumed there must hold on this way too.
        let after = self.changes.partition_point(|&(from, _)| from <= target);
        let (_, mut open) = *self.changes.get(after.checked_sub(1)?)?;
        if self.set.get(target)?.is_within(&there.set) && !open.join(&there.open) {
            return Some(());
        }
        self.surprises.push((target, there));
        None
    }

    /// Takes in what is known on a way to an instruction to come.
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
    fn record(&mut self, pc: usize, open: Open<WORDS>) {
        if self.changes.last().is_none_or(|&(_, last)| last != open) {
            self.changes.push((pc, open));
        }
    }
}
