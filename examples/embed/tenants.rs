//! A server of many tenants: a thousand machines (or as many as the first argument says), each with a
//! program of a stranger's, take turns on one thread. Some of them are bombs; the others do not notice.
//!
//! `cargo run --release -p luka --example tenants -- 10000`

use luka::{Budget, Chunk, Libs, Outcome, Registry, Vm};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

const PROGRAM: &str = "
    local served = 0
    for i = 1, 2000 do
        local request = { id = i, path = '/' .. i }
        served = served + #request.path
    end
    return served
";

/// Programs that never end, each busy with something else.
const BOMBS: &[(&str, &str)] = &[
    ("loop", "while true do end"),
    ("tables", "local t = {} while true do t[#t + 1] = { t } if #t > 5e4 then t = {} end end"),
    (
        "collectgarbage",
        "local t = {} for i = 1, 3e4 do t[i] = { i } end while true do collectgarbage() end",
    ),
    ("string.rep", "while true do local s = string.rep('x', 3e6) end"),
    (
        "patterns",
        "local s, p = string.rep('a', 2000), string.rep('a-', 20) .. 'b' while true do s:find(p) end",
    ),
    (
        "gsub",
        "local s = string.rep('ab', 2e5) while true do s:gsub('a', 'xyz'):upper():reverse() end",
    ),
    (
        "table.concat",
        "local t = {} for i = 1, 5e4 do t[i] = 'twelve bytes' end while true do table.concat(t) end",
    ),
    (
        "table.sort",
        "while true do
            local t = {} for i = 1, 2e4 do t[i] = i * 7919 % 10007 end
            table.sort(t, function(a, b) return a < b end) table.sort(t)
        end",
    ),
    ("table.move", "local t = {} t[2e5] = 1 while true do table.move(t, 1, 2e5, 2) t[1e5] = 1 end"),
    ("recursion", "local function f(n) return 1 + f(n + 1) end while true do pcall(f, 1) end"),
    (
        "string.pack",
        "local s, f = string.rep('x', 1e5), string.rep('s4', 20)
         while true do string.unpack(f, string.pack(f, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s,
            s, s, s, s, s)) end",
    ),
    ("load", "local s = string.rep('x = 1 + 2 * y[z] ', 1e4) while true do load(s) end"),
    (
        "string.format",
        "local t, f = {}, string.rep('%99.9f', 99) for i = 1, 99 do t[i] = i / 7 end
         while true do string.format(f, table.unpack(t)) end",
    ),
    ("coroutines", "while true do coroutine.wrap(function() coroutine.yield() end)() end"),
    (
        "finalizers",
        "while true do setmetatable({}, { __gc = function() for i = 1, 1e4 do end end }) end",
    ),
];

/// Units of fuel in a turn.
const TURN: u64 = 20_000;
/// Turns that a bomb gets at least.
const BOMB_TURNS: usize = 100;

/// What a run of the server has measured.
#[derive(Debug)]
pub struct Report {
    pub tenants: usize,
    pub done: usize,
    pub making: Duration,
    /// The longest turn of a tenant that is no bomb.
    pub longest: Duration,
    /// The longest turns of each bomb.
    pub bombs: Vec<(&'static str, Duration)>,
    /// Resident bytes for each tenant, where the system tells.
    pub resident: Option<u64>,
}

struct Tenant {
    vm: Vm,
    bomb: Option<usize>,
}

/// Makes the machines and lets them run until only the bombs are left.
pub fn serve(tenants: usize) -> luka::Result<Report> {
    let registry = Registry::builder().libs(Libs::SAFE).build();
    let before = resident();
    let begin = Instant::now();
    let mut queue = VecDeque::new();
    for i in 0..tenants {
        let mut vm = Vm::builder(&registry).memory(8 << 20).build()?;
        let f = vm.compile(Chunk::text(PROGRAM).name("@tenant.lua"))?;
        vm.start(&f, ())?;
        queue.push_back(Tenant { vm, bomb: None });
        // The bombs are among the others.
        let bomb = i * BOMBS.len() / tenants;
        if (i + 1) * BOMBS.len() / tenants > bomb {
            let mut vm = Vm::builder(&registry).memory(8 << 20).build()?;
            let f = vm.compile(Chunk::text(BOMBS[bomb].1).name("@bomb.lua"))?;
            vm.start(&f, ())?;
            queue.push_back(Tenant { vm, bomb: Some(bomb) });
        }
    }
    let making = begin.elapsed();
    let resident =
        resident().zip(before).map(|(now, then)| now.saturating_sub(then) / queue.len() as u64);
    let mut report = Report {
        tenants,
        done: 0,
        making,
        longest: Duration::ZERO,
        bombs: BOMBS.iter().map(|(name, _)| (*name, Duration::ZERO)).collect(),
        resident,
    };
    let mut turns = [0; BOMBS.len()];
    while report.done < tenants || turns.iter().any(|n| *n < BOMB_TURNS) {
        let Some(mut tenant) = queue.pop_front() else { break };
        let begin = Instant::now();
        let outcome = tenant.vm.run(Budget::fuel(TURN));
        let turn = begin.elapsed();
        let longest = match tenant.bomb {
            Some(bomb) => {
                turns[bomb] += 1;
                &mut report.bombs[bomb].1
            }
            None => &mut report.longest,
        };
        *longest = turn.max(*longest);
        match (outcome, tenant.bomb) {
            (Outcome::OutOfFuel, _) => queue.push_back(tenant),
            (outcome, None) => {
                outcome.done()?;
                report.done += 1;
            }
            // Some die of their memory limit.
            (_, Some(bomb)) => turns[bomb] = BOMB_TURNS,
        }
    }
    Ok(report)
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
    for (name, turn) in report.bombs {
        println!("  longest turn of the bomb {name:<16} {:7.2} ms", turn.as_secs_f64() * 1e3);
    }
    Ok(())
}
