//! Keys with a meaning of their own: Enter, which ends an input or begins its next line, indented,
//! and moves a word that ends a block outwards.

use luka_compiler::Options;
use luka_compiler::input::{Ending, ending_of_input};
use luka_compiler::source::{Source, SourceKind};
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
    /// The input is whole, or no further line can fix it.
    Accept,
    /// The parser wants more.
    More,
}

/// Decides about the lines typed so far.
pub fn decide(text: &str, options: &Options) -> Decision {
    if is_command(text) {
        return Decision::Accept;
    }
    let text = text.strip_prefix('=').unwrap_or(text);
    let source = Source::new(b"=input", text.as_bytes(), SourceKind::Chunk);
    match ending_of_input(&source, options) {
        Ending::Open => Decision::More,
        Ending::Whole(_) | Ending::Cut | Ending::Faulty => Decision::Accept,
    }
}

/// Binds the keys.
pub fn bind(editor: &mut Line, options: Options, closing: &Closing) {
    for enter in [KeyEvent(KeyCode::Enter, Modifiers::NONE), KeyEvent::ctrl('J')] {
        let handler = Box::new(Enter(options, closing.clone()));
        editor.bind_sequence(enter, EventHandler::Conditional(handler));
    }
    // A new line whatever the parser thinks.
    editor.bind_sequence(
        KeyEvent(KeyCode::Enter, Modifiers::ALT),
        EventHandler::Conditional(Box::new(NewLine)),
    );
}

/// A closing word to be put where it belongs: where its line begins, and what is to stand there. The
/// library has no command that replaces text in front of the cursor but completion, which asks for
/// it at once.
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
