//! `luka fmt`.

use crate::program::*;

const UGLY: &str = "local x=1;print( 'a',x )\n";
const PRETTY: &str = "local x = 1\nprint(\"a\", x)\n";

fn text(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.0.join(name)).expect("read")
}

#[test]
fn fmt_writes_what_changes() {
    let folder = Folder::new(&[("a.lua", UGLY), ("b.lua", PRETTY), ("bad.lua", "x = = 1\n")]);
    let ended = folder.run(&["fmt", "a.lua", "b.lua"]);
    let said = "formatted 1 of 2 files\n";
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(0), "", said));
    assert_eq!(text(&folder, "a.lua"), PRETTY);
    assert_eq!(folder.run(&["fmt", "a.lua", "b.lua"]).err, "formatted 0 of 2 files\n");
    // A file with errors is left alone, and the others are not.
    std::fs::write(folder.0.join("a.lua"), UGLY).expect("written");
    let ended = folder.run(&["fmt"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("bad.lua:1:5"), "{}", ended.err);
    let sum = "formatted 1 of 3 files; 1 has errors and is left as it is\n";
    assert!(ended.err.ends_with(sum), "{}", ended.err);
    assert_eq!(text(&folder, "a.lua"), PRETTY);
    assert_eq!(text(&folder, "bad.lua"), "x = = 1\n");
    let ended = folder.run(&["fmt", "missing.lua"]);
    assert_eq!(ended.code, Some(1));
    let said = "luka fmt: cannot open missing.lua: No such file or directory\n";
    assert!(ended.err.starts_with(said), "{}", ended.err);
}

#[test]
fn fmt_check_and_diff_change_nothing() {
    let folder = Folder::new(&[("a.lua", UGLY), ("b.lua", PRETTY)]);
    let ended = folder.run(&["fmt", "--check", "."]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), "./a.lua\n"));
    assert_eq!(ended.err, "checked 2 files: 1 is not formatted\n");
    let ended = folder.run(&["fmt", "--check", "b.lua"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""));
    assert_eq!(ended.err, "checked 1 file: all are formatted\n");
    let ended = folder.run(&["fmt", "--diff", "a.lua"]);
    assert_eq!(ended.code, Some(1));
    let diff = "--- a/a.lua\n+++ b/a.lua\n@@ -1 +1,2 @@\n-local x=1;print( 'a',x )\n\
                +local x = 1\n+print(\"a\", x)\n";
    assert_eq!(ended.out, diff);
    assert_eq!(text(&folder, "a.lua"), UGLY);
}

#[test]
fn fmt_reads_standard_input() {
    let folder = Folder::new(&[]);
    std::fs::create_dir(folder.0.join("tabs")).expect("made");
    let config = "[*.lua]\nindent_style = tab\n";
    std::fs::write(folder.0.join("tabs/.editorconfig"), config).expect("written");
    let ended = folder.run_with(&["fmt", "-"], UGLY, &[]);
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(0), PRETTY, ""));
    let block = "do\nx()\nend\n";
    let ended = folder.run_with(&["fmt", "--stdin-path", "tabs/a.lua", "-"], block, &[]);
    assert_eq!(ended.out, "do\n\tx()\nend\n");
    let ended = folder.run_with(&["fmt", "--stdin-path", "tabs/a.lua", "-"], "x = = 1\n", &[]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    assert!(ended.err.contains("tabs/a.lua:1:5"), "{}", ended.err);
}

#[test]
fn fmt_formats_some_lines() {
    let folder = Folder::new(&[("a.lua", "a=1\nif b then\n    c=1\n    d=2\nend\ne=3\n")]);
    assert_eq!(folder.run(&["fmt", "--range", "3:3", "a.lua"]).code, Some(0));
    assert_eq!(text(&folder, "a.lua"), "a=1\nif b then\n    c = 1\n    d=2\nend\ne=3\n");
    assert_eq!(folder.run(&["fmt", "--range", "2:5", "a.lua"]).code, Some(0));
    assert_eq!(text(&folder, "a.lua"), "a=1\nif b then\n  c = 1\n  d = 2\nend\ne=3\n");
    let ended = folder.run(&["fmt", "--range", "5:2", "a.lua"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("--range takes two line numbers"), "{}", ended.err);
}

#[test]
fn fmt_follows_the_project() {
    let long = "local text = first_function(argument) .. second_function(argument)\n";
    let folder = Folder::new(&[
        ("luka.toml", "[fmt]\nwidth = 40\nindent = \"tab\"\nquotes = \"single\"\n"),
        (".editorconfig", "root = true\n[*]\nindent_size = 8\n"),
        ("a.lua", &format!("{long}print(\"a\")\n")),
    ]);
    assert_eq!(folder.run(&["fmt"]).code, Some(0));
    let wanted =
        "local text = first_function(argument)\n\t.. second_function(argument)\nprint('a')\n";
    assert_eq!(text(&folder, "a.lua"), wanted);
    std::fs::write(folder.0.join("luka.toml"), "[fmt]\nwidht = 40\n").expect("written");
    let ended = folder.run(&["fmt"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("`fmt.widht` is no setting"), "{}", ended.err);
    assert!(ended.err.contains("did you mean `width`?"), "{}", ended.err);
}

/// The text was written over the old one, which a full disk would have lost.
#[test]
fn fmt_keeps_links_and_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new(&[("a.lua", UGLY)]);
    let mode = std::fs::Permissions::from_mode(0o754);
    std::fs::set_permissions(folder.0.join("a.lua"), mode).expect("set");
    std::os::unix::fs::symlink("a.lua", folder.0.join("link.lua")).expect("linked");
    assert_eq!(folder.run(&["fmt", "link.lua"]).code, Some(0));
    assert_eq!(text(&folder, "a.lua"), PRETTY);
    assert!(folder.0.join("link.lua").is_symlink());
    let mode = std::fs::metadata(folder.0.join("a.lua")).expect("read").permissions().mode();
    assert_eq!(mode & 0o777, 0o754);
    assert_eq!(std::fs::read_dir(&folder.0).expect("read").count(), 2);
}

/// Luka's own Lua is in the layout of the formatter. (The files of `tests` and the programs that measure
/// single places are fixtures, whose layout is part of what they test; the Scheme is to fit in 300
/// lines.)
#[test]
fn the_lua_of_this_repository_is_formatted() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut command = std::process::Command::new(luka_tests::binary::luka());
    command.current_dir(&root).args(["fmt", "--check", "stdlib/lib", "compiler/selfhost"]);
    command.args(["examples/tour.lua", "examples/durable", "benches/programs/large"]);
    let programs = std::fs::read_dir(root.join("benches/programs")).expect("a folder");
    let programs = programs.map(|entry| entry.expect("an entry").path());
    command.args(programs.filter(|path| path.extension().is_some_and(|e| e == "lua")));
    let ended = command.output().expect("luka runs");
    let out = String::from_utf8_lossy(&ended.stdout);
    let err = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{out}{err}");
    assert!(err.contains("files: all are formatted"), "{err}");
}
