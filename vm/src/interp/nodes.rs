//! Reading tables in place: what the handlers of table access share.
//!
//! # Safety
//! One contract for all: tables, keys and the machine are live; keys are short strings, whose
//! hash is always made; `ip` is an instruction of linked code, whose `n` is a cache that only the
//! machine's one thread writes. A masked hash is a node's index, and chains stay within the nodes.

use super::dispatch::Ip;
use super::operand::settled;
use crate::meta::Event;
use crate::table::{Node, Table};
use crate::value::{Value, tag};
use crate::vm::Vm;
use luka_bytecode::Instr;

/// Most links of a chain of `__index` tables that the fast paths follow: fewer than cost something.
pub(crate) const FAST_LINKS: usize = 8;

/// The two tags of a node in one word: the value's below, the key's above.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn tags_of(n: *const Node) -> u32 {
    // SAFETY: the contract of the module.
    unsafe { u16::from_le(*(&raw const (*n).val_tag as *const u16)) as u32 }
}

/// Whether the tags are those of a short string with a value.
#[inline(always)]
pub(super) fn is_field(tags: u32) -> bool {
    const FIRST: u32 = (tag::STR as u32) << 8 | 1;
    tags.wrapping_sub(FIRST) < 0xff
}

/// The tags of a short string with a table as value.
pub(crate) const TABLE_FIELD: u32 = (tag::STR as u32) << 8 | tag::TABLE as u32;

/// The table a value refers to; its tag has been tested.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn table_of(v: *const Value) -> *mut Table {
    // SAFETY: the contract of the module.
    unsafe { (*v).payload as usize as *mut Table }
}

/// The node the instruction's cache points to.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(crate) unsafe fn hinted(ip: Ip, t: *const Table) -> *mut Node {
    // SAFETY: the contract of the module.
    unsafe {
        // (In eight bits: one register less.)
        (*t).nodes.add(((*t).node_mask as u8 & (*ip).n) as usize)
    }
}

/// The node where a short string belongs.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(crate) unsafe fn main_node(t: *const Table, key: *const Value) -> *mut Node {
    // SAFETY: the contract of the module.
    unsafe {
        let hash = (*((*key).payload as usize as *const crate::heap::Header)).hash;
        (*t).nodes.add((hash & (*t).node_mask) as usize)
    }
}

/// The node of the hash part that holds a short string, or null.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn find_str(t: *const Table, key: *const Value) -> *mut Node {
    // SAFETY: the contract of the module.
    unsafe {
        let mut n = main_node(t, key);
        loop {
            if (*n).key == (*key).payload && (*n).key_tag == tag::STR {
                return n;
            }
            let next = (*n).next as isize;
            if next == 0 {
                return std::ptr::null_mut();
            }
            n = n.offset(next);
        }
    }
}

/// As [`find_str`]; null also if the value is nil.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(crate) unsafe fn find_field(t: *const Table, key: *const Value) -> *mut Node {
    // SAFETY: the contract of the module.
    unsafe {
        let n = find_str(t, key);
        if !n.is_null() && (*n).val_tag == tag::NIL { std::ptr::null_mut() } else { n }
    }
}

/// Remembers where the key was found.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn remember(ip: Ip, t: *const Table, n: *const Node) {
    // SAFETY: the contract of the module.
    unsafe {
        let index = n.offset_from((*t).nodes);
        if index < 256 {
            (*(ip as *mut Instr)).n = index as u8;
        }
    }
}

/// The `__index` table in a metatable, if it is where it was last time; else null.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn index_hinted(vm: *const Vm, meta: *const Table) -> *mut Table {
    // SAFETY: the contract of the module.
    unsafe {
        let n = (*meta).nodes.add(((*meta).hdr.extra as u32 & (*meta).node_mask) as usize);
        let name = (*vm).event_names[Event::Index as usize].as_ptr() as u64;
        if (*n).key == name && tags_of(n) == TABLE_FIELD {
            (*n).val as usize as *mut Table
        } else {
            std::ptr::null_mut()
        }
    }
}

/// The `__index` table in a metatable, or null if there is none or it is no table.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(crate) unsafe fn index_table(vm: *const Vm, meta: *mut Table) -> *mut Table {
    // SAFETY: the contract of the module.
    unsafe {
        let hinted = index_hinted(vm, meta);
        if !hinted.is_null() {
            return hinted;
        }
        let name: Value = (*vm).event_names[Event::Index as usize].into();
        let n = find_str(meta, &name);
        if n.is_null() || (*n).val_tag != tag::TABLE {
            return std::ptr::null_mut();
        }
        let index = n.offset_from((*meta).nodes);
        if index < 256 {
            (*meta).hdr.extra = index as u8;
        }
        (*n).val as usize as *mut Table
    }
}

/// The array slot of an integer key: payload and tag addresses, if inside the array part.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(crate) unsafe fn array_slot(t: *const Table, key: i64) -> Option<(*mut u64, *mut u8)> {
    // SAFETY: the contract of the module.
    unsafe {
        let i = settled((key as u64).wrapping_sub(1));
        let n = (*t).asize as u64;
        if i < n {
            let arr = (*t).arr;
            Some((arr.add(i as usize), (arr.add(n as usize) as *mut u8).add(i as usize)))
        } else {
            None
        }
    }
}

/// Value of a node, two scalar moves.
///
/// # Safety
/// The contract of the module.
#[inline(always)]
pub(super) unsafe fn load(d: *mut Value, n: *const Node) {
    // SAFETY: the contract of the module.
    unsafe {
        let p = (*n).val;
        let t = (*n).val_tag;
        (*d).payload = p;
        (*d).tag = t;
    }
}
