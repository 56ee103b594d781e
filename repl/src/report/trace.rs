//! The traceback of a report: PUC's lines, and under each the line of the source it stands on.

use luka_compiler::source::Source;
use luka_vm::debug::position::Location;
use luka_vm::debug::traceback::Level;

use super::sources::Sources;

/// Columns of a source line shown under a level.
const COLUMNS: usize = 100;

/// Adds the levels to `out`, one a line. The source line of `pictured` is not
/// repeated, nor that of a level in the next one.
pub fn write_levels(
    out: &mut Vec<u8>,
    levels: impl IntoIterator<Item = Level>,
    sources: &mut Sources,
    pictured: Option<&Location>,
) {
    let mut last: Option<Location> = None;
    for level in levels {
        out.extend_from_slice(b"\n\t");
        out.extend_from_slice(&level.text);
        if let Some(location) = &level.location
            && !pictured.is_some_and(|p| same_line(p, location))
            && !last.as_ref().is_some_and(|l| same_line(l, location))
            && let Some(line) = sources.of(location).and_then(|s| source_line(s, location))
        {
            out.extend_from_slice(b"\n\t    ");
            out.extend_from_slice(line.as_bytes());
        }
        last = level.location.or(last);
        if level.is_tail {
            out.extend_from_slice(b"\n\t(...tail calls...)");
        }
        if level.skipped > 0 {
            let note = format!("\n\t...\t(skipping {} levels)", level.skipped);
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
