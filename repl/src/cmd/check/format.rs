//! Reports in the formats of `--error-format`.

use luka_compiler::Span;
use luka_compiler::diag::Diagnostic;
use luka_compiler::source::Source;
use serde_json::{Value, json};

use crate::cli::{CliError, Console};

/// How reports are printed (`--error-format`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// With the source lines, on standard error.
    Human,
    /// `file:line:column: error[L0103]: message`, on standard output.
    Short,
    /// One JSON object a line, on standard output.
    Json,
    /// One SARIF file at the end ([`super::sarif`]), on standard output.
    Sarif,
}

impl Format {
    /// Prints the reports about the source at `path`.
    pub(super) fn print(
        self,
        diagnostics: &[Diagnostic],
        source: &Source,
        path: &[u8],
        console: &Console,
    ) -> Result<(), CliError> {
        match self {
            Format::Human if diagnostics.is_empty() => {}
            // Written at the end.
            Format::Sarif => {}
            Format::Human => console.show(diagnostics, source),
            Format::Short | Format::Json => {
                let name = file_name(path);
                let mut out = String::new();
                for diagnostic in diagnostics {
                    let line = match self {
                        Format::Json => object(diagnostic, source, &name).to_string(),
                        _ => short(diagnostic, source, &name),
                    };
                    out.push_str(&line);
                    out.push('\n');
                }
                console.print(out.as_bytes())?;
            }
        }
        Ok(())
    }
}

pub(super) fn file_name(path: &[u8]) -> String {
    if path == b"-" { "stdin".into() } else { String::from_utf8_lossy(path).into_owned() }
}

fn short(diagnostic: &Diagnostic, source: &Source, name: &str) -> String {
    let (line, column) = place(source, diagnostic.span.start);
    let (severity, code) = (diagnostic.severity.text(), diagnostic.code);
    format!("{name}:{line}:{column}: {severity}[{code}]: {}", diagnostic.message)
}

/// Line and column of a byte, both counted from 1; columns count characters, and bytes that are
/// no UTF-8 one each.
pub(super) fn place(source: &Source, position: u32) -> (u32, usize) {
    let line = source.line(position);
    let start = source.lines().start_of(line).unwrap_or(0) as usize;
    let end = (position as usize).clamp(start, source.bytes().len());
    let text = &source.bytes()[start..end];
    let columns = text.utf8_chunks().map(|c| c.valid().chars().count() + c.invalid().len());
    (line, columns.sum::<usize>() + 1)
}

fn span(span: Span, source: &Source) -> Value {
    let (line, column) = place(source, span.start);
    let (end_line, end_column) = place(source, span.end);
    json!({
        "start": span.start, "end": span.end,
        "line": line, "column": column, "end_line": end_line, "end_column": end_column,
    })
}

fn object(diagnostic: &Diagnostic, source: &Source, name: &str) -> Value {
    let labels = diagnostic.labels.iter();
    let labels = labels.map(|l| json!({ "span": span(l.span, source), "text": l.text }));
    let fixes = diagnostic.fixes.iter().map(|fix| {
        let edits = fix.edits.iter();
        let edits = edits.map(|e| json!({ "span": span(e.span, source), "text": e.text }));
        json!({ "title": fix.title, "safe": fix.safe, "edits": edits.collect::<Vec<_>>() })
    });
    json!({
        "code": diagnostic.code.to_string(),
        "severity": diagnostic.severity.text(),
        "file": name,
        "message": diagnostic.message,
        "span": span(diagnostic.span, source),
        "label": diagnostic.label,
        "labels": labels.collect::<Vec<_>>(),
        "notes": diagnostic.notes,
        "help": diagnostic.help,
        "fixes": fixes.collect::<Vec<_>>(),
        "lua": diagnostic.puc.as_ref().map(|puc| {
            String::from_utf8_lossy(&puc.full(source)).into_owned()
        }),
    })
}
