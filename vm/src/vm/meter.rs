//! Fuel as the host sees it, and the counters behind it: how much a program has executed, how much it
//! may, and where it is to stop.
//!
//! [`Vm`]'s `fuel` is what is left of a *slice*, in bytes of instructions; the total of fuel used
//! follows from it and from where the slice ends.

use super::Vm;
use crate::value::{Value, tag};
use luka_bytecode::Instr;

/// Bytes of an instruction: what it costs, in the unit of `Vm::fuel`.
pub(crate) const INSTR: isize = size_of::<Instr>() as isize;

/// Fuel between two turns of the collector, and at most between two looks at the interrupt flag.
pub(crate) const PERIOD: i64 = 20_000;

/// Up to so many values or bytes are moved or compared without a charge.
pub(crate) const MANY: usize = 64;
/// Values that are moved for a unit.
pub(crate) const VALUES_MOVED: usize = 4;
/// Bytes that are compared or hashed for a unit.
pub(crate) const BYTES_COMPARED: usize = 64;

/// A total that is never reached, whatever natives' work moves it by.
pub(crate) const NEVER: i64 = i64::MAX / 2;

/// The fuel counters of a machine, in units; totals count from its making.
#[derive(Debug)]
pub struct Meter {
    /// The total at the end of the slice.
    pub(crate) slice_end: i64,
    /// The total at which what the host has granted is used up; `None`: without limit.
    pub(crate) granted: Option<i64>,
    /// The collector has its turn at the first checkpoint beyond this total.
    pub(crate) next_collection: i64,
    /// The count hook in force has its turn before the first instruction it sees from this total
    /// on. What it does not count (natives' work, some instructions) moves it. Without one:
    /// [`NEVER`] or beyond.
    pub(crate) count_event: i64,
    /// The end or the count event is near: every instruction is compared with it first.
    pub(crate) exact: bool,
    /// Natives that pause leave the machine, as at the end of the fuel.
    pub(crate) leaves_at_pauses: bool,
}

impl Meter {
    /// A machine with so many units; `None`: without limit.
    pub(crate) fn new(units: Option<u64>) -> Meter {
        let granted = units.map(signed);
        Meter {
            slice_end: 0,
            granted,
            next_collection: PERIOD,
            count_event: NEVER,
            exact: false,
            leaves_at_pauses: false,
        }
    }
}

fn signed(units: u64) -> i64 {
    units.min(i64::MAX as u64) as i64
}

impl Vm {
    /// Whether a run also ends with [`Outcome::OutOfFuel`](crate::Outcome::OutOfFuel) wherever a native
    /// pauses: those that wait for something pause now and then, and use hardly any fuel.
    pub fn leave_at_pauses(&mut self, leave: bool) {
        self.meter.leaves_at_pauses = leave;
    }

    /// Fuel units used since the machine was made: one for each instruction, and what natives
    /// charge. The count does not depend on how the host grants fuel.
    pub fn fuel_used(&self) -> u64 {
        self.total() as u64
    }

    /// The part of [`Vm::fuel_used`] that was granted: work that is begun is counted whole, and what
    /// it costs beyond the grant is paid from the next ones.
    pub fn fuel_paid(&self) -> u64 {
        let total = self.total();
        self.meter.granted.map_or(total, |end| end.min(total)) as u64
    }

    /// Counts what was used beyond the grant as granted: for a program that has ended, from whose last
    /// work nothing is left to be paid for.
    pub fn settle_fuel(&mut self) {
        let total = self.total();
        if let Some(end) = &mut self.meter.granted {
            *end = total.max(*end);
        }
    }

    /// Fuel units left of what was granted, below zero for what the last instruction has used
    /// beyond it; `None`: without limit.
    pub fn fuel_left(&self) -> Option<i64> {
        self.meter.granted.map(|end| end - self.total())
    }

    /// Grants more fuel units, from which what was used beyond the last grant is paid. Does nothing
    /// for a machine without limit.
    pub fn add_fuel(&mut self, units: u64) {
        if let Some(end) = &mut self.meter.granted {
            *end = end.saturating_add(signed(units));
        }
        self.plan();
    }

    /// Grants so many units in the place of what is left; `None`: without limit. What was used beyond
    /// the last grant is paid from the new one.
    pub fn set_fuel(&mut self, units: Option<u64>) {
        let now = self.total();
        let from = self.meter.granted.map_or(now, |end| end.min(now));
        self.meter.granted = units.map(|n| from.saturating_add(signed(n)));
        self.plan();
    }

    /// The total of fuel used.
    pub(crate) fn total(&self) -> i64 {
        self.meter.slice_end - (self.fuel / INSTR) as i64
    }

    /// Whether what was granted is used up.
    pub(crate) fn is_out_of_fuel(&self) -> bool {
        self.meter.granted.is_some_and(|end| self.total() >= end)
    }

    /// Plans the slice from here on: to the collector's turn, or so far before the next stop (the
    /// end of what is granted, or a count event) that no straight code reaches it, or exactly to it.
    pub(crate) fn plan(&mut self) {
        let total = self.total();
        let meter = &mut self.meter;
        let stop = meter.granted.map_or(meter.count_event, |end| end.min(meter.count_event));
        let left = stop - total;
        let stretch = self.heap.longest_stretch as i64;
        let exact = left <= stretch;
        let slice = if exact { left } else { left - stretch };
        let slice = slice.min(meter.next_collection - total).clamp(-1, PERIOD);
        meter.slice_end = total + slice;
        self.fuel = slice as isize * INSTR;
        if meter.exact != exact {
            meter.exact = exact;
            self.update_dispatch();
        }
    }

    /// Charges natives' work: `units` of fuel.
    #[inline]
    pub fn charge(&mut self, units: u64) {
        if units < (self.fuel / INSTR).max(0) as u64 {
            self.fuel -= units as isize * INSTR;
            self.meter.count_event = self.meter.count_event.saturating_add(units as i64);
        } else {
            self.charge_beyond(units);
        }
    }

    /// Charges for moving, comparing or hashing so many values or pieces of work, `per_unit` of which
    /// cost a unit, if they are many: what ordinary programs do is in the price of instructions.
    #[inline]
    pub(crate) fn charge_many(&mut self, n: usize, per_unit: usize) {
        if n > MANY {
            self.charge((n / per_unit) as u64);
        }
    }

    /// Charges for the bytes of a long string that is a key: it may be hashed and compared.
    #[inline]
    pub fn charge_key(&mut self, key: Value) {
        if key.tag() == tag::LSTR {
            self.charge_many(key.as_str().map_or(0, |s| s.len()), BYTES_COMPARED);
        }
    }

    /// The same beyond the end of the slice, which has passed then.
    #[cold]
    #[inline(never)]
    fn charge_beyond(&mut self, units: u64) {
        let total = self.total().saturating_add(signed(units));
        self.meter.count_event = self.meter.count_event.saturating_add(signed(units));
        self.meter.slice_end = total - 1;
        self.fuel = -INSTR;
    }
}
