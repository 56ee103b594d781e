//! The variables of closures, by name.

use super::outline::{MAIN, Outline};
use luka_vm::{Gc, LuaFn, Upval};
use std::collections::HashMap;

/// The variables of a module that its functions capture, by name: `None` if there are several.
pub(super) struct Cells(HashMap<Vec<u8>, Option<Gc<Upval>>>);

impl Cells {
    /// Those that closures of a text have.
    pub(super) fn of(outline: &Outline, closures: &[(usize, Gc<LuaFn>)]) -> Cells {
        let mut cells: HashMap<Vec<u8>, Option<Gc<Upval>>> = HashMap::new();
        for &(function, closure) in closures {
            for i in (0..closure.num_upvalues()).filter(|&i| is_of_module(outline, function, i)) {
                let Some(cell) = closure.upval(i) else { continue };
                let name = closure.proto().upvalue_name(i).to_vec();
                let known = cells.entry(name).or_insert(Some(cell));
                if *known != Some(cell) {
                    *known = None;
                }
            }
        }
        Cells(cells)
    }

    /// The one variable of this name.
    pub(super) fn get(&self, name: &[u8]) -> Option<Gc<Upval>> {
        self.0.get(name).copied().flatten()
    }

    /// Variables that both have under a name.
    pub(super) fn both<'a>(
        &'a self,
        other: &'a Cells,
    ) -> impl Iterator<Item = (Gc<Upval>, Gc<Upval>)> + 'a {
        self.0.iter().filter_map(|(name, cell)| Some(((*cell)?, other.get(name)?)))
    }
}

/// Whether an upvalue of a function is a variable of its module, and not of a function around it.
pub(super) fn is_of_module(outline: &Outline, mut function: usize, mut upvalue: usize) -> bool {
    loop {
        let f = &outline.functions[function];
        let (Some(parent), Some(desc)) = (f.parent, f.proto.data().upvalues.get(upvalue)) else {
            return false;
        };
        if parent == MAIN {
            return true;
        }
        if desc.in_stack {
            return false;
        }
        (function, upvalue) = (parent, usize::from(desc.index));
    }
}

/// The variables of a closure that gets the code of `function` of the new text: its own by name,
/// then the module's, old ones before new ones.
///
/// # Errors
/// Why one of them is not known.
pub(super) fn resolve(
    closure: Gc<LuaFn>,
    (new, function): (&Outline, usize),
    (old_cells, new_cells): (&Cells, &Cells),
) -> Result<Vec<Gc<Upval>>, String> {
    let proto = new.functions[function].proto;
    let before = closure.proto();
    let one = |i: usize| {
        let name = proto.upvalue_name(i);
        let same = (0..closure.num_upvalues()).find(|&j| before.upvalue_name(j) == name);
        if let Some(cell) = same.and_then(|j| closure.upval(j)) {
            return Ok(cell);
        }
        let shown = String::from_utf8_lossy(name);
        if !is_of_module(new, function, i) {
            return Err(format!("it has no variable '{shown}' of the function around it"));
        }
        let known = old_cells.get(name).or_else(|| new_cells.get(name));
        known.ok_or_else(|| format!("which variable '{shown}' of the module is meant is not clear"))
    };
    (0..proto.data().upvalues.len()).map(one).collect()
}
