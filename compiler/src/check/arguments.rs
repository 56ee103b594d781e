//! Arguments of library functions that are certainly of a wrong type.

use super::Context;
use super::certain::{failure, is_plain_table};
use super::operators::is_numeral;
use super::values::{Known, Values};
use crate::ast::{Expr, ExprId};

/// What a parameter takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// A table.
    Table,
    /// A string; a number is converted.
    String,
    /// A number; a string that spells one is converted.
    Number,
}

pub(super) fn check(cx: &mut Context, values: &Values) {
    for (id, expr) in cx.exprs() {
        if values.expects_error(cx.chunk.expr_span(id)) {
            continue;
        }
        match expr {
            Expr::Call { callee, args, .. } => {
                let Some(name) = cx.library_name(callee) else { continue };
                let args: Vec<ExprId> = cx.chunk.list(args).collect();
                library_call(cx, values, &name, 0, &args);
            }
            Expr::MethodCall(call) if !values.unusual => {
                let call = cx.chunk.method_call(call);
                if values.known(cx, call.object) == Some(Known::String) {
                    let name = [b"string.".as_slice(), cx.bytes(call.name)].concat();
                    let args: Vec<ExprId> = cx.chunk.list(call.args).collect();
                    library_call(cx, values, &name, 1, &args);
                }
            }
            _ => {}
        }
    }
}

/// What a parameter of a library function takes, by its number and name.
fn takes(function: &[u8], at: usize, name: &str) -> Option<Takes> {
    let first_is_table =
        matches!(function, b"ipairs" | b"pairs" | b"next" | b"setmetatable" | b"rawset")
            || function.starts_with(b"table.") && function != b"table.pack";
    if at == 0 && first_is_table {
        return Some(Takes::Table);
    }
    let library = function.split(|&b| b == b'.').next()?;
    match (library, name) {
        (b"string", "s" | "pattern" | "sep") | (b"table", "sep") => Some(Takes::String),
        (b"string", "n" | "i" | "j" | "init") | (b"table", "i" | "j") => Some(Takes::Number),
        (b"math", "x" | "y" | "m" | "n")
            if function != b"math.type" && function != b"math.tointeger" =>
        {
            Some(Takes::Number)
        }
        _ => None,
    }
}

/// A call whose first arguments, `before` of them, are not among `args`.
fn library_call(cx: &mut Context, values: &Values, name: &[u8], before: usize, args: &[ExprId]) {
    let Some(signature) = cx.environment.signature(name) else { return };
    let (params, least) = (signature.params.clone(), signature.min_args);
    for (at, &arg) in args.iter().enumerate() {
        let at = at + before;
        let Some(takes) = params.get(at).and_then(|param| takes(name, at, param)) else { continue };
        let Some(known) = values.known(cx, arg) else { continue };
        // Nil stands for an argument that is left out.
        if known == Known::Nil && at >= least || !is_wrong(cx, values, name, takes, arg, known) {
            continue;
        }
        let text = String::from_utf8_lossy(name).into_owned();
        let what = match takes {
            Takes::Table => "table",
            Takes::String => "string",
            Takes::Number => "number",
        };
        let found = failure(cx, values, arg, known, &format!("`{text}` takes a {what} here"));
        let later =
            |of: Known| args.iter().skip(at + 1).any(|&arg| values.known(cx, arg) == Some(of));
        let number_first = at == 1
            && (params[0] == "s" && takes == Takes::Number && known == Known::String)
            && values.known(cx, args[0]) == Some(Known::Number);
        cx.report(if takes == Takes::Table && later(Known::Table) {
            found.with_help("the table comes first")
        } else if number_first {
            found.with_help("the string comes first")
        } else {
            found
        });
        return;
    }
}

/// Whether a value of a known type is none that a parameter takes.
fn is_wrong(
    cx: &Context,
    values: &Values,
    function: &[u8],
    takes: Takes,
    arg: ExprId,
    known: Known,
) -> bool {
    match (takes, known) {
        (Takes::Table, Known::Table) => false,
        // A program may give strings a metatable.
        (Takes::Table, Known::String) => function.starts_with(b"table."),
        (Takes::Table, _) => true,
        (_, Known::Nil | Known::Boolean | Known::Function) => true,
        (_, Known::Table) => is_plain_table(cx, values, arg),
        (Takes::Number, Known::String) => !is_numeral(cx, arg),
        (Takes::Number | Takes::String, _) => false,
    }
}
