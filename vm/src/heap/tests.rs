//! The collector on graphs built directly, without a VM.

use super::cells::Block;
use super::check::check_heap;
use super::gc::State;
use super::roots::Roots;
use super::{Gc, Heap};
use crate::config::Config;
use crate::function::proto::ProtoParts;
use crate::function::{ChunkInfo, LuaFn, ProtoObj, Upval};
use crate::native::{Action, Native};
use crate::table::Table;
use crate::thread::Thread;
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
        Rig { h, root, thread }
    }

    /// A young collection with its sweep.
    fn young(&mut self) {
        let young = self.h.pace.young_cycles;
        self.with(|h, r| h.step_kb(r, 0));
        assert!(self.h.pace.young_cycles > young);
        self.check();
    }

    fn with<R>(&mut self, f: impl FnOnce(&mut Heap, &Roots) -> R) -> R {
        let roots = Roots { threads: &[self.thread], tables: &[self.root], type_meta: &[] };
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
            let cycles = h.pace.cycles;
            h.step(r);
            h.pace.cycles != cycles
        })
    }

    fn check(&self) {
        if let Err(e) = check_heap(&self.h, None) {
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
    h.new_proto(parts, 0, false)
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

#[test]
fn garbage_goes_and_the_rest_stays() {
    let mut r = Rig::new();
    r.full();
    let (objects, bytes) = (count(&r.h), r.h.bytes());
    for i in 0..100 {
        let t = r.h.table();
        let s = r.name(&format!("some string {i}"));
        let long = r.name(&format!("{i:0>100}"));
        r.set(t, s, long);
        let u = r.h.new_userdata("test", i);
        u.init_user_values(&mut r.h, 2);
        u.set_user_value(&mut r.h, 1, t.into());
        let f = r.h.new_native(&NATIVE, &[u.into(), Value::TRUE]);
        if i % 10 == 0 {
            let key = r.name(&format!("f{i}"));
            let root = r.root;
            r.set(root, key, f);
        }
    }
    r.check();
    r.full();
    for i in (0..100).step_by(10) {
        let root = r.root;
        let f = r.field(root, &format!("f{i}")).as_native().unwrap();
        let u = f.upvalue(0).unwrap().as_userdata().unwrap();
        assert_eq!(u.data(), i);
        let t = u.user_value(1).unwrap().as_table().unwrap();
        let v = r.field(t, &format!("some string {i}")).as_str().unwrap();
        assert_eq!(v.bytes(), format!("{i:0>100}").as_bytes());
        r.set_field(root, &format!("f{i}"), Value::NIL);
    }
    r.full();
    let root = r.root;
    let bare = root.node_count() * 24;
    assert_eq!(count(&r.h), objects);
    assert_eq!(r.h.bytes(), bytes + bare);
}

#[test]
fn long_chains_and_cycles_are_no_burden() {
    let mut r = Rig::new();
    let n = if cfg!(miri) { 50 } else { 200_000 };
    let mut last = r.root;
    for _ in 0..n {
        let t = r.h.table();
        r.set(last, Value::int(1), t);
        r.set(t, Value::int(2), last);
        last = t;
    }
    r.full();
    let mut t = r.root;
    for _ in 0..n {
        t = t.get_int(1).as_table().unwrap();
    }
    let root = r.root;
    r.set(root, Value::int(1), Value::NIL);
    r.full();
    assert!(count(&r.h) < 30);
}

#[test]
fn the_program_may_change_anything_between_steps() {
    // A ring of tables is rewired at random while the collector works in small steps.
    let mut r = Rig::new();
    let n = 40i64;
    let ring = r.h.table();
    let root = r.root;
    r.set(root, Value::TRUE, ring);
    for i in 1..=n {
        let t = r.h.table();
        r.set(ring, Value::int(i), t);
    }
    let mut x = 12345u64;
    let mut rand = |m: i64| {
        x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((x >> 33) as i64).rem_euclid(m)
    };
    let mut cycles = 0;
    for round in 0..if cfg!(miri) { 60 } else { 3000 } {
        cycles += r.step() as i32;
        r.check();
        let t = ring.get_int(rand(n) + 1).as_table().unwrap();
        match rand(6) {
            0 => {
                let new = r.h.table();
                r.set(t, Value::int(rand(8)), new);
            }
            1 => {
                let s = r.name(&format!("v{}", rand(50)));
                let v = r.name(&format!("long string number {round} with many bytes in it"));
                r.set(t, s, v);
            }
            2 => {
                // Move a reference out of a table the collector may not have seen.
                let v = t.get_int(rand(8));
                let to = ring.get_int(rand(n) + 1).as_table().unwrap();
                r.set(to, Value::int(rand(8)), v);
                r.set(t, Value::int(rand(8)), Value::NIL);
            }
            3 => {
                let new = r.h.table();
                r.set(new, Value::int(1), t);
                r.set(ring, Value::int(rand(n) + 1), new);
            }
            4 => {
                let meta = ring.get_int(rand(n) + 1).as_table().unwrap();
                t.set_metatable(&mut r.h, Some(meta));
            }
            _ => {
                let key = ring.get_int(rand(n) + 1);
                r.set(t, key, Value::int(round));
                r.set(t, key, Value::NIL);
            }
        }
    }
    assert!(cycles > 0 || cfg!(miri));
    r.full();
}

#[test]
fn closures_keep_prototypes_constants_and_upvalues() {
    let mut r = Rig::new();
    let k = r.name("a constant that is long enough to be no interned string");
    let p = proto(&mut r.h, &[k]);
    let f = r.h.new_lua_fn(p, 2);
    let t = r.h.table();
    let uv = r.h.new_upval_closed(t.into());
    let root = r.root;
    r.set(root, Value::int(1), f);
    r.full(); // upvalues are not set yet
    let (t, uv) = {
        // Both were unreachable; make new ones.
        let _ = (t, uv);
        let t = r.h.table();
        (t, r.h.new_upval_closed(t.into()))
    };
    f.set_upval(&mut r.h, 1, uv);
    r.full();
    assert!(f.upvalue(1).unwrap().as_table().unwrap() == t);
    assert!(f.upvalue(0).is_none() && f.upvalue(2).is_none());
    assert!(f.set_upvalue(&mut r.h, 1, Value::TRUE));
    let g = r.h.new_lua_fn(p, 1);
    assert!(g.join(&mut r.h, 0, f, 1));
    assert_eq!(g.upvalue_id(&mut r.h, 0), f.upvalue_id(&mut r.h, 1));
    r.full();
}

#[test]
fn stacks_are_marked_up_to_the_top_and_cleared_above() {
    let mut r = Rig::new();
    let t = r.h.table();
    r.slot(0, t.into());
    let garbage = r.h.table();
    r.slot(3, garbage.into());
    // SAFETY: the rig's thread is live and has a stack of more than one slot.
    unsafe {
        let th = r.thread.as_ptr();
        (*th).top = (*th).stack.add(1);
    }
    r.full();
    // SAFETY: as above, and of more than three.
    unsafe {
        assert!((*r.thread.stack).as_table().unwrap() == t);
        assert!((*r.thread.stack.add(3)).is_nil());
    }
}

#[test]
fn open_upvalues_of_a_dead_coroutine_take_over_their_values() {
    for steps in [false, true] {
        let mut r = Rig::new();
        let co = r.h.new_thread();
        give_stack(&mut r.h, co, 20);
        let p = proto(&mut r.h, &[]);
        let f: Gc<LuaFn> = r.h.new_lua_fn(p, 1);
        let unused = open_upvalue(&mut r.h, co, 1);
        let _ = unused; // reachable from nothing but the thread
        let uv = open_upvalue(&mut r.h, co, 2);
        f.set_upval(&mut r.h, 0, uv);
        let root = r.root;
        r.set(root, Value::int(1), f);
        r.set(root, Value::int(2), co);
        let v = r.name("a value that only the coroutine's stack holds, and long");
        // SAFETY: the coroutine was made with 20 slots.
        unsafe {
            *(*co.as_ptr()).stack.add(2) = v;
            (*co.as_ptr()).top = (*co.as_ptr()).stack.add(3);
        }
        r.full();
        assert!(Upval::is_open(uv.as_ptr()));
        r.set(root, Value::int(2), Value::NIL); // the coroutine is garbage now
        if steps {
            // It dies in the middle of a cycle, its slot changes after the upvalue was marked.
            while r.h.state != State::Propagate {
                r.with(|h, roots| h.single_step(roots));
            }
            let epoch = r.h.epoch;
            let marked = |uv: Gc<Upval>| uv.hdr.marked & epoch != 0;
            while !marked(uv) {
                assert!(r.h.state == State::Propagate);
                r.with(|h, roots| h.single_step(roots));
            }
            let w = r.name("another value that only the coroutine's stack holds");
            // SAFETY: not swept yet, so its stack is still there.
            unsafe { *(*co.as_ptr()).stack.add(2) = w };
            while !r.step() {
                r.check();
            }
        }
        r.full();
        r.full();
        assert!(!Upval::is_open(uv.as_ptr()));
        assert!(f.upvalue(0).unwrap().as_str().unwrap().bytes().starts_with(b"a"));
        assert!(f.set_upvalue(&mut r.h, 0, Value::TRUE));
        r.full();
    }
}

#[test]
fn weak_values_go_strings_stay() {
    let mut r = Rig::new();
    let w = r.weak("v");
    let root = r.root;
    r.set(root, Value::int(1), w);
    let kept = r.h.table();
    r.set(root, Value::int(2), kept);
    for i in 1..=20 {
        let t = if i % 2 == 0 { kept } else { r.h.table() };
        r.set(w, Value::int(i), t);
        let k = r.name(&format!("k{i}"));
        r.set(w, k, t);
    }
    let s = r.name("a string that is a value, not an object, for weak tables");
    r.set(w, Value::TRUE, s);
    let obj = r.h.table();
    r.set(w, obj, Value::int(7)); // strong key
    r.full();
    for i in 1..=20 {
        assert_eq!(w.get_int(i).is_nil(), i % 2 == 1, "{i}");
        assert_eq!(r.field(w, &format!("k{i}")).is_nil(), i % 2 == 1, "k{i}");
    }
    assert!(!w.get(Value::TRUE).is_nil());
    assert_eq!(w.entries().count(), 10 + 10 + 1 + 1);
}

#[test]
fn ephemerons_propagate_along_chains() {
    for backwards in [false, true] {
        let mut r = Rig::new();
        let w = r.weak("k");
        let root = r.root;
        r.set(root, Value::int(1), w);
        // keys[0] is strong; w[keys[i]] = keys[i + 1]
        let keys: Vec<_> = (0..30).map(|_| r.h.table()).collect();
        r.set(root, Value::int(2), keys[if backwards { 29 } else { 0 }]);
        for i in 0..29 {
            let (a, b) = if backwards { (keys[i + 1], keys[i]) } else { (keys[i], keys[i + 1]) };
            r.set(w, a, b);
        }
        // And an island: two entries that only refer to each other.
        let (a, b) = (r.h.table(), r.h.table());
        r.set(w, a, b);
        r.set(w, b, a);
        r.full();
        assert_eq!(w.entries().count(), 29);
        r.set(root, Value::int(2), Value::NIL);
        r.full();
        assert_eq!(w.entries().count(), 0);
    }
}

#[test]
fn all_weak_needs_both_ends() {
    let mut r = Rig::new();
    let w = r.weak("kv");
    let root = r.root;
    r.set(root, Value::int(1), w);
    let (a, b) = (r.h.table(), r.h.table());
    r.set(root, Value::int(2), a);
    r.set(w, a, b);
    r.set(w, Value::int(1), a);
    r.set(w, b, a);
    r.set(w, Value::int(2), Value::int(2));
    r.full();
    assert!(w.get_int(1).as_table().unwrap() == a);
    assert_eq!(w.get_int(2).as_int(), Some(2));
    assert_eq!(w.entries().count(), 2);
}

#[test]
fn a_traversal_survives_collection_of_its_keys() {
    let mut r = Rig::new();
    let t = r.h.table();
    let root = r.root;
    r.set(root, Value::int(1), t);
    for i in 0..10 {
        let k = r.h.table();
        r.set(t, k, Value::int(i));
    }
    let (mut k, mut n) = (Value::NIL, 0);
    while let Some((next, _)) = t.next(k).unwrap() {
        r.slot(0, next);
        r.set(t, next, Value::NIL);
        r.full(); // the node's key is dead now, the object alive on the stack
        n += 1;
        k = next;
    }
    assert_eq!(n, 10);
    assert!(t.next(Value::NIL).unwrap().is_none());
}

#[test]
fn finalizers_come_in_reverse_order_and_once() {
    let mut r = Rig::new();
    let mut made = Vec::new();
    for i in 0..5 {
        let t = r.finalized();
        r.set(t, Value::int(1), Value::int(i));
        made.push(t);
    }
    let root = r.root;
    r.set(root, Value::int(1), made[2]);
    r.full();
    assert!(r.h.has_finalizers());
    let mut order = Vec::new();
    while let Some(v) = r.h.take_finalizer() {
        r.check();
        order.push(v.as_table().unwrap().get_int(1).as_int().unwrap());
    }
    assert_eq!(order, [4, 3, 1, 0]);
    r.full();
    assert!(!r.h.has_finalizers());
    assert!(r.root.get_int(1).as_table().unwrap() == made[2]);
    r.h.separate_all();
    assert!(r.h.take_finalizer().unwrap().as_table().unwrap() == made[2]);
    assert!(r.h.take_finalizer().is_none());
    // Nothing is registered while closing.
    r.finalized();
    r.full();
    assert!(!r.h.has_finalizers());
}

#[test]
fn resurrection_keeps_what_the_finalizer_sees() {
    let mut r = Rig::new();
    let root = r.root;
    let (wk, wv) = (r.weak("k"), r.weak("v"));
    r.set(root, Value::int(1), wk);
    r.set(root, Value::int(2), wv);
    let t = r.finalized();
    let inner = r.h.table();
    r.set(t, Value::int(1), inner);
    r.set(wk, t, Value::int(11));
    r.set(wv, Value::int(1), t);
    r.full();
    // Values are removed before running the finalizers, keys after (manual §2.5.4).
    assert!(wv.get_int(1).is_nil());
    assert_eq!(wk.get(t.into()).as_int(), Some(11));
    let v = r.h.take_finalizer().unwrap();
    assert!(v.as_table().unwrap() == t);
    assert!(t.get_int(1).as_table().unwrap() == inner);
    // The finalizer stores the object away and marks it anew.
    r.set(root, Value::int(3), v);
    let meta = t.metatable();
    t.set_metatable(&mut r.h, meta);
    r.full();
    assert!(!r.h.has_finalizers());
    r.set(root, Value::int(3), Value::NIL);
    r.full();
    assert!(r.h.take_finalizer().unwrap().as_table().unwrap() == t);
    r.full();
    assert!(wk.entries().next().is_none());
}

#[test]
fn registering_a_finalizer_in_every_state_of_the_sweep() {
    let mut r = Rig::new();
    let root = r.root;
    let mut objects = Vec::new();
    let n = if cfg!(miri) { 20 } else { 500 };
    for i in 1..=n {
        let t = r.h.table();
        r.h.table(); // garbage in between
        r.set(root, Value::int(i), t);
        objects.push(t);
    }
    let meta = r.h.table();
    r.set_field(meta, "__gc", Value::TRUE);
    r.set(root, Value::TRUE, meta);
    for t in objects {
        r.step();
        t.set_metatable(&mut r.h, Some(meta));
        if n < 100 || (t.as_ptr() as usize).is_multiple_of(1024) {
            r.check();
        }
    }
    r.full();
    for i in 1..=n {
        r.set(root, Value::int(i), Value::NIL);
    }
    r.full();
    assert_eq!(r.h.to_finalize.len(), n as usize);
}

#[test]
fn strings_made_while_sweeping_come_back_to_life() {
    let mut r = Rig::new();
    for i in 0..400 {
        r.name(&format!("s{i}"));
    }
    // Stop in the middle of sweeping the strings.
    while r.h.state != State::SweepCells {
        r.step();
    }
    let root = r.root;
    for i in 0..400 {
        let s = r.name(&format!("s{i}"));
        r.set(root, Value::int(i), s);
        if i % 50 == 0 {
            r.step();
            r.check();
        }
    }
    // And let the table grow while it is swept.
    for i in 0..2000 {
        r.name(&format!("t{i}"));
    }
    r.check();
    r.full();
    for i in 0..400 {
        assert_eq!(root.get_int(i).as_str().unwrap().bytes(), format!("s{i}").as_bytes());
    }
    // With the strings gone the table shrinks again.
    let before = r.h.strings.buckets.len();
    for _ in 0..5 {
        r.full();
    }
    assert!(r.h.strings.buckets.len() < before);
}

#[test]
fn steps_finish_cycles_and_stop_means_stop() {
    let mut r = Rig::new();
    assert!(r.h.is_running());
    r.h.stop();
    assert!(!r.h.is_running());
    r.with(|h, roots| {
        h.debt = 1;
        h.step(roots);
        assert_eq!(h.state, State::Pause);
        assert!(h.debt < 0);
        assert!(h.step_kb(roots, 20_000), "a big step is a whole cycle");
        assert!(h.step_kb(roots, 20_000));
    });
    assert!(!r.h.is_running());
    r.h.restart();
    assert!(r.h.is_running());
    assert_eq!(r.h.set_pause(1000), 200);
    assert_eq!(r.h.set_pause(203), 1000);
    assert_eq!(r.h.set_pause(200), 200);
    assert!(!r.with(|h, roots| h.set_generational(roots, true)));
    r.full();
    assert!(r.with(|h, roots| h.set_generational(roots, false)));
    r.full();
}

#[test]
fn a_loop_that_drops_its_garbage_does_not_grow() {
    let mut r = Rig::new();
    let mut peak = 0;
    for i in 0..if cfg!(miri) { 300 } else { 100_000 } {
        let t = r.h.table();
        let s = r.name(&format!("garbage {i}"));
        r.set(t, Value::int(1), s);
        if r.h.debt > 0 {
            r.with(|h, roots| h.step(roots));
        }
        peak = peak.max(r.h.bytes());
    }
    assert!(peak < 100_000, "peak of {peak} bytes");
}

#[test]
fn serial_numbers_are_stable_and_unique() {
    let mut r = Rig::new();
    let a = r.h.table();
    let b = r.h.new_native(&NATIVE, &[]);
    let s = r.name("short");
    let l1 = r.name(&"x".repeat(100));
    let l2 = r.name(&"x".repeat(100));
    let all = [a.into(), b.into(), s, l1, l2];
    let numbers: Vec<_> = all.iter().map(|v| r.h.serial_of(*v)).collect();
    for (i, v) in all.iter().enumerate() {
        assert_eq!(r.h.serial_of(*v), numbers[i]);
        assert!(numbers[i] != 0 && !numbers[..i].contains(&numbers[i]));
    }
    assert_eq!(r.h.serial_of(Value::TRUE), 0);
    r.full(); // all of them are garbage; the side table of strings forgets them
    assert!(r.h.string_serials.is_empty());
}

#[test]
fn pins_are_roots() {
    let mut r = Rig::new();
    let t = r.h.table();
    r.h.pin(t.into());
    let n = count(&r.h);
    r.full();
    assert_eq!(count(&r.h), n);
    r.h.unpin(1);
    r.full();
    assert_eq!(count(&r.h), n - 1);
}

#[test]
fn young_collections_keep_what_is_reachable_and_free_the_rest() {
    let mut r = Rig::generational();
    let root = r.root;
    r.full();
    let n = count(&r.h);
    let old = r.h.table();
    r.set(root, Value::int(1), old);
    r.young();
    assert_eq!(count(&r.h), n + 1);
    // Only an old table, then only its array part, its metatable, a stack, an upvalue refer to it.
    for round in 0..20 {
        let t = r.h.table();
        let s = r.name(&format!("round {round}"));
        r.set(t, Value::int(1), s);
        r.set(old, Value::int(round % 4), t);
        let meta = r.h.table();
        old.set_metatable(&mut r.h, Some(meta));
        let on_stack = r.h.table();
        r.slot(2, on_stack.into());
        r.h.table(); // garbage
        r.young();
        let t = old.get_int(round % 4).as_table().unwrap();
        assert_eq!(t.get_int(1).as_str().unwrap().bytes(), format!("round {round}").as_bytes());
        assert!(old.metatable().unwrap() == meta);
    }
    r.full();
    // root's part outside; old, its four tables with their strings, metatable, stack.
    assert_eq!(count(&r.h), n + 1 + 8 + 2);
}

#[test]
fn the_program_may_change_anything_between_young_collections() {
    let mut r = Rig::generational();
    let root = r.root;
    let n = 30i64;
    for i in 1..=n {
        let t = if i % 5 == 0 { r.weak(["k", "v", "kv"][i as usize % 3]) } else { r.h.table() };
        r.set(root, Value::int(i), t);
    }
    let mut x = 4711u64;
    let mut rand = |m: i64| {
        x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((x >> 33) as i64).rem_euclid(m)
    };
    for round in 0..if cfg!(miri) { 40 } else { 2000 } {
        let t = root.get_int(rand(n) + 1).as_table().unwrap();
        let other = root.get_int(rand(n) + 1);
        match rand(7) {
            0 => {
                let new = r.finalized();
                r.set(new, Value::int(1), t);
                r.set(t, new, Value::int(round));
            }
            1 => {
                let new = r.h.table();
                r.set(t, new, other);
                r.set(new, Value::int(1), other);
            }
            2 => {
                let new = r.h.new_table(rand(5) as usize, rand(5) as usize).unwrap();
                r.set(new, Value::int(2), t.get_int(rand(6)));
                let k = r.name(&format!("k{}", rand(6)));
                r.set(t, k, new);
            }
            3 => {
                let s = r.name(&format!("a longer string of round {round} that is not interned"));
                r.set(t, Value::int(rand(6)), s);
            }
            4 => {
                let f = r.h.new_native(&NATIVE, &[other]);
                r.set(t, Value::int(rand(6)), f);
            }
            5 => {
                let new = r.h.table();
                r.set(new, Value::int(1), t);
                r.set(root, Value::int(rand(n) + 1), new);
            }
            _ => r.slot(rand(8) as usize, other),
        }
        match rand(60) {
            0 => r.full(),
            1..6 => r.young(),
            6..12 => drop(r.step()),
            12..14 => drop(r.h.take_finalizer()),
            _ => {}
        }
        if round % 7 == 0 {
            r.check();
        }
    }
    r.full();
}

#[test]
fn big_tables_are_visited_in_portions_while_they_change() {
    let mut r = Rig::new();
    let root = r.root;
    let big = r.h.table();
    r.set(root, Value::int(1), big);
    let n = if cfg!(miri) { 4200 } else { 20_000 };
    for i in 1..=n {
        let t = if i % 100 == 0 { r.h.table().into() } else { Value::int(i) };
        r.set(big, Value::int(i), t);
        if i % 10 == 0 {
            let key = r.h.table();
            r.set(big, key, Value::int(i));
        }
    }
    let mut x = 99u64;
    let mut begun = 0;
    for round in 0..if cfg!(miri) { 300 } else { 4000 } {
        r.with(|h, roots| h.single_step(roots));
        // SAFETY: waiting objects are live.
        unsafe { r.h.mark_waiting() };
        begun += r.h.portion.is_some() as i32;
        x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let (a, b) = ((x >> 20) as i64 % n + 1, (x >> 40) as i64 % n + 1);
        let (u, v) = (big.get_int(a), big.get_int(b));
        r.set(big, Value::int(a), v);
        r.set(big, Value::int(b), u);
        if round % 5 == 0 {
            let t = r.h.table();
            r.set(big, Value::int(a), t);
            r.set(big, t, Value::TRUE);
        }
        if round % 500 == 0 {
            r.check();
        }
    }
    assert!(begun > 0);
    r.full();
}
