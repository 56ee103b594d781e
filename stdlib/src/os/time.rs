//! `os.time`, `os.date` and the date tables they share.

use super::{c_str, date as strftime};
use crate::access::{index, set_index, step};
use crate::prim;
use luka_vm::api::frame::slot::Range;
use luka_vm::host::DateTime;
use luka_vm::{NativeResult, Raise, Value, Vm, continuations, frame};

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
    vm.charge(super::ASKED + spec.len() as u64 / 4);
    vm.heap.room_for_message(spec.len())?;
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

continuations! { pub static THEN;
    /// A field was read by a metamethod.
    READ: "os.time:read" (at, 1) = |vm| {
        let value = vm.pop();
        take_field(vm, value)?;
        read_fields(vm)
    };
    /// A field was written by a metamethod.
    WRITTEN: "os.time:written" (at, 1) = |vm| {
        vm.pop();
        write_fields(vm)
    };
}

frame! {
    /// Slots of `os.time` with a table.
    mod at {
        TABLE: Value,
        /// The number of the field being read or written.
        FIELD: Range<0, 9>,
        /// The fields as they were read, then as they are normalised, in the order of `output`.
        YEAR: i64,
        MONTH: i64,
        DAY: i64,
        HOUR: i64,
        MIN: i64,
        SEC: i64,
        YDAY: i64,
        WDAY: i64,
        /// A boolean, or nil if not known.
        ISDST: Value,
        RESULT: i64,
    }
}

/// The number of the field `isdst` among those that are read.
const READ_ISDST: usize = INPUT.len();

pub fn time(vm: &mut Vm) -> NativeResult {
    if vm.arg(1).is_nil() {
        let t = vm.host().time();
        return finish(vm, t);
    }
    vm.check_table(1)?;
    at::FRAME.prepare(vm, 1);
    read_fields(vm)
}

fn finish(vm: &mut Vm, t: i64) -> NativeResult {
    if t == -1 {
        return Err(vm.error("time result cannot be represented in this installation"));
    }
    vm.ret1(t)
}

/// Reads the fields from number `FIELD` on, then makes the time.
fn read_fields(vm: &mut Vm) -> NativeResult {
    let table = at::TABLE.get(vm);
    loop {
        let name = match at::FIELD.get(vm) as usize {
            i if i < READ_ISDST => INPUT[i].0,
            READ_ISDST => "isdst",
            _ => {
                make(vm)?;
                at::FIELD.set(vm, 0);
                return write_fields(vm);
            }
        };
        let key = vm.small_str(name);
        let value = step!(index(vm, table, key), &READ);
        take_field(vm, value)?;
    }
}

/// Keeps the value of the field that was read.
fn take_field(vm: &mut Vm, value: Value) -> Result<(), Raise> {
    let at = at::FIELD.get(vm) as usize;
    match INPUT.get(at) {
        Some(&(name, default, delta)) => {
            let n = field(vm, value, name, default, delta)?;
            vm.set_arg(at::YEAR.place() + at, Value::int(n));
        }
        None if value.is_nil() => at::ISDST.set(vm, Value::NIL),
        None => at::ISDST.set(vm, Value::bool(!value.is_falsy())),
    }
    at::FIELD.set(vm, (at as i64 + 1).min(9));
    Ok(())
}

/// Writes the normalised fields from number `FIELD` on, then returns the time.
fn write_fields(vm: &mut Vm) -> NativeResult {
    let table = at::TABLE.get(vm);
    let names = output(&DateTime::default());
    while let Some((name, _)) = names.get(at::FIELD.get(vm) as usize) {
        let at = at::FIELD.get(vm);
        at::FIELD.set(vm, at + 1);
        let value = vm.arg(at::YEAR.place() + at as usize);
        if value.is_nil() {
            continue; // `isdst` if it is not known
        }
        let key = vm.small_str(name);
        step!(set_index(vm, table, key, value), &WRITTEN);
    }
    let t = at::RESULT.get(vm);
    finish(vm, t)
}

/// Checks a field's value.
fn field(
    vm: &mut Vm,
    v: Value,
    name: &str,
    default: Option<i64>,
    delta: i64,
) -> Result<i64, Raise> {
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
    let wanted = DateTime {
        year: at::YEAR.get(vm),
        month: at::MONTH.get(vm),
        day: at::DAY.get(vm),
        hour: at::HOUR.get(vm),
        min: at::MIN.get(vm),
        sec: at::SEC.get(vm),
        isdst: at::ISDST.get(vm).as_bool(),
        ..DateTime::default()
    };
    // As in C, the fields are written back even if the time cannot be represented.
    vm.charge(super::ASKED);
    let (time, t) = vm.host().make_time(wanted).unwrap_or((-1, wanted));
    for (i, (_, value)) in output(&t).into_iter().enumerate() {
        vm.set_arg(at::YEAR.place() + i, value);
    }
    at::RESULT.set(vm, time);
    Ok(())
}
