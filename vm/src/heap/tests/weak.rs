//! Weak tables and ephemerons, and traversals that outlive their keys.

use super::Rig;
use crate::heap::gc::State;
use crate::value::Value;

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

/// A table whose keys and values are weak was visited once only, and waited gray, which no barrier
/// looks at: a metatable that it got meanwhile, and that nothing else had, was freed.
#[test]
fn weak_tables_keep_a_metatable_they_get_while_marking() {
    for mode in ["k", "v", "kv"] {
        let mut r = Rig::new();
        let w = r.weak(mode);
        let root = r.root;
        r.set(root, Value::int(1), w);
        let mut tried = 0;
        let mut given = None;
        for n in 0..2000 {
            r.with(|h, roots| h.single_step(roots));
            if r.h.state != State::Propagate {
                continue;
            }
            let meta = r.h.table();
            let (name, text) = (r.name("__mode"), r.name(mode));
            r.set(meta, name, text);
            let number = r.name("number");
            r.set(meta, number, Value::int(n));
            w.set_metatable(&mut r.h, Some(meta));
            given = Some(n);
            tried += 1;
        }
        r.full();
        r.check();
        assert!(tried > 10, "{mode}: {tried}");
        let meta = w.metatable().unwrap();
        assert_eq!(r.field(meta, "number").as_int(), given, "{mode}");
    }
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
