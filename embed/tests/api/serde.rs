//! Conversions by serde.

use crate::machine;
use luka::{ErrorKind, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Order {
    id: u64,
    lines: Vec<Line>,
    note: Option<String>,
    paid: Payment,
    extra: BTreeMap<String, (i64, f64)>,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Line {
    sku: String,
    count: u32,
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
enum Payment {
    Open,
    Card(String),
    Split(i64, i64),
    Bank { iban: String },
}

fn order(paid: Payment) -> Order {
    Order {
        id: 9,
        lines: vec![Line { sku: "a".into(), count: 2 }, Line { sku: "b".into(), count: 1 }],
        note: None,
        paid,
        extra: BTreeMap::from([("x".into(), (1, 0.5))]),
    }
}

#[test]
fn data_comes_back() {
    let vm = &mut machine();
    for paid in [
        Payment::Open,
        Payment::Card("visa".into()),
        Payment::Split(1, 2),
        Payment::Bank { iban: "DE1".into() },
    ] {
        let order = order(paid);
        let value = vm.to_value(&order).expect("a value");
        let passed: Value =
            vm.eval("local o = ... assert(o.lines[1].count == 2) return o", &value).expect("it");
        assert_eq!(passed.to::<Order>(vm).expect("an order"), order);
    }
}

#[test]
fn programs_make_data() {
    let vm = &mut machine();
    let value: Value = vm
        .eval("return { id = 1, lines = {}, paid = 'Open', extra = {}, ignored = true }", ())
        .expect("a table");
    let order: Order = value.to(vm).expect("an order");
    assert_eq!((order.id, order.lines.len(), order.paid), (1, 0, Payment::Open));
    let any: Value = vm.eval("return { 1, 2.5, 'x', true, { a = 1 } }", ()).expect("a list");
    let list: (i64, f64, String, bool, BTreeMap<String, i64>) = any.to(vm).expect("a tuple");
    assert!(list.3);
}

#[test]
fn what_is_no_data_is_an_error() {
    let vm = &mut machine();
    for text in [
        "return print",
        "local t = {} t.lines = t return t",
        "return { id = 1, lines = 3, paid = 'Open', extra = {} }",
        "return { id = 1, lines = {}, paid = 'Never', extra = {} }",
        "return { id = -1, lines = {}, paid = 'Open', extra = {} }",
        "return { lines = {}, paid = 'Open', extra = {} }",
    ] {
        let value: Value = vm.eval(text, ()).expect("a value");
        let error = value.to::<Order>(vm).expect_err(text);
        assert_eq!(error.kind(), ErrorKind::Conversion, "{text}: {error}");
    }
    #[derive(Deserialize, Debug)]
    struct Nested {
        #[allow(dead_code)]
        next: Option<Box<Nested>>,
    }
    let value: Value = vm.eval("local t = {} t.next = t return t", ()).expect("a table");
    let error = value.to::<Nested>(vm).expect_err("endless");
    assert_eq!(error.to_string(), "values nest deeper than 128 levels");
}

/// Numbers, bytes, options and maps at their edges go there and back.
#[test]
fn edges_come_back() {
    let vm = &mut machine();
    macro_rules! there_and_back {
        ($($type:ty: $value:expr),* $(,)?) => { $(
            let value: $type = $value;
            let there = vm.to_value(&value).expect(stringify!($value));
            let passed: Value = vm.eval("return ...", &there).expect("it");
            assert_eq!(passed.to::<$type>(vm).expect(stringify!($value)), value);
        )* };
    }
    there_and_back! {
        i64: i64::MIN, u64: i64::MAX as u64, u8: 255, f64: -0.0, f64: f64::INFINITY, f32: 1.5,
        bool: false, char: 'ß', String: String::new(), (): (), Option<i64>: None,
        Option<bool>: Some(false), Vec<u8>: vec![0, 255], Vec<Vec<String>>: vec![vec![], vec!["x".into()]],
        (i64, (String, bool)): (1, ("a".into(), true)), BTreeMap<i64, String>: BTreeMap::from([(-1, "x".into()), (1, "y".into())]),
        BTreeMap<bool, i64>: BTreeMap::from([(false, 0), (true, 1)]),
        Vec<Payment>: vec![Payment::Open, Payment::Split(i64::MAX, -1), Payment::Bank { iban: "x".into() }],
    }
    assert!(vm.to_value(&u64::MAX).is_err(), "no integer is so large");
    assert!(vm.to_value(&f64::NAN).expect("a number").to::<f64>(vm).expect("a number").is_nan());
    let error = vm.to_value(&BTreeMap::from([(None::<i64>, 1)])).expect_err("nil is no key");
    assert_eq!(error.kind(), ErrorKind::Runtime, "{error}");
}
