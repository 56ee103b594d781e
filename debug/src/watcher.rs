//! What the machine asks while a program runs under the debugger. The rules are exchanged for each
//! movement: where to look, and what is to be done there.

use luka_vm::debug::runs::code_of;
use luka_vm::function::ProtoData;
use luka_vm::run::look::CellId;
use luka_vm::stack::FrameView;
use luka_vm::vm::debugger::{Caught, Debugger};
use luka_vm::{Gc, Thread, Value, Vm};
use std::sync::{Arc, Mutex, PoisonError};

type Choose = Box<dyn FnMut(&ProtoData) -> Vec<usize> + Send>;
type Reached = Box<dyn FnMut(&Vm) -> bool + Send>;
pub type Raised = Box<dyn FnMut(&Vm, Value, Caught) -> bool + Send>;

/// Where a program is looked at, and where it stops.
pub struct Rules {
    /// The instructions of a function that are looked at.
    pub choose: Choose,
    /// Whether it stops before the instruction that is next.
    pub reached: Reached,
    /// Whether it stops at an error.
    pub raised: Raised,
    /// All instructions are looked at.
    pub everywhere: bool,
}

impl Rules {
    /// Nothing is looked at.
    pub fn none() -> Rules {
        Rules {
            choose: Box::new(|_| Vec::new()),
            reached: Box::new(|_| false),
            raised: Box::new(|_, _, _| false),
            everywhere: false,
        }
    }

    /// Every instruction is looked at.
    pub fn everywhere(reached: impl FnMut(&Vm) -> bool + Send + 'static) -> Rules {
        Rules { reached: Box::new(reached), everywhere: true, ..Rules::none() }
    }
}

/// What the machine has.
#[derive(Clone)]
pub struct Watcher(Arc<Mutex<Rules>>);

impl Watcher {
    pub fn new() -> Watcher {
        Watcher(Arc::new(Mutex::new(Rules::none())))
    }

    /// Exchanges the rules. The machine's marks are to be updated.
    pub fn set(&self, rules: Rules) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = rules;
    }
}

impl Debugger for Watcher {
    fn marks(&mut self, function: &ProtoData) -> Vec<usize> {
        if function.chunk.native {
            return Vec::new();
        }
        (self.0.lock().unwrap_or_else(PoisonError::into_inner).choose)(function)
    }
    fn reached(&mut self, vm: &Vm) -> bool {
        (self.0.lock().unwrap_or_else(PoisonError::into_inner).reached)(vm)
    }
    fn raised(&mut self, vm: &Vm, error: Value, caught: Caught) -> bool {
        (self.0.lock().unwrap_or_else(PoisonError::into_inner).raised)(vm, error, caught)
    }
}

/// A coroutine, for as long as it lives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ThreadId {
    /// The main one.
    Main,
    /// The one in a cell ([`luka_vm::run::look::CellId`], as a number).
    Cell(u64),
}

/// Which coroutine this is.
pub fn thread_id(vm: &Vm, thread: Gc<Thread>) -> ThreadId {
    if thread == vm.main_thread() {
        return ThreadId::Main;
    }
    vm.cell_of_thread(thread).map_or(ThreadId::Main, |cell| ThreadId::Cell(cell.number()))
}

/// The coroutine that this is, as long as it lives.
pub fn thread_of(vm: &Vm, id: ThreadId) -> Option<Gc<Thread>> {
    match id {
        ThreadId::Main => Some(vm.main_thread()),
        ThreadId::Cell(number) => vm.thread_in(CellId::of_number(number)),
    }
}

/// The running function, where it is.
pub struct Here {
    pub thread: ThreadId,
    pub view: FrameView,
    /// Whether its line begins here.
    pub begins: bool,
}

/// Where the machine is, if a function of the language that is no library's runs.
pub fn here(vm: &Vm) -> Option<Here> {
    let thread = vm.current_thread();
    let view = vm.frames(thread).next()?;
    let (proto, pc) = code_of(&view)?;
    let begins = luka_vm::debug::runs::begins_line(proto.data(), pc);
    Some(Here { thread: thread_id(vm, thread), view, begins })
}

/// What tells a function from others whatever machine it is in: its chunk and its place there.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FunctionKey {
    source: Option<Vec<u8>>,
    first: u32,
    last: u32,
    length: usize,
}

impl FunctionKey {
    /// The name of its chunk, and the line it begins in.
    pub fn place(&self) -> (Option<&[u8]>, u32) {
        (self.source.as_deref(), self.first)
    }

    pub fn of(function: &ProtoData) -> FunctionKey {
        FunctionKey {
            source: function.chunk.source_name.as_deref().map(<[u8]>::to_vec),
            first: function.line_defined,
            last: function.last_line_defined,
            length: function.code.len(),
        }
    }
}
