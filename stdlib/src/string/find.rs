//! `string.find`, `string.match`, `string.gmatch`.

use super::pattern::{Capture, Matcher, Outcome, PatternError};
use super::shortcut::is_plain;
use super::start_pos;
use luka_vm::api::BYTES_PER_UNIT;
use luka_vm::api::frame::slot::Buffer;
use luka_vm::native::contract::BUFFER;
use luka_vm::{Action, Gc, NativeResult, Raise, Str, Userdata, Value, Vm};
use luka_vm::{continuations, frame, inner_natives};

continuations! { pub static THEN;
    FIND_ON: "string.find:go_on" (searching, 0) = |vm| go_on(vm, true);
    MATCH_ON: "string.match:go_on" (searching, 0) = |vm| go_on(vm, false);
    ITERATE_ON: "string.gmatch:go_on" (iterating, 0) = iterate_on;
}

inner_natives! { pub static INNER;
    /// What `gmatch` returns. Upvalues: subject, pattern, offset to go on from, end of the last match
    /// (-1 at first).
    ITERATOR: "string.gmatch:iterator" = iterate;
}

frame! {
    /// Slots of a search that has paused: the arguments, then the matcher.
    mod searching {
        SUBJECT: Gc<Str>,
        PATTERN: Gc<Str>,
        INIT: Value,
        PLAIN: Value,
        MATCHER: Buffer,
    }
}

frame! {
    /// Slots of `gmatch`'s iterator when it has paused.
    mod iterating { MATCHER: Buffer, }
}

/// Charges for reading a pattern.
pub(super) fn charge_pattern(vm: &mut Vm, pattern: &[u8]) {
    const LONG: usize = 256;
    let per_unit = if pattern.len() > LONG { 2 } else { BYTES_PER_UNIT };
    vm.charge(pattern.len() as u64 / per_unit);
}

pub fn find(vm: &mut Vm) -> NativeResult {
    let s = vm.check_str(1)?.bytes();
    let pattern = vm.check_str(2)?.bytes();
    let Some(init) = init(vm, s.len())? else {
        return vm.ret1(Value::NIL);
    };
    charge_pattern(vm, pattern);
    if !vm.arg(4).is_falsy() || is_plain(pattern) {
        let at = plain(&s[init..], pattern).map(|at| at + init);
        vm.charge((at.unwrap_or(s.len()) - init) as u64 / 16);
        return match at {
            Some(at) => vm.ret2(at as i64 + 1, (at + pattern.len()) as i64),
            None => vm.ret1(Value::NIL),
        };
    }
    let mut m = Matcher::new(s, pattern);
    let outcome = m.search(init);
    conclude(vm, &mut m, outcome, true)
}

pub fn match_(vm: &mut Vm) -> NativeResult {
    let s = vm.check_str(1)?.bytes();
    let pattern = vm.check_str(2)?.bytes();
    let Some(init) = init(vm, s.len())? else {
        return vm.ret1(Value::NIL);
    };
    charge_pattern(vm, pattern);
    let mut m = Matcher::new(s, pattern);
    let outcome = m.search(init);
    conclude(vm, &mut m, outcome, false)
}

/// Returns the result of the search, or pauses.
fn conclude(
    vm: &mut Vm,
    m: &mut Matcher<'_>,
    outcome: Result<Outcome, PatternError>,
    positions: bool,
) -> NativeResult {
    vm.charge(m.take_work());
    match outcome.map_err(|e| pattern_error(vm, e))? {
        Outcome::Match(start, end) => {
            if positions {
                vm.push(Value::int(start as i64 + 1));
                vm.push(Value::int(end as i64));
            }
            let n = if positions { m.levels() } else { m.capture_count() };
            push_captures(vm, m, start, end, n)?;
            Ok(Action::Return((n + 2 * positions as usize) as u32))
        }
        Outcome::NoMatch => vm.ret1(Value::NIL),
        Outcome::Paused => {
            let matcher = suspend(vm, m);
            searching::FRAME.prepare(vm, 4);
            searching::MATCHER.set(vm, matcher);
            Ok(Action::Pause { then: if positions { &FIND_ON } else { &MATCH_ON } })
        }
    }
}

fn go_on(vm: &mut Vm, positions: bool) -> NativeResult {
    let (s, pattern) = (searching::SUBJECT.get(vm), searching::PATTERN.get(vm));
    let mut m = Matcher::new(s.bytes(), pattern.bytes());
    let matcher = searching::MATCHER.get(vm);
    resume(vm, &mut m, matcher)?;
    let outcome = m.go_on();
    conclude(vm, &mut m, outcome, positions)
}

/// The bytes of a string value.
pub fn text(v: Value) -> &'static [u8] {
    v.as_str().map_or(b"", |s| s.bytes())
}

/// A paused matcher, to be kept in the frame.
pub fn suspend(vm: &mut Vm, m: &Matcher<'_>) -> Gc<Userdata> {
    let b = vm.heap.new_userdata(BUFFER, 0);
    b.with_buffer(&mut vm.heap, |bytes| m.save(bytes));
    b
}

/// Takes up a matcher that has paused.
pub fn resume(vm: &mut Vm, m: &mut Matcher<'_>, paused: Gc<Userdata>) -> Result<(), Raise> {
    match paused.with_buffer(&mut vm.heap, |bytes| m.restore(bytes)) {
        Some(()) => Ok(()),
        None => Err(vm.error("state of a pattern search was changed")),
    }
}

/// Where the search begins (0-based); `None` when behind the end.
fn init(vm: &mut Vm, len: usize) -> Result<Option<usize>, Raise> {
    let pos = vm.opt_int(3)?.unwrap_or(1);
    let init = start_pos(pos, len) - 1;
    Ok((init <= len).then_some(init))
}

/// A search for plain text.
fn plain(s: &[u8], needle: &[u8]) -> Option<usize> {
    let [first, rest @ ..] = needle else { return Some(0) };
    if rest.is_empty() {
        return memchr::memchr(*first, s);
    }
    // Where the first byte is rare, no search needs to be prepared.
    let mut from = 0;
    for _ in 0..8 {
        let at = from + memchr::memchr(*first, s.get(from..)?)?;
        if s[at + 1..].starts_with(rest) {
            return Some(at);
        }
        from = at + 1;
    }
    memchr::memmem::find(&s[from..], needle).map(|at| from + at)
}

#[cold]
pub fn pattern_error(vm: &mut Vm, e: PatternError) -> Raise {
    let message = e.message();
    vm.error(message)
}

/// The value of capture `i` of the match `start..end`.
pub fn capture_value(
    vm: &mut Vm,
    m: &Matcher<'_>,
    i: usize,
    start: usize,
    end: usize,
) -> Result<Value, Raise> {
    match m.capture(i, start, end) {
        Ok(Capture::Range(from, to)) => vm.str(&m.subject()[from..to]),
        Ok(Capture::Position(at)) => Ok(Value::int(at as i64 + 1)),
        Err(e) => Err(pattern_error(vm, e)),
    }
}

/// Pushes the first `n` captures.
pub fn push_captures(
    vm: &mut Vm,
    m: &Matcher<'_>,
    start: usize,
    end: usize,
    n: usize,
) -> Result<(), Raise> {
    if n > 10 {
        vm.ensure_stack(n, "too many captures")?;
    }
    for i in 0..n {
        let v = capture_value(vm, m, i, start, end)?;
        vm.push(v);
    }
    Ok(())
}

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
    let (s, pattern) = (text(vm.upvalue(1)), text(vm.upvalue(2)));
    let from = vm.upvalue(3).as_int().and_then(|n| usize::try_from(n).ok());
    let Some(from) = from.filter(|n| *n <= s.len()) else {
        return vm.ret0();
    };
    charge_pattern(vm, pattern);
    let mut m = Matcher::unanchored(s, pattern);
    let outcome = m.search(from);
    next_match(vm, &mut m, outcome)
}

fn iterate_on(vm: &mut Vm) -> NativeResult {
    let (s, pattern) = (text(vm.upvalue(1)), text(vm.upvalue(2)));
    let mut m = Matcher::unanchored(s, pattern);
    let matcher = iterating::MATCHER.get(vm);
    resume(vm, &mut m, matcher)?;
    let outcome = m.go_on();
    next_match(vm, &mut m, outcome)
}

fn next_match(
    vm: &mut Vm,
    m: &mut Matcher<'_>,
    mut outcome: Result<Outcome, PatternError>,
) -> NativeResult {
    let last = vm.upvalue(4).as_int();
    loop {
        vm.charge(m.take_work());
        match outcome.map_err(|e| pattern_error(vm, e))? {
            Outcome::Match(start, end) if Some(end as i64) == last => {
                // The empty match right after a match does not count.
                if start >= m.subject().len() {
                    return vm.ret0();
                }
                outcome = m.search(start + 1);
            }
            Outcome::Match(start, end) => {
                vm.set_own_upvalue(3, Value::int(end as i64));
                vm.set_own_upvalue(4, Value::int(end as i64));
                let n = m.capture_count();
                push_captures(vm, m, start, end, n)?;
                return Ok(Action::Return(n as u32));
            }
            Outcome::NoMatch => return vm.ret0(),
            Outcome::Paused => {
                let matcher = suspend(vm, m);
                iterating::FRAME.prepare(vm, 0);
                iterating::MATCHER.set(vm, matcher);
                return Ok(Action::Pause { then: &ITERATE_ON });
            }
        }
    }
}
