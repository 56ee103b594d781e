//! A program on a machine: run in pieces, saved, restored.

use luka::host::{Memory, View};
use luka::{Budget, Chunk, Error, Libs, Outcome, Rebind, Registry, Restore, Snapshot, Values, Vm};
use serde_json::{Value, json};

use crate::host::{Page, PageHost};
use crate::look;
use crate::tools;

/// A file's name and contents.
pub type File = (String, Vec<u8>);

/// What a program finds.
#[derive(Default)]
pub struct Setting {
    /// The files, of which the first is the program: a text or an image.
    pub files: Vec<File>,
    /// What it reads from standard input.
    pub stdin: Vec<u8>,
    /// Bytes that its objects may take.
    pub memory: u64,
    /// Where `math.random` and the hashes of strings begin.
    pub seed: (u64, u64),
}

/// How a piece of a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// The program is done, and its finalizers too.
    Done = 0,
    /// The piece is over, the program not.
    More = 1,
    /// An error that the program does not catch.
    Failed = 2,
    /// The program has ended itself.
    Exited = 3,
}

/// A program that runs or is paused.
pub struct Machine {
    vm: Vm,
    files: Vec<File>,
    view: View,
    /// How it ended, while finalizers still run.
    ending: Option<(Status, Value)>,
}

impl Machine {
    /// Compiles a program and makes it ready.
    ///
    /// # Errors
    /// The diagnostics of the program as an array, or a message as a string.
    pub fn start(setting: Setting, page: Box<dyn Page + Send>) -> Result<Machine, Value> {
        let Some((name, text)) = setting.files.first().cloned() else {
            return Err(json!("there is no program"));
        };
        let (host, view) = host(&setting, page);
        let builder = Vm::builder(&registry()).host(host).memory(setting.memory).default_paths();
        let mut vm = builder.build().map_err(|e| message(&e))?;
        let chunk = Chunk::file(text.clone()).name(format!("@{name}"));
        let is_image = chunk.is_image();
        let main = vm.compile(chunk).map_err(|error| match tools::diagnostics(&name, &text) {
            Value::Array(found) if !is_image && !found.is_empty() => Value::Array(found),
            _ => json!(String::from_utf8_lossy(error.message())),
        })?;
        vm.start(&main, Values::default()).map_err(|e| message(&e))?;
        Ok(Machine { vm, files: setting.files, view, ending: None })
    }

    /// Goes on with a program that was saved, in the state in which it was; files and everything else
    /// in the setting but its memory limit and page come with it.
    ///
    /// # Errors
    /// A message: the bytes are damaged, or of another version.
    pub fn restore(
        bytes: &[u8],
        memory: u64,
        page: Box<dyn Page + Send>,
    ) -> Result<Machine, Value> {
        let attachment = Snapshot::attachment(bytes).map_err(|e| json!(e.to_string()))?;
        let files = unpack(&attachment).ok_or_else(|| json!("the snapshot is not of a page"))?;
        let setting = Setting { files, memory, ..Setting::default() };
        let (host, view) = host(&setting, page);
        let restore = Restore::new().memory(memory).host(host).files(|_| Rebind::Reopen);
        let restored = Vm::restore(&registry(), bytes, restore);
        let vm = restored.map_err(|e| json!(e.to_string()))?.vm;
        Ok(Machine { vm, files: setting.files, view, ending: None })
    }

    /// Saves the program, compressed.
    ///
    /// # Errors
    /// A message: it is in a state that cannot be saved, or it has ended.
    pub fn snapshot(&mut self) -> Result<Vec<u8>, Value> {
        if self.ending.is_some() {
            return Err(json!("the program has ended"));
        }
        let attachment = pack(self.files.iter().filter_map(|(name, _)| {
            let contents = self.view.file(name)?;
            Some((name.as_str(), contents))
        }));
        let snapshot = self.vm.snapshot_with(&attachment).map_err(|e| json!(e.to_string()))?;
        Ok(snapshot.compressed())
    }

    /// Runs so many units of fuel; then what the program has written is with the page. Beside the
    /// status, what is known of the end: nothing, an error, an exit code.
    pub fn run(&mut self, fuel: u64) -> (Status, Value) {
        let outcome = self.vm.run(Budget::fuel(fuel));
        let ended = match self.ending.take() {
            // Finalizers are done, or have failed, which the machine has reported as a warning.
            Some(ending) if !matches!(outcome, Outcome::OutOfFuel) => ending,
            Some(ending) => {
                self.ending = Some(ending);
                (Status::More, Value::Null)
            }
            None => self.after(outcome, fuel),
        };
        // Output fails nowhere.
        let _ = self.vm.host().flush_all();
        ended
    }

    /// After a piece of the program itself.
    fn after(&mut self, outcome: Outcome, fuel: u64) -> (Status, Value) {
        let (status, end) = match outcome {
            Outcome::OutOfFuel | Outcome::Interrupted | Outcome::Failing | Outcome::Stopped => {
                return (Status::More, Value::Null);
            }
            Outcome::Done(_) | Outcome::Yielded(_) => (Status::Done, Value::Null),
            Outcome::Exit { code, close: false } => return (Status::Exited, json!(code)),
            Outcome::Exit { code, .. } => (Status::Exited, json!(code)),
            Outcome::Failed(error) => (Status::Failed, of_error(&error)),
            Outcome::Call(call) => {
                return (
                    Status::Failed,
                    json!({ "message": format!("'{}' has no host", call.name) }),
                );
            }
        };
        match self.vm.close(Budget::fuel(fuel)) {
            Outcome::OutOfFuel => {
                self.ending = Some((status, end));
                (Status::More, Value::Null)
            }
            _ => (status, end),
        }
    }

    /// Where the program is.
    pub fn state(&mut self) -> Value {
        look::state(&mut self.vm, &self.files)
    }
}

fn registry() -> Registry {
    Registry::builder().libs(Libs::ALL).build()
}

fn host(setting: &Setting, page: Box<dyn Page + Send>) -> (PageHost, View) {
    let (a, b) = setting.seed;
    let mut files = Memory::new().stdin(&setting.stdin).seed(a, b);
    for (name, contents) in &setting.files {
        files = files.file(name, contents).file(format!("./{name}"), contents);
    }
    let view = files.view();
    (PageHost::new(page, files), view)
}

fn message(error: &Error) -> Value {
    json!(String::from_utf8_lossy(error.message()))
}

fn of_error(error: &Error) -> Value {
    let levels = error.levels().iter().map(|level| match &level.place {
        Some((file, line)) => json!({ "function": level.function, "file": file, "line": line }),
        None => json!({ "function": level.function }),
    });
    json!({
        "message": String::from_utf8_lossy(error.message()),
        "report": error.report(),
        "traceback": String::from_utf8_lossy(error.traceback()),
        "levels": levels.collect::<Value>(),
    })
}

/// The files as an attachment of a snapshot: for each the lengths of name and contents (4 bytes each,
/// little-endian), the name, the contents.
fn pack<'a>(files: impl Iterator<Item = (&'a str, Vec<u8>)>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, contents) in files {
        bytes.extend((name.len() as u32).to_le_bytes());
        bytes.extend((contents.len() as u32).to_le_bytes());
        bytes.extend(name.as_bytes());
        bytes.extend(contents);
    }
    bytes
}

/// The files of an attachment, if it is one of [`pack`].
pub(crate) fn unpack(mut bytes: &[u8]) -> Option<Vec<File>> {
    let mut files = Vec::new();
    while !bytes.is_empty() {
        let (head, rest) = bytes.split_first_chunk::<8>()?;
        let [a, b, c, d, e, f, g, h] = *head;
        let name = u32::from_le_bytes([a, b, c, d]) as usize;
        let contents = u32::from_le_bytes([e, f, g, h]) as usize;
        let (name, rest) = rest.split_at_checked(name)?;
        let (contents, rest) = rest.split_at_checked(contents)?;
        files.push((String::from_utf8(name.to_vec()).ok()?, contents.to_vec()));
        bytes = rest;
    }
    Some(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Screen(Arc<Mutex<Vec<u8>>>);

    impl Page for Screen {
        fn write(&mut self, _: u32, bytes: &[u8]) {
            self.0.lock().expect("one thread").extend(bytes);
        }
        fn now(&mut self) -> f64 {
            86_400_000.0 * 365.0
        }
        fn offset(&mut self, _: f64) -> f64 {
            2.0 * 3_600_000.0
        }
    }

    impl Screen {
        fn text(&self) -> String {
            String::from_utf8_lossy(&self.0.lock().expect("one thread")).into_owned()
        }
    }

    fn started(text: &str) -> (Machine, Screen) {
        let screen = Screen::default();
        let files = vec![
            ("main.lua".to_string(), text.as_bytes().to_vec()),
            ("other.lua".to_string(), b"return { answer = 42 }".to_vec()),
        ];
        let setting = Setting { files, memory: 64 << 20, ..Setting::default() };
        let machine = Machine::start(setting, Box::new(screen.clone()));
        (machine.unwrap_or_else(|error| panic!("{error}")), screen)
    }

    #[test]
    fn programs_find_their_files_and_the_clock() {
        let text = "print(require('other').answer, os.date('%H:%M', 0), os.time())";
        let (mut machine, screen) = started(text);
        assert_eq!(machine.run(1_000_000), (Status::Done, Value::Null));
        assert_eq!(screen.text(), "42\t02:00\t31536000\n");
    }

    #[test]
    fn a_saved_program_goes_on() {
        let (mut machine, screen) =
            started("for i = 1, 3 do print(i) end print(io.open('other.lua'):read('a'))");
        let mut bytes = Vec::new();
        while machine.run(1).0 == Status::More {
            if bytes.is_empty() && screen.text() == "1\n" {
                bytes = machine.snapshot().expect("a snapshot");
            }
        }
        let whole = screen.text();
        let screen = Screen::default();
        let restored = Machine::restore(&bytes, 64 << 20, Box::new(screen.clone()));
        let mut machine = restored.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(machine.run(1_000_000).0, Status::Done);
        assert_eq!(format!("1\n{}", screen.text()), whole);
    }

    #[test]
    fn finalizers_run_at_the_end_and_endless_ones_are_stopped_by_fuel() {
        let (mut machine, _) =
            started("setmetatable({}, { __gc = function() while true do end end })");
        for _ in 0..3 {
            assert_eq!(machine.run(10_000).0, Status::More);
        }
    }

    #[test]
    fn a_step_is_one_instruction() {
        let (mut machine, _) = started("local a, b = '😀', 2\nlocal c = b + 1\nreturn c");
        let mut lines = Vec::new();
        loop {
            let state = machine.state();
            lines.push(state["frames"][0]["line"].as_u64().unwrap_or(0));
            if machine.run(1).0 != Status::More {
                break;
            }
        }
        lines.dedup();
        // Before the first instruction no function is active.
        assert_eq!(lines, [0, 1, 2, 3]);
    }

    #[test]
    fn damaged_attachments_are_refused() {
        let whole = pack([("a", vec![1, 2]), ("b", vec![])].into_iter());
        assert_eq!(unpack(&whole).map(|files| files.len()), Some(2));
        for length in 1..whole.len() {
            let files = unpack(&whole[..length]);
            assert!(files.is_none_or(|files| files.len() == 1), "{length}");
        }
    }
}
