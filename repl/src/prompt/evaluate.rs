//! Compiling and running an input.

use luka::{Function, Value, Values, toolchain};
use luka_compiler::diag::Diagnostic;
use luka_compiler::input::{InputUpvalue, Variable, compile_input};
use luka_compiler::source::{Source, SourceKind};
use luka_report::render_all;

use super::Prompt;
use super::commands::Entry;
use crate::report::{self, complain};
use crate::session::{Done, Stop};

/// An input ready to run.
pub struct Ready {
    pub f: Function,
    upvalues: Vec<InputUpvalue>,
    globals: Vec<Box<[u8]>>,
    closed: Vec<Box<[u8]>>,
    variables: Vec<Variable>,
}

impl Prompt<'_> {
    /// Runs an input; its values, unless it failed, which has been reported.
    pub fn evaluate(&mut self, text: &str) -> Done<Option<Values>> {
        let Some(ready) = self.compile_next(text) else { return Ok(None) };
        let values = self.run_ready(&ready, Values::default())?;
        self.log_input(text, values.is_none());
        Ok(values)
    }

    /// The same for the text of a file, which gets arguments.
    pub fn evaluate_file(
        &mut self,
        text: &[u8],
        name: &[u8],
        args: Values,
    ) -> Done<Option<Values>> {
        match self.compile(text, name) {
            Some(ready) => self.run_ready(&ready, args),
            None => Ok(None),
        }
    }

    /// Notes an input for `:export`, unless Ctrl-C ended it: it would not end when it is run again.
    pub fn log_input(&mut self, text: &str, failed: bool) {
        if !(failed && self.session.was_interrupted()) {
            let entry = Entry::input(self, text, failed);
            self.log.push(entry);
        }
    }

    /// Compiles an input, which has a number from then on.
    pub fn compile_next(&mut self, text: &str) -> Option<Ready> {
        self.inputs += 1;
        self.last = text.to_string();
        let name = format!("=(input {})", self.inputs);
        // As Lua 5.2 had it.
        let text = match text.strip_prefix('=') {
            Some(rest) => format!(" {rest}"),
            None => text.to_string(),
        };
        self.compile(text.as_bytes(), name.as_bytes())
    }

    /// Compiles a text; what is wrong with it is reported.
    pub fn compile(&mut self, text: &[u8], name: &[u8]) -> Option<Ready> {
        let source = Source::new(name, text, SourceKind::Chunk);
        let variables = self.scope.variables(&self.session.vm);
        let input = match compile_input(&source, &self.session.options(), &variables) {
            Ok(input) => input,
            Err(diagnostics) => {
                self.refuse(&diagnostics, &source);
                return None;
            }
        };
        let vm = &self.session.vm;
        let made =
            toolchain::function(vm, |machine| machine.instantiate(input.module, Some(text.into())));
        let f = made.and_then(|f| {
            self.scope.link(vm, &f, &input.upvalues, &variables)?;
            Ok(f)
        });
        let f = self.session.reported(f).ok()?;
        let (upvalues, globals, closed) = (input.upvalues, input.globals, input.closed);
        Some(Ready { f, upvalues, globals, closed, variables })
    }

    /// Runs a compiled input once and keeps what it declares.
    pub fn run_ready(&mut self, ready: &Ready, args: Values) -> Done<Option<Values>> {
        let result = self.session.call(&Value::Function(ready.f.clone()), args);
        for name in &ready.globals {
            self.scope.forget(name);
        }
        let vm = &self.session.vm;
        let kept = self.scope.keep(vm, &ready.f, &ready.upvalues, &ready.variables);
        self.session.reported(kept)?;
        let closed = ready.closed.iter().filter(|name| !name.starts_with(b"("));
        let closed: Vec<String> =
            closed.map(|name| format!("`{}`", String::from_utf8_lossy(name))).collect();
        if !closed.is_empty() {
            let verb = if closed.len() == 1 { "has" } else { "have" };
            let note = format!("note: {} {verb} ended with the input\n", closed.join(" and "));
            complain(&mut self.session.vm, note.as_bytes());
        }
        if self.session.interrupted() {
            // It has ended before it could notice: it was waiting.
            self.session.report(b"interrupted!");
        }
        match result {
            Ok(values) => Ok(Some(values)),
            Err(Stop::Failed) => Ok(None),
            Err(exit) => Err(exit),
        }
    }

    /// Shows what is wrong with a text.
    pub fn refuse(&mut self, diagnostics: &[Diagnostic], source: &Source) {
        if diagnostics.is_empty() {
            return;
        }
        let text = render_all(diagnostics, source, report::style());
        complain(&mut self.session.vm, text.as_bytes());
    }
}
