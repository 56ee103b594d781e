//! `string.gsub`: a state machine, because replacements may be functions.
//!
//! While a replacement is called or the host looks, the state lives in the frame (slots below), else
//! in a [`State`] of Rust.

use super::find::{buffer, capture_value, pattern_error, push_captures, resume, suspend, text};
use super::pattern::{Capture, Matcher, Outcome, SLICE};
use crate::access::{self, Step};
use luka_vm::{Action, Gc, Native, NativeResult, Raise, Str, Type, Value, Vm};

// Slots 1 to 4 are the arguments, `n` made an integer.
const SUBJECT: usize = 1;
const PATTERN: usize = 2;
const REPLACEMENT: usize = 3;
const MAX: usize = 4;
/// Userdata with the result so far.
const BUFFER: usize = 5;
/// Matches so far.
const COUNT: usize = 6;
/// Whether a match was replaced.
const CHANGED: usize = 7;
/// Start and end of the match being replaced. All before its start is in the buffer. In a pause:
/// where the search began, and the end of the last match (-1: none).
const START: usize = 8;
const END: usize = 9;
const SLOTS: usize = 9;
/// In a pause, the matcher.
const PAUSED: usize = 10;

static AFTER: Native = Native::then("string.gsub:after", after);
static GO_ON: Native = Native::then("string.gsub:go_on", go_on);

/// Continuations.
pub static THEN: &[&Native] = &[&AFTER, &GO_ON];

/// What the loop works with.
struct State {
    s: &'static [u8],
    out: Vec<u8>,
    /// Offset of what is not copied yet.
    position: usize,
    /// Matches so far.
    count: i64,
    /// End of the last match.
    last: Option<usize>,
    /// Whether a match was replaced.
    changed: bool,
}

pub fn gsub(vm: &mut Vm) -> NativeResult {
    let s = vm.check_str(SUBJECT)?.bytes();
    vm.check_str(PATTERN)?;
    let replacement = vm.arg(REPLACEMENT).type_of();
    let max = vm.opt_int(MAX)?.unwrap_or(s.len() as i64 + 1);
    match replacement {
        Type::Number => {
            vm.check_str(REPLACEMENT)?;
        }
        Type::String | Type::Function | Type::Table => {}
        _ => return Err(vm.type_error(REPLACEMENT, "string/function/table")),
    }
    vm.set_top(MAX);
    vm.set_arg(MAX, Value::int(max));
    let state = State { s, out: Vec::new(), position: 0, count: 0, last: None, changed: false };
    run(vm, state, false)
}

fn after(vm: &mut Vm) -> NativeResult {
    let value = vm.pop();
    let (mut state, start, end) = restore(vm);
    state.add_value(vm, value, start.min(end), end)?;
    run(vm, state, false)
}

fn go_on(vm: &mut Vm) -> NativeResult {
    let last = vm.arg(END).as_int().unwrap_or(-1);
    let (mut state, position, end) = restore(vm);
    state.position = position;
    state.last = (last >= 0).then_some(end);
    run(vm, state, true)
}

/// Goes on until the end, the next call or a pause. `paused`: a matcher may wait in the frame.
fn run(vm: &mut Vm, mut state: State, paused: bool) -> NativeResult {
    let pattern = text(vm.arg(PATTERN));
    let replacement = vm.arg(REPLACEMENT);
    let max = vm.arg(MAX).as_int().unwrap_or(0);
    let anchored = pattern.first() == Some(&b'^');
    let s = state.s;
    let mut m = Matcher::new(s, pattern);
    let mut waiting = paused && !vm.arg(PAUSED).is_nil();
    let mut spent = 0;
    while state.count < max && !(anchored && state.count > 0) {
        let outcome = if waiting {
            waiting = false;
            resume(vm, &mut m, PAUSED)?;
            m.go_on()
        } else if spent >= SLICE {
            pause(vm, state);
            return Ok(Action::Pause { then: &GO_ON });
        } else {
            m.search(state.position)
        };
        let work = m.take_work();
        spent += work;
        vm.charge(work);
        let (start, end) = match outcome.map_err(|e| pattern_error(vm, e))? {
            Outcome::Match(start, end) => (start, end),
            Outcome::NoMatch => break,
            Outcome::Paused => {
                pause(vm, state);
                suspend(vm, &m, PAUSED);
                return Ok(Action::Pause { then: &GO_ON });
            }
        };
        if state.last == Some(end) {
            // The empty match right after a match does not count.
            if start >= s.len() {
                break;
            }
            state.add(vm, &s[state.position..=start])?;
            state.position = start + 1;
            continue;
        }
        state.add(vm, &s[state.position..start])?;
        state.position = end;
        state.count += 1;
        state.last = Some(end);
        spent += 1;
        if let Some(text) = replacement.as_str() {
            state.add_template(vm, &m, text, start, end)?;
        } else if replacement.is_function() {
            save(vm, state, start as i64, end as i64);
            vm.push_fn(replacement);
            let n = m.capture_count();
            push_captures(vm, &m, start, end, n)?;
            return Ok(Action::Call { nargs: n as u32, nres: 1, then: &AFTER });
        } else {
            let key = capture_value(vm, &m, 0, start, end)?;
            let plain = match replacement.as_table() {
                Some(t) => Some(t.get(key)).filter(|v| !v.is_nil() || t.metatable().is_none()),
                None => None,
            };
            match plain {
                Some(v) => state.add_value(vm, v, start, end)?,
                None => {
                    save(vm, state, start as i64, end as i64);
                    match access::index(vm, replacement, key)? {
                        Step::Call { nargs, nres } => {
                            return Ok(Action::Call { nargs, nres, then: &AFTER });
                        }
                        Step::Done => {
                            let v = vm.pop();
                            (state, ..) = restore(vm);
                            state.add_value(vm, v, start, end)?;
                        }
                    }
                }
            }
        }
    }
    let count = state.count;
    if !state.changed {
        let subject = vm.arg(SUBJECT);
        return vm.ret2(subject, count);
    }
    let rest = &s[state.position..];
    vm.charge((state.out.len() + rest.len()) as u64 / 16);
    let result = vm.heap.concat(&[&state.out, rest])?;
    vm.ret2(result, count)
}

impl State {
    /// Appends to the result.
    fn add(&mut self, vm: &mut Vm, bytes: &[u8]) -> Result<(), Raise> {
        let len = self.out.len() + bytes.len();
        if len > self.out.capacity() {
            let room = (2 * len).max(64);
            vm.heap.reserve(room)?;
            self.out.reserve(room - self.out.len());
        }
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// Appends a replacement string, its `%n` filled in.
    fn add_template(
        &mut self,
        vm: &mut Vm,
        m: &Matcher<'_>,
        template: Gc<Str>,
        start: usize,
        end: usize,
    ) -> Result<(), Raise> {
        self.changed = true;
        let mut text = template.bytes();
        while let Some(at) = memchr::memchr(b'%', text) {
            self.add(vm, &text[..at])?;
            match text.get(at + 1) {
                Some(b'%') => self.add(vm, b"%")?,
                Some(b'0') => self.add(vm, &self.s[start..end])?,
                Some(digit @ b'1'..=b'9') => match m.capture((digit - b'1') as usize, start, end) {
                    Ok(Capture::Range(from, to)) => self.add(vm, &self.s[from..to])?,
                    Ok(Capture::Position(at)) => {
                        self.add(vm, (at + 1).to_string().as_bytes())?;
                    }
                    Err(e) => return Err(pattern_error(vm, e)),
                },
                _ => return Err(vm.error("invalid use of '%' in replacement string")),
            }
            text = &text[at + 2..];
        }
        self.add(vm, text)
    }

    /// Appends what a function or table gave for the match.
    fn add_value(
        &mut self,
        vm: &mut Vm,
        value: Value,
        start: usize,
        end: usize,
    ) -> Result<(), Raise> {
        if value.is_falsy() {
            return self.add(vm, &self.s[start..end]);
        }
        self.changed = true;
        if let Some(text) = value.as_str() {
            return self.add(vm, text.bytes());
        }
        if value.is_number() {
            let mut text = Vec::with_capacity(32);
            luka_vm::value::format::write_number(value, &mut text);
            return self.add(vm, &text);
        }
        let kind = value.type_of().name();
        Err(vm.error(format!("invalid replacement value (a {kind})")))
    }
}

/// Moves the state to the frame, with the match to be replaced.
fn save(vm: &mut Vm, state: State, start: i64, end: i64) {
    vm.set_top(SLOTS);
    match buffer(vm, BUFFER) {
        Some(b) => b.with_buffer(&mut vm.heap, |b| *b = state.out),
        None => {
            let b = vm.heap.new_userdata("buffer", 0);
            b.with_buffer(&mut vm.heap, |b| *b = state.out);
            vm.set_arg(BUFFER, b.into());
        }
    }
    vm.set_arg(COUNT, Value::int(state.count));
    vm.set_arg(CHANGED, Value::bool(state.changed));
    vm.set_arg(START, Value::int(start));
    vm.set_arg(END, Value::int(end));
}

/// Moves the state to the frame for a pause.
fn pause(vm: &mut Vm, state: State) {
    let (position, last) = (state.position as i64, state.last.map_or(-1, |n| n as i64));
    save(vm, state, position, last);
}

/// Takes the state and the match from the frame. Its slots can be changed through
/// `debug.setlocal`: offsets are checked, so that nothing but the result can go wrong.
fn restore(vm: &mut Vm) -> (State, usize, usize) {
    let s = text(vm.arg(SUBJECT));
    let offset = |i: usize| vm.arg(i).as_int().map_or(0, |n| n.clamp(0, s.len() as i64) as usize);
    let (start, end) = (offset(START), offset(END));
    let out = buffer(vm, BUFFER).map(|b| b.take_buffer(&mut vm.heap)).unwrap_or_default();
    let count = vm.arg(COUNT).as_int().unwrap_or(0);
    let changed = !vm.arg(CHANGED).is_falsy();
    (State { s, out, position: end, count, last: Some(end), changed }, start, end)
}
