//! Where a field was found that the table itself does not have: in the tables that the `__index` of
//! metatables name, or nowhere.

use crate::interp::nodes::{FAST_LINKS, find_field, index_table, main_node};
use crate::meta::Event;
use crate::table::{Node, Table};
use crate::value::{Type, Value};
use crate::vm::Vm;

/// Tables that are looked at behind the first, at most.
const MOST_STEPS: usize = 4;

/// Nodes that may be passed in one of them.
const MOST_NODES: usize = 4;

/// The chain of nodes where a table would have a key: what a search finds passes by is the same as
/// long as the chain is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Absent {
    /// [`Table::node_mask`].
    pub mask: u32,
    /// The nodes by their numbers, and the distance from each to the next.
    pub nodes: Vec<(u32, i32)>,
}

/// From a table that does not have the key to the next one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Step {
    pub absent: Absent,
    /// The node of the metatable that has `__index`.
    pub index: u8,
}

/// Where a search ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum End {
    /// At the node with this number.
    Node(u8),
    /// In a table that does not have the key, nor a metatable.
    Nothing(Absent),
}

/// A way from a table to the node with the key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Path {
    pub steps: Vec<Step>,
    pub end: End,
}

impl Path {
    /// The way to a key that a table does not have itself; `None`: there is none, or it is long.
    ///
    /// # Safety
    /// Machine and table are live, `key` points to a short string.
    pub unsafe fn find(vm: *const Vm, mut t: *mut Table, key: *const Value) -> Option<Path> {
        // SAFETY: the caller; metatables and the tables in their fields are live, too.
        unsafe {
            let mut steps = Vec::new();
            loop {
                let absent = Absent::find(t, key)?;
                let meta = (*t).meta;
                if meta.is_null() {
                    return Some(Path { steps, end: End::Nothing(absent) });
                }
                if steps.len() == MOST_STEPS {
                    return None;
                }
                let next = index_table(vm, meta);
                if next.is_null() {
                    return None;
                }
                let name: Value = (*vm).event_names[Event::Index as usize].into();
                let index = number(meta, find_field(meta, &name))?;
                steps.push(Step { absent, index });
                t = next;
                let found = find_field(t, key);
                if !found.is_null() {
                    return Some(Path { steps, end: End::Node(number(t, found)?) });
                }
            }
        }
    }
}

/// Whether native code finds what a table does not have itself: as
/// [`FindField`](super::ir::Op::FindField).
///
/// # Safety
/// As for [`Path::find`].
pub(super) unsafe fn is_found_behind(vm: *const Vm, mut t: *mut Table, key: *const Value) -> bool {
    // SAFETY: the caller; metatables and the tables in their fields are live, too.
    unsafe {
        for _ in 0..FAST_LINKS {
            if (*t).meta.is_null() {
                return true;
            }
            t = index_table(vm, (*t).meta);
            if t.is_null() {
                return false;
            }
            if !find_field(t, key).is_null() {
                return true;
            }
        }
        (*t).meta.is_null()
    }
}

impl Absent {
    /// `None`: the table has the key, or the chain is long.
    unsafe fn find(t: *const Table, key: *const Value) -> Option<Absent> {
        // SAFETY: the callers: as for `Path::find`. Chains stay within the nodes.
        unsafe {
            let mut nodes = Vec::new();
            let mut n = main_node(t, key);
            loop {
                if nodes.len() == MOST_NODES || (*n).key == (*key).payload {
                    return None;
                }
                nodes.push((n.offset_from((*t).nodes) as u32, (*n).next));
                if (*n).next == 0 {
                    return Some(Absent { mask: (*t).node_mask, nodes });
                }
                n = n.offset((*n).next as isize);
            }
        }
    }
}

/// Where a method of strings is found: the nodes of their metatable and of the table that its `__index` names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Method {
    /// The node of the metatable that has `__index`.
    pub index: u8,
    /// The node of the table behind that has the method.
    pub node: u8,
}

impl Method {
    /// `None`: it is found in another way, or not at all.
    ///
    /// # Safety
    /// The machine is live, `key` points to a short string.
    pub unsafe fn find(vm: *const Vm, key: *const Value) -> Option<Method> {
        // SAFETY: the caller; metatables and the tables in their fields are live, too.
        unsafe {
            let meta = (*vm).type_meta[Type::String as usize]?.as_ptr();
            let table = index_table(vm, meta);
            if table.is_null() {
                return None;
            }
            let name: Value = (*vm).event_names[Event::Index as usize].into();
            let index = number(meta, find_field(meta, &name))?;
            let found = find_field(table, key);
            if found.is_null() {
                return None;
            }
            Some(Method { index, node: number(table, found)? })
        }
    }
}

/// The number of a table's node, which is not null.
unsafe fn number(t: *const Table, n: *const Node) -> Option<u8> {
    // SAFETY: the callers: it is a node of this table.
    unsafe { u8::try_from(n.offset_from((*t).nodes)).ok() }
}
