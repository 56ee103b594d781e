//! The lints of `luka check`: `library` tells what names programs start with, `settings` reads
//! `luka.toml`; flags go over both.

mod library;
pub mod settings;

use luka_compiler::Std;
use luka_compiler::check::{Level, Levels, Linter};
use std::path::Path;

use crate::cmd::tool;

/// Makes the linter that the project and the flags (`-A unused-local`, `-W L0202`, `-D all`; others
/// are passed over) ask for, and the language the project is
/// written in, if it says so.
///
/// # Errors
/// What to tell the user, after reports about `luka.toml` have been shown.
pub fn linter(flags: &[(String, Option<Vec<u8>>)]) -> Result<(Linter, Option<Std>), String> {
    let mut levels = Levels::default();
    let mut known = library::library();
    let mut std = None;
    if let Some(path) = settings::find(Path::new(".")) {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(&path).map_err(|error| {
            let why = crate::host::describe(error).message;
            format!("cannot read {shown}: {why}")
        })?;
        let (settings, source, found) = settings::read(&shown, &text);
        if !found.is_empty() {
            tool::show(&found, &source);
            return Err(format!("{} is not understood", settings::FILE));
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
                return Err(format!("there is no lint '{name}'; `luka explain` lists them, L02xx"));
            }
        }
    }
    Ok((Linter::new(known, levels), std))
}
