//! The command line as data: verbs, options and their help. The parser, `--help`, shell completions
//! and the manual page are all made from these definitions.

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

/// The options of `run`. What reads them is [`crate::options`]; a test holds the two together.
fn run_args() -> Vec<Arg> {
    let mut args = vec![
        short_option('e', "STAT", "Execute the string STAT"),
        short_option(
            'l',
            "MOD",
            "Require library MOD into the global MOD; G=MOD: into the global G",
        ),
        short_flag('i', "Enter interactive mode after the script"),
        short_flag('v', "Show version information"),
        short_flag('E', "Ignore environment variables"),
        short_flag('W', "Turn warnings on"),
        std_arg().require_equals(true),
        color_arg().require_equals(true),
        flag("profile-ops", "Print how often each instruction and sequence of instructions ran"),
        Arg::new("trace")
            .long("trace")
            .value_name("LINES")
            .num_args(0..=1)
            .require_equals(true)
            .help("Print executed instructions and values; only those of lines N or N-M"),
        Arg::new("trace-limit")
            .long("trace-limit")
            .value_name("N")
            .require_equals(true)
            .help("Print at most N of them"),
        flag("gc-stats", "Print statistics of the garbage collector at the end"),
        Arg::new("jit")
            .long("jit")
            .value_name("WHEN")
            .require_equals(true)
            .value_parser(PossibleValuesParser::new(["on", "off", "always"]))
            .hide_possible_values(true)
            .help("Native code: on (the default, but not with --sandbox), off or always"),
        flag("jit-stats", "Print what was compiled to native code, and where it was left"),
        flag("jit-dump", "Print what is compiled: intermediate form and machine code"),
        flag("watch", "Run the script again whenever a source changes"),
        flag("version", "Same as -v"),
    ];
    args.extend(limit_args());
    args.extend([
        Arg::new("script")
            .value_name("SCRIPT")
            .value_parser(OsStringValueParser::new())
            .value_hint(ValueHint::FilePath)
            .help("Source or image to run; - is standard input"),
        Arg::new("args")
            .value_name("ARGS")
            .value_parser(OsStringValueParser::new())
            .num_args(0..)
            .trailing_var_arg(true)
            .allow_hyphen_values(true)
            .help("Arguments of the script, in arg and ..."),
    ]);
    args
}

/// The options of [`crate::limits::Limits`].
fn limit_args() -> Vec<Arg> {
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .value_parser(OsStringValueParser::new())
            .help_heading("Limits")
            .help(help)
    };
    let file = |name, help| option(name, "FILE", help).value_hint(ValueHint::FilePath);
    vec![
        option("fuel", "N", "Stop after N units of fuel: an instruction is one"),
        option("memory", "BYTES", "Let objects take at most so much: 512K, 64M, 2G"),
        option("time", "TIME", "Stop after this time: 5s, 250ms, 1.5m, 2h"),
        file("save-on-stop", "When a limit stops the program, save it, for `luka resume`"),
        file("save-on-error", "Save the program when an error is about to end it"),
        flag("compress", "Compress the files that the program is saved to").help_heading("Limits"),
        flag("show-fuel", "Print the fuel used on standard error at the end")
            .help_heading("Limits"),
        flag("sandbox", "Let the program reach standard input, output and error only")
            .help_heading("Sandbox"),
        option(
            "allow",
            "LIST",
            "What else: fs, fs:read, fs:write, or these with =DIR; run, env, \
            clock, random",
        )
        .help_heading("Sandbox")
        .action(ArgAction::Append),
    ]
}

/// The options that record a program.
fn record_args() -> [Arg; 2] {
    let file = Arg::new("record")
        .long("record")
        .value_name("FILE")
        .value_parser(OsStringValueParser::new())
        .value_hint(ValueHint::FilePath)
        .help("Record the script, for `luka debug FILE`");
    [file, record_memory()]
}

/// The option for how much of a program's past is kept.
fn record_memory() -> Arg {
    Arg::new("record-memory")
        .long("record-memory")
        .value_name("BYTES")
        .value_parser(OsStringValueParser::new())
        .help("Memory for states of the program's past (default: 256M)")
}

fn run() -> Command {
    command("run", "Run a script or an image, as lua does")
        .override_usage("luka [run] [OPTIONS] [SCRIPT [ARGS]...]")
        .args(run_args())
        .args(record_args())
        .after_help(format!(
            "-e, -l and -W take effect in the order they are given. `--` ends the options.\n\n\
             {EXIT_CODES}\n\n{LIMIT_CODES}\n\n{ENVIRONMENT}"
        ))
}

pub fn repl(name: &'static str) -> Command {
    command(name, "Start the prompt, alone or on a saved session")
        .arg(
            Arg::new("image")
                .long("image")
                .value_name("FILE")
                .value_parser(OsStringValueParser::new())
                .value_hint(ValueHint::FilePath)
                .help("Go on with the session in FILE, or begin it, and save it after each input"),
        )
        .args([std_arg(), color_arg()])
        .after_help(
            "A saved session has all its variables, functions, coroutines and results, and its last\n\
             100 states, which :undo and :redo move between. Open only sessions of your own: they\n\
             are programs.\n\nExample:\n  luka repl --image work.img",
        )
}

pub fn resume(name: &'static str) -> Command {
    command(name, "Go on with a program that a limit or a signal has stopped and saved")
        .arg(
            files("FILE")
                .required(true)
                .num_args(1)
                .action(ArgAction::Set)
                .help("The file that --save-on-stop named"),
        )
        .args(limit_args())
        .arg(color_arg())
        .after_help(format!(
            "Fuel and time count from here; the memory limit stays unless there is a new one. The\n\
             program is in the sandbox that it was in, unless --sandbox gives another: a file can\n\
             name any, so give one for what comes from others.\n\n{LIMIT_CODES}\n\n\
             Example:\n  luka run --time 10s --save-on-stop job.snap job.lua\n  \
             luka resume --time 10s --save-on-stop job.snap job.snap"
        ))
}

pub fn inspect(name: &'static str) -> Command {
    command(name, "Show what is in the file of a saved program: stack, variables, heap, files")
        .arg(
            files("FILE")
                .required(true)
                .num_args(1)
                .action(ArgAction::Set)
                .help("The file that --save-on-stop or --save-on-error named"),
        )
        .arg(flag("json", "Print it as a JSON object"))
        .arg(
            Arg::new("memory")
                .long("memory")
                .value_name("BYTES")
                .value_parser(OsStringValueParser::new())
                .help("Refuse a program that needs more (default: 256M, or 64 times the file)"),
        )
        .arg(color_arg())
        .after_help(
            "Nothing of the program runs. The file may come from a stranger: it is proved first.\n\n\
             Example:\n  luka run --save-on-error crash.snap job.lua || luka inspect crash.snap",
        )
}

pub fn debug(name: &'static str) -> Command {
    command(name, "Debug a program, forward and backward")
        .arg(program_arg())
        .arg(
            Arg::new("command")
                .long("command")
                .value_name("COMMAND")
                .value_parser(OsStringValueParser::new())
                .action(ArgAction::Append)
                .help("Do this before commands are read; may be repeated"),
        )
        .arg(record_memory())
        .arg(
            Arg::new("jit")
                .long("jit")
                .value_name("WHEN")
                .value_parser(PossibleValuesParser::new(["on", "off", "always"]))
                .hide_possible_values(true)
                .help("Native code where nothing stops: on (the default), off or always"),
        )
        .args([std_arg(), color_arg()])
        .after_help(
            "The program stops at its first line, and `help` lists the commands: b sets a breakpoint,\n\
             c, n, s, o go forward, bc, bn, bs, bo backward, why tells where a value was set.\n\
             Commands are read from standard input if it is no terminal; the program reads nothing then.\n\n\
             Example:\n  luka debug --command 'b 12' --command c job.lua input.txt",
        )
}

pub fn dap(name: &'static str) -> Command {
    command(name, "Be the debug adapter of an editor, on standard input and output")
        .arg(
            Arg::new("listen")
                .long("listen")
                .value_name("HOST:PORT")
                .value_parser(OsStringValueParser::new())
                .help("Wait for one client at an address of this machine"),
        )
        .arg(color_arg())
        .after_help(
            "A launch request names the 'program'; 'args', 'cwd', 'stopOnEntry', 'std' and 'recordMemory'\n\
             are optional. docs/debugging.md says how editors start it.",
        )
}

pub fn check(name: &'static str) -> Command {
    let level = |letter, help| short_option(letter, "LINT", help);
    command(name, "Report errors and suspicious code; --fix applies safe fixes")
        .arg(
            files("FILE|DIR")
                .required(true)
                .help("Sources, or directories to search for .lua and .luka files"),
        )
        .arg(level('A', "Turn a lint off, by name (unused-local) or code (L0201); or all"))
        .arg(level('W', "Make a lint a warning"))
        .arg(level('D', "Make a lint an error"))
        .arg(flag("fix", "Apply safe fixes to the files"))
        .arg(flag("watch", "Check again whenever a source changes"))
        .arg(
            Arg::new("error-format")
                .long("error-format")
                .value_name("FORMAT")
                .value_parser(PossibleValuesParser::new(["human", "short", "json", "sarif"]))
                .hide_possible_values(true)
                .help("human (the default), short (lines), json (objects) or sarif"),
        )
        .arg(
            Arg::new("emit")
                .long("emit")
                .value_name("FORM")
                .value_parser(PossibleValuesParser::new(["lua54"]))
                .hide_possible_values(true)
                .help("lua54: print sources without errors as plain Lua 5.4"),
        )
        .args([std_arg(), color_arg()])
        .after_help(
            "Examples:\n  luka check .                      all sources in this directory\n  \
             luka check --fix -D unused-local a.lua\n  \
             luka check --emit lua54 a.luka > a.lua\n\n\
             A luka.toml in this directory or above it configures a project:\n  \
             globals = [\"love\"]\n  [lints]\n  unused-parameter = \"warn\"\n\
             The comment `-- luka: allow(unused-local)` turns a lint off for its line,\n\
             `-- luka: allow-file(unused-local)` for the file.\n\
             `luka explain` lists all errors and lints.",
        )
}

pub fn fmt(name: &'static str) -> Command {
    command(name, "Format sources")
        .arg(
            files("FILE|DIR")
                .num_args(0..)
                .help("Sources, or directories to search (default: the current one); - is standard input"),
        )
        .arg(flag("check", "Change nothing; list the files that are not formatted"))
        .arg(flag("diff", "The same, and show what would change"))
        .arg(flag("watch", "Format again whenever a source changes"))
        .arg(
            Arg::new("range")
                .long("range")
                .value_name("L1:L2")
                .help("Format only the statements that lie within these lines"),
        )
        .arg(
            Arg::new("stdin-path")
                .long("stdin-path")
                .value_name("PATH")
                .value_parser(OsStringValueParser::new())
                .value_hint(ValueHint::FilePath)
                .help("The file whose text standard input is, for settings and messages"),
        )
        .args([std_arg(), color_arg()])
        .after_help(
            "Examples:\n  luka fmt                       all sources in this directory\n  \
             luka fmt --check src           for continuous integration\n  \
             luka fmt --stdin-path a.lua -  for editors\n\n\
             Settings come from luka.toml, else from .editorconfig files (indent_style,\n\
             indent_size, tab_width, max_line_length):\n  \
             [fmt]\n  width = 100        # of a line, in characters\n  \
             indent = 2         # spaces, or \"tab\"\n  quotes = \"double\"  # or \"single\", \"keep\"\n\
             The comment `-- luka: fmt skip` keeps the next statement or field as it is,\n\
             `-- luka: fmt off` everything up to `-- luka: fmt on`.",
        )
}

pub fn test(name: &'static str) -> Command {
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .value_parser(OsStringValueParser::new())
            .action(ArgAction::Append)
            .help(help)
    };
    let optional = |name, value, missing: &'static str, help| {
        option(name, value, help)
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value(missing)
    };
    let busted = |arg: Arg| arg.help_heading("As in busted");
    command(name, "Run tests: busted specs, functions test_*, programs, examples")
        .arg(files("FILE[:LINE]|DIR")
                .num_args(0..)
                .help("Files, tests by line, or folders (default: spec, specs, test, tests)"),
        )
        .arg(short_option('k', "TEXT", "Run only tests whose full name contains TEXT"))
        .arg(option("tags", "LIST", "Run only tests with one of these #tags in their names"))
        .arg(option("exclude-tags", "LIST", "Run no tests with one of these #tags"))
        .arg(flag("failed", "Run only the tests that failed last"))
        .arg(short_flag('x', "Stop after the first failure"))
        .arg(flag("list", "List the tests instead of running them"))
        .arg(flag("watch", "Run again whenever a source changes"))
        .arg(short_option('j', "N", "Run N files at a time (default: one for each core)"))
        .arg(option("shard", "K/N", "Run part K of N of the files"))
        .arg(option("repeat", "N", "Run everything N times"))
        .arg(optional("shuffle", "SEED", "", "Run the tests of each block in another order"))
        .arg(option("seed", "N", "What math.random and --shuffle depend on (default: 0)"))
        .arg(flag("isolate", "Run every test in a process of its own"))
        .arg(option("fuel", "N", "Let a test use so much fuel (default: 2000000000)"))
        .arg(option("timeout", "SECONDS", "Stop a test that waits so long for something (default: 60)"))
        .arg(flag("update", "Keep the values of snapshots as they are now"))
        .arg(flag("doc", "Run the examples in pages and comments instead"))
        .arg(option("report", "FORM[=FILE]", "human, tap, json or junit; may be repeated with files")
            .help_heading("Reports"))
        .arg(flag("verbose", "Name every test").short('v').help_heading("Reports"))
        .arg(flag("show-output", "Show what passing tests print, too").help_heading("Reports"))
        .arg(optional("coverage", "FORMS", "text", "Report the lines and branches executed: text, lcov, \
            html, json").help_heading("Reports"))
        .arg(option("coverage-min", "PERCENT", "Fail if fewer lines are executed")
            .help_heading("Reports"))
        .arg(busted(option("pattern", "PART", "A part of the names of test files").short('p')))
        .arg(busted(option("exclude-pattern", "PART", "A part of the names of files that are no tests")))
        .arg(busted(option("helper", "FILE", "A file to run before each file of tests")))
        .arg(busted(option("lpath", "PATHS", "What is put in front of package.path").short('m')))
        .arg(busted(option("filter", "PATTERN", "Run only tests whose names match the Lua pattern")))
        .arg(busted(option("filter-out", "PATTERN", "Run no tests whose names match the Lua pattern")))
        .arg(busted(option("run", "NAME", "The table of .busted to use")))
        .arg(busted(flag("sort", "Run the tests of each block sorted by name")))
        .arg(busted(flag("no-keep-going", "The same as -x")))
        .arg(flag("worker", "Run one file, as a job on standard input says").hide(true))
        .arg(color_arg())
        .after_help(
            "Examples:\n  luka test                          all tests of this project\n  \
             luka test spec/cart_spec.lua:12    the test in line 12\n  \
             luka test -k total --coverage=lcov\n  \
             luka test --doc README.md          run the examples of a page\n\n\
             Every file runs in a new machine and a process of its own. Settings are in luka.toml:\n  \
             [test]\n  paths = [\"spec\"]        # files and folders of tests\n  \
             sources = [\"src\"]       # what --coverage looks at\n  fuel = 100000000        # for a test\n\
             and in .busted. docs/testing-your-code.md has the rest.",
        )
}

pub fn profile(name: &'static str) -> Command {
    command(name, "Show where a program uses fuel, time or memory")
        .arg(program_arg())
        .arg(
            Arg::new("by")
                .long("by")
                .value_name("WHAT")
                .value_parser(PossibleValuesParser::new(["fuel", "time", "alloc"]))
                .hide_possible_values(true)
                .help("fuel (the default: the same profile every time), time or alloc (bytes)"),
        )
        .arg(
            Arg::new("every")
                .long("every")
                .value_name("N")
                .value_parser(OsStringValueParser::new())
                .help("Look after so many units of fuel (10007), or so much time (1ms)"),
        )
        .arg(
            short_option(
                'o',
                "FILE",
                "Write a .txt, .svg, .folded or .json (speedscope) file; may be repeated",
            )
            .value_hint(ValueHint::FilePath),
        )
        .arg(
            Arg::new("jit")
                .long("jit")
                .value_name("WHEN")
                .value_parser(PossibleValuesParser::new(["on", "off"]))
                .hide_possible_values(true)
                .help("Native code: on (the default) or off; the profile by fuel is the same"),
        )
        .args([std_arg(), color_arg()])
        .after_help(
            "Without -o the profile is printed on standard error when the program has ended.\n\
             docs/profiling.md says how to read it.\n\nExamples:\n  \
             luka profile job.lua input.txt\n  \
             luka profile -o job.svg -o job.json job.lua\n  \
             luka profile --by alloc job.lua",
        )
}

pub fn bench(name: &'static str) -> Command {
    command(name, "Measure functions, in fuel and time; compare with earlier results")
        .arg(
            files("FILE|DIR")
                .num_args(0..)
                .help("Files, or folders to search for *_bench files (default: the current one)"),
        )
        .arg(short_option('k', "TEXT", "Only benchmarks whose names contain TEXT"))
        .arg(option("save", "NAME", "Keep the results in NAME.bench.json"))
        .arg(option("compare", "NAME", "Show what has changed since NAME.bench.json was saved"))
        .arg(option(
            "fail-over",
            "PERCENT",
            "With --compare: fail if one uses so much more fuel (default: 2)",
        ))
        .arg(option("time", "SECONDS", "Measure the time of each so long (default: 0.5)"))
        .arg(flag("no-time", "Count fuel and bytes only, which are the same everywhere"))
        .arg(flag("json", "Print the results as JSON"))
        .arg(
            Arg::new("jit")
                .long("jit")
                .value_name("WHEN")
                .value_parser(PossibleValuesParser::new(["on", "off"]))
                .hide_possible_values(true)
                .help("Native code: on (the default) or off"),
        )
        .args([std_arg(), color_arg()])
        .after_help(
            "A file registers benchmarks by bench(\"name\", f), or has global functions bench_*.\n\
             docs/profiling.md has an example.\n\nExamples:\n  \
             luka bench --save main\n  \
             luka bench --no-time --compare main     for continuous integration",
        )
}

pub fn doc(name: &'static str) -> Command {
    command(name, "Make documentation of the comments in sources")
        .arg(
            files("FILE|DIR").num_args(0..).help(
                "Modules, or folders of modules (default: src, lua or lib, else this folder)",
            ),
        )
        .arg(
            short_option('o', "OUT", "Folder to write to (default: doc); with json a file")
                .action(ArgAction::Set)
                .value_hint(ValueHint::AnyPath),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORM")
                .value_parser(PossibleValuesParser::new(["html", "md", "json"]))
                .hide_possible_values(true)
                .help("html (the default), md (Markdown) or json"),
        )
        .arg(flag("check", "Write nothing; list what is not documented, and what is wrong"))
        .arg(option("name", "NAME", "The project's name (default: that of the folder)"))
        .arg(option("source", "URL", "Where sources are, with {file} and {line} for the place"))
        .args([std_arg(), color_arg()])
        .after_help(
            "Comments may be plain, or have the tags of LuaCATS (---@param n number) or LDoc\n\
             (-- @tparam number n). docs/documenting.md describes them.\n\nExamples:\n  \
             luka doc\n  luka doc --check src\n  luka doc --format json -o doc.json",
        )
}

pub fn lsp(name: &'static str) -> Command {
    command(name, "Be the language server of an editor, on standard input and output")
        .arg(files("FILE:LINE:COLUMN").num_args(0..=2).help("What --query is about"))
        .arg(
            Arg::new("query")
                .long("query")
                .value_name("WHAT")
                .value_parser(OsStringValueParser::new())
                .help("Answer one question as JSON: hover, definition, references, completion, …"),
        )
        .arg(flag("stdio", "Accepted, because editors pass it").hide(true))
        .arg(color_arg())
        .after_help(
            "The server answers for the files of the workspace: reports and fixes of `luka check`,\n\
             completion, hover, signatures, definitions, references, rename, symbols, formatting.\n\
             docs/editors.md says how editors start it.\n\nExamples:\n  \
             luka lsp --query definition main.lua:3:10\n  \
             luka lsp --query rename main.lua:3:10 total",
        )
}

pub fn new(name: &'static str) -> Command {
    command(name, "Make a project in a new folder")
        .arg(
            files("NAME")
                .required(true)
                .num_args(1)
                .action(ArgAction::Set)
                .value_hint(ValueHint::DirPath)
                .help("The folder, whose name is the project's"),
        )
        .after_help(
            "The project has a program, a module, its spec and luka.toml, and passes `luka test`,\n\
             `luka check .` and `luka fmt --check`.\n\nExample:\n  luka new hello && cd hello && luka test",
        )
}

pub fn init(name: &'static str) -> Command {
    command(name, "Make a project in this folder, changing nothing that is there").after_help(
        "The same files as those of `luka new`. Where there are sources, only luka.toml and .gitignore.",
    )
}

/// Options of the verbs that may fetch packages.
fn offline_arg() -> Arg {
    flag("offline", "Fetch nothing: only the cache and `vendor` are used")
}

pub fn add(name: &'static str) -> Command {
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .value_parser(OsStringValueParser::new())
            .action(ArgAction::Set)
            .help(help)
    };
    command(name, "Add a package to the project, and install it")
        .arg(
            files("PACKAGE")
                .required(true)
                .num_args(1)
                .action(ArgAction::Set)
                .value_hint(ValueHint::AnyPath)
                .help(
                    "A folder, URL[@TAG] of a repository or, with --mirror, NAME[@VERSION] of a rock",
                ),
        )
        .arg(option(
            "name",
            "NAME",
            "How the package is called, by default as the last of its path",
        ))
        .arg(option("branch", "NAME", "The branch to take"))
        .arg(option("rev", "COMMIT", "The commit to take"))
        .arg(option(
            "mirror",
            "URL",
            "The mirror of LuaRocks with the rock, by default $LUKA_MIRROR",
        ))
        .arg(flag("dev", "It is for the tests of the project only"))
        .arg(offline_arg())
        .after_help(
            "The package stands in luka.toml then, and what was taken in luka.lock:\n  \
             [dependencies]\n  \
             words = { git = \"https://example.org/words.git\", tag = \"v1.4.0\" }\n\n\
             Its modules are in lua_modules/share/lua/5.4, where `require` finds them.\n\n\
             Example:\n  luka add https://example.org/words.git@v1.4.0",
        )
}

pub fn remove(name: &'static str) -> Command {
    command(name, "Remove a package from the project")
        .arg(
            files("NAME")
                .required(true)
                .num_args(1)
                .action(ArgAction::Set)
                .help("Its name in luka.toml"),
        )
        .arg(offline_arg())
}

pub fn install(name: &'static str) -> Command {
    command(name, "Install the packages of the project as luka.lock has them")
        .arg(flag("locked", "Fail where luka.lock is not what luka.toml asks for"))
        .arg(flag("update", "Look up tags and branches anew"))
        .arg(offline_arg())
        .after_help(
            "A package whose files are not those that luka.lock names is refused.\n\n\
             Example:\n  luka install --locked",
        )
}

pub fn vendor(name: &'static str) -> Command {
    command(name, "Copy the packages of the project into it")
        .arg(flag("force", "Replace copies that were changed, too"))
        .arg(offline_arg())
        .after_help(
            "From then on `luka install` takes them from `vendor`, without network and without git.\n\
             A copy that is not as it was made is left alone.",
        )
}

pub fn tree(name: &'static str) -> Command {
    command(name, "Show which packages use which")
}

pub fn explain(name: &'static str) -> Command {
    command(name, "Explain an error or lint, with an example")
        .arg(
            files("CODE|NAME")
                .help("A code (L0103) or a name (unused-local); without one, list them all"),
        )
        .arg(color_arg())
}

pub fn build(name: &'static str) -> Command {
    command(name, "Compile a source to an image, which `luka OUT` runs, or make a program of it")
        .arg(
            files("FILE")
                .required(true)
                .num_args(1)
                .action(ArgAction::Set)
                .help("Source file; - is standard input"),
        )
        .arg(
            short_option('o', "OUT", "File to write; - is standard output")
                .required(true)
                .action(ArgAction::Set)
                .value_hint(ValueHint::FilePath),
        )
        .arg(flag("strip", "Omit debug information, and the texts of --exe").short('s'))
        .arg(flag(
            "exe",
            "Make a program of the file and the modules it needs, which runs by itself",
        ))
        .arg(
            Arg::new("include")
                .long("include")
                .value_name("MODULE")
                .value_parser(OsStringValueParser::new())
                .action(ArgAction::Append)
                .help("With --exe: put in a module that no `require` names; may be repeated"),
        )
        .arg(
            Arg::new("runtime")
                .long("runtime")
                .value_name("PATH")
                .value_parser(OsStringValueParser::new())
                .value_hint(ValueHint::FilePath)
                .help("With --exe: the program to copy (default: luka-runtime beside this one)"),
        )
        .args([std_arg(), color_arg()])
        .after_help(
            "Examples:\n  luka build hello.lua -o hello.img && luka hello.img\n  \
             luka build --exe main.lua -o hello && ./hello",
        )
}

pub fn dis(name: &'static str) -> Command {
    command(name, "Print the output of a compiler stage, or list an image")
        .arg(files("FILE").required(true).help("Sources or images; - is standard input"))
        .arg(
            Arg::new("stage")
                .long("stage")
                .value_name("STAGE")
                .value_parser(PossibleValuesParser::new(STAGES))
                .hide_possible_values(true)
                .help("tokens, ast, lowered, lua54, hir or bytecode (the default)"),
        )
        .arg(flag("source", "Show source lines before the instructions compiled from them"))
        .arg(flag("strip", "Omit debug information").short('s'))
        .arg(flag("edit", "Omit instruction numbers, so that the text can be edited"))
        .args([std_arg(), color_arg()])
        .after_help(
            "lowered is the tree with extensions expanded, lua54 the same as source text,\n\
             hir the tree with names resolved.\n\nExamples:\n  echo 'return x + 1' | luka dis -\n  \
             luka dis --edit hello.lua > hello.luasm && luka asm hello.luasm -o hello.img",
        )
}

pub fn asm(name: &'static str) -> Command {
    command(name, "Assemble an image from the text that `luka dis` prints")
        .arg(
            files("FILE")
                .required(true)
                .num_args(1)
                .action(ArgAction::Set)
                .help("Assembly text; - is standard input"),
        )
        .arg(
            short_option('o', "OUT", "Image file to write; - is standard output")
                .required(true)
                .action(ArgAction::Set)
                .value_hint(ValueHint::FilePath),
        )
        .arg(flag("strip", "Omit debug information").short('s'))
        .arg(color_arg())
}

pub fn bootstrap(name: &'static str) -> Command {
    let dir = |name: &'static str, help| {
        Arg::new(name)
            .long(name)
            .value_name("DIR")
            .value_parser(OsStringValueParser::new())
            .value_hint(ValueHint::DirPath)
            .action(ArgAction::Append)
            .help(help)
    };
    command(name, "Prove that the self-hosted compiler equals the Rust compiler")
        .arg(dir("corpus", "Also compare on all Lua files in a directory; may be repeated"))
        .arg(flag("json", "Print the result as JSON"))
        .arg(
            Arg::new("lua")
                .long("lua")
                .value_name("PROG")
                .value_parser(OsStringValueParser::new())
                .help("PUC Lua 5.4 to run the compiler on (default: lua5.4, if installed)"),
        )
        .arg(flag("no-lua", "Do not use PUC Lua"))
        .arg(dir("emit", "Write the images of the library that the self-hosted compiler made"))
        .arg(dir("selfhost", "Sources of another version of the self-hosted compiler"))
        .arg(flag("plant", "Plant an error in the compiler, to test that it is found").hide(true))
        .arg(color_arg())
}

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
