//! Calls the `__tostring` methods of the values about to be shown. They are code of the program and
//! can change anything, so all of them run before values are read.

use luka::toolchain;
use luka_vm::{Event, Value, Vm};
use std::collections::{HashMap, HashSet};

use super::{Style, raw};
use crate::session::{Done, Session};

/// Methods called for one input, at most.
const CALLS: usize = 500;

/// What the method of an object has returned, or its error.
type Told = Result<Vec<u8>, String>;

/// The results of the methods.
pub struct Called {
    /// By object.
    told: HashMap<u64, Told>,
    /// Keeps the objects alive.
    _objects: Vec<luka::Value>,
}

impl Called {
    /// The text of an object, or its error.
    pub fn text(&self, object: Value) -> Option<Told> {
        let is_object = object.as_table().is_some() || object.as_userdata().is_some();
        is_object.then(|| self.told.get(&object.payload()).cloned()).flatten()
    }
}

/// Calls the methods of everything that is within the bounds of `style`.
pub fn call_methods(session: &mut Session, values: &[luka::Value], style: &Style) -> Done<Called> {
    let vm = &session.vm;
    let values: Vec<Value> = values.iter().map(|value| raw(vm, value)).collect();
    let found = toolchain::look(vm, |machine| find(machine, values, style));
    let handle = |(object, method)| (toolchain::handle(vm, object), toolchain::handle(vm, method));
    let found: Vec<(luka::Value, luka::Value)> = found.into_iter().map(handle).collect();
    let mut told = HashMap::new();
    for (object, method) in &found {
        let (text, stop) = match session.protected(method, object)? {
            Ok(values) => match values.iter().next() {
                Some(luka::Value::String(text)) => {
                    (Ok(text.bytes(&session.vm).unwrap_or_default().to_vec()), false)
                }
                _ => (Err("'__tostring' must return a string".to_string()), false),
            },
            Err(error) => {
                let line = error.message().split(|&c| c == b'\n').next().unwrap_or_default();
                let line = String::from_utf8_lossy(line).into_owned();
                let stop = line.ends_with("interrupted!");
                (Err(line), stop)
            }
        };
        told.insert(raw(&session.vm, object).payload(), text);
        if stop {
            break;
        }
    }
    let objects = found.into_iter().map(|(object, _)| object).collect();
    Ok(Called { told, _objects: objects })
}

/// The objects with a method, breadth first, and their methods.
fn find(vm: &Vm, values: Vec<Value>, style: &Style) -> Vec<(Value, Value)> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut level = values;
    for _ in 0..=style.depth {
        let mut next = Vec::new();
        for value in level {
            let object = value.as_table().is_some() || value.as_userdata().is_some();
            if !object || !seen.insert(value.payload()) {
                continue;
            }
            let method = vm.metamethod(value, Event::ToString);
            if method.is_function() {
                if found.len() < CALLS {
                    found.push((value, method));
                }
            } else if let Some(table) = value.as_table() {
                // Keys are sorted later: which of many are shown is not known yet.
                for (key, value) in table.entries().take(super::TOTAL) {
                    next.extend([key, value]);
                }
            }
        }
        next.truncate(super::TOTAL * 4);
        level = next;
    }
    found
}
