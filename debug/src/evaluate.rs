//! Expressions, evaluated in a copy of the program: whatever they do, the program is as it was.

use crate::program::Program;
use crate::show::{is_name, kind, shown};
use crate::stack::{Scope, Variable, find_thread, variables};
use crate::watcher::ThreadId;
use luka::{Budget, Error, Outcome, Registry, Snapshot, Value, Vm, toolchain};
use luka_vm::Value as Raw;

/// Fuel for an expression.
const FUEL: u64 = 10_000_000;

/// Bytes that objects of an expression may take.
const MEMORY: u64 = 64 << 20;

/// The most variables that an expression can name.
const VARIABLES: usize = 150;

/// Copies of a program as it is now.
pub struct Copies {
    snapshot: Snapshot,
    /// Bytes that the program's objects take.
    used: u64,
    blocks: (Vec<u32>, u32),
    registry: Registry,
}

/// A value in a copy of the program, which lives as long as this does.
pub struct Evaluated {
    /// The value on one line. Of several, all.
    pub text: String,
    pub kind: String,
    /// The copy, and the first value in it.
    pub copy: Vm,
    pub raw: Raw,
    /// Keeps the values alive.
    _kept: luka::Values,
}

/// Where an expression is evaluated: in the frame of a coroutine.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Context {
    pub thread: ThreadId,
    pub level: usize,
}

impl Copies {
    /// Copies of the present state.
    ///
    /// # Errors
    /// It cannot be saved: the reasons.
    pub fn of(program: &mut Program, registry: &Registry) -> Result<Copies, String> {
        let snapshot = toolchain::copy(program.vm()).map_err(|why| why.reasons().join("; "))?;
        let blocks = program.machine().block_numbers();
        let used = program.vm().memory_used();
        Ok(Copies { snapshot, used, blocks, registry: registry.clone() })
    }

    fn copy(&self) -> Result<Vm, String> {
        let memory = self.used.saturating_add(MEMORY);
        let built = Vm::builder(&self.registry).template(&self.snapshot).memory(memory).build();
        let mut copy = built.map_err(|e| message(&e))?;
        toolchain::silence(&mut copy);
        toolchain::machine(&mut copy).number_blocks(&self.blocks);
        Ok(copy)
    }

    /// Evaluates an expression, or does what statements say.
    ///
    /// # Errors
    /// What is wrong with it, or the error that it has raised.
    pub fn evaluate(&self, context: Context, text: &str) -> Result<Evaluated, String> {
        evaluate_in(self.copy()?, context, text)
    }

    /// As [`Copies::evaluate`]; nothing is collected meanwhile, so that objects that the program has lie
    /// where they do in the program.
    ///
    /// # Errors
    /// As [`Copies::evaluate`].
    pub fn evaluate_in_place(&self, context: Context, text: &str) -> Result<Evaluated, String> {
        let mut copy = self.copy()?;
        let heap = &mut toolchain::machine(&mut copy).heap;
        heap.enter_closing();
        let before = heap.collections();
        let mut value = evaluate_in(copy, context, text)?;
        if toolchain::machine(&mut value.copy).heap.collections() != before {
            return Err("the expression takes too much memory".to_string());
        }
        Ok(value)
    }
}

/// Evaluates an expression in a machine, or does what statements say.
fn evaluate_in(mut copy: Vm, context: Context, text: &str) -> Result<Evaluated, String> {
    let visible = visible(&mut copy, context.thread, context.level);
    let names: Vec<&str> = visible.iter().map(|(name, _)| name.as_str()).collect();
    let head = format!("local {} = ... ", names.join(", "));
    let function =
        match copy.compile(luka::Chunk::text(format!("{head}return {text}")).name("=expression")) {
            Ok(function) => function,
            Err(first) => copy
                .compile(luka::Chunk::text(format!("{head}{text}")).name("=expression"))
                .map_err(|_| without_place(&String::from_utf8_lossy(first.message())))?,
        };
    let values: Vec<Value> = visible.iter().map(|(_, raw)| toolchain::value(&copy, *raw)).collect();
    copy.start(&function, luka::Values::from(values)).map_err(|e| message(&e))?;
    let values = match copy.run(Budget::fuel(FUEL)) {
        Outcome::Done(values) | Outcome::Yielded(values) => values,
        Outcome::Failed(error) => return Err(without_place(&message(&error))),
        Outcome::OutOfFuel => return Err("it takes too long".to_string()),
        _ => return Err("it does not return".to_string()),
    };
    let raws: Vec<Raw> =
        values.iter().map(|v| toolchain::raw(&copy, v).unwrap_or(Raw::NIL)).collect();
    let first = raws.first().copied().unwrap_or(Raw::NIL);
    let machine = toolchain::machine(&mut copy);
    let text: Vec<String> = raws.iter().map(|raw| shown(machine, *raw)).collect();
    let text = if text.is_empty() { "nil".to_string() } else { text.join(", ") };
    let kind = kind(machine, first);
    Ok(Evaluated { text, kind, copy, raw: first, _kept: values })
}

/// What an expression can name: local variables before upvalues, and the environment.
fn visible(vm: &mut Vm, thread: ThreadId, level: usize) -> Vec<(String, Raw)> {
    let machine = toolchain::machine(vm);
    let globals = machine.globals().into();
    let mut found: Vec<(String, Raw)> = vec![("_ENV".to_string(), globals)];
    if find_thread(machine, thread).is_none() {
        return found;
    }
    let locals = variables(machine, thread, level, Scope::Locals);
    let upvalues = variables(machine, thread, level, Scope::Upvalues);
    for Variable { name, raw, .. } in locals.into_iter().chain(upvalues) {
        if name == "_ENV" {
            found[0].1 = raw;
        } else if is_name(name.as_bytes())
            && found.len() < VARIABLES
            && found.iter().all(|(known, _)| *known != name)
        {
            found.push((name, raw));
        }
    }
    found
}

fn message(error: &Error) -> String {
    String::from_utf8_lossy(error.message()).into_owned()
}

/// A message without the place in the expression.
fn without_place(message: &str) -> String {
    let rest = message.strip_prefix("expression:").and_then(|rest| rest.split_once(": "));
    rest.map_or(message, |(_, rest)| rest).to_string()
}
