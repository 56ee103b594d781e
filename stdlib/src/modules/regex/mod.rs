//! The parts of `luka.regex` in Rust: regular expressions that are matched in linear time.
//!
//! An expression is a string, its program, and a match under way is text, place and a buffer, so that both
//! are saved with the program that has them. Every step is paid for, and a long match pauses.

mod machine;
mod program;
mod syntax;

use self::machine::{End, Machine, NONE};
use crate::prim;
use luka_vm::api::frame::slot::{Buffer, Count};
use luka_vm::native::contract::BUFFER;
use luka_vm::{Action, Gc, Native, NativeResult, Raise, Str, Value, Vm};
use luka_vm::{continuations, frame, inner_natives, natives};

natives! { pub static CORE = "luka.regex.core";
    compile: "luka.regex.core.compile(pattern, flags) -> string, table | nil, string, integer"
        "The program of a pattern, and the names of its groups, false for those without one." = compile,
    find: "luka.regex.core.find(program, text, from) -> table | nil"
        "Where the first match from a place on is, then its groups: beginnings and ends, false for a group without a part in it." = find,
}

continuations! { pub static THEN;
    GO_ON: "luka.regex.core.find:go_on" (at, 0) = |vm| {
        let place = at::PLACE.get(vm) as usize;
        run(vm, place)
    };
}

frame! {
    /// Slots of `find`: program, text, the place it has come to, and the state there.
    mod at { PROGRAM: Gc<Str>, TEXT: Gc<Str>, PLACE: Count, STATE: Buffer, }
}

inner_natives! { pub static INNER;
    OPEN: "luka.regex.core.open" "" "Makes the module luka.regex.core." = |vm| {
        let module = prim::library(vm, CORE)?;
        vm.ret1(module)
    };
}

/// What opens the module.
pub static OPENERS: &[(&str, &Native)] = &[("luka.regex.core", &OPEN)];

/// Steps of the machine for a unit of fuel.
const STEPS: u64 = 4;
/// Units of work between two pauses.
const SLICE: u64 = 4096;
/// The longest pattern.
const LONGEST: usize = 1 << 16;

fn compile(vm: &mut Vm) -> NativeResult {
    let (pattern, flags) = (vm.check_str(1)?, vm.check_str(2)?);
    vm.charge_bytes(flags.len());
    if pattern.len() > LONGEST {
        return refused(vm, "the pattern is too large", 0);
    }
    vm.charge(10 + pattern.len() as u64);
    // Tree, sets and program.
    vm.heap.room_for_message(100 * pattern.len() + 1000)?;
    let parsed = match syntax::parse(pattern.bytes(), flags.bytes()) {
        Ok(parsed) => parsed,
        Err(wrong) => return refused(vm, &wrong.message, wrong.at),
    };
    let (program, steps) = match program::compile(&parsed) {
        Ok(made) => made,
        Err(wrong) => return refused(vm, &wrong.message, wrong.at),
    };
    vm.charge(steps as u64 / 2);
    let names = prim::new_table(vm, parsed.groups.len() as u32, 0)?;
    for (i, name) in (1..).zip(&parsed.groups) {
        let name = match name {
            Some(name) => vm.str(name)?,
            None => Value::FALSE,
        };
        prim::set_int(vm, names, i, name)?;
    }
    let program = vm.str(&program)?;
    vm.ret2(program, names)
}

fn refused(vm: &mut Vm, message: &str, at: usize) -> NativeResult {
    let message = vm.str(message.as_bytes())?;
    vm.push(Value::NIL);
    vm.push(message);
    vm.push(Value::int(at as i64 + 1));
    Ok(Action::Return(3))
}

fn find(vm: &mut Vm) -> NativeResult {
    let (program, text) = (vm.check_str(1)?, vm.check_str(2)?);
    let from = vm.check_int(3)?;
    let from = match usize::try_from(from - 1) {
        Ok(from) if from <= text.len() => from,
        _ => return vm.ret1(Value::NIL),
    };
    if text.len() >= NONE as usize {
        return Err(vm.arg_error(2, "the text is too long"));
    }
    vm.set_top(0);
    vm.push(program.into());
    vm.push(text.into());
    vm.push(Value::int(from as i64));
    let state = vm.heap.new_userdata(BUFFER, 0);
    vm.push(state.into());
    run(vm, from)
}

fn damaged(vm: &mut Vm) -> Raise {
    vm.error("this is no program of luka.regex")
}

fn run(vm: &mut Vm, place: usize) -> NativeResult {
    let (program, text) = (at::PROGRAM.get(vm).bytes(), at::TEXT.get(vm).bytes());
    let memory = Machine::memory(program);
    let Some(memory) = memory else { return Err(damaged(vm)) };
    vm.heap.reserve(memory)?;
    let Some(mut machine) = Machine::new(program, text, place) else { return Err(damaged(vm)) };
    let state = at::STATE.get(vm);
    let mut restored = Some(());
    state.with_buffer(&mut vm.heap, |bytes| {
        if !bytes.is_empty() {
            restored = machine.restore(bytes);
        }
    });
    if restored.is_none() {
        return Err(damaged(vm));
    }
    let (end, spent) = machine.run(SLICE * STEPS);
    // (A machine is made anew after each pause.)
    vm.charge(5 + spent / STEPS + program.len() as u64 / 64);
    match end {
        End::NoMatch => vm.ret1(Value::NIL),
        End::Broken => Err(damaged(vm)),
        End::Match(places) => matched(vm, &places, text.len()),
        End::Paused => {
            let mut bytes = Vec::new();
            machine.save(&mut bytes);
            vm.heap.reserve(bytes.len())?;
            vm.charge_bytes(bytes.len());
            state.with_buffer(&mut vm.heap, |state| *state = bytes);
            at::PLACE.set(vm, machine.at as i64);
            Ok(Action::Pause { then: &GO_ON })
        }
    }
}

/// The places of a match as a table: where each group begins, and its last byte.
fn matched(vm: &mut Vm, places: &[u32], length: usize) -> NativeResult {
    vm.charge(places.len() as u64);
    let table = prim::new_table(vm, places.len() as u32, 0)?;
    for (i, pair) in (1..).step_by(2).zip(places.as_chunks::<2>().0) {
        let [from, to] = *pair;
        let is_known = from <= to && to as usize <= length;
        let (from, to) = match is_known {
            true => (Value::int(i64::from(from) + 1), Value::int(to.into())),
            false => (Value::FALSE, Value::FALSE),
        };
        prim::set_int(vm, table, i, from)?;
        prim::set_int(vm, table, i + 1, to)?;
    }
    vm.ret1(table)
}
