//! What commands do.

use luka_debug::{
    Access, Breakpoint, Context, Engine, Filters, Frame, Phase, Reason, Spot, ThreadId, Time,
    Variable, Watchpoint, coroutines, frames,
};
use luka_vm::run::look::Place;

use super::command::{Command, HELP, parse};
use super::input::{Input, Line};
use super::paint::Paint;
use super::progress::reporter;
use super::screen::{self, Values};
use crate::cli::{CliError, Console};
use crate::interrupt::{Asked, Watch};

/// A person, or a script, and the debugger.
pub struct Session<'a> {
    engine: Engine,
    console: &'a Console,
    input: Input,
    file: String,
    /// The frame that is looked at.
    level: usize,
    /// The last command that moves, which an empty line repeats.
    last: Option<Command>,
    values: Values,
    paint: Paint,
    asked: Asked,
    _watch: Watch,
}

type Done = Result<(), String>;

impl<'a> Session<'a> {
    pub fn new(
        mut engine: Engine,
        console: &'a Console,
        input: Input,
        file: String,
    ) -> Session<'a> {
        let asked = Asked::default();
        let watch = Watch::session(&asked);
        engine.timeline.progress = reporter();
        Session {
            engine,
            console,
            input,
            file,
            level: 0,
            last: None,
            values: Values::default(),
            paint: Paint::of_output(),
            asked,
            _watch: watch,
        }
    }

    /// Does commands until they end.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub fn run(mut self) -> Result<(), CliError> {
        self.engine.timeline.program.flag = self.asked.flag.clone().into();
        self.stopped()?;
        loop {
            // (What is pressed while a line is read is the line's; as soon as it is complete, Ctrl-C stops
            // what the line asks for.)
            self.asked.forget();
            let text = match self.input.next() {
                Line::Text(text) => text,
                Line::Interrupted => continue,
                Line::End => return Ok(()),
            };
            if !self.input.is_terminal() {
                self.print(&format!("(luka) {text}\n"))?;
            }
            let command = match (text.trim(), &self.last) {
                ("", Some(last)) => Ok(last.clone()),
                ("", None) => continue,
                (text, _) => parse(text),
            };
            match command {
                Ok(Command::Quit) => return Ok(()),
                Ok(command) => {
                    self.last = repeated(&command);
                    if let Err(why) = self.act(command)? {
                        self.print(&format!("{why}\n"))?;
                    }
                }
                Err(why) => self.print(&format!("{why}\n"))?,
            }
        }
    }

    fn print(&self, text: &str) -> Result<(), CliError> {
        self.console.print(text.as_bytes())?;
        Ok(())
    }

    fn act(&mut self, command: Command) -> Result<Done, CliError> {
        let done = match command {
            Command::Continue => return self.moved(true, Engine::go_on),
            Command::Step(step) => return self.moved(true, |engine| engine.step(step)),
            Command::Back(back) => return self.moved(false, |engine| engine.step_back(back)),
            Command::Reverse => return self.moved(false, Engine::go_back),
            Command::Goto(to) => {
                let time = match (self.engine.marks.get(&to), to.parse()) {
                    (Some(time), _) => *time,
                    (None, Ok(fuel)) => Time::at(fuel),
                    (None, Err(_)) => return Ok(Err(format!("there is no mark '{to}'"))),
                };
                let latest = self.engine.timeline.frontier();
                if time > latest {
                    self.print(&format!("the program has come to {} so far\n", latest.fuel))?;
                }
                return self.moved(false, |engine| engine.go_to(time));
            }
            Command::Why(name) => return self.why(&name),
            Command::Jump(line) => return self.jump(line),
            Command::Restart => {
                let context = self.context();
                return self.moved(false, |engine| engine.restart(context));
            }
            Command::Break { at: None, .. } => Ok(self.breakpoints()),
            Command::Break { at: Some(at), condition } => self.set_breakpoint(&at, condition),
            Command::Watch(name, access) => self.watch(&name, access),
            Command::Instructions => {
                let context = self.context();
                screen::listing(&mut self.engine, context, self.paint)
            }
            Command::Set(name, value) => self.set(&name, &value),
            Command::Delete(Some(id)) => match self.engine.remove_breakpoint(id) {
                true => Ok(String::new()),
                false => Err(format!("there is no breakpoint {id}")),
            },
            Command::Delete(None) => {
                let ids: Vec<u32> = self.engine.breakpoints().map(|b| b.id).collect();
                for id in ids {
                    self.engine.remove_breakpoint(id);
                }
                self.engine.clear_watchpoints();
                Ok(String::new())
            }
            Command::List(line) => self.list(line),
            Command::Mark(name) => Ok(self.mark(name)),
            Command::Print(text) => {
                let context = self.context();
                self.engine.evaluate(context, &text).map(|value| format!("{}\n", value.text))
            }
            Command::Locals => match self.frame() {
                Some((thread, frame)) => {
                    let (values, paint) = (&self.values, self.paint);
                    Ok(screen::locals(&mut self.engine, thread, &frame, values, paint))
                }
                None => Err("the program does not run".to_string()),
            },
            Command::Stack => Ok(screen::stack(&self.frames(), self.context().level, self.paint)),
            Command::Up => self.select(1),
            Command::Down => self.select(-1),
            Command::Coroutines => Ok(self.coroutines()),
            Command::Catch(which) => self.catch(which.as_deref()),
            Command::Time => Ok(self.time()),
            Command::Help => Ok(HELP.to_string()),
            Command::Quit => Ok(String::new()),
        };
        match done {
            Ok(text) => self.print(&text).map(|()| Ok(())),
            Err(why) => Ok(Err(why)),
        }
    }

    // ------------------------------------------------------------------ moving

    fn moved(
        &mut self,
        forward: bool,
        movement: impl FnOnce(&mut Engine) -> Done,
    ) -> Result<Done, CliError> {
        if forward && self.engine.has_ended() {
            return Ok(Err("the program has ended: bn, bc and goto go back".to_string()));
        }
        if let Err(why) = self.travel(movement) {
            return Ok(Err(why));
        }
        self.engine.timeline.program.tape().flush();
        for note in std::mem::take(&mut self.engine.notes) {
            self.print(&format!("{note}\n"))?;
        }
        self.level = 0;
        self.stopped().map(Ok)
    }

    /// Moves, with the progress shown if it takes long. If it is given up, the program goes back to where
    /// it was.
    fn travel(&mut self, movement: impl FnOnce(&mut Engine) -> Done) -> Done {
        let from = self.engine.now();
        self.engine.timeline.begin_work();
        let done = movement(&mut self.engine);
        self.engine.timeline.end_work();
        match done {
            Ok(()) => Ok(()),
            Err(why) => self.engine.go_to(from).and(Err(why)),
        }
    }

    fn stopped(&mut self) -> Result<(), CliError> {
        self.engine.timeline.program.tape().flush();
        let (thread, frames) = (self.engine.current_thread(), self.frames());
        self.values.stopped(&mut self.engine, thread, &frames);
        if let Some(text) = screen::reason(&self.engine.reason, self.paint) {
            self.print(&format!("{text}\n"))?;
        }
        if self.engine.reason != Reason::End {
            let text = screen::place(&mut self.engine, self.paint);
            return self.print(&text);
        }
        if let Phase::Ended(end) = self.engine.timeline.program.phase().clone() {
            if let Some(error) = end.error {
                self.print(&format!("{}\n", self.paint.error(&format!("luka: {error}"))))?;
            }
            self.print(&format!("exit code {}\n", end.code))?;
        }
        Ok(())
    }

    /// Has the function go on in another line.
    fn jump(&mut self, line: u32) -> Result<Done, CliError> {
        let here = self.engine.position().map(|(chunk, _)| chunk);
        let chunk = here.map(|chunk| String::from_utf8_lossy(&chunk).into_owned());
        let source = chunk.as_deref().map(|name| name.strip_prefix('@').unwrap_or(name));
        let Some(source) = source else { return Ok(Err("the program does not run".to_string())) };
        let to = match self.engine.targets(source, line).map(|targets| targets.first().copied()) {
            Ok(Some(to)) => to,
            Ok(None) => return Ok(Err(format!("nothing begins in line {line}"))),
            Err(why) => return Ok(Err(why)),
        };
        self.moved(false, |engine| engine.jump(to))
    }

    /// Follows a value from store to store, and goes to the last one.
    fn why(&mut self, name: &str) -> Result<Done, CliError> {
        let place = match self.place_of(name) {
            Ok((_, place)) => place,
            Err(why) => return Ok(Err(why)),
        };
        let mut trail = None;
        let moved = self.travel(|engine| engine.follow(&place).map(|found| trail = Some(found)));
        if let Err(why) = moved {
            return Ok(Err(why));
        }
        let Some(trail) = trail else { return Ok(Ok(())) };
        let Some(first) = trail.stores.first() else {
            return Ok(Err(format!("{name}: {}", trail.end)));
        };
        let change = &first.change;
        self.print(&format!("{name}: {} → {}\n", change.before, change.after))?;
        for (n, store) in (1..).zip(&trail.stores) {
            self.engine.marks.insert(format!("why{n}"), store.change.time);
        }
        self.print(&screen::trail(&trail, self.paint))?;
        self.level = 0;
        self.stopped().map(Ok)
    }

    // ------------------------------------------------------------------ looking

    fn frames(&mut self) -> Vec<Frame> {
        let thread = self.engine.current_thread();
        frames(self.engine.timeline.program.machine(), thread)
    }

    fn context(&mut self) -> Context {
        let top = self.engine.top_context();
        match self.level {
            0 => top,
            level => Context { level, ..top },
        }
    }

    fn frame(&mut self) -> Option<(ThreadId, Frame)> {
        let Context { thread, level } = self.context();
        let found = self.frames().into_iter().find(|frame| frame.level == level)?;
        Some((thread, found))
    }

    fn select(&mut self, by: isize) -> Result<String, String> {
        let level = self.context().level;
        let frames = self.frames();
        let at = frames.iter().position(|frame| frame.level == level).unwrap_or(0);
        let next = at.checked_add_signed(by).and_then(|at| frames.get(at));
        let frame = next.ok_or("there is no such frame")?;
        self.level = frame.level;
        let mut text = screen::stack(std::slice::from_ref(frame), frame.level, self.paint);
        if let (Some(chunk), Some(line)) = (&frame.chunk, frame.line)
            && let Some(source) = self.engine.text_of(chunk)
        {
            text.push_str(&screen::source(&source, line, 1, true, self.paint));
        }
        Ok(text)
    }

    fn list(&mut self, line: Option<u32>) -> Result<String, String> {
        let (chunk, here) = self.engine.position().ok_or("the program does not run")?;
        let text = self.engine.text_of(&chunk).ok_or("the text is not there")?;
        let line = line.unwrap_or(here);
        Ok(screen::source(&text, line, 8, line == here, self.paint))
    }

    fn coroutines(&mut self) -> String {
        let list = coroutines(self.engine.timeline.program.machine());
        let line = |c: &luka_debug::Coroutine| {
            format!("{} {}\n", if c.is_current { "→" } else { " " }, c.name)
        };
        list.iter().map(line).collect()
    }

    fn time(&mut self) -> String {
        let now = self.engine.now().fuel;
        let timeline = &self.engine.timeline;
        let points = timeline.points();
        let bytes: usize = points.iter().map(|(_, size)| size).sum();
        let mut text = format!(
            "now {now}, from {} to {}; {} states kept, {} KB\n",
            timeline.start().fuel,
            timeline.frontier().fuel,
            points.len(),
            bytes / 1024,
        );
        if let Some(why) = &timeline.unsavable {
            text.push_str(&format!("no state can be kept now: {why}\n"));
        }
        for (name, time) in &self.engine.marks {
            text.push_str(&format!("  {name} = {}\n", time.fuel));
        }
        text
    }

    fn mark(&mut self, name: Option<String>) -> String {
        let now = self.engine.now();
        let name = name.unwrap_or_else(|| format!("m{}", self.engine.marks.len() + 1));
        self.engine.marks.insert(name.clone(), now);
        format!("{name} = {}\n", now.fuel)
    }

    // ------------------------------------------------------------------ breakpoints

    fn set_breakpoint(&mut self, at: &str, condition: Option<String>) -> Result<String, String> {
        let place = match (at.parse::<u32>(), at.rsplit_once(':')) {
            (Ok(line), _) => {
                let here = self.engine.position().map(|(chunk, _)| chunk);
                let source = here.map_or(self.file.clone(), |chunk| {
                    let name = String::from_utf8_lossy(&chunk).into_owned();
                    name.strip_prefix('@').map_or(name.clone(), str::to_string)
                });
                Spot::Line { source, line }
            }
            (_, Some((source, line))) if line.parse::<u32>().is_ok() => {
                Spot::Line { source: source.to_string(), line: line.parse().unwrap_or(1) }
            }
            _ => Spot::Function(at.to_string()),
        };
        let id = self.engine.new_id();
        let shown = match &place {
            Spot::Line { source, line } => match self.engine.resolve(source, *line) {
                Some(line) => format!("breakpoint {id} at {source}:{line}\n"),
                None => format!("breakpoint {id} at {source}:{line}, when it is loaded\n"),
            },
            _ => format!("breakpoint {id} at function {at}\n"),
        };
        self.engine.set_breakpoint(Breakpoint { id, place, condition, hits: None, log: None });
        Ok(shown)
    }

    fn breakpoints(&mut self) -> String {
        let mut text = String::new();
        for b in self.engine.breakpoints() {
            let place = match &b.place {
                Spot::Line { source, line } => format!("{source}:{line}"),
                Spot::Function(name) => format!("function {name}"),
                Spot::Instruction { function, pc } => {
                    let (source, line) = function.place();
                    let source = luka_vm::debug::position::chunk_id(source.unwrap_or(b"=?"));
                    let source = String::from_utf8_lossy(&source);
                    format!("{source}, function at line {line}, instruction {pc}")
                }
            };
            let condition = b.condition.as_ref().map_or(String::new(), |c| format!(" if {c}"));
            text.push_str(&format!("{:>3}  {place}{condition}\n", b.id));
        }
        for w in self.engine.watchpoints() {
            let what = match w.access {
                Access::Change => "changes of",
                Access::Read => "reads of",
                Access::Both => "changes and reads of",
            };
            text.push_str(&format!("{:>3}  {what} {}\n", w.id, w.name));
        }
        if text.is_empty() { "no breakpoints\n".to_string() } else { text }
    }

    fn watch(&mut self, name: &str, access: Access) -> Result<String, String> {
        let (value, place) = self.place_of(name)?;
        let id = self.engine.new_id();
        let (condition, hits) = (None, None);
        let named = name.to_string();
        self.engine.set_watchpoint(Watchpoint { id, name: named, place, access, condition, hits });
        Ok(format!("watchpoint {id}: {name} = {value}\n"))
    }

    fn set(&mut self, name: &str, value: &str) -> Result<String, String> {
        let (_, place) = self.place_of(name)?;
        let context = self.context();
        let value = self.engine.assign(context, &place, value)?;
        let notes = std::mem::take(&mut self.engine.notes).join("\n");
        Ok(format!("{name} = {value}\n{notes}\n"))
    }

    fn catch(&mut self, which: Option<&str>) -> Result<String, String> {
        let (uncaught, caught) = match which {
            Some("all") => (true, true),
            Some("uncaught") | None => (true, false),
            Some("none") => (false, false),
            Some(other) => return Err(format!("catch {other}: all, uncaught or none")),
        };
        self.engine.filters = Filters { uncaught, caught, ..Filters::default() };
        Ok(String::new())
    }

    /// Where the value of a variable, or of a field as `a.b[1].c`, is kept.
    fn place_of(&mut self, name: &str) -> Result<(String, Place), String> {
        let Context { thread, level } = self.context();
        let machine = self.engine.timeline.program.machine();
        let variable = luka_debug::find(machine, thread, level, name)?;
        let Variable { value, place, .. } = variable;
        let place = place.ok_or_else(|| format!("{name} cannot be watched"))?;
        Ok((value, place))
    }
}

/// The command that an empty line repeats.
fn repeated(command: &Command) -> Option<Command> {
    let moves = matches!(
        command,
        Command::Continue | Command::Step(_) | Command::Back(_) | Command::Reverse
    );
    moves.then(|| command.clone())
}
