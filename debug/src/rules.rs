//! Rules made of breakpoints and steps.

use crate::breakpoints::Places;
use crate::engine::{Access, Filters, Watchpoint};
use crate::program::Time;
use crate::show::{shown, text};
use crate::site::Site;
use crate::watcher::{FunctionKey, Here, Raised, Rules, ThreadId, here, thread_id, thread_of};
use luka_vm::debug::runs::{code_of, line_starts};
use luka_vm::function::ProtoData;
use luka_vm::run::look::Located;
use luka_vm::vm::debugger::Caught;
use luka_vm::{Value, Vm};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What has been seen when the program stopped.
#[derive(Default, Debug)]
pub struct Seen {
    /// Breakpoints that were reached.
    pub breakpoints: Vec<u32>,
    /// A step is done.
    pub step: bool,
    /// A watched place has changed.
    pub change: Option<(u32, String)>,
    /// The error, and who catches it.
    pub error: Option<(String, Caught)>,
}

/// What rules and the debugger share.
#[derive(Clone, Default)]
pub struct Shared(Arc<Mutex<Seen>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was seen since the last time.
    pub fn take(&self) -> Seen {
        std::mem::take(&mut *self.lock())
    }
}

/// Where a step begins.
#[derive(Clone, Debug)]
pub struct Origin {
    pub time: Time,
    pub thread: ThreadId,
    pub base: usize,
    pub function: FunctionKey,
    /// The functions below it, and those of the coroutines that wait for its own.
    pub callers: HashSet<FunctionKey>,
    /// Coroutines that wait for it, the nearest first, with the slot of their topmost function of the
    /// language.
    pub resumers: Vec<(ThreadId, usize)>,
    /// The topmost functions of the coroutines that are suspended.
    pub suspended: HashSet<FunctionKey>,
    pub suspended_threads: HashSet<ThreadId>,
    /// Whether no function of the language is below it in its coroutine.
    pub is_first: bool,
}

impl Origin {
    /// The running function; `None` if it is none of the language.
    pub fn of(vm: &mut Vm, time: Time) -> Option<Origin> {
        let running = vm.current_thread();
        let mut frames = vm.frames(running).filter_map(|view| Some((view.base, code_of(&view)?.0)));
        let (base, proto) = frames.next()?;
        let function = FunctionKey::of(proto.data());
        let mut callers: HashSet<FunctionKey> =
            frames.map(|(_, proto)| FunctionKey::of(proto.data())).collect();
        let is_first = callers.is_empty();
        let mut resumers = Vec::new();
        let mut next = running.resumer();
        while let Some(thread) = next {
            let mut frames =
                vm.frames(thread).filter_map(|view| Some((view.base, code_of(&view)?.0)));
            if let Some((base, proto)) = frames.next() {
                resumers.push((thread_id(vm, thread), base));
                callers.insert(FunctionKey::of(proto.data()));
            }
            callers.extend(frames.map(|(_, proto)| FunctionKey::of(proto.data())));
            next = thread.resumer();
        }
        let thread = thread_id(vm, running);
        let (mut suspended, mut suspended_threads) = (HashSet::new(), HashSet::new());
        for other in vm.coroutines() {
            let id = thread_id(vm, other);
            if id == thread || resumers.iter().any(|(resumer, _)| *resumer == id) {
                continue;
            }
            if let Some((proto, _)) = vm.frames(other).find_map(|view| code_of(&view)) {
                suspended.insert(FunctionKey::of(proto.data()));
                suspended_threads.insert(id);
            }
        }
        Some(Origin {
            time,
            thread,
            base,
            function,
            callers,
            resumers,
            suspended,
            suspended_threads,
            is_first,
        })
    }

    /// Whether the function of the step is at an instruction of its own, which calls.
    fn is_at(&self, vm: &Vm, pc: usize) -> bool {
        let Some(thread) = thread_of(vm, self.thread) else { return false };
        let frame = vm.frames(thread).find(|view| view.base == self.base);
        frame.and_then(|view| code_of(&view)).is_some_and(|(_, at)| at == pc)
    }

    /// Whether a coroutine waits for that of the step.
    fn waits(&self, thread: ThreadId) -> bool {
        self.resumers.iter().any(|(resumer, _)| *resumer == thread)
    }
}

/// A step forward.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// To the next line, over calls.
    Over,
    /// To the next line, into calls.
    In,
    /// Out of the function.
    Out,
    /// To the next instruction.
    Instruction,
    /// Into what this instruction of the function calls; over it and to the next line, if that is no
    /// function of the language.
    Call(usize),
}

impl Step {
    /// The instructions of a function at which a step from `origin` may end.
    fn chosen(self, origin: &Origin, function: &ProtoData) -> Vec<usize> {
        let key = FunctionKey::of(function);
        let all = || (0..function.code.len()).collect();
        match self {
            Step::Instruction => Vec::new(),
            _ if origin.callers.contains(&key) => all(),
            Step::In if origin.suspended.contains(&key) => all(),
            Step::In | Step::Call(_) => starts(function),
            Step::Over if origin.function == key => starts(function),
            Step::Over | Step::Out => Vec::new(),
        }
    }

    /// Whether a step from `origin` ends here.
    fn ends(self, origin: &Origin, vm: &Vm, here: &Here) -> bool {
        if self == Step::Instruction {
            return true;
        }
        let calls = |pc: usize| here.begins && origin.is_at(vm, pc);
        if here.thread == origin.thread {
            return match (here.view.base.cmp(&origin.base), self) {
                (Ordering::Less, _) => true,
                (Ordering::Equal, _) => self != Step::Out && here.begins,
                (Ordering::Greater, Step::Call(pc)) => calls(pc),
                (Ordering::Greater, _) => self == Step::In && here.begins,
            };
        }
        if origin.waits(here.thread) {
            // The coroutine has ended, or has yielded.
            return match self {
                Step::In => true,
                Step::Out if origin.is_first => true,
                Step::Over | Step::Out | Step::Call(_) => !is_alive(vm, origin.thread),
                Step::Instruction => true,
            };
        }
        if let Step::Call(pc) = self {
            return calls(pc);
        }
        self == Step::In && (here.begins || origin.suspended_threads.contains(&here.thread))
    }
}

/// Whether a coroutine has something left to do.
fn is_alive(vm: &Vm, thread: ThreadId) -> bool {
    thread_of(vm, thread).is_some_and(|thread| vm.frames(thread).next().is_some())
}

fn starts(function: &ProtoData) -> Vec<usize> {
    line_starts(function).into_iter().map(|(pc, _)| pc).collect()
}

/// The breakpoints of instructions, by their addresses.
#[derive(Default)]
struct Marked(HashMap<usize, Vec<u32>>);

impl Marked {
    /// Notes the breakpoints of a function that was just loaded; their instructions.
    fn note(&mut self, places: &mut Places, function: &ProtoData) -> Vec<usize> {
        let code = function.code.as_ptr() as usize;
        let size = size_of_val(&function.code[..1]);
        let end = code + function.code.len() * size;
        // Code that is gone may have been here.
        if !self.0.is_empty() {
            self.0.retain(|at, _| *at < code || *at >= end);
        }
        places.learn(function);
        let mut marks = Vec::new();
        for (pc, id) in places.of(function) {
            let ids = self.0.entry(code + pc * size).or_default();
            if !ids.contains(&id) {
                ids.push(id);
            }
            marks.push(pc);
        }
        marks
    }
}

/// What stops a program besides a step.
pub struct Stops {
    pub places: Places,
    pub filters: Filters,
    pub watched: Vec<(Watchpoint, Located)>,
}

/// Rules that stop a program behind a moment: at breakpoints, changes and errors, and where a step is
/// done.
pub fn rules(stops: Stops, step: Option<(Step, Origin)>, after: Time, shared: &Shared) -> Rules {
    let Stops { mut places, filters, watched } = stops;
    let everywhere =
        !watched.is_empty() || step.as_ref().is_some_and(|(step, _)| *step == Step::Instruction);
    let marked = Arc::new(Mutex::new(Marked::default()));
    let noted = marked.clone();
    let stepping = step.clone();
    let choose = move |function: &ProtoData| {
        let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut marks = noted.note(&mut places, function);
        if let Some((step, origin)) = &stepping {
            marks.extend(step.chosen(origin, function));
        }
        marks
    };
    let seen = shared.clone();
    let mut watched: Vec<(Watchpoint, Located, Option<Option<Value>>)> =
        watched.into_iter().map(|(w, located)| (w, located, None)).collect();
    let reached = move |vm: &Vm| {
        let mut stops = false;
        for (watchpoint, located, before) in &mut watched {
            let now = vm.value_at(located);
            let old = before.replace(now);
            if watchpoint.access != Access::Change
                && is_after(vm, after)
                && Site::here(vm).is_some_and(|site| site.reads(vm, located))
            {
                let value = now.map_or("nothing".to_string(), |value| shown(vm, value));
                let text = format!("{} is about to be read: {value}", watchpoint.name);
                seen.lock().change = Some((watchpoint.id, text));
                stops = true;
            }
            if let Some(old) = old
                && watchpoint.access != Access::Read
                && !same(old, now)
                && is_after(vm, after)
            {
                let of =
                    |value: Option<Value>| value.map_or("nothing".to_string(), |v| shown(vm, v));
                let text = format!("{}: {} → {}", watchpoint.name, of(old), of(now));
                seen.lock().change = Some((watchpoint.id, text));
                stops = true;
            }
        }
        if !is_after(vm, after) {
            return false;
        }
        let ids = {
            let marked = marked.lock().unwrap_or_else(PoisonError::into_inner);
            marked.0.get(&vm.instruction_address()).cloned()
        };
        if let Some(ids) = ids {
            seen.lock().breakpoints = ids;
            stops = true;
        }
        if let Some((step, origin)) = &step
            && let Some(here) = here(vm)
            && step.ends(origin, vm, &here)
        {
            seen.lock().step = true;
            stops = true;
        }
        stops
    };
    Rules {
        choose: Box::new(choose),
        reached: Box::new(reached),
        raised: error_rule(filters, after, shared),
        everywhere,
    }
}

/// The rule for errors.
fn error_rule(filters: Filters, after: Time, shared: &Shared) -> Raised {
    let seen = shared.clone();
    Box::new(move |vm, error, caught| {
        if (Time { fuel: vm.fuel_used(), at_error: true }) <= after {
            return false;
        }
        let message = error.as_str().map_or_else(|| shown(vm, error), |m| text(m.bytes()));
        let in_coroutine = vm.current_thread() != vm.main_thread();
        if !filters.accept(caught, &message, in_coroutine) {
            return false;
        }
        seen.lock().error = Some((message, caught));
        true
    })
}

/// Whether the instruction that is next comes after a moment.
fn is_after(vm: &Vm, time: Time) -> bool {
    Time::at(vm.fuel_used()) > time
}

/// Whether two values are the same to the last bit.
pub fn same(a: Option<Value>, b: Option<Value>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.tag() == b.tag() && (a.is_nil() || a.payload() == b.payload()),
        (None, None) => true,
        _ => false,
    }
}
