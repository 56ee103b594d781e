//! Table constructors.

use luka_compiler::ast::{Expr, ExprId, Field, FieldId, TableId};
use luka_compiler::lex::TokenKind as T;

use super::Printer;
use crate::doc::{Cmd, Group};

/// The longest string, in bytes, that shares its line with other items.
const SHORT: u32 = 40;

impl Printer<'_> {
    /// `{ … }`: on one line, or a field a line if it does not fit or has a line break behind the `{`
    /// in the source. Fields whose values are names, numbers and short strings may share lines: items
    /// fill them, fields with keys do so if they share lines in the source. The line breaks that the
    /// source has between them are kept.
    pub(super) fn table(&mut self, id: ExprId, table: TableId) {
        let fields: Vec<FieldId> = self.chunk.list(self.chunk.table(table).fields).collect();
        self.open(Group::Plain);
        self.tok(T::LBrace);
        if fields.is_empty() && !self.has_comments() {
            self.tok(T::RBrace);
            return self.close();
        }
        let broken = self.newline_follows();
        let close_at = self.chunk.expr_span(id).end - 1;
        let fills = fields.iter().all(|&field| self.is_short_field(field, broken));
        self.cmd(Cmd::HugPoint);
        self.indent();
        if broken {
            self.hard()
        } else {
            self.soft()
        }
        self.first = true;
        for (n, &field) in fields.iter().enumerate() {
            if n > 0 {
                self.between_fields(broken, fills);
            }
            if self.skips_next() {
                self.field_as_written(self.value_of(field));
            } else {
                self.field(field);
            }
            self.separator(close_at);
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

    fn between_fields(&mut self, broken: bool, fills: bool) {
        if broken && (!fills || self.newline_follows()) {
            self.hard_as_written();
        } else if fills {
            self.flush();
            self.cmd(Cmd::Fill);
        } else {
            self.line();
        }
    }

    fn field(&mut self, id: FieldId) {
        match self.chunk.field(id) {
            Field::Item(value) => self.expr(value),
            Field::Named { value, .. } => {
                self.tok(T::Name);
                self.equals_value(value);
            }
            Field::Keyed { key, value } => {
                self.tok(T::LBracket);
                self.expr(key);
                self.tok(T::RBracket);
                self.equals_value(value);
            }
        }
    }

    fn equals_value(&mut self, value: ExprId) {
        self.space();
        self.tok(T::Eq);
        self.space();
        self.expr(value);
    }

    fn value_of(&self, id: FieldId) -> ExprId {
        match self.chunk.field(id) {
            Field::Item(value) | Field::Named { value, .. } | Field::Keyed { value, .. } => value,
        }
    }

    /// The separator behind a field: a comma; behind the last field only if the table is broken.
    fn separator(&mut self, close_at: u32) {
        let written = matches!(self.kind(), T::Comma | T::Semi);
        let is_last = match written {
            true => self.tokens.spans[self.at + 1].start == close_at,
            false => true,
        };
        // Before the comments that end the field's line.
        let early = self.has_trailing() || !written;
        if is_last {
            self.cmd(Cmd::IfBroken(","));
            if written {
                self.drop_token();
            }
        } else if early {
            self.cmd(Cmd::Fixed(","));
            self.drop_token();
        } else {
            self.replace(",");
        }
    }

    /// Whether a field may share its line with others: an item, or with `keyed` any field, whose
    /// value is short.
    fn is_short_field(&self, id: FieldId, keyed: bool) -> bool {
        let value = match self.chunk.field(id) {
            Field::Item(value) => value,
            Field::Named { value, .. } if keyed => value,
            Field::Keyed { key, value } if keyed && self.is_short(key) => value,
            _ => return false,
        };
        self.is_short(value)
    }

    fn is_short(&self, value: ExprId) -> bool {
        let span = self.chunk.expr_span(value);
        let value = match self.chunk.expr(value) {
            Expr::Unary { operand, .. } => self.chunk.expr(operand),
            value => value,
        };
        match value {
            Expr::Nil
            | Expr::True
            | Expr::False
            | Expr::Int(_)
            | Expr::Float(_)
            | Expr::Name(_) => true,
            Expr::Str(_) => {
                span.end - span.start <= SHORT
                    && !self.bytes(span).iter().any(|&b| b == b'\n' || b == b'\r')
            }
            _ => false,
        }
    }
}
