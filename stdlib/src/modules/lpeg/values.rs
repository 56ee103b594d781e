//! The values of captures: an evaluator that keeps what it is in the middle of in a list of its own,
//! because functions are called on the way. Values are on the machine's stack, above the frame's slots.
//!
//! A capture is visited: it gives its values at once, or begins a [`Frame`], whose children are visited
//! until its end. What a capture has given is then received by the frame around it.

use super::matching::{FIXED, Run};
use super::tree::Kind;
use crate::access::{self, Step};
use crate::prim;
use luka_vm::{Raise, Value, Vm};

/// The most captures within each other.
const MAX_LEVELS: usize = 200;

/// What a frame is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Task {
    /// The whole match.
    Root,
    /// The arguments of a function that is called on the way.
    Runtime,
    Simple,
    Table,
    /// A named group in a table: its first value is a field.
    Field,
    Group,
    /// A group that is visited again; then it goes on behind the reference.
    Backref,
    Function,
    Acc,
    Query,
    Num,
    Fold,
    Subst,
    Format,
    /// A function has been called for the frame.
    Calling,
}

const TASKS: [Task; 15] = [
    Task::Root,
    Task::Runtime,
    Task::Simple,
    Task::Table,
    Task::Field,
    Task::Group,
    Task::Backref,
    Task::Function,
    Task::Acc,
    Task::Query,
    Task::Num,
    Task::Fold,
    Task::Subst,
    Task::Format,
    Task::Calling,
];

impl Task {
    /// How many slots of the stack are its own, below the values of its children.
    fn own_slots(self) -> usize {
        match self {
            Task::Simple | Task::Table => 1,
            Task::Function => 2,
            Task::Acc => 3,
            _ => 0,
        }
    }
}

/// A capture that is being evaluated.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    task: Task,
    /// For [`Task::Calling`]: what it was before.
    caller: Task,
    /// Its capture.
    open: u32,
    /// Where its values begin on the stack.
    base: u32,
    /// Where its text begins.
    text: u32,
    /// A place: in the subject, in a format, of the capture to go back to, or how many values there are.
    n: u32,
    /// The child being visited.
    child: u32,
}

impl Frame {
    const SIZE: usize = 24;

    fn new(task: Task, open: usize, base: usize) -> Frame {
        let (open, base) = (open as u32, base as u32);
        Frame { task, caller: task, open, base, text: 0, n: 0, child: 0 }
    }

    /// Of all captures.
    pub fn root() -> Frame {
        Frame::new(Task::Root, 0, FIXED)
    }

    /// Of those in a group; the function and two arguments are on the stack.
    pub fn runtime(open: usize) -> Frame {
        Frame::new(Task::Runtime, open, FIXED + 4)
    }

    pub fn to_bytes(frames: &[Frame]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(frames.len() * Self::SIZE);
        for f in frames {
            bytes.extend_from_slice(&[f.task as u8, f.caller as u8, 0, 0]);
            for n in [f.open, f.base, f.text, f.n, f.child] {
                bytes.extend_from_slice(&n.to_le_bytes());
            }
        }
        bytes
    }

    pub fn of_bytes(bytes: &[u8]) -> Vec<Frame> {
        let (chunks, _) = bytes.as_chunks::<{ Self::SIZE }>();
        let frames = chunks.iter().map_while(|b| {
            let number = |at: usize| u32::from_le_bytes([b[at], b[at + 1], b[at + 2], b[at + 3]]);
            Some(Frame {
                task: *TASKS.get(b[0] as usize)?,
                caller: *TASKS.get(b[1] as usize)?,
                open: number(4),
                base: number(8),
                text: number(12),
                n: number(16),
                child: number(20),
            })
        });
        frames.take(MAX_LEVELS + 2).collect()
    }
}

/// How the evaluation goes on.
pub enum Next {
    Done,
    /// With a call that was pushed, of so many arguments.
    Call(u32),
    Pause,
}

/// The evaluation under way.
#[derive(Default)]
pub struct Values {
    pub frames: Vec<Frame>,
    /// The texts of substitutions and formats.
    pub text: Vec<u8>,
    /// The capture to be visited next.
    pub cursor: usize,
}

fn damaged(vm: &mut Vm) -> Raise {
    vm.error("attempt to go on with a damaged match")
}

impl Values {
    /// Begins with a frame whose children come next.
    pub fn begin(&mut self, frame: Frame) {
        self.cursor = frame.open as usize + usize::from(frame.task != Task::Root);
        self.text.clear();
        self.frames = vec![frame];
    }

    /// Works until all values are there, a function is to be called or the work allowed is done.
    pub fn run(&mut self, vm: &mut Vm, run: &mut Run, left: &mut i64) -> Result<Next, Raise> {
        loop {
            let Some(frame) = self.frames.last().copied() else { return Ok(Next::Done) };
            *left -= 1;
            if *left < 0 {
                return Ok(Next::Pause);
            }
            vm.charge(1);
            if vm.nargs() < frame.base as usize {
                return Err(damaged(vm));
            }
            let called = match frame.task {
                Task::Format => self.format(vm, run, frame)?,
                // (It has been called: `called` comes first.)
                Task::Calling => return Err(damaged(vm)),
                _ => match run.capture(self.cursor) {
                    None if frame.task == Task::Root => {
                        self.frames.pop();
                        return Ok(Next::Done);
                    }
                    None => return Err(damaged(vm)),
                    Some(capture) if capture.kind == Kind::Close => self.finish(vm, run, frame)?,
                    Some(_) => self.visit_child(vm, run, frame)?,
                },
            };
            if let Some(nargs) = called {
                return Ok(Next::Call(nargs));
            }
        }
    }

    /// Where the subject goes on behind a capture: the end of the text that it has matched.
    fn end_of(run: &Run, open: usize) -> Option<usize> {
        let capture = run.capture(open)?;
        if capture.size > 0 {
            return Some(capture.at as usize + capture.size as usize - 1);
        }
        run.capture(Self::close_of(run, open)?).map(|close| close.at as usize)
    }

    /// The record where an open capture ends.
    fn close_of(run: &Run, open: usize) -> Option<usize> {
        let mut inner = 0;
        for i in open + 1..run.captures.len() {
            let capture = run.capture(i)?;
            if capture.is_open() {
                inner += 1;
            } else if capture.kind == Kind::Close {
                if inner == 0 {
                    return Some(i);
                }
                inner -= 1;
            }
        }
        None
    }

    /// The record behind a capture.
    fn behind(vm: &mut Vm, run: &Run, at: usize) -> Result<usize, Raise> {
        let Some(capture) = run.capture(at) else { return Err(damaged(vm)) };
        if !capture.is_open() {
            return Ok(at + 1);
        }
        match Self::close_of(run, at) {
            Some(close) => {
                vm.charge((close - at) as u64 / 8);
                Ok(close + 1)
            }
            None => Err(damaged(vm)),
        }
    }

    /// The text that a capture has matched.
    fn whole(vm: &mut Vm, run: &Run, open: usize) -> Result<Value, Raise> {
        let range = run.capture(open).zip(Self::end_of(run, open));
        let text = range.and_then(|(capture, end)| run.subject.get(capture.at as usize..end));
        match text {
            Some(text) => {
                vm.charge_bytes(text.len());
                vm.str(text)
            }
            None => Err(damaged(vm)),
        }
    }

    /// Visits the next child of a frame.
    fn visit_child(
        &mut self,
        vm: &mut Vm,
        run: &mut Run,
        frame: Frame,
    ) -> Result<Option<u32>, Raise> {
        let cursor = self.cursor;
        let Some(capture) = run.capture(cursor) else { return Err(damaged(vm)) };
        match frame.task {
            Task::Table if capture.kind == Kind::Group && capture.key != 0 => {
                return self.enter(vm, Frame::new(Task::Field, cursor, vm.nargs()), run);
            }
            Task::Fold if frame.n > 0 => {
                // The function and what there is so far come before the values of the child.
                let function =
                    run.capture(frame.open as usize).map_or(Value::NIL, |c| run.constant(c.key));
                let so_far = vm.arg(frame.base as usize + 1);
                vm.push_fn(function);
                vm.push(so_far);
            }
            Task::Subst if capture.kind == Kind::Acc => {
                return Err(vm.error("invalid context for an accumulator capture"));
            }
            Task::Subst => {
                let text = run.subject.get(frame.n as usize..capture.at as usize).unwrap_or(&[]);
                vm.charge_bytes(text.len());
                vm.heap.grow(&mut self.text, text.len())?;
                self.text.extend_from_slice(text);
            }
            _ => {}
        }
        if let Some(top) = self.frames.last_mut() {
            top.child = cursor as u32;
        }
        self.visit(vm, run)
    }

    /// Visits the capture at the cursor.
    fn visit(&mut self, vm: &mut Vm, run: &mut Run) -> Result<Option<u32>, Raise> {
        vm.ensure_stack(8, "too many captures")?;
        let at = self.cursor;
        let Some(capture) = run.capture(at) else { return Err(damaged(vm)) };
        let height = vm.nargs();
        let frame = |task| Frame::new(task, at, height);
        let value = match capture.kind {
            Kind::Position => Value::int(i64::from(capture.at) + 1),
            Kind::Const => run.constant(capture.key),
            Kind::Runtime => run.dynamic.map_or(Value::NIL, |t| t.get_int(capture.key.into())),
            Kind::Arg => {
                let count =
                    run.arguments.map_or(0, |t| prim::field(vm, t, "n").as_int().unwrap_or(0));
                let n = i64::from(capture.key);
                if n > count {
                    return Err(vm.error(format!("reference to absent extra argument #{n}")));
                }
                run.arguments.map_or(Value::NIL, |t| t.get_int(n))
            }
            Kind::Group if capture.key != 0 => {
                self.cursor = Self::behind(vm, run, at)?;
                return self.receive(vm, run, height);
            }
            Kind::Num if capture.key == 0 => {
                self.cursor = Self::behind(vm, run, at)?;
                return self.receive(vm, run, height);
            }
            Kind::Simple => {
                if capture.size > 0 {
                    Self::whole(vm, run, at)?
                } else {
                    // The whole match comes first.
                    vm.push(Value::NIL);
                    return self.enter(vm, frame(Task::Simple), run);
                }
            }
            Kind::Table => {
                let table = vm.heap.table();
                vm.push(table.into());
                return self.enter(vm, frame(Task::Table), run);
            }
            Kind::Group => return self.enter(vm, frame(Task::Group), run),
            Kind::Backref => return self.backref(vm, run, capture.key),
            Kind::Function => {
                let function = run.constant(capture.key);
                vm.push_fn(function);
                return self.enter(vm, frame(Task::Function), run);
            }
            Kind::Acc => {
                if !self.has_previous(height) {
                    return Err(vm.error("no previous value for accumulator capture"));
                }
                let previous = vm.pop();
                let function = run.constant(capture.key);
                vm.push_fn(function);
                vm.push(previous);
                return self.enter(vm, Frame::new(Task::Acc, at, height - 1), run);
            }
            Kind::Query => return self.enter(vm, frame(Task::Query), run),
            Kind::Num => return self.enter(vm, frame(Task::Num), run),
            Kind::Fold => return self.enter(vm, frame(Task::Fold), run),
            Kind::Subst => {
                let frame =
                    Frame { n: capture.at, text: self.text.len() as u32, ..frame(Task::Subst) };
                return self.enter(vm, frame, run);
            }
            Kind::String => {
                let frame = Frame { text: self.text.len() as u32, ..frame(Task::Format) };
                return self.enter(vm, frame, run);
            }
            Kind::Close => return Err(damaged(vm)),
        };
        self.cursor = at + 1;
        vm.push(value);
        self.receive(vm, run, height)
    }

    /// Whether there is a value on the stack that an accumulator can take: one of the captures around.
    fn has_previous(&self, height: usize) -> bool {
        for frame in self.frames.iter().rev() {
            if height > frame.base as usize + frame.task.own_slots() {
                return true;
            }
            if !matches!(frame.task, Task::Group | Task::Backref) {
                return false;
            }
        }
        false
    }

    /// Begins a frame; one of a capture that is complete has no children.
    fn enter(&mut self, vm: &mut Vm, frame: Frame, run: &mut Run) -> Result<Option<u32>, Raise> {
        if self.frames.len() > MAX_LEVELS {
            return Err(vm.error("subcapture nesting too deep"));
        }
        self.frames.push(frame);
        let open = frame.open as usize;
        let is_open = run.capture(open).is_some_and(|capture| capture.is_open());
        self.cursor = open + 1;
        if !is_open && frame.task != Task::Format {
            return self.finish(vm, run, frame);
        }
        Ok(None)
    }

    /// A back reference: the values of the last group of a name that is visible here.
    fn backref(&mut self, vm: &mut Vm, run: &mut Run, key: u32) -> Result<Option<u32>, Raise> {
        let name = run.constant(key);
        let here = self.cursor;
        let mut at = here;
        let found = loop {
            let Some(before) = at.checked_sub(1) else { break None };
            at = before;
            let Some(capture) = run.capture(at) else { return Err(damaged(vm)) };
            vm.charge(u64::from(at.is_multiple_of(8)));
            let open = if capture.kind == Kind::Close {
                match run.open_of(at) {
                    Some(open) => {
                        vm.charge((at - open) as u64 / 8);
                        at = open;
                    }
                    None => return Err(damaged(vm)),
                }
                run.capture(at)
            } else if capture.is_open() {
                // It is around the reference.
                continue;
            } else {
                Some(capture)
            };
            if let Some(group) = open
                && group.kind == Kind::Group
                && group.key != 0
                && run.constant(group.key).raw_eq(name)
            {
                break Some(at);
            }
        };
        let Some(group) = found else {
            let shown = super::shown(vm, name);
            return Err(vm.error(format!("back reference '{shown}' not found")));
        };
        let frame = Frame { n: here as u32, ..Frame::new(Task::Backref, group, vm.nargs()) };
        self.enter(vm, frame, run)
    }

    /// All children of the topmost frame are there, and the cursor is at its end.
    fn finish(&mut self, vm: &mut Vm, run: &mut Run, frame: Frame) -> Result<Option<u32>, Raise> {
        let (open, base) = (frame.open as usize, frame.base as usize);
        let Some(capture) = run.capture(open) else { return Err(damaged(vm)) };
        if frame.task == Task::Root {
            return Err(damaged(vm));
        }
        // Past its end.
        if capture.is_open() {
            self.cursor += 1;
        }
        let own = frame.task.own_slots();
        if vm.nargs() < base + own {
            return Err(damaged(vm));
        }
        // Captures without values give what they have matched.
        let needs_value = matches!(
            frame.task,
            Task::Group
                | Task::Backref
                | Task::Field
                | Task::Function
                | Task::Acc
                | Task::Query
                | Task::Num
                | Task::Runtime
        );
        if needs_value && vm.nargs() == base + own {
            let whole = Self::whole(vm, run, open)?;
            vm.push(whole);
        }
        match frame.task {
            Task::Runtime => {
                self.frames.pop();
                return Ok(None);
            }
            Task::Group => {}
            Task::Backref => self.cursor = frame.n as usize + 1,
            Task::Simple => {
                let whole = Self::whole(vm, run, open)?;
                vm.set_arg(base + 1, whole);
            }
            Task::Table => {}
            Task::Field => {
                let (name, value) = (run.constant(capture.key), vm.arg(base + 1));
                vm.set_top(base);
                match vm.arg(base).as_table() {
                    Some(table) => prim::set(vm, table, name, value)?,
                    None => return Err(vm.error("invalid context for an accumulator capture")),
                }
                self.frames.pop();
                return Ok(None);
            }
            Task::Function | Task::Acc => {
                let nargs = vm.nargs() - base - 2;
                self.calling();
                return Ok(Some(nargs as u32));
            }
            Task::Query => {
                vm.set_top(base + 1);
                let (key, table) = (vm.pop(), run.constant(capture.key));
                match access::index(vm, table, key)? {
                    Step::Done(value) => {
                        if !value.is_nil() {
                            vm.push(value);
                        }
                    }
                    Step::Call(nargs) => {
                        self.calling();
                        return Ok(Some(nargs));
                    }
                }
            }
            Task::Num => {
                let n = capture.key as usize;
                if vm.nargs() - base < n {
                    return Err(vm.error(format!("no capture '{n}'")));
                }
                let value = vm.arg(base + n);
                vm.set_top(base);
                vm.push(value);
            }
            Task::Fold => {
                if frame.n == 0 {
                    return Err(vm.error("no initial value for fold capture"));
                }
                vm.set_top(base + 1);
            }
            Task::Subst => {
                let end = Self::end_of(run, open).unwrap_or(0);
                let rest = run.subject.get(frame.n as usize..end).unwrap_or(&[]);
                vm.charge_bytes(rest.len());
                vm.heap.grow(&mut self.text, rest.len())?;
                self.text.extend_from_slice(rest);
                return self.complete_text(vm, run, frame);
            }
            Task::Root | Task::Format | Task::Calling => return Err(damaged(vm)),
        }
        self.complete(vm, run, base)
    }

    /// Marks the topmost frame as waiting for its function.
    fn calling(&mut self) {
        if let Some(top) = self.frames.last_mut() {
            top.caller = top.task;
            top.task = Task::Calling;
        }
    }

    /// The topmost frame is done; its values begin at `base`.
    fn complete(&mut self, vm: &mut Vm, run: &mut Run, base: usize) -> Result<Option<u32>, Raise> {
        self.frames.pop();
        self.receive(vm, run, base)
    }

    /// The text of the topmost frame is complete: its value, unless a text around it goes on with it.
    fn complete_text(
        &mut self,
        vm: &mut Vm,
        run: &mut Run,
        frame: Frame,
    ) -> Result<Option<u32>, Raise> {
        self.frames.pop();
        let is_part =
            self.frames.last().is_some_and(|f| matches!(f.task, Task::Subst | Task::Format));
        if is_part {
            self.received_text(run);
            return Ok(None);
        }
        let from = (frame.text as usize).min(self.text.len());
        vm.charge_bytes(self.text.len() - from);
        let text = vm.str(&self.text[from..])?;
        self.text.truncate(from);
        vm.push(text);
        self.receive(vm, run, vm.nargs() - 1)
    }

    /// A child of the topmost frame has given its text.
    fn received_text(&mut self, run: &Run) {
        if let Some(top) = self.frames.last_mut()
            && top.task == Task::Subst
        {
            top.n = Self::end_of(run, top.child as usize).unwrap_or(0) as u32;
        }
    }

    /// The topmost frame takes the values from `base` on, which its child has given.
    fn receive(&mut self, vm: &mut Vm, run: &mut Run, base: usize) -> Result<Option<u32>, Raise> {
        let Some(frame) = self.frames.last().copied() else { return Ok(None) };
        let count = vm.nargs().saturating_sub(base);
        match frame.task {
            Task::Table => {
                let Some(table) = vm.arg(frame.base as usize + 1).as_table() else {
                    return Err(vm.error("invalid context for an accumulator capture"));
                };
                for i in 0..count {
                    let value = vm.arg(base + 1 + i);
                    prim::set_int(vm, table, i64::from(frame.n) + i as i64 + 1, value)?;
                }
                vm.set_top(base);
                if let Some(top) = self.frames.last_mut() {
                    top.n += count as u32;
                }
            }
            Task::Fold if frame.n == 0 => {
                if count == 0 {
                    return Err(vm.error("no initial value for fold capture"));
                }
                vm.set_top(base + 1);
                if let Some(top) = self.frames.last_mut() {
                    top.n = 1;
                }
            }
            Task::Fold => {
                let nargs = vm.nargs().saturating_sub(frame.base as usize + 3);
                self.calling();
                return Ok(Some(nargs as u32));
            }
            Task::Subst | Task::Format => {
                let is_format = frame.task == Task::Format;
                if count == 0 {
                    if is_format {
                        let n = frame.child;
                        return Err(vm.error(format!("no values in capture index {n}")));
                    }
                    // The text stays as it is.
                    let at = run.capture(frame.child as usize).map_or(0, |c| c.at);
                    if let Some(top) = self.frames.last_mut() {
                        top.n = at;
                    }
                    return Ok(None);
                }
                let value = vm.arg(base + 1);
                vm.set_top(base);
                self.add_value(vm, value, if is_format { "capture" } else { "replacement" })?;
                self.received_text(run);
            }
            _ => {}
        }
        Ok(None)
    }

    fn add_value(&mut self, vm: &mut Vm, value: Value, what: &str) -> Result<(), Raise> {
        if let Some(s) = value.as_str() {
            vm.charge_bytes(s.len());
            vm.heap.grow(&mut self.text, s.len())?;
            self.text.extend_from_slice(s.bytes());
            return Ok(());
        }
        if value.is_number() {
            vm.heap.grow(&mut self.text, 40)?;
            luka_vm::value::format::write_number(value, &mut self.text);
            return Ok(());
        }
        let name = value.type_of().name();
        Err(vm.error(format!("invalid {what} value (a {name})")))
    }

    /// A function has been called for the topmost frame; its results are from its base on. The call that
    /// comes next, if one does.
    pub fn called(&mut self, vm: &mut Vm, run: &mut Run) -> Result<Option<u32>, Raise> {
        let Some(frame) = self.frames.last().copied().filter(|f| f.task == Task::Calling) else {
            return Err(damaged(vm));
        };
        let base = frame.base as usize;
        let results = if frame.caller == Task::Fold { base + 1 } else { base };
        if vm.nargs() < results {
            return Err(damaged(vm));
        }
        match frame.caller {
            Task::Fold => {
                let first = vm.arg(results + 1);
                vm.set_top(base + 1);
                vm.set_arg(base + 1, first);
                if let Some(top) = self.frames.last_mut() {
                    top.task = Task::Fold;
                }
                return Ok(None);
            }
            // It takes the place of the previous value, which is another capture's.
            Task::Acc => {
                vm.set_top(base + 1);
                self.frames.pop();
                return Ok(None);
            }
            Task::Query => {
                vm.set_top(base + 1);
                if vm.arg(base + 1).is_nil() {
                    vm.set_top(base);
                }
            }
            _ => {}
        }
        self.complete(vm, run, base)
    }

    /// What a format refers to: parts of the subject, and captures.
    fn references(vm: &mut Vm, run: &Run, open: usize) -> Result<Vec<Reference>, Raise> {
        const MOST: usize = 10;
        let mut list = Vec::new();
        let Some(end) = Self::end_of(run, open) else { return Err(damaged(vm)) };
        let Some(capture) = run.capture(open) else { return Err(damaged(vm)) };
        list.push(Reference::Text(capture.at as usize, end));
        if !capture.is_open() {
            return Ok(list);
        }
        // Simple captures count with those inside of them.
        let mut at = open + 1;
        let mut inner = 0;
        while list.len() < MOST {
            let Some(capture) = run.capture(at) else { return Err(damaged(vm)) };
            vm.charge(1);
            if capture.kind == Kind::Close {
                if inner == 0 {
                    break;
                }
                inner -= 1;
                at += 1;
            } else if capture.kind == Kind::Simple {
                let Some(end) = Self::end_of(run, at) else { return Err(damaged(vm)) };
                list.push(Reference::Text(capture.at as usize, end));
                inner += usize::from(capture.is_open());
                at += 1;
            } else {
                list.push(Reference::Capture(at));
                at = Self::behind(vm, run, at)?;
            }
        }
        Ok(list)
    }

    /// Goes on with a format up to the next capture that is to be visited, or the end.
    fn format(&mut self, vm: &mut Vm, run: &mut Run, frame: Frame) -> Result<Option<u32>, Raise> {
        let open = frame.open as usize;
        let Some(capture) = run.capture(open) else { return Err(damaged(vm)) };
        let Some(format) = run.constant(capture.key).as_str() else { return Err(damaged(vm)) };
        let format = format.bytes();
        let references = Self::references(vm, run, open)?;
        let mut at = (frame.n as usize).min(format.len());
        vm.charge_bytes(format.len() - at);
        while at < format.len() {
            let rest = &format[at..];
            let plain = memchr::memchr(b'%', rest).unwrap_or(rest.len());
            vm.heap.grow(&mut self.text, plain + 1)?;
            self.text.extend_from_slice(&rest[..plain]);
            at += plain + 2;
            match rest.get(plain + 1) {
                None => {}
                Some(digit @ b'0'..=b'9') => {
                    let n = (digit - b'0') as usize;
                    match references.get(n) {
                        None => return Err(vm.error(format!("invalid capture index ({n})"))),
                        Some(Reference::Text(from, to)) => {
                            let text = run.subject.get(*from..*to).unwrap_or(&[]);
                            vm.charge_bytes(text.len());
                            vm.heap.grow(&mut self.text, text.len())?;
                            self.text.extend_from_slice(text);
                        }
                        Some(Reference::Capture(i)) => {
                            if let Some(top) = self.frames.last_mut() {
                                top.n = at as u32;
                                top.child = n as u32;
                            }
                            self.cursor = *i;
                            let is_acc = run.capture(*i).is_some_and(|c| c.kind == Kind::Acc);
                            if is_acc {
                                return Err(vm.error("invalid context for an accumulator capture"));
                            }
                            return self.visit(vm, run);
                        }
                    }
                }
                Some(c) => self.text.push(*c),
            }
        }
        self.cursor = Self::behind(vm, run, open)?;
        self.complete_text(vm, run, frame)
    }
}

/// What a `%n` stands for.
enum Reference {
    /// A part of the subject.
    Text(usize, usize),
    /// The value of a capture.
    Capture(usize),
}
