//! What is on the heap, for tools: objects by kind, and what can be reached from a value.

use super::edges::{self, Visitor};
use super::objects::nominal_size;
use super::{Header, heap::Heap, size};
use crate::object::function::ProtoObj;
use crate::object::table::Node;
use crate::value::{Value, tag};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Objects, and the bytes they count for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Count {
    /// How many.
    pub objects: usize,
    /// Bytes, with what they own.
    pub bytes: usize,
}

impl Count {
    fn add(&mut self, bytes: usize) {
        self.objects += 1;
        self.bytes += bytes;
    }
}

/// The kinds of objects, as [`Heap::census`] names them.
fn kind(kind: u8) -> &'static str {
    match kind {
        tag::STR | tag::LSTR => "string",
        tag::TABLE => "table",
        tag::LUA_FN | tag::NATIVE => "function",
        tag::UPVAL => "variable",
        tag::USERDATA => "userdata",
        tag::THREAD => "coroutine",
        tag::PROTO => "code",
        _ => "other",
    }
}

impl Heap {
    /// How many objects there are of each kind, the largest kind first. All together, with what is
    /// garbage and not swept yet, and with the table of strings, they are [`Heap::bytes`].
    pub fn census(&self) -> Vec<(&'static str, Count)> {
        let mut counts: HashMap<&'static str, Count> = HashMap::new();
        let mut chunks = HashSet::new();
        let mut total = 0;
        for o in self.objects() {
            // SAFETY: an object of this heap that is not garbage.
            let (kind, bytes) = unsafe {
                let mut bytes = nominal_size(o);
                if (*o).kind == tag::PROTO {
                    let data = &(*(o as *mut ProtoObj)).data;
                    let chunk = &data.chunk;
                    if chunks.insert(Rc::as_ptr(chunk)) {
                        bytes += chunk.nominal();
                    }
                }
                (kind((*o).kind), bytes)
            };
            total += bytes;
            counts.entry(kind).or_default().add(bytes);
        }
        let strings = self.strings.buckets.len() * size::POINTER;
        counts.entry("string").or_default().bytes += strings;
        let rest = self.bytes().saturating_sub(total + strings);
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(name, count)| (std::cmp::Reverse(count.bytes), *name));
        if rest > 0 {
            counts.push(("garbage", Count { objects: 0, bytes: rest }));
        }
        counts
    }

    /// What can be reached from a value without passing through `others`.
    pub fn reach(&self, from: Value, others: &[Value]) -> Count {
        let mut walk = Walk { seen: HashSet::new(), waiting: Vec::new() };
        for other in others {
            walk.seen.extend(other.as_object().map(|o| o.as_ptr()));
        }
        // SAFETY: values of this heap; what is reached from a live object is live.
        unsafe {
            walk.value(from);
            let mut count = Count::default();
            while let Some(o) = walk.waiting.pop() {
                count.add(nominal_size(o));
                edges::references(o, &mut walk);
            }
            count
        }
    }
}

/// Objects that have been reached, and those of them that are still to be looked at.
struct Walk {
    seen: HashSet<*mut Header>,
    waiting: Vec<*mut Header>,
}

impl Visitor for Walk {
    unsafe fn object(&mut self, o: *mut Header, _: u8) {
        if self.seen.insert(o) {
            self.waiting.push(o);
        }
    }

    unsafe fn value(&mut self, v: Value) {
        if let Some(o) = v.as_object() {
            // SAFETY: the caller's value is held by a live object.
            unsafe { self.object(o.as_ptr(), v.tag()) }
        }
    }

    unsafe fn node(&mut self, n: *mut Node) {
        // SAFETY: a node of a live table (the caller); a key without a value refers to nothing.
        unsafe {
            let value = (*n).value();
            if !value.is_nil() {
                self.value((*n).key_value());
                self.value(value);
            }
        }
    }
}
