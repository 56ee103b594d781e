//! Bytecode and executables.

use super::*;

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
