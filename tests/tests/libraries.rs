//! The libraries against a host without an operating system.

use luka::host::Memory;
use luka::{Budget, Chunk, Error, Libs, Outcome, Registry, Vm};
use luka_tests::host::memory_host;

/// A machine with all libraries.
fn machine(host: Memory) -> Vm {
    let registry = Registry::builder().libs(Libs::ALL).build();
    Vm::builder(&registry).host(host).build().expect("a machine")
}

/// Prepares a program.
fn start(vm: &mut Vm, program: &str) {
    let f = vm.compile(Chunk::text(program).name("=test")).expect("a chunk");
    vm.start(&f, ()).expect("started");
}

/// Runs a program; what it printed, and how it ended if it did not return.
fn run(host: Memory, program: &str) -> String {
    let view = host.view();
    let mut vm = machine(host);
    start(&mut vm, program);
    let ending = match vm.run(Budget::unlimited()) {
        Outcome::Done(_) => String::new(),
        Outcome::Exit { code, .. } => format!("exit {code}"),
        other => format!("{other:?}"),
    };
    String::from_utf8_lossy(&view.stdout()).into_owned() + &ending
}

#[test]
fn files_in_memory() {
    let host = memory_host(b"first\n12 0x10\n").file("a.txt", "one\ntwo");
    let shown = run(
        host,
        r#"
        print(io.read("l"), io.read("n", "n"))
        for line in io.lines("a.txt") do io.write("[", line, "]") end
        local f = assert(io.open("b.txt", "w+"))
        f:write("x", 1, "\n"):seek("set")
        print(f:read("a"), io.open("missing"))
        print(pcall(io.lines, "missing"))
        print(os.time(), os.date("!%F %T", 0), os.getenv("HOME"), os.execute())
        os.exit(3)
        "#,
    );
    let expected = "first\t12\t16\n[one][two]x1\n\tnil\tmissing: No such file or directory\t2\n\
        false\tcannot open file 'missing' (No such file or directory)\n\
        1000000000\t1970-01-01 00:00:00\tnil\tfalse\nexit 3";
    assert_eq!(shown, expected);
}

#[test]
fn modules_in_memory() {
    let host = memory_host(b"").file("./m.lua", "return {name = ...}");
    let shown = run(host, r#"local m, place = require("m") print(m.name, place)"#);
    assert_eq!(shown, "m\t./m.lua\n");
}

#[test]
fn names_are_unique() {
    let mut names: Vec<_> = luka_stdlib::all_natives().map(|n| n.name).collect();
    names.sort_unstable();
    let before = names.len();
    names.dedup();
    assert_eq!(before, names.len());
}

/// A native that works without end must not keep the host out.
#[test]
fn long_natives_pause() {
    let endless = [
        "table.move({}, 1, 1 << 60, 1)",
        "table.move(setmetatable({}, {__index = {}}), 1, 1 << 60, 1)",
        "table.move(setmetatable({}, {__newindex = rawset}), 1, 1 << 60, 2)",
    ];
    for program in endless {
        let mut vm = machine(memory_host(b""));
        start(&mut vm, program);
        assert!(matches!(vm.run(Budget::fuel(100_000)), Outcome::OutOfFuel), "{program}");
        assert!(matches!(vm.run(Budget::fuel(50_000)), Outcome::OutOfFuel), "{program}");
        vm.fail(Error::msg("stop")).expect("paused");
        assert!(matches!(vm.run(Budget::fuel(50_000)), Outcome::Failed(_)), "{program}");
        assert_eq!(vm.eval::<_, i64>("return 1", ()).expect("it goes on"), 1, "{program}");
    }
}

/// What is paused and resumed gives what an undisturbed run gives.
#[test]
fn pausing_changes_nothing() {
    let program = "
        local t = {}
        for i = 1, 20000 do t[i] = i * 7919 % 20011 end
        table.insert(t, 1, -1) table.remove(t, 2) table.move(t, 1, 10000, 5000)
        table.sort(t, function(a, b) return a > b end)
        local p = setmetatable({}, {__index = t, __len = function() return #t end})
        return #table.concat(p, ',') * 31 + t[1] + t[10000] + t[20000]";
    let result = |slice: Option<u64>| -> f64 {
        let mut vm = machine(memory_host(b""));
        start(&mut vm, program);
        let budget = slice.map_or(Budget::unlimited(), Budget::fuel);
        loop {
            match vm.run(budget.clone()) {
                Outcome::OutOfFuel => {}
                outcome => return outcome.done().expect("done").get(&vm).expect("a number"),
            }
        }
    };
    let whole = result(None);
    assert_eq!(result(Some(1_000)), whole);
    assert_eq!(result(Some(5_000)), whole);
}
