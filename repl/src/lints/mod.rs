//! The lints of `luka check`: `library` lists the names programs start with,
//! `modules` finds what they `require`. The project's
//! `luka.toml` configures them, and options override it.

mod library;
mod modules;

use luka_compiler::Std;
use luka_compiler::check::{Level, Linter};

use crate::cli::{CliError, Console};
use crate::project;
pub use library::{library, modules};

/// What specs find besides globals (`luka.test.busted`). `assert` is a table there.
const SPEC_NAMES: [&str; 23] = [
    "assert",
    "spy",
    "stub",
    "mock",
    "match",
    "describe",
    "context",
    "insulate",
    "expose",
    "it",
    "spec",
    "test",
    "pending",
    "before_each",
    "after_each",
    "setup",
    "teardown",
    "strict_setup",
    "strict_teardown",
    "lazy_setup",
    "lazy_teardown",
    "finally",
    "randomize",
];

/// Makes the linter that the project and the options (`-A unused-local`, `-W L0202`, `-D all`;
/// others are ignored) ask for; returns it and the language mode the project sets, if it does.
///
/// # Errors
/// `luka.toml` cannot be read or has errors, which have been reported; or an option names no lint.
pub fn linter(
    flags: &[(String, Option<Vec<u8>>)],
    console: &Console,
) -> Result<(Linter, Option<Std>), CliError> {
    let settings = project::load(console)?;
    let mut known = library::library();
    settings.add_globals(&mut known);
    let (mut levels, std) = (settings.levels, settings.std);
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
    let linter = Linter::new(known, levels).with_modules(Box::new(library::modules()));
    let linter = linter.with_names_in("_spec", &SPEC_NAMES).with_names_in("_bench", &["bench"]);
    Ok((linter, std))
}
