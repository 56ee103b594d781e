//! The tokens and the comments between them, in order.

use luka_compiler::Span;
use luka_compiler::lex::TokenKind as T;

use super::Printer;
use crate::doc::{Cmd, Group, Width};
use crate::quotes::requote;
use luka_compiler::lex::trivia::{self, Comment};

impl Printer<'_> {
    /// The kind of the next token.
    pub(super) fn kind(&self) -> T {
        self.kind_ahead(0)
    }

    /// The kind of the `n`-th token after the next.
    pub(super) fn kind_ahead(&self, n: usize) -> T {
        self.tokens.tokens.get(self.at + n).map_or(T::Eof, |token| token.kind)
    }

    /// The span of the next token.
    pub(super) fn span(&self) -> Span {
        let last = self.tokens.spans.len() - 1;
        self.tokens.spans[self.at.min(last)]
    }

    /// The text of a span.
    pub(super) fn bytes(&self, span: Span) -> &[u8] {
        &self.source.bytes()[span.start as usize..span.end as usize]
    }

    /// The source between the last token and the next.
    fn gap(&self) -> &[u8] {
        let from = match self.at.checked_sub(1) {
            Some(before) => self.tokens.spans[before].end,
            None => self.source.start(),
        };
        self.source.bytes().get(from as usize..self.span().start as usize).unwrap_or(&[])
    }

    /// Whether the source has anything between the last token and the next.
    pub(super) fn has_gap(&self) -> bool {
        !self.gap().is_empty()
    }

    /// Whether a line ends between the last token and what follows it, be it a comment or a token.
    pub(super) fn newline_follows(&self) -> bool {
        self.gap()
            .iter()
            .take_while(|b| b.is_ascii_whitespace() || **b == 0x0B)
            .any(|&b| b == b'\n' || b == b'\r')
            || self.comments[self.comment..self.trailing.max(self.comment)]
                .iter()
                .any(|comment| comment.ends_line)
    }

    /// Notes a mismatch; nothing is printed from then on.
    pub(super) fn fail(&mut self, expected: &str) {
        if self.failed.is_none() {
            let span = self.span();
            self.failed = Some(format!(
                "line {}: `{}` where {expected} was expected",
                self.source.line(span.start),
                String::from_utf8_lossy(self.bytes(span)),
            ));
        }
    }

    /// Prints the next token, which is a `kind`.
    pub(super) fn tok(&mut self, kind: T) {
        if self.kind() == kind { self.token() } else { self.fail(kind.text()) }
    }

    /// Prints the next token.
    pub(super) fn token(&mut self) {
        if self.kind() == T::Eof {
            return self.fail("a token");
        }
        self.leading();
        let (kind, span) = (self.kind(), self.span());
        if self.adjacent
            && needs_blank(self.tokens.tokens[self.at - 1].kind, kind, self.bytes(span))
        {
            self.cmd(Cmd::Space);
        }
        let text = self.bytes(span);
        let owned = if kind == T::Str { requote(text, self.options.quotes) } else { None };
        let width = match kind {
            T::Str => Width::of(owned.as_deref().unwrap_or(text)),
            T::InterpWhole | T::InterpBegin | T::InterpMid | T::InterpEnd | T::Name => {
                Width::of(text)
            }
            _ => Width { first: span.end - span.start, multiline: false },
        };
        match owned {
            Some(owned) => {
                self.cmd(Cmd::Owned(self.doc.owned.len() as u32, width));
                self.doc.owned.push(owned);
            }
            None => self.cmd(Cmd::Text(span, width)),
        }
        self.advance();
        self.adjacent = true;
    }

    /// Prints a fixed text in the place of the next token.
    pub(super) fn replace(&mut self, text: &'static str) {
        self.leading();
        self.cmd(Cmd::Fixed(text));
        self.advance();
    }

    /// Leaves out the next token, but not the comments before it.
    pub(super) fn drop_token(&mut self) {
        self.comments_before_closer();
        while let Some(comment) = self.next_comment() {
            self.one_comment(comment, Cmd::Hard);
        }
        self.advance();
        if self.line_ended {
            // What follows it on its line follows nothing now.
            self.trailing = self.comment;
        }
    }

    fn advance(&mut self) {
        self.at += 1;
        self.first = false;
        self.find_trailing();
    }

    /// Goes to the first token at or after `pos`; what is before it was printed, or is not wanted.
    pub(super) fn jump(&mut self, pos: u32) {
        self.at = self.tokens.index_at_or_after(pos);
        self.comment = self.comments.partition_point(|comment| comment.span.start < pos);
        self.trailing = self.comment;
        self.first = false;
    }

    /// Finds the comments that follow the token just printed on its line.
    pub(super) fn find_trailing(&mut self) {
        let rest = &self.comments[self.comment..];
        let here = rest
            .iter()
            .take_while(|comment| comment.token as usize == self.at && !comment.own_line);
        if let Some(n) = here.map(|comment| comment.ends_line).position(|ends_line| ends_line) {
            self.trailing = self.comment + n + 1;
        }
    }

    /// The comments before the next token that are not printed yet.
    pub(super) fn gap_comments(&self) -> &[Comment] {
        let rest = &self.comments[self.comment..];
        let count = rest.iter().take_while(|comment| comment.token as usize == self.at).count();
        &rest[..count]
    }

    /// The first of them.
    fn next_comment(&self) -> Option<Comment> {
        let comment = *self.comments.get(self.comment)?;
        (comment.token as usize == self.at).then_some(comment)
    }

    /// Whether the comments before the next token follow the last one on its line.
    pub(super) fn has_trailing(&self) -> bool {
        self.comment < self.trailing
    }

    /// Prints the comments that follow the last token on its line.
    pub(super) fn flush(&mut self) {
        while self.comment < self.trailing {
            let comment = self.comments[self.comment];
            self.comment += 1;
            self.cmd(Cmd::Space);
            let Comment { span, ends_line, .. } = comment;
            self.cmd(Cmd::Comment { span, ends_line, trailing: true });
        }
    }

    /// Prints the comments before the next token.
    pub(super) fn leading(&mut self) {
        self.flush();
        while let Some(comment) = self.next_comment() {
            self.one_comment(comment, Cmd::Fresh);
        }
        if self.line_ended {
            self.cmd(Cmd::Fresh(self.blank_before_token()));
        }
    }

    /// Prints a comment that is no trailing one, after a line `break_line` if it has its own line.
    pub(super) fn one_comment(&mut self, comment: Comment, break_line: fn(bool) -> Cmd) {
        let Comment { span, ends_line, own_line, .. } = comment;
        if self.line_ended || (own_line && ends_line) {
            self.cmd(break_line(comment.blank_before && !self.first));
        } else if ends_line || self.is_blank(span.start.wrapping_sub(1)) {
            self.cmd(Cmd::Space);
        }
        self.cmd(Cmd::Comment { span, ends_line, trailing: false });
        self.comment += 1;
        self.first = false;
        if !ends_line && self.is_blank(span.end) {
            self.cmd(Cmd::Space);
        }
    }

    fn is_blank(&self, pos: u32) -> bool {
        self.source.bytes().get(pos as usize).is_some_and(|b| b.is_ascii_whitespace() || *b == 0x0B)
    }

    /// Whether a blank line stands right before the next token, behind the comments.
    fn blank_before_token(&self) -> bool {
        self.blank_behind(self.comment)
    }

    /// Whether a blank line stands before the next thing, be it a comment or a token.
    pub(super) fn blank_follows(&self) -> bool {
        let printed = self.comment.max(self.trailing);
        match self.comments.get(printed) {
            Some(comment) if comment.token as usize == self.at => comment.blank_before,
            _ => self.blank_behind(printed),
        }
    }

    /// Whether a blank line stands between the last token, or the last of so many comments, and the
    /// next token.
    fn blank_behind(&self, comments: usize) -> bool {
        let mut from = self.at.checked_sub(1).map_or(0, |before| self.tokens.spans[before].end);
        if let Some(comment) = comments.checked_sub(1).map(|last| self.comments[last]) {
            from = from.max(comment.span.end);
        }
        let to = self.span().start.max(from);
        trivia::newlines(&self.source.bytes()[from as usize..to as usize]) > 1
    }

    /// Prints the comments before a closing token, which belong to what it closes.
    pub(super) fn comments_before_closer(&mut self) {
        self.flush();
        let count =
            self.gap_comments().iter().rposition(|comment| comment.ends_line).map_or(0, |n| n + 1);
        for _ in 0..count {
            self.one_comment(self.comments[self.comment], Cmd::Hard);
        }
    }

    /// Whether there are comments before the next token.
    pub(super) fn has_comments(&self) -> bool {
        self.next_comment().is_some()
    }

    /// Adds a command.
    pub(super) fn cmd(&mut self, cmd: Cmd) {
        if !matches!(cmd, Cmd::Open(_) | Cmd::Close | Cmd::Indent | Cmd::Dedent | Cmd::Soft) {
            self.adjacent = false;
        }
        match cmd {
            Cmd::Open(_) | Cmd::Close | Cmd::Indent | Cmd::Dedent | Cmd::Space => {}
            Cmd::Comment { ends_line, .. } => self.line_ended = ends_line,
            _ => self.line_ended = false,
        }
        if self.failed.is_none() {
            self.doc.cmds.push(cmd);
        }
    }

    /// A blank.
    pub(super) fn space(&mut self) {
        self.cmd(Cmd::Space);
    }

    /// A blank or a line break.
    pub(super) fn line(&mut self) {
        self.flush();
        self.cmd(Cmd::Line);
    }

    /// Nothing or a line break.
    pub(super) fn soft(&mut self) {
        self.flush();
        self.cmd(Cmd::Soft);
    }

    /// A line break.
    pub(super) fn hard(&mut self) {
        self.flush();
        self.cmd(Cmd::Hard(false));
    }

    /// A line break, with the blank line that the source has here.
    pub(super) fn hard_as_written(&mut self) {
        self.flush();
        let blank = self.blank_follows();
        self.cmd(Cmd::Hard(blank));
    }

    /// One level of indentation more.
    pub(super) fn indent(&mut self) {
        self.cmd(Cmd::Indent);
    }

    /// Ends what `indent` began.
    pub(super) fn dedent(&mut self) {
        self.cmd(Cmd::Dedent);
    }

    /// The start of a group, behind the comments before its first token.
    pub(super) fn open(&mut self, group: Group) {
        self.leading();
        self.cmd(Cmd::Open(group));
    }

    /// The end of a group.
    pub(super) fn close(&mut self) {
        self.cmd(Cmd::Close);
    }
}

/// Whether two tokens would be read as others if nothing stood between them.
fn needs_blank(left: T, right: T, right_text: &[u8]) -> bool {
    let is_word = |kind: T| kind.is_keyword() || matches!(kind, T::Name | T::Int | T::Float);
    match (left, right) {
        _ if is_word(left) && is_word(right) => true,
        (T::Int | T::Float, T::Dot | T::DotDot | T::Dots) => true,
        (T::Dot | T::DotDot | T::Dots, T::Int | T::Float) => true,
        (T::LBracket, T::Str) => right_text.starts_with(b"["),
        (T::LBracket, T::LBracket | T::Eq | T::EqEq) => true,
        (
            T::Minus,
            T::Minus | T::MinusEq | T::Arrow | T::Greater | T::GreaterEq | T::Eq | T::EqEq,
        ) => true,
        (T::Slash, T::Slash | T::SlashSlash | T::Eq | T::EqEq | T::SlashEq) => true,
        _ => {
            let joins = |symbol: T, starts: &[u8]| {
                left == symbol && right_text.first().is_some_and(|b| starts.contains(b))
            };
            joins(T::Less, b"<=")
                || joins(T::LessLess, b"=")
                || joins(T::Greater, b">=")
                || joins(T::GreaterGreater, b"=")
                || joins(T::Tilde, b"=")
                || joins(T::Eq, b"=")
                || joins(T::Colon, b":")
                || joins(T::Dot, b".")
                || joins(T::DotDot, b".=")
                || joins(T::Question, b"?.")
                || joins(T::QuestionQuestion, b"=")
                || joins(T::Plus, b"=")
                || joins(T::Star, b"=")
                || joins(T::Percent, b"=")
                || joins(T::Caret, b"=")
                || joins(T::Amp, b"=")
                || joins(T::Pipe, b"=")
                || joins(T::SlashSlash, b"=")
        }
    }
}
