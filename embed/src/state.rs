//! What this crate keeps beside a machine.

use crate::error::{Error, ErrorData, Result};
use crate::handle::{Handle, Releases, Roots};
use crate::registry::Registry;
use crate::reports::Reports;
use luka_vm::Vm as Machine;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The objects of userdata; a handle is an index below and a generation above, so that no handle is
/// ever used again.
#[derive(Default)]
pub(crate) struct Objects {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

struct Slot {
    generation: u32,
    content: Content,
}

enum Content {
    Free,
    Here(Box<dyn Any + Send>),
    /// A method or the host works on it.
    Borrowed,
}

/// What is in a place for an object.
pub(crate) enum Place<'a> {
    Free,
    Object(&'a (dyn Any + Send)),
    InUse,
}

impl Objects {
    pub(crate) fn add(&mut self, object: Box<dyn Any + Send>) -> u64 {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot { generation: 0, content: Content::Free });
            (self.slots.len() - 1) as u32
        });
        let slot = &mut self.slots[index as usize];
        slot.content = Content::Here(object);
        u64::from(slot.generation) << 32 | u64::from(index)
    }

    fn slot(&mut self, handle: u64) -> Option<&mut Slot> {
        let slot = self.slots.get_mut(handle as u32 as usize)?;
        (slot.generation == (handle >> 32) as u32).then_some(slot)
    }

    /// Takes an object out, to be put back.
    ///
    /// # Errors
    /// It is in use, or gone.
    pub(crate) fn borrow(&mut self, handle: u64) -> Result<Box<dyn Any + Send>> {
        let slot = self.slot(handle).ok_or_else(Error::gone)?;
        match std::mem::replace(&mut slot.content, Content::Borrowed) {
            Content::Here(object) => Ok(object),
            Content::Borrowed => Err(Error::borrowed()),
            Content::Free => {
                slot.content = Content::Free;
                Err(Error::gone())
            }
        }
    }

    pub(crate) fn put_back(&mut self, handle: u64, object: Box<dyn Any + Send>) {
        if let Some(slot) = self.slot(handle) {
            slot.content = Content::Here(object);
        }
    }

    /// Removes an object, which the caller drops.
    pub(crate) fn remove(&mut self, handle: u64) -> Option<Box<dyn Any + Send>> {
        let slot = self.slot(handle)?;
        let content = std::mem::replace(&mut slot.content, Content::Free);
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(handle as u32);
        match content {
            Content::Here(object) => Some(object),
            Content::Free | Content::Borrowed => None,
        }
    }

    /// Every place for an object, with its generation.
    pub(crate) fn places(&self) -> impl ExactSizeIterator<Item = (u32, Place<'_>)> {
        self.slots.iter().map(|slot| {
            let place = match &slot.content {
                Content::Free => Place::Free,
                Content::Here(object) => Place::Object(&**object),
                Content::Borrowed => Place::InUse,
            };
            (slot.generation, place)
        })
    }

    /// The free places, the next to be used last.
    pub(crate) fn free_places(&self) -> &[u32] {
        &self.free
    }

    /// Objects at these places, with their generations; the free ones in this order. `None` if that
    /// does not fit together.
    pub(crate) fn of_places(
        places: Vec<(u32, Option<Box<dyn Any + Send>>)>,
        free: Vec<u32>,
    ) -> Option<Objects> {
        let mut left: std::collections::HashSet<u32> = free.iter().copied().collect();
        let distinct = left.len() == free.len();
        let slots = places.into_iter().enumerate().map(|(i, (generation, object))| {
            let is_free = left.remove(&(i as u32));
            let content = object.map_or(Content::Free, Content::Here);
            (is_free == matches!(content, Content::Free)).then_some(Slot { generation, content })
        });
        let slots: Option<Vec<Slot>> = slots.collect();
        (distinct && left.is_empty()).then_some(Objects { slots: slots?, free })
    }

    /// How many objects there are.
    pub(crate) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
}

/// The state, which lies in the machine's `host_data`.
pub(crate) struct State {
    /// The machine's number in this process.
    pub(crate) machine: u64,
    pub(crate) releases: Arc<Releases>,
    pub(crate) roots: Roots,
    pub(crate) registry: Registry,
    pub(crate) objects: Objects,
    pub(crate) reports: Reports,
    /// Details of the last error nobody caught, noted while its stack was there.
    pub(crate) failure: Option<ErrorData>,
    /// The call the machine waits for: its number and the function's name.
    pub(crate) asked: Option<(u64, &'static str)>,
    /// Whether the run stops where an error is raised that nobody catches.
    pub(crate) stops_at_errors: bool,
    /// Calls to the host made so far.
    pub(crate) calls: u64,
    /// How deep the conversion under way is nested.
    pub(crate) depth: u32,
    /// A debugger runs a part of the program again.
    pub(crate) is_replay: bool,
    /// It is a copy that is only looked into: no function of the host is called.
    pub(crate) is_copy: bool,
    /// What cannot be saved is an error, and not left out.
    pub(crate) saves_all: bool,
    data: HashMap<TypeId, Option<Box<dyn Any + Send>>>,
}

/// In the place of an object that could not be saved.
pub(crate) struct Missing;

impl State {
    pub(crate) fn new(registry: Registry) -> State {
        static MACHINES: AtomicU64 = AtomicU64::new(1);
        State {
            machine: MACHINES.fetch_add(1, Ordering::Relaxed),
            releases: Arc::default(),
            roots: Roots::default(),
            registry,
            objects: Objects::default(),
            reports: Reports::default(),
            failure: None,
            asked: None,
            stops_at_errors: false,
            calls: 0,
            depth: 0,
            is_replay: false,
            is_copy: false,
            saves_all: true,
            data: HashMap::new(),
        }
    }

    /// The state of a machine. Every machine of this crate has one, from its making to its end.
    pub(crate) fn of(machine: &mut Machine) -> &mut State {
        let state = machine.host_data.as_mut().and_then(|data| data.downcast_mut());
        state.expect("a machine of this crate has its state")
    }

    /// Lets go of what handles have released.
    pub(crate) fn release_roots(machine: &mut Machine) {
        let state = State::of(machine);
        let releases = state.releases.clone();
        for number in state.roots.released(&releases) {
            machine.remove_host_root(number);
        }
    }

    /// A new handle of a value.
    pub(crate) fn root(machine: &mut Machine, raw: luka_vm::Value) -> Handle {
        State::release_roots(machine);
        let number = machine.add_host_root(raw);
        let state = State::of(machine);
        let owner = state.releases.clone();
        state.roots.add(number, owner)
    }

    pub(crate) fn take_data<T: 'static>(&mut self) -> Result<Option<T>> {
        match self.data.insert(TypeId::of::<T>(), None) {
            None => Ok(None),
            Some(None) => Err(Error::borrowed()),
            Some(Some(object)) => Ok(object.downcast().ok().map(|object| *object)),
        }
    }

    /// Puts an object back; without one it is to be made when it is next asked for.
    pub(crate) fn put_data<T: Send + 'static>(&mut self, object: Option<T>) {
        match object {
            Some(object) => self.data.insert(TypeId::of::<T>(), Some(Box::new(object))),
            None => self.data.remove(&TypeId::of::<T>()),
        };
    }
}
