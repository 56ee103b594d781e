//! What is shown: the source around the place, variables, the stack, instructions.

use luka_debug::{
    Context, Engine, Frame, Listed, Reason, Scope, ThreadId, Trail, Variable, variables,
};
use std::collections::HashMap;

use super::paint::Paint;

/// Lines shown before and behind the place.
const AROUND: u32 = 3;

/// Values by function and name: at the last stop, and at the one before.
#[derive(Default)]
pub struct Values {
    now: HashMap<(String, String), String>,
    before: HashMap<(String, String), String>,
}

impl Values {
    /// The program has stopped: what was now is before.
    pub fn stopped(&mut self, engine: &mut Engine, thread: ThreadId, frames: &[Frame]) {
        let mut now = HashMap::new();
        // (Of recursive functions the topmost one counts.)
        for frame in frames.iter().take(20).rev() {
            for variable in seen(engine, thread, frame) {
                now.insert((frame.name.clone(), variable.name), variable.value);
            }
        }
        self.before = std::mem::replace(&mut self.now, now);
    }

    fn have_changed(&self, frame: &Frame, variable: &Variable) -> bool {
        let old = self.before.get(&(frame.name.clone(), variable.name.clone()));
        old.is_some_and(|old| *old != variable.value)
    }
}

/// The variables of a frame that are shown.
fn seen(engine: &mut Engine, thread: ThreadId, frame: &Frame) -> Vec<Variable> {
    let machine = engine.timeline.program.machine();
    let mut list = variables(machine, thread, frame.level, Scope::Locals);
    let upvalues = variables(machine, thread, frame.level, Scope::Upvalues);
    list.extend(upvalues.into_iter().filter(|variable| variable.name != "_ENV"));
    list
}

/// The lines of a text around one, which is marked.
pub fn source(text: &[u8], line: u32, around: u32, marks: bool, paint: Paint) -> String {
    let mut out = String::new();
    let lines = String::from_utf8_lossy(text).into_owned();
    let first = line.saturating_sub(around).max(1);
    for (n, text) in (1..).zip(lines.lines()).skip(first as usize - 1) {
        if n > line + around {
            break;
        }
        let is_current = n == line && marks;
        let shown = match is_current {
            true => paint.current(format!("→ {n:>4}  {text}").trim_end()),
            false => paint.faint(&format!("  {n:>4}")) + format!("  {text}").trim_end(),
        };
        out.push_str(&shown);
        out.push('\n');
    }
    out
}

fn at(chunk: &[u8], line: u32) -> String {
    let shown = luka_vm::debug::position::chunk_id(chunk);
    format!("{}:{line}", String::from_utf8_lossy(&shown))
}

/// The place where the program has stopped, with its source.
pub fn place(engine: &mut Engine, paint: Paint) -> String {
    let Some((chunk, line)) = engine.position() else { return String::new() };
    let head = paint.place(&at(&chunk, line)) + "\n";
    match engine.text_of(&chunk) {
        Some(text) => head + &source(&text, line, AROUND, true, paint),
        None => head,
    }
}

/// Why the program has stopped.
pub fn reason(reason: &Reason, paint: Paint) -> Option<String> {
    Some(match reason {
        Reason::Entry | Reason::Step | Reason::Goto => return None,
        Reason::Restart | Reason::Pause => return None,
        Reason::Breakpoint(ids) => {
            let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
            paint.reason(&format!("breakpoint {}", ids.join(", ")))
        }
        Reason::Change(_, text) => paint.reason(text),
        Reason::Error { message, caught } => {
            let what = if *caught { "error, which is caught" } else { "error" };
            paint.error(&format!("{what}: {message}"))
        }
        Reason::Beginning => paint.reason("the recording begins here"),
        Reason::End => paint.reason("the program has ended"),
        Reason::Left => paint.reason("the recording ends here"),
    })
}

/// The variables of a frame; those with another value than at the last stop are marked.
pub fn locals(
    engine: &mut Engine,
    thread: ThreadId,
    frame: &Frame,
    values: &Values,
    paint: Paint,
) -> String {
    let mut out = String::new();
    for variable in seen(engine, thread, frame) {
        let text = format!("{} = {}", variable.name, variable.value);
        out.push_str(&match values.have_changed(frame, &variable) {
            true => paint.changed(&format!("* {text}")) + "\n",
            false => format!("  {text}\n"),
        });
    }
    if out.is_empty() { "  no variables\n".to_string() } else { out }
}

/// A stack, one of whose frames is looked at.
pub fn stack(frames: &[Frame], level: usize, paint: Paint) -> String {
    let mut out = String::new();
    for frame in frames {
        let place = match (&frame.chunk, frame.line) {
            (Some(chunk), Some(line)) => format!(" {}", at(chunk, line)),
            _ => String::new(),
        };
        let text = format!("{:>3}  {}{place}", frame.level, frame.name);
        out.push_str(&match (frame.level == level, place.is_empty()) {
            (true, _) => paint.current(&format!("→ {text}")),
            (false, true) => paint.faint(&format!("  {text}")),
            (false, false) => format!("  {text}"),
        });
        out.push('\n');
    }
    out
}

/// The instructions of the function that is looked at, with the one it is at.
pub fn listing(engine: &mut Engine, context: Context, paint: Paint) -> Result<String, String> {
    let found = engine.function_of(context);
    let (function, at) = found.ok_or("no function of the language runs here")?;
    let (_, code) = engine.listing(&function).ok_or("its code is not there any more")?;
    let mut out = String::new();
    let mut last = None;
    for Listed { pc, line, text, .. } in code {
        let shown = match line.filter(|line| last.replace(*line) != Some(*line)) {
            Some(line) => format!("{line:>4}"),
            None => "    ".to_string(),
        };
        let text = format!("{shown}  {pc:>4}  {text}");
        out.push_str(&match pc == at {
            true => paint.current(&format!("→ {text}")),
            false => format!("  {text}"),
        });
        out.push('\n');
    }
    Ok(out)
}

/// The way of a value, a store a line.
pub fn trail(trail: &Trail, paint: Paint) -> String {
    let mut out = String::new();
    for (n, store) in (1..).zip(&trail.stores) {
        let place = store.position.as_ref().map_or(String::new(), |(chunk, line)| at(chunk, *line));
        out.push_str(&format!(
            "{}  {}  {} ← {}\n",
            paint.faint(&format!("{n:>3}")),
            paint.place(&place),
            store.place,
            store.from
        ));
    }
    out.push_str(&format!("     {}\n", paint.reason(&trail.end)));
    out
}
