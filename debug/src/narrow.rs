//! Where in a gap something has last been stored in a place, more or less: the gap is run again at full
//! speed, with marks on the instructions that may store there. Only the part that is found is looked at
//! instruction by instruction.
//!
//! A part ends where the place holds another value than before, or where an instruction may have stored the
//! same value again. So that functions of the library cannot hide a change for long, the value is also
//! compared now and then.

use crate::engine::Engine;
use crate::program::Time;
use crate::rules::same;
use crate::site::{Site, same_key};
use crate::watcher::{FunctionKey, Rules, ThreadId, thread_id};
use luka_bytecode::effects::writes;
use luka_bytecode::operand::raw;
use luka_bytecode::{Class, Instr, OpInfo, Role};
use luka_vm::debug::runs::{code_of, instruction};
use luka_vm::function::ProtoData;
use luka_vm::run::look::{Key, Located, Place};
use luka_vm::{Value, Vm};
use std::sync::{Arc, Mutex, PoisonError};

/// The function whose register a place is.
#[derive(Clone)]
struct Owner {
    thread: ThreadId,
    base: usize,
    start: usize,
    function: FunctionKey,
    register: usize,
}

/// What may store in a place.
#[derive(Clone)]
pub struct Writers {
    place: Place,
    owner: Option<Owner>,
}

impl Writers {
    /// What may store in a place before now; `None`: anything may.
    pub fn of(vm: &mut Vm, place: &Place) -> Option<Writers> {
        let owner = match place {
            Place::Field(..) | Place::Upvalue(_) => None,
            Place::Slot(cell, slot) => {
                let threads = vm.coroutines();
                let of_cell = |thread| vm.cell_of_thread(thread) == Some(*cell);
                let thread = threads.into_iter().find(|thread| of_cell(*thread))?;
                let view = vm.frames(thread).find(|view| view.base <= *slot)?;
                let (proto, _) = code_of(&view)?;
                let register = slot - view.base;
                (register < proto.data().max_stack as usize).then_some(())?;
                let (base, start) = (view.base, view.start);
                let function = FunctionKey::of(proto.data());
                Some(Owner { thread: thread_id(vm, thread), base, start, function, register })
            }
        };
        Some(Writers { place: place.clone(), owner })
    }

    /// The instructions of a function that may store there, or behind which something may be stored.
    fn choose(&self, function: &ProtoData) -> Vec<usize> {
        let owns = self.owner.as_ref().filter(|owner| owner.function == FunctionKey::of(function));
        let registers = match (&self.place, owns) {
            (Place::Upvalue(_), _) => captured(function),
            (_, Some(owner)) => vec![owner.register],
            _ => Vec::new(),
        };
        let mut chosen = Vec::new();
        if owns.is_some() {
            // Its arguments come from elsewhere.
            chosen.push(0);
        }
        for pc in 0..function.code.len() {
            let Some(instr) = instruction(function, pc) else { continue };
            let Some(info) = instr.opcode().map(|op| op.info()) else { continue };
            if self.may_store(function, instr, info, &registers) {
                chosen.push(pc);
                // What a call or a metamethod stores in a register it stores when it has returned.
                chosen.extend((!registers.is_empty()).then_some(pc + 1));
            }
        }
        chosen.sort_unstable();
        chosen.dedup();
        chosen
    }

    fn may_store(
        &self,
        function: &ProtoData,
        instr: Instr,
        info: &OpInfo,
        registers: &[usize],
    ) -> bool {
        let top = function.max_stack as usize;
        match &self.place {
            Place::Field(_, key) => match info.class {
                Class::Set => names_none_but(function, instr, info, key),
                Class::SetList | Class::Call | Class::TailCall | Class::GenericCall => true,
                _ => false,
            },
            Place::Upvalue(_) | Place::Slot(..) => {
                info.class == Class::SetUpvalue
                    || !registers.is_empty()
                        && writes(instr, top).iter().any(|register| registers.contains(register))
            }
        }
    }

    /// Whether an instruction that was chosen may have stored there, or its function just got its arguments.
    fn stores(&self, vm: &Vm, place: &mut Located) -> bool {
        let Some(here) = Site::here(vm) else { return false };
        if here.writes(vm, place) {
            return true;
        }
        let before = here.pc.checked_sub(1).and_then(|pc| here.at(pc));
        if before.is_some_and(|before| before.writes(vm, place)) {
            return true;
        }
        here.pc == 0
            && self.owner.as_ref().is_some_and(|owner| {
                owner.thread == here.id
                    && (owner.base == here.view.base || owner.start == here.view.start)
            })
    }
}

/// Whether an instruction that sets a field names this one, or one that is known when it is executed.
fn names_none_but(function: &ProtoData, instr: Instr, info: &OpInfo, key: &Key) -> bool {
    let [_, Some(named), _] = info.inputs else { return true };
    if !matches!(named.role, Role::Const | Role::ConstNum | Role::ConstStr | Role::ConstWide) {
        return true;
    }
    let constant = function.constants.get(raw(instr, named.field) as usize);
    constant.and_then(|value| Key::of(*value)).is_none_or(|named| same_key(&named, key))
}

/// The registers of a function that functions in it capture.
fn captured(function: &ProtoData) -> Vec<usize> {
    let inside = function.protos.iter().flat_map(|inner| inner.data().upvalues.iter());
    inside.filter(|upvalue| upvalue.in_stack).map(|upvalue| upvalue.index as usize).collect()
}

/// What is seen of a place while a gap is run again.
struct Look {
    writers: Writers,
    place: Located,
    until: Time,
    /// The last time it was looked at, and the value.
    time: u64,
    value: Option<Value>,
    /// It may have been stored in since: what was looked at before that.
    stored: Option<u64>,
    /// The last part in which it was stored in.
    part: Option<(u64, u64)>,
}

impl Look {
    fn see(&mut self, vm: &Vm, marked: bool) {
        let time = vm.fuel_used();
        if time > self.until.fuel || time < self.time || time == self.time && !marked {
            return;
        }
        let value = vm.value_at(&mut self.place);
        if let Some(from) = self.stored.take() {
            self.part = Some((from, time));
        }
        if !same(value, self.value) {
            self.part =
                Some((self.part.filter(|part| part.1 == time).map_or(self.time, |p| p.0), time));
        }
        if marked && self.writers.stores(vm, &mut self.place) {
            self.stored = Some(self.time);
        }
        (self.time, self.value) = (time, value);
    }
}

impl Engine {
    /// The last part of a gap in which something may have been stored in a place: the fuel at its beginning
    /// and end. `None`: there is none.
    ///
    /// # Errors
    /// The program has done something else than before, or it was cancelled.
    pub(crate) fn narrow(
        &mut self,
        gap: usize,
        end: u64,
        writers: &Writers,
    ) -> Result<Option<(u64, u64)>, String> {
        let begin = self.timeline.begin_of(gap);
        let short = self.timeline.distances.narrow;
        if end.saturating_sub(begin) <= short {
            return Ok(Some((begin, end)));
        }
        self.timeline.return_to(gap)?;
        let mut place = Located::new(writers.place.clone());
        let value = self.timeline.program.machine().value_at(&mut place);
        let look = Arc::new(Mutex::new(Look {
            writers: writers.clone(),
            place,
            until: Time::at(end),
            time: begin,
            value,
            stored: None,
            part: None,
        }));
        let (looking, choosing) = (look.clone(), writers.clone());
        let reached = move |vm: &Vm| {
            looking.lock().unwrap_or_else(PoisonError::into_inner).see(vm, true);
            false
        };
        let choose = move |function: &ProtoData| choosing.choose(function);
        let rules = Rules { choose: Box::new(choose), reached: Box::new(reached), ..Rules::none() };
        self.timeline.program.watch(rules);
        self.timeline.expect(end);
        let mut to = begin;
        while to < end {
            to = to.saturating_add(short / 2 + 1).min(end);
            let goes_on = self.forward_in_gap(to)?;
            let machine = self.timeline.program.machine();
            if to >= end || machine.is_at_instruction() {
                look.lock().unwrap_or_else(PoisonError::into_inner).see(machine, false);
            }
            if !goes_on {
                break;
            }
        }
        let look = look.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(look.stored.map(|from| (from, end)).or(look.part))
    }
}
