//! Numbers that clients know frames and values by, as long as the program stands still.

use luka_debug::{Context, Engine, Evaluated, Scope, ThreadId, Variable, fields, variables};
use luka_vm::run::look::Place;
use serde_json::{Value, json};

/// What a client can open.
#[derive(Clone, Copy)]
pub enum Opened {
    Scope {
        thread: ThreadId,
        level: usize,
        scope: Scope,
    },
    /// A value of the program.
    Value(luka_vm::Value),
    /// A value of a copy.
    Copy(usize, luka_vm::Value),
}

/// What clients have numbers of.
#[derive(Default)]
pub struct Numbers {
    frames: Vec<(ThreadId, usize)>,
    opened: Vec<Opened>,
    copies: Vec<Evaluated>,
    /// Places that can be watched.
    pub places: Vec<(String, Place)>,
}

impl Numbers {
    /// The program moves: nothing has its number any more, except places.
    pub fn clear(&mut self) {
        self.frames.clear();
        self.opened.clear();
        self.copies.clear();
    }

    pub fn frame(&mut self, thread: ThreadId, level: usize) -> usize {
        self.frames.push((thread, level));
        self.frames.len()
    }

    pub fn frame_of(&self, number: u64) -> Option<(ThreadId, usize)> {
        self.frames.get((number as usize).checked_sub(1)?).copied()
    }

    pub fn open(&mut self, what: Opened) -> usize {
        self.opened.push(what);
        self.opened.len()
    }

    /// What is in something that was opened, and whether it is the program's own.
    pub fn variables(&mut self, engine: &mut Engine, number: u64) -> Option<Vec<Value>> {
        let opened = *self.opened.get((number as usize).checked_sub(1)?)?;
        let machine = engine.timeline.program.machine();
        let (found, copy) = match opened {
            Opened::Scope { thread, level, scope } => {
                (variables(machine, thread, level, scope), None)
            }
            Opened::Value(value) => (fields(machine, value), None),
            Opened::Copy(copy, value) => {
                let machine = luka::toolchain::machine(&mut self.copies.get_mut(copy)?.copy);
                (fields(machine, value), Some(copy))
            }
        };
        Some(found.into_iter().map(|variable| self.described(variable, copy)).collect())
    }

    /// The places in something that was opened, by name.
    pub fn place(&mut self, engine: &mut Engine, number: u64, name: &str) -> Option<Variable> {
        let opened = *self.opened.get((number as usize).checked_sub(1)?)?;
        let machine = engine.timeline.program.machine();
        let found = match opened {
            Opened::Scope { thread, level, scope } => variables(machine, thread, level, scope),
            Opened::Value(value) => fields(machine, value),
            Opened::Copy(..) => return None,
        };
        found.into_iter().find(|variable| variable.name == name)
    }

    /// The frame whose variables were opened.
    pub fn context(&self, number: u64) -> Option<Context> {
        match *self.opened.get((number as usize).checked_sub(1)?)? {
            Opened::Scope { thread, level, .. } => Some(Context { thread, level }),
            Opened::Value(_) | Opened::Copy(..) => None,
        }
    }

    fn described(&mut self, variable: Variable, copy: Option<usize>) -> Value {
        let number = match variable.raw.as_table() {
            Some(_) => self.open(match copy {
                Some(copy) => Opened::Copy(copy, variable.raw),
                None => Opened::Value(variable.raw),
            }),
            None => 0,
        };
        json!({
            "name": variable.name,
            "value": variable.value,
            "type": variable.kind,
            "variablesReference": number,
        })
    }

    /// A value of a copy, which is kept.
    pub fn evaluated(&mut self, value: Evaluated) -> Value {
        let (text, kind, raw) = (value.text.clone(), value.kind.clone(), value.raw);
        let number = match raw.as_table() {
            Some(_) => {
                self.copies.push(value);
                self.open(Opened::Copy(self.copies.len() - 1, raw))
            }
            None => 0,
        };
        json!({ "result": text, "type": kind, "variablesReference": number })
    }
}
