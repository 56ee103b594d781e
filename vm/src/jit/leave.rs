//! How native code is left: what the interpreter would find is put where it looks, by the table of
//! the unit's exits.

use super::alloc::{Place, Places};
use super::hot;
use super::ir::{Exit, Flush, Func, Inlined, NONE, Why};
use super::machine::{BASE, FUEL};
use crate::interp::native::{entry, interpreted};
use crate::stack::link::{FrameKind, HEADER, Link, SLOT};
use crate::value::Value;
use crate::vm::Vm;
use crate::vm::handler::{Handler, Table};
use crate::vm::tier::Saved;
use luka_bytecode::Instr;

/// Where a value is found when a unit is left.
#[derive(Clone, Copy)]
enum From {
    Nothing,
    General(u8),
    Float(u8),
    Frame(u32),
    Bits(u64),
}

/// What is written to a register of the frame.
struct Write {
    slot: i32,
    payload: From,
    tag: From,
}

/// An exit of a unit.
pub(super) struct Way {
    pub pc: u32,
    pub why: Why,
    pub taken: u32,
    pending: i64,
    writes: Box<[Write]>,
    inlined: Box<[Inlined]>,
}

impl Way {
    /// It leaves from a function that was inlined.
    pub fn is_inlined(&self) -> bool {
        !self.inlined.is_empty()
    }
}

/// A place where the interpreter enters native code.
#[repr(C)]
pub(super) struct Entry {
    /// Of late: how often native code that was entered here was left, and what was done in between, in
    /// bytes of fuel.
    pub times: u64,
    pub work: u64,
    /// The function's number and the instruction.
    number: u32,
    pub pc: u32,
}

/// The exits of a unit.
pub(super) struct Leaving {
    /// The function's number, and the address of its linked code.
    pub number: u32,
    code: usize,
    pub ways: Vec<Way>,
    /// Where the unit begins, and where the interpreter may come in again. Native code holds their addresses.
    pub entries: Box<[Entry]>,
}

impl Leaving {
    pub fn new(number: u32, pc: u32, code: usize, func: &Func, places: &Places) -> Box<Leaving> {
        let from = |v| match v {
            NONE => From::Nothing,
            v => match places.of[v as usize] {
                Place::General(r) => From::General(r),
                Place::Float(r) => From::Float(r),
                Place::Frame(slot) => From::Frame(slot),
                Place::Int(k) => From::Bits(k as u64),
                Place::FloatBits(bits) => From::Bits(bits),
                Place::Nowhere => From::Nothing,
            },
        };
        let write = |flush: &Flush| Write {
            slot: flush.slot,
            payload: match flush.payload {
                NONE => From::Bits(0),
                payload => from(payload),
            },
            tag: match (flush.tag_value, flush.tag) {
                (NONE, Flush::KEEPS) => From::Nothing,
                (NONE, tag) => From::Bits(tag.into()),
                (value, _) => from(value),
            },
        };
        let way = |exit: &Exit| Way {
            pc: exit.pc,
            why: exit.why,
            taken: 0,
            pending: exit.pending,
            writes: exit.flush.iter().map(write).collect(),
            inlined: exit.inlined.clone(),
        };
        let ways = func.exits.iter().map(way).collect();
        let pcs = std::iter::once(pc).chain(func.resumes.iter().map(|resume| resume.pc));
        let entries = pcs.map(|pc| Entry { times: 0, work: 0, number, pc }).collect();
        Box::new(Leaving { number, code, ways, entries })
    }
}

impl Entry {
    /// Native code that was entered here was left after so much work; what handlers leave notes itself.
    fn left(&mut self, work: u64) {
        self.times += 1;
        self.work = self.work.saturating_add(work);
    }

    /// Whether it has been for some time that too little is done between entering and leaving.
    fn is_left_too_soon(&mut self) -> bool {
        if self.times < REVIEWED.into() {
            return false;
        }
        let too_soon = self.work < self.times.saturating_mul(LEAST_WORK);
        (self.times, self.work) = (0, 0);
        too_soon
    }
}

/// After being left so many times, it is asked whether entering a unit pays.
const REVIEWED: u32 = 128;

/// Bytes of fuel that have to be used between entering native code and leaving it, on average: what that
/// costs is saved in about so many instructions.
const LEAST_WORK: u64 = 48 * size_of::<Instr>() as u64;

/// Where a handler goes elsewhere, native code is left without more ado: so many bytes of fuel need not be used.
pub(super) const GOES_CHEAPLY: u64 = 36 * size_of::<Instr>() as u64;

/// With less fuel than so many bytes in the slice, units may be left for want of fuel.
const SHORT_FUEL: isize = 4096 * size_of::<Instr>() as isize;

/// Leaves a unit: the stub that calls this has noted the processor's registers in [`Saved`]; `frame` is
/// the unit's native frame. Returns the handler to go on with; the machine's registers are in the [`Vm`].
///
/// # Safety
/// Only that stub calls this, for a unit that runs.
pub(super) unsafe extern "C" fn leave(
    vm: *mut Vm,
    unit: usize,
    exit: u32,
    frame: *const u64,
) -> usize {
    // SAFETY: the caller: `unit` is the address of a unit's exits, which has this one, and the saved
    // registers are those of its code, which writes to the frame at [`BASE`].
    unsafe {
        let vm = &mut *vm;
        let (number, why, taken) = {
            let leaving = &mut *(unit as *mut Leaving);
            let way = &mut leaving.ways[exit as usize];
            way.taken = way.taken.saturating_add(1);
            let mut base = vm.tier.saved.general[BASE] as usize as *mut Value;
            for write in &way.writes {
                let slot = base.byte_offset(write.slot as isize);
                if let Some(payload) = read(&vm.tier.saved, frame, write.payload) {
                    (*slot).payload = payload;
                }
                if let Some(tag) = read(&vm.tier.saved, frame, write.tag) {
                    (*slot).tag = tag as u8;
                }
            }
            let mut code = leaving.code as *const Instr;
            for &Inlined { call, window, code: inlined, is_tail, is_meta } in &way.inlined {
                let distance = window as usize + HEADER * SLOT;
                let call = code.add(call as usize);
                base = base.byte_add(distance);
                let link = match is_meta {
                    true => Link::new(FrameKind::Meta, call as u64, distance, 0),
                    false => Link::new(FrameKind::Lua, call as u64, distance, -1),
                };
                (*vm.thread.as_ptr()).c_depth += u32::from(is_meta);
                if is_tail { link.with_tail() } else { link }.write(base);
                code = inlined as *const Instr;
            }
            vm.base = base;
            vm.ip = code.add(way.pc as usize);
            vm.fuel = vm.tier.saved.general[FUEL] as isize - way.pending as isize;
            (leaving.number, way.why, way.taken)
        };
        let work = vm.tier.entered.saturating_sub(vm.fuel).max(0);
        // (Where fuel is short, native code is left for that.)
        let too_soon = (vm.tier.entry as *mut Entry).as_mut().and_then(|entry| {
            if vm.fuel > SHORT_FUEL {
                entry.left(work as u64);
            }
            entry.is_left_too_soon().then_some((entry.number, entry.pc))
        });
        // From here on the units may be gone; the native frames are.
        vm.tb = vm.tier.table;
        hot::left(vm, number, why, taken);
        if let Some((entered, pc)) = too_soon {
            // A guard that fails again and again may be the reason.
            let wrong = why == Why::Guard && taken >= REVIEWED / 4 && vm.tier.fail_every == 0;
            if !(wrong && hot::learn(vm, number)) {
                hot::does_not_pay(vm, entered, pc);
            }
        }
        goes_on(vm) as usize
    }
}

/// The handler of the instruction that native code was left at: it is executed whatever native code begins
/// there, but a debugger is asked first.
///
/// # Safety
/// The machine is at an instruction of a function that the compiler knows.
unsafe fn goes_on(vm: &Vm) -> Handler {
    // SAFETY: the caller.
    unsafe {
        match vm.debugging {
            None => Table::interpreted(interpreted(), vm.ip),
            Some(_) if entry(vm, vm.ip, vm.base).is_none() => Table::handler(vm.tb, vm.ip),
            Some(_) => Table::interpreted(vm.plain, vm.ip),
        }
    }
}

/// The bits of a value.
///
/// # Safety
/// `frame` is the native frame of the unit whose value it is.
unsafe fn read(saved: &Saved, frame: *const u64, from: From) -> Option<u64> {
    Some(match from {
        From::Nothing => return None,
        From::General(r) => saved.general[r as usize],
        From::Float(r) => saved.floats[r as usize],
        // SAFETY: the caller.
        From::Frame(slot) => unsafe { *frame.add(slot as usize) },
        From::Bits(bits) => bits,
    })
}
