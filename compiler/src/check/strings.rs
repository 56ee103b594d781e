//! Strings with the interpolation of other languages.

use super::calls::directives;
use super::{Context, lint};
use crate::Names;
use crate::ast::{Chunk, Expr, ExprId, List};
use crate::diag::Code;

/// `print("hello ${name}")`, where `name` is a variable of the file.
pub(super) fn check(cx: &mut Context) {
    for (_, expr) in cx.exprs() {
        let Expr::Call { callee, args, .. } = expr else { continue };
        if !matches!(cx.library_name(callee).as_deref(), Some(b"print" | b"io.write" | b"error")) {
            continue;
        }
        unformatted(cx, args);
        for arg in cx.chunk.list(args) {
            let mut parts = vec![arg];
            while let Some(id) = parts.pop() {
                match cx.chunk.expr(id) {
                    Expr::Binary { lhs, rhs, .. } => parts.extend([lhs, rhs]),
                    Expr::Str(text) => {
                        if let Some(name) = interpolated(cx, cx.bytes(text)) {
                            report(cx, id, &name);
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}

/// `print("%d items", n)`
fn unformatted(cx: &mut Context, args: List<ExprId>) {
    let Some(first) = cx.chunk.list_get(args, 0) else { return };
    if is_format(cx.chunk, &cx.tokens.names, args) && !cx.program.prints_formats() {
        let found = lint(
            Code::PlainInterpolation,
            cx.chunk.expr_span(first),
            "the values are not put into this string",
        );
        let found = found.with_label("only `string.format` knows `%`");
        cx.report(found.with_help("write `print(string.format(…))`"));
    }
}

/// Whether the first of some arguments is a format of which the others are the values.
pub(super) fn is_format(chunk: &Chunk, names: &Names, args: List<ExprId>) -> bool {
    let Some(first) = chunk.list_get(args, 0) else { return false };
    let Expr::Str(text) = chunk.expr(first) else { return false };
    let given = chunk.list_len(args) - 1;
    given > 0 && directives(names.bytes(text)).is_some_and(|letters| letters.len() == given)
}

fn report(cx: &mut Context, id: ExprId, name: &str) {
    let span = cx.chunk.expr_span(id);
    cx.report(
        lint(Code::PlainInterpolation, span, format!("the value of `{name}` is not put in here"))
            .with_label("a plain string")
            .with_help(format!("write `` `… {{{name}}} …` `` in backquotes, or `\"…\" .. {name}`")),
    );
}

/// The variable in `${name}` or `#{name}`.
fn interpolated(cx: &Context, text: &[u8]) -> Option<String> {
    for sign in [b"${".as_slice(), b"#{"] {
        let Some(at) = memchr::memmem::find(text, sign) else { continue };
        let rest = &text[at + 2..];
        let end = rest.iter().position(|b| !b.is_ascii_alphanumeric() && *b != b'_')?;
        let name = &rest[..end];
        let known = cx.facts.variables.iter().any(|v| cx.bytes(v.name) == name)
            || cx.facts.globals.iter().any(|g| cx.bytes(g.name) == name);
        if known && !name.is_empty() && matches!(rest[end], b'}' | b'.' | b'[' | b'(') {
            return Some(String::from_utf8_lossy(name).into_owned());
        }
    }
    None
}
