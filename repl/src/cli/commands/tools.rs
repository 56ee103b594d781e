//! What looks at sources, tests and measures them.

use super::*;

pub fn check(name: &'static str) -> Command {
    let level = |letter, help| short_option(letter, "LINT", help);
    command(name, "Report errors and suspicious code; --fix applies safe fixes")
        .arg(
            files("FILE|DIR")
                .num_args(0..)
                .help("Sources, or directories to search (default: the current one)"),
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
            "Examples:\n  luka check                        all sources in this directory\n  \
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
        .arg(jit_arg(
            &["on", "off"],
            "Native code: on (the default) or off; the profile by fuel is the same",
        ))
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
        .arg(jit_arg(&["on", "off"], "Native code: on (the default) or off"))
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

pub fn explain(name: &'static str) -> Command {
    command(name, "Explain an error or lint, with an example")
        .arg(
            files("CODE|NAME")
                .help("A code (L0103) or a name (unused-local); without one, list them all"),
        )
        .arg(color_arg())
}
