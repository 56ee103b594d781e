//! The prompt a person works at: inputs are read, run and shown, and what they declare stays.
//!
//! * [`evaluate`] — compiling and running an input; [`scope`] — what outlives it
//! * [`show`] — values as text
//! * [`commands`] — what begins with a colon; [`settings`] — what can be changed
//! * [`history`] — past inputs
//! * [`indent`], [`highlight`], [`complete`], [`hint`] — help while a person types, on a [`view`] of
//!   the session; [`docs`] — what is known about functions
//!
//! Where inputs come from is a [`Reader`]: the room `terminal` has them.

mod commands;
pub mod complete;
mod docs;
mod evaluate;
pub mod highlight;
pub mod hint;
mod history;
pub mod indent;
mod scope;
pub mod settings;
mod show;
pub mod view;

use luka_compiler::Options;
use luka_vm::Value;
use std::cell::RefCell;
use std::rc::Rc;

use crate::host::at_line_start;
use crate::report::complain;
use crate::session::{Done, Session};
use crate::terminal;
use commands::Flow;
use history::History;
use scope::Scope;
use settings::Settings;
use view::View;

/// The reserved words.
pub const KEYWORDS: [&str; 22] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
];

/// Whether an input is a command (`:help`). No statement of the language begins with one colon, but
/// a label does with two.
pub fn is_command(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with(':') && !text.starts_with("::")
}

/// What a person did when asked for an input.
pub enum Read {
    /// A whole input, or a command.
    Input(String),
    /// Ctrl-C: what was typed is thrown away.
    Interrupted,
    /// Ctrl-D, or the terminal is gone.
    End,
}

/// A question for an input.
pub struct Ask<'a> {
    /// Before the first line, and before others where each has one.
    pub prompts: [&'a str; 2],
    pub options: Options,
    pub settings: &'a Settings,
    /// The session, for completion and hints.
    pub view: View,
}

/// Where inputs come from.
pub trait Reader {
    /// Asks for an input: as many lines as the parser wants.
    fn read(&mut self, ask: Ask) -> Read;
    /// An input may be asked for again.
    fn remember(&mut self, input: &str);
    /// Columns of the terminal, if it has a size.
    fn columns(&mut self) -> Option<usize>;
}

/// A person's session.
pub struct Prompt<'a> {
    session: &'a mut Session,
    reader: Box<dyn Reader>,
    scope: Scope,
    settings: Settings,
    history: History,
    /// The inputs so far, which are named by their number.
    inputs: Rc<RefCell<Vec<Rc<str>>>>,
    /// What `:save` writes: inputs, and commands that load something.
    logged: Vec<String>,
    /// The last file that was loaded.
    loaded: Option<String>,
    /// Session files being run.
    nested: u32,
}

impl<'a> Prompt<'a> {
    pub fn new(session: &'a mut Session, mut reader: Box<dyn Reader>) -> Prompt<'a> {
        let history = History::open();
        for entry in history.entries() {
            reader.remember(entry);
        }
        Prompt {
            scope: Scope::new(&mut session.vm),
            session,
            reader,
            settings: Settings::default(),
            history,
            inputs: Rc::default(),
            logged: Vec::new(),
            loaded: None,
            nested: 0,
        }
    }

    /// Reads and runs until the person leaves, or a program calls `os.exit`.
    pub fn run(&mut self) -> Done<()> {
        let name = self.session.enter_interactive(true);
        offer_help(self.session);
        loop {
            self.session.outlive_interrupts();
            match self.read()? {
                Read::Input(text) if text.trim().is_empty() => {}
                Read::Input(text) => {
                    self.remember(&text);
                    if self.take(&text)? == Flow::Leave {
                        break;
                    }
                }
                Read::Interrupted => {}
                Read::End => break,
            }
        }
        self.session.leave_interactive(name);
        Ok(())
    }

    fn read(&mut self) -> Done<Read> {
        let first = terminal::prompt(self.session, "_PROMPT", b"> ")?;
        let next = terminal::prompt(self.session, "_PROMPT2", b">> ")?;
        // What a program has printed comes before the prompt.
        self.fresh_line();
        let prompts = [String::from_utf8_lossy(&first), String::from_utf8_lossy(&next)];
        self.settings.columns = self.reader.columns().unwrap_or(80);
        let ask = Ask {
            prompts: [&prompts[0], &prompts[1]],
            options: self.session.options(),
            view: self.view(),
            settings: &self.settings,
        };
        Ok(self.reader.read(ask))
    }

    /// The session as it is now.
    fn view(&self) -> View {
        let results = self.scope.results().map(|(name, value)| (name.into_bytes(), value));
        let locals = self.scope.locals().map(|(name, value)| (name.to_vec(), value));
        let last = self.scope.get(b"_").map(|value| (b"_".to_vec(), value));
        let named = results.chain(last).chain(locals).collect();
        View::new(&self.session.vm, named, self.inputs.clone())
    }

    fn remember(&mut self, text: &str) {
        if self.history.add(text) {
            self.reader.remember(text);
        }
    }

    /// Runs what was read.
    fn take(&mut self, text: &str) -> Done<Flow> {
        self.session.outlive_interrupts();
        if is_command(text) {
            return commands::run(self, text);
        }
        if let Some(values) = self.evaluate(text)? {
            self.show(&values)?;
        }
        Ok(Flow::Stay)
    }

    /// Runs an input that was not typed.
    fn input(&mut self, text: &str) -> Done<()> {
        self.take(text).map(|_| ())
    }

    /// Numbers values and shows them.
    fn show(&mut self, values: &[Value]) -> Done<()> {
        let number = self.scope.note_results(&mut self.session.vm, values);
        let most = values.len().min(self.settings.items);
        let mut texts = self.shown(&values[..most])?;
        if most < values.len() {
            let rest = format!("… {} more values", show::text::grouped(values.len() - most));
            let colour = self.settings.style().colour;
            texts.push(show::text::coloured(&rest, show::text::Kind::Mark, colour));
        }
        let lines = texts.iter().any(|text| text.contains('\n'));
        let mut text = texts.join(if lines { "\n" } else { ", " });
        if let Some(number) = number.filter(|_| self.settings.numbers) {
            let mark = format!("  -- _{number}");
            let colour = self.settings.style().colour;
            text.push_str(&show::text::coloured(&mark, show::text::Kind::Mark, colour));
        }
        if !values.is_empty() {
            self.fresh_line();
            self.say(&format!("{text}\n"));
        }
        Ok(())
    }

    /// What a program has printed ends its line before something else is said.
    fn fresh_line(&mut self) {
        terminal::write(self.session, if at_line_start() { b"" } else { b"\n" });
        at_line_start();
    }

    /// Writes to the person.
    fn say(&mut self, text: &str) {
        terminal::write(self.session, text.as_bytes());
    }

    /// Says what is wrong with a command.
    fn complain(&mut self, text: &str) {
        complain(&mut self.session.vm, format!("{text}\n").as_bytes());
    }

    /// Notes something for `:save`.
    fn log(&mut self, input: &str) {
        self.logged.push(input.to_string());
    }
}

/// At the prompt `help` is at hand, unless `LUA_INIT` or a script have something of that name.
fn offer_help(session: &mut Session) {
    if session.global("help").is_nil() {
        let help = session.vm.heap.new_native(&luka_stdlib::help::HELP, &[]);
        session.set_global(b"help", help.into());
    }
}
