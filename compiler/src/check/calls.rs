//! Calls: wrong numbers of arguments, unused results, invalid formats.

use super::operators::is_numeral;
use super::values::{Known, Values};
use super::{Context, lint};
use crate::Span;
use crate::ast::{Expr, ExprId, Stmt};
use crate::diag::Code;

pub(super) fn check(cx: &mut Context, values: &Values) {
    for (id, expr) in cx.exprs() {
        if let Expr::Call { callee, args, .. } = expr {
            let args: Vec<ExprId> = cx.chunk.list(args).collect();
            library_call(cx, id, callee, &args);
            local_call(cx, callee, &args);
            format_call(cx, values, callee, &args);
        }
    }
    for (_, stmt) in cx.stmts() {
        if let Stmt::Call(call) = stmt {
            discarded(cx, values, call);
        }
    }
}

/// Whether the last argument may be any number of values.
fn open_ended(cx: &Context, args: &[ExprId]) -> bool {
    args.last().is_some_and(|&last| {
        matches!(cx.chunk.expr(last), Expr::Call { .. } | Expr::MethodCall(_) | Expr::Vararg)
    })
}

/// A function of the standard library.
fn library_call(cx: &mut Context, id: ExprId, callee: ExprId, args: &[ExprId]) {
    let Some(name) = cx.library_name(callee) else { return };
    let Some(signature) = cx.environment.signature(&name) else { return };
    let open = open_ended(cx, args);
    let fixed = args.len() - usize::from(open);
    let (least, most) = (signature.min_args, signature.max_args);
    let too_many = most.is_some_and(|most| fixed > most);
    if !too_many && (open || args.len() >= least) {
        return;
    }
    let text = String::from_utf8_lossy(&name);
    let span = match (too_many, most) {
        (true, Some(most)) => cx.chunk.expr_span(args[most]),
        _ => {
            let span = cx.chunk.expr_span(id);
            Span::new(span.end.saturating_sub(1), span.end)
        }
    };
    let takes = match most {
        Some(most) if most == least => counted(least),
        Some(most) => format!("{least} to {}", counted(most)),
        None => format!("at least {}", counted(least)),
    };
    let message = format!("`{text}` takes {takes}, not {}", args.len());
    let note = signature.text.clone();
    let label = if too_many { "superfluous argument" } else { "missing argument" };
    cx.report(lint(Code::ArgumentCount, span, message).with_label(label).with_note(note));
}

fn counted(n: usize) -> String {
    if n == 1 { "1 argument".to_string() } else { format!("{n} arguments") }
}

/// A local function that is never reassigned: more arguments than it has parameters.
fn local_call(cx: &mut Context, callee: ExprId, args: &[ExprId]) {
    let Expr::Name(name) = cx.chunk.expr(callee) else { return };
    let Some(variable) = cx.facts.variable(callee).copied() else { return };
    let Some(func) = variable.func.map(|id| cx.chunk.func(id)) else { return };
    let params = cx.chunk.list_len(func.params);
    let fixed = args.len() - usize::from(open_ended(cx, args));
    if variable.writes > 0 || func.is_vararg || func.is_method || fixed <= params {
        return;
    }
    // An empty function is a stub.
    if params == 0 && cx.chunk.block(func.body).stmts.is_empty() {
        return;
    }
    let message = format!("`{}` takes {}, not {}", cx.text(name), counted(params), args.len());
    cx.report(
        lint(Code::ArgumentCount, cx.chunk.expr_span(args[params]), message)
            .with_label("there is no parameter for this argument")
            .with_secondary(variable.span, "declared here"),
    );
}

/// A call of a pure function as a statement.
fn discarded(cx: &mut Context, values: &Values, call: ExprId) {
    let name = match cx.chunk.expr(call) {
        Expr::Call { callee, .. } => cx.library_name(callee),
        // `s:upper()`
        Expr::MethodCall(call) => {
            let call = cx.chunk.method_call(call);
            let name = [b"string.".as_slice(), cx.bytes(call.name)].concat();
            let string = values.known(cx, call.object) == Some(Known::String)
                || values.begins_as_string(cx, call.object);
            Some(name).filter(|_| string)
        }
        _ => None,
    };
    let Some(name) = name else { return };
    let Some(signature) = cx.environment.signature(&name) else { return };
    if !signature.pure {
        return;
    }
    let text = String::from_utf8_lossy(&name).into_owned();
    let mut found = lint(
        Code::UnusedResult,
        cx.chunk.expr_span(call),
        format!("the result of `{text}` is not used"),
    )
    .with_label("this does nothing");
    if text.starts_with("string.") {
        found = found.with_help("strings do not change; assign the result: `s = s:upper()`");
    }
    cx.report(found);
}

/// `string.format("%d %d", 1)`.
fn format_call(cx: &mut Context, values: &Values, callee: ExprId, args: &[ExprId]) {
    if cx.library_name(callee).as_deref() != Some(b"string.format") {
        return;
    }
    let Some(&format) = args.first() else { return };
    let Expr::Str(text) = cx.chunk.expr(format) else { return };
    let Some(conversions) = directives(cx.bytes(text)) else { return };
    let wanted = conversions.len();
    let given = args.len() - 1;
    let open = open_ended(cx, args);
    if given == wanted || (open && given - 1 <= wanted) {
        for (&conversion, &arg) in conversions.iter().zip(&args[1..]) {
            formatted(cx, values, conversion, arg);
        }
        return;
    }
    let values = if wanted == 1 { "value" } else { "values" };
    let is = if given == 1 { "is" } else { "are" };
    let message = format!("the format requires {wanted} {values}, and {given} {is} given");
    let span = cx.chunk.expr_span(args.get(wanted + 1).copied().unwrap_or(format));
    cx.report(lint(Code::FormatArguments, span, message));
}

/// A value that the directive with this letter does not take.
fn formatted(cx: &mut Context, values: &Values, conversion: u8, arg: ExprId) {
    let integers = matches!(conversion, b'd' | b'i' | b'c' | b'x' | b'X' | b'o' | b'u');
    let numbers = integers || matches!(conversion, b'e' | b'f' | b'g' | b'E' | b'G' | b'a' | b'A');
    let fraction = match cx.chunk.expr(arg) {
        Expr::Float(x) => integers && x.fract() != 0.0,
        _ => false,
    };
    let bad = match values.known(cx, arg) {
        Some(Known::Nil | Known::Boolean | Known::Table | Known::Function) => numbers,
        Some(Known::String) => numbers && !is_numeral(cx, arg),
        _ => fraction,
    };
    if !bad {
        return;
    }
    let letter = char::from(conversion);
    let what = if fraction { "integers" } else { "numbers" };
    let found =
        lint(Code::FormatArguments, cx.chunk.expr_span(arg), format!("`%{letter}` takes {what}"));
    cx.report(if fraction {
        found.with_help("`%g`, `%.2f` and `%s` take any number")
    } else {
        found.with_help("`%s` takes any value")
    });
}

/// The letters of the directives of a format; `None` if it is invalid.
pub(super) fn directives(format: &[u8]) -> Option<Vec<u8>> {
    let mut letters = Vec::new();
    let mut bytes = format.iter();
    while let Some(&b) = bytes.next() {
        if b != b'%' {
            continue;
        }
        let mut conversion = *bytes.next()?;
        if conversion == b'%' {
            continue;
        }
        while matches!(conversion, b'-' | b'+' | b' ' | b'#' | b'.' | b'0'..=b'9') {
            conversion = *bytes.next()?;
        }
        if !conversion.is_ascii_alphabetic() {
            return None;
        }
        letters.push(conversion);
    }
    Some(letters)
}
