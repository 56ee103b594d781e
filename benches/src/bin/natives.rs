//! `cargo run --release -p luka-benches --bin natives`: what a unit of fuel buys in the library.
//!
//! Calls every native with arguments made to be expensive (long strings and lists, deep stacks, bad
//! formats), and prints the worst time for a unit of fuel of each. A native above 50 ns a unit lets
//! a program work for nothing.
#![deny(unsafe_code)]

use luka_stdlib::load::load_bytes;
use luka_stdlib::{CompilerLoader, all_natives, open_libs};
use luka_vm::Outcome;
use luka_vm::host::NullHost;
use luka_vm::{Config, Native, Value, Vm};
use nix::time::{ClockId, clock_gettime};
use std::process::ExitCode;
use std::time::Duration;

/// Nanoseconds for a unit of fuel that no native may exceed.
const BAR: f64 = 50.0;

/// Calls that take less are not judged: starting one takes as long.
const LEAST_NS: u128 = 20_000;

/// Fuel for a call; one that needs more (a pattern that tries everything) is stopped there.
const FUEL: u64 = 1_000_000;

/// What arguments are made of, as a program that returns a list. (The numbers in front keep lists
/// short: each native is tried with all pairs, and with some triples.)
const ARGUMENTS: &str = r##"
    local mega = 1 << 20
    local deep = coroutine.create(function()
        local function down(n) if n == 0 then coroutine.yield() end down(n - 1) return 1 end
        down(100000)
    end)
    coroutine.resume(deep)
    local long, holes = {}, {}
    for i = 1, 100000 do long[i] = i; holes[i] = i; holes["k" .. i] = i end
    for i = 1, 100000 do holes[i] = nil; holes["k" .. i] = nil end
    local words = {}
    for i = 1, 10000 do words[i] = "word" .. i * 7919 % 10007 end
    return {
        1, -1, 0, 255, 1e308, "string", "%s", "*t", "", "r",
        (" "):rep(mega), ("<"):rep(mega), ("["):rep(mega), "[" .. ("a"):rep(mega) .. "]",
        "[" .. ("a"):rep(mega) .. "]*b", ("a*"):rep(mega // 2), ("?"):rep(1000), ("?;"):rep(1000),
        ("1"):rep(mega), "0x" .. ("f"):rep(mega), ("%%"):rep(mega // 2), ("%d"):rep(mega // 2),
        "%99.99f", "%.0s", "%q", ("\n"):rep(mega), ("x = x + 1 "):rep(mega // 10), ("\0"):rep(mega),
        ("%Y"):rep(mega // 2), ("s1"):rep(mega // 2),
        deep, long, holes, words, {}, print, function(...) return ... end,
        setmetatable({}, {__index = long, __len = function() return 100000 end}),
    }
"##;

/// The worst call of a native.
#[derive(Clone)]
struct Worst {
    name: &'static str,
    per_unit: f64,
    ns: u128,
    units: u64,
    arguments: String,
}

fn main() -> ExitCode {
    let only: Vec<String> = std::env::args().skip(1).collect();
    let chosen = |native: &Native| {
        only.is_empty() || only.iter().any(|part| native.name.contains(part.as_str()))
    };
    let mut natives: Vec<&'static Native> =
        all_natives().filter(|n| n.contract.is_none() && chosen(n)).collect();
    natives.sort_by_key(|native| native.name);
    let mut rows: Vec<Worst> = natives.into_iter().filter_map(worst).collect();
    rows.sort_by(|a, b| b.per_unit.total_cmp(&a.per_unit));
    println!("{:>10} {:>12} {:>10}  call", "ns/unit", "ns", "units");
    for row in &rows {
        let Worst { name, per_unit, ns, units, arguments } = row;
        println!("{per_unit:>10.1} {ns:>12} {units:>10}  {name}({arguments})");
    }
    let above = rows.iter().filter(|row| row.per_unit > BAR).count();
    println!("{above} of {} above {BAR} ns a unit", rows.len());
    if above == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A machine and the arguments to choose from, kept in its registry.
fn machine() -> Option<(Vm, Vec<Value>)> {
    let config = Config { memory_limit: Some(1 << 30), ..Config::default() };
    let mut vm = Vm::new(config, Box::new(NullHost), Box::<CompilerLoader>::default()).ok()?;
    open_libs(&mut vm).ok()?;
    let f = load_bytes(&mut vm, ARGUMENTS.as_bytes(), b"=arguments", None).ok()?;
    let Outcome::Finished(lists) = vm.run(f.into(), &[]) else { return None };
    let list = lists.first()?.as_table()?;
    let key = vm.small_str("benches.arguments");
    vm.registry().set(&mut vm.heap, key, list.into()).ok()?;
    let values = (1..=list.len()).map(|i| list.get_int(i)).collect();
    Some((vm, values))
}

/// Tries a native with no argument, each argument, all pairs of them, and triples of a pair and one
/// that is long; `None` if no call took long enough to be judged.
fn worst(native: &'static Native) -> Option<Worst> {
    let (mut vm, values) = machine()?;
    let mut worst: Option<Worst> = None;
    let mut calls = vec![vec![]];
    calls.extend(values.iter().map(|&a| vec![a]));
    for &a in &values {
        calls.extend(values.iter().map(|&b| vec![a, b]));
    }
    let long = values.iter().skip(10).step_by(3);
    for (&a, &b) in values.iter().step_by(3).flat_map(|a| long.clone().map(move |b| (a, b))) {
        calls.extend(values.iter().step_by(4).map(|&c| vec![a, b, c]));
    }
    for arguments in calls {
        // Again if it is the worst so far: that may be a disturbance.
        let least = worst.as_ref().map_or(0.0, |worst| worst.per_unit);
        let mut again = || measure(&mut vm, native, &arguments).filter(|c| c.per_unit > least);
        let Some(first) = again() else { continue };
        // What costs little may be where the collector has its turn, which comes every 20,000 units.
        let times = if first.units < 20_000 { 12 } else { 2 };
        let more: Option<Vec<Worst>> = (0..times).map(|_| again()).collect();
        let Some(more) = more else { continue };
        worst = more.into_iter().chain([first]).min_by(|a, b| a.per_unit.total_cmp(&b.per_unit));
    }
    worst
}

/// What this thread has used of a processor.
fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}

fn measure(vm: &mut Vm, native: &'static Native, arguments: &[Value]) -> Option<Worst> {
    let f = vm.heap.new_native(native, &[]);
    vm.set_fuel(Some(FUEL));
    let used = vm.fuel_used();
    let start = processor_time();
    let outcome = vm.run(f.into(), arguments);
    let ns = processor_time().saturating_sub(start).as_nanos();
    let units = (vm.fuel_used() - used).max(1);
    drop(outcome);
    vm.set_fuel(None);
    if ns < LEAST_NS {
        return None;
    }
    let shown: Vec<String> = arguments.iter().map(|v| describe(*v)).collect();
    let per_unit = ns as f64 / units as f64;
    Some(Worst { name: native.name, per_unit, ns, units, arguments: shown.join(", ") })
}

fn describe(v: Value) -> String {
    match v.as_str() {
        Some(s) if s.len() > 12 => {
            let start = String::from_utf8_lossy(&s.bytes()[..4]).into_owned();
            format!("{start:?}… of {} bytes", s.len())
        }
        _ => format!("{v:?}"),
    }
}
