//! What was found, for people and for programs.

use luka::host::{FileSource, FileState};
use luka_report::run_time::text;
use serde_json::{Value as Json, json};

use super::Inspection;
use super::machine::{Level, Variable};
use crate::program::Step;
use crate::prompt::grouped;

impl Inspection {
    /// For people.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut line = |name: &str, value: String| out.push_str(&format!("{name:<8} {value}\n"));
        line("file", format!("{}, {} bytes", self.file, grouped(self.size)));
        line("saved", format!("for {}", self.why.text()));
        line("hash", format!("{:016x}", self.hash));
        line("fuel", format!("{} used", grouped(self.fuel as usize)));
        line("memory", format!("{} bytes in use", grouped(self.machine.bytes)));
        match &self.plan.sandbox {
            Some(sandbox) => {
                let words: Vec<String> = sandbox.words().iter().map(|word| text(word)).collect();
                let allowed =
                    if words.is_empty() { "nothing".to_string() } else { words.join(", ") };
                line("sandbox", format!("{allowed} allowed"));
            }
            None => line("sandbox", "none".to_string()),
        }
        let steps: Vec<String> = self.plan.steps.iter().map(step).collect();
        match self.plan.end {
            Some(code) => line("to do", format!("the end, with exit code {code}")),
            None => line("to do", steps.join(", then ")),
        }
        for file in &self.files {
            line("open", opened(file));
        }
        if let Some(failure) = &self.machine.error {
            out.push_str(&format!("\nerror: {}\n{}", failure.message, failure.picture));
            for levels in &failure.coroutines {
                out.push_str("\nstack of the coroutine that has failed:\n");
                levels.iter().for_each(|level| write_level(&mut out, level));
            }
        }
        for (i, stack) in self.machine.stacks.iter().enumerate() {
            out.push_str(match i {
                0 => "\nstack:\n",
                _ => "\nresumed by:\n",
            });
            stack.iter().for_each(|level| write_level(&mut out, level));
        }
        out.push_str("\nglobals, with all that is reached from them:\n");
        for Variable { name, value, reach } in &self.machine.globals {
            out.push_str(&format!("{:>14} bytes  {name} = {value}\n", grouped(reach.bytes)));
        }
        out.push_str("\nheap:\n");
        for (kind, count) in &self.machine.heap {
            let objects = if count.objects == 0 { String::new() } else { grouped(count.objects) };
            out.push_str(&format!("{:>14} bytes  {objects:>11}  {kind}\n", grouped(count.bytes)));
        }
        out
    }

    /// For programs.
    pub fn json(&self) -> Json {
        let machine = &self.machine;
        let level = |level: &Level| {
            let locals = level.locals.iter();
            let locals: Vec<Json> =
                locals.map(|v| json!({ "name": v.name, "value": v.value })).collect();
            json!({
                "source": text(&level.frame.source),
                "line": level.frame.line,
                "function": text(&level.frame.function),
                "code": level.frame.code,
                "tail_called": level.frame.is_tail,
                "skipped": level.frame.skipped,
                "locals": locals,
            })
        };
        let stack = |stack: &Vec<Level>| stack.iter().map(level).collect::<Vec<Json>>();
        let global = |v: &Variable| {
            let (objects, bytes) = (v.reach.objects, v.reach.bytes);
            json!({ "name": v.name, "value": v.value, "objects": objects, "bytes": bytes })
        };
        let words = |sandbox: &crate::limits::sandbox::Sandbox| {
            sandbox.words().iter().map(|word| text(word)).collect::<Vec<String>>()
        };
        json!({
            "file": self.file,
            "size": self.size,
            "saved_for": self.why.text(),
            "hash": format!("{:016x}", self.hash),
            "fuel_used": self.fuel,
            "memory_used": machine.bytes,
            "sandbox": self.plan.sandbox.as_ref().map(words),
            "to_do": self.plan.steps.iter().map(step).collect::<Vec<String>>(),
            "exit_code": self.plan.end,
            "files": self.files.iter().map(opened).collect::<Vec<String>>(),
            "error": machine.error.as_ref().map(|failure| &failure.message),
            "failed_coroutines": machine.error.as_ref().map_or(Vec::new(), |failure| {
                failure.coroutines.iter().map(stack).collect::<Vec<_>>()
            }),
            "stacks": machine.stacks.iter().map(stack).collect::<Vec<_>>(),
            "globals": machine.globals.iter().map(global).collect::<Vec<Json>>(),
            "heap": machine.heap.iter().map(|(kind, count)| {
                json!({ "kind": kind, "objects": count.objects, "bytes": count.bytes })
            }).collect::<Vec<Json>>(),
        })
    }
}

fn write_level(out: &mut String, level: &Level) {
    let frame = &level.frame;
    let line = frame.line.map_or(String::new(), |line| format!(":{line}"));
    out.push_str(&format!("  {}{line}: in {}\n", text(&frame.source), text(&frame.function)));
    if let Some(code) = &frame.code {
        out.push_str(&format!("      {code}\n"));
    }
    for Variable { name, value, .. } in &level.locals {
        out.push_str(&format!("    {name} = {value}\n"));
    }
    if frame.is_tail {
        out.push_str("  (...tail calls...)\n");
    }
    if frame.skipped > 0 {
        out.push_str(&format!("  ... ({} levels)\n", frame.skipped + 1));
    }
}

fn step(step: &Step) -> String {
    match step {
        Step::Init => "LUA_INIT".to_string(),
        Step::Execute(code) => format!("-e {}", text(code)),
        Step::Require(what) => format!("-l {}", text(what)),
        Step::Warnings => "-W".to_string(),
        Step::Script(Some(path)) => text(path),
        Step::Script(None) | Step::Input => "standard input".to_string(),
    }
}

fn opened(file: &FileState) -> String {
    let name = match &file.source {
        FileSource::Standard => "a standard stream".to_string(),
        FileSource::Path(path) => text(path),
        FileSource::Contents(bytes) => format!("a temporary file of {} bytes", bytes.len()),
    };
    format!("{name}, mode {}, at byte {}", text(&file.mode), file.position)
}
