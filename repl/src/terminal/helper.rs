//! What the line editor asks for while an input is typed: completion, hints and colours, which
//! `prompt` has.

use rustyline::Context;
use rustyline::completion::Completer;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::Validator;
use std::borrow::Cow;
use std::cell::Cell;
use unicode_width::UnicodeWidthStr;

use super::keys::Closing;
use crate::prompt::complete::complete;
use crate::prompt::highlight::highlight;
use crate::prompt::hint::hint;
use crate::prompt::view::Lent;

/// The session at one input.
pub struct Helper {
    lent: Lent,
    hints: bool,
    columns: usize,
    /// Columns of the prompt.
    prompt: usize,
    /// The line is shown for the last time, without a cursor.
    last: Cell<bool>,
    closing: Closing,
}

impl Helper {
    pub fn new(lent: Lent, hints: bool, columns: usize, prompt: usize, closing: Closing) -> Helper {
        Helper { lent, hints, columns, prompt, last: Cell::new(false), closing }
    }

    /// Gives the session back.
    pub fn give_back(&mut self) -> Lent {
        std::mem::take(&mut self.lent)
    }
}

impl rustyline::Helper for Helper {}

/// Enter has decided already (`keys`).
impl Validator for Helper {}

impl Completer for Helper {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        if let Some((start, text)) = self.closing.lock().ok().and_then(|mut slot| slot.take()) {
            return Ok((start, vec![text]));
        }
        Ok(complete(self.lent.view(), line, pos))
    }
}

/// A hint that is shown and never becomes part of the line.
pub struct Shown(String);

impl Hint for Shown {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for Helper {
    type Hint = Shown;

    fn hint(&self, line: &str, pos: usize, _: &Context<'_>) -> Option<Shown> {
        if !self.hints || pos < line.len() {
            return None;
        }
        let (typed, prompt) = match line.rsplit_once('\n') {
            Some((_, last)) => (last, 0),
            None => (line, self.prompt),
        };
        let room = self.columns.checked_sub(typed.width() + prompt + 2)?;
        hint(self.lent.view(), line, room).map(Shown)
    }
}

impl Highlighter for Helper {
    fn highlight<'l>(&self, line: &'l str, pos: usize) -> Cow<'l, str> {
        Cow::Owned(highlight(line, (!self.last.get()).then_some(pos)))
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("\x1b[2m{hint}\x1b[0m"))
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        self.last.set(kind == CmdKind::ForcedRefresh);
        true
    }
}
