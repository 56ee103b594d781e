//! The lints of `luka check`: `library` lists the names programs start with, `settings` reads
//! `luka.toml`; options override both.

mod library;
pub mod settings;

use luka_compiler::Std;
use luka_compiler::check::{Level, Levels, Linter};
use std::path::Path;

use crate::cli::{CliError, Console};

/// Makes the linter that the project and the options (`-A unused-local`, `-W L0202`, `-D all`;
/// others are ignored) ask for; returns it and the language mode the project sets, if it does.
///
/// # Errors
/// `luka.toml` cannot be read or has errors, which have been reported; or an option names no lint.
pub fn linter(
    flags: &[(String, Option<Vec<u8>>)],
    console: &Console,
) -> Result<(Linter, Option<Std>), CliError> {
    let mut levels = Levels::default();
    let mut known = library::library();
    let mut std = None;
    if let Some(path) = settings::find(Path::new(".")) {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(&path).map_err(|error| {
            let why = luka::host::describe(error).message;
            CliError::Failed(format!("cannot read {shown}: {why}"))
        })?;
        let (settings, source, found) = settings::read(&shown, &text);
        if !found.is_empty() {
            console.show(&found, &source);
            return Err(CliError::Usage(format!("{} has errors", settings::FILE)));
        }
        settings.add_globals(&mut known);
        (levels, std) = (settings.levels, settings.std);
    }
    for (flag, value) in flags {
        let level = match flag.as_str() {
            "-A" => Level::Allow,
            "-W" => Level::Warn,
            "-D" => Level::Deny,
            _ => continue,
        };
        let names = String::from_utf8_lossy(value.as_deref().unwrap_or_default()).into_owned();
        for name in names.split(',') {
            if !levels.set(name.trim(), level) {
                let message =
                    format!("there is no lint '{name}'; `luka explain` lists them, L02xx");
                return Err(CliError::Usage(message));
            }
        }
    }
    Ok((Linter::new(known, levels), std))
}
