//! Requests about instructions, and about where the program can be taken to.

use serde_json::{Value, json};

use crate::server::{Answer, Programs, Server, source};

/// The most instructions that are listed at once.
const MOST: i64 = 10_000;

impl<P: Programs> Server<P> {
    /// Lists instructions around an address. As many as are asked for: where there are none, their places
    /// are said to be invalid.
    pub(crate) fn disassemble(&mut self, arguments: &Value) -> Answer {
        let reference = arguments["memoryReference"].as_str().ok_or("give a memoryReference")?;
        let offset = arguments["offset"].as_i64().unwrap_or(0);
        let (function, pc) = self.numbers.instruction(reference, offset)?;
        let offset = arguments["instructionOffset"].as_i64().unwrap_or(0);
        let first = (pc as i64).saturating_add(offset);
        let count = arguments["instructionCount"].as_i64().unwrap_or(0).clamp(0, MOST);
        let listed = self.engine()?.listing(&function);
        let (chunk, code) = listed.ok_or("the function is not there any more")?;
        let begin = self.numbers.address(&function, 0) as i64;
        let symbol = match function.place() {
            (_, 0) => "main chunk".to_string(),
            (_, line) => format!("function at line {line}"),
        };
        let mut list = Vec::new();
        for at in first..first.saturating_add(count) {
            let address = format!("{:#x}", begin.saturating_add(at).max(0));
            let Some(one) = usize::try_from(at).ok().and_then(|at| code.get(at)) else {
                let none = json!({
                    "address": address, "instruction": "", "presentationHint": "invalid",
                });
                list.push(none);
                continue;
            };
            let bytes: Vec<String> =
                one.word.to_le_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
            let mut shown = json!({
                "address": address,
                "instructionBytes": bytes.join(" "),
                "instruction": one.text,
            });
            if one.pc == 0 {
                shown["symbol"] = json!(symbol);
            }
            if let (Some(line), Some(chunk)) = (one.line.filter(|&line| line > 0), &chunk) {
                shown["location"] = source(chunk, &self.named);
                shown["line"] = json!(self.line(line));
            }
            list.push(shown);
        }
        Ok(json!({ "instructions": list }))
    }

    /// The calls of the current line that a step can go into.
    pub(crate) fn step_in_targets(&mut self, arguments: &Value) -> Answer {
        let context = self.frame(arguments)?;
        let engine = self.engine()?;
        // A step begins in the function that runs.
        let calls = match engine.has_ended() || engine.top_context() != context {
            true => Vec::new(),
            false => engine.calls(),
        };
        let targets: Vec<Value> = calls
            .into_iter()
            .map(|call| json!({ "id": self.numbers.target(call.pc), "label": call.name }))
            .collect();
        Ok(json!({ "targets": targets }))
    }

    /// Where in a line the running function can go on.
    pub(crate) fn goto_targets(&mut self, arguments: &Value) -> Answer {
        let file = self.source_of(&arguments["source"])?;
        let line = self.line_named(&arguments["line"]).ok_or("give a line")?;
        let function = {
            let engine = self.engine()?;
            let context = engine.top_context();
            engine.function_of(context)
        };
        let found = self.engine()?.targets(&file, line)?;
        let mut targets = Vec::new();
        for (n, pc) in found.into_iter().enumerate() {
            let label = match n {
                0 => format!("line {line}"),
                n => format!("line {line}, place {}", n + 1),
            };
            let mut target = json!({
                "id": self.numbers.target(pc), "label": label, "line": self.line(line),
            });
            if let Some((function, _)) = &function {
                let address = self.numbers.address(function, pc);
                target["instructionPointerReference"] = json!(format!("{address:#x}"));
            }
            targets.push(target);
        }
        Ok(json!({ "targets": targets }))
    }
}
