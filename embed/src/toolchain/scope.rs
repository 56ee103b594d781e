//! What outlives an input of a session: the local variables of its outermost level, and past results.
//!
//! Variables are boxes, shared with every function that uses them. A box is an upvalue of the main
//! function of the input that declared it.

use super::bytes::{Input, Out};
use crate::error::Result;
use crate::{Function, Table, Value, Values, Vm};
use luka_compiler::input::{InputUpvalue, Variable};

/// Numbered results that are kept; older ones are forgotten.
const RESULTS: i64 = 200;

/// The session's variables and results.
pub struct Scope {
    locals: Vec<Local>,
    /// The results, by number from 1; the last input's first value at 0.
    results: Table,
    count: i64,
    /// What a box holds before its declaration is reached.
    unset: Table,
}

struct Local {
    variable: Variable,
    /// The function that has the box, and which of its upvalues that is.
    holder: Function,
    upvalue: usize,
}

impl Scope {
    /// An empty scope on a machine.
    ///
    /// # Errors
    /// There is not enough memory.
    pub fn new(vm: &Vm) -> Result<Scope> {
        Ok(Scope { locals: Vec::new(), results: vm.table()?, count: 0, unset: vm.table()? })
    }

    /// The scope as bytes, which name values by the numbers of their roots.
    pub fn write(&self, out: &mut Out) {
        let root = |value: Value| value.root().map_or(u64::MAX, |n| n as u64);
        out.u64(self.locals.len() as u64);
        for local in &self.locals {
            out.bytes(&local.variable.name);
            out.bool(local.variable.is_const);
            out.u64(root(Value::Function(local.holder.clone())));
            out.u64(local.upvalue as u64);
        }
        out.u64(root(Value::Table(self.results.clone())));
        out.u64(self.count as u64);
        out.u64(root(Value::Table(self.unset.clone())));
    }

    /// The scope on a restored machine that has these roots; `None` if the bytes make no sense.
    pub fn read(vm: &Vm, roots: &[Value], input: &mut Input) -> Option<Scope> {
        let table = |input: &mut Input| match roots.get(input.usize()?) {
            Some(Value::Table(table)) => Some(table.clone()),
            _ => None,
        };
        let locals = input.list(|input| {
            let name = input.bytes()?.into();
            let variable = Variable { name, is_const: input.bool()? };
            let Some(Value::Function(holder)) = roots.get(input.usize()?).cloned() else {
                return None;
            };
            let count = holder.upvalue_count(vm).ok()?;
            let upvalue = input.usize().filter(|&n| n < count)?;
            Some(Local { variable, holder, upvalue })
        })?;
        let results = table(input)?;
        let count = i64::try_from(input.u64()?).ok()?;
        Some(Scope { locals, results, count, unset: table(input)? })
    }

    /// What an input can name besides globals: results first, then variables, the latest last.
    pub fn variables(&self, vm: &Vm) -> Vec<Variable> {
        let plain = |name: String| Variable { name: name.into_bytes().into(), is_const: false };
        let numbers = std::iter::once(0).chain(self.numbers());
        let names = numbers.filter(|&n| !self.numbered(vm, n).is_nil()).map(result_name);
        // A program's own `_` is not ours to hide.
        let is_free = |name: &String| match vm.globals().get::<Value>(vm, name) {
            Ok(value) => value.is_nil(),
            Err(_) => true,
        };
        let results = names.filter(is_free).map(plain);
        results.chain(self.locals.iter().map(|local| local.variable.clone())).collect()
    }

    /// Names and values of the variables.
    pub fn locals(&self, vm: &Vm) -> Vec<(&[u8], Value)> {
        let value = |local: &Local| local.holder.upvalue(vm, local.upvalue).unwrap_or(Value::Nil);
        self.locals.iter().map(|local| (&*local.variable.name, value(local))).collect()
    }

    /// The value of `_`, `_1`, `_2`, …; nil if there is none.
    pub fn result(&self, vm: &Vm, name: &[u8]) -> Value {
        let digits = name.strip_prefix(b"_").and_then(|digits| std::str::from_utf8(digits).ok());
        match digits {
            Some("") => self.numbered(vm, 0),
            Some(digits) => digits.parse().map_or(Value::Nil, |n| self.numbered(vm, n)),
            None => Value::Nil,
        }
    }

    fn numbered(&self, vm: &Vm, n: i64) -> Value {
        self.results.get(vm, n).unwrap_or(Value::Nil)
    }

    /// Joins an input's function with the boxes its upvalues name; `variables` is what it was compiled
    /// with.
    ///
    /// # Errors
    /// There is not enough memory.
    pub fn link(
        &self,
        vm: &Vm,
        f: &Function,
        upvalues: &[InputUpvalue],
        variables: &[Variable],
    ) -> Result<()> {
        let results = variables.len() - self.locals.len();
        for (upvalue, at) in upvalues.iter().zip(1..) {
            match upvalue {
                InputUpvalue::Existing(index) => match index.checked_sub(results) {
                    Some(local) => {
                        let local = &self.locals[local];
                        f.join_upvalue(vm, at, &local.holder, local.upvalue)?;
                    }
                    None => {
                        let value = self.result(vm, &variables[*index].name);
                        f.set_upvalue(vm, at, value)?;
                    }
                },
                InputUpvalue::New(_) => {
                    f.set_upvalue(vm, at, &self.unset)?;
                }
            }
        }
        Ok(())
    }

    /// Keeps what an input has declared, as far as it got. A result it has assigned to becomes the
    /// global it looks like.
    ///
    /// # Errors
    /// There is not enough memory.
    pub fn keep(
        &mut self,
        vm: &Vm,
        f: &Function,
        upvalues: &[InputUpvalue],
        variables: &[Variable],
    ) -> Result<()> {
        let results = variables.len() - self.locals.len();
        let unset = Value::Table(self.unset.clone());
        for (upvalue, at) in upvalues.iter().zip(1..) {
            let value: Value = f.upvalue(vm, at)?;
            match upvalue {
                InputUpvalue::Existing(index) if *index < results => {
                    let name = &variables[*index].name;
                    if !self.result(vm, name).raw_equal(&value, vm)? {
                        vm.globals().set(vm, &**name, value)?;
                    }
                }
                InputUpvalue::Existing(_) => {}
                InputUpvalue::New(variable) => {
                    let hidden = variable.name.starts_with(b"(");
                    if !hidden && !value.raw_equal(&unset, vm)? {
                        self.forget(&variable.name);
                        let (variable, holder) = (variable.clone(), f.clone());
                        self.locals.push(Local { variable, holder, upvalue: at });
                    }
                }
            }
        }
        Ok(())
    }

    /// Forgets a variable: its name means something else from now on.
    pub fn forget(&mut self, name: &[u8]) {
        self.locals.retain(|local| &*local.variable.name != name);
    }

    /// Notes the values of an input: each but nil gets a number, the first is `_`. Returns the
    /// number of the first that has one.
    ///
    /// # Errors
    /// There is not enough memory.
    pub fn note_results(&mut self, vm: &Vm, values: &Values) -> Result<Option<i64>> {
        let Some(first) = values.iter().next() else { return Ok(None) };
        self.results.set(vm, 0, first)?;
        let mut number = None;
        for value in values.iter().filter(|value| !value.is_nil()) {
            self.count += 1;
            number = number.or(Some(self.count));
            self.results.set(vm, self.count, value)?;
            if self.count > RESULTS {
                self.results.set(vm, self.count - RESULTS, Value::Nil)?;
            }
        }
        Ok(number)
    }

    /// The numbers of the results that are kept.
    fn numbers(&self) -> std::ops::RangeInclusive<i64> {
        (self.count - RESULTS + 1).max(1)..=self.count
    }

    /// Names and values of the results that are kept.
    pub fn results(&self, vm: &Vm) -> Vec<(String, Value)> {
        let all = self.numbers().map(|n| (result_name(n), self.numbered(vm, n)));
        all.filter(|(_, value)| !value.is_nil()).collect()
    }
}

/// `_` for 0, else `_` and the number.
fn result_name(n: i64) -> String {
    if n == 0 { "_".to_string() } else { format!("_{n}") }
}
