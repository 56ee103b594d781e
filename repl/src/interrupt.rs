//! Ctrl-C while a program runs: the first one asks the program to stop with an error, a second one
//! before it has done so ends the process.

use signal_hook::consts::SIGINT;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// From now on SIGINT sets the flag. Without it (registration fails) Ctrl-C ends the process.
pub fn watch(flag: &Arc<AtomicBool>) {
    let kills = signal_hook::flag::register_conditional_default(SIGINT, flag.clone());
    if kills.is_ok() {
        let _ = signal_hook::flag::register(SIGINT, flag.clone());
    }
}
