//! Where verbs write: results to standard output, everything else to standard error.

use luka_compiler::diag::Diagnostic;
use luka_compiler::source::Source;
use luka_report::render_all;
use std::io::{ErrorKind, Write};

use super::error::{CliError, Exit};
use crate::report::style;
use luka::host::describe;

/// The standard streams of one verb.
pub struct Console {
    /// Precedes messages: `luka check`.
    name: String,
    /// The command that prints the verb's help.
    help: String,
}

impl Console {
    /// The console of a verb, or of the program if `verb` is empty.
    pub fn new(verb: &str) -> Console {
        match verb {
            "" => Console::named("luka".into()),
            _ => Console { name: format!("luka {verb}"), help: format!("luka help {verb}") },
        }
    }

    /// The console of the program itself, which is called `name`.
    pub fn named(name: String) -> Console {
        Console { name, help: "luka --help".into() }
    }

    /// Writes a result to standard output.
    ///
    /// # Errors
    /// [`CliError::Output`]. A reader that has gone away ends the process, silently, as it ends
    /// other Unix programs.
    pub fn print(&self, bytes: &[u8]) -> Result<(), CliError> {
        let mut out = std::io::stdout().lock();
        out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| {
            if error.kind() == ErrorKind::BrokenPipe {
                let sigpipe = signal_hook::consts::SIGPIPE;
                let _ = signal_hook::low_level::emulate_default_handler(sigpipe);
            }
            CliError::Output(describe(error))
        })
    }

    /// Writes text to standard error. If that fails, there is nowhere to report it.
    pub fn note(&self, text: &str) {
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }

    /// Writes reports about a source to standard error.
    pub fn show(&self, diagnostics: &[Diagnostic], source: &Source) {
        self.note(&render_all(diagnostics, source, style()));
    }

    /// Prints the error that ends the verb; the exit code that goes with it.
    pub fn fail(&self, error: &CliError) -> Exit {
        self.note(&format!("{}: {error}\n", self.name));
        if matches!(error, CliError::Usage(_)) {
            self.note(&format!("For more information, try '{}'.\n", self.help));
        }
        error.exit()
    }

    /// Prints an error that concerns one file of several: the verb continues with the next one and
    /// ends with the returned exit code.
    ///
    /// # Errors
    /// The error itself, if it concerns more than that file.
    pub fn skip(&self, error: CliError) -> Result<Exit, CliError> {
        match error {
            CliError::Failed(_) => Ok(self.fail(&error)),
            CliError::Usage(_) | CliError::Output(_) => Err(error),
        }
    }
}
