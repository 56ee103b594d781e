//! Requests that set something or move the program, and what answers them.

use luka_debug::{Back, Context, Engine, Phase, Reason, Spot, Step, ThreadId, Time};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

use crate::capabilities::capabilities;
use crate::progress::reporter;
use crate::requests::{Came, Requests};
use crate::transport::Client;
use crate::values::Numbers;

pub(crate) type Answer = Result<Value, String>;

/// A movement that a client has asked for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Move {
    Begin,
    Continue,
    /// What a request has interrupted.
    Resume,
    Step(Step),
    Back(Back),
    Reverse,
    Goto(Time),
    Restart(Context),
    /// It was taken where it is.
    Stay,
}

/// What a server serves.
pub trait Programs {
    /// Begins the program that a client asks for; its debugger, at its first line.
    ///
    /// # Errors
    /// Why there is none.
    fn launch(&mut self, arguments: &Value) -> Result<Engine, String>;

    /// The debugger of the program that runs already.
    ///
    /// # Errors
    /// There is none, or it cannot be debugged.
    fn attach(&mut self, arguments: &Value) -> Result<Engine, String>;

    /// Sends what programs have written, where the server does that.
    fn send_output(&mut self) {}
}

/// The server of one client.
pub struct Server<P> {
    pub(crate) client: Client,
    pub(crate) programs: P,
    pub(crate) requests: Requests,
    pub(crate) engine: Option<Engine>,
    pub(crate) numbers: Numbers,
    /// The program is the host's, which goes on when the client has gone.
    is_attached: bool,
    /// The client has said what it wants to see.
    pub(crate) is_configured: bool,
    /// The client knows that the program stands still.
    pub(crate) stands: bool,
    /// The program is to stop at its first line.
    stops_on_entry: bool,
    /// What is to be done when a request is answered.
    pub(crate) next: Option<Move>,
    /// The client has asked for a pause.
    pauses: bool,
    pub(crate) ends: bool,
    /// Paths that the client has named.
    pub(crate) named: BTreeSet<String>,
    /// Breakpoints that clients replace together, by what they are about.
    pub(crate) groups: Vec<(String, Vec<u32>)>,
    counts_from_one: bool,
    /// The client shows progress.
    shows_progress: bool,
}

/// The number of a coroutine.
pub(crate) fn number_of(thread: ThreadId) -> u64 {
    match thread {
        ThreadId::Main => 1,
        ThreadId::Cell(number) => number + 2,
    }
}

/// The coroutine with a number.
pub(crate) fn thread_of(number: u64) -> ThreadId {
    match number {
        0 | 1 => ThreadId::Main,
        n => ThreadId::Cell(n - 2),
    }
}

impl<P: Programs> Server<P> {
    /// A server for a client, whose requests come from `requests`.
    pub fn new(client: Client, programs: P, requests: Requests) -> Server<P> {
        Server {
            client,
            programs,
            requests,
            engine: None,
            numbers: Numbers::default(),
            is_attached: false,
            is_configured: false,
            stands: false,
            stops_on_entry: false,
            next: None,
            pauses: false,
            ends: false,
            named: BTreeSet::new(),
            groups: Vec::new(),
            counts_from_one: true,
            shows_progress: false,
        }
    }

    /// Answers until the client goes.
    pub fn serve(mut self) {
        while !self.ends {
            let Some(request) = self.requests.next() else { break };
            self.request(request);
            while let Some(next) = self.next.take() {
                self.go(next);
            }
        }
        self.programs.send_output();
    }

    /// The host of the program that stands still wants it back: it goes on from the latest moment.
    pub(crate) fn resume_for_host(&mut self) {
        self.client.event("continued", json!({ "threadId": 1, "allThreadsContinued": true }));
        let Some(engine) = &mut self.engine else { return };
        let frontier = engine.timeline.frontier();
        if engine.now() < frontier
            && let Err(why) = engine.go_to(frontier)
        {
            self.client.event("output", json!({ "category": "important", "output": why }));
        }
        self.next = Some(Move::Continue);
    }

    /// The client is let go of.
    pub(crate) fn goes(&self) {
        if !self.ends {
            self.client.event("terminated", json!({}));
        }
    }

    /// Answers what has come.
    pub(crate) fn answer_all(&mut self) {
        while !self.ends {
            match self.requests.waiting() {
                Came::Request(request) => self.request(request),
                Came::Nothing => return,
                Came::End => self.ends = true,
            }
        }
    }

    pub(crate) fn request(&mut self, request: Result<Value, String>) {
        let request = match request {
            Ok(request) => request,
            Err(why) => {
                self.client.event("output", json!({ "category": "important", "output": why }));
                self.ends = true;
                return;
            }
        };
        let command = request["command"].as_str().unwrap_or_default().to_string();
        let arguments = &request["arguments"];
        let answer = self.answer(&command, arguments);
        let launched = matches!(&*command, "launch" | "attach") && answer.is_ok();
        self.client.answer(&request, answer);
        if launched && self.is_attached {
            self.client.event("capabilities", json!({ "capabilities": self.attached() }));
        }
        if launched {
            self.client.event("initialized", Value::Null);
        }
    }

    fn answer(&mut self, command: &str, arguments: &Value) -> Answer {
        match command {
            "initialize" => {
                self.counts_from_one = arguments["linesStartAt1"].as_bool().unwrap_or(true);
                self.shows_progress = arguments["supportsProgressReporting"] == true;
                Ok(capabilities())
            }
            "launch" => self.launch(arguments),
            "attach" => self.attach(arguments),
            "configurationDone" => {
                self.engine()?;
                self.is_configured = true;
                match self.is_attached {
                    true => self.pauses |= self.stops_on_entry,
                    false => self.next = Some(Move::Begin),
                }
                Ok(Value::Null)
            }
            "terminate" if self.is_attached => {
                Err("the program is its host's: it goes on when you disconnect".to_string())
            }
            "disconnect" | "terminate" => {
                self.ends = true;
                if command == "terminate" {
                    self.client.event("terminated", json!({}));
                }
                Ok(Value::Null)
            }
            "setBreakpoints" => self.set_breakpoints(arguments),
            "setFunctionBreakpoints" => self.set_function_breakpoints(arguments),
            "setInstructionBreakpoints" => self.set_instruction_breakpoints(arguments),
            "setExceptionBreakpoints" => self.set_filters(arguments),
            "dataBreakpointInfo" => self.data_breakpoint(arguments),
            "setDataBreakpoints" => self.set_data_breakpoints(arguments),
            "pause" => {
                self.pauses = !self.stands;
                Ok(Value::Null)
            }
            "cancel" => Ok(Value::Null),
            "continue" => self.start(Move::Continue, json!({ "allThreadsContinued": true })),
            "next" => self.start(Move::Step(stepping(arguments, Step::Over)), Value::Null),
            "stepIn" => {
                let into = match &arguments["targetId"] {
                    Value::Null => Step::In,
                    target => Step::Call(self.numbers.target_of(target)?),
                };
                self.start(Move::Step(stepping(arguments, into)), Value::Null)
            }
            "stepInTargets" => self.step_in_targets(arguments),
            "gotoTargets" => self.goto_targets(arguments),
            "goto" => self.goto(arguments),
            "restartFrame" => self.restart_frame(arguments),
            "disassemble" => self.disassemble(arguments),
            "setExpression" => self.set_expression(arguments),
            "stepOut" => self.start(Move::Step(stepping(arguments, Step::Out)), Value::Null),
            "stepBack" => {
                let instruction = arguments["granularity"] == "instruction";
                let back = if instruction { Back::Instruction } else { Back::Over };
                self.start(Move::Back(back), Value::Null)
            }
            "reverseContinue" => self.start(Move::Reverse, Value::Null),
            "luka/stepBackInto" => self.start(Move::Back(Back::In), Value::Null),
            "luka/stepBackOut" => self.start(Move::Back(Back::Out), Value::Null),
            "luka/goto" => {
                let time = match arguments["mark"].as_str() {
                    Some(mark) => {
                        let marks = &self.engine()?.marks;
                        *marks.get(mark).ok_or_else(|| format!("there is no mark '{mark}'"))?
                    }
                    None => Time::at(arguments["time"].as_u64().ok_or("give a time or a mark")?),
                };
                self.start(Move::Goto(time), Value::Null)
            }
            "luka/mark" => {
                let name = arguments["name"].as_str().ok_or("give a name")?.to_string();
                let engine = self.engine()?;
                let now = engine.now();
                engine.marks.insert(name, now);
                Ok(json!({ "time": now.fuel }))
            }
            "setVariable" => self.set_variable(arguments),
            "luka/timeline" => self.timeline(),
            "luka/lastChange" => self.last_change(arguments),
            "luka/why" => self.why(arguments),
            _ => self.look(command, arguments),
        }
    }

    /// A line, or a column, as the client counts.
    pub(crate) fn line(&self, line: u32) -> u32 {
        if self.counts_from_one { line } else { line.saturating_sub(1) }
    }

    /// A line that the client names, counted from 1.
    pub(crate) fn line_named(&self, line: &Value) -> Option<u32> {
        let shift = 1 - self.line(1);
        line.as_u64().map(|line| u32::try_from(line).unwrap_or(u32::MAX).saturating_add(shift))
    }

    pub(crate) fn engine(&mut self) -> Result<&mut Engine, String> {
        self.engine.as_mut().ok_or_else(|| "no program was launched".to_string())
    }

    fn launch(&mut self, arguments: &Value) -> Answer {
        if self.engine.is_some() {
            return Err("there is a program already".to_string());
        }
        let launched = self.programs.launch(arguments);
        self.programs.send_output();
        self.serve_program(launched?, arguments);
        Ok(Value::Null)
    }

    fn attach(&mut self, arguments: &Value) -> Answer {
        if self.engine.is_some() {
            return Err("there is a program already".to_string());
        }
        let engine = self.programs.attach(arguments)?;
        self.serve_program(engine, arguments);
        self.is_attached = true;
        self.send_notes();
        Ok(Value::Null)
    }

    fn serve_program(&mut self, mut engine: Engine, arguments: &Value) {
        self.stops_on_entry = arguments["stopOnEntry"].as_bool().unwrap_or(false);
        if self.shows_progress {
            engine.timeline.progress = Some(reporter(self.client.clone()));
        }
        self.engine = Some(engine);
    }

    /// What there is of the capabilities for a program that the client is attached to.
    fn attached(&self) -> Value {
        let is_recorded = self.engine.as_ref().is_some_and(|engine| engine.timeline.is_recorded());
        json!({
            "supportsStepBack": is_recorded,
            "supportsRestartFrame": is_recorded,
            "supportsTerminateRequest": false,
            "supportTerminateDebuggee": false,
        })
    }

    // ------------------------------------------------------------------ moving

    fn start(&mut self, movement: Move, body: Value) -> Answer {
        let engine = self.engine()?;
        if matches!(movement, Move::Continue | Move::Step(_)) && engine.has_ended() {
            return Err("the program has ended; it can only go back".to_string());
        }
        self.next = Some(movement);
        Ok(body)
    }

    pub(crate) fn go(&mut self, movement: Move) {
        let stays = match movement {
            Move::Stay => true,
            // (A program that was saved stands where it was stopped.)
            Move::Begin => {
                let reason = self.engine.as_ref().map(|engine| &engine.reason);
                self.stops_on_entry || reason.is_some_and(|reason| *reason != Reason::Entry)
            }
            _ => false,
        };
        if stays {
            self.numbers.clear();
            self.send_notes();
            return self.stopped();
        }
        self.numbers.clear();
        self.stands = false;
        let Some(engine) = &mut self.engine else { return };
        let (from, why) = (engine.now(), engine.reason.clone());
        engine.timeline.program.flag = match movement {
            Move::Begin | Move::Continue | Move::Resume | Move::Step(_) => {
                self.requests.any.clone()
            }
            _ => self.requests.urgent.clone(),
        };
        // (What has come already is not to wait.)
        self.requests.lower();
        if self.pauses {
            engine.timeline.program.flag.raise();
        }
        engine.timeline.begin_work();
        let moved = match movement {
            Move::Begin => engine.begin(),
            Move::Continue => engine.go_on(),
            Move::Resume => engine.resume(),
            Move::Step(step) => engine.step(step),
            Move::Back(back) => engine.step_back(back),
            Move::Reverse => engine.go_back(),
            Move::Goto(time) => engine.go_to(time),
            Move::Restart(context) => engine.restart(context),
            Move::Stay => Ok(()),
        };
        engine.timeline.end_work();
        engine.timeline.program.flush();
        self.programs.send_output();
        self.send_notes();
        if let Err(failed) = moved {
            return self.not_moved(&failed, from, why);
        }
        // The program is done, or waits, for its host: that goes on.
        if self.engine.as_ref().is_some_and(|engine| engine.reason == Reason::Left) {
            return;
        }
        // Requests have come while it ran.
        if self.engine.as_ref().is_some_and(|engine| engine.reason == Reason::Pause) {
            self.answer_all();
            if !self.pauses && !self.ends {
                self.next.get_or_insert(Move::Resume);
                return;
            }
        }
        self.pauses = false;
        if !self.ends {
            self.stopped();
        }
    }

    /// A movement was given up: the program goes back to where it was.
    fn not_moved(&mut self, failed: &str, from: Time, why: Reason) {
        self.answer_all();
        self.pauses = false;
        self.requests.urgent.lower();
        if let Some(engine) = &mut self.engine {
            match engine.go_to(from) {
                Ok(()) => engine.reason = why,
                Err(again) => {
                    let body = json!({ "category": "important", "output": format!("{again}\n") });
                    self.client.event("output", body);
                }
            }
        }
        let body = json!({ "category": "important", "output": format!("{failed}\n") });
        self.client.event("output", body);
        self.stopped();
    }

    /// Tells why the program has stopped.
    pub(crate) fn stopped(&mut self) {
        self.stands = true;
        let Some(engine) = &mut self.engine else { return };
        let thread = number_of(engine.current_thread());
        let mut body = json!({ "threadId": thread, "allThreadsStopped": true });
        let (reason, text) = match &engine.reason {
            Reason::Entry => ("entry", None),
            Reason::Step => ("step", None),
            Reason::Breakpoint(ids) => {
                body["hitBreakpointIds"] = json!(ids);
                (kind_of(engine, ids), None)
            }
            Reason::Change(id, text) => {
                body["hitBreakpointIds"] = json!([id]);
                ("data breakpoint", Some(text.clone()))
            }
            Reason::Error { message, .. } => ("exception", Some(message.clone())),
            Reason::Pause | Reason::Left => ("pause", None),
            Reason::Goto => ("goto", None),
            Reason::Restart => ("restart", None),
            Reason::Beginning => ("entry", Some("the recording begins here".to_string())),
            Reason::End => {
                let end = match engine.timeline.program.phase() {
                    Phase::Ended(end) => Some(end.clone()),
                    _ => None,
                };
                if let Some(error) = end.as_ref().and_then(|end| end.error.clone()) {
                    let output = format!("luka: {error}\n");
                    self.client.event("output", json!({ "category": "stderr", "output": output }));
                }
                let code = end.map_or(0, |end| end.code);
                self.client.event("exited", json!({ "exitCode": code }));
                self.client.event("terminated", json!({}));
                return;
            }
        };
        body["reason"] = json!(reason);
        if let Some(text) = text {
            body["text"] = json!(text);
            body["description"] = json!(text);
        }
        self.client.event("stopped", body);
    }
}

/// The number of a chunk without a file: a hash of its name (FNV).
pub(crate) fn reference(chunk: &[u8]) -> u64 {
    let mut hash = 0x811c_9dc5_u32;
    for byte in chunk {
        hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    }
    u64::from(hash & 0x7fff_ffff).max(1)
}

/// A chunk as clients know it: by its path, or by a number where it has no file. Hosts name their chunks
/// as they like: it is the file whose path ends so, if the client has named one.
pub(crate) fn source(chunk: &[u8], named: &BTreeSet<String>) -> Value {
    let name = String::from_utf8_lossy(chunk).into_owned();
    if let Some(path) = name.strip_prefix('@') {
        let file = Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned());
        let name = file.unwrap_or(path.to_string());
        let real = luka_debug::real_path(path);
        let real = match real.exists() {
            true => Some(real.to_string_lossy().into_owned()),
            false => named.iter().find(|named| Path::new(named).ends_with(path)).cloned(),
        };
        return match real {
            Some(path) => json!({ "name": name, "path": path }),
            None => json!({ "name": name, "sourceReference": reference(chunk) }),
        };
    }
    let shown = luka_vm::debug::position::chunk_id(chunk);
    json!({
        "name": String::from_utf8_lossy(&shown),
        "sourceReference": reference(chunk),
        "presentationHint": "normal",
    })
}

/// What kind of breakpoints the program has stopped at.
fn kind_of(engine: &Engine, ids: &[u32]) -> &'static str {
    let spot = engine.breakpoints().find(|breakpoint| ids.contains(&breakpoint.id));
    match spot.map(|breakpoint| &breakpoint.place) {
        Some(Spot::Function(_)) => "function breakpoint",
        Some(Spot::Instruction { .. }) => "instruction breakpoint",
        Some(Spot::Line { .. }) | None => "breakpoint",
    }
}

fn stepping(arguments: &Value, step: Step) -> Step {
    if arguments["granularity"] == "instruction" { Step::Instruction } else { step }
}
