//! What a mistyped verb or option was to be.

use luka_compiler::check::similar;
use std::path::Path;

use super::commands;

/// The verb that a name, which is no file, looks like. A name with a dot or a slash is one of a
/// file.
pub fn near_verb(name: &[u8]) -> Option<String> {
    let name = str::from_utf8(name).ok()?;
    if name.contains(['.', '/']) || Path::new(name).exists() {
        return None;
    }
    let luka = commands::luka();
    let verbs: Vec<&str> = luka.get_subcommands().map(clap::Command::get_name).collect();
    nearest(name, &verbs)
}

/// The long option of `run` that a word looks like.
pub fn near_option(word: &[u8]) -> Option<String> {
    let word = str::from_utf8(word).ok()?;
    let (name, _) = word.split_once('=').unwrap_or((word, ""));
    let name = name.strip_prefix("--").or_else(|| name.strip_prefix('-'))?;
    let luka = commands::luka();
    let options: Vec<&str> = luka.get_arguments().filter_map(clap::Arg::get_long).collect();
    if options.contains(&name) {
        return Some(format!("--{name}"));
    }
    nearest(name, &options).map(|name| format!("--{name}"))
}

fn nearest(name: &str, known: &[&str]) -> Option<String> {
    let candidates = known.iter().map(|name| name.as_bytes());
    similar(name.as_bytes(), candidates).map(|near| String::from_utf8_lossy(near).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_fingers() {
        assert_eq!(near_verb(b"chekc").as_deref(), Some("check"));
        assert_eq!(near_verb(b"explian").as_deref(), Some("explain"));
        assert_eq!(near_verb(b"chekc.lua"), None);
        assert_eq!(near_verb(b"program"), None);
        assert_eq!(near_option(b"--gc-stat").as_deref(), Some("--gc-stats"));
        assert_eq!(near_option(b"--colour=never").as_deref(), Some("--color"));
        assert_eq!(near_option(b"-std=5.4").as_deref(), Some("--std"));
        assert_eq!(near_option(b"-x"), None);
    }
}
