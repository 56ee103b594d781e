//! Type annotations, by their tokens: they have their own, simpler rules for blanks.

use luka_compiler::lex::TokenKind as T;

use super::Printer;
use crate::doc::{Cmd, Group};

impl Printer<'_> {
    /// `: type`, if there is one.
    pub(super) fn annotation(&mut self) {
        if self.kind() == T::Colon {
            self.tok(T::Colon);
            self.space();
            self.ty();
        }
    }

    /// The type that starts at the next token.
    pub(super) fn ty(&mut self) {
        match self.types.get(&self.span().start) {
            Some(&end) => {
                self.open(Group::Plain);
                self.indent();
                self.type_tokens(end);
                self.dedent();
                self.close();
            }
            None => self.fail("a type"),
        }
    }

    /// `= `, which may be the end of the `>=` that closes the type before it.
    pub(super) fn equals(&mut self) {
        if !matches!(self.kind(), T::GreaterEq | T::GreaterGreaterEq) {
            self.space();
        }
        self.token();
        self.space();
    }

    /// `<T, U = V, P...>`
    pub(super) fn generics(&mut self) {
        let mut depth = 0usize;
        while self.failed.is_none() {
            let kind = self.kind();
            if matches!(kind, T::GreaterEq | T::GreaterGreaterEq) {
                break;
            }
            self.type_token();
            match kind {
                T::Less => depth += 1,
                T::Greater => depth = depth.saturating_sub(1),
                T::GreaterGreater => depth = depth.saturating_sub(2),
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }

    fn type_tokens(&mut self, end: u32) {
        while self.span().start < end && self.failed.is_none() {
            if self.kind() == T::LBrace { self.type_table() } else { self.type_token() }
        }
    }

    /// A token and the blanks around it.
    fn type_token(&mut self) {
        match self.kind() {
            T::Pipe | T::Amp => {
                // A leading one has no blank before it.
                let leads = self.at > 0
                    && matches!(
                        self.tokens.tokens[self.at - 1].kind,
                        T::Eq
                            | T::Colon
                            | T::LParen
                            | T::Comma
                            | T::Less
                            | T::LBrace
                            | T::ColonColon
                    );
                if !leads {
                    self.line();
                }
                self.token();
                self.space();
            }
            T::Arrow | T::Eq => {
                self.space();
                self.token();
                self.space();
            }
            T::Comma | T::Semi | T::Colon => {
                self.token();
                self.space();
            }
            T::LBrace => self.type_table(),
            T::LParen if self.is_typeof() => self.typeof_value(),
            _ => self.token(),
        }
    }

    fn is_typeof(&self) -> bool {
        self.at > 0 && self.bytes(self.tokens.spans[self.at - 1]) == b"typeof"
    }

    /// `(e)` of a `typeof`, with the blanks it has in the source.
    fn typeof_value(&mut self) {
        let mut depth = 0usize;
        while self.failed.is_none() {
            match self.kind() {
                T::LParen => depth += 1,
                T::RParen => depth = depth.saturating_sub(1),
                _ => {}
            }
            if self.has_gap() {
                self.space();
            }
            self.token();
            if depth == 0 {
                break;
            }
        }
    }

    /// `{T}`, `{name: T, [K]: V}`
    fn type_table(&mut self) {
        self.open(Group::Plain);
        self.tok(T::LBrace);
        let broken = self.newline_follows();
        if self.kind() == T::RBrace && !self.has_comments() {
            self.tok(T::RBrace);
            return self.close();
        }
        self.indent();
        if broken {
            self.hard()
        } else {
            self.soft()
        }
        self.first = true;
        while self.kind() != T::RBrace && self.failed.is_none() {
            self.type_field();
            let written = matches!(self.kind(), T::Comma | T::Semi);
            let is_last = self.kind_ahead(usize::from(written)) == T::RBrace;
            match (written, is_last) {
                (true, false) => {
                    self.replace(",");
                    if broken { self.hard_as_written() } else { self.line() }
                }
                (true, true) => {
                    self.cmd(Cmd::IfBroken(","));
                    self.drop_token();
                }
                // `{T}` takes no separator.
                (false, _) => break,
            }
        }
        self.comments_before_closer();
        self.dedent();
        if broken {
            self.hard()
        } else {
            self.soft()
        }
        self.tok(T::RBrace);
        self.close();
    }

    fn type_field(&mut self) {
        let mut depth = 0usize;
        while self.failed.is_none() {
            match self.kind() {
                T::Comma | T::Semi | T::RBrace if depth == 0 => break,
                T::LParen | T::Less | T::LBracket => depth += 1,
                T::RParen | T::Greater | T::RBracket => depth = depth.saturating_sub(1),
                T::GreaterGreater => depth = depth.saturating_sub(2),
                _ => {}
            }
            self.type_token();
        }
    }
}
