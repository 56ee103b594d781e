//! The list of active functions, as `luaL_traceback` writes it.

use super::info::{Activation, FuncInfo};
use crate::heap::Gc;
use crate::thread::Thread;
use crate::vm::Vm;

/// Levels shown at the top and at the bottom of a long stack.
const TOP_LEVELS: i64 = 10;
const BOTTOM_LEVELS: i64 = 11;

impl Vm {
    /// The active functions of a thread from a level on, one a line, the message above them. Of a
    /// deep stack the middle is left out.
    pub fn traceback(&self, thread: Gc<Thread>, message: Option<&[u8]>, level: i32) -> Vec<u8> {
        let mut text = Vec::new();
        if let Some(message) = message {
            // A C string there.
            text.extend(message.iter().take_while(|&&c| c != 0));
            text.push(b'\n');
        }
        text.extend_from_slice(b"stack traceback:");
        let Ok(first) = usize::try_from(level) else { return text };
        let last = self.activations(thread).count() as i64 - 1;
        let shown = last - i64::from(level);
        let skipped = shown - TOP_LEVELS - BOTTOM_LEVELS;
        for (i, level) in (0..).zip(self.activations(thread).skip(first)) {
            if skipped <= 0 || i < TOP_LEVELS || i > TOP_LEVELS + skipped {
                self.write_level(&mut text, &level);
            } else if i == TOP_LEVELS {
                let note = format!("\n\t...\t(skipping {skipped} levels)");
                text.extend_from_slice(note.as_bytes());
            }
        }
        text
    }

    fn write_level(&self, text: &mut Vec<u8>, level: &Activation) {
        let info = FuncInfo::of(level.func());
        text.extend_from_slice(b"\n\t");
        text.extend_from_slice(&info.short_src);
        match level.current_line() {
            Some(line) if line > 0 => text.extend_from_slice(format!(":{line}: in ").as_bytes()),
            _ => text.extend_from_slice(b": in "),
        }
        let quoted = |kind: &str, name: &[u8]| [kind.as_bytes(), b" '", name, b"'"].concat();
        let description = if let Some(name) = self.global_function_name(level.func()) {
            quoted("function", &name)
        } else if let Some(n) = level.name() {
            quoted(n.what, &n.name)
        } else {
            match info.what {
                "main" => b"main chunk".to_vec(),
                "C" => b"?".to_vec(),
                _ => {
                    let line = format!(":{}>", info.line_defined);
                    [b"function <", &*info.short_src, line.as_bytes()].concat()
                }
            }
        };
        text.extend_from_slice(&description);
        if level.frame.is_tail {
            text.extend_from_slice(b"\n\t(...tail calls...)");
        }
    }
}
