//! Progress of long work: a line on standard error, if that is a terminal, which is cleared before
//! anything else is printed.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Nothing is shown before work has taken this long, nor more often.
const PERIOD: Duration = Duration::from_millis(200);

/// Work in steps.
pub struct Progress {
    /// What has been done in finished steps: "checked".
    done: &'static str,
    at: usize,
    of: usize,
    last: Instant,
    terminal: bool,
    shown: bool,
}

impl Progress {
    /// The progress of `of` steps.
    pub fn new(done: &'static str, of: usize) -> Progress {
        let terminal = of > 1 && std::io::stderr().is_terminal();
        Progress { done, at: 0, of, last: Instant::now(), terminal, shown: false }
    }

    /// Starts the next step.
    pub fn step(&mut self) {
        if self.terminal && self.last.elapsed() >= PERIOD {
            self.last = Instant::now();
            self.write(&format!("\r{} {} of {} files\x1b[K", self.done, self.at, self.of));
            self.shown = true;
        }
        self.at += 1;
    }

    /// Clears the line before other output.
    pub fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            self.write("\r\x1b[K");
        }
    }

    fn write(&self, text: &str) {
        let mut stderr = std::io::stderr().lock();
        let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
    }
}
