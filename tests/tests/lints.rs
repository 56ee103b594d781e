//! Lints: the examples of the table of codes, `tests/diagnostics/lints/*.lua` with what is reported
//! about each in the `.report` beside it (`BLESS=1 cargo test` rewrites them), flags, `luka.toml`,
//! comments.

use luka_compiler::diag::Code;
use luka_tests::{binary, oracle};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `luka check` prints, and its exit code.
fn check(folder: &Path, args: &[&str]) -> (String, Option<i32>) {
    let mut command = Command::new(binary::luka());
    let output = command.arg("check").args(args).current_dir(folder).output().expect("it runs");
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    (text, output.status.code())
}

/// A folder with files in it; gone at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Folder {
        let folder = oracle::scratch();
        for (name, text) in files {
            std::fs::write(folder.join(name), text).expect("written");
        }
        Folder(folder)
    }
    fn check(&self, args: &[&str]) -> (String, Option<i32>) {
        check(&self.0, args)
    }
    /// The reports, one a line.
    fn short(&self, args: &[&str]) -> String {
        self.check(&[&["--error-format", "short"], args].concat()).0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn examples_are_true() {
    for row in Code::rows().filter(|row| (200..300).contains(&row.code.number())) {
        if row.code == Code::Configuration {
            continue;
        }
        assert!(!row.wrong.is_empty(), "{}: a lint needs an example", row.code);
        let folder = Folder::new(&[("wrong.lua", row.wrong), ("fixed.lua", row.fixed)]);
        let code = row.code.to_string();
        let wrong = folder.short(&["-W", &code, "wrong.lua"]);
        assert!(wrong.contains(&format!("[{code}]")), "{code}: {wrong}");
        assert_eq!(wrong.lines().count(), 1, "{code}: {wrong}");
        let fixed = folder.short(&["-W", &code, "fixed.lua"]);
        assert_eq!(fixed, "", "{code}");
    }
}

#[test]
fn reports_are_as_they_were() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("diagnostics/lints");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder).expect("a folder").flatten().map(|e| e.path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "lua"));
    files.sort();
    let mut faults = String::new();
    for path in files {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let mut args = vec!["--error-format", "short", &*name];
        if name == "off.lua" {
            args.extend(["-W", "all"]);
        }
        let (told, _) = check(&folder, &args);
        let golden = path.with_extension("report");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&golden, &told).expect("written");
        } else if std::fs::read_to_string(&golden).unwrap_or_default() != told {
            faults.push_str(&format!("{name} now gives:\n{told}\n"));
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn flags_set_levels() {
    let folder = Folder::new(&[("a.lua", "local x = 1\nlocal function f() end\n")]);
    let both = folder.short(&["a.lua"]);
    assert!(both.contains("warning[L0201]") && both.contains("warning[L0203]"), "{both}");
    assert_eq!(folder.check(&["a.lua"]).1, Some(0));
    let one = folder.short(&["-A", "unused-local", "a.lua"]);
    assert!(!one.contains("L0201") && one.contains("L0203"), "{one}");
    let denied = folder.short(&["-A", "all", "-D", "L0203", "a.lua"]);
    assert!(denied.contains("error[L0203]") && !denied.contains("L0201"), "{denied}");
    assert_eq!(folder.check(&["-D", "unused-function", "a.lua"]).1, Some(1));
    let (text, code) = folder.check(&["-W", "unused-lokal", "a.lua"]);
    assert!(text.contains("there is no lint 'unused-lokal'"), "{text}");
    assert_eq!(code, Some(2));
}

#[test]
fn a_program_is_all_of_its_files() {
    let folder = Folder::new(&[
        ("a.lua", "function shared_name() end\nprint(string.trim(''))\n"),
        ("b.lua", "shared_name()\nshared_nmae()\nfunction string.trim(s) return s end\n"),
    ]);
    let told = folder.short(&["a.lua", "b.lua"]);
    assert_eq!(told, "b.lua:2:1: warning[L0210]: there is no global `shared_nmae`\n");
    // One file by itself does not know the other.
    assert!(folder.short(&["b.lua"]).contains("`shared_name`"));
}

#[test]
fn a_project_has_settings() {
    let program = "local x = 1\nlove.draw()\n";
    let settings = "globals = [\"love\"]\n[lints]\nunused-local = \"deny\"\n";
    let folder = Folder::new(&[("a.lua", program), ("luka.toml", settings)]);
    let (told, code) = folder.check(&["--error-format", "short", "a.lua"]);
    assert_eq!(told, "a.lua:1:7: error[L0201]: `x` is never used\n");
    assert_eq!(code, Some(1));
    // Flags go over them.
    assert_eq!(folder.short(&["-A", "all", "a.lua"]), "");
}

#[test]
fn faults_of_settings_are_shown() {
    let settings = "[lints]\nunused-lokal = \"warn\"\n";
    let folder = Folder::new(&[("a.lua", ""), ("luka.toml", settings)]);
    let (told, code) = folder.check(&["a.lua"]);
    assert_eq!(code, Some(2));
    for part in
        ["luka.toml:2:1 ]", "there is no lint `unused-lokal`", "did you mean `unused-local`?"]
    {
        assert!(told.contains(part), "{told}");
    }
    let folder = Folder::new(&[("a.lua", ""), ("luka.toml", "[lints\n")]);
    let (told, code) = folder.check(&["a.lua"]);
    assert!(told.contains("luka.toml:1:") && code == Some(2), "{told}");
}

#[test]
fn run_is_silent_about_lints() {
    let folder = Folder::new(&[("a.lua", "local x = 1\n")]);
    let output =
        Command::new(binary::luka()).arg("a.lua").current_dir(&folder.0).output().expect("it runs");
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
}

#[test]
fn safe_edits_are_made() {
    let text = "return function(event, data) return data end\n";
    let folder = Folder::new(&[("a.lua", text)]);
    let (told, _) = folder.check(&["--fix", "-W", "unused-parameter", "a.lua"]);
    let fixed = std::fs::read_to_string(folder.0.join("a.lua")).expect("a file");
    assert_eq!(fixed, "return function(_event, data) return data end\n", "{told}");
}

#[test]
fn what_a_host_or_a_program_adds_is_no_fault() {
    let found = |files: &[(&str, &str)]| Folder::new(files).short(&["."]);
    let print = "print(\"%s: %s\", 1, 2)\n";
    let few = [("a.lua", print), ("b.lua", print)];
    assert_eq!(found(&few).matches("[L0231]").count(), 2);
    // Where many files do it, `print` is one that knows formats.
    assert_eq!(found(&[("a.lua", print), ("b.lua", print), ("c.lua", print)]), "");

    let uses = "print(os.is_host(\"linux\"), (\"ab\"):ends_in(\"b\"), io.open(\"a\", \"r\", {}))\n";
    assert_eq!(found(&[("a.lua", uses)]).lines().count(), 2);
    let adds = "local os, string = os or {}, string
function os.is_host(name) return name == \"linux\" end
function string:ends_in(text) return self:sub(-#text) == text end
local io = io or {}
function io.open(path, mode, options) return {path, mode, options} end
";
    assert_eq!(found(&[("a.lua", uses), ("b.lua", adds)]), "");
    // A local table of that name is another one.
    let other = "local os = {}\nfunction os.is_host() end\nreturn os\n";
    assert_eq!(found(&[("a.lua", uses), ("b.lua", other)]).lines().count(), 2);

    // A class that a function makes is called like its variable.
    let class = "---@class Widget
local Widget = {}
class \"Midget\" (Widget)
---@type Midget
local Midget = _G[\"Midget\"]
return Midget, Widget
";
    assert_eq!(found(&[("a.lua", class)]).matches("[L0235]").count(), 0);
    let misspelt =
        "---@class Widget\nlocal Widget = {}\n---@type Midget\nlocal w = f()\nreturn w, Widget\n";
    assert_eq!(found(&[("a.lua", misspelt)]).matches("[L0235]").count(), 1);
}
