//! The `string` library (manual §6.4) and the metatable of strings.

mod arith;
mod basic;
mod class;
mod find;
mod format;
mod frames;
mod gsub;
mod pack;
mod pack_format;
mod pattern;
mod quote;
mod set;
mod shortcut;
mod step;
mod suspend;

#[cfg(not(without_bytecode))]
pub(crate) use basic::dump_within_limit;

use luka_vm::{Event, Native, Type, Vm, natives};

natives! { pub static STRING = "string";
    byte: "string.byte(s [, i [, j]]) -> integer..."
        "Returns the codes of the bytes at positions `i` (by default 1) to `j` (by default `i`)."
        [pure] = basic::byte => Byte,
    char: "string.char(...) -> string"
        "Returns the string of the bytes with these codes."
        [pure] = basic::char => Char,
    dump: "string.dump(function [, strip]) -> string"
        "Returns a binary image of a function, which `load` accepts; with `strip`, without debug information."
        = basic::dump,
    find: "string.find(s, pattern [, init [, plain]]) -> start, end, captures... | nil"
        "Finds the first match of a pattern in `s`, from position `init` on. With `plain`, the pattern is plain text."
        [pure] = find::find,
    format: "string.format(format, ...) -> string"
        "Formats its arguments as C's `printf` does; `%s` takes any value, `%q` writes a literal."
        = format::format,
    gmatch: "string.gmatch(s, pattern [, init]) -> iterator"
        "Returns an iterator over the matches of a pattern in `s`, which gives the captures of each."
        [pure] = find::gmatch,
    gsub: "string.gsub(s, pattern, replacement [, n]) -> string, integer"
        "Returns a copy of `s` with the first `n` matches (by default all) replaced, and the number of matches. The replacement is a string in which `%1` is the first capture, a table indexed by the first capture, or a function called with the captures."
        = gsub::gsub,
    len: "string.len(s) -> integer"
        "Returns the length of `s` in bytes."
        [pure] = basic::len => Len,
    lower: "string.lower(s) -> string"
        "Returns `s` with the letters A to Z in lower case."
        [pure] = basic::lower,
    match: "string.match(s, pattern [, init]) -> captures... | nil"
        "Returns the captures of the first match of a pattern in `s`, or the whole match if the pattern has none."
        [pure] = find::match_,
    pack: "string.pack(format, ...) -> string"
        "Serializes values in binary form, as the format says."
        [pure] = pack::pack,
    packsize: "string.packsize(format) -> integer"
        "Returns the size of the result of `string.pack` with this format, which must not contain `s` or `z`."
        [pure] = pack::packsize,
    rep: "string.rep(s, n [, sep]) -> string"
        "Returns `n` copies of `s`, separated by `sep`."
        [pure] = basic::rep,
    reverse: "string.reverse(s) -> string"
        "Returns the bytes of `s` in reverse order."
        [pure] = basic::reverse,
    sub: "string.sub(s, i [, j]) -> string"
        "Returns the part of `s` from position `i` to `j` (by default -1). Negative positions count from the end."
        [pure] = basic::sub => Sub,
    unpack: "string.unpack(format, s [, pos]) -> values..., position"
        "Returns the values packed in `s` from position `pos` on, and the position after them."
        [pure] = pack::unpack,
    upper: "string.upper(s) -> string"
        "Returns `s` with the letters a to z in upper case."
        [pure] = basic::upper,
}

/// What programs reach only through other functions, and the continuations.
pub static INNER: &[&[&Native]] =
    &[arith::INNER, arith::THEN, find::INNER, find::THEN, format::THEN, gsub::THEN];

/// Makes the library and the metatable of strings, whose `__index` is the library.
pub fn open(vm: &mut Vm) {
    let lib = crate::register(vm, "string", STRING);
    let mt = vm.heap.table();
    for &(event, native) in arith::METAMETHODS {
        let f = vm.heap.new_native(native, &[]);
        let name = vm.event_name(event);
        // A memory limit too small for this is noticed when all libraries are open.
        let _ = mt.set_str(&mut vm.heap, name, f.into());
    }
    let name = vm.event_name(Event::Index);
    let _ = mt.set_str(&mut vm.heap, name, lib.into());
    vm.set_type_metatable(Type::String, Some(mt));
}

/// A start position (1-based, negative from the end) made absolute, at least 1 (`posrelatI`).
pub(crate) fn start_pos(pos: i64, len: usize) -> usize {
    if pos > 0 {
        pos as usize
    } else if pos == 0 || pos < -(len as i64) {
        1
    } else {
        (len as i64 + pos + 1) as usize
    }
}

/// An end position (1-based, negative from the end) made absolute, between 0 and `len`.
pub(crate) fn end_pos(pos: i64, len: usize) -> usize {
    if pos > len as i64 {
        len
    } else if pos >= 0 {
        pos as usize
    } else if pos < -(len as i64) {
        0
    } else {
        (len as i64 + pos + 1) as usize
    }
}
