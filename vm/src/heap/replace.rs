//! One object in the place of another, for all who refer to it (Smalltalk's `become:`).

use super::cells::Block;
use super::{Header, heap::Heap};
use crate::object::function::{NativeObj, Upval};
use crate::object::table::Table;
use crate::object::thread::Thread;
use crate::object::userdata::Userdata;
use crate::value::{Value, tag};
use std::collections::{HashMap, HashSet};

/// An object and the one of the same kind that replaces it.
#[derive(Clone, Copy, Debug)]
pub struct Replacement {
    /// Who is replaced.
    pub old: Value,
    /// What takes its place.
    pub new: Value,
    /// Programs are not to see a difference: the new object takes over the old one's serial
    /// number, and its place as a key of tables. Otherwise keys stay what they are.
    pub keeps_identity: bool,
}

/// What replaces the object at an address, and whether keys are replaced, too.
pub(crate) type Map = HashMap<*mut Header, (*mut Header, bool)>;

impl Heap {
    /// All objects that are not garbage.
    pub(crate) fn objects(&self) -> Vec<*mut Header> {
        let mut all = self.large_objects();
        for class in &self.cells.classes {
            for b in class.blocks() {
                // SAFETY: a block of a list of blocks.
                unsafe { Block::each(b, |o| all.push(o)) };
                if b == class.current {
                    all.extend(class.in_hole());
                }
            }
        }
        // SAFETY: objects that the heap's lists hold.
        all.retain(|o| !self.is_dead(unsafe { (**o).marked }));
        all
    }

    /// Prepares replacements; identities are handed over.
    pub(crate) fn replacements(&mut self, list: &[Replacement]) -> Map {
        let mut map = Map::new();
        for Replacement { old, new, keeps_identity } in list {
            let (Some(from), Some(to)) = (old.as_object(), new.as_object()) else { continue };
            let (from, to) = (from.as_ptr(), to.as_ptr());
            // SAFETY: both are live, and neither is a string (whose header has a hash there).
            unsafe {
                if (*from).kind != (*to).kind || old.is_string() {
                    continue;
                }
                if *keeps_identity {
                    (*to).hash = std::mem::take(&mut (*from).hash);
                }
            }
            map.insert(from, (to, *keeps_identity));
        }
        map
    }

    /// Replaces what an object refers to, except in the slots of a stack that are given.
    ///
    /// # Safety
    /// The object is live, and no reference into it is held.
    pub(crate) unsafe fn replace_in(&mut self, o: *mut Header, map: &Map, kept: &HashSet<usize>) {
        // SAFETY: the object is live (the caller), its kind says what it is, and slots are reached
        // within their counts.
        unsafe {
            match (*o).kind {
                tag::TABLE => self.replace_in_table(o as *mut Table, map),
                tag::NATIVE => {
                    for i in 0..(*o).extra as usize {
                        let slot = NativeObj::upval_slot(o as *mut NativeObj, i);
                        self.replace_value(o, slot, map);
                    }
                }
                tag::UPVAL => self.replace_value(o, (*(o as *mut Upval)).v, map),
                tag::USERDATA => {
                    let u = o as *mut Userdata;
                    self.replace_metatable(o, &raw mut (*u).meta, map);
                    let values = &mut (*u).user_values;
                    let (first, count) = (values.as_mut_ptr(), values.len());
                    for i in 0..count {
                        self.replace_value(o, first.wrapping_add(i), map);
                    }
                }
                tag::THREAD => {
                    let t = o as *mut Thread;
                    self.touch_thread(t);
                    self.replace_value(o, &raw mut (*t).error, map);
                    self.replace_value(o, &raw mut (*t).hook.func, map);
                    for i in 0..(*t).live_slots() {
                        let slot = (*t).stack.add(i);
                        if !kept.contains(&(slot as usize)) {
                            self.replace_value(o, slot, map);
                        }
                    }
                }
                // Closures refer to prototypes and upvalues, which are never replaced.
                _ => {}
            }
        }
    }

    /// Replaces the values that pins and the host's handles keep.
    pub(crate) fn replace_roots(&mut self, map: &Map) {
        for v in self.pinned.iter_mut().chain(self.host_roots.values_mut()) {
            if let Some((new, _)) = replacement(*v, map) {
                v.payload = new as u64;
            }
        }
    }

    unsafe fn replace_in_table(&mut self, t: *mut Table, map: &Map) {
        let o = t as *mut Header;
        // SAFETY: the table is live (the caller).
        unsafe {
            self.replace_metatable(o, &raw mut (*t).meta, map);
            for i in 0..(*t).asize as usize {
                let v = (*t).array_get(i);
                if let Some((new, _)) = replacement(v, map) {
                    (*t).array_set(i, Value { payload: new as u64, tag: v.tag });
                    self.note_store(o, new);
                }
            }
            for i in 0..(*t).node_count() {
                let n = (*t).nodes.add(i);
                if (*n).val_tag == tag::NIL {
                    continue;
                }
                if let Some((new, _)) = replacement((*n).value(), map) {
                    (*n).val = new as u64;
                    self.note_store(o, new);
                }
                // The hash is that of the serial number, so the key stays where it is.
                if let Some((new, true)) = replacement((*n).key_value(), map) {
                    (*n).key = new as u64;
                    self.note_store(o, new);
                }
            }
        }
    }

    unsafe fn replace_value(&mut self, o: *mut Header, slot: *mut Value, map: &Map) {
        // SAFETY: a slot of a live object.
        unsafe {
            if let Some((new, _)) = replacement(*slot, map) {
                (*slot).payload = new as u64;
                self.note_store(o, new);
            }
        }
    }

    unsafe fn replace_metatable(&mut self, o: *mut Header, slot: *mut *mut Table, map: &Map) {
        // SAFETY: a field of a live object, null or a live table.
        unsafe {
            if let Some(&(new, _)) = map.get(&(*slot as *mut Header)) {
                *slot = new as *mut Table;
                self.note_store(o, new);
            }
        }
    }

    unsafe fn note_store(&mut self, o: *mut Header, child: *mut Header) {
        // SAFETY: both are live (the callers).
        unsafe { self.barrier(o, Value { payload: child as u64, tag: (*child).kind }) }
    }
}

fn replacement(v: Value, map: &Map) -> Option<(*mut Header, bool)> {
    let may_be = matches!(v.tag, tag::LUA_FN | tag::TABLE);
    if may_be { map.get(&(v.payload as usize as *mut Header)).copied() } else { None }
}
