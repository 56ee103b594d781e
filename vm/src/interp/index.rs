//! Table access with metamethods (manual §2.4, `luaV_finishget`/`luaV_finishset`).

use super::call::{Next, opcode};
use super::frame::HEADER;
use super::nodes::{
    FAST_LINKS, find_field, find_str, hinted, index_table, is_field, remember, tags_of,
};
use super::operand::*;
use crate::debug::fault::FaultKind;
use crate::error::Raise;
use crate::heap::Gc;
use crate::meta::Event;
use crate::object::proto::unmarked;
use crate::table::set::BIG;
use crate::table::{Node, Table};
use crate::value::{Type, Value};
use crate::vm::Vm;
use luka_bytecode::{Class, Instr};

/// Longest chain of `__index` or `__newindex` tables (`MAXTAGLOOP`).
const MAX_CHAIN: usize = 2000;
/// Links that a chain has for nothing; each further one costs a unit.
const FREE_LINKS: usize = 10;

/// Slots of a table that are made for a unit.
const SLOTS_MADE: usize = 16;
/// Nodes of a table that are moved for a unit.
const NODES_MOVED: usize = 2;

/// What a read came to.
pub enum Got {
    /// The value.
    Value(Value),
    /// Call this with `(object, key)`.
    Call {
        /// The metamethod to call.
        handler: Value,
        /// Its first argument.
        object: Value,
    },
}

/// What a write came to.
pub enum Put {
    /// The value has been stored.
    Done,
    /// Call this with `(object, key, value)`.
    Call {
        /// The metamethod to call.
        handler: Value,
        /// Its first argument.
        object: Value,
    },
}

/// A short-string key looked up through plain `__index` tables: its node, or one that holds nil if
/// the chain ends without it; null if a function is met on the way, or the chain is long. `t` itself does not have the
/// key.
///
/// # Safety
/// Machine and table are live, `key` points to a short string.
#[inline(never)]
pub unsafe fn inherited(vm: *mut Vm, mut t: *mut Table, key: *const Value) -> *mut Node {
    // SAFETY: The caller: machine, table and key are live, and a short string's hash is made.
    // Metatables and the tables in their fields live as long as what refers to them.
    unsafe {
        for _ in 0..FAST_LINKS {
            let mt = (*t).meta;
            if mt.is_null() {
                return Table::no_nodes();
            }
            t = index_table(vm, mt);
            if t.is_null() {
                let name: Value = (*vm).event_names[Event::Index as usize].into();
                return if find_field(mt, &name).is_null() { Table::no_nodes() } else { t.cast() };
            }
            let n = find_field(t, key);
            if !n.is_null() {
                return n;
            }
        }
        std::ptr::null_mut()
    }
}

/// As [`inherited`], trying the instruction's cached node index on the first parent.
///
/// # Safety
/// As there; `ip` is an instruction of linked code.
#[inline(never)]
pub unsafe fn inherited_cached(
    vm: *mut Vm,
    ip: *const Instr,
    t: *mut Table,
    key: *const Value,
) -> *mut Node {
    // SAFETY: As in `inherited`; `ip` is an instruction of linked code.
    unsafe {
        let mt = (*t).meta;
        if mt.is_null() {
            return std::ptr::null_mut();
        }
        let class = index_table(vm, mt);
        if class.is_null() {
            return std::ptr::null_mut();
        }
        let n = find_cached(ip, class, key);
        if n.is_null() { inherited(vm, class, key) } else { n }
    }
}

/// The node of a table that holds a short string and a value, or null; the instruction's cache
/// is tried first and kept.
unsafe fn find_cached(ip: *const Instr, t: *mut Table, key: *const Value) -> *mut Node {
    // SAFETY: The callers': table and key are live, `ip` is an instruction of linked code, whose
    // `n` is a cache that only the machine's one thread writes.
    unsafe {
        let n = hinted(ip, t);
        if (*n).key == (*key).payload && is_field(tags_of(n)) {
            return n;
        }
        let n = find_field(t, key);
        if !n.is_null() {
            remember(ip, t, n);
        }
        n
    }
}

/// A short-string key in the `__index` table of strings, or null.
///
/// # Safety
/// The machine is live, `key` points to a short string, `ip` is an instruction of linked code.
#[inline(never)]
pub unsafe fn string_method(vm: *mut Vm, ip: *const Instr, key: *const Value) -> *mut Node {
    // SAFETY: As in `inherited_cached`.
    unsafe {
        let Some(mt) = (*vm).type_meta[Type::String as usize] else {
            return std::ptr::null_mut();
        };
        let class = index_table(vm, mt.as_ptr());
        if class.is_null() { class.cast() } else { find_cached(ip, class, key) }
    }
}

impl Vm {
    /// `object[key]` up to the point where a function must be called.
    pub fn index(&mut self, mut object: Value, key: Value) -> Result<Got, Raise> {
        self.charge_key(key);
        for link in 0..MAX_CHAIN {
            if link > FREE_LINKS {
                self.charge(1);
            }
            let handler = if let Some(t) = object.as_table() {
                let v = t.get(key);
                if !v.is_nil() {
                    return Ok(Got::Value(v));
                }
                match t.metatable() {
                    None => return Ok(Got::Value(Value::NIL)),
                    Some(mt) => {
                        let h =
                            mt.metamethod(Event::Index, self.event_names[Event::Index as usize]);
                        if h.is_nil() {
                            return Ok(Got::Value(Value::NIL));
                        }
                        h
                    }
                }
            } else {
                let h = self.metamethod(object, Event::Index);
                if h.is_nil() {
                    return Err(self.index_error(object, key));
                }
                h
            };
            if handler.is_function() {
                return Ok(Got::Call { handler, object });
            }
            object = handler;
        }
        Err(self.raise_plain(FaultKind::ChainTooLong(Event::Index)))
    }

    /// `object[key] = value` up to the point where a function must be called.
    pub fn set_index(&mut self, mut object: Value, key: Value, value: Value) -> Result<Put, Raise> {
        self.charge_key(key);
        for link in 0..MAX_CHAIN {
            if link > FREE_LINKS {
                self.charge(1);
            }
            let handler = if let Some(t) = object.as_table() {
                let event = match t.metatable() {
                    Some(mt) if t.get(key).is_nil() => {
                        mt.metamethod(Event::NewIndex, self.event_names[Event::NewIndex as usize])
                    }
                    _ => Value::NIL,
                };
                if event.is_nil() {
                    self.raw_set(t, key, value)?;
                    return Ok(Put::Done);
                }
                event
            } else {
                let h = self.metamethod(object, Event::NewIndex);
                if h.is_nil() {
                    return Err(self.index_error(object, key));
                }
                h
            };
            if handler.is_function() {
                return Ok(Put::Call { handler, object });
            }
            object = handler;
        }
        Err(self.raise_plain(FaultKind::ChainTooLong(Event::NewIndex)))
    }

    /// Raw assignment with the error texts of the language.
    #[inline]
    pub fn raw_set(&mut self, t: Gc<Table>, key: Value, value: Value) -> Result<(), Raise> {
        let nodes = (t.nodes, t.node_count());
        match t.set(&mut self.heap, key, value) {
            Ok(()) => {
                // Rebuilding one that does not grow is paid by no growth.
                if nodes.1 >= BIG && t.nodes != nodes.0 && t.node_count() <= nodes.1 {
                    self.charge((nodes.1 / NODES_MOVED) as u64);
                }
                Ok(())
            }
            Err(e) => Err(self.set_error(e)),
        }
    }

    #[cold]
    fn set_error(&mut self, e: crate::table::SetError) -> Raise {
        use crate::table::SetError;
        match e {
            SetError::NilKey => self.raise_plain(FaultKind::NilKey),
            SetError::NanKey => self.raise_plain(FaultKind::NanKey),
            SetError::Memory => Raise::Memory,
            SetError::Overflow | SetError::Unpaid => self.runtime_error("table overflow"),
        }
    }

    /// The GET… and SELF instructions in general.
    pub(crate) fn get_slow(&mut self) -> Result<Next, Raise> {
        // SAFETY: operands are verified.
        unsafe {
            let (ip, base) = (self.ip, self.base);
            let info = opcode(unmarked(*ip)).info();
            let is_method = info.class == Class::Method;
            let [object, key, _] = inputs(ip, base, info);
            match self.index(object, key)? {
                Got::Value(v) => {
                    let a = ra(ip, base);
                    if is_method {
                        *a.add(HEADER) = object;
                    }
                    *a = v;
                    self.advance();
                    Ok(Next::Lua)
                }
                Got::Call { handler, object: at } => {
                    if is_method {
                        *ra(ip, base).add(HEADER) = object;
                    }
                    self.call_meta(handler, &[at, key], 0)
                }
            }
        }
    }

    /// The SET… instructions in general.
    pub(crate) fn set_slow(&mut self) -> Result<Next, Raise> {
        // SAFETY: operands are verified.
        unsafe {
            let (ip, base) = (self.ip, self.base);
            let info = opcode(unmarked(*ip)).info();
            let [object, key, value] = inputs(ip, base, info);
            match self.set_index(object, key, value)? {
                Put::Done => {
                    self.advance();
                    if info.accesses_field()
                        && let Some(t) = object.as_table()
                    {
                        let n = find_str(t.as_ptr(), &key);
                        if !n.is_null() {
                            remember(ip, t.as_ptr(), n);
                        }
                    }
                    Ok(Next::Lua)
                }
                Put::Call { handler, object } => self.call_meta(handler, &[object, key, value], 0),
            }
        }
    }

    pub(crate) fn newtable_instr(&mut self) -> Result<Next, Raise> {
        // SAFETY: operands are verified.
        unsafe {
            let i = self.instr();
            let t = match i.n {
                0 => {
                    // (Memory that is made, and empty.)
                    let slots = i.c as usize + 4 * i.b as usize;
                    self.charge_many(slots, SLOTS_MADE);
                    self.heap.new_table(i.c as usize, i.b as usize)?
                }
                class => self.heap.table_of_class(class, i.c, i.b),
            };
            let result = ra(self.ip, self.base);
            *result = t.into();
            self.advance();
            self.safepoint_above(result)
        }
    }

    /// NEWTABLE has made its table, and a collection is due.
    pub(crate) fn newtable_collect(&mut self) -> Result<Next, Raise> {
        // SAFETY: operands are verified.
        let result = unsafe { ra(self.ip, self.base) };
        self.advance();
        self.safepoint_above(result)
    }

    pub(crate) fn setlist_instr(&mut self) -> Result<Next, Raise> {
        // SAFETY: operands are verified.
        unsafe {
            let i = self.instr();
            let a = ra(self.ip, self.base);
            let n = if i.n == 0 { self.top.offset_from(a) as usize - 1 } else { i.n as usize };
            let first = sbx(self.ip) as u32 as i64;
            // Only a debugger can have put something else there.
            let Some(t) = (*a).as_table() else {
                return Err(self.runtime_error("bad 'SETLIST' operand"));
            };
            // A list that does not go on where the array part ends (only made by hand) is not
            // worth room for what it leaves out.
            if first as usize > t.asize as usize {
                for j in 1..=n {
                    self.raw_set(t, Value::int(first + j as i64), *a.add(j))?;
                }
            } else if t.set_list(&mut self.heap, first as usize, a.add(1), n).is_err() {
                return Err(Raise::Memory);
            }
            self.advance();
            Ok(Next::Lua)
        }
    }
}
