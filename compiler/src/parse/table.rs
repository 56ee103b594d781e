//! Table constructors.

use super::expr::expr;
use super::state::*;
use crate::ast::{Expr, ExprId, Field, Table};
use crate::lex::TokenKind as T;

/// `'{' [field {(',' | ';') field} [',' | ';']] '}'`
pub(super) fn table<M: Mode>(inp: &mut In<'_, '_, M>) -> R<ExprId> {
    let open = start(inp);
    inp.skip();
    let base = inp.state().scratch.len();
    while kind(inp) != T::RBrace {
        let field = field(inp)?;
        let field = inp.state().chunk.add_field(field);
        inp.state().scratch.push(field.index() as u32);
        if !eat(inp, T::Comma) && !eat(inp, T::Semi) {
            break;
        }
    }
    expect_closer(inp, T::RBrace, T::LBrace, open, open)?;
    let fields = inp.state().end_list(base);
    let table = inp.state().chunk.add_table(Table { fields });
    Ok(add(inp, Expr::Table(table), open))
}

/// `'[' exp ']' '=' exp | Name '=' exp | exp`
pub(super) fn field<M: Mode>(inp: &mut In<'_, '_, M>) -> R<Field> {
    match kind(inp) {
        T::LBracket => {
            inp.skip();
            let key = expr(inp)?;
            expect(inp, T::RBracket)?;
            expect(inp, T::Eq)?;
            Ok(Field::Keyed { key, value: expr(inp)? })
        }
        T::Name if kind_ahead(inp, 1) == T::Eq => {
            let name = peek(inp).sym();
            let name_at = start(inp);
            inp.skip();
            inp.skip();
            Ok(Field::Named { name, name_at, value: expr(inp)? })
        }
        _ => Ok(Field::Item(expr(inp)?)),
    }
}
