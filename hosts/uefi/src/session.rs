//! The prompt: inputs that may have several lines, run in slices of fuel with a look at the keyboard between
//! them, and the image that has the session as it was after the last input.

use crate::editor::History;
use crate::host::{Board, Shared, with};
use crate::image::Image;
use crate::machine::{Typed, read_line};
use luka::toolchain::bytes::{Input as Bytes, Out};
use luka::toolchain::{self, Scope};
use luka::{
    Budget, Error, Function, Libs, Outcome, Rebind, Registry, Reports, Restore, Result, Value,
    Values, Vm,
};
use luka_compiler::Options;
use luka_compiler::input::{Completeness, Input, compile_input, input_completeness};
use luka_compiler::source::{Source, SourceKind};
use luka_report::{Style, render_all};

/// Units of fuel between two looks at the keyboard.
const SLICE: u64 = 500_000;

/// The most bytes that are kept free for saving.
const LARGEST: usize = 64 << 20;

/// A session.
pub struct Session {
    vm: Vm,
    scope: Scope,
    history: History,
    /// Inputs so far.
    inputs: u64,
    machine: Shared,
    image: Image,
    /// The most bytes that objects of programs may use.
    memory: u64,
    /// Memory that is kept free for saving the state while programs run: the firmware refuses what there
    /// is not, and a program may leave its memory in pieces.
    reserve: Vec<u8>,
    /// Why the last state was not saved; said once.
    unsaved: Option<String>,
}

/// What a state has: the machine, its variables, earlier lines, and how many inputs there were.
type Known = (Vm, Scope, History, u64);

/// Whether the prompt goes on after an input.
#[derive(PartialEq, Eq)]
enum After {
    Next,
    End,
}

fn registry() -> Registry {
    Registry::builder().libs(Libs::ALL).build()
}

fn reports() -> Reports {
    Reports::new().files(|name| std::fs::read(crate::files::path(name)).ok())
}

impl Session {
    /// The session of the image, if there is a whole one, else a new one, whose programs have so many
    /// bytes of memory.
    ///
    /// # Errors
    /// There is too little memory for the library.
    pub fn open(machine: &Shared, image: Image, memory: u64) -> Result<Session> {
        let mut damage = None;
        for bytes in image.candidates() {
            match Session::restored(machine, &bytes, memory) {
                Ok((vm, scope, history, inputs)) => {
                    let machine = machine.clone();
                    let known = (vm, scope, history, inputs);
                    let mut session = Session::of(known, machine, image, memory);
                    session.say(&format!("The session is as after input {inputs}.\n"));
                    return Ok(session);
                }
                Err(why) => damage = Some(why),
            }
        }
        let mut session = Session::new(machine, image, memory)?;
        if let Some(why) = damage {
            session.say(&format!("The saved session cannot be used: {why}. This is a new one.\n"));
        }
        Ok(session)
    }

    fn new(machine: &Shared, image: Image, memory: u64) -> Result<Session> {
        let builder = Vm::builder(&registry()).host(Board::new(machine.clone()));
        let vm = builder.memory(memory).default_paths().build()?;
        let scope = Scope::new(&vm)?;
        let known = (vm, scope, History::default(), 0);
        Ok(Session::of(known, machine.clone(), image, memory))
    }

    fn of(known: Known, machine: Shared, image: Image, memory: u64) -> Session {
        let (mut vm, scope, history, inputs) = known;
        vm.set_reports(reports());
        let (reserve, unsaved) = (Vec::new(), None);
        let mut session =
            Session { vm, scope, history, inputs, machine, image, memory, reserve, unsaved };
        session.keep_reserve();
        session
    }

    /// Takes memory for the next state, which grows by doubling and is at most about as large as what
    /// programs have.
    fn keep_reserve(&mut self) {
        let size = usize::try_from(self.memory).unwrap_or(usize::MAX).saturating_mul(2);
        // What cannot be had now may be there later.
        let _ = self.reserve.try_reserve_exact(size.min(LARGEST));
    }

    fn restored(machine: &Shared, bytes: &[u8], memory: u64) -> std::result::Result<Known, String> {
        let restore = Restore::new().host(Board::new(machine.clone())).memory(memory);
        let restore = restore.files(|_| Rebind::Reopen);
        let restored = Vm::restore(&registry(), bytes, restore).map_err(|e| e.to_string())?;
        let mut input = Bytes(&restored.attachment);
        let mut read = || {
            let scope = Scope::read(&restored.vm, &restored.roots, &mut input)?;
            let inputs = input.u64()?;
            let history = History::of(input.list(Bytes::text)?);
            input.end()?;
            Some((scope, history, inputs))
        };
        let read = read().ok_or("what it says about the session makes no sense")?;
        let (scope, history, inputs) = read;
        Ok((restored.vm, scope, history, inputs))
    }

    fn say(&mut self, text: &str) {
        with(&self.machine, |machine| machine.write(text));
    }

    /// Reads inputs and runs them, until there are no more.
    pub fn run(&mut self) {
        while let Some(text) = self.read_input() {
            match text.trim() {
                "" => continue,
                ":reset" => self.reset(),
                ":help" => self.say(HELP),
                _ => {
                    self.inputs += 1;
                    let after = self.evaluate(&text);
                    self.save();
                    if after == After::End {
                        return;
                    }
                }
            }
        }
    }

    /// An input, with as many lines as it needs; `None` at the end.
    fn read_input(&mut self) -> Option<String> {
        let mut text = String::new();
        let mut prompt = "> ";
        loop {
            let history = &self.history;
            match with(&self.machine, |machine| read_line(machine, prompt, history)) {
                Typed::End if text.is_empty() => return None,
                Typed::End => return Some(text),
                Typed::Cancelled => {
                    text.clear();
                    prompt = "> ";
                    continue;
                }
                Typed::Line(line) => {
                    self.history.add(&line);
                    text.push_str(&line);
                }
            }
            let source = Source::new(b"=input", text.as_bytes(), SourceKind::Chunk);
            if input_completeness(&source, &Options::default()) != Completeness::Incomplete {
                return Some(text);
            }
            text.push('\n');
            prompt = ">> ";
        }
    }

    /// Runs an input and shows its values or what went wrong.
    fn evaluate(&mut self, text: &str) -> After {
        let name = format!("=(input {})", self.inputs);
        let source = Source::new(name.as_bytes(), text.as_bytes(), SourceKind::Chunk);
        let variables = self.scope.variables(&self.vm);
        let input = match compile_input(&source, &Options::default(), &variables) {
            Ok(input) => input,
            Err(found) => {
                let report = render_all(&found, &source, Style::PLAIN);
                self.say(&report);
                return After::Next;
            }
        };
        match self.execute(input, text, &variables) {
            Ok(outcome) => outcome,
            Err(error) => {
                self.complain(&error);
                After::Next
            }
        }
    }

    fn execute(
        &mut self,
        input: Input,
        text: &str,
        variables: &[luka_compiler::input::Variable],
    ) -> Result<After> {
        let Input { module, upvalues, globals, .. } = input;
        let text = Some(text.as_bytes().into());
        let f = toolchain::function(&self.vm, |machine| machine.instantiate(module, text))?;
        self.scope.link(&self.vm, &f, &upvalues, variables)?;
        let outcome = self.call(&f, Values::default());
        for name in &globals {
            self.scope.forget(name);
        }
        self.scope.keep(&self.vm, &f, &upvalues, variables)?;
        match outcome? {
            None => Ok(After::End),
            Some(values) => {
                self.show(&values)?;
                Ok(After::Next)
            }
        }
    }

    /// Calls a function; `None` if it has ended the program.
    fn call(&mut self, f: &Function, arguments: Values) -> Result<Option<Values>> {
        self.vm.start(f, arguments)?;
        let mut interrupts = 0;
        loop {
            match self.vm.run(Budget::fuel(SLICE)) {
                Outcome::Done(values) => return Ok(Some(values)),
                Outcome::Failed(error) => return Err(error),
                Outcome::Exit { .. } => return Ok(None),
                Outcome::OutOfFuel => {
                    if with(&self.machine, |machine| machine.interrupted()) {
                        interrupts += 1;
                        // A program may catch the first one. What it does then is ended by the next.
                        if interrupts == 2 {
                            return Err(Error::msg("interrupted!"));
                        }
                        self.vm.fail(Error::msg("interrupted!"))?;
                    }
                }
                other => return other.done().map(Some),
            }
        }
    }

    fn complain(&mut self, error: &Error) {
        let report = error.report();
        self.say(report.trim_end());
        self.say("\n");
    }

    /// Shows the values of an input as `print` would, strings in quotes.
    fn show(&mut self, values: &Values) -> Result<()> {
        if values.is_empty() {
            return Ok(());
        }
        self.scope.note_results(&self.vm, values)?;
        let to_string: Function = self.vm.globals().get(&self.vm, "tostring")?;
        let mut texts = Vec::new();
        for value in values.iter() {
            if let Value::String(string) = value {
                let bytes = string.bytes(&self.vm)?.to_vec();
                texts.push(format!("{:?}", String::from_utf8_lossy(&bytes)));
                continue;
            }
            let argument = Values::from(vec![value.clone()]);
            let Some(shown) = self.call(&to_string, argument)? else { return Ok(()) };
            let bytes = shown.get::<luka::Bytes>(&self.vm)?;
            texts.push(String::from_utf8_lossy(&bytes.0).into_owned());
        }
        let line = texts.join("\t") + "\n";
        self.say(&line);
        Ok(())
    }

    /// Writes the image.
    fn save(&mut self) {
        self.vm.compact();
        self.reserve = Vec::new();
        let mut out = Out::default();
        self.scope.write(&mut out);
        out.u64(self.inputs);
        out.u64(self.history.lines().len() as u64);
        for line in self.history.lines() {
            out.bytes(line.as_bytes());
        }
        let saved = match self.vm.snapshot_with(&out.0) {
            Ok(state) => self.image.write(state.as_bytes()).map_err(|error| error.to_string()),
            Err(unsavable) => Err(unsavable.reasons().join("; ")),
        };
        match saved {
            Ok(()) => self.unsaved = None,
            Err(why) if self.unsaved.as_ref() != Some(&why) => {
                self.say(&format!("note: this is not saved until it can be: {why}\n"));
                self.unsaved = Some(why);
            }
            Err(_) => {}
        }
        self.keep_reserve();
    }

    /// Begins anew, without the image.
    fn reset(&mut self) {
        let (image, memory) = (self.image.clone(), self.memory);
        let made = image.remove().map_err(|error| error.to_string());
        let made = made.and_then(|()| {
            Session::new(&self.machine, image, memory).map_err(|error| error.to_string())
        });
        match made {
            Ok(new) => *self = new,
            Err(why) => self.say(&format!("The session stays: {why}\n")),
        }
    }
}

const HELP: &str = "\
Expressions show their values; local variables and globals stay, also when the power goes.
Up and Down: earlier lines. Ctrl-C: gives up the line, or stops a program; twice if it catches errors.
Files are on the volume that this was started from: io.open, dofile, require.
:reset begins a new session. Ctrl-D or os.exit() turns the machine off.
";
