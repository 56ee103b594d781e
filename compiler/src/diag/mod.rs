//! Diagnostics as plain data, in two voices: the text PUC Lua gives for the same fault, which
//! programs see through `load`, and a richer report for people.

mod assembly;
mod codes;
mod explain;

pub use codes::{Code, Row, Severity};
pub use explain::{document, explain};

use crate::Span;
use crate::source::Source;

/// When, in PUC's single pass, an error is raised: while which token is current, and in which
/// order among the errors at that token. PUC stops at its first error, so of all faults our
/// separate passes find, the one with the smallest moment is the one PUC reports.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Moment {
    /// Where the token starts that is current when PUC raises the error.
    pub token_at: u32,
    pub phase: Phase,
}

/// The order of errors at one token: reading it comes first, then checks of what stands before
/// it, then the grammar's refusal of the token itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Phase {
    Lex,
    Semantic,
    Syntax,
}

/// What PUC Lua says about the fault.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PucMessage {
    /// The text behind the position, `near` part included. Any bytes.
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

/// A second place a report points at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// A change of the text: `text` in place of `span`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

/// A way to fix a fault.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What the edits do, as one says it to a person: "write `~=`".
    pub title: String,
    /// In order of position, not overlapping.
    pub edits: Vec<Edit>,
    /// It does what was certainly meant, and may be applied without asking (`luka check --fix`).
    pub safe: bool,
}

/// One fault, for programs and for people.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    /// One sentence without a full stop.
    pub message: String,
    /// The place the report is about, and what to write under it.
    pub span: Span,
    pub label: String,
    pub labels: Vec<Label>,
    pub notes: Vec<String>,
    pub help: Vec<String>,
    /// Edits that fix the fault, the best one first. Their titles are shown as help.
    pub fixes: Vec<Fix>,
    /// PUC's words; `None` for faults PUC does not know (lints, run-time reports with their own
    /// text).
    pub puc: Option<PucMessage>,
    /// `None` for what PUC never raises while compiling.
    pub moment: Option<Moment>,
}

impl Diagnostic {
    /// A report without PUC's words; the builder methods add the rest.
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
            moment: None,
        }
    }

    /// Adds PUC's words.
    pub fn with_puc(mut self, moment: Moment, line: Option<u32>, text: impl Into<Vec<u8>>) -> Self {
        self.moment = Some(moment);
        self.puc = Some(PucMessage { text: text.into(), line });
        self
    }

    /// Sets the words under the primary span.
    pub fn with_label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Points at a second place.
    pub fn with_secondary(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    pub fn with_note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

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

    /// The message `load` returns: PUC's words with position, or our own message where PUC has
    /// none.
    pub fn program_text(&self, source: &Source) -> Vec<u8> {
        match &self.puc {
            Some(puc) => puc.full(source),
            None => {
                let line = Some(source.line(self.span.start));
                PucMessage { text: self.message.clone().into_bytes(), line }.full(source)
            }
        }
    }
}

/// Of several passes' reports the error PUC would have stopped at: the smallest moment, the
/// earlier report among equals.
pub fn first_error(diagnostics: &[Diagnostic]) -> Option<&Diagnostic> {
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error);
    errors.min_by_key(|d| (d.moment.is_none(), d.moment))
}
