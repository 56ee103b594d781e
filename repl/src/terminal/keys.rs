//! Keys that the prompt binds: Enter ends an input or starts its next line, indented, and aligns a
//! word that ends a block with the line that opened it.

use luka_compiler::input::{Completeness, input_completeness};
use luka_compiler::lex::lex;
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, Std};
use rustyline::{
    Cmd, ConditionalEventHandler, Event, EventContext, EventHandler, KeyCode, KeyEvent, Modifiers,
    RepeatCount,
};
use std::sync::{Arc, Mutex};

use super::editor::Line;
use crate::prompt::{indent, is_command};

/// What Enter does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// The input is complete, or no further line can fix it.
    Accept,
    /// More lines follow.
    More,
}

/// Decides what Enter does after the lines typed so far.
pub fn decide(text: &str, options: &Options) -> Decision {
    if is_command(text) {
        return Decision::Accept;
    }
    let text = text.strip_prefix('=').unwrap_or(text);
    let source = Source::new(b"=input", text.as_bytes(), SourceKind::Chunk);
    if is_comment(text, &source) {
        return Decision::More;
    }
    match input_completeness(&source, options) {
        Completeness::Incomplete => Decision::More,
        Completeness::Complete(_) | Completeness::UnfinishedString | Completeness::Invalid => {
            Decision::Accept
        }
    }
}

/// Whether a text is a comment so far. What it is about comes next and belongs to the same input; an
/// empty line ends the input without it.
fn is_comment(text: &str, source: &Source) -> bool {
    let last = text.rsplit('\n').next().unwrap_or_default();
    // The end of the text is a token.
    !last.trim().is_empty() && lex(source, Std::Luka).len() == 1
}

/// Binds the keys.
pub fn bind(editor: &mut Line, options: Options, closing: &Closing) {
    for enter in [KeyEvent(KeyCode::Enter, Modifiers::NONE), KeyEvent::ctrl('J')] {
        let handler = Box::new(Enter(options, closing.clone()));
        editor.bind_sequence(enter, EventHandler::Conditional(handler));
    }
    // Always starts a new line.
    editor.bind_sequence(
        KeyEvent(KeyCode::Enter, Modifiers::ALT),
        EventHandler::Conditional(Box::new(NewLine)),
    );
}

/// A closing word to be moved to its column: the start of its line, and the text that replaces it.
/// The only command of the library that replaces text before the cursor is completion, which asks
/// for this at once.
pub type Closing = Arc<Mutex<Option<(usize, String)>>>;

struct Enter(Options, Closing);

impl ConditionalEventHandler for Enter {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, ctx: &EventContext) -> Option<Cmd> {
        if decide(ctx.line(), &self.0) == Decision::Accept {
            return Some(Cmd::AcceptLine);
        }
        let before = &ctx.line()[..ctx.pos()];
        if let (Some((start, line)), Ok(mut slot)) = (indent::closing_line(before), self.1.lock()) {
            let next = indent::spaces(indent::next_line(before));
            *slot = Some((start, format!("{line}\n{next}")));
            return Some(Cmd::Complete);
        }
        Some(new_line(ctx))
    }
}

struct NewLine;

impl ConditionalEventHandler for NewLine {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, ctx: &EventContext) -> Option<Cmd> {
        Some(new_line(ctx))
    }
}

fn new_line(ctx: &EventContext) -> Cmd {
    Cmd::Insert(1, format!("\n{}", indent::spaces(indent::next_line(&ctx.line()[..ctx.pos()]))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// It was an input of its own, and `:doc` did not know it.
    #[test]
    fn a_comment_belongs_to_what_follows() {
        let more = |text: &str| decide(text, &Options::default()) == Decision::More;
        assert!(more("-- Adds."));
        assert!(more("-- Adds.\n-- Numbers only."));
        assert!(more("--[[ Adds. ]]"));
        assert!(!more("-- Adds.\nx = 1"));
        assert!(more("-- Adds.\nfunction add(a, b)"));
        assert!(!more("-- Adds.\n"));
        assert!(!more("x = 1 -- one"));
        assert!(!more(""));
    }
}
