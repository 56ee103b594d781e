//! Writing, positioning and buffering.

use super::handle::{default_file, open_file};
use crate::os::{failure, file_result};
use crate::prim;
use luka_vm::host::{Buffering, FileId, Whence};
use luka_vm::{NativeResult, Value, Vm};

/// C's `BUFSIZ`-like default of `setvbuf` (`LUAL_BUFFERSIZE`).
const BUFFER_SIZE: i64 = 1024;

pub fn io_write(vm: &mut Vm) -> NativeResult {
    let (file, id) = default_file(vm, super::OUTPUT)?;
    write(vm, file, id, 1)
}

pub fn file_write(vm: &mut Vm) -> NativeResult {
    let (id, _) = open_file(vm)?;
    write(vm, vm.arg(1), id, 2)
}

/// Writes the arguments from `first` on. As in C, a failed write does not stop the ones after it.
fn write(vm: &mut Vm, file: Value, id: FileId, first: usize) -> NativeResult {
    let mut error = None;
    for i in first..=vm.nargs() {
        let v = vm.arg(i);
        let result = if v.is_number() {
            let mut text = Vec::with_capacity(24);
            prim::c_number(&mut text, v);
            vm.host().write(id, &text)
        } else {
            let s = vm.check_str(i)?;
            vm.charge(s.len() as u64 / 16);
            vm.host().write(id, s.bytes())
        };
        if let Err(e) = result {
            error = Some(e);
        }
    }
    match error {
        None => vm.ret1(file),
        Some(e) => failure(vm, &e, None),
    }
}

pub fn flush(vm: &mut Vm) -> NativeResult {
    let (id, _) = open_file(vm)?;
    let result = vm.host().flush(id);
    file_result(vm, result, None)
}

pub fn seek(vm: &mut Vm) -> NativeResult {
    const WHENCE: [Whence; 3] = [Whence::Set, Whence::Current, Whence::End];
    let (id, _) = open_file(vm)?;
    let whence = vm.check_option(2, Some("cur"), &["set", "cur", "end"])?;
    let offset = vm.opt_int(3)?.unwrap_or(0);
    match vm.host().seek(id, WHENCE[whence], offset) {
        Ok(position) => vm.ret1(position as i64),
        Err(e) => failure(vm, &e, None),
    }
}

pub fn setvbuf(vm: &mut Vm) -> NativeResult {
    let (id, _) = open_file(vm)?;
    let mode = vm.check_option(2, None, &["no", "full", "line"])?;
    let size = vm.opt_int(3)?.unwrap_or(BUFFER_SIZE);
    // A host may refuse a size or use a smaller one; a megabyte is the most it is asked for.
    let size = size.clamp(0, 1 << 20) as usize;
    let mode = match mode {
        0 => Buffering::None,
        1 => Buffering::Full(size),
        _ => Buffering::Line(size),
    };
    let result = vm.host().set_buffering(id, mode);
    file_result(vm, result, None)
}
