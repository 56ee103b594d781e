//! What runs programs.

use super::*;

/// The options of `run`. What reads them is [`crate::options`]; a test holds the two together.
pub(super) fn run_args() -> Vec<Arg> {
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
        jit_arg(
            &["on", "off", "always"],
            "Native code: on (the default, but not with --sandbox), off or always",
        )
        .require_equals(true),
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

pub(super) fn run() -> Command {
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
        .args([
            jit_arg(
                &["on", "off", "always"],
                "Native code: on (the default, but not in a sandbox), off or always",
            ),
            flag("jit-stats", "Print what was compiled to native code, and where it was left"),
            color_arg(),
        ])
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
        .arg(jit_arg(&["on", "off", "always"], "Native code where nothing stops: on (the default), off or always"))
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
