//! The `io` library: files as userdata `FILE*`, the default input and output.
//!
//! A file's userdata holds the host's file number and what kind of file it is ([`handle`]); all
//! buffering is the host's. Reading formats are in [`read`], line iterators in [`lines`].

mod handle;
mod lines;
mod read;
mod write;

use crate::os::{c_str, failure, file_result};
use crate::prim;
use handle::{Kind, default_file, new_file, open_file};
use luka_vm::host::FileId;
use luka_vm::{NativeResult, Raise, Value, Vm, natives};

natives! { pub static IO = "io";
    close: "io.close([file]) -> true | nil, string, integer"
        "Closes a file, by default the default output." = close,
    flush: "io.flush() -> true | nil, string, integer"
        "Writes out what the default output has buffered." = flush,
    input: "io.input([file]) -> file"
        "Gets or sets (by handle or name) the default input." = input,
    lines: "io.lines([path, ...]) -> iterator[, nil, nil, file]"
        "Iterates over a file, reading by the formats given (default \"l\"); the file is closed at its end." = lines::io_lines,
    open: "io.open(path [, mode]) -> file | nil, string, integer"
        "Opens a file. Modes: r, w, a, r+, w+, a+, each also with b." = open_path,
    output: "io.output([file]) -> file"
        "Gets or sets (by handle or name) the default output." = output,
    popen: "io.popen(command [, mode]) -> file | nil, string, integer"
        "Starts a shell command and reads its output (\"r\") or feeds its input (\"w\")." = popen,
    read: "io.read(...) -> ..."
        "Reads from the default input by the formats given: \"n\", \"l\", \"L\", \"a\" or a number of bytes." = read::io_read,
    tmpfile: "io.tmpfile() -> file | nil, string, integer"
        "A temporary file that disappears when it is closed." = tmpfile,
    type: "io.type(v) -> \"file\"|\"closed file\"|nil"
        "Says whether a value is a file handle." = type_,
    write: "io.write(...) -> file | nil, string, integer"
        "Writes strings and numbers to the default output." = write::io_write,
}

natives! { pub static METHODS = "file";
    close: "file:close() -> true | nil, string, integer"
        "Closes the file; for a command, also says how it ended." = handle::close,
    flush: "file:flush() -> true | nil, string, integer"
        "Writes out what is buffered." = write::flush,
    lines: "file:lines(...) -> iterator"
        "Iterates over the rest of the file by the formats given." = lines::file_lines,
    read: "file:read(...) -> ..."
        "Reads by the formats given: \"n\", \"l\", \"L\", \"a\" or a number of bytes." = read::file_read,
    seek: "file:seek([whence [, offset]]) -> integer | nil, string, integer"
        "Sets the position from \"set\", \"cur\" or \"end\" and returns it." = write::seek,
    setvbuf: "file:setvbuf(mode [, size]) -> true | nil, string, integer"
        "Sets the buffering: \"no\", \"full\" or \"line\"." = write::setvbuf,
    write: "file:write(...) -> file | nil, string, integer"
        "Writes strings and numbers." = write::file_write,
}

natives! { pub static METAMETHODS = "file";
    __gc: "a file's __gc" "Closes the file when it is collected." = handle::collect,
    __close: "a file's __close" "Closes the file at the end of its scope." = handle::close_scope,
    __tostring: "a file's __tostring" "Whether the file is open, and its number." = handle::to_string,
}

/// Functions that programs reach only through others.
pub static THEN: &[&luka_vm::Native] = &[&lines::NEXT_LINE];

/// Registry fields of the default files.
const INPUT: &str = "_IO_input";
const OUTPUT: &str = "_IO_output";

fn close(vm: &mut Vm) -> NativeResult {
    if vm.nargs() == 0 {
        let file = prim::registry_field(vm, OUTPUT);
        vm.push(file);
    }
    handle::close(vm)
}

fn flush(vm: &mut Vm) -> NativeResult {
    let (_, id) = default_file(vm, OUTPUT)?;
    let result = vm.host().flush(id);
    file_result(vm, result, None)
}

fn input(vm: &mut Vm) -> NativeResult {
    default(vm, INPUT, b"r")
}

fn output(vm: &mut Vm) -> NativeResult {
    default(vm, OUTPUT, b"w")
}

fn default(vm: &mut Vm, field: &str, mode: &[u8]) -> NativeResult {
    if !vm.arg(1).is_nil() {
        let file = if vm.arg(1).is_string() || vm.arg(1).is_number() {
            let path = vm.check_str(1)?;
            handle::open_or_error(vm, path.bytes(), mode)?
        } else {
            open_file(vm)?;
            vm.arg(1)
        };
        prim::set_registry_field(vm, field, file)?;
    }
    let file = prim::registry_field(vm, field);
    vm.ret1(file)
}

/// `[rwa]%+?b*`
fn valid_mode(mode: &[u8]) -> bool {
    match mode {
        [b'r' | b'w' | b'a', b'+', rest @ ..] | [b'r' | b'w' | b'a', rest @ ..] => {
            rest.iter().all(|&c| c == b'b')
        }
        _ => false,
    }
}

fn open_path(vm: &mut Vm) -> NativeResult {
    let path = c_str(vm.check_str(1)?.bytes());
    let mode = vm.opt_str(2)?.map_or(&b"r"[..], |m| c_str(m.bytes()));
    if !valid_mode(mode) {
        return Err(vm.arg_error(2, "invalid mode"));
    }
    match vm.host().open(path, mode) {
        Ok(id) => {
            let file = new_file(vm, id, Kind::File);
            vm.ret1(file)
        }
        Err(e) => failure(vm, &e, Some(path)),
    }
}

fn popen(vm: &mut Vm) -> NativeResult {
    let command = c_str(vm.check_str(1)?.bytes());
    let mode = vm.opt_str(2)?.map_or(&b"r"[..], |m| c_str(m.bytes()));
    if mode != b"r" && mode != b"w" {
        return Err(vm.arg_error(2, "invalid mode"));
    }
    match vm.host().popen(command, mode) {
        Ok(id) => {
            let file = new_file(vm, id, Kind::Pipe);
            vm.ret1(file)
        }
        Err(e) => failure(vm, &e, Some(command)),
    }
}

fn tmpfile(vm: &mut Vm) -> NativeResult {
    match vm.host().tmpfile() {
        Ok(id) => {
            let file = new_file(vm, id, Kind::File);
            vm.ret1(file)
        }
        Err(e) => failure(vm, &e, None),
    }
}

fn type_(vm: &mut Vm) -> NativeResult {
    let v = vm.check_any(1)?;
    let name = match handle::file_state(v) {
        None => return vm.ret1(Value::NIL),
        Some(None) => "closed file",
        Some(Some(_)) => "file",
    };
    let name = vm.small_str(name);
    vm.ret1(name)
}

/// Makes the library table, the metatable of files and the standard files.
pub fn open(vm: &mut Vm) -> Result<Value, Raise> {
    let methods = prim::library(vm, METHODS)?;
    let meta = prim::new_table(vm, 0, 5)?;
    prim::set_registry_field(vm, handle::TYPE_NAME, meta.into())?;
    let name = vm.small_str(handle::TYPE_NAME);
    prim::set_field(vm, meta, "__name", name)?;
    prim::register(vm, meta, METAMETHODS)?;
    prim::set_field(vm, meta, "__index", methods)?;
    let io = prim::new_table(vm, 0, (IO.len() + 3) as u32)?;
    prim::register(vm, io, IO)?;
    for (id, name, default) in
        [(0, "stdin", Some(INPUT)), (1, "stdout", Some(OUTPUT)), (2, "stderr", None)]
    {
        let file = new_file(vm, FileId(id), Kind::Standard);
        prim::set_field(vm, io, name, file)?;
        if let Some(field) = default {
            prim::set_registry_field(vm, field, file)?;
        }
    }
    Ok(io.into())
}
