//! Extensions in a text that is to be plain Lua 5.4: what the writer meant is known, if Luka's grammar
//! accepts what Lua's rejects.

use super::{Options, Parsed, Std, parse};
use crate::Span;
use crate::diag::{Code, Diagnostic};
use crate::lex::{TokenKind as T, Tokens};
use crate::source::Source;

/// The report about the first extension, if the first error of a text under Lua 5.4 is one.
pub(crate) fn disabled_extension(source: &Source, options: &Options) -> Option<Diagnostic> {
    let first = parse(source, options).diagnostics.into_iter().next()?;
    let order = first.puc_order?;
    let options = Options { std: Std::Luka, ..*options };
    let Parsed { tokens, diagnostics, .. } = parse(source, &options);
    let reached = diagnostics.first().and_then(|error| error.puc_order);
    if reached.is_some_and(|reached| reached.token_at <= order.token_at) {
        return None;
    }
    let at = tokens.spans.partition_point(|span| span.end <= order.token_at);
    let (index, what, help) = extension(&tokens, at.min(tokens.len() - 1));
    let Span { start, end } = tokens.spans[index];
    let message = format!("{what} an extension, switched off by `--std=5.4`");
    let mut report = Diagnostic::new(Code::DisabledExtension, Span::new(start, end), message)
        .with_label("an extension of Luka")
        .with_help(help);
    (report.puc, report.puc_order) = (first.puc, first.puc_order);
    Some(report)
}

/// The token of the extension that Lua 5.4 rejects at token `at`, its name with "is", and what to
/// write instead.
fn extension(tokens: &Tokens, at: usize) -> (usize, &'static str, &'static str) {
    let kind = |back: usize| at.checked_sub(back).map_or(T::Eof, |at| tokens.tokens[at].kind);
    let soft = at.checked_sub(1).filter(|&before| tokens.tokens[before].kind == T::Name);
    if let Some(before) = soft
        && let Some((what, help)) = keyword(tokens.names.bytes(tokens.tokens[before].sym()))
    {
        return (before, what, help);
    }
    let (what, help) = match (kind(0), kind(1)) {
        (T::QuestionQuestionEq | T::QuestionQuestion, _) => {
            ("`??` is", "write `if x == nil then … end`")
        }
        (T::QuestionDot, _) => ("optional chaining, `?.`, is", "write `a and a.b`"),
        (T::Arrow, _) | (T::Pipe, _) => ("a short function is", "write `function(x) return … end`"),
        (T::InterpWhole | T::InterpBegin | T::InterpMid | T::InterpEnd, _) => {
            ("an interpolated string is", "write `(\"… %s …\"):format(x)`")
        }
        (T::If, _) => ("an `if` expression is", "write `c and a or b`, or an `if` statement"),
        (T::Local, T::If | T::ElseIf | T::While) => {
            ("a declaration as a condition is", "declare the variable before the statement")
        }
        (T::LBrace | T::LBracket, _) => ("destructuring is", "write `local a, b = t.a, t.b`"),
        (T::Less, T::Local) => ("an attribute before the names is", "write `local x <const> = …`"),
        (T::Less, _) => ("a list of type parameters is", "remove it"),
        (T::Colon, _) => ("a type annotation is", "remove it"),
        (T::Eq, _) => (
            "a default for a parameter is",
            "write `if x == nil then x = … end` at the start of the function",
        ),
        (T::RParen, T::Comma) => ("a comma at the end of a list is", "remove the comma"),
        (T::Name, T::Dots) => ("a named vararg is", "write `local args = table.pack(...)`"),
        (T::Int | T::Float, _) => (
            "a numeral with `_` or in binary is",
            "write the number in decimal or hexadecimal, without `_`",
        ),
        (kind, _) if kind.text().ends_with('=') && kind as u8 >= T::PlusEq as u8 => {
            ("compound assignment is", "write `x = x + …`")
        }
        _ if kind(2) == T::ColonColon => {
            return (at - 2, "a type cast is", "remove it");
        }
        _ => ("this is", "write it in plain Lua 5.4"),
    };
    (at, what, help)
}

/// The extension that starts with a soft keyword.
fn keyword(word: &[u8]) -> Option<(&'static str, &'static str)> {
    Some(match word {
        b"match" => ("`match` is", "write `if … elseif … else … end`"),
        b"try" => ("`try` is", "write `local ok, e = pcall(function() … end)`"),
        b"defer" => ("`defer` is", "use a variable with the attribute `<close>`"),
        b"continue" => {
            ("`continue` is", "write `goto continue`, and `::continue::` at the end of the loop")
        }
        b"const" => ("`const` is", "write `local x <const> = …`"),
        b"global" => ("`global` is", "global variables need no declaration in Lua 5.4"),
        b"type" | b"export" => ("a type alias is", "remove it"),
        _ => return None,
    })
}
