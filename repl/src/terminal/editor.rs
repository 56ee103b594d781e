//! Lines from a person at a terminal, with editing and history (rustyline).

use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;
use std::path::PathBuf;

use super::{Lines, write};
use crate::session::Session;

pub struct Editor {
    editor: DefaultEditor,
    history: Option<PathBuf>,
}

impl Editor {
    /// `None` if the terminal cannot be used.
    pub fn new() -> Option<Editor> {
        let mut editor = DefaultEditor::new().ok()?;
        let history =
            std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".luka_history"));
        if let Some(path) = &history {
            // There is none the first time.
            let _ = editor.load_history(path);
        }
        Some(Editor { editor, history })
    }
}

impl Lines for Editor {
    fn next(&mut self, session: &mut Session, prompt: &[u8]) -> Option<Vec<u8>> {
        // What the program has printed comes before the prompt.
        write(session, b"");
        loop {
            match self.editor.readline(String::from_utf8_lossy(prompt).as_ref()) {
                Ok(line) => return Some(line.into_bytes()),
                // Ctrl-C throws the line away, Ctrl-D ends.
                Err(ReadlineError::Interrupted) => continue,
                Err(_) => return None,
            }
        }
    }

    fn remember(&mut self, input: &[u8]) {
        let _ = self.editor.add_history_entry(String::from_utf8_lossy(input));
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        if let Some(path) = &self.history {
            let _ = self.editor.save_history(path);
        }
    }
}
