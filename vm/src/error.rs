//! How errors travel inside the VM.

use crate::value::Value;

/// An error on its way up. Small, so that `Result<_, Raise>` is cheap.
#[derive(Clone, Copy, Debug)]
pub enum Raise {
    /// A program's error: `error(v)` or a run-time error with its message.
    Error(Value),
    /// "not enough memory": no message handler runs (PUC's `LUA_ERRMEM`).
    Memory,
    /// An error while an error was being handled (PUC's `LUA_ERRERR`): no message handler runs.
    InHandler,
    /// The program asked the host to stop (`os.exit`); cannot be caught. `close`: close the state.
    Exit {
        /// The exit status.
        code: i32,
        /// Close the machine first.
        close: bool,
    },
}
