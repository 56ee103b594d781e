//! `string.gsub`: a state machine, because replacements may be functions.
//!
//! While a replacement is called or the host looks, the state lives in the frame ([`at`]), else
//! in a [`State`] of Rust.

use super::find::{capture_value, charge_pattern, pattern_error, push_captures, resume, suspend};
use super::pattern::{Capture, Matcher, Outcome, SLICE};
use crate::access::{self, Step};
use luka_vm::api::frame::slot::{BufferOrNil, Count, Range};
use luka_vm::native::contract::BUFFER;
use luka_vm::{Action, Gc, NativeResult, Raise, Str, Type, Value, Vm, continuations, frame};

continuations! { pub static THEN;
    /// A replacement was called, or looked up in a table.
    AFTER: "string.gsub:after" (at, 1) = after;
    GO_ON: "string.gsub:go_on" (at, 0) = go_on;
}

frame! {
    /// Slots: the arguments, `MAX` made an integer, then the state.
    mod at {
        SUBJECT: Gc<Str>,
        PATTERN: Gc<Str>,
        REPLACEMENT: Value,
        MAX: i64,
        /// The result so far.
        OUT: BufferOrNil,
        /// Matches so far.
        COUNT: Count,
        /// Whether a match was replaced.
        CHANGED: bool,
        /// Start and end of the match being replaced. All before its start is in the result. In a
        /// pause: where the search began, and the end of the last match (-1: none).
        START: Count,
        END: Range<-1, { i64::MAX }>,
        /// In a pause, the matcher, if a search was under way.
        MATCHER: BufferOrNil,
    }
}

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
    let s = vm.check_str(1)?.bytes();
    vm.check_str(2)?;
    let replacement = vm.arg(3).type_of();
    let max = vm.opt_int(4)?.unwrap_or(s.len() as i64 + 1);
    match replacement {
        Type::Number => {
            vm.check_str(3)?;
        }
        Type::String | Type::Function | Type::Table => {}
        _ => return Err(vm.type_error(3, "string/function/table")),
    }
    vm.set_top(4);
    at::MAX.set(vm, max);
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
    let last = at::END.get(vm);
    let (mut state, position, end) = restore(vm);
    state.position = position;
    state.last = (last >= 0).then_some(end);
    run(vm, state, true)
}

/// Goes on until the end, the next call or a pause. `paused`: a matcher may wait in the frame.
fn run(vm: &mut Vm, mut state: State, paused: bool) -> NativeResult {
    let pattern = at::PATTERN.get(vm).bytes();
    charge_pattern(vm, pattern);
    let replacement = at::REPLACEMENT.get(vm);
    let max = at::MAX.get(vm);
    let anchored = pattern.first() == Some(&b'^');
    let s = state.s;
    let mut m = Matcher::new(s, pattern);
    let mut waiting = if paused { at::MATCHER.get(vm) } else { None };
    let mut spent = 0;
    while state.count < max && !(anchored && state.count > 0) {
        let outcome = if let Some(matcher) = waiting.take() {
            resume(vm, &mut m, matcher)?;
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
                let matcher = suspend(vm, &m);
                at::MATCHER.set(vm, Some(matcher));
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
            let reading = text.len() as u64 / 8;
            vm.charge(reading);
            spent += reading;
            state.add_template(vm, &m, text, start, end)?;
        } else if replacement.is_function() {
            save(vm, state, start as i64, end as i64);
            vm.push_fn(replacement);
            let n = m.capture_count();
            push_captures(vm, &m, start, end, n)?;
            return vm.call(n as u32, 1, &AFTER);
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
                        Step::Call(nargs) => return vm.call(nargs, 1, &AFTER),
                        Step::Done(v) => {
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
        let subject = at::SUBJECT.get(vm);
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
        vm.heap.grow(&mut self.out, bytes.len())?;
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
    let fresh = vm.nargs() < at::FRAME.first.len();
    if fresh {
        at::FRAME.prepare(vm, 4);
    } else {
        vm.set_top(at::FRAME.first.len());
    }
    let out = match at::OUT.get(vm) {
        Some(out) => out,
        None => vm.heap.new_userdata(BUFFER, 0),
    };
    out.with_buffer(&mut vm.heap, |b| *b = state.out);
    at::OUT.set(vm, Some(out));
    at::COUNT.set(vm, state.count);
    at::CHANGED.set(vm, state.changed);
    at::START.set(vm, start);
    at::END.set(vm, end);
    at::MATCHER.set(vm, None);
}

/// Moves the state to the frame for a pause.
fn pause(vm: &mut Vm, state: State) {
    let (position, last) = (state.position as i64, state.last.map_or(-1, |n| n as i64));
    save(vm, state, position, last);
}

/// Takes the state and the match from the frame. Offsets are checked against the subject, which the
/// frame's contract says nothing about.
fn restore(vm: &mut Vm) -> (State, usize, usize) {
    let s = at::SUBJECT.get(vm).bytes();
    let offset = |n: i64| n.clamp(0, s.len() as i64) as usize;
    let (start, end) = (offset(at::START.get(vm)), offset(at::END.get(vm)));
    let out = at::OUT.get(vm).map(|b| b.take_buffer(&mut vm.heap)).unwrap_or_default();
    let (count, changed) = (at::COUNT.get(vm), at::CHANGED.get(vm));
    (State { s, out, position: end, count, last: Some(end), changed }, start, end)
}
