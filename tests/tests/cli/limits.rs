//! Programs that stop at limits, are saved, and go on in other processes.

use luka_tests::binary;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use crate::program::*;

/// Reaches its end through everything that a program can be in the middle of.
const MEDIUM: &str = "
local words = {}
local out = assert(io.open('out.txt', 'w'))
for i = 1, 60 do
  words[#words + 1] = ('%03d'):format(i)
  if i % 20 == 0 then print(table.concat(words, ' ')) out:write(#words, '\\n') words = {} end
end
local co = coroutine.wrap(function(a) for i = 1, 3 do a = a + coroutine.yield(a) end return 'end' end)
print(co(1), co(2), co(3), co(4))
print(pcall(error, { code = 7 }))
print(xpcall(function() local x return x.y end, function(m) return 'handled: ' .. m end))
for line in io.lines('in.txt') do print(line) end
print(io.read('l'), io.read('n'), ...)
setmetatable({}, { __gc = function() for i = 1, 10 do end print('collected') end })
local c <close> = setmetatable({}, { __close = function(_, e) print('closed', e) end })
io.write('no newline')
os.exit(7, true)";

/// Fails in the end, with a report.
const FAILS: &str = "
local function work(n) local sum = 0 for i = 1, n do sum = sum + i end return sum end
local t <close> = setmetatable({}, { __close = function(_, e) print('closed', e) end })
print(work(12))
error('at the end')";

const SMALL: &str = "local t = {} for i = 1, 3 do t[i] = i end print(#t, ...) return t.x.y";

fn large() -> String {
    let mut text = String::from("local seen = 0 local t = {}\n");
    text += "for i = 1, 30000 do t[i % 700] = { i } seen = seen + #t end print(seen)\n";
    text += "for k in ('a b c'):rep(900, ' '):gmatch('%a') do t[k] = (t[k] or 0) + 1 end\n";
    text += "print(t.a, t.b, t.c) collectgarbage() print(math.floor(collectgarbage('count')))";
    text
}

struct Run {
    out: String,
    code: Option<i32>,
    /// Standard error without what each stop says, and the number of processes.
    err: String,
    processes: usize,
}

/// What messages begin with.
fn binary_name() -> &'static str {
    binary::luka().to_str().expect("a path")
}

/// Runs a program in processes, each with a budget of fuel.
fn chain(folder: &Folder, before: &[&str], after: &[&str], budget: u64, stdin: &str) -> Run {
    let budget = budget.to_string();
    let limits = ["--fuel", &budget, "--save-on-stop", "x.snap", "--show-fuel"];
    let mut args = [&["run"][..], &limits, before, after].concat();
    let mut run = Run { out: String::new(), code: None, err: String::new(), processes: 0 };
    // All read from one file, as they would from a terminal.
    std::fs::write(folder.0.join("stdin"), stdin).expect("written");
    let input = std::fs::File::open(folder.0.join("stdin")).expect("there");
    loop {
        let mut command = Command::new(binary::luka());
        command.args(&args).current_dir(&folder.0).stdin(input.try_clone().expect("a file"));
        let output = command.output().expect("it runs");
        let err = String::from_utf8_lossy(&output.stderr);
        run.processes += 1;
        run.out += &String::from_utf8_lossy(&output.stdout);
        run.code = output.status.code();
        if run.code != Some(90) {
            run.err += &err;
            return run;
        }
        let (said, stop) = err.split_at(err.find(binary_name()).expect("a message"));
        assert!(
            stop.contains(": out of fuel; `luka resume x.snap` goes on\nfuel used: "),
            "{stop}"
        );
        run.err += said;
        assert!(run.processes < 2_000);
        // A stop in two is saved compressed.
        let compress = &["--compress"][..run.processes % 2];
        // Native code or not: it is the same program.
        let jit = [&[][..], &["--jit=always"], &["--jit", "off"]][run.processes % 3];
        args = [&["resume"][..], &limits, compress, jit, &["x.snap"]].concat();
    }
}

#[test]
fn processes_joined_are_one_run() {
    let large = large();
    for (text, budgets) in [
        (SMALL, &[1, 2, 3, 61][..]),
        (FAILS, &[3, 61]),
        (MEDIUM, &[61, 997, 20_011]),
        (&large, &[20_011]),
    ] {
        let files = [("p.lua", text), ("in.txt", "one\ntwo\n")];
        let stdin = "first line\n42 rest";
        let whole = Folder::new(&files);
        // (With as many arguments: they are values of the program.)
        let whole_run = chain(&whole, &[], &["p.lua", "a", "b"], 99_999_999, stdin);
        assert_eq!(whole_run.processes, 1);
        for &budget in budgets {
            let folder = Folder::new(&files);
            let run = chain(&folder, &[], &["p.lua", "a", "b"], budget, stdin);
            assert_eq!(run.out, whole_run.out, "budget {budget}: {}", run.err);
            assert_eq!(run.code, whole_run.code, "budget {budget}: {}", run.err);
            assert_eq!(run.err, whole_run.err, "budget {budget}");
            let fuel = run.err.rsplit("fuel used: ").next().and_then(|n| n.trim().parse().ok());
            let fuel: u64 = fuel.expect("the fuel used");
            assert!(run.processes as u64 >= fuel / budget / 2, "{} of {fuel}", run.processes);
            if text == MEDIUM {
                let read =
                    |folder: &Folder| std::fs::read(folder.0.join("out.txt")).expect("written");
                assert_eq!(read(&folder), read(&whole));
            }
        }
    }
}

#[test]
fn the_steps_of_the_command_line_go_on() {
    let files = [
        ("m.lua", "local n = 0 for i = 1, 40 do n = n + i end return { n = n }"),
        ("p.lua", "print(X, m.n, g.n, ...) warn('shown')"),
    ];
    let steps = ["-W", "-e", "X = 0 for i = 1, 40 do X = X + i end", "-lm", "-l", "g=m"];
    for budget in [7, 61, 150] {
        let folder = Folder::new(&files);
        let run = chain(&folder, &steps, &["p.lua", "arg"], budget, "");
        assert_eq!(run.out, "820\t820\t820\targ\n", "{budget}: {}", run.err);
        assert!(run.err.starts_with("Lua warning: shown\n"), "{}", run.err);
        assert!(run.processes > 2);
    }
    // Standard input as the program; its failure is not one of `luka`.
    let folder = Folder::new(&[]);
    let run = chain(&folder, &[], &[], 20, "for i = 1, 100 do end print('read') error('x')");
    assert_eq!((run.out.as_str(), run.code), ("read\n", Some(0)), "{}", run.err);
}

#[test]
fn limits_have_exit_codes() {
    let folder = Folder::new(&[
        ("loop.lua", "print('begun') while true do end"),
        ("fill.lua", "t = {} while true do t[#t + 1] = { #t } end"),
        ("caught.lua", "print(pcall(function() local s = 'x' while true do s = s .. s end end))"),
        ("pipe.lua", "p = io.popen('cat >/dev/null', 'w') while true do end"),
    ]);
    for (args, code, says) in [
        (&["run", "--fuel", "1000", "loop.lua"][..], 91, ": out of fuel\n"),
        (&["--fuel=1000", "loop.lua"], 91, ": out of fuel\n"),
        (&["run", "--time", "50ms", "loop.lua"], 93, ": out of time\n"),
        (&["run", "--memory", "1M", "fill.lua"], 92, ": not enough memory\n"),
        (&["run", "--memory", "1M", "caught.lua"], 0, ""),
        (&["run", "--memory", "10K", "loop.lua"], 1, "not enough memory\n"),
        (&["run", "--time", "50ms", "--save-on-stop", "t.snap", "loop.lua"], 90, "goes on\n"),
        (&["run", "--time", "50ms", "--save-on-stop", "no/t.snap", "loop.lua"], 93, "No such file"),
    ] {
        let ended = folder.run(args);
        assert_eq!(ended.code, Some(code), "{args:?}: {}", ended.err);
        assert!(ended.err.contains(says), "{args:?}: {}", ended.err);
    }
    assert!(folder.run(&["run", "--memory", "1M", "caught.lua"]).out.contains("not enough memory"));
    // A program out of time goes on as long as it is given.
    let resumed = folder.run(&["resume", "--fuel", "5000", "t.snap"]);
    assert_eq!((resumed.code, resumed.out.as_str()), (Some(91), ""), "{}", resumed.err);
    // What cannot be saved is named, and an old file stays.
    std::fs::write(folder.0.join("old.snap"), "old").expect("written");
    let args = ["run", "--fuel", "90000", "--save-on-stop", "old.snap", "pipe.lua"];
    let ended = folder.run(&args);
    assert_eq!(ended.code, Some(91), "{}", ended.err);
    assert!(ended.err.contains("a pipe to the command `cat >/dev/null`"), "{}", ended.err);
    assert_eq!(std::fs::read(folder.0.join("old.snap")).expect("there"), b"old");
    let left: Vec<_> = std::fs::read_dir(&folder.0).expect("a folder").flatten().collect();
    assert!(left.iter().all(|entry| !entry.file_name().to_string_lossy().ends_with(".new")));
}

#[test]
fn the_moment_of_an_error_is_saved() {
    let program = "
        big = {} for i = 1, 500 do big[i] = { i } end
        local log = io.open('log.txt', 'w') log:write('12345')
        local function pay(account, amount)
          local left = account.balance - amount
          if left < 0 then error('too little: ' .. left) end
        end
        local who = 'ann'
        pay({ balance = 3 }, 10)";
    let folder =
        Folder::new(&[("p.lua", program), ("fill.lua", "t = {} while true do t[#t + 1] = {} end")]);
    let ended = folder.run(&["run", "--save-on-error", "c.snap", "p.lua"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(
        ended.err.ends_with("saved as it was: `luka inspect c.snap` shows it\n"),
        "{}",
        ended.err
    );
    let plain = folder.run(&["p.lua"]).err;
    assert!(ended.err.starts_with(&plain), "{}\n{plain}", ended.err);
    let shown = folder.run(&["inspect", "c.snap"]);
    assert_eq!(shown.code, Some(0), "{}", shown.err);
    for part in [
        "saved    for an error nobody catches",
        "open     log.txt, mode w, at byte 5",
        "error: p.lua:6: too little: -7",
        "│           if left < 0 then error('too little: ' .. left) end",
        "p.lua:6: in local 'pay'",
        "    left = -7\n",
        "    account = { balance = 3 }\n",
        "    who = \"ann\"\n",
        "  big = { {…}, {…}, {…}, … }",
        "  table\n",
    ] {
        assert!(shown.out.contains(part), "{part}: {}", shown.out);
    }
    let json = folder.run(&["inspect", "--json", "c.snap"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["error"], "p.lua:6: too little: -7");
    assert_eq!(json["globals"][0]["name"], "big");
    let levels = json["stacks"][0].as_array().expect("levels");
    let pay = levels.iter().find(|level| level["function"] == "local 'pay'").expect("its level");
    assert_eq!((&pay["line"], &pay["locals"][2]["value"]), (&6.into(), &"-7".into()));
    let heap = json["heap"].as_array().expect("kinds").iter();
    let bytes: u64 = heap.map(|kind| kind["bytes"].as_u64().expect("a number")).sum();
    assert_eq!(json["memory_used"], bytes);
    // Resumed, it fails as it did.
    let resumed = folder.run(&["resume", "c.snap"]);
    assert_eq!((resumed.code, resumed.err), (Some(1), plain));
    // One that is out of memory can be looked at, too.
    let ended = folder.run(&["run", "--memory", "2M", "--save-on-error", "m.snap", "fill.lua"]);
    assert_eq!(ended.code, Some(92), "{}", ended.err);
    let shown = folder.run(&["inspect", "m.snap"]).out;
    assert!(shown.contains("error: not enough memory") && shown.contains("  t = {"), "{shown}");
}

/// Waits for a line on a stream, and gives it.
fn line(stream: &mut impl BufRead) -> String {
    let mut line = String::new();
    stream.read_line(&mut line).expect("a line");
    line
}

#[test]
fn signals_save_a_running_program() {
    use nix::sys::signal::{Signal, kill};
    let program = "print('ready') io.stdout:flush() n = 0
        while not io.open('stop') do n = n + 1 end print('stopped', n > 0)";
    for (signal, name) in [(Signal::SIGUSR1, None), (Signal::SIGQUIT, Some("q.snap"))] {
        let folder = Folder::new(&[("p.lua", program)]);
        let options: &[&str] = if name.is_some() { &["--save-on-stop", "q.snap"] } else { &[] };
        let mut child = Command::new(binary::luka())
            .args([&["run"][..], options, &["p.lua"]].concat())
            .current_dir(&folder.0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        let mut err = BufReader::new(child.stderr.take().expect("piped"));
        assert_eq!(line(&mut out), "ready\n");
        let file = name.map_or(format!("luka-{}.snap", child.id()), str::to_string);
        for _ in 0..3 {
            kill(nix::unistd::Pid::from_raw(child.id() as i32), signal).expect("sent");
            let said = line(&mut err);
            assert!(said.ends_with(&format!(": saved as {file}\n")), "{said}");
        }
        let shown = folder.run(&["inspect", &file]).out;
        assert!(shown.contains("saved    for a signal") && shown.contains("  n = "), "{shown}");
        std::fs::write(folder.0.join("stop"), "").expect("written");
        let mut rest = String::new();
        out.read_to_string(&mut rest).expect("it ends");
        assert_eq!(rest, "stopped\ttrue\n");
        assert!(child.wait().expect("it ends").success());
        let resumed = folder.run(&["resume", &file]);
        assert_eq!(
            (resumed.code, resumed.out.as_str()),
            (Some(0), rest.as_str()),
            "{}",
            resumed.err
        );
    }
}

#[test]
fn a_sandbox_gives_what_is_allowed() {
    let program = "
        local function try(f, ...) local ok, why = f(...) return (ok and 'yes' or 'no') end
        print(try(io.open, 'in.txt'), try(io.open, 'new.txt', 'w'), try(os.execute, 'true'),
          try(os.getenv, 'PATH'), os.time() == 0 and 'no' or 'yes', try(pcall, require, 'm'))
        print(io.read('l'))";
    let folder = Folder::new(&[("p.lua", program), ("in.txt", "x"), ("m.lua", "return 1")]);
    let here = folder.0.canonicalize().expect("a folder");
    let here = here.to_str().expect("a path");
    let read = format!("--allow=fs:read={here}");
    let both = format!("--allow=fs={here},env");
    for (options, can) in [
        (&["--sandbox"][..], "no\tno\tno\tno\tno\tno\n"),
        (&["--sandbox", &read], "yes\tno\tno\tno\tno\tyes\n"),
        (&["--sandbox", "--allow=fs:write"], "no\tyes\tno\tno\tno\tno\n"),
        (&["--sandbox", &both], "yes\tyes\tno\tyes\tno\tyes\n"),
        (&["--sandbox", "--allow", "run,clock", "--allow=env"], "no\tno\tyes\tyes\tyes\tno\n"),
    ] {
        let _ = std::fs::remove_file(folder.0.join("new.txt"));
        let ended = folder.run_with(&[&["run"][..], options, &["p.lua"]].concat(), "typed\n", &[]);
        assert_eq!(ended.out, format!("{can}typed\n"), "{options:?}: {}", ended.err);
        assert_eq!(folder.0.join("new.txt").exists(), can.split('\t').nth(1) == Some("yes"));
    }
    // The sandbox goes with the program, and another one may be given.
    let stop = ["run", "--sandbox", "--fuel", "3", "--save-on-stop", "x.snap", "p.lua"];
    assert_eq!(folder.run(&stop).code, Some(90));
    assert!(folder.run(&["resume", "x.snap"]).out.starts_with("no\tno\tno"));
    let other = folder.run(&["resume", "--sandbox", &read, "x.snap"]).out;
    assert!(other.starts_with("yes\tno\tno"), "{other}");
    for (options, message) in [
        (&["--sandbox", "--allow=files"][..], "--allow: bad value 'files': fs[:read|:write][=DIR]"),
        (&["--allow=env"], "--allow needs --sandbox"),
        (&["--fuel", "x"], "--fuel: bad value 'x': a number of units"),
        (&["--fuel", "1", "-i"], "limits and sandboxes are for programs, not for the prompt"),
    ] {
        let ended = folder.run(&[&["run"][..], options, &["p.lua"]].concat());
        assert_eq!(ended.code, Some(2), "{options:?}");
        assert!(ended.err.contains(message), "{options:?}: {}", ended.err);
    }
}

#[test]
fn what_is_no_saved_program_is_refused() {
    let program = "t = {} for i = 1, 5000 do t[i] = { i } end while true do end";
    let folder = Folder::new(&[("p.lua", program), ("empty", "")]);
    let stop = ["run", "--fuel", "90000", "--save-on-stop", "x.snap", "p.lua"];
    assert_eq!(folder.run(&stop).code, Some(90));
    let bytes = std::fs::read(folder.0.join("x.snap")).expect("saved");
    std::fs::write(folder.0.join("cut"), &bytes[..bytes.len() - 1]).expect("written");
    let mut vm = luka::Vm::builder(&luka::Registry::default()).build().expect("a machine");
    let other = vm.snapshot().expect("saved");
    std::fs::write(folder.0.join("other"), other.as_bytes()).expect("written");
    // Compressed, it is smaller and opens as well; cut, it is refused as well.
    let before = folder.run(&["inspect", "--json", "x.snap"]);
    assert_eq!(
        folder
            .run(&["resume", "--fuel", "0", "--save-on-stop", "small", "--compress", "x.snap"])
            .code,
        Some(90)
    );
    let small = std::fs::read(folder.0.join("small")).expect("saved");
    assert!(small.len() < bytes.len() / 2, "{} of {}", small.len(), bytes.len());
    std::fs::write(folder.0.join("half"), &small[..small.len() / 2]).expect("written");
    let after = folder.run(&["inspect", "--json", "small"]);
    let hash = |ended: &Ended| {
        ended.out.lines().find(|line| line.contains("\"hash\"")).map(str::to_string)
    };
    assert!(
        hash(&before).is_some() && hash(&before) == hash(&after),
        "{}{}",
        before.out,
        after.out
    );
    for (file, says) in [
        ("half", "half: the section host is damaged\n"),
        ("p.lua", "p.lua: this is no snapshot of Luka\n"),
        ("empty", "empty: this is no snapshot of Luka\n"),
        ("none", "cannot open none: No such file or directory\n"),
        ("cut", "cut: the snapshot ends inside the section host\n"),
        ("other", "other: it is not a program of `luka run` but another host's\n"),
    ] {
        for verb in ["resume", "inspect"] {
            let ended = folder.run(&[verb, file]);
            assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{verb} {file}");
            assert!(ended.err.starts_with(&format!("luka {verb}: {says}")), "{}", ended.err);
        }
    }
    let ended = folder.run(&["resume", "--memory", "100K", "--fuel", "1000", "x.snap"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.err.contains("memory"), "{}", ended.err);
}
