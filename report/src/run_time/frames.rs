//! The levels of a stack: PUC's lines, and under each the line of the source it is at.

use luka_compiler::source::Source;
use luka_vm::debug::position::Location;
use luka_vm::debug::traceback::Level;

use super::sources::Sources;

/// Columns of a source line shown under a level.
const COLUMNS: usize = 100;

/// A level of a stack in a report.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The chunk as messages name it: `file.lua`, `[C]`.
    pub source: Vec<u8>,
    /// The current line, from 1; `None` for natives and without debug information.
    pub line: Option<u32>,
    /// What the function is: `function 'f'`, `main chunk`.
    pub function: Vec<u8>,
    /// The source line, shortened, unless it is shown already nearby.
    pub code: Option<String>,
    /// It was tail-called: the functions that led to it are gone.
    pub is_tail: bool,
    /// How many levels are left out after this one.
    pub skipped: usize,
}

/// The levels of a stack. The source line of `pictured` is not repeated, nor that of a level in
/// the next one.
pub fn frames(
    levels: Vec<Level>,
    sources: &mut Sources,
    pictured: Option<&Location>,
) -> Vec<Frame> {
    let mut last: Option<Location> = None;
    let frame = |level: Level| {
        let mut code = None;
        if let Some(location) = &level.location
            && !pictured.is_some_and(|p| same_line(p, location))
            && !last.as_ref().is_some_and(|l| same_line(l, location))
        {
            code = sources.of(location).and_then(|source| source_line(&source, location));
        }
        last = level.location.or(last.take());
        let Level { source, line, function, is_tail, skipped, .. } = level;
        Frame { source, line, function, code, is_tail, skipped }
    };
    levels.into_iter().map(frame).collect()
}

/// Adds the levels to `out`, each on a line that begins with a newline.
pub fn write(out: &mut Vec<u8>, frames: &[Frame]) {
    for frame in frames {
        let line = frame.line.map_or(String::new(), |line| format!(":{line}"));
        let text = [b"\n\t", &*frame.source, line.as_bytes(), b": in ", &frame.function];
        out.extend_from_slice(&text.concat());
        if let Some(code) = &frame.code {
            out.extend_from_slice(b"\n\t    ");
            out.extend_from_slice(code.as_bytes());
        }
        if frame.is_tail {
            out.extend_from_slice(b"\n\t(...tail calls...)");
        }
        if frame.skipped > 0 {
            let note = format!("\n\t...\t(skipping {} levels)", frame.skipped);
            out.extend_from_slice(note.as_bytes());
        }
    }
}

fn same_line(a: &Location, b: &Location) -> bool {
    std::rc::Rc::ptr_eq(&a.chunk, &b.chunk) && a.line == b.line
}

/// The line of a place, without what surrounds it, cut if it is long.
fn source_line(source: &Source, location: &Location) -> Option<String> {
    let line = location.line?;
    let start = source.lines().start_of(line).unwrap_or(source.start()) as usize;
    let rest = source.bytes().get(start..)?;
    let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    // Of a long line, what is around the place.
    let at = (location.span.start as usize).saturating_sub(start).min(end);
    let from = if end > COLUMNS * 4 { at.saturating_sub(COLUMNS / 2) } else { 0 };
    let text = String::from_utf8_lossy(&rest[from..end.min(from + COLUMNS * 4)]);
    let text: String =
        text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(COLUMNS).collect();
    let before = if from > 0 { "…" } else { "" };
    let after =
        if end - from > COLUMNS * 4 || text.chars().count() == COLUMNS { "…" } else { "" };
    (!text.is_empty()).then(|| format!("{before}{text}{after}"))
}
