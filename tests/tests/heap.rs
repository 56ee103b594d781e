//! The collector under whole programs: its invariants while they run, limits, finalizers, pauses.

use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, compile};
use luka_stdlib::{CompilerLoader, open_libs};
use luka_tests::capture::Capture;
use luka_tests::host::memory_host;
use luka_vm::heap::replace::Replacement;
use luka_vm::host::Host;
use luka_vm::{Action, Config, Outcome, Value, Vm, inner_natives};

/// A machine and a program loaded into it.
fn machine(host: Box<dyn Host + Send>, program: &str, config: Config) -> (Vm, Value) {
    let source = Source::new("=t", program.as_bytes(), SourceKind::File);
    let module = compile(&source, &Options::default()).expect("a program");
    let loader = Box::<CompilerLoader>::default();
    let mut vm = Vm::new(config, host, loader).expect("a machine");
    open_libs(&mut vm).expect("libraries");
    let f = vm.instantiate(module, None).expect("a function");
    (vm, f.into())
}

/// Everything the collector must follow: tables of all kinds, closures, coroutines, strings.
const MUTATOR: &str = "
    local mode, rounds = MODE, 40
    collectgarbage(mode)
    local seed = 42
    local function rand(n) seed = (seed * 1103515245 + 12345) % 2147483648 return seed // 65536 % n + 1 end
    local old, weak, keys = {}, setmetatable({}, {__mode = 'v'}), setmetatable({}, {__mode = 'k'})
    local big = {}
    for i = 1, 6000 do big[i] = i end
    local finalized = 0
    local Class = {} Class.__index = Class
    function Class:get() return self.value end
    local function counter() local n = {} return function(v) local o = n n = v return o end end
    local counters = {}
    for i = 1, 20 do counters[i] = counter() end
    local co = coroutine.wrap(function()
        local mine = {}
        while true do mine[rand(9)] = coroutine.yield(mine) end
    end)
    co()
    for round = 1, rounds do
        for i = 1, 150 do
            local o = setmetatable({value = {i, round}, name = 'n' .. i .. ':' .. round}, Class)
            old[rand(200)] = o
            big[rand(6000)] = o
            big['k' .. rand(40)] = {o:get()}
            weak[rand(50)] = o
            keys[o] = {o, old[rand(200)]}
            counters[rand(20)]({o})
            co({o})
            local x = old[rand(200)]
            if x then x.next, x[rand(4)] = o, {x} end
        end
        setmetatable({}, {__gc = function(t) finalized = finalized + 1 old[1] = t end})
        local s = ('x'):rep(round * 50)
        big[s] = s .. round
    end
    for i = 1, 20 do assert(counters[i]() == nil or true) end
    for k, v in pairs(old) do assert(type(v) == 'table') end
    collectgarbage()
    assert(finalized > 0)
";

/// Stops the program every few hundred instructions and walks the whole heap.
fn checked(mode: &str, slice: u64) {
    let program = MUTATOR.replace("MODE", &format!("'{mode}'"));
    let config = Config { fuel: Some(1), ..Config::default() };
    let (mut vm, f) = machine(Box::new(memory_host(b"")), &program, config);
    let mut outcome = vm.run(f, &[]);
    while let Outcome::OutOfFuel = outcome {
        vm.check_heap().unwrap_or_else(|e| panic!("{mode}: {e}"));
        vm.add_fuel(slice);
        outcome = vm.resume_run();
    }
    match outcome {
        Outcome::Finished(_) => {}
        Outcome::Failed(v) => panic!("{mode}: {v:?}"),
        other => panic!("{mode}: {other:?}"),
    }
    vm.check_heap().unwrap_or_else(|e| panic!("{mode}: {e}"));
}

#[test]
fn generations_keep_their_invariants_while_a_program_runs() {
    checked("generational", 9711);
}

#[test]
fn increments_keep_their_invariants_while_a_program_runs() {
    checked("incremental", 9717);
}

/// Functions and tables take the place of others in the middle of a collection, in both modes.
#[test]
fn replaced_objects_are_where_the_collector_expects_them() {
    let program = "
        local mode, keep = ..., {}
        collectgarbage(mode)
        local function old(n) return n end
        local function new(n) return n * 2 end
        local a, b = { f = old, [1] = old, [old] = 'key' }, { f = new }
        local co = coroutine.create(function(f) local g = f while true do coroutine.yield(g(1)) end end)
        coroutine.resume(co, old)
        setmetatable(keep, { __index = a })
        replace(old, new, a, b)
        for i = 1, 3000 do
            keep[i % 50] = { i, old, coroutine.wrap(old), function() return old, a end }
            if i % 100 == 0 then replace(old, new, a, b) end
        end
        assert(old(1) == 2 and keep.f(1) == 2 and coroutine.resume(co) and keep[7][2] == old)
        return old, keep
    ";
    for mode in ["incremental", "generational"] {
        let config = Config { fuel: Some(1), ..Config::default() };
        let (mut vm, f) = machine(Box::new(memory_host(b"")), program, config);
        let replace = vm.heap.new_native(&REPLACE, &[]).into();
        let name = vm.small_str("replace");
        vm.globals().set(&mut vm.heap, name, replace).expect("there is memory");
        let mode_name = vm.small_str(mode);
        let mut outcome = vm.run(f, &[mode_name]);
        while let Outcome::OutOfFuel = outcome {
            vm.check_heap().unwrap_or_else(|e| panic!("{mode}: {e}"));
            vm.add_fuel(1709);
            outcome = vm.resume_run();
        }
        let Outcome::Finished(values) = outcome else { panic!("{mode}: {outcome:?}") };
        assert!(values[0].as_lua_fn().is_some());
        vm.check_heap().unwrap_or_else(|e| panic!("{mode}: {e}"));
    }
}

inner_natives! { static NATIVES;
    /// Replaces its first argument by the second, and the third by the fourth.
    REPLACE: "test.replace" = |vm| {
        let pair = |vm: &Vm, at, keeps_identity| Replacement {
            old: vm.arg(at),
            new: vm.arg(at + 1),
            keeps_identity,
        };
        let list = [pair(vm, 1, false), pair(vm, 3, false)];
        vm.replace(&list);
        Ok(Action::Return(0))
    };
}

#[test]
fn garbage_makes_room_before_memory_is_said_to_be_out() {
    let program = "
        local s = ('x'):rep(300000)
        for i = 1, 40 do
            local a = ('y'):rep(400000)
            local b = s .. a .. i
            local c = b:upper()
            local t = {}
            for j = 1, 15000 do t[j] = j end
        end
        assert(not pcall(string.rep, 'x', 10000000))
        assert(not pcall(function() local t = {} for i = 1, 1e7 do t[i] = i end end))
        return #s
    ";
    let config = Config { memory_limit: Some(3_000_000), ..Config::default() };
    let (mut vm, f) = machine(Box::new(memory_host(b"")), program, config);
    match vm.run(f, &[]) {
        Outcome::Finished(v) => assert_eq!(v[0].as_int(), Some(300_000)),
        Outcome::Failed(v) => panic!("{v:?}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn finalizers_that_cannot_be_called_are_warnings() {
    let program = "
        warn('@on')
        setmetatable({}, {__gc = 42}) collectgarbage()
        late = setmetatable({}, {__gc = {}})
    ";
    let (host, _, stderr) = Capture::new();
    let (mut vm, f) = machine(Box::new(host), program, Config::default());
    assert!(matches!(vm.run(f, &[]), Outcome::Finished(_)));
    vm.close();
    let text = String::from_utf8_lossy(&stderr.borrow()).into_owned();
    assert_eq!(
        text,
        "Lua warning: error in __gc (attempt to call a number value (metamethod '__gc'))\n\
         Lua warning: error in __gc (attempt to call a table value (metamethod '__gc'))\n"
    );
}

#[test]
fn pauses_are_recorded_when_asked() {
    let program = "local t for i = 1, 50000 do t = {i, {t and t[1]}} end";
    let (mut vm, f) = machine(Box::new(memory_host(b"")), program, Config::default());
    vm.heap.record_pauses();
    assert!(matches!(vm.run(f, &[]), Outcome::Finished(_)));
    assert!(vm.heap.pauses().count() > 0);
    let report = vm.heap.stats_report();
    assert!(report.starts_with("mode                 generational\n"), "{report}");
}
