//! Moving forward: to the next stop, by steps, to a moment.

use crate::breakpoints::Breakpoint;
use crate::engine::{Engine, Reason, Watchpoint};
use crate::program::{Halt, Time};
use crate::rules::{Origin, Seen, Shared, Step, Stops, rules};
use crate::watcher::{Rules, here};
use luka_vm::run::look::Located;
use luka_vm::vm::debugger::Caught;
use std::collections::HashMap;

type Moved = Result<(), String>;

impl Engine {
    /// What stops the program besides steps.
    pub(crate) fn stops(&mut self) -> Stops {
        let watched = self.watchpoints.iter().cloned();
        let watched: Vec<(Watchpoint, Located)> = watched
            .map(|w| {
                let located = Located::new(w.place.clone());
                (w, located)
            })
            .collect();
        Stops { places: self.places(), filters: self.filters.clone(), watched }
    }

    /// From the very beginning to the first line.
    pub(crate) fn run_to_first_line(&mut self) -> Moved {
        let rules = Rules::everywhere(|vm| here(vm).is_some_and(|here| here.begins));
        self.timeline.program.watch(rules);
        let halt = loop {
            let halt = self.timeline.forward(None)?;
            if halt != Halt::Limit || !self.timeline.was_exchanged() {
                break halt;
            }
        };
        self.reason = if halt == Halt::Mark { Reason::Entry } else { self.halted(halt) };
        Ok(())
    }

    /// On to the next stop.
    ///
    /// # Errors
    /// The program has done something else than before.
    pub fn go_on(&mut self) -> Moved {
        self.steps.clear();
        let now = self.now();
        self.advance(None, now)
    }

    /// On to the first stop of a program that is at its first line, which may be that.
    ///
    /// # Errors
    /// As [`Engine::go_on`].
    pub fn begin(&mut self) -> Moved {
        let now = self.now();
        self.advance(None, Time::at(now.fuel.saturating_sub(1)))
    }

    /// A step forward. Breakpoints on the way stop it.
    ///
    /// # Errors
    /// As [`Engine::go_on`].
    pub fn step(&mut self, step: Step) -> Moved {
        let now = self.now();
        let machine = self.timeline.program.machine();
        let Some(origin) = Origin::of(machine, now) else { return self.advance(None, now) };
        self.take_step(step, origin, now)
    }

    fn take_step(&mut self, step: Step, origin: Origin, after: Time) -> Moved {
        let from = origin.time;
        self.advance(Some((step, origin)), after)?;
        let arrived = self.now();
        if step == Step::Over && self.reason == Reason::Step {
            self.steps.push((arrived, from));
        } else {
            self.steps.clear();
        }
        Ok(())
    }

    /// Goes on with a movement forward that was interrupted.
    ///
    /// # Errors
    /// As [`Engine::go_on`].
    pub fn resume(&mut self) -> Moved {
        // What is next has not been looked at.
        let now = self.now();
        let after = Time::at(now.fuel.saturating_sub(1));
        match self.interrupted.take() {
            Some((step, origin)) => self.take_step(step, origin, after),
            None => self.advance(None, after),
        }
    }

    fn advance(&mut self, step: Option<(Step, Origin)>, after: Time) -> Moved {
        self.has_changed();
        let mut counts = self.counts()?;
        let moved = self.advance_on(step, after, &mut counts);
        if !self.timeline.is_recorded() {
            self.tally = counts;
        }
        moved
    }

    fn advance_on(
        &mut self,
        step: Option<(Step, Origin)>,
        mut after: Time,
        counts: &mut HashMap<u32, u64>,
    ) -> Moved {
        loop {
            let shared = Shared::default();
            let stops = self.stops();
            self.timeline.program.watch(rules(stops, step.clone(), after, &shared));
            loop {
                let halt = self.timeline.forward(None)?;
                let exchanged = self.timeline.was_exchanged();
                match halt {
                    Halt::Mark | Halt::Error => {
                        if let Some(reason) = self.reason_of(shared.take(), counts, true) {
                            self.reason = reason;
                            return Ok(());
                        }
                        if exchanged {
                            after = self.now();
                            break;
                        }
                    }
                    Halt::Interrupted => {
                        self.timeline.program.flag.lower();
                        // On to an instruction, which has a moment.
                        let now = self.now();
                        let halt = self.timeline.settle(now.fuel)?;
                        if halt == Halt::Left {
                            self.left(step);
                            return Ok(());
                        }
                        self.interrupted = step;
                        self.reason =
                            if halt == Halt::Mark { Reason::Pause } else { self.halted(halt) };
                        return Ok(());
                    }
                    Halt::Left => {
                        self.left(step);
                        return Ok(());
                    }
                    Halt::Limit => {
                        // What is next has not been looked at.
                        after = Time::at(self.now().fuel.saturating_sub(1));
                        break;
                    }
                    Halt::Ended => {
                        self.reason = Reason::End;
                        return Ok(());
                    }
                }
            }
        }
    }

    /// The program's host goes on. A step ends in what it begins next, if what the step began in is over.
    fn left(&mut self, step: Option<(Step, Origin)>) {
        self.reason = Reason::Left;
        let is_over = self.timeline.program.is_over();
        self.interrupted = step.map(|(step, mut origin)| match (step, is_over) {
            (Step::Instruction, _) | (_, false) => (step, origin),
            (_, true) => {
                origin.base = usize::MAX;
                (Step::In, origin)
            }
        });
    }

    /// Why the program stops, if it does: conditions and counts are looked at.
    pub(crate) fn reason_of(
        &mut self,
        seen: Seen,
        counts: &mut HashMap<u32, u64>,
        says: bool,
    ) -> Option<Reason> {
        if let Some((message, caught)) = seen.error {
            return Some(Reason::Error { message, caught: caught != Caught::Nobody });
        }
        let ids = self.accepted(&seen.breakpoints, counts, says);
        if !ids.is_empty() {
            return Some(Reason::Breakpoint(ids));
        }
        let watched = |(id, text): (u32, String)| {
            let watchpoint = self.watchpoints.iter().find(|w| w.id == id).cloned()?;
            let condition = watchpoint.condition.as_deref();
            self.passes(id, condition, watchpoint.hits, counts, says).then_some((id, text))
        };
        if let Some((id, text)) = seen.change.and_then(watched) {
            return Some(Reason::Change(id, text));
        }
        seen.step.then_some(Reason::Step)
    }

    /// How often each breakpoint that counts was hit until now.
    pub(crate) fn counts(&mut self) -> Result<HashMap<u32, u64>, String> {
        let mut counts = HashMap::new();
        let now = self.now();
        if !self.timeline.is_recorded() {
            return Ok(std::mem::take(&mut self.tally));
        }
        if !self.counts_hits() || now <= self.timeline.start() {
            return Ok(counts);
        }
        // The present one is counted.
        let end = if now.at_error { now.fuel } else { now.fuel + 1 };
        self.timeline.return_to(0)?;
        self.hits_until(Time::at(end), &mut counts, |_, _| {})?;
        self.timeline.seek(now)?;
        Ok(counts)
    }

    /// Runs from a state that is kept to before a moment, and shows every stop on the way.
    pub(crate) fn hits_until(
        &mut self,
        end: Time,
        counts: &mut HashMap<u32, u64>,
        mut stop: impl FnMut(Time, Reason),
    ) -> Moved {
        let shared = Shared::default();
        let mut begun = self.now();
        let mut last = None;
        self.timeline.expect(end.fuel);
        let stops = self.stops();
        self.timeline.program.watch(rules(stops, None, begun, &shared));
        loop {
            let halt = self.timeline.forward(Some(end.fuel))?;
            let exchanged = self.timeline.was_exchanged();
            match halt {
                Halt::Mark | Halt::Error => {
                    let time = self.now();
                    if time >= end {
                        return Ok(());
                    }
                    begun = time;
                    // An error that is handed on, as by `coroutine.wrap`, is no moment of its own.
                    if last.replace(time) == Some(time) {
                        shared.take();
                        continue;
                    }
                    if let Some(reason) = self.reason_of(shared.take(), counts, false) {
                        stop(time, reason);
                    }
                }
                Halt::Limit if exchanged && self.now() < end => {
                    begun = Time::at(self.now().fuel.saturating_sub(1));
                }
                Halt::Interrupted => {
                    self.timeline.program.flag.lower();
                    return Err("cancelled".to_string());
                }
                Halt::Limit | Halt::Ended | Halt::Left => return Ok(()),
            }
            if exchanged {
                let stops = self.stops();
                self.timeline.program.watch(rules(stops, None, begun, &shared));
            }
        }
    }

    /// Goes to a moment.
    ///
    /// # Errors
    /// As [`Engine::go_on`].
    pub fn go_to(&mut self, time: Time) -> Moved {
        self.steps.clear();
        self.arrive(time, Reason::Goto)
    }

    /// Goes to a moment for a reason.
    pub(crate) fn arrive(&mut self, time: Time, reason: Reason) -> Moved {
        self.has_changed();
        let start = self.timeline.start();
        let time = time.clamp(start, self.timeline.frontier());
        let halt = self.timeline.seek(time)?;
        self.reason = match halt {
            Halt::Ended => Reason::End,
            Halt::Interrupted => {
                self.timeline.program.flag.lower();
                Reason::Pause
            }
            Halt::Limit | Halt::Mark | Halt::Error | Halt::Left => reason,
        };
        Ok(())
    }

    /// Sets a breakpoint for one movement, and runs to it.
    ///
    /// # Errors
    /// As [`Engine::go_on`].
    pub fn run_to(&mut self, mut breakpoint: Breakpoint) -> Moved {
        breakpoint.id = self.new_id();
        let id = breakpoint.id;
        self.set_breakpoint(breakpoint);
        let moved = self.go_on();
        self.remove_breakpoint(id);
        if self.reason == Reason::Breakpoint(vec![id]) {
            self.reason = Reason::Step;
        }
        moved
    }
}
