//! Host functions, calls back into programs, modules.

use crate::{Shared, machine};
use luka::{Chunk, Cx, Error, ErrorKind, Function, Libs, Module, Next, Registry, Values, Vm};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

#[test]
fn functions_have_typed_arguments() {
    let count = Arc::new(AtomicI64::new(0));
    let counter = count.clone();
    let registry = Registry::builder()
        .function("add", |_, (a, b): (i64, i64)| Ok(a + b))
        .function("count", move |_, ()| Ok(counter.fetch_add(1, Ordering::Relaxed)))
        .function("text.upper", |_, s: String| Ok(s.to_uppercase()))
        .function("several", |_, ()| Ok((1, "two", None::<i64>)))
        .function("all", |_, values: Values| Ok(values.len() as i64))
        .function("nothing", |_, ()| Ok(()))
        .function("fails", |_, ()| -> Result<(), Error> { Err(Error::msg("too little money")) })
        .build();
    let vm = &mut Vm::builder(&registry).build().expect("a machine");
    assert_eq!(vm.eval::<_, i64>("return add(2, 3)", ()).expect("a sum"), 5);
    assert_eq!(vm.eval::<_, i64>("count() count() return count()", ()).expect("a count"), 2);
    assert_eq!(count.load(Ordering::Relaxed), 3);
    assert_eq!(vm.eval::<_, String>("return text.upper 'ä'", ()).expect("a text"), "Ä");
    assert_eq!(vm.eval::<_, i64>("return select('#', several())", ()).expect("three"), 3);
    assert_eq!(vm.eval::<_, i64>("return all(nil, nil)", ()).expect("two"), 2);
    // `()` is no value; it once was nil.
    assert_eq!(vm.eval::<_, i64>("return select('#', nothing())", ()).expect("none"), 0);
    assert_eq!(vm.eval::<_, i64>("return select('#', ...)", ()).expect("none"), 0);
    let count: Function =
        vm.eval("return function(...) return select('#', ...) end", ()).expect("f");
    assert_eq!(count.call::<i64>(vm, ()).expect("none"), 0);
    for (text, message) in [
        ("add(1, {})", "bad argument #2 to 'add' (number expected, got table)"),
        ("add()", "bad argument #1 to 'add' (number expected, got nil)"),
        ("fails()", "too little money"),
    ] {
        let error = vm.eval::<_, ()>(text, ()).expect_err(text);
        assert!(error.to_string().ends_with(message), "{text}: {error}");
        // Programs can catch it.
        let caught = format!("local ok, message = pcall(function() {text} end) return message");
        let text: String = vm.eval(&caught, ()).expect("a message");
        assert!(text.ends_with(message), "{text}");
    }
}

/// `map(f, list)`: calls back once for each item, without an interpreter on the stack.
fn map(cx: &Cx, f: Function, rest: Vec<i64>, done: Vec<i64>) -> luka::Result<Next> {
    match rest.split_first() {
        None => Next::values(cx, done),
        Some((&first, rest)) => {
            let state = (f.clone(), rest.to_vec(), done);
            Next::call(cx, f, first, "map.next", state)
        }
    }
}

fn with_map() -> Registry {
    Registry::builder()
        .function("map", |cx, (f, list): (Function, Vec<i64>)| map(cx, f, list, Vec::new()))
        .then("map.next", |cx, (f, rest, mut done): (Function, Vec<i64>, Vec<i64>), results| {
            done.push(results.get::<i64>(cx)?);
            map(cx, f, rest, done)
        })
        .build()
}

#[test]
fn functions_call_back_through_continuations() {
    let vm = &mut Vm::builder(&with_map()).build().expect("a machine");
    let doubled: Vec<i64> =
        vm.eval("return map(function(x) return x * 2 end, {1, 2, 3})", ()).expect("a list");
    assert_eq!(doubled, [2, 4, 6]);
    // An error of the callback passes the host function.
    let error = vm.eval::<_, ()>("map(function(x) error('no', 0) end, {1})", ()).expect_err("no");
    assert_eq!(error.to_string(), "no");
    // The callback may yield: nothing of the host is on the stack.
    let sum: i64 = vm
        .eval(
            "local co = coroutine.wrap(function() return map(coroutine.yield, {1, 2}) end)
             local a = co() local b = co(10) local list = co(20)
             return a + b + list[1] + list[2]",
            (),
        )
        .expect("a sum");
    assert_eq!(sum, 33);
}

#[test]
fn a_continuation_that_is_missing_is_an_error() {
    let registry = Registry::builder()
        .function("f", |cx, f: Function| Next::call(cx, f, (), "nowhere", ()))
        .build();
    let vm = &mut Vm::builder(&registry).build().expect("a machine");
    let error = vm.eval::<_, ()>("f(print)", ()).expect_err("missing");
    assert!(error.to_string().ends_with("there is no continuation 'nowhere'"), "{error}");
}

#[test]
fn panics_become_errors() {
    let registry = Registry::builder()
        .function("explode", |_, n: i64| -> luka::Result<()> { panic!("boom {n}") })
        .build();
    let vm = &mut Vm::builder(&registry).build().expect("a machine");
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let error = vm.eval::<_, ()>("explode(7)", ()).expect_err("a panic");
    let caught: bool = vm.eval("return (pcall(explode, 8))", ()).expect("a boolean");
    std::panic::set_hook(hook);
    assert!(error.to_string().contains("host function 'explode' panicked: boom 7"), "{error}");
    assert!(!caught);
    assert_eq!(vm.eval::<_, i64>("return 1 + 1", ()).expect("the machine goes on"), 2);
}

#[test]
fn modules_are_required() {
    let registry = Registry::builder()
        .module(
            "geometry",
            Module::text("local M = {} function M.area(a, b) return a * b end return M"),
        )
        .module("broken", Module::text("return ="))
        .build();
    let vm = &mut Vm::builder(&registry).build().expect("a machine");
    assert_eq!(
        vm.eval::<_, i64>("return require('geometry').area(3, 4)", ()).expect("an area"),
        12
    );
    assert!(
        vm.eval::<_, bool>("return require('geometry') == require('geometry')", ()).expect("one")
    );
    let error = vm.eval::<_, ()>("require 'broken'", ()).expect_err("no program");
    assert!(error.to_string().contains("broken:1:"), "{error}");
}

#[test]
fn libraries_are_chosen() {
    let present = |libs: Libs| {
        let registry = Registry::builder().libs(libs).build();
        let vm = &mut Vm::builder(&registry).build().expect("a machine");
        let names = [
            "print",
            "string",
            "table",
            "math",
            "utf8",
            "coroutine",
            "io",
            "os",
            "debug",
            "package",
        ];
        let globals = vm.globals();
        names.map(|name| !globals.get::<luka::Value>(vm, name).expect("a value").is_nil())
    };
    assert_eq!(
        present(Libs::SAFE),
        [true, true, true, true, true, true, false, false, false, false]
    );
    assert_eq!(present(Libs::ALL), [true; 10]);
    assert_eq!(present(Libs::NONE), [false; 10]);
    assert!(present(Libs::SAFE | Libs::OS)[7]);
}

#[test]
fn output_goes_where_it_is_told() {
    let out = Shared::default();
    let mut vm = Vm::builder(&Registry::default()).output(out.clone()).build().expect("a machine");
    vm.eval::<_, ()>("print('hello', 1)", ()).expect("printed");
    drop(vm);
    assert_eq!(out.text(), "hello\t1\n");
}

#[test]
fn data_of_the_machine_is_kept_between_calls() {
    let registry = Registry::builder()
        .function("remember", |cx, n: i64| cx.with_data(|list: &mut Vec<i64>| list.push(n)))
        .function("nested", |cx, ()| {
            cx.with_data(|_: &mut Vec<i64>| ())?;
            Ok(())
        })
        .build();
    let vm = &mut Vm::builder(&registry).build().expect("a machine");
    vm.eval::<_, ()>("remember(1) remember(2) nested()", ()).expect("remembered");
    assert_eq!(vm.with_data(|list: &mut Vec<i64>| list.clone()).expect("free"), [1, 2]);
    let other = machine();
    assert!(other.with_data(|list: &mut Vec<i64>| list.is_empty()).expect("its own"));
    let inner = vm.with_data(|_: &mut u8| vm.with_data(|_: &mut u8| ()).map_err(|e| e.kind()));
    assert_eq!(inner.expect("outer"), Err(ErrorKind::Busy));
}

#[test]
fn functions_share_variables_that_the_host_can_see() {
    let mut vm = machine();
    let text = "local n = 1 return function() n = n + 1 return n end, function() return n end";
    let (up, now): (Function, Function) = vm.eval(text, ()).expect("functions");
    assert_eq!((up.upvalue_count(&vm).unwrap(), now.upvalue_count(&vm).unwrap()), (1, 1));
    up.call::<()>(&mut vm, ()).expect("a call");
    assert_eq!(now.upvalue::<i64>(&vm, 0).unwrap(), 2);
    assert!(up.set_upvalue(&vm, 0, 10).unwrap());
    assert_eq!(now.call::<i64>(&mut vm, ()).unwrap(), 10);
    let other: Function = vm.eval("local n = 'other' return function() return n end", ()).unwrap();
    assert!(now.join_upvalue(&vm, 0, &other, 0).unwrap());
    assert_eq!(now.call::<String>(&mut vm, ()).unwrap(), "other");
    assert_eq!(up.call::<i64>(&mut vm, ()).unwrap(), 11);
    // What is not there is neither read nor written.
    assert!(!up.set_upvalue(&vm, 1, 1).unwrap() && !up.join_upvalue(&vm, 1, &other, 0).unwrap());
    assert!(!up.join_upvalue(&vm, 0, &other, 1).unwrap());
    assert_eq!(up.upvalue::<Option<i64>>(&vm, 1).unwrap(), None);
    assert!(up.image(&vm).unwrap().is_some());
    let print = vm.library_function("base.print").unwrap().expect("it is declared");
    assert_eq!(print.upvalue_count(&vm).unwrap(), 0);
    assert_eq!(print.image(&vm).unwrap(), None);
    assert!(!print.set_upvalue(&vm, 0, 1).unwrap());
    assert!(up.upvalue::<i64>(&machine(), 0).is_err());
}

#[test]
fn library_functions_are_found_whatever_programs_do() {
    let mut vm = machine();
    vm.eval::<_, ()>("string, tostring = nil, nil", ()).expect("assignments");
    let rep = vm.library_function("string.rep").unwrap().expect("it is declared");
    assert_eq!(rep.call::<String>(&mut vm, ("ab", 2)).unwrap(), "abab");
    assert!(vm.library_function("base.tostring").unwrap().is_some());
    assert!(vm.library_function("string.nothing").unwrap().is_none());
    // What only other functions call is no function of the library.
    assert!(vm.library_function("host.main").unwrap().is_none());
}

#[test]
fn files_are_texts_or_images() {
    let mut vm = machine();
    let run = |vm: &mut luka::Vm, chunk: Chunk| {
        vm.compile(chunk.name("@f")).expect("a program").call::<i64>(vm, ()).expect("a number")
    };
    assert_eq!(run(&mut vm, Chunk::file("#!/usr/bin/luka\nreturn 1")), 1);
    let image: luka::Bytes = vm.eval("return string.dump(load('return 2'))", ()).unwrap();
    assert_eq!(run(&mut vm, Chunk::file([b"#!luka\n", &image.0[..]].concat())), 2);
    assert_eq!(run(&mut vm, Chunk::bytes(&image.0)), 2);
    let f = vm.compile("return 3").expect("a program");
    let image = f.image(&vm).unwrap().expect("a function of the language");
    assert_eq!(run(&mut vm, Chunk::image(image)), 3);
    let image: luka::Bytes = vm.eval("return string.dump(load('return 2'))", ()).unwrap();
    assert!(Chunk::bytes(&image.0).is_image() && !Chunk::bytes("return 2").is_image());
}
