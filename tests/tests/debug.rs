//! `luka debug` with commands from standard input, recordings and crash files.
//!
//! A file of `tests/debug` has programs (`=== main.lua`), commands (`=== commands`) and what is seen
//! (`=== screen`, rewritten by `BLESS=1`).

use luka_tests::{binary, oracle, session};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn luka(folder: &Path, args: &[&str], input: &str) -> Output {
    let mut child = Command::new(binary::luka())
        .args(args)
        .current_dir(folder)
        .env_remove("LUA_INIT")
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("luka runs");
    // (Who does not read to the end is no fault here.)
    let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
    child.wait_with_output().expect("ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn play(path: &Path) -> Result<(), String> {
    let parts = session::parts(&std::fs::read_to_string(path).expect("a file"));
    let folder = oracle::scratch();
    for (name, text) in parts.iter().filter(|(name, _)| name.contains('.')) {
        std::fs::write(folder.join(name), text).expect("written");
    }
    let commands = session::part(&parts, "commands");
    let output = luka(&folder, &["debug", "main.lua", "x"], &commands);
    let _ = std::fs::remove_dir_all(&folder);
    let seen = text(&output.stdout) + &text(&output.stderr);
    // What is kept of the past takes other sizes in other versions.
    let lines = seen.trim_end().lines().map(|line| match line.split_once(" states kept, ") {
        Some((head, _)) => format!("{head} states kept\n"),
        None => format!("{line}\n"),
    });
    session::compare(path, "screen", &session::without_sizes(&lines.collect::<String>()))
}

#[test]
fn sessions() {
    let files = session::files("debug");
    assert!(files.len() > 6, "sessions are missing");
    let failed: Vec<String> = files.iter().filter_map(|path| play(path).err()).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

const PROGRAM: &str = "\
local lines = {}
for line in io.lines() do lines[#lines + 1] = line end
print(#lines, lines[2], os.time() > 0, math.random(1000) > 0, os.clock() >= 0)
io.open('made.txt', 'w'):write('text'):close()
for line in io.lines('made.txt') do print(line) end
local sum = { n = 0 }
for i = 1, 50 do sum.n = sum.n + #lines[i % #lines + 1] end
error('at ' .. sum.n)
";

/// A recorded run is a run, and a recording does what the run has done, without the world it ran in.
#[test]
fn recordings() {
    let folder = oracle::scratch();
    std::fs::write(folder.join("p.lua"), PROGRAM).expect("written");
    let input = "one\ntwo\nthree\n";
    let plain = luka(&folder, &["run", "p.lua"], input);
    let recorded = luka(&folder, &["run", "--record", "p.rec", "p.lua"], input);
    assert_eq!(plain.status.code(), Some(1));
    assert_eq!(text(&plain.stdout), text(&recorded.stdout));
    assert_eq!(text(&plain.stderr), text(&recorded.stderr));
    assert_eq!(recorded.status.code(), Some(1));
    std::fs::remove_file(folder.join("made.txt")).expect("it was made");
    let commands = "b 5\nc\np #lines, lines[2]\nn\nn\nc\np sum.n\nwhy sum.n\nbc\nc\nc\n";
    let opened = luka(&folder, &["debug", "p.rec"], commands);
    let screen = text(&opened.stdout);
    assert!(screen.contains("(luka) p #lines, lines[2]\n3, \"two\"\n"), "{screen}");
    assert!(screen.contains("(luka) p sum.n\n184\n"), "{screen}");
    assert!(screen.contains("(luka) why sum.n\nsum.n: 179 → 184\n"), "{screen}");
    assert!(screen.contains("exit code 1"), "{screen}");
    assert!(!folder.join("made.txt").exists(), "nothing is written again");
    // What is damaged is refused.
    let mut bytes = std::fs::read(folder.join("p.rec")).expect("read");
    bytes.truncate(bytes.len() / 2);
    std::fs::write(folder.join("half.rec"), &bytes).expect("written");
    let refused = luka(&folder, &["debug", "half.rec"], "");
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("half.rec: the recording is damaged"));
    let _ = std::fs::remove_dir_all(&folder);
}

/// The states in a recording were kept by another process: handles that had been dropped in this one before
/// it went to such a state freed roots that were free there, and expressions were refused from then on ("root
/// 1 is not free").
#[test]
fn expressions_at_states_of_recordings() {
    let folder = oracle::scratch();
    let program =
        "local sum, first = 0, { 7 }\nfor i = 1, 5500000 do\n  sum = sum + i\nend\nprint(sum)\n";
    std::fs::write(folder.join("p.lua"), program).expect("written");
    luka(&folder, &["run", "--record", "p.rec", "p.lua"], "");
    let commands = "time\ngoto 10500000\np sum > 1000000\nbn\nbn\nwhy first\n";
    let opened = luka(&folder, &["debug", "p.rec"], commands);
    let screen = text(&opened.stdout);
    assert!(screen.contains("2 states kept"), "{screen}");
    assert!(screen.contains("(luka) p sum > 1000000\ntrue\n"), "{screen}");
    // Steps back run little again, however far it is to the state before: 10 million units with a stop at each
    // line took two minutes in this build.
    let lines = screen.split("(luka) bn\n").skip(1).map(|part| part.lines().next());
    assert_eq!(lines.collect::<Vec<_>>(), [Some("p.lua:2"), Some("p.lua:3")], "{screen}");
    // Objects are in the same cells in all states, whichever process has kept them.
    assert!(screen.contains("the table was made there\np.lua:1\n"), "{screen}");
    let _ = std::fs::remove_dir_all(&folder);
}

/// The environment is ignored in a recorded run as in another one.
#[test]
fn recordings_without_the_environment() {
    let folder = oracle::scratch();
    std::fs::write(folder.join("p.lua"), "print(package.path:find('nowhere', 1, true))")
        .expect("written");
    for (args, found) in [
        (&["run", "--record", "p.rec", "p.lua"][..], "1\t7\n"),
        (&["run", "-E", "--record", "p.rec", "p.lua"][..], "nil\n"),
    ] {
        let output = Command::new(binary::luka())
            .args(args)
            .current_dir(&folder)
            .env("LUA_PATH", "nowhere/?.lua")
            .output()
            .expect("luka runs");
        assert_eq!(text(&output.stdout), found, "{}", text(&output.stderr));
        let opened =
            luka(&folder, &["debug", "p.rec"], "c\nbc\np package.path:find('nowhere', 1, true)\n");
        assert!(text(&opened.stdout).contains(&format!("1, true)\n{}", found.replace('\t', ", "))));
    }
    let _ = std::fs::remove_dir_all(&folder);
}

/// Recordings with bytes changed, left out and added are refused, or run on as far as they make sense:
/// nothing panics.
#[test]
fn damaged_recordings_are_refused() {
    let folder = oracle::scratch();
    std::fs::write(folder.join("p.lua"), PROGRAM).expect("written");
    luka(&folder, &["run", "--record", "p.rec", "p.lua"], "one\ntwo\n");
    let whole = std::fs::read(folder.join("p.rec")).expect("read");
    let mut random = 42u64;
    let mut below = |n: usize| {
        random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (random >> 33) as usize % n
    };
    let mut refused = 0;
    for attempt in 0..150 {
        let mut bytes = whole.clone();
        // (What the host has answered is behind the state.)
        let at = match attempt % 3 {
            0 => below(bytes.len()),
            _ => bytes.len() - 1 - below(bytes.len().min(600)),
        };
        match below(4) {
            0 => bytes[at] ^= 1 << below(8),
            1 => bytes.truncate(at),
            2 => bytes.insert(at, below(256) as u8),
            _ => bytes[at] = 0xff,
        }
        std::fs::write(folder.join("bad.rec"), &bytes).expect("written");
        let opened = luka(&folder, &["debug", "bad.rec"], "c\nbc\nc\nc\nbt\n");
        let said = text(&opened.stderr);
        assert!(!said.contains("panicked"), "attempt {attempt}: {said}");
        let code = opened.status.code();
        assert!(code == Some(0) || code == Some(1), "attempt {attempt}: {code:?} {said}");
        if code == Some(1) {
            assert!(!said.is_empty(), "attempt {attempt}");
            refused += 1;
        }
    }
    assert!(refused > 50, "{refused}");
    let _ = std::fs::remove_dir_all(&folder);
}

#[test]
fn recordings_need_a_script_of_their_own() {
    let folder = oracle::scratch();
    std::fs::write(folder.join("p.lua"), "print(1)").expect("written");
    for (args, why) in [
        (&["run", "--record", "x.rec", "-e", "print(1)"][..], "--record needs a script"),
        (&["run", "--record", "x.rec", "-i", "p.lua"][..], "where the recording ends"),
        (&["run", "--record", "x.rec", "--trace", "p.lua"][..], "look at the machine themselves"),
        (
            &["run", "--record", "x.rec", "--save-on-stop", "y", "p.lua"][..],
            "nothing else is saved",
        ),
        (&["run", "--record", "x.rec", "--record-memory", "no", "p.lua"][..], "bytes, as 64M"),
        (&["run", "--record", "no/such/x.rec", "p.lua"][..], "cannot record to"),
    ] {
        let output = luka(&folder, args, "");
        assert_ne!(output.status.code(), Some(0), "{args:?}");
        assert!(text(&output.stderr).contains(why), "{args:?}: {}", text(&output.stderr));
    }
    let _ = std::fs::remove_dir_all(&folder);
}

/// A program that is recorded may be limited: the recording ends where the limit has stopped it.
#[test]
fn recordings_of_limited_programs() {
    let folder = oracle::scratch();
    let endless = "local n = 0\nwhile true do\n  n = n + 1\nend\n";
    std::fs::write(folder.join("p.lua"), endless).expect("written");
    std::fs::write(folder.join("m.lua"), "local t = {}\nwhile true do\n  t[#t + 1] = {}\nend\n")
        .expect("written");
    std::fs::write(folder.join("s.lua"), "print(os.getenv 'HOME', io.open 's.lua')")
        .expect("written");
    for (args, code, said, commands, shown) in [
        (
            &["--fuel", "300000", "p.lua"][..],
            91,
            "luka: out of fuel; `luka debug` shows what it did\n",
            "c\np n > 1000\nc\nbn\ngoto 100000\np n > 1000\ngoto end\np n > 1000\nbc\np n\nq\n",
            &["the recording ends here", "(luka) p n > 1000\ntrue", "(luka) p n\nnil"][..],
        ),
        (
            &["--time", "200ms", "p.lua"][..],
            93,
            "luka: out of time;",
            "c\np n > 1000\n",
            &["true"][..],
        ),
        (
            &["--memory", "1M", "m.lua"][..],
            92,
            "not enough memory",
            "c\nw t\nbn\np #t > 10\nc\nc\n",
            &["error: not enough memory", "(luka) p #t > 10\ntrue", "exit code 1"][..],
        ),
        (&["--sandbox", "s.lua"][..], 0, "", "c\n", &["exit code 0"][..]),
    ] {
        let mut all = vec!["run", "--record", "r.rec"];
        all.extend(args);
        let mut plain = vec!["run"];
        plain.extend(args);
        let (plain, ran) = (luka(&folder, &plain, ""), luka(&folder, &all, ""));
        assert_eq!(ran.status.code(), Some(code), "{args:?}: {}", text(&ran.stderr));
        assert_eq!((plain.status, plain.stdout), (ran.status, ran.stdout), "{args:?}");
        assert!(text(&ran.stderr).contains(said), "{args:?}: {}", text(&ran.stderr));
        let opened = luka(&folder, &["debug", "r.rec"], commands);
        let screen = text(&opened.stdout);
        for part in shown {
            assert!(screen.contains(part), "{args:?}: no {part}: {screen}{}", text(&opened.stderr));
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
}

/// A recording has states on the way: wherever one goes, the program is as it is when it is run again.
#[test]
fn recordings_open_anywhere() {
    let folder = oracle::scratch();
    let program = "\
local boxes = {}
for i = 1, 2000 do boxes[i] = { i } end
local wave = coroutine.wrap(function() local i = 0 while true do i = i + 1 coroutine.yield(i) end end)
for i = 1, 2000000 do
  local box = boxes[i % 2000 + 1]
  box[1] = box[1] + wave()
  if i % 1000 == 0 then box.text = 'at ' .. i .. tostring(os.clock() >= 0) end
end
print(boxes[7][1])
";
    std::fs::write(folder.join("p.lua"), program).expect("written");
    let ran = luka(&folder, &["run", "--record", "r.rec", "p.lua"], "");
    assert_eq!(ran.status.code(), Some(0));
    // Moments in no order, and the end.
    let opened = luka(&folder, &["debug", "r.rec"], "time\nq\n");
    let times = text(&opened.stdout);
    let end: u64 =
        times.split(" to ").nth(1).and_then(|t| t.split(';').next()).unwrap().parse().unwrap();
    let kept: u32 =
        times.split("; ").nth(1).and_then(|t| t.split(' ').next()).unwrap().parse().unwrap();
    assert!(kept > 2, "{times}");
    let ask = "p i, boxes[7][1], boxes[1].text\n";
    let mut commands = String::new();
    let mut last = 3u64;
    for _ in 0..12 {
        last = last.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        commands.push_str(&format!("goto {}\n{ask}", (last >> 20) % end));
    }
    commands.push_str("goto end\nbc\nc\n");
    let anywhere = luka(&folder, &["debug", "r.rec"], &commands);
    assert_eq!(text(&anywhere.stderr), "");
    // The same with no state but the first.
    let ran = luka(&folder, &["run", "--record", "s.rec", "--record-memory", "1", "p.lua"], "");
    assert_eq!(ran.status.code(), Some(0));
    let again = luka(&folder, &["debug", "s.rec"], "time\nq\n");
    assert!(text(&again.stdout).contains("; 2 states kept"), "{}", text(&again.stdout));
    let again = luka(&folder, &["debug", "s.rec"], &commands);
    assert_eq!(text(&anywhere.stdout), text(&again.stdout));
    assert!(text(&anywhere.stdout).matches("true\"").count() > 3, "{}", text(&anywhere.stdout));
    let _ = std::fs::remove_dir_all(&folder);
}

/// A crash file opens at the moment of the error.
#[test]
fn crash_files() {
    let folder = oracle::scratch();
    std::fs::write(folder.join("p.lua"), PROGRAM).expect("written");
    luka(&folder, &["run", "--save-on-error", "crash.snap", "p.lua"], "a\nbb\n");
    let opened = luka(&folder, &["debug", "crash.snap"], "locals\np #lines\nbn\nc\n");
    let screen = text(&opened.stdout);
    assert!(screen.starts_with("error: p.lua:8: at "), "{screen}");
    assert!(screen.contains("(luka) p #lines\n2\n"), "{screen}");
    assert!(screen.contains("(luka) bn\nthe recording begins here\n"), "{screen}");
    assert!(screen.contains("exit code 1"), "{screen}");
    let _ = std::fs::remove_dir_all(&folder);
}
