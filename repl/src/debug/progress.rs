//! Progress of movements through the past that take long: a line on standard error, if that is a
//! terminal, which is gone when they have ended.

use luka_debug::Progress;
use std::io::{IsTerminal, Write};

/// Shows the progress of movements; `None` if nobody sees it.
pub fn reporter() -> Option<Progress> {
    std::io::stderr().is_terminal().then(|| {
        let show = |thousandths: Option<u32>| {
            let text = match thousandths {
                Some(n) => format!("\rgoing through the past: {} % (Ctrl-C: stop)\x1b[K", n / 10),
                None => "\r\x1b[K".to_string(),
            };
            let mut stderr = std::io::stderr().lock();
            let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
        };
        Box::new(show) as Progress
    })
}
