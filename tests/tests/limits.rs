//! Limits hold wherever a program spends memory and fuel: in finalizers, in the compiler, in natives.
//! Each program runs in a process of its own (`limited`), which says what it took.
#![cfg(target_os = "linux")]

use luka_tests::bombs::BOMBS;
use std::process::Command;

/// What a run took and printed.
#[derive(Debug)]
struct Run {
    outcome: String,
    fuel: u64,
    cpu_us: u64,
    peak_kb: u64,
    printed: String,
}

fn run(options: &[&str], program: &str) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_limited"));
    let output = command.args(options).arg(program).output().expect("a process");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{program}\n{}{:?}", text, output);
    let (first, printed) = text.split_once('\n').expect("a line");
    let (outcome, _) = first.split_once(" fuel=").unwrap_or((first, ""));
    let number = |name: &str| {
        let word = first.split(' ').find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        word.map_or(0, |n| n.parse().expect("a number"))
    };
    Run {
        outcome: outcome.to_string(),
        fuel: number("fuel"),
        cpu_us: number("cpu"),
        peak_kb: number("peak"),
        printed: printed.to_string(),
    }
}

const MB: u64 = 1 << 20;

/// Programs that ask for endless memory, caught by `pcall` or in a finalizer; each goes on
/// afterwards and prints `on`.
const HUNGRY: &[&str] = &[
    // Finalizers, at the end of a program too; one that fails is a warning.
    "setmetatable({}, {__gc = function() local t = {} for i = 1, 1e7 do t[i] = {} end end})
     collectgarbage() print 'on'",
    "setmetatable({}, {__gc = function() for i = 1, 1e6 do local x = {} end end})
     collectgarbage() print 'on'",
    "x = setmetatable({}, {__gc = function() local t = {} for i = 1, 1e7 do t[i] = {} end end})
     print 'on'",
    "x = setmetatable({}, {__gc = function() for i = 1, 1e6 do local x = {} end end}) print 'on'",
    // Closing variables.
    "pcall(function()
         local x <close> = setmetatable({}, {__close = function()
             local t = {} for i = 1, 1e7 do t[i] = {} end
         end})
         error()
     end) print 'on'",
    // The collector's parameters do not matter.
    "collectgarbage('stop') for i = 1, 2e6 do local x = {} end print 'on'",
    "collectgarbage('incremental', 1000, 100, 40) for i = 1, 2e6 do local x = {} end print 'on'",
    "collectgarbage('incremental', 1000, 1000, 24) for i = 1, 2e6 do local x = {i} end print 'on'",
    "collectgarbage('generational', 100, 1000) for i = 1, 2e6 do local x = {i} end print 'on'",
    // The compiler: good texts and bad ones, from strings and readers.
    "print(pcall(load, ('x=x+1 '):rep(1.5e6))) print 'on'",
    "print(pcall(load, ('x=x+1 '):rep(1e5) .. ')')) print 'on'",
    "print(pcall(load, 'return {' .. ('function()end,'):rep(4e5) .. '}')) print 'on'",
    "print(pcall(load, ('f{}'):rep(3e6))) print 'on'",
    "print(pcall(load, 'return 0' .. ('+a'):rep(3e6))) print 'on'",
    "print(pcall(load, ('a,'):rep(3e6))) print 'on'",
    "print(pcall(load, function() return 'x = x + 1 ' end)) print 'on'",
    "print(pcall(load, function() return ('x = x + 1 '):rep(1000) end)) print 'on'",
    "print(pcall(load, function() return '  ' end)) print 'on'",
    "local s = string.dump(load(('x=x+1 '):rep(2e4)))
     local t = {} for i = 1, 100 do
         local ok, f = pcall(load, s) if not ok or not f then break end t[i] = f
     end t = nil print 'on'",
    // Memory of one size serves the next one.
    "local from = {} for i = 1, 56 do from[i] = i end
     for n = 4, 56, 4 do
         local t = {}
         for i = 1, 12e6 // (72 + 9 * n) do t[i] = {table.unpack(from, 1, n)} end
     end print 'on'",
    "for n = 1, 500, 30 do
         local t = {}
         for i = 1, 8e6 // (64 + n) do t[i] = ('x'):rep(n) .. i end
     end print 'on'",
    "for n = 1, 8 do
         local t = {}
         for i = 1, 12e6 // (2 ^ n * 24 + 72) do
             local x = {} for j = 1, 2 ^ n do x['k' .. j] = j end t[i] = x
         end
     end print 'on'",
    "for n = 100, 3000, 300 do
         local t = {}
         for i = 1, 10e6 // (9 * n) do t[i] = table.pack(table.unpack({}, 1, n)) end
     end print 'on'",
    // Natives that make much of little.
    "local f = load(('x=x+1 '):rep(2e4)) local t = {}
     print(pcall(function() for i = 1, 1e3 do t[i] = string.dump(f) end end)) t = nil print 'on'",
    "local asm = require 'luka.bytecode'
     print(pcall(asm.assemble, '.function main vararg\\n' .. ('RETURN0\\n'):rep(1e6))) print 'on'",
    "local s = string.dump(load(('x=1 '):rep(1e4))) local asm = require 'luka.bytecode'
     print(pcall(asm.disassemble, s)) print 'on'",
];

#[test]
fn memory_limits_hold_everywhere() {
    let limit = 20 * MB;
    let most = (limit + limit / 4 + 20 * MB) / 1024;
    let memory = limit.to_string();
    for program in HUNGRY {
        let run = run(&["--memory", &memory, "--close"], program);
        assert_eq!(run.outcome, "finished", "{program}\n{run:?}");
        assert!(run.printed.ends_with("on\n"), "{program}\n{run:?}");
        if std::env::var_os("LUKA_SHOW").is_some() {
            eprintln!(
                "{:>8} KB  {} {program}",
                run.peak_kb,
                run.printed.lines().next().unwrap_or("")
            );
        }
        assert!(run.peak_kb <= most, "more than {most} KB: {program}\n{run:?}");
    }
}

/// A collection in a pause of `table.unpack` gave back what was reserved of the stack, which then grew
/// by doubling: the old and the new one were there at the same time (54 MB).
#[test]
fn unpacking_has_the_stack_once() {
    let program = "local t = {} for i = 1, 900000 do t[i] = i end
        local a, b = table.unpack(t) print(a + b)";
    let run = run(&["--memory", &(500 * MB).to_string()], program);
    assert_eq!(run.printed, "3\n", "{run:?}");
    assert!(run.peak_kb <= 44 * 1024, "{run:?}");
}

/// Nanoseconds of the processor for a unit of fuel: the bar of the benches, with a margin for
/// machines that are busy or slow, and more where code is not optimized.
const MOST_NS: u64 = if cfg!(debug_assertions) { 500 } else { 60 };

/// Fuel that each program gets, and what the last thing it does may cost beyond it.
const FUEL: u64 = 300_000;
const ONE_MORE: u64 = 20 * FUEL;

#[test]
fn no_work_is_free() {
    let fuel = FUEL.to_string();
    let mut wrong = Vec::new();
    for (name, program) in BOMBS {
        let run = run(&["--fuel", &fuel], program);
        let ns = run.cpu_us * 1000 / run.fuel.max(1);
        if std::env::var_os("LUKA_SHOW").is_some() {
            eprintln!("{ns:>6} ns a unit, {:>9} units  {name}", run.fuel);
        }
        let stopped = run.outcome == "OutOfFuel" && run.fuel <= FUEL + ONE_MORE;
        if !stopped || ns > MOST_NS {
            wrong.push(format!("{name}: {ns} ns a unit, {run:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
