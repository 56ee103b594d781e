//! Numbers that clients know frames and values by, as long as the program stands still.

use luka_debug::{
    Context, Engine, Evaluated, FunctionKey, Part, Scope, ThreadId, Variable, count_fields, fields,
    fields_within, variables,
};
use luka_vm::run::look::Place;
use serde_json::{Value, json};

/// What a client can open.
#[derive(Clone)]
pub(crate) enum Opened {
    Scope {
        thread: ThreadId,
        level: usize,
        scope: Scope,
    },
    /// A value of the program, and how an expression names it, where that is known.
    Value(luka_vm::Value, Option<String>),
    /// A value of a copy.
    Copy(usize, luka_vm::Value),
}

/// What clients have numbers of.
#[derive(Default)]
pub(crate) struct Numbers {
    frames: Vec<(ThreadId, usize)>,
    opened: Vec<Opened>,
    copies: Vec<Evaluated>,
    /// Places that can be watched.
    pub(crate) places: Vec<(String, Place)>,
    /// Functions whose instructions clients have seen.
    functions: Vec<FunctionKey>,
    /// Instructions that the program can go on with, and calls that can be stepped into.
    pub(crate) targets: Vec<usize>,
}

/// Tables with more fields than this are large.
const MANY: usize = 100;

/// Addresses between the first instructions of two functions. Instructions are as many apart.
const APART: u64 = 1 << 20;

impl Numbers {
    /// The program moves: nothing has its number any more, except places.
    pub(crate) fn clear(&mut self) {
        self.frames.clear();
        self.opened.clear();
        self.copies.clear();
        self.targets.clear();
    }

    /// The address that clients know an instruction by.
    pub(crate) fn address(&mut self, function: &FunctionKey, pc: usize) -> u64 {
        let known = self.functions.iter().position(|known| known == function);
        let n = known.unwrap_or_else(|| {
            self.functions.push(function.clone());
            self.functions.len() - 1
        });
        (n as u64 + 1) * APART + pc as u64
    }

    /// The instruction that clients know by an address, or by one so many behind it.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn instruction(
        &self,
        reference: &str,
        offset: i64,
    ) -> Result<(FunctionKey, usize), String> {
        let none = || format!("there is no instruction {reference}");
        let digits = reference.strip_prefix("0x").ok_or_else(none)?;
        let address = u64::from_str_radix(digits, 16).map_err(|_| none())?;
        let address = address.checked_add_signed(offset).ok_or_else(none)?;
        let n = (address / APART).checked_sub(1).ok_or_else(none)?;
        let function = self.functions.get(n as usize).ok_or_else(none)?;
        Ok((function.clone(), (address % APART) as usize))
    }

    /// The number of something that the program can be taken to.
    pub(crate) fn target(&mut self, pc: usize) -> usize {
        self.targets.push(pc);
        self.targets.len()
    }

    /// What has a number.
    ///
    /// # Errors
    /// Nothing has it, or nothing any more.
    pub(crate) fn target_of(&self, number: &Value) -> Result<usize, String> {
        let at = number.as_u64().and_then(|n| (n as usize).checked_sub(1));
        let found = at.and_then(|at| self.targets.get(at)).copied();
        found.ok_or_else(|| "there is no such target any more".to_string())
    }

    pub(crate) fn frame(&mut self, thread: ThreadId, level: usize) -> usize {
        self.frames.push((thread, level));
        self.frames.len()
    }

    pub(crate) fn frame_of(&self, number: u64) -> Option<(ThreadId, usize)> {
        self.frames.get((number as usize).checked_sub(1)?).copied()
    }

    pub(crate) fn open(&mut self, what: Opened) -> usize {
        self.opened.push(what);
        self.opened.len()
    }

    /// What is in something that was opened: of a part of it, so many variables from one on.
    pub(crate) fn variables(
        &mut self,
        engine: &mut Engine,
        number: u64,
        part: Part,
        start: usize,
        count: usize,
    ) -> Option<Vec<Value>> {
        let opened = self.opened.get((number as usize).checked_sub(1)?)?.clone();
        let machine = engine.timeline.program.machine();
        let (found, copy, path) = match opened {
            Opened::Scope { thread, level, scope } => {
                let all = variables(machine, thread, level, scope).into_iter();
                let some = all.skip(start).take(count).collect();
                (some, None, Some(String::new()))
            }
            Opened::Value(value, path) => {
                (fields_within(machine, value, part, start, count), None, path)
            }
            Opened::Copy(copy, value) => {
                let machine = luka::toolchain::machine(&mut self.copies.get_mut(copy)?.copy);
                (fields_within(machine, value, part, start, count), Some(copy), None)
            }
        };
        let one = |variable| self.described(variable, copy, path.as_deref());
        Some(found.into_iter().map(one).collect())
    }

    /// The places in something that was opened, by name.
    pub(crate) fn place(
        &mut self,
        engine: &mut Engine,
        number: u64,
        name: &str,
    ) -> Option<Variable> {
        let opened = self.opened.get((number as usize).checked_sub(1)?)?.clone();
        let machine = engine.timeline.program.machine();
        let found = match opened {
            Opened::Scope { thread, level, scope } => variables(machine, thread, level, scope),
            Opened::Value(value, _) => fields(machine, value),
            Opened::Copy(..) => return None,
        };
        found.into_iter().find(|variable| variable.name == name)
    }

    /// The frame whose variables were opened.
    pub(crate) fn context(&self, number: u64) -> Option<Context> {
        match self.opened.get((number as usize).checked_sub(1)?)?.clone() {
            Opened::Scope { thread, level, .. } => Some(Context { thread, level }),
            Opened::Value(..) | Opened::Copy(..) => None,
        }
    }

    fn described(&mut self, variable: Variable, copy: Option<usize>, path: Option<&str>) -> Value {
        let path = path.and_then(|path| named(path, &variable.name));
        let mut described = json!({
            "name": variable.name,
            "value": variable.value,
            "type": variable.kind,
        });
        if let Some(path) = &path {
            described["evaluateName"] = json!(path);
        }
        let number = match variable.raw.as_table() {
            Some(_) => self.open(match copy {
                Some(copy) => Opened::Copy(copy, variable.raw),
                None => Opened::Value(variable.raw, path),
            }),
            None => 0,
        };
        described["variablesReference"] = json!(number);
        note_parts(&mut described, variable.raw);
        described
    }

    /// A value of a copy, which is kept.
    pub(crate) fn evaluated(&mut self, value: Evaluated) -> Value {
        let (text, kind, raw) = (value.text.clone(), value.kind.clone(), value.raw);
        let number = match raw.as_table() {
            Some(_) => {
                self.copies.push(value);
                self.open(Opened::Copy(self.copies.len() - 1, raw))
            }
            None => 0,
        };
        let mut described = json!({ "result": text, "type": kind, "variablesReference": number });
        note_parts(&mut described, raw);
        described
    }
}

/// Clients ask for large tables piece by piece, if they know that they are.
fn note_parts(described: &mut Value, raw: luka_vm::Value) {
    let (indexed, named) = count_fields(raw);
    if indexed + named > MANY {
        described["indexedVariables"] = json!(indexed);
        described["namedVariables"] = json!(named);
    }
}

/// How an expression names a field of what `path` names; of nothing, a variable.
fn named(path: &str, name: &str) -> Option<String> {
    let is_name = luka_debug::is_name(name.as_bytes());
    match (path.is_empty(), is_name) {
        (true, true) => Some(name.to_string()),
        (true, false) => None,
        (false, true) => Some(format!("{path}.{name}")),
        (false, false) if name.starts_with('[') && name.ends_with(']') => {
            let key = &name[1..name.len() - 1];
            let is_plain = key.parse::<f64>().is_ok() || key == "true" || key == "false";
            is_plain.then(|| format!("{path}{name}"))
        }
        (false, false) => {
            let is_plain =
                name.chars().all(|c| !c.is_control() && c != '"' && c != '\\' && c != ']');
            (is_plain && !name.starts_with('(')).then(|| format!("{path}[\"{name}\"]"))
        }
    }
}
