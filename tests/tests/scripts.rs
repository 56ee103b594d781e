//! The scripts in `examples/scripts` do what their first lines say, from outside.

use luka_tests::binary;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder of the test's own, gone at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("luka_{name}_{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("written");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// Runs a script in the folder; its output, errors behind it, and its exit code.
    fn run(&self, script: &str, args: &[&str]) -> (String, i32) {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/scripts");
        let mut command = Command::new(binary::luka());
        command.arg(scripts.join(script)).args(args).current_dir(&self.0);
        // (An older `re.lua` that is installed on the machine would be found first.)
        command.env("LUA_PATH_5_4", "./?.lua");
        let output = command.output().expect("luka runs");
        let text = [output.stdout, output.stderr].concat();
        (String::from_utf8_lossy(&text).into_owned(), output.status.code().unwrap_or(-1))
    }

    /// The same of a script that succeeds.
    fn output(&self, script: &str, args: &[&str]) -> String {
        let (text, code) = self.run(script, args);
        assert_eq!(code, 0, "{script}: {text}");
        text
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn every_script_has_help() {
    let folder = Folder::new("help");
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/scripts");
    let mut seen = 0;
    for entry in std::fs::read_dir(scripts).expect("the scripts") {
        let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
        if name.ends_with(".lua") && name != "calc.lua" {
            assert!(folder.output(&name, &["--help"]).starts_with("usage: "), "{name}");
            seen += 1;
        }
    }
    assert_eq!(seen, 9);
}

#[test]
fn calc() {
    let folder = Folder::new("calc");
    assert_eq!(folder.output("calc.lua", &["1 + 2 * 3", "(1 + 2)*-3", "10/4-1"]), "7\n-9\n1.5\n");
    assert_eq!(folder.run("calc.lua", &["1 +"]), ("'1 +' is no expression\n".to_string(), 1));
}

#[test]
fn count() {
    let folder = Folder::new("count");
    folder.write("a/x.lua", "1\n2\n");
    folder.write("y.lua", "3\n");
    folder.write("z", "no end");
    assert_eq!(
        folder.output("count.lua", &["--json"]),
        "{\"\":{\"bytes\":6,\"files\":1,\"lines\":0},\".lua\":{\"bytes\":6,\"files\":2,\"lines\":3}}\n"
    );
}

#[test]
fn csv_to_json() {
    let folder = Folder::new("csv");
    folder.write("t.csv", "name,n\n\"Smith, J\",1\nx,2.5\n");
    assert_eq!(
        folder.output("csv_to_json.lua", &["--lines", "t.csv"]),
        "{\"n\":1,\"name\":\"Smith, J\"}\n{\"n\":2.5,\"name\":\"x\"}\n"
    );
    let (text, code) = folder.run("csv_to_json.lua", &["none.csv"]);
    assert!(code == 1 && text.contains("none.csv: No such file or directory"), "{text}");
}

#[test]
fn duplicates() {
    let folder = Folder::new("duplicates");
    for (name, text) in [("a", "same"), ("b/c", "same"), ("d", "other"), ("e", "four")] {
        folder.write(name, text);
    }
    let expected = "4 bytes, 0967115f2813\n  ./a\n  ./b/c\n4 bytes could be saved\n";
    assert_eq!(folder.output("duplicates.lua", &["."]), expected);
}

#[test]
fn log_report() {
    let folder = Folder::new("log");
    folder.write("a.log", "t1 INFO start\nt2 WARN slow\nt3 ERROR lost\nt4 WARN slow\n");
    let expected = "ERROR \t1\nINFO  \t1\nWARN  \t2\n   2  slow\n";
    assert_eq!(folder.output("log_report.lua", &["--top", "1", "a.log"]), expected);
    let (text, code) = folder.run("log_report.lua", &["--tpo", "1"]);
    assert!(code == 2 && text.contains("is it '--top'?"), "{text}");
}

#[test]
fn rename() {
    let folder = Folder::new("rename");
    folder.write("IMG_1.JPG", "1");
    folder.write("IMG_2.JPG", "2");
    let args = [".", "^IMG_(%d+)%.JPG$", "photo-%1.jpg"];
    let expected = "IMG_1.JPG -> photo-1.jpg\nIMG_2.JPG -> photo-2.jpg\n";
    assert_eq!(folder.output("rename.lua", &args), expected);
    assert_eq!(folder.read("photo-2.jpg"), "2");
    let (text, code) = folder.run("rename.lua", &[".", "%d", "x"]);
    assert!(code == 1 && text.contains("already"), "{text}");
}

#[test]
fn site() {
    let folder = Folder::new("site");
    folder.write("in/one.txt", "A & B\n\nfirst *very*\n\nsecond\n");
    folder.write("in/sub/two.txt", "Two\n");
    assert_eq!(folder.output("site.lua", &["in", "out"]), "2 pages\n");
    let page = folder.read("out/one.html");
    assert!(
        page.contains("<h1>A &amp; B</h1>\n<p>first <em>very</em></p>\n<p>second</p>"),
        "{page}"
    );
    assert!(folder.read("out/index.html").contains("<a href=\"sub/two.html\">Two</a>"));
}

#[test]
fn sync() {
    let folder = Folder::new("sync");
    folder.write("a/x", "1");
    folder.write("a/d/y", "2");
    folder.write("b/old/z", "3");
    folder.write("b/x", "0");
    let dry = folder.output("sync.lua", &["-n", "--delete", "a", "b"]);
    assert_eq!(dry, "mkdir d\ncopy d/y\ncopy x\nremove old\nremove old/z\n");
    assert_eq!(folder.read("b/x"), "0");
    folder.output("sync.lua", &["--delete", "a", "b"]);
    assert_eq!((folder.read("b/x"), folder.read("b/d/y")), ("1".into(), "2".into()));
    assert!(!folder.0.join("b/old").exists());
    assert_eq!(folder.output("sync.lua", &["--delete", "a", "b"]), "");
}

#[test]
fn tasks() {
    let folder = Folder::new("tasks");
    folder.write(
        "tasks.toml",
        "[tasks.hello]\nhelp = \"greets\"\nneeds = [\"first\"]\nrun = [[\"echo\", \"$HOME is a text\"]]\n\
         [tasks.first]\nrun = [[\"echo\", \"first\"]]\n[tasks.bad]\nrun = [[\"false\"]]\n\
         [tasks.loop]\nneeds = [\"loop\"]\n",
    );
    assert_eq!(folder.output("tasks.lua", &[]), "bad\nfirst\nhello  greets\nloop\n");
    let expected = "$ echo first\nfirst\n$ echo $HOME is a text\n$HOME is a text\n";
    assert_eq!(folder.output("tasks.lua", &["hello"]), expected);
    assert_eq!(folder.run("tasks.lua", &["bad"]).1, 1);
    assert_eq!(folder.run("tasks.lua", &["loop"]).0, "tasks: 'loop' needs itself\n");
}

#[test]
fn todo() {
    let folder = Folder::new("todo");
    assert_eq!(folder.output("todo.lua", &["add", "write tests"]), "1: write tests\n");
    folder.output("todo.lua", &["add", "rest"]);
    folder.output("todo.lua", &["done", "1"]);
    assert_eq!(folder.output("todo.lua", &["list"]), "2 [ ] rest\n");
    assert_eq!(folder.output("todo.lua", &["list", "--all"]), "1 [x] write tests\n2 [ ] rest\n");
    let (text, code) = folder.run("todo.lua", &["done", "9"]);
    assert_eq!((text.as_str(), code), ("there is no task 9\n", 1));
    assert_eq!(folder.run("todo.lua", &["lsit"]).1, 2);
}
