//! Requests that set something or move the program, and what answers them.

use luka_compiler::Std;
use luka_debug::{
    Back, Breakpoint, Engine, Filters, Hits, MEMORY, Phase, Reason, Spot, Step, ThreadId, Time,
    Watchpoint,
};
use serde_json::{Value, json};
use std::path::Path;

use super::Requests;
use super::output::Output;
use super::transport::Client;
use super::values::Numbers;
use crate::debug::launch::Launch;

pub type Answer = Result<Value, String>;

/// A movement that a client has asked for.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Move {
    Begin,
    Continue,
    /// What a request has interrupted.
    Resume,
    Step(Step),
    Back(Back),
    Reverse,
    Goto(Time),
}

/// The server's state.
pub struct Server {
    client: Client,
    output: Output,
    requests: Requests,
    pub engine: Option<Engine>,
    pub numbers: Numbers,
    /// The program is to stop at its first line.
    stops_on_entry: bool,
    /// What is to be done when a request is answered.
    next: Option<Move>,
    /// The client has asked for a pause.
    pauses: bool,
    ends: bool,
    /// Breakpoints that clients replace together, by what they are about.
    groups: Vec<(String, Vec<u32>)>,
    counts_from_one: bool,
}

/// The number of a coroutine.
pub fn number_of(thread: ThreadId) -> u64 {
    match thread {
        ThreadId::Main => 1,
        ThreadId::Cell(number) => number + 2,
    }
}

/// The coroutine with a number.
pub fn thread_of(number: u64) -> ThreadId {
    match number {
        0 | 1 => ThreadId::Main,
        n => ThreadId::Cell(n - 2),
    }
}

impl Server {
    pub fn new(client: Client, output: Output, requests: Requests) -> Server {
        Server {
            client,
            output,
            requests,
            engine: None,
            numbers: Numbers::default(),
            stops_on_entry: false,
            next: None,
            pauses: false,
            ends: false,
            groups: Vec::new(),
            counts_from_one: true,
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
        self.output.send();
    }

    fn request(&mut self, request: Result<Value, String>) {
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
        let launched = command == "launch" && answer.is_ok();
        self.client.answer(&request, answer);
        if launched {
            self.client.event("initialized", Value::Null);
        }
    }

    fn answer(&mut self, command: &str, arguments: &Value) -> Answer {
        match command {
            "initialize" => {
                self.counts_from_one = arguments["linesStartAt1"].as_bool().unwrap_or(true);
                Ok(capabilities())
            }
            "launch" => self.launch(arguments),
            "configurationDone" => {
                self.engine()?;
                self.next = Some(Move::Begin);
                Ok(Value::Null)
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
            "setInstructionBreakpoints" => Err("instructions are not known to clients".to_string()),
            "setExceptionBreakpoints" => self.set_filters(arguments),
            "dataBreakpointInfo" => self.data_breakpoint(arguments),
            "setDataBreakpoints" => self.set_data_breakpoints(arguments),
            "pause" => {
                self.pauses = true;
                Ok(Value::Null)
            }
            "cancel" => Ok(Value::Null),
            "continue" => self.start(Move::Continue, json!({ "allThreadsContinued": true })),
            "next" => self.start(Move::Step(stepping(arguments, Step::Over)), Value::Null),
            "stepIn" => self.start(Move::Step(stepping(arguments, Step::In)), Value::Null),
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
            _ => self.look(command, arguments),
        }
    }

    /// A line, or a column, as the client counts.
    pub fn line(&self, line: u32) -> u32 {
        if self.counts_from_one { line } else { line.saturating_sub(1) }
    }

    pub fn engine(&mut self) -> Result<&mut Engine, String> {
        self.engine.as_mut().ok_or_else(|| "no program was launched".to_string())
    }

    fn launch(&mut self, arguments: &Value) -> Answer {
        let file = arguments["program"].as_str().ok_or("launch needs a 'program'")?;
        let args = arguments["args"].as_array();
        let args = args.map_or(Vec::new(), |list| {
            let words = list.iter().filter_map(Value::as_str);
            words.map(|word| word.as_bytes().to_vec()).collect()
        });
        if let Some(folder) = arguments["cwd"].as_str() {
            std::env::set_current_dir(folder).map_err(|error| format!("cwd: {error}"))?;
        }
        let memory = arguments["recordMemory"].as_u64().map(|n| n as usize);
        let launch = Launch {
            file: file.as_bytes().to_vec(),
            args,
            std: if arguments["std"] == "5.4" { Std::Lua54 } else { Std::Luka },
            memory: memory.unwrap_or(MEMORY),
        };
        self.stops_on_entry = arguments["stopOnEntry"].as_bool().unwrap_or(false);
        let begun = launch.begin();
        self.output.send();
        let engine = begun.map_err(|why| match why.as_str() {
            "" => format!("{file} cannot be run"),
            _ => why,
        })?;
        self.engine = Some(engine);
        Ok(Value::Null)
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

    fn go(&mut self, movement: Move) {
        if movement == Move::Begin && self.stops_on_entry {
            return self.stopped();
        }
        self.numbers.clear();
        let Some(engine) = &mut self.engine else { return };
        let from = engine.now();
        engine.timeline.program.flag = match movement {
            Move::Begin | Move::Continue | Move::Resume | Move::Step(_) => {
                self.requests.any.clone()
            }
            Move::Back(_) | Move::Reverse | Move::Goto(_) => self.requests.urgent.clone(),
        };
        engine.timeline.program.flag.lower();
        // What has come already is not to wait.
        if self.requests.are_waiting() {
            self.requests.any.raise();
        }
        let moved = match movement {
            Move::Begin => engine.begin(),
            Move::Continue => engine.go_on(),
            Move::Resume => engine.resume(),
            Move::Step(step) => engine.step(step),
            Move::Back(back) => engine.step_back(back),
            Move::Reverse => engine.go_back(),
            Move::Goto(time) => engine.go_to(time),
        };
        let notes = std::mem::take(&mut engine.notes);
        engine.timeline.program.tape().flush();
        self.output.send();
        for note in notes {
            let body = json!({ "category": "console", "output": format!("{note}\n") });
            self.client.event("output", body);
        }
        if let Err(why) = moved {
            return self.not_moved(&why, from);
        }
        // Requests have come while it ran.
        if self.engine.as_ref().is_some_and(|engine| engine.reason == Reason::Pause) {
            while let Some(request) = self.requests.waiting() {
                self.request(request);
            }
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
    fn not_moved(&mut self, why: &str, from: Time) {
        while let Some(request) = self.requests.waiting() {
            self.request(request);
        }
        self.pauses = false;
        self.requests.urgent.lower();
        if let Some(engine) = &mut self.engine
            && let Err(again) = engine.go_to(from)
        {
            self.client.event("output", json!({ "category": "important", "output": again }));
        }
        let body = json!({ "category": "important", "output": format!("{why}\n") });
        self.client.event("output", body);
        self.stopped();
    }

    /// Tells why the program has stopped.
    fn stopped(&mut self) {
        let Some(engine) = &mut self.engine else { return };
        let thread = number_of(engine.current_thread());
        let mut body = json!({ "threadId": thread, "allThreadsStopped": true });
        let (reason, text) = match &engine.reason {
            Reason::Entry => ("entry", None),
            Reason::Step => ("step", None),
            Reason::Breakpoint(ids) => {
                body["hitBreakpointIds"] = json!(ids);
                ("breakpoint", None)
            }
            Reason::Change(id, text) => {
                body["hitBreakpointIds"] = json!([id]);
                ("data breakpoint", Some(text.clone()))
            }
            Reason::Error { message, .. } => ("exception", Some(message.clone())),
            Reason::Pause => ("pause", None),
            Reason::Goto => ("goto", None),
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

    fn timeline(&mut self) -> Answer {
        let engine = self.engine()?;
        let points = engine.timeline.points();
        Ok(json!({
            "time": engine.now().fuel,
            "start": engine.timeline.start().fuel,
            "end": engine.timeline.frontier().fuel,
            "checkpoints": points.iter().map(|(fuel, size)| json!({ "time": fuel, "bytes": size }))
                .collect::<Vec<_>>(),
            "marks": engine.marks.iter().map(|(name, time)| json!({ "name": name, "time": time.fuel }))
                .collect::<Vec<_>>(),
        }))
    }

    fn last_change(&mut self, arguments: &Value) -> Answer {
        let id = arguments["dataId"].as_str().ok_or("give a dataId, as dataBreakpointInfo does")?;
        let place = self.place_of(id)?.1;
        let flag = self.requests.urgent.clone();
        flag.lower();
        let engine = self.engine()?;
        engine.timeline.program.flag = flag;
        let from = engine.now();
        let found = match engine.last_change(&place) {
            Ok(found) => found,
            Err(why) => {
                engine.timeline.program.flag.lower();
                engine.go_to(from)?;
                return Err(why);
            }
        };
        let Some(change) = found else {
            return Err("it has not changed since the recording begins".to_string());
        };
        let line = engine.position().map(|(_, line)| line);
        let line = line.map(|line| self.line(line));
        self.numbers.clear();
        self.stopped();
        Ok(json!({
            "time": change.time.fuel, "before": change.before, "after": change.after, "line": line,
        }))
    }

    // ------------------------------------------------------------------ breakpoints

    /// Replaces the breakpoints of a group.
    fn replace(&mut self, group: &str, new: Vec<Result<Breakpoint, String>>) -> Answer {
        let at = self.groups.iter().position(|(name, _)| name == group);
        let old = at.map_or(Vec::new(), |at| self.groups.remove(at).1);
        let shift = 1 - self.line(1);
        let engine = self.engine()?;
        for id in old {
            engine.remove_breakpoint(id);
        }
        let mut ids = Vec::new();
        let mut answers = Vec::new();
        for breakpoint in new {
            let mut breakpoint = match breakpoint {
                Ok(breakpoint) => breakpoint,
                Err(why) => {
                    answers.push(json!({ "verified": false, "message": why }));
                    continue;
                }
            };
            breakpoint.id = engine.new_id();
            ids.push(breakpoint.id);
            let mut answer = json!({ "id": breakpoint.id, "verified": true });
            if let Spot::Line { source, line } = &breakpoint.place {
                match engine.resolve(source, *line) {
                    Some(line) => answer["line"] = json!(line - shift),
                    None => {
                        answer["verified"] = json!(false);
                        answer["message"] = json!("no code of this file is loaded yet");
                    }
                }
            }
            engine.set_breakpoint(breakpoint);
            answers.push(answer);
        }
        self.groups.push((group.to_string(), ids));
        Ok(json!({ "breakpoints": answers }))
    }

    fn set_breakpoints(&mut self, arguments: &Value) -> Answer {
        let source = self.source_of(&arguments["source"])?;
        let list = arguments["breakpoints"].as_array().cloned().unwrap_or_default();
        let shift = u64::from(1 - self.line(1));
        let new = list.iter().map(|asked| {
            let line = asked["line"].as_u64().ok_or("a breakpoint without a line")? + shift;
            described(asked, Spot::Line { source: source.clone(), line: line as u32 })
        });
        let new: Vec<_> = new.collect();
        self.replace(&source, new)
    }

    fn set_function_breakpoints(&mut self, arguments: &Value) -> Answer {
        let list = arguments["breakpoints"].as_array().cloned().unwrap_or_default();
        let new = list.iter().map(|asked| {
            let name = asked["name"].as_str().ok_or("a breakpoint without a name")?;
            described(asked, Spot::Function(name.to_string()))
        });
        let new: Vec<_> = new.collect();
        // (No source has this name.)
        self.replace("\0functions", new)
    }

    fn set_filters(&mut self, arguments: &Value) -> Answer {
        let mut filters = Filters::default();
        let named = arguments["filters"].as_array().cloned().unwrap_or_default();
        let options = arguments["filterOptions"].as_array().cloned().unwrap_or_default();
        let named = named.iter().map(|name| (name.clone(), None));
        let options =
            options.iter().map(|option| (option["filterId"].clone(), option["condition"].as_str()));
        let mut answers = Vec::new();
        for (name, condition) in named.chain(options) {
            let mut verified = true;
            match name.as_str() {
                Some("uncaught") => filters.uncaught = true,
                Some("caught") => filters.caught = true,
                Some("coroutines") => filters.in_coroutines = true,
                _ => verified = false,
            }
            if let Some(part) = condition.filter(|part| !part.is_empty()) {
                filters.message = Some(part.to_string());
            }
            answers.push(json!({ "verified": verified }));
        }
        if filters.in_coroutines && !filters.uncaught {
            filters.caught = true;
            filters.uncaught = true;
        }
        self.engine()?.filters = filters;
        Ok(json!({ "breakpoints": answers }))
    }

    fn data_breakpoint(&mut self, arguments: &Value) -> Answer {
        let name = arguments["name"].as_str().unwrap_or_default().to_string();
        let none = json!({ "dataId": null, "description": format!("{name} cannot be watched") });
        let Some(container) = arguments["variablesReference"].as_u64().filter(|&n| n > 0) else {
            return Ok(none);
        };
        let Some(engine) = &mut self.engine else { return Ok(none) };
        let variable = self.numbers.place(engine, container, &name);
        let Some(place) = variable.and_then(|variable| variable.place) else { return Ok(none) };
        let places = &mut self.numbers.places;
        let known = places.iter().position(|(_, known)| *known == place);
        let number = known.unwrap_or_else(|| {
            places.push((name.clone(), place));
            places.len() - 1
        });
        Ok(json!({
            "dataId": number.to_string(),
            "description": name,
            "accessTypes": ["write"],
            "canPersist": false,
        }))
    }

    fn set_variable(&mut self, arguments: &Value) -> Answer {
        let name = arguments["name"].as_str().unwrap_or_default();
        let text = arguments["value"].as_str().ok_or("there is no value")?;
        let container = arguments["variablesReference"].as_u64().unwrap_or(0);
        let Some(engine) = &mut self.engine else { return Err("no program".to_string()) };
        let variable = self.numbers.place(engine, container, name);
        let place = variable.and_then(|variable| variable.place);
        let place = place.ok_or_else(|| format!("{name} cannot be changed"))?;
        let context = self.numbers.context(container).unwrap_or(engine.top_context());
        let value = engine.assign(context, &place, text)?;
        for note in std::mem::take(&mut engine.notes) {
            let body = json!({ "category": "console", "output": format!("{note}\n") });
            self.client.event("output", body);
        }
        Ok(json!({ "value": value }))
    }

    fn place_of(&self, id: &str) -> Result<(String, luka_vm::run::look::Place), String> {
        let place = id.parse().ok().and_then(|n: usize| self.numbers.places.get(n));
        place.cloned().ok_or_else(|| format!("there is no data '{id}'"))
    }

    fn set_data_breakpoints(&mut self, arguments: &Value) -> Answer {
        let list = arguments["breakpoints"].as_array().cloned().unwrap_or_default();
        let places: Vec<_> = list
            .iter()
            .map(|asked| self.place_of(asked["dataId"].as_str().unwrap_or_default()))
            .collect();
        let engine = self.engine()?;
        engine.clear_watchpoints();
        let mut answers = Vec::new();
        for found in places {
            match found {
                Ok((name, place)) => {
                    let id = engine.new_id();
                    engine.set_watchpoint(Watchpoint { id, name, place });
                    answers.push(json!({ "id": id, "verified": true }));
                }
                Err(why) => answers.push(json!({ "verified": false, "message": why })),
            }
        }
        Ok(json!({ "breakpoints": answers }))
    }

    /// The name that breakpoints of a source are kept by: its path, or the chunk's name.
    fn source_of(&mut self, source: &Value) -> Result<String, String> {
        if let Some(number) = source["sourceReference"].as_u64().filter(|&n| n > 0) {
            let chunk = self.chunk_of(number)?;
            return Ok(String::from_utf8_lossy(&chunk).into_owned());
        }
        let path = source["path"].as_str().ok_or("a source without a path")?;
        Ok(luka_debug::real_path(path).to_string_lossy().into_owned())
    }

    /// The chunk with a number.
    pub fn chunk_of(&mut self, number: u64) -> Result<Vec<u8>, String> {
        let chunks = self.engine()?.chunks();
        let chunk = chunks.into_iter().find(|chunk| reference(chunk) == number);
        chunk.ok_or_else(|| "there is no such chunk any more".to_string())
    }
}

/// The number of a chunk without a file: a hash of its name (FNV).
pub fn reference(chunk: &[u8]) -> u64 {
    let mut hash = 0x811c_9dc5_u32;
    for byte in chunk {
        hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    }
    u64::from(hash & 0x7fff_ffff).max(1)
}

/// A chunk as clients know it: by its path, or by a number where it has no file.
pub fn source(chunk: &[u8]) -> Value {
    let name = String::from_utf8_lossy(chunk).into_owned();
    if let Some(path) = name.strip_prefix('@') {
        let real = luka_debug::real_path(path);
        let file = Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned());
        return json!({ "name": file.unwrap_or(path.to_string()), "path": real.to_string_lossy() });
    }
    let shown = luka_vm::debug::position::chunk_id(chunk);
    json!({
        "name": String::from_utf8_lossy(&shown),
        "sourceReference": reference(chunk),
        "presentationHint": "normal",
    })
}

fn stepping(arguments: &Value, step: Step) -> Step {
    if arguments["granularity"] == "instruction" { Step::Instruction } else { step }
}

/// A breakpoint as a client describes it.
fn described(asked: &Value, place: Spot) -> Result<Breakpoint, String> {
    let text = |name: &str| {
        let text = asked[name].as_str().filter(|text| !text.trim().is_empty());
        text.map(str::to_string)
    };
    let hits = text("hitCondition").map(|text| Hits::parse(&text)).transpose()?;
    Ok(Breakpoint { id: 0, place, condition: text("condition"), hits, log: text("logMessage") })
}

/// What the server can do.
fn capabilities() -> Value {
    let filter = |id: &str, label: &str, on: bool, conditions: bool| {
        json!({
            "filter": id, "label": label, "default": on, "supportsCondition": conditions,
            "conditionDescription": "Part of the message",
        })
    };
    json!({
        "supportsConfigurationDoneRequest": true,
        "supportsFunctionBreakpoints": true,
        "supportsConditionalBreakpoints": true,
        "supportsHitConditionalBreakpoints": true,
        "supportsLogPoints": true,
        "supportsDataBreakpoints": true,
        "supportsEvaluateForHovers": true,
        "supportsSetVariable": true,
        "supportsStepBack": true,
        "supportsSteppingGranularity": true,
        "supportsExceptionInfoRequest": true,
        "supportsExceptionFilterOptions": true,
        "supportsLoadedSourcesRequest": true,
        "supportsBreakpointLocationsRequest": true,
        "supportsDelayedStackTraceLoading": true,
        "supportsCancelRequest": true,
        "supportsTerminateRequest": true,
        "supportTerminateDebuggee": true,
        "supportsCompletionsRequest": true,
        "exceptionBreakpointFilters": [
            filter("uncaught", "Errors nobody catches", true, true),
            filter("caught", "Errors that are caught", false, true),
            filter("coroutines", "Only errors in coroutines", false, false),
        ],
    })
}
