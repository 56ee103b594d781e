//! What the machine keeps of the running thread's debug hook while it is in force: set, and no hook
//! function or finalizer running.

use luka_bytecode::Instr;

/// The hook in force.
#[derive(Default)]
pub(crate) struct HookState {
    /// There is one.
    pub(crate) live: bool,
    /// It is called for lines.
    pub(crate) lines: bool,
    /// The line of the instruction traced last.
    pub(crate) run: LineRun,
}

/// Instructions of one line in succession, for the line event: none comes where control moves
/// forward within it.
pub(crate) struct LineRun {
    /// The code of the function; null when nothing is known.
    pub(crate) code: *const Instr,
    /// The instruction traced last.
    pub(crate) last: *const Instr,
    /// From here on the line may be another.
    pub(crate) end: *const Instr,
}

impl Default for LineRun {
    fn default() -> LineRun {
        let none = std::ptr::null();
        LineRun { code: none, last: none, end: none }
    }
}
