//! `fs.watch` of `luka.fs`.

use crate::program::*;

#[test]
fn changes_of_files_are_seen() {
    let text = r#"
        local fs, process = require "luka.fs", require "luka.process"
        local shell = process.spawn {"sh", "-c", "sleep 0.2; echo 22 > old.txt; mkdir sub; echo 1 > sub/new.txt; rm gone.txt;"
          .. "echo 1 > other.md; sleep 0.5; echo 333 > old.txt", cwd = "watched"}
        for kind, file in fs.watch("watched", {glob = "**.txt", interval = 0.02, timeout = 2}) do
          print(kind, file)
          if #fs.read "watched/old.txt" == 4 and file:find "old" then break end
        end
        assert(shell:wait().ok)
        -- A single file, which is not there yet.
        local touch = process.spawn {"sh", "-c", "sleep 0.1; echo 1 > single; sleep 0.3; rm single"}
        for kind, file in fs.watch("single", {interval = 0.02, timeout = 1}) do print(kind, file) end
        touch:wait()
    "#;
    let folder = Folder::new(&[("p.lua", text), ("watched/old.txt", ""), ("watched/gone.txt", "")]);
    let ended = folder.run(&["p.lua"]);
    // (A file may be seen before it is written to.)
    let seen: Vec<&str> =
        ended.out.lines().filter(|line| *line != "changed\twatched/sub/new.txt").collect();
    let mut seen: Vec<&str> = seen.into_iter().filter(|line| *line != "changed\tsingle").collect();
    seen.dedup();
    let mut sorted = seen.clone();
    sorted.sort();
    sorted.dedup();
    let expected = [
        "changed\twatched/old.txt",
        "created\tsingle",
        "created\twatched/sub/new.txt",
        "removed\tsingle",
        "removed\twatched/gone.txt",
    ];
    assert_eq!(sorted, expected, "{}{}", ended.out, ended.err);
    assert_eq!(seen.last(), Some(&"removed\tsingle"), "{}", ended.out);
}

/// A program that watches can be stopped at any time.
#[test]
fn watching_is_interrupted() {
    let folder = Folder::new(&[("p.lua", "for _ in require 'luka.fs'.watch '.' do end")]);
    let begin = std::time::Instant::now();
    let ended = folder.run(&["run", "--time", "300ms", "p.lua"]);
    assert!(ended.code != Some(0) && begin.elapsed().as_secs() < 10, "{}", ended.err);
}
