//! Commands of the prompt. They begin with a colon.
//!
//! * [`inspect`] — documentation, types, stages of the compiler
//! * [`measure`] — time, instructions, memory
//! * [`files`] — loading and editing files
//! * [`states`] — earlier states, saving the session as an image
//! * [`sessions`] — exporting the inputs of a session and running them again
//! * [`control`] — history, settings, starting again

mod control;
mod files;
mod inspect;
mod measure;
mod sessions;
mod states;

pub use sessions::Entry;

use luka_compiler::check::similar;

use super::Prompt;
use crate::session::Done;

/// Whether the session continues.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    Stay,
    Leave,
}

/// A command.
pub struct Command {
    pub name: &'static str,
    /// Its argument as help shows it, in brackets if it is optional.
    pub argument: &'static str,
    /// One line.
    pub summary: &'static str,
    /// A sentence more, or nothing.
    pub details: &'static str,
    run: Run,
}

impl Command {
    fn needs_argument(&self) -> bool {
        !self.argument.is_empty() && !self.argument.starts_with('[')
    }
}

enum Run {
    /// Leaves the session's variables and objects as they are.
    Looks(fn(&mut Prompt, &str) -> Done<()>),
    /// Leads to another state of the session.
    Changes(fn(&mut Prompt, &str) -> Done<()>),
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
    "help" "[COMMAND|NAME]" "this list, or help about a command, function or library" "" =
        Run::Looks(help);
    "doc" "NAME" "show the documentation of a function or library"
        "The documentation of a function is the comment above it." = Run::Looks(inspect::doc);
    "type" "EXPR" "evaluate EXPR and show the types of its values" "" = Run::Changes(inspect::types);
    "vars" "" "list the variables of the session: locals, then new globals" "" =
        Run::Looks(inspect::variables);
    "dis" "EXPR" "show the bytecode of an input, or of a function by its name"
        "The input is compiled but not run." = Run::Looks(inspect::bytecode);
    "ast" "EXPR" "show the syntax tree of an input" "" = Run::Looks(inspect::tree);
    "tokens" "EXPR" "show the tokens of an input" "" = Run::Looks(inspect::tokens);
    "explain" "CODE|NAME" "explain an error or lint, as in `:explain L0201`" "" =
        Run::Looks(inspect::explain_code);
    "time" "EXPR" "run once: time, instructions, memory allocated" "" = Run::Changes(measure::time);
    "bench" "EXPR" "run many times: time, instructions and memory per run"
        "It runs for about a second; Ctrl-C stops it." = Run::Changes(measure::bench);
    "load" "FILE" "run a file as an input: its top-level locals stay" "" = Run::Changes(files::load);
    "reload" "[MODULE]" "load the last file again, or reload a module"
        "The old table of the module gets the new contents, so that all references see them." =
        Run::Changes(files::reload);
    "edit" "[FILE]" "edit the last input, or a file, in $VISUAL or $EDITOR and run it" "" =
        Run::Changes(files::edit);
    "undo" "[N]" "go back to the state before the last N inputs"
        "The last 100 states are kept, those before the present one in 64 MB. Files, and what else is \
         outside of the session, stay as they are." = Run::Looks(states::undo);
    "redo" "[N]" "go on again to the state after N inputs that were undone" "" =
        Run::Looks(states::redo);
    "at" "N" "go to the state with this number" "" = Run::Looks(states::at);
    "checkpoints" "" "list the states that `:undo`, `:redo` and `:at` lead to" "" =
        Run::Looks(states::list);
    "save" "[FILE]" "save the session as an image, which `luka repl --image FILE` opens"
        "Without FILE: the image that is open, which is saved after each input anyway." =
        Run::Looks(states::save);
    "export" "FILE" "write the inputs of this session as a program, which `luka FILE` runs"
        "Inputs that failed or that are no statements are written as comments." =
        Run::Looks(sessions::export);
    "load-session" "FILE" "run the inputs of an exported session" "" = Run::Changes(sessions::load);
    "history" "[N|TEXT]" "show past inputs: the last N, or those that contain TEXT" "" =
        Run::Looks(control::history);
    "set" "[NAME [VALUE]]" "show or change settings" "" = Run::Looks(control::set);
    "reset" "" "start again with a new machine and no variables" "" = Run::Changes(control::reset);
    "quit" "" "leave (also Ctrl-D)" "" = Run::Quit;
}

/// Whether an input leaves the session's state as it is, or says itself what becomes of it.
pub fn keeps_state(text: &str) -> bool {
    let command = super::is_command(text).then(|| find(words(text).0).ok());
    command.is_some_and(|command| !matches!(command.map(|c| &c.run), Some(Run::Changes(_))))
}

/// The name and the argument of a command line.
fn words(line: &str) -> (&str, &str) {
    let line = line.trim();
    let line = line.strip_prefix(':').unwrap_or(line);
    let (name, argument) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    (name, argument.trim())
}

/// Runs a command line.
pub fn run(prompt: &mut Prompt, line: &str) -> Done<Flow> {
    let (name, argument) = words(line);
    match find(name) {
        Ok(command) => match command.run {
            Run::Looks(_) | Run::Changes(_) if argument.is_empty() && command.needs_argument() => {
                let Command { name, argument, summary, .. } = command;
                prompt.complain(&format!("usage: :{name} {argument}\n  {summary}"));
                Ok(Flow::Stay)
            }
            Run::Looks(run) | Run::Changes(run) => run(prompt, argument).map(|()| Flow::Stay),
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

/// The help of a command.
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
        "Type an expression to see its values, or a statement to run it. Local variables stay.\n\
         `_` is the last value; `_1`, `_2`, … are all values in the order they were shown.\n\n",
    );
    for command in COMMANDS {
        let head = format!(":{} {}", command.name, command.argument);
        text.push_str(&format!("  {head:<21} {}\n", command.summary));
    }
    text.push_str(
        "\nTab completes, Ctrl-R searches the history, Alt-Enter starts a new line, Ctrl-C stops a \
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
