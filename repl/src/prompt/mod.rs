//! The interactive prompt: inputs are read and run, their values are shown, and the variables they
//! declare stay.
//!
//! * [`evaluate`] — compiling and running an input; what outlives it is a [`Scope`]
//! * [`show`] — values as text
//! * [`commands`] — `:help` and the others; [`settings`] — what `:set` changes
//! * [`history`] — past inputs; [`state`], [`states`] — the states of the session, to go back to and to
//!   keep in an image
//! * [`indent`], [`highlight`], [`complete`], [`hint`] — help while typing, on a [`view`] of the
//!   session; [`docs`] — documentation of functions
//!
//! Inputs come from a [`Reader`]; `terminal` has them.

mod commands;
pub mod complete;
mod docs;
mod evaluate;
pub mod highlight;
pub mod hint;
mod history;
pub mod indent;
pub mod settings;
mod show;
mod state;
mod states;
pub mod view;

use luka::{Value, Values};
use luka_bytecode::image::is_image;
use luka_compiler::Options;
use luka_stdlib::load::blank_first_line;
use std::collections::HashSet;
use std::io::IsTerminal;

use crate::report::complain;
use crate::session::{Done, Session, Stop};
use crate::terminal;
use commands::{Entry, Flow};
use history::History;
use luka::host::at_line_start;
use luka::toolchain::Scope;
use settings::Settings;
pub use show::text::grouped;
use states::States;
use view::{Lent, Locals};

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

/// The answer to [`Ask`].
pub enum Read {
    /// A whole input, or a command.
    Input(String),
    /// Ctrl-C: what was typed is discarded.
    Interrupted,
    /// Ctrl-D, or the terminal is gone.
    End,
}

/// A request for an input.
pub struct Ask<'a> {
    /// Before the first line, and before others where each has one.
    pub prompts: [&'a str; 2],
    pub options: Options,
    pub settings: &'a Settings,
    /// The session, for completion and hints.
    pub lent: Lent,
}

/// Where inputs come from.
pub trait Reader {
    /// Reads an input: as many lines as the parser needs. Gives the session back.
    fn read(&mut self, ask: Ask) -> (Read, Lent);
    /// Adds an input to the history.
    fn remember(&mut self, input: &str);
    /// Columns of the terminal, if it has a size.
    fn columns(&mut self) -> Option<usize>;
}

/// An interactive session.
pub struct Prompt<'a> {
    session: &'a mut Session,
    reader: Box<dyn Reader>,
    scope: Scope,
    settings: Settings,
    history: History,
    /// How many inputs there have been: they are named by their number.
    inputs: usize,
    /// The last input.
    last: String,
    /// What `:export` writes.
    log: Vec<Entry>,
    /// The last file that was loaded.
    loaded: Option<String>,
    /// How many session files are being loaded, one by the other.
    nested: u32,
    /// The names of the globals there were in the beginning.
    start: HashSet<Vec<u8>>,
    states: States,
}

impl<'a> Prompt<'a> {
    /// # Errors
    /// There is not enough memory, which has been reported.
    pub fn new(session: &'a mut Session, mut reader: Box<dyn Reader>) -> Done<Prompt<'a>> {
        // What is piped in was not typed.
        let typed = std::io::stdin().is_terminal();
        let history = if typed { History::open() } else { History::default() };
        for entry in history.entries() {
            reader.remember(entry);
        }
        let scope = Scope::new(&session.vm);
        Ok(Prompt {
            start: global_names(session),
            scope: session.reported(scope)?,
            session,
            reader,
            settings: Settings::default(),
            history,
            inputs: 0,
            last: String::new(),
            log: Vec::new(),
            loaded: None,
            nested: 0,
            states: States::default(),
        })
    }

    /// Runs the script of the command line as an input, so that its local variables stay. That of
    /// standard input, or an image, runs on its own.
    ///
    /// # Errors
    /// It has failed, which has been reported.
    pub fn run_script(&mut self, path: Option<&[u8]>) -> Done<()> {
        let Some(path) = path else { return self.session.run_script(None) };
        let args = self.session.script_args()?;
        let mut text = self.session.read(Some(path))?;
        let start = blank_first_line(&mut text);
        if is_image(&text[start..]) {
            return self.session.run_script(Some(path));
        }
        let name = [b"@", path].concat();
        let values = self.evaluate_file(&text[start..], &name, args)?;
        let shown = String::from_utf8_lossy(path).into_owned();
        self.log(Entry::command(format!(":load {shown}")));
        self.loaded = Some(shown);
        values.map(|_| ()).ok_or(Stop::Failed)
    }

    /// Reads and runs inputs until they end, or a program calls `os.exit`.
    pub fn run(&mut self) -> Done<()> {
        let name = self.session.enter_interactive(true);
        if self.states.timeline().present().is_none() {
            self.offer_help();
            self.note_state("(start)");
        }
        loop {
            self.session.outlive_interrupts();
            match self.read()? {
                Read::Input(text) if text.trim().is_empty() => {}
                Read::Input(text) => {
                    self.remember(&text);
                    if self.take(&text)? == Flow::Leave {
                        break;
                    }
                    if !commands::keeps_state(&text) {
                        self.note_state(&text);
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
        let options = self.session.options();
        let locals = self.locals();
        let lent = Lent { vm: std::mem::take(&mut self.session.vm), locals };
        let prompts = [&*prompts[0], &*prompts[1]];
        let ask = Ask { prompts, options, settings: &self.settings, lent };
        let (read, lent) = self.reader.read(ask);
        self.session.vm = lent.vm;
        Ok(read)
    }

    /// Local variables and results as they are now.
    fn locals(&self) -> Locals {
        let vm = &self.session.vm;
        let results = self.scope.results(vm).into_iter();
        let results = results.map(|(name, value)| (name.into_bytes(), value));
        let last = [(b"_".to_vec(), self.scope.result(vm, b"_"))];
        let last = last.into_iter().filter(|(_, value)| !value.is_nil());
        let locals = self.scope.locals(vm).into_iter();
        let locals = locals.map(|(name, value)| (name.to_vec(), value));
        results.chain(last).chain(locals).collect()
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

    /// Shows values and keeps them as `_1`, `_2`, ….
    fn show(&mut self, values: &Values) -> Done<()> {
        let noted = self.scope.note_results(&self.session.vm, values);
        let number = self.session.reported(noted)?;
        let most = values.len().min(self.settings.items);
        let first: Vec<Value> = values.iter().take(most).cloned().collect();
        let mut texts = self.shown(&first)?;
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

    /// Starts a new line if what a program has printed did not end its line.
    fn fresh_line(&mut self) {
        terminal::write(self.session, if at_line_start() { b"" } else { b"\n" });
        at_line_start();
    }

    /// Writes to standard output.
    fn say(&mut self, text: &str) {
        terminal::write(self.session, text.as_bytes());
    }

    /// Reports what is wrong with a command.
    fn complain(&mut self, text: &str) {
        complain(&mut self.session.vm, format!("{text}\n").as_bytes());
    }

    /// Notes something for `:export`.
    fn log(&mut self, entry: Entry) {
        self.log.push(entry);
    }

    /// Defines the global `help`, unless `LUA_INIT` or a script has defined one.
    fn offer_help(&mut self) {
        if self.session.global("help").is_nil()
            && let Ok(Some(help)) = self.session.vm.library_function("luka.help")
        {
            self.session.set_global(b"help", help);
            self.start.insert(b"help".to_vec());
        }
    }

    /// Starts again with a new machine.
    fn restart(&mut self) -> Done<()> {
        self.session.restart()?;
        self.start = global_names(self.session);
        self.offer_help();
        let scope = Scope::new(&self.session.vm);
        self.scope = self.session.reported(scope)?;
        (self.inputs, self.last) = (0, String::new());
        self.log.clear();
        Ok(())
    }
}

/// The names of all globals.
fn global_names(session: &Session) -> HashSet<Vec<u8>> {
    let globals = session.vm.globals().entries(&session.vm).unwrap_or_default();
    let names = globals.into_iter().filter_map(|(key, _): (Value, Value)| match key {
        Value::String(name) => name.bytes(&session.vm).ok().map(<[u8]>::to_vec),
        _ => None,
    });
    names.collect()
}
