//! What a misspelled verb or option was meant to be.

use luka_compiler::check::similar;
use std::path::Path;

use super::commands;

/// Whether the first word, which is no verb, is no script either: there is no such file, and with
/// neither a dot nor a slash it does not look like one's name.
pub fn is_misspelled_verb(word: &str) -> bool {
    let script = word.is_empty() || word.starts_with('-') || word.contains(['.', '/']);
    !script && !Path::new(word).exists()
}

/// The message about a first word that is neither a verb nor a script.
pub fn unknown_word(word: &str) -> String {
    let near = match near_word(word) {
        Some(near) => format!("; did you mean `luka {near}`?"),
        None => String::new(),
    };
    format!("there is no verb or file '{word}'{near}")
}

/// The verb or option that a first word looks like: `version` is `--version`.
fn near_word(word: &str) -> Option<String> {
    near_verb(word).or_else(|| nearest(word, &["version"]).map(|name| format!("--{name}")))
}

/// The verb that a word looks like.
pub fn near_verb(word: &str) -> Option<String> {
    let luka = commands::luka();
    let verbs: Vec<&str> = luka.get_subcommands().map(clap::Command::get_name).collect();
    nearest(word, &verbs)
}

/// The long option of `run` that an option looks like; other programs' letters for help and version
/// are those.
pub fn near_option(word: &str) -> Option<String> {
    match word {
        "-h" | "-?" | "-H" => return Some("--help".into()),
        "-V" => return Some("--version".into()),
        _ => {}
    }
    let (name, _) = word.split_once('=').unwrap_or((word, ""));
    let name = name.strip_prefix("--").or_else(|| name.strip_prefix('-'))?;
    let luka = commands::luka();
    let options: Vec<&str> = luka.get_arguments().filter_map(clap::Arg::get_long).collect();
    if options.contains(&name) {
        return Some(format!("--{name}"));
    }
    nearest(name, &options).map(|name| format!("--{name}"))
}

/// The known name that is `name`, or `name` with a slip of the fingers.
fn nearest(name: &str, known: &[&str]) -> Option<String> {
    if known.contains(&name) {
        return Some(name.to_string());
    }
    let candidates = known.iter().map(|name| name.as_bytes());
    similar(name.as_bytes(), candidates).map(|near| String::from_utf8_lossy(near).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_fingers() {
        assert_eq!(near_word("chekc").as_deref(), Some("check"));
        assert_eq!(near_word("explian").as_deref(), Some("explain"));
        assert_eq!(near_word("versoin").as_deref(), Some("--version"));
        assert_eq!(near_word("version").as_deref(), Some("--version"));
        assert_eq!(near_word("program"), None);
        assert_eq!(near_option("--gc-stat").as_deref(), Some("--gc-stats"));
        assert_eq!(near_option("--colour=never").as_deref(), Some("--color"));
        assert_eq!(near_option("-std=5.4").as_deref(), Some("--std"));
        assert_eq!(near_option("--versoin").as_deref(), Some("--version"));
        assert_eq!(near_option("-h").as_deref(), Some("--help"));
        assert_eq!(near_option("-x"), None);
    }

    #[test]
    fn files_are_files() {
        assert!(is_misspelled_verb("fmt"));
        for word in ["fmt.lua", "./fmt", "-", "--", "-x", "", "src"] {
            assert!(!is_misspelled_verb(word), "{word}");
        }
    }
}
