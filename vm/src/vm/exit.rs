//! How runs end or pause.

use crate::value::Value;

// Why the machine was left.
pub(crate) const FINISHED: u32 = 1;
pub(crate) const FAILED: u32 = 2;
pub(crate) const OUT_OF_FUEL: u32 = 3;
pub(crate) const INTERRUPTED: u32 = 4;
pub(crate) const EXIT: u32 = 5;
pub(crate) const BROKEN: u32 = 6;
pub(crate) const ASKED: u32 = 7;
pub(crate) const STOPPED: u32 = 8;

/// Details of the last exit.
#[derive(Clone, Copy)]
pub(crate) struct Exit {
    pub first: *mut Value,
    pub count: usize,
    pub error: Value,
    pub code: i32,
    pub close: bool,
}

impl Default for Exit {
    fn default() -> Exit {
        Exit { first: std::ptr::null_mut(), count: 0, error: Value::NIL, code: 0, close: false }
    }
}

/// How a run ended or paused.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The function returned these values.
    Finished(Vec<Value>),
    /// An error nobody caught.
    Failed(Value),
    /// The fuel granted is used up, exactly: give more ([`crate::Vm::add_fuel`]) and [`crate::Vm::resume_run`].
    OutOfFuel,
    /// The interrupt flag was set: [`crate::Vm::resume_run`] or [`crate::Vm::fail_run`].
    Interrupted,
    /// A native asks the host ([`crate::Action::Ask`]); its frame is the running one. The answer is
    /// pushed ([`crate::Vm::push`]) before [`crate::Vm::resume_run`], or is an error: [`crate::Vm::fail_run`].
    Asked,
    /// A debugger ([`crate::Vm::attach`]) has stopped the program: [`crate::Vm::resume_run`] goes on.
    Stopped,
    /// The program called `os.exit`.
    Exit {
        /// The exit status.
        code: i32,
        /// The program wants the machine to be closed first.
        close: bool,
    },
}

impl Outcome {
    /// Whether the run has only paused: [`crate::Vm::resume_run`] goes on with it.
    pub fn is_pause(&self) -> bool {
        use Outcome::*;
        matches!(self, OutOfFuel | Interrupted | Asked | Stopped)
    }
}
