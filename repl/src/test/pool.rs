//! The processes that run tests, one a file, several at a time.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::coverage::FileCoverage;
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
#[derive(Clone, Copy)]
pub struct Pool {
    pub workers: usize,
    /// How long nothing may be heard of a process.
    pub timeout: Duration,
    /// Whether each test has a process of its own.
    pub isolates: bool,
    /// Whether nothing behind the first file with a failure is wanted.
    pub fails_fast: bool,
}

impl Pool {
    /// Does the jobs and hands their results to `done`, in the order of the jobs. With `fails_fast`, the
    /// last result is that of the first job with a failure.
    pub fn run(self, jobs: &[Job], mut done: impl FnMut(usize, FileResult)) {
        let next = AtomicUsize::new(0);
        // The first job with a failure: with `fails_fast`, no later one is wanted.
        let last = AtomicUsize::new(usize::MAX);
        let (sender, results) = channel();
        std::thread::scope(|scope| {
            for _ in 0..self.workers.min(jobs.len()) {
                let (sender, next, last) = (sender.clone(), &next, &last);
                scope.spawn(move || {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some(job) = jobs.get(number) else { return };
                        let is_wanted = || number <= last.load(Ordering::Relaxed);
                        if !is_wanted() {
                            return;
                        }
                        let result = self.file(job, &is_wanted);
                        if self.fails_fast && result.is_bad() {
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

    /// Runs the tests of a file, in one process or, isolated, one process each.
    fn file(self, job: &Job, is_wanted: &dyn Fn() -> bool) -> FileResult {
        let mut result = FileResult::default();
        if !self.isolates || job.lists {
            self.tests(job, is_wanted, &mut result);
            return result;
        }
        let mut listed = FileResult::default();
        self.tests(&Job { lists: true, covers: false, ..job.clone() }, is_wanted, &mut listed);
        result.ended = listed.ended;
        for number in 1..=listed.listed.len() {
            let mut one = job.clone();
            one.selection.number = Some(number);
            one.settings.all = false;
            self.tests(&one, is_wanted, &mut result);
            if job.fails_fast && result.is_bad() {
                break;
            }
        }
        result
    }

    /// Runs tests in a process, and in another those that are left when one ends early.
    fn tests(self, job: &Job, is_wanted: &dyn Fn() -> bool, result: &mut FileResult) {
        let mut job = job.clone();
        loop {
            let finish =
                Process::begin(&job).map(|process| process.listen(self.timeout, is_wanted, result));
            let left_after = match finish {
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

struct Process {
    child: Child,
    lines: Receiver<Vec<u8>>,
}

impl Process {
    fn begin(job: &Job) -> std::io::Result<Process> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["test", "--worker"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let text = serde_json::to_vec(job)?;
        if let Some(mut input) = child.stdin.take() {
            // If it has died already, that is noticed when it is listened to.
            let _ = input.write_all(&text);
        }
        let (sender, lines) = channel();
        if let Some(out) = child.stdout.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(out).split(b'\n').map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        return;
                    }
                }
            });
        }
        Ok(Process { child, lines })
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn listen(
        mut self,
        timeout: Duration,
        is_wanted: &dyn Fn() -> bool,
        result: &mut FileResult,
    ) -> Finish {
        let mut test = None;
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
                    let why = match self.child.wait() {
                        Ok(status) => format!("the process has ended: {status}"),
                        Err(error) => format!("the process is lost: {error}"),
                    };
                    return Finish::Died { test, why };
                }
            };
            heard = Instant::now();
            let Ok(event) = serde_json::from_slice::<Event>(&line) else {
                self.kill();
                let line = String::from_utf8_lossy(&line).into_owned();
                return Finish::Died { test, why: format!("the process has said '{line}'") };
            };
            match event {
                Event::Begin { number, name, line } => test = Some((number, name, line)),
                Event::End(ended) => {
                    test = None;
                    result.ended.push(ended);
                }
                Event::Listed { name, line } => result.listed.push((name, line)),
                Event::Unused(name) => result.unused.push(name),
                Event::Covered(file) => result.covered.push(file),
                Event::Over { left_after } => {
                    let _ = self.child.wait();
                    return Finish::Over(left_after);
                }
            }
        }
    }
}
