//! `table.concat`, `table.pack`, `table.unpack`.

use super::{LENGTH, READ, check_tab, get, plain};
use crate::access::{len, length_result, step};
use crate::prim;
use luka_vm::api::frame::slot::{Buffer, Count};
use luka_vm::native::contract::BUFFER;
use luka_vm::{Action, Gc, NativeResult, Raise, Str, Table, Value, Vm};
use luka_vm::{continuations, frame, states};

continuations! { pub static THEN;
    /// An element of the list was read, or its length asked for.
    CONCAT_STEP: "table.concat:step" (gathering, 1) = |vm| {
        let (state, result) = (gathering::STATE.get(vm), vm.pop());
        concat_run(vm, state, result)
    };
    CONCAT_PAUSED: "table.concat:paused" (gathering, 0) = |vm| {
        let state = gathering::STATE.get(vm);
        concat_run(vm, state, Value::NIL)
    };
    JOIN_ON: "table.concat:directly" (joining, 0) = join_paused;
    UNPACK_STEP: "table.unpack:step" (unpacking, 1) = |vm| {
        let (state, result) = (unpacking::STATE.get(vm), vm.pop());
        unpack_run(vm, state, result)
    };
    UNPACK_PAUSED: "table.unpack:paused" (unpacking, 0) = |vm| {
        let state = unpacking::STATE.get(vm);
        unpack_run(vm, state, Value::NIL)
    };
}

/// Bytes of an element of an array part.
const ARRAY_SLOT: usize = 9;

pub fn pack(vm: &mut Vm) -> NativeResult {
    let n = vm.nargs();
    vm.charge(n as u64);
    vm.make_room(ARRAY_SLOT * n)?;
    let t = prim::new_table(vm, n as u32, 1)?;
    for i in 1..=n {
        prim::set_int(vm, t, i as i64, vm.arg(i))?;
    }
    prim::set_field(vm, t, "n", Value::int(n as i64))?;
    vm.ret1(Value::from(t))
}

/// Elements read through metamethods between two pauses.
const PIECES_PER_PAUSE: i64 = 4096;
/// Elements joined or unpacked directly, and 16s of bytes, between two pauses.
const WORK_PER_PAUSE: u64 = 4096;

frame! {
    /// Slots of a `concat` through metamethods, which gathers the pieces in a table.
    mod gathering {
        LIST: Value,
        SEPARATOR: Value,
        FROM: Value,
        TO: Value,
        STATE: Gathering,
        /// The element being read and the last one.
        I: i64,
        LAST: i64,
        PIECES: Gc<Table>,
        COUNT: Count,
    }
}

states! {
    enum Gathering { Length, LengthKnown, Element, ElementRead }
}

frame! {
    /// Slots of a direct `concat` that has paused.
    mod joining {
        LIST: Gc<Table>,
        SEPARATOR: Option<Gc<Str>>,
        I: i64,
        LAST: i64,
        /// What is joined so far.
        BUFFER: Buffer,
    }
}

pub fn concat(vm: &mut Vm) -> NativeResult {
    check_tab(vm, 1, READ | LENGTH)?;
    if let Some(t) = plain(vm, 1) {
        let size = t.len();
        let (i, last) = concat_range(vm, size)?;
        return join(vm, t, i, last);
    }
    gathering::FRAME.prepare(vm, 4);
    let pieces = prim::new_table(vm, 0, 0)?;
    gathering::PIECES.set(vm, pieces);
    concat_run(vm, Gathering::Length, Value::NIL)
}

/// Checks the separator, then the range, in PUC's order.
fn concat_range(vm: &mut Vm, size: i64) -> Result<(i64, i64), Raise> {
    vm.opt_str(2)?;
    let i = vm.opt_int(3)?.unwrap_or(1);
    let last = vm.opt_int(4)?.unwrap_or(size);
    Ok((i, last))
}

/// Joins the elements of a table without metatable; argument 2 is the separator.
fn join(vm: &mut Vm, t: Gc<Table>, i: i64, last: i64) -> NativeResult {
    let separator = vm.opt_str(2)?;
    let sep = separator.map_or(&b""[..], |s| s.bytes());
    // Room for as much as the elements take if they are like the first one.
    let like = 8 + sep.len() + t.get_int(i).as_str().map_or(0, |s| s.len());
    let count = last.saturating_sub(i).clamp(0, 4096) as usize + 1;
    let out = Vec::with_capacity((like * count).min(1 << 16));
    join_on(vm, t, separator, i, last, out)
}

/// Most bytes of a number's text.
const MAX_NUMBER: usize = 32;

/// Goes on joining from element `i`, until the end or a pause.
fn join_on(
    vm: &mut Vm,
    t: Gc<Table>,
    separator: Option<Gc<Str>>,
    mut i: i64,
    last: i64,
    mut out: Vec<u8>,
) -> NativeResult {
    let sep = separator.map_or(&b""[..], |s| s.bytes());
    let (first, start) = (i, out.len());
    while i <= last {
        let v = t.get_int(i);
        if let Some(s) = v.as_str() {
            vm.heap.grow(&mut out, s.len() + sep.len())?;
            out.extend_from_slice(s.bytes());
        } else if v.is_number() {
            vm.heap.grow(&mut out, MAX_NUMBER + sep.len())?;
            luka_vm::value::format::write_number(v, &mut out);
        } else {
            return Err(bad_piece(vm, v, i));
        }
        if i == last {
            break;
        }
        out.extend_from_slice(sep);
        i += 1;
        let work = (i - first) as u64 + (out.len() - start) as u64 / 16;
        if work >= WORK_PER_PAUSE {
            vm.charge(work);
            return pause_join(vm, t, separator, i, last, out);
        }
    }
    vm.charge((i - first + 1).max(0) as u64 + (out.len() - start) as u64 / 16);
    let text = vm.str(&out)?;
    vm.ret1(text)
}

/// Keeps what is joined so far in the frame.
#[cold]
fn pause_join(
    vm: &mut Vm,
    t: Gc<Table>,
    separator: Option<Gc<Str>>,
    i: i64,
    last: i64,
    out: Vec<u8>,
) -> NativeResult {
    let buffer = vm.heap.new_userdata(BUFFER, 0);
    buffer.with_buffer(&mut vm.heap, |b| *b = out);
    joining::FRAME.prepare(vm, 0);
    joining::LIST.set(vm, t);
    joining::SEPARATOR.set(vm, separator);
    joining::I.set(vm, i);
    joining::LAST.set(vm, last);
    joining::BUFFER.set(vm, buffer);
    Ok(Action::Pause { then: &JOIN_ON })
}

fn join_paused(vm: &mut Vm) -> NativeResult {
    let (t, separator) = (joining::LIST.get(vm), joining::SEPARATOR.get(vm));
    let (i, last) = (joining::I.get(vm), joining::LAST.get(vm));
    let out = joining::BUFFER.get(vm).take_buffer(&mut vm.heap);
    join_on(vm, t, separator, i, last, out)
}

fn bad_piece(vm: &mut Vm, v: Value, i: i64) -> Raise {
    let name = v.type_of().name();
    vm.error(format!("invalid value ({name}) at index {i} in table for 'concat'"))
}

/// Gathers the elements of the list one by one, then joins them.
fn concat_run(vm: &mut Vm, mut now: Gathering, mut result: Value) -> NativeResult {
    let list = gathering::LIST.get(vm);
    let pieces = gathering::PIECES.get(vm);
    macro_rules! begin {
        ($next:expr, $op:expr) => {{
            now = $next;
            result = step!($op, &CONCAT_STEP, else gathering::STATE.set(vm, now));
        }};
    }
    loop {
        match now {
            Gathering::Length => begin!(Gathering::LengthKnown, len(vm, list)),
            Gathering::LengthKnown => {
                let size = length_result(vm, result)?;
                let (i, last) = concat_range(vm, size)?;
                gathering::I.set(vm, i);
                gathering::LAST.set(vm, last);
                if i > last {
                    return join(vm, pieces, 1, 0);
                }
                now = Gathering::Element;
            }
            Gathering::Element => {
                let i = gathering::I.get(vm);
                begin!(Gathering::ElementRead, get(vm, list, i));
            }
            Gathering::ElementRead => {
                let (i, last) = (gathering::I.get(vm), gathering::LAST.get(vm));
                if !result.is_string() && !result.is_number() {
                    return Err(bad_piece(vm, result, i));
                }
                vm.charge(1);
                let count = gathering::COUNT.get(vm).saturating_add(1);
                gathering::COUNT.set(vm, count);
                prim::set_int(vm, pieces, count, result)?;
                if i >= last {
                    return join(vm, pieces, 1, count);
                }
                gathering::I.set(vm, i + 1);
                now = Gathering::Element;
                if count % PIECES_PER_PAUSE == 0 {
                    gathering::STATE.set(vm, now);
                    return Ok(Action::Pause { then: &CONCAT_PAUSED });
                }
            }
        }
    }
}

frame! {
    /// Slots of `unpack`; above them lie the elements read so far.
    mod unpacking {
        LIST: Value,
        FROM: Value,
        TO: Value,
        STATE: Unpacking,
        /// The element to be read next and the last one.
        I: i64,
        LAST: i64,
    }
    rest: Value;
}

states! {
    enum Unpacking { Length, LengthKnown, Range, Element, ElementRead }
}

pub fn unpack(vm: &mut Vm) -> NativeResult {
    if let Some(t) = plain(vm, 1) {
        let i = vm.opt_int(2)?.unwrap_or(1);
        let last = match vm.opt_int(3)? {
            Some(e) => e,
            None => t.len(),
        };
        if i > last || ((last as u64).wrapping_sub(i as u64)) < WORK_PER_PAUSE {
            let n = unpack_room(vm, i, last)?;
            vm.charge(n);
            for k in 0..n as i64 {
                let v = t.get_int(i + k);
                vm.push(v);
            }
            return Ok(Action::Return(n as u32));
        }
        unpacking::FRAME.prepare(vm, 3);
        unpacking::I.set(vm, i);
        unpacking::LAST.set(vm, last);
        return unpack_run(vm, Unpacking::Element, Value::NIL);
    }
    unpacking::FRAME.prepare(vm, 3);
    let i = vm.opt_int(2)?.unwrap_or(1);
    unpacking::I.set(vm, i);
    if let Some(last) = vm.opt_int(3)? {
        unpacking::LAST.set(vm, last);
        return unpack_run(vm, Unpacking::Range, Value::NIL);
    }
    unpack_run(vm, Unpacking::Length, Value::NIL)
}

/// The number of results, with room for them on the stack.
fn unpack_room(vm: &mut Vm, i: i64, last: i64) -> Result<u64, Raise> {
    if i > last {
        return Ok(0);
    }
    let less_one = (last as u64).wrapping_sub(i as u64);
    if less_one >= i32::MAX as u64 || !prim::ensure_stack(vm, less_one as usize + 1) {
        return Err(vm.error("too many results to unpack"));
    }
    Ok(less_one + 1)
}

/// Pushes the elements one by one, or many at once from a table without metatable.
fn unpack_run(vm: &mut Vm, mut now: Unpacking, mut result: Value) -> NativeResult {
    let list = unpacking::LIST.get(vm);
    macro_rules! begin {
        ($next:expr, $op:expr) => {{
            now = $next;
            result = step!($op, &UNPACK_STEP, else unpacking::STATE.set(vm, now));
        }};
    }
    loop {
        let (i, last) = (unpacking::I.get(vm), unpacking::LAST.get(vm));
        match now {
            Unpacking::Length => begin!(Unpacking::LengthKnown, len(vm, list)),
            Unpacking::LengthKnown => {
                let last = length_result(vm, result)?;
                unpacking::LAST.set(vm, last);
                now = Unpacking::Range;
            }
            Unpacking::Range => {
                if unpack_room(vm, i, last)? == 0 {
                    return vm.ret0();
                }
                now = Unpacking::Element;
            }
            Unpacking::Element => {
                let Some(table) = plain(vm, unpacking::LIST.place()) else {
                    begin!(Unpacking::ElementRead, get(vm, list, i));
                    continue;
                };
                // Many elements: directly, with pauses.
                let end = last.min(i.saturating_add(WORK_PER_PAUSE as i64 - 1));
                // Room for all that are left: a collection may have taken what is not in use.
                unpack_room(vm, i, last)?;
                vm.charge((end - i) as u64 + 2);
                for k in i..=end {
                    let v = table.get_int(k);
                    vm.push(v);
                }
                if end == last {
                    return vm.ret_from(unpacking::FRAME.first.len() + 1);
                }
                unpacking::I.set(vm, end + 1);
                unpacking::STATE.set(vm, now);
                return Ok(Action::Pause { then: &UNPACK_PAUSED });
            }
            Unpacking::ElementRead => {
                // The element stays on top, below the ones to come.
                vm.charge(1);
                unpack_room(vm, 1, 1)?;
                vm.push(result);
                if i >= last {
                    return vm.ret_from(unpacking::FRAME.first.len() + 1);
                }
                unpacking::I.set(vm, i + 1);
                now = Unpacking::Element;
                if vm.is_slice_used() {
                    unpacking::STATE.set(vm, now);
                    return Ok(Action::Pause { then: &UNPACK_PAUSED });
                }
            }
        }
    }
}
