//! `print` and `tostring`.

use crate::tostring::{self, Text};
use luka_vm::host::FileId;
use luka_vm::value::format::write_number;
use luka_vm::{Action, Event, Gc, Native, NativeResult, Raise, Str, Value, Vm};

const STDOUT: FileId = FileId(1);

/// So many bytes are not put together for the sake of a single call to the host.
const MUCH: usize = 1 << 16;

pub static PRINT_PIECE: Native = Native::then("base.print:piece", print_piece);
pub static TOSTRING_DONE: Native = Native::then("base.tostring:done", tostring_done);

pub fn tostring(vm: &mut Vm) -> NativeResult {
    let v = vm.check_any(1)?;
    match tostring::start(vm, v)? {
        Text::Done(s) => vm.ret1(Value::from(s)),
        Text::Call(_) => call_tostring(vm, v, &TOSTRING_DONE),
    }
}

/// Calls a value's `__tostring`; the result is on top of the frame when `then` runs.
fn call_tostring(vm: &mut Vm, v: Value, then: &'static Native) -> NativeResult {
    let metamethod = vm.metamethod(v, Event::ToString);
    vm.push_fn(metamethod);
    vm.push(v);
    Ok(Action::Call { nargs: 1, nres: 1, then })
}

/// The string a `__tostring` left on top of the frame.
fn take_text(vm: &mut Vm) -> Result<Gc<Str>, Raise> {
    let v = vm.pop();
    tostring::check_result(vm, v)
}

/// Appends a value's text, after a tab if asked, unless a metamethod has to make it.
fn write_plain(vm: &mut Vm, v: Value, tab: bool, out: &mut Vec<u8>) -> Result<bool, Raise> {
    // Numbers have no metatable but by the debug library.
    let number = v.is_number() && vm.metatable_of(v).is_none();
    let text = if number { None } else { Some(tostring::start(vm, v)?) };
    if matches!(text, Some(Text::Call(_))) {
        return Ok(false);
    }
    if tab {
        out.push(b'\t');
    }
    match text {
        Some(Text::Done(s)) => out.extend_from_slice(s.bytes()),
        _ => write_number(v, out),
    }
    Ok(true)
}

fn tostring_done(vm: &mut Vm) -> NativeResult {
    let s = take_text(vm)?;
    vm.ret1(Value::from(s))
}

/// Writes what no metamethod has a say in with one call to the host. When an argument has a
/// `__tostring`, what stands before it is written first, for the method may print too.
pub fn print(vm: &mut Vm) -> NativeResult {
    let n = vm.nargs();
    print_from(vm, 1, n, Vec::new())
}

/// Prints the arguments from `first` to `n`. Once a metamethod has run, the two slots above the
/// arguments hold their number and the index of the one being converted.
fn print_from(vm: &mut Vm, first: usize, n: usize, mut out: Vec<u8>) -> NativeResult {
    for i in first..=n {
        let v = vm.arg(i);
        let plain = write_plain(vm, v, i > 1, &mut out)?;
        if plain && out.len() < MUCH {
            continue;
        }
        write(vm, &out)?;
        out.clear();
        if plain {
            continue;
        }
        vm.set_top(n + 2);
        vm.set_arg(n + 1, Value::int(n as i64));
        vm.set_arg(n + 2, Value::int(i as i64));
        return call_tostring(vm, v, &PRINT_PIECE);
    }
    out.push(b'\n');
    write(vm, &out)?;
    // Whoever reads the output sees whole lines at once, also through a pipe.
    let _ = vm.host().flush(STDOUT);
    vm.ret0()
}

/// The converted argument lies on top, its index and the number of arguments below.
fn print_piece(vm: &mut Vm) -> NativeResult {
    let s = take_text(vm)?;
    let i = vm.pop().as_int().unwrap_or(0) as usize;
    let n = vm.pop().as_int().unwrap_or(0) as usize;
    // The tab comes after the conversion, for PUC writes it then.
    let mut out = if i > 1 { b"\t".to_vec() } else { Vec::new() };
    out.extend_from_slice(s.bytes());
    print_from(vm, i + 1, n, out)
}

/// As in C, a failure to write is nobody's business.
fn write(vm: &mut Vm, bytes: &[u8]) -> Result<(), Raise> {
    vm.charge(bytes.len() as u64 / 16);
    let _ = vm.host().write(STDOUT, bytes);
    Ok(())
}
