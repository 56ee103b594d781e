//! `--watch`.

use crate::program::*;
use luka_tests::binary;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What is waited for comes within this time.
const PATIENCE: Duration = Duration::from_secs(60);

/// A command that does not end by itself.
struct Watching {
    child: Child,
    /// Both streams.
    text: Arc<Mutex<String>>,
}

impl Watching {
    fn start(folder: &Folder, args: &[&str]) -> Watching {
        let mut child = Command::new(binary::luka())
            .args(args)
            .current_dir(&folder.0)
            .env("XDG_CACHE_HOME", folder.0.join(".cache"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        let text = Arc::new(Mutex::new(String::new()));
        let mut streams: Vec<Box<dyn Read + Send>> = Vec::new();
        streams.extend(child.stdout.take().map(|out| Box::new(out) as Box<dyn Read + Send>));
        streams.extend(child.stderr.take().map(|err| Box::new(err) as Box<dyn Read + Send>));
        for mut stream in streams {
            let text = text.clone();
            std::thread::spawn(move || {
                let mut bytes = [0; 4096];
                while let Ok(n @ 1..) = stream.read(&mut bytes) {
                    let more = String::from_utf8_lossy(&bytes[..n]).into_owned();
                    text.lock().expect("whole").push_str(&more);
                }
            });
        }
        Watching { child, text }
    }

    /// Waits for texts, which may come in any order, and forgets everything that was written until then.
    fn wait_for(&self, wanted: &[&str]) -> String {
        let begun = Instant::now();
        loop {
            let mut text = self.text.lock().expect("whole");
            if wanted.iter().all(|wanted| text.contains(wanted)) {
                return std::mem::take(&mut text);
            }
            assert!(begun.elapsed() < PATIENCE, "{wanted:?} does not come: {text}");
            drop(text);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends it by a signal. Its exit code, and what it has written since.
    fn end(mut self) -> (Option<i32>, String) {
        let id = i32::try_from(self.child.id()).expect("a small number");
        kill(Pid::from_raw(id), Signal::SIGTERM).expect("sent");
        let code = self.child.wait().expect("it ends").code();
        (code, self.text.lock().expect("whole").clone())
    }
}

fn write(folder: &Folder, name: &str, text: &str) {
    std::fs::write(folder.0.join(name), text).expect("written");
}

#[test]
fn a_program_runs_again_when_a_module_changes() {
    let folder =
        Folder::new(&[("main.lua", "print(..., require('m'))"), ("m.lua", "return 'one'")]);
    let watching = Watching::start(&folder, &["run", "--watch", "main.lua", "--watch"]);
    watching.wait_for(&["--watch\tone", "waiting for changes, Ctrl-C ends\n"]);
    write(&folder, "m.lua", "return 'second'");
    let said = watching.wait_for(&["m.lua has changed\n", "second", "waiting for changes"]);
    // Not a terminal: nothing is cleared.
    assert!(!said.contains('\x1b'), "{said:?}");
    write(&folder, "main.lua", "error 'broken now'");
    let wanted = ["main.lua has changed\n", "broken now", "exit code 1; waiting for changes"];
    watching.wait_for(&wanted);
    // What is no source changes nothing; several changes at once are one.
    write(&folder, "data.txt", "1");
    write(&folder, "main.lua", "print 'four'");
    write(&folder, "m.lua", "return 'five'");
    watching.wait_for(&["four", "waiting for changes"]);
    assert_eq!(watching.end().0, Some(143));
}

#[test]
fn what_was_read_is_watched_wherever_it_is() {
    let main = "package.path = '../lib/?.lua'
local text = io.open('../data.txt'):read 'a'
print(require('far'), text)
local log = io.open('../log.txt', 'a') log:write(text) log:close()
io.open('../log.txt'):close()";
    let folder = Folder::new(&[
        ("app/main.lua", main),
        ("lib/far.lua", "return 'one'"),
        ("data.txt", "uno"),
        ("log.txt", ""),
        ("luka.toml", ""),
    ]);
    let app = Folder(folder.0.join("app"));
    let watching = Watching::start(&app, &["run", "--watch", "main.lua"]);
    watching.wait_for(&["one\tuno", "waiting for changes"]);
    write(&folder, "lib/far.lua", "return 'two!'");
    watching.wait_for(&["lib/far.lua has changed\n", "two!\tuno", "waiting for changes"]);
    write(&folder, "data.txt", "duo!");
    watching.wait_for(&["data.txt has changed\n", "two!\tduo!", "waiting for changes"]);
    write(&folder, "luka.toml", "globals = []\n");
    watching.wait_for(&["luka.toml has changed\n", "two!\tduo!", "waiting for changes"]);
    // What a program writes itself is no reason to run it again.
    std::thread::sleep(Duration::from_millis(700));
    let (_, said) = watching.end();
    assert_eq!(said, "");
}

#[test]
fn a_program_that_does_not_end_is_ended() {
    let endless = "print 'begun' io.stdout:flush() while true do end";
    let folder = Folder::new(&[("main.lua", endless)]);
    let watching = Watching::start(&folder, &["--watch", "main.lua"]);
    watching.wait_for(&["begun"]);
    write(&folder, "main.lua", &endless.replace("begun", "another"));
    watching.wait_for(&["another"]);
    assert_eq!(watching.end().0, Some(143));
}

#[test]
fn tools_do_their_work_again() {
    let spec = "describe('x', function() it('y', function() assert.equal(1, 1) end) end)";
    let folder = Folder::new(&[("a.lua", "local x = 1\nprint( x )\n"), ("spec/a_spec.lua", spec)]);
    let checking = Watching::start(&folder, &["check", "--watch", "a.lua"]);
    checking.wait_for(&["checked 1 file: nothing to report\nwaiting"]);
    write(&folder, "a.lua", "local x = 1\n");
    checking.wait_for(&["1 warning in 1 file\nwaiting"]);
    checking.end();
    let testing = Watching::start(&folder, &["test", "--watch"]);
    testing.wait_for(&["1 passed, 0 failed, 0 skipped\n", "waiting"]);
    write(&folder, "spec/a_spec.lua", &spec.replace("equal(1, 1)", "equal(1, 2)"));
    testing.wait_for(&["exit code 1; waiting"]);
    testing.end();
    let formatting = Watching::start(&folder, &["fmt", "--watch", "a.lua"]);
    formatting.wait_for(&["formatted 0 of 1 file\nwaiting"]);
    write(&folder, "a.lua", "local   x  = 1\n");
    formatting.wait_for(&["formatted 1 of 1 file\nwaiting"]);
    // Its own change is no reason to format again.
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(formatting.end().1, "");
    assert_eq!(std::fs::read_to_string(folder.0.join("a.lua")).expect("read"), "local x = 1\n");
}

#[test]
fn what_cannot_be_watched() {
    let folder = Folder::new(&[]);
    for args in [&["run", "--watch"][..], &["--watch", "-"], &["run", "--watch", "-e", "x=1"]] {
        let ended = folder.run(args);
        assert_eq!(ended.code, Some(2), "{args:?}");
        assert!(ended.err.contains("--watch needs a script"), "{args:?}: {}", ended.err);
    }
}
