//! Old code for new, in one step: everything is decided and made first.

use super::outline::{Match, Matches, Outline};
use super::tables::{Functions, Merge};
use super::variables::{Cells, is_of_module, resolve};
use super::{Reloaded, Unmatched};
use luka_stdlib::package;
use luka_vm::heap::replace::Replacement;
use luka_vm::{Gc, LuaFn, Raise, Upval, Value, Vm as Machine};
use std::collections::{BTreeSet, HashMap};

/// Nominal bytes of a closure at most, besides its upvalues.
const CLOSURE: usize = 64;
/// Bytes of a reference to an upvalue.
const UPVALUE: usize = 8;

/// A text that has been run: its functions and those of its closures that are alive.
struct Text {
    outline: Outline,
    closures: Vec<(usize, Gc<LuaFn>)>,
    cells: Cells,
}

impl Text {
    fn of(main: Gc<LuaFn>, all: &[Gc<LuaFn>]) -> Text {
        let outline = Outline::of(main.proto());
        let closures: Vec<_> =
            all.iter().filter_map(|&c| Some((outline.find(c.proto())?, c))).collect();
        let cells = Cells::of(&outline, &closures);
        Text { outline, closures, cells }
    }

    fn name(&self, function: usize) -> String {
        self.outline.functions[function].name.clone()
    }

    fn find(&self, v: Value) -> Option<usize> {
        self.outline.find(v.as_lua_fn()?.proto())
    }
}

/// A closure of the old text, its function in the new one, and its variables there.
struct Successor {
    old: Gc<LuaFn>,
    function: usize,
    variables: Vec<Gc<Upval>>,
}

/// What will become of the old closures.
struct Plan {
    old: Text,
    new: Text,
    successors: HashMap<Gc<LuaFn>, Successor>,
    report: Reloaded,
}

impl Functions for Plan {
    fn is_new(&self, v: Value) -> bool {
        self.new.find(v).is_some()
    }
    fn is_old(&self, v: Value) -> bool {
        self.old.find(v).is_some()
    }
    fn becomes(&self, old: Value, new: Value) -> bool {
        let successor = old.as_lua_fn().and_then(|f| self.successors.get(&f));
        successor.is_some_and(|s| self.new.find(new) == Some(s.function))
    }
}

/// Exchanges the code of a module. `value` is what the new text has returned; the main functions
/// and it are kept alive by the caller.
///
/// # Errors
/// Memory is short, or names of variables are not known. Nothing has changed then.
pub(super) fn exchange(
    machine: &mut Machine,
    module: &str,
    (old, new): (Gc<LuaFn>, Gc<LuaFn>),
    value: Value,
) -> Result<Reloaded, Raise> {
    // Garbage has no successors.
    machine.gc_full();
    let closures = machine.closures();
    let (old, new_main, new) = (Text::of(old, &closures), new, Text::of(new, &closures));
    if !old.outline.has_names() || !new.outline.has_names() {
        return Err(machine.error_plain("the module has no debug information"));
    }
    let plan = Plan::of(old, new);
    let room = plan.successors.values().map(|s| CLOSURE + s.variables.len() * UPVALUE).sum();
    machine.heap.reserve(room)?;
    let name = machine.str(module.as_bytes())?;
    let mut merge = Merge::default();
    match plan.merge(machine, &mut merge, name, value) {
        Ok(()) => {}
        Err(error) => {
            merge.undo(machine);
            return Err(error);
        }
    }
    if let Err(error) = package::note_code(machine, name, new_main) {
        merge.undo(machine);
        return Err(error);
    }
    Ok(plan.carry_out(machine, merge))
}

impl Plan {
    fn of(old: Text, new: Text) -> Plan {
        let matches = Matches::of(&old.outline, &new.outline);
        let mut successors = HashMap::new();
        let (mut replaced, mut removed) = (BTreeSet::new(), BTreeSet::new());
        let mut unmatched = BTreeSet::new();
        for &(function, closure) in &old.closures {
            match matches.old[function] {
                Match::To(to) => {
                    match resolve(closure, (&new.outline, to), (&old.cells, &new.cells)) {
                        Ok(variables) => {
                            replaced.insert(function);
                            let one = Successor { old: closure, function: to, variables };
                            successors.insert(closure, one);
                        }
                        Err(reason) => drop(unmatched.insert((function, reason))),
                    }
                }
                Match::Removed => drop(removed.insert(function)),
                Match::Unclear { before, after } => {
                    let reason = format!("there were {before} of its name, now there are {after}");
                    unmatched.insert((function, reason));
                }
            }
        }
        let names = |set: BTreeSet<usize>| set.into_iter().map(|f| old.name(f)).collect();
        let report = Reloaded {
            replaced: names(replaced),
            removed: names(removed),
            added: matches.added.iter().map(|&f| new.name(f)).collect(),
            unmatched: unmatched
                .into_iter()
                .map(|(f, reason)| Unmatched { function: old.name(f), reason })
                .collect(),
        };
        Plan { old, new, successors, report }
    }

    /// Merges tables: what the module returns, and those in its variables.
    fn merge(
        &self,
        machine: &mut Machine,
        merge: &mut Merge,
        name: Value,
        value: Value,
    ) -> Result<(), Raise> {
        let loaded = package::loaded(machine)?;
        let before = loaded.get(name);
        if let (Some(old), Some(new)) = (before.as_table(), value.as_table()) {
            merge.add(machine, self, (old, new), true)?;
        } else if !value.is_nil() && !self.becomes(before, value) {
            merge.set(machine, loaded, name, value)?;
        }
        for (old, new) in self.old.cells.both(&self.new.cells) {
            if let (Some(old), Some(new)) = (old.get().as_table(), new.get().as_table()) {
                merge.add(machine, self, (old, new), false)?;
            }
        }
        Ok(())
    }

    /// Makes the successors, and lets the new text's closures have the module's variables. There
    /// is memory for it.
    fn carry_out(self, machine: &mut Machine, merge: Merge) -> Reloaded {
        let mut list = Vec::new();
        // By function of the new text: its closures, and the successors that have become one.
        let mut made: HashMap<usize, Vec<Gc<LuaFn>>> = HashMap::new();
        for &(_, closure) in &self.old.closures {
            let Some(s) = self.successors.get(&closure) else { continue };
            let proto = self.new.outline.functions[s.function].proto;
            let f = machine.heap.new_lua_fn(proto, s.variables.len());
            for (i, &variable) in s.variables.iter().enumerate() {
                f.set_upval(&mut machine.heap, i, variable);
            }
            made.entry(s.function).or_default().push(f);
            let (old, new) = (s.old.into(), f.into());
            list.push(Replacement { old, new, keeps_identity: true });
        }
        let mut fresh: HashMap<usize, Vec<Gc<LuaFn>>> = HashMap::new();
        for &(function, closure) in &self.new.closures {
            fresh.entry(function).or_default().push(closure);
            for i in 0..closure.num_upvalues() {
                let cell = self.old.cells.get(closure.proto().upvalue_name(i));
                if let Some(cell) = cell.filter(|_| is_of_module(&self.new.outline, function, i)) {
                    closure.set_upval(&mut machine.heap, i, cell);
                }
            }
        }
        // A function that there is once, before and after, is one.
        for (function, closures) in fresh {
            if let (&[new], Some(&[successor])) =
                (closures.as_slice(), made.get(&function).map(Vec::as_slice))
            {
                let (old, new) = (new.into(), successor.into());
                list.push(Replacement { old, new, keeps_identity: false });
            }
        }
        for (new, old) in merge.merged {
            list.push(Replacement { old: new.into(), new: old.into(), keeps_identity: false });
        }
        machine.replace(&list);
        self.report
    }
}
