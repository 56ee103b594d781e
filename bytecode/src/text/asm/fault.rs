//! What is wrong with a text, as plain data: whoever shows it to people decides how.

use crate::proto::Span;

/// What a step of the assembler gives. Faults are large and rare.
pub(super) type Result<T> = std::result::Result<T, Box<Fault>>;

/// What a fault is about. Tools give each a code (`L07xx` in `luka explain`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FaultKind {
    /// A line that is no line of assembly.
    Syntax,
    /// A number or string that is none.
    Literal,
    /// No such instruction or directive.
    Unknown,
    /// An operand too many, too few, or of the wrong kind.
    Operand,
    /// A number that does not fit its place.
    Range,
    /// A name or number that nothing carries.
    Undefined,
    /// Something said twice.
    Twice,
    /// Something said in the wrong place, or in contradiction to what was said before.
    Place,
    /// The module is well written, and the verifier refuses it.
    Verifier,
}

/// A change of the text that fixes a fault.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What it does, as one says it to a person: "write `MOVE`".
    pub title: String,
    /// Bytes of the assembly text.
    pub span: Span,
    /// What is said about them.
    pub text: String,
}

/// One fault.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The kind of error.
    pub kind: FaultKind,
    /// The bytes of the text the fault is about; never outside of it.
    pub span: Span,
    /// One sentence without a full stop.
    pub message: String,
    /// What to write under the place.
    pub label: String,
    /// Other places, with words of their own.
    pub others: Vec<(Span, String)>,
    /// Advice, one line each.
    pub help: Vec<String>,
    /// An edit that corrects the text.
    pub fix: Option<Edit>,
}

impl Fault {
    pub(super) fn new(kind: FaultKind, span: Span, message: impl Into<String>) -> Fault {
        Fault {
            kind,
            span,
            message: message.into(),
            label: String::new(),
            others: Vec::new(),
            help: Vec::new(),
            fix: None,
        }
    }

    /// The fault as the result of a step that could not be done.
    pub(super) fn err<T>(self) -> Result<T> {
        Err(Box::new(self))
    }

    pub(super) fn label(mut self, text: impl Into<String>) -> Fault {
        self.label = text.into();
        self
    }

    pub(super) fn other(mut self, span: Span, text: impl Into<String>) -> Fault {
        self.others.push((span, text.into()));
        self
    }

    pub(super) fn help(mut self, text: impl Into<String>) -> Fault {
        self.help.push(text.into());
        self
    }

    /// Offers to write `text` in place of what the fault is about.
    pub(super) fn instead(self, text: &str) -> Fault {
        let span = self.span;
        self.edit(format!("write `{text}`"), span, text)
    }

    pub(super) fn edit(mut self, title: impl Into<String>, span: Span, text: &str) -> Fault {
        self.fix = Some(Edit { title: title.into(), span, text: text.to_string() });
        self
    }
}
