//! Reports of a run: what is written where.

mod human;
mod json;
mod junit;
mod tap;

use std::fmt::Write as _;

use super::job::{Ended, Status};
use super::pool::FileResult;
use super::settings::Settings;
use crate::cli::{CliError, Console};
use crate::cmd::progress::Progress;
use crate::cmd::tool;

/// How many tests ended how.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sum {
    pub passed: usize,
    /// Tests, and errors outside of them.
    pub failed: usize,
    pub skipped: usize,
}

impl Sum {
    pub fn all(self) -> usize {
        self.passed + self.failed + self.skipped
    }

    fn add(&mut self, status: Status) {
        match status {
            Status::Success => self.passed += 1,
            Status::Failure | Status::Error => self.failed += 1,
            Status::Pending => self.skipped += 1,
        }
    }
}

/// A form of report, and the file it is written to; without one, standard output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    form: Form,
    path: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    Human,
    Tap,
    Json,
    Junit,
}

impl Output {
    /// The report for people, on standard output.
    pub fn human() -> Output {
        Output { form: Form::Human, path: None }
    }

    /// `FORM` or `FORM=FILE`.
    ///
    /// # Errors
    /// There is no such form.
    pub fn parse(word: &str) -> Result<Output, String> {
        let (form, path) = match word.split_once('=') {
            Some((form, path)) => (form, Some(path.to_string())),
            None => (word, None),
        };
        let form = match form {
            "human" => Form::Human,
            "tap" => Form::Tap,
            "json" => Form::Json,
            "junit" => Form::Junit,
            _ => return Err(format!("--report takes human, tap, json or junit, not '{form}'")),
        };
        Ok(Output { form, path })
    }

    /// Whether it is written to standard output.
    pub fn is_on_terminal(&self) -> bool {
        self.path.is_none()
    }
}

/// The reports of a run. Each is told of the files in their order.
pub struct Reports<'a> {
    outputs: Vec<(Output, Box<dyn Report>, String)>,
    sum: Sum,
    progress: Option<Progress>,
    console: &'a Console,
}

/// A report: text for what has happened.
trait Report {
    /// The text for a file of tests.
    fn file(&mut self, path: &str, result: &FileResult) -> String;
    /// The text for the end.
    fn end(&mut self, sum: Sum) -> String;
}

impl<'a> Reports<'a> {
    /// The reports that settings ask for.
    ///
    /// # Errors
    /// Two are to be written to standard output.
    pub fn new(settings: &Settings, console: &'a Console) -> Result<Reports<'a>, CliError> {
        let on_terminal = settings.outputs.iter().filter(|output| output.is_on_terminal());
        if on_terminal.count() > 1 {
            return Err(CliError::Usage("only one report can be on standard output".into()));
        }
        let outputs = settings.outputs.iter().map(|output| {
            let report: Box<dyn Report> = match output.form {
                Form::Human => Box::new(human::Human::new(settings, output.is_on_terminal())),
                Form::Tap => Box::new(tap::Tap::default()),
                Form::Json => Box::new(json::Json::default()),
                Form::Junit => Box::new(junit::Junit::default()),
            };
            (output.clone(), report, String::new())
        });
        Ok(Reports { outputs: outputs.collect(), sum: Sum::default(), progress: None, console })
    }

    /// Files are about to run.
    pub fn begin(&mut self, files: usize) {
        self.progress = Some(Progress::new("tested", files));
        self.step();
    }

    fn step(&mut self) {
        if let Some(progress) = &mut self.progress {
            progress.step();
        }
    }

    /// What came of a file.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub fn file(&mut self, path: &str, result: &FileResult) -> Result<(), CliError> {
        result.ended.iter().for_each(|ended| self.sum.add(ended.status));
        if let Some(progress) = &mut self.progress {
            progress.clear();
        }
        for (output, report, text) in &mut self.outputs {
            let new = report.file(path, result);
            match output.path {
                Some(_) => text.push_str(&new),
                None => self.console.print(new.as_bytes())?,
            }
        }
        self.step();
        Ok(())
    }

    /// How many tests ended how so far.
    pub fn sum(&self) -> Sum {
        self.sum
    }

    /// Writes what is left, and files.
    ///
    /// # Errors
    /// Something cannot be written.
    pub fn end(mut self) -> Result<Sum, CliError> {
        if let Some(mut progress) = self.progress.take() {
            progress.clear();
        }
        for (output, mut report, mut text) in self.outputs {
            let new = report.end(self.sum);
            match &output.path {
                Some(path) => {
                    text.push_str(&new);
                    tool::write(path.as_bytes(), text.as_bytes(), self.console)?;
                }
                None => self.console.print(new.as_bytes())?,
            }
        }
        Ok(self.sum)
    }
}

/// What to say of a test that is not right, without colours: for reports that have one text for it.
fn plain_text(ended: &Ended) -> String {
    let mut text = String::new();
    for caught in &ended.caught {
        if let Some(message) = &caught.message {
            let _ = writeln!(text, "{message}");
        }
        for (name, value) in &caught.values {
            let _ = writeln!(text, "{name} = {value}");
        }
        for line in caught.differences.iter().chain(&caught.trace) {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}
