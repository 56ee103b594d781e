//! `print` and `tostring`.

use crate::tostring::{self, Text};
use luka_vm::api::frame::slot::Count;
use luka_vm::host::FileId;
use luka_vm::value::format::write_number;
use luka_vm::{Action, Event, Native, NativeResult, Raise, Value, Vm, continuations, frame};

const STDOUT: FileId = FileId(1);

/// Output is written in pieces of about this many bytes.
const MUCH: usize = 1 << 16;
/// Fuel for writing, besides what it costs by bytes.
const WRITTEN: u64 = 2;

continuations! { pub static THEN;
    /// A `__tostring` has converted an argument.
    PRINT_PIECE: "base.print:piece" (printing, 1) = print_piece;
    TOSTRING_DONE: "base.tostring:done" (arguments, 1) = tostring_done;
}

frame! {
    /// Slots of `tostring`: its arguments.
    mod arguments {}
    rest: Value;
}

frame! {
    /// Slots of `print`: its arguments, then this.
    mod printing {}
    rest: Value;
    last {
        /// The number of the argument being converted.
        ARGUMENT: Count,
    }
}

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
        Some(Text::Done(s)) => append(vm, s.bytes(), out)?,
        _ => write_number(v, out),
    }
    Ok(true)
}

/// Appends a text; a long one is written at once, after what is there.
fn append(vm: &mut Vm, text: &[u8], out: &mut Vec<u8>) -> Result<(), Raise> {
    if text.len() < MUCH {
        out.extend_from_slice(text);
        return Ok(());
    }
    write(vm, out)?;
    out.clear();
    write(vm, text)
}

fn tostring_done(vm: &mut Vm) -> NativeResult {
    let v = vm.pop();
    let s = tostring::check_result(vm, v)?;
    vm.ret1(Value::from(s))
}

/// Collects the output and writes it with one call to the host. When an argument has a
/// `__tostring`, the output before it is written first, for the method may print too.
pub fn print(vm: &mut Vm) -> NativeResult {
    let n = vm.nargs();
    print_from(vm, 1, n, Vec::new())
}

/// Prints the arguments from `first` to `n`.
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
        printing::ARGUMENT.push(vm, i as i64);
        return call_tostring(vm, v, &PRINT_PIECE);
    }
    out.push(b'\n');
    write(vm, &out)?;
    // Flush after each line, so that readers of a pipe see it at once.
    let _ = vm.host().flush(STDOUT);
    vm.ret0()
}

fn print_piece(vm: &mut Vm) -> NativeResult {
    let v = vm.pop();
    let s = tostring::check_result(vm, v)?;
    let i = printing::ARGUMENT.get(vm) as usize;
    printing::FRAME.drop_last(vm);
    let n = vm.nargs();
    // The tab comes after the conversion, for PUC writes it then.
    let mut out = if i > 1 { b"\t".to_vec() } else { Vec::new() };
    append(vm, s.bytes(), &mut out)?;
    print_from(vm, i.saturating_add(1), n, out)
}

/// Writes to standard output; as in C, failures are ignored.
fn write(vm: &mut Vm, bytes: &[u8]) -> Result<(), Raise> {
    vm.charge(WRITTEN + bytes.len() as u64 / 16);
    let _ = vm.host().write(STDOUT, bytes);
    Ok(())
}
