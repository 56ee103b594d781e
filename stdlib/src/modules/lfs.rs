//! The module `lfs`, with the functions of LuaFileSystem 1.8
//! (<https://lunarmodules.github.io/luafilesystem/manual.html>).
//!
//! A folder is read whole when its iterator is made: the iterator is a list of names and a place in it,
//! which a snapshot saves. The names come in the order of their bytes.

use super::capability;
use crate::io::handle::{TYPE_NAME as FILE, file_state};
use crate::os::{failure, file_result, name};
use crate::prim;
use luka_vm::host::{FileId, FileKind, HostError, HostResult, Lock, Metadata};
use luka_vm::{Action, Gc, Native, NativeResult, Raise, Table, Type, Userdata, Value, Vm};
use luka_vm::{inner_natives, natives};

/// Registered name of the userdata of iterators, and the registry field of their metatable.
pub const DIRECTORY: &str = "directory metatable";
/// The same of locks of folders.
pub const LOCK: &str = "lock metatable";

natives! { pub static FUNCTIONS = "lfs";
    attributes: "lfs.attributes(path [, request]) -> table | value | nil, string, integer"
        "Returns what is known about a file, links followed: a table (or the table given, filled), or one attribute by its name." = |vm| attributes(vm, true),
    symlinkattributes: "lfs.symlinkattributes(path [, request]) -> table | value | nil, string, integer"
        "As `lfs.attributes`, but of a link says what it is itself, and in `target` where it leads." = symlinkattributes,
    chdir: "lfs.chdir(path) -> true | nil, string" "Changes the current folder." = chdir,
    currentdir: "lfs.currentdir() -> string | nil, string" "Returns the current folder." = currentdir,
    dir: "lfs.dir(path) -> function, userdata, nil, userdata"
        "Returns an iterator over the names in a folder, `.` and `..` among them." = dir,
    link: "lfs.link(old, new [, symbolic]) -> true | nil, string, integer"
        "Makes another name for a file, or a symbolic link." = link,
    lock: "lfs.lock(file, mode [, start [, length]]) -> true | nil, string"
        "Locks a part of an open file for reading (\"r\") or writing (\"w\") against other processes." = lock,
    unlock: "lfs.unlock(file [, start [, length]]) -> true | nil, string"
        "Unlocks a part of an open file." = unlock,
    lock_dir: "lfs.lock_dir(path) -> userdata | nil, string"
        "Makes a lock file in a folder, which the lock's method `free` removes; fails if there is one." = lock_dir,
    mkdir: "lfs.mkdir(path) -> true | nil, string, integer" "Makes a folder." = mkdir,
    rmdir: "lfs.rmdir(path) -> true | nil, string, integer" "Removes a folder, which must be empty." = rmdir,
    setmode: "lfs.setmode(file, mode) -> true, string"
        "Is there for programs that set \"binary\" or \"text\", which are the same here." = setmode,
    touch: "lfs.touch(path [, access [, modification]]) -> true | nil, string, integer"
        "Sets the times of a file, by default to now." = touch,
}

natives! { pub static DIRECTORY_METHODS = "lfs.directory";
    next: "directory:next() -> string|nil" "Returns the next name." = next,
    close: "directory:close()" "Ends the iterator." = close,
}

natives! { pub static LOCK_METHODS = "lfs.lock_of_dir";
    free: "lock:free()" "Removes the lock." = free,
}

inner_natives! { pub static INNER;
    OPEN: "lfs.open" "" "Makes the module lfs." = open;
}

/// What opens the module.
pub static OPENERS: &[(&str, &Native)] = &[("lfs", &OPEN)];

fn open(vm: &mut Vm) -> NativeResult {
    let directory = class(vm, DIRECTORY, DIRECTORY_METHODS)?;
    let close = prim::field(vm, directory, "close");
    prim::set_field(vm, directory, "__close", close)?;
    let lock = class(vm, LOCK, LOCK_METHODS)?;
    let free = prim::field(vm, lock, "free");
    prim::set_field(vm, lock, "__gc", free)?;
    let module = prim::library(vm, FUNCTIONS)?;
    if let Some(table) = module.as_table() {
        let version = vm.small_str("LuaFileSystem 1.8.0");
        prim::set_field(vm, table, "_VERSION", version)?;
        let what = vm.small_str("Files and folders, with the functions of LuaFileSystem");
        prim::set_field(vm, table, "_DESCRIPTION", what)?;
    }
    let globals = vm.globals();
    prim::set_field(vm, globals, "lfs", module)?;
    vm.ret1(module)
}

/// The metatable of a type, which is its own `__index`.
fn class(
    vm: &mut Vm,
    type_name: &'static str,
    methods: &[prim::Entry],
) -> Result<Gc<Table>, Raise> {
    let meta = prim::registry_table(vm, type_name)?;
    prim::register(vm, meta, methods)?;
    prim::set_field(vm, meta, "__index", meta.into())?;
    let name = vm.small_str(type_name);
    prim::set_field(vm, meta, "__name", name)?;
    Ok(meta)
}

/// A userdata of a type, with one user value.
fn object(
    vm: &mut Vm,
    type_name: &'static str,
    data: u64,
    value: Value,
) -> Result<Gc<Userdata>, Raise> {
    let object = prim::new_userdata(vm, type_name, data);
    object.init_user_values(&mut vm.heap, 1);
    object.set_user_value(&mut vm.heap, 1, value);
    let meta = prim::registry_field(vm, type_name).as_table();
    object.set_metatable(&mut vm.heap, meta);
    Ok(object)
}

// ------------------------------------------------------------------ attributes

const ATTRIBUTES: [&str; 14] = [
    "mode",
    "dev",
    "ino",
    "nlink",
    "uid",
    "gid",
    "rdev",
    "access",
    "modification",
    "change",
    "size",
    "permissions",
    "blocks",
    "blksize",
];

fn kind(kind: FileKind) -> &'static str {
    match kind {
        FileKind::File => "file",
        FileKind::Directory => "directory",
        FileKind::Link => "link",
        FileKind::Socket => "socket",
        FileKind::Pipe => "named pipe",
        FileKind::CharDevice => "char device",
        FileKind::BlockDevice => "block device",
        FileKind::Other => "other",
    }
}

/// `rwxr-xr-x`.
pub fn permissions(mode: u32) -> String {
    (0..9).map(|i| if mode >> (8 - i) & 1 == 1 { b"rwx"[i % 3] as char } else { '-' }).collect()
}

fn attribute(vm: &mut Vm, m: &Metadata, name: &str) -> Value {
    let n = match name {
        "mode" => return vm.small_str(kind(m.kind)),
        "permissions" => {
            let text = permissions(m.mode);
            return vm.small_str(&text);
        }
        "dev" => m.dev as i64,
        "ino" => m.ino as i64,
        "nlink" => m.nlink as i64,
        "uid" => m.uid.into(),
        "gid" => m.gid.into(),
        "rdev" => m.rdev as i64,
        "access" => m.accessed.floor() as i64,
        "modification" => m.modified.floor() as i64,
        "change" => m.changed.floor() as i64,
        "size" => m.size as i64,
        "blocks" => m.blocks as i64,
        _ => m.blksize as i64,
    };
    Value::int(n)
}

fn attributes(vm: &mut Vm, follow: bool) -> NativeResult {
    let path = name(vm, 1)?;
    let m = match capability::fs(vm, |fs| fs.metadata(path, follow))? {
        Ok(m) => m,
        Err(e) => {
            let shown = String::from_utf8_lossy(path);
            let message = format!("cannot obtain information from file '{shown}': {}", e.message);
            return failure(vm, &HostError { message, code: e.code }, None);
        }
    };
    if vm.arg(2).is_string() || vm.arg(2).is_number() {
        let request = name(vm, 2)?;
        return match ATTRIBUTES.iter().find(|known| known.as_bytes() == request) {
            Some(known) => {
                let value = attribute(vm, &m, known);
                vm.ret1(value)
            }
            None => {
                let shown = String::from_utf8_lossy(request);
                Err(vm.error(format!("invalid attribute name '{shown}'")))
            }
        };
    }
    let table = match vm.arg(2).as_table() {
        Some(table) => table,
        None => prim::new_table(vm, 0, 16)?,
    };
    for name in ATTRIBUTES {
        let value = attribute(vm, &m, name);
        prim::set_field(vm, table, name, value)?;
    }
    vm.ret1(table)
}

fn symlinkattributes(vm: &mut Vm) -> NativeResult {
    let path = name(vm, 1)?;
    if vm.arg(2).as_str().is_some_and(|s| s.bytes() == b"target") {
        return match capability::fs(vm, |fs| fs.read_link(path))? {
            Ok(target) => {
                let target = vm.str(&target)?;
                vm.ret1(target)
            }
            Err(e) => failure(vm, &e, Some(b"could not obtain link target")),
        };
    }
    let result = attributes(vm, false)?;
    if let Action::Return(1) = result
        && let Some(table) = vm.slots().last().and_then(|v| v.as_table())
        && let Ok(target) = capability::fs(vm, |fs| fs.read_link(path))?
    {
        let target = vm.str(&target)?;
        prim::set_field(vm, table, "target", target)?;
    }
    Ok(result)
}

// ------------------------------------------------------------------ folders

fn result(vm: &mut Vm, result: HostResult<()>) -> NativeResult {
    file_result(vm, result, None)
}

/// Failure as nil and a message.
fn nil_and_message(vm: &mut Vm, message: &str) -> NativeResult {
    let message = vm.str(message.as_bytes())?;
    vm.ret2(Value::NIL, message)
}

fn chdir(vm: &mut Vm) -> NativeResult {
    let path = name(vm, 1)?;
    match capability::fs(vm, |fs| fs.set_current_dir(path))? {
        Ok(()) => vm.ret1(true),
        Err(e) => {
            let shown = String::from_utf8_lossy(path);
            let message =
                format!("Unable to change working directory to '{shown}'\n{}\n", e.message);
            nil_and_message(vm, &message)
        }
    }
}

fn currentdir(vm: &mut Vm) -> NativeResult {
    match capability::fs(vm, |fs| fs.current_dir())? {
        Ok(path) => {
            let path = vm.str(&path)?;
            vm.ret1(path)
        }
        Err(e) => failure(vm, &e, Some(b"get_dir getcwd() failed")),
    }
}

fn mkdir(vm: &mut Vm) -> NativeResult {
    let path = name(vm, 1)?;
    let made = capability::fs(vm, |fs| fs.create_dir(path))?;
    result(vm, made)
}

fn rmdir(vm: &mut Vm) -> NativeResult {
    let path = name(vm, 1)?;
    let removed = capability::fs(vm, |fs| fs.remove_dir(path))?;
    result(vm, removed)
}

fn link(vm: &mut Vm) -> NativeResult {
    let (old, new) = (name(vm, 1)?, name(vm, 2)?);
    let symbolic = !vm.arg(3).is_falsy();
    let linked = capability::fs(vm, |fs| fs.link(old, new, symbolic))?;
    result(vm, linked)
}

fn touch(vm: &mut Vm) -> NativeResult {
    let path = name(vm, 1)?;
    let (accessed, modified) = match vm.nargs() {
        1 => (None, None),
        _ => {
            let accessed = vm.opt_num(2)?.unwrap_or(0.0).trunc();
            let modified = vm.opt_int(3)?.map_or(accessed, |n| n as f64);
            (Some(accessed), Some(modified))
        }
    };
    let touched = capability::fs(vm, |fs| fs.set_times(path, accessed, modified))?;
    result(vm, touched)
}

/// A new list of strings, which are charged.
pub fn list_of(vm: &mut Vm, names: &[Vec<u8>]) -> Result<Gc<Table>, Raise> {
    let list = prim::new_table(vm, names.len().min(1 << 20) as u32, 0)?;
    for (i, name) in (1..).zip(names) {
        vm.charge(1 + name.len() as u64 / 16);
        let name = vm.str(name)?;
        prim::set_int(vm, list, i, name)?;
    }
    Ok(list)
}

/// The place of an iterator that has ended or was closed.
const CLOSED: u64 = u64::MAX;

fn dir(vm: &mut Vm) -> NativeResult {
    let path = name(vm, 1)?;
    let names = match capability::fs(vm, |fs| fs.list(path))? {
        Ok(names) => names,
        Err(e) => {
            let shown = String::from_utf8_lossy(path);
            return Err(vm.error(format!("cannot open {shown}: {}", e.message)));
        }
    };
    let dots = [b".".to_vec(), b"..".to_vec()];
    let names: Vec<Vec<u8>> = dots.into_iter().chain(names).collect();
    let list = list_of(vm, &names)?;
    let iterator = object(vm, DIRECTORY, 1, list.into())?;
    let meta = prim::registry_field(vm, DIRECTORY).as_table();
    let next = meta.map_or(Value::NIL, |meta| prim::field(vm, meta, "next"));
    vm.push(next);
    vm.push(iterator.into());
    vm.push(Value::NIL);
    vm.push(iterator.into());
    Ok(Action::Return(4))
}

fn next(vm: &mut Vm) -> NativeResult {
    let iterator = vm.check_userdata(1, DIRECTORY)?;
    let place = iterator.data();
    if place == CLOSED {
        return Err(vm.arg_error(1, "closed directory"));
    }
    let list = iterator.user_value(1).and_then(Value::as_table);
    let name = list.map_or(Value::NIL, |list| list.get_int(place as i64));
    iterator.set_data(if name.is_nil() { CLOSED } else { place + 1 });
    if name.is_nil() { vm.ret0() } else { vm.ret1(name) }
}

fn close(vm: &mut Vm) -> NativeResult {
    let iterator = vm.check_userdata(1, DIRECTORY)?;
    iterator.set_data(CLOSED);
    iterator.set_user_value(&mut vm.heap, 1, Value::NIL);
    vm.ret0()
}

// ------------------------------------------------------------------ locks

/// Argument 1 as an open file.
fn open_file(vm: &mut Vm, function: &str) -> Result<FileId, Raise> {
    match file_state(vm.arg(1)) {
        Some(Some((id, _))) => Ok(id),
        Some(None) => Err(vm.error(format!("{function}: closed file"))),
        None => Err(vm.type_error(1, FILE)),
    }
}

fn lock_part(vm: &mut Vm, file: FileId, lock: Lock, first: usize) -> NativeResult {
    let start = vm.opt_int(first)?.unwrap_or(0);
    let length = vm.opt_int(first + 1)?.unwrap_or(0);
    let locked =
        capability::fs(vm, |fs| fs.lock(file, lock, start.max(0) as u64, length.max(0) as u64))?;
    match locked {
        Ok(()) => vm.ret1(true),
        Err(e) => nil_and_message(vm, &e.message),
    }
}

fn lock(vm: &mut Vm) -> NativeResult {
    let file = open_file(vm, "lock")?;
    let lock = match vm.check_str(2)?.bytes().first() {
        Some(b'w') => Lock::Exclusive,
        Some(b'r') => Lock::Shared,
        Some(b'u') => Lock::None,
        _ => return Err(vm.error("lock: invalid mode")),
    };
    lock_part(vm, file, lock, 3)
}

fn unlock(vm: &mut Vm) -> NativeResult {
    let file = open_file(vm, "unlock")?;
    lock_part(vm, file, Lock::None, 2)
}

fn lock_dir(vm: &mut Vm) -> NativeResult {
    let path = [name(vm, 1)?, b"/lockfile.lfs"].concat();
    match capability::fs(vm, |fs| fs.link(b"lock", &path, true))? {
        Ok(()) => {
            let path = vm.str(&path)?;
            let lock = object(vm, LOCK, 0, path)?;
            vm.ret1(lock)
        }
        Err(e) => nil_and_message(vm, &e.message),
    }
}

fn free(vm: &mut Vm) -> NativeResult {
    let lock = vm.check_userdata(1, LOCK)?;
    if let Some(path) = lock.user_value(1).and_then(Value::as_str) {
        lock.set_user_value(&mut vm.heap, 1, Value::NIL);
        // A lock file that somebody else has removed is no error.
        let _ = vm.host().remove(path.bytes());
    }
    vm.ret0()
}

fn setmode(vm: &mut Vm) -> NativeResult {
    if vm.arg(1).type_of() != Type::Userdata {
        return Err(vm.type_error(1, FILE));
    }
    open_file(vm, "setmode")?;
    vm.check_option(2, None, &["binary", "text"])?;
    let mode = vm.small_str("binary");
    vm.ret2(true, mode)
}
