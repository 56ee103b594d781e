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

use luka_vm::{Event, Native, Type, Vm, natives};

natives! { pub static STRING = "string";
    byte: "string.byte(s [, i [, j]]) -> integer..."
        "Codes of the bytes `s[i]` to `s[j]`. `i` is 1 by default, `j` is `i`."
        = basic::byte => Byte,
    char: "string.char(...) -> string"
        "The string of the bytes with these codes."
        = basic::char => Char,
    dump: "string.dump(function [, strip]) -> string"
        "A binary image of a function, which `load` takes back; without debug information if `strip`."
        = basic::dump,
    find: "string.find(s, pattern [, init [, plain]]) -> start, end, captures... | nil"
        "Looks for the first match of a pattern in `s`, from position `init` on. With `plain`, the pattern is plain text."
        = find::find,
    format: "string.format(format, ...) -> string"
        "Formats values as C's `printf` does; `%s` takes any value, `%q` writes literals."
        = format::format,
    gmatch: "string.gmatch(s, pattern [, init]) -> iterator"
        "Iterates over the matches of a pattern in `s`, giving the captures of each."
        = find::gmatch,
    gsub: "string.gsub(s, pattern, replacement [, n]) -> string, integer"
        "Copies `s` with the first `n` matches (by default all) replaced. The replacement is a string with `%1`, a table indexed by the first capture, or a function of the captures. Also returns how many matches there were."
        = gsub::gsub,
    len: "string.len(s) -> integer"
        "Length of `s` in bytes."
        = basic::len => Len,
    lower: "string.lower(s) -> string"
        "`s` with the letters A to Z in lower case."
        = basic::lower,
    match: "string.match(s, pattern [, init]) -> captures... | nil"
        "The captures of the first match of a pattern in `s`, or the whole match if it has none."
        = find::match_,
    pack: "string.pack(format, ...) -> string"
        "Serializes values in binary form."
        = pack::pack,
    packsize: "string.packsize(format) -> integer"
        "Size of what `string.pack` makes with this format, which must have no `s` or `z`."
        = pack::packsize,
    rep: "string.rep(s, n [, sep]) -> string"
        "`n` copies of `s`, with `sep` between them."
        = basic::rep,
    reverse: "string.reverse(s) -> string"
        "The bytes of `s` in reverse order."
        = basic::reverse,
    sub: "string.sub(s, i [, j]) -> string"
        "The part of `s` from position `i` to `j`. Negative positions count from the end."
        = basic::sub => Sub,
    unpack: "string.unpack(format, s [, pos]) -> values..., position"
        "Reads back what `string.pack` wrote, from `pos` on; also returns the position behind it."
        = pack::unpack,
    upper: "string.upper(s) -> string"
        "`s` with the letters a to z in upper case."
        = basic::upper,
}

/// What programs reach only through other functions, and the continuations.
pub static INNER: &[&[&Native]] = &[arith::NATIVES, find::NATIVES, format::THEN, gsub::THEN];

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
