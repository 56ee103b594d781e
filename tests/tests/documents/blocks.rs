//! Code blocks of the pages that people write:
//!
//! - ` ```lua ` is a program. It runs without an error and prints what `-->` says, if it says so
//!   anywhere.
//! - ` ```lua ` whose first line is a comment with nothing but a file's name, `-- words.lua`, is that
//!   file. It is not run by itself: a `console` block or another file must mention it.
//! - ` ```console ` is a session of a shell in a folder with these files: lines with `$ ` are
//!   commands, the lines that follow are what they print. A line `…` stands for any lines.
//! - ` ```rust ` in the README is part of an example in the documentation of the crate `luka`.

use super::{Page, docs, root};
use luka_tests::page::{blocks, scripts};
use luka_tests::run::{RunMode, run};
use luka_tests::{binary, oracle};
use std::path::Path;
use std::process::{Command, Stdio};

/// The pages whose blocks run. Reports and generated references have tests of their own.
fn pages() -> Vec<Page> {
    let top = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"];
    let all = top.iter().map(|name| Page::read(name)).chain(docs());
    all.filter(|page| !page.is_generated()).collect()
}

/// The name of the file that a block is.
fn file_name(block: &str) -> Option<&str> {
    let name = block.lines().next()?.strip_prefix("-- ")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    (name.ends_with(".lua") || name.ends_with(".luka"))
        .then_some(name)?
        .chars()
        .all(plain)
        .then_some(name)
}

#[test]
fn programs_print_what_the_pages_say() {
    let mut faults = Vec::new();
    for page in pages() {
        let programs = blocks(&page.text, "lua");
        for (script, (line, text)) in scripts(&page.text, "example.lua").iter().zip(&programs) {
            if file_name(text).is_some() {
                continue;
            }
            for section in &script.sections {
                // The text as the page has it: errors count lines from the start of the block.
                let ran = run(text, "example.lua", RunMode::Plain);
                let judged = match section.expected.is_empty() {
                    true => ran.failure.map_or(Ok(()), Err),
                    false => section.judge(&ran.stdout, ran.failure.as_deref()),
                };
                faults.extend(judged.err().map(|e| format!("{}:{line}: {e}", page.name)));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn files_are_used() {
    let mut faults = Vec::new();
    for page in pages() {
        for (line, text) in blocks(&page.text, "lua") {
            let Some(name) = file_name(&text) else { continue };
            let path = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
            let module = path.replace('/', ".");
            let sessions = blocks(&page.text, "console").into_iter().map(|(_, session)| session);
            let used = sessions.chain(blocks(&page.text, "lua").into_iter().map(|(_, text)| text));
            let needle = [name.to_string(), format!("require \"{module}\"")];
            let mentions = |text: &str| needle.iter().any(|n| text.contains(n.as_str()));
            if used.filter(|other| mentions(other) && file_name(other) != Some(name)).count() == 0 {
                faults.push(format!("{}:{line}: nothing on the page uses {name}", page.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn rust_in_the_readme_is_an_example_that_cargo_tests() {
    let tested =
        std::fs::read_to_string(root().join("embed/src/lib.rs")).expect("embed/src/lib.rs");
    let comment = tested.lines().map_while(|line| line.strip_prefix("//!"));
    let comment: String = comment.map(|line| format!("{}\n", line.trim_start())).collect();
    for (line, block) in blocks(&Page::read("README.md").text, "rust") {
        assert!(comment.contains(&block), "README.md:{line} is not in embed/src/lib.rs");
    }
}

/// Runs a command in a folder; what it prints on both streams, without blanks at line ends.
fn shell(command: &str, folder: &Path) -> Vec<String> {
    binary::runtime();
    let programs = binary::luka().parent().expect("the binary is in a folder");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(programs.to_path_buf()).chain(std::env::split_paths(&path));
    let mut shell = Command::new("sh");
    for name in ["LUA_INIT", "LUA_INIT_5_4", "LUA_PATH", "LUA_PATH_5_4", "LUKA_PATH"] {
        shell.env_remove(name);
    }
    let ended = shell
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .env("PATH", std::env::join_paths(paths).expect("a search path"))
        .env("NO_COLOR", "1")
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("sh runs");
    let text = String::from_utf8_lossy(&ended.stdout).into_owned();
    text.lines().map(|line| line.trim_end().to_string()).collect()
}

/// Whether lines are as a page shows them, where a line `…` stands for any number of lines.
fn matches(shown: &[&str], lines: &[String]) -> bool {
    match shown.split_first() {
        None => lines.is_empty(),
        Some((&"…", rest)) => (0..=lines.len()).any(|n| matches(rest, &lines[n..])),
        Some((first, rest)) => lines
            .split_first()
            .is_some_and(|(line, lines)| line == first.trim_end() && matches(rest, lines)),
    }
}

/// A session with the output that its commands print now where it is not what is shown.
fn session(text: &str, folder: &Path) -> String {
    let mut now = String::new();
    let mut lines = text.lines().peekable();
    while let Some(command) = lines.next() {
        now.push_str(&format!("{command}\n"));
        let Some(command) = command.strip_prefix("$ ") else {
            panic!("a session starts with a command, not with `{command}`");
        };
        let mut shown = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
            shown.push(line);
        }
        let printed = shell(command, folder);
        let printed: Vec<&str> = match matches(&shown, &printed) {
            true => shown,
            false => printed.iter().map(String::as_str).collect(),
        };
        now.extend(printed.iter().map(|line| format!("{line}\n")));
    }
    now
}

#[test]
fn sessions_are_what_the_programs_print() {
    let mut faults = Vec::new();
    for page in pages() {
        let folder = oracle::scratch();
        let mut text = page.text.clone();
        // In the order of the page: a later version of a file takes the place of an earlier one.
        let mut parts = blocks(&page.text, "lua");
        parts.retain(|(_, text)| file_name(text).is_some());
        let files = parts.len();
        parts.extend(blocks(&page.text, "console"));
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.sort_by_key(|&i| parts[i].0);
        for i in order {
            let (line, block) = &parts[i];
            if i < files {
                let path = folder.join(file_name(block).expect("a file"));
                std::fs::create_dir_all(path.parent().expect("in a folder")).expect("made");
                std::fs::write(path, block).expect("written");
                continue;
            }
            let now = session(block, &folder);
            if now != *block {
                faults.push(format!("{}:{line}: now\n{now}", page.name));
                text = text.replacen(block, &now, 1);
            }
        }
        let _ = std::fs::remove_dir_all(&folder);
        if std::env::var_os("BLESS").is_some() && text != page.text {
            std::fs::write(root().join(&page.name), text).expect("written");
        }
    }
    let blessed = std::env::var_os("BLESS").is_some();
    assert!(faults.is_empty() || blessed, "{}\nBLESS=1 rewrites the pages", faults.join("\n"));
}

#[test]
fn an_ellipsis_stands_for_any_lines() {
    let lines: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
    assert!(matches(&["a", "…"], &lines) && matches(&["…", "c"], &lines));
    assert!(matches(&["a", "…", "b", "c"], &lines));
    assert!(!matches(&["a", "c"], &lines) && !matches(&["…", "b"], &lines));
}
