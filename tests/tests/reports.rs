//! Reports of run-time errors: `tests/diagnostics/runtime/*.lua` end with an error, the `.report`
//! beside each is what the program prints about it. `BLESS=1 cargo test` rewrites them.

use luka_tests::{binary, oracle};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("diagnostics/runtime")
}

fn run(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(binary::luka());
    for name in ["LUA_INIT", "LUA_INIT_5_4", "LUA_PATH", "LUA_PATH_5_4", "NO_COLOR", "HOME"] {
        command.env_remove(name);
    }
    command.args(args).current_dir(folder).output().expect("it runs")
}

/// Standard error, the program's own path taken out.
fn complaint(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.replace(&format!("{}: ", binary::luka().display()), "luka: ")
}

fn scripts() -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder()).expect("a folder").flatten().map(|e| e.path());
    let mut files: Vec<PathBuf> =
        files.filter(|p| p.extension().is_some_and(|e| e == "lua")).collect();
    files.sort();
    files
}

#[test]
fn reports_are_as_they_were() {
    let mut faults = String::new();
    for path in scripts() {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let output = run(&folder(), &[&name]);
        assert_eq!(output.status.code(), Some(1), "{name} must fail");
        let told = complaint(&output);
        let golden = path.with_extension("report");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&golden, &told).expect("written");
        } else if std::fs::read_to_string(&golden).unwrap_or_default() != told {
            faults.push_str(&format!("{name} now gives:\n{told}\n"));
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// The first line of a report is PUC's.
#[test]
fn the_message_is_pucs() {
    let Some(lua) = oracle::find() else { return };
    for path in scripts() {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        // Older ones have other lines for calls that stretch over several and for divisions.
        let other_line = ["call_newline.lua", "divide.lua", "modulo.lua"].contains(&&*name);
        // PUC does not know the extensions.
        if name.starts_with("ext_") || other_line && lua.version < (5, 4, 6) {
            continue;
        }
        let theirs =
            Command::new(&lua.program).arg(&name).current_dir(folder()).output().expect("it runs");
        let theirs = String::from_utf8_lossy(&theirs.stderr).into_owned();
        let theirs = theirs.lines().next().and_then(|line| line.split_once(": "));
        let ours = complaint(&run(&folder(), &[&name]));
        let ours = ours.lines().next().and_then(|line| line.split_once(": "));
        assert_eq!(ours.map(|l| l.1), theirs.map(|l| l.1), "{name}");
    }
}

/// What a program sees of an error that passes the command line's message handler.
#[test]
fn programs_do_not_see_the_picture() {
    let scratch = oracle::scratch();
    let text = "print(load(function() local t; return t.x end))\n";
    std::fs::write(scratch.join("reader.lua"), text).expect("written");
    let output = run(&scratch, &["reader.lua"]);
    let seen = String::from_utf8_lossy(&output.stdout).into_owned();
    let _ = std::fs::remove_dir_all(&scratch);
    assert!(seen.starts_with("nil\treader.lua:1: attempt to index a nil value (local 't')\n"));
    assert!(
        seen.contains("stack traceback:\n\treader.lua:1: in function <reader.lua:1>"),
        "{seen}"
    );
    assert!(!seen.contains('│') && !seen.contains("is nil"), "{seen}");
}

#[test]
fn colours_are_for_terminals() {
    let folder = folder();
    let escape = |args: &[&str]| complaint(&run(&folder, args)).contains('\x1b');
    assert!(!escape(&["index_field.lua"]));
    assert!(!escape(&["--color=auto", "index_field.lua"]));
    assert!(!escape(&["--color=never", "index_field.lua"]));
    assert!(escape(&["--color=always", "index_field.lua"]));
    let bad = complaint(&run(&folder, &["--color=blue", "index_field.lua"]));
    assert!(bad.contains("--color: bad value 'blue': auto, always or never"), "{bad}");
}

/// The value of a chain was found by recursion over it: 200,000 fields overflowed the stack of the
/// process that reported them.
#[test]
fn chains_are_reported_whatever_their_length() {
    let file = std::env::temp_dir().join(format!("luka-chain-{}.lua", std::process::id()));
    let links = ".b".repeat(300_000);
    for fault in [".c.d", ".c()"] {
        let text = format!("local a = {{}} a.b = a local x = a{links}{fault}");
        std::fs::write(&file, text).expect("a temporary file");
        let output = run(&folder(), &[file.to_str().expect("a path in UTF-8")]);
        assert_eq!(output.status.code(), Some(1), "{fault}");
        assert!(complaint(&output).contains("nil value (field 'c')"), "{fault}");
    }
    std::fs::remove_file(&file).expect("the file was there");
}
