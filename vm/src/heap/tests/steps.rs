//! Collections in steps, between which the program goes on.

use super::{Rig, dice};
use crate::heap::gc::State;
use crate::value::Value;

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
    let mut rand = dice(12345);
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
fn large_tables_are_visited_in_chunks_while_they_change() {
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
    let mut rand = dice(99);
    let mut begun = 0;
    for round in 0..if cfg!(miri) { 300 } else { 4000 } {
        r.with(|h, roots| h.single_step(roots));
        // SAFETY: waiting objects are live.
        unsafe { r.h.flush_prefetched() };
        begun += r.h.partial_table.is_some() as i32;
        let (a, b) = (rand(n) + 1, rand(n) + 1);
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
