//! Tables against a model, and the corners one by one.

use super::SetError;
use crate::config::Config;
use crate::heap::{Gc, Heap, check::check_heap};
use crate::table::Table;
use crate::value::Value;
use std::collections::HashMap;

fn heap() -> Heap {
    Heap::new(&Config::default())
}

fn ok(h: &Heap) {
    if let Err(e) = check_heap(h) {
        panic!("{e}");
    }
}

/// A small deterministic generator.
struct Rng(u64);

impl Rng {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }
}

/// Keys of every kind; equal indices are equal keys, though not always the same object.
fn key(h: &mut Heap, objects: &[Gc<Table>], i: u64) -> Value {
    let n = i / 8;
    match i % 8 {
        0 | 1 => Value::int(n as i64 * 2 + (i % 8) as i64),
        2 => Value::int(-(n as i64) - 1),
        3 => Value::float(n as f64 + 0.5),
        4 => h.intern_or_long(format!("key{n}").as_bytes()).into(),
        5 => h.intern_or_long(format!("{n:0>50}").as_bytes()).into(),
        6 => objects[n as usize].into(),
        _ => match n {
            0 => Value::TRUE,
            1 => Value::FALSE,
            n => Value::light(n),
        },
    }
}

fn compare(
    h: &mut Heap,
    t: Gc<Table>,
    objects: &[Gc<Table>],
    model: &HashMap<u64, i64>,
    keys: u64,
) {
    ok(h);
    for i in 0..keys {
        let k = key(h, objects, i);
        assert_eq!(t.get(k).as_int(), model.get(&i).copied(), "key {k:?}");
    }
    let mut seen = 0;
    let mut k = Value::NIL;
    while let Some((next, v)) = t.next(k).unwrap() {
        assert!(t.get(next).raw_eq(v));
        seen += 1;
        k = next;
    }
    assert_eq!(seen, model.len());
    assert_eq!(t.entries().count(), model.len());
    let n = t.len();
    assert!(n == 0 || !t.get_int(n).is_nil());
    assert!(t.get_int(n + 1).is_nil());
}

#[test]
fn behaves_as_a_map() {
    let rounds = if cfg!(miri) { 1 } else { 20 };
    for seed in 1..=rounds {
        let mut rng = Rng(0x9E37_79B9_7F4A_7C15u64.wrapping_mul(seed));
        let mut h = heap();
        let keys = 8 * (4 + rng.below(40));
        let objects: Vec<_> = (0..keys / 8 + 1).map(|_| h.table()).collect();
        let t = h.table();
        let mut model = HashMap::new();
        for step in 0..if cfg!(miri) { 300 } else { 4000 } {
            let i = rng.below(keys);
            let k = key(&mut h, &objects, i);
            // Phases of growing and of shrinking.
            if rng.below(10) < if step / 500 % 2 == 0 { 7 } else { 3 } {
                let v = rng.below(1000) as i64;
                t.set(&mut h, k, Value::int(v)).unwrap();
                model.insert(i, v);
            } else {
                t.set(&mut h, k, Value::NIL).unwrap();
                model.remove(&i);
            }
            if step % 97 == 0 {
                compare(&mut h, t, &objects, &model, keys);
            }
        }
        compare(&mut h, t, &objects, &model, keys);
    }
}

#[test]
fn float_keys_with_integer_values_are_integers() {
    let mut h = heap();
    let t = h.table();
    t.set(&mut h, Value::float(1.0), Value::int(10)).unwrap();
    t.set(&mut h, Value::float(-0.0), Value::int(20)).unwrap();
    t.set(&mut h, Value::float(2f64.powi(53)), Value::int(30)).unwrap();
    assert_eq!(t.get_int(1).as_int(), Some(10));
    assert_eq!(t.get_int(0).as_int(), Some(20));
    assert_eq!(t.get(Value::float(0.0)).as_int(), Some(20));
    assert_eq!(t.get_int(1 << 53).as_int(), Some(30));
    let (k, _) = t.next(Value::NIL).unwrap().unwrap();
    assert!(k.as_int().is_some());
    t.set(&mut h, Value::float(f64::INFINITY), Value::TRUE).unwrap();
    assert!(!t.get(Value::float(f64::INFINITY)).is_nil());
    ok(&h);
}

#[test]
fn nil_and_nan_are_no_keys() {
    let mut h = heap();
    let t = h.table();
    assert_eq!(t.set(&mut h, Value::NIL, Value::NIL), Err(SetError::NilKey));
    assert_eq!(t.set(&mut h, Value::float(f64::NAN), Value::NIL), Err(SetError::NanKey));
    assert!(t.get(Value::NIL).is_nil());
    assert!(t.get(Value::float(f64::NAN)).is_nil());
    assert!(t.next(Value::float(f64::NAN)).is_err());
    assert!(t.next(Value::int(1)).is_err());
}

#[test]
fn appending_fills_the_array_part() {
    let mut h = heap();
    let t = h.table();
    for i in 1..=1000 {
        let n = t.len();
        assert_eq!(n, i - 1);
        t.set_int(&mut h, n + 1, Value::int(i)).unwrap();
    }
    assert_eq!(t.asize, 1024);
    assert_eq!(t.node_count(), 0);
    for i in (1..=1000).rev() {
        assert_eq!(t.len(), i);
        t.set_int(&mut h, i, Value::NIL).unwrap();
    }
    assert_eq!(t.len(), 0);
    ok(&h);
}

#[test]
fn a_reverse_fill_ends_in_the_array_part() {
    let mut h = heap();
    let t = h.table();
    for i in (1..=256).rev() {
        t.set_int(&mut h, i, Value::int(i)).unwrap();
    }
    t.set_int(&mut h, 257, Value::TRUE).unwrap();
    assert!(t.asize >= 256, "array part of {}", t.asize);
    assert_eq!(t.len(), 257);
    ok(&h);
}

/// Borders of tables with holes, as lua5.4 answers for the same constructor.
#[test]
fn borders_with_holes_are_pucs() {
    let cases: &[(&[i64], i64)] = &[
        (&[1, 1, 0, 1], 4),
        (&[0, 0, 1], 3),
        (&[1, 0, 1, 0], 3),
        (&[1, 1, 1, 0, 1, 0], 5),
        (&[0, 1, 0], 2),
        (&[1, 0, 0, 0, 1, 0, 1, 0], 7),
    ];
    for (slots, border) in cases {
        let mut h = heap();
        let t = h.new_table(slots.len(), 0).unwrap();
        for (i, s) in slots.iter().enumerate() {
            if *s != 0 {
                t.set_int(&mut h, i as i64 + 1, Value::TRUE).unwrap();
            }
        }
        assert_eq!(t.len(), *border, "{slots:?}");
    }
}

#[test]
fn a_traversal_may_clear_fields() {
    let mut h = heap();
    let t = h.table();
    for i in 0..100 {
        let k = h.intern(format!("k{i}").as_bytes());
        t.set_str(&mut h, k, Value::int(i)).unwrap();
        t.set_int(&mut h, i, Value::int(i)).unwrap();
    }
    let (mut k, mut n) = (Value::NIL, 0);
    while let Some((next, _)) = t.next(k).unwrap() {
        t.set(&mut h, next, Value::NIL).unwrap();
        n += 1;
        k = next;
    }
    assert_eq!(n, 200);
    assert!(t.next(Value::NIL).unwrap().is_none());
    ok(&h);
}

#[test]
fn extreme_integer_keys_have_their_place() {
    let mut h = heap();
    let t = h.table();
    for k in [i64::MAX, i64::MIN, 0, -1, i64::MAX - 1, 1 << 32, 1 << 31, (1 << 31) - 1] {
        t.set_int(&mut h, k, Value::int(k)).unwrap();
    }
    for k in [i64::MAX, i64::MIN, 0, -1, i64::MAX - 1, 1 << 32, 1 << 31, (1 << 31) - 1] {
        assert_eq!(t.get_int(k).as_int(), Some(k));
    }
    assert_eq!(t.len(), 0);
    ok(&h);
}

#[test]
fn a_border_at_the_largest_integer() {
    let mut h = heap();
    let t = h.table();
    // `hash_search` doubles until it meets an absent key.
    let mut k = 1i64;
    while k > 0 {
        t.set_int(&mut h, k, Value::TRUE).unwrap();
        k = k.wrapping_mul(2);
    }
    t.set_int(&mut h, i64::MAX, Value::TRUE).unwrap();
    let n = t.len();
    assert!(!t.get_int(n).is_nil());
    assert!(n == i64::MAX || t.get_int(n + 1).is_nil());
}

#[test]
fn the_memory_limit_stops_growth_and_keeps_the_table() {
    let mut h = Heap::new(&Config { memory_limit: Some(20_000), ..Config::default() });
    let t = h.table();
    let mut n = 0;
    let e = loop {
        match t.set_int(&mut h, n + 1, Value::TRUE) {
            Ok(()) => n += 1,
            Err(e) => break e,
        }
    };
    assert_eq!(e, SetError::Memory);
    assert_eq!(t.len(), n);
    assert!(n >= 512);
    assert!(h.new_table(1 << 20, 0).is_err());
    assert!(h.new_table(usize::MAX, 0).is_err());
    assert!(h.new_table(0, usize::MAX).is_err());
    ok(&h);
}

#[test]
fn absent_metamethods_are_remembered_until_a_write() {
    use crate::meta::Event;
    let mut h = heap();
    let t = h.table();
    let name = h.intern(b"__index");
    let other = h.intern(b"other");
    assert!(t.metamethod(Event::Index, name).is_nil());
    t.set_str(&mut h, name, Value::TRUE).unwrap();
    assert!(!t.metamethod(Event::Index, name).is_nil());
    t.set_str(&mut h, name, Value::NIL).unwrap();
    assert!(t.metamethod(Event::Index, name).is_nil());
    assert!(t.hdr.flags & 1 != 0);
    t.set_str(&mut h, other, Value::TRUE).unwrap();
    assert_eq!(t.hdr.flags, 0);
}

#[test]
fn node_indices_find_their_strings() {
    let mut h = heap();
    let t = h.table();
    let a = h.intern(b"a");
    let b = h.intern(b"b");
    assert_eq!(t.node_index_of(a), None);
    t.set_str(&mut h, a, Value::int(1)).unwrap();
    let i = t.node_index_of(a).unwrap();
    assert!(i <= t.node_mask);
    assert_eq!(t.node_index_of(b), None);
}

#[test]
fn array_parts_move_to_the_hash_part_and_back() {
    let mut h = heap();
    let t = h.table();
    for i in 1..=64 {
        t.set_int(&mut h, i, Value::int(i)).unwrap();
    }
    // Few of the integer keys stay, then a rehash moves them.
    for i in 1..=64 {
        if i % 16 != 0 {
            t.set_int(&mut h, i, Value::NIL).unwrap();
        }
    }
    for i in 0..8 {
        let k = h.intern(format!("f{i}").as_bytes());
        t.set_str(&mut h, k, Value::int(i)).unwrap();
        ok(&h);
    }
    assert_eq!(t.asize, 0);
    for i in [16, 32, 48, 64] {
        assert_eq!(t.get_int(i).as_int(), Some(i));
    }
    for i in 1..=64 {
        t.set_int(&mut h, i, Value::int(-i)).unwrap();
    }
    assert_eq!(t.asize, 64);
    ok(&h);
}
