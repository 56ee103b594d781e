//! `os.time`, `os.date` and the date tables they share.

use super::{c_str, date as strftime};
use crate::access::{index, set_index, step};
use crate::prim;
use luka_vm::host::DateTime;
use luka_vm::{Native, NativeResult, Raise, Value, Vm};

/// Fields that `os.time` reads, in its order: name, default (if any), what C subtracts.
const INPUT: [(&str, Option<i64>, i64); 6] = [
    ("year", None, 1900),
    ("month", None, 1),
    ("day", None, 0),
    ("hour", Some(12), 0),
    ("min", Some(0), 0),
    ("sec", Some(0), 0),
];

/// Fields of a date table, in the order they are written.
fn output(t: &DateTime) -> [(&'static str, Value); 9] {
    [
        ("year", Value::int(t.year)),
        ("month", Value::int(t.month)),
        ("day", Value::int(t.day)),
        ("hour", Value::int(t.hour)),
        ("min", Value::int(t.min)),
        ("sec", Value::int(t.sec)),
        ("yday", Value::int(t.yday)),
        ("wday", Value::int(t.wday)),
        ("isdst", t.isdst.map_or(Value::NIL, Value::bool)),
    ]
}

pub fn date(vm: &mut Vm) -> NativeResult {
    let spec = match vm.opt_str(1)? {
        Some(s) => s.bytes(),
        None => b"%c",
    };
    let time = match vm.opt_int(2)? {
        Some(t) => t,
        None => vm.host().time(),
    };
    let (utc, spec) = match spec.split_first() {
        Some((b'!', rest)) => (true, rest),
        _ => (false, spec),
    };
    let Some(t) = vm.host().local_time(time, utc) else {
        return Err(vm.error("date result cannot be represented in this installation"));
    };
    if c_str(spec) == b"*t" {
        let table = prim::new_table(vm, 0, 9)?;
        for (name, value) in output(&t) {
            if !value.is_nil() {
                prim::set_field(vm, table, name, value)?;
            }
        }
        return vm.ret1(Value::from(table));
    }
    let zone = vm.host().zone(time, utc);
    match strftime::format(spec, &t, &zone) {
        Ok(text) => {
            vm.charge(text.len() as u64);
            let text = vm.str(&text)?;
            vm.ret1(text)
        }
        Err(rest) => {
            let mut m = b"invalid conversion specifier '%".to_vec();
            m.extend_from_slice(c_str(&rest));
            m.push(b'\'');
            Err(vm.arg_error(1, m))
        }
    }
}

pub fn difftime(vm: &mut Vm) -> NativeResult {
    let a = vm.check_int(1)?;
    let b = vm.check_int(2)?;
    vm.ret1((i128::from(a) - i128::from(b)) as f64)
}

/// Slots of `os.time` with a table: the table, the state, six fields, `isdst`, the result, the
/// seconds (so that `isdst` can be written after everything else).
mod slot {
    pub const TABLE: usize = 1;
    pub const STATE: usize = 2;
    pub const FIRST: usize = 3;
    pub const ISDST: usize = 9;
    pub const RESULT: usize = 10;
    /// Normalised fields from here on, in the order of `output`.
    pub const OUT: usize = 11;
    pub const END: usize = 18;
}

pub static FIELDS: Native = Native::then("os.time:fields", fields);

pub fn time(vm: &mut Vm) -> NativeResult {
    if vm.arg(1).is_nil() {
        let t = vm.host().time();
        return finish(vm, t);
    }
    vm.check_table(1)?;
    vm.set_top(1);
    vm.set_top(slot::END);
    vm.set_arg(slot::STATE, Value::int(0));
    run(vm, 0)
}

fn finish(vm: &mut Vm, t: i64) -> NativeResult {
    if t == -1 {
        return Err(vm.error("time result cannot be represented in this installation"));
    }
    vm.ret1(t)
}

/// Continues after a field was read or written by a metamethod.
fn fields(vm: &mut Vm) -> NativeResult {
    let state = vm.arg(slot::STATE).as_int().unwrap_or(0);
    run(vm, state)
}

/// Even states begin a field, odd ones have its value on top: reads 0–13, then writes from 14 on.
fn run(vm: &mut Vm, mut state: i64) -> NativeResult {
    let table = vm.arg(slot::TABLE);
    loop {
        vm.set_arg(slot::STATE, Value::int(state + 1));
        match state {
            0 | 2 | 4 | 6 | 8 | 10 => {
                let key = vm.small_str(INPUT[state as usize / 2].0);
                step!(index(vm, table, key), &FIELDS);
            }
            1 | 3 | 5 | 7 | 9 | 11 => {
                let at = state as usize / 2;
                let (name, default, delta) = INPUT[at];
                let value = field(vm, name, default, delta)?;
                vm.set_arg(slot::FIRST + at, Value::int(value));
            }
            12 => {
                let key = vm.small_str("isdst");
                step!(index(vm, table, key), &FIELDS);
            }
            13 => {
                let isdst = vm.pop();
                let isdst = if isdst.is_nil() { isdst } else { Value::bool(!isdst.is_falsy()) };
                vm.set_arg(slot::ISDST, isdst);
                make(vm)?;
            }
            _ => {
                let at = state as usize - 14;
                let value = match at {
                    0..8 => vm.arg(slot::OUT + at),
                    8 => vm.arg(slot::ISDST),
                    _ => {
                        let t = vm.arg(slot::RESULT).as_int().unwrap_or(-1);
                        return finish(vm, t);
                    }
                };
                if !(at == 8 && value.is_nil()) {
                    let key = vm.small_str(output(&DateTime::default())[at].0);
                    step!(set_index(vm, table, key, value), &FIELDS);
                }
            }
        }
        state += 1;
    }
}

/// Takes a field's value off the frame and checks it.
fn field(vm: &mut Vm, name: &str, default: Option<i64>, delta: i64) -> Result<i64, Raise> {
    let v = vm.pop();
    match v.to_number().and_then(Value::to_int_exact) {
        Some(n) => {
            let fits = if n >= 0 {
                n - delta <= i64::from(i32::MAX)
            } else {
                i64::from(i32::MIN) + delta <= n
            };
            if fits { Ok(n) } else { Err(vm.error(format!("field '{name}' is out-of-bound"))) }
        }
        None if !v.is_nil() => Err(vm.error(format!("field '{name}' is not an integer"))),
        None => match default {
            Some(d) => Ok(d),
            None => Err(vm.error(format!("field '{name}' missing in date table"))),
        },
    }
}

/// From the fields read to the time and the normalised fields.
fn make(vm: &mut Vm) -> Result<(), Raise> {
    let get = |vm: &Vm, i: usize| vm.arg(slot::FIRST + i).as_int().unwrap_or(0);
    let wanted = DateTime {
        year: get(vm, 0),
        month: get(vm, 1),
        day: get(vm, 2),
        hour: get(vm, 3),
        min: get(vm, 4),
        sec: get(vm, 5),
        isdst: vm.arg(slot::ISDST).as_bool(),
        ..DateTime::default()
    };
    // As in C, the fields are written back even if the time cannot be represented.
    let (time, t) = vm.host().make_time(wanted).unwrap_or((-1, wanted));
    for (i, (_, value)) in output(&t).into_iter().take(8).enumerate() {
        vm.set_arg(slot::OUT + i, value);
    }
    vm.set_arg(slot::ISDST, t.isdst.map_or(Value::NIL, Value::bool));
    vm.set_arg(slot::RESULT, Value::int(time));
    Ok(())
}
