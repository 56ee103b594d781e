//! Collections that have no memory for their lists find the same.

use super::{Rig, count, dice, give_stack, open_upvalue, proto};
use crate::function::{LuaFn, Upval};
use crate::heap::Gc;
use crate::heap::lost::tests::REFUSE;
use crate::object::mark;
use crate::table::Table;
use crate::value::Value;

/// Runs `f` while no list of the collector gets more memory, and the lists have none.
fn refusing(r: &mut Rig, f: impl FnOnce(&mut Rig)) {
    let h = &mut r.h;
    for list in [&mut h.gray, &mut h.gray_again] {
        list.shrink_to_fit();
    }
    (h.weak_values, h.ephemerons, h.all_weak) = (Vec::new(), Vec::new(), Vec::new());
    h.open_upvals = Vec::new();
    REFUSE.set(true);
    f(r);
    REFUSE.set(false);
}

#[test]
fn what_is_reachable_stays_and_the_rest_goes() {
    let mut r = Rig::generational();
    let mut next = dice(7);
    let mut tables: Vec<Gc<Table>> = vec![r.root];
    for i in 0..if cfg!(miri) { 100 } else { 3000 } {
        let t = match next(20) {
            0 => r.weak("k"),
            1 => r.weak("v"),
            2 => r.weak("kv"),
            3 => r.finalized(),
            _ => r.h.table(),
        };
        // (A quarter is not reachable.)
        let parent = if next(4) == 0 { t } else { tables[next(tables.len() as i64) as usize] };
        r.set(parent, Value::int(i), t);
        if next(3) == 0 {
            let key = tables[next(tables.len() as i64) as usize];
            r.set(t, key, parent);
        }
        tables.push(t);
    }
    let root = r.root;
    r.set(root, Value::int(-1), Value::TRUE);
    refusing(&mut r, |r| r.full());
    let kept = count(&r.h);
    r.full();
    r.full();
    // Without lists, weak tables count as strong.
    assert!(count(&r.h) <= kept);
    // Stores in old tables that cannot be listed are found, too.
    let old = r.h.table();
    r.set(root, Value::int(-2), old);
    r.full();
    refusing(&mut r, |r| {
        let young = r.h.table();
        r.set(old, Value::int(1), young);
        // SAFETY: the table is live.
        assert!(r.h.lost && unsafe { (*old.as_ptr()).hdr.marked } & mark::BLACK == 0);
        r.young();
        assert!(old.get_int(1).as_table() == Some(young));
    });
    r.full();
    assert!(old.get_int(1).as_table().is_some());
}

#[test]
fn upvalues_of_dead_coroutines_take_over_their_values() {
    let mut r = Rig::new();
    let co = r.h.new_thread();
    give_stack(&mut r.h, co, 20);
    let p = proto(&mut r.h, &[]);
    let f: Gc<LuaFn> = r.h.new_lua_fn(p, 1);
    let uv = open_upvalue(&mut r.h, co, 2);
    f.set_upval(&mut r.h, 0, uv);
    let root = r.root;
    r.set(root, Value::int(1), f);
    let v = r.name("a value that only the coroutine's stack holds, and long");
    // SAFETY: the coroutine was made with 20 slots.
    unsafe {
        *(*co.as_ptr()).stack.add(2) = v;
        (*co.as_ptr()).top = (*co.as_ptr()).stack.add(3);
    }
    refusing(&mut r, |r| r.full());
    // SAFETY: the upvalue is live.
    assert!(!unsafe { Upval::is_open(uv.as_ptr()) });
    assert!(f.upvalue(0).unwrap().as_str().unwrap().bytes().starts_with(b"a"));
    r.full();
}
