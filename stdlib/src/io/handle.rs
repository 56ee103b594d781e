//! File handles: the userdata, opening, closing.

use crate::os::{OPENED, c_str, exit_result, failure, file_result};
use crate::prim;
use luka_vm::api::BYTES_PER_UNIT;
use luka_vm::host::FileId;
use luka_vm::{NativeResult, Raise, Value, Vm};

/// Registered name of the userdata type, its metatable's registry field and `__name`.
pub const TYPE_NAME: &str = "FILE*";

/// What kind of file a handle is; stored in the low two bits of the userdata's number, above them
/// the host's file number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    File = 1,
    /// A command: closing waits for it.
    Pipe = 2,
    /// Cannot be closed.
    Standard = 3,
}

const CLOSED: u64 = 0;

/// A new open handle.
pub fn new_file(vm: &mut Vm, id: FileId, kind: Kind) -> Value {
    let meta = prim::registry_field(vm, TYPE_NAME).as_table();
    let file = prim::new_userdata(vm, TYPE_NAME, id.0 << 2 | kind as u64);
    file.set_metatable(&mut vm.heap, meta);
    file.into()
}

/// `None` if the value is not a file; `Some(None)` if it is closed.
pub fn file_state(v: Value) -> Option<Option<(FileId, Kind)>> {
    let u = v.as_userdata().filter(|u| u.type_name == TYPE_NAME)?;
    let data = u.data();
    let kind = match data & 3 {
        1 => Kind::File,
        2 => Kind::Pipe,
        3 => Kind::Standard,
        _ => return Some(None),
    };
    Some(Some((FileId(data >> 2), kind)))
}

/// Argument 1 as an open file.
pub fn open_file(vm: &mut Vm) -> Result<(FileId, Kind), Raise> {
    match file_state(vm.arg(1)) {
        Some(Some(file)) => Ok(file),
        Some(None) => Err(vm.error("attempt to use a closed file")),
        None => Err(vm.type_error(1, TYPE_NAME)),
    }
}

/// The default input or output: its handle and file.
pub fn default_file(vm: &mut Vm, field: &str) -> Result<(Value, FileId), Raise> {
    let file = prim::registry_field(vm, field);
    match file_state(file) {
        Some(Some((id, _))) => Ok((file, id)),
        _ => {
            let what = field.trim_start_matches("_IO_");
            Err(vm.error(format!("default {what} file is closed")))
        }
    }
}

/// Opens a file or raises an error.
pub fn open_or_error(vm: &mut Vm, path: &[u8], mode: &[u8]) -> Result<Value, Raise> {
    vm.charge(OPENED + path.len() as u64 / BYTES_PER_UNIT);
    vm.heap.room_for_message(path.len())?;
    let path = c_str(path);
    match vm.host().open(path, mode) {
        Ok(id) => Ok(new_file(vm, id, Kind::File)),
        Err(e) => {
            let mut m = b"cannot open file '".to_vec();
            m.extend_from_slice(path);
            m.extend_from_slice(format!("' ({})", e.message).as_bytes());
            Err(vm.error(m))
        }
    }
}

/// Closes the open file in argument 1.
pub fn close(vm: &mut Vm) -> NativeResult {
    let (id, kind) = open_file(vm)?;
    close_file(vm, vm.arg(1), id, kind)
}

/// Closes and returns what `file:close()` returns.
pub fn close_file(vm: &mut Vm, file: Value, id: FileId, kind: Kind) -> NativeResult {
    if kind == Kind::Standard {
        let message = vm.small_str("cannot close standard file");
        return vm.ret2(Value::NIL, message);
    }
    if let Some(u) = file.as_userdata() {
        u.set_data(CLOSED);
    }
    match (kind, vm.host().close(id)) {
        (Kind::Pipe, Ok(Some(status))) => exit_result(vm, status),
        (Kind::Pipe, Err(e)) => failure(vm, &e, None),
        (_, result) => file_result(vm, result.map(|_| ()), None),
    }
}

/// `__gc`: closes the file if it is open.
pub fn collect(vm: &mut Vm) -> NativeResult {
    match file_state(vm.arg(1)) {
        Some(Some((id, kind))) if kind != Kind::Standard => {
            let _ = close_file(vm, vm.arg(1), id, kind)?;
        }
        Some(_) => {}
        None => return Err(vm.type_error(1, TYPE_NAME)),
    }
    vm.ret0()
}

/// `__close`.
pub fn close_scope(vm: &mut Vm) -> NativeResult {
    collect(vm)
}

/// `__tostring`.
pub fn to_string(vm: &mut Vm) -> NativeResult {
    let text = match file_state(vm.arg(1)) {
        None => return Err(vm.type_error(1, TYPE_NAME)),
        Some(None) => "file (closed)".to_string(),
        Some(Some(_)) => {
            let v = vm.arg(1);
            format!("file ({})", crate::tostring::pointer(vm, v).unwrap_or_default())
        }
    };
    let text = vm.small_str(&text);
    vm.ret1(text)
}
