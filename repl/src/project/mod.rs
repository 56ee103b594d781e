//! `luka.toml`: the settings of a project.
//!
//! ```toml
//! globals = ["love"] # names that its programs find
//!
//! [lints]
//! unused-parameter = "warn"
//! L0206 = "deny"
//!
//! [fmt]
//! width = 100
//!
//! [test]
//! paths = ["spec"]
//!
//! [dependencies]
//! words = {git = "https://example.org/words.git", tag = "v1.4.0"}
//! ```

mod fmt;
mod test;

use luka_compiler::check::{Definition, Environment, Level, Levels, lint_name, similar};
use luka_compiler::diag::{Code, Diagnostic};
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Span, Std};
use std::path::{Path, PathBuf};

use crate::cli::{CliError, Console};
use crate::packages::manifest::{self, Manifest};
pub use fmt::FmtSettings;
pub use test::TestSettings;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The file's name.
const FILE: &str = "luka.toml";

/// What a project says.
#[derive(Default)]
pub struct Settings {
    /// What it says of packages.
    pub manifest: Manifest,
    pub levels: Levels,
    pub globals: Vec<String>,
    pub std: Option<Std>,
    pub fmt: FmtSettings,
    pub test: TestSettings,
}

impl Settings {
    /// The names of `globals`, added to the known ones.
    pub fn add_globals(&self, known: &mut Environment) {
        for name in &self.globals {
            known.add(name.as_bytes(), Definition::Value);
        }
    }
}

/// The nearest `luka.toml` in this folder or above it.
pub fn find(from: &Path) -> Option<PathBuf> {
    let from = std::path::absolute(from).ok()?;
    from.ancestors().map(|folder| folder.join(FILE)).find(|path| path.is_file())
}

/// The settings of the project that the current folder is in; the defaults if there is none.
///
/// # Errors
/// `luka.toml` cannot be read, or has errors, which have been reported.
pub fn load(console: &Console) -> Result<Settings, CliError> {
    let Some(path) = find(Path::new(".")) else { return Ok(Settings::default()) };
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(&path).map_err(|error| {
        let why = luka::host::describe(error).message;
        CliError::Failed(format!("cannot read {shown}: {why}"))
    })?;
    let (settings, source, found) = read(&shown, &text);
    if found.is_empty() {
        return Ok(settings);
    }
    console.show(&found, &source);
    Err(CliError::Usage(format!("{FILE} has errors")))
}

/// Reads the text of a `luka.toml`; what is wrong with it becomes reports about the returned
/// source.
fn read(name: &str, text: &str) -> (Settings, Source<'static>, Vec<Diagnostic>) {
    let source = Source::new(format!("@{name}"), text.as_bytes(), SourceKind::Chunk);
    let mut reader = Reader { settings: Settings::default(), found: Vec::new() };
    match DeTable::parse(text) {
        Ok(table) => reader.top(table.get_ref()),
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            let message = error.message().trim().replace('\n', ", ");
            reader.complain(span, message);
        }
    }
    (reader.settings, source, reader.found)
}

struct Reader {
    settings: Settings,
    found: Vec<Diagnostic>,
}

type Range = std::ops::Range<usize>;

impl Reader {
    fn complain(&mut self, at: Range, message: impl Into<String>) {
        let span = Span::new(at.start as u32, at.end as u32);
        self.found.push(Diagnostic::new(Code::Configuration, span, message));
    }

    fn help(&mut self, text: String) {
        if let Some(last) = self.found.pop() {
            self.found.push(last.with_help(text));
        }
    }

    fn top(&mut self, table: &DeTable<'_>) {
        let mut found = Vec::new();
        self.settings.manifest = manifest::read(table, &mut |at, why| found.push((at, why)));
        for (at, why) in found {
            self.complain(at, why);
        }
        for (key, value) in table.iter() {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("lints", DeValue::Table(lints)) => self.lints(lints),
                ("fmt", DeValue::Table(fmt)) => self.fmt(fmt),
                ("test", DeValue::Table(test)) => self.test(test),
                ("test", _) => self.complain(value.span(), "`test` is a table: `[test]`"),
                ("fmt", _) => self.complain(value.span(), "`fmt` is a table: `[fmt]`"),
                ("lints", _) => self.complain(value.span(), "`lints` is a table: `[lints]`"),
                ("globals", DeValue::Array(names)) => {
                    for name in names.iter() {
                        match name.get_ref() {
                            DeValue::String(name) => {
                                self.settings.globals.push(name.to_string());
                            }
                            _ => self.complain(name.span(), "a name is a string"),
                        }
                    }
                }
                ("globals", _) => {
                    self.complain(value.span(), "`globals` is a list of names: `[\"love\"]`");
                }
                ("std", DeValue::String(std)) if std == "5.4" => {
                    self.settings.std = Some(Std::Lua54);
                }
                ("std", DeValue::String(std)) if std == "luka" => {
                    self.settings.std = Some(Std::Luka);
                }
                ("std", _) => self.complain(value.span(), "`std` is \"5.4\" or \"luka\""),
                (name, _) if manifest::KEYS.contains(&name) => {}
                (other, _) => {
                    let own = ["lints", "fmt", "test", "globals", "std"];
                    let known = own.into_iter().chain(manifest::KEYS).map(str::as_bytes);
                    self.complain(key.span(), format!("`{other}` is no setting"));
                    self.suggest(other, &known.collect::<Vec<_>>());
                }
            }
        }
    }

    fn lints(&mut self, table: &DeTable<'_>) {
        for (key, value) in table.iter() {
            let name: &str = key.get_ref().as_ref();
            let level = level(value);
            let Some(level) = level else {
                self.complain(value.span(), "a lint is set to \"allow\", \"warn\" or \"deny\"");
                continue;
            };
            if !self.settings.levels.set(name, level) {
                self.complain(key.span(), format!("there is no lint `{name}`"));
                let names: Vec<String> = Levels::lints("all").into_iter().map(lint_name).collect();
                let names: Vec<&[u8]> = names.iter().map(|n| n.as_bytes()).collect();
                self.suggest(name, &names);
            }
        }
    }

    fn suggest(&mut self, name: &str, known: &[&[u8]]) {
        if let Some(near) = similar(name.as_bytes(), known.iter().copied()) {
            self.help(format!("did you mean `{}`?", String::from_utf8_lossy(near)));
        }
    }
}

fn level(value: &Spanned<DeValue<'_>>) -> Option<Level> {
    match value.get_ref() {
        DeValue::String(text) => Level::parse(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use luka_compiler::check::Level;
    use luka_compiler::diag::Code;

    fn complaints(text: &str) -> Vec<String> {
        let (_, source, found) = read("luka.toml", text);
        let place = |at: u32| (source.line(at), at);
        found.iter().map(|d| format!("{}: {}", place(d.span.start).0, d.message)).collect()
    }

    #[test]
    fn settings_are_read() {
        let text =
            "globals = ['love', \"ngx\"]\n[lints]\nunused-parameter = 'warn'\nL0206 = 'deny'\n";
        let (settings, _, found) = read("luka.toml", text);
        assert_eq!(found.len(), 0);
        assert_eq!(settings.globals, ["love", "ngx"]);
        assert_eq!(settings.levels.of(Code::UnusedParameter), Level::Warn);
        assert_eq!(settings.levels.of(Code::Shadowing), Level::Deny);
        assert_eq!(settings.levels.of(Code::UnusedLoopVariable), Level::Allow);
        assert_eq!(settings.levels.of(Code::UnusedLocal), Level::Warn);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        assert_eq!(
            complaints("[lints]\nunused-lokal = 'warn'\n"),
            ["2: there is no lint `unused-lokal`"]
        );
        let wrong = "[lints]\nunused-local = 'loud'\n";
        assert_eq!(complaints(wrong), ["2: a lint is set to \"allow\", \"warn\" or \"deny\""]);
        assert_eq!(complaints("global = []\n"), ["1: `global` is no setting"]);
        assert_eq!(complaints("globals = [1]\nstd = '5.1'\n").len(), 2);
        assert_eq!(complaints("globals = [\n\n[lints\n").len(), 1);
    }
}
