//! How native code is left: what the interpreter would find is put where it looks, by the table of
//! the unit's exits.

use super::alloc::{Place, Places};
use super::hot;
use super::ir::{Exit, Flush, Func, Inlined, NONE, Why};
use crate::interp::native::interpreted;
use crate::stack::link::{FrameKind, HEADER, Link, SLOT};
use crate::value::Value;
use crate::vm::Vm;
use crate::vm::handler::Table;
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
    inlined: Option<Inlined>,
}

impl Way {
    /// It leaves from a function that was inlined.
    pub fn is_inlined(&self) -> bool {
        self.inlined.is_some()
    }
}

/// The exits of a unit.
pub(super) struct Leaving {
    /// The function's number, and the address of its linked code.
    pub number: u32,
    code: usize,
    pub ways: Vec<Way>,
}

impl Leaving {
    pub fn new(number: u32, code: usize, func: &Func, places: &Places) -> Box<Leaving> {
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
            inlined: exit.inlined,
        };
        Box::new(Leaving { number, code, ways: func.exits.iter().map(way).collect() })
    }
}

const RBX: usize = 3;
const R14: usize = 14;

/// Leaves a unit: the stub that calls this has noted the processor's registers in [`Saved`]; `frame` is
/// the unit's native frame. Returns the handler to go on with; the machine's registers are in the [`Vm`].
///
/// # Safety
/// Only that stub calls this, for a unit that runs.
pub(super) unsafe extern "sysv64" fn leave(
    vm: *mut Vm,
    unit: usize,
    exit: u32,
    frame: *const u64,
) -> usize {
    // SAFETY: the caller: `unit` is the address of a unit's exits, which has this one, and the saved
    // registers are those of its code, which writes to the frame at `rbx`.
    unsafe {
        let vm = &mut *vm;
        let (number, why, taken) = {
            let leaving = &mut *(unit as *mut Leaving);
            let way = &mut leaving.ways[exit as usize];
            way.taken = way.taken.saturating_add(1);
            let mut base = vm.tier.saved.general[RBX] as usize as *mut Value;
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
            if let Some(Inlined { call, window, code: inlined }) = way.inlined {
                let distance = window as usize + HEADER * SLOT;
                let call = code.add(call as usize);
                base = base.byte_add(distance);
                Link::new(FrameKind::Lua, call as u64, distance, -1).write(base);
                code = inlined as *const Instr;
            }
            vm.base = base;
            vm.ip = code.add(way.pc as usize);
            vm.fuel = vm.tier.saved.general[R14] as isize - way.pending as isize;
            (leaving.number, way.why, way.taken)
        };
        // From here on the unit may be gone; the native frames are.
        vm.tb = vm.tier.table;
        hot::left(vm, number, why, taken);
        Table::interpreted(interpreted(), vm.ip) as usize
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
