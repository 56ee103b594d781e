//! When a value has changed.

use crate::engine::{Engine, Reason};
use crate::program::Time;
use crate::rules::same;
use crate::show::shown;
use crate::watcher::Rules;
use luka_vm::run::look::{Located, Place};
use luka_vm::{Value, Vm};
use std::sync::{Arc, Mutex, PoisonError};

/// A store that has changed a value.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    /// Before the instruction that has stored.
    pub time: Time,
    /// The values, as they are shown.
    pub before: String,
    pub after: String,
}

impl Engine {
    /// The last change of a place before now, and goes there; the program stops before the store, with
    /// its stack. `None` if it has not changed since the beginning, and nothing has moved.
    ///
    /// # Errors
    /// The program has done something else than before, or it was cancelled.
    pub fn last_change(&mut self, place: &Place) -> Result<Option<Change>, String> {
        let now = self.now();
        let found = self.find_change(place, now)?;
        match &found {
            Some(change) => {
                self.steps.clear();
                self.arrive(change.time, Reason::Goto)?;
            }
            None => self.arrive(now, self.reason.clone())?,
        }
        Ok(found)
    }

    fn find_change(&mut self, place: &Place, now: Time) -> Result<Option<Change>, String> {
        for (gap, end) in self.timeline.gaps(now) {
            self.timeline.return_to(gap)?;
            let watch = Arc::new(Mutex::new(Watch::new(place, now)));
            let watching = watch.clone();
            let rules = Rules::everywhere(move |vm| {
                watching.lock().unwrap_or_else(PoisonError::into_inner).see(vm);
                false
            });
            self.run_gap(rules, end)?;
            let mut watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
            // The last instruction of the gap has no other behind it.
            watch.see(self.timeline.program.machine());
            let found = watch.last.take();
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

/// What is seen of a place while a gap is run again.
struct Watch {
    place: Located,
    until: Time,
    /// The last instruction, and the value after it.
    time: Time,
    value: Option<Option<Value>>,
    last: Option<Change>,
}

impl Watch {
    fn new(place: &Place, until: Time) -> Watch {
        let place = Located::new(place.clone());
        Watch { place, until, time: Time::at(0), value: None, last: None }
    }

    fn see(&mut self, vm: &Vm) {
        let time = Time::at(vm.fuel_used());
        if time.fuel > self.until.fuel {
            return;
        }
        let value = vm.value_at(&mut self.place);
        if let Some(before) = self.value.replace(value)
            && !same(before, value)
        {
            let of = |v: Option<Value>| v.map_or("nothing".to_string(), |v| shown(vm, v));
            self.last = Some(Change { time: self.time, before: of(before), after: of(value) });
        }
        if vm.is_at_instruction() {
            self.time = time;
        }
    }
}
