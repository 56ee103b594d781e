//! Tables: every chain of nodes ends, every key is found where lookups begin, and no key is where it
//! does not belong. (What relies on it: lookups follow chains without counting; an insertion looks for
//! the node before a colliding one, which must be in the chain of its main position.)

use super::violation::{Verdict, rule};
use crate::heap::cells::cell_of;
use crate::heap::{Gc, Header, mark, size};
use crate::object::lookup::{main_position, main_position_of_dead, normalize};
use crate::object::string::Str;
use crate::object::table::{Node, Table};
use crate::value::{Value, tag};
use std::cmp::Ordering;

/// Chains up to this length are searched for equal keys pair by pair.
const SHORT: usize = 8;

/// Memory for the chains of one table, used again for the next.
#[derive(Default)]
pub(super) struct Chains {
    /// The main position of each node's key; [`FREE`] if it has none.
    main: Vec<u32>,
    /// Nodes that follow another.
    follows: Vec<bool>,
    /// Number of the chain in which each node was met, 0 before.
    chain: Vec<u32>,
    keys: Vec<Value>,
}

const FREE: u32 = u32::MAX;

impl Chains {
    /// Checks a table.
    ///
    /// # Safety
    /// It is a table as the reader guarantees it, and no garbage.
    pub unsafe fn check(&mut self, t: *mut Table) -> Verdict {
        // SAFETY: the parts have the lengths that the table says (the caller).
        unsafe {
            rule!(Tables, (*t).border <= (*t).asize, "a border is within the array part");
            let count = (*t).node_count();
            let in_range = (*t).free_end() as usize <= count;
            rule!(Tables, in_range, "the search for a free node begins inside the table");
            check_parts(t)?;
            let nodes = std::slice::from_raw_parts((*t).nodes, count);
            if count > 0 && !self.is_plain(&*t, nodes)? {
                self.check_chains(nodes)?;
            }
        }
        Ok(())
    }

    /// Checks each node, and takes down main positions; true if no node is in a chain with another.
    unsafe fn is_plain(&mut self, t: &Table, nodes: &[Node]) -> Result<bool, super::Violation> {
        self.main.clear();
        self.main.reserve(nodes.len());
        let mut plain = true;
        for (i, n) in nodes.iter().enumerate() {
            let next = i as i64 + n.next as i64;
            let inside = 0 <= next && next < nodes.len() as i64;
            rule!(Tables, inside, "chains stay inside the table", "node {i}");
            let main = if n.key_tag == tag::NIL {
                let free = n.val_tag == tag::NIL && n.next == 0 && i < t.free_end() as usize;
                rule!(Tables, free, "nodes without a key are free", "node {i}");
                FREE
            } else {
                // SAFETY: a key that is no dead one is a live value (the caller).
                unsafe { check_key(t, i, n) }? as u32
            };
            plain &= n.next == 0 && (main == i as u32 || main == FREE);
            self.main.push(main);
        }
        Ok(plain)
    }

    /// Every node with a key is in one chain, behind the main position of its key.
    fn check_chains(&mut self, nodes: &[Node]) -> Verdict {
        let count = nodes.len();
        self.follows.clear();
        self.follows.resize(count, false);
        self.chain.clear();
        self.chain.resize(count, 0);
        for (i, n) in nodes.iter().enumerate().filter(|(_, n)| n.next != 0) {
            let to = (i as i64 + n.next as i64) as usize;
            let new = !std::mem::replace(&mut self.follows[to], true);
            rule!(Tables, new, "a node follows one other at most", "node {to}");
            let keyed = self.main[to] != FREE;
            rule!(Tables, keyed, "nodes without a key are free", "node {to}");
        }
        for head in 0..count {
            if self.main[head] == FREE || self.follows[head] {
                continue;
            }
            let (mut at, number) = (head, head as u32 + 1);
            self.keys.clear();
            loop {
                self.chain[at] = number;
                let n = &nodes[at];
                let found = self.chain[self.main[at] as usize] == number;
                rule!(Tables, found, "a key is found from its main position", "node {at}");
                if n.key_tag != tag::DEAD {
                    self.keys.push(n.key_value());
                }
                if n.next == 0 {
                    break;
                }
                // A node that follows one other and is no head is met once.
                at = (at as i64 + n.next as i64) as usize;
            }
            let twice = has_equal(&mut self.keys);
            rule!(Tables, !twice, "a key is in a table once", "chain from node {head}");
        }
        let lost = (0..count).find(|&i| self.main[i] != FREE && self.chain[i] == 0);
        let place = lost.unwrap_or(0);
        rule!(Tables, lost.is_none(), "a chain has an end", "node {place}");
        Ok(())
    }
}

/// Parts that lie in the table's own cell fit there, one behind the other.
unsafe fn check_parts(t: *mut Table) -> Verdict {
    // SAFETY: the caller's table.
    unsafe {
        if (*t).hdr.marked & mark::LARGE != 0 {
            return Ok(());
        }
        let (start, cell) = (t as usize, cell_of(t as *mut Header));
        let part = |at: usize, bytes: usize, inside: bool| {
            inside.then_some((at.wrapping_sub(start), at.wrapping_sub(start).wrapping_add(bytes)))
        };
        let (arr, slots) = ((*t).arr as *const u8, (*t).asize as usize);
        let array_inside = slots > 0 && Table::is_inside(t, arr);
        let array = part(arr as usize, slots * size::ARRAY_SLOT, array_inside);
        let (nodes, count) = ((*t).nodes as *const u8, (*t).node_count());
        let nodes_inside = count > 0 && Table::is_inside(t, nodes);
        let nodes = part(nodes as usize, count * size::NODE, nodes_inside);
        for (from, to) in [array, nodes].into_iter().flatten() {
            let fits = size::TABLE <= from && from <= to && to <= cell;
            rule!(Tables, fits, "a part in a table's cell fits there");
        }
        if let (Some(array), Some(nodes)) = (array, nodes) {
            let apart = array.1 <= nodes.0 || nodes.1 <= array.0;
            rule!(Tables, apart, "parts in a table's cell do not overlap");
        }
    }
    Ok(())
}

/// Checks the key of node `i`; returns its main position.
#[cfg_attr(not(luka_small), inline(always))]
unsafe fn check_key(t: &Table, i: usize, n: &Node) -> Result<usize, super::Violation> {
    let key = n.key_value();
    match key.tag {
        tag::STR => {}
        tag::INT => {
            let in_array = (key.payload.wrapping_sub(1)) < t.asize as u64;
            let right = !in_array || n.val_tag == tag::NIL;
            rule!(Tables, right, "keys of the array part are in no node", "node {i}");
        }
        tag::FLOAT => {
            let number = !f64::from_bits(key.payload).is_nan() && normalize(key).tag == tag::FLOAT;
            rule!(Tables, number, "a float key is no NaN and no integer", "node {i}");
        }
        tag::DEAD => {
            rule!(Tables, n.val_tag == tag::NIL, "a dead key has no value", "node {i}");
            let main = main_position_of_dead(t, key.payload);
            rule!(Tables, main.is_some(), "a dead key was an object's", "node {i}");
            return Ok(main.unwrap_or(0));
        }
        tag::FALSE | tag::TRUE | tag::LIGHT | tag::LSTR => {}
        tag::TABLE..=tag::THREAD => {
            // SAFETY: the key is a live object (the caller).
            let numbered = unsafe { (*(key.payload as usize as *const Header)).hash != 0 };
            rule!(Tables, numbered, "an object that is a key has a serial number", "node {i}");
        }
        _ => rule!(Tables, false, "a key is a value", "node {i}"),
    }
    // SAFETY: the key is a live value (the caller).
    unsafe { Ok(main_position(t, key).offset_from(t.nodes) as usize) }
}

/// Whether two of the keys are equal.
fn has_equal(keys: &mut [Value]) -> bool {
    if keys.len() <= SHORT {
        let pairs = keys.iter().enumerate();
        return pairs.clone().any(|(i, a)| keys[..i].iter().any(|b| order(a, b).is_eq()));
    }
    keys.sort_unstable_by(order);
    keys.windows(2).any(|pair| order(&pair[0], &pair[1]).is_eq())
}

/// An order of keys in which those that a lookup takes for the same are equal.
fn order(a: &Value, b: &Value) -> Ordering {
    let by_tag = a.tag.cmp(&b.tag);
    if by_tag.is_ne() || a.tag <= tag::TRUE {
        return by_tag;
    }
    if a.tag != tag::LSTR || a.payload == b.payload {
        return a.payload.cmp(&b.payload);
    }
    // SAFETY: both are live long strings, as their tag says.
    let (a, b) =
        unsafe { (Gc::<Str>::from_payload(a.payload), Gc::<Str>::from_payload(b.payload)) };
    (a.hash_long(), a.len()).cmp(&(b.hash_long(), b.len())).then_with(|| a.bytes().cmp(b.bytes()))
}
