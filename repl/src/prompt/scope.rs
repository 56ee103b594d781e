//! What outlives an input: the local variables of its outermost level, and past results.
//!
//! Variables are boxes, shared with every function that uses them. A box is an upvalue of the main
//! function of the input that declared it; those functions, and the results, are kept in tables of
//! the registry, where the collector sees them.

use luka_compiler::input::{InputUpvalue, Variable};
use luka_vm::{Gc, LuaFn, Table, Value, Vm};

/// Numbered results that are kept; older ones are forgotten.
const RESULTS: i64 = 200;

/// The session's variables and results.
pub struct Scope {
    locals: Vec<Local>,
    /// The functions that have the boxes of `locals`.
    holders: Gc<Table>,
    /// The results, by number from 1; the last input's first value at 0.
    results: Gc<Table>,
    count: i64,
    /// What a box holds before its declaration is reached.
    unset: Value,
}

struct Local {
    variable: Variable,
    holder: Gc<LuaFn>,
    upvalue: usize,
}

impl Scope {
    /// An empty scope on a machine.
    pub fn new(vm: &mut Vm) -> Scope {
        let (holders, results, unset) = (vm.heap.table(), vm.heap.table(), vm.heap.table());
        let registry = vm.registry();
        for (name, table) in
            [("luka.holders", holders), ("luka.results", results), ("luka.unset", unset)]
        {
            let key = vm.small_str(name);
            // Memory is without limit.
            let _ = vm.raw_set(registry, key, table.into());
        }
        Scope { locals: Vec::new(), holders, results, count: 0, unset: unset.into() }
    }

    /// What an input can name besides globals: results first, then variables, the latest last.
    pub fn variables(&self, vm: &Vm) -> Vec<Variable> {
        let globals = vm.globals();
        let plain = |name: String| Variable { name: name.into_bytes().into(), is_const: false };
        let numbers = std::iter::once(0).chain(self.first_result()..=self.count);
        let names = numbers.filter(|&n| !self.results.get_int(n).is_nil()).map(result_name);
        // A program's own `_` is not ours to hide.
        let names = names.filter(|name| globals.get_str_bytes(name.as_bytes()).is_nil());
        names.map(plain).chain(self.locals.iter().map(|local| local.variable.clone())).collect()
    }

    /// Names and values of the variables.
    pub fn locals(&self) -> impl Iterator<Item = (&[u8], Value)> {
        self.locals.iter().map(|local| {
            let value = local.holder.upvalue(local.upvalue).unwrap_or(Value::NIL);
            (&*local.variable.name, value)
        })
    }

    /// The value of a variable or result.
    pub fn get(&self, name: &[u8]) -> Option<Value> {
        let local = self.locals().find(|(known, _)| *known == name).map(|(_, value)| value);
        local.or_else(|| self.result(name))
    }

    /// The variable that holds this value.
    pub fn name_of(&self, value: Value) -> Option<String> {
        let (name, _) = self.locals().find(|(_, held)| held.raw_eq(value))?;
        Some(String::from_utf8_lossy(name).into_owned())
    }

    /// The value of `_`, `_1`, `_2`, …
    fn result(&self, name: &[u8]) -> Option<Value> {
        let digits = std::str::from_utf8(name.strip_prefix(b"_")?).ok()?;
        let n = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        let value = self.results.get_int(n);
        (!value.is_nil()).then_some(value)
    }

    /// Joins an input's function with the boxes its upvalues name; `variables` is what it was compiled
    /// with.
    pub fn link(
        &self,
        vm: &mut Vm,
        f: Gc<LuaFn>,
        upvalues: &[InputUpvalue],
        variables: &[Variable],
    ) {
        let results = variables.len() - self.locals.len();
        for (upvalue, at) in upvalues.iter().zip(1..) {
            match upvalue {
                InputUpvalue::Existing(index) => match index.checked_sub(results) {
                    Some(local) => {
                        let local = &self.locals[local];
                        f.join(&mut vm.heap, at, local.holder, local.upvalue);
                    }
                    None => {
                        let value = self.result(&variables[*index].name).unwrap_or(Value::NIL);
                        f.set_upvalue(&mut vm.heap, at, value);
                    }
                },
                InputUpvalue::New(_) => {
                    f.set_upvalue(&mut vm.heap, at, self.unset);
                }
            }
        }
    }

    /// Keeps what an input has declared, as far as it got. A result it has assigned to becomes the
    /// global it looks like.
    pub fn keep(
        &mut self,
        vm: &mut Vm,
        f: Gc<LuaFn>,
        upvalues: &[InputUpvalue],
        variables: &[Variable],
    ) {
        let results = variables.len() - self.locals.len();
        for (upvalue, at) in upvalues.iter().zip(1..) {
            let value = f.upvalue(at).unwrap_or(Value::NIL);
            match upvalue {
                InputUpvalue::Existing(index) if *index < results => {
                    let name = &variables[*index].name;
                    if !self.result(name).unwrap_or(Value::NIL).raw_eq(value) {
                        let key: Value = vm.heap.intern_or_long(name).into();
                        let globals = vm.globals();
                        let _ = vm.raw_set(globals, key, value);
                    }
                }
                InputUpvalue::Existing(_) => {}
                InputUpvalue::New(variable) => {
                    let hidden = variable.name.starts_with(b"(");
                    if !hidden && !value.raw_eq(self.unset) {
                        self.forget(&variable.name);
                        let variable = variable.clone();
                        self.locals.push(Local { variable, holder: f, upvalue: at });
                    }
                }
            }
        }
        self.hold(vm);
    }

    /// Forgets a variable: its name means something else from now on.
    pub fn forget(&mut self, name: &[u8]) {
        self.locals.retain(|local| &*local.variable.name != name);
    }

    /// Shows the collector what is in use.
    fn hold(&mut self, vm: &mut Vm) {
        let known = self.holders.len();
        for (local, n) in self.locals.iter().zip(1..) {
            let _ = vm.raw_set(self.holders, Value::int(n), local.holder.into());
        }
        for n in self.locals.len() as i64 + 1..=known {
            let _ = vm.raw_set(self.holders, Value::int(n), Value::NIL);
        }
    }

    /// Notes the values of an input: each but nil gets a number, the first is `_`. Returns the
    /// number of the first that has one.
    pub fn note_results(&mut self, vm: &mut Vm, values: &[Value]) -> Option<i64> {
        let &first = values.first()?;
        let _ = vm.raw_set(self.results, Value::int(0), first);
        let mut number = None;
        for &value in values.iter().filter(|value| !value.is_nil()) {
            self.count += 1;
            number = number.or(Some(self.count));
            let _ = vm.raw_set(self.results, Value::int(self.count), value);
            if self.count > RESULTS {
                let old = Value::int(self.count - RESULTS);
                let _ = vm.raw_set(self.results, old, Value::NIL);
            }
        }
        number
    }

    fn first_result(&self) -> i64 {
        (self.count - RESULTS + 1).max(1)
    }

    /// Names and values of the results that are kept.
    pub fn results(&self) -> impl Iterator<Item = (String, Value)> {
        let all =
            (self.first_result()..=self.count).map(|n| (result_name(n), self.results.get_int(n)));
        all.filter(|(_, value)| !value.is_nil())
    }
}

/// `_` for 0, else `_` and the number.
fn result_name(n: i64) -> String {
    if n == 0 { "_".to_string() } else { format!("_{n}") }
}
