//! Completions that `luka.args` makes for the programs that use it.

use crate::program::*;
use std::process::Command;

const PROGRAM: &str = r#"
local args = require "luka.args"
local parser = args.new("todo it", "Keeps a list; it's short.")
  :option("-f --file", "the list's file")
  :option("--sort", "by what", {choices = {"name", "date"}})
  :option("--mark", "with it", {choices = {"it's", "back\\slash"}})
  :flag("-v --verbose", "say more")
local add = parser:command("add", "adds"):positional("text", "what"):flag("--urgent", "soon")
parser:command("list", "lists"):positional("kind", "which", {choices = {"open", "done"}})
print((parser:completions(arg[1])))
print(parser:completions "csh")
"#;

fn script(folder: &Folder, shell: &str) -> String {
    let out = folder.run(&["p.lua", shell]).out;
    let (script, other) = out.rsplit_once("\n\n").expect("two results");
    assert_eq!(other, "nil\tthere are no completions for 'csh', but for bash, fish and zsh\n");
    format!("{script}\n")
}

/// Whether a shell is installed; that it is not is said.
fn is_installed(shell: &str) -> bool {
    let found = Command::new(shell).args(["-c", "true"]).output().is_ok();
    if !found {
        eprintln!("SKIPPED: {shell} is not installed");
    }
    found
}

#[test]
fn bash_completes_words_of_programs() {
    let folder = Folder::new(&[("p.lua", PROGRAM), ("letter.txt", "")]);
    let script = script(&folder, "bash");
    if !is_installed("bash") {
        return;
    }
    for (words, expected) in [
        (vec![""], "add list -f --file --sort --mark -v --verbose -h --help"),
        (vec!["a"], "add"),
        (vec!["--s"], "--sort"),
        (vec!["--sort", ""], "name date"),
        (vec!["--mark", ""], "it's back\\slash"),
        (vec!["--file", "le"], "letter.txt"),
        (vec!["add", "--"], "--urgent --help"),
        (vec!["add", "le"], "letter.txt"),
        (vec!["list", "o"], "open"),
        (vec!["--verbose", "list", "--"], "--help"),
    ] {
        let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        let line = format!(
            "{script}COMP_WORDS=(todo {}); COMP_CWORD={}; _todo_it; echo \"${{COMPREPLY[*]}}\"",
            quoted.join(" "),
            words.len()
        );
        let ran = Command::new("bash").args(["-c", &line]).current_dir(&folder.0).output();
        let ran = ran.expect("bash runs");
        assert!(ran.stderr.is_empty(), "{words:?}: {}", String::from_utf8_lossy(&ran.stderr));
        assert_eq!(String::from_utf8_lossy(&ran.stdout).trim_end(), expected, "{words:?}");
    }
}

#[test]
fn zsh_and_fish_get_scripts_of_theirs() {
    let folder = Folder::new(&[("p.lua", PROGRAM)]);
    let zsh = script(&folder, "zsh");
    assert!(zsh.starts_with("#compdef todo it\n_todo_it() {\n"), "{zsh}");
    assert!(zsh.contains("'--sort') compadd -- 'name' 'date'; return;;"), "{zsh}");
    assert!(zsh.contains("'--file:the list'\\''s file'"), "{zsh}");
    let fish = script(&folder, "fish");
    let sorts = "complete -c 'todo it' -n '__fish_use_subcommand' -l sort -r -f -a 'name date' -d 'by what'\n";
    assert!(fish.contains(sorts), "{fish}");
    let urgent = "complete -c 'todo it' -n '__fish_seen_subcommand_from add' -l urgent -d 'soon'\n";
    assert!(fish.contains(urgent), "{fish}");
    for (shell, text) in [("zsh", zsh), ("fish", fish)] {
        if is_installed(shell) {
            std::fs::write(folder.0.join("script"), text).expect("written");
            let ran = Command::new(shell).arg("-n").arg(folder.0.join("script")).output();
            let ran = ran.expect("it runs");
            assert!(ran.status.success(), "{shell}: {}", String::from_utf8_lossy(&ran.stderr));
        }
    }
}

/// (Words with quotes were a syntax error to fish, which reads the list of them once more.)
#[test]
fn fish_completes_words_of_programs() {
    let folder = Folder::new(&[("p.lua", PROGRAM)]);
    std::fs::write(folder.0.join("script"), script(&folder, "fish")).expect("written");
    if !is_installed("fish") {
        return;
    }
    for (line, words) in [
        ("'todo it' ", &["add", "list"][..]),
        ("'todo it' --so", &["--sort"]),
        ("'todo it' --sort ", &["date", "name"]),
        ("'todo it' --mark ", &["back\\slash", "it's"]),
        ("'todo it' list ", &["done", "open"]),
        ("'todo it' add --", &["--help", "--urgent"]),
    ] {
        let mut fish = Command::new("fish");
        fish.args(["-N", "-c", "source script; complete -C $argv[1]", line]).current_dir(&folder.0);
        let ran = fish.output().expect("fish runs");
        let (out, err) =
            (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        let found: Vec<&str> = out.lines().filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(found, words, "{line}: {err}");
    }
}
