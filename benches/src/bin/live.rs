//! `cargo run --release -p luka-benches --bin live -- LUKA LUA`: what a program pays per live object when
//! it makes many of a kind that the collector treats in its own way.
//!
//! Each program makes n objects that all stay alive, for growing n. The table shows the processor time
//! of each implementation, how it grows for ten times as many objects, and the ratio of both. A
//! collector whose work grows with what lives, instead of with what changed, takes 100 times as long for
//! ten times as many objects.
#![deny(unsafe_code)]

use std::process::{Command, ExitCode};

const SIZES: [u32; 4] = [1_000, 10_000, 100_000, 400_000];
const RUNS: usize = 3;
/// The ratio to the second implementation that no row may exceed, if it takes more than [`LEAST`].
const BAR: f64 = 1.5;
/// Seconds; a row that takes less is not judged.
const LEAST: f64 = 0.05;

/// `(kind, what is made n times and kept)`.
const PROGRAMS: &[(&str, &str)] = &[
    (
        "suspended coroutines",
        "local c = coroutine.wrap(function() coroutine.yield() end) c() t[i] = c",
    ),
    ("coroutines never started", "t[i] = coroutine.create(function() end)"),
    ("dead coroutines", "local c = coroutine.create(function() end) coroutine.resume(c) t[i] = c"),
    ("weak values", "t[i] = setmetatable({t}, {__mode = 'v'})"),
    ("weak keys", "t[i] = setmetatable({[t] = i}, {__mode = 'k'})"),
    ("one ephemeron table", "local k = {} t[i] = k weak[k] = {k}"),
    ("a chain of ephemerons", "local k = {} t[i] = k weak[k] = {} weak[last] = {k} last = k"),
    (
        "open upvalues",
        "local c = coroutine.wrap(function() local a, b = i, i
           local function f() return a, b end coroutine.yield() return f() end) c() t[i] = c",
    ),
    ("closed upvalues", "local a = i t[i] = function() a = a + 1 return a end"),
    ("finalizers", "t[i] = setmetatable({}, meta)"),
    ("metatables with finalizers", "t[i] = setmetatable({}, {__gc = function() end})"),
    ("strings", "t[i] = 'string ' .. i"),
    ("tables", "t[i] = {i}"),
];

/// A coroutine with a stack of n frames, below which a program makes garbage.
const DEEP: &str = "
    local function down(k) if k == 0 then for _ = 1, n do local _ = {} end return 0 end
      return 1 + down(k - 1) end
    down(n // 4)";

fn program(body: &str, n: u32) -> String {
    let run = match body {
        DEEP => DEEP.to_string(),
        _ => format!("for i = 1, n do {body} end"),
    };
    // (The last line keeps everything alive.)
    format!(
        "local n = {n}
         local t, meta, last = {{}}, {{__gc = function() end}}, {{}}
         local weak = setmetatable({{}}, {{__mode = 'k'}})
         local start = os.clock()
         {run}
         print(os.clock() - start)
         os.exit(#t + #weak >= 0)"
    )
}

/// The least processor time of some runs, in seconds.
fn time(lua: &str, body: &str, n: u32) -> Result<f64, String> {
    let mut least = f64::INFINITY;
    for _ in 0..RUNS {
        let output = Command::new(lua).args(["-e", &program(body, n)]).output();
        let output = output.map_err(|e| format!("{lua}: {e}"))?;
        let seconds = String::from_utf8_lossy(&output.stdout).trim().parse::<f64>();
        let failed = || format!("{lua}: {}", String::from_utf8_lossy(&output.stderr));
        least = least.min(seconds.map_err(|_| failed())?);
        if least > 2.0 {
            break;
        }
    }
    Ok(least)
}

fn measure(luka: &str, lua: &str) -> Result<bool, String> {
    let mut good = true;
    println!("| live objects | n | Luka, s | × for 10 n | Lua 5.4, s | × for 10 n | ratio |");
    println!("|---|---:|---:|---:|---:|---:|---:|");
    for &(kind, body) in PROGRAMS.iter().chain(&[("frames of a deep stack", DEEP)]) {
        let mut before: Option<(f64, f64, u32)> = None;
        for n in SIZES {
            let (a, b) = (time(luka, body, n)?, time(lua, body, n)?);
            // Scaled to ten times as many.
            let growth =
                |now: f64, then: f64, n0: u32| now / then * 10.0 / (f64::from(n) / f64::from(n0));
            let grown = match before {
                Some((a0, b0, n0)) => {
                    (format!("{:.1}", growth(a, a0, n0)), format!("{:.1}", growth(b, b0, n0)))
                }
                None => (String::new(), String::new()),
            };
            let above = a > LEAST && a / b > BAR;
            good &= !above;
            let mark = if above { " ←" } else { "" };
            println!(
                "| {kind} | {n} | {a:.4} | {} | {b:.4} | {} | {:.2}{mark} |",
                grown.0,
                grown.1,
                a / b
            );
            before = Some((a, b, n));
        }
    }
    Ok(good)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [luka, lua] = arguments.as_slice() else {
        eprintln!("give two implementations: live target/release/luka lua5.4");
        return ExitCode::from(2);
    };
    match measure(luka, lua) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}
