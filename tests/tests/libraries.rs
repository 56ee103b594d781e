//! The libraries against a host without an operating system.

use luka_stdlib::{CompilerLoader, load, open_libs};
use luka_tests::memory_host::MemoryHost;
use luka_vm::Outcome;
use luka_vm::{Config, Vm};

/// Runs a program; what it printed, and the error that ended it.
fn run(host: MemoryHost, program: &str) -> String {
    let stdout = host.stdout.clone();
    let mut vm =
        match Vm::new(Config::default(), Box::new(host), Box::new(CompilerLoader::default())) {
            Ok(vm) => vm,
            Err(_) => return "no machine".to_string(),
        };
    if open_libs(&mut vm).is_err() {
        return "no libraries".to_string();
    }
    let ending = match load::load_bytes(&mut vm, program.as_bytes(), b"=test", None) {
        Err(message) => String::from_utf8_lossy(&message).into_owned(),
        Ok(f) => match vm.run(f.into(), &[]) {
            Outcome::Finished(_) => String::new(),
            Outcome::Exit { code, .. } => format!("exit {code}"),
            other => format!("{other:?}"),
        },
    };
    let printed = stdout.borrow().clone();
    String::from_utf8_lossy(&printed).into_owned() + &ending
}

#[test]
fn files_in_memory() {
    let host = MemoryHost::new(b"first\n12 0x10\n").with_file("a.txt", b"one\ntwo");
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
    let host = MemoryHost::new(b"").with_file("./m.lua", b"return {name = ...}");
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
        let config = Config { fuel: Some(100_000), ..Config::default() };
        let host = Box::new(MemoryHost::new(b""));
        let mut vm = Vm::new(config, host, Box::new(CompilerLoader::default())).expect("a machine");
        open_libs(&mut vm).expect("libraries");
        let f = load::load_bytes(&mut vm, program.as_bytes(), b"=test", None).expect("a chunk");
        assert!(matches!(vm.run(f.into(), &[]), Outcome::OutOfFuel), "{program}");
        vm.add_fuel(50_000);
        assert!(matches!(vm.resume_run(), Outcome::OutOfFuel), "{program}");
        let stop = vm.small_str("stop");
        assert!(matches!(vm.fail_run(stop), Outcome::Failed(_)), "{program}");
        let f = load::load_bytes(&mut vm, b"return 1", b"=test", None).expect("a chunk");
        vm.add_fuel(50_000);
        assert!(matches!(vm.run(f.into(), &[]), Outcome::Finished(_)), "{program}");
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
    let mut results = Vec::new();
    for fuel in [None, Some(1), Some(5_000)] {
        let config = Config { fuel, ..Config::default() };
        let host = Box::new(MemoryHost::new(b""));
        let mut vm = Vm::new(config, host, Box::new(CompilerLoader::default())).expect("a machine");
        open_libs(&mut vm).expect("libraries");
        let f = load::load_bytes(&mut vm, program.as_bytes(), b"=test", None).expect("a chunk");
        let mut outcome = vm.run(f.into(), &[]);
        while matches!(outcome, Outcome::OutOfFuel) {
            vm.add_fuel(5_000);
            outcome = vm.resume_run();
        }
        match outcome {
            Outcome::Finished(values) => results.push(format!("{values:?}")),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);
}
