//! Options of `luka run`, and what it reads from the environment.

use crate::program::*;

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
fn bad_options() {
    for (args, message) in [
        (&["-h"][..], "unrecognized option '-h'; did you mean --help?"),
        (&["-V"], "unrecognized option '-V'; did you mean --version?"),
        (&["--versoin"], "unrecognized option '--versoin'; did you mean --version?"),
        (&["--gc-stat", "-e", ""], "unrecognized option '--gc-stat'; did you mean --gc-stats?"),
        (&["---"], "unrecognized option '---'"),
        (&["--frob"], "unrecognized option '--frob'"),
        (&["-vv"], "unrecognized option '-vv'"),
        (&["-Ex"], "unrecognized option '-Ex'"),
        (&["-e"], "'-e' needs argument"),
        (&["-e", "-v"], "'-e' needs argument"),
        (&["-l"], "'-l' needs argument"),
        (&["-z", "x.lua"], "unrecognized option '-z'"),
        (&["--std=5.3"], "--std: bad value '5.3': luka or 5.4"),
        (&["--std", "5.4", "x.lua"], "--std needs a value: luka or 5.4"),
        (&["run", "--color=red"], "--color: bad value 'red': auto, always or never"),
    ] {
        let ended = luka(args);
        assert_eq!(ended.code, Some(2), "{args:?}");
        let says = format!("luka: {message}\nFor more information, try 'luka --help'.\n");
        assert!(ended.err.ends_with(&says), "{args:?}: {}", ended.err);
        assert_eq!(ended.err.lines().count(), 2, "{}", ended.err);
    }
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
    assert!(ended.out.contains("Exit codes: 0 success"));
    // It fits a screen.
    assert!(ended.out.lines().count() <= 52, "{}", ended.out);
    assert!(ended.out.lines().all(|line| line.len() <= 100), "{}", ended.out);
}
