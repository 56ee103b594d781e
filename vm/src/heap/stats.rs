//! What the collector has done, for people (`luka --gc-stats`). Nothing here has a say in when it
//! does something: times come from the host's clock and go nowhere else.

use super::heap::Heap;
use std::fmt::Write;

/// Buckets per power of two.
const FINE: usize = 8;

/// Durations in nanoseconds of processor time, by eighths of powers of two.
#[derive(Clone, Default)]
pub struct Histogram {
    counts: Vec<u64>,
    count: u64,
    sum: u64,
    max: u64,
}

impl Histogram {
    fn bucket(ns: u64) -> usize {
        let n = ns.max(1);
        let log = n.ilog2() as usize;
        let fine = if log >= 3 { (n >> (log - 3)) as usize & (FINE - 1) } else { 0 };
        log * FINE + fine
    }

    /// The least duration above a bucket.
    fn bound(bucket: usize) -> u64 {
        let (log, fine) = (bucket / FINE, bucket % FINE);
        if log >= 3 { (FINE + fine + 1) as u64 * (1 << (log - 3)) } else { 2 << log }
    }

    /// Counts a duration in nanoseconds.
    pub fn add(&mut self, ns: u64) {
        let b = Histogram::bucket(ns);
        if self.counts.len() <= b {
            self.counts.resize(b + 1, 0);
        }
        self.counts[b] += 1;
        self.count += 1;
        self.sum += ns;
        self.max = self.max.max(ns);
    }

    /// The duration that this part (0 to 1) of all does not exceed, to an eighth.
    pub fn quantile(&self, part: f64) -> u64 {
        let wanted = (part * self.count as f64).ceil() as u64;
        let mut seen = 0;
        for (b, n) in self.counts.iter().enumerate() {
            seen += n;
            if seen >= wanted.max(1) {
                return Histogram::bound(b).min(self.max);
            }
        }
        0
    }

    /// How many durations were counted.
    pub fn count(&self) -> u64 {
        self.count
    }
    /// The longest duration, in nanoseconds.
    pub fn max(&self) -> u64 {
        self.max
    }
    /// The sum of all durations, in nanoseconds.
    pub fn sum(&self) -> u64 {
        self.sum
    }

    /// Counts by powers of two: the bound above and how many.
    fn by_power(&self) -> impl Iterator<Item = (u64, u64)> {
        self.counts.chunks(FINE).enumerate().map(|(log, c)| (2u64 << log, c.iter().sum()))
    }
}

/// The record.
#[derive(Clone, Default)]
pub struct Stats {
    /// Pauses are measured.
    pub(crate) timed: bool,
    /// Nominal bytes given back so far.
    pub(crate) freed: u64,
    /// Most nominal bytes in use at the end of a pause or now.
    pub(crate) peak: usize,
    /// Pauses of the collector's own accord, and those a program or the memory limit asked for.
    pub(crate) pauses: Histogram,
    pub(crate) requested: Histogram,
}

impl Heap {
    /// Begins to measure pauses.
    pub fn record_pauses(&mut self) {
        self.stats.timed = true;
    }

    /// Pauses of the collector's own accord.
    pub fn pauses(&self) -> &Histogram {
        &self.stats.pauses
    }

    /// Nominal bytes allocated so far.
    pub fn allocated(&self) -> u64 {
        self.stats.freed + self.bytes() as u64
    }

    /// The record as text, a line for each figure.
    pub fn stats_report(&self) -> String {
        let s = &self.stats;
        let mut text = String::new();
        let young = self.pacer.young_cycles;
        let mode = if self.pacer.generational { "generational" } else { "incremental" };
        let peak = s.peak.max(self.bytes());
        let _ = writeln!(text, "mode                 {mode}");
        let _ = writeln!(text, "collections          {}", self.pacer.cycles);
        let _ = writeln!(text, "  young              {young}");
        let _ = writeln!(text, "  of everything      {}", self.pacer.cycles - young);
        let _ = writeln!(text, "bytes allocated      {}", self.allocated());
        let _ = writeln!(text, "bytes freed          {}", s.freed);
        let _ = writeln!(text, "bytes in use         {}", self.bytes());
        let _ = writeln!(text, "bytes in use at most {peak}");
        for (name, h) in [("pauses", &s.pauses), ("requested", &s.requested)] {
            if h.count() == 0 {
                continue;
            }
            let us = |ns: u64| ns as f64 / 1000.0;
            let _ = writeln!(
                text,
                "{name:<21}{} ({:.3} ms); µs: p50 {:.1}, p99 {:.1}, p99.9 {:.1}, max {:.1}",
                h.count(),
                h.sum() as f64 / 1e6,
                us(h.quantile(0.5)),
                us(h.quantile(0.99)),
                us(h.quantile(0.999)),
                us(h.max()),
            );
            for (below, n) in h.by_power().filter(|(_, n)| *n > 0) {
                let _ = writeln!(text, "  < {:>9.1} µs     {n}", us(below));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::Histogram;

    #[test]
    fn quantiles_are_right_to_an_eighth() {
        let mut h = Histogram::default();
        for i in 1..=10_000u64 {
            h.add(i * 17);
        }
        for (part, exact) in [(0.5, 85_000.0), (0.99, 168_300.0), (1.0, 170_000.0)] {
            let q = h.quantile(part) as f64;
            assert!(q >= exact && q <= exact * 1.13, "{part}: {q}");
        }
        assert_eq!((h.count(), h.max()), (10_000, 170_000));
        assert_eq!(h.by_power().map(|(_, n)| n).sum::<u64>(), 10_000);
    }
}
