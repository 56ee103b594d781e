//! Errors for people: PUC's message first, then the source line with the fault underlined.

use luka_compiler::diag::{Code, Diagnostic, render, render_all};
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, Span, Std};
use luka_vm::Vm;
use luka_vm::debug::position::{Location, short_source};
use luka_vm::host::FileId;
use std::ffi::OsStr;
use std::io::IsTerminal;
use std::os::unix::ffi::OsStrExt;

pub const STDERR: FileId = FileId(2);

/// Writes to standard error; there is nowhere to report a failure to.
pub fn complain(vm: &mut Vm, text: &[u8]) {
    let _ = vm.host().write(STDERR, text);
    let _ = vm.host().flush(STDERR);
}

/// Whether reports are coloured.
pub fn colour() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// The picture of the source line a run-time error is about: the innermost place that the
/// message's position names, else the innermost place at all.
pub fn snippet(vm: &Vm, message: &[u8]) -> Option<String> {
    let places: Vec<Location> = vm.locations(vm.current_thread()).take(50).collect();
    let named = places.iter().position(|place| message.starts_with(&position(place)));
    let place = places.get(named.unwrap_or(0))?;
    if place.span == Span::NONE {
        return None;
    }
    let source = source_of(place)?;
    let fits = place.line == Some(source.line(place.span.start));
    let text = if named.is_some() { &message[position(place).len()..] } else { message };
    let text = String::from_utf8_lossy(text).lines().next().unwrap_or_default().to_string();
    let diagnostic = Diagnostic::new(Code::Runtime, place.span, "").with_label(text);
    fits.then(|| without_heading(&render(&diagnostic, &source, colour())))
}

/// The reports of the compiler about a text it refuses.
pub fn syntax_errors(name: &[u8], text: &[u8], kind: SourceKind, std: Std) -> String {
    let source = Source::new(name, text, kind);
    let options = Options { std, ..Options::default() };
    match luka_compiler::compile(&source, &options) {
        Ok(_) => String::new(),
        Err(diagnostics) => without_heading(&render_all(&diagnostics, &source, colour())),
    }
}

/// `chunk:line: ` as messages begin.
fn position(place: &Location) -> Vec<u8> {
    let mut text = short_source(&place.chunk);
    text.extend_from_slice(format!(":{}: ", place.line.unwrap_or(0)).as_bytes());
    text
}

/// The text of a chunk: what was kept, or the file again.
fn source_of(place: &Location) -> Option<Source> {
    let name = place.chunk.source_name.as_deref()?;
    let text = match &place.chunk.source_text {
        Some(text) => text.to_vec(),
        None => {
            let path = name.strip_prefix(b"@")?;
            std::fs::read(OsStr::from_bytes(path)).ok()?
        }
    };
    // What was kept has its first line blanked already; a file has not.
    let kind = if name.starts_with(b"@") { SourceKind::File } else { SourceKind::Chunk };
    Some(Source::new(name, text, kind))
}

/// A report without its first line: PUC's message above it says the same.
fn without_heading(report: &str) -> String {
    match report.split_once('\n') {
        Some((_, rest)) => rest.to_string(),
        None => String::new(),
    }
}
