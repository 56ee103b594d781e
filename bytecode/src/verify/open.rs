//! Variables that must be closed: none is left open when its frame goes, and no call's window
//! lies over one.
//!
//! An open upvalue and a pending to-be-closed variable are known to the machine by their place on
//! the stack. If a frame went without closing them, they would name slots of frames to come:
//! links and running functions among them. So this pass follows, along every path, which
//! registers may be captured or to be closed:
//!
//! * CLOSURE opens what the child captures of this frame, TBC and TFORPREP what they mark;
//! * CLOSE, and RETURN with N = 1, close; TAILCALL with N = 1 closes captured registers only;
//! * other returns find nothing open; a call's window and a to-be-closed variable lie above
//!   everything open.
//!
//! Each jump target is visited again only when more is open there than before, at most once per
//! register; in compiled code once or twice.

use super::{Function, VerifyError};
use crate::instr::Instr;
use crate::operand;
use crate::ops::{Flow, Op};

/// Registers that can be captured or to be closed.
const REGISTERS: usize = 256;

/// A set of registers.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Set([u64; REGISTERS / 64]);

impl Set {
    fn insert(&mut self, register: usize) {
        self.0[register / 64] |= 1 << (register % 64);
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|&word| word == 0)
    }

    /// Takes out `from` and everything above.
    fn cut(&mut self, from: usize) {
        for (i, word) in self.0.iter_mut().enumerate() {
            let keep = from.saturating_sub(i * 64).min(64);
            *word &= if keep == 64 { u64::MAX } else { (1 << keep) - 1 };
        }
    }

    /// The registers at `from` and above.
    fn above(mut self, from: usize) -> Set {
        let all = self;
        self.cut(from);
        for (word, kept) in self.0.iter_mut().zip(all.0) {
            *word ^= kept;
        }
        self
    }

    /// Adds another set; true if that changed anything.
    fn join(&mut self, other: &Set) -> bool {
        let before = *self;
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
        *self != before
    }
}

/// What may be open before an instruction.
#[derive(Clone, Copy, Default)]
struct State {
    captured: Set,
    to_close: Set,
}

impl State {
    fn join(&mut self, other: &State) -> bool {
        self.captured.join(&other.captured) | self.to_close.join(&other.to_close)
    }
}

/// `turns` are the places that mark variables, among others; `targets`: which instructions control
/// reaches from elsewhere than the one before.
pub(super) fn check(
    function: &Function<'_>,
    turns: &[u32],
    targets: &[bool],
) -> Result<(), VerifyError> {
    let code = &function.proto.code;
    let marks = |&pc: &u32| matches!(function.op(pc as usize), Some(Op::Tbc | Op::TForPrep));
    if !captures(function) && !turns.iter().any(marks) {
        return Ok(());
    }
    // The number of each target, and what is known of it.
    let mut numbers = vec![0u32; code.len()];
    let mut known: Vec<Option<State>> = Vec::new();
    for (number, &target) in numbers.iter_mut().zip(targets) {
        *number = known.len() as u32;
        if target {
            known.push(None);
        }
    }
    let mut work = vec![(0, State::default())];
    while let Some((start, state)) = work.pop() {
        let (mut pc, mut state) = (start, state);
        loop {
            if targets[pc] {
                // Seen with all of this open: nothing new.
                match &mut known[numbers[pc] as usize] {
                    Some(seen) => {
                        if !seen.join(&state) {
                            break;
                        }
                        state = *seen;
                    }
                    unseen => *unseen = Some(state),
                }
            }
            let instr = code[pc];
            let Some(op) = instr.opcode() else { break };
            step(function, pc, op, instr, &mut state)?;
            if let Some(target) = operand::jump_target(op, instr, pc)
                && let Ok(target) = usize::try_from(target)
            {
                let seen = &mut known[numbers[target] as usize];
                let news = seen.is_none_or(|mut seen| seen.join(&state));
                if news {
                    work.push((target, state));
                }
            }
            match op.info().flow {
                Flow::Goto | Flow::Return => break,
                Flow::SkipOne => pc += 2,
                Flow::Skip => {
                    work.push((pc + 2, state));
                    pc += 1;
                }
                Flow::Next | Flow::Branch | Flow::Call => pc += 1,
            }
        }
    }
    Ok(())
}

/// Whether a child captures a register of the function.
fn captures(function: &Function<'_>) -> bool {
    let children = function.proto.protos.iter();
    children
        .filter_map(|&child| function.module.protos.get(child as usize))
        .any(|inner| inner.upvalues.iter().any(|upvalue| upvalue.in_stack))
}

fn step(
    function: &Function<'_>,
    pc: usize,
    op: Op,
    instr: Instr,
    state: &mut State,
) -> Result<(), VerifyError> {
    let a = instr.a as usize;
    match op {
        Op::Closure => {
            let child = function.proto.protos.get(instr.bx() as usize);
            let Some(inner) = child.and_then(|&at| function.module.protos.get(at as usize)) else {
                return Ok(());
            };
            for upvalue in inner.upvalues.iter().filter(|upvalue| upvalue.in_stack) {
                state.captured.insert(upvalue.index as usize);
            }
        }
        Op::Tbc | Op::TForPrep => {
            let register = if op == Op::Tbc { a } else { a + 3 };
            if register >= REGISTERS {
                return Err(function.fail_at(pc, format!("R{register} cannot be to be closed")));
            }
            if !state.to_close.above(register).is_empty() {
                let message = "a variable at or above it is to be closed already";
                return Err(function.fail_at(pc, message));
            }
            state.to_close.insert(register);
        }
        Op::Close => {
            state.captured.cut(a);
            state.to_close.cut(a);
        }
        Op::Call | Op::TForCall => {
            let window = if op == Op::Call { a } else { a + 4 };
            let open = State {
                captured: state.captured.above(window),
                to_close: state.to_close.above(window),
            };
            if !open.captured.is_empty() || !open.to_close.is_empty() {
                let message = format!("a variable at or above R{window} may be open");
                return Err(function.fail_at(pc, message));
            }
        }
        Op::TailCall => {
            if !state.to_close.is_empty() || (instr.n == 0 && !state.captured.is_empty()) {
                return Err(function.fail_at(pc, "leaves variables open"));
            }
            state.captured = Set::default();
        }
        Op::Return0 | Op::Return1 | Op::Return => {
            let closes = op == Op::Return && instr.n == 1;
            if !closes && (!state.captured.is_empty() || !state.to_close.is_empty()) {
                return Err(function.fail_at(pc, "leaves variables open"));
            }
        }
        _ => {}
    }
    Ok(())
}
