//! The `utf8` library (manual §6.5).
//!
//! Sequences follow the original UTF-8 definition, up to 2^31 and six bytes; unless `lax`,
//! surrogates and codes above 10FFFF are errors.

use crate::prim;
use luka_vm::{Action, NativeResult, Value, Vm, inner_natives, natives};

natives! { pub static UTF8 = "utf8";
    char: "utf8.char(...) -> string"
        "Returns the UTF-8 encoding of these code points."
        [pure] = char,
    codepoint: "utf8.codepoint(s [, i [, j [, lax]]]) -> integer..."
        "Returns the code points of the characters that start between positions `i` (by default 1) and `j` (by default `i`)."
        [pure] = codepoint,
    codes: "utf8.codes(s [, lax]) -> iterator"
        "Returns an iterator over the characters of `s`, which gives the position and code point of each."
        [pure] = codes,
    len: "utf8.len(s [, i [, j [, lax]]]) -> integer | nil, integer"
        "Returns the number of characters that start between positions `i` and `j`, or nil and the position of the first invalid byte."
        [pure] = len,
    offset: "utf8.offset(s, n [, i]) -> integer | nil"
        "Returns the position where the `n`-th character, counted from position `i`, starts."
        [pure] = offset,
}

/// Matches one UTF-8 sequence in a valid string.
const CHAR_PATTERN: &[u8] = b"[\0-\x7f\xc2-\xfd][\x80-\xbf]*";

const MAX_CODE: u32 = 0x7fff_ffff;
/// Most bytes of a character.
const MAX_BYTES: usize = 6;
const INVALID: &str = "invalid UTF-8 code";

/// Makes the library.
pub fn open(vm: &mut Vm) {
    let lib = crate::register(vm, "utf8", UTF8);
    let pattern = vm.heap.intern_or_long(CHAR_PATTERN);
    // A memory limit too small for this is noticed when all libraries are open.
    let _ = prim::set_field(vm, lib, "charpattern", pattern.into());
}

fn is_continuation(s: &[u8], i: usize) -> bool {
    s.get(i).is_some_and(|c| c & 0xc0 == 0x80)
}

/// The character at the start of `s`: its code and length in bytes. `s` is not empty.
fn decode(s: &[u8], strict: bool) -> Option<(u32, usize)> {
    let first = *s.first()?;
    if first < 0x80 {
        return Some((first as u32, 1));
    }
    let more = first.leading_ones() as usize;
    // No sequence begins with a continuation byte or with FE, FF.
    if !(2..=6).contains(&more) {
        return None;
    }
    let mut code = first as u32 & (0x7f >> more);
    for i in 1..more {
        if !is_continuation(s, i) {
            return None;
        }
        code = code << 6 | (s[i] & 0x3f) as u32;
    }
    const LEAST: [u32; 7] = [0, 0, 0x80, 0x800, 0x1_0000, 0x20_0000, 0x400_0000];
    if code < LEAST[more] || strict && (code > 0x10_ffff || (0xd800..=0xdfff).contains(&code)) {
        return None;
    }
    Some((code, more))
}

/// Appends the UTF-8 sequence of a code up to 2^31.
pub fn encode(mut code: u32, out: &mut Vec<u8>) {
    if code < 0x80 {
        out.push(code as u8);
        return;
    }
    let mut buf = [0u8; 6];
    let mut at = buf.len();
    let mut fits = 0x3f; // what the first byte can hold
    while code > fits {
        at -= 1;
        buf[at] = 0x80 | (code & 0x3f) as u8;
        code >>= 6;
        fits >>= 1;
    }
    at -= 1;
    buf[at] = (!fits << 1) as u8 | code as u8;
    out.extend_from_slice(&buf[at..]);
}

/// A position made absolute; 0 if before the start.
fn position(pos: i64, len: usize) -> i64 {
    if pos >= 0 {
        pos
    } else if pos.unsigned_abs() > len as u64 {
        0
    } else {
        len as i64 + pos + 1
    }
}

fn len(vm: &mut Vm) -> NativeResult {
    let s = vm.check_str(1)?.bytes();
    let i = position(vm.opt_int(2)?.unwrap_or(1), s.len());
    let j = position(vm.opt_int(3)?.unwrap_or(-1), s.len());
    let strict = vm.arg(4).is_falsy();
    if i < 1 || i > s.len() as i64 + 1 {
        return Err(vm.arg_error(2, "initial position out of bounds"));
    }
    if j > s.len() as i64 {
        return Err(vm.arg_error(3, "final position out of bounds"));
    }
    let (mut at, end) = (i as usize - 1, j.max(0) as usize);
    vm.charge(end.saturating_sub(at) as u64 / 4);
    let mut n = 0i64;
    while at < end {
        match decode(&s[at..], strict) {
            Some((_, len)) => at += len,
            None => return vm.ret2(Value::NIL, at as i64 + 1),
        }
        n += 1;
    }
    vm.ret1(n)
}

fn codepoint(vm: &mut Vm) -> NativeResult {
    let s = vm.check_str(1)?.bytes();
    let i = position(vm.opt_int(2)?.unwrap_or(1), s.len());
    let j = position(vm.opt_int(3)?.unwrap_or(i), s.len());
    let strict = vm.arg(4).is_falsy();
    if i < 1 {
        return Err(vm.arg_error(2, "out of bounds"));
    }
    if j > s.len() as i64 {
        return Err(vm.arg_error(3, "out of bounds"));
    }
    if i > j {
        return vm.ret0();
    }
    if j - i >= i32::MAX as i64 {
        return Err(vm.error("string slice too long"));
    }
    vm.charge((j - i) as u64 / 2);
    vm.ensure_stack((j - i) as usize + 1, "string slice too long")?;
    let mut at = i as usize - 1;
    let mut n = 0;
    while at < j as usize {
        let Some((code, len)) = decode(&s[at..], strict) else {
            return Err(vm.error(INVALID));
        };
        vm.push(Value::int(code as i64));
        at += len;
        n += 1;
    }
    Ok(Action::Return(n))
}

fn char(vm: &mut Vm) -> NativeResult {
    let n = vm.nargs();
    vm.charge(n as u64);
    let mut out = Vec::new();
    for i in 1..=n {
        vm.heap.grow(&mut out, MAX_BYTES)?;
        match u32::try_from(vm.check_int(i)?) {
            Ok(code @ ..=MAX_CODE) => encode(code, &mut out),
            _ => return Err(vm.arg_error(i, "value out of range")),
        }
    }
    let v = vm.str(&out)?;
    vm.ret1(v)
}

fn offset(vm: &mut Vm) -> NativeResult {
    let s = vm.check_str(1)?.bytes();
    let mut n = vm.check_int(2)?;
    let default = if n >= 0 { 1 } else { s.len() as i64 + 1 };
    let i = position(vm.opt_int(3)?.unwrap_or(default), s.len());
    if i < 1 || i > s.len() as i64 + 1 {
        return Err(vm.arg_error(3, "position out of bounds"));
    }
    let start = i as usize - 1;
    let mut at = start;
    if n == 0 {
        while at > 0 && is_continuation(s, at) {
            at -= 1;
        }
    } else if is_continuation(s, at) {
        return Err(vm.error("initial position is a continuation byte"));
    } else if n < 0 {
        while n < 0 && at > 0 {
            at -= 1;
            while at > 0 && is_continuation(s, at) {
                at -= 1;
            }
            n += 1;
        }
    } else {
        n -= 1;
        while n > 0 && at < s.len() {
            at += 1;
            while is_continuation(s, at) {
                at += 1;
            }
            n -= 1;
        }
    }
    vm.charge(at.abs_diff(start) as u64 / 4);
    if n == 0 { vm.ret1(at as i64 + 1) } else { vm.ret1(Value::NIL) }
}

inner_natives! { pub static INNER;
    /// The iterators of `codes`.
    STRICT: "utf8.codes:strict" = |vm| step(vm, true);
    LAX: "utf8.codes:lax" = |vm| step(vm, false);
}

fn codes(vm: &mut Vm) -> NativeResult {
    let lax = !vm.arg(2).is_falsy();
    let s = vm.check_str(1)?;
    if is_continuation(s.bytes(), 0) {
        return Err(vm.arg_error(1, INVALID));
    }
    let f = prim::new_native(vm, if lax { &LAX } else { &STRICT }, &[]);
    vm.push(f);
    vm.push(s.into());
    vm.push(Value::int(0));
    Ok(Action::Return(3))
}

/// The iterator: from the position of one character to the next.
fn step(vm: &mut Vm, strict: bool) -> NativeResult {
    let s = vm.check_str(1)?.bytes();
    let position = match vm.arg(2).as_int() {
        Some(n) => n,
        None => {
            let number = vm.to_number(vm.arg(2));
            number.and_then(Value::to_int_exact).unwrap_or(0)
        }
    };
    let from = usize::try_from(position).unwrap_or(usize::MAX);
    let mut at = from;
    while is_continuation(s, at) {
        at += 1;
    }
    vm.charge((at - from) as u64 / 4);
    if at >= s.len() {
        return vm.ret0();
    }
    match decode(&s[at..], strict) {
        Some((code, len)) if !is_continuation(s, at + len) => vm.ret2(at as i64 + 1, code as i64),
        _ => Err(vm.error(INVALID)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        for code in [0, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x1fffff, 0x200000, MAX_CODE] {
            let mut out = Vec::new();
            encode(code, &mut out);
            assert_eq!(decode(&out, false), Some((code, out.len())));
            if let Some(c) = std::char::from_u32(code) {
                assert_eq!(out, c.to_string().as_bytes());
            }
        }
    }

    #[test]
    fn invalid() {
        for bad in [
            &b"\xc0\x80"[..],
            b"\x80",
            b"\xff",
            b"\xfe",
            b"\xe2\x82",
            b"\xf0\x80\x80\x80",
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
        ] {
            assert_eq!(decode(bad, true), None, "{bad:?}");
        }
        assert_eq!(decode(b"\xed\xa0\x80", false), Some((0xd800, 3)));
    }
}
