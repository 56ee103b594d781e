//! Exit codes, and output when the program ends.

use luka_tests::binary;
use std::fs::File;
use std::process::{Command, Stdio};

use crate::program::*;

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
        (&["check", "--frob"], 2),
        (&["build", "bad.lua", "-o", "out"], 1),
        (&["build", "good.lua", "-o", "no/such/folder/out"], 1),
        (&["build", "good.lua"], 2),
        (&["explain", "L9999"], 2),
        (&["help", "frob"], 2),
        (&["dis", "good.lua", "absent.lua"], 1),
        (&["--frob"], 2),
        (&["-x"], 2),
        (&["--std=5.3", "good.lua"], 2),
        (&["frob"], 2),
    ] {
        assert_eq!(folder.run(args).code, Some(code), "{args:?}");
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
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let command =
        format!("'{}' -e 'while true do print(1) end' | head -n 1", binary::luka().display());
    let output = Command::new("sh").args(["-c", &command]).output().expect("a shell");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "1\n");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

/// Runs with a standard output that is full, as `> /dev/full`.
fn on_a_full_disk(args: &[&str]) -> (Option<i32>, String) {
    let full = File::options().write(true).open("/dev/full").expect("Linux has /dev/full");
    let mut command = Command::new(binary::luka());
    let output = command.args(args).stdout(full).stdin(Stdio::null()).output().expect("it runs");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// What could not be written was lost without a word, and the exit code was 0.
#[test]
fn output_that_is_lost_is_an_error() {
    for args in [
        &["--help"][..],
        &["help", "check"],
        &["check", "--help"],
        &["explain", "L0201"],
        &["man"],
        &["completions", "bash"],
        &["-v"],
        &["-e", "print(1)"],
        &["-e", "io.write('x')"],
        // The buffer is full before the end, and `print` ignores errors.
        &["-e", "for i = 1, 10000 do print(i) end"],
        &["-e", "print(1) os.exit(0)"],
        &["-e", "setmetatable({}, {__gc = function() print(1) end})"],
    ] {
        let (code, err) = on_a_full_disk(args);
        assert_eq!(code, Some(1), "{args:?}");
        let says = ": cannot write standard output: No space left on device\n";
        assert!(err.ends_with(says) && err.lines().count() == 1, "{args:?}: {err}");
    }
    // Nothing was written: nothing is lost.
    assert_eq!(on_a_full_disk(&["-e", ""]), (Some(0), String::new()));
}

/// It panicked.
#[test]
fn standard_error_may_be_full() {
    let full = || File::options().write(true).open("/dev/full").expect("Linux has /dev/full");
    let folder = Folder::new(&[("bad.lua", "x = = 1")]);
    for (args, code) in [
        (&["check", "bad.lua"][..], 1),
        (&["check", "absent.lua"], 1),
        (&["bad.lua"], 1),
        (&["--frob"], 2),
        (&["--gc-stats", "-e", ""], 0),
        (&["--trace", "-e", ""], 0),
    ] {
        let mut command = Command::new(binary::luka());
        let status = command.args(args).current_dir(&folder.0).stderr(full()).status();
        assert_eq!(status.expect("it runs").code(), Some(code), "{args:?}");
    }
}
