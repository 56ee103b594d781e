//! Patterns of destructuring and of `match`.

use luka_compiler::ast::ext::{Pattern, PatternEntry, PatternId, Rest};
use luka_compiler::lex::TokenKind as T;

use super::Printer;
use crate::doc::Group;

impl Printer<'_> {
    /// A pattern.
    pub(super) fn pattern(&mut self, id: PatternId) {
        let chunk = self.chunk;
        let Some(ext) = &chunk.ext else { return self.fail("a pattern") };
        let start = ext.pattern_spans[id.index()].start;
        let mut parentheses = 0;
        while self.kind() == T::LParen && self.span().start < start {
            self.token();
            parentheses += 1;
        }
        match &ext.patterns[id.index()] {
            Pattern::Error => self.fail("a pattern"),
            Pattern::Any => self.tok(T::Name),
            Pattern::Bind(_) => self.tok(T::Name),
            Pattern::Literal(value) => self.expr(*value),
            Pattern::Table(entries) => {
                self.entries(T::LBrace, T::RBrace, entries, Rest::None);
            }
            Pattern::Array { items, rest } => {
                self.entries(T::LBracket, T::RBracket, items, *rest);
            }
            Pattern::Either(all) => {
                self.open(Group::Plain);
                self.indent();
                for (n, &one) in all.iter().enumerate() {
                    if n > 0 {
                        self.line();
                        self.tok(T::Pipe);
                        self.space();
                    }
                    self.pattern(one);
                }
                self.dedent();
                self.close();
            }
        }
        for _ in 0..parentheses {
            self.tok(T::RParen);
        }
    }

    fn entries(&mut self, opener: T, closer: T, entries: &[PatternEntry], rest: Rest) {
        self.open(Group::Plain);
        self.tok(opener);
        if self.kind() != closer || self.has_comments() {
            self.indent();
            self.soft();
            self.first = true;
            for (n, entry) in entries.iter().enumerate() {
                if n > 0 {
                    self.line();
                }
                self.entry(entry);
                self.entry_separator();
            }
            if rest != Rest::None {
                if !entries.is_empty() {
                    self.line();
                }
                self.tok(T::Dots);
                if self.kind() == T::Name {
                    self.token();
                }
                self.entry_separator();
            }
            self.comments_before_closer();
            self.dedent();
            self.soft();
        }
        self.tok(closer);
        self.close();
    }

    fn entry(&mut self, entry: &PatternEntry) {
        let named = entry.key.is_some();
        if named {
            self.tok(T::Name);
        }
        if !named {
            self.pattern(entry.pattern);
        } else if self.kind() == T::Eq {
            self.space();
            self.token();
            self.space();
            self.pattern(entry.pattern);
        }
        if let Some(default) = entry.default {
            self.space();
            self.tok(T::QuestionQuestion);
            self.space();
            self.expr(default);
        }
    }

    /// The separator behind an entry, if there is one.
    fn entry_separator(&mut self) {
        if matches!(self.kind(), T::Comma | T::Semi) {
            self.replace(",");
        }
    }
}
