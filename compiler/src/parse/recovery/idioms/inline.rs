//! Habits of other languages within statements: lists in brackets, arrow functions, operators.

use super::super::candidates::{Candidate, token};
use super::super::foreign::{adjacent, diagnosed, plain};
use super::super::trial::{Change, Context};
use super::arrows::{arrow, field_report, help, key_tokens};
use super::brackets::{list, named_argument, parenthesis, question, regular_expression};
use super::calls;
use super::pattern::{ends_operand, one, starts_operand};
use super::{COST, line_end, line_start};
use crate::Span;
use crate::diag::{Code, Diagnostic};
use crate::lex::TokenKind as T;
use crate::parse::Std;

/// Habits on the line of the error at `at`, in the statement that starts at `statement`.
pub(super) fn inline(cx: &mut Context<'_>, at: usize, statement: usize, out: &mut Vec<Candidate>) {
    let before = at.saturating_sub(1);
    let first = line_start(cx, at).min(line_start(cx, before)).max(at.saturating_sub(80));
    let end = line_end(cx, line_start(cx, at)).max(at + 1).min(cx.lexemes.len());
    for n in first.min(statement)..end {
        if cx.lexemes[n].inserted {
            continue;
        }
        match cx.lexemes[n].kind() {
            T::LBracket => list(cx, n, out),
            T::Eq if text_is(cx, n, &["=", ">"]) => arrow(cx, n, 2, out),
            T::Eq if n == at && n > 0 => named_argument(cx, n - 1, out),
            T::End if n == at && text_is(cx, n + 1, &["="]) => named_argument(cx, n, out),
            T::Arrow => arrow(cx, n, 1, out),
            T::Minus if text_is(cx, n, &["-", ">"]) => arrow(cx, n, 2, out),
            T::Str => string(cx, n, out),
            T::Name => name(cx, n, at, out),
            T::LParen => parenthesis(cx, n, at, out),
            T::Question => question(cx, n, out),
            T::Star | T::LessEq | T::Dots | T::Amp | T::Colon => symbol(cx, n, out),
            T::Else | T::In | T::Not => keyword(cx, n, at, out),
            T::Hash => comment(cx, n, out),
            T::Return => after_return(cx, n, at, out),
            T::Dot | T::Local => joined(cx, n, at, out),
            T::Slash => regular_expression(cx, n, out),
            T::ColonColon => path(cx, n, out),
            T::Minus => dashed_name(cx, n, out),
            T::Float => dotted_item(cx, n, out),
            T::Pipe => short_function(cx, n, out),
            _ => {}
        }
        calls::calls(cx, n, at, out);
    }
    decrement(cx, at, out);
}

/// Do the adjacent lexemes from `n` on have these texts?
fn text_is(cx: &Context<'_>, n: usize, texts: &[&str]) -> bool {
    n + texts.len() <= cx.lexemes.len()
        && texts.iter().enumerate().all(|(k, text)| {
            cx.text(n + k) == text.as_bytes() && (k == 0 || adjacent(cx, n + k - 1))
        })
}

pub(super) fn span(cx: &Context<'_>, from: usize, to: usize) -> Span {
    Span::new(cx.lexemes[from].span.start, cx.lexemes[to - 1].span.end)
}

pub(super) fn source_text(cx: &Context<'_>, from: usize, to: usize) -> String {
    let span = span(cx, from, to);
    let bytes = cx.source.bytes().get(span.start as usize..span.end as usize).unwrap_or(&[]);
    String::from_utf8_lossy(bytes).into_owned()
}

pub(super) fn report(
    cx: &Context<'_>,
    from: usize,
    to: usize,
    message: &str,
    help: &str,
) -> Diagnostic {
    Diagnostic::new(Code::ForeignSyntax, span(cx, from, to), message)
        .with_label("a construct of another language")
        .with_help(help)
}

/// An operator of another language, with the text that replaces it.
pub(super) fn operator(
    cx: &Context<'_>,
    from: usize,
    to: usize,
    message: &str,
    text: &str,
) -> Diagnostic {
    let span = span(cx, from, to);
    Diagnostic::new(Code::ForeignOperator, span, message)
        .with_label("an operator of other languages")
        .with_fix(format!("write `{}`", text.trim()), true, span, text)
}

/// The kind of the lexeme before `n`.
pub(super) fn before(cx: &Context<'_>, n: usize) -> T {
    n.checked_sub(1).map_or(T::Eof, |n| cx.lexemes[n].kind())
}

/// The closing bracket of the bracket at `open`.
pub(super) fn partner(cx: &Context<'_>, open: usize) -> Option<usize> {
    let mut depth = 0;
    for n in open..cx.lexemes.len() {
        match cx.lexemes[n].kind() {
            T::LBrace | T::LParen | T::LBracket => depth += 1,
            T::RBrace | T::RParen | T::RBracket => {
                depth -= 1;
                if depth == 0 {
                    return Some(n);
                }
            }
            _ => {}
        }
    }
    None
}

pub(super) fn push(out: &mut Vec<Candidate>, changes: Vec<Change>, report: Diagnostic) {
    out.push(diagnosed(changes, COST, report));
}

/// `{"key": value}`; and a string in three quotes.
fn string(cx: &mut Context<'_>, n: usize, out: &mut Vec<Candidate>) {
    let next = cx.lexemes.get(n + 1).map_or(T::Eof, |next| next.kind());
    if next == T::Str && text_is(cx, n, &["\"\""]) && adjacent(cx, n) && adjacent(cx, n + 1) {
        let help = "a comment begins with `--`; a string of several lines is written `[[ … ]]`";
        let report = report(cx, n, n + 3, "there are no strings in three quotes", help);
        push(out, vec![Change::delete(n, 3)], report);
        return;
    }
    if next != T::Colon || !matches!(before(cx, n), T::LBrace | T::Comma | T::Semi) {
        return;
    }
    let is_key = |cx: &Context<'_>, k: usize| {
        cx.lexemes[k].kind() == T::Str
            && cx.lexemes.get(k + 1).is_some_and(|next| next.kind() == T::Colon)
            && matches!(before(cx, k), T::LBrace | T::Comma | T::Semi)
    };
    // All keys of the table at once.
    let open = (0..n).rev().take(400).find(|&k| {
        cx.lexemes[k].kind() == T::LBrace && partner(cx, k).is_some_and(|close| close > n)
    });
    let Some(close) = open.and_then(|open| partner(cx, open)) else { return };
    let keys: Vec<usize> = (n..close).filter(|&k| is_key(cx, k)).take(200).collect();
    let report = field_report(cx, n, n + 2, n);
    let mut changes = Vec::new();
    for key in keys {
        let insert = key_tokens(cx, key);
        changes.push(Change { at: key, remove: 2, insert });
    }
    push(out, changes, report);
}

/// `lambda x: e`, `typeof x`, `x is None`, `x.nil?`, `func(x) { … }`, `finally` without `do`.
fn name(cx: &mut Context<'_>, n: usize, at: usize, out: &mut Vec<Candidate>) {
    let next = cx.lexemes.get(n + 1).map_or(T::Eof, |next| next.kind());
    let luka = cx.options.std == Std::Luka;
    match cx.text(n) {
        b"match"
            if n == at && matches!(before(cx, n), T::Eq | T::Return | T::LParen | T::Comma) =>
        {
            let indent = cx.lexemes[line_start(cx, n)].indent;
            let line = cx.lexemes[n].line;
            let ends = |&k: &usize| {
                let lexeme = cx.lexemes[k];
                lexeme.kind() == T::End && (lexeme.line == line || lexeme.indent == indent)
            };
            let Some(end) = (n..cx.lexemes.len()).find(ends) else { return };
            let report = Diagnostic::new(
                Code::MalformedExtension,
                cx.lexemes[n].span,
                "`match` is a statement, not an expression",
            )
            .with_label("expected an expression")
            .with_help("declare the variable first, and assign to it in the arms");
            let remove = end + 1 - n;
            push(out, vec![Change { at: n, remove, insert: vec![plain(T::Nil)] }], report);
        }
        b"lambda" => {
            let end = line_end(cx, line_start(cx, n));
            let is_part = |k: &usize| matches!(cx.lexemes[*k].kind(), T::Name | T::Comma);
            let Some(colon) = (n + 1..end).find(|k| !is_part(k)) else { return };
            if cx.lexemes[colon].kind() != T::Colon {
                return;
            }
            let params = if colon > n + 1 { source_text(cx, n + 1, colon) } else { String::new() };
            let message = "a function is written with `function`";
            let report = report(cx, n, colon + 1, message, &help(&params, luka));
            let changes = if luka {
                let insert = vec![plain(T::Pipe), plain(T::Arrow)];
                let bar = Change::replace(n, plain(T::Pipe));
                vec![bar, Change { at: colon, remove: 1, insert }]
            } else {
                let insert = vec![plain(T::Not)];
                vec![Change { at: n, remove: colon + 1 - n, insert }]
            };
            push(out, changes, report);
        }
        b"typeof" if next == T::Name => {
            let value = source_text(cx, n + 1, n + 2);
            let text = format!("write `type({value})`");
            let report = report(cx, n, n + 2, "`type` is a function", &text);
            let (function, value) = (one(cx, "type"), cx.lexemes[n + 1].token);
            let insert = vec![function, plain(T::LParen), value, plain(T::RParen)];
            push(out, vec![Change { at: n, remove: 2, insert }], report);
        }
        b"is" => {
            let negated = next == T::Not;
            let value = n + 1 + usize::from(negated);
            let none = cx.lexemes.get(value).is_some_and(|l| l.kind() == T::Name)
                && matches!(cx.text(value), b"None" | b"null");
            let kind = if negated { T::TildeEq } else { T::EqEq };
            let to = value + usize::from(none);
            let mut insert = vec![plain(kind)];
            let mut text = kind.text().to_string();
            if none {
                insert.push(plain(T::Nil));
                text.push_str(" nil");
            }
            let report = operator(cx, n, to, "values are compared with `==` and `~=`", &text);
            push(out, vec![Change { at: n, remove: to - n, insert }], report);
        }
        b"instanceof" if next == T::Name => {
            let class = source_text(cx, n + 1, n + 2);
            let help = format!(
                "compare `type(x)` with the name of a type, or write `getmetatable(x) == {class}`"
            );
            let report = report(cx, n, n + 1, "there is no operator `instanceof`", &help);
            push(out, vec![Change::replace(n, plain(T::EqEq))], report);
        }
        b"async" if next == T::Function => {
            let help = "call the function in a coroutine: `coroutine.wrap(f)()`";
            let report = report(cx, n, n + 1, "Lua has no `async` functions", help);
            push(out, vec![Change::delete(n, 1)], report);
        }
        b"await" if next == T::Name => {
            let help = "call the function; a coroutine waits with `coroutine.yield`";
            let report = report(cx, n, n + 1, "Lua has no `await`", help);
            push(out, vec![Change::delete(n, 1)], report);
        }
        b"pass" if n + 1 >= at && !matches!(next, T::LParen | T::Eq | T::Dot | T::Str) => {
            let report = report(cx, n, n + 1, "an empty block needs no statement", "remove `pass`");
            push(out, vec![Change::delete(n, 1)], report);
        }
        b"func" | b"fn" if next == T::LParen => {
            let Some(close) = partner(cx, n + 1) else { return };
            let end = line_end(cx, line_start(cx, n));
            let brace = (close + 1..end).find(|&k| cx.lexemes[k].kind() == T::LBrace);
            let Some(close_brace) = brace.and_then(|brace| partner(cx, brace)) else { return };
            let message = "a function is written with `function` and `end`";
            let report = report(cx, n, close + 1, message, "write `function(…) … end`");
            let remove = close_brace + 1 - n;
            push(out, vec![Change { at: n, remove, insert: vec![plain(T::Nil)] }], report);
        }
        b"finally" if cx.lexemes[n].indent >= 0 && next != T::Do && next != T::Eq => {
            let at = cx.lexemes[n].span.end;
            let report = Diagnostic::new(
                Code::MissingThen,
                Span::new(at, at),
                "expected `do` after `finally`",
            )
            .with_label("expected `do`")
            .with_fix("write `finally do`", true, Span::new(at, at), " do");
            push(out, vec![Change::insert(n + 1, plain(T::Do))], report);
        }
        _ => {}
    }
}

/// `x ** 2`, `a <=> b`, `...xs`, `&x`, `:name`.
fn symbol(cx: &mut Context<'_>, n: usize, out: &mut Vec<Candidate>) {
    let next = cx.lexemes.get(n + 1).map_or(T::Eof, |next| next.kind());
    match cx.lexemes[n].kind() {
        T::Colon if before(cx, n) == T::Else => {
            let span = cx.lexemes[n].span;
            let report = Diagnostic::new(Code::ForeignSyntax, span, "`else` has no `:`")
                .with_label("a construct of another language")
                .with_fix("remove it", true, span, "");
            push(out, vec![Change::delete(n, 1)], report);
        }
        T::Star if is_rest_parameter(cx, n) => rest_parameter(cx, n, out),
        T::Star if text_is(cx, n, &["*", "*"]) && ends_operand(before(cx, n)) => {
            let report = operator(cx, n, n + 2, "the power operator is written `^`", "^");
            let insert = vec![plain(T::Caret)];
            push(out, vec![Change { at: n, remove: 2, insert }], report);
        }
        T::LessEq if text_is(cx, n, &["<=", ">"]) => {
            let help = "compare with `<`, `==` and `>`";
            let report = report(cx, n, n + 2, "there is no operator `<=>`", help);
            let insert = vec![plain(T::LessEq)];
            push(out, vec![Change { at: n, remove: 2, insert }], report);
        }
        T::Dots if ends_operand(before(cx, n)) && starts_operand(next) => {
            let report = operator(cx, n, n + 1, "strings are joined with `..`", "..");
            push(out, vec![Change::replace(n, plain(T::DotDot))], report);
        }
        T::Dots if next == T::Name && adjacent(cx, n) => {
            let list = source_text(cx, n + 1, n + 2);
            let help = format!("write `table.unpack({list})`");
            let message = "the values of a list are passed with `table.unpack`";
            let report = report(cx, n, n + 2, message, &help);
            let all = (n..cx.lexemes.len())
                .take_while(|&k| cx.lexemes[k].line == cx.lexemes[n].line)
                .filter(|&k| {
                    cx.lexemes[k].kind() == T::Dots
                        && cx.lexemes.get(k + 1).is_some_and(|l| l.kind() == T::Name)
                });
            let mut changes: Vec<Change> = all.map(|k| Change::delete(k, 1)).collect();
            if let Some(open) = n.checked_sub(1).filter(|&k| cx.lexemes[k].kind() == T::LBracket)
                && let Some(close) = partner(cx, open)
            {
                changes.insert(0, Change::replace(open, plain(T::LBrace)));
                changes.push(Change::replace(close, plain(T::RBrace)));
            }
            out.push(diagnosed(changes, COST - 0.5, report));
        }
        T::Amp if next == T::Name && before(cx, n) != T::Amp && !ends_operand(before(cx, n)) => {
            let help = "tables are passed by reference, all other values by value; remove the `&`";
            let report = report(cx, n, n + 2, "Lua has no pointers", help);
            push(out, vec![Change::delete(n, 1)], report);
        }
        T::Colon
            if next == T::Name
                && adjacent(cx, n)
                && matches!(
                    before(cx, n),
                    T::Eq | T::LParen | T::Comma | T::LBrace | T::Return
                ) =>
        {
            let name = source_text(cx, n + 1, n + 2);
            let text = format!("\"{name}\"");
            let span = span(cx, n, n + 2);
            let report = Diagnostic::new(Code::ForeignSyntax, span, "Lua has no symbols")
                .with_label("a construct of another language")
                .with_fix(format!("write `{text}`"), false, span, text);
            let insert = vec![token(cx, T::Str)];
            push(out, vec![Change { at: n, remove: 2, insert }], report);
        }
        _ => {}
    }
}

/// Is this star before a name that begins an argument or a parameter?
fn is_rest_parameter(cx: &Context<'_>, n: usize) -> bool {
    let twice = usize::from(text_is(cx, n, &["*", "*"]));
    matches!(before(cx, n), T::LParen | T::Comma)
        && cx.lexemes.get(n + twice + 1).is_some_and(|next| next.kind() == T::Name)
}

/// `function f(*args)` and `f(*args)`.
fn rest_parameter(cx: &mut Context<'_>, n: usize, out: &mut Vec<Candidate>) {
    let to = n + 2 + usize::from(text_is(cx, n, &["*", "*"]));
    let around = |&open: &usize| {
        cx.lexemes[open].kind() == T::LParen && partner(cx, open).is_none_or(|close| close >= n)
    };
    let Some(open) = (0..n).rev().take(60).find(around) else { return };
    let first = line_start(cx, open);
    let declares = (first..open).any(|k| cx.lexemes[k].kind() == T::Function)
        || matches!(cx.text(first), b"def" | b"func");
    let name = source_text(cx, to - 1, to);
    if declares {
        let help = format!("write `...`, and `local {name} = {{...}}` for a list of them");
        let report = report(cx, n, to, "further arguments are written `...`", &help);
        let insert = vec![plain(T::Dots)];
        push(out, vec![Change { at: n, remove: to - n, insert }], report);
    } else if to == n + 2 {
        let help = format!("write `table.unpack({name})`");
        let message = "the values of a list are passed with `table.unpack`";
        let report = report(cx, n, to, message, &help);
        push(out, vec![Change::delete(n, 1)], report);
    }
}

/// `t.1`: the number has taken the dot.
fn dotted_item(cx: &mut Context<'_>, n: usize, out: &mut Vec<Candidate>) {
    let behind =
        n > 0 && adjacent(cx, n - 1) && matches!(before(cx, n), T::Name | T::RBracket | T::RParen);
    let text = source_text(cx, n, n + 1);
    let Some(item) = text.strip_prefix('.').filter(|_| behind) else { return };
    if !item.bytes().all(|b| b.is_ascii_digit()) {
        return;
    }
    let span = span(cx, n, n + 1);
    let report =
        Diagnostic::new(Code::ForeignSyntax, span, "an item of a list is read with brackets")
            .with_label("a dot is followed by a name")
            .with_fix(format!("write `[{item}]`"), true, span, format!("[{item}]"));
    let insert = vec![plain(T::LBracket), token(cx, T::Int), plain(T::RBracket)];
    push(out, vec![Change { at: n, remove: 1, insert }], report);
}

/// `|x| x + 1`
fn short_function(cx: &mut Context<'_>, n: usize, out: &mut Vec<Candidate>) {
    let value = matches!(before(cx, n), T::Eq | T::LParen | T::Comma | T::Return);
    let end = line_end(cx, line_start(cx, n));
    let is_part = |k: &usize| matches!(cx.lexemes[*k].kind(), T::Name | T::Comma | T::Dots);
    let Some(close) = (n + 1..end).find(|k| !is_part(k)) else { return };
    let next = cx.lexemes.get(close + 1).map_or(T::Eof, |next| next.kind());
    if !value || cx.lexemes[close].kind() != T::Pipe || !starts_operand(next) {
        return;
    }
    let params = source_text(cx, n, close + 1);
    if cx.options.std == Std::Lua54 {
        let message = "a function is written with `function`";
        let report = report(cx, n, close + 1, message, &help(params.trim_matches('|'), false));
        let insert = vec![plain(T::Not)];
        return push(out, vec![Change { at: n, remove: close + 1 - n, insert }], report);
    }
    let at = cx.lexemes[close].span.end;
    let span = Span::new(at, at);
    let report = Diagnostic::new(
        Code::MalformedExtension,
        span,
        "the parameters of a short function are followed by `->`",
    )
    .with_label("expected `->`")
    .with_fix(format!("write `{params} -> …`"), true, span, " ->");
    push(out, vec![Change::insert(close + 1, plain(T::Arrow))], report);
}

/// `a if c else b`, `x in t`, `x not in t`.
fn keyword(cx: &mut Context<'_>, n: usize, at: usize, out: &mut Vec<Candidate>) {
    let first = line_start(cx, n);
    match cx.lexemes[n].kind() {
        T::Else if n == at => {
            let condition = (first + 1..n)
                .find(|&k| cx.lexemes[k].kind() == T::If && ends_operand(before(cx, k)));
            let Some(condition) = condition else { return };
            if (condition..n).any(|k| cx.lexemes[k].kind() == T::Then) {
                return;
            }
            let help = match cx.options.std {
                Std::Luka => "write `if c then a else b`",
                Std::Lua54 => "write `c and a or b`, if `a` is never false or nil",
            };
            let message = "the condition of a conditional expression comes first";
            let report = report(cx, condition, n + 1, message, help);
            let changes =
                vec![Change::replace(condition, plain(T::And)), Change::replace(n, plain(T::Or))];
            push(out, changes, report);
        }
        T::In | T::Not if n == at => {
            let negated = cx.lexemes[n].kind() == T::Not;
            let to = n + 1 + usize::from(negated);
            if negated && cx.lexemes.get(n + 1).is_none_or(|next| next.kind() != T::In) {
                return;
            }
            let loops = (first..n).any(|k| matches!(cx.lexemes[k].kind(), T::For));
            if loops || !ends_operand(before(cx, n)) {
                return;
            }
            let help = if negated {
                "write `t[x] == nil` for a key; search a list in a loop"
            } else {
                "write `t[x] ~= nil` for a key; search a list in a loop"
            };
            let report = report(cx, n, to, "there is no operator `in`", help);
            let insert = vec![plain(T::EqEq)];
            push(out, vec![Change { at: n, remove: to - n, insert }], report);
        }
        _ => {}
    }
}

/// `x = 1 # comment`
fn comment(cx: &mut Context<'_>, n: usize, out: &mut Vec<Candidate>) {
    let end = line_end(cx, line_start(cx, n));
    let spaced = n > 0 && !adjacent(cx, n - 1) && !adjacent(cx, n) && n + 1 < end;
    if cx.lexemes[n].indent >= 0 || !spaced || !ends_operand(before(cx, n)) {
        return;
    }
    let span = cx.lexemes[n].span;
    let report = Diagnostic::new(Code::ForeignComment, span, "a comment begins with `--`")
        .with_label("`#` is the length operator")
        .with_fix("write `--`", false, span, "--");
    out.push(diagnosed(vec![Change::delete(n, end - n)], -1.0, report));
}

/// `"a" . "b"`, and `local a = 1, local b = 2`.
fn joined(cx: &mut Context<'_>, n: usize, at: usize, out: &mut Vec<Candidate>) {
    let next = cx.lexemes.get(n + 1).map_or(T::Eof, |next| next.kind());
    if cx.lexemes[n].kind() == T::Dot {
        if next == T::LBracket && n.abs_diff(at) < 2 {
            let span = cx.lexemes[n].span;
            let message = "brackets follow the table without a dot";
            let report = Diagnostic::new(Code::UnexpectedToken, span, message)
                .with_label("a dot is followed by a name")
                .with_fix("remove it", true, span, "");
            return push(out, vec![Change::delete(n, 1)], report);
        }
        let spaced = n > 0 && !adjacent(cx, n - 1) && !adjacent(cx, n);
        if next == T::Str || spaced && ends_operand(before(cx, n)) && n.abs_diff(at) < 2 {
            let report = operator(cx, n, n + 1, "strings are joined with `..`", "..");
            push(out, vec![Change::replace(n, plain(T::DotDot))], report);
        }
    } else if before(cx, n) == T::Comma && n == at {
        let help = "write `local a, b = 1, 2`, or a statement of its own without the `,`";
        let report = report(cx, n - 1, n + 1, "one `local` declares all variables of a list", help);
        push(out, vec![Change::delete(n - 1, 1)], report);
    }
}

/// `Vec::new()`
fn path(cx: &mut Context<'_>, n: usize, out: &mut Vec<Candidate>) {
    let joined = n > 0 && adjacent(cx, n - 1) && adjacent(cx, n);
    let next = cx.lexemes.get(n + 1).map_or(T::Eof, |next| next.kind());
    if joined && before(cx, n) == T::Name && next == T::Name {
        let report = operator(cx, n, n + 1, "a field is written with a dot", ".");
        push(out, vec![Change::replace(n, plain(T::Dot))], report);
    }
}

/// `local my-name = 1`
fn dashed_name(cx: &mut Context<'_>, n: usize, out: &mut Vec<Candidate>) {
    let next = cx.lexemes.get(n + 1).map_or(T::Eof, |next| next.kind());
    let declared = n > 1 && matches!(before(cx, n - 1), T::Local | T::Function | T::For);
    if before(cx, n) != T::Name || next != T::Name || !declared {
        return;
    }
    let name = format!("{}_{}", source_text(cx, n - 1, n), source_text(cx, n + 1, n + 2));
    let report =
        Diagnostic::new(Code::UnexpectedToken, span(cx, n - 1, n + 2), "a name has no `-`")
            .with_label("this subtracts")
            .with_help(format!("write `{name}`"));
    push(out, vec![Change::delete(n, 2)], report);
}

/// `return 1 print(2)`
fn after_return(cx: &mut Context<'_>, n: usize, at: usize, out: &mut Vec<Candidate>) {
    let next = cx.lexemes[at].kind();
    let on_line = at > n + 1 && cx.lexemes[n].line == cx.lexemes[at].line;
    let starts = matches!(next, T::Name | T::Local | T::Return | T::Break | T::Goto);
    let calls = cx.lexemes.get(at + 1).is_some_and(|l| {
        matches!(l.kind(), T::LParen | T::Dot | T::Colon | T::Eq | T::Str) || next != T::Name
    });
    if !on_line || !starts || !calls || !ends_operand(before(cx, at)) {
        return;
    }
    let report = Diagnostic::new(
        Code::AfterReturn,
        cx.lexemes[at].span,
        "`return` must be the last statement of its block",
    )
    .with_label("this would never be executed")
    .with_secondary(cx.lexemes[n].span, "the block ends with this `return`")
    .with_help("remove it, or write `do return … end`");
    let changes = vec![Change::insert(n, plain(T::Do)), Change::insert(at, plain(T::End))];
    push(out, changes, report);
}

/// `i--`: the rest of the line is a comment.
fn decrement(cx: &mut Context<'_>, at: usize, out: &mut Vec<Candidate>) {
    let Some(last) = at.checked_sub(1) else { return };
    let end = cx.lexemes[last].span.end as usize;
    let bytes = cx.source.bytes();
    if cx.lexemes[last].kind() != T::Name && cx.lexemes[last].kind() != T::RBracket
        || bytes.get(end..end + 2) != Some(b"--")
    {
        return;
    }
    let from = line_start(cx, last);
    let value = source_text(cx, from, at);
    let help = match cx.options.std {
        Std::Luka => format!("write `{value} -= 1`"),
        Std::Lua54 => format!("write `{value} = {value} - 1`"),
    };
    let span = Span::new(end as u32, end as u32 + 2);
    let report = Diagnostic::new(Code::ForeignOperator, span, "there is no operator `--`")
        .with_label("this begins a comment")
        .with_help(help);
    push(out, vec![Change::delete(from, at - from)], report);
}
