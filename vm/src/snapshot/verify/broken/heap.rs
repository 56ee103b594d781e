//! Objects and tables.

use super::{Damage, Row};
use crate::heap::cells::{Block, block_of};
use crate::heap::gc::State;
use crate::heap::{Header, mark};
use crate::object::lookup::main_position;
use crate::object::table::{Node, Table};
use crate::value::{Value, tag};

/// A place in a table, node or header.
macro_rules! at {
    ($p:expr, $($field:tt)+) => {
        // SAFETY: the object exists.
        unsafe { &raw mut (*$p).$($field)+ }
    };
}

pub(super) const ALL: &[Row] = &[
    ("a border is within the array part", |d| {
        let t = table(d, |_| true)?;
        // SAFETY: the table exists.
        d.poke(at!(t, border), unsafe { (*t).asize } + 1)
    }),
    ("the search for a free node begins inside the table", |d| {
        let t = table(d, |_| true)?;
        // SAFETY: the table exists.
        let count = unsafe { (&*t).node_count() } as u32;
        d.poke(at!(t, last_free), count + 1)
    }),
    ("a part in a table's cell fits there", |d| {
        let t = table(d, |t| {
            // SAFETY: the table exists.
            t.asize > 0 && unsafe { Table::is_inside(t, t.arr as *const u8) }
        })?;
        d.poke(at!(t, asize), 1000)
    }),
    ("parts in a table's cell do not overlap", |d| {
        let t = table(d, |t| {
            // SAFETY: the table exists.
            let inside = |part: *const u8| unsafe { Table::is_inside(t, part) };
            t.asize > 0 && t.has_nodes() && inside(t.arr as _) && inside(t.nodes as _)
        })?;
        // SAFETY: the table exists.
        d.poke(at!(t, arr), unsafe { (*t).nodes as *mut u64 })
    }),
    ("chains stay inside the table", |d| {
        let (n, ..) = node(d, |n, _| n.key_tag != tag::NIL)?;
        d.poke(at!(n, next), 1 << 20)
    }),
    ("nodes without a key are free", |d| {
        let (n, ..) = node(d, |n, _| n.key_tag == tag::NIL)?;
        d.poke(at!(n, val_tag), tag::TRUE)
    }),
    ("nodes without a key are free", |d| {
        let t = table(d, |t| t.has_nodes() && nodes(t).iter().any(|n| n.key_tag == tag::NIL))?;
        d.poke(at!(t, last_free), 0)
    }),
    ("nodes without a key are free", |d| {
        // A chain leads to one.
        let found = table(d, |t| {
            let free = nodes(t).iter().any(|n| n.key_tag == tag::NIL);
            free && nodes(t).iter().any(|n| n.key_tag != tag::NIL && n.next == 0)
        })?;
        // SAFETY: the table exists.
        let t = unsafe { &*found };
        let free = nodes(t).iter().position(|n| n.key_tag == tag::NIL)?;
        let from = nodes(t).iter().position(|n| n.key_tag != tag::NIL && n.next == 0)?;
        d.poke(at!(t.nodes.wrapping_add(from), next), free as i32 - from as i32)
    }),
    ("a node follows one other at most", |d| {
        let (t, from, to) = chained(d)?;
        let third = (0..nodes(t).len()).find(|&i| {
            i != from && i != to && nodes(t)[i].next == 0 && nodes(t)[i].key_tag != tag::NIL
        })?;
        d.poke(at!(t.nodes.wrapping_add(third), next), to as i32 - third as i32)
    }),
    ("a key is found from its main position", |d| {
        // Two keys alone in their chains change places.
        let alone = |t: &Table| -> Vec<usize> {
            let plain = |i: &usize| nodes(t)[*i].next == 0 && is_main(t, *i) && !is_followed(t, *i);
            (0..nodes(t).len()).filter(plain).collect()
        };
        let found = table(d, |t| t.has_nodes() && nodes(t).len() < 256 && alone(t).len() > 1)?;
        // SAFETY: the table exists.
        let t = unsafe { &*found };
        let pair = alone(t);
        let (a, b) = (t.nodes.wrapping_add(pair[0]), t.nodes.wrapping_add(pair[1]));
        // SAFETY: the nodes are the table's.
        let (x, y) = unsafe { (*a, *b) };
        d.poke(a, y)?;
        d.poke(b, x)
    }),
    ("a key is in a table once", |d| {
        let found = table(d, |t| twins(t).is_some())?;
        // SAFETY: the table exists.
        let t = unsafe { &*found };
        let (from, to) = twins(t)?;
        let first = nodes(t)[from];
        let second = t.nodes.wrapping_add(to);
        // SAFETY: the node is the table's.
        let next = unsafe { (*second).next };
        d.poke(second, Node { next, ..first })
    }),
    ("a chain has an end", |d| {
        let found = table(d, |t| circle(t).is_some())?;
        // SAFETY: the table exists.
        let t = unsafe { &*found };
        let (head, tail) = circle(t)?;
        d.poke(at!(t.nodes.wrapping_add(tail), next), head as i32 - tail as i32)
    }),
    ("keys of the array part are in no node", |d| {
        let (n, ..) = node(d, |n, t| t.asize > 0 && n.val_tag != tag::NIL)?;
        set_key(d, n, Value::int(1))
    }),
    ("a float key is no NaN and no integer", |d| {
        let (n, ..) = node(d, |n, _| n.val_tag != tag::NIL)?;
        set_key(d, n, Value::float(f64::NAN))
    }),
    ("a float key is no NaN and no integer", |d| {
        let (n, ..) = node(d, |n, _| n.val_tag != tag::NIL)?;
        set_key(d, n, Value::float(1e15))
    }),
    ("a dead key has no value", |d| {
        let (n, ..) = node(d, |n, _| n.val_tag != tag::NIL)?;
        d.poke(at!(n, key_tag), tag::DEAD)
    }),
    ("a dead key was an object's", |d| {
        let (n, ..) = node(d, |n, _| n.val_tag != tag::NIL)?;
        d.poke(at!(n, val_tag), tag::NIL)?;
        set_key(d, n, Value { payload: 0, tag: tag::DEAD })
    }),
    ("an object that is a key has a serial number", |d| {
        let (n, ..) = node(d, |n, _| n.val_tag != tag::NIL && n.key_tag == tag::TABLE)?;
        // SAFETY: the node is a table's, its key exists.
        let key = unsafe { (*n).key } as usize as *mut Header;
        d.poke(at!(key, hash), 0)
    }),
    ("a key is a value", |d| {
        let (n, ..) = node(d, |n, _| n.val_tag != tag::NIL)?;
        d.poke(at!(n, key_tag), tag::FRAME)
    }),
    // Objects.
    ("an object in a cell is not large", |d| {
        let o = find(d, |o| kind(o) == tag::TABLE)?;
        mark_with(d, o, 0, mark::LARGE)
    }),
    ("an object outside of cells is large", |d| {
        let o = *d.vm.heap.large_objects().first()?;
        mark_with(d, o, mark::LARGE, 0)
    }),
    ("header and block agree about marks", |d| {
        let (epoch, white) = (d.vm.heap.epoch, d.vm.heap.current_white);
        let o = find(d, |o| marked(o) & epoch != 0)?;
        mark_with(d, o, epoch, white)
    }),
    ("an object has one colour", |d| {
        let o = find(d, |o| marked(o) & mark::WHITES != 0)?;
        mark_with(d, o, 0, mark::WHITES)
    }),
    ("the sweep knows of objects that own something", |d| {
        let o = find(d, |o| kind(o) == tag::STR)?;
        // SAFETY: the object is in a cell of its block.
        unsafe {
            let b = block_of(o);
            let i = Block::index_of(b, o);
            d.poke(&raw mut (*b).owner[i / 64], (*b).owner[i / 64] & !(1 << (i % 64)))
        }
    }),
    ("the sizes of all objects add up", |d| {
        let (at, more) = (&raw mut d.vm.heap.bytes, d.vm.heap.bytes + 8);
        d.poke(at, more)
    }),
    ("buckets of strings are a power of two", |d| {
        let (at, more) = (&raw mut d.vm.heap.bytes, d.vm.heap.bytes + 8);
        d.poke(at, more)?;
        let push = |vm: &mut crate::Vm| vm.heap.strings.buckets.push(std::ptr::null_mut());
        d.change(push, |vm| {
            vm.heap.strings.buckets.pop();
        });
        Some(())
    }),
    ("short strings are in the table of strings", |d| {
        let (at, more) = (&raw mut d.vm.heap.strings.used, d.vm.heap.strings.used + 1);
        d.poke(at, more)
    }),
    ("a string with a serial number is known", |d| {
        let o = find(d, |o| kind(o) == tag::STR && flags(o) == 0)?;
        d.poke(at!(o, flags), 1)
    }),
    ("serial numbers are of strings that exist", |d| {
        let add = |vm: &mut crate::Vm| {
            vm.heap.string_serials.insert(8, 1);
        };
        d.change(add, |vm| {
            vm.heap.string_serials.remove(&8);
        });
        Some(())
    }),
    ("serial numbers have been given out", |d| {
        find(d, |o| kind(o) == tag::TABLE && hash(o) != 0)?;
        let at = &raw mut d.vm.heap.last_serial;
        d.poke(at, 0)
    }),
    ("a serial number is of one object", |d| {
        let first = find(d, |o| kind(o) == tag::TABLE && hash(o) != 0)?;
        let second = find(d, |o| kind(o) == tag::TABLE && hash(o) == 0)?;
        d.poke(at!(second, hash), hash(first))
    }),
    // Colours.
    ("a colour is of this cycle", |d| {
        let other = d.vm.heap.current_white ^ mark::WHITES;
        let waits = matches!(d.vm.heap.state, State::Pause | State::Propagate);
        let o = find(d, |o| waits && marked(o) & mark::WHITES != 0)?;
        mark_with(d, o, mark::WHITES, other)
    }),
    ("garbage waits to be swept", |d| {
        let other = d.vm.heap.current_white ^ mark::WHITES;
        let sweeps = d.vm.heap.state > State::Atomic;
        let o = find(d, |o| sweeps && marked(o) & mark::WHITES != 0)?;
        mark_with(d, o, mark::WHITES, other)
    }),
    ("living objects that wait for the sweep are marked", |d| {
        let (epoch, white) = (d.vm.heap.epoch, d.vm.heap.current_white);
        if d.vm.heap.pacer.generational {
            // A black object may refer to it.
            return None;
        }
        let b = *d.vm.heap.cells.classes.iter().flat_map(|c| &c.unswept).next()?;
        let mut living = None;
        // SAFETY: the block is there, and its objects exist.
        unsafe { Block::each(b, |o| living = living.or((marked(o) & epoch != 0).then_some(o))) };
        unmark(d, living?)?;
        mark_with(d, living?, 0, white)
    }),
    ("black objects refer to marked ones", |d| {
        let h = &d.vm.heap;
        if !(h.state.keeps_invariant() || h.pacer.generational) {
            return None;
        }
        let (epoch, white) = (h.epoch, h.current_white);
        // A metatable that is not settled.
        let black = |o: *mut Header| marked(o) & epoch != 0 && marked(o) & mark::BLACK != 0;
        let meta = |o: *mut Header| {
            // SAFETY: the object is a table.
            unsafe { (*(o as *mut Table)).meta as *mut Header }
        };
        let loose = |m: *mut Header| {
            let touched = h.cells.classes.iter().any(|c| {
                // SAFETY: the object is in a cell.
                let b = unsafe { block_of(m) };
                c.touched.contains(&b) || c.current == b
            });
            !m.is_null() && marked(m) & (epoch | mark::LARGE) == epoch && touched
        };
        let o = find(d, |o| kind(o) == tag::TABLE && black(o) && loose(meta(o)))?;
        unmark(d, meta(o))?;
        mark_with(d, meta(o), 0, white)
    }),
];

/// The first object that is as wanted.
pub(super) fn find(d: &Damage, wanted: impl Fn(*mut Header) -> bool) -> Option<*mut Header> {
    let mut found = None;
    each(d, |o| {
        if found.is_none() && wanted(o) {
            found = Some(o);
        }
    });
    found
}

/// Calls `f` with every object in a cell that is no garbage.
pub(super) fn each(d: &Damage, mut f: impl FnMut(*mut Header)) {
    let h = &d.vm.heap;
    for class in &h.cells.classes {
        for b in class.blocks() {
            let mut see = |o: *mut Header| {
                if !h.is_dead(marked(o)) {
                    f(o);
                }
            };
            // SAFETY: the block is there.
            unsafe { Block::each(b, &mut see) };
            if b == class.current {
                class.in_hole().for_each(&mut see);
            }
        }
    }
}

fn marked(o: *mut Header) -> u8 {
    // SAFETY: the object exists.
    unsafe { (*o).marked }
}

fn kind(o: *mut Header) -> u8 {
    // SAFETY: the object exists.
    unsafe { (*o).kind }
}

fn flags(o: *mut Header) -> u8 {
    // SAFETY: the object exists.
    unsafe { (*o).flags }
}

fn hash(o: *mut Header) -> u32 {
    // SAFETY: the object exists.
    unsafe { (*o).hash }
}

/// Takes these bits out of an object's marks, and puts those in.
pub(super) fn mark_with(d: &mut Damage, o: *mut Header, out: u8, new: u8) -> Option<()> {
    d.poke(at!(o, marked), marked(o) & !out | new)
}

/// Takes an object's mark, in its header and in its block.
pub(super) fn unmark(d: &mut Damage, o: *mut Header) -> Option<()> {
    let epoch = d.vm.heap.epoch;
    mark_with(d, o, epoch, 0)?;
    // SAFETY: the object is in a cell of its block.
    unsafe {
        let b = block_of(o);
        let i = Block::index_of(b, o);
        d.poke(&raw mut (*b).mark[i / 64], (*b).mark[i / 64] & !(1 << (i % 64)))
    }
}

fn nodes(t: &Table) -> &[Node] {
    // SAFETY: the table has so many nodes.
    unsafe { std::slice::from_raw_parts(t.nodes, t.node_count()) }
}

/// The first table that is as wanted.
fn table(d: &Damage, wanted: impl Fn(&Table) -> bool) -> Option<*mut Table> {
    // SAFETY: the object is a table.
    let found = find(d, |o| kind(o) == tag::TABLE && unsafe { wanted(&*(o as *mut Table)) })?;
    Some(found as *mut Table)
}

/// The first node that is as wanted, with its table.
fn node(d: &Damage, wanted: impl Fn(&Node, &Table) -> bool) -> Option<(*mut Node, *mut Table)> {
    let t = table(d, |t| nodes(t).iter().any(|n| wanted(n, t)))?;
    // SAFETY: the table exists.
    let table = unsafe { &*t };
    let i = nodes(table).iter().position(|n| wanted(n, table))?;
    Some((table.nodes.wrapping_add(i), t))
}

fn set_key(d: &mut Damage, n: *mut Node, key: Value) -> Option<()> {
    d.poke(at!(n, key), key.payload)?;
    d.poke(at!(n, key_tag), key.tag)
}

/// Whether a node's key is one that lookups compare, in its main position.
fn is_main(t: &Table, i: usize) -> bool {
    main(t, i) == Some(i)
}

fn main(t: &Table, i: usize) -> Option<usize> {
    let n = &nodes(t)[i];
    let known = n.val_tag != tag::NIL && n.key_tag == tag::STR;
    // SAFETY: the table and its key exist.
    known.then(|| unsafe { main_position(t, n.key_value()).offset_from(t.nodes) as usize })
}

fn is_followed(t: &Table, i: usize) -> bool {
    nodes(t).iter().enumerate().any(|(j, n)| n.next != 0 && j as i64 + n.next as i64 == i as i64)
}

/// A node that is followed by another, and that one.
fn chained<'a>(d: &Damage) -> Option<(&'a Table, usize, usize)> {
    let t = table(d, |t| {
        let next = |n: &&Node| n.next == 0 && n.key_tag != tag::NIL;
        nodes(t).iter().any(|n| n.next != 0) && nodes(t).iter().filter(next).count() > 1
    })?;
    // SAFETY: the table exists.
    let t = unsafe { &*t };
    let from = nodes(t).iter().position(|n| n.next != 0)?;
    Some((t, from, (from as i64 + nodes(t)[from].next as i64) as usize))
}

/// Two strings with one main position, one node after the other.
fn twins(t: &Table) -> Option<(usize, usize)> {
    (0..nodes(t).len()).find_map(|from| {
        let n = &nodes(t)[from];
        let to = (from as i64 + n.next as i64) as usize;
        let equal = n.next != 0 && main(t, from).is_some() && main(t, from) == main(t, to);
        equal.then_some((from, to))
    })
}

/// The head and the tail of a chain of two or more.
fn circle(t: &Table) -> Option<(usize, usize)> {
    let head = (0..nodes(t).len()).find(|&i| nodes(t)[i].next != 0 && !is_followed(t, i))?;
    let mut tail = head;
    while nodes(t)[tail].next != 0 {
        tail = (tail as i64 + nodes(t)[tail].next as i64) as usize;
    }
    Some((head, tail))
}
