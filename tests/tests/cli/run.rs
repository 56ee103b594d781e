//! Scripts, their arguments, their errors.

use luka_tests::binary;
use std::process::{Command, Stdio};

use crate::program::*;

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

/// Behind what PUC Lua would find: a module in the current folder comes first.
#[test]
fn modules_are_found_beside_the_script() {
    let folder = Folder::new(&[
        ("sub/a.lua", "print((require('helper')), (require('other')), (require('bit32')))"),
        ("sub/helper.lua", "return 'beside'"),
        ("sub/other/init.luka", "return 'folder'"),
        ("sub/bit32.lua", "return 'own'"),
    ]);
    assert_eq!(folder.run(&["sub/a.lua"]).out, "beside\tfolder\town\n");
    let first = Folder::new(&[
        ("sub/a.lua", "print((require('helper')))"),
        ("sub/helper.lua", "return 'beside'"),
        ("helper.lua", "return 'current folder'"),
    ]);
    assert_eq!(first.run(&["sub/a.lua"]).out, "current folder\n");
    // The official suite's main.lua looks at the path that it has set.
    let prints = Folder::new(&[("sub/p.lua", "print(package.path)")]);
    let ended = prints.run_with(&["sub/p.lua"], "", &[("LUA_PATH", "./x/?.lua")]);
    assert_eq!(ended.out, "./x/?.lua\n");
    assert_eq!(
        first.run(&["--std=5.4", "-e", "print(package.path:find('sub'))", "sub/a.lua"]).out,
        "nil\ncurrent folder\n"
    );
}

/// Programs get PUC Lua's message with every file; the report has its list short, and the module that was
/// perhaps meant.
#[test]
fn a_module_that_is_nowhere() {
    let folder = Folder::new(&[
        ("seen.lua", "print(select(2, pcall(require, 'bar')))"),
        ("bar_in_foo.lua", "require 'bar'"),
        ("misspelt.lua", "require 'foo.baz'"),
        ("misspelt_folder.lua", "require 'fo.bar'"),
        ("foo/bar.lua", ""),
        ("said_again.lua", "local _, why = pcall(require, 'bar') error(why, 0)"),
    ]);
    let message = folder.run(&["seen.lua"]).out;
    assert!(message.starts_with("module 'bar' not found:\n\tno field package.preload['bar']\n"));
    assert!(message.contains("\n\tno file './bar.lua'\n"), "{message}");
    for (script, name) in
        [("bar_in_foo", "bar"), ("misspelt", "foo/baz"), ("misspelt_folder", "fo/bar")]
    {
        let told = folder.run(&[&format!("{script}.lua")]).err;
        let list = format!(
            "' not found:\n\tno file {name}.lua or {name}/init.lua in /usr/local/share/lua/5.4, \
             /usr/local/lib/lua/5.4, ., /usr/share/lua/5.4\n\tno file {name}.luka or {name}/init.luka in .\n   ╭─"
        );
        assert!(told.contains(&list), "{told}");
        assert!(told.contains("Help: did you mean `foo.bar`?\n"), "{told}");
        // A sandbox shows nothing of the files.
        let told = folder.run(&["run", "--sandbox", &format!("{script}.lua")]).err;
        assert!(told.contains(&list) && !told.contains("foo.bar"), "{told}");
    }
    assert!(folder.run(&["said_again.lua"]).err.contains("no file bar.lua or bar/init.lua in "));
    // At the prompt, too; `lua -i` shows what PUC Lua does.
    assert!(
        piped(&["repl"], "require 'luka.jsno'\n").err.contains("Help: did you mean `luka.json`?")
    );
    assert!(piped(&["-i"], "require 'luka.jsno'\n").err.contains("no file './luka/jsno.lua'"));
}

#[test]
fn what_luarocks_installed_for_the_user_is_found() {
    let folder = Folder::new(&[
        ("home/.luarocks/share/lua/5.4/rock.lua", "return 'rock'"),
        ("home/.luarocks/share/lua/5.4/other/init.lua", "return 'other'"),
        ("a.lua", "print(pcall(require, 'rock')) print((require 'other'))"),
        ("again/a.lua", "print((require 'rock'))"),
        ("again/rock.lua", "return 'own'"),
    ]);
    let home = folder.0.join("home").display().to_string();
    let run = |args: &[&str]| folder.run_with(args, "", &[("HOME", home.as_str())]);
    assert_eq!(
        run(&["a.lua"]).out,
        format!("true\trock\t{home}/.luarocks/share/lua/5.4/rock.lua\nother\n")
    );
    assert!(run(&["check", "a.lua"]).out.is_empty());
    // Plain Lua 5.4 and sandboxes do not look there.
    for args in [&["--std=5.4", "a.lua"][..], &["run", "--sandbox", "a.lua"]] {
        assert!(run(args).out.starts_with("false\tmodule 'rock' not found:"), "{args:?}");
    }
}

#[test]
fn a_file_called_like_a_verb_is_a_script() {
    let folder = Folder::new(&[("check", "print('not the verb')")]);
    assert_eq!(folder.run(&["check"]).out, "not the verb\n");
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
    let readme = include_str!("../../../README.md");
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

/// A damaged image gets a line, and no picture of its bytes as a text.
#[test]
fn damaged_images_are_no_texts() {
    let folder = Folder::new(&[("cut.img", "\x1bLua")]);
    let ended = folder.run(&["cut.img"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.ends_with("cut.img: bad binary format (truncated chunk)\n"), "{}", ended.err);
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
        "\nluka.help([x])\n\nPrints the documentation",
        "\na table\n  print(...)\n      ",
        "\n  other fields: x\na table\na number\na string\nbytecode.new()\n\nA new builder of a function without parameters.",
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
