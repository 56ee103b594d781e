//! The debugger as front ends have it: breakpoints, and where the program has stopped.

use crate::breakpoints::{Breakpoint, Hits, Lines, Places, Spot};
use crate::evaluate::{Context, Copies, Evaluated};
use crate::program::{Halt, Phase, Program, Time};
use crate::rules::{Origin, Step};
use crate::show::{shown, text};
use crate::timeline::{States, Timeline};
use crate::watcher::{ThreadId, here, thread_id};
use luka::{Flag, Registry, Vm};
use luka_vm::debug::runs::{code_of, line_starts};
use luka_vm::run::look::Place;
use luka_vm::vm::debugger::Caught;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Which errors stop a program.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Filters {
    /// Those that nobody catches.
    pub uncaught: bool,
    /// Those that the program catches.
    pub caught: bool,
    /// Only those raised in coroutines other than the main one.
    pub in_coroutines: bool,
    /// Only those whose message contains this.
    pub message: Option<String>,
}

impl Filters {
    /// Whether an error stops the program.
    pub fn accept(&self, caught: Caught, message: &str, in_coroutine: bool) -> bool {
        let wanted = match caught {
            Caught::Nobody => self.uncaught,
            Caught::Program | Caught::Finalizer => self.caught,
        };
        wanted
            && (in_coroutine || !self.in_coroutines)
            && self.message.as_ref().is_none_or(|part| message.contains(part))
    }
}

/// What stops a program at a place that is watched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Another value is in it.
    Change,
    /// An instruction is about to read it. What functions of the library read is not known.
    Read,
    /// Either.
    Both,
}

/// A place that is watched.
#[derive(Clone, Debug)]
pub struct Watchpoint {
    pub id: u32,
    pub name: String,
    pub place: Place,
    pub access: Access,
    /// It stops only where this is true.
    pub condition: Option<String>,
    /// It stops only at these of its hits, counted from the beginning of the program.
    pub hits: Option<Hits>,
}

/// Why a program has stopped.
#[derive(Clone, PartialEq, Debug)]
pub enum Reason {
    /// Its first line is about to be executed.
    Entry,
    /// A step is done.
    Step,
    /// At breakpoints.
    Breakpoint(Vec<u32>),
    /// A watched place has another value, or is about to be read: the number, what it says.
    Change(u32, String),
    /// At an error: its message, and whether it is caught.
    Error { message: String, caught: bool },
    /// Somebody asked for it.
    Pause,
    /// It was taken there.
    Goto,
    /// A function begins again.
    Restart,
    /// There is nothing before: the recording begins here.
    Beginning,
    /// It has ended.
    End,
    /// Its host goes on.
    Left,
}

/// What the debugger has to say besides.
pub type Notes = Vec<String>;

/// The debugger of a program.
pub struct Engine {
    pub timeline: Timeline,
    registry: Registry,
    breakpoints: BTreeMap<u32, Breakpoint>,
    pub(crate) watchpoints: Vec<Watchpoint>,
    pub filters: Filters,
    last_id: u32,
    /// Why the program has stopped.
    pub reason: Reason,
    /// Moments at which steps have arrived, and where each began.
    pub(crate) steps: Vec<(Time, Time)>,
    /// The step that was interrupted, and where it began.
    pub(crate) interrupted: Option<(Step, Origin)>,
    /// Moments with a name.
    pub marks: BTreeMap<String, Time>,
    /// Lines with code by chunk.
    lines: HashMap<String, Lines>,
    /// Copies of the present state.
    copies: Option<(Time, Copies)>,
    /// How often breakpoints were hit, if nothing is recorded: else that is found again.
    pub(crate) tally: HashMap<u32, u64>,
    /// What log points have said.
    pub notes: Notes,
}

impl Engine {
    /// The debugger of a program that has not begun; it goes to the first line.
    ///
    /// # Errors
    /// The program's state cannot be saved.
    pub fn new(program: Program, registry: &Registry, memory: usize) -> Result<Engine, String> {
        let mut engine = Engine::stopped(program, registry, memory, Reason::Entry)?;
        engine.run_to_first_line()?;
        Ok(engine)
    }

    /// The debugger of a program that was saved in the middle of something: it begins there.
    ///
    /// # Errors
    /// The program's state cannot be saved.
    pub fn stopped(
        program: Program,
        registry: &Registry,
        memory: usize,
        reason: Reason,
    ) -> Result<Engine, String> {
        let mut timeline = Timeline::new(program, memory)?;
        timeline.begins_inside = reason != Reason::Entry;
        Ok(Engine::of(timeline, registry, reason))
    }

    /// The debugger of a program that was recorded, at its first line; `end` is a mark.
    ///
    /// # Errors
    /// The program's state cannot be saved, or the states of the recording are none.
    pub fn of_recording(
        program: Program,
        registry: &Registry,
        memory: usize,
        states: States,
    ) -> Result<Engine, String> {
        let mut engine = Engine::stopped(program, registry, memory, Reason::Entry)?;
        engine.timeline.take_filed(states)?;
        engine.run_to_first_line()?;
        let end = engine.timeline.frontier();
        engine.marks.insert("end".to_string(), end);
        Ok(engine)
    }

    /// The debugger of a [program of a host](Program::hosted), whose past is recorded if there is memory
    /// for it.
    ///
    /// # Errors
    /// The program's state cannot be saved.
    pub fn hosted(
        program: Program,
        registry: &Registry,
        memory: Option<usize>,
    ) -> Result<Engine, String> {
        match memory {
            Some(memory) => Engine::stopped(program, registry, memory, Reason::Left),
            None => Ok(Engine::of(Timeline::unrecorded(program), registry, Reason::Left)),
        }
    }

    /// The machine, which goes on without a debugger. What was gone back is gone through again first.
    pub fn leave(mut self) -> Vm {
        let frontier = self.timeline.frontier();
        if self.timeline.is_recorded() && self.now() < frontier {
            self.timeline.program.flag = Flag::new();
            // (If that fails, it goes on from where it has come to.)
            let _ = self.timeline.seek(frontier);
        }
        self.timeline.program.leave()
    }

    fn of(timeline: Timeline, registry: &Registry, reason: Reason) -> Engine {
        Engine {
            timeline,
            registry: registry.clone(),
            breakpoints: BTreeMap::new(),
            watchpoints: Vec::new(),
            filters: Filters { uncaught: true, ..Filters::default() },
            last_id: 0,
            reason,
            steps: Vec::new(),
            interrupted: None,
            marks: BTreeMap::new(),
            lines: HashMap::new(),
            copies: None,
            tally: HashMap::new(),
            notes: Vec::new(),
        }
    }

    fn program(&mut self) -> &mut Program {
        &mut self.timeline.program
    }

    /// The moment the program is at.
    pub fn now(&mut self) -> Time {
        self.timeline.now()
    }

    /// Whether the program has ended.
    pub fn has_ended(&self) -> bool {
        matches!(self.timeline.program.phase(), Phase::Ended(_))
    }

    // ------------------------------------------------------------------ breakpoints

    /// A number that no breakpoint has.
    pub fn new_id(&mut self) -> u32 {
        self.last_id += 1;
        self.last_id
    }

    /// Adds a breakpoint, or replaces the one with its number.
    pub fn set_breakpoint(&mut self, breakpoint: Breakpoint) {
        self.breakpoints.insert(breakpoint.id, breakpoint);
    }

    /// Removes a breakpoint or a watchpoint. Whether there was one.
    pub fn remove_breakpoint(&mut self, id: u32) -> bool {
        let watched = self.watchpoints.len();
        self.watchpoints.retain(|w| w.id != id);
        self.breakpoints.remove(&id).is_some() || self.watchpoints.len() < watched
    }

    /// All breakpoints, by number.
    pub fn breakpoints(&self) -> impl Iterator<Item = &Breakpoint> {
        self.breakpoints.values()
    }

    /// Watches a place. `id` is a new number.
    pub fn set_watchpoint(&mut self, watchpoint: Watchpoint) {
        self.watchpoints.push(watchpoint);
    }

    /// The places that are watched.
    pub fn watchpoints(&self) -> &[Watchpoint] {
        &self.watchpoints
    }

    /// Forgets all places that are watched.
    pub fn clear_watchpoints(&mut self) {
        self.watchpoints.clear();
    }

    /// The line at which a breakpoint of a line stops, if the code is known.
    pub fn resolve(&mut self, source: &str, line: u32) -> Option<u32> {
        self.lines_of(source)?.resolve(line)
    }

    /// The lines of a source in which code begins: of its file, or of the chunk with this name.
    pub fn lines_of(&mut self, source: &str) -> Option<&Lines> {
        if !self.lines.contains_key(source) {
            let found = self.find_lines(source)?;
            self.lines.insert(source.to_string(), found);
        }
        self.lines.get(source)
    }

    fn find_lines(&mut self, source: &str) -> Option<Lines> {
        let mut paths = crate::breakpoints::Paths::default();
        let mut lines = BTreeSet::new();
        for function in self.program().machine().functions() {
            let data = function.data();
            if paths.is(data.chunk.source_name.as_deref(), source) {
                lines.extend(line_starts(data).into_iter().map(|(_, line)| line));
            }
        }
        // Functions that are garbage by now are missing, and those that are not loaded yet.
        if let Some(text) = read_text(source) {
            lines.extend(lines_of_text(&text));
        }
        (!lines.is_empty()).then_some(Lines(lines))
    }

    /// The places of all breakpoints.
    pub(crate) fn places(&mut self) -> Places {
        let list: Vec<Breakpoint> = self.breakpoints.values().cloned().collect();
        let by_name = list.iter().any(|b| matches!(b.place, Spot::Function(_)));
        let mut places =
            Places::new(&list, |source, line| self.resolve(source, line).unwrap_or(line));
        if by_name {
            for function in self.program().machine().functions() {
                places.learn(function.data());
            }
        }
        places
    }

    /// Whether any breakpoint counts its hits.
    pub(crate) fn counts_hits(&self) -> bool {
        self.breakpoints.values().any(|b| b.hits.is_some())
            || self.watchpoints.iter().any(|w| w.hits.is_some())
    }

    /// Which of the breakpoints that were reached stop the program; log points say what they have to.
    pub(crate) fn accepted(
        &mut self,
        reached: &[u32],
        counts: &mut HashMap<u32, u64>,
        says: bool,
    ) -> Vec<u32> {
        let mut stops = Vec::new();
        for id in reached {
            let Some(breakpoint) = self.breakpoints.get(id).cloned() else { continue };
            let Breakpoint { condition, hits, .. } = &breakpoint;
            if !self.passes(*id, condition.as_deref(), *hits, counts, says) {
                continue;
            }
            match &breakpoint.log {
                Some(log) if says => {
                    let said = self.filled(log);
                    self.notes.push(said);
                }
                Some(_) => {}
                None => stops.push(*id),
            }
        }
        stops
    }

    /// Whether a stop that was reached is one, by its condition and the count of its hits.
    pub(crate) fn passes(
        &mut self,
        id: u32,
        condition: Option<&str>,
        hits: Option<Hits>,
        counts: &mut HashMap<u32, u64>,
        says: bool,
    ) -> bool {
        if let Some(condition) = condition {
            match self.is_true(condition) {
                Ok(true) => {}
                Ok(false) => return false,
                Err(why) if says => {
                    self.notes.push(format!("condition of breakpoint {id}: {why}"));
                }
                Err(_) => {}
            }
        }
        let count = counts.entry(id).or_default();
        *count += 1;
        hits.is_none_or(|hits| hits.accepts(*count))
    }

    /// The text of a log point, with the values of its expressions.
    fn filled(&mut self, log: &str) -> String {
        let mut out = String::new();
        let mut rest = log;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((expression, after)) = after.split_once('}') else { break };
            out.push_str(before);
            match self.evaluate_here(expression) {
                Ok(value) => out.push_str(value.text.trim_matches('"')),
                Err(why) => out.push_str(&format!("<{why}>")),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    // ------------------------------------------------------------------ looking

    /// The running coroutine.
    pub fn current_thread(&mut self) -> ThreadId {
        let machine = self.program().machine();
        thread_id(machine, machine.current_thread())
    }

    /// Evaluates an expression in a copy of the program.
    ///
    /// # Errors
    /// What is wrong with it, or the error that it has raised.
    pub fn evaluate(&mut self, context: Context, text: &str) -> Result<Evaluated, String> {
        self.copies()?.evaluate(context, text)
    }

    /// The same, of whose value the program can have what it can.
    pub(crate) fn evaluate_to_keep(
        &mut self,
        context: Context,
        text: &str,
    ) -> Result<Evaluated, String> {
        self.copies()?.evaluate_in_place(context, text)
    }

    /// Copies of the present state.
    fn copies(&mut self) -> Result<&Copies, String> {
        let now = self.now();
        let copies = match self.copies.take() {
            Some((time, copies)) if time == now => copies,
            _ => Copies::of(&mut self.timeline.program, &self.registry)?,
        };
        Ok(&self.copies.insert((now, copies)).1)
    }

    /// The same in the topmost function.
    pub fn evaluate_here(&mut self, text: &str) -> Result<Evaluated, String> {
        let context = self.top_context();
        self.evaluate(context, text)
    }

    /// The topmost function of the language of the running coroutine.
    pub fn top_context(&mut self) -> Context {
        let thread = self.current_thread();
        let machine = self.program().machine();
        let level = machine.frames(machine.current_thread()).position(|f| code_of(&f).is_some());
        Context { thread, level: level.unwrap_or(0) }
    }

    fn is_true(&mut self, condition: &str) -> Result<bool, String> {
        Ok(!self.evaluate_here(condition)?.raw.is_falsy())
    }

    /// Forgets the copies of the present state: it was changed.
    pub fn has_changed(&mut self) {
        self.copies = None;
    }

    /// The message of the error at which the program has stopped.
    pub fn error_message(&mut self) -> Option<String> {
        let machine = self.program().machine();
        let error = machine.stopped_error()?;
        Some(match error.as_str() {
            Some(message) => text(message.bytes()),
            None => shown(machine, error),
        })
    }

    /// The chunk and line at which the program is.
    pub fn position(&mut self) -> Option<(Vec<u8>, u32)> {
        let machine = self.program().machine();
        let mut frames = machine.frames(machine.current_thread());
        let (proto, pc) = frames.find_map(|frame| code_of(&frame))?;
        let data = proto.data();
        let line = luka_vm::debug::position::line_of(data, pc)?;
        Some((data.chunk.source_name.as_deref()?.to_vec(), line))
    }

    /// The text of a chunk: what the machine has kept of it, or that of its file.
    pub fn text_of(&mut self, chunk: &[u8]) -> Option<Vec<u8>> {
        let kept = self.program().machine().functions().into_iter().find_map(|function| {
            let data = function.data();
            let same = data.chunk.source_name.as_deref() == Some(chunk);
            data.chunk.source_text.as_ref().filter(|_| same).map(|text| text.to_vec())
        });
        if kept.is_some() {
            return kept;
        }
        let name = String::from_utf8_lossy(chunk).into_owned();
        match chunk.first() {
            Some(b'@') => read_text(&name[1..]),
            Some(b'=') => None,
            _ => Some(chunk.to_vec()),
        }
    }

    /// The chunks of the program's functions, in the order of their names.
    pub fn chunks(&mut self) -> Vec<Vec<u8>> {
        let functions = self.program().machine().functions();
        let names: BTreeSet<Vec<u8>> = functions
            .iter()
            .filter(|f| !f.data().chunk.native)
            .filter_map(|f| f.data().chunk.source_name.as_deref().map(<[u8]>::to_vec))
            .collect();
        names.into_iter().collect()
    }

    /// Whether the program is at an instruction of a function of the language.
    pub fn is_in_language(&mut self) -> bool {
        here(self.program().machine()).is_some()
    }

    /// Why the machine has halted, where no rule has.
    pub(crate) fn halted(&mut self, halt: Halt) -> Reason {
        match halt {
            Halt::Ended => Reason::End,
            Halt::Left => Reason::Left,
            Halt::Interrupted => Reason::Pause,
            Halt::Limit | Halt::Mark => Reason::Goto,
            Halt::Error => {
                let message = self.error_message().unwrap_or_default();
                Reason::Error { message, caught: true }
            }
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "texts that the program has not kept")]
fn read_text(path: &str) -> Option<Vec<u8>> {
    std::fs::read(path).ok()
}

/// The lines of a text in which code begins; none if it is no program.
fn lines_of_text(text: &[u8]) -> BTreeSet<u32> {
    let mut lines = BTreeSet::new();
    let registry = Registry::builder().libs(luka::Libs::NONE).build();
    let Ok(mut vm) = luka::Vm::builder(&registry).build() else { return lines };
    if vm.compile(luka::Chunk::file(text.to_vec()).name("=text")).is_err() {
        return lines;
    }
    for function in luka::toolchain::machine(&mut vm).functions() {
        let data = function.data();
        if data.chunk.source_name.as_deref() == Some(b"=text") {
            lines.extend(line_starts(data).into_iter().map(|(_, line)| line));
        }
    }
    lines
}
