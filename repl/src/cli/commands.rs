//! The command line as data: verbs, options, their help. What is read, what `--help` prints, the
//! completions of shells and the manual page are all made from these definitions.

use crate::cmd::dis::STAGES;
use clap::builder::{OsStringValueParser, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgGroup, Command, ValueHint};

/// The width that help is set to.
const WIDTH: usize = 96;

const EXIT_CODES: &str = "\
Exit codes: 0 all went well; 1 an uncaught error, a faulty source, a file that cannot be read or
written; 2 the command line is not understood; or what the program gives os.exit.";

const ENVIRONMENT: &str = "\
Environment: LUA_INIT_5_4, LUA_INIT (code, or @file, to run first); LUA_PATH_5_4, LUA_PATH,
LUKA_PATH (where require looks); NO_COLOR.";

/// The program, with all its verbs. The order is that of the help.
pub fn luka() -> Command {
    let examples = "\
Examples:
  luka                          a prompt; with input that is no terminal, run that
  luka hello.lua a b            run a script with arguments
  luka -e 'print(1 + 2)'        run a line
  luka check src                say what is wrong or doubtful in sources
  luka help VERB                all about a verb, as `luka help run`";
    let program = Command::new("luka")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Luka runs Lua 5.4 programs, and those written in its superset of Lua 5.4")
        .override_usage("luka [OPTIONS] [SCRIPT [ARGS]...]\n       luka VERB ...")
        .subcommand_value_name("VERB")
        .subcommand_help_heading("Verbs")
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .term_width(WIDTH)
        .args(run_args())
        .mut_arg("script", |script| script.hide(true))
        .mut_arg("args", |args| args.hide(true))
        .after_help(format!("{examples}\n\n{EXIT_CODES}\n{ENVIRONMENT}"))
        .subcommand(run())
        .subcommand(check())
        .subcommand(explain())
        .subcommand(build())
        .subcommand(dis())
        .subcommand(asm())
        .subcommand(bootstrap())
        .subcommand(completions())
        .subcommand(man())
        .subcommand(help());
    with_help_flag(program)
}

/// One verb by its name, on its own. (The empty one for names that are none.)
pub fn verb(name: &str) -> Command {
    let mut luka = luka();
    // Fills in what verbs inherit.
    luka.build();
    luka.find_subcommand(name).cloned().unwrap_or_default().bin_name(format!("luka {name}"))
}

fn command(name: &'static str, about: &'static str) -> Command {
    with_help_flag(Command::new(name).about(about).term_width(WIDTH))
}

/// `--help` without `-h`, which is an unknown option to `lua`.
fn with_help_flag(command: Command) -> Command {
    let help = Arg::new("help").long("help").action(ArgAction::Help).help("Print this");
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
        .help("The language: luka (the default), or 5.4 without extensions")
}

fn color_arg() -> Arg {
    Arg::new("color")
        .long("color")
        .value_name("WHEN")
        .value_parser(PossibleValuesParser::new(["auto", "always", "never"]))
        .hide_possible_values(true)
        .help("Colour reports: auto (on a terminal, the default), always, never")
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

fn short_flag(letter: char, help: &'static str) -> Arg {
    Arg::new(letter.to_string()).short(letter).action(ArgAction::SetTrue).help(help)
}

fn short_option(letter: char, value: &'static str, help: &'static str) -> Arg {
    Arg::new(letter.to_string())
        .short(letter)
        .value_name(value)
        .value_parser(OsStringValueParser::new())
        .action(ArgAction::Append)
        .help(help)
}

/// The options of `run`. What reads them is [`crate::options`]; a test holds the two together.
fn run_args() -> Vec<Arg> {
    vec![
        short_option('e', "STAT", "Execute the string STAT"),
        short_option('l', "MOD", "Require library MOD into global MOD; G=MOD: into global G"),
        short_flag('i', "Enter interactive mode after the script"),
        short_flag('v', "Show version information"),
        short_flag('E', "Ignore environment variables"),
        short_flag('W', "Turn warnings on"),
        std_arg().require_equals(true),
        color_arg().require_equals(true),
        flag("profile-ops", "Count executed instructions and their successions"),
        Arg::new("trace")
            .long("trace")
            .value_name("LINES")
            .num_args(0..=1)
            .require_equals(true)
            .help("Show every executed instruction and its values; of lines N or N-M only"),
        Arg::new("trace-limit")
            .long("trace-limit")
            .value_name("N")
            .require_equals(true)
            .help("Show no more than N of them"),
        flag("gc-stats", "Say at the end what the collector did and how long it paused"),
        flag("version", "As -v"),
        Arg::new("script")
            .value_name("SCRIPT")
            .value_parser(OsStringValueParser::new())
            .value_hint(ValueHint::FilePath)
            .help("A source or image to run; - is standard input"),
        Arg::new("args")
            .value_name("ARGS")
            .value_parser(OsStringValueParser::new())
            .num_args(0..)
            .trailing_var_arg(true)
            .allow_hyphen_values(true)
            .help("What the script finds in arg and ..."),
    ]
}

fn run() -> Command {
    command("run", "Run a script or an image, as lua does")
        .override_usage("luka [run] [OPTIONS] [SCRIPT [ARGS]...]")
        .args(run_args())
        .after_help(format!(
            "-e, -l and -W happen in the order they are written. `--` ends the options.\n\n\
             {EXIT_CODES}\n{ENVIRONMENT}"
        ))
}

fn check() -> Command {
    let level = |letter, help| short_option(letter, "LINT", help);
    command("check", "Say what is wrong or doubtful in sources, run nothing")
        .arg(
            files("FILE|DIR")
                .required(true)
                .help("Sources; of a directory all .lua and .luka below"),
        )
        .arg(level('A', "Allow a lint: a name as unused-local, a code as L0201, or all"))
        .arg(level('W', "Warn of a lint"))
        .arg(level('D', "Make a lint an error"))
        .arg(flag("fix", "Apply the edits that are safe"))
        .arg(
            Arg::new("error-format")
                .long("error-format")
                .value_name("HOW")
                .value_parser(PossibleValuesParser::new(["human", "short", "json"]))
                .hide_possible_values(true)
                .help("human (the default), short (a line each), json (an object a line)"),
        )
        .arg(
            Arg::new("emit")
                .long("emit")
                .value_name("FORM")
                .value_parser(PossibleValuesParser::new(["lua54"]))
                .hide_possible_values(true)
                .help("lua54: print good sources as plain Lua 5.4"),
        )
        .args([std_arg(), color_arg()])
        .after_help(
            "Examples:\n  luka check .                      everything below this folder\n  \
             luka check --fix -D unused-local a.lua\n  \
             luka check --emit lua54 a.luka > a.lua\n\n\
             A file luka.toml in the folder or above says the same for a project:\n  \
             globals = [\"love\"]\n  [lints]\n  unused-parameter = \"warn\"\n\
             A comment `-- luka: allow(unused-local)` keeps its line silent, \
             `-- luka: allow-file(...)` the file.\n\
             `luka explain` lists lints and errors.",
        )
}

fn explain() -> Command {
    command("explain", "Say what the code of a report means, with an example")
        .arg(files("CODE").help("As L0103; without one, all codes with their titles"))
        .arg(color_arg())
}

fn build() -> Command {
    command("build", "Compile a source to an image, which `luka OUT` runs")
        .arg(files("FILE").required(true).num_args(1).action(ArgAction::Set).help("The source"))
        .arg(
            short_option('o', "OUT", "Where the image goes")
                .required(true)
                .action(ArgAction::Set)
                .value_hint(ValueHint::FilePath),
        )
        .arg(flag("strip", "Leave out debug information").short('s'))
        .args([std_arg(), color_arg()])
        .after_help("Example:\n  luka build hello.lua -o hello.img && luka hello.img")
}

fn dis() -> Command {
    command("dis", "Show what the compiler makes of a source, or what an image holds")
        .arg(files("FILE").required(true).help("Sources or images; - is standard input"))
        .arg(
            Arg::new("stage")
                .long("stage")
                .value_name("STAGE")
                .value_parser(PossibleValuesParser::new(STAGES))
                .hide_possible_values(true)
                .help("tokens, ast, lowered, lua54, hir or bytecode (the default)"),
        )
        .arg(flag("source", "The lines of the source before the instructions made of them"))
        .arg(flag("strip", "Without debug information").short('s'))
        .arg(flag("edit", "To be changed by hand: without numbers of instructions"))
        .args([std_arg(), color_arg()])
        .after_help(
            "lowered is the tree without extensions, lua54 the same as a program, hir has names \
             resolved.\n\nExamples:\n  echo 'return x + 1' | luka dis -\n  \
             luka dis --edit hello.lua > hello.luasm && luka asm hello.luasm -o hello.img",
        )
}

fn asm() -> Command {
    command("asm", "Make an image of what `luka dis` prints")
        .arg(
            files("FILE")
                .required(true)
                .num_args(1)
                .action(ArgAction::Set)
                .help("The text; - is standard input"),
        )
        .arg(
            short_option('o', "OUT", "Where the image goes; - is standard output")
                .required(true)
                .action(ArgAction::Set)
                .value_hint(ValueHint::FilePath),
        )
        .arg(flag("strip", "Leave out debug information").short('s'))
        .arg(color_arg())
}

fn bootstrap() -> Command {
    let dir = |name: &'static str, help| {
        Arg::new(name)
            .long(name)
            .value_name("DIR")
            .value_parser(OsStringValueParser::new())
            .value_hint(ValueHint::DirPath)
            .action(ArgAction::Append)
            .help(help)
    };
    command("bootstrap", "Prove that the compiler in its own language is the Rust compiler")
        .arg(dir("corpus", "Prove it on all Lua files below a folder too; may be repeated"))
        .arg(flag("json", "The result for machines"))
        .arg(
            Arg::new("lua")
                .long("lua")
                .value_name("PROG")
                .value_parser(OsStringValueParser::new())
                .help("The PUC Lua 5.4 that runs the compiler too (lua5.4, if installed)"),
        )
        .arg(flag("no-lua", "Do without PUC Lua"))
        .arg(dir(
            "emit",
            "Write the library's images as the compiler in its own language made them",
        ))
        .arg(dir("selfhost", "Another version of the compiler in its own language"))
        .arg(flag("plant", "Make a mistake on purpose, to see it found").hide(true))
        .arg(color_arg())
}

fn completions() -> Command {
    command("completions", "Print what lets a shell complete luka's verbs and options")
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

fn man() -> Command {
    command("man", "Print the manual page")
        .arg(files("VERB").num_args(1).action(ArgAction::Set).help("That of a verb"))
        .after_help("Example:\n  luka man > ~/.local/share/man/man1/luka.1 && man luka")
}

fn help() -> Command {
    command("help", "Say all about a verb")
        .arg(files("VERB").num_args(1).action(ArgAction::Set).help("Without one, the verbs"))
        .group(ArgGroup::new("what").arg("files"))
}
