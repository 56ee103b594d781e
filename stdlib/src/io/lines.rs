//! `io.lines`, `file:lines` and their iterator.

use super::handle::{close_file, file_state, open_file, open_or_error};
use super::read::{Outcome, read};
use crate::prim;
use luka_vm::{Action, NativeResult, Raise, Value, Vm, inner_natives};

/// Most formats an iterator takes (`MAXARGLINE`).
const MAX_FORMATS: usize = 250;

inner_natives! { pub static INNER;
    /// The iterator. Upvalues: file, number of formats, whether to close at the end, the formats.
    NEXT_LINE: "io.lines:next" = next_line;
}

pub fn file_lines(vm: &mut Vm) -> NativeResult {
    open_file(vm)?;
    let iterator = iterator(vm, false)?;
    vm.ret1(iterator)
}

pub fn io_lines(vm: &mut Vm) -> NativeResult {
    if vm.nargs() == 0 {
        vm.push(Value::NIL);
    }
    if vm.arg(1).is_nil() {
        let file = prim::registry_field(vm, super::INPUT);
        vm.set_arg(1, file);
        open_file(vm)?;
        let iterator = iterator(vm, false)?;
        return vm.ret1(iterator);
    }
    let path = vm.check_str(1)?;
    let file = open_or_error(vm, path.bytes(), b"r")?;
    vm.set_arg(1, file);
    let iterator = iterator(vm, true)?;
    vm.push(iterator);
    vm.push(Value::NIL);
    vm.push(Value::NIL);
    vm.push(file);
    Ok(Action::Return(4))
}

fn iterator(vm: &mut Vm, close: bool) -> Result<Value, Raise> {
    let formats = vm.nargs() - 1;
    if formats > MAX_FORMATS {
        return Err(vm.arg_error(MAX_FORMATS + 2, "too many arguments"));
    }
    let mut upvalues = vec![vm.arg(1), Value::int(formats as i64), Value::bool(close)];
    upvalues.extend((0..formats).map(|i| vm.arg(i + 2)));
    Ok(prim::new_native(vm, &NEXT_LINE, &upvalues))
}

fn next_line(vm: &mut Vm) -> NativeResult {
    let file = vm.upvalue(1);
    let Some(Some((id, kind))) = file_state(file) else {
        return Err(vm.error("file is already closed"));
    };
    let formats = vm.upvalue(2).as_int().unwrap_or(0).clamp(0, MAX_FORMATS as i64) as usize;
    vm.set_top(1);
    for i in 0..formats {
        let format = vm.upvalue(4 + i);
        vm.push(format);
    }
    match read(vm, id, 2)? {
        Outcome::Failed(e) => Err(vm.error(e.message)),
        Outcome::Values(n) => {
            let first = vm.arg(vm.nargs() + 1 - n as usize);
            if !first.is_falsy() {
                return Ok(Action::Return(n));
            }
            if !vm.upvalue(3).is_falsy() {
                let _ = close_file(vm, file, id, kind)?;
            }
            vm.ret0()
        }
    }
}
