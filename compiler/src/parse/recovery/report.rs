//! The report about an error, from the repair that was chosen for it.

use super::Choice;
use super::candidates::RepairKind;
use super::trial::{Change, Context};
use crate::Span;
use crate::diag::{Code, Diagnostic, Edit};
use crate::lex::TokenKind as T;

/// The report; `explained` is the diagnostic of the grammar, whose PUC message is kept.
pub(super) fn report(
    cx: &Context<'_>,
    at: usize,
    choice: &Choice,
    explained: Diagnostic,
) -> Diagnostic {
    let Some(change) = choice.candidate.changes.first() else { return explained };
    let reporter = Reporter { cx, at, change };
    let mut report = match &choice.candidate.what {
        RepairKind::Diagnosed(known) => (**known).clone(),
        RepairKind::Insert(kind) => reporter.insert(*kind, choice.closes),
        RepairKind::Delete => reporter.delete(),
        RepairKind::Replace(kind) => reporter.replace(*kind),
    };
    (report.puc, report.puc_order) = (explained.puc, explained.puc_order);
    report
}

struct Reporter<'b, 'a> {
    cx: &'b Context<'a>,
    at: usize,
    change: &'b Change,
}

impl Reporter<'_, '_> {
    fn span(&self, index: usize) -> Span {
        self.cx.lexemes[index].span
    }

    /// A token of the text, for display.
    fn shown(&self, index: usize) -> String {
        let lexeme = self.cx.lexemes[index];
        let text = String::from_utf8_lossy(self.cx.text(index));
        match lexeme.kind() {
            T::Eof => "the end of the text".into(),
            T::Str => "a string".into(),
            T::Name => format!("the name `{text}`"),
            T::Int | T::Float => format!("the number `{text}`"),
            T::Other if !text.starts_with(|c: char| c.is_ascii_graphic()) => {
                format!("the byte {}", lexeme.token.payload)
            }
            kind if kind.is_keyword() => format!("the keyword `{text}`"),
            _ => format!("`{text}`"),
        }
    }

    /// Where a token is missing: at the next token, or just after the previous one when the
    /// next is on a later line.
    fn gap(&self) -> Span {
        let next = self.cx.lexemes[self.change.at];
        let Some(before) = self.change.at.checked_sub(1).map(|at| self.cx.lexemes[at]) else {
            return next.span;
        };
        if next.indent >= 0 || next.kind() == T::Eof || next.line > before.line {
            return Span::new(before.span.end, before.span.end);
        }
        next.span
    }

    /// The edit that inserts a text at the gap, with the spaces it needs.
    fn insertion(&self, text: &str) -> Edit {
        let bytes = self.cx.source.bytes();
        let next = self.cx.lexemes[self.change.at];
        let before = self.change.at.checked_sub(1).map(|at| self.cx.lexemes[at]);
        let behind = before.is_some_and(|before| {
            next.indent >= 0 || next.kind() == T::Eof || next.line > before.line
        });
        let at = match before {
            Some(before) if behind || matches!(text, "," | ")" | "]" | "." | ":") => {
                before.span.end
            }
            _ => next.span.start,
        };
        let is_word =
            |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        let wordy = text.starts_with(|c: char| c.is_ascii_alphabetic());
        let mut out = String::new();
        let tight = matches!(text, "," | ")" | "]" | "(" | "[" | "." | ":");
        let left = (at as usize).checked_sub(1).and_then(|left| bytes.get(left));
        if !tight && left.is_some_and(|b| !b.is_ascii_whitespace()) || wordy && is_word(left) {
            out.push(' ');
        }
        out.push_str(text);
        let right = bytes.get(at as usize);
        let roomy = !tight && !behind && right.is_some_and(|b| !b.is_ascii_whitespace());
        if roomy || text == "," && is_word(right) {
            out.push(' ');
        }
        Edit { span: Span::new(at, at), text: out }
    }

    fn insert(&self, kind: T, closes: Option<usize>) -> Diagnostic {
        let gap = self.gap();
        let found = self.shown(self.change.at);
        let text = kind.text();
        if let Some(opener) = closes {
            return self.unclosed(kind, opener, gap);
        }
        let expected = |code, what: String| {
            Diagnostic::new(code, gap, format!("expected {what}, found {found}"))
                .with_label(format!("expected {what}"))
        };
        let edit = self.insertion(text);
        let report = match kind {
            T::Name => {
                let report = match self.needs_name() {
                    true => expected(Code::Expected, "a name".into()),
                    false => expected(Code::MissingExpression, "an expression".into()),
                };
                return match self.kind_before() {
                    Some(T::Comma) => report.with_help("complete the list, or remove the `,`"),
                    _ => report,
                };
            }
            T::Then | T::Do => {
                return expected(Code::MissingThen, format!("`{text}`")).with_edits(
                    format!("write `{text}` here"),
                    self.change.at == self.at,
                    vec![edit],
                );
            }
            T::Comma if self.is_surplus_value() => {
                return Diagnostic::new(
                    Code::Expected,
                    gap,
                    format!("expected an operator or the next statement, found {found}"),
                )
                .with_label("something is missing before this");
            }
            T::Comma => expected(Code::MissingComma, "`,`".into()),
            T::DotDot | T::Plus | T::EqEq | T::And | T::Greater | T::Less => {
                return Diagnostic::new(
                    Code::Expected,
                    gap,
                    format!("expected an operator or `,`, found {found}"),
                )
                .with_label("something is missing before this");
            }
            kind if kind.is_keyword() => {
                Diagnostic::new(Code::Expected, gap, format!("`{text}` is missing before {found}"))
                    .with_label(format!("`{text}` is missing here"))
            }
            _ => expected(Code::Expected, format!("`{text}`")),
        };
        report.with_edits(format!("write `{text}` here"), false, vec![edit])
    }

    /// Would a comma before the change add a value for which an assignment has no variable:
    /// `x = 5 6`?
    fn is_surplus_value(&self) -> bool {
        let line = self.cx.lexemes[self.change.at].line;
        let before = (0..self.change.at).rev().take_while(|&n| self.cx.lexemes[n].line == line);
        let (mut values, mut targets, mut equals) = (0, 0, false);
        for n in before {
            match self.cx.lexemes[n].kind() {
                T::LParen | T::LBrace | T::LBracket | T::RParen | T::RBrace | T::RBracket => {
                    return false;
                }
                T::Eq if equals => return false,
                T::Eq => equals = true,
                T::Comma if equals => targets += 1,
                T::Comma => values += 1,
                T::For | T::Return => return false,
                _ => {}
            }
        }
        equals && values >= targets
    }

    fn kind_before(&self) -> Option<T> {
        self.change.at.checked_sub(1).map(|at| self.cx.lexemes[at].kind())
    }

    /// Is a name missing, rather than an expression?
    fn needs_name(&self) -> bool {
        let declares = |kind: T| matches!(kind, T::Local | T::For | T::Function);
        match self.kind_before() {
            Some(T::Dot | T::Colon | T::ColonColon | T::Goto) => true,
            Some(T::Comma) => {
                let mut before = self.cx.lexemes[..self.change.at].iter().rev();
                let head = before.find(|l| !matches!(l.kind(), T::Comma | T::Name));
                head.is_some_and(|lexeme| declares(lexeme.kind()))
            }
            before => before.is_some_and(declares),
        }
    }

    /// A construct that is not closed where it should be.
    fn unclosed(&self, closer: T, opener: usize, gap: Span) -> Diagnostic {
        let (open, close) = (self.cx.lexemes[opener], closer.text());
        let open_text = open.kind().text();
        let found = self.shown(self.change.at);
        let edit = self.insertion(close);
        let title = format!("write `{close}` here");
        let gap_line = self.cx.source.line(gap.start);
        if open.line == gap_line {
            return Diagnostic::new(
                Code::Unclosed,
                gap,
                format!("expected `{close}` to close `{open_text}`, found {found}"),
            )
            .with_label(format!("expected `{close}`"))
            .with_secondary(open.span, format!("to close this `{open_text}`"))
            .with_edits(title, false, vec![edit]);
        }
        let report =
            Diagnostic::new(Code::Unclosed, open.span, format!("this `{open_text}` is not closed"))
                .with_label(format!("no matching `{close}`"));
        let report = if self.cx.lexemes[self.change.at].kind() == T::Eof {
            report.with_secondary(gap, "the text ends here")
        } else if self.change.at == self.at {
            report.with_secondary(gap, format!("`{close}` is expected here"))
        } else {
            report.with_secondary(
                gap,
                format!("judging by the indentation, `{close}` is missing here"),
            )
        };
        if closer == T::End {
            let twice = self.change.insert.len() > 1;
            let report = if twice {
                report.with_note("the block around it is not closed either")
            } else {
                report
            };
            let line = self.cx.source.line(open.span.start);
            return report.with_help(format!(
                "put `end` on a line of its own, below the `{open_text}` of line {line}"
            ));
        }
        report
    }

    fn delete(&self) -> Diagnostic {
        let index = self.change.at;
        let last = index + self.change.remove - 1;
        let span = Span::new(self.span(index).start, self.span(last).end);
        let text = String::from_utf8_lossy(self.cx.text(index)).into_owned();
        let kind = self.cx.lexemes[index].kind();
        let edit = Edit { span, text: String::new() };
        let twin = index > 0 && self.cx.text(index - 1) == self.cx.text(index);
        let report = match kind {
            T::End | T::Until | T::RParen | T::RBrace | T::RBracket => {
                Diagnostic::new(Code::UnmatchedCloser, span, format!("unmatched `{text}`"))
                    .with_label(if index == self.at {
                        "nothing is open here"
                    } else {
                        "judging by the indentation, this one is superfluous"
                    })
            }
            _ if twin => Diagnostic::new(
                Code::UnexpectedToken,
                span,
                format!("{} is duplicated", self.shown(index)),
            )
            .with_label("the second one"),
            T::LParen | T::LBrace | T::LBracket | T::Do | T::If | T::Function | T::Repeat => {
                Diagnostic::new(Code::Unclosed, span, format!("this `{text}` is not closed"))
                    .with_label("it is never closed, and may be superfluous")
            }
            _ => Diagnostic::new(
                Code::UnexpectedToken,
                span,
                format!("unexpected {}", without_article(&self.shown(index))),
            )
            .with_label("not expected here"),
        };
        report.with_edits("remove it", false, vec![edit])
    }

    fn replace(&self, kind: T) -> Diagnostic {
        let index = self.change.at;
        let span = self.span(index);
        let found = self.shown(index);
        let what = match kind {
            T::Name if self.needs_name() => "a name".into(),
            T::Name | T::Int | T::Str | T::Nil => "an expression".into(),
            T::Plus | T::And | T::DotDot | T::EqEq => "an operator".into(),
            _ => format!("`{}`", kind.text()),
        };
        let report =
            Diagnostic::new(Code::UnexpectedToken, span, format!("expected {what}, found {found}"))
                .with_label(format!("expected {what}"));
        if what.starts_with('`') {
            let edit = Edit { span, text: kind.text().to_string() };
            return report.with_edits(format!("write {what} instead"), false, vec![edit]);
        }
        report
    }
}

/// `name `x`` of `the name `x``.
fn without_article(shown: &str) -> &str {
    shown.strip_prefix("the ").or_else(|| shown.strip_prefix("a ")).unwrap_or(shown)
}
