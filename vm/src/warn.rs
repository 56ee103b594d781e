//! The warning system (`warn`, `-W`, errors in finalizers), as `lauxlib.c`'s default functions:
//! off at first, switched by the control messages "@on" and "@off", written to standard error.

use crate::host::FileId;
use crate::vm::Vm;

const STDERR: FileId = FileId(2);

impl Vm {
    /// Emits a piece of a warning; with `to_continue` the next piece belongs to the same message.
    pub fn warning(&mut self, message: &[u8], to_continue: bool) {
        if self.warn_state.continuing {
            self.warning_text(message, to_continue);
            return;
        }
        if let (false, Some(control)) = (to_continue, message.strip_prefix(b"@")) {
            match control {
                b"on" => self.warn_state.on = true,
                b"off" => self.warn_state.on = false,
                _ => {}
            }
        } else if self.warn_state.on {
            let _ = self.host.write(STDERR, b"Lua warning: ");
            self.warning_text(message, to_continue);
        }
    }

    fn warning_text(&mut self, message: &[u8], to_continue: bool) {
        // There is nowhere to report a failure to.
        let _ = self.host.write(STDERR, message);
        if !to_continue {
            let _ = self.host.write(STDERR, b"\n");
        }
        let _ = self.host.flush(STDERR);
        self.warn_state.continuing = to_continue;
    }
}
