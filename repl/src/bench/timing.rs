//! How long benchmarks take: batches of all of them in turn, so that what else the machine does
//! concerns all alike.

use super::file::{BenchFile, Failed};

/// Batches of each benchmark.
const ROUNDS: usize = 21;

/// What was measured.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Timing {
    /// Nanoseconds of processor time for a call: the median of the batches.
    pub ns: f64,
    /// How far batches are from the median: the median of that, in percent of the median.
    pub spread: f64,
}

/// Measures benchmarks, given by file and number, for about so many seconds each. Those that fail, which
/// has been reported, have no timing.
pub fn measure(
    files: &mut [BenchFile],
    which: &[(usize, usize)],
    seconds: f64,
) -> Vec<Option<Timing>> {
    let batch = seconds / ROUNDS as f64;
    let calls: Vec<Option<u64>> = which
        .iter()
        .map(|&(file, number)| calibrate(&mut files[file], number, batch).ok())
        .collect();
    let mut times: Vec<Option<Vec<f64>>> =
        calls.iter().map(|calls| calls.map(|_| Vec::new())).collect();
    for _ in 0..ROUNDS {
        for (i, &(file, number)) in which.iter().enumerate() {
            let (Some(calls), Some(list)) = (calls[i], &mut times[i]) else { continue };
            match files[file].time(number, calls) {
                Ok(time) => list.push(time * 1e9 / calls as f64),
                Err(Failed) => times[i] = None,
            }
        }
    }
    times.into_iter().map(|times| times.map(|mut times| Timing::of(&mut times))).collect()
}

/// How many calls take about so many seconds.
fn calibrate(file: &mut BenchFile, number: usize, batch: f64) -> Result<u64, Failed> {
    let mut calls = 1;
    loop {
        let time = file.time(number, calls)?;
        if time >= batch || calls >= 1 << 40 {
            return Ok(calls);
        }
        // At most ten times as many: the first calls are slower than the others.
        let wanted = (calls as f64 * batch / time.max(1e-6) * 1.1).ceil() as u64;
        calls = wanted.clamp(calls + 1, calls * 10);
    }
}

impl Timing {
    fn of(times: &mut [f64]) -> Timing {
        let ns = median(times);
        let mut away: Vec<f64> = times.iter().map(|time| (time - ns).abs()).collect();
        Timing { ns, spread: 100.0 * median(&mut away) / ns.max(f64::MIN_POSITIVE) }
    }
}

fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::Timing;

    #[test]
    fn one_slow_batch_changes_nothing() {
        let timing = Timing::of(&mut [100.0, 102.0, 98.0, 100.0, 9000.0]);
        assert_eq!(timing, Timing { ns: 100.0, spread: 2.0 });
    }
}
