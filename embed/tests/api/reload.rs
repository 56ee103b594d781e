//! Hot reload: new code, old state.

use crate::Shared;
use luka::{
    Budget, Error, ErrorKind, Function, Module, Outcome, Registry, Reloaded, Table, Thread, Vm,
};

/// A machine that has loaded `m` from a text; the module is the global `m`.
fn loaded(text: &str) -> Vm {
    let registry = Registry::builder().module("m", Module::text(text)).call("ask").build();
    let mut vm = Vm::builder(&registry).memory(16 << 20).build().expect("a machine");
    vm.eval::<_, ()>("m = require 'm'", ()).expect("it loads");
    vm
}

fn eval<R: luka::FromResults>(vm: &mut Vm, text: &str) -> R {
    vm.eval(text, ()).unwrap_or_else(|e| panic!("{text}: {}", e.report()))
}

fn reload(vm: &mut Vm, text: &str) -> Reloaded {
    vm.reload("m", text).unwrap_or_else(|e| panic!("{}", e.report()))
}

const COUNTER: &str = "
local M = { limit = 10 }
local count = 0
local function step() return 1 end
function M.next() count = count + step() return count end
function M.make() local n = 0 return function() n = n + step() return n end end
return M";

#[test]
fn functions_change_and_state_stays() {
    let mut vm = loaded(COUNTER);
    let held: Function = eval(&mut vm, "return m.next");
    eval::<()>(
        &mut vm,
        "other = { m.next } own = m.make() own() m.next() key = { [m.next] = 'k' }",
    );
    let name: String = eval(&mut vm, "return tostring(m.next)");
    let done = reload(
        &mut vm,
        "
local M = { limit = 20, extra = 'new' }
local count = 100
local factor = 2
local function step() return 10 * factor end
function M.next() count = count + step() return count end
function M.reset() count = 0 end
function M.make() local n = 0 return function() n = n + step() return n end end
return M",
    );
    assert_eq!(done.replaced, ["step", "M.next", "M.make", "M.make/#1"], "{done}");
    assert_eq!(
        (done.added, done.removed, done.unmatched),
        (vec!["M.reset".into()], vec![], vec![])
    );
    assert_eq!(eval::<i64>(&mut vm, "return m.next()"), 21);
    assert_eq!(eval::<i64>(&mut vm, "return other[1]()"), 41);
    assert_eq!(held.call::<i64>(&mut vm, ()).expect("a number"), 61);
    assert_eq!(eval::<i64>(&mut vm, "return own()"), 21);
    // The same function, as far as the program can see.
    assert_eq!(eval::<String>(&mut vm, "return tostring(m.next)"), name);
    assert_eq!(eval::<String>(&mut vm, "return key[m.next]"), "k");
    assert!(eval::<bool>(&mut vm, "return m.next == other[1] and m == require 'm'"));
    // Fields that had a value keep it; new ones have come.
    assert_eq!(eval::<(i64, String)>(&mut vm, "return m.limit, m.extra"), (10, "new".into()));
    eval::<()>(&mut vm, "m.reset()");
    assert_eq!(eval::<i64>(&mut vm, "return m.next()"), 20);
    // And once more, from the text before.
    let done = reload(&mut vm, COUNTER);
    assert_eq!(done.removed, ["M.reset"], "{done}");
    assert_eq!(eval::<i64>(&mut vm, "return m.next()"), 21);
    assert_eq!(held.call::<i64>(&mut vm, ()).expect("a number"), 22);
    assert_eq!(eval::<i64>(&mut vm, "return own()"), 22);
}

#[test]
fn methods_in_metatables_change() {
    let text = |word: &str, more: &str| {
        format!(
            "local Account = {{}}
             Account.__index = Account
             Account.__tostring = function(self) return '{word} ' .. self.cents end
             function Account:pay(n) self.cents = self.cents - n end
             {more}
             return {{ new = function(cents) return setmetatable({{ cents = cents }}, Account) end }}"
        )
    };
    let mut vm = loaded(&text("old", ""));
    eval::<()>(&mut vm, "a = m.new(100) a:pay(1)");
    let more = "function Account:double() self.cents = self.cents * 2 end
                Account.__len = function(self) return self.cents end";
    let done = reload(&mut vm, &text("new", more));
    assert_eq!(
        done.replaced,
        ["Account.__tostring", "Account.pay", "new"],
        "functions of the constructor's table have its keys: {done}"
    );
    assert_eq!(done.added, ["Account.double", "Account.__len"]);
    let shown: (String, i64) = eval(&mut vm, "a:double() a:pay(8) return tostring(a), #a");
    assert_eq!(shown, ("new 190".into(), 190));
    let shown: (String, bool) =
        eval(&mut vm, "local b = m.new(5) return tostring(b), getmetatable(a) == getmetatable(b)");
    assert_eq!(shown, ("new 5".into(), true));
}

#[test]
fn what_runs_ends_in_the_old_code() {
    let text = |word: &str, extra: &str| {
        format!(
            "{extra}
             local M = {{}}
             function M.work(n) coroutine.yield('{word}') ask(n) return '{word}', M.name() end
             function M.name() return 'name of {word}' end
             return M"
        )
    };
    let mut vm = loaded(&text("old", ""));
    let (started, fresh): (Thread, Thread) = eval(
        &mut vm,
        "local a = coroutine.create(m.work) coroutine.resume(a, 1) return a, coroutine.create(m.work)",
    );
    // The main program waits for the host, too: in the old code, for an answer.
    let f: Function = eval(
        &mut vm,
        "return function() local co = coroutine.create(m.work)
         coroutine.resume(co) return select(2, coroutine.resume(co)) end",
    );
    vm.start(&f, ()).expect("started");
    let Outcome::Call(call) = vm.run(Budget::unlimited()) else { panic!("no call") };
    let done = reload(&mut vm, &text("new", "local a, b, c = 1, 2, 3"));
    assert_eq!(done.replaced, ["M.work", "M.name"]);
    vm.answer(call.id, Ok(())).expect("it waits");
    let values = vm.run(Budget::unlimited()).done().expect("done");
    let both: (String, String) = values.get(&vm).expect("two texts");
    assert_eq!(both, ("old".into(), "name of new".into()));
    // A suspended one, too; one that has not begun begins in the new code.
    vm.resume(&started, ()).expect("suspended");
    let Outcome::Call(call) = vm.run(Budget::unlimited()) else { panic!("no call") };
    vm.answer(call.id, Ok(())).expect("it waits");
    let values = vm.run(Budget::unlimited()).done().expect("done");
    assert_eq!(
        values.get::<(String, String)>(&vm).expect("two"),
        ("old".into(), "name of new".into())
    );
    vm.resume(&fresh, ()).expect("suspended");
    let Outcome::Yielded(values) = vm.run(Budget::unlimited()) else { panic!("no yield") };
    assert_eq!(values.get::<String>(&vm).expect("a text"), "new");
}

#[test]
fn a_program_in_the_middle_of_a_loop_goes_on() {
    let text = |n: i64| format!("local M = {{}} function M.f(i) return i * {n} end return M");
    let mut vm = loaded(&text(1));
    let f = vm
        .compile("local s, f = 0, m.f for i = 1, 1000 do s = s + f(1) end return s")
        .expect("a program");
    vm.start(&f, ()).expect("started");
    assert!(matches!(vm.run(Budget::fuel(2000)), Outcome::OutOfFuel));
    reload(&mut vm, &text(1000));
    let sum: i64 = vm.run(Budget::unlimited()).done().expect("done").get(&vm).expect("a sum");
    assert!((2000..1_000_000).contains(&sum) && sum != 1000, "{sum}");
}

#[test]
fn errors_leave_everything_as_it_was() {
    let mut vm = loaded(COUNTER);
    assert_eq!(eval::<i64>(&mut vm, "return m.next()"), 1);
    let check = |vm: &mut Vm, text: &str, budget: Budget| -> Error {
        let error = vm.reload_within("m", text, budget).expect_err(text);
        let before: i64 = eval(vm, "return m.next()");
        let after: i64 = eval(vm, "return m.next()");
        assert_eq!(after, before + 1, "{text}");
        error
    };
    let all = Budget::unlimited;
    assert_eq!(check(&mut vm, "local M = ", all()).kind(), ErrorKind::Syntax);
    let error = check(&mut vm, "local M = {} function M.next() end error 'no'", all());
    assert_eq!(error.to_string(), "m:1: no");
    assert_eq!(
        check(&mut vm, "while true do end", Budget::fuel(10_000)).kind(),
        ErrorKind::Unfinished
    );
    assert_eq!(check(&mut vm, "ask() return {}", all()).kind(), ErrorKind::Unfinished);
    let endless = "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end";
    assert_eq!(check(&mut vm, endless, all()).kind(), ErrorKind::Memory);
    assert_eq!(check(&mut vm, "coroutine.yield() return {}", all()).kind(), ErrorKind::Runtime);
    for (module, message) in [
        ("x", "the module 'x' is not loaded from a text"),
        ("string", "the module 'string' is not loaded from a text"),
    ] {
        assert_eq!(vm.reload(module, "return 1").expect_err("none").to_string(), message);
    }
    let _ = vm.close(Budget::unlimited());
    assert_eq!(vm.reload("m", COUNTER).expect_err("closed").kind(), ErrorKind::Busy);
}

/// A limit that the new text fits in, but not the closures that are to be made: whatever it is, the
/// reload is done, or the module is as before.
#[test]
fn memory_limits_leave_the_old_or_the_new_code() {
    let text = |n: i64| {
        format!(
            "local M, list = {{}}, {{}}
             for i = 1, 2000 do list[i] = function() return i + {n} end end
             function M.sum() local s = 0 for i = 1, #list do s = s + list[i]() end return s end
             function M.own() return {n} end
             {}
             return M",
            if n > 0 { "for i = 1, 300 do M['f' .. i] = function() return M end end" } else { "" }
        )
    };
    let base = 2000 * 2001 / 2;
    let mut outcomes = [0, 0];
    for limit in (250..900).step_by(25) {
        let registry = Registry::builder().module("m", Module::text(text(0))).build();
        let vm = Vm::builder(&registry).memory(limit << 10).build();
        let Ok(mut vm) = vm else { continue };
        if vm.eval::<_, ()>("m = require 'm'", ()).is_err() {
            continue;
        }
        let result = vm.reload("m", text(1));
        let (sum, own, added): (i64, i64, bool) =
            eval(&mut vm, "collectgarbage() return m.sum(), m.own(), m.f300 ~= nil");
        match result {
            Ok(_) => assert_eq!((sum, own, added), (base + 2000, 1, true), "{limit} KiB"),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Memory, "{error}");
                assert_eq!((sum, own, added), (base, 0, false), "{limit} KiB");
            }
        }
        outcomes[usize::from(own == 1)] += 1;
    }
    assert!(outcomes[0] > 2 && outcomes[1] > 2, "{outcomes:?}");
}

#[test]
fn what_cannot_be_matched_is_said() {
    let mut vm = loaded(
        "local M = {}
         function M.make(a) return function() return a end end
         function M.two() return function() return 1 end, function() return 2 end end
         function M.gone() return 'still there' end
         return M",
    );
    eval::<()>(&mut vm, "f = m.make('a') g, h = m.two() gone = m.gone");
    let done = reload(
        &mut vm,
        "local M = {}
         function M.make(a, b) return function() return b end end
         function M.two() return function() return 3 end end
         return M",
    );
    assert_eq!(done.replaced, ["M.make", "M.two"]);
    assert_eq!(done.removed, ["M.gone"]);
    let said: Vec<_> =
        done.unmatched.iter().map(|u| format!("{}: {}", u.function, u.reason)).collect();
    assert_eq!(
        said,
        [
            "M.make/#1: it has no variable 'b' of the function around it",
            "M.two/#1: there were 2 of its name, now there are 1",
            "M.two/#2: there were 2 of its name, now there are 1",
        ]
    );
    let shown: (String, i64, i64, String) = eval(&mut vm, "return f(), g(), h(), gone()");
    assert_eq!(shown, ("a".into(), 1, 2, "still there".into()));
    assert_eq!(
        eval::<(String, i64)>(&mut vm, "return m.make('x', 'y')(), m.two()()"),
        ("y".into(), 3)
    );
}

#[test]
fn new_variables_are_those_of_the_module() {
    let mut vm = loaded("local M = {} local log = {} function M.f() return #log end return M");
    eval::<()>(&mut vm, "m.f()");
    reload(
        &mut vm,
        "local M = {}
         local log, calls, helpers = {}, 0, {}
         local alias = M
         function helpers.count() calls = calls + 1 return calls end
         function M.f() log[#log + 1] = helpers.count() return #log, calls, alias.f == M.f end
         function M.log() return log end
         return M",
    );
    assert_eq!(eval::<(i64, i64, bool)>(&mut vm, "m.f() return m.f()"), (2, 2, true));
    // The new function sees the same list as the old one, and the alias is the module itself.
    assert_eq!(eval::<Vec<i64>>(&mut vm, "return m.log()"), [1, 2]);
    assert!(eval::<bool>(&mut vm, "return select(3, m.f())"));
}

#[test]
fn values_that_are_no_tables() {
    let mut vm = loaded("local n = 0 return function() n = n + 1 return n end");
    let f: Function = eval(&mut vm, "m() return m");
    reload(&mut vm, "local n = 0 return function() n = n + 10 return n end");
    assert_eq!(f.call::<i64>(&mut vm, ()).expect("a number"), 11);
    assert!(eval::<bool>(&mut vm, "return m == require 'm'"));
    let mut vm = loaded("return 1");
    reload(&mut vm, "return { f = function() return 2 end }");
    assert_eq!(eval::<i64>(&mut vm, "return require 'm'.f()"), 2);
    // A callback that a program has put into the module is its own.
    let text = "local M = {} function M.on() return 'default' end return M";
    let mut vm = loaded(text);
    eval::<()>(&mut vm, "m.on = function() return 'own' end");
    reload(&mut vm, text);
    assert_eq!(eval::<String>(&mut vm, "return m.on()"), "own");
}

#[test]
fn functions_that_callbacks_and_coroutines_hold_change() {
    let text = |n: i64| {
        format!(
            "local M = {{}}
             function M.compare(a, b) return a {} b end
             M.co = coroutine.wrap(function() while true do coroutine.yield(M.value()) end end)
             function M.value() return {n} end
             return M",
            if n > 0 { ">" } else { "<" }
        )
    };
    let mut vm = loaded(&text(-1));
    eval::<()>(&mut vm, "co = m.co co() list = { f = setmetatable({}, { __index = m.compare }) }");
    reload(&mut vm, &text(1));
    assert_eq!(eval::<i64>(&mut vm, "return co()"), 1);
    let sorted: Vec<i64> =
        eval(&mut vm, "local t = { 2, 3, 1 } table.sort(t, getmetatable(list.f).__index) return t");
    assert_eq!(sorted, [3, 2, 1]);
}

/// The heap is as it should be after many reloads in the middle of everything: collections find
/// nothing amiss, and nothing is left over.
#[test]
fn reloading_again_and_again_leaks_nothing() {
    let out = Shared::default();
    let text = |n: i64| {
        format!(
            "local M, seen = {{}}, setmetatable({{}}, {{ __mode = 'k' }})
             local function tag(f) seen[f] = true return f end
             function M.make() local a = {n} return tag(function() return a + {n} end) end
             function M.count() local k = 0 for _ in pairs(seen) do k = k + 1 end return k end
             return M"
        )
    };
    let registry = Registry::builder().module("m", Module::text(text(0))).build();
    let mut vm = Vm::builder(&registry).output(out).build().expect("a machine");
    let work = "kept = kept or {}
        for i = 1, 100 do kept[i % 10] = require 'm'.make() end
        collectgarbage(({'incremental', 'generational', 'step', 'collect'})[1 + n % 4])";
    let mut memory = Vec::new();
    for n in 0..40 {
        eval::<()>(&mut vm, &format!("n = {n} {work}"));
        reload(&mut vm, &text(n));
        vm.check_heap().expect("an intact heap");
        eval::<()>(&mut vm, "collectgarbage() collectgarbage()");
        memory.push(vm.memory_used());
        assert_eq!(eval::<i64>(&mut vm, "return require 'm'.count()"), 10, "{n}");
    }
    assert!(memory[39] < memory[10] + 2048, "{memory:?}");
    let roots: Table = eval(&mut vm, "return kept");
    drop(roots);
    assert_eq!(vm.handle_count(), 0);
}
