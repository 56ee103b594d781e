//! Moving backward: a state that is kept is gone to, and the program run again up to now, looking for
//! the last moment that is asked for.

use crate::engine::{Engine, Reason};
use crate::narrow::Writers;
use crate::program::{Halt, Time};
use crate::rules::Origin;
use crate::watcher::{FunctionKey, Rules, ThreadId, here, thread_id};
use luka_vm::Vm;
use luka_vm::debug::runs::{code_of, is_return, line_starts, returns};
use luka_vm::function::ProtoData;
use luka_vm::run::look::Place;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

type Moved = Result<(), String>;

/// A step backward.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Back {
    /// To the line before, over calls.
    Over,
    /// To the line before, into what was called.
    In,
    /// To the line that has called the function.
    Out,
    /// To the instruction before.
    Instruction,
}

/// The last moments at which something was seen, while a gap is run again.
#[derive(Clone, Default, Debug)]
struct Last {
    /// The last line of the function.
    own: Option<Time>,
    /// The last line of a function below it.
    caller: Option<Time>,
    /// The last line of a coroutine that waits for it.
    resumer: Option<Time>,
    /// The function was called in this gap.
    born: bool,
    /// It may have returned.
    returned: bool,
}

impl Last {
    /// An instruction of the coroutine of the function, which lies at `base`.
    fn see(&mut self, time: Time, base: usize, origin: &Origin, begins: bool, is_return: bool) {
        if base > origin.base {
            return;
        }
        if base < origin.base {
            // Whatever was there above has ended.
            (self.own, self.returned, self.born) = (None, false, true);
            if begins {
                self.caller = Some(time);
            }
            return;
        }
        if self.returned && !is_return {
            // Called again, by a function of the library.
            (self.own, self.returned, self.born) = (None, false, true);
        }
        if begins {
            self.own = Some(time);
        }
        self.returned |= is_return;
    }
}

/// What looks at each instruction of a gap that is run again.
pub trait Search: Send + 'static {
    /// What is looked for.
    type Found;

    /// An instruction is next, or the gap ends.
    fn see(&mut self, vm: &Vm);

    /// What was found last.
    fn found(&mut self) -> Option<Self::Found>;
}

impl Engine {
    /// A step backward.
    ///
    /// # Errors
    /// The program has done something else than before, or it was cancelled.
    pub fn step_back(&mut self, back: Back) -> Moved {
        self.timeline.past()?;
        let now = self.now();
        let undone = self.steps.pop().filter(|(arrived, _)| *arrived == now);
        if let (Back::Over, Some((_, from))) = (back, undone) {
            return self.arrive(from, Reason::Step);
        }
        if undone.is_none() {
            self.steps.clear();
        }
        let to = match back {
            Back::Instruction => self.instruction_before(now)?,
            Back::In => self.line_before(now)?,
            Back::Over | Back::Out => {
                let machine = self.timeline.program.machine();
                match Origin::of(machine, now) {
                    Some(origin) if !self.has_ended() => self.line_of(back, &origin)?,
                    // It has ended: there is no function to step over.
                    _ => self.line_before(now)?,
                }
            }
        };
        self.steps.clear();
        match to {
            Some(time) => self.arrive(time, Reason::Step),
            None => self.rewind(),
        }
    }

    /// Back to the first line.
    ///
    /// # Errors
    /// As [`Engine::step_back`].
    pub fn rewind(&mut self) -> Moved {
        self.timeline.past()?;
        self.has_changed();
        self.steps.clear();
        self.timeline.return_to(0)?;
        self.reason = Reason::Entry;
        if self.timeline.program.is_hosted() {
            // (Its host may have had it in its hands.)
            let start = self.timeline.start();
            self.timeline.settle(start.fuel)?;
        } else if !self.timeline.begins_inside {
            self.run_to_first_line()?;
        }
        if self.reason == Reason::Entry {
            self.reason = Reason::Beginning;
        }
        Ok(())
    }

    /// The last line before now of the function, or the line that has called it.
    fn line_of(&mut self, back: Back, origin: &Origin) -> Result<Option<Time>, String> {
        let mut born = false;
        if back == Back::Out && origin.callers.is_empty() && origin.resumers.is_empty() {
            return Ok(None);
        }
        for (gap, end) in self.gaps(origin.time)? {
            let last = self.scan(back, gap, end, origin)?;
            // Before it was called, its place on the stack was that of others.
            let own = last.own.filter(|_| back == Back::Over && !born);
            born |= last.born;
            let found = own
                .or(last.caller.filter(|_| born))
                .or(last.resumer.filter(|_| origin.is_first && (back == Back::Out || born)));
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The gaps between kept states before a moment ([`crate::timeline::Timeline::gaps`]), short ones first.
    fn gaps(&mut self, before: Time) -> Result<Vec<(usize, u64)>, String> {
        self.timeline.approach(before)?;
        Ok(self.timeline.gaps(before))
    }

    fn scan(&mut self, back: Back, gap: usize, end: u64, origin: &Origin) -> Result<Last, String> {
        self.timeline.return_to(gap)?;
        let last = Arc::new(Mutex::new(Last::default()));
        let (found, from) = (last.clone(), origin.clone());
        let reached = move |vm: &Vm| {
            let time = Time::at(vm.fuel_used());
            if time >= from.time {
                return false;
            }
            let Some(here) = here(vm) else { return false };
            let mut last = found.lock().unwrap_or_else(PoisonError::into_inner);
            if here.thread == from.thread {
                let code = code_of(&here.view);
                let is_return = code.is_some_and(|(proto, pc)| is_return(proto.data(), pc));
                last.see(time, here.view.base, &from, here.begins, is_return);
            } else if here.begins
                && from
                    .resumers
                    .first()
                    .is_some_and(|(thread, base)| *thread == here.thread && here.view.base <= *base)
            {
                last.resumer = Some(time);
            }
            false
        };
        let from = origin.clone();
        let choose = move |function: &ProtoData| {
            let key = FunctionKey::of(function);
            if from.callers.contains(&key) {
                return (0..function.code.len()).collect();
            }
            // (Who looks for the call needs none of its own lines.)
            if from.function == key && back != Back::Out {
                let starts = line_starts(function).into_iter().map(|(pc, _)| pc);
                return starts.chain(returns(function)).collect();
            }
            Vec::new()
        };
        let rules = Rules { choose: Box::new(choose), reached: Box::new(reached), ..Rules::none() };
        self.run_gap(rules, end)?;
        let last = last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(last)
    }

    /// Runs from the state that a gap begins with to its end.
    pub(crate) fn run_gap(&mut self, rules: Rules, end: u64) -> Moved {
        self.timeline.program.watch(rules);
        self.timeline.expect(end);
        self.forward_in_gap(end).map(|_| ())
    }

    /// Runs on in a gap; false: it ends before that.
    pub(crate) fn forward_in_gap(&mut self, until: u64) -> Result<bool, String> {
        match self.timeline.forward_within(until)? {
            Halt::Interrupted => {
                self.timeline.program.flag.lower();
                Err("cancelled".to_string())
            }
            Halt::Limit => Ok(true),
            Halt::Mark | Halt::Error | Halt::Ended | Halt::Left => Ok(false),
        }
    }

    /// The last moment before another one at which `is_one` holds, of those that `rules` ask about.
    pub(crate) fn last_before(
        &mut self,
        time: Time,
        everywhere: bool,
        choose: impl Fn(&ProtoData) -> Vec<usize> + Clone + Send + 'static,
        is_one: impl FnMut(&Vm) -> bool + Clone + Send + 'static,
    ) -> Result<Option<Time>, String> {
        for (gap, end) in self.gaps(time)? {
            self.timeline.return_to(gap)?;
            let last = Arc::new(Mutex::new(None));
            let (found, mut is_one) = (last.clone(), is_one.clone());
            let reached = move |vm: &Vm| {
                let at = Time::at(vm.fuel_used());
                if at < time && is_one(vm) {
                    *found.lock().unwrap_or_else(PoisonError::into_inner) = Some(at);
                }
                false
            };
            let rules = Rules {
                choose: Box::new(choose.clone()),
                reached: Box::new(reached),
                everywhere,
                ..Rules::none()
            };
            self.run_gap(rules, end)?;
            let last = *last.lock().unwrap_or_else(PoisonError::into_inner);
            if last.is_some() {
                return Ok(last);
            }
        }
        Ok(None)
    }

    /// Runs the gaps before a moment again, the latest first, and shows every instruction that may concern a
    /// place to a search, until one has found something. The program is at the moment.
    pub(crate) fn search<S: Search>(
        &mut self,
        until: Time,
        place: &Place,
        begin: impl Fn() -> S,
    ) -> Result<Option<S::Found>, String> {
        let writers = Writers::of(self.timeline.program.machine(), place);
        for (gap, mut end) in self.gaps(until)? {
            let begun = self.timeline.begin_of(gap);
            loop {
                let part = match &writers {
                    Some(writers) => self.narrow(gap, end, writers)?,
                    None => Some((begun, end)),
                };
                let Some((from, to)) = part else { break };
                let found = self.search_part(gap, from, to, begin())?;
                if found.is_some() {
                    return Ok(found);
                }
                // (Something else was stored there.)
                if from <= begun {
                    break;
                }
                end = from;
            }
        }
        Ok(None)
    }

    /// Shows every instruction of a part of a gap to a search.
    fn search_part<S: Search>(
        &mut self,
        gap: usize,
        from: u64,
        to: u64,
        search: S,
    ) -> Result<Option<S::Found>, String> {
        self.timeline.return_to(gap)?;
        if from > self.now().fuel {
            self.run_gap(Rules::none(), from)?;
        }
        let search = Arc::new(Mutex::new(search));
        let searching = search.clone();
        let rules = Rules::everywhere(move |vm| {
            searching.lock().unwrap_or_else(PoisonError::into_inner).see(vm);
            false
        });
        self.run_gap(rules, to)?;
        let mut search = search.lock().unwrap_or_else(PoisonError::into_inner);
        // The last instruction of the gap has no other behind it.
        search.see(self.timeline.program.machine());
        Ok(search.found())
    }

    fn line_before(&mut self, time: Time) -> Result<Option<Time>, String> {
        let starts = |function: &ProtoData| -> Vec<usize> {
            line_starts(function).into_iter().map(|(pc, _)| pc).collect()
        };
        self.last_before(time, false, starts, |vm| here(vm).is_some_and(|here| here.begins))
    }

    fn instruction_before(&mut self, time: Time) -> Result<Option<Time>, String> {
        self.last_before(time, true, |_| Vec::new(), Vm::is_at_instruction)
    }

    /// Back to the last stop before now: what going on from there would have stopped at last.
    ///
    /// # Errors
    /// As [`Engine::step_back`].
    pub fn go_back(&mut self) -> Moved {
        self.timeline.past()?;
        self.has_changed();
        self.steps.clear();
        let now = self.now();
        // Behind the end there is nothing that could be the present stop.
        let end = if self.has_ended() { Time::at(now.fuel.saturating_add(1)) } else { now };
        let found = if self.counts_hits() {
            let mut last = None;
            self.timeline.return_to(0)?;
            self.hits_until(end, &mut HashMap::new(), |time, reason| last = Some((time, reason)))?;
            last
        } else {
            self.last_stop(end)?
        };
        match found {
            Some((time, reason)) => self.arrive(time, reason),
            None => self.rewind(),
        }
    }

    fn last_stop(&mut self, end: Time) -> Result<Option<(Time, Reason)>, String> {
        for (gap, limit) in self.gaps(end)? {
            self.timeline.return_to(gap)?;
            let mut last = None;
            // The instruction at which a gap ends is of it, for the next one is begun there; an error that the
            // instruction raises is not.
            let behind = Time { fuel: limit.saturating_add(1), at_error: true };
            let until = if limit == end.fuel { end } else { behind };
            self.hits_until(until, &mut HashMap::new(), |time, reason| {
                last = Some((time, reason))
            })?;
            if last.is_some() {
                return Ok(last);
            }
        }
        Ok(None)
    }

    /// Whether a coroutine is the one that runs.
    pub fn runs(&mut self, thread: ThreadId) -> bool {
        let machine = self.timeline.program.machine();
        thread_id(machine, machine.current_thread()) == thread
    }
}
