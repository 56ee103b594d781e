//! What runs often, and what is compiled again.
//!
//! The interpreter counts nothing: it polls every so many instructions, and where polls find it is
//! hot. Then the machine records for a while what it sees, and compiles. Which of it is compiled when
//! follows from the program's fuel alone.

use super::ir::Why;
use super::record;
use super::state::State;
use crate::config::Jit;
use crate::jit::compile::compile;
use crate::object::function::ProtoObj;
use crate::stack::link::HEADER;
use crate::value::Value;
use crate::vm::Vm;

/// Instructions that are recorded before something is compiled for the first time.
const FIRST_RECORD: u32 = 8_000;

/// The same when native code has come to where nothing was seen.
const NEXT_RECORD: u32 = 2_000;

/// A guard that has failed so often was made of the wrong guess.
const MOST_FAILURES: u32 = 200;

/// What was never seen matters when native code has come to it so often; until then the interpreter does
/// it.
const MOST_UNSEEN: u32 = 16;

/// Polls that find a function running before it is compiled.
const FEW_POLLS: u32 = 10;

/// Polls that find a function running before its inner loops are compiled by themselves.
const MANY_POLLS: u32 = 14;

/// From so many polls on, only one of as many looks for something to compile: that takes time in
/// proportion to the function's code.
const OLD_POLLS: u32 = 64;

/// Where a poll finds a function without loops, the loop may be that of one of so many callers.
const MOST_CALLERS: usize = 8;

/// Whether somebody looks at every instruction, or nothing runs.
fn is_watched(vm: &Vm) -> bool {
    let watched = vm.observer.is_some() || vm.profile.is_some() || vm.coverage.is_some();
    vm.ip.is_null() || vm.hook_state.live || watched
}

/// The machine looks up for the first time.
pub(super) fn first_poll(vm: &mut Vm) {
    vm.start_compiler();
    poll(vm);
}

/// The machine looks up.
pub(super) fn poll(vm: &mut Vm) {
    vm.with_compiler(|vm, state| {
        if state.mode == Jit::On && !vm.tier.recording {
            state.sample(vm);
        }
    });
}

/// Native code of a function was left, in this way for the `taken`-th time.
pub(super) fn left(vm: &mut Vm, number: u32, why: Why, taken: u32) {
    if vm.tier.fail == 0 {
        vm.tier.fail = vm.tier.fail_every;
    }
    let wrong = match why {
        Why::End => false,
        Why::Unseen => taken >= MOST_UNSEEN || vm.config.jit == Jit::Always,
        Why::Guard => taken > MOST_FAILURES && vm.tier.fail_every == 0,
    };
    if wrong {
        learn(vm, number);
    }
}

/// Native code of a function was made of the wrong guess: it is compiled again when more has been seen. False: it
/// is not, because that is going on, or has been tried too often.
pub(super) fn learn(vm: &mut Vm, number: u32) -> bool {
    vm.with_compiler(|vm, state| state.learn(vm, number)).unwrap_or(false)
}

/// Native code that the interpreter enters at this instruction of a function is left too soon.
pub(super) fn does_not_pay(vm: &mut Vm, number: u32, pc: u32) {
    let failing = vm.tier.fail_every != 0;
    vm.with_compiler(|_, state| {
        if state.mode == Jit::On
            && !failing
            && let Some(function) = state.functions.get_mut(number)
            && function.units.iter().any(|unit| unit.is_entered_at(pc))
        {
            function.leave_alone(pc);
            state.counts.left_alone += 1;
        }
    });
}

impl State {
    /// What runs here is hot, and so is the loop from which it was called. (Polls come at every so many instructions:
    /// they may find a loop in the same function that it calls every time.)
    fn sample(&mut self, vm: &mut Vm) {
        if is_watched(vm) {
            return;
        }
        // What lies below this slot is a frame's own.
        let mut end = usize::MAX;
        for (level, frame) in vm.frames(vm.thread).take(MOST_CALLERS).enumerate() {
            let own = end.saturating_sub(frame.base);
            end = frame.start.saturating_sub(HEADER);
            if let (Some(f), Some(pc)) = (frame.func.as_lua_fn(), frame.pc) {
                // SAFETY: the function of a frame is live, and its registers are on the stack.
                let in_loop = unsafe {
                    let proto = (*f.as_ptr()).proto;
                    self.sample_at(vm, proto, pc as u32, vm.thread.stack.add(frame.base), own)
                };
                if in_loop {
                    break;
                }
            } else if level == 0 {
                break;
            }
        }
        if !self.wanted.is_empty() {
            self.start_recording(vm, FIRST_RECORD);
        }
    }

    /// The same of one function, with its registers at `base`, so many of which are its own. Whether it has loops.
    ///
    /// # Safety
    /// The function runs there, or has called one that runs.
    unsafe fn sample_at(
        &mut self,
        vm: &mut Vm,
        proto: *mut ProtoObj,
        pc: u32,
        base: *mut Value,
        own: usize,
    ) -> bool {
        // SAFETY: the caller.
        let number = unsafe { self.number(vm, proto) };
        let most = self.most_tries();
        // (What the compiler leaves alone is the end of the way.)
        let Some(function) = self.functions.get_mut(number) else { return true };
        let has_loops = function.has_loops;
        function.polls += 1;
        // (A function that many polls have not made worth compiling is looked at rarely.)
        let is_old = function.polls > OLD_POLLS && !function.polls.is_multiple_of(OLD_POLLS);
        if function.polls < FEW_POLLS || is_old || function.is_finished(most) {
            return has_loops;
        }
        let around = record::loops_around(&function.plain, pc);
        // What registers hold now, they mostly hold at the heads of the loops, too.
        // SAFETY: the caller.
        let mut registers = unsafe { record::types(proto, base) };
        registers.truncate(own);
        for &(head, _) in &around {
            record::see_head(&mut function.feedback, head, &registers, true);
        }
        let many = function.polls > MANY_POLLS;
        let mut wanted = Vec::new();
        let outer = around.last().copied();
        if let Some((outer, _)) = outer {
            let inner = around.iter().find(|l| !function.has_entry(l.0));
            if !function.has_entry(outer) {
                wanted.push(outer);
            } else if let (Some(&(inner, _)), true) = (inner, many) {
                // It has been at the outer one's for long.
                wanted.push(inner);
            }
        }
        if !function.is_vararg && outer.is_none_or(|(head, _)| head != 0) && !function.has_entry(0)
        {
            wanted.push(0);
        }
        for pc in wanted {
            self.want(number, pc);
        }
        has_loops
    }

    pub(super) fn want(&mut self, number: u32, pc: u32) {
        let known = self.functions.get(number).is_some_and(|f| f.has_entry(pc));
        if !known && !self.wanted.contains(&(number, pc)) {
            self.wanted.push((number, pc));
        }
    }

    fn start_recording(&mut self, vm: &mut Vm, instructions: u32) {
        self.recording.left = instructions;
        self.recording.last = std::ptr::null();
        self.recording.base = std::ptr::null_mut();
        self.recording.function = None;
        if !vm.tier.recording {
            vm.tier.recording = true;
            vm.update_dispatch();
        }
    }

    /// Enough has been seen.
    pub(super) fn stop_recording(&mut self, vm: &mut Vm) {
        vm.tier.recording = self.mode == Jit::Always;
        vm.update_dispatch();
        self.compile_wanted(vm);
    }

    pub(super) fn compile_wanted(&mut self, vm: &mut Vm) {
        let mut next = 0;
        while next < self.wanted.len() {
            let (number, pc) = self.wanted[next];
            next += 1;
            compile(self, vm, number, pc);
        }
        self.wanted.clear();
    }

    /// Native code of a function has come to where it knows nothing, or the wrong thing: it is
    /// compiled again when more has been seen.
    fn learn(&mut self, vm: &mut Vm, number: u32) -> bool {
        let most = self.most_tries();
        let busy = vm.tier.recording && self.mode != Jit::Always;
        let Some(function) = self.functions.get(number) else { return false };
        if busy || function.tries > most {
            return false;
        }
        let units: Vec<u32> = function.units.iter().map(|unit| unit.pc).collect();
        self.give_up(vm, number);
        for pc in units {
            match self.mode {
                Jit::Always => {
                    if let Some(function) = self.functions.get_mut(number) {
                        function.visits.insert(pc, 0);
                    }
                }
                Jit::On | Jit::Off => self.want(number, pc),
            }
        }
        self.start_recording(vm, NEXT_RECORD);
        // SAFETY: native code was left in the running frame, before this instruction.
        unsafe { self.record(vm, vm.ip, vm.base) };
        true
    }
}
