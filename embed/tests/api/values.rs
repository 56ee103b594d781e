//! Conversions there and back.

use crate::machine;
use luka::{Bytes, Chunk, ErrorKind, Function, Str, Table, Type, Value, Values, Vm};
use std::collections::{BTreeMap, HashMap};

/// Passes a value through `return ...`.
fn echo<A: luka::IntoArgs, R: luka::FromResults>(vm: &mut Vm, value: A) -> R {
    vm.eval("return ...", value).expect("a value comes back")
}

#[test]
fn plain_values_come_back() {
    let vm = &mut machine();
    assert_eq!(echo::<_, i64>(vm, 42), 42);
    assert_eq!(echo::<_, u8>(vm, 255u8), 255);
    assert_eq!(echo::<_, f64>(vm, 1.5), 1.5);
    assert!(echo::<_, bool>(vm, true));
    assert_eq!(echo::<_, String>(vm, "grüß dich"), "grüß dich");
    assert_eq!(echo::<_, Bytes>(vm, Bytes(vec![0, 255, 1])), Bytes(vec![0, 255, 1]));
    assert_eq!(echo::<_, Option<i64>>(vm, None::<i64>), None);
    assert_eq!(echo::<_, Vec<i64>>(vm, vec![3, 1, 2]), [3, 1, 2]);
    assert_eq!(echo::<_, [i64; 2]>(vm, [7, 8]), [7, 8]);
    let map = HashMap::from([("a".to_string(), 1), ("b".to_string(), 2)]);
    assert_eq!(echo::<_, HashMap<String, i64>>(vm, map.clone()), map);
    let map: BTreeMap<i64, Vec<bool>> = BTreeMap::from([(1, vec![true]), (9, vec![])]);
    assert_eq!(echo::<_, BTreeMap<i64, Vec<bool>>>(vm, map.clone()), map);
}

#[test]
fn lists_of_values_come_back() {
    let vm = &mut machine();
    let (a, b, c): (i64, String, Option<bool>) = echo(vm, (1, "two"));
    assert_eq!((a, b.as_str(), c), (1, "two", None));
    let all: Values = vm.eval("return 1, nil, 'x'", ()).expect("values");
    assert_eq!(all.len(), 3);
    assert_eq!(
        all.iter().map(Value::type_of).collect::<Vec<_>>(),
        [Type::Number, Type::Nil, Type::String]
    );
    assert_eq!(all.get::<(i64, Option<i64>, String)>(vm).expect("a tuple"), (1, None, "x".into()));
    // More values than asked for are left out, missing ones are nil.
    assert_eq!(vm.eval::<_, i64>("return 1, 2", ()).expect("one"), 1);
    assert_eq!(vm.eval::<_, (i64, Option<i64>)>("return 1", ()).expect("two"), (1, None));
    vm.eval::<_, ()>("return", ()).expect("nothing");
}

#[test]
fn conversions_follow_the_library() {
    let vm = &mut machine();
    assert_eq!(vm.eval::<_, i64>("return '0x10'", ()).expect("a string is a number"), 16);
    assert_eq!(vm.eval::<_, i64>("return 3.0", ()).expect("a float is an integer"), 3);
    assert_eq!(vm.eval::<_, String>("return 3.0", ()).expect("a number is a string"), "3.0");
    for (text, message) in [
        ("return {}", "number expected, got table"),
        ("return 1.5", "number has no integer representation"),
        ("return 256", "256 is out of range for u8"),
        ("return", "number expected, got nil"),
    ] {
        let error = vm.eval::<_, u8>(text, ()).expect_err(text);
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Conversion, message));
    }
    let error = vm.eval::<_, String>("return '\\xff'", ()).expect_err("not UTF-8");
    assert_eq!(error.to_string(), "the string is not valid UTF-8");
    let error = vm.eval::<_, ()>("", u64::MAX).expect_err("too large");
    assert_eq!(error.to_string(), "18446744073709551615 is out of range for an integer");
}

#[test]
fn tables_are_read_and_written() {
    let vm = &mut machine();
    let t = vm.table().expect("a table");
    t.set(vm, "name", "x").expect("set");
    t.set(vm, 1, 10).expect("set");
    t.push(vm, 20).expect("push");
    assert_eq!(t.len(vm).expect("len"), 2);
    assert_eq!(t.get::<String>(vm, "name").expect("get"), "x");
    assert_eq!(t.sequence::<i64>(vm).expect("sequence"), [10, 20]);
    assert_eq!(t.entries::<Value, Value>(vm).expect("entries").len(), 3);
    vm.globals().set(vm, "t", &t).expect("a global");
    assert_eq!(vm.eval::<_, i64>("t.name = nil; return t[1] + t[2]", ()).expect("a sum"), 30);
    assert_eq!(t.get::<Option<String>>(vm, "name").expect("get"), None);
    assert!(t.set(vm, None::<i64>, 1).is_err(), "nil is no key");
    assert!(t.set(vm, f64::NAN, 1).is_err(), "NaN is no key");
    let same: Table = vm.globals().get(vm, "t").expect("the table");
    assert!(same.is_same(&t, vm).expect("of one machine"));
}

#[test]
fn metatables_can_be_set() {
    let vm = &mut machine();
    let meta: Table =
        vm.eval("return { __index = function(_, k) return k .. '!' end }", ()).expect("t");
    let t = vm.table().expect("a table");
    t.set_metatable(vm, Some(&meta)).expect("set");
    assert!(t.metatable(vm).expect("get").is_some());
    vm.globals().set(vm, "t", &t).expect("a global");
    assert_eq!(vm.eval::<_, String>("return t.hello", ()).expect("a field"), "hello!");
    // The host's own access is raw.
    assert_eq!(t.get::<Option<String>>(vm, "hello").expect("raw"), None);
}

#[test]
fn strings_can_be_borrowed() {
    let vm = &mut machine();
    let s: Str = vm.eval("return ('ab'):rep(1000)", ()).expect("a string");
    assert_eq!(s.bytes(vm).expect("bytes").len(), 2000);
    assert!(s.text(vm).expect("text").starts_with("abab"));
}

#[test]
fn functions_are_called() {
    let vm = &mut machine();
    let add: Function = vm.eval("return function(a, b) return a + b end", ()).expect("a function");
    assert_eq!(add.call::<i64>(vm, (2, 3)).expect("a sum"), 5);
    let error = add.call::<i64>(vm, (2, "x")).expect_err("no number");
    assert_eq!(error.kind(), ErrorKind::Runtime);
}

#[test]
fn library_functions_say_how_they_are_called() {
    let vm = &mut machine();
    let (rep, own): (Function, Function) =
        vm.eval("return string.rep, function() end", ()).expect("functions");
    let known = rep.declaration(vm).expect("of this machine").expect("a library function");
    assert_eq!((known.name, known.is_pure), ("string.rep", true));
    assert!(known.signature.starts_with("string.rep(s, n") && !known.doc.is_empty());
    assert_eq!(own.declaration(vm).expect("of this machine"), None);
}

#[test]
fn values_are_looked_at_without_handles() {
    let mut vm = machine();
    let text = "
        local meta = { __name = 'Thing', __index = error, __tostring = error }
        return setmetatable({ 1, 2.5, 'three', name = true, [print] = { } }, meta)";
    let thing: Value = vm.eval(text, ()).expect("a table");
    let handles = vm.handle_count();
    let look = thing.look(&vm).expect("its own machine");
    assert!(look.is_table() && !look.is_empty() && look.index(5).is_nil());
    assert_eq!((look.type_of(), look.type_name()), (Type::Table, b"Thing".to_vec()));
    assert_eq!((look.index(1).as_integer(), look.index(2).as_float()), (Some(1), Some(2.5)));
    assert_eq!((look.index(1).as_float(), look.index(2).as_integer()), (None, None));
    assert_eq!(look.index(3).as_bytes(), Some(&b"three"[..]));
    assert_eq!(look.field(b"name").as_bool(), Some(true));
    assert_eq!(look.index(2).number_text().as_deref(), Some("2.5"));
    assert_eq!(look.index(3).number_text(), None);
    assert!(look.metamethod("__tostring").is_function());
    assert_eq!(look.metatable().map(|meta| meta.entries().len()), Some(3));
    assert_eq!(look.entries().len(), 5);
    let (key, inner) = look.entries().into_iter().find(|(key, _)| key.is_function()).unwrap();
    assert_eq!(key.name_in_modules().as_deref(), Some("print"));
    assert_eq!(key.declaration().map(|declaration| declaration.name), Some("base.print"));
    assert!(inner.is_empty() && inner.metatable().is_none());
    assert_ne!(look.identity(), inner.identity());
    assert_eq!((look.index(1).identity(), look.index(3).identity()), (None, None));
    assert!(look.raw_equal(look) && !look.raw_equal(inner));
    assert!(look.describe(None).starts_with(b"a table"));
    // What is changed while it is looked at is seen, and nothing dangles.
    let Value::Table(table) = &thing else { panic!("no table") };
    for (key, _) in look.entries() {
        table.set(&vm, key.value(), Value::Nil).expect("a key");
    }
    assert!(look.is_empty());
    assert_eq!(vm.handle_count(), handles);
    assert!(thing.look(&machine()).is_err());
}

#[test]
fn functions_say_what_is_known_of_them() {
    let mut vm = machine();
    let text =
        "-- Adds.\n-- Numbers only.\nlocal function add(one, {two}, ...) end return add, ...";
    let chunk = Chunk::text(text).name("@a.luka");
    let f = vm.compile(chunk).expect("a program").call::<Value>(&mut vm, ()).expect("a function");
    let look = f.look(&vm).expect("its own machine");
    let info = look.function().expect("a function of the language");
    assert_eq!(
        (&*info.chunk, &*info.source, info.line),
        (&b"@a.luka"[..], &b"a.luka"[..], Some(3))
    );
    assert_eq!(info.parameters.len(), 2);
    assert_eq!(info.parameters[0], b"one");
    assert!(info.parameters[1].starts_with(b"(") && info.is_vararg);
    assert!(look.has_text() && look.declaration().is_none());
    assert_eq!(look.documentation().as_deref(), Some("Adds.\nNumbers only."));
    let rep = Value::Function(vm.library_function("string.rep").unwrap().unwrap());
    let rep = rep.look(&vm).expect("its own machine");
    assert!(rep.function().is_none() && rep.documentation().is_some());
    assert_eq!(f.look(&vm).unwrap().value().look(&vm).unwrap().serial(), look.serial());
}
