//! Budgets, pauses, answers, errors raised from outside, the end of a machine.

use crate::{Shared, all_libraries, machine};
use luka::{Budget, Chunk, Error, ErrorKind, Flag, Outcome, Registry, Status, Thread, Vm};
use std::time::{Duration, Instant};

const WORK: &str = "local n = 0 for i = 1, 20000 do n = n + i % 7 end return n";

#[test]
fn a_run_goes_on_where_it_stopped() {
    let whole: i64 = machine().eval(WORK, ()).expect("a number");
    for slice in [100, 997, 5000, 100_000] {
        let mut vm = machine();
        let f = vm.compile(WORK).expect("a program");
        vm.start(&f, ()).expect("started");
        let mut slices = 0;
        let values = loop {
            match vm.run(Budget::fuel(slice)) {
                Outcome::OutOfFuel => slices += 1,
                Outcome::Done(values) => break values,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(values.get::<i64>(&vm).expect("a number"), whole);
        assert!(slices > 0 || slice == 100_000);
    }
}

/// The work of `load` on a long text is one piece: what it costs beyond a budget is owed and paid from
/// the next ones, so that no budget is overdrawn, and the sum is that of an unbroken run.
#[test]
fn budgets_are_never_overdrawn() {
    let text =
        "return load(('x = x + 1 '):rep(20000)) and 'loaded', ('ab'):rep(1000):find('.-.-c')";
    let run = |slice: Option<u64>| {
        let mut vm = machine();
        let f = vm.compile(text).expect("a program");
        vm.start(&f, ()).expect("started");
        let (mut granted, mut owed_once) = (0, false);
        loop {
            let budget = slice.map_or(Budget::unlimited(), Budget::fuel);
            match vm.run(budget) {
                Outcome::OutOfFuel => {
                    granted += slice.expect("a budget");
                    assert_eq!(vm.fuel_used(), granted);
                    owed_once |= vm.fuel_owed() > 0;
                }
                Outcome::Done(values) => {
                    assert_eq!(values.get::<String>(&vm).expect("a string"), "loaded");
                    assert_eq!(vm.fuel_owed(), 0);
                    break (vm.fuel_used(), owed_once);
                }
                other => panic!("{other:?}"),
            }
        }
    };
    let (whole, owed) = run(None);
    assert!(whole > 100_000 && !owed, "{whole}");
    for slice in [997, 30_000] {
        assert_eq!(run(Some(slice)), (whole, true));
    }
}

/// Work that is undone is owed no more; work that a state owes it owes again. (Random calls found
/// that a debt larger than all a state had used made the sum of what was paid negative.)
#[test]
fn debts_go_back_with_the_state() {
    let text = "local f = load(('x = x + 1 '):rep(20000)) return f and 'loaded'";
    let mut vm = machine();
    let f = vm.compile(text).expect("a program");
    vm.start(&f, ()).expect("started");
    let step = |vm: &mut luka::Vm| matches!(vm.run(Budget::fuel(3)), Outcome::OutOfFuel);
    assert!(step(&mut vm));
    let before = vm.checkpoint().expect("a state");
    let used = vm.fuel_used();
    while vm.fuel_owed() == 0 {
        assert!(step(&mut vm));
    }
    let owing = vm.checkpoint().expect("a state");
    let owed = (vm.fuel_owed(), vm.fuel_used());
    assert!(owed.0 > owed.1, "more is owed than was used: {owed:?}");

    vm.rollback(&before).expect("back");
    assert_eq!((vm.fuel_owed(), vm.fuel_used()), (0, used));
    assert!(step(&mut vm));
    assert_eq!(vm.fuel_used(), used + 3);
    vm.rollback(&owing).expect("forth");
    assert_eq!((vm.fuel_owed(), vm.fuel_used()), owed);
    let Outcome::Done(values) = vm.run(Budget::unlimited()) else { panic!("it ends") };
    assert_eq!(values.get::<String>(&vm).expect("a string"), "loaded");
    let whole = vm.fuel_used();

    let mut unbroken = machine();
    let f = unbroken.compile(text).expect("a program");
    unbroken.start(&f, ()).expect("started");
    let Outcome::Done(_) = unbroken.run(Budget::unlimited()) else { panic!("it ends") };
    assert_eq!(unbroken.fuel_used(), whole);
}

/// What raising an error costs is counted when it ends the program, however little was left.
#[test]
fn the_end_of_a_program_is_counted_whole() {
    let used = |slice: u64| {
        let mut vm = machine();
        let f =
            vm.compile("local t = {} for i = 1, 3 do t[i] = i end return t.x.y").expect("compiled");
        vm.start(&f, ()).expect("started");
        while let Outcome::OutOfFuel = vm.run(Budget::fuel(slice)) {}
        assert_eq!(vm.fuel_owed(), 0);
        vm.fuel_used()
    };
    let whole = used(1000);
    assert!(whole > 10);
    for slice in [1, 2, 3, 7] {
        assert_eq!(used(slice), whole, "{slice}");
    }
}

#[test]
fn endless_programs_are_interrupted() {
    let flag = Flag::new();
    let raiser = flag.clone();
    let mut vm = machine();
    let f = vm.compile("while true do end").expect("a program");
    vm.start(&f, ()).expect("started");
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        raiser.raise();
    });
    assert!(matches!(vm.run(Budget::unlimited().interrupt(&flag)), Outcome::Interrupted));
    thread.join().expect("the other thread");
    let begin = Instant::now();
    let outcome = vm.run(Budget::unlimited().time(Duration::from_millis(20)));
    assert!(matches!(outcome, Outcome::Interrupted), "{outcome:?}");
    assert!(begin.elapsed() < Duration::from_secs(5));
    vm.fail(Error::msg("stopped by the host")).expect("paused");
    let Outcome::Failed(error) = vm.run(Budget::unlimited()) else { panic!("it goes on") };
    assert!(error.to_string().contains("stopped by the host"), "{error}");
    assert_eq!(vm.eval::<_, i64>("return 1", ()).expect("the machine goes on"), 1);
}

/// A program that waits uses hardly any fuel, and the time was looked at once so much fuel was used.
#[test]
fn programs_that_wait_are_out_of_time() {
    let host = luka::host::System::new().clocks();
    let mut vm = Vm::builder(&all_libraries()).host(host).build().expect("a machine");
    let wait = "require('luka.time').sleep(60)";
    let f = vm.compile(wait).expect("a program");
    for fuel in [None, Some(1_000_000)] {
        vm.start(&f, ()).expect("started");
        let begin = Instant::now();
        let budget = fuel.map_or(Budget::unlimited(), Budget::fuel);
        let outcome = vm.run(budget.time(Duration::from_millis(50)));
        assert!(matches!(outcome, Outcome::Interrupted), "{outcome:?}");
        assert!(begin.elapsed() < Duration::from_secs(10));
        vm.fail(Error::msg("stopped by the host")).expect("paused");
        assert!(matches!(vm.run(Budget::unlimited()), Outcome::Failed(_)));
    }
    // What pauses for its work goes on, and the fuel is what it is without a limit of time.
    let work = "return select('#', string.find(('a'):rep(3000), '.-.-b'))";
    let used = |time: bool| {
        let mut vm = machine();
        let f = vm.compile(work).expect("a program");
        vm.start(&f, ()).expect("started");
        let budget = Budget::unlimited();
        let budget = if time { budget.time(Duration::from_secs(600)) } else { budget };
        let outcome = vm.run(budget);
        assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
        vm.fuel_used()
    };
    assert_eq!(used(true), used(false));
}

#[test]
fn programs_wait_for_answers() {
    let registry = Registry::builder().call("tool.search").build();
    let mut vm = Vm::builder(&registry).build().expect("a machine");
    let f = vm
        .compile(
            "local a, b = tool.search('first')
             local ok, message = pcall(tool.search, 'second')
             return a + b, ok, message",
        )
        .expect("a program");
    vm.start(&f, ()).expect("started");
    let Outcome::Call(call) = vm.run(Budget::unlimited()) else { panic!("no call") };
    assert_eq!((call.name, call.id.number()), ("tool.search", 1));
    assert_eq!(call.get::<String>(&vm).expect("a text"), "first");
    // Nothing runs before the answer.
    let Outcome::Failed(error) = vm.run(Budget::unlimited()) else { panic!("it runs") };
    assert_eq!(error.kind(), ErrorKind::Busy);
    vm.answer(call.id, Ok((40, 2))).expect("it waits");
    assert!(vm.answer(call.id, Ok(1)).is_err(), "it does not wait any more");
    let Outcome::Call(call) = vm.run(Budget::unlimited()) else { panic!("no call") };
    vm.answer::<()>(call.id, Err(Error::msg("not found"))).expect("it waits");
    let Outcome::Done(values) = vm.run(Budget::unlimited()) else { panic!("not done") };
    let (sum, ok, message): (i64, bool, String) = values.get(&vm).expect("values");
    assert_eq!((sum, ok), (42, false));
    assert!(message.contains("not found"), "{message}");
}

#[test]
fn coroutines_are_resumed() {
    let mut vm = machine();
    let co: Thread = vm
        .eval("return coroutine.create(function(a) local b = coroutine.yield(a + 1) return a + b end)", ())
        .expect("a coroutine");
    vm.resume(&co, 10).expect("suspended");
    let Outcome::Yielded(values) = vm.run(Budget::unlimited()) else { panic!("no yield") };
    assert_eq!(values.get::<i64>(&vm).expect("a number"), 11);
    assert_eq!(co.status(&vm).expect("a status"), Status::Suspended);
    vm.resume(&co, 5).expect("suspended");
    let Outcome::Done(values) = vm.run(Budget::unlimited()) else { panic!("not done") };
    assert_eq!(values.get::<i64>(&vm).expect("a number"), 15);
    assert_eq!(co.status(&vm).expect("a status"), Status::Dead);
    assert_eq!(vm.resume(&co, ()).expect_err("dead").kind(), ErrorKind::Busy);
}

#[test]
fn memory_is_limited() {
    let mut vm = Vm::builder(&Registry::default()).memory(2 << 20).build().expect("a machine");
    let error =
        vm.eval::<_, ()>("local t = {} for i = 1, 1e9 do t[i] = {} end", ()).expect_err("too much");
    assert_eq!(error.kind(), ErrorKind::Memory);
    assert!(vm.eval::<_, bool>("return (pcall(string.rep, 'x', 1e9))", ()).is_ok_and(|ok| !ok));
    assert_eq!(vm.eval::<_, i64>("return 1", ()).expect("the machine goes on"), 1);
    assert!(Vm::builder(&Registry::default()).memory(100).build().is_err());
}

#[test]
fn machines_are_closed() {
    let out = Shared::default();
    let mut vm = Vm::builder(&Registry::default()).output(out.clone()).build().expect("a machine");
    vm.eval::<_, ()>("kept = setmetatable({}, { __gc = function() print 'bye' end })", ())
        .expect("kept");
    assert!(matches!(vm.close(Budget::unlimited()), Outcome::Done(_)));
    assert!(matches!(vm.run(Budget::unlimited()), Outcome::Failed(_)));
    assert!(vm.eval::<_, ()>("return", ()).is_err());
    drop(vm);
    assert_eq!(out.text(), "bye\n");
}

#[test]
fn programs_end_themselves() {
    let mut vm = Vm::builder(&all_libraries()).build().expect("a machine");
    let f = vm.compile(Chunk::text("os.exit(3)")).expect("a program");
    vm.start(&f, ()).expect("started");
    assert!(matches!(vm.run(Budget::unlimited()), Outcome::Exit { code: 3, close: false }));
    let text = "kept = setmetatable({}, { __gc = function() os.exit(5) end }) os.exit(4, true)";
    let f = vm.compile(text).expect("a program");
    vm.start(&f, ()).expect("started");
    assert!(matches!(vm.run(Budget::unlimited()), Outcome::Exit { code: 4, close: true }));
    assert!(matches!(vm.close(Budget::unlimited()), Outcome::Exit { code: 5, close: false }));
}

#[test]
fn machines_move_between_threads() {
    let mut vm = machine();
    let f = vm.compile(WORK).expect("a program");
    vm.start(&f, ()).expect("started");
    assert!(matches!(vm.run(Budget::fuel(1000)), Outcome::OutOfFuel));
    let n: i64 = std::thread::spawn(move || {
        vm.run(Budget::unlimited()).done().expect("done").get(&vm).expect("a number")
    })
    .join()
    .expect("the other thread");
    assert_eq!(n, machine().eval::<_, i64>(WORK, ()).expect("a number"));
}

#[test]
fn equal_seeds_make_equal_runs() {
    let run = |seed| {
        let mut vm = Vm::builder(&Registry::default()).seed(seed).build().expect("a machine");
        vm.eval::<_, i64>("return math.random(1 << 40)", ()).expect("a number")
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}

#[test]
fn nothing_runs_without_a_start() {
    let mut vm = machine();
    let Outcome::Failed(error) = vm.run(Budget::unlimited()) else { panic!("it runs") };
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::Busy, "nothing was started")
    );
    assert!(vm.fail(Error::msg("x")).is_err());
}

/// A run that was given up inside of a finalizer left the collector stopped.
#[test]
fn what_is_given_up_in_a_finalizer_does_not_stop_the_collector() {
    let mut vm = Vm::builder(&Registry::default()).memory(4 << 20).build().expect("a machine");
    let f = vm
        .compile("setmetatable({}, { __gc = function() while true do end end }) collectgarbage()")
        .expect("a program");
    vm.start(&f, ()).expect("started");
    assert!(matches!(vm.run(Budget::fuel(10_000)), Outcome::OutOfFuel));
    let text =
        "for i = 1, 1e5 do local t = { i, i, i, i } end return collectgarbage('count') < 2000";
    assert!(vm.eval::<_, bool>(text, ()).expect("it is collected"));
}

/// Garbage that nothing has collected yet is no reason to refuse a program.
#[test]
fn programs_are_compiled_when_memory_is_full_of_garbage() {
    let mut vm = Vm::builder(&Registry::default()).memory(8 << 20).build().expect("a machine");
    let text = "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end";
    assert_eq!(vm.eval::<_, ()>(text, ()).expect_err("too much").kind(), ErrorKind::Memory);
    let long = format!("return {{ '{}', {} }}", "x".repeat(100_000), "1 + a * 2, ".repeat(4000));
    vm.compile(long).expect("there is memory");
}
