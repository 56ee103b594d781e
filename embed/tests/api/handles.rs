//! Handles: they keep values alive, belong to one machine, and leave nothing behind.

use crate::machine;
use luka::{Budget, ErrorKind, Function, Outcome, Registry, Str, Table, Thread, Value, Values, Vm};

/// A handle over a collection: its value is still there.
#[test]
fn values_stay_while_there_is_a_handle() {
    let mut vm = machine();
    let t: Table = vm.eval("return { 'a', { 'b' } }", ()).expect("a table");
    let s: Str = vm.eval("return ('long string '):rep(100)", ()).expect("a string");
    vm.eval::<_, ()>("for i = 1, 1e5 do local x = { i } end collectgarbage() collectgarbage()", ())
        .expect("a collection");
    assert_eq!(t.get::<String>(&vm, 1).expect("a string"), "a");
    assert_eq!(t.get::<Table>(&vm, 2).expect("a table").get::<String>(&vm, 1).expect("b"), "b");
    assert_eq!(s.bytes(&vm).expect("bytes").len(), 1200);
}

#[test]
fn values_go_with_their_last_handle() {
    let mut vm = machine();
    let weak: Table = vm
        .eval("weak = setmetatable({}, { __mode = 'v' }) weak[1] = {} return weak", ())
        .expect("weak");
    let value: Table = weak.get(&vm, 1).expect("a table");
    let clone = value.clone();
    drop(value);
    vm.eval::<_, ()>("collectgarbage()", ()).expect("a collection");
    assert!(weak.get::<Option<Table>>(&vm, 1).expect("kept").is_some());
    drop(clone);
    vm.handle_count();
    vm.eval::<_, ()>("collectgarbage()", ()).expect("a collection");
    assert!(weak.get::<Option<Table>>(&vm, 1).expect("gone").is_none());
}

#[test]
fn a_million_handles_leave_no_root() {
    let mut vm = machine();
    let t: Table = vm.eval("return {}", ()).expect("a table");
    vm.globals().set(&vm, "t", &t).expect("a global");
    let before = vm.handle_count();
    for _ in 0..1_000_000 {
        drop(t.clone());
    }
    for _ in 0..100_000 {
        let again: Table = vm.globals().get(&vm, "t").expect("the table");
        drop(again);
    }
    assert_eq!(vm.handle_count(), before);
}

#[test]
fn handles_of_another_machine_are_errors() {
    let (mut a, mut b) = (machine(), machine());
    let t: Table = a.eval("return { 1 }", ()).expect("a table");
    let f: Function = a.eval("return function() end", ()).expect("a function");
    let s: Str = a.eval("return 'x'", ()).expect("a string");
    let co: Thread = a.eval("return coroutine.create(print)", ()).expect("a coroutine");
    let foreign = |error: luka::Error| assert_eq!(error.kind(), ErrorKind::ForeignHandle);
    foreign(t.get::<i64>(&b, 1).expect_err("foreign"));
    foreign(t.set(&b, 1, 2).expect_err("foreign"));
    foreign(t.len(&b).expect_err("foreign"));
    foreign(s.bytes(&b).expect_err("foreign"));
    foreign(b.start(&f, ()).expect_err("foreign"));
    foreign(b.resume(&co, ()).expect_err("foreign"));
    foreign(b.eval::<_, ()>("", &t).expect_err("foreign"));
    foreign(b.globals().set(&b, "t", &t).expect_err("foreign"));
    foreign(b.globals().set(&b, Value::Table(t.clone()), 1).expect_err("foreign"));
    let mine = b.table().expect("a table");
    foreign(mine.set_metatable(&b, Some(&t)).expect_err("foreign"));
    foreign(mine.is_same(&t, &b).expect_err("foreign"));
}

/// Handles may outlive their machine and be dropped by any thread.
#[test]
fn handles_outlive_their_machine() {
    let mut vm = machine();
    let t: Table = vm.eval("return {}", ()).expect("a table");
    let clone = t.clone();
    drop(vm);
    std::thread::spawn(move || drop(clone)).join().expect("the other thread");
    let other = machine();
    assert_eq!(t.len(&other).expect_err("its machine is gone").kind(), ErrorKind::ForeignHandle);
}

/// What programs hand to the host counts with what they have themselves: neither many results nor
/// handles that the host keeps take a machine far beyond its limit.
#[test]
fn handles_count_against_the_memory_limit() {
    let registry = Registry::builder()
        .function("count", |_, all: Values| Ok(all.len() as i64))
        .function("keep", |cx, t: Table| {
            cx.with_data(|kept: &mut Vec<Table>| kept.push(t))?;
            Ok(())
        })
        .call("ask")
        .build();
    let mut vm = Vm::builder(&registry).memory(8 << 20).build().expect("a machine");
    let many = "local t = {} for i = 1, 1e5 do t[i] = t end";
    for text in ["return table.unpack(t)", "return count(table.unpack(t))", "ask(table.unpack(t))"]
    {
        let f = vm.compile(format!("{many} {text}")).expect("a program");
        vm.start(&f, ()).expect("started");
        let Outcome::Failed(error) = vm.run(Budget::unlimited()) else { panic!("{text}") };
        assert_eq!(error.kind(), ErrorKind::Memory, "{text}");
    }
    let few = format!("{many} t = nil return 1, {{}}, 'x'");
    assert_eq!(vm.eval::<_, Values>(&few, ()).expect("garbage makes room").len(), 3);
    // Catchable, and at the limit: about 8 MB in pieces of 96 bytes.
    let kept: i64 = vm
        .eval(
            "local function one() keep({}) end
             local n = 0 while pcall(one) do n = n + 1 end return n",
            (),
        )
        .expect("it can be caught");
    assert!((20_000..90_000).contains(&kept), "{kept}");
    vm.with_data(|kept: &mut Vec<Table>| kept.clear()).expect("free");
    assert_eq!(vm.eval::<_, i64>("keep({}) return 1", ()).expect("there is memory again"), 1);
}
