//! What a program has done so far, to be gone to again: states that are kept, and the way from one to
//! any moment.

use crate::leash::Leash;
use crate::program::{Filed, Halt, Phase, Point, Program, Time};
use crate::store::{Piece, Store};
use crate::watcher::{Rules, here};
use luka::toolchain;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Fuel between two states that are kept, at least.
const INTERVAL: u64 = 10_000_000;

/// Fuel that is run again soon enough: about half a second.
const SOON: u64 = 60_000_000;

/// Distances that decide how the past is searched, in units of fuel. What is found does not depend on them.
#[derive(Clone, Copy, Debug)]
pub struct Distances {
    /// How far before a moment states are kept when something is looked for before it; falling.
    pub approach: [u64; 3],
    /// A gap between states that is longer is narrowed before every instruction in it is looked at.
    pub narrow: u64,
}

impl Default for Distances {
    fn default() -> Distances {
        Distances { approach: [8_000_000, 400_000, 20_000], narrow: 1_000_000 }
    }
}

/// Saving takes this part of the time of a run at most.
const SHARE: u32 = 5;

/// A time that says how fast a program is.
const MEASURED: Duration = Duration::from_micros(500);

/// The memory for states, unless said otherwise, in bytes.
pub const MEMORY: usize = 256 << 20;

/// Fuel between two looks at how far a movement is, while a program is run again.
const SLICE: u64 = 2_000_000;

/// How long a movement takes before anybody is told of its progress, and how often then.
const PATIENCE: Duration = Duration::from_millis(500);
const PERIOD: Duration = Duration::from_millis(100);

/// Told how far a movement is, in thousandths; `None`: it has ended.
pub type Progress = Box<dyn FnMut(Option<u32>) + Send>;

/// States of a recording.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct States {
    /// Pieces of states, compressed, and the bytes of each.
    pub pieces: Vec<(Vec<u8>, usize)>,
    pub points: Vec<Filed>,
    /// The latest moment.
    pub end: Time,
    /// The program has ended there, and was not stopped.
    pub is_over: bool,
}

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
    store: Store,
    memory: usize,
    /// The latest moment that was reached.
    frontier: Time,
    /// The moment that was approached last: the states before it are needed.
    approached: Time,
    pub distances: Distances,
    /// What the last state took to save, and when that was.
    saved: (Duration, Instant),
    /// The fuel that was used then.
    saved_at: u64,
    /// Fuel that the program uses in a microsecond.
    speed: u64,
    /// The fuel at which the next state is kept.
    due: u64,
    /// Whether it begins where a program was saved, and not before its first instruction.
    pub begins_inside: bool,
    /// Why states cannot be kept, if they cannot.
    pub unsavable: Option<String>,
    /// How far the host of the program lets it run for the first time.
    pub leash: Leash,
    /// The frontier is the end of a recording, behind which nothing is known.
    is_filed: bool,
    /// Movements end now and then, for whoever looks at the time.
    pub is_timed: bool,
    /// The state was exchanged on the way by one that was changed then: what is known of the heap is not so
    /// any more.
    exchanged: bool,
    /// States that were changed are not taken over at the end of a movement.
    keeps_own: bool,
    /// Where it begins if nothing is recorded: there is no past then.
    unrecorded: Option<Time>,
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
        let mut timeline = Timeline::of(program, memory);
        timeline.points.push(first.keep(&mut timeline.store));
        Ok(timeline)
    }

    /// The states that are kept behind the first one, and the latest moment, for a recording.
    pub fn filed(&self) -> States {
        let mut numbers = HashMap::new();
        let mut pieces = Vec::new();
        let mut number = |piece: &Arc<Piece>| {
            *numbers.entry(Arc::as_ptr(piece)).or_insert_with(|| {
                let (packed, length) = piece.packed();
                pieces.push((packed.to_vec(), length));
                pieces.len() as u32 - 1
            })
        };
        let points = self.points.iter().skip(1).filter(|point| !point.is_edit);
        let points = points.filter_map(|point| point.filed(&mut number)).collect();
        States { pieces, points, end: self.frontier, is_over: self.is_over() }
    }

    /// The numbers of the heap's blocks in the first state, for a recording.
    pub fn first_blocks(&self) -> (Vec<u32>, u32) {
        self.points.first().map(|point| point.blocks().clone()).unwrap_or_default()
    }

    /// Has the states of a recording, and its end for the latest moment.
    ///
    /// # Errors
    /// They do not fit together.
    pub fn take_filed(&mut self, states: States) -> Result<(), String> {
        let damaged = || "the recording is damaged".to_string();
        let pieces = states.pieces.into_iter();
        let pieces: Option<Vec<Arc<Piece>>> =
            pieces.map(|(packed, length)| self.store.read_piece(packed, length)).collect();
        let pieces = pieces.ok_or_else(damaged)?;
        for filed in states.points {
            let last = self.points.last().map_or((0, 0), |point| (point.limit, point.fuel));
            if filed.limit <= last.0 || filed.fuel < last.1 || filed.fuel > states.end.fuel {
                return Err(damaged());
            }
            let own: Option<Vec<Arc<Piece>>> =
                filed.pieces.iter().map(|&n| pieces.get(n as usize).cloned()).collect();
            let own = own.ok_or_else(damaged)?;
            let point = Point::of_filed(filed, own, self.program.vm()).ok_or_else(damaged)?;
            self.points.push(point);
        }
        self.frontier = self.frontier.max(states.end);
        self.is_filed = !states.is_over;
        Ok(())
    }

    /// A program whose past is not recorded.
    pub fn unrecorded(mut program: Program) -> Timeline {
        let unrecorded = Some(program.time());
        Timeline { unrecorded, begins_inside: true, ..Timeline::of(program, 0) }
    }

    fn of(mut program: Program, memory: usize) -> Timeline {
        let frontier = program.time();
        Timeline {
            program,
            points: Vec::new(),
            store: Store::default(),
            memory,
            frontier,
            approached: Time::default(),
            distances: Distances::default(),
            saved: (Duration::ZERO, Instant::now()),
            saved_at: frontier.fuel,
            speed: 100,
            due: frontier.fuel + INTERVAL,
            begins_inside: false,
            unsavable: None,
            leash: Leash::default(),
            is_filed: false,
            is_timed: false,
            exchanged: false,
            keeps_own: false,
            unrecorded: None,
            progress: None,
            work: None,
        }
    }

    /// Forgets the past: what the host of the program did cannot be kept. It begins now, or not at all.
    pub fn forget(&mut self) {
        self.points.clear();
        self.unrecorded = Some(self.now());
        self.frontier = self.now();
    }

    /// Whether there is a past to go to.
    pub fn is_recorded(&self) -> bool {
        self.unrecorded.is_none()
    }

    /// That there is a past to go to.
    ///
    /// # Errors
    /// There is none.
    pub fn past(&self) -> Result<(), String> {
        match self.is_recorded() {
            true => Ok(()),
            false => Err("the program is not recorded: it only goes forward".to_string()),
        }
    }

    /// The moment the program is at.
    pub fn now(&mut self) -> Time {
        self.program.time()
    }

    /// The earliest moment.
    pub fn start(&self) -> Time {
        match self.points.first() {
            Some(first) => Time::at(first.fuel),
            None => self.unrecorded.unwrap_or(self.frontier),
        }
    }

    /// The latest moment that was reached.
    pub fn frontier(&self) -> Time {
        self.frontier
    }

    /// The fuel at which states are kept, and their bytes.
    pub fn points(&self) -> Vec<(u64, usize)> {
        self.points.iter().map(|point| (point.fuel, point.size())).collect()
    }

    /// The fuel at which a gap begins, by its number ([`Timeline::gaps`]).
    pub(crate) fn begin_of(&self, gap: usize) -> u64 {
        self.points[gap].fuel
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
        self.is_filed = false;
        self.due = now.fuel + INTERVAL;
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
        if !self.is_recorded() {
            return Ok(());
        }
        let now = self.now();
        let mut point = self.program.point(now.fuel)?;
        point.is_edit = true;
        // One state of a moment is enough, and the first is that of the beginning.
        self.points.retain(|point| point.fuel < now.fuel);
        self.points.push(point.keep(&mut self.store));
        self.thin();
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

    /// Runs by the program's rules until they stop it, so much fuel is used, or the state was exchanged by
    /// one that was changed. States are kept on the way, or compared with those that were kept.
    ///
    /// # Errors
    /// The program has done something else than before, which is a fault of this debugger.
    pub fn forward(&mut self, limit: Option<u64>) -> Result<Halt, String> {
        self.exchanged = false;
        loop {
            let now = self.now();
            let known = self.points.iter().position(|point| point.limit > now.fuel);
            let next = match known {
                Some(i) => self.points[i].limit,
                None => self.due.max(now.fuel + 1),
            };
            let mut slice = limit.map_or(next, |limit| limit.min(next));
            let replays = now < self.frontier;
            if replays && self.work.is_some() {
                slice = slice.min(now.fuel.saturating_add(SLICE));
            }
            if self.program.is_hosted() {
                toolchain::set_replay(self.program.vm(), replays);
                if !replays {
                    if let Some(outcome) = self.leash.end(now.fuel) {
                        return Ok(self.program.leave_with(outcome));
                    }
                    slice = slice.min(self.leash.until.unwrap_or(u64::MAX));
                    if self.leash.is_timed() {
                        slice = slice.min(now.fuel.saturating_add(SLICE));
                    }
                } else if self.frontier.fuel > now.fuel {
                    slice = slice.min(self.frontier.fuel);
                }
            }
            if self.is_filed {
                if !replays && !self.is_over() {
                    return Ok(Halt::Left);
                }
                if self.frontier.fuel > now.fuel {
                    slice = slice.min(self.frontier.fuel);
                }
            }
            if self.is_timed {
                slice = slice.min(now.fuel.saturating_add(SLICE));
            }
            let halt = self.program.run(Some(slice));
            if replays && self.work.is_some() {
                let after = self.now().fuel;
                self.worked(after - now.fuel);
            }
            if halt == Halt::Left && replays {
                if self.keeps_own && limit.is_some_and(|limit| self.now().fuel >= limit) {
                    return Ok(Halt::Limit);
                }
                if self.passes_host(now)? {
                    match self.exchanged {
                        true => return Ok(Halt::Limit),
                        false => continue,
                    }
                }
            }
            if let Some(what) = self.program.tape().diverged() {
                return Err(format!("the program does not do what it did before: {what}"));
            }
            self.frontier = self.frontier.max(self.now());
            if halt != Halt::Limit {
                let now = self.now();
                let edited = known.filter(|&i| self.points[i].is_edit && !self.keeps_own);
                if let Some(i) = edited.filter(|&i| Time::at(self.points[i].fuel) == now) {
                    self.exchange(i)?;
                }
                return Ok(halt);
            }
            if slice == next {
                match known {
                    Some(i) if self.keeps_own && self.points[i].is_edit => {}
                    Some(i) => self.compare(i)?,
                    None => match self.pause() {
                        0 => self.keep(next),
                        pause => self.due = next + pause,
                    },
                }
                if self.exchanged {
                    return Ok(Halt::Limit);
                }
            }
            let is_reached = limit.is_some_and(|limit| self.program.time().fuel >= limit);
            if is_reached || self.is_timed {
                return Ok(Halt::Limit);
            }
        }
    }

    /// The program has come to where its host had gone on. What it did is in the state that was kept
    /// there; if it did nothing, the program goes on. Whether it does: there may be nothing more of it.
    fn passes_host(&mut self, before: Time) -> Result<bool, String> {
        let now = self.now();
        let kept = self.points.iter().position(|point| point.is_edit && point.fuel == now.fuel);
        if let Some(i) = kept {
            self.exchange(i)?;
        }
        let more = now < self.frontier || kept.is_some();
        Ok(more && (kept.is_some() || now > before))
    }

    fn is_over(&self) -> bool {
        matches!(self.program.phase(), Phase::Ended(_))
    }

    /// The state that was changed takes the place of the one that the program has come to.
    fn exchange(&mut self, i: usize) -> Result<(), String> {
        self.exchanged = true;
        self.return_to(i)
    }

    /// Whether the state was exchanged since the last time.
    pub(crate) fn was_exchanged(&mut self) -> bool {
        std::mem::take(&mut self.exchanged)
    }

    /// As [`Timeline::forward`] up to a moment. If a state was changed there, it is not taken over: the
    /// program is as it came there.
    pub(crate) fn forward_within(&mut self, limit: u64) -> Result<Halt, String> {
        self.keeps_own = true;
        let halt = self.forward(Some(limit));
        self.keeps_own = false;
        halt
    }

    /// Goes on to the next instruction that is executed from a fuel on, if the program comes to one.
    pub(crate) fn settle(&mut self, fuel: u64) -> Result<Halt, String> {
        loop {
            let (before, replays) = (self.now(), self.now() < self.frontier);
            let halt = self.program.settle(fuel);
            if halt == Halt::Left && replays && self.passes_host(before)? {
                continue;
            }
            self.frontier = self.frontier.max(self.now());
            return Ok(halt);
        }
    }

    /// How much more fuel there is to be between states, that saving does not take too long.
    fn pause(&self) -> u64 {
        let (took, when) = self.saved;
        let left = (took * SHARE).saturating_sub(when.elapsed());
        (left.as_micros() as u64).saturating_mul(self.speed)
    }

    fn compare(&mut self, i: usize) -> Result<(), String> {
        if self.points[i].is_edit {
            return self.exchange(i);
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
        if !self.is_recorded() {
            return;
        }
        let begun = Instant::now();
        let (passed, used) =
            (self.saved.1.elapsed(), self.now().fuel.saturating_sub(self.saved_at));
        if passed >= MEASURED {
            self.speed = (used / passed.as_micros() as u64).max(1);
        }
        match self.program.point(limit) {
            Ok(point) => {
                self.points.push(point.keep(&mut self.store));
                self.unsavable = None;
                self.thin();
            }
            Err(why) => self.unsavable = Some(why),
        }
        self.due = limit + INTERVAL;
        self.saved = (begun.elapsed(), Instant::now());
        self.saved_at = self.now().fuel;
    }

    /// Drops states until the others fit the memory: as long as there is room for it, gaps are such that
    /// any moment is reached soon; then, the older they are, the wider the gaps.
    fn thin(&mut self) {
        let around = |points: &[Point]| points.iter().map(Point::size_around).sum::<usize>();
        while self.points.len() > 2 && self.store.bytes() + around(&self.points) > self.memory {
            let now = self.points.last().map_or(0, |point| point.fuel);
            // How far the gap that dropping a state leaves is too wide, measured by its age; of those that
            // are not, the narrowest one is left. Changed states stay.
            let gap = |i: usize| self.points[i + 1].fuel - self.points[i - 1].fuel;
            let loss = |i: usize| {
                gap(i).saturating_sub(SOON) as f64 / (now - self.points[i].fuel + 1) as f64
            };
            let least = (1..self.points.len() - 1)
                .filter(|&i| !self.points[i].is_edit && !self.is_near(self.points[i].fuel));
            let least =
                least.min_by(|&a, &b| loss(a).total_cmp(&loss(b)).then(gap(a).cmp(&gap(b))));
            match least {
                Some(i) => drop(self.points.remove(i)),
                // What a host did cannot be done again: the beginning is given up.
                None if self.program.is_hosted() => {
                    self.points.remove(0);
                    self.program.tape().forget_before(self.points[0].tape());
                }
                None => return,
            }
        }
    }

    /// Whether a state is shortly before the moment that was approached last.
    fn is_near(&self, fuel: u64) -> bool {
        let end = self.approached.fuel;
        (end.saturating_sub(2 * self.distances.approach[0])..end).contains(&fuel)
    }

    /// Keeps states shortly before a moment: to look for something in what was done before it, little has
    /// to be run again. The program is somewhere before the moment then.
    ///
    /// # Errors
    /// As [`Timeline::forward`]; or it was cancelled.
    pub fn approach(&mut self, time: Time) -> Result<(), String> {
        if !self.is_recorded() {
            return Ok(());
        }
        self.approached = time;
        self.program.watch(Rules::none());
        for distance in self.distances.approach {
            let Some(target) = time.fuel.checked_sub(distance) else { continue };
            let near = self.before(Time::at(target));
            let from = self.points[near].fuel;
            let is_last = self.points.get(near + 1).is_none_or(|next| Time::at(next.fuel) >= time);
            if !is_last || target < from.saturating_add(distance) {
                continue;
            }
            let now = self.now();
            if now < Time::at(from) || now >= Time::at(target) {
                self.return_to(near)?;
            }
            self.expect(target);
            match self.forward(Some(target))? {
                Halt::Limit if !self.was_exchanged() => {}
                Halt::Interrupted => {
                    self.program.flag.lower();
                    return Err("cancelled".to_string());
                }
                _ => return Ok(()),
            }
            // (If it cannot be kept, more is run again.)
            let Ok(point) = self.program.point(target) else { return Ok(()) };
            let i = self.points.partition_point(|known| known.limit < target);
            if self.points.get(i).is_none_or(|known| known.limit > target) {
                self.points.insert(i, point.keep(&mut self.store));
            }
        }
        self.thin();
        Ok(())
    }

    /// Goes to a moment, or to the first one after it that there is.
    ///
    /// # Errors
    /// As [`Timeline::forward`]; or it was cancelled, and the program is somewhere on the way.
    pub fn seek(&mut self, time: Time) -> Result<Halt, String> {
        self.program.watch(Rules::none());
        let now = self.now();
        if now == time && !now.at_error {
            return Ok(Halt::Limit);
        }
        self.past()?;
        let near = self.before(time);
        if now >= time || self.points[near].fuel > now.fuel {
            self.return_to(near)?;
        }
        if self.begins_inside && time <= self.start() && !self.program.is_hosted() {
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
        loop {
            let halt = self.forward(Some(time.fuel))?;
            if halt != Halt::Limit {
                return Ok(halt);
            }
            if !self.was_exchanged() || self.now().fuel >= time.fuel {
                break;
            }
        }
        if self.is_filed && time >= self.frontier {
            return Ok(Halt::Left);
        }
        self.settle(time.fuel)
    }

    /// The gaps between kept states before a moment, the latest first: the number of the state each
    /// begins with, and the fuel at its end.
    pub fn gaps(&self, before: Time) -> Vec<(usize, u64)> {
        if !self.is_recorded() {
            return Vec::new();
        }
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
