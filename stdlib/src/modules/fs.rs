//! The parts of `luka.fs` in Rust: one question to the host each. `stdlib/lib/luka/fs.luka` makes the
//! module of them.

use super::capability::{self, fs};
use super::lfs::{list_of, permissions};
use crate::os::{failure, file_result, name};
use crate::prim;
use luka_vm::host::{FileId, FileKind, HostError, HostResult};
use luka_vm::{Native, NativeResult, Raise, Vm, inner_natives, natives};

natives! { pub static CORE = "luka.fs.core";
    stat: "luka.fs.core.stat(path, follow) -> table | nil, string, integer" "What is known about a file." = stat,
    list: "luka.fs.core.list(path) -> table | nil, string, integer" "The names in a folder." = list,
    mkdir: "luka.fs.core.mkdir(path) -> true | nil, string, integer" "Makes a folder." = |vm| {
        let path = name(vm, 1)?;
        let made = fs(vm, |fs| fs.create_dir(path))?;
        file_result(vm, made, Some(path))
    },
    rmdir: "luka.fs.core.rmdir(path) -> true | nil, string, integer" "Removes an empty folder." = |vm| {
        let path = name(vm, 1)?;
        let removed = fs(vm, |fs| fs.remove_dir(path))?;
        file_result(vm, removed, Some(path))
    },
    remove: "luka.fs.core.remove(path) -> true | nil, string, integer" "Removes a file." = |vm| {
        let path = name(vm, 1)?;
        capability::need_fs(vm)?;
        let removed = vm.host().remove(path);
        file_result(vm, removed, Some(path))
    },
    rename: "luka.fs.core.rename(from, to) -> true | nil, string, integer" "Renames a file." = |vm| {
        let (from, to) = (name(vm, 1)?, name(vm, 2)?);
        capability::need_fs(vm)?;
        let renamed = vm.host().rename(from, to);
        file_result(vm, renamed, Some(from))
    },
    link: "luka.fs.core.link(target, path, symbolic) -> true | nil, string, integer" "Makes a link." = |vm| {
        let (target, path) = (name(vm, 1)?, name(vm, 2)?);
        let symbolic = !vm.arg(3).is_falsy();
        let linked = fs(vm, |fs| fs.link(target, path, symbolic))?;
        file_result(vm, linked, Some(path))
    },
    readlink: "luka.fs.core.readlink(path) -> string | nil, string, integer" "Where a link leads." = |vm| {
        let path = name(vm, 1)?;
        let target = fs(vm, |fs| fs.read_link(path))?;
        text(vm, target, Some(path))
    },
    canonical: "luka.fs.core.canonical(path) -> string | nil, string, integer" "The path without links." = |vm| {
        let path = name(vm, 1)?;
        let whole = fs(vm, |fs| fs.canonical(path))?;
        text(vm, whole, Some(path))
    },
    touch: "luka.fs.core.touch(path, accessed, modified) -> true | nil, string, integer" "Sets times." = |vm| {
        let path = name(vm, 1)?;
        let (accessed, modified) = (vm.opt_num(2)?, vm.opt_num(3)?);
        let touched = fs(vm, |fs| fs.set_times(path, accessed, modified))?;
        file_result(vm, touched, Some(path))
    },
    chmod: "luka.fs.core.chmod(path, mode) -> true | nil, string, integer" "Sets permissions." = |vm| {
        let path = name(vm, 1)?;
        let mode = vm.check_int(2)? as u32 & 0o7777;
        let changed = fs(vm, |fs| fs.set_mode(path, mode))?;
        file_result(vm, changed, Some(path))
    },
    cwd: "luka.fs.core.cwd() -> string | nil, string, integer" "The current folder." = |vm| {
        let folder = fs(vm, |fs| fs.current_dir())?;
        text(vm, folder, None)
    },
    chdir: "luka.fs.core.chdir(path) -> true | nil, string, integer" "Changes the current folder." = |vm| {
        let path = name(vm, 1)?;
        let changed = fs(vm, |fs| fs.set_current_dir(path))?;
        file_result(vm, changed, Some(path))
    },
    read: "luka.fs.core.read(path) -> string | nil, string, integer" "The contents of a file." = read,
    write: "luka.fs.core.write(path, text, mode) -> true | nil, string, integer" "Writes a file." = write,
    tmpname: "luka.fs.core.tmpname() -> string | nil, string, integer" "The name of a new file." = |vm| {
        capability::need_fs(vm)?;
        let path = vm.host().tmpname();
        text(vm, path, None)
    },
}

inner_natives! { pub static INNER;
    OPEN: "luka.fs.core.open" "" "Makes the module luka.fs.core." = |vm| {
        let module = prim::library(vm, CORE)?;
        vm.ret1(module)
    };
}

/// What opens the module.
pub static OPENERS: &[(&str, &Native)] = &[("luka.fs.core", &OPEN)];

/// A text, or nil, a message and its code.
fn text(vm: &mut Vm, text: HostResult<Vec<u8>>, path: Option<&[u8]>) -> NativeResult {
    match text {
        Ok(text) => {
            let text = vm.str(&text)?;
            vm.ret1(text)
        }
        Err(e) => failure(vm, &e, path),
    }
}

fn stat(vm: &mut Vm) -> NativeResult {
    let path = name(vm, 1)?;
    let follow = !vm.arg(2).is_falsy();
    let m = match fs(vm, |fs| fs.metadata(path, follow))? {
        Ok(m) => m,
        Err(e) => return failure(vm, &e, Some(path)),
    };
    let kind = match m.kind {
        FileKind::File => "file",
        FileKind::Directory => "directory",
        FileKind::Link => "link",
        _ => "other",
    };
    let table = prim::new_table(vm, 0, 8)?;
    let (kind, permissions) = (vm.small_str(kind), permissions(m.mode));
    let permissions = vm.small_str(&permissions);
    prim::set_field(vm, table, "type", kind)?;
    prim::set_field(vm, table, "permissions", permissions)?;
    for (field, n) in [
        ("size", m.size as i64),
        ("mode", m.mode.into()),
        ("inode", m.ino as i64),
        ("device", m.dev as i64),
    ] {
        prim::set_field(vm, table, field, luka_vm::Value::int(n))?;
    }
    for (field, time) in [("modified", m.modified), ("accessed", m.accessed)] {
        prim::set_field(vm, table, field, luka_vm::Value::float(time))?;
    }
    vm.ret1(table)
}

fn list(vm: &mut Vm) -> NativeResult {
    let path = name(vm, 1)?;
    match fs(vm, |fs| fs.list(path))? {
        Ok(names) => {
            let list = list_of(vm, &names)?;
            vm.ret1(list)
        }
        Err(e) => failure(vm, &e, Some(path)),
    }
}

/// Bytes that are read at once.
const PIECE: usize = 1 << 16;

fn read(vm: &mut Vm) -> NativeResult {
    let path = name(vm, 1)?;
    // Devices may have no end, and reading them is `io`'s, which stops when it is asked to.
    match fs(vm, |fs| fs.metadata(path, true))? {
        Ok(m) if m.kind == FileKind::File => {}
        Ok(_) => {
            let e = HostError { message: "Not a regular file".to_string(), code: 22 };
            return failure(vm, &e, Some(path));
        }
        Err(e) => return failure(vm, &e, Some(path)),
    }
    let file = match vm.host().open(path, b"r") {
        Ok(file) => file,
        Err(e) => return failure(vm, &e, Some(path)),
    };
    let contents = read_all(vm, file);
    let _ = vm.host().close(file);
    match contents? {
        Ok(contents) => {
            let contents = vm.str(&contents)?;
            vm.ret1(contents)
        }
        Err(e) => failure(vm, &e, Some(path)),
    }
}

/// Reads to the end, below the memory limit.
fn read_all(vm: &mut Vm, file: FileId) -> Result<HostResult<Vec<u8>>, Raise> {
    let mut contents = Vec::new();
    loop {
        vm.heap.grow(&mut contents, PIECE)?;
        let old = contents.len();
        contents.resize(old + PIECE, 0);
        let read = vm.host().read(file, &mut contents[old..]);
        let n = match read {
            Ok(n) => n,
            Err(e) => return Ok(Err(e)),
        };
        contents.truncate(old + n);
        vm.charge_bytes(n + 64);
        if n == 0 {
            return Ok(Ok(contents));
        }
    }
}

fn write(vm: &mut Vm) -> NativeResult {
    let path = name(vm, 1)?;
    let contents = vm.check_str(2)?.bytes();
    let mode: &[u8] = if vm.check_str(3)?.bytes() == b"a" { b"a" } else { b"w" };
    capability::need_fs(vm)?;
    vm.charge_bytes(contents.len());
    let written = vm.host().open(path, mode).and_then(|file| {
        let written = vm.host().write(file, contents);
        let closed = vm.host().close(file).map(drop);
        written.and(closed)
    });
    file_result(vm, written, Some(path))
}
