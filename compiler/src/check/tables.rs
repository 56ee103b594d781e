//! Table constructors: duplicate keys, lengths of lists that contain nil.

use std::collections::HashMap;

use super::{Context, lint};
use crate::ast::{Expr, ExprId, Field, TableId, UnOp};
use crate::diag::Code;
use crate::{Span, Sym};

pub(super) fn check(cx: &mut Context) {
    for (_, expr) in cx.exprs() {
        match expr {
            Expr::Table(table) => duplicate_keys(cx, table),
            Expr::Unary { op: UnOp::Len, operand } => holes(cx, operand, "`#`"),
            Expr::Call { callee, args, .. } => {
                let Some(&first) = cx.chunk.list(args).collect::<Vec<_>>().first() else {
                    continue;
                };
                match cx.library_name(callee).as_deref() {
                    Some(b"ipairs") => holes(cx, first, "`ipairs`"),
                    Some(b"table.unpack") if cx.chunk.list_len(args) == 1 => {
                        holes(cx, first, "`table.unpack`");
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

/// A constant key.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Name(Sym),
    Int(i64),
    Bool(bool),
}

fn duplicate_keys(cx: &mut Context, table: TableId) {
    let mut seen: HashMap<Key, Span> = HashMap::new();
    let mut position = 0;
    let chunk = cx.chunk;
    for field in chunk.list(chunk.table(table).fields) {
        let (key, span) = match chunk.field(field) {
            Field::Item(value) => {
                position += 1;
                (Some(Key::Int(position)), chunk.expr_span(value))
            }
            Field::Named { name, name_at, .. } => {
                let len = cx.bytes(name).len() as u32;
                (Some(Key::Name(name)), Span::new(name_at, name_at + len))
            }
            Field::Keyed { key, .. } => (constant(chunk.expr(key)), chunk.expr_span(key)),
        };
        let Some(key) = key else { continue };
        if let Some(&first) = seen.get(&key) {
            let message = "duplicate key in a table constructor";
            cx.report(
                lint(Code::DuplicateKey, span, message).with_secondary(first, "first given here"),
            );
        } else {
            seen.insert(key, span);
        }
    }
}

fn constant(expr: Expr) -> Option<Key> {
    match expr {
        Expr::Str(name) => Some(Key::Name(name)),
        Expr::Int(n) => Some(Key::Int(n)),
        Expr::Float(x) if x.fract() == 0.0 && x.abs() < 1e15 => Some(Key::Int(x as i64)),
        Expr::True => Some(Key::Bool(true)),
        Expr::False => Some(Key::Bool(false)),
        _ => None,
    }
}

/// A nil before other items: the length of the list is not unique.
fn holes(cx: &mut Context, list: ExprId, what: &str) {
    let chunk = cx.chunk;
    let mut list = list;
    while let Expr::Paren(inner) = chunk.expr(list) {
        list = inner;
    }
    let Expr::Table(table) = chunk.expr(list) else { return };
    let items =
        chunk.list(chunk.table(table).fields).filter_map(|field| match chunk.field(field) {
            Field::Item(value) => Some(value),
            _ => None,
        });
    // A trailing nil does not matter.
    let items: Vec<ExprId> = items.collect();
    let is_nil = |&item: &ExprId| matches!(chunk.expr(item), Expr::Nil);
    let Some(at) = items.iter().position(is_nil) else { return };
    if items[at..].iter().all(is_nil) {
        return;
    }
    let hole = items[at];
    let message = format!("{what} of a list with a hole may stop at it");
    cx.report(
        lint(Code::ListWithHole, chunk.expr_span(hole), message)
            .with_help("`table.pack(…).n` and `select(\"#\", …)` count values that may be nil"),
    );
}
