//! The explainer for what the grammar refuses: PUC's text and line, and the report for people.

use super::ext::Hint;
use crate::Span;
use crate::Sym;
use crate::diag::{Code, Diagnostic, Phase, PucOrder};
use crate::lex::{TokenKind, Tokens};
use crate::source::Source;

/// Why a token is rejected.
#[derive(Clone, Copy, Debug)]
pub(super) enum SyntaxError {
    /// A certain token must be here.
    Expected(TokenKind),
    /// A construct must be closed here.
    Unclosed {
        closer: TokenKind,
        opener: TokenKind,
        open_at: u32,
        open_line_at: u32,
    },
    /// No expression starts with this token.
    Unexpected,
    /// `expr` is not a call, or not a target of the assignment it is in.
    NotAStatement {
        expr: Span,
    },
    ArgumentsExpected,
    ParameterExpected,
    ForExpected,
    VarargOutside,
    UnknownAttribute {
        name: Sym,
        span: Span,
    },
    MultipleToClose {
        first: Span,
        second: Span,
    },
    TooDeep,
    /// A malformed extension.
    Extension(Hint),
}

/// A syntax error and the token at which it was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct LocatedError {
    pub(super) index: usize,
    pub(super) error: SyntaxError,
}

impl LocatedError {
    /// The diagnostic: that of the lexer if the token is invalid.
    pub(super) fn explain(&self, tokens: &Tokens, source: &Source) -> Diagnostic {
        let token = tokens.tokens[self.index];
        if token.kind == TokenKind::Error
            && let Some(diagnostic) = tokens.errors.get(token.payload as usize)
        {
            return diagnostic.clone();
        }
        let explainer = Explainer { found: *self, tokens, source };
        let puc_order = PucOrder { token_at: tokens.spans[self.index].start, phase: Phase::Syntax };
        let line = source.line(tokens.line_at(self.index));
        explainer.report().with_puc(
            puc_order,
            explainer.has_position().then_some(line),
            explainer.puc(),
        )
    }
}

/// The context of a syntax error.
struct Explainer<'a> {
    found: LocatedError,
    tokens: &'a Tokens,
    source: &'a Source<'a>,
}

impl Explainer<'_> {
    fn has_position(&self) -> bool {
        !matches!(self.found.error, SyntaxError::TooDeep)
    }

    /// PUC's text, without position.
    fn puc(&self) -> Vec<u8> {
        let text = match self.found.error {
            SyntaxError::TooDeep => return b"C stack overflow".to_vec(),
            SyntaxError::UnknownAttribute { name, .. } => {
                let name = self.tokens.names.bytes(name);
                return [b"unknown attribute '", name, b"'"].concat();
            }
            SyntaxError::Extension(Hint::GlobalClose) => {
                return b"global variables cannot be to-be-closed".to_vec();
            }
            SyntaxError::MultipleToClose { .. } => {
                return b"multiple to-be-closed variables in local list".to_vec();
            }
            SyntaxError::Expected(kind) => format!("{} expected", Tokens::expected(kind)),
            SyntaxError::Unclosed { closer, opener, open_line_at, .. } => {
                let (line, here) = (self.source.line(open_line_at), self.line());
                let closer = Tokens::expected(closer);
                if line == here {
                    format!("{closer} expected")
                } else {
                    let opener = Tokens::expected(opener);
                    format!("{closer} expected (to close {opener} at line {line})")
                }
            }
            SyntaxError::Unexpected => "unexpected symbol".into(),
            SyntaxError::Extension(hint) => hint.puc().into(),
            SyntaxError::NotAStatement { .. } => "syntax error".into(),
            SyntaxError::ArgumentsExpected => "function arguments expected".into(),
            SyntaxError::ParameterExpected => "<name> or '...' expected".into(),
            SyntaxError::ForExpected => "'=' or 'in' expected".into(),
            SyntaxError::VarargOutside => "cannot use '...' outside a vararg function".into(),
        };
        self.tokens.message_near_token(&text, self.found.index, self.source)
    }

    /// The line PUC counts at the token.
    fn line(&self) -> u32 {
        self.source.line(self.tokens.line_at(self.found.index))
    }

    /// The rejected token, for display.
    fn found_text(&self) -> String {
        let token = self.tokens.tokens[self.found.index];
        let span = self.tokens.spans[self.found.index];
        let text = &self.source.bytes()[span.start as usize..span.end as usize];
        let text = String::from_utf8_lossy(text);
        match token.kind {
            TokenKind::Eof => "the end of the text".into(),
            TokenKind::Str => "a string".into(),
            TokenKind::Name => format!("the name `{text}`"),
            TokenKind::Int | TokenKind::Float => format!("the number `{text}`"),
            TokenKind::Other if !text.starts_with(|c: char| c.is_ascii_graphic()) => {
                format!("the byte {}", token.payload)
            }
            kind if kind.is_keyword() => format!("the keyword `{text}`"),
            _ => format!("`{text}`"),
        }
    }

    /// Where to point: at the token, or just after the previous one when the token is on a
    /// later line or is the end of the text.
    fn place(&self) -> Span {
        let here = self.tokens.spans[self.found.index];
        let Some(before) = self.found.index.checked_sub(1).map(|at| self.tokens.spans[at]) else {
            return here;
        };
        let at_end = self.tokens.tokens[self.found.index].kind == TokenKind::Eof;
        let later = self.source.line(here.start) > self.source.line(before.end.max(1) - 1);
        if at_end || later { Span::new(before.end, before.end) } else { here }
    }

    fn report(&self) -> Diagnostic {
        let here = self.tokens.spans[self.found.index];
        let found = self.found_text();
        match self.found.error {
            SyntaxError::Expected(kind) => {
                let wanted = describe(kind);
                Diagnostic::new(
                    Code::Expected,
                    self.place(),
                    format!("expected {wanted}, found {found}"),
                )
                .with_label(format!("expected {wanted}"))
            }
            SyntaxError::Unclosed { closer, opener, open_at, .. } => {
                self.unclosed(closer, opener, open_at, &found)
            }
            SyntaxError::Unexpected => Diagnostic::new(
                Code::UnexpectedToken,
                self.place(),
                format!("expected an expression, found {found}"),
            )
            .with_label("expected an expression"),
            SyntaxError::NotAStatement { expr } => {
                Diagnostic::new(Code::NotAStatement, expr, "this expression is not a statement")
                    .with_label("neither a call nor something that can be assigned to")
                    .with_note(format!("{found} follows"))
            }
            SyntaxError::ArgumentsExpected => Diagnostic::new(
                Code::Expected,
                self.place(),
                format!("expected the arguments of a call, found {found}"),
            )
            .with_label("expected `(`, a string or a table")
            .with_help("`:` calls a method; a field is read with `.`"),
            SyntaxError::ParameterExpected => Diagnostic::new(
                Code::Expected,
                self.place(),
                format!("expected a parameter, found {found}"),
            )
            .with_label("expected a name or `...`"),
            SyntaxError::ForExpected => Diagnostic::new(
                Code::Expected,
                self.place(),
                format!("expected `=` or `in`, found {found}"),
            )
            .with_label("expected `=` or `in`"),
            SyntaxError::VarargOutside => {
                Diagnostic::new(Code::VarargOutside, here, "this function takes no varargs")
                    .with_label("`...` has no value here")
                    .with_help("add `...` to the parameters of the function")
            }
            SyntaxError::UnknownAttribute { name, span } => Diagnostic::new(
                Code::UnknownAttribute,
                span,
                format!("there is no attribute `{}`", self.tokens.names.text(name)),
            )
            .with_label("unknown attribute")
            .with_help("the attributes are `const` and `close`"),
            SyntaxError::MultipleToClose { first, second } => Diagnostic::new(
                Code::MultipleToClose,
                second,
                "one declaration can have one to-be-closed variable only",
            )
            .with_label("a second one")
            .with_secondary(first, "the first one"),
            SyntaxError::Extension(hint) => {
                let (message, label, help) = hint.texts();
                Diagnostic::new(Code::MalformedExtension, self.place(), message)
                    .with_label(label)
                    .with_help(help)
            }
            SyntaxError::TooDeep => Diagnostic::new(Code::TooDeep, here, "nested too deeply")
                .with_label("more than about 200 levels deep here"),
        }
    }

    fn unclosed(
        &self,
        closer: TokenKind,
        opener: TokenKind,
        open_at: u32,
        found: &str,
    ) -> Diagnostic {
        let (wanted, opener) = (describe(closer), describe(opener));
        let open = self.tokens.spans[self.tokens.index_at_or_after(open_at)];
        let message = format!("expected {wanted} to close {opener}, found {found}");
        if self.tokens.tokens[self.found.index].kind == TokenKind::Eof {
            return Diagnostic::new(Code::Unclosed, open, format!("this {opener} is not closed"))
                .with_label(format!("no matching {wanted}"))
                .with_secondary(self.place(), "the text ends here");
        }
        Diagnostic::new(Code::Unclosed, self.place(), message)
            .with_label(format!("expected {wanted}"))
            .with_secondary(open, format!("to close this {opener}"))
    }
}

/// A kind of token, for display.
fn describe(kind: TokenKind) -> String {
    match kind {
        TokenKind::Name => "a name".into(),
        TokenKind::Eof => "the end of the text".into(),
        _ => format!("`{}`", kind.text()),
    }
}
