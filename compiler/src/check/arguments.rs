//! Arguments of library functions that are certainly of a wrong type.

use super::certain::{failure, is_plain_table};
use super::operators::is_numeral;
use super::values::{Known, Values};
use super::{Context, Definition, lint};
use crate::ast::{Expr, ExprId};
use crate::diag::Code;

/// What a parameter takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// A table.
    Table,
    /// A string; a number is converted.
    String,
    /// A number; a string that spells one is converted.
    Number,
    /// A function, and nothing that can be called as one.
    Function,
    /// A coroutine.
    Thread,
    /// What `string.gsub` replaces matches by.
    Replacement,
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
    match (function, at) {
        (b"coroutine.create" | b"coroutine.wrap", 0) => return Some(Takes::Function),
        (b"coroutine.resume" | b"coroutine.status" | b"coroutine.close", 0) => {
            return Some(Takes::Thread);
        }
        (b"error", 1) => return Some(Takes::Number),
        (b"string.gsub", 2) => return Some(Takes::Replacement),
        (b"io.write", _) => return Some(Takes::String),
        _ => {}
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
        // All arguments of `io.write` are alike.
        let param = params.get(at).map(String::as_str);
        let param = param.or((name == b"io.write").then_some("..."));
        let inserted = (name == b"table.insert" && at == 1).then_some(Takes::Number);
        let takes = param.and_then(|param| takes(name, at, param));
        let Some(takes) = takes.or(inserted.filter(|_| args.len() == 3)) else { continue };
        let Some(known) = values.known(cx, arg).or_else(|| uncalled(cx, arg)) else { continue };
        let left_out = known == Known::Nil && at >= least && name != b"io.write";
        // Nil stands for an argument that is left out.
        if takes == Takes::Number && !left_out && is_fraction(cx, arg) && takes_integer(name) {
            let text = String::from_utf8_lossy(name);
            let message = format!("`{text}` takes an integer here");
            let found = lint(Code::CertainError, cx.chunk.expr_span(arg), message);
            cx.report(found.with_help("`math.floor(x)` and `x // 1` round down"));
            return;
        }
        if left_out || !is_wrong(cx, values, name, takes, arg, known) {
            continue;
        }
        let text = String::from_utf8_lossy(name).into_owned();
        let what = match takes {
            Takes::Table => "table",
            Takes::String => "string",
            Takes::Number => "number",
            Takes::Function => "function",
            Takes::Thread => "coroutine",
            Takes::Replacement => "string, function or table",
        };
        let found = failure(cx, values, arg, known, &format!("`{text}` takes a {what} here"));
        let later =
            |of: Known| args.iter().skip(at + 1).any(|&arg| values.known(cx, arg) == Some(of));
        let number_first = at == 1
            && (params[0] == "s" && takes == Takes::Number && known == Known::String)
            && values.known(cx, args[0]) == Some(Known::Number);
        cx.report(if takes == Takes::Thread && known == Known::Function {
            found.with_help("`coroutine.create(f)` makes a coroutine of a function")
        } else if matches!(name, b"pairs" | b"ipairs") && known == Known::String {
            let s = cx.quoted(arg);
            let s = s.trim_matches('`');
            found.with_help(format!(
                "a loop over the characters is `for c in string.gmatch({s}, \".\") do`"
            ))
        } else if name == b"io.write" && known != Known::Nil {
            found.with_help("`tostring(x)` makes a string of any value")
        } else if takes == Takes::Table && later(Known::Table) {
            found.with_help("the table comes first")
        } else if name == b"table.insert" && at == 1 {
            found.with_help("the position comes before the value")
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
        (Takes::Table, Known::String) => {
            function.starts_with(b"table.")
                || matches!(function, b"setmetatable" | b"rawset" | b"next")
                || function == b"pairs" && !values.unusual
        }
        (Takes::Function, known) => known != Known::Function,
        (Takes::Thread, _) => true,
        (Takes::Replacement, Known::Table | Known::Function) => false,
        (Takes::Table, _) => true,
        (_, Known::Nil | Known::Boolean | Known::Function) => true,
        (_, Known::Table) => is_plain_table(cx, values, arg),
        (Takes::Number, Known::String) => !is_numeral(cx, arg),
        (Takes::Number | Takes::String | Takes::Replacement, _) => false,
    }
}

/// A function of the library that is given instead of its result: `math.randomseed(os.time)`.
fn uncalled(cx: &Context, arg: ExprId) -> Option<Known> {
    let name = match cx.chunk.expr(arg) {
        Expr::Field { .. } => cx.library_name(arg)?,
        _ => return None,
    };
    matches!(cx.environment.get(&name), Some(Definition::Function(_))).then_some(Known::Function)
}

/// Whether a literal number has a fraction.
fn is_fraction(cx: &Context, arg: ExprId) -> bool {
    matches!(cx.chunk.expr(arg), Expr::Float(x) if x.fract() != 0.0)
}

/// Whether the numbers a function takes are integers.
fn takes_integer(function: &[u8]) -> bool {
    function.starts_with(b"string.") || function.starts_with(b"table.")
}
