//! A worker: a process that runs one file of tests, and writes [`Event`]s of it.

use luka::host::FileId;
use luka::{
    Budget, Chunk, Error, Function, HostCall, Jit, Libs, Outcome, Registry, Table, Value, Vm,
    toolchain,
};
use std::io::{PipeWriter, Write};
use std::path::Path;
use std::time::Instant;

use super::capture::Capture;
use super::coverage;
use super::job::{Caught, Ended, Event, Job, Kind, Status};
use super::recall::Recall;
use crate::interrupt;
use crate::packages;

/// Fuel to deal with an error in, when that for a test is used up.
const GRACE: u64 = 20_000_000;

/// The name of the host function, while there is no better place for it than a global.
const ASK: &str = "ask the runner of tests";

/// A machine in which a file of tests can be run at once.
pub struct Prepared {
    vm: Vm,
    /// What its loader knows.
    pub recall: Recall,
    /// Runs a file of tests: what the module `luka.test.run` is.
    run: Function,
    /// Asks the host.
    ask: Value,
}

impl Prepared {
    /// Makes the machine and loads the modules for tests.
    ///
    /// # Errors
    /// The modules cannot be loaded.
    pub fn new() -> luka::Result<Prepared> {
        let recall = Recall::default();
        let mut vm = machine(&recall);
        let ask = vm.globals().get(&vm, ASK)?;
        vm.globals().set(&vm, ASK, Value::Nil)?;
        // What is garbage now is none that every worker would have to find.
        let prepare = "local run = require 'luka.test.run' collectgarbage() return run";
        let prepare = vm.compile(Chunk::text(prepare).name("=luka.test"))?;
        let run = prepare.call(&mut vm, ())?;
        Ok(Prepared { vm, recall, run, ask })
    }
}

/// Does a job, in a process of its own, and tells of it.
///
/// # Errors
/// Nothing can be told.
pub fn work(job: Job, prepared: &mut Prepared, out: PipeWriter) -> std::io::Result<()> {
    let capture = Capture::begin()?;
    let mut worker = Worker {
        number: 0,
        test: None,
        until: 0,
        limit: job.fuel,
        used_up: false,
        stops: false,
        has_tests: false,
        began: (0, Instant::now()),
        job,
        capture,
        out,
    };
    let left_after = match worker.job.kind.clone() {
        Kind::Examples(examples) => {
            examples.iter().for_each(|example| worker.example(example));
            None
        }
        Kind::Spec | Kind::Plain => worker.file(prepared),
    };
    worker.tell(&Event::Over { left_after, compiled: prepared.recall.compiled() });
    Ok(())
}

/// The test under way.
struct Test {
    name: String,
    line: Option<u32>,
}

struct Worker {
    job: Job,
    capture: Capture,
    out: PipeWriter,
    /// The number of the last test.
    number: usize,
    test: Option<Test>,
    /// The fuel used in all at which the machine is stopped, and how much the test may use.
    until: u64,
    limit: u64,
    /// The test has used up its fuel.
    used_up: bool,
    /// A failure has ended the run.
    stops: bool,
    /// Whether there was a test, selected or not.
    has_tests: bool,
    /// Fuel used, and the time, when the test began.
    began: (u64, Instant),
}

/// What the run of a file has come to.
enum Ran {
    Finished,
    /// The machine is given up; tests behind this one are left.
    Lost(usize),
}

impl Worker {
    fn tell(&mut self, event: &Event) {
        let mut line = serde_json::to_vec(event).unwrap_or_default();
        line.push(b'\n');
        // If nobody listens, nobody waits for the rest either.
        if self.out.write_all(&line).is_err() {
            self.stops = true;
        }
    }

    /// Runs a file of tests. The number of the last test that has run, if the machine had to be given up.
    fn file(&mut self, prepared: &mut Prepared) -> Option<usize> {
        let Prepared { vm, run, ask, .. } = prepared;
        if self.job.covers {
            toolchain::machine(vm).cover();
        } else {
            vm.set_jit(Jit::On);
        }
        let ran = match self.start(vm, run, ask.clone()) {
            Ok(()) => self.run(vm),
            Err(error) => {
                self.outside(vm, "luka test", Caught::message(error.to_string()));
                Ran::Finished
            }
        };
        if self.job.covers {
            for file in coverage::of_machine(toolchain::machine(vm)) {
                self.tell(&Event::Covered(file));
            }
        }
        if matches!(ran, Ran::Finished) {
            let _ = vm.close(Budget::fuel(self.job.fuel));
        }
        let _ = vm.host().flush_all();
        match ran {
            Ran::Finished => None,
            Ran::Lost(number) => (!self.stops).then_some(number),
        }
    }

    fn start(&mut self, vm: &mut Vm, run: &Function, ask: Value) -> luka::Result<()> {
        let settings = vm.to_value(&self.job.settings)?;
        self.begin(vm);
        vm.start(run, (ask, settings))
    }

    fn run(&mut self, vm: &mut Vm) -> Ran {
        loop {
            match vm.run(Budget::unlimited().until(self.until)) {
                Outcome::Call(call) => {
                    let answer = self.answer(vm, &call);
                    if let Err(error) = vm.answer(call.id, answer) {
                        return self.broken(vm, &error);
                    }
                }
                Outcome::OutOfFuel if !self.used_up => {
                    self.used_up = true;
                    self.until = self.until.saturating_add(GRACE);
                    if let Err(error) = vm.fail(Error::msg(self.used_up_message())) {
                        return self.broken(vm, &error);
                    }
                }
                Outcome::Done(_) => return Ran::Finished,
                Outcome::Exit { code, .. } => return self.exited(vm, code),
                Outcome::Failed(error) => return self.broken(vm, &error),
                _ => return self.given_up(vm),
            }
        }
    }

    fn used_up_message(&self) -> String {
        format!("the test has used up its fuel of {} units", self.limit)
    }

    /// The program does not stop although its fuel is used up.
    fn given_up(&mut self, vm: &mut Vm) -> Ran {
        let message = self.used_up_message();
        self.end(vm, Status::Error, vec![Caught::message(message)]);
        Ran::Lost(self.number)
    }

    /// The program has called `os.exit`.
    fn exited(&mut self, vm: &mut Vm, code: i32) -> Ran {
        if self.test.is_none() && !self.has_tests {
            let caught =
                (code != 0).then(|| Caught::message(format!("it ended with exit code {code}")));
            self.program(vm, caught);
            return Ran::Finished;
        }
        let message = format!("the program has ended itself with exit code {code}");
        self.end(vm, Status::Error, vec![Caught::message(message)]);
        Ran::Lost(self.number)
    }

    /// Something that is no error of a test.
    fn broken(&mut self, vm: &mut Vm, error: &Error) -> Ran {
        self.end(vm, Status::Error, vec![Caught::message(error.report())]);
        Ran::Lost(self.number)
    }

    // ---------------------------------------------------------------- what the program asks

    fn answer(&mut self, vm: &mut Vm, call: &HostCall) -> luka::Result<Value> {
        let (kind, first, second, third, fuel): (String, Value, Value, Value, Option<u64>) =
            call.get(vm)?;
        Ok(match kind.as_str() {
            "wants" => {
                let number = usize::try_from(first.to::<u64>(vm)?).unwrap_or(usize::MAX);
                let lines: Vec<i64> = third.to(vm)?;
                let wants = self.wants(vm, number, second.to(vm)?, &lines, fuel);
                Value::Boolean(wants)
            }
            "start" => {
                if self.test.is_some() {
                    self.begin(vm);
                }
                Value::Nil
            }
            "done" => {
                let (status, caught) = (first.to(vm)?, caught_list(vm, &second)?);
                self.end(vm, status, caught);
                Value::Boolean(self.stops)
            }
            "error" => {
                let (what, caught) = (first.to::<String>(vm)?, second.to(vm)?);
                self.outside(vm, &what, caught);
                Value::Nil
            }
            "program" => {
                let caught = if first.is_nil() { None } else { Some(first.to(vm)?) };
                self.program(vm, caught);
                Value::Nil
            }
            "unused" => {
                let name = first.to(vm)?;
                self.tell(&Event::Unused(name));
                Value::Nil
            }
            _ => return Err(Error::msg("this is no question")),
        })
    }

    /// Whether a test is to run.
    fn wants(
        &mut self,
        vm: &mut Vm,
        number: usize,
        name: String,
        lines: &[i64],
        fuel: Option<u64>,
    ) -> bool {
        self.has_tests = true;
        let lines: Vec<u32> = lines.iter().filter_map(|&line| u32::try_from(line).ok()).collect();
        if number <= self.job.after || !self.job.selection.has(number, &name, &lines) {
            return false;
        }
        let line = lines.first().copied();
        if self.job.lists {
            self.tell(&Event::Listed { name, line });
            return false;
        }
        self.number = number;
        self.tell(&Event::Begin { number, name: name.clone(), line });
        self.test = Some(Test { name, line });
        self.limit = fuel.unwrap_or(self.job.fuel);
        self.begin(vm);
        true
    }

    /// Counts fuel and time from now on.
    fn begin(&mut self, vm: &mut Vm) {
        self.used_up = false;
        self.began = (vm.fuel_used(), Instant::now());
        self.until = vm.fuel_used().saturating_add(self.limit);
    }

    /// What was written up to now.
    fn output(&mut self, vm: &mut Vm) -> String {
        let _ = vm.host().flush_all();
        self.capture.take()
    }

    /// The test under way has ended; without one, it was something else.
    fn end(&mut self, vm: &mut Vm, mut status: Status, mut caught: Vec<Caught>) {
        let Some(test) = self.test.take() else {
            let caught = caught.into_iter().next().unwrap_or_default();
            return self.outside(vm, "between tests", caught);
        };
        if self.used_up && !status.is_bad() {
            // It has caught the error.
            status = Status::Error;
            caught = vec![Caught::message(self.used_up_message())];
        }
        let ended = Ended {
            name: test.name,
            line: test.line,
            is_test: true,
            status,
            caught,
            output: self.output(vm),
            fuel: vm.fuel_used() - self.began.0,
            microseconds: self.began.1.elapsed().as_micros() as u64,
        };
        self.ended(vm, ended);
    }

    fn ended(&mut self, vm: &mut Vm, ended: Ended) {
        self.stops |= self.job.fails_fast && ended.status.is_bad();
        self.tell(&Event::End(ended));
        self.limit = self.job.fuel;
        self.begin(vm);
    }

    /// Something outside of tests has failed.
    fn outside(&mut self, vm: &mut Vm, what: &str, caught: Caught) {
        // A hook has failed before the test: that does not run.
        let line = self.test.take().and_then(|test| test.line).or(caught.line);
        let ended = Ended {
            name: what.trim_end().to_string(),
            line,
            is_test: false,
            status: Status::Error,
            caught: vec![caught],
            output: self.output(vm),
            fuel: 0,
            microseconds: 0,
        };
        self.ended(vm, ended);
    }

    /// The file has registered no tests: it is one itself.
    fn program(&mut self, vm: &mut Vm, caught: Option<Caught>) {
        let name = self.job.path.clone();
        if self.job.after > 0 || !self.job.selection.has(1, &name, &[]) {
            return;
        }
        if self.job.lists {
            return self.tell(&Event::Listed { name, line: None });
        }
        let ended = Ended {
            name,
            line: None,
            is_test: true,
            status: if caught.is_some() { Status::Error } else { Status::Success },
            caught: caught.into_iter().collect(),
            output: self.output(vm),
            fuel: vm.fuel_used() - self.began.0,
            microseconds: self.began.1.elapsed().as_micros() as u64,
        };
        self.ended(vm, ended);
    }

    // ---------------------------------------------------------------- examples

    /// Runs an example in a machine of its own and compares what it prints.
    fn example(&mut self, example: &super::job::Example) {
        self.number += 1;
        let number = self.number;
        let name = format!("example in line {}", example.line);
        if self.stops
            || number <= self.job.after
            || !self.job.selection.has(number, &name, &[example.line, example.line])
        {
            return;
        }
        let line = Some(example.line);
        if self.job.lists {
            return self.tell(&Event::Listed { name, line });
        }
        self.tell(&Event::Begin { number, name: name.clone(), line });
        self.test = Some(Test { name, line });
        let mut vm = machine(&Recall::default());
        self.limit = self.job.fuel;
        self.begin(&mut vm);
        let chunk = Chunk::text(&example.text).name(format!("@{}", self.job.path));
        let result = self.set_path(&mut vm).and_then(|()| Ok(vm.compile(chunk)?));
        let result = result.and_then(|f: Function| {
            vm.start(&f, ())?;
            match vm.run(Budget::fuel(self.job.fuel)) {
                Outcome::Exit { code: 0, .. } => Ok(()),
                Outcome::OutOfFuel => Err(Error::msg(self.used_up_message())),
                outcome => outcome.done().map(drop),
            }
        });
        let _ = vm.host().flush(FileId(1));
        let output = self.output(&mut vm);
        let caught = match (result, &example.prints) {
            (Err(error), _) => Some(Caught::message(error.report())),
            (Ok(()), Some(expected)) if *expected != output => Some(Caught {
                message: Some("it prints something else than it says".into()),
                differences: output_differences(expected, &output),
                line,
                source: Some(self.job.path.clone()),
                ..Caught::default()
            }),
            _ => None,
        };
        let status = if caught.is_some() { Status::Error } else { Status::Success };
        self.end(&mut vm, status, caught.into_iter().collect());
    }

    fn set_path(&self, vm: &mut Vm) -> luka::Result<()> {
        let package: Table = vm.globals().get(vm, "package")?;
        let path: String = package.get(vm, "path")?;
        package.set(
            vm,
            "path",
            format!("{};{path}{}", self.job.settings.lpath, packages::search_path(Path::new("."))),
        )
    }
}

/// What an example prints and what it says, line by line.
fn output_differences(expected: &str, got: &str) -> Vec<String> {
    let diff = similar::TextDiff::from_lines(expected, got);
    let lines = diff.iter_all_changes().map(|change| {
        let sign = match change.tag() {
            similar::ChangeTag::Delete => '-',
            similar::ChangeTag::Insert => '+',
            similar::ChangeTag::Equal => ' ',
        };
        format!("{sign} {}", change.value().trim_end_matches('\n'))
    });
    std::iter::once("(- expected, + got)".to_string()).chain(lines).collect()
}

/// A list of errors as the language has it.
fn caught_list(vm: &Vm, value: &Value) -> luka::Result<Vec<Caught>> {
    let Value::Table(list) = value else { return Ok(Vec::new()) };
    list.sequence::<Value>(vm)?.iter().map(|caught| caught.to(vm)).collect()
}

/// A machine with everything that programs find, and a way to ask.
fn machine(recall: &Recall) -> Vm {
    let registry = Registry::builder().libs(Libs::ALL).call(ASK).build();
    let system = interrupt::system(&luka::host::Lost::default());
    Vm::builder(&registry)
        .host(system)
        .loader(recall.loader())
        .trusted()
        .build()
        .expect("a machine without a memory limit can be made")
}
