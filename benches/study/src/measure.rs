//! Rounds: in each, every row runs once, so that a slow minute of the machine hits all alike. The least time
//! of a row is that of a round that nothing disturbed; the median says how usual that is. Time is the
//! processor's, here as in the processes that measure themselves.

use crate::technique::Run;
use nix::time::{ClockId, clock_gettime};
use std::hint::black_box;
use std::time::Duration;

/// What is measured together: rows that do the same work.
pub struct Group {
    /// A word for it on the command line and in JSON.
    pub key: &'static str,
    /// What the work is.
    pub title: String,
    /// What times are divided by: the name of a unit of work, and how many a run has.
    pub unit: (&'static str, u64),
    /// What every row must compute.
    pub result: i64,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A way to do the work.
pub struct Row {
    /// Its name.
    pub name: String,
    /// What it guarantees, in a word.
    pub guard: &'static str,
    /// Lines of its source, and whether there is `unsafe` in it; of techniques only.
    pub source: Option<(usize, bool)>,
    /// Makes it ready.
    pub make: Make,
}

/// Makes a row ready.
pub enum Make {
    /// In this process.
    Here(Box<dyn Fn() -> Result<Run, String>>),
    /// Elsewhere: it measures itself.
    There(Box<dyn Fn() -> Result<crate::script::process::Ready, String>>),
}

/// What was measured of a row.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Nanoseconds for a unit of work, the least of all rounds.
    pub least: f64,
    /// The same, the median.
    pub median: f64,
    /// Nanoseconds to make it ready, the least; of rows in this process.
    pub make: Option<f64>,
    /// Instructions for a unit of work, where they were counted.
    pub instructions: Option<f64>,
}

enum Ready {
    Here(Run),
    There(crate::script::process::Ready),
}

impl Ready {
    fn run(&mut self) -> Result<(i64, Duration), String> {
        match self {
            Ready::Here(run) => {
                let start = processor_time();
                let result = black_box(run(black_box(u64::MAX >> 1)));
                let time = processor_time().saturating_sub(start);
                Ok((result.map_err(|stop| format!("stopped: {stop:?}"))?, time))
            }
            Ready::There(run) => run(),
        }
    }
}

/// The processor's time that this thread has had.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("a clock that Unix has");
    Duration::new(time.tv_sec() as u64, time.tv_nsec() as u32)
}

/// Times that each row in this process is made ready.
const MAKES: usize = 5;

/// Measures a group in so many rounds.
///
/// # Errors
/// A row does not work, or has another result.
pub fn measure(group: &Group, rounds: usize) -> Result<Vec<Measured>, String> {
    let mut ready = Vec::new();
    let mut measured = vec![Measured::default(); group.rows.len()];
    for (row, measured) in group.rows.iter().zip(&mut measured) {
        let fault = |error: String| format!("{}: {}: {error}", group.key, row.name);
        match &row.make {
            Make::Here(make) => {
                let mut least = Duration::MAX;
                for _ in 0..MAKES {
                    let start = processor_time();
                    drop(black_box(make().map_err(fault)?));
                    least = least.min(processor_time().saturating_sub(start));
                }
                measured.make = Some(least.as_nanos() as f64);
                ready.push(Ready::Here(make().map_err(fault)?));
            }
            Make::There(make) => ready.push(Ready::There(make().map_err(fault)?)),
        }
    }
    let mut times = vec![Vec::with_capacity(rounds); ready.len()];
    for _ in 0..rounds {
        for ((ready, row), times) in ready.iter_mut().zip(&group.rows).zip(&mut times) {
            let (result, time) = ready.run().map_err(|e| format!("{}: {e}", row.name))?;
            if result != group.result {
                let (name, expected) = (&row.name, group.result);
                return Err(format!("{name}: the result is {result}, not {expected}"));
            }
            times.push(time.as_nanos() as f64 / group.unit.1 as f64);
        }
    }
    for (times, measured) in times.iter_mut().zip(&mut measured) {
        times.sort_by(f64::total_cmp);
        measured.least = times.first().copied().unwrap_or(f64::NAN);
        measured.median = times.get(times.len() / 2).copied().unwrap_or(f64::NAN);
    }
    Ok(measured)
}

/// Makes a row of this process ready and runs it so often: what is counted by [`crate::count`].
///
/// # Errors
/// The row is of another process, or does not work.
pub fn run_only(row: &Row, times: usize) -> Result<(), String> {
    let Make::Here(make) = &row.make else {
        return Err(format!("{} is a process of its own", row.name));
    };
    let mut ready = Ready::Here(make()?);
    for _ in 0..times {
        ready.run()?;
    }
    Ok(())
}
