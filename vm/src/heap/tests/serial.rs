//! Serial numbers.

use super::{NATIVE, Rig};
use crate::value::Value;

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
