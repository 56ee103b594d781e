//! Young collections.

use super::{NATIVE, Rig, count, dice};
use crate::value::Value;

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
    let mut rand = dice(4711);
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
