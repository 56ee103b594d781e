//! What a program has done so far, to be gone to again: states that are kept, and the way from one to
//! any moment.

use crate::program::{Halt, Point, Program, Time};
use crate::watcher::{Rules, here};
use std::time::{Duration, Instant};

/// Fuel between two states that are kept, at least.
const INTERVAL: u64 = 10_000_000;

/// Fuel that is run again soon enough: about half a second.
const SOON: u64 = 60_000_000;

/// Saving takes this part of the time of a run at most.
const SHARE: u32 = 10;

/// The memory for states, unless said otherwise, in bytes.
pub const MEMORY: usize = 256 << 20;

/// Fuel between two looks at how far a movement is, while a program is run again.
const SLICE: u64 = 2_000_000;

/// How long a movement takes before anybody is told of its progress, and how often then.
const PATIENCE: Duration = Duration::from_millis(500);
const PERIOD: Duration = Duration::from_millis(100);

/// Told how far a movement is, in thousandths; `None`: it has ended.
pub type Progress = Box<dyn FnMut(Option<u32>) + Send>;

/// A movement through the past.
struct Work {
    begun: Instant,
    told: Option<Instant>,
    /// Fuel that was run again, and that is to be in all, as far as it is known.
    done: u64,
    expected: u64,
}

/// A program and its past.
pub struct Timeline {
    pub program: Program,
    points: Vec<Point>,
    memory: usize,
    /// The latest moment that was reached.
    frontier: Time,
    /// What the last state took to save, and when that was.
    saved: (Duration, Instant),
    /// Whether it begins where a program was saved, and not before its first instruction.
    pub begins_inside: bool,
    /// Why states cannot be kept, if they cannot.
    pub unsavable: Option<String>,
    /// Who is told of the progress of long movements.
    pub progress: Option<Progress>,
    work: Option<Work>,
}

impl Timeline {
    /// The past of a program begins now.
    ///
    /// # Errors
    /// Its state cannot be saved.
    pub fn new(mut program: Program, memory: usize) -> Result<Timeline, String> {
        let first = program.point(0)?;
        let frontier = program.time();
        Ok(Timeline {
            program,
            points: vec![first],
            memory,
            frontier,
            saved: (Duration::ZERO, Instant::now()),
            begins_inside: false,
            unsavable: None,
            progress: None,
            work: None,
        })
    }

    /// The moment the program is at.
    pub fn now(&mut self) -> Time {
        self.program.time()
    }

    /// The earliest moment.
    pub fn start(&self) -> Time {
        Time::at(self.points[0].fuel)
    }

    /// The latest moment that was reached.
    pub fn frontier(&self) -> Time {
        self.frontier
    }

    /// The fuel at which states are kept, and their bytes.
    pub fn points(&self) -> Vec<(u64, usize)> {
        self.points.iter().map(|point| (point.fuel, point.size())).collect()
    }

    /// The kept state before which nothing of a movement to a moment has to be run.
    fn before(&self, time: Time) -> usize {
        let after = self.points.partition_point(|point| Time::at(point.fuel) < time);
        after.saturating_sub(1)
    }

    /// Forgets what comes after the present moment: the program is about to be changed.
    pub fn cut(&mut self) {
        let now = self.now();
        self.program.tape().cut();
        self.program.forget_interrupts();
        self.points.retain(|point| Time::at(point.fuel) <= now);
        self.frontier = now;
    }

    /// Keeps the present state, which was changed: what came after it is forgotten, and the program goes
    /// on from it whenever it comes by.
    ///
    /// # Errors
    /// It cannot be saved.
    pub fn edit(&mut self) -> Result<(), String> {
        self.cut();
        let now = self.now();
        let mut point = self.program.point(now.fuel)?;
        point.is_edit = true;
        // One state of a moment is enough, and the first is that of the beginning.
        self.points.retain(|point| point.fuel < now.fuel);
        self.points.push(point);
        Ok(())
    }

    /// A movement begins, of whose progress is told if it takes long.
    pub fn begin_work(&mut self) {
        self.work = Some(Work { begun: Instant::now(), told: None, done: 0, expected: 0 });
    }

    /// The movement has ended.
    pub fn end_work(&mut self) {
        let told = self.work.take().is_some_and(|work| work.told.is_some());
        if let Some(progress) = self.progress.as_mut().filter(|_| told) {
            progress(None);
        }
    }

    /// The program is about to be run again up to this fuel.
    pub fn expect(&mut self, until: u64) {
        let now = self.now().fuel;
        if let Some(work) = &mut self.work {
            work.expected += until.saturating_sub(now);
        }
    }

    /// So much was run again.
    fn worked(&mut self, fuel: u64) {
        let Some(work) = &mut self.work else { return };
        work.done += fuel;
        let due = work.told.map_or(work.begun + PATIENCE, |told| told + PERIOD);
        if Instant::now() >= due
            && let Some(progress) = &mut self.progress
        {
            work.told = Some(Instant::now());
            let of = work.expected.max(work.done).max(1);
            progress(Some((u128::from(work.done) * 1000 / u128::from(of)) as u32));
        }
    }

    /// Runs by the program's rules until they stop it or so much fuel is used. States are kept on the
    /// way, or compared with those that were kept.
    ///
    /// # Errors
    /// The program has done something else than before, which is a fault of this debugger.
    pub fn forward(&mut self, limit: Option<u64>) -> Result<Halt, String> {
        loop {
            let now = self.now();
            let known = self.points.iter().position(|point| point.limit > now.fuel);
            let interval = INTERVAL.max(self.pause());
            let next = match known {
                Some(i) => self.points[i].limit,
                None => self.points.last().map_or(0, |point| point.limit).max(now.fuel) + interval,
            };
            let mut slice = limit.map_or(next, |limit| limit.min(next));
            let replays = now < self.frontier && self.work.is_some();
            if replays {
                slice = slice.min(now.fuel.saturating_add(SLICE));
            }
            let halt = self.program.run(Some(slice));
            if replays {
                let after = self.now().fuel;
                self.worked(after - now.fuel);
            }
            if let Some(what) = self.program.tape().diverged() {
                return Err(format!("the program does not do what it did before: {what}"));
            }
            self.frontier = self.frontier.max(self.now());
            if halt != Halt::Limit {
                let now = self.now();
                let edited = known.filter(|&i| self.points[i].is_edit);
                if let Some(i) = edited.filter(|&i| Time::at(self.points[i].fuel) == now) {
                    self.return_to(i)?;
                }
                return Ok(halt);
            }
            if slice == next {
                match known {
                    Some(i) => self.compare(i)?,
                    None => self.keep(next),
                }
            }
            if limit.is_some_and(|limit| self.program.time().fuel >= limit) {
                return Ok(Halt::Limit);
            }
        }
    }

    /// How much more fuel there is to be between states, that saving does not take too long.
    fn pause(&self) -> u64 {
        let (took, when) = self.saved;
        let due = took * SHARE;
        match due.checked_sub(when.elapsed()) {
            // About 100 million units are a second.
            Some(left) => left.as_micros() as u64 * 100,
            None => 0,
        }
    }

    fn compare(&mut self, i: usize) -> Result<(), String> {
        if self.points[i].is_edit {
            return self.return_to(i);
        }
        let limit = self.points[i].limit;
        let now = match self.program.point(limit) {
            Ok(now) => now,
            Err(why) => {
                self.unsavable = Some(why);
                return Ok(());
            }
        };
        let then = &self.points[i];
        if (now.hash, now.fuel) == (then.hash, then.fuel) {
            return Ok(());
        }
        Err(format!(
            "run again, the program is in another state at {} than before: {:016x} and not {:016x}; \
             this is a fault of the debugger",
            then.fuel, now.hash, then.hash
        ))
    }

    fn keep(&mut self, limit: u64) {
        let begun = Instant::now();
        match self.program.point(limit) {
            Ok(point) => {
                self.points.push(point);
                self.unsavable = None;
                self.thin();
            }
            Err(why) => self.unsavable = Some(why),
        }
        self.saved = (begun.elapsed(), Instant::now());
    }

    /// Drops states until the others fit the memory: as long as there is room for it, gaps are such that
    /// any moment is reached soon; then, the older they are, the wider the gaps.
    fn thin(&mut self) {
        while self.points.len() > 2
            && self.points.iter().map(Point::size).sum::<usize>() > self.memory
        {
            let now = self.points.last().map_or(0, |point| point.fuel);
            // How far the gap that dropping a state leaves is too wide, measured by its age; of those that
            // are not, the narrowest one is left. Changed states stay.
            let gap = |i: usize| self.points[i + 1].fuel - self.points[i - 1].fuel;
            let loss = |i: usize| {
                gap(i).saturating_sub(SOON) as f64 / (now - self.points[i].fuel + 1) as f64
            };
            let least = (1..self.points.len() - 1).filter(|&i| !self.points[i].is_edit);
            let least =
                least.min_by(|&a, &b| loss(a).total_cmp(&loss(b)).then(gap(a).cmp(&gap(b))));
            let Some(i) = least else { return };
            self.points.remove(i);
        }
    }

    /// Goes to a moment, or to the first one after it that there is.
    ///
    /// # Errors
    /// As [`Timeline::forward`]; or it was cancelled, and the program is somewhere on the way.
    pub fn seek(&mut self, time: Time) -> Result<Halt, String> {
        self.program.watch(Rules::none());
        let now = self.now();
        let near = self.before(time);
        if now == time && !now.at_error {
            return Ok(Halt::Limit);
        }
        if now >= time || self.points[near].fuel > now.fuel {
            self.return_to(near)?;
        }
        if self.begins_inside && time <= self.start() {
            return Ok(Halt::Limit);
        }
        self.run_to(time)
    }

    /// Goes back to a state that is kept.
    pub fn return_to(&mut self, i: usize) -> Result<(), String> {
        self.program.go_back(&self.points[i])
    }

    fn run_to(&mut self, time: Time) -> Result<Halt, String> {
        if time.at_error {
            let fuel = time.fuel;
            let mut rules = Rules::none();
            rules.raised = Box::new(move |vm, _, _| vm.fuel_used() >= fuel);
            self.program.watch(rules);
        }
        self.expect(time.fuel);
        let halt = self.forward(Some(time.fuel))?;
        if halt != Halt::Limit {
            return Ok(halt);
        }
        let halt = self.program.settle(time.fuel);
        self.frontier = self.frontier.max(self.now());
        Ok(halt)
    }

    /// The gaps between kept states before a moment, the latest first: the number of the state each
    /// begins with, and the fuel at its end.
    pub fn gaps(&self, before: Time) -> Vec<(usize, u64)> {
        let last = self.before(before);
        let end = |i: usize| match self.points.get(i + 1) {
            Some(next) if i < last => next.fuel,
            _ => before.fuel,
        };
        (0..=last).rev().map(|i| (i, end(i))).collect()
    }

    /// Whether the program is at an instruction of a function of the language.
    pub fn is_in_language(&mut self) -> bool {
        here(self.program.machine()).is_some()
    }
}
