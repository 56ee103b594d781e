//! The `io` library: files as userdata `FILE*`, the default input and output.
//!
//! A file's userdata holds the host's file number and what kind of file it is ([`handle`]); all
//! buffering is the host's. Reading formats are in [`read`], line iterators in [`lines`].

pub(crate) mod handle;
mod lines;
mod read;
mod write;

use crate::os::{OPENED, failure, file_result, name, opt_c_arg};
use crate::prim;
use handle::{Kind, default_file, new_file, open_file};
use luka_vm::host::FileId;
use luka_vm::{NativeResult, Raise, Value, Vm, natives};

natives! { pub static IO = "io";
    close: "io.close([file]) -> true | nil, string, integer"
        "Closes a file, by default the default output." = close,
    flush: "io.flush() -> true | nil, string, integer"
        "Writes out buffered data of the default output." = flush,
    input: "io.input([file]) -> file"
        "Returns the default input, after setting it to a file or opening a file by name." = input,
    lines: "io.lines([path, ...]) -> iterator[, nil, nil, file]"
        "Returns an iterator that reads from a file with these formats, by default lines, and closes it at the end." = lines::io_lines,
    open: "io.open(path [, mode]) -> file | nil, string, integer"
        "Opens a file. The mode is r (the default), w, a, r+, w+ or a+, which b may follow." = open_path,
    output: "io.output([file]) -> file"
        "Returns the default output, after setting it to a file or opening a file by name." = output,
    popen: "io.popen(command [, mode]) -> file | nil, string, integer"
        "Starts a shell command and returns a file to read its output (\"r\", the default) or to write its input (\"w\")." = popen,
    read: "io.read(...) -> ..."
        "Reads from the default input; the formats are those of `file:read`." = read::io_read,
    tmpfile: "io.tmpfile() -> file | nil, string, integer"
        "Returns a temporary file that is deleted when it is closed." = tmpfile,
    type: "io.type(v) -> \"file\"|\"closed file\"|nil"
        "Returns whether a value is an open or closed file; nil if it is not a file." = type_,
    write: "io.write(...) -> file | nil, string, integer"
        "Writes strings and numbers to the default output and returns it." = write::io_write,
}

natives! { pub static METHODS = "file";
    close: "file:close() -> true | nil, string, integer"
        "Closes the file. For a command, returns how it ended as `os.execute` does." = handle::close,
    flush: "file:flush() -> true | nil, string, integer"
        "Writes out buffered data." = write::flush,
    lines: "file:lines(...) -> iterator"
        "Returns an iterator that reads from the file with these formats, by default lines." = lines::file_lines,
    read: "file:read(...) -> ..."
        "Reads with these formats: \"n\" a number, \"l\" a line (the default), \"L\" a line with its end, \"a\" the rest, or a number of bytes." = read::file_read,
    seek: "file:seek([whence [, offset]]) -> integer | nil, string, integer"
        "Sets the position, relative to the beginning (\"set\"), the current position (\"cur\", the default) or the end (\"end\"), and returns it." = write::seek,
    setvbuf: "file:setvbuf(mode [, size]) -> true | nil, string, integer"
        "Sets the buffering mode: \"no\", \"full\" or \"line\"." = write::setvbuf,
    write: "file:write(...) -> file | nil, string, integer"
        "Writes strings and numbers and returns the file." = write::file_write,
}

natives! { pub static METAMETHODS = "file";
    __gc: "a file's __gc" "Closes the file when it is collected." = handle::collect,
    __close: "a file's __close" "Closes the file at the end of its scope." = handle::close_scope,
    __tostring: "a file's __tostring" "Describes the file: open or closed." = handle::to_string,
}

/// Functions that programs reach only through others.
pub use lines::INNER;

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
    let path = name(vm, 1)?;
    vm.charge(OPENED);
    let mode = opt_c_arg(vm, 2)?.unwrap_or(b"r");
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
    let command = name(vm, 1)?;
    vm.charge(OPENED * 100);
    let mode = opt_c_arg(vm, 2)?.unwrap_or(b"r");
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
    vm.charge(OPENED);
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
