//! Calls the `__tostring` methods of the values about to be shown. They are code of the program and
//! can change anything, so all of them run before values are read.

use luka::{Look, Type, Value};
use std::collections::{HashMap, HashSet};

use super::Style;
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
    _objects: Vec<Value>,
}

impl Called {
    /// The text of an object, or its error.
    pub fn text(&self, object: Look) -> Option<Told> {
        self.told.get(&object.identity()?).cloned()
    }
}

/// Calls the methods of everything that is within the bounds of `style`.
pub fn call_methods(session: &mut Session, values: &[Value], style: &Style) -> Done<Called> {
    let found = find(values.iter().filter_map(|value| value.look(&session.vm).ok()), style);
    let found: Vec<(u64, Value, Value)> = found
        .into_iter()
        .map(|(id, object, method)| (id, object.value(), method.value()))
        .collect();
    let mut told = HashMap::new();
    for (id, object, method) in &found {
        let (text, stop) = match session.protected(method, object)? {
            Ok(values) => match values.iter().next() {
                Some(Value::String(text)) => {
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
        told.insert(*id, text);
        if stop {
            break;
        }
    }
    Ok(Called { told, _objects: found.into_iter().map(|(_, object, _)| object).collect() })
}

/// The objects with a method, breadth first, and their methods.
fn find<'a>(
    values: impl Iterator<Item = Look<'a>>,
    style: &Style,
) -> Vec<(u64, Look<'a>, Look<'a>)> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut level: Vec<Look> = values.collect();
    for _ in 0..=style.depth {
        let mut next = Vec::new();
        for value in level {
            let object = matches!(value.type_of(), Type::Table | Type::Userdata);
            let Some(id) = value.identity().filter(|&id| object && seen.insert(id)) else {
                continue;
            };
            let method = value.metamethod("__tostring");
            if method.is_function() {
                if found.len() < CALLS {
                    found.push((id, value, method));
                }
            } else {
                // Keys are sorted later: which of many are shown is not known yet.
                for (key, value) in value.entries().into_iter().take(super::TOTAL) {
                    next.extend([key, value]);
                }
            }
        }
        next.truncate(super::TOTAL * 4);
        level = next;
    }
    found
}
