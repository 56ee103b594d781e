//! Threads and their open upvalues: which of them a young collection looks at.

use super::{Rig, count, give_stack, open_upvalue};
use crate::heap::Gc;
use crate::object::thread::Thread;
use crate::value::Value;

/// A coroutine of 20 slots that the root table refers to.
fn coroutine(r: &mut Rig) -> Gc<Thread> {
    let co = r.h.new_thread();
    give_stack(&mut r.h, co, 20);
    let root = r.root;
    r.set(root, Value::int(1), co);
    co
}

/// Stores in a slot as a running thread does, without a barrier.
fn store(co: Gc<Thread>, slot: usize, v: Value) {
    let t = co.as_ptr();
    // SAFETY: the thread is live; tests name slots inside its stack.
    unsafe {
        *(*t).stack.add(slot) = v;
        (*t).top = (*t).top.max((*t).stack.add(slot + 1));
    }
}

#[test]
fn a_young_collection_looks_at_threads_that_have_run() {
    let mut r = Rig::generational();
    let co = coroutine(&mut r);
    r.young();
    assert!(!r.h.gray_again.contains(&(co.as_ptr() as *mut _)), "it has not run since");
    for round in 0..6 {
        // SAFETY: the thread is live.
        unsafe { r.h.touch_thread(co.as_ptr()) };
        let v = r.name(&format!("a long string that only a stack refers to, round {round}"));
        store(co, 2, v);
        let n = count(&r.h);
        if round % 3 == 2 {
            r.full()
        } else {
            r.young()
        }
        let s = r.thread_slot(co, 2).as_str().unwrap();
        assert!(s.bytes().ends_with(format!("{round}").as_bytes()));
        assert!(count(&r.h) <= n);
        assert!(!r.h.gray_again.contains(&(co.as_ptr() as *mut _)));
    }
}

#[test]
fn a_store_through_an_upvalue_of_an_idle_thread_is_noticed() {
    let mut r = Rig::generational();
    let co = coroutine(&mut r);
    store(co, 3, Value::TRUE);
    let uv = open_upvalue(&mut r.h, co, 3);
    r.young();
    for round in 0..4 {
        let v = r.name(&format!("a long string that only an upvalue refers to, round {round}"));
        uv.set(&mut r.h, v);
        r.check();
        r.young();
        assert!(uv.get().as_str().unwrap().bytes().ends_with(format!("{round}").as_bytes()));
        assert!(r.thread_slot(co, 3).raw_eq(uv.get()));
    }
}

#[test]
fn a_thread_that_dies_after_young_collections_leaves_its_upvalues_their_values() {
    // Stamps from collections long before must not pass for the last one's.
    for quiet in 0..6 {
        let mut r = Rig::generational();
        let co = coroutine(&mut r);
        let v = r.name("a long string that is on a stack and in an upvalue");
        store(co, 3, v);
        let uv = open_upvalue(&mut r.h, co, 3);
        let root = r.root;
        r.h.pin(uv.into());
        r.full();
        for _ in 0..quiet {
            r.young();
        }
        r.set(root, Value::int(1), Value::NIL);
        r.full();
        assert!(uv.get().raw_eq(v));
        r.full();
        r.young();
    }
}
