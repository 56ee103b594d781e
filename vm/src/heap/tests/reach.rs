//! What can be reached stays, with all that it refers to, and the rest goes.

use super::{NATIVE, Rig, count, give_stack, open_upvalue, proto};
use crate::function::{LuaFn, Upval};
use crate::heap::Gc;
use crate::heap::gc::State;
use crate::value::Value;

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
        // SAFETY: the upvalue is live.
        let open = || unsafe { Upval::is_open(uv.as_ptr()) };
        assert!(open());
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
        assert!(!open());
        assert!(f.upvalue(0).unwrap().as_str().unwrap().bytes().starts_with(b"a"));
        assert!(f.set_upvalue(&mut r.h, 0, Value::TRUE));
        r.full();
    }
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
