//! Semantic errors of extensions.

use super::Lower;
use crate::diag::{Code, Diagnostic, Phase, PucOrder};
use crate::{Span, Sym};

impl Lower<'_> {
    #[cold]
    fn report(&mut self, code: Code, span: Span, message: String, label: &str, help: &str) {
        let puc_order = PucOrder { token_at: span.start, phase: Phase::Semantic };
        let index = self.tokens.index_at_or_after(span.start);
        let line = self.source.line(self.tokens.line_at(index));
        let text = message.clone().into_bytes();
        let diagnostic = Diagnostic::new(code, span, message)
            .with_puc(puc_order, Some(line), text)
            .with_label(label)
            .with_help(help);
        self.diagnostics.push(diagnostic);
    }

    pub(super) fn continue_outside(&mut self, span: Span) {
        let message = format!("continue outside loop at line {}", self.source.line(span.start));
        let help = "`continue` starts the next iteration of a loop";
        self.report(Code::ContinueOutsideLoop, span, message, "not inside a loop", help);
    }

    /// `what` (a jump) in a block that runs when its scope is left.
    pub(super) fn cannot_leave(&mut self, what: &str, place: &str, span: Span) {
        let message = format!("'{what}' cannot leave a '{place}' block");
        let label = format!("would leave the `{place}` block");
        let help = "such a block runs when its scope is left, and must run to its end";
        self.report(Code::CannotLeave, span, message, &label, help);
    }

    /// `until` reads a variable that a `continue` leaves undeclared.
    pub(super) fn continue_skips(&mut self, name: Sym, span: Span) {
        let text = self.names.text(name).into_owned();
        let message = format!("<continue> jumps into the scope of local '{text}'");
        let help = "declare the variable before the `continue`";
        let label = "declared after a `continue` of this loop";
        self.report(Code::ContinueSkipsLocal, span, message, label, help);
    }

    pub(super) fn optional_target(&mut self, span: Span) {
        let message = "an optional target must be the only one of its assignment".to_string();
        let help = "write one assignment for each target";
        self.report(Code::OptionalTarget, span, message, "one of several targets", help);
    }
}
