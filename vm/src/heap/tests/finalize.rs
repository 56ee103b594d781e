//! Finalizers: when, in what order, and what they see.

use super::Rig;
use crate::value::Value;

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
