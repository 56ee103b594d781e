//! Requests that only look at the program.

use luka_debug::{Context, Part, Reason, Scope, coroutines, frames};
use serde_json::{Value, json};

use crate::server::{Answer, Programs, Server, number_of, source, thread_of};
use crate::values::Opened;

impl<P: Programs> Server<P> {
    /// Answers a request that only looks.
    pub(crate) fn look(&mut self, command: &str, arguments: &Value) -> Answer {
        match command {
            "threads" => self.threads(),
            "stackTrace" => self.stack(arguments),
            "scopes" => self.scopes(arguments),
            "variables" => self.variables(arguments),
            "evaluate" => self.evaluate(arguments),
            "exceptionInfo" => self.exception(),
            "source" => self.text(arguments),
            "loadedSources" => {
                let chunks = self.engine()?.chunks();
                let sources: Vec<Value> =
                    chunks.iter().map(|chunk| source(chunk, &self.named)).collect();
                Ok(json!({ "sources": sources }))
            }
            "breakpointLocations" => self.locations(arguments),
            "modules" => self.modules(arguments),
            "completions" => self.completions(arguments),
            _ => Err(format!("the request '{command}' is not known")),
        }
    }

    fn threads(&mut self) -> Answer {
        let Some(engine) = &mut self.engine else { return Ok(json!({ "threads": [] })) };
        let threads: Vec<Value> = coroutines(engine.timeline.program.machine())
            .into_iter()
            .map(|coroutine| json!({ "id": number_of(coroutine.id), "name": coroutine.name }))
            .collect();
        Ok(json!({ "threads": threads }))
    }

    fn stack(&mut self, arguments: &Value) -> Answer {
        let thread = thread_of(arguments["threadId"].as_u64().unwrap_or(1));
        let engine = self.engine()?;
        let shown = match engine.has_ended() {
            true => Vec::new(),
            false => frames(engine.timeline.program.machine(), thread),
        };
        let total = shown.len();
        let first = arguments["startFrame"].as_u64().unwrap_or(0) as usize;
        let most = arguments["levels"].as_u64().filter(|&n| n > 0).unwrap_or(1000) as usize;
        let mut list = Vec::new();
        for frame in shown.into_iter().skip(first).take(most) {
            let mut described = json!({
                "id": self.numbers.frame(thread, frame.level),
                "name": frame.name,
                "line": 0,
                "column": 0,
            });
            match (&frame.chunk, frame.line) {
                (Some(chunk), line) => {
                    described["source"] = source(chunk, &self.named);
                    described["line"] = json!(self.line(line.unwrap_or(1)));
                    described["column"] = json!(self.line(1));
                }
                (None, _) => described["presentationHint"] = json!("subtle"),
            }
            if let (Some(function), Some(pc)) = (frame.function(), frame.pc) {
                let address = self.numbers.address(&function, pc);
                described["instructionPointerReference"] = json!(format!("{address:#x}"));
                described["canRestart"] = json!(true);
            }
            list.push(described);
        }
        Ok(json!({ "stackFrames": list, "totalFrames": total }))
    }

    /// The frame that a request is about: the topmost one, if it names none.
    pub(crate) fn frame(&mut self, arguments: &Value) -> Result<Context, String> {
        let Some(number) = arguments["frameId"].as_u64() else {
            return Ok(self.engine()?.top_context());
        };
        let found = self.numbers.frame_of(number);
        let (thread, level) = found.ok_or("there is no such frame any more")?;
        Ok(Context { thread, level })
    }

    fn scopes(&mut self, arguments: &Value) -> Answer {
        let Context { thread, level } = self.frame(arguments)?;
        let named = [
            ("Locals", "locals", Scope::Locals),
            ("Upvalues", "locals", Scope::Upvalues),
            ("Globals", "globals", Scope::Globals),
        ];
        let scopes: Vec<Value> = named
            .into_iter()
            .map(|(name, hint, scope)| {
                json!({
                    "name": name,
                    "presentationHint": hint,
                    "variablesReference": self.numbers.open(Opened::Scope { thread, level, scope }),
                    "expensive": scope == Scope::Globals,
                })
            })
            .collect();
        Ok(json!({ "scopes": scopes }))
    }

    fn variables(&mut self, arguments: &Value) -> Answer {
        let number = arguments["variablesReference"].as_u64().unwrap_or(0);
        let Some(engine) = &mut self.engine else { return Err("no program".to_string()) };
        let part = match arguments["filter"].as_str() {
            Some("indexed") => Part::Indexed,
            Some("named") => Part::Named,
            _ => Part::All,
        };
        let start = arguments["start"].as_u64().unwrap_or(0) as usize;
        let count =
            arguments["count"].as_u64().filter(|&n| n > 0).map_or(usize::MAX, |n| n as usize);
        let found = self.numbers.variables(engine, number, part, start, count);
        let list = found.ok_or("there is no such variable any more")?;
        Ok(json!({ "variables": list }))
    }

    fn evaluate(&mut self, arguments: &Value) -> Answer {
        let text = arguments["expression"].as_str().ok_or("there is no expression")?.to_string();
        let context = self.frame(arguments)?;
        let value = self.engine()?.evaluate(context, &text)?;
        Ok(self.numbers.evaluated(value))
    }

    fn exception(&mut self) -> Answer {
        let engine = self.engine()?;
        let Reason::Error { message, caught } = engine.reason.clone() else {
            return Err("there is no error here".to_string());
        };
        let machine = engine.timeline.program.machine();
        let trace = machine.traceback(machine.current_thread(), None, 0);
        Ok(json!({
            "exceptionId": "error",
            "description": message,
            "breakMode": if caught { "always" } else { "unhandled" },
            "details": { "message": message, "stackTrace": String::from_utf8_lossy(&trace) },
        }))
    }

    fn text(&mut self, arguments: &Value) -> Answer {
        let number = arguments["source"]["sourceReference"].as_u64();
        let number = number.or_else(|| arguments["sourceReference"].as_u64()).unwrap_or(0);
        let chunk = self.chunk_of(number)?;
        let text = self.engine()?.text_of(&chunk).ok_or("the text was not kept")?;
        Ok(json!({ "content": String::from_utf8_lossy(&text), "mimeType": "text/x-lua" }))
    }

    fn locations(&mut self, arguments: &Value) -> Answer {
        let path = arguments["source"]["path"].as_str().ok_or("a source without a path")?;
        let path = luka_debug::real_path(path).to_string_lossy().into_owned();
        let shift = 1 - self.line(1);
        let first = self.line_named(&arguments["line"]).unwrap_or(1);
        let last = self.line_named(&arguments["endLine"]).unwrap_or(first);
        let lines = self.engine()?.lines_of(&path);
        let within = lines.into_iter().flat_map(|lines| lines.0.iter());
        let within = within.filter(|line| (first..=last).contains(*line));
        let list: Vec<Value> = within.map(|line| json!({ "line": line - shift })).collect();
        Ok(json!({ "breakpoints": list }))
    }

    fn modules(&mut self, arguments: &Value) -> Answer {
        let chunks = self.engine()?.chunks();
        let first = arguments["startModule"].as_u64().unwrap_or(0) as usize;
        let most =
            arguments["moduleCount"].as_u64().filter(|&n| n > 0).unwrap_or(u64::MAX) as usize;
        let one = |chunk: &Vec<u8>| {
            let Value::Object(mut module) = source(chunk, &self.named) else { return Value::Null };
            let id = String::from_utf8_lossy(chunk).into_owned();
            module.retain(|name, _| name == "name" || name == "path");
            module.insert("id".to_string(), json!(id));
            Value::Object(module)
        };
        let modules: Vec<Value> = chunks.iter().skip(first).take(most).map(one).collect();
        Ok(json!({ "modules": modules, "totalModules": chunks.len() }))
    }

    fn completions(&mut self, arguments: &Value) -> Answer {
        let text = arguments["text"].as_str().unwrap_or_default();
        let column = (arguments["column"].as_u64().unwrap_or(1) as u32).max(self.line(1));
        let before: String = text.chars().take((column - self.line(1)) as usize).collect();
        let end = |c: char| !c.is_alphanumeric() && c != '_';
        let word = before.rsplit(end).next().unwrap_or_default().to_string();
        let head = &before[..before.len() - word.len()];
        let Context { thread, level } = self.frame(arguments)?;
        let machine = self.engine()?.timeline.program.machine();
        // The fields of what is in front of a dot, or all variables.
        let (kind, candidates) = match head.strip_suffix(['.', ':']) {
            Some(path) => {
                let from = path.rfind(|c: char| end(c) && !".[]\"'".contains(c));
                let path = &path[from.map_or(0, |at| at + 1)..];
                let object = luka_debug::find(machine, thread, level, path);
                (
                    "field",
                    object.map_or(Vec::new(), |object| luka_debug::fields(machine, object.raw)),
                )
            }
            None => {
                let scopes = [Scope::Locals, Scope::Upvalues, Scope::Globals].into_iter();
                let all =
                    scopes.flat_map(|scope| luka_debug::variables(machine, thread, level, scope));
                ("variable", all.collect())
            }
        };
        let mut names: Vec<String> = candidates
            .into_iter()
            .map(|variable| variable.name)
            .filter(|name| name.starts_with(&word) && luka_debug::is_name(name.as_bytes()))
            .collect();
        names.sort();
        names.dedup();
        let targets: Vec<Value> =
            names.iter().map(|name| json!({ "label": name, "type": kind })).collect();
        Ok(json!({ "targets": targets }))
    }
}
