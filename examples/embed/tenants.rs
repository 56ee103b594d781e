//! A server of many tenants: a thousand machines (or as many as the first argument says), each with a
//! program of a stranger's, take turns on one thread. One of them is a bomb; the others do not notice.
//!
//! `cargo run --release -p luka --example tenants -- 10000`

use luka::{Budget, Chunk, Libs, Outcome, Registry, Vm};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

const PROGRAM: &str = "
    local served = 0
    for i = 1, 50 do
        local request = { id = i, path = '/' .. i }
        served = served + #request.path
    end
    return served
";
const BOMB: &str =
    "local t = {} while true do t[#t + 1] = string.rep('x', 1e5) if #t > 20 then t = {} end end";
/// Units of fuel in a turn.
const TURN: u64 = 20_000;

/// What a run of the server has measured.
#[derive(Debug)]
pub struct Report {
    pub tenants: usize,
    pub done: usize,
    pub making: Duration,
    /// The longest turn of any tenant.
    pub longest: Duration,
    /// Resident bytes for each tenant, where the system tells.
    pub resident: Option<u64>,
}

/// Makes the machines and lets them run until only the bomb is left.
pub fn serve(tenants: usize) -> luka::Result<Report> {
    let registry = Registry::builder().libs(Libs::SAFE).build();
    let before = resident();
    let begin = Instant::now();
    let mut queue = VecDeque::new();
    for i in 0..tenants {
        let mut vm = Vm::builder(&registry).memory(8 << 20).build()?;
        let text = if i == tenants / 2 { BOMB } else { PROGRAM };
        let f = vm.compile(Chunk::text(text).name("@tenant.lua"))?;
        vm.start(&f, ())?;
        queue.push_back(vm);
    }
    let making = begin.elapsed();
    let resident =
        resident().zip(before).map(|(now, then)| now.saturating_sub(then) / tenants as u64);
    let (mut done, mut longest) = (0, Duration::ZERO);
    while done + 1 < tenants {
        let Some(mut vm) = queue.pop_front() else { break };
        let turn = Instant::now();
        let outcome = vm.run(Budget::fuel(TURN));
        longest = longest.max(turn.elapsed());
        match outcome {
            Outcome::OutOfFuel => queue.push_back(vm),
            outcome => {
                outcome.done()?;
                done += 1;
            }
        }
    }
    Ok(Report { tenants, done, making, longest, resident })
}

/// Resident bytes of this process.
fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

#[allow(dead_code)]
pub fn main() -> luka::Result<()> {
    let tenants = std::env::args().nth(1).map_or(Ok(1000), |n| n.parse())?;
    let report = serve(tenants)?;
    println!(
        "{} tenants: {} done; made in {:.0} µs each; longest turn {:.2} ms; {} KB resident each",
        report.tenants,
        report.done,
        report.making.as_secs_f64() * 1e6 / report.tenants as f64,
        report.longest.as_secs_f64() * 1e3,
        report.resident.map_or("?".to_string(), |bytes| (bytes / 1024).to_string()),
    );
    Ok(())
}
