//! The compiler's data of a machine: its functions, their units, and where code is kept.

use super::barrier::barrier;
use super::cell::free_cell;
use super::code::{CodeSpace, SIZE};
use super::feedback::Feedback;
use super::flow::{Flow, target};
use super::leave::{Leaving, leave};
use super::machine::stubs;
use super::stats::Counts;
use super::{hot, record};
use crate::config::Jit;
use crate::function::ProtoObj;
use crate::function::link::unlink;
use crate::object::proto::NATIVE;
use crate::value::Value;
use crate::vm::Vm;
use crate::vm::handler::{Handler, Ip, Table};
use crate::vm::tier::{Entries, Events, Stubs, Tier};
use luka_bytecode::Instr;
use std::collections::HashMap;
use std::ops::Range;

/// After so many attempts a function stays as it is.
const MOST_TRIES: u32 = 6;

/// The same where everything is compiled as soon as possible.
const MOST_TRIES_ALWAYS: u32 = 40;

/// Longer functions (the main functions of data files) are left to the interpreter: what is noted of each instruction
/// would take several times the code's memory.
const MOST_INSTRUCTIONS: usize = 1 << 16;

/// Instructions that the compiler looks at for a function, more or less: each of its units takes time in
/// proportion to the whole function's code.
const MOST_LOOKED_AT: usize = 400_000;

/// A piece of native code.
pub(super) struct Unit {
    /// The instruction it begins at.
    pub pc: u32,
    pub leaving: Box<Leaving>,
    /// Where the interpreter may come in again.
    resumes: Vec<u32>,
    code: Range<usize>,
}

impl Unit {
    /// Whether the interpreter enters the unit at an instruction.
    pub fn is_entered_at(&self, pc: u32) -> bool {
        self.pc == pc || self.resumes.contains(&pc)
    }
}

/// A function that the compiler knows.
pub(super) struct Function {
    /// Where its native code is entered. Native code holds the address.
    pub entries: Box<Entries>,
    /// The memory of [`Entries::at`].
    at: Box<[usize]>,
    /// It is live as long as the function is listed.
    pub proto: *mut ProtoObj,
    pub units: Vec<Unit>,
    pub feedback: Feedback,
    /// The code with plain indices; linked and with its caches, as of the last time it was looked at.
    pub plain: Vec<Instr>,
    pub linked: Vec<Instr>,
    /// Instructions that a debugger has marked, in order.
    pub marks: Vec<u32>,
    pub is_vararg: bool,
    /// There are jumps back in its code.
    pub has_loops: bool,
    /// It may be inlined: what is known of its code.
    pub inlined: Option<Box<Flow>>,
    /// How often its units were given up.
    pub tries: u32,
    /// How often polls have found it running.
    pub polls: u32,
    /// Where its native code is not entered by the interpreter any more: it was left too soon.
    left_alone: Vec<u32>,
    /// How often its start and the heads of its loops were recorded.
    pub visits: HashMap<u32, u32>,
}

/// All functions that the compiler knows, by number.
#[derive(Default)]
pub(super) struct Functions {
    list: Vec<Option<Box<Function>>>,
    /// The same for the interpreter.
    entries: Vec<*const Entries>,
}

impl Functions {
    pub fn get(&self, number: u32) -> Option<&Function> {
        self.list.get(number as usize)?.as_deref()
    }

    pub fn get_mut(&mut self, number: u32) -> Option<&mut Function> {
        self.list.get_mut(number as usize)?.as_deref_mut()
    }

    pub fn all(&self) -> impl Iterator<Item = &Function> {
        self.list.iter().filter_map(|f| f.as_deref())
    }
}

impl Function {
    /// Takes note of the code's caches.
    pub fn look_at_caches(&mut self) {
        // SAFETY: listed functions are live.
        self.linked = unsafe { (*self.proto).data.instrs().collect() };
    }

    /// Whether nothing more of it is compiled: that has been tried too often (`most` times), or it has many
    /// units for its length.
    pub fn is_finished(&self, most: u32) -> bool {
        self.tries > most || self.units.len() * self.plain.len() >= MOST_LOOKED_AT
    }

    /// Nothing more of it is compiled.
    pub fn finish(&mut self) {
        self.tries = u32::MAX;
    }

    /// Whether native code is entered at an instruction, or is not to be: it did not pay, or a debugger
    /// has a mark there.
    pub fn has_entry(&self, pc: u32) -> bool {
        self.at.get(pc as usize).is_some_and(|at| *at != 0)
            || self.left_alone.contains(&pc)
            || self.marks.binary_search(&pc).is_ok()
    }

    /// The interpreter does not enter native code at an instruction any more. (Native code that calls it
    /// still does.)
    pub fn leave_alone(&mut self, pc: u32) {
        self.mark(pc, 0);
        self.left_alone.push(pc);
    }

    /// The interpreter enters native code at an instruction from now on, or no longer.
    fn mark(&mut self, pc: u32, address: usize) {
        self.at[pc as usize] = address;
        // SAFETY: listed functions are live; the machine has one thread, which is here.
        unsafe {
            let instr = (*self.proto).code.add(pc as usize);
            match address {
                0 => (*instr).op &= !NATIVE,
                _ => (*instr).op |= NATIVE,
            }
        }
    }
}

/// What a recording machine notes about its way.
pub(super) struct Recording {
    /// Instructions that are still to be recorded.
    pub left: u32,
    /// The last instruction, and the registers it worked on.
    pub last: Ip,
    pub base: *mut Value,
    /// The number of its function.
    pub function: Option<u32>,
}

/// The compiler of a machine.
pub(super) struct State {
    pub mode: Jit,
    pub functions: Functions,
    /// Functions and instructions that are to be compiled.
    pub wanted: Vec<(u32, u32)>,
    pub recording: Recording,
    pub counts: Counts,
    /// What was made is kept as text.
    pub dump: Option<String>,
    space: CodeSpace,
    /// Handlers that return to native code.
    back: Box<Table>,
    /// The body of functions without native code.
    interpret: usize,
}

impl Vm {
    /// Chooses whether the machine compiles what it runs. What was compiled is given up. Call this while
    /// nothing runs, or a run is paused.
    pub fn set_jit(&mut self, mode: Jit) {
        self.config.jit = mode;
        self.begin_compiler_again();
    }

    /// What was compiled is given up, and what runs is compiled from now on.
    pub(crate) fn begin_compiler_again(&mut self) {
        self.with_compiler(|vm, state| state.give_up_all(vm));
        self.tier = Tier::default();
        match self.config.jit {
            Jit::Off => {}
            // Programs that end before the first poll need no compiler.
            Jit::On => {
                self.tier.events = Some(Events { poll: hot::first_poll, record: record::event });
            }
            Jit::Always => self.start_compiler(),
        }
        self.update_dispatch();
    }

    /// Whether a debugger looks at every instruction.
    fn is_marked_everywhere(&self) -> bool {
        self.debugging.as_ref().is_some_and(|debugging| debugging.everywhere)
    }

    /// Makes the compiler if there is to be one and there is none yet.
    pub(super) fn start_compiler(&mut self) {
        let mode = self.config.jit;
        if mode == Jit::Off || self.tier.data.is_some() || self.is_marked_everywhere() {
            return;
        }
        self.tier.events = None;
        let Some(memory) = self.host.code_memory(SIZE) else { return };
        let Some((state, stubs)) = State::new(mode, CodeSpace::new(memory)) else { return };
        self.tier.back = &raw const *state.back;
        self.tier.stubs = stubs;
        self.tier.events = Some(Events { poll: hot::poll, record: record::event });
        self.tier.recording = mode == Jit::Always;
        self.tier.data = Some(Box::new(state));
    }

    /// Whether the machine compiles: it was asked to, and the host gives memory for code.
    pub fn has_jit(&mut self) -> bool {
        self.start_compiler();
        self.tier.data.is_some()
    }

    /// Test mode: of so many guards, one fails that would hold; 0: none does. What is compiled from now
    /// on counts.
    pub fn fail_guards(&mut self, every: u32) {
        (self.tier.fail, self.tier.fail_every) = (every, every);
    }

    /// Runs something with the compiler, if there is one.
    pub(super) fn with_compiler<R>(
        &mut self,
        f: impl FnOnce(&mut Vm, &mut State) -> R,
    ) -> Option<R> {
        let mut data = self.tier.data.take()?;
        let result = data.downcast_mut::<State>().map(|state| {
            state.forget_freed(self);
            f(self, state)
        });
        self.tier.data = Some(data);
        result
    }
}

impl State {
    fn new(mode: Jit, mut space: CodeSpace) -> Option<(State, Stubs)> {
        let layout = stubs(leave, barrier, free_cell)?;
        let stubs_at = space.install(&layout.code)?;
        let start = space.address(stubs_at.start);
        // SAFETY: the code there does what a handler does: it ends with a status.
        let back = unsafe { std::mem::transmute::<usize, Handler>(start + layout.back) };
        let back = Box::new(Table([back; 256]));
        let stubs = Stubs {
            handler: start + layout.handler,
            step: start + layout.step,
            elsewhere: start + layout.elsewhere,
            leave: start + layout.leave,
            barrier: start + layout.barrier,
            free_cell: start + layout.free_cell,
            find_own: start + layout.find_own,
            find_field: start + layout.find_field,
            value_of_int: start + layout.value_of_int,
            next: start + layout.next,
        };
        let (last, base) = (std::ptr::null(), std::ptr::null_mut());
        let nothing = Recording { left: 0, last, base, function: None };
        let state = State {
            mode,
            functions: Functions { list: vec![None], entries: vec![std::ptr::null()] },
            wanted: Vec::new(),
            recording: nothing,
            counts: Counts::default(),
            dump: None,
            space,
            back,
            interpret: start + layout.interpret,
        };
        Some((state, stubs))
    }

    pub fn most_tries(&self) -> u32 {
        match self.mode {
            Jit::Always => MOST_TRIES_ALWAYS,
            Jit::On | Jit::Off => MOST_TRIES,
        }
    }

    /// The number of a function, which is given one if it has none. 0: there are too many, or it is too long.
    ///
    /// # Safety
    /// The prototype is live.
    pub unsafe fn number(&mut self, vm: &mut Vm, proto: *mut ProtoObj) -> u32 {
        // SAFETY: the caller.
        unsafe {
            if (*proto).native != 0 {
                return (*proto).native;
            }
            let Ok(number) = u32::try_from(self.functions.list.len()) else { return 0 };
            let data = &(*proto).data;
            let n = data.code.len();
            if n > MOST_INSTRUCTIONS {
                return 0;
            }
            let at = vec![0; n].into_boxed_slice();
            let entries = Box::new(Entries { body: self.interpret, at: at.as_ptr() });
            self.functions.entries.push(&raw const *entries);
            let linked: Vec<Instr> = data.instrs().collect();
            let mut plain = linked.clone();
            unlink(&mut plain);
            // (It has no native code yet.)
            let is_marked = |pc: &u32| (*(*proto).code.add(*pc as usize)).op & NATIVE != 0;
            let marks: Vec<u32> = (0..n as u32).filter(is_marked).collect();
            self.functions.list.push(Some(Box::new(Function {
                entries,
                at,
                proto,
                units: Vec::new(),
                feedback: Feedback::new(n),
                is_vararg: (*proto).is_vararg,
                has_loops: plain
                    .iter()
                    .enumerate()
                    .any(|(pc, i)| target(*i, pc as u32).is_some_and(|to| to as usize <= pc)),
                inlined: match marks.is_empty() && super::build::may_be_inlined(&*proto, &plain) {
                    true => Flow::new(&*proto, plain.clone()).map(Box::new),
                    false => None,
                },
                marks,
                plain,
                linked,
                tries: 0,
                polls: 0,
                left_alone: Vec::new(),
                visits: HashMap::new(),
            })));
            (*proto).native = number;
            vm.tier.functions = self.functions.entries.as_ptr();
            number
        }
    }

    /// Keeps the code of a unit. False: there is no space for it.
    pub fn install(
        &mut self,
        number: u32,
        leaving: Box<Leaving>,
        bytes: &[u8],
        body: Option<usize>,
        resumes: &[(u32, usize)],
    ) -> bool {
        let Some(code) = self.space.install(bytes) else { return false };
        let address = self.space.address(code.start);
        let Some(function) = self.functions.get_mut(number) else { return false };
        if let Some(body) = body {
            function.entries.body = address + body;
        }
        let pc = leaving.entries[0].pc;
        function.mark(pc, address);
        let mut added = Vec::new();
        for &(pc, offset) in resumes {
            if !function.has_entry(pc) {
                function.mark(pc, address + offset);
                added.push(pc);
            }
        }
        function.units.push(Unit { pc, leaving, resumes: added, code });
        true
    }

    /// Gives a function's units up. Native frames are forgotten.
    pub fn give_up(&mut self, vm: &mut Vm, number: u32) {
        vm.update_dispatch();
        let interpret = self.interpret;
        let Some(function) = self.functions.get_mut(number) else { return };
        function.entries.body = interpret;
        function.tries = function.tries.saturating_add(1);
        let units = std::mem::take(&mut function.units);
        vm.tier.entry = 0;
        for unit in &units {
            for &pc in unit.resumes.iter().chain([&unit.pc]) {
                function.mark(pc, 0);
            }
        }
        for unit in units {
            self.counts.exits_of(function, &unit);
            self.counts.given_up += 1;
            self.space.release(unit.code);
        }
    }

    fn give_up_all(&mut self, vm: &mut Vm) {
        for number in 1..self.functions.list.len() as u32 {
            self.give_up(vm, number);
            if let Some(function) = self.functions.get(number) {
                // SAFETY: listed functions are live.
                unsafe { (*function.proto).native = 0 };
            }
        }
    }

    /// Forgets the functions that the collector has freed.
    fn forget_freed(&mut self, vm: &mut Vm) {
        for number in std::mem::take(&mut vm.heap.freed_natives) {
            let Some(slot) = self.functions.list.get_mut(number as usize) else { continue };
            vm.tier.entry = 0;
            for unit in slot.take().into_iter().flat_map(|function| function.units) {
                self.space.release(unit.code);
            }
            self.functions.entries[number as usize] = std::ptr::null();
            self.wanted.retain(|(n, _)| *n != number);
        }
    }
}
