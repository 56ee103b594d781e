//! The tests of all files, each in a process of its own, several at a time. There is one thread, which waits for
//! whatever any process tells: so a copy of this process can be made at any time (see `process`).

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::collections::{BTreeMap, VecDeque};
use std::os::fd::AsFd;
use std::time::Duration;

use super::coverage::FileCoverage;
use super::job::{Caught, Ended, Event, Job, Status};
use super::process::{Heard, Process};
use super::worker::Prepared;

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

/// The rules that jobs are done by.
#[derive(Clone, Copy)]
pub struct Rules {
    /// How many processes run at a time.
    pub workers: usize,
    /// How long nothing may be heard of a process.
    pub timeout: Duration,
    /// Whether each test has a process of its own.
    pub isolates: bool,
    /// Whether nothing behind the first file with a failure is wanted.
    pub fails_fast: bool,
}

/// How jobs are done.
pub struct Pool {
    rules: Rules,
    /// What processes begin with.
    prepared: Prepared,
}

impl Pool {
    /// A pool of processes that begin with this.
    pub fn new(rules: Rules, prepared: Prepared) -> Pool {
        Pool { rules, prepared }
    }

    /// Does the jobs and hands their results to `done`, in the order of the jobs. With `fails_fast`, the
    /// last result is that of the first job with a failure.
    pub fn run(&mut self, jobs: &[Job], mut done: impl FnMut(usize, FileResult)) {
        let mut left = jobs.iter().enumerate();
        let mut running: Vec<Task> = Vec::new();
        let mut waiting = BTreeMap::new();
        let mut expected = 0;
        // The first job with a failure: with `fails_fast`, no later one is wanted.
        let mut last = usize::MAX;
        loop {
            running.retain(|task| task.number <= last);
            while running.len() < self.rules.workers
                && let Some((number, job)) = left.next()
                && number <= last
            {
                running.push(Task::new(number, job, self.rules));
            }
            if running.is_empty() {
                return;
            }
            for task in &mut running {
                task.proceed(&mut self.prepared);
            }
            wait(&running, self.rules.timeout);
            for task in &mut running {
                task.listen(self.rules);
            }
            for task in running.extract_if(.., |task| task.is_over()) {
                if self.rules.fails_fast && task.result.is_bad() {
                    last = last.min(task.number);
                }
                if left.len() > 0 {
                    self.learn(&task);
                }
                waiting.insert(task.number, task.result);
            }
            while let Some(result) = waiting.remove(&expected) {
                if expected <= last {
                    done(expected, result);
                }
                expected += 1;
            }
        }
    }

    /// Compiles what the process of a task had to compile: those that follow know it then.
    fn learn(&self, task: &Task) {
        for name in &task.compiled {
            // The file of tests itself is loaded no more.
            if *name != format!("@{}", task.path).into_bytes() {
                self.prepared.recall.learn(name);
            }
        }
    }
}

/// Waits until a process tells something, or one has been silent for too long.
fn wait(running: &[Task], timeout: Duration) {
    let processes = || running.iter().filter_map(|task| task.process.as_ref());
    let Some(heard) = processes().map(|process| process.heard).min() else { return };
    let mut events: Vec<PollFd<'_>> =
        processes().map(|process| PollFd::new(process.as_fd(), PollFlags::POLLIN)).collect();
    let left = (timeout + Duration::from_millis(1)).saturating_sub(heard.elapsed());
    // (What has happened is seen when processes are listened to; a signal only wakes up.)
    let _ = poll(&mut events, PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX));
}

/// A file whose tests are being run, in one process after the other.
struct Task {
    /// That of the job.
    number: usize,
    path: String,
    result: FileResult,
    /// What is left to do, in this order.
    jobs: VecDeque<Job>,
    /// The job being done, by this process.
    job: Option<Job>,
    process: Option<Process>,
    /// Its tests are being counted; each is a job, then.
    counted: Option<Job>,
    /// The test under way.
    test: Option<(usize, String, Option<u32>)>,
    /// The process has said that it is done; tests behind this one are left.
    over: Option<Option<usize>>,
    /// Files that processes had to compile.
    compiled: Vec<Vec<u8>>,
}

impl Task {
    fn new(number: usize, job: &Job, rules: Rules) -> Task {
        let counts = rules.isolates && !job.lists;
        let first = match counts {
            true => Job { lists: true, covers: false, ..job.clone() },
            false => job.clone(),
        };
        Task {
            number,
            path: job.path.clone(),
            result: FileResult::default(),
            jobs: VecDeque::from([first]),
            job: None,
            process: None,
            counted: counts.then(|| job.clone()),
            test: None,
            over: None,
            compiled: Vec::new(),
        }
    }

    fn is_over(&self) -> bool {
        self.job.is_none() && self.jobs.is_empty()
    }

    /// Starts a process for the next job if none is running.
    fn proceed(&mut self, prepared: &mut Prepared) {
        if self.job.is_some() {
            return;
        }
        let Some(job) = self.jobs.pop_front() else { return };
        (self.test, self.over) = (None, None);
        match Process::start(&job, prepared) {
            Ok(process) => {
                self.process = Some(process);
                self.job = Some(job);
            }
            Err(error) => {
                let why = format!("no process can be started: {error}");
                self.result.ended.push(failed(self.path.clone(), None, false, why));
                self.jobs.clear();
            }
        }
    }

    /// Takes note of what the process has told.
    fn listen(&mut self, rules: Rules) {
        let Some(process) = &mut self.process else { return };
        let (lines, is_closed) = match process.listen() {
            Heard::Nothing if process.heard.elapsed() > rules.timeout => {
                process.kill();
                let why = format!("nothing was heard for {:?}: it was stopped", rules.timeout);
                return self.died(why, rules);
            }
            Heard::Nothing => return,
            Heard::Lines(lines) => (lines, false),
            Heard::End(lines) => (lines, true),
        };
        for line in lines {
            match serde_json::from_slice::<Event>(&line) {
                Ok(event) => self.note(event),
                Err(_) => {
                    if let Some(process) = &mut self.process {
                        process.kill();
                    }
                    let line = String::from_utf8_lossy(&line);
                    return self.died(format!("the process has said '{line}'"), rules);
                }
            }
        }
        if is_closed && let Some(process) = &mut self.process {
            let end = process.end();
            match self.over {
                Some(left_after) => self.finished(left_after, rules),
                None => self.died(end, rules),
            }
        }
    }

    fn note(&mut self, event: Event) {
        match event {
            Event::Begin { number, name, line } => self.test = Some((number, name, line)),
            Event::End(ended) => {
                self.test = None;
                self.result.ended.push(ended);
            }
            Event::Listed { name, line } => self.result.listed.push((name, line)),
            Event::Unused(name) => self.result.unused.push(name),
            Event::Covered(file) => self.result.covered.push(file),
            Event::Over { left_after, compiled } => {
                self.over = Some(left_after);
                self.compiled.extend(compiled);
            }
        }
    }

    /// The process has ended without a word, in the middle of a test, perhaps.
    fn died(&mut self, why: String, rules: Rules) {
        let test = self.test.take();
        let number = test.as_ref().map(|test| test.0);
        let (name, line) = match test {
            Some((_, name, line)) => (name, line),
            None => (self.path.clone(), None),
        };
        self.result.ended.push(failed(name, line, number.is_some(), why));
        self.finished(number.filter(|_| !rules.fails_fast), rules);
    }

    /// The process has ended. Tests behind this one are left.
    fn finished(&mut self, left_after: Option<usize>, rules: Rules) {
        self.process = None;
        let Some(mut job) = self.job.take() else { return };
        if let Some(after) = left_after
            && after > job.after
        {
            job.after = after;
            return self.jobs.push_front(job);
        }
        if let Some(counted) = self.counted.take() {
            let listed = std::mem::take(&mut self.result.listed);
            self.jobs = (1..=listed.len()).map(|number| one_test(&counted, number)).collect();
        } else if rules.fails_fast && self.result.is_bad() {
            self.jobs.clear();
        }
    }
}

/// The job that is one test of another.
fn one_test(of: &Job, number: usize) -> Job {
    let mut one = of.clone();
    one.selection.number = Some(number);
    one.settings.all = false;
    one
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
