//! Calls the `__tostring` methods of the values about to be shown. They are code of the program and
//! can change anything, so all of them run before values are read.

use luka_vm::{Event, Gc, Table, Value};
use std::collections::HashSet;

use super::Style;
use crate::natives::PLAIN_MESSAGE;
use crate::session::{Done, Session};

/// Methods called for one input, at most.
const CALLS: usize = 500;

/// The results of the methods by object: `=` and the text, or `!` and the error.
#[derive(Clone, Copy)]
pub struct Called(Gc<Table>);

impl Called {
    /// The text of an object, or its error.
    pub fn text(self, object: Value) -> Option<Result<Vec<u8>, String>> {
        let text = self.0.get(object).as_str()?;
        let (mark, rest) = text.bytes().split_first()?;
        Some(match mark {
            b'=' => Ok(rest.to_vec()),
            _ => Err(String::from_utf8_lossy(rest).into_owned()),
        })
    }
}

/// Calls the methods of everything that is within the bounds of `style`.
pub fn call_methods(session: &mut Session, values: &[Value], style: &Style) -> Done<Called> {
    let called = session.vm.heap.table();
    let waiting = session.vm.heap.table();
    for (name, table) in [("luka.called", called), ("luka.waiting", waiting)] {
        let key = session.vm.small_str(name);
        let registry = session.vm.registry();
        let _ = session.vm.raw_set(registry, key, table.into());
    }
    // A table keeps them alive.
    let objects = find(session, values, style);
    for (&object, n) in objects.iter().zip(1..) {
        let _ = session.vm.raw_set(waiting, Value::int(n), object);
    }
    for n in 1..=objects.len() as i64 {
        let object = waiting.get_int(n);
        let method = session.vm.metamethod(object, Event::ToString);
        let (text, stop) = match session.protected(method, &PLAIN_MESSAGE, &[object])? {
            Ok(values) => match values.first().and_then(|v| v.as_str()) {
                Some(text) => ([b"=", text.bytes()].concat(), false),
                None => (b"!'__tostring' must return a string".to_vec(), false),
            },
            Err(error) => {
                let text = error.as_str().map_or(b"error".to_vec(), |text| text.bytes().to_vec());
                let line = text.split(|&c| c == b'\n').next().unwrap_or_default();
                ([b"!", line].concat(), line.ends_with(b"interrupted!"))
            }
        };
        let text: Value = session.vm.heap.intern_or_long(&text).into();
        let _ = session.vm.raw_set(called, object, text);
        if stop {
            break;
        }
    }
    Ok(Called(called))
}

/// The objects with a method, breadth first.
fn find(session: &Session, values: &[Value], style: &Style) -> Vec<Value> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut level: Vec<Value> = values.to_vec();
    for _ in 0..=style.depth {
        let mut next = Vec::new();
        for value in level {
            let object = value.as_table().is_some() || value.as_userdata().is_some();
            if !object || !seen.insert(value.payload()) {
                continue;
            }
            if session.vm.metamethod(value, Event::ToString).is_function() {
                if found.len() < CALLS {
                    found.push(value);
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
