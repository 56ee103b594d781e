//! When a value has changed.

use crate::back::Search;
use crate::engine::{Engine, Reason};
use crate::program::Time;
use crate::rules::same;
use crate::show::shown;
use luka_vm::run::look::{Located, Place};
use luka_vm::{Value, Vm};

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
        self.timeline.past()?;
        let now = self.now();
        let found = self.search(now, place, || Watch::new(place, now))?;
        match &found {
            Some(change) => {
                self.steps.clear();
                self.arrive(change.time, Reason::Goto)?;
            }
            None => self.arrive(now, self.reason.clone())?,
        }
        Ok(found)
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
}

impl Search for Watch {
    type Found = Change;

    fn found(&mut self) -> Option<Change> {
        self.last.take()
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
