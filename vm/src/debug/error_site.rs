//! What a report about an error may look at: where each function stands, the values its
//! instruction works on, the variables it sees. Nothing here runs code of the program.

use super::info::Activation;
use super::names::active_locals;
use super::position::{Location, line_of};
use super::visible_code;
use crate::heap::Gc;
use crate::object::thread::{Status, Thread};
use crate::value::Value;
use crate::vm::Vm;
pub use crate::vm::failure::Failure;
use luka_bytecode::ops::Field;
use luka_bytecode::{Op, Role, Span};

/// Slots are 16 bytes: register operands of linked code are divided by it.
const SCALE: u16 = 16;

/// What the instruction of a function does, and with which values.
pub struct Doing {
    pub op: Op,
    /// Of operators the values in registers, in the order of the instruction's operands; of an
    /// access the table first; of a concatenation all that is joined; of a loop its values; of a
    /// call the function.
    pub values: Vec<Value>,
    /// The only register operand is the right one of the source.
    pub swapped: bool,
}

/// Failures kept, and levels of each.
const FAILURES: usize = 8;
const FAILURE_LEVELS: usize = 22;

impl Vm {
    /// Where a level stands in its source; `None` for natives.
    pub fn location(&self, level: &Activation) -> Option<Location> {
        let (proto, pc) = visible_code(&level.frame)?;
        Some(Location {
            chunk: proto.data.chunk.clone(),
            span: proto.data.debug.spans.get(pc).copied().unwrap_or(Span::NONE),
            line: line_of(&proto.data, pc),
        })
    }

    /// The instruction a level is at; `None` for natives.
    pub fn doing(&self, thread: Gc<Thread>, level: &Activation) -> Option<Doing> {
        let (proto, pc) = visible_code(&level.frame)?;
        let i = *proto.data.code.get(pc)?;
        let op = i.opcode()?;
        let register =
            |operand: u16| self.stack_slot(thread, level.frame.base + (operand / SCALE) as usize);
        let window = |n: u16| (0..n).map(|at| register(i.a + at * SCALE)).collect();
        let values = match op {
            Op::Concat => window(i.b),
            Op::ForPrep => window(3),
            Op::TForCall | Op::Call | Op::TailCall => window(1),
            Op::GetTabUp => self.upvalue_of(level, i.b).into_iter().collect(),
            Op::SetTabUp | Op::SetTabUpK => self.upvalue_of(level, i.a).into_iter().collect(),
            _ => [(Field::a, i.a), (Field::b, i.b), (Field::c, i.c)]
                .into_iter()
                .filter(|&(field, _)| op.role(field) == Some(Role::Src))
                .map(|(_, operand)| register(operand))
                .collect(),
        };
        let swapped = match op {
            Op::JGtI | Op::JNgtI | Op::JGeI | Op::JNgeI => true,
            Op::JLtI | Op::JNltI | Op::JLeI | Op::JNleI => false,
            _ => i.n == 1 && op.role(Field::n) == Some(Role::Flag),
        };
        Some(Doing { op, values, swapped })
    }

    fn upvalue_of(&self, level: &Activation, n: u16) -> Option<Value> {
        level.func().as_lua_fn()?.upvalue(n as usize)
    }

    /// The variable of this name a level sees: `local` or `upvalue`, and its value.
    pub fn visible_variable(
        &self,
        thread: Gc<Thread>,
        level: &Activation,
        name: &[u8],
    ) -> Option<(&'static str, Value)> {
        let (proto, pc) = visible_code(&level.frame)?;
        let local = active_locals(&proto.data, pc).filter(|v| &*v.name == name).last();
        if let Some(local) = local {
            let slot = level.frame.base + local.register as usize;
            return Some(("local", self.stack_slot(thread, slot)));
        }
        let names = &proto.data.debug.upvalue_names;
        let n = names.iter().position(|known| &**known == name)?;
        Some(("upvalue", self.upvalue_of(level, n as u16)?))
    }

    /// The names of the variables a level sees.
    pub fn visible_names(&self, level: &Activation) -> Vec<Vec<u8>> {
        let Some((proto, pc)) = visible_code(&level.frame) else { return Vec::new() };
        let locals = active_locals(&proto.data, pc).map(|v| v.name.to_vec());
        locals.chain(proto.data.debug.upvalue_names.iter().map(|n| n.to_vec())).collect()
    }

    /// The name a function has in a loaded module: `string.rep`, `print`.
    pub fn name_in_modules(&self, func: Value) -> Option<Vec<u8>> {
        self.global_function_name(func)
    }

    // ------------------------------------------------------------------ failed coroutines

    /// From now on keeps the stacks of coroutines that end with an error their wrapper raises
    /// again, for reports.
    pub fn keep_failures(&mut self) {
        self.failures.get_or_insert_default();
    }

    /// The failures behind the latest error that came out of a wrapped coroutine, innermost first.
    pub fn failures(&self) -> &[Failure] {
        self.failures.as_deref().unwrap_or_default()
    }

    /// Notes a failed coroutine before it is closed.
    pub(crate) fn note_failure(&mut self, co: Gc<Thread>, error: Value) {
        let Some(mut failures) = self.failures.take() else { return };
        let message = error.as_str().map_or(Vec::new(), |s| s.bytes().to_vec());
        // An error on its way out through several coroutines gets a position more in each.
        let same = failures.last().is_some_and(|last| message.ends_with(&last.message));
        if !same || failures.len() >= FAILURES {
            failures.clear();
        }
        let levels = self.trace(co, 0, FAILURE_LEVELS).collect();
        failures.push(Failure { message, levels });
        self.failures = Some(failures);
    }
}

impl Gc<Thread> {
    /// The error a coroutine has ended with, its stack still there to look at.
    pub fn failure(self) -> Option<Value> {
        (self.status == Status::Failed).then_some(self.error)
    }
}
