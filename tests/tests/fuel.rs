//! Programs without end: whatever they loop by, a machine with a budget comes back out of fuel.

use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, compile};
use luka_stdlib::{CompilerLoader, open_libs};
use luka_tests::host::memory_host;
use luka_vm::Outcome;
use luka_vm::{Config, Value, Vm};

/// A machine with some fuel, and a program loaded into it.
fn machine(program: &str, gc_stress: u32) -> (Vm, Value) {
    let source = Source::new("=t", program.as_bytes(), SourceKind::File);
    let module = compile(&source, &Options::default()).expect("a program");
    let config = Config { fuel: Some(20_000), gc_stress, ..Config::default() };
    let mut vm = Vm::new(config, Box::new(memory_host(b"")), Box::new(CompilerLoader::default()))
        .expect("a machine");
    open_libs(&mut vm).expect("libraries");
    let f = vm.instantiate(module, None).expect("a function");
    (vm, f.into())
}

/// Runs a program with some fuel, again and again with more, on a machine of its own.
fn starves(program: &str, gc_stress: u32) {
    let (mut vm, f) = machine(program, gc_stress);
    let mut outcome = vm.run(f, &[]);
    for _ in 0..10 {
        assert!(matches!(outcome, Outcome::OutOfFuel), "{program}");
        vm.add_fuel(1_000);
        outcome = vm.resume_run();
    }
    assert!(matches!(outcome, Outcome::OutOfFuel), "{program}");
}

#[test]
fn endless_programs_run_out_of_fuel() {
    let programs = [
        "while true do end",
        "::a:: goto a",
        "repeat until false",
        "for i = 1, math.huge do end",
        "local function f() return f() end f()",
        "local function f(...) return f(...) end f(1)",
        // Found by the fuzzer: calls that fill or cut arguments are slow paths, and so is a native
        // that calls back; errors go around the rest.
        "local function f(a, b, c) pcall(function() error(a) end) return f(a) end f(1)",
        "local function f() pcall(function(x) error() end) return f(1, 2) end f()",
        "local function f(...) pcall(error) return f() end f()",
        "local t = setmetatable({}, {__call = function(t) return t() end}) t()",
        "local t = {} setmetatable(t, {__index = function(t, k) return t[k] end}) \
         while true do pcall(function() return t.x end) end",
        "local function f() return select(2, pcall(f)) end while true do f() end",
        // Found by the fuzzer: comparisons of anything but two numbers jump from a slow path, with
        // which such a loop had no end, and no Ctrl-C.
        "local a, b = 'a', 'b' repeat until not (a < b)",
        "local a, b = 'a', 'b' repeat until a > b",
        "local a, b = 1, 1.5 repeat local c = a until a >= b",
        "local a, b = 'a', ('b'):rep(50) repeat until b <= a",
        "local a = setmetatable({}, {__lt = function() end}) repeat until a < a",
        "local a = setmetatable({}, {__le = rawequal}) repeat until not (a <= a)",
        "local a, b = setmetatable({}, {__eq = rawlen}), {} repeat until a ~= b",
        "local a = setmetatable({}, {__lt = rawlen}) repeat until not (a < 'x')",
        "local a = setmetatable({}, {__lt = type}) repeat until not (a > 3)",
        "for _ in function() return 1 end do end",
        "for _ in coroutine.wrap(function() while true do coroutine.yield(1) end end) do end",
        "local f f = coroutine.wrap(function() return f end) \
         while true do coroutine.wrap(coroutine.wrap)(function() end) end",
        "while true do string.gsub('abc', '.', function() end) end",
        "while true do table.sort({3, 1, 2}, function(a, b) return a < b end) end",
        "while true do xpcall(error, function(e) error(e) end) end",
        "local function f() local x <close> = setmetatable({}, {__close = error}) error() end \
         local function g(a) pcall(f) return g() end g()",
    ];
    for program in programs {
        starves(program, 0);
        starves(program, 7);
    }
}

/// Finalizers and pending variables at the end of a program were run on fuel without end: a
/// program of strangers could keep the host for ever.
#[test]
fn closing_pauses_and_goes_on() {
    let slow = "local function slow(name) return function()
            for i = 1, 100000 do end
            log = (log or '') .. name
            if name == 'c' then print(log) end
        end end
        setmetatable({}, {__gc = slow 'c'})
        setmetatable({}, {__gc = slow 'b'})
        local x <close> = setmetatable({}, {__close = slow 'a'})
        os.exit(true, true)";
    let (mut vm, f) = machine(slow, 0);
    assert!(matches!(vm.run(f, &[]), Outcome::Exit { code: 0, close: true }));
    let mut pauses = 0;
    loop {
        match vm.close() {
            Outcome::OutOfFuel => vm.add_fuel(5_000),
            Outcome::Finished(_) => break,
            other => panic!("{other:?}"),
        }
        pauses += 1;
    }
    assert!(pauses > 30, "{pauses}");
    let log = vm.globals().get_str_bytes(b"log");
    assert_eq!(log.as_str().expect("a text").bytes(), b"abc");

    let endless = "setmetatable({}, {__gc = function() while true do end end})";
    let (mut vm, f) = machine(endless, 0);
    assert!(matches!(vm.run(f, &[]), Outcome::Finished(_)));
    for _ in 0..5 {
        assert!(matches!(vm.close(), Outcome::OutOfFuel));
        vm.add_fuel(1_000);
    }
}
