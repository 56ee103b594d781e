//! Values as JSON: a state machine, because tables may have `__len` and `__index`, and because a
//! large value takes long.
//!
//! What is open is a list of [`Level`]s, in a list of Rust while it works, and in the slots of the
//! frame while a metamethod runs or the host looks.

use super::config::{Config, EMPTY_ARRAY, InvalidNumbers, NULL};
use crate::access::{self, Step};
use crate::prim;
use luka_vm::api::frame::slot::{BufferOrNil, Count};
use luka_vm::native::contract::BUFFER;
use luka_vm::value::printf::{Spec, write_float};
use luka_vm::value::{Type, format};
use luka_vm::{Action, Event, Gc, NativeResult, Raise, Table, Value, Vm};
use luka_vm::{continuations, frame};

continuations! { pub static THEN;
    /// A metamethod has answered: the length of the innermost level, or its element.
    ANSWERED: "json.encode:answered" (at, 1) = answered;
    /// The keys of the innermost level are sorted.
    SORTED: "json.encode:sorted" (at, 0) = resume;
    GO_ON: "json.encode:go_on" (at, 0) = resume;
}

frame! {
    /// Slots: the settings, what is written, then the levels, [`WIDTH`] slots each.
    mod at {
        CONFIG: Option<Gc<Table>>,
        OUT: BufferOrNil,
        /// Where the text of the element begins that a metamethod is asked for.
        MARK: Count,
    }
    rest: Value;
}

/// Slots of a level.
const WIDTH: usize = 5;
/// Units of work between two pauses.
const SLICE: u64 = 4096;
/// Table positions looked at for a unit of fuel.
const POSITIONS: usize = 16;

/// What is done with a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Work {
    /// Its length is asked for by `__len`.
    Measure,
    /// Its keys are looked at: is it an array?
    Scan,
    /// Its elements are written.
    Array,
    /// Its entries are written.
    Object,
    /// Its keys are collected.
    Collect,
    /// Its keys are sorted, and its entries are written in their order.
    Sorted,
}

const WORKS: [Work; 6] =
    [Work::Measure, Work::Scan, Work::Array, Work::Object, Work::Collect, Work::Sorted];

/// A table that is being written.
#[derive(Clone, Copy)]
struct Level {
    table: Gc<Table>,
    work: Work,
    /// Elements and entries are read without metamethods.
    is_raw: bool,
    /// It has had an element, be it left out.
    has_items: bool,
    /// How many elements are written, up to 2.
    count: u8,
    /// What comes next: a position in the table, or an element's number less one.
    position: usize,
    /// Elements of an array; while it is looked at, the largest index so far.
    length: i64,
    /// While it is looked at, how many elements there are.
    items: i64,
    /// Its keys in their order.
    keys: Option<Gc<Table>>,
}

impl Level {
    fn new(table: Gc<Table>, work: Work, is_raw: bool) -> Level {
        Level {
            table,
            work,
            is_raw,
            has_items: false,
            count: 0,
            position: 0,
            length: 0,
            items: 0,
            keys: None,
        }
    }

    fn to_slots(self) -> [Value; WIDTH] {
        let flags = self.work as i64
            | i64::from(self.is_raw) << 4
            | i64::from(self.has_items) << 5
            | i64::from(self.count) << 6
            | self.items << 8;
        [
            self.table.into(),
            Value::int(flags),
            Value::int(self.position as i64),
            Value::int(self.length),
            self.keys.map_or(Value::NIL, Value::from),
        ]
    }

    fn of_slots(slots: &[Value]) -> Option<Level> {
        let [table, flags, position, length, keys] = slots else { return None };
        let flags = flags.as_int()?;
        Some(Level {
            table: table.as_table()?,
            work: *WORKS.get((flags & 15) as usize)?,
            is_raw: flags & 16 != 0,
            has_items: flags & 32 != 0,
            count: (flags >> 6 & 3) as u8,
            position: usize::try_from(position.as_int()?).ok()?,
            length: length.as_int()?,
            items: flags >> 8,
            keys: keys.as_table(),
        })
    }
}

/// What the loop works with.
struct State {
    config: Config,
    out: Vec<u8>,
    levels: Vec<Level>,
    /// Where the text of the current element begins, with its comma.
    mark: usize,
}

/// How an element goes on.
enum Next {
    /// With the next one.
    Go,
    /// With a call that was pushed, of so many arguments.
    Call(u32),
}

/// Writes a value as the settings in a table say.
pub fn encode(vm: &mut Vm, config: Option<Gc<Table>>, value: Value) -> NativeResult {
    at::FRAME.prepare(vm, 0);
    at::CONFIG.set(vm, config);
    let config = Config::read(vm, config);
    let mut state = State { config, out: Vec::new(), levels: Vec::new(), mark: 0 };
    match state.value(vm, value)? {
        Next::Go => run(vm, state),
        Next::Call(nargs) => call(vm, state, nargs),
    }
}

fn answered(vm: &mut Vm) -> NativeResult {
    let answer = vm.pop();
    let mut state = restore(vm)?;
    let next = match state.levels.last_mut() {
        Some(level) if level.work == Work::Measure => {
            level.length = answer.to_number().and_then(to_length).unwrap_or(0);
            level.work = Work::Array;
            state.open(vm, b'[')?;
            Next::Go
        }
        Some(_) => state.value(vm, answer)?,
        None => Next::Go,
    };
    match next {
        Next::Go => run(vm, state),
        Next::Call(nargs) => call(vm, state, nargs),
    }
}

/// A length that `__len` gave.
fn to_length(v: Value) -> Option<i64> {
    v.as_int().or_else(|| v.as_float().map(|f| f as i64))
}

fn resume(vm: &mut Vm) -> NativeResult {
    let state = restore(vm)?;
    run(vm, state)
}

/// Goes on until the end, the next call or a pause.
fn run(vm: &mut Vm, mut state: State) -> NativeResult {
    let mut spent = 0;
    while let Some(level) = state.levels.last().copied() {
        let before = state.out.len();
        let next = match level.work {
            Work::Scan => state.scan(vm, level)?,
            Work::Array => state.array(vm, level)?,
            Work::Object => state.object(vm, level)?,
            Work::Collect => {
                if let Some(nargs) = state.collect(vm, level)? {
                    save_with(vm, state, nargs);
                    return vm.call(nargs, 0, &SORTED);
                }
                Next::Go
            }
            Work::Sorted => state.sorted(vm, level)?,
            // It waits for an answer that cannot come any more.
            Work::Measure => return Err(vm.error("attempt to go on with a damaged state")),
        };
        let work = 1 + state.out.len().saturating_sub(before) as u64 / 6;
        vm.charge(work);
        spent += work;
        if let Next::Call(nargs) = next {
            return call(vm, state, nargs);
        }
        if spent >= SLICE {
            save_with(vm, state, 0);
            return Ok(Action::Pause { then: &GO_ON });
        }
    }
    let text = vm.str(&state.out)?;
    vm.ret1(text)
}

fn call(vm: &mut Vm, state: State, nargs: u32) -> NativeResult {
    save_with(vm, state, nargs);
    vm.call(nargs, 1, &ANSWERED)
}

/// Moves the state to the frame, below a call of `nargs` arguments that was pushed (0: there is none).
fn save_with(vm: &mut Vm, state: State, nargs: u32) {
    let pushed = if nargs == 0 { 0 } else { nargs as usize + 2 };
    let from = vm.nargs() - pushed;
    let call: Vec<Value> = vm.slots()[from..].to_vec();
    let fixed = at::FRAME.first.len();
    vm.set_top(fixed);
    let out = match at::OUT.get(vm) {
        Some(out) => out,
        None => vm.heap.new_userdata(BUFFER, 0),
    };
    out.with_buffer(&mut vm.heap, |b| *b = state.out);
    at::OUT.set(vm, Some(out));
    at::MARK.set(vm, state.mark as i64);
    vm.charge_values(state.levels.len() * WIDTH);
    for level in state.levels {
        for slot in level.to_slots() {
            vm.push(slot);
        }
    }
    for v in call {
        vm.push(v);
    }
}

/// Takes the state from the frame.
fn restore(vm: &mut Vm) -> Result<State, Raise> {
    let config = at::CONFIG.get(vm);
    let config = Config::read(vm, config);
    let out = at::OUT.get(vm).map(|b| b.take_buffer(&mut vm.heap)).unwrap_or_default();
    let mark = (at::MARK.get(vm) as usize).min(out.len());
    let fixed = at::FRAME.first.len();
    let levels: Option<Vec<Level>> =
        vm.slots()[fixed..].chunks(WIDTH).map(Level::of_slots).collect();
    vm.set_top(fixed);
    match levels {
        Some(levels) => {
            vm.charge_values(levels.len() * WIDTH);
            Ok(State { config, out, levels, mark })
        }
        None => Err(vm.error("attempt to go on with a damaged state")),
    }
}

/// The first entry of a table at a position or above, and the position behind it. Charges for the
/// positions passed.
fn next_entry(vm: &mut Vm, table: Gc<Table>, position: usize) -> Option<(usize, Value, Value)> {
    let found = table.next_index(position);
    let behind = found.map_or_else(|| table.positions(), |(next, ..)| next);
    vm.charge(behind.saturating_sub(position) as u64 / POSITIONS as u64);
    found
}

impl State {
    fn add(&mut self, vm: &mut Vm, bytes: &[u8]) -> Result<(), Raise> {
        vm.heap.grow(&mut self.out, bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn top(&mut self) -> Option<&mut Level> {
        self.levels.last_mut()
    }

    fn refuse(&self, vm: &mut Vm, v: Value, why: &str) -> Raise {
        vm.error(format!("Cannot serialise {}: {why}", v.type_of().name()))
    }

    /// Writes a value that is no table; of a table, begins a level.
    fn value(&mut self, vm: &mut Vm, v: Value) -> Result<Next, Raise> {
        if let Some(s) = v.as_str() {
            self.string(vm, s.bytes())?;
        } else if v.is_number() {
            self.number(vm, v)?;
        } else if let Some(b) = v.as_bool() {
            self.add(vm, if b { b"true" } else { b"false" })?;
        } else if let Some(t) = v.as_table() {
            return self.table(vm, t);
        } else if v.is_nil() || v.raw_eq(NULL) {
            self.add(vm, b"null")?;
        } else if v.raw_eq(EMPTY_ARRAY) {
            self.add(vm, b"[]")?;
        } else if v.type_of() == Type::LightUserdata {
            // As the original: such a value has no text.
        } else if self.config.skip_unsupported {
            self.out.truncate(self.mark);
            if let Some(level) = self.top()
                && level.count == 1
            {
                level.count = 0;
            }
        } else {
            return Err(self.refuse(vm, v, "type not supported"));
        }
        Ok(Next::Go)
    }

    fn table(&mut self, vm: &mut Vm, t: Gc<Table>) -> Result<Next, Raise> {
        let depth = self.levels.len() + 1;
        if depth > self.config.encode_max_depth {
            return Err(vm.error(format!("Cannot serialise, excessive nesting ({depth})")));
        }
        // Levels wait on the stack.
        vm.ensure_stack((depth + 1) * WIDTH + 20, "excessive nesting")?;
        let mut level = Level::new(t, Work::Scan, true);
        if let Some(meta) = t.metatable() {
            if self.config.is_array_mt(meta) {
                level.work = Work::Array;
                level.length = t.len();
                self.levels.push(level);
                self.open(vm, b'[')?;
                return Ok(Next::Go);
            }
            level.is_raw = false;
            let length = vm.metamethod(t.into(), Event::Len);
            if !length.is_nil() {
                level.work = Work::Measure;
                self.levels.push(level);
                vm.push_call(length, [t.into()]);
                return Ok(Next::Call(1));
            }
        }
        self.levels.push(level);
        Ok(Next::Go)
    }

    /// Begins the text of the innermost level.
    fn open(&mut self, vm: &mut Vm, bracket: u8) -> Result<(), Raise> {
        self.add(vm, &[bracket])
    }

    /// Ends the text of the innermost level.
    fn close(&mut self, vm: &mut Vm, bracket: u8) -> Result<Next, Raise> {
        if let Some(level) = self.levels.pop()
            && level.has_items
            && !self.config.indent.is_empty()
        {
            self.new_line(vm, self.levels.len())?;
        }
        self.add(vm, &[bracket])?;
        Ok(Next::Go)
    }

    fn new_line(&mut self, vm: &mut Vm, depth: usize) -> Result<(), Raise> {
        let indent = self.config.indent;
        vm.heap.grow(&mut self.out, 1 + depth * indent.len())?;
        self.out.push(b'\n');
        for _ in 0..depth {
            self.out.extend_from_slice(indent);
        }
        Ok(())
    }

    /// What stands before an element.
    fn separate(&mut self, vm: &mut Vm) -> Result<(), Raise> {
        self.mark = self.out.len();
        let comma = match self.top() {
            Some(level) => {
                let comma = level.count > 0;
                level.count = 2.min(level.count + 1);
                level.has_items = true;
                comma
            }
            None => false,
        };
        if comma {
            self.add(vm, b",")?;
        }
        if !self.config.indent.is_empty() {
            self.new_line(vm, self.levels.len())?;
        }
        Ok(())
    }

    /// Looks at some keys: an array has integers from 1 on only.
    fn scan(&mut self, vm: &mut Vm, mut level: Level) -> Result<Next, Raise> {
        let table = level.table;
        for _ in 0..POSITIONS {
            let Some((next, key, _)) = next_entry(vm, table, level.position) else {
                return self.scanned(vm, level);
            };
            level.position = next;
            let index = match (key.as_int(), key.as_float()) {
                (Some(i), _) => i,
                (None, Some(f)) if f.floor() == f => f as i64,
                _ => 0,
            };
            if index < 1 {
                level.length = -1;
                return self.scanned(vm, level);
            }
            level.length = level.length.max(index);
            level.items += 1;
        }
        if let Some(top) = self.top() {
            *top = level;
        }
        Ok(Next::Go)
    }

    /// What the table is, is known.
    fn scanned(&mut self, vm: &mut Vm, mut level: Level) -> Result<Next, Raise> {
        let config = &self.config;
        let ratio = config.sparse_ratio;
        if ratio > 0
            && level.length > level.items.saturating_mul(ratio)
            && level.length > config.sparse_safe
        {
            if !config.sparse_convert {
                let table = Value::from(level.table);
                return Err(self.refuse(vm, table, "excessively sparse array"));
            }
            level.length = -1;
        }
        let is_empty_array = level.length == 0
            && (!config.empty_as_object
                || level.table.metatable().is_some_and(|m| config.is_empty_array_mt(m)));
        let is_array = level.length > 0 || is_empty_array;
        level.work = match (is_array, config.sorted) {
            (true, _) => Work::Array,
            (false, false) => Work::Object,
            (false, true) => Work::Collect,
        };
        level.position = 0;
        if level.work == Work::Collect {
            level.keys = Some(vm.heap.table());
            level.length = 0;
        }
        if let Some(top) = self.top() {
            *top = level;
        }
        self.open(vm, if is_array { b'[' } else { b'{' })?;
        Ok(Next::Go)
    }

    fn array(&mut self, vm: &mut Vm, level: Level) -> Result<Next, Raise> {
        if level.position as i64 >= level.length {
            return self.close(vm, b']');
        }
        self.separate(vm)?;
        if let Some(top) = self.top() {
            top.position += 1;
        }
        let index = level.position as i64 + 1;
        let v = level.table.get_int(index);
        if v.is_nil() && !level.is_raw {
            return match access::index(vm, level.table.into(), Value::int(index))? {
                Step::Done(v) => self.value(vm, v),
                Step::Call(nargs) => Ok(Next::Call(nargs)),
            };
        }
        self.value(vm, v)
    }

    fn object(&mut self, vm: &mut Vm, level: Level) -> Result<Next, Raise> {
        let Some((next, key, v)) = next_entry(vm, level.table, level.position) else {
            return self.close(vm, b'}');
        };
        if let Some(top) = self.top() {
            top.position = next;
        }
        self.entry(vm, key, v)
    }

    fn entry(&mut self, vm: &mut Vm, key: Value, v: Value) -> Result<Next, Raise> {
        self.separate(vm)?;
        if let Some(s) = key.as_str() {
            self.string(vm, s.bytes())?;
        } else if key.is_number() && !self.config.is_strict {
            self.add(vm, b"\"")?;
            self.number(vm, key)?;
            self.add(vm, b"\"")?;
        } else {
            let allowed = if self.config.is_strict { "a string" } else { "a number or string" };
            return Err(self.refuse(vm, key, &format!("table key must be {allowed}")));
        }
        self.add(vm, if self.config.indent.is_empty() { b":" } else { b": " })?;
        self.value(vm, v)
    }

    /// Collects some keys; when they are all there, pushes the call that sorts them.
    fn collect(&mut self, vm: &mut Vm, mut level: Level) -> Result<Option<u32>, Raise> {
        let Some(keys) = level.keys else { return Ok(None) };
        for _ in 0..POSITIONS {
            let Some((next, key, _)) = next_entry(vm, level.table, level.position) else {
                level.work = Work::Sorted;
                level.position = 0;
                if let Some(top) = self.top() {
                    *top = level;
                }
                let sort = self.config.sort;
                vm.push_call(sort, [keys.into()]);
                return Ok(Some(1));
            };
            level.position = next;
            if key.as_str().is_none() {
                return Err(self.refuse(vm, key, "table key must be a string"));
            }
            level.length += 1;
            prim::set_int(vm, keys, level.length, key)?;
        }
        if let Some(top) = self.top() {
            *top = level;
        }
        Ok(None)
    }

    fn sorted(&mut self, vm: &mut Vm, level: Level) -> Result<Next, Raise> {
        let key = level.keys.map_or(Value::NIL, |keys| keys.get_int(level.position as i64 + 1));
        if key.is_nil() {
            return self.close(vm, b'}');
        }
        if let Some(top) = self.top() {
            top.position += 1;
        }
        self.entry(vm, key, level.table.get(key))
    }

    fn number(&mut self, vm: &mut Vm, v: Value) -> Result<(), Raise> {
        let Some(f) = v.as_float() else {
            vm.heap.grow(&mut self.out, 24)?;
            format::write_number(v, &mut self.out);
            return Ok(());
        };
        vm.charge(2);
        if !f.is_finite() {
            let text: &[u8] = match self.config.invalid_numbers {
                InvalidNumbers::Refuse => {
                    return Err(self.refuse(vm, v, "must not be NaN or Infinity"));
                }
                InvalidNumbers::Null => b"null",
                InvalidNumbers::Write if f.is_nan() => b"NaN",
                InvalidNumbers::Write if f < 0.0 => b"-Infinity",
                InvalidNumbers::Write => b"Infinity",
            };
            return self.add(vm, text);
        }
        vm.heap.grow(&mut self.out, 64)?;
        match self.config.precision {
            // As many digits as it takes to read the same number back.
            0 => self.shortest(f),
            14 => prim::c_number(&mut self.out, v),
            digits => {
                let spec = Spec { precision: Some(digits), ..Spec::default() };
                write_float(&mut self.out, &spec, b'g', f);
            }
        }
        Ok(())
    }

    fn shortest(&mut self, f: f64) {
        use std::io::Write;
        // (A vector takes whatever is written.)
        let plain = f == 0.0 || (1e-5..1e17).contains(&f.abs());
        let _ = match plain {
            true => write!(self.out, "{f:?}"),
            false => write!(self.out, "{f:e}"),
        };
    }

    fn string(&mut self, vm: &mut Vm, s: &[u8]) -> Result<(), Raise> {
        vm.charge(s.len() as u64 / 16);
        vm.heap.grow(&mut self.out, s.len() + 2)?;
        self.out.push(b'"');
        let mut rest = s;
        while let Some(at) = rest.iter().position(|&c| self.config.escapes(c)) {
            vm.charge(1);
            self.out.extend_from_slice(&rest[..at]);
            vm.heap.grow(&mut self.out, 7 + rest.len())?;
            match rest[at] {
                8 => self.out.extend_from_slice(b"\\b"),
                9 => self.out.extend_from_slice(b"\\t"),
                10 => self.out.extend_from_slice(b"\\n"),
                12 => self.out.extend_from_slice(b"\\f"),
                13 => self.out.extend_from_slice(b"\\r"),
                c @ (b'"' | b'\\' | b'/') => self.out.extend_from_slice(&[b'\\', c]),
                c => {
                    let digit = |n: u8| b"0123456789abcdef"[usize::from(n)];
                    self.out.extend_from_slice(&[
                        b'\\',
                        b'u',
                        b'0',
                        b'0',
                        digit(c >> 4),
                        digit(c & 15),
                    ]);
                }
            }
            rest = &rest[at + 1..];
        }
        self.out.extend_from_slice(rest);
        self.out.push(b'"');
        Ok(())
    }
}
