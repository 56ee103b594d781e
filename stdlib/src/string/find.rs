//! `string.find`, `string.match`, `string.gmatch`.

use super::pattern::{Capture, Matcher, PatternError};
use super::shortcut::is_plain;
use super::start_pos;
use luka_vm::{Action, Native, NativeResult, Raise, Value, Vm};

pub fn find(vm: &mut Vm) -> NativeResult {
    let s = vm.check_str(1)?.bytes();
    let pattern = vm.check_str(2)?.bytes();
    let Some(init) = init(vm, s.len())? else {
        return vm.ret1(Value::NIL);
    };
    if !vm.arg(4).is_falsy() || is_plain(pattern) {
        let at = plain(&s[init..], pattern).map(|at| at + init);
        vm.charge((at.unwrap_or(s.len()) - init) as u64 / 16);
        return match at {
            Some(at) => vm.ret2(at as i64 + 1, (at + pattern.len()) as i64),
            None => vm.ret1(Value::NIL),
        };
    }
    let mut m = Matcher::new(s, strip_anchor(pattern));
    match run(vm, &mut m, pattern, init)? {
        Some((start, end)) => {
            vm.push(Value::int(start as i64 + 1));
            vm.push(Value::int(end as i64));
            let n = m.levels();
            push_captures(vm, &m, s, start, end, n)?;
            Ok(Action::Return(n as u32 + 2))
        }
        None => vm.ret1(Value::NIL),
    }
}

pub fn match_(vm: &mut Vm) -> NativeResult {
    let s = vm.check_str(1)?.bytes();
    let pattern = vm.check_str(2)?.bytes();
    let Some(init) = init(vm, s.len())? else {
        return vm.ret1(Value::NIL);
    };
    let mut m = Matcher::new(s, strip_anchor(pattern));
    match run(vm, &mut m, pattern, init)? {
        Some((start, end)) => {
            let n = m.capture_count();
            push_captures(vm, &m, s, start, end, n)?;
            Ok(Action::Return(n as u32))
        }
        None => vm.ret1(Value::NIL),
    }
}

/// Where the search begins (0-based); `None` when behind the end.
fn init(vm: &mut Vm, len: usize) -> Result<Option<usize>, Raise> {
    let pos = vm.opt_int(3)?.unwrap_or(1);
    let init = start_pos(pos, len) - 1;
    Ok((init <= len).then_some(init))
}

fn strip_anchor(pattern: &[u8]) -> &[u8] {
    pattern.strip_prefix(b"^").unwrap_or(pattern)
}

fn run(
    vm: &mut Vm,
    m: &mut Matcher<'_>,
    pattern: &[u8],
    init: usize,
) -> Result<Option<(usize, usize)>, Raise> {
    let found = if pattern.first() == Some(&b'^') {
        m.match_at(init).map(|end| end.map(|end| (init, end)))
    } else {
        m.search(init)
    };
    vm.charge(m.take_work());
    found.map_err(|e| pattern_error(vm, e))
}

/// A search for plain text.
fn plain(s: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [c] => memchr::memchr(*c, s),
        _ => memchr::memmem::find(s, needle),
    }
}

#[cold]
pub fn pattern_error(vm: &mut Vm, e: PatternError) -> Raise {
    let message = e.message();
    vm.error(message)
}

/// The value of capture `i` of the match `start..end` in `s`.
pub fn capture_value(
    vm: &mut Vm,
    m: &Matcher<'_>,
    i: usize,
    s: &[u8],
    (start, end): (usize, usize),
) -> Result<Value, Raise> {
    match m.capture(i, start, end) {
        Ok(Capture::Range(from, to)) => vm.str(&s[from..to]),
        Ok(Capture::Position(at)) => Ok(Value::int(at as i64 + 1)),
        Err(e) => Err(pattern_error(vm, e)),
    }
}

/// Pushes the first `n` captures.
pub fn push_captures(
    vm: &mut Vm,
    m: &Matcher<'_>,
    s: &[u8],
    start: usize,
    end: usize,
    n: usize,
) -> Result<(), Raise> {
    if n > 10 {
        vm.ensure_stack(n, "too many captures")?;
    }
    for i in 0..n {
        let v = capture_value(vm, m, i, s, (start, end))?;
        vm.push(v);
    }
    Ok(())
}

/// The iterator's upvalues: subject, pattern, offset to go on from, end of the last match (-1 at
/// first).
static ITERATOR: Native = Native::new("string.gmatch:iterator", "", "", iterate);

/// What programs reach only through `gmatch`.
pub static NATIVES: &[&Native] = &[&ITERATOR];

pub fn gmatch(vm: &mut Vm) -> NativeResult {
    let s = vm.check_str(1)?;
    let pattern = vm.check_str(2)?;
    let from = match init(vm, s.len())? {
        Some(init) => init,
        None => s.len() + 1,
    };
    let upvalues = [s.into(), pattern.into(), Value::int(from as i64), Value::int(-1)];
    let f = vm.heap.new_native(&ITERATOR, &upvalues);
    vm.ret1(f)
}

fn iterate(vm: &mut Vm) -> NativeResult {
    let (Some(s), Some(pattern), Some(from), Some(last)) = (
        vm.upvalue(1).as_str(),
        vm.upvalue(2).as_str(),
        vm.upvalue(3).as_int(),
        vm.upvalue(4).as_int(),
    ) else {
        return vm.ret0(); // someone set the upvalues through `debug`
    };
    let s = s.bytes();
    let mut m = Matcher::new(s, pattern.bytes());
    let mut from = usize::try_from(from).unwrap_or(usize::MAX);
    while from <= s.len() {
        let found = m.search(from);
        vm.charge(m.take_work());
        match found.map_err(|e| pattern_error(vm, e))? {
            Some((start, end)) if end as i64 == last => from = start + 1,
            Some((start, end)) => {
                vm.set_own_upvalue(3, Value::int(end as i64));
                vm.set_own_upvalue(4, Value::int(end as i64));
                let n = m.capture_count();
                push_captures(vm, &m, s, start, end, n)?;
                return Ok(Action::Return(n as u32));
            }
            None => break,
        }
    }
    vm.ret0()
}
