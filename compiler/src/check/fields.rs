//! Fields that a table does not have, where a field with a similar name is one of those it gets in the file.
//!
//! Of interest are variables that are a table for good. The table may be what the file returns, and its functions
//! may be called with `:`; whatever is assigned to a field of that name, of any value, may be the table's.

use std::collections::HashSet;

use super::values::Values;
use super::{Context, lint, similar};
use crate::ast::{Expr, ExprId, Stmt};
use crate::diag::Code;
use crate::{Span, Sym};

/// Shorter names are often abbreviations of each other.
const SHORTEST: usize = 4;

pub(super) fn check(cx: &mut Context, values: &Values) {
    let mut targets: HashSet<ExprId> = HashSet::new();
    for (_, stmt) in cx.stmts() {
        match stmt {
            Stmt::Assign { targets: list, .. } => targets.extend(cx.chunk.list(list)),
            Stmt::Function { target, .. } => drop(targets.insert(target)),
            _ => {}
        }
    }
    let field = |id: &ExprId| match cx.chunk.expr(*id) {
        Expr::Field { name, .. } => Some(name),
        _ => None,
    };
    let assigned: HashSet<Sym> = targets.iter().filter_map(field).collect();
    for (id, expr) in cx.exprs() {
        let (object, name, at) = match expr {
            Expr::Field { object, name } if !targets.contains(&id) => {
                let end = cx.chunk.expr_span(id).end;
                (object, name, Span::new(end - cx.bytes(name).len() as u32, end))
            }
            Expr::MethodCall(call) => {
                let call = cx.chunk.method_call(call);
                (call.object, call.name, call.name_span)
            }
            _ => continue,
        };
        let Some(fields) = values.shape(cx, object) else { continue };
        let is_known = fields.contains(&name) || assigned.contains(&name);
        if is_known || cx.facts.tested.contains(&name) || values.expects_error(at) {
            continue;
        }
        let Some(near) = near(cx, fields, name) else { continue };
        let table = cx.quoted(object);
        let message = format!("{table} has no field `{}`", cx.text(name));
        let found = lint(Code::MisspelledField, at, message);
        let found = found.with_help(format!("did you mean `{near}`?"));
        cx.report(found.with_fix(format!("write `{near}`"), false, at, near));
    }
}

/// The field with a similar name: not one that is numbered otherwise, nor the singular or plural of it.
fn near(cx: &Context, fields: &HashSet<Sym>, name: Sym) -> Option<String> {
    let name = cx.bytes(name);
    if name.len() < SHORTEST {
        return None;
    }
    let mut known: Vec<&[u8]> = fields.iter().map(|&field| cx.bytes(field)).collect();
    luka_bytecode::order::sort_names(&mut known);
    let plain = |text: &[u8]| -> Vec<u8> {
        let end = text.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |at| at + 1);
        let text = &text[..end];
        text.strip_suffix(b"s").unwrap_or(text).to_ascii_lowercase()
    };
    known.retain(|field| plain(field) != plain(name));
    let near = similar(name, known.iter().copied())?;
    Some(String::from_utf8_lossy(near).into_owned())
}
