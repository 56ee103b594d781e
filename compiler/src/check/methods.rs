//! `.` for `:` in calls and the other way round; arguments that a function of the file needs.

use std::collections::HashMap;

use super::values::{Declared, Values};
use super::{Context, lint};
use crate::ast::{BinOp, Expr, ExprId, Field, FuncId, Stmt, UnOp};
use crate::diag::Code;
use crate::{Span, Sym};

pub(super) fn check(cx: &mut Context, values: &Values) {
    let methods = &values.methods;
    endless_recursion(cx, values);
    without_index(cx, methods);
    for (id, expr) in cx.exprs() {
        if values.expects_error(cx.chunk.expr_span(id)) {
            continue;
        }
        match expr {
            Expr::Call { callee, args, .. } => {
                let args: Vec<ExprId> = cx.chunk.list(args).collect();
                if let Expr::Field { object, name } = cx.chunk.expr(callee) {
                    methods.dot(cx, callee, object, name, &args);
                }
                if let Some(declared) = values.function(cx, callee) {
                    missing_argument(cx, id, callee, declared, &args);
                }
            }
            Expr::MethodCall(call) => {
                let call = cx.chunk.method_call(call);
                let args: Vec<ExprId> = cx.chunk.list(call.args).collect();
                methods.colon(cx, call.object, call.name, call.name_span, &args);
            }
            _ => {}
        }
    }
}

/// Whether the last argument may be any number of values.
fn is_open(cx: &Context, args: &[ExprId]) -> bool {
    args.last().is_some_and(|&last| {
        matches!(cx.chunk.expr(last), Expr::Call { .. } | Expr::MethodCall(_) | Expr::Vararg)
    })
}

/// A function declared as a field: `function owner.name()`, `function owner:name()`.
#[derive(Clone, Copy)]
struct Method {
    /// The expression that names the table.
    owner: ExprId,
    func: FuncId,
    /// The name at the declaration.
    span: Span,
}

/// The functions of the file that are declared as fields, by name; `None` if the name has other
/// values, too.
#[derive(Default)]
pub(super) struct Methods(HashMap<Sym, Option<Method>>);

impl Methods {
    pub(super) fn new(cx: &Context) -> Methods {
        let mut found: HashMap<Sym, Option<Method>> = HashMap::new();
        for (_, stmt) in cx.stmts() {
            match stmt {
                Stmt::Function { target, func } => {
                    if let Expr::Field { object, name } = cx.chunk.expr(target) {
                        let span = cx.chunk.expr_span(target);
                        let method = Method { owner: object, func, span };
                        let known = matches!(cx.chunk.expr(object), Expr::Name(_));
                        let other = found.contains_key(&name) || !known;
                        found.insert(name, Some(method).filter(|_| !other));
                    }
                }
                Stmt::Assign { targets, .. } => {
                    for target in cx.chunk.list(targets) {
                        if let Expr::Field { name, .. } = cx.chunk.expr(target) {
                            found.insert(name, None);
                        }
                    }
                }
                _ => {}
            }
        }
        for &field in &cx.chunk.fields {
            match field {
                Field::Named { name, .. } => drop(found.insert(name, None)),
                Field::Keyed { key, .. } => {
                    if let Expr::Str(name) = cx.chunk.expr(key) {
                        found.insert(name, None);
                    }
                }
                Field::Item(_) => {}
            }
        }
        Methods(found)
    }

    fn get(&self, name: Sym) -> Option<Method> {
        self.0.get(&name).copied().flatten()
    }

    /// The function that `object.name` is, if it is declared with a dot, once.
    pub(super) fn declared(&self, cx: &Context, object: ExprId, name: Sym) -> Option<Declared> {
        let method = self.get(name)?;
        let own = same(cx, object, method.owner) && !cx.chunk.func(method.func).is_method;
        own.then_some(Declared { func: method.func, span: method.span })
    }

    /// `a.deposit(5)` for `a:deposit(5)`.
    fn dot(&self, cx: &mut Context, callee: ExprId, object: ExprId, name: Sym, args: &[ExprId]) {
        let Some(method) = self.get(name) else { return };
        let func = cx.chunk.func(method.func);
        let params = cx.chunk.list_len(func.params);
        let literal = |id: &ExprId| {
            matches!(cx.chunk.expr(*id), Expr::Int(_) | Expr::Float(_) | Expr::Str(_) | Expr::True)
        };
        let fits = func.is_method
            && !func.is_vararg
            && !is_open(cx, args)
            && args.len() <= params
            && uses_self(cx, method.func)
            && args.first().is_none_or(|first| !same(cx, *first, object))
            && (is_instance(cx, object, method.owner)
                || same(cx, object, method.owner) && args.first().is_none_or(literal));
        if !fits {
            return;
        }
        let text = cx.text(name);
        let object_text = cx.quoted(object);
        let object_text = object_text.trim_matches('`');
        let span = cx.chunk.expr_span(callee);
        let at = span.end - text.len() as u32 - 1;
        let dot = Span::new(at, at + 1);
        let list = if args.is_empty() { "" } else { "…" };
        let found =
            lint(Code::MethodSeparator, span, format!("`{text}` must be called with a colon"))
                .with_label("the object is not passed")
                .with_secondary(method.span, "declared with a colon");
        let title = format!("write `{object_text}:{text}({list})`");
        cx.report(if cx.source_text(dot) == b"." {
            found.with_fix(title, false, dot, ":")
        } else {
            found.with_help(title)
        });
    }

    /// `m:add(1, 2)` of `function m.add(a, b)`.
    fn colon(&self, cx: &mut Context, object: ExprId, name: Sym, at: Span, args: &[ExprId]) {
        let Some(method) = self.get(name) else { return };
        let func = cx.chunk.func(method.func);
        let params = cx.chunk.list_len(func.params);
        let first = cx.chunk.list_get(func.params, 0).map(|id| cx.chunk.binding(id).name);
        let takes_object = first.is_some_and(|name| {
            matches!(cx.bytes(name), b"self" | b"this" | b"cls" | b"class" | b"_" | b"obj")
        });
        if func.is_method
            || func.is_vararg
            || takes_object
            || is_open(cx, args)
            || args.len() < params
            || params == 0
            || !same(cx, object, method.owner)
        {
            return;
        }
        let (text, owner) = (cx.text(name), cx.quoted(object));
        let owner = owner.trim_matches('`');
        let list = if args.is_empty() { "" } else { "…" };
        cx.report(
            lint(Code::MethodSeparator, at, format!("`{text}` must be called with a dot"))
                .with_label("a colon passes the table as the first argument")
                .with_secondary(method.span, "declared with a dot")
                .with_help(format!("write `{owner}.{text}({list})`")),
        );
    }
}

/// `setmetatable({}, P)` in a file with methods `P:f()` and without any `__index`.
fn without_index(cx: &mut Context, methods: &Methods) {
    if cx.tokens.names.lookup(b"__index").is_some() {
        return;
    }
    for (_, expr) in cx.exprs() {
        let Expr::Call { callee, args, .. } = expr else { continue };
        let args: Vec<ExprId> = cx.chunk.list(args).collect();
        let &[object, metatable] = args.as_slice() else { continue };
        if cx.library_name(callee).as_deref() != Some(b"setmetatable")
            || !matches!(cx.chunk.expr(object), Expr::Table(_))
        {
            continue;
        }
        let mut found = methods.0.iter().filter_map(|(&name, method)| {
            let method = (*method)?;
            let own = same(cx, method.owner, metatable) && cx.chunk.func(method.func).is_method;
            (own && !cx.bytes(name).starts_with(b"__")).then_some((method.span, name))
        });
        let Some((span, _)) = found.by_ref().min_by_key(|(span, _)| span.start) else { continue };
        let text = cx.quoted(metatable);
        let text = text.trim_matches('`');
        cx.report(
            lint(
                Code::CertainError,
                cx.chunk.expr_span(metatable),
                format!("`{text}` has methods, but no `__index`"),
            )
            .with_label("its methods are not found in the new object")
            .with_secondary(span, "a method")
            .with_help(format!("write `{text}.__index = {text}`")),
        );
    }
}

/// Whether two expressions are the same variable.
fn same(cx: &Context, a: ExprId, b: ExprId) -> bool {
    match (cx.chunk.expr(a), cx.chunk.expr(b)) {
        (Expr::Name(x), Expr::Name(y)) => {
            x == y
                && cx.facts.variable_index(a) == cx.facts.variable_index(b)
                && cx.facts.is_global(a) == cx.facts.is_global(b)
        }
        _ => false,
    }
}

/// Whether a variable holds what a function of `owner`, or `owner` itself, has made.
fn is_instance(cx: &Context, object: ExprId, owner: ExprId) -> bool {
    let Some(variable) = cx.facts.variable(object).filter(|variable| variable.writes == 0) else {
        return false;
    };
    let Some(value) = variable.value else { return false };
    match cx.chunk.expr(value) {
        Expr::Call { callee, .. } => match cx.chunk.expr(callee) {
            Expr::Field { object, name } => {
                same(cx, object, owner) && matches!(cx.bytes(name), b"new" | b"create" | b"make")
            }
            _ => same(cx, callee, owner),
        },
        Expr::MethodCall(call) => {
            let call = cx.chunk.method_call(call);
            same(cx, call.object, owner) && cx.bytes(call.name) == b"new"
        }
        _ => false,
    }
}

/// Whether the body of a method mentions `self`.
fn uses_self(cx: &Context, func: FuncId) -> bool {
    let span = cx.chunk.func(func).span;
    cx.exprs().any(|(id, expr)| {
        let at = cx.chunk.expr_span(id);
        span.start <= at.start
            && at.end <= span.end
            && matches!(expr, Expr::Name(name) if cx.bytes(name) == b"self")
    })
}

/// A call without an argument that the function needs whatever happens.
fn missing_argument(
    cx: &mut Context,
    id: ExprId,
    callee: ExprId,
    declared: Declared,
    args: &[ExprId],
) {
    let func = cx.chunk.func(declared.func);
    if func.is_method || is_open(cx, args) {
        return;
    }
    let params: Vec<_> = cx.chunk.list(func.params).map(|p| cx.chunk.binding(p)).collect();
    // The arguments after the last one, and those that are written `nil`.
    let given = |n: usize| args.get(n).is_some_and(|&arg| cx.chunk.expr(arg) != Expr::Nil);
    let mut missing = params.iter().enumerate().filter(|&(n, _)| !given(n)).map(|(_, p)| p);
    let Some(missing) = missing.find(|p| is_needed(cx, declared.func, p.name)) else { return };
    let (name, param) = (cx.quoted(callee), cx.text(missing.name));
    let span = cx.chunk.expr_span(id);
    let close = Span::new(span.end.saturating_sub(1), span.end);
    cx.report(
        lint(Code::ArgumentCount, close, format!("{name} needs a value for `{param}`"))
            .with_label("missing argument")
            .with_secondary(missing.name_span, "the function does not work without it"),
    );
}

/// A function that calls itself before any branch: it never ends.
fn endless_recursion(cx: &mut Context, values: &Values) {
    for (_, stmt) in cx.stmts() {
        let func = match stmt {
            Stmt::LocalFunction { func, .. } | Stmt::Function { func, .. } => func,
            _ => continue,
        };
        let Some(first) = cx.chunk.list_get(cx.chunk.block(cx.chunk.func(func).body).stmts, 0)
        else {
            continue;
        };
        let exprs: Vec<ExprId> = match cx.chunk.stmt(first) {
            Stmt::Return(list) | Stmt::Local { values: list, .. } => cx.chunk.list(list).collect(),
            Stmt::Call(call) => vec![call],
            _ => continue,
        };
        let calls = |id: ExprId| match cx.chunk.expr(id) {
            Expr::Call { callee, .. } => {
                values.function(cx, callee).is_some_and(|declared| declared.func == func)
            }
            _ => false,
        };
        if let Some(call) = exprs.iter().find_map(|&id| evaluated(cx, id, &calls, 20)) {
            let found = lint(
                Code::CertainError,
                cx.chunk.expr_span(call),
                "the function always calls itself",
            );
            let found = found.with_label("this never ends");
            cx.report(found.with_help("return before the call in some case"));
        }
    }
}

/// The first part of an expression that is evaluated in any case and is what is asked for.
fn evaluated(cx: &Context, id: ExprId, is: &dyn Fn(ExprId) -> bool, depth: u32) -> Option<ExprId> {
    let depth = depth.checked_sub(1)?;
    if is(id) {
        return Some(id);
    }
    let deeper = |id: ExprId| evaluated(cx, id, is, depth);
    match cx.chunk.expr(id) {
        Expr::Binary { op: BinOp::And | BinOp::Or | BinOp::Coalesce, lhs, .. } => deeper(lhs),
        Expr::Binary { lhs, rhs, .. } => deeper(lhs).or_else(|| deeper(rhs)),
        Expr::Unary { operand, .. } | Expr::Paren(operand) => deeper(operand),
        Expr::Call { args, .. } => cx.chunk.list(args).find_map(deeper),
        _ => None,
    }
}

/// Whether a function fails without this parameter: its first statements, before any branch, use it
/// as only a value that is not nil can be used.
fn is_needed(cx: &Context, func: FuncId, param: Sym) -> bool {
    for stmt in cx.chunk.list(cx.chunk.block(cx.chunk.func(func).body).stmts) {
        let exprs: Vec<ExprId> = match cx.chunk.stmt(stmt) {
            Stmt::Local { bindings, values } => {
                let hides = |id| cx.chunk.binding(id).name == param;
                if cx.chunk.list(bindings).any(hides) {
                    return false;
                }
                cx.chunk.list(values).collect()
            }
            Stmt::Return(values) => cx.chunk.list(values).collect(),
            Stmt::Call(call) => vec![call],
            Stmt::Assign { targets, values } => {
                let is = |id: ExprId| cx.chunk.expr(id) == Expr::Name(param);
                if cx.chunk.list(targets).any(is) {
                    return false;
                }
                cx.chunk.list(values).chain(cx.chunk.list(targets)).collect()
            }
            _ => return false,
        };
        if exprs.iter().any(|&id| needs(cx, id, param, 20)) {
            return true;
        }
        if matches!(cx.chunk.stmt(stmt), Stmt::Return(_)) {
            return false;
        }
    }
    false
}

/// Whether evaluating an expression fails if the variable is nil.
fn needs(cx: &Context, id: ExprId, param: Sym, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let is = |id: ExprId| cx.chunk.expr(id) == Expr::Name(param);
    let deeper = |id: ExprId| needs(cx, id, param, depth);
    match cx.chunk.expr(id) {
        Expr::Binary { op: BinOp::And | BinOp::Or | BinOp::Coalesce, lhs, .. } => deeper(lhs),
        Expr::Binary { op: BinOp::Eq | BinOp::Ne, lhs, rhs, .. } => deeper(lhs) || deeper(rhs),
        Expr::Binary { lhs, rhs, .. } => is(lhs) || is(rhs) || deeper(lhs) || deeper(rhs),
        Expr::Unary { op: UnOp::Not, operand } => deeper(operand),
        Expr::Unary { operand, .. } => is(operand) || deeper(operand),
        Expr::Field { object, .. } => is(object) || deeper(object),
        Expr::Index { object, key } => is(object) || deeper(object) || deeper(key),
        Expr::Call { callee, args, .. } => {
            is(callee) || deeper(callee) || cx.chunk.list(args).any(deeper)
        }
        Expr::MethodCall(call) => {
            let call = cx.chunk.method_call(call);
            is(call.object) || deeper(call.object) || cx.chunk.list(call.args).any(deeper)
        }
        Expr::Paren(inner) => deeper(inner),
        _ => false,
    }
}
