//! Waiting for sources to change: their times are looked at a few times a second.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::cmd::files;

/// Between two looks.
const PERIOD: Duration = Duration::from_millis(250);

/// What is watched, and when it was changed.
#[derive(PartialEq, Eq)]
pub struct Watch(BTreeMap<Vec<u8>, Option<SystemTime>>);

impl Watch {
    /// The sources below the current folder as they are now.
    pub fn now() -> Watch {
        let suffixes = ["lua", "luka", "toml", "md"];
        let paths = files::with_suffixes(&[b".".to_vec()], &suffixes);
        let time = |path: &[u8]| {
            let path = String::from_utf8_lossy(path).into_owned();
            Path::new(&path).metadata().and_then(|found| found.modified()).ok()
        };
        Watch(paths.into_iter().map(|path| (path.clone(), time(&path))).collect())
    }

    /// Returns when something is not as it was, and has stayed so for a moment.
    pub fn wait(self) {
        let mut last = self;
        let mut changed = false;
        loop {
            std::thread::sleep(PERIOD);
            let now = Watch::now();
            let is_quiet = now == last;
            if changed && is_quiet {
                return;
            }
            changed |= !is_quiet;
            last = now;
        }
    }
}
