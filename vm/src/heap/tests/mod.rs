//! The collector on graphs built directly, without a VM.

mod finalize;
mod lost;
mod reach;
mod serial;
mod steps;
mod threads;
mod weak;
mod young;

use super::cells::Block;
use super::check::check_heap;
use super::roots::Roots;
use super::{Gc, Heap};
use crate::config::Config;
use crate::function::proto::ProtoParts;
use crate::function::{ChunkInfo, ProtoObj, Upval};
use crate::object::native::{Action, Native};
use crate::object::thread::{Status, Thread};
use crate::table::Table;
use crate::value::Value;
use std::rc::Rc;

static NATIVE: Native = Native::new("test.f", "", "", |_| Ok(Action::Return(0)));

/// A heap with one root table and one thread of 50 slots.
struct Rig {
    h: Heap,
    root: Gc<Table>,
    thread: Gc<Thread>,
}

impl Rig {
    fn new() -> Rig {
        let mut r = Rig::generational();
        r.with(|h, roots| h.set_generational(roots, false));
        r
    }

    fn generational() -> Rig {
        let mut h = Heap::new(&Config::default());
        let root = h.table();
        let thread = h.new_thread();
        give_stack(&mut h, thread, 50);
        // SAFETY: the thread is live.
        unsafe { (*thread.as_ptr()).status = Status::Running };
        Rig { h, root, thread }
    }

    /// A young collection with its sweep.
    fn young(&mut self) {
        let young = self.h.pacer.young_cycles;
        self.with(|h, r| h.step_kb(r, 0));
        assert!(self.h.pacer.young_cycles > young);
        self.check();
    }

    fn with<R>(&mut self, f: impl FnOnce(&mut Heap, &Roots) -> R) -> R {
        let roots =
            Roots { threads: &[self.thread], tables: &[self.root], type_meta: &[], raised: None };
        f(&mut self.h, &roots)
    }

    fn full(&mut self) {
        self.with(|h, r| h.full(r));
        self.check();
    }

    /// One small step; true when that ended a cycle.
    fn step(&mut self) -> bool {
        self.with(|h, r| {
            h.debt = 1;
            h.set_step_mul(4);
            h.set_incremental_params(0, 0, 5);
            let cycles = h.pacer.cycles;
            h.step(r);
            h.pacer.cycles != cycles
        })
    }

    fn check(&self) {
        if let Err(e) = check_heap(&self.h) {
            panic!("{e} (state {:?})", self.h.state);
        }
    }

    fn name(&mut self, s: &str) -> Value {
        self.h.intern_or_long(s.as_bytes()).into()
    }

    fn set(&mut self, t: Gc<Table>, k: impl Into<Value>, v: impl Into<Value>) {
        t.set(&mut self.h, k.into(), v.into()).unwrap();
    }

    fn set_field(&mut self, t: Gc<Table>, k: &str, v: impl Into<Value>) {
        let k = self.name(k);
        self.set(t, k, v);
    }

    fn field(&mut self, t: Gc<Table>, k: &str) -> Value {
        let k = self.name(k);
        t.get(k)
    }

    /// A table with this `__mode`.
    fn weak(&mut self, mode: &str) -> Gc<Table> {
        let (t, meta) = (self.h.table(), self.h.table());
        let mode = self.name(mode);
        self.set_field(meta, "__mode", mode);
        t.set_metatable(&mut self.h, Some(meta));
        t
    }

    /// A table with a `__gc` (its value is never called here).
    fn finalized(&mut self) -> Gc<Table> {
        let (t, meta) = (self.h.table(), self.h.table());
        self.set_field(meta, "__gc", Value::TRUE);
        t.set_metatable(&mut self.h, Some(meta));
        t
    }

    fn thread_slot(&self, co: Gc<Thread>, i: usize) -> Value {
        // SAFETY: tests name slots inside the stack of a live thread.
        unsafe { *co.stack.add(i) }
    }

    fn slot(&mut self, i: usize, v: Value) {
        let t = self.thread.as_ptr();
        // SAFETY: the rig's thread is live; tests name slots inside its stack.
        unsafe {
            *(*t).stack.add(i) = v;
            (*t).top = (*t).top.max((*t).stack.add(i + 1));
        }
    }
}

fn give_stack(h: &mut Heap, thread: Gc<Thread>, slots: usize) {
    let t = thread.as_ptr();
    // SAFETY: the thread is live and has no stack yet.
    unsafe {
        (*t).stack = h.alloc_stack(slots).unwrap();
        (*t).size = slots;
        (*t).top = (*t).stack;
    }
}

/// An open upvalue on top of the thread's list.
fn open_upvalue(h: &mut Heap, thread: Gc<Thread>, slot: usize) -> Gc<Upval> {
    let t = thread.as_ptr();
    // SAFETY: the thread is live and tests name slots inside its stack.
    unsafe {
        let uv = h.new_upval_open((*t).stack.add(slot));
        (*uv.as_ptr()).next_open = (*t).open;
        (*t).open = uv.as_ptr();
        uv
    }
}

fn proto(h: &mut Heap, constants: &[Value]) -> Gc<ProtoObj> {
    let parts = ProtoParts {
        code: &[],
        constants,
        protos: &[],
        upvalues: &[],
        debug: Default::default(),
        chunk: Rc::new(ChunkInfo::new(None, false, None)),
        line_defined: 0,
        last_line_defined: 0,
        max_stack: 2,
        nominal: super::size::PROTO_DATA + constants.len() * super::size::VALUE,
    };
    h.new_proto(parts, 0, false).unwrap()
}

fn count(h: &Heap) -> usize {
    let mut n = h.large_objects().len();
    for c in &h.cells.classes {
        n += c.in_hole().count();
        for b in c.blocks() {
            // SAFETY: the heap's blocks are there.
            unsafe { Block::each(b, |_| n += 1) };
        }
    }
    n
}

/// Numbers that look random, each from 0 to what is asked for, which is left out.
fn dice(mut state: u64) -> impl FnMut(i64) -> i64 {
    move |end| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((state >> 33) as i64).rem_euclid(end)
    }
}
