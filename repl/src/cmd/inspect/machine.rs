//! What is looked at in a machine: stacks, variables, the heap.

use luka::{Vm, toolchain};
use luka_report::run_time::{Frame, levels, shown};
use luka_report::{Outside, Style, report_error};
use luka_vm::heap::census::Count;
use luka_vm::{Gc, Thread, Value};

use crate::session::read_source;

/// The most levels of a stack, and variables of a level.
const LEVELS: usize = 40;
const VARIABLES: usize = 30;

/// What is found in a machine.
pub struct Machine {
    /// The error that is about to end the program.
    pub error: Option<Failure>,
    /// The stack that runs, then those that wait for it, the main one last.
    pub stacks: Vec<Vec<Level>>,
    /// Global variables that the libraries do not have, the largest first.
    pub globals: Vec<Variable>,
    /// Objects by kind, the largest kind first.
    pub heap: Vec<(&'static str, Count)>,
    /// Bytes in use.
    pub bytes: usize,
}

/// An error nobody catches.
pub struct Failure {
    pub message: String,
    /// The place in the source.
    pub picture: String,
    /// The levels of coroutines that it has ended, the first one first.
    pub coroutines: Vec<Vec<Level>>,
}

/// A function that is active.
pub struct Level {
    pub frame: Frame,
    pub locals: Vec<Variable>,
}

/// A variable, and what can be reached from it.
pub struct Variable {
    pub name: String,
    pub value: String,
    pub reach: Count,
}

impl Machine {
    /// Looks at a machine; `failing` if it has stopped at an error. `reads`: sources that the machine has
    /// not kept are read from their files.
    pub fn of(vm: &mut Vm, failing: bool, reads: bool) -> Machine {
        let vm = toolchain::machine(vm);
        let files = |path: &[u8]| read_source(path).filter(|_| reads);
        // The message handler is on top then.
        let first = usize::from(failing);
        let error = failing.then(|| {
            let value = local(vm, vm.current_thread(), 0, 1).map_or(Value::NIL, |(_, value)| value);
            let message = match value.as_str() {
                Some(text) => luka_report::run_time::text(text.bytes()),
                None => shown(vm, value),
            };
            let report = report_error(vm, value, b"", first, Outside::files(&files));
            let picture = report.drawn(Style::PLAIN);
            let level = |frame| Level { frame, locals: Vec::new() };
            let coroutines = report.coroutines.into_iter();
            let coroutines = coroutines.map(|levels| levels.into_iter().map(level).collect());
            Failure { message, picture, coroutines: coroutines.collect() }
        });
        let mut stacks = Vec::new();
        let mut next = Some(vm.current_thread());
        while let Some(thread) = next {
            let first = if stacks.is_empty() { first } else { 0 };
            stacks.push(stack(vm, thread, first, &files));
            next = thread.resumer();
        }
        let heap = vm.heap.census();
        Machine { error, stacks, globals: globals(vm), heap, bytes: vm.heap.bytes() }
    }
}

/// The `n`-th local variable of a level.
fn local(vm: &luka_vm::Vm, thread: Gc<Thread>, level: usize, n: i32) -> Option<(Vec<u8>, Value)> {
    let activation = vm.activation(thread, i32::try_from(level).ok()?)?;
    vm.get_local(thread, &activation.frame, n)
}

fn stack(
    vm: &luka_vm::Vm,
    thread: Gc<Thread>,
    first: usize,
    files: &dyn Fn(&[u8]) -> Option<Vec<u8>>,
) -> Vec<Level> {
    let mut number = first;
    let level = |frame: Frame| {
        let named = (1..).map_while(|n| local(vm, thread, number, n));
        // Values without a name come last.
        let named = named.take_while(|(name, _)| !name.starts_with(b"(")).take(VARIABLES);
        let locals = named.map(|(name, value)| variable(vm, &name, value, &[])).collect();
        number += 1 + if frame.skipped > 0 { frame.skipped + 1 } else { 0 };
        Level { frame, locals }
    };
    levels(vm, thread, first, LEVELS, files).into_iter().map(level).collect()
}

fn variable(vm: &luka_vm::Vm, name: &[u8], value: Value, others: &[Value]) -> Variable {
    let reach = if others.is_empty() { Count::default() } else { vm.heap.reach(value, others) };
    Variable { name: luka_report::run_time::text(name), value: shown(vm, value), reach }
}

fn globals(vm: &luka_vm::Vm) -> Vec<Variable> {
    let loaded = vm.registry().get_str_bytes(b"_LOADED").as_table();
    let libraries: Vec<Value> =
        loaded.map_or(Vec::new(), |loaded| loaded.entries().map(|(_, value)| value).collect());
    let mut others = vec![vm.globals().into(), vm.registry().into()];
    others.extend(libraries.iter().filter(|value| value.as_table().is_some()));
    let is_library = |value: Value| {
        value.as_native().is_some() || libraries.iter().any(|library| library.raw_eq(value))
    };
    let mut globals: Vec<Variable> = vm
        .globals()
        .entries()
        .filter(|(key, value)| {
            let version = key.as_str().is_some_and(|name| name.bytes() == b"_VERSION");
            !version && !is_library(*value)
        })
        .map(|(key, value)| match key.as_str() {
            Some(name) => variable(vm, name.bytes(), value, &others),
            None => variable(vm, format!("[{}]", shown(vm, key)).as_bytes(), value, &others),
        })
        .collect();
    globals.sort_by(|a, b| b.reach.bytes.cmp(&a.reach.bytes).then_with(|| a.name.cmp(&b.name)));
    globals
}
