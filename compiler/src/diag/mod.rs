//! Diagnostics as plain data, in two forms: PUC Lua's message for the same error, which
//! programs see through `load`, and a more detailed report for display.

mod assembly;
mod codes;
mod explain;

pub use codes::{Code, Row, Severity};
pub use explain::{document, explain};

use crate::Span;
use crate::source::Source;

/// When, in PUC's single pass, an error is raised: while which token is current, and in which
/// order among the errors at that token. PUC stops at its first error, so of all errors our
/// separate passes find, the one that comes first in this order is the one PUC reports.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PucOrder {
    /// Where the token starts that is current when PUC raises the error.
    pub token_at: u32,
    /// The order among the errors at one token.
    pub phase: Phase,
}

/// The order of errors at one token: reading it comes first, then checks of what precedes
/// it, then the grammar's refusal of the token itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Phase {
    /// Reading the token.
    Lex,
    /// A check of the text before the token.
    Semantic,
    /// The grammar rejects the token.
    Syntax,
}

/// PUC Lua's message for an error.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PucMessage {
    /// The text after the position, `near` part included. Any bytes.
    pub text: Vec<u8>,
    /// The line of the position; `None` for a message without position, which PUC raises as a
    /// run-time error ("C stack overflow").
    pub line: Option<u32>,
}

impl PucMessage {
    /// The whole message as `load` returns it: `chunk:line: text`.
    pub fn full(&self, source: &Source) -> Vec<u8> {
        let mut message = Vec::new();
        if let Some(line) = self.line {
            message = source.display_name();
            message.extend_from_slice(format!(":{line}: ").as_bytes());
        }
        message.extend_from_slice(&self.text);
        message
    }
}

/// A label at another place than the primary one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// The text.
    pub text: String,
}

/// A change of the text: `text` in place of `span`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// The place.
    pub span: Span,
    /// The text.
    pub text: String,
}

/// A way to fix an error.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What the edits do, in the imperative: "write `~=`".
    pub title: String,
    /// In order of position, not overlapping.
    pub edits: Vec<Edit>,
    /// It is certain to be what was meant, and may be applied without confirmation (`luka check --fix`).
    pub safe: bool,
}

/// An error or warning, with what `load` returns for it and what a report shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// The code.
    pub code: Code,
    /// The severity.
    pub severity: Severity,
    /// One sentence without a full stop.
    pub message: String,
    /// The place the report is about, and the label under it.
    pub span: Span,
    /// The label of the primary span.
    pub label: String,
    /// Labels of other places.
    pub labels: Vec<Label>,
    /// Additional information.
    pub notes: Vec<String>,
    /// Advice.
    pub help: Vec<String>,
    /// Edits that fix the error, the best one first. Their titles are shown as help.
    pub fixes: Vec<Fix>,
    /// PUC's message; `None` for errors that PUC does not have (lints, run-time reports with their own
    /// text).
    pub puc: Option<PucMessage>,
    /// `None` for what PUC never raises while compiling.
    pub puc_order: Option<PucOrder>,
}

/// Sorts reports: what PUC reports comes first, in the order in which it would be found there.
pub(crate) fn in_order(diagnostics: &mut [Diagnostic]) {
    luka_bytecode::order::sort_by_key(diagnostics, |d| (d.puc_order.is_none(), d.puc_order));
}

impl Diagnostic {
    /// A report without PUC's message; the builder methods add the rest.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: code.severity(),
            message: message.into(),
            span,
            label: String::new(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            fixes: Vec::new(),
            puc: None,
            puc_order: None,
        }
    }

    /// Adds PUC's message.
    pub fn with_puc(
        mut self,
        puc_order: PucOrder,
        line: Option<u32>,
        text: impl Into<Vec<u8>>,
    ) -> Self {
        self.puc_order = Some(puc_order);
        self.puc = Some(PucMessage { text: text.into(), line });
        self
    }

    /// Sets the label of the primary span.
    pub fn with_label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Adds a label at another place.
    pub fn with_secondary(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds a note.
    pub fn with_note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds advice.
    pub fn with_help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Offers a fix of one edit.
    pub fn with_fix(
        self,
        title: impl Into<String>,
        safe: bool,
        span: Span,
        text: impl Into<String>,
    ) -> Self {
        self.with_edits(title, safe, vec![Edit { span, text: text.into() }])
    }

    /// Offers a fix of several edits, in order of position.
    pub fn with_edits(mut self, title: impl Into<String>, safe: bool, edits: Vec<Edit>) -> Self {
        self.fixes.push(Fix { title: title.into(), edits, safe });
        self
    }

    /// The message `load` returns: PUC's message with position, or our own message where PUC has
    /// none.
    pub fn load_message(&self, source: &Source) -> Vec<u8> {
        match &self.puc {
            Some(puc) => puc.full(source),
            None => {
                let line = Some(source.line(self.span.start));
                PucMessage { text: self.message.clone().into_bytes(), line }.full(source)
            }
        }
    }
}

/// Of several passes' reports the error PUC would have stopped at: the first in [`PucOrder`], the
/// earlier report among equals.
pub fn first_error(diagnostics: &[Diagnostic]) -> Option<&Diagnostic> {
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error);
    errors.min_by_key(|d| (d.puc_order.is_none(), d.puc_order))
}
