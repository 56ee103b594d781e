//! The command line itself.

use super::*;

pub fn completions(name: &'static str) -> Command {
    command(name, "Print a completion script for a shell")
        .arg(
            files("SHELL")
                .required(true)
                .num_args(1)
                .action(ArgAction::Set)
                .value_parser(PossibleValuesParser::new(SHELLS))
                .value_hint(ValueHint::Other),
        )
        .after_help(
            "Examples:\n  luka completions bash > ~/.local/share/bash-completion/completions/luka\n  \
             luka completions zsh > \"${fpath[1]}/_luka\"\n  \
             luka completions fish > ~/.config/fish/completions/luka.fish",
        )
}

/// The shells that completions can be made for.
pub const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

pub fn man(name: &'static str) -> Command {
    command(name, "Print the manual page of luka or of a verb")
        .arg(files("VERB").num_args(1).action(ArgAction::Set).help("Verb to print the page of"))
        .after_help("Example:\n  luka man > ~/.local/share/man/man1/luka.1 && man luka")
}

pub fn help(name: &'static str) -> Command {
    command(name, "Print the help of a verb")
        .arg(
            files("VERB")
                .num_args(1)
                .action(ArgAction::Set)
                .help("Verb; without one, the list of verbs"),
        )
        .group(ArgGroup::new("what").arg("files"))
}
