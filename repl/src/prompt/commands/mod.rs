//! What begins with a colon: commands to the prompt.
//!
//! * [`inspect`] — what a name, a function or a text is
//! * [`measure`] — time, instructions, memory
//! * [`files`] — files that are run, edited, written
//! * [`control`] — the session itself

mod control;
mod files;
mod inspect;
mod measure;

use luka_compiler::check::similar;

use super::Prompt;
use crate::session::Done;

/// Whether the session goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    Stay,
    Leave,
}

/// A command.
pub struct Command {
    pub name: &'static str,
    /// What stands behind it, as help shows it.
    pub argument: &'static str,
    pub summary: &'static str,
    pub details: &'static str,
    run: Run,
}

enum Run {
    Plain(fn(&mut Prompt, &str) -> Done<()>),
    Quit,
}

macro_rules! commands {
    ($($name:literal $argument:literal $summary:literal $details:literal = $run:expr;)*) => {
        /// All commands, as help lists them.
        pub const COMMANDS: &[Command] = &[$(Command {
            name: $name,
            argument: $argument,
            summary: $summary,
            details: $details,
            run: $run,
        },)*];
    };
}

commands! {
    "help" "[COMMAND|NAME]" "this list, or what a command or function is" "" = Run::Plain(help);
    "doc" "NAME" "signature and documentation of a function, contents of a library"
        "The documentation of a function written in the language is the comment above it." =
        Run::Plain(inspect::doc);
    "type" "EXPR" "evaluate and show the types of the values" "" = Run::Plain(inspect::types);
    "vars" "" "the variables of the session and their values" "" = Run::Plain(inspect::variables);
    "dis" "EXPR" "the bytecode of an input, or of the function a name stands for"
        "The input is compiled and not run." = Run::Plain(inspect::bytecode);
    "ast" "EXPR" "the syntax tree of an input" "" = Run::Plain(inspect::tree);
    "tokens" "EXPR" "the tokens of an input" "" = Run::Plain(inspect::tokens);
    "explain" "CODE" "what a diagnostic's code means" "" = Run::Plain(inspect::explain_code);
    "time" "EXPR" "run once: time, instructions, memory allocated" "" = Run::Plain(measure::time);
    "bench" "EXPR" "run many times: time, instructions and memory of one run"
        "It runs for about a second; Ctrl-C stops it." = Run::Plain(measure::bench);
    "load" "FILE" "run a file as an input: its outermost locals stay" "" = Run::Plain(files::load);
    "reload" "[MODULE]" "load the last file again, or a module that was required"
        "The module's old table gets the new contents, so that whoever holds it sees them." =
        Run::Plain(files::reload);
    "edit" "[FILE]" "write the next input in $VISUAL or $EDITOR, or edit a file and load it"
        "Without a file the editor has the last input." = Run::Plain(files::edit);
    "save" "FILE" "write the inputs of this session to a file" "" = Run::Plain(files::save);
    "load-session" "FILE" "run the inputs a session has saved" "" = Run::Plain(files::load_session);
    "history" "[N|TEXT]" "past inputs: the last N, or those with TEXT in them" "" =
        Run::Plain(control::history);
    "set" "[NAME [VALUE]]" "show or change a setting" "" = Run::Plain(control::set);
    "reset" "" "start again: a new machine, no variables" "" = Run::Plain(control::reset);
    "quit" "" "leave (also Ctrl-D)" "" = Run::Quit;
}

/// Runs a command line.
pub fn run(prompt: &mut Prompt, line: &str) -> Done<Flow> {
    let line = line.trim();
    let line = line.strip_prefix(':').unwrap_or(line);
    let (name, argument) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    match find(name) {
        Ok(command) => match command.run {
            Run::Plain(run) => run(prompt, argument.trim()).map(|()| Flow::Stay),
            Run::Quit => Ok(Flow::Leave),
        },
        Err(message) => {
            prompt.complain(&message);
            Ok(Flow::Stay)
        }
    }
}

/// The command of a name or of the beginning of one.
fn find(name: &str) -> Result<&'static Command, String> {
    if let Some(command) = COMMANDS.iter().find(|command| command.name == name) {
        return Ok(command);
    }
    let begun: Vec<&Command> =
        COMMANDS.iter().filter(|c| !name.is_empty() && c.name.starts_with(name)).collect();
    match begun.as_slice() {
        [one] => return Ok(one),
        [] => {}
        several => {
            let names: Vec<String> = several.iter().map(|c| format!(":{}", c.name)).collect();
            return Err(format!("`:{name}` could be {}", names.join(", ")));
        }
    }
    let names = COMMANDS.iter().map(|command| command.name.as_bytes());
    let near = similar(name.as_bytes(), names).map(String::from_utf8_lossy);
    Err(match near {
        Some(near) => format!("there is no command `:{name}`; did you mean `:{near}`?"),
        None => format!("there is no command `:{name}`; `:help` lists them"),
    })
}

fn help(prompt: &mut Prompt, argument: &str) -> Done<()> {
    let name = argument.strip_prefix(':').unwrap_or(argument);
    if name.is_empty() {
        prompt.say(&overview());
    } else if let Some(command) = COMMANDS.iter().find(|command| command.name == name) {
        prompt.say(&usage(command));
    } else {
        return inspect::doc(prompt, argument);
    }
    Ok(())
}

/// What a command is.
fn usage(command: &Command) -> String {
    let mut text = format!(":{} {}\n  {}\n", command.name, command.argument, command.summary);
    if !command.details.is_empty() {
        text.push_str(&format!("  {}\n", command.details));
    }
    if command.name == "set" {
        text.push_str(&control::settings_help());
    }
    text
}

fn overview() -> String {
    let mut text = String::from(
        "An expression shows its values, a statement runs; local variables stay.\n\
         `_` is the last value, `_1`, `_2`, … are those before, in the order they were shown.\n\n",
    );
    for command in COMMANDS {
        let head = format!(":{} {}", command.name, command.argument);
        text.push_str(&format!("  {head:<21} {}\n", command.summary));
    }
    text.push_str(
        "\nTab completes, Ctrl-R searches the history, Alt-Enter begins a line, Ctrl-C stops a \
         program.\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_their_beginnings() {
        let found = |name| find(name).map(|command| command.name);
        assert_eq!(found("quit"), Ok("quit"));
        assert_eq!(found("q"), Ok("quit"));
        assert_eq!(found("load"), Ok("load"));
        assert_eq!(found("t").unwrap_err(), "`:t` could be :type, :tokens, :time");
        let near = "there is no command `:histroy`; did you mean `:history`?";
        assert_eq!(found("histroy").unwrap_err(), near);
        assert_eq!(found("").unwrap_err(), "there is no command `:`; `:help` lists them");
    }

    #[test]
    fn the_page_knows_every_command() {
        const PAGE: &str = include_str!("../../../../docs/repl.md");
        for command in COMMANDS {
            let shown = |end: &str| PAGE.contains(&format!("`:{}{end}", command.name));
            assert!(shown("`") || shown(" "), "{}", command.name);
        }
    }

    #[test]
    fn help_fits_a_screen() {
        assert!(overview().lines().all(|line| line.chars().count() <= 100));
        assert!(overview().lines().count() <= 40);
    }
}
