//! How long a run may take.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Stops a run from outside: from another thread or a signal handler.
#[derive(Clone, Default, Debug)]
pub struct Flag(pub(crate) Arc<AtomicBool>);

impl Flag {
    /// A flag that is not raised.
    pub fn new() -> Flag {
        Flag::default()
    }

    /// The run that has this flag in its budget ends with
    /// [`Outcome::Interrupted`](crate::Outcome::Interrupted) within milliseconds; if none is going
    /// on, the next one does. That lowers the flag.
    pub fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Lowers the flag. Returns whether it was raised and had not interrupted a run yet.
    pub fn lower(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

impl From<Arc<AtomicBool>> for Flag {
    /// The flag that others raise by storing `true`: for signal handlers.
    fn from(flag: Arc<AtomicBool>) -> Flag {
        Flag(flag)
    }
}

/// How much a run may do before control comes back: every instruction costs one unit of fuel, and
/// work inside of library functions what it amounts to. The same program costs the same everywhere.
#[derive(Clone, Default, Debug)]
pub struct Budget {
    pub(crate) fuel: Option<u64>,
    pub(crate) until: Option<u64>,
    pub(crate) flag: Option<Flag>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) stops_at_errors: bool,
}

impl Budget {
    /// As long as it takes.
    pub fn unlimited() -> Budget {
        Budget::default()
    }

    /// So many units of fuel. What a run has used beyond its budget (a library function is not
    /// stopped in the middle of a step) is taken off the next one's.
    pub fn fuel(units: u64) -> Budget {
        Budget { fuel: Some(units), ..Budget::default() }
    }

    /// So many instructions, exactly: a run that is stopped by this has stopped before an
    /// instruction.
    pub fn steps(n: u64) -> Budget {
        Budget::fuel(n)
    }

    /// Until the machine has used so much fuel in all ([`Vm::fuel_used`](crate::Vm::fuel_used)).
    pub fn until(mut self, total: u64) -> Budget {
        self.until = Some(total);
        self
    }

    /// Ends when the flag is raised.
    pub fn interrupt(mut self, flag: &Flag) -> Budget {
        self.flag = Some(flag.clone());
        self
    }

    /// Ends with [`Outcome::Failing`](crate::Outcome::Failing) where an error is raised that the
    /// program does not catch, everything that was active still there. Errors in the handling of
    /// others have no such moment.
    pub fn stop_at_errors(mut self) -> Budget {
        self.stops_at_errors = true;
        self
    }

    /// Ends after so much time, looked at every few hundred microseconds, and every few hundredths of a
    /// second while the program waits for something.
    pub fn time(mut self, time: Duration) -> Budget {
        self.deadline = Some(Instant::now() + time);
        self
    }
}
