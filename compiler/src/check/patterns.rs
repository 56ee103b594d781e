//! Literal patterns and formats that are malformed: the functions of `string` refuse them.

use super::values::{Known, Values};
use super::{Context, lint};
use crate::ast::{Expr, ExprId};
use crate::diag::Code;

/// The letters that `string.format` knows.
const CONVERSIONS: &[u8] = b"cdiuoxXaAfeEgGpqs";
/// Most captures of a pattern.
const MAX_CAPTURES: usize = 32;

pub(super) fn check(cx: &mut Context, values: &Values) {
    for (id, expr) in cx.exprs() {
        if values.expects_error(cx.chunk.expr_span(id)) {
            continue;
        }
        let (name, args) = match expr {
            Expr::Call { callee, args, .. } => {
                let Some(name) = cx.library_name(callee) else { continue };
                (name, cx.chunk.list(args).collect::<Vec<_>>())
            }
            Expr::MethodCall(call) if !values.unusual => {
                let call = cx.chunk.method_call(call);
                if values.known(cx, call.object) != Some(Known::String) {
                    continue;
                }
                let name = [b"string.".as_slice(), cx.bytes(call.name)].concat();
                let args = [call.object].into_iter().chain(cx.chunk.list(call.args));
                (name, args.collect())
            }
            _ => continue,
        };
        match name.as_slice() {
            b"string.format" => format(cx, &args),
            // The fourth argument turns patterns off.
            b"string.find" if args.len() > 3 => {}
            b"string.find" | b"string.match" | b"string.gmatch" | b"string.gsub" => {
                pattern(cx, &args, name == b"string.find");
            }
            _ => {}
        }
    }
}

fn literal<'a>(cx: &Context<'a>, id: Option<&ExprId>) -> Option<(ExprId, &'a [u8])> {
    let &id = id?;
    match cx.chunk.expr(id) {
        Expr::Str(text) => Some((id, cx.bytes(text))),
        _ => None,
    }
}

/// `string.format("%y", x)`
fn format(cx: &mut Context, args: &[ExprId]) {
    let Some((id, text)) = literal(cx, args.first()) else { return };
    let Some(letter) = unknown_conversion(text) else { return };
    let shown = String::from_utf8_lossy(&letter).into_owned();
    let message = format!("there is no conversion `%{shown}`");
    let found = lint(Code::FormatArguments, cx.chunk.expr_span(id), message);
    cx.report(found.with_help("write `%%` for a percent sign, `%s` for any value"));
}

/// What follows the first `%` of a format that is not understood.
fn unknown_conversion(format: &[u8]) -> Option<Vec<u8>> {
    let mut at = 0;
    while let Some(percent) = memchr::memchr(b'%', &format[at..]) {
        let mut end = at + percent + 1;
        if format.get(end) == Some(&b'%') {
            at = end + 1;
            continue;
        }
        let spec = |b: &u8| matches!(b, b'-' | b'+' | b' ' | b'#' | b'.' | b'0'..=b'9');
        while format.get(end).is_some_and(spec) {
            end += 1;
        }
        let start = at + percent + 1;
        match format.get(end) {
            Some(letter) if CONVERSIONS.contains(letter) => at = end + 1,
            // Bytes of other texts are not quoted.
            Some(letter) if letter.is_ascii() => return Some(format[start..=end].to_vec()),
            Some(_) => return None,
            None => return Some(format[start..].to_vec()),
        }
    }
    None
}

/// `s:find("(")`
fn pattern(cx: &mut Context, args: &[ExprId], finds: bool) {
    let Some((id, text)) = literal(cx, args.get(1)) else { return };
    let Some((what, help)) = malformed(text) else { return };
    let found = lint(Code::CertainError, cx.chunk.expr_span(id), "this pattern is malformed")
        .with_label(what);
    let found = found.with_help(help);
    cx.report(match finds {
        true => found.with_note("`string.find(s, text, 1, true)` searches for text as it is"),
        false => found,
    });
}

/// What is wrong with a pattern, and what to write.
fn malformed(pattern: &[u8]) -> Option<(&'static str, &'static str)> {
    let mut at = 0;
    let (mut open, mut captures) = (Vec::new(), 0usize);
    while let Some(&b) = pattern.get(at) {
        at += 1;
        match b {
            b'(' => {
                captures += 1;
                if captures > MAX_CAPTURES {
                    return Some(("it has too many captures", "a pattern has 32 captures at most"));
                }
                if pattern.get(at) == Some(&b')') {
                    at += 1;
                } else {
                    open.push(captures);
                }
            }
            b')' if open.pop().is_none() => {
                return Some(("`)` closes no capture", "write `%)` for a parenthesis"));
            }
            b'%' => match pattern.get(at) {
                None => return Some(("it ends with `%`", "write `%%` for a percent sign")),
                Some(b'b') if pattern.len() < at + 3 => {
                    return Some((
                        "`%b` needs two characters",
                        "write `%b()` for what is in `(…)`",
                    ));
                }
                Some(b'b') => at += 3,
                Some(b'f') if pattern.get(at + 1) != Some(&b'[') => {
                    return Some(("`%f` needs a set", "write `%f[%w]` for the start of a word"));
                }
                Some(&digit @ b'1'..=b'9') => {
                    let index = usize::from(digit - b'0');
                    if index > captures || open.contains(&index) {
                        return Some((
                            "it refers to a capture that has not ended before",
                            "`%1` is the first `(…)` before it",
                        ));
                    }
                    at += 1;
                }
                Some(b'0') => {
                    return Some(("`%0` is no capture of a pattern", "captures are `%1` to `%9`"));
                }
                Some(_) => at += 1,
            },
            b'[' => {
                if pattern.get(at) == Some(&b'^') {
                    at += 1;
                }
                // A `]` that comes first stands for itself.
                let first = at;
                loop {
                    match pattern.get(at) {
                        Some(b']') if at > first => break,
                        Some(b'%') => at += 2,
                        Some(_) => at += 1,
                        None => return Some(("`[` is not closed", "write `%[` for a bracket")),
                    }
                }
                at += 1;
            }
            _ => {}
        }
    }
    (!open.is_empty()).then_some(("`(` is not closed", "write `%(` for a parenthesis"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let good: [&[u8]; 9] =
            [b"", b"(%a+)=(%1)", b"[]]", b"[^]%]]", b"%b()", b"%f[%w]", b"()a()", b"%%", b"%[%(%)"];
        for pattern in good {
            assert_eq!(malformed(pattern), None, "{}", String::from_utf8_lossy(pattern));
        }
        let bad: [&[u8]; 9] = [b"(", b")", b"%", b"[a", b"[]", b"%b(", b"%fa", b"(%1)", b"%2(a)"];
        for pattern in bad {
            assert!(malformed(pattern).is_some(), "{}", String::from_utf8_lossy(pattern));
        }
    }

    #[test]
    fn formats() {
        assert_eq!(unknown_conversion(b"%d %-5s %5.2f %% %q"), None);
        assert_eq!(unknown_conversion(b"%5y"), Some(b"5y".to_vec()));
        assert_eq!(unknown_conversion(b"50%"), Some(b"".to_vec()));
    }
}
