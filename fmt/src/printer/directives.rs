//! Comments that keep the formatter away: `-- luka: fmt off` to `-- luka: fmt on` or the end of the
//! block, and `-- luka: fmt skip` before a statement or a field; `-- stylua: ignore` is read as the
//! latter.

use luka_compiler::Span;
use luka_compiler::ast::{ExprId, StmtId};

use super::Printer;
use crate::doc::{Cmd, Width};
use luka_compiler::lex::trivia::Comment;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Directive {
    Off,
    On,
    Skip,
}

impl Printer<'_> {
    fn directive(&self, comment: &Comment) -> Option<Directive> {
        let text = self.bytes(comment.span).strip_prefix(b"--")?;
        let words: Vec<&[u8]> =
            text.split(|b| b.is_ascii_whitespace()).filter(|word| !word.is_empty()).collect();
        match words.as_slice() {
            [b"luka:", b"fmt", b"off", ..] => Some(Directive::Off),
            [b"luka:", b"fmt", b"on", ..] => Some(Directive::On),
            [b"luka:", b"fmt", b"skip", ..] | [b"stylua:", b"ignore"] => Some(Directive::Skip),
            _ => None,
        }
    }

    /// Whether a comment before the next token asks to leave alone what follows.
    pub(super) fn skips_next(&self) -> bool {
        self.gap_comments().iter().any(|comment| self.directive(comment) == Some(Directive::Skip))
    }

    /// A statement as it is in the source.
    pub(super) fn stmt_as_written(&mut self, id: StmtId) {
        self.as_written(self.chunk.stmt_span(id));
    }

    /// An expression as it is in the source, from the next token on.
    pub(super) fn field_as_written(&mut self, value: ExprId) {
        let end = self.chunk.expr_span(value).end;
        self.as_written(Span::new(self.span().start, end));
    }

    fn as_written(&mut self, span: Span) {
        self.leading();
        self.verbatim(span);
    }

    fn verbatim(&mut self, span: Span) {
        let width = Width::of(self.bytes(span));
        self.cmd(Cmd::Text(span, width));
        self.jump(span.end);
        self.find_trailing();
    }

    /// If formatting is switched off before the next token: prints everything as it is up to where
    /// it is switched on again in this block, which ends at `close_at`. Returns whether it did.
    pub(super) fn switched_off(&mut self, stmts: &[StmtId], close_at: u32) -> bool {
        let off = self
            .gap_comments()
            .iter()
            .skip(self.trailing.saturating_sub(self.comment))
            .position(|comment| self.directive(comment) == Some(Directive::Off));
        let Some(off) = off else { return false };
        self.flush();
        for _ in 0..off {
            self.one_comment(self.comments[self.comment], Cmd::Fresh);
        }
        let start = self.comments[self.comment];
        self.cmd(Cmd::Fresh(start.blank_before && !self.first));
        let stands_between = |comment: &&Comment| {
            let next = self.tokens.spans[comment.token as usize].start;
            next == close_at || stmts.iter().any(|&id| self.chunk.stmt_span(id).start == next)
        };
        let on = self.comments[self.comment..]
            .iter()
            .take_while(|comment| comment.span.start < close_at)
            .filter(|comment| self.directive(comment) == Some(Directive::On))
            .find(stands_between);
        let end = match on {
            Some(comment) => comment.span.end,
            None => {
                let closer = self.tokens.index_at_or_after(close_at);
                let last = closer.checked_sub(1).map_or(0, |last| self.tokens.spans[last].end);
                let comment = self
                    .comments
                    .iter()
                    .rfind(|comment| comment.span.start < close_at)
                    .map_or(0, |comment| comment.span.end);
                last.max(comment)
            }
        };
        self.verbatim(Span::new(start.span.start, end));
        true
    }
}
