//! The processes that run tests, one a file, several at a time: copies of a foreman each (see `foreman`).

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, PipeWriter, Write};
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::coverage::FileCoverage;
use super::foreman::{self, Begun};
use super::job::{Caught, Ended, Event, Job, Status};

/// How often a waiting thread looks whether its work is still wanted.
const TICK: Duration = Duration::from_millis(50);

/// What came of a file.
#[derive(Default)]
pub struct FileResult {
    /// Tests that have ended, and errors outside of them.
    pub ended: Vec<Ended>,
    /// Tests that were listed, with their lines.
    pub listed: Vec<(String, Option<u32>)>,
    /// Snapshots that no test has used.
    pub unused: Vec<String>,
    pub covered: Vec<FileCoverage>,
}

impl FileResult {
    /// Whether anything went wrong.
    pub fn is_bad(&self) -> bool {
        self.ended.iter().any(|ended| ended.status.is_bad())
    }
}

/// How jobs are done.
pub struct Pool {
    /// Each does one job at a time.
    workers: Vec<Workers>,
    rules: Rules,
}

/// The rules that jobs are done by.
#[derive(Clone, Copy)]
pub struct Rules {
    /// How long nothing may be heard of a process.
    pub timeout: Duration,
    /// Whether each test has a process of its own.
    pub isolates: bool,
    /// Whether nothing behind the first file with a failure is wanted.
    pub fails_fast: bool,
}

impl Pool {
    /// A pool of processes that have been made.
    pub fn new(rules: Rules, foremen: Vec<Begun>) -> Pool {
        let foremen = foremen.into_iter().map(|begun| Workers(Some(Foreman::of(begun))));
        Pool { workers: foremen.collect(), rules }
    }

    /// Does the jobs and hands their results to `done`, in the order of the jobs. With `fails_fast`, the
    /// last result is that of the first job with a failure.
    pub fn run(&mut self, jobs: &[Job], mut done: impl FnMut(usize, FileResult)) {
        let next = AtomicUsize::new(0);
        // The first job with a failure: with `fails_fast`, no later one is wanted.
        let last = AtomicUsize::new(usize::MAX);
        let (sender, results) = channel();
        let rules = self.rules;
        std::thread::scope(|scope| {
            for workers in &mut self.workers {
                let (sender, next, last) = (sender.clone(), &next, &last);
                scope.spawn(move || {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some(job) = jobs.get(number) else { return };
                        let is_wanted = || number <= last.load(Ordering::Relaxed);
                        if !is_wanted() {
                            return;
                        }
                        let result = rules.file(job, workers, &is_wanted);
                        if rules.fails_fast && result.is_bad() {
                            last.fetch_min(number, Ordering::Relaxed);
                        }
                        if sender.send((number, result)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            let mut waiting = BTreeMap::new();
            let mut expected = 0;
            for (number, result) in results {
                waiting.insert(number, result);
                while let Some(result) = waiting.remove(&expected) {
                    if expected <= last.load(Ordering::Relaxed) {
                        done(expected, result);
                    }
                    expected += 1;
                }
            }
        });
    }
}

impl Rules {
    /// Runs the tests of a file, in one process or, isolated, one process each.
    fn file(self, job: &Job, workers: &mut Workers, is_wanted: &dyn Fn() -> bool) -> FileResult {
        let mut result = FileResult::default();
        if !self.isolates || job.lists {
            self.tests(job, workers, is_wanted, &mut result);
            return result;
        }
        let mut listed = FileResult::default();
        let lists = Job { lists: true, covers: false, ..job.clone() };
        self.tests(&lists, workers, is_wanted, &mut listed);
        result.ended = listed.ended;
        for number in 1..=listed.listed.len() {
            let mut one = job.clone();
            one.selection.number = Some(number);
            one.settings.all = false;
            self.tests(&one, workers, is_wanted, &mut result);
            if job.fails_fast && result.is_bad() {
                break;
            }
        }
        result
    }

    /// Runs tests in a process, and in another those that are left when one ends early.
    fn tests(
        self,
        job: &Job,
        workers: &mut Workers,
        is_wanted: &dyn Fn() -> bool,
        result: &mut FileResult,
    ) {
        let mut job = job.clone();
        loop {
            let left_after = match workers.run(&job, self.timeout, is_wanted, result) {
                Ok(Finish::Over(left_after)) => left_after,
                Ok(Finish::Unwanted) => return,
                Ok(Finish::Died { test, why }) => {
                    let number = test.as_ref().map(|test| test.0);
                    let (name, line) = match test {
                        Some((_, name, line)) => (name, line),
                        None => (job.path.clone(), None),
                    };
                    result.ended.push(failed(name, line, number.is_some(), why));
                    number.filter(|_| !job.fails_fast)
                }
                Err(error) => {
                    let why = format!("no process can be started: {error}");
                    result.ended.push(failed(job.path.clone(), None, false, why));
                    return;
                }
            };
            match left_after {
                Some(after) if after > job.after => job.after = after,
                _ => return,
            }
        }
    }
}

/// An error of a process.
fn failed(name: String, line: Option<u32>, is_test: bool, why: String) -> Ended {
    Ended {
        name,
        line,
        is_test,
        status: Status::Error,
        caught: vec![Caught::message(why)],
        output: String::new(),
        fuel: 0,
        microseconds: 0,
    }
}

/// How a process ended.
enum Finish {
    /// It said so itself; tests behind this one are left.
    Over(Option<usize>),
    /// Nobody wants to know any more.
    Unwanted,
    /// Without a word, in the middle of a test, perhaps.
    Died { test: Option<(usize, String, Option<u32>)>, why: String },
}

/// Does one job at a time. The foreman is started again when it was lost.
struct Workers(Option<Foreman>);

impl Workers {
    /// Has a process do a job, and listens to it.
    fn run(
        &mut self,
        job: &Job,
        timeout: Duration,
        is_wanted: &dyn Fn() -> bool,
        result: &mut FileResult,
    ) -> std::io::Result<Finish> {
        let mut foreman = match self.0.take() {
            Some(foreman) => foreman,
            None => Foreman::begin()?,
        };
        foreman.give(job)?;
        let finish = foreman.listen(timeout, is_wanted, result);
        self.0 = (!foreman.is_lost).then_some(foreman);
        Ok(finish)
    }
}

struct Foreman {
    process: Pid,
    /// Ends it when closed.
    jobs: Option<PipeWriter>,
    lines: Receiver<Vec<u8>>,
    /// Reads lines until the process has closed its end.
    reader: Option<JoinHandle<()>>,
    /// The process that works.
    worker: Option<u32>,
    /// Nothing more is to be had from it.
    is_lost: bool,
}

impl Foreman {
    fn of(begun: Begun) -> Foreman {
        let Begun { process, jobs, events } = begun;
        let (sender, lines) = channel();
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(events).split(b'\n').map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let (jobs, reader) = (Some(jobs), Some(reader));
        Foreman { process, jobs, lines, reader, worker: None, is_lost: false }
    }

    /// Starts a process for one that was lost. (There are threads now, so it cannot be a copy of this one.)
    fn begin() -> std::io::Result<Foreman> {
        let (input, jobs) = std::io::pipe()?;
        let (events, output) = std::io::pipe()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["test", "--worker"]).stdin(input).stdout(output);
        let process = Pid::from_raw(command.spawn()?.id() as i32);
        Ok(Foreman::of(Begun { process, jobs, events }))
    }

    fn give(&mut self, job: &Job) -> std::io::Result<()> {
        let mut text = serde_json::to_vec(job)?;
        text.push(b'\n');
        if let Some(jobs) = &mut self.jobs {
            // If it has died already, that is noticed when it is listened to.
            let _ = jobs.write_all(&text);
        }
        Ok(())
    }

    /// Ends it, and the process that works.
    fn kill(&mut self) {
        if let Some(worker) = self.worker.take() {
            // (It is the foreman's child, who has not told of its end: the number is still its own.)
            let _ = kill(Pid::from_raw(worker as i32), Signal::SIGKILL);
        }
        let _ = kill(self.process, Signal::SIGKILL);
        self.end();
    }

    /// Waits for its end.
    fn end(&mut self) -> Option<nix::Result<ExitStatus>> {
        self.jobs = None;
        let was_lost = std::mem::replace(&mut self.is_lost, true);
        let status = (!was_lost).then(|| foreman::wait(self.process));
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        status
    }

    fn listen(
        &mut self,
        timeout: Duration,
        is_wanted: &dyn Fn() -> bool,
        result: &mut FileResult,
    ) -> Finish {
        let mut test = None;
        let mut over = None;
        let mut heard = Instant::now();
        loop {
            let line = match self.lines.recv_timeout(TICK) {
                Ok(line) => line,
                Err(RecvTimeoutError::Timeout) => {
                    if !is_wanted() {
                        self.kill();
                        return Finish::Unwanted;
                    }
                    if heard.elapsed() > timeout {
                        self.kill();
                        let why = format!("nothing was heard for {timeout:?}: it was stopped");
                        return Finish::Died { test, why };
                    }
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let why = match self.end() {
                        Some(Ok(status)) => {
                            format!("the process that starts it has ended: {status}")
                        }
                        _ => "the process that starts it is lost".to_string(),
                    };
                    return Finish::Died { test, why };
                }
            };
            if line.is_empty() {
                continue;
            }
            heard = Instant::now();
            let Ok(event) = serde_json::from_slice::<Event>(&line) else {
                self.kill();
                let line = String::from_utf8_lossy(&line).into_owned();
                return Finish::Died { test, why: format!("the process has said '{line}'") };
            };
            match event {
                Event::Started { process } => self.worker = Some(process),
                Event::Begin { number, name, line } => test = Some((number, name, line)),
                Event::End(ended) => {
                    test = None;
                    result.ended.push(ended);
                }
                Event::Listed { name, line } => result.listed.push((name, line)),
                Event::Unused(name) => result.unused.push(name),
                Event::Covered(file) => result.covered.push(file),
                Event::Over { left_after } => over = Some(left_after),
                Event::Gone { why } => {
                    self.worker = None;
                    return match over {
                        Some(left_after) => Finish::Over(left_after),
                        None => Finish::Died { test, why },
                    };
                }
            }
        }
    }
}

impl Drop for Foreman {
    fn drop(&mut self) {
        self.end();
    }
}
