//! The command line as data: verbs, options and their help. The parser, `--help`, shell completions
//! and the manual page are all made from these definitions. Here is the program, and what verbs share.
//!
//! * [`programs`] — programs that run, are saved and debugged
//! * [`tools`] — what looks at sources: check, fmt, test, doc and the like
//! * [`packages`] — what projects use; [`code`] — bytecode and executables
//! * [`about`] — the command line itself

mod about;
mod code;
mod packages;
mod programs;
mod tools;

pub use about::*;
pub use code::*;
pub use packages::*;
pub use programs::*;
use programs::{run, run_args};
pub use tools::*;

use super::VERBS;
use crate::cmd::dis::STAGES;
use clap::builder::{OsStringValueParser, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgGroup, Command, ValueHint};

/// The width of help, in columns.
const WIDTH: usize = 96;

const EXIT_CODES: &str = "\
Exit codes: 0 success; 1 an uncaught error, errors in a source, a file that cannot be read or
written; 2 wrong usage; 90 to 93 a limit (`luka help run`); otherwise what is passed to os.exit.";

/// What `run` and `resume` say about the ends that limits make.
const LIMIT_CODES: &str = "\
Exit codes of limits: 90 stopped and saved, `luka resume` goes on; 91 out of fuel; 92 out of
memory (the error nobody caught); 93 out of time.
SIGUSR1 and SIGQUIT (Ctrl-\\) save a running program, which goes on, to the file of
--save-on-stop, or to luka-PID.snap.";

const ENVIRONMENT: &str = "\
Environment: LUA_INIT_5_4, LUA_INIT (code, or @file, to run first); LUA_PATH_5_4, LUA_PATH,
LUKA_PATH (where require searches); NO_COLOR.";

/// The options of scripts that the help of the program lists; that of `run` has all.
const COMMON: [&str; 4] = ["e", "l", "i", "v"];

/// The program, with all its verbs. The order is that of the help.
pub fn luka() -> Command {
    let examples = "\
Examples:
  luka                          start the prompt, or run what is piped in
  luka hello.lua a b            run a script with arguments
  luka check src                report errors and suspicious code in sources

`luka help VERB` prints the help of a verb, `luka help run` all options of scripts.";
    let program = Command::new("luka")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Luka runs programs written in Lua 5.4 and in its superset of Lua 5.4")
        .override_usage("luka [OPTIONS] [SCRIPT [ARGS]...]\n       luka VERB ...")
        .subcommand_value_name("VERB")
        .subcommand_help_heading("Verbs")
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .term_width(WIDTH)
        .args(run_args().into_iter().map(|arg| {
            let seldom = !COMMON.contains(&arg.get_id().as_str());
            arg.hide_short_help(seldom)
        }))
        .after_help(format!("{examples}\n\n{EXIT_CODES}"))
        .subcommand(run())
        .subcommands(VERBS.iter().map(|verb| (verb.define)(verb.name)));
    with_help_flag(program)
}

/// The definition of one verb; an empty one if there is no such verb.
pub fn verb(name: &str) -> Command {
    let mut luka = luka();
    // Fills in what verbs inherit from the program.
    luka.build();
    luka.find_subcommand(name).cloned().unwrap_or_default().bin_name(format!("luka {name}"))
}

fn command(name: &'static str, about: &'static str) -> Command {
    with_help_flag(Command::new(name).about(about).term_width(WIDTH))
}

/// A program and its arguments, which begin behind it.
fn program_arg() -> Arg {
    files("FILE")
        .required(true)
        .help("The program, then its arguments")
        .trailing_var_arg(true)
        .allow_hyphen_values(true)
}

/// `--help` without `-h`, which is an unknown option to `lua`.
fn with_help_flag(command: Command) -> Command {
    let help = Arg::new("help").long("help").action(ArgAction::Help).help("Print this help");
    let help = help.display_order(1000);
    command.disable_help_flag(true).arg(help)
}

fn files(name: &'static str) -> Arg {
    Arg::new("files")
        .value_name(name)
        .value_parser(OsStringValueParser::new())
        .value_hint(ValueHint::FilePath)
        .num_args(1..)
        .action(ArgAction::Append)
}

fn std_arg() -> Arg {
    Arg::new("std")
        .long("std")
        .value_name("STD")
        .value_parser(PossibleValuesParser::new(["luka", "5.4"]))
        .hide_possible_values(true)
        .help("Language: luka (the default), or 5.4 for plain Lua 5.4")
}

fn color_arg() -> Arg {
    Arg::new("color")
        .long("color")
        .value_name("WHEN")
        .value_parser(PossibleValuesParser::new(["auto", "always", "never"]))
        .hide_possible_values(true)
        .help("Colours: auto (the default: on a terminal), always or never")
}

/// When native code is made.
fn jit_arg(words: &'static [&'static str], help: &'static str) -> Arg {
    Arg::new("jit")
        .long("jit")
        .value_name("WHEN")
        .value_parser(PossibleValuesParser::new(words))
        .hide_possible_values(true)
        .help(help)
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

fn short_flag(letter: char, help: &'static str) -> Arg {
    Arg::new(letter.to_string()).short(letter).action(ArgAction::SetTrue).help(help)
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).value_parser(OsStringValueParser::new()).help(help)
}

fn short_option(letter: char, value: &'static str, help: &'static str) -> Arg {
    Arg::new(letter.to_string())
        .short(letter)
        .value_name(value)
        .value_parser(OsStringValueParser::new())
        .action(ArgAction::Append)
        .help(help)
}
