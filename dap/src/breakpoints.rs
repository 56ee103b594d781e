//! Requests that set breakpoints.

use luka_debug::{Access, Breakpoint, Filters, Hits, Spot, Watchpoint};
use luka_vm::run::look::Place;
use serde_json::{Value, json};

use crate::server::{Answer, Programs, Server, reference};

impl<P: Programs> Server<P> {
    /// Sets breakpoints at instructions, which clients know from `disassemble`.
    pub(crate) fn set_instruction_breakpoints(&mut self, arguments: &Value) -> Answer {
        let list = arguments["breakpoints"].as_array().cloned().unwrap_or_default();
        let new = list.iter().map(|asked| {
            let reference = asked["instructionReference"].as_str();
            let reference = reference.ok_or("a breakpoint without an instructionReference")?;
            let offset = asked["offset"].as_i64().unwrap_or(0);
            let (function, pc) = self.numbers.instruction(reference, offset)?;
            described(asked, Spot::Instruction { function, pc })
        });
        let new: Vec<_> = new.collect();
        self.replace("\0instructions", new)
    }

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

    pub(crate) fn set_breakpoints(&mut self, arguments: &Value) -> Answer {
        let source = self.source_of(&arguments["source"])?;
        let list = arguments["breakpoints"].as_array().cloned().unwrap_or_default();
        let new = list.iter().map(|asked| {
            let line = self.line_named(&asked["line"]).ok_or("a breakpoint without a line")?;
            described(asked, Spot::Line { source: source.clone(), line })
        });
        let new: Vec<_> = new.collect();
        self.replace(&source, new)
    }

    pub(crate) fn set_function_breakpoints(&mut self, arguments: &Value) -> Answer {
        let list = arguments["breakpoints"].as_array().cloned().unwrap_or_default();
        let new = list.iter().map(|asked| {
            let name = asked["name"].as_str().ok_or("a breakpoint without a name")?;
            described(asked, Spot::Function(name.to_string()))
        });
        let new: Vec<_> = new.collect();
        // (No source has this name.)
        self.replace("\0functions", new)
    }

    pub(crate) fn set_filters(&mut self, arguments: &Value) -> Answer {
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

    /// What there is to know before data is watched: its number and what can be watched of it.
    pub(crate) fn data_breakpoint(&mut self, arguments: &Value) -> Answer {
        if arguments["asAddress"] == true || arguments["bytes"].is_u64() {
            return Err("a program has no addresses: give a variable or a field".to_string());
        }
        let name = arguments["name"].as_str().unwrap_or_default().to_string();
        let container = arguments["variablesReference"].as_u64().filter(|&n| n > 0);
        let context = self.frame(arguments)?;
        let engine = self.engine.as_mut().ok_or("no program was launched")?;
        let place = match container {
            Some(container) => self.numbers.place(engine, container, &name).and_then(|v| v.place),
            None => {
                let machine = engine.timeline.program.machine();
                let found = luka_debug::find(machine, context.thread, context.level, &name);
                found.ok().and_then(|variable| variable.place)
            }
        };
        let Some(place) = place else {
            let why = format!("{name} cannot be watched");
            return Ok(json!({ "dataId": null, "description": why }));
        };
        let places = &mut self.numbers.places;
        let known = places.iter().position(|(_, known)| *known == place);
        let number = known.unwrap_or_else(|| {
            places.push((name.clone(), place));
            places.len() - 1
        });
        Ok(json!({
            "dataId": number.to_string(),
            "description": name,
            "accessTypes": ["write", "read", "readWrite"],
            "canPersist": false,
        }))
    }

    /// The place with a number, and its name.
    pub(crate) fn place_of(&self, id: &str) -> Result<(String, Place), String> {
        let place = id.parse().ok().and_then(|n: usize| self.numbers.places.get(n));
        place.cloned().ok_or_else(|| format!("there is no data '{id}'"))
    }

    fn watchpoint(&mut self, asked: &Value) -> Result<Watchpoint, String> {
        let (name, place) = self.place_of(asked["dataId"].as_str().unwrap_or_default())?;
        let access = match asked["accessType"].as_str() {
            None | Some("write") => Access::Change,
            Some("read") => Access::Read,
            Some("readWrite") => Access::Both,
            Some(other) => return Err(format!("there is no access '{other}'")),
        };
        let (condition, hits) = conditions(asked)?;
        let id = self.engine()?.new_id();
        Ok(Watchpoint { id, name, place, access, condition, hits })
    }

    pub(crate) fn set_data_breakpoints(&mut self, arguments: &Value) -> Answer {
        let list = arguments["breakpoints"].as_array().cloned().unwrap_or_default();
        self.engine()?.clear_watchpoints();
        let mut answers = Vec::new();
        for asked in &list {
            answers.push(match self.watchpoint(asked) {
                Ok(watchpoint) => {
                    let id = watchpoint.id;
                    self.engine()?.set_watchpoint(watchpoint);
                    json!({ "id": id, "verified": true })
                }
                Err(why) => json!({ "verified": false, "message": why }),
            });
        }
        Ok(json!({ "breakpoints": answers }))
    }

    /// The name that breakpoints of a source are kept by: its path, or the chunk's name.
    pub(crate) fn source_of(&mut self, source: &Value) -> Result<String, String> {
        if let Some(number) = source["sourceReference"].as_u64().filter(|&n| n > 0) {
            let chunk = self.chunk_of(number)?;
            return Ok(String::from_utf8_lossy(&chunk).into_owned());
        }
        let path = source["path"].as_str().ok_or("a source without a path")?;
        let real = luka_debug::real_path(path).to_string_lossy().into_owned();
        self.named.insert(real.clone());
        Ok(real)
    }

    /// The chunk with a number.
    pub(crate) fn chunk_of(&mut self, number: u64) -> Result<Vec<u8>, String> {
        let chunks = self.engine()?.chunks();
        let chunk = chunks.into_iter().find(|chunk| reference(chunk) == number);
        chunk.ok_or_else(|| "there is no such chunk any more".to_string())
    }
}

/// The condition and the count of hits that a client gives.
fn conditions(asked: &Value) -> Result<(Option<String>, Option<Hits>), String> {
    let hits = text(asked, "hitCondition").map(|text| Hits::parse(&text)).transpose()?;
    Ok((text(asked, "condition"), hits))
}

fn text(asked: &Value, name: &str) -> Option<String> {
    asked[name].as_str().filter(|text| !text.trim().is_empty()).map(str::to_string)
}

/// A breakpoint as a client describes it.
fn described(asked: &Value, place: Spot) -> Result<Breakpoint, String> {
    let (condition, hits) = conditions(asked)?;
    Ok(Breakpoint { id: 0, place, condition, hits, log: text(asked, "logMessage") })
}
