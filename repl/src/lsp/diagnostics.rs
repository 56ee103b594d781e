//! Reports of `luka check` for an open file, and what can be done about them.

use gen_lsp_types::{
    Code, CodeAction, CodeActionKind, CodeActionParams, CodeActionResponse, CodeDescription,
    Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Position, Range,
    TextEdit, Uri, WorkspaceEdit,
};
use luka_compiler::check::{Linter, lint_name};
use luka_compiler::diag::{self, Severity};
use std::collections::HashMap;

use super::text::Text;
use super::workspace::{Workspace, uri_of};
use crate::cmd::tool;

/// The reports about an open file, as the compiler has them.
fn found(workspace: &Workspace, linter: &Linter, file: usize) -> Vec<diag::Diagnostic> {
    let Some(open) = &workspace.files[file].open else { return Vec::new() };
    let path = workspace.files[file].path.as_bytes();
    let source = tool::source(path, open.text.as_str().as_bytes().to_vec());
    let options = tool::options(workspace.std);
    linter.diagnose(&source, &options)
}

/// The reports about an open file.
pub fn of_file(workspace: &Workspace, linter: &Linter, file: usize) -> Vec<Diagnostic> {
    let text = workspace.text(file);
    let uri = uri_of(&workspace.files[file].path);
    found(workspace, linter, file).iter().map(|report| diagnostic(report, &text, &uri)).collect()
}

fn diagnostic(report: &diag::Diagnostic, text: &Text, uri: &Uri) -> Diagnostic {
    let mut message = report.message.clone();
    for more in report.label.split('\n').filter(|label| !label.is_empty() && *label != "here") {
        message.push_str(&format!("\n{more}"));
    }
    for more in report.notes.iter().chain(&report.help) {
        message.push_str(&format!("\n{more}"));
    }
    let related = report.labels.iter().map(|label| DiagnosticRelatedInformation {
        location: gen_lsp_types::Location { uri: uri.clone(), range: text.range(label.span) },
        message: label.text.clone(),
    });
    let related: Vec<DiagnosticRelatedInformation> = related.collect();
    let is_unused = matches!(
        report.code,
        diag::Code::UnusedLocal
            | diag::Code::UnusedParameter
            | diag::Code::UnusedLoopVariable
            | diag::Code::Unreachable
    );
    Diagnostic {
        range: text.range(report.span),
        severity: Some(match report.severity {
            Severity::Error => DiagnosticSeverity::Error,
            Severity::Warning => DiagnosticSeverity::Warning,
            Severity::Note => DiagnosticSeverity::Information,
        }),
        code: Some(Code::String(report.code.to_string())),
        code_description: None::<CodeDescription>,
        source: Some("luka".into()),
        message: message.into(),
        tags: is_unused.then(|| vec![DiagnosticTag::Unnecessary]),
        related_information: (!related.is_empty()).then_some(related),
        data: None,
    }
}

/// What can be done in a range: the fixes of the reports there, all fixes of one kind, and comments that
/// allow what a lint reports.
pub fn actions(
    workspace: &Workspace,
    linter: &Linter,
    file: usize,
    params: &CodeActionParams,
) -> Vec<CodeActionResponse> {
    let text = workspace.text(file);
    let uri = uri_of(&workspace.files[file].path);
    let span = text.span(params.range);
    let reports = found(workspace, linter, file);
    let mut actions = Vec::new();
    let mut offer = |title: String, edits: Vec<TextEdit>, report: &diag::Diagnostic, preferred| {
        actions.push(CodeActionResponse::CodeAction(CodeAction {
            title,
            kind: Some(CodeActionKind::QuickFix),
            diagnostics: Some(vec![diagnostic(report, &text, &uri)]),
            is_preferred: Some(preferred),
            edit: Some(WorkspaceEdit {
                changes: Some(HashMap::from([(uri.clone(), edits)])),
                ..WorkspaceEdit::default()
            }),
            ..CodeAction::default()
        }));
    };
    for report in reports.iter().filter(|r| r.span.start <= span.end && span.start <= r.span.end) {
        for (number, fix) in report.fixes.iter().enumerate() {
            offer(fix.title.clone(), edits(fix, &text), report, number == 0 && fix.safe);
        }
        let same = reports.iter().filter(|other| other.code == report.code);
        let fixes = same.filter_map(|other| other.fixes.first().filter(|fix| fix.safe));
        let all: Vec<&diag::Fix> = fixes.collect();
        if all.len() > 1 && report.fixes.first().is_some_and(|fix| fix.safe) {
            let mut edits: Vec<TextEdit> =
                all.iter().flat_map(|fix| self::edits(fix, &text)).collect();
            edits.sort_by_key(|edit| (edit.range.start.line, edit.range.start.character));
            edits.dedup_by_key(|edit| edit.range.start);
            offer(format!("fix all {} of this kind", all.len()), edits, report, false);
        }
        if report.severity == Severity::Warning || report.puc.is_none() {
            let name = lint_name(report.code);
            let line = text.position(report.span.start).line;
            let shown = text.line(line);
            let indent = &shown[..shown.len() - shown.trim_start().len()];
            let at = Position { line, character: 0 };
            let edit = TextEdit {
                range: Range { start: at, end: at },
                new_text: format!("{indent}-- luka: allow({name})\n"),
            };
            if luka_compiler::check::Levels::lints(&name).contains(&report.code) {
                offer(format!("allow {name} here"), vec![edit], report, false);
            }
        }
    }
    actions
}

fn edits(fix: &diag::Fix, text: &Text) -> Vec<TextEdit> {
    let edits = fix.edits.iter();
    edits.map(|e| TextEdit { range: text.range(e.span), new_text: e.text.clone() }).collect()
}
