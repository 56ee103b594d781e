//! `luka.process`: programs that are talked to while they run.

use crate::program::*;

fn printed(program: &str) -> String {
    let ended = Folder::new(&[("p.lua", program)]).run(&["p.lua"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    ended.out
}

#[test]
fn programs_are_written_to_and_read_from() {
    let text = r#"
        local process = require "luka.process"
        local cat = assert(process.spawn {"cat", stdin = true, stdout = "stream"})
        print(cat:write "one\ntwo\nthr", cat:line(), cat:line(1), cat:line(0.02))
        print(cat:write "ee\n", cat:line(), cat:close(), cat:line(), cat:wait().ok)
        local sh = assert(process.spawn {"sh", "-c", "for i in 1 2; do echo $i; sleep 0.02; done; echo bad >&2; printf rest",
          stdout = "stream", stderr = "stream"})
        for line in sh:lines() do io.write(line, ";") end
        print(sh:lines "stderr"(), sh:wait().code)
        local both = assert(process.spawn {"sh", "-c", "echo a; echo b >&2; echo c", stdout = "stream", stderr = "merge"})
        for line in both:lines() do io.write(line, ";") end
        print(both:read())
        -- More than a pipe holds, in both directions.
        local upper = assert(process.spawn {"tr", "a-z", "A-Z", stdin = true, stdout = "stream"})
        local sent, count = ("abcdefg\n"):rep(1000), 0
        for i = 1, 4 do
          assert(upper:write(sent))
          for j = 1, 500 do count = count + #upper:line() end
        end
        upper:close()
        for line in upper:lines() do count = count + #line end
        print(count)
        -- Who waits takes what is left.
        local much = assert(process.spawn {"sh", "-c", "head -c 300000 /dev/zero; head -c 200000 /dev/zero >&2",
          stdout = "stream", stderr = "stream"})
        local part = #much:read()
        local result = much:wait(10)
        print(part > 0, part + #result.out, #result.err)
    "#;
    assert_eq!(
        printed(text),
        "true\tone\ttwo\tnil\ttimeout\tnil\ntrue\tthree\ttrue\tnil\ttrue\n1;2;rest;bad\t0\na;b;c;nil\n28000\n\
         true\t300000\t200000\n"
    );
}

/// A program that did not read what it was given ended `luka` by a signal.
#[test]
fn programs_that_do_not_read_or_write_hold_nobody_up() {
    let text = r#"
        local process, time = require "luka.process", require "luka.time"
        print(process.run {"true", stdin = ("x"):rep(1000000)}.ok)
        local gone = assert(process.spawn {"true", stdin = true})
        time.sleep(0.2)
        print(gone:write "x")
        local slow = assert(process.spawn {"sleep", "10", stdin = true, stdout = "stream"})
        print(slow:write(("x"):rep(1000000), 0.02))
        print(slow:read(0.02))
        print(slow:wait(0.02))
        print(slow:kill().signal)
        print(pcall(slow.write, process.spawn {"true"}, "x"))
        print(pcall(slow.line, process.spawn {"true"}))
    "#;
    assert_eq!(
        printed(text),
        "true\nnil\tBroken pipe\t32\nnil\ttimeout\nnil\ttimeout\tnil\nnil\ttimeout\tnil\n15\n\
         false\t'stdin' of the program is not true\nfalse\t'stdout' of the program is not \"stream\"\n"
    );
    // What nobody reads of `luka` itself still ends it, as C programs.
    let folder = Folder::new(&[("p.lua", "for i = 1, 1e9 do print(i) end")]);
    let luka = luka_tests::binary::luka().display().to_string();
    let line = format!("'{luka}' p.lua | head -n 1; echo ${{PIPESTATUS[0]}}");
    let ran =
        std::process::Command::new("bash").args(["-c", &line]).current_dir(&folder.0).output();
    match ran {
        Ok(ran) => assert_eq!(String::from_utf8_lossy(&ran.stdout), "1\n141\n"),
        Err(_) => eprintln!("SKIPPED: bash is not installed"),
    }
}

/// `--time` was looked at whenever a program had used some fuel, which it does not while it waits.
#[test]
fn time_limits_end_what_waits() {
    for wait in [
        "require 'luka.process'.spawn {'sleep', '30', stdout = 'stream'}:line()",
        "require 'luka.process'.run {'sleep', '30'}",
        "require 'luka.time'.sleep(30)",
        "require 'socket'.bind('127.0.0.1', 0):accept()",
    ] {
        let folder = Folder::new(&[("p.lua", wait)]);
        let begin = std::time::Instant::now();
        let ended = folder.run(&["run", "--time", "300ms", "p.lua"]);
        assert!(begin.elapsed().as_secs() < 15, "{wait}");
        assert!(ended.err.ends_with("out of time\n"), "{wait}: {}", ended.err);
    }
}
