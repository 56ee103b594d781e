//! Where a value comes from: from store to store, back to where it was made.
//!
//! Each store is found as changes are: a gap between two states is run again, and every instruction is
//! looked at. The program is taken to the last one that has stored in the place, and what that
//! instruction does says which place the value was in before ([`crate::origin`]).

use crate::back::Search;
use crate::changes::Change;
use crate::engine::{Engine, Reason};
use crate::origin::{Origin, origin};
use crate::program::Time;
use crate::rules::same;
use crate::show::shown;
use crate::site::Site;
use crate::watcher::ThreadId;
use luka_bytecode::{Class, Instr};
use luka_vm::run::look::{CellId, Key, Located, Place};
use luka_vm::{Value, Vm};

/// The most stores that a value is followed through.
const STORES: usize = 100;

/// What values are called that have no name where they are read, and where they are stored.
pub const RESULT: &str = "a value";
pub const NAMELESS: &str = "value";

/// What a value is, in whatever run of the program.
#[derive(Clone, PartialEq, Debug)]
pub enum Identity {
    Nil,
    Plain(Key),
    Object(CellId),
    /// An object that has no cell of its own.
    Unknown,
}

impl Identity {
    pub fn of(vm: &Vm, value: Value) -> Identity {
        if value.is_nil() {
            return Identity::Nil;
        }
        match Key::of(value) {
            Some(Key::Float(x)) if x.is_nan() => Identity::Unknown,
            Some(key) => Identity::Plain(key),
            None => vm.cell_of(value).map_or(Identity::Unknown, Identity::Object),
        }
    }
}

/// A store that a value has gone through.
#[derive(Clone, PartialEq, Debug)]
pub struct Store {
    /// Before the instruction that has stored.
    pub change: Change,
    /// The chunk and line of that.
    pub position: Option<(Vec<u8>, u32)>,
    /// The place, as its code calls it: `local 'x'`.
    pub place: String,
    /// Where the value came from: `field 'n'`, `the constant 12`, `10 + 2`.
    pub from: String,
}

impl Store {
    /// Whether it stores the result that another one has made, in the same line.
    fn is_of_result(&self, made: &Store) -> bool {
        self.from == RESULT && made.place == NAMELESS && self.position == made.position
    }
}

/// The way of a value, the last store first.
#[derive(Clone, PartialEq, Debug)]
pub struct Trail {
    pub stores: Vec<Store>,
    /// Why it ends there.
    pub end: String,
}

impl Engine {
    /// Follows the value that a place has now to where it was made. The program stops before the last
    /// store, with its stack; if there is none, nothing moves.
    ///
    /// # Errors
    /// The program has done something else than before, or it was cancelled.
    pub fn follow(&mut self, place: &Place) -> Result<Trail, String> {
        self.timeline.past()?;
        let now = self.now();
        let reason = self.reason.clone();
        let mut trail = Trail { stores: Vec::new(), end: String::new() };
        let machine = self.timeline.program.machine();
        let value = machine.value_in(place).unwrap_or(Value::NIL);
        let wanted = Identity::of(machine, value);
        let (mut place, mut until) = (place.clone(), now);
        while trail.stores.len() < STORES {
            let Some(found) = self.search(until, &place, || Stores::new(&place, until))? else {
                trail.end = "it was there when the recording begins".to_string();
                break;
            };
            if found.value != wanted {
                trail.end = "what has put it there cannot be seen".to_string();
                break;
            }
            until = found.change.time;
            self.timeline.seek(until)?;
            let position = self.position();
            let machine = self.timeline.program.machine();
            let Origin { place: named, from, next } = origin(machine, &place, &found, &wanted);
            let store = Store { change: found.change, position, place: named, from };
            match trail.stores.last_mut() {
                Some(last) if last.is_of_result(&store) => last.from = store.from,
                _ => trail.stores.push(store),
            }
            match next {
                Ok(before) => place = before,
                Err(end) => {
                    trail.end = end;
                    break;
                }
            }
        }
        if trail.end.is_empty() {
            trail.end = format!("these are the last {STORES} stores");
        }
        self.steps.clear();
        match trail.stores.first() {
            Some(store) => self.arrive(store.change.time, Reason::Goto)?,
            None => self.arrive(now, reason)?,
        }
        Ok(trail)
    }
}

/// A store that was found.
pub struct Found {
    pub change: Change,
    /// What was stored.
    pub value: Identity,
    /// The function that runs behind it: its coroutine, the slots of its first argument and register.
    pub behind: Option<(CellId, usize, usize)>,
    /// The key that the iterator of a loop has found.
    pub key: Option<Key>,
    /// The register of the variable that a function that was made has captured.
    pub captured: Option<usize>,
}

/// The instruction that was seen last.
struct Seen {
    time: Time,
    frame: (ThreadId, usize),
    instr: Instr,
    class: Class,
    /// It writes the place itself.
    writes: bool,
}

/// The search for the last store in a place, while a gap is run again.
struct Stores {
    place: Located,
    until: Time,
    last: Option<Seen>,
    value: Option<Option<Value>>,
    found: Option<Found>,
}

impl Stores {
    fn new(place: &Place, until: Time) -> Stores {
        let place = Located::new(place.clone());
        Stores { place, until, last: None, value: None, found: None }
    }

    /// Whether what was executed last has stored in the place, though it may have held the value before.
    fn has_stored(&mut self, vm: &Vm, last: &Seen, here: Option<&Site>) -> bool {
        let Some(here) = here else { return false };
        let is_call = here.pc == 0 && (frame(here) != last.frame || last.class == Class::TailCall);
        if is_call {
            return self.is_given(last, here);
        }
        if frame(here) == last.frame {
            return last.writes;
        }
        // A function has returned, or a coroutine has got something: into what its call writes.
        let before = here.pc.checked_sub(1).and_then(|pc| here.at(pc));
        before.is_some_and(|call| call.writes(vm, &mut self.place))
    }

    /// Whether a function that was just called has the place, one of its parameters, from its call. (Mostly
    /// arguments are where parameters are: the caller has put them there.)
    fn is_given(&self, last: &Seen, here: &Site) -> bool {
        let Place::Slot(cell, slot) = self.place.place() else { return false };
        let Some(n) = slot.checked_sub(here.view.base) else { return false };
        if Some(*cell) != here.cell || n >= here.proto.parameters() {
            return false;
        }
        let moved = here.view.base != here.view.start;
        match (last.class, last.instr.b) {
            (Class::Call, 0) => moved,
            (Class::Call, count) => moved || n + 1 >= count as usize,
            // Tail calls, iterators and metamethods copy their arguments.
            _ => true,
        }
    }
}

impl Search for Stores {
    type Found = Found;

    fn found(&mut self) -> Option<Found> {
        self.found.take()
    }

    fn see(&mut self, vm: &Vm) {
        let time = Time::at(vm.fuel_used());
        if time.fuel > self.until.fuel {
            return;
        }
        if self.last.as_ref().is_some_and(|last| last.time == time) {
            // (Nothing was executed since.)
            return;
        }
        let here = Site::here(vm);
        let value = vm.value_at(&mut self.place);
        let before = self.value.replace(value);
        let changed = before.is_some_and(|before| !same(before, value));
        if let Some(last) = self.last.take()
            && (changed || self.has_stored(vm, &last, here.as_ref()))
        {
            let of = |v: Option<Value>| v.map_or("nothing".to_string(), |v| shown(vm, v));
            let (before, after) = (of(before.flatten()), of(value));
            let stays = here.as_ref().filter(|here| frame(here) == last.frame);
            let key = stays.filter(|_| last.class == Class::GenericCall);
            let is_made = stays.is_some() && last.class == Class::Closure;
            let address = is_made.then(|| vm.slot_address(&mut self.place)).flatten();
            self.found = Some(Found {
                change: Change { time: last.time, before, after },
                value: Identity::of(vm, value.unwrap_or(Value::NIL)),
                behind: here.as_ref().and_then(|s| Some((s.cell?, s.view.start, s.view.base))),
                key: key.and_then(|here| Key::of(here.value(vm, last.instr.a as usize + 4))),
                captured: address.and_then(|at| vm.register_at(at)),
            });
        }
        if let Some(site) = here.filter(|_| vm.is_at_instruction()) {
            let writes = site.writes(vm, &mut self.place);
            let (instr, class) = (site.instr, site.info.class);
            self.last = Some(Seen { time, frame: frame(&site), instr, class, writes });
        }
    }
}

fn frame(site: &Site) -> (ThreadId, usize) {
    (site.id, site.view.base)
}
