//! The list of active functions, as `luaL_traceback` writes it.

use super::info::{Activation, FuncInfo};
use crate::heap::Gc;
pub use crate::object::fault::Level;
use crate::object::thread::Thread;
use crate::vm::Vm;

/// Levels shown at the top and at the bottom of a long stack.
const TOP_LEVELS: usize = 10;
const BOTTOM_LEVELS: usize = 11;

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
        for level in self.trace(thread, first, TOP_LEVELS + BOTTOM_LEVELS) {
            text.extend_from_slice(b"\n\t");
            text.extend_from_slice(&level.text());
            if level.is_tail {
                text.extend_from_slice(b"\n\t(...tail calls...)");
            }
            if level.skipped > 0 {
                let note = format!("\n\t...\t(skipping {} levels)", level.skipped);
                text.extend_from_slice(note.as_bytes());
            }
        }
        text
    }

    /// The levels of a traceback as data; of a stack deeper than `most` the middle is left out.
    pub fn trace(
        &self,
        thread: Gc<Thread>,
        first: usize,
        most: usize,
    ) -> impl Iterator<Item = Level> {
        let count = self.activations(thread).count().saturating_sub(first);
        // As PUC's: the number told is one less than the levels left out.
        let skipped = count.saturating_sub(most + 1);
        let left_out = if skipped > 0 { TOP_LEVELS..TOP_LEVELS + skipped + 1 } else { 0..0 };
        let levels = self.activations(thread).skip(first).enumerate();
        levels.filter(move |(i, _)| !left_out.contains(i)).map(move |(i, level)| {
            let skipped = if i + 1 == TOP_LEVELS { skipped } else { 0 };
            Level { skipped, ..self.level(&level) }
        })
    }

    fn level(&self, level: &Activation) -> Level {
        let info = FuncInfo::of(level.func());
        let quoted = |kind: &str, name: &[u8]| [kind.as_bytes(), b" '", name, b"'"].concat();
        let function = if let Some(name) = self.global_function_name(level.func()) {
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
        Level {
            line: level.current_line().filter(|&line| line > 0),
            source: info.short_src,
            function,
            location: self.location(level),
            is_tail: level.frame.is_tail,
            skipped: 0,
        }
    }
}
