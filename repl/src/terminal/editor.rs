//! Reads inputs from a terminal, with line editing and history (rustyline).

use rustyline::config::Configurer;
use rustyline::error::ReadlineError;
use rustyline::history::MemHistory;
use rustyline::{ColorMode, CompletionType, Config, EditMode};
use std::io::Write;

use super::helper::Helper;
use super::keys::{self, Closing};
use crate::prompt::highlight::highlight;
use crate::prompt::settings::Keys;
use crate::prompt::view::Lent;
use crate::prompt::{Ask, Read, Reader, indent};
use crate::report;

/// The line editor of the library.
pub type Line = rustyline::Editor<Helper, MemHistory>;

/// Inputs kept in the editor's history.
const HISTORY: usize = 20_000;

/// The reader with a line editor.
pub struct Editor {
    line: Line,
    /// The keys that are bound.
    bound: Option<Keys>,
    closing: Closing,
}

impl Editor {
    /// An editor on standard input; `None` if the terminal cannot move its cursor.
    pub fn new() -> Option<Editor> {
        let term = std::env::var("TERM").unwrap_or_default();
        if matches!(term.as_str(), "" | "dumb" | "cons25" | "emacs") {
            return None;
        }
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .completion_show_all_if_ambiguous(true)
            .max_history_size(HISTORY)
            .ok()?
            .build();
        let history = MemHistory::with_config(&config);
        let line = Line::with_history(config, history).ok()?;
        Some(Editor { line, bound: None, closing: Closing::default() })
    }
}

impl Reader for Editor {
    fn read(&mut self, ask: Ask) -> (Read, Lent) {
        if self.bound != Some(ask.settings.keys) {
            self.bound = Some(ask.settings.keys);
            let emacs = ask.settings.keys == Keys::Emacs;
            keys::bind(&mut self.line, ask.options, &self.closing);
            self.line.set_edit_mode(if emacs { EditMode::Emacs } else { EditMode::Vi });
        }
        let colour = report::colour_on(true);
        self.line.set_color_mode(if colour { ColorMode::Forced } else { ColorMode::Disabled });
        let columns = self.columns().unwrap_or(80);
        let prompt = ask.prompts[0].to_string();
        let hints = ask.settings.hints;
        let closing = self.closing.clone();
        let helper = Helper::new(ask.lent, hints, columns, prompt.chars().count(), closing);
        self.line.set_helper(Some(helper));
        let read = self.line.readline(&prompt);
        let lent = self.line.helper_mut().map(Helper::give_back).unwrap_or_default();
        self.line.set_helper(None);
        let read = match read {
            Ok(text) => Read::Input(align_end(text, colour)),
            Err(ReadlineError::Interrupted) => Read::Interrupted,
            Err(_) => Read::End,
        };
        (read, lent)
    }

    fn remember(&mut self, input: &str) {
        let _ = self.line.add_history_entry(input);
    }

    fn columns(&mut self) -> Option<usize> {
        let (columns, _) = self.line.dimensions()?;
        Some(usize::from(columns)).filter(|&columns| columns > 0)
    }
}

/// Aligns a closing word in the last line, on the screen as well: the cursor is in the line below.
fn align_end(mut text: String, colour: bool) -> String {
    let Some((start, line)) = indent::closing_line(&text) else { return text };
    let shown = if colour { highlight(&line, None) } else { line.clone() };
    let mut out = std::io::stdout().lock();
    let _ = write!(out, "\x1b[A\r\x1b[K{shown}\r\n").and_then(|()| out.flush());
    text.truncate(start);
    text.push_str(&line);
    text
}
