//! Time, instructions and memory of an input.

use luka::{Value, Values};
use std::time::{Duration, Instant};

use super::super::Prompt;
use super::super::show::text::grouped;
use crate::session::{Done, Stop};

/// How long `:bench` runs, and one of the runs it compares.
const ALL: Duration = Duration::from_millis(1000);
const ONE: Duration = Duration::from_millis(20);
/// Calls a function so many times.
const DRIVER: &[u8] = b"local f, n = ... for _ = 1, n do f() end";

/// What a run has cost.
#[derive(Clone, Copy)]
struct Cost {
    time: Duration,
    instructions: u64,
    bytes: u64,
}

impl Prompt<'_> {
    fn measured<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> (T, Cost) {
        let vm = &self.session.vm;
        let (bytes, used) = (vm.memory_allocated(), vm.fuel_used());
        let start = Instant::now();
        let result = run(self);
        let time = start.elapsed();
        let instructions = self.session.vm.fuel_used() - used;
        let bytes = self.session.vm.memory_allocated().saturating_sub(bytes);
        (result, Cost { time, instructions, bytes })
    }
}

/// `:time EXPR`
pub fn time(prompt: &mut Prompt, text: &str) -> Done<()> {
    let Some(ready) = prompt.compile_next(text) else { return Ok(()) };
    let (values, cost) = prompt.measured(|prompt| prompt.run_ready(&ready, Values::default()));
    let values = values?;
    prompt.log_input(text, values.is_none());
    if let Some(values) = values {
        prompt.show(&values)?;
    }
    prompt.say(&format!(
        "{} · {} instructions · {} allocated\n",
        duration(cost.time.as_secs_f64()),
        grouped(cost.instructions as usize),
        amount(cost.bytes as f64)
    ));
    Ok(())
}

/// `:bench EXPR`
pub fn bench(prompt: &mut Prompt, text: &str) -> Done<()> {
    let Some(ready) = prompt.compile_next(text) else { return Ok(()) };
    let Ok(driver) = prompt.session.try_load(DRIVER, b"=bench") else { return Ok(()) };
    let driver = Value::Function(driver);
    let mut runs: Vec<f64> = Vec::new();
    let mut cost = None;
    let mut n: i64 = 1;
    let start = Instant::now();
    let ended = loop {
        let args = (ready.f.clone(), n);
        let (result, run) = prompt.measured(|prompt| prompt.session.call(&driver, args));
        if let Err(stop) = result {
            break Err(stop);
        }
        if run.time < ONE && start.elapsed() < ALL {
            // Not long enough to be measured; what ran until now has warmed up the machine.
            let more = (ONE.as_secs_f64() / run.time.as_secs_f64().max(1e-9)).min(100.0);
            n = ((n as f64 * more * 1.2) as i64).max(n + 1);
            continue;
        }
        runs.push(run.time.as_secs_f64() / n as f64);
        cost = Some(run);
        if start.elapsed() >= ALL && runs.len() >= 3 || start.elapsed() >= ALL * 5 {
            break Ok(());
        }
    };
    match ended {
        Ok(()) => prompt.log_input(text, false),
        Err(Stop::Failed) => prompt.log_input(text, true),
        Err(exit) => return Err(exit),
    }
    let Some(cost) = cost else { return Ok(()) };
    runs.sort_by(f64::total_cmp);
    let each = |total: u64| total as f64 / n as f64;
    prompt.say(&format!(
        "{} a run (median of {}; {} to {}) · {:.1} instructions · {} allocated\n",
        duration(runs[runs.len() / 2]),
        grouped(runs.len() * n as usize),
        duration(runs[0]),
        duration(runs[runs.len() - 1]),
        each(cost.instructions),
        amount(each(cost.bytes)),
    ));
    Ok(())
}

/// Seconds in the unit that suits them.
fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1e-6 => format!("{:.1} ns", s * 1e9),
        s if s < 1e-3 => format!("{:.2} µs", s * 1e6),
        s if s < 1.0 => format!("{:.2} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}

/// Bytes in the unit that suits them.
fn amount(bytes: f64) -> String {
    match bytes {
        b if b < 10_000.0 => format!("{b:.0} bytes"),
        b if b < 10_000_000.0 => format!("{:.1} KB", b / 1e3),
        b => format!("{:.1} MB", b / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        assert_eq!(duration(0.0000000123), "12.3 ns");
        assert_eq!(duration(0.0123), "12.30 ms");
        assert_eq!(amount(999.0), "999 bytes");
        assert_eq!(amount(12_345.0), "12.3 KB");
    }
}
