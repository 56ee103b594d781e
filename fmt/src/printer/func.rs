//! Functions.

use luka_compiler::ast::{BindingId, FuncId, Stmt};
use luka_compiler::lex::TokenKind as T;

use super::Printer;
use super::block::Body;
use crate::doc::Group;

impl Printer<'_> {
    /// A function as an expression.
    pub(super) fn function_value(&mut self, id: FuncId) {
        if self.kind() == T::Function { self.function(id, false) } else { self.short_function(id) }
    }

    /// From `function` on; with its name if it is a statement's.
    pub(super) fn function(&mut self, id: FuncId, named: bool) {
        let func = self.chunk.func(id);
        let one_liner = self.is_one_liner(self.span().start, func.body);
        self.open(Group::Plain);
        self.tok(T::Function);
        if named {
            self.space();
            self.tok(T::Name);
            while matches!(self.kind(), T::Dot | T::Colon) {
                self.token();
                self.tok(T::Name);
            }
        }
        if self.kind() == T::Less {
            self.generics();
        }
        self.parameters(id);
        if self.kind() == T::Colon {
            self.tok(T::Colon);
            self.space();
            self.ty();
        }
        self.body(func.body, Body::of(one_liner));
        self.tok(T::End);
        self.close();
    }

    /// `(a, b, ...)`
    fn parameters(&mut self, id: FuncId) {
        let params: Vec<BindingId> = self.chunk.list(self.chunk.func(id).params).collect();
        self.open(Group::Plain);
        self.tok(T::LParen);
        if self.kind() != T::RParen || self.has_comments() {
            self.indent();
            self.soft();
            self.first = true;
            let mut params = params.into_iter();
            while self.kind() != T::RParen && self.failed.is_none() {
                if self.kind() == T::Dots {
                    self.varargs()
                } else {
                    self.parameter(params.next())
                }
                if self.kind() == T::Comma {
                    self.token();
                    if self.kind() != T::RParen {
                        self.line();
                    }
                }
            }
            self.comments_before_closer();
            self.dedent();
            self.soft();
        }
        self.tok(T::RParen);
        self.close();
    }

    fn parameter(&mut self, id: Option<BindingId>) {
        let Some(id) = id else { return self.fail("a parameter") };
        self.binding(id);
        if let Some(&default) = self.defaults.get(&id.index()) {
            self.equals();
            self.expr(default);
        }
    }

    fn varargs(&mut self) {
        self.tok(T::Dots);
        if self.kind() == T::Name {
            self.token();
        }
        self.annotation();
    }

    /// `a -> e`, `|a, b| -> e`, and the same with a block.
    fn short_function(&mut self, id: FuncId) {
        let func = self.chunk.func(id);
        let one_liner = self.is_one_liner(self.span().start, func.body);
        self.open(Group::Plain);
        let params: Vec<BindingId> = self.chunk.list(func.params).collect();
        if self.kind() == T::Pipe {
            self.token();
            let mut params = params.into_iter();
            while self.kind() != T::Pipe && self.failed.is_none() {
                match self.kind() {
                    T::Dots => self.varargs(),
                    T::LParen => {
                        self.token();
                        self.parameter(params.next());
                        self.tok(T::RParen);
                    }
                    _ => self.parameter(params.next()),
                }
                if self.kind() == T::Comma {
                    self.token();
                    if self.kind() != T::Pipe {
                        self.space();
                    }
                }
            }
            self.tok(T::Pipe);
        } else {
            self.tok(T::Name);
        }
        self.space();
        self.tok(T::Arrow);
        self.space();
        if self.kind() == T::Do {
            self.token();
            self.body(func.body, Body::of(one_liner));
            self.tok(T::End);
        } else {
            let stmts = self.chunk.block(func.body).stmts;
            let value = self.chunk.list_get(stmts, 0).map(|stmt| self.chunk.stmt(stmt));
            match value {
                Some(Stmt::Return(values)) if self.chunk.list_len(values) == 1 => {
                    for value in self.chunk.list(values) {
                        self.expr(value);
                    }
                }
                _ => self.fail("a value"),
            }
        }
        self.close();
    }
}
