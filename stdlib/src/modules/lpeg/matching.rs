//! `lpeg.match`: the machine, and the values of its captures ([`super::values`]), as a state machine,
//! because functions are called while it matches and when it has matched.
//!
//! While it works its state is a [`Run`]; while a function runs or the host looks, the frame has it
//! ([`at`]), and above the frame's slots are the values so far.

use super::machine::{Capture, Machine, Records, Stop};
use super::tree::Kind;
use super::values::{Frame, Next, Values};
use super::{MAX_STACK, Pattern};
use crate::prim;
use luka_vm::api::frame::slot::{BufferOrNil, Count};
use luka_vm::native::contract::BUFFER;
use luka_vm::{Action, Gc, NativeResult, Raise, Str, Table, Value, Vm};
use luka_vm::{continuations, frame};

continuations! { pub static THEN;
    /// A function has been called; its results are on top.
    CALLED: "lpeg.match:called" (at, any) = called;
    GO_ON: "lpeg.match:go_on" (paused, 0) = go_on;
}

frame! {
    mod at {
        SUBJECT: Gc<Str>,
        CODE: Gc<Str>,
        /// The pattern's constants.
        CONSTANTS: Option<Gc<Table>>,
        /// Further arguments of the match.
        ARGUMENTS: Option<Gc<Table>>,
        /// Values that functions have given while it matched.
        DYNAMIC: Option<Gc<Table>>,
        STACK: BufferOrNil,
        CAPTURES: BufferOrNil,
        /// What is being evaluated, and the texts under way.
        FRAMES: BufferOrNil,
        TEXT: BufferOrNil,
        PC: Count,
        AT: Count,
        VALUES: Count,
        /// How many places of `DYNAMIC` have a value, those of captures that failed included.
        FILLED: Count,
        /// The next capture to be evaluated.
        CURSOR: Count,
        /// Whether it has matched, or the captures of a function are evaluated on the way.
        HAS_MATCHED: bool,
    }
}

/// The same slots in a pause, where the values so far are part of the frame.
mod paused {
    use luka_vm::native::contract::{Frame, SlotType};
    pub const FRAME: Frame = Frame { rest: Some(SlotType::Any), ..super::at::FRAME };
}

/// The number of slots that are the state's.
pub const FIXED: usize = at::FRAME.first.len();
/// Steps of the machine for a unit of fuel.
const STEPS: i64 = 8;
/// Units of work between two pauses.
const SLICE: i64 = 4096;

/// The most results of a function that is called while it matches.
const MAX_RESULTS: usize = 32_767;

/// What is worked with.
pub struct Run {
    pub subject: &'static [u8],
    code: &'static [u8],
    max_stack: usize,
    pub constants: Option<Gc<Table>>,
    pub arguments: Option<Gc<Table>>,
    pub dynamic: Option<Gc<Table>>,
    stack: Records,
    pub captures: Records,
    pc: usize,
    pub at: usize,
    values: u32,
    filled: u32,
    evaluation: Values,
    has_matched: bool,
}

/// Matches a pattern from a position on.
pub fn start(
    vm: &mut Vm,
    pattern: &Pattern,
    code: Gc<Str>,
    subject: Gc<Str>,
    from: usize,
    arguments: Option<Gc<Table>>,
) -> NativeResult {
    vm.set_top(0);
    vm.push(subject.into());
    vm.push(code.into());
    at::FRAME.prepare(vm, 2);
    at::CONSTANTS.set(vm, pattern.constants);
    at::ARGUMENTS.set(vm, arguments);
    let max_stack = max_stack(vm);
    let run = Run {
        subject: subject.bytes(),
        code: code.bytes(),
        max_stack,
        constants: pattern.constants,
        arguments,
        dynamic: None,
        stack: Records::default(),
        captures: Records::default(),
        pc: 0,
        at: from,
        values: 0,
        filled: 0,
        evaluation: Values::default(),
        has_matched: false,
    };
    run_machine(vm, run, SLICE)
}

fn max_stack(vm: &mut Vm) -> usize {
    let limit = prim::registry_field(vm, MAX_STACK).as_int();
    limit.map_or(400, |n| n.clamp(1, 1 << 28) as usize)
}

fn damaged(vm: &mut Vm) -> Raise {
    vm.error("attempt to go on with a damaged pattern")
}

fn go_on(vm: &mut Vm) -> NativeResult {
    let run = restore(vm);
    if run.has_matched || !run.evaluation.frames.is_empty() {
        return evaluate(vm, run, SLICE);
    }
    run_machine(vm, run, SLICE)
}

fn called(vm: &mut Vm) -> NativeResult {
    let mut run = restore(vm);
    if !run.has_matched && run.evaluation.frames.is_empty() {
        return answered(vm, run);
    }
    match run.evaluation_step(vm, |values, vm, run| values.called(vm, run))? {
        Some(nargs) => {
            save(vm, run);
            vm.call(nargs, -1, &CALLED)
        }
        None => evaluate(vm, run, SLICE),
    }
}

/// Runs the machine until it has matched or not, the next call or a pause.
fn run_machine(vm: &mut Vm, mut run: Run, units: i64) -> NativeResult {
    let Some(mut machine) = Machine::new(run.code, run.subject, run.max_stack) else {
        return Err(damaged(vm));
    };
    machine.stack = std::mem::take(&mut run.stack);
    machine.captures = std::mem::take(&mut run.captures);
    (machine.pc, machine.at, machine.values) = (run.pc, run.at, run.values);
    let budget = units * STEPS;
    let mut left = budget;
    let stop = machine.run(&mut left);
    let spent = (budget - left).max(0);
    vm.charge(1 + (spent / STEPS) as u64);
    run.stack = std::mem::take(&mut machine.stack);
    run.captures = std::mem::take(&mut machine.captures);
    (run.pc, run.at, run.values) = (machine.pc, machine.at, machine.values);
    vm.heap.reserve(run.captures.0.len() + run.stack.0.len())?;
    match stop {
        Stop::NoMatch => vm.ret1(Value::NIL),
        Stop::Paused => {
            save(vm, run);
            Ok(Action::Pause { then: &GO_ON })
        }
        Stop::Overflow => {
            let limit = run.max_stack;
            Err(vm.error(format!("backtrack stack overflow (current limit is {limit})")))
        }
        Stop::Broken => Err(damaged(vm)),
        Stop::Match => {
            run.has_matched = true;
            if run.captures.len() == 0 {
                return vm.ret1(run.at as i64 + 1);
            }
            run.evaluation.begin(Frame::root());
            evaluate(vm, run, units - spent / STEPS)
        }
        Stop::Runtime => {
            let Some((open, capture)) = run.innermost_open() else { return Err(damaged(vm)) };
            run.forget_failed(vm)?;
            let function = run.constant(capture.key);
            let close = Capture { at: run.at as u32, key: 0, kind: Kind::Close, size: 1 };
            run.captures.push(close.record());
            vm.push_fn(function);
            let subject = at::SUBJECT.get(vm);
            vm.push(subject.into());
            vm.push(Value::int(run.at as i64 + 1));
            run.evaluation.begin(Frame::runtime(open));
            evaluate(vm, run, units - spent / STEPS)
        }
    }
}

/// Evaluates captures until their values are there, the next call or a pause.
fn evaluate(vm: &mut Vm, mut run: Run, units: i64) -> NativeResult {
    let mut left = units.max(1);
    let next = run.evaluation_step(vm, |values, vm, run| values.run(vm, run, &mut left))?;
    match next {
        Next::Done if run.has_matched => {
            if vm.nargs() == FIXED {
                vm.push(Value::int(run.at as i64 + 1));
            }
            vm.ret_from(FIXED + 1)
        }
        Next::Done => {
            // The arguments of a function that decides how the match goes on.
            let nargs = vm.nargs().saturating_sub(FIXED + 2) as u32;
            save(vm, run);
            vm.call(nargs, -1, &CALLED)
        }
        Next::Call(nargs) => {
            save(vm, run);
            vm.call(nargs, -1, &CALLED)
        }
        Next::Pause => {
            save(vm, run);
            Ok(Action::Pause { then: &GO_ON })
        }
    }
}

/// A function has decided how the match goes on: its first result says where or that it fails, the
/// others are values of captures in the place of those it was given.
fn answered(vm: &mut Vm, mut run: Run) -> NativeResult {
    let results: Vec<Value> = vm.slots()[FIXED..].to_vec();
    vm.charge_values(results.len());
    vm.set_top(FIXED);
    let Some((open, group)) = run.innermost_complete() else { return Err(damaged(vm)) };
    run.captures.truncate(open);
    let first = results.first().copied().unwrap_or(Value::NIL);
    let goes_on = if first.is_falsy() {
        false
    } else {
        if first.as_bool().is_none() {
            vm.charge(first.as_str().map_or(0, |s| s.len()) as u64 / 8);
            let position = first.to_number().and_then(Value::to_int_exact).unwrap_or(0);
            let new = position.checked_sub(1).and_then(|n| usize::try_from(n).ok());
            match new {
                Some(new) if run.at <= new && new <= run.subject.len() => run.at = new,
                _ => return Err(vm.error("invalid position returned by match-time capture")),
            }
        }
        true
    };
    if results.len() > MAX_RESULTS {
        return Err(vm.error("too many results in match-time capture"));
    }
    if goes_on && results.len() > 1 {
        run.keep(vm, group.at, &results[1..])?;
    }
    if !goes_on && !run.fail() {
        return vm.ret1(Value::NIL);
    }
    run_machine(vm, run, SLICE)
}

impl Run {
    /// Lets the evaluation work on the run it belongs to.
    fn evaluation_step<R>(
        &mut self,
        vm: &mut Vm,
        step: impl FnOnce(&mut Values, &mut Vm, &mut Run) -> R,
    ) -> R {
        let mut evaluation = std::mem::take(&mut self.evaluation);
        let result = step(&mut evaluation, vm, self);
        self.evaluation = evaluation;
        result
    }

    pub fn capture(&self, i: usize) -> Option<Capture> {
        self.captures.get(i).and_then(Capture::of)
    }

    /// A constant of the pattern.
    pub fn constant(&self, key: u32) -> Value {
        self.constants.map_or(Value::NIL, |t| t.get_int(key.into()))
    }

    /// The last capture that has not ended.
    fn innermost_open(&self) -> Option<(usize, Capture)> {
        let mut closed = 0;
        for i in (0..self.captures.len()).rev() {
            let capture = self.capture(i)?;
            if capture.kind == Kind::Close {
                closed += 1;
            } else if capture.is_open() {
                if closed == 0 {
                    return Some((i, capture));
                }
                closed -= 1;
            }
        }
        None
    }

    /// The capture that ends with the last record.
    fn innermost_complete(&self) -> Option<(usize, Capture)> {
        let last = self.captures.len().checked_sub(1)?;
        let open = self.open_of(last)?;
        Some((open, self.capture(open)?))
    }

    /// The beginning of the capture that ends with a record.
    pub fn open_of(&self, close: usize) -> Option<usize> {
        let mut closed = 0;
        for i in (0..close).rev() {
            let capture = self.capture(i)?;
            if capture.kind == Kind::Close {
                closed += 1;
            } else if capture.is_open() {
                if closed == 0 {
                    return Some(i);
                }
                closed -= 1;
            }
        }
        None
    }

    /// Lets go of values of captures that the machine has gone back from.
    fn forget_failed(&mut self, vm: &mut Vm) -> Result<(), Raise> {
        while self.filled > self.values
            && let Some(dynamic) = self.dynamic
        {
            prim::set_int(vm, dynamic, self.filled.into(), Value::NIL)?;
            self.filled -= 1;
        }
        Ok(())
    }

    /// Keeps values of a function as captures of what was matched from a position on.
    fn keep(&mut self, vm: &mut Vm, from: u32, values: &[Value]) -> Result<(), Raise> {
        let dynamic = match self.dynamic {
            Some(table) => table,
            None => vm.heap.table(),
        };
        self.dynamic = Some(dynamic);
        let at = self.at as u32;
        self.captures.push(Capture { at: from, key: 0, kind: Kind::Group, size: 0 }.record());
        for v in values {
            self.values += 1;
            prim::set_int(vm, dynamic, self.values.into(), *v)?;
            self.filled = self.filled.max(self.values);
            let key = self.values;
            self.captures.push(Capture { at, key, kind: Kind::Runtime, size: 1 }.record());
        }
        self.captures.push(Capture { at, key: 0, kind: Kind::Close, size: 1 }.record());
        Ok(())
    }

    /// The machine's own way back.
    fn fail(&mut self) -> bool {
        let Some(mut machine) = Machine::new(self.code, self.subject, self.max_stack) else {
            return false;
        };
        machine.stack = std::mem::take(&mut self.stack);
        machine.captures = std::mem::take(&mut self.captures);
        let found = machine.fail();
        self.stack = std::mem::take(&mut machine.stack);
        self.captures = std::mem::take(&mut machine.captures);
        (self.pc, self.at, self.values) = (machine.pc, machine.at, machine.values);
        found
    }
}

/// Moves the state to the frame.
fn save(vm: &mut Vm, run: Run) {
    let evaluation = run.evaluation;
    at::DYNAMIC.set(vm, run.dynamic);
    let lists = [
        (&at::STACK, run.stack.0),
        (&at::CAPTURES, run.captures.0),
        (&at::FRAMES, Frame::to_bytes(&evaluation.frames)),
        (&at::TEXT, evaluation.text),
    ];
    for (slot, bytes) in lists {
        let buffer = match slot.get(vm) {
            Some(buffer) => buffer,
            None if bytes.is_empty() => continue,
            None => vm.heap.new_userdata(BUFFER, 0),
        };
        buffer.with_buffer(&mut vm.heap, |b| *b = bytes);
        slot.set(vm, Some(buffer));
    }
    at::PC.set(vm, run.pc as i64);
    at::AT.set(vm, run.at as i64);
    at::VALUES.set(vm, run.values.into());
    at::FILLED.set(vm, run.filled.into());
    at::CURSOR.set(vm, evaluation.cursor as i64);
    at::HAS_MATCHED.set(vm, run.has_matched);
}

/// Takes the state from the frame.
fn restore(vm: &mut Vm) -> Run {
    let mut lists = [&at::STACK, &at::CAPTURES, &at::FRAMES, &at::TEXT].map(|slot| {
        slot.get(vm).map(|buffer| buffer.take_buffer(&mut vm.heap)).unwrap_or_default()
    });
    let [stack, captures, frames, text] = lists.each_mut().map(std::mem::take);
    let subject = at::SUBJECT.get(vm).bytes();
    Run {
        subject,
        code: at::CODE.get(vm).bytes(),
        max_stack: max_stack(vm),
        constants: at::CONSTANTS.get(vm),
        arguments: at::ARGUMENTS.get(vm),
        dynamic: at::DYNAMIC.get(vm),
        stack: Records(stack),
        captures: Records(captures),
        pc: at::PC.get(vm) as usize,
        at: (at::AT.get(vm) as usize).min(subject.len()),
        values: u32::try_from(at::VALUES.get(vm)).unwrap_or(0),
        filled: u32::try_from(at::FILLED.get(vm)).unwrap_or(0),
        evaluation: Values {
            frames: Frame::of_bytes(&frames),
            text,
            cursor: at::CURSOR.get(vm) as usize,
        },
        has_matched: at::HAS_MATCHED.get(vm),
    }
}
