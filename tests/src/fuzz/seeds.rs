//! Which seeds a fuzz target tries.

use std::time::{Duration, Instant};

/// The seeds to try: `count` from 0 on, unless the environment says otherwise.
///
/// `FUZZ_FROM` is the first; `FUZZ_COUNT` says how many, or `FUZZ_SECONDS` for how long; with
/// `FUZZ_TRACE` each is printed before it is tried, so that a crash can be told from the last line.
pub fn seeds(count: u64) -> impl Iterator<Item = u64> {
    let number = |name| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    let trace = std::env::var_os("FUZZ_TRACE").is_some();
    let from = number("FUZZ_FROM").unwrap_or(0);
    let seconds = number("FUZZ_SECONDS").map(Duration::from_secs);
    let count = match seconds {
        Some(_) => number("FUZZ_COUNT").unwrap_or(u64::MAX - from),
        None => number("FUZZ_COUNT").unwrap_or(count),
    };
    let start = Instant::now();
    (from..from + count)
        .take_while(move |_| seconds.is_none_or(|limit| start.elapsed() < limit))
        .inspect(move |seed| {
            if trace {
                eprintln!("{seed}");
            }
        })
}

/// Whether the number of seeds was left to the target, which may then ask for enough of each
/// outcome.
pub fn is_default() -> bool {
    ["FUZZ_FROM", "FUZZ_COUNT", "FUZZ_SECONDS"].iter().all(|name| std::env::var_os(name).is_none())
}
