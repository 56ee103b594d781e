//! The command line: options, exit codes, standard streams, the verbs.

use luka_tests::{binary, oracle};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A finished run.
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

/// A folder for the files of a test; gone at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Folder {
        let folder = oracle::scratch();
        for (name, text) in files {
            std::fs::write(folder.join(name), text).expect("written");
        }
        Folder(folder)
    }
    fn run(&self, args: &[&str]) -> Ended {
        self.run_with(args, "", &[])
    }
    fn run_with(&self, args: &[&str], stdin: &str, environment: &[(&str, &str)]) -> Ended {
        run_program(binary::luka(), &self.0, args, stdin, environment)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn run_program(
    program: &Path,
    folder: &Path,
    args: &[&str],
    stdin: &str,
    environment: &[(&str, &str)],
) -> Ended {
    let mut command = Command::new(program);
    for name in ["LUA_INIT", "LUA_INIT_5_4", "LUA_PATH", "LUA_PATH_5_4", "LUKA_PATH"] {
        command.env_remove(name);
    }
    let mut child = command
        .args(args)
        .envs(environment.iter().copied())
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut input = child.stdin.take().expect("piped");
    // A program that does not read its input may be gone already.
    let _ = input.write_all(stdin.as_bytes());
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    Ended {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Runs without any file.
fn luka(args: &[&str]) -> Ended {
    Folder::new(&[]).run(args)
}

fn piped(args: &[&str], stdin: &str) -> Ended {
    Folder::new(&[]).run_with(args, stdin, &[])
}

#[test]
fn scripts_and_arguments() {
    let folder = Folder::new(&[
        ("a.lua", "print(#arg, arg[0], arg[1], arg[-1] ~= nil, ...)"),
        ("bang.lua", "#!/usr/bin/env luka\nprint('bang', debug.getinfo(1, 'l').currentline)"),
    ]);
    assert_eq!(folder.run(&["a.lua", "x", "y"]).out, "2\ta.lua\tx\ttrue\tx\ty\n");
    assert_eq!(folder.run(&["run", "a.lua", "x"]).out, "1\ta.lua\tx\ttrue\tx\n");
    assert_eq!(folder.run(&["bang.lua"]).out, "bang\t2\n");
    assert_eq!(folder.run(&["--", "a.lua", "-v"]).out, "1\ta.lua\t-v\ttrue\t-v\n");
    let missing = folder.run(&["missing.lua"]);
    assert_eq!(missing.code, Some(1));
    assert!(missing.err.ends_with("cannot open missing.lua: No such file or directory\n"));
}

#[test]
fn a_file_called_like_a_verb_is_a_script() {
    let folder = Folder::new(&[("check", "print('not the verb')")]);
    assert_eq!(folder.run(&["check"]).out, "not the verb\n");
}

#[test]
fn options_in_order() {
    let folder = Folder::new(&[("m.lua", "return {n = (N or 0) + 1}")]);
    let ended = folder.run(&["-e", "N=1", "-lm", "-l", "g=m", "-e", "print(m.n, g.n, m == g)"]);
    assert_eq!(ended.out, "2\t2\ttrue\n");
    assert_eq!(luka(&["-eprint(1)", "-e", "print(2)"]).out, "1\n2\n");
    assert_eq!(luka(&["-lstring", "-e", "print(string.rep('x', 3))"]).out, "xxx\n");
    let ended = luka(&["-W", "-e", "warn('a', 'b')"]);
    assert_eq!(ended.err, "Lua warning: ab\n");
    assert_eq!(luka(&["-e", "warn('silent')"]).err, "");
}

#[test]
fn standard_input_is_a_script() {
    assert_eq!(piped(&[], "print(1)\nprint(...)").out, "1\n\n");
    assert_eq!(piped(&["-", "a"], "print(..., arg[0])").out, "a\t-\n");
    assert_eq!(piped(&["-e", "print(1)"], "print(2)").out, "1\n");
    assert_eq!(piped(&["-e", "print(1)", "-"], "print(2)").out, "1\n2\n");
    // Without any option a failure of standard input is reported, but the exit code is 0, as lua's.
    assert_eq!(piped(&[], "error('x')").code, Some(0));
    assert_eq!(piped(&["-"], "error('x')").code, Some(1));
    assert_eq!(piped(&[], "os.exit(3)").code, Some(3));
    let ended = piped(&["-"], "x = = 1");
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains(": stdin:1: unexpected symbol near '='\n"), "{}", ended.err);
}

#[test]
fn bad_options() {
    for (args, message) in [
        (&["-h"][..], "unrecognized option '-h'"),
        (&["---"], "unrecognized option '---'"),
        (&["-vv"], "unrecognized option '-vv'"),
        (&["-Ex"], "unrecognized option '-Ex'"),
        (&["-e"], "'-e' needs argument"),
        (&["-e", "-v"], "'-e' needs argument"),
        (&["-l"], "'-l' needs argument"),
        (&["-z", "x.lua"], "unrecognized option '-z'"),
    ] {
        let ended = luka(args);
        assert_eq!(ended.code, Some(1));
        assert!(ended.err.contains(&format!(": {message}\nusage: ")), "{}", ended.err);
        assert!(ended.err.ends_with("  -         stop handling options and execute stdin\n"));
    }
}

#[test]
fn errors_have_a_picture_and_a_traceback() {
    let text = "local function f(t)\n  return t.a.b\nend\nf({})\n";
    let folder = Folder::new(&[("e.lua", text)]);
    let ended = folder.run(&["e.lua"]);
    assert_eq!(ended.code, Some(1));
    let lines: Vec<&str> = ended.err.lines().collect();
    assert!(lines[0].ends_with("luka: e.lua:2: attempt to index a nil value (field 'a')"));
    assert!(ended.err.contains("2 │   return t.a.b"), "{}", ended.err);
    let traceback = "stack traceback:\n\te.lua:2: in local 'f'\n\te.lua:4: in main chunk\n\t    f({})\n\t[C]: in ?\n";
    assert!(ended.err.ends_with(traceback), "{}", ended.err);
}

/// The picture in the README is what the program prints.
#[test]
fn the_readme_shows_the_truth() {
    let readme = include_str!("../../README.md");
    let start = readme.find("luka: e.lua:2:").expect("the README shows an error");
    let shown = &readme[start..start + readme[start..].find("```").expect("a closed block")];
    let text = "local function f(t)\n  return t.a.b\nend\nf({})\n";
    let said = Folder::new(&[("e.lua", text)]).run(&["e.lua"]).err;
    let said = &said[said.find("luka: e.lua").expect("the name of the program")..];
    let lines = |text: &str| text.lines().map(|l| l.trim_end().to_string()).collect::<Vec<_>>();
    assert_eq!(lines(said), lines(shown));
}

#[test]
fn error_values() {
    assert!(luka(&["-e", "error({})"]).err.contains("(error object is a table value)"));
    assert!(luka(&["-e", "error()"]).err.contains("luka: (error object is a nil value)"));
    assert!(luka(&["-e", "error(42)"]).err.contains("luka: 42\n"));
    let text = "error(setmetatable({}, {__tostring = function() return 'shown' end}))";
    let ended = luka(&["-e", text]);
    assert!(ended.err.ends_with("luka: shown\n"), "{}", ended.err);
    assert_eq!(ended.code, Some(1));
}

#[test]
fn exit_codes() {
    for (code, text) in [
        (0, "os.exit()"),
        (0, "os.exit(true, true)"),
        (1, "os.exit(false)"),
        (7, "os.exit(7)"),
        (7, "coroutine.wrap(function() pcall(os.exit, 7, true) end)()"),
        (0, "os.exit(256)"),
        (1, "error('x')"),
        (1, "x ="),
        (0, "return 5"),
    ] {
        assert_eq!(luka(&["-e", text]).code, Some(code), "{text}");
    }
}

/// The rest was left undone when `Vm::close` learned to pause (main.lua of the official suite).
#[test]
fn a_finalizer_of_the_end_may_exit_and_close() {
    let program = "setmetatable({}, {__gc = function() print(1) end})
        setmetatable({}, {__gc = function() print(2) os.exit(3, true) end})";
    let ran = luka(&["-e", program]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), "2\n1\n"));
    let ran = luka(&["-e", &program.replace(", true", "")]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), "2\n"));
}

#[test]
fn output_is_written_however_the_program_ends() {
    for ending in ["", "os.exit(0)", "os.exit(0, true)", "error('x')"] {
        let ended = luka(&["-e", &format!("io.write('written') {ending}")]);
        assert_eq!(ended.out, "written", "{ending}");
    }
    let text = "local t <close> = setmetatable({}, {__close = function() print('closed') end})
        setmetatable({}, {__gc = function() print('collected') end}) os.exit(0, true)";
    assert_eq!(luka(&["-e", text]).out, "closed\ncollected\n");
}

#[test]
fn finalizers_run_at_the_end() {
    let text = "for i = 1, 3 do setmetatable({}, {__gc = function() print(i) end}) end";
    assert_eq!(luka(&["-e", text]).out, "3\n2\n1\n");
    let ended = luka(&["-W", "-e", "setmetatable({}, {__gc = function() error('in gc', 0) end})"]);
    assert_eq!(ended.err, "Lua warning: error in __gc (in gc)\n");
    assert_eq!(ended.code, Some(0));
}

#[test]
fn environment() {
    let folder = Folder::new(&[("init.lua", "X = 'file'"), ("mod.lua", "return 'found'")]);
    let print_x = &["-e", "print(X)"];
    let run = |environment: &[(&str, &str)]| folder.run_with(print_x, "", environment).out;
    assert_eq!(run(&[("LUA_INIT", "X = 1")]), "1\n");
    assert_eq!(run(&[("LUA_INIT", "X = 1"), ("LUA_INIT_5_4", "X = 2")]), "2\n");
    assert_eq!(run(&[("LUA_INIT", "@init.lua")]), "file\n");
    let ended = folder.run_with(&["-E", "-e", "print(X)"], "", &[("LUA_INIT", "X = 1")]);
    assert_eq!(ended.out, "nil\n");
    let ended = folder.run_with(&["-e", ""], "", &[("LUA_INIT", "error('msg')")]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("LUA_INIT:1: msg"), "{}", ended.err);
    for variable in ["LUA_PATH", "LUA_PATH_5_4", "LUKA_PATH"] {
        let ended =
            folder.run_with(&["-e", "print(require 'mod')"], "", &[(variable, "./?.lua;;")]);
        assert_eq!(ended.out, "found\t./mod.lua\n", "{variable}");
    }
}

#[test]
fn version_and_help() {
    let ended = luka(&["-v"]);
    assert!(ended.out.starts_with("Luka 0."), "{}", ended.out);
    assert!(ended.out.ends_with("\nLua 5.4.8  Copyright (C) 1994-2025 Lua.org, PUC-Rio\n"));
    assert!(luka(&["-v", "-e", "print(1)"]).out.ends_with("PUC-Rio\n1\n"));
    assert_eq!(luka(&["--version"]).out, luka(&["-v"]).out);
    let ended = luka(&["--help"]);
    assert_eq!(ended.code, Some(0));
    assert!(ended.out.contains("Exit codes: 0 all went well"));
    // It fits a screen.
    assert!(ended.out.lines().count() <= 45, "{}", ended.out);
    assert!(ended.out.lines().all(|line| line.len() <= 100), "{}", ended.out);
}

/// The verbs as `--help` lists them.
fn verbs() -> Vec<String> {
    let help = luka(&["--help"]).out;
    let lines = help.split("Verbs:\n").nth(1).expect("verbs").lines();
    let names =
        lines.take_while(|line| !line.is_empty()).map(|line| line.split_whitespace().next());
    names.map(|name| name.expect("a name").to_string()).collect()
}

#[test]
fn every_verb_has_help() {
    let verbs = verbs();
    assert!(verbs.len() >= 8, "{verbs:?}");
    for verb in verbs {
        let (asked, flag) = (luka(&["help", &verb]), luka(&[&verb, "--help"]));
        assert_eq!((asked.code, flag.code), (Some(0), Some(0)), "{verb}");
        assert_eq!(asked.out, flag.out, "{verb}");
        assert!(asked.out.contains(&verb) && asked.out.contains("Usage: luka"), "{verb}");
        assert!(asked.out.lines().all(|line| line.len() <= 100), "{}", asked.out);
    }
    let ended = luka(&["help", "chekc"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("did you mean check?"), "{}", ended.err);
}

#[test]
fn mistyped_words_suggest_the_near_one() {
    for (args, says) in [
        (&["chekc"][..], "(did you mean `luka check`?)"),
        (&["--gc-stat", "-e", ""], "(did you mean --gc-stats?)"),
        (&["check", "--fixx", "a.lua"], "'--fix'"),
        (&["dis", "--stage", "hri", "a.lua"], "[possible values:"),
    ] {
        let ended = luka(args);
        assert!(ended.err.contains(says), "{args:?}: {}", ended.err);
        assert_ne!(ended.code, Some(0));
    }
    // What is no slip of the fingers gets no advice.
    assert!(!luka(&["program.lua"]).err.contains("did you mean"));
}

/// A file that is called like a verb is a program, as for `lua`.
#[test]
fn a_file_goes_before_a_verb() {
    let folder = Folder::new(&[("check", "print('ran', ...)")]);
    assert_eq!(folder.run(&["check", "x"]).out, "ran\tx\n");
}

#[test]
fn completions_and_the_manual_page() {
    let verbs = verbs();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ended = luka(&["completions", shell]);
        assert_eq!(ended.code, Some(0), "{shell}");
        for word in verbs.iter().map(String::as_str).chain(["profile-ops", "error-format"]) {
            assert!(ended.out.contains(word), "{shell}: {word}");
        }
    }
    let page = luka(&["man"]).out;
    assert!(page.starts_with(".ie") || page.contains(".TH luka 1"), "{page}");
    assert!(page.contains("Exit codes"));
    assert!(luka(&["man", "check"]).out.contains("error\\-format"));
    assert_eq!(luka(&["man", "chekc"]).code, Some(2));
}

#[test]
fn help_about_values() {
    let program = "--- Adds two numbers.\n-- Nothing else.\nlocal function add(a, b, ...) return a + b end\n\
        local help = require 'luka.help'\n\
        help(add) help(string.rep) help('math.floor') help(help) help({x = 1, f = print})\n\
        help(setmetatable({}, {__index = error, __tostring = error})) help(12) help('no.such')\n\
        help(require('luka.bytecode').new) help(nil) help()\n\
        assert(package.preload['luka.help'] == nil and _G.help == nil)";
    let folder = Folder::new(&[("h.lua", program)]);
    let ended = folder.run(&["h.lua"]);
    assert_eq!(ended.err, "");
    for part in [
        "function (a, b, ...)  -- h.lua:3\n\nAdds two numbers.\nNothing else.\nstring.rep(s, n",
        "\nmath.floor(x) -> ",
        "\nluka.help([x])\n\nPrints what is known",
        "\na table with f(), x\na table\na number\na string\nbytecode.new()\n\nA function without parameters.",
        "\na nil\nhelp(f) says what a function does",
    ] {
        assert!(ended.out.contains(part), "{part:?}: {}", ended.out);
    }
}

/// A chunk may be named after a file without an end: no more than its beginning is read for comments.
#[test]
fn help_reads_no_endless_file() {
    let program = "local f = load('return function(a) end', '@/dev/zero')() require 'luka.help'(f)";
    let ended = luka(&["-e", program]);
    assert_eq!((ended.out.as_str(), ended.err.as_str()), ("function (a)  -- /dev/zero:1\n", ""));
}

/// A damaged image gets a line, and no picture of its bytes as a text.
#[test]
fn damaged_images_are_no_texts() {
    let folder = Folder::new(&[("cut.img", "\x1bLua")]);
    let ended = folder.run(&["cut.img"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.ends_with("cut.img: bad binary format (truncated chunk)\n"), "{}", ended.err);
}

#[test]
fn exit_codes_of_verbs() {
    let folder = Folder::new(&[("good.lua", "return 1"), ("bad.lua", "return return")]);
    for (args, code) in [
        (&["good.lua"][..], 0),
        (&["-e", "os.exit(7)"], 7),
        (&["-e", "os.exit(true)"], 0),
        (&["-e", "error('x')"], 1),
        (&["bad.lua"], 1),
        (&["absent.lua"], 1),
        (&["check", "good.lua"], 0),
        (&["check", "bad.lua"], 1),
        (&["check", "absent.lua"], 1),
        (&["check"], 2),
        (&["build", "bad.lua", "-o", "out"], 1),
        (&["build", "good.lua", "-o", "no/such/folder/out"], 1),
        (&["build", "good.lua"], 2),
        (&["explain", "L9999"], 2),
    ] {
        assert_eq!(folder.run(args).code, Some(code), "{args:?}");
    }
}

/// A reader that goes away, as `head` does, ends the program without a word.
#[test]
fn a_closed_pipe_ends_quietly() {
    for args in [&["-e", "for i = 1, 1e9 do print(i) end"][..], &["explain"], &["--help"]] {
        let mut child = Command::new(binary::luka())
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
    }
}

#[test]
fn interactive_without_a_terminal() {
    let ended = piped(&["-i"], "1 + 1\nx =\n5\nprint(x)\n=x, nil\nerror('e', 0)\nlocal\n");
    let banner = "Lua 5.4.8  Copyright (C) 1994-2025 Lua.org, PUC-Rio\n";
    let expected = "> 1 + 1\n2\n> x =\n>> 5\n> print(x)\n5\n> =x, nil\n5\tnil\n> error('e', 0)\n> local\n>> \n";
    // At the end of the input the second prompt stands, then a line ends.
    assert_eq!(ended.out, format!("{banner}{}", expected.replace(">> \n", ">> > \n")));
    let complaint = "e\nstack traceback:\n\t[C]: in function 'error'\n\tstdin:1: in main chunk\n\
        \t[C]: in ?\nstdin:1: <name> expected near <eof>\n";
    assert_eq!(ended.err, complaint);
}

/// The same input to `lua5.4 -i`, whose first line names another version.
#[test]
fn interactive_as_puc() {
    let Some(puc) = oracle::find() else {
        eprintln!("lua5.4 is not installed: not compared");
        return;
    };
    let input = "a = 1\na\nfor i = 1, 2 do\nprint(i)\nend\nfunction f()\n  return 1,\n  2\nend\nf()\n\
        _PROMPT = 'p '\n_PROMPT2 = setmetatable({}, {__tostring = function() return 'q ' end})\n\
        if a then\na = 2 end\n\n  \n-- comment\nx = [[\nlong]]\n#x\nerror({})\nnil .. 'x'\n\
        print = nil\n5\nreturn\nreturn 1, 2\ngoto nowhere\n'unfinished\n(1\n";
    let folder = Folder::new(&[]);
    let ours = folder.run_with(&["-i"], input, &[]);
    let theirs = run_program(Path::new(&puc.program), &folder.0, &["-i"], input, &[]);
    let body = |text: &str| text.split_once('\n').map(|(_, rest)| rest.to_string());
    // A build without readline does not echo: nothing to compare with.
    if theirs.out.contains("> a = 1\n") {
        assert_eq!(body(&ours.out), body(&theirs.out));
    }
    assert_eq!(ours.err, theirs.err);
}

#[test]
fn check() {
    let folder = Folder::new(&[("good.lua", "return 1"), ("bad.lua", "local x = \nprint(x")]);
    let ended = folder.run(&["check", "good.lua"]);
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(0), "", ""));
    let ended = folder.run(&["check", "good.lua", "bad.lua"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("bad.lua:2"), "{}", ended.err);
    let ended = folder.run(&["check", "missing.lua"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("missing.lua: No such file or directory"), "{}", ended.err);
    assert_eq!(folder.run(&["check"]).code, Some(2));
    assert_eq!(folder.run(&["check", "--nonsense"]).code, Some(2));
}

#[test]
fn build_and_run_an_image() {
    let folder = Folder::new(&[("p.lua", "local function f() error('here') end\nprint(...)\nf()")]);
    assert_eq!(folder.run(&["build", "p.lua", "-o", "p.img"]).code, Some(0));
    for args in [&["p.img", "a"][..], &["run", "p.img", "a"]] {
        let ended = folder.run(args);
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), "a\n"));
        assert!(ended.err.contains("p.lua:1: here"), "{}", ended.err);
    }
    assert_eq!(folder.run(&["build", "p.lua", "-o", "s.img", "--strip"]).code, Some(0));
    let ended = folder.run(&["s.img"]);
    assert!(ended.err.contains("luka: here\n"), "{}", ended.err);
    assert!(folder.run(&["dis", "p.img"]).out.contains(".function"));
    // The same source gives the same bytes.
    folder.run(&["build", "p.lua", "-o", "again.img"]);
    let read = |name: &str| std::fs::read(folder.0.join(name)).expect("built");
    assert_eq!(read("p.img"), read("again.img"));
    // A damaged image is refused.
    let mut bytes = read("p.img");
    bytes.truncate(bytes.len() - 5);
    std::fs::write(folder.0.join("cut.img"), bytes).expect("written");
    let ended = folder.run(&["cut.img"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("truncated"), "{}", ended.err);
}

#[test]
fn dis() {
    let folder = Folder::new(&[("d.lua", "local x = 1\nprint(x + 2)")]);
    for (stage, mark) in [
        ("tokens", "print"),
        ("ast", "x"),
        ("lowered", "x"),
        ("lua54", "print(x + 2)\n"),
        ("hir", "x"),
        ("bytecode", ".function"),
    ] {
        let ended = folder.run(&["dis", "--stage", stage, "d.lua"]);
        assert_eq!(ended.code, Some(0), "{stage}: {}", ended.err);
        assert!(ended.out.contains(mark), "{stage}: {}", ended.out);
    }
    let ended = folder.run(&["dis", "--stage", "bytcode", "d.lua"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("lowered") && ended.err.contains("'bytecode'"), "{}", ended.err);
    assert!(folder.run(&["dis", "--source", "d.lua"]).out.contains("\n;    2 | print(x + 2)\n"));
    // Of images there is the listing only.
    folder.run(&["build", "d.lua", "-o", "d.img"]);
    assert_eq!(folder.run(&["dis", "--stage", "ast", "d.img"]).code, Some(1));
    let ended = folder.run(&["dis", "--source", "d.img"]);
    assert!(ended.out.contains("\n;    2 | print(x + 2)\n"), "{}", ended.out);
    folder.run(&["build", "d.lua", "-o", "s.img", "--strip"]);
    let ended = folder.run(&["dis", "--source", "s.img"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("s.img is stripped"), "{}", ended.err);
}

#[test]
fn asm() {
    let folder = Folder::new(&[
        ("p.lua", "local function f(x) return x * 2 end\nprint(f(21))"),
        ("bad.luasm", ".function main stack 2\n  MOVE R0 K1\n  JMP out\n  RETURN0\n"),
    ]);
    let read = |name: &str| std::fs::read(folder.0.join(name)).expect("built");
    for (strip, image) in [(&[][..], "p.img"), (&["--strip"], "s.img")] {
        folder.run(&[&["build", "p.lua", "-o", image], strip].concat());
        // From the image, from the source, to be edited: the same image comes back.
        for listing in [&["dis", image][..], &["dis", "p.lua"], &["dis", "--edit", "p.lua"]] {
            let text = folder.run(&[listing, strip].concat()).out;
            let ended = folder.run_with(&["asm", "-", "-o", "q.img"], &text, &[]);
            assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{listing:?}");
            assert_eq!(read("q.img"), read(image), "{listing:?}");
        }
        assert_eq!(folder.run(&["q.img"]).out, "42\n");
    }
    let text = folder.run(&["dis", "p.lua"]).out;
    std::fs::write(folder.0.join("p.luasm"), text).expect("written");
    assert_eq!(folder.run(&["asm", "p.luasm", "--strip", "-o", "q.img"]).code, Some(0));
    assert_eq!(read("q.img"), read("s.img"));
    let ended = folder.run(&["asm", "bad.luasm", "-o", "bad.img"]);
    assert_eq!(ended.code, Some(1));
    for part in ["[L0704]", "bad.luasm:2:11", "[L0706]", "bad.luasm:3:7"] {
        assert!(ended.err.contains(part), "{part}: {}", ended.err);
    }
    assert!(!folder.0.join("bad.img").exists());
    assert_eq!(folder.run(&["asm", "p.luasm"]).code, Some(2));
    assert_eq!(folder.run(&["asm", "none.luasm", "-o", "x"]).code, Some(1));
}

#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let command =
        format!("'{}' -e 'while true do print(1) end' | head -n 1", binary::luka().display());
    let output = Command::new("sh").args(["-c", &command]).output().expect("a shell");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "1\n");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn ctrl_c_is_an_error() {
    let text = "print('ready') local ok, e = pcall(function() while true do end end) print(ok, e)";
    let mut child = Command::new(binary::luka())
        .args(["-e", text])
        .stdout(Stdio::piped())
        .stdin(Stdio::null())
        .spawn()
        .expect("it runs");
    let mut out = child.stdout.take().expect("piped");
    let mut seen = [0; 6];
    std::io::Read::read_exact(&mut out, &mut seen).expect("it is ready");
    let pid = nix::unistd::Pid::from_raw(child.id() as i32);
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).expect("sent");
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut out, &mut rest).expect("it ends");
    child.wait().expect("it ends");
    assert_eq!(rest, "false\tinterrupted!\n");
}

#[test]
fn check_reads_directories_in_order_and_sums_up() {
    let folder = Folder::new(&[("b.lua", "x = = 1\n"), ("a.lua", "if x then\n"), ("c.txt", "?")]);
    std::fs::create_dir(folder.0.join("d")).expect("made");
    std::fs::write(folder.0.join("d/e.luka"), "print(1\n").expect("written");
    std::fs::write(folder.0.join("d/good.lua"), "print(1)\n").expect("written");
    let ended = folder.run(&["check", "."]);
    assert_eq!(ended.code, Some(1));
    let place = |what: &str| ended.err.find(what).unwrap_or(usize::MAX);
    assert!(place("a.lua") < place("b.lua") && place("b.lua") < place("d/e.luka"), "{}", ended.err);
    assert!(ended.err.ends_with("checked 4 files: 3 errors in 3 files\n"), "{}", ended.err);
    assert!(!ended.err.contains('\x1b') && ended.out.is_empty());
    let good = folder.run(&["check", "d/good.lua"]);
    assert_eq!((good.code, good.err.as_str()), (Some(0), ""));
}

#[test]
fn check_speaks_to_programs() {
    let folder = Folder::new(&[("a.lua", "local ä = 1\nif x != 2 then\nend\n")]);
    let short = folder.run(&["check", "--error-format=short", "a.lua"]);
    assert_eq!(
        short.out,
        "a.lua:1:7: error[L0009]: `ä` cannot be a name: it has letters outside of ASCII\n\
         a.lua:2:6: error[L0112]: not equal is written `~=`\n"
    );
    let json = folder.run(&["check", "--error-format", "json", "a.lua"]);
    assert_eq!((json.code, json.out.lines().count()), (Some(1), 2));
    let second = json.out.lines().nth(1).unwrap_or_default();
    let value: serde_json::Value = serde_json::from_str(second).expect("an object a line");
    assert_eq!(value["code"], "L0112");
    assert_eq!(value["span"]["line"], 2);
    assert_eq!(value["span"]["start"], 18);
    assert_eq!(value["fixes"][0]["edits"][0]["text"], "~=");
    assert_eq!(value["fixes"][0]["safe"], true);
}

#[test]
fn check_applies_safe_edits() {
    let broken = "if a != b && c then\n  print(“x”)\nelsif !c then\n  t.end = 1\nend\nretrun\n";
    let folder = Folder::new(&[("a.lua", broken)]);
    let ended = folder.run(&["check", "--fix", "a.lua"]);
    let text = std::fs::read_to_string(folder.0.join("a.lua")).expect("read");
    let fixed =
        "if a ~= b and c then\n  print(\"x\")\nelseif not c then\n  t[\"end\"] = 1\nend\nreturn\n";
    assert_eq!(text, fixed, "{}", ended.err);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.starts_with("applied 7 fixes\n"), "{}", ended.err);
}
