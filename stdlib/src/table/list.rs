//! `table.concat`, `table.pack`, `table.unpack`.

use super::{LENGTH, READ, check_tab, get, int, plain, put};
use crate::access::{len, length_result, step};
use crate::prim;
use luka_vm::{Action, Gc, Native, NativeResult, Raise, Table, Value, Vm};

pub static CONCAT_STEP: Native = Native::then("table.concat:step", concat_step);
pub static JOIN_STEP: Native = Native::then("table.concat:directly", join_step);
pub static UNPACK_STEP: Native = Native::then("table.unpack:step", unpack_step);

pub fn pack(vm: &mut Vm) -> NativeResult {
    let n = vm.nargs();
    vm.charge(n as u64);
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

/// Slots of a direct `concat` that paused, above those of the other one.
mod jn {
    pub const TABLE: usize = 10;
    pub const I: usize = 11;
    pub const LAST: usize = 12;
    pub const BUFFER: usize = 13;
    pub const END: usize = 13;
}

/// Slots of `concat`: the four arguments, then these. The pieces are gathered in a table.
mod cc {
    pub const STATE: usize = 5;
    pub const I: usize = 6;
    pub const LAST: usize = 7;
    pub const PIECES: usize = 8;
    pub const COUNT: usize = 9;
}

pub fn concat(vm: &mut Vm) -> NativeResult {
    check_tab(vm, 1, READ | LENGTH)?;
    if let Some(t) = plain(vm, 1) {
        let size = t.len();
        let (i, last) = concat_range(vm, size)?;
        let sep = vm.opt_str(2)?.map_or(&b""[..], |s| s.bytes());
        return join(vm, t, sep, i, last);
    }
    vm.set_top(4);
    vm.set_top(cc::COUNT);
    concat_run(vm, 0)
}

/// Checks the separator, then the range, in PUC's order.
fn concat_range(vm: &mut Vm, size: i64) -> Result<(i64, i64), Raise> {
    vm.opt_str(2)?;
    let i = vm.opt_int(3)?.unwrap_or(1);
    let last = vm.opt_int(4)?.unwrap_or(size);
    Ok((i, last))
}

/// Joins the elements of a table without metatable.
fn join(vm: &mut Vm, t: Gc<Table>, sep: &[u8], i: i64, last: i64) -> NativeResult {
    // Room for as much as the elements take if they are like the first one.
    let like = 8 + sep.len() + t.get_int(i).as_str().map_or(0, |s| s.len());
    let count = last.saturating_sub(i).clamp(0, 4096) as usize + 1;
    join_on(vm, t, sep, i, last, Vec::with_capacity((like * count).min(1 << 16)))
}

/// Goes on joining from element `i`, until the end or a pause.
fn join_on(
    vm: &mut Vm,
    t: Gc<Table>,
    sep: &[u8],
    mut i: i64,
    last: i64,
    mut out: Vec<u8>,
) -> NativeResult {
    let (first, start, mut checked) = (i, out.len(), out.len().max(1 << 16));
    while i <= last {
        let v = t.get_int(i);
        if let Some(s) = v.as_str() {
            out.extend_from_slice(s.bytes());
        } else if v.is_number() {
            luka_vm::value::format::write_number(v, &mut out);
        } else {
            return Err(bad_piece(vm, v, i));
        }
        if i == last {
            break;
        }
        out.extend_from_slice(sep);
        i += 1;
        if out.len() > checked {
            prim::check_room(vm, out.len())?;
            checked = out.len() * 2;
        }
        let work = (i - first) as u64 + (out.len() - start) as u64 / 16;
        if work >= WORK_PER_PAUSE {
            vm.charge(work);
            return pause_join(vm, t, i, last, out);
        }
    }
    vm.charge((i - first + 1).max(0) as u64 + (out.len() - start) as u64 / 16);
    let text = vm.str(&out)?;
    vm.ret1(text)
}

/// Keeps what is joined so far in the frame.
#[cold]
fn pause_join(vm: &mut Vm, t: Gc<Table>, i: i64, last: i64, out: Vec<u8>) -> NativeResult {
    let buffer = match vm.arg(jn::BUFFER).as_userdata() {
        Some(b) if vm.nargs() == jn::END => b,
        _ => vm.heap.new_userdata("buffer", 0),
    };
    vm.set_top(jn::END);
    buffer.with_buffer(&mut vm.heap, |b| *b = out);
    vm.set_arg(jn::TABLE, t.into());
    put(vm, jn::I, i);
    put(vm, jn::LAST, last);
    vm.set_arg(jn::BUFFER, buffer.into());
    Ok(Action::Pause { then: &JOIN_STEP })
}

fn join_step(vm: &mut Vm) -> NativeResult {
    let sep = vm.opt_str(2)?.map_or(&b""[..], |s| s.bytes());
    let (i, last) = (int(vm, jn::I), int(vm, jn::LAST));
    let buffer = vm.arg(jn::BUFFER).as_userdata().filter(|u| u.type_name == "buffer");
    match (vm.arg(jn::TABLE).as_table(), buffer) {
        (Some(t), Some(b)) => {
            let out = b.take_buffer(&mut vm.heap);
            join_on(vm, t, sep, i, last, out)
        }
        _ => Err(vm.error("state of a concatenation was changed")),
    }
}

fn bad_piece(vm: &mut Vm, v: Value, i: i64) -> Raise {
    let name = v.type_of().name();
    vm.error(format!("invalid value ({name}) at index {i} in table for 'concat'"))
}

fn concat_step(vm: &mut Vm) -> NativeResult {
    let state = int(vm, cc::STATE);
    concat_run(vm, state)
}

fn concat_run(vm: &mut Vm, mut state: i64) -> NativeResult {
    let t = vm.arg(1);
    loop {
        let mut next = state + 1;
        put(vm, cc::STATE, next);
        match state {
            0 => step!(len(vm, t), &CONCAT_STEP),
            1 => {
                let size = length_result(vm)?;
                let (i, last) = concat_range(vm, size)?;
                let pieces = prim::new_table(vm, 0, 0)?;
                put(vm, cc::I, i);
                put(vm, cc::LAST, last);
                vm.set_arg(cc::PIECES, pieces.into());
                put(vm, cc::COUNT, 0);
            }
            2 => {
                let (i, last) = (int(vm, cc::I), int(vm, cc::LAST));
                if i <= last {
                    step!(get(vm, t, i), &CONCAT_STEP);
                } else {
                    next = 4;
                }
            }
            3 => {
                let v = vm.pop();
                let (i, last) = (int(vm, cc::I), int(vm, cc::LAST));
                if !v.is_string() && !v.is_number() {
                    return Err(bad_piece(vm, v, i));
                }
                vm.charge(1);
                let count = int(vm, cc::COUNT) + 1;
                put(vm, cc::COUNT, count);
                if let Some(pieces) = vm.arg(cc::PIECES).as_table() {
                    prim::set_int(vm, pieces, count, v)?;
                }
                if i == last {
                    next = 4;
                } else {
                    put(vm, cc::I, i + 1);
                    put(vm, cc::STATE, 2);
                    next = 2;
                    if count % PIECES_PER_PAUSE == 0 {
                        return Ok(Action::Pause { then: &CONCAT_STEP });
                    }
                }
            }
            _ => {
                let sep = vm.opt_str(2)?.map_or(&b""[..], |s| s.bytes());
                let count = int(vm, cc::COUNT);
                return match vm.arg(cc::PIECES).as_table() {
                    Some(pieces) => join(vm, pieces, sep, 1, count),
                    None => vm.ret1(Value::NIL),
                };
            }
        }
        state = next;
    }
}

/// Slots of `unpack`: the three arguments, then these; results above.
mod un {
    pub const STATE: usize = 4;
    pub const I: usize = 5;
    pub const LAST: usize = 6;
}

pub fn unpack(vm: &mut Vm) -> NativeResult {
    if let Some(t) = plain(vm, 1) {
        let i = vm.opt_int(2)?.unwrap_or(1);
        let last = match vm.opt_int(3)? {
            Some(e) => e,
            None => t.len(),
        };
        let n = unpack_room(vm, i, last)?;
        if n as u64 <= WORK_PER_PAUSE {
            for k in 0..n {
                let v = t.get_int(i + k);
                vm.push(v);
            }
            return Ok(Action::Return(n as u32));
        }
        vm.set_top(3);
        vm.set_top(un::LAST);
        put(vm, un::I, i);
        put(vm, un::LAST, last);
        return unpack_run(vm, 3);
    }
    vm.set_top(3);
    vm.set_top(un::LAST);
    let i = vm.opt_int(2)?.unwrap_or(1);
    put(vm, un::I, i);
    if let Some(last) = vm.opt_int(3)? {
        put(vm, un::LAST, last);
        return unpack_run(vm, 2);
    }
    unpack_run(vm, 0)
}

/// The number of results, with room for them on the stack.
fn unpack_room(vm: &mut Vm, i: i64, last: i64) -> Result<i64, Raise> {
    if i > last {
        return Ok(0);
    }
    let less_one = (last as u64).wrapping_sub(i as u64);
    if less_one >= i32::MAX as u64 || !prim::ensure_stack(vm, less_one as usize + 1) {
        return Err(vm.error("too many results to unpack"));
    }
    vm.charge(less_one + 1);
    Ok(less_one as i64 + 1)
}

fn unpack_step(vm: &mut Vm) -> NativeResult {
    let state = int(vm, un::STATE);
    unpack_run(vm, state)
}

fn unpack_run(vm: &mut Vm, mut state: i64) -> NativeResult {
    let t = vm.arg(1);
    loop {
        let mut next = state + 1;
        put(vm, un::STATE, next);
        match state {
            0 => step!(len(vm, t), &UNPACK_STEP),
            1 => {
                let last = length_result(vm)?;
                put(vm, un::LAST, last);
            }
            2 => {
                let (i, last) = (int(vm, un::I), int(vm, un::LAST));
                if unpack_room(vm, i, last)? == 0 {
                    return vm.ret0();
                }
            }
            3 => {
                let i = int(vm, un::I);
                if let Some(table) = plain(vm, 1) {
                    // Many elements: directly, with pauses.
                    let last = int(vm, un::LAST);
                    let end = last.min(i.saturating_add(WORK_PER_PAUSE as i64 - 1));
                    for k in i..=end {
                        let v = table.get_int(k);
                        vm.push(v);
                    }
                    if end == last {
                        return vm.ret_from(un::LAST + 1);
                    }
                    put(vm, un::I, end + 1);
                    put(vm, un::STATE, 3);
                    return Ok(Action::Pause { then: &UNPACK_STEP });
                }
                step!(get(vm, t, i), &UNPACK_STEP);
            }
            _ => {
                // The element stays on top, below the ones to come.
                let (i, last) = (int(vm, un::I), int(vm, un::LAST));
                if i >= last {
                    return vm.ret_from(un::LAST + 1);
                }
                put(vm, un::I, i + 1);
                next = 3;
            }
        }
        state = next;
    }
}
