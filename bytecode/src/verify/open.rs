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
//! * other returns find nothing open; what CALL, TFORCALL, NEWTABLE, CONCAT and CLOSURE may
//!   overwrite, and a to-be-closed variable, lie above everything open.

use super::dataflow::{self, Analysis, Targets};
use super::registers::Set;
use super::{Function, VerifyError};
use crate::effects::Effect;
use crate::instr::Instr;
use crate::ops::{OPS, Op, OpInfo};

/// Registers that can be captured or to be closed.
const REGISTERS: usize = 256;

/// What may be open before an instruction.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Open<const WORDS: usize> {
    captured: Set<WORDS>,
    to_close: Set<WORDS>,
}

impl<const WORDS: usize> Open<WORDS> {
    pub const NOTHING: Open<WORDS> = Open { captured: Set::EMPTY, to_close: Set::EMPTY };

    /// Merges what may be open on another path to the same place; returns whether that changed anything.
    #[inline]
    pub fn join(&mut self, other: &Open<WORDS>) -> bool {
        self.captured.unite(&other.captured) | self.to_close.unite(&other.to_close)
    }

    /// The registers that may be captured, and those that may be to be closed.
    pub fn sets(&self) -> (Set<WORDS>, Set<WORDS>) {
        (self.captured, self.to_close)
    }

    /// The lowest register at `from` or above that may be open.
    #[inline]
    fn first_from(&self, from: usize) -> Option<usize> {
        let mut both = self.captured;
        both.unite(&self.to_close);
        both.first_from(from)
    }
}

pub(super) fn check(function: &Function<'_>, targets: &Targets) -> Result<(), VerifyError> {
    let mut code = function.proto.code.iter().filter_map(|instr| instr.opcode());
    if !code.any(|op| opens(op.info())) {
        return Ok(());
    }
    dataflow::run(function, targets, &mut Closing { function })
}

/// Whether after the instruction something may be open that was not before.
pub(super) const fn opens(info: &OpInfo) -> bool {
    let [first, second] = relevant(info);
    matches!(first, Some(Effect::Captures | Effect::Marks(_)))
        || matches!(second, Some(Effect::Captures | Effect::Marks(_)))
}

/// Whether the instruction has a rule here.
pub(super) const fn concerns(info: &OpInfo) -> bool {
    relevant(info)[0].is_some()
}

/// The effects that open or close something or need it closed, in order.
const fn relevant(info: &OpInfo) -> [Option<Effect>; 2] {
    let mut relevant = [None; 2];
    let (mut i, mut count) = (0, 0);
    while i < info.effects.len() {
        match info.effects[i] {
            Effect::Captures
            | Effect::Marks(_)
            | Effect::Clobbers(_)
            | Effect::Closes
            | Effect::Leaves
            | Effect::Replaces => {
                relevant[count] = Some(info.effects[i]);
                count += 1;
            }
            Effect::Reads(..) | Effect::Writes(..) | Effect::WritesIfTaken(_) => {}
            Effect::WritesIfNotTaken(_) | Effect::Reaches(_) | Effect::AtLeast(..) => {}
        }
        i += 1;
    }
    relevant
}

static RELEVANT: [[Option<Effect>; 2]; Op::COUNT] = {
    let mut effects = [[None; 2]; Op::COUNT];
    let mut op = 0;
    while op < Op::COUNT {
        effects[op] = relevant(&OPS[op]);
        op += 1;
    }
    effects
};

struct Closing<'a> {
    function: &'a Function<'a>,
}

impl Analysis for Closing<'_> {
    type State = Open<{ REGISTERS / 64 }>;

    fn entry(&self) -> Self::State {
        Open::NOTHING
    }

    fn join(into: &mut Self::State, other: &Self::State) -> bool {
        into.join(other)
    }

    fn step(
        &mut self,
        pc: usize,
        op: Op,
        instr: Instr,
        open: &mut Self::State,
    ) -> Result<(), VerifyError> {
        if concerns(op.info()) { step(self.function, pc, op, instr, open) } else { Ok(()) }
    }
}

/// Checks an instruction that has a rule here, and takes in what it opens and closes.
#[inline(always)]
pub(super) fn step<const WORDS: usize>(
    function: &Function<'_>,
    pc: usize,
    op: Op,
    instr: Instr,
    open: &mut Open<WORDS>,
) -> Result<(), VerifyError> {
    // Without a loop, as `Defined::window`.
    let [first, second] = RELEVANT[op as usize];
    let Some(first) = first else { return Ok(()) };
    apply(first, function, instr, open).map_err(|fault| fault.report(function, pc))?;
    let Some(second) = second else { return Ok(()) };
    apply(second, function, instr, open).map_err(|fault| fault.report(function, pc))
}

#[inline(always)]
fn apply<const WORDS: usize>(
    effect: Effect,
    function: &Function<'_>,
    instr: Instr,
    open: &mut Open<WORDS>,
) -> Result<(), Fault> {
    let a = instr.a as usize;
    match effect {
        Effect::Clobbers(from) => {
            let from = a + from as usize;
            match open.first_from(from) {
                Some(register) => Err(Fault::Overwrites { from, register }),
                None => Ok(()),
            }
        }
        Effect::Captures => {
            let child = function.proto.protos.get(instr.bx() as usize);
            let inner = child.and_then(|&at| function.module.protos.get(at as usize));
            let upvalues = inner.iter().flat_map(|inner| &inner.upvalues);
            for upvalue in upvalues.filter(|upvalue| upvalue.in_stack) {
                open.captured.insert(upvalue.index as usize);
            }
            Ok(())
        }
        Effect::Marks(at) => {
            let register = a + at as usize;
            if register >= REGISTERS {
                return Err(Fault::TooHigh { register });
            }
            if let Some(other) = open.to_close.first_from(register) {
                return Err(Fault::OutOfOrder { register, other });
            }
            open.to_close.insert(register);
            Ok(())
        }
        Effect::Closes => {
            open.captured.cut(a);
            open.to_close.cut(a);
            Ok(())
        }
        Effect::Leaves => match open.first_from(0) {
            Some(register) if instr.n == 0 => Err(Fault::Leaves { register }),
            _ => Ok(()),
        },
        Effect::Replaces => {
            if let Some(register) = open.to_close.first_from(0) {
                return Err(Fault::ReplacesToClose { register });
            }
            if let Some(register) = open.captured.first_from(0).filter(|_| instr.n == 0) {
                return Err(Fault::ReplacesCaptured { register });
            }
            open.captured = Set::EMPTY;
            Ok(())
        }
        // `relevant` has left them out.
        Effect::Reads(..) | Effect::Writes(..) | Effect::WritesIfTaken(_) => Ok(()),
        Effect::WritesIfNotTaken(_) | Effect::Reaches(_) | Effect::AtLeast(..) => Ok(()),
    }
}

/// A rule that is broken.
enum Fault {
    Overwrites { from: usize, register: usize },
    TooHigh { register: usize },
    OutOfOrder { register: usize, other: usize },
    Leaves { register: usize },
    ReplacesToClose { register: usize },
    ReplacesCaptured { register: usize },
}

impl Fault {
    #[cold]
    #[inline(never)]
    fn report(self, function: &Function<'_>, pc: usize) -> VerifyError {
        let message = match self {
            Fault::Overwrites { from, register } => {
                format!("overwrites R{from} and above, but R{register} may not be closed yet")
            }
            Fault::TooHigh { register } => {
                format!("R{register} cannot be to be closed, at most R{}", REGISTERS - 1)
            }
            Fault::OutOfOrder { register, other } => {
                format!("marks R{register}, but R{other} is to be closed already and not below it")
            }
            Fault::Leaves { register } => {
                format!("leaves R{register} open, with N = 1 RETURN would close it")
            }
            Fault::ReplacesToClose { register } => {
                format!("leaves R{register} to be closed, which no tail call can do")
            }
            Fault::ReplacesCaptured { register } => {
                format!("leaves R{register} open, which a closure may have captured")
            }
        };
        function.fail_at(pc, message)
    }
}
