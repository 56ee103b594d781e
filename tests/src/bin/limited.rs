//! Runs a program within limits, in a process of its own, and says what it took:
//! `limited [--memory BYTES] [--fuel UNITS] [--interrupt MS] [--close] PROGRAM`.
//!
//! The first line of the output is `OUTCOME fuel=UNITS cpu=US ms=TIME heard=MS peak=KB`: `cpu` is the
//! processor's time in microseconds, `peak` is the most
//! memory that was resident while the program ran, `heard` the processor's time from the interrupt to the
//! return, in milliseconds.
//! What the program printed follows. The limits hold from the program's beginning or, if it calls
//! `GO()`, from there on.

use luka_stdlib::{CompilerLoader, load, open_libs};
use luka_tests::host::memory_host;
use luka_vm::{Action, Config, Outcome, Value, Vm, continuations, frame, inner_natives};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

fn main() {
    assert!(THEN.len() + STARTERS.len() == 2);
    let mut config = Config::default();
    let mut fuel = None;
    let (mut interrupt, mut close) = (None, false);
    let mut program = String::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|n| n.parse::<u64>().ok()).expect("a number");
        match argument.as_str() {
            "--memory" => config.memory_limit = Some(number()),
            "--fuel" => fuel = Some(number()),
            "--interrupt" => interrupt = Some(number()),
            "--close" => close = true,
            _ => program = argument,
        }
    }
    let host = memory_host(b"");
    let view = host.view();
    let loader = Box::<CompilerLoader>::default();
    let mut vm = Vm::new(config, Box::new(host), loader).expect("a machine");
    open_libs(&mut vm).expect("libraries");
    let f = match load::load_bytes(&mut vm, program.as_bytes(), b"=program", None) {
        Ok(f) => Value::from(f),
        Err(message) => {
            println!("refused\n{}", String::from_utf8_lossy(&message));
            return;
        }
    };
    let (globals, name) = (vm.globals(), vm.small_str("GO"));
    let go = vm.heap.new_native(&GO, &[]);
    assert!(globals.set(&mut vm.heap, name, go.into()).is_ok());
    let interrupted = Arc::new(AtomicU64::new(u64::MAX));
    let (mut used, mut begin, mut cpu) = limit(&mut vm, fuel, interrupt, &interrupted);
    let mut outcome = vm.run(f, &[]);
    if let Outcome::Asked = outcome {
        (used, begin, cpu) = limit(&mut vm, fuel, interrupt, &interrupted);
        outcome = vm.resume_run();
    }
    let (took, now) = (begin.elapsed(), processor_time());
    let cpu = now.saturating_sub(cpu) / 1000;
    let heard = now.saturating_sub(interrupted.load(Ordering::Relaxed)) / 1_000_000;
    let used = vm.fuel_used() - used;
    let outcome = match outcome {
        Outcome::Failed(error) => match error.as_str() {
            Some(s) => format!("failed: {}", String::from_utf8_lossy(s.bytes())),
            None => format!("failed: {error:?}"),
        },
        Outcome::Finished(_) => "finished".to_string(),
        other => format!("{other:?}"),
    };
    if close {
        vm.close();
    }
    let ms = took.as_millis();
    println!("{outcome} fuel={used} cpu={cpu} ms={ms} heard={heard} peak={}", peak());
    print!("{}", String::from_utf8_lossy(&view.stdout()));
}

/// Grants the fuel and starts the clocks; what is used so far, and what the clocks say.
fn limit(
    vm: &mut Vm,
    fuel: Option<u64>,
    interrupt: Option<u64>,
    interrupted: &Arc<AtomicU64>,
) -> (u64, Instant, u64) {
    vm.set_fuel(None);
    vm.set_fuel(fuel);
    if let Some(ms) = interrupt {
        let (flag, interrupted) = (vm.interrupt_flag(), interrupted.clone());
        let main = format!("/proc/self/task/{}/schedstat", std::process::id());
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(ms));
            interrupted.store(time_on_processor(&main), Ordering::Relaxed);
            flag.store(true, Ordering::Relaxed);
        });
    }
    (vm.fuel_used(), Instant::now(), processor_time())
}

continuations! { static THEN;
    WENT: "tests.limited:went" (went, any) = |vm| vm.ret0();
}

frame! { mod went {} }

inner_natives! { static STARTERS;
    /// The program begins in earnest.
    GO: "tests.limited" = |_| Ok(Action::Ask { then: &WENT });
}

/// This thread's time on the processor so far, in nanoseconds; 0 where the system does not say.
fn processor_time() -> u64 {
    time_on_processor("/proc/thread-self/schedstat")
}

/// A thread's.
fn time_on_processor(file: &str) -> u64 {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.split_whitespace().next().and_then(|ns| ns.parse().ok()).unwrap_or(0)
}

/// The most memory that was resident, in kilobytes; 0 where the system does not say.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
