//! Derived conversions.

use crate::machine;
use luka::{FromLua, IntoLua};

#[derive(FromLua, IntoLua, PartialEq, Debug, Clone)]
struct Config {
    name: String,
    port: u16,
    #[luka(rename = "log-level")]
    level: Level,
    tags: Vec<String>,
    comment: Option<String>,
    #[luka(default)]
    retries: u32,
    #[luka(skip)]
    cache: Vec<u8>,
    point: Point,
    id: Id,
    unit: Unit,
}

#[derive(FromLua, IntoLua, PartialEq, Debug, Clone, Copy)]
enum Level {
    Quiet,
    VeryLoud,
    #[luka(rename = "debug!")]
    Debug,
}

#[derive(FromLua, IntoLua, PartialEq, Debug, Clone)]
struct Point(f64, f64);

#[derive(FromLua, IntoLua, PartialEq, Debug, Clone)]
struct Id(i64);

#[derive(FromLua, IntoLua, PartialEq, Debug, Clone)]
struct Unit;

#[derive(FromLua, IntoLua, PartialEq, Debug)]
struct Pair<T> {
    first: T,
    second: T,
}

fn config() -> Config {
    Config {
        name: "x".into(),
        port: 80,
        level: Level::VeryLoud,
        tags: vec!["a".into(), "b".into()],
        comment: None,
        retries: 3,
        cache: Vec::new(),
        point: Point(1.0, 2.5),
        id: Id(7),
        unit: Unit,
    }
}

#[test]
fn structs_are_tables() {
    let vm = &mut machine();
    let (text, back): (String, Config) = vm
        .eval(
            "local c = ...
             return table.concat({c.name, c.port, c['log-level'], c.tags[2], c.point[2], c.id}, ' '), c",
            config(),
        )
        .expect("a config");
    assert_eq!(text, "x 80 very_loud b 2.5 7");
    assert_eq!(back, config());
    let pair: Pair<i64> = vm.eval("return { first = 1, second = 2 }", ()).expect("a pair");
    assert_eq!(pair, Pair { first: 1, second: 2 });
}

#[test]
fn missing_fields_are_nil() {
    let vm = &mut machine();
    let text = "return { name = 'n', port = 1, ['log-level'] = 'debug!', tags = {}, point = {1, 2}, id = 3 }";
    let c: Config = vm.eval(text, ()).expect("a config");
    assert_eq!((c.comment, c.retries, c.level), (None, 0, Level::Debug));
}

#[test]
fn errors_name_the_field() {
    let vm = &mut machine();
    let base = "name = 'n', port = 1, ['log-level'] = 'quiet', tags = {}, point = {1, 2}, id = 3";
    for (text, message) in [
        ("port = 'x'", "field 'port': number expected, got string"),
        ("port = 70000", "field 'port': 70000 is out of range for u16"),
        (
            "['log-level'] = 'loud'",
            "field 'log-level': one of 'quiet', 'very_loud', 'debug!' expected, got 'loud'",
        ),
        ("point = { 1 }", "field 'point': item 2: number expected, got nil"),
        ("name = nil", "field 'name': string expected, got nil"),
    ] {
        let error =
            vm.eval::<_, Config>(&format!("return {{ {base}, {text} }}"), ()).expect_err(text);
        assert_eq!(error.to_string(), message);
    }
    let error = vm.eval::<_, Level>("return 1", ()).expect_err("no variant");
    assert!(error.to_string().ends_with("expected, got number"), "{error}");
}

#[derive(FromLua, Debug)]
struct Tree {
    children: Vec<Tree>,
}

fn depth(tree: &Tree) -> usize {
    1 + tree.children.iter().map(depth).max().unwrap_or(0)
}

/// A table that contains itself must not use up the stack of the host.
#[test]
fn values_that_contain_themselves_are_errors() {
    let vm = &mut machine();
    let text = "local t = {} t.children = { t } return t";
    let error = vm.eval::<_, Tree>(text, ()).expect_err("endless");
    assert!(error.to_string().ends_with("values nest deeper than 128 levels"), "{error}");
    let text = "local t = { children = {} } for i = 1, 50 do t = { children = { t } } end return t";
    let tree: Tree = vm.eval(text, ()).expect("a tree");
    assert_eq!(depth(&tree), 51);
}

#[derive(FromLua, IntoLua, PartialEq, Debug, Clone)]
struct Page<'a, T, const N: usize>
where
    T: Clone,
{
    items: [T; N],
    next: Option<Box<str>>,
    #[luka(skip)]
    note: std::marker::PhantomData<&'a ()>,
}

#[derive(FromLua, IntoLua, PartialEq, Debug, Clone)]
struct Wrapper<T>(Option<T>);

#[derive(FromLua, IntoLua, PartialEq, Debug, Clone)]
struct Outer {
    r#type: String,
    page: Page<'static, Wrapper<Point>, 2>,
    levels: std::collections::BTreeMap<String, Option<Level>>,
    list: Vec<Option<Vec<i64>>>,
}

#[test]
fn generics_options_and_nested_types_come_back() {
    let vm = &mut machine();
    let outer = Outer {
        r#type: "t".into(),
        page: Page {
            items: [Wrapper(Some(Point(1.0, 2.0))), Wrapper(Some(Point(3.0, 4.0)))],
            next: None,
            note: std::marker::PhantomData,
        },
        levels: [("a".to_string(), Some(Level::Quiet))].into(),
        list: vec![Some(vec![1]), Some(vec![])],
    };
    let (name, back): (String, Outer) =
        vm.eval("local o = ... return o.type .. o.page.items[2][1], o", outer.clone()).expect("it");
    assert_eq!((name.as_str(), back), ("t3.0", outer));
    let error = vm
        .eval::<_, Outer>(
            "return { type = 't', page = { items = { { 1, 2 } } }, levels = {}, list = {} }",
            (),
        )
        .expect_err("one item");
    assert_eq!(
        error.to_string(),
        "field 'page': field 'items': a list of 2 values expected, got 1"
    );
}
