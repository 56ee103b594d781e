//! Earlier states of a session, and sessions that outlive their process.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::screen::*;
use luka_tests::random::Random;

/// What a session whose inputs were piped in has shown.
struct Shown {
    out: String,
    err: String,
    code: Option<i32>,
}

fn command(home: &Home, args: &[&str]) -> Command {
    let mut command = Command::new(luka_tests::binary::luka());
    command.arg("repl").args(args).current_dir(&home.0).env("HOME", &home.0);
    for name in ["XDG_STATE_HOME", "LUA_INIT", "LUA_INIT_5_4"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn repl(home: &Home, args: &[&str]) -> Child {
    command(home, args).spawn().expect("luka starts")
}

/// Runs a session with these inputs.
fn session(home: &Home, args: &[&str], inputs: &[&str]) -> Shown {
    finish(repl(home, args), inputs)
}

fn finish(mut child: Child, inputs: &[&str]) -> Shown {
    let mut stdin = child.stdin.take().expect("a pipe");
    // One that is refused reads nothing.
    let _ = stdin.write_all(format!("{}\n", inputs.join("\n")).as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    Shown {
        out: out.lines().map(|line| line.trim_start_matches("> ")).collect::<Vec<_>>().join("\n"),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
        code: output.status.code(),
    }
}

/// The lines of what a session has shown, which must not have complained.
fn lines(shown: &Shown) -> Vec<&str> {
    assert_eq!((shown.err.as_str(), shown.code), ("", Some(0)));
    shown.out.lines().filter(|line| !line.is_empty()).collect()
}

const IMAGE: [&str; 2] = ["--image", "work.img"];

#[test]
fn inputs_are_undone_and_done_again() {
    let home = Home::new("undo");
    let shown = session(
        &home,
        &[],
        &[
            "local n = 1",
            "function up() n = n + 1 return n end",
            "next_word = coroutine.wrap(function() for w in ('a b c d'):gmatch('%a') do coroutine.yield(w) end end)",
            "up(), next_word()",
            "up(), next_word()",
            ":undo",
            "up(), next_word()",
            ":undo 2",
            "n, _",
            ":undo",
            ":redo",
            ":at 3",
            "next_word()",
        ],
    );
    let expected = [
        "2, \"a\"",
        "3, \"b\"",
        "now as after 4: up(), next_word()",
        // The coroutine is where it was, and `n` what it was.
        "3, \"b\"",
        "now as after 3: next_word = coroutine.wrap(function() for w in ('a b c d'):g…",
        "1, nil",
        "now as after 3: next_word = coroutine.wrap(function() for w in ('a b c d'):g…",
        "now as after 4: n, _",
        "now as after 3: next_word = coroutine.wrap(function() for w in ('a b c d'):g…",
        "\"a\"",
    ];
    assert_eq!(lines(&shown), expected);
}

#[test]
fn there_is_nothing_before_the_start_or_after_the_end() {
    let home = Home::new("ends");
    let shown = session(
        &home,
        &[],
        &["x = 1", ":redo", ":undo 2", ":undo zero", ":at 9", ":at x", ":undo 0", "x"],
    );
    assert_eq!(shown.out.lines().last(), Some("1"));
    assert_eq!(
        shown.err.lines().collect::<Vec<_>>(),
        [
            "there is nothing to redo",
            "there is no earlier state; `:checkpoints` lists those that are kept",
            "`zero` is not a number of inputs",
            "there is no such state; `:checkpoints` lists them",
            "`x` is not the number of a state",
            "`0` is not a number of inputs",
        ]
    );
}

#[test]
fn the_states_are_listed() {
    let home = Home::new("list");
    let shown =
        session(&home, &[], &["x = 1", ":help undo", ":vars", "x = 2", ":undo", ":checkpoints"]);
    let listed: Vec<&str> = lines(&shown).into_iter().filter(|line| line.ends_with("KB")).collect();
    let words = |line: &str| {
        let words: Vec<String> = line.split_whitespace().map(str::to_string).collect();
        words[..words.len() - 2].join(" ")
    };
    // (The mark of the present state looks like a prompt.)
    let listed: Vec<String> = listed.into_iter().map(words).collect();
    assert_eq!(listed, ["0 (start)", "1 x = 1", "2 x = 2"]);
    assert!(shown.out.contains("The last 100 states are kept"), "{}", shown.out);
}

#[test]
fn a_new_machine_can_be_undone() {
    let home = Home::new("reset");
    let shown = session(&home, &[], &["local kept = 1", ":reset", "kept", ":undo 2", "kept"]);
    let expected = [
        "new session: all variables and loaded modules are gone",
        "nil",
        "now as after 1: local kept = 1",
        "1",
    ];
    assert_eq!(lines(&shown), expected);
}

/// A file is where the program had it; what was written to it stays.
#[test]
fn open_files_go_back_too() {
    let home = Home::new("files");
    std::fs::write(below_home(&home, "in.txt"), "one\ntwo\nthree\n").expect("written");
    let shown = session(
        &home,
        &[],
        &[
            "f = io.open('in.txt') out = io.open('out.txt', 'w')",
            "f:read()",
            "f:read() == 'two' and out:write('two\\n') == out",
            "f:close()",
            ":undo 2",
            "f:read(), f:read(), f:read()",
            "out:write('2')",
            "out:close()",
        ],
    );
    let shown = lines(&shown);
    assert_eq!(shown[..4], ["\"one\"", "true", "true", "now as after 2: f:read()"]);
    assert_eq!(shown[4], "\"two\", \"three\", nil");
    // The position is that of the state, the contents are not.
    let written = std::fs::read_to_string(below_home(&home, "out.txt")).expect("written");
    assert_eq!(written, "2wo\n");
}

#[test]
fn a_session_goes_on_where_it_was_left() {
    let home = Home::new("image");
    let first = session(
        &home,
        &IMAGE,
        &[
            "local n <const>, list = 20, {1, 2}",
            "function add(x) list[#list + 1] = x return #list end",
            "co = coroutine.wrap(function(a) while true do a = coroutine.yield(a * n) end end)",
            "co(1)",
            "add('three')",
        ],
    );
    assert_eq!(lines(&first), ["20", "3"]);
    let second = session(&home, &IMAGE, &["_, _1", "co(2), add(4)", "list", "n = 1"]);
    assert!(second.err.contains("attempt to assign to const variable 'n'"), "{}", second.err);
    let out: Vec<&str> = second.out.lines().collect();
    assert!(out[0].ends_with("work.img as after 5: add('three')"), "{}", out[0]);
    assert_eq!(out[1..4], ["3, 20", "40, 4", "{ 1, 2, \"three\", 4 }"]);
    // So do the states before, and those that were undone.
    let third = session(&home, &IMAGE, &[":undo 5", "list, n, _2"]);
    assert_eq!(lines(&third)[1..], ["now as after 4: co(1)", "{ 1, 2 }, 20, nil"]);
    let fourth = session(&home, &IMAGE, &[":undo", ":redo"]);
    assert_eq!(lines(&fourth)[1..], ["now as after 4: co(1)", "now as after 5: list, n, _2"]);
    assert_eq!(std::fs::read_dir(&home.0).expect("a folder").count(), 1, "only the image is left");
}

/// What comes before the first input comes once.
#[test]
fn a_new_image_begins_with_the_environment() {
    let home = Home::new("init");
    std::fs::write(below_home(&home, "init.lua"), "runs = (runs or 0) + 1").expect("written");
    let with_init = |inputs| {
        let mut command = command(&home, &IMAGE);
        command.env("LUA_INIT", "@init.lua");
        finish(command.spawn().expect("luka starts"), inputs)
    };
    assert_eq!(lines(&with_init(&["runs"])), ["1"]);
    assert_eq!(lines(&with_init(&["runs"]))[1..], ["1"]);
    assert_eq!(lines(&with_init(&[":reset", "runs"]))[2..], ["1"]);
}

#[test]
fn os_exit_leaves_the_image_as_it_was() {
    let home = Home::new("os-exit");
    let define = "x = setmetatable({}, {__gc = function() print('finalized') end})";
    let shown = session(&home, &IMAGE, &[define, "x = nil os.exit(3, true)", "never"]);
    assert_eq!((shown.out.trim(), shown.err.as_str(), shown.code), ("", "", Some(3)));
    assert_eq!(lines(&session(&home, &IMAGE, &["type(x)"]))[1..], ["\"table\""]);
}

/// Ctrl-C ends an input as an error does; what it has done until then stays.
#[test]
fn interrupted_inputs_are_saved_as_far_as_they_got() {
    let home = Home::new("interrupted");
    let t = Terminal::start(&home, &["repl", "--image", "work.img"], &[]);
    t.wait("the first prompt", |screen| last_line(screen) == ">");
    t.keys("n = 7 print('running') while true do end\r");
    t.wait("the program", |screen| screen.lines().any(|line| line.trim_end() == "running"));
    t.keys(CTRL_C);
    t.wait("its end", |screen| screen.contains("interrupted!") && last_line(screen) == ">");
    assert_eq!(t.line("n"), "7");
    assert!(t.line(":undo 2").ends_with("now as after 0: (start)"));
    assert_eq!(t.line("n  "), "nil");
    t.keys(CTRL_D);
    assert_eq!(t.end(), Some(0));
    assert_eq!(lines(&session(&home, &IMAGE, &["n"]))[1..], ["nil"]);
}

/// The program of an image has not ended when the prompt does.
#[test]
fn leaving_calls_no_finalizers() {
    let home = Home::new("leave");
    let define = "g = setmetatable({}, {__gc = function() print('finalized') end})";
    assert_eq!(lines(&session(&home, &IMAGE, &[define])), [""; 0]);
    let again = session(&home, &IMAGE, &["g = nil collectgarbage()"]);
    assert_eq!(lines(&again)[1..], ["finalized"]);
    assert_eq!(lines(&session(&home, &[], &[define])), ["finalized"]);
}

#[test]
fn what_cannot_be_saved_is_named() {
    let home = Home::new("pipe");
    let shown = session(
        &home,
        &IMAGE,
        &[
            "x = 1",
            "p = io.popen('sleep 0; echo hello')",
            "x = 2",
            ":checkpoints",
            "p:read(), p:close()",
            "x = 3",
        ],
    );
    assert_eq!(
        shown.err,
        "note: this is not saved until it can be: open file 3: a pipe to the command \
         `sleep 0; echo hello` cannot be saved\n"
    );
    let gone_on = "(the session has gone on since to a state that cannot be saved)";
    assert!(shown.out.contains(gone_on), "{}", shown.out);
    assert!(shown.out.contains("\"hello\", true, \"exit\", 0"), "{}", shown.out);
    let shown = session(&home, &IMAGE, &["x", ":undo 2", "x", "p"]);
    assert_eq!(lines(&shown)[1..3], ["3", "now as after 2: p:read(), p:close()"]);
    // A step back from what was not saved is a step to what was.
    let shown = session(&home, &[], &["x = 1", "p = io.popen('true') x = 2", ":undo", "x, p"]);
    assert_eq!(shown.out.lines().last(), Some("1, nil"));
    assert!(shown.err.starts_with("note: `:undo` cannot come back to this: open file 3"));
}

#[test]
fn what_is_no_image_is_refused_and_stays() {
    let home = Home::new("refused");
    session(&home, &IMAGE, &["x = 1"]);
    let path = below_home(&home, "work.img");
    let whole = std::fs::read(&path).expect("saved");
    let mut newer = whole.clone();
    newer[b"luka session image\n".len()] = 200;
    let mut changed = whole.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 0x10;
    let newer_message =
        "a later version of luka has written it (format 200; this one reads 1)".to_string();
    for (bytes, why) in [
        (b"print('a program')\n".to_vec(), "it is not a session image of luka".to_string()),
        (Vec::new(), "it is not a session image of luka".to_string()),
        (newer, newer_message),
        (changed, "it is damaged".to_string()),
        (whole[..whole.len() - 7].to_vec(), "it is damaged".to_string()),
    ] {
        std::fs::write(&path, &bytes).expect("written");
        let shown = session(&home, &IMAGE, &["x"]);
        assert_eq!(shown.err, format!("luka: cannot open work.img: {why}\n"));
        assert_eq!((shown.out.as_str(), shown.code), ("", Some(1)));
        assert_eq!(std::fs::read(&path).expect("there"), bytes);
    }
    std::fs::write(&path, &whole).expect("written");
    let shown = session(&home, &["--std", "5.4", "--image", "work.img"], &["x"]);
    assert_eq!(shown.err, "luka: cannot open work.img: its session needs --std=luka\n");
    assert_eq!(lines(&session(&home, &IMAGE, &["x"]))[1..], ["1"]);
}

#[test]
fn one_session_has_an_image_at_a_time() {
    let home = Home::new("lock");
    let t = Terminal::start(&home, &["repl", "--image", "work.img"], &[]);
    t.wait("the first prompt", |screen| last_line(screen) == ">");
    t.line("x = 'first'");
    let second = session(&home, &IMAGE, &["x = 'second'"]);
    assert_eq!(second.err, "luka: cannot open work.img: another session has it open\n");
    assert_eq!(second.code, Some(1));
    t.keys(CTRL_D);
    assert_eq!(t.end(), Some(0));
    assert_eq!(lines(&session(&home, &IMAGE, &["x"]))[1..], ["\"first\""]);
}

#[test]
fn sessions_are_saved_and_exported() {
    let home = Home::new("export");
    let shown = session(
        &home,
        &[],
        &[
            "local n = 20",
            "n + 1",
            ":save",
            ":save a.img",
            "print(n)",
            ":export a.lua",
            ":save a.lua",
            ":save new.lua",
        ],
    );
    let saved = "saved to a.img; `luka repl --image a.img` opens it";
    assert_eq!(
        shown.out.lines().collect::<Vec<_>>(),
        ["21", saved, "20", "3 inputs written to a.lua"]
    );
    assert_eq!(
        shown.err.lines().collect::<Vec<_>>(),
        [
            "no image is open; `:save FILE` writes one",
            "a.lua is not an image; `:export a.lua` writes the inputs as a program",
            "new.lua is not an image; `:export new.lua` writes the inputs as a program",
        ]
    );
    let ran = Command::new(luka_tests::binary::luka())
        .arg(below_home(&home, "a.lua"))
        .output()
        .expect("it runs");
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "20\n");
    let opened = session(&home, &["--image", "a.img"], &["n, _", ":save", ":save b.img"]);
    let out = lines(&opened);
    assert!(out[0].ends_with("a.img as after 2: n + 1"), "{}", out[0]);
    assert_eq!(out[1], "20, 21");
    assert!(out[2].starts_with("saved to /") && out[2].ends_with("/a.img"), "{}", out[2]);
    assert_eq!(lines(&session(&home, &["--image", "b.img"], &["n"]))[1..], ["20"]);
}

/// An image that cannot be written is said, and the session goes on.
#[test]
fn a_full_disk_does_not_end_the_session() {
    let home = Home::new("unwritable");
    let folder = below_home(&home, "folder");
    std::fs::create_dir(&folder).expect("made");
    let t = Terminal::start(&home, &["repl", "--image", "folder/work.img"], &[]);
    t.wait("the first prompt", |screen| last_line(screen) == ">");
    t.line("x = 1");
    std::fs::remove_dir_all(&folder).expect("removed");
    let said = t.line("x = 2");
    assert!(said.starts_with("not saved: cannot write "), "{said}");
    assert!(said.ends_with("No such file or directory"), "{said}");
    assert_eq!(
        t.line("x"),
        "2\nnot saved: cannot write folder/work.img: No such file or directory"
    );
}

/// Whatever moment a session is killed at, no more is lost than the input it was at.
#[test]
fn kill_takes_one_input_at_most() {
    let home = Home::new("kill");
    let mut random = Random::new(1);
    for _ in 0..40 {
        let mut child = repl(&home, &IMAGE);
        let mut stdin = child.stdin.take().expect("a pipe");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut saved = 0;
        for _ in 0..1 + random.below(5) {
            // The second input is read when the first one is saved.
            stdin.write_all(b"n = (n or 0) + 1\nprint('saved', n)\n").expect("it reads");
            let mut line = String::new();
            while !line.contains("saved\t") {
                line.clear();
                assert!(stdout.read_line(&mut line).expect("text") > 0, "it has ended");
            }
            saved = line.trim_end().rsplit('\t').next().unwrap().parse().expect("a number");
        }
        stdin.write_all(b"n = n + 1\nn = n + 1\nn = n + 1\n").expect("it reads");
        std::thread::sleep(Duration::from_micros(random.below(4000) as u64));
        child.kill().expect("it runs");
        child.wait().expect("it ends");
        let shown = session(&home, &IMAGE, &["print('now', n)"]);
        let now = lines(&shown).iter().find_map(|line| line.strip_prefix("now\t")).expect("n");
        let now: u64 = now.parse().expect("a number");
        assert!((saved..=saved + 3).contains(&now), "{saved} were saved, {now} are there");
    }
}
