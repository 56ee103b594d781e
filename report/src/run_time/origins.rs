//! Where a value comes from that the code at fault cannot use: the declaration of a variable, the
//! call that left a parameter out, a function without a result.

use luka_compiler::Span;
use luka_compiler::ast::{Chunk, Expr, ExprId, Func, FuncId, Id, Stmt};
use luka_compiler::check::{foreign_method, foreign_name};
use luka_compiler::diag::Diagnostic;
use luka_compiler::parse::{Options, Parsed, parse_input};

use super::error_site::ErrorSite;
use super::show::text;

/// Bytes of a call that is quoted.
const QUOTED: usize = 60;

/// What a call returned, by the name of the function called.
const RETURN_NIL: &[(&[u8], &str)] = &[
    (b"open", "`io.open` returns nil and a message if it fails: `assert(io.open(…))` raises it"),
    (b"popen", "`io.popen` returns nil and a message if it fails: `assert(io.popen(…))` raises it"),
    (b"tonumber", "`tonumber` returns nil for text that spells no number"),
    (b"match", "`match` returns nil if the pattern does not match"),
    (b"find", "`find` returns nil if it finds nothing"),
    (b"print", "`print` returns no value"),
    (
        b"load",
        "`load` returns nil and a message if the text has an error: `assert(load(…))` raises it",
    ),
    (
        b"loadfile",
        "`loadfile` returns nil and a message if it fails: `assert(loadfile(…))` raises it",
    ),
    (b"byte", "`byte` returns nothing if the string has no such character"),
    (b"getmetatable", "`getmetatable` returns nil if there is no metatable"),
    (b"tointeger", "`math.tointeger` returns nil for a number with a fraction"),
    (b"lines", "`lines` ends with nil after the last line"),
    (b"rawget", "`rawget` returns nil if the table itself has no such field"),
    (b"sort", "`table.sort` sorts the list in place and returns nothing"),
    (b"insert", "`table.insert` changes the list and returns nothing"),
    (b"getenv", "`os.getenv` returns nil if there is no such variable"),
    (b"read", "`read` returns nil at the end of the input"),
];

/// The call that runs the function at fault.
pub struct CallerCall {
    parsed: Parsed,
    call: ExprId,
    source: std::rc::Rc<luka_compiler::source::Source<'static>>,
    span: Span,
}

impl CallerCall {
    /// The call; `None` if the function at fault was called in another way.
    pub fn of(site: &ErrorSite) -> Option<CallerCall> {
        let (span, source) = site.caller.clone()?;
        let (parsed, _) = parse_input(&source, &Options::default());
        let chunk = &parsed.chunk;
        let is_call = |&id: &ExprId| {
            chunk.expr_span(id) == span
                && matches!(chunk.expr(id), Expr::Call { .. } | Expr::MethodCall(_))
        };
        let call = (0..chunk.exprs.len() as u32).map(ExprId::from_index).find(is_call)?;
        Some(CallerCall { parsed, call, source, span })
    }

    /// A part of its source.
    fn part(&self, from: u32, to: u32) -> &[u8] {
        self.source.bytes().get(from as usize..to as usize).unwrap_or_default()
    }

    /// The whole call, if it is short.
    fn quoted(&self) -> Option<String> {
        short(self.part(self.span.start, self.span.end).to_vec())
    }

    /// `a:deposit(5)` of `a.deposit(5)`.
    pub fn with_colon(&self) -> Option<String> {
        let chunk = &self.parsed.chunk;
        let Expr::Call { callee, .. } = chunk.expr(self.call) else { return None };
        let Expr::Field { object, name } = chunk.expr(callee) else { return None };
        let (object, callee) = (chunk.expr_span(object), chunk.expr_span(callee));
        let name = self.parsed.tokens.names.bytes(name);
        let arguments = self.part(callee.end, self.span.end);
        short([self.part(object.start, object.end), b":", name, arguments].concat())
    }

    /// `m.add(1, 2)` of `m:add(1, 2)`.
    fn with_dot(&self) -> Option<String> {
        let chunk = &self.parsed.chunk;
        let Expr::MethodCall(call) = chunk.expr(self.call) else { return None };
        let call = chunk.method_call(call);
        let object = chunk.expr_span(call.object);
        let name = self.parsed.tokens.names.bytes(call.name);
        let arguments = self.part(call.name_span.end, self.span.end);
        short([self.part(object.start, object.end), b".", name, arguments].concat())
    }

    /// The arguments, the receiver of a method included; `None` if their number is not known.
    fn arguments(&self) -> Option<Vec<ExprId>> {
        let chunk = &self.parsed.chunk;
        let args: Vec<ExprId> = match chunk.expr(self.call) {
            Expr::Call { args, .. } => chunk.list(args).collect(),
            Expr::MethodCall(call) => {
                let call = chunk.method_call(call);
                [call.object].into_iter().chain(chunk.list(call.args)).collect()
            }
            _ => return None,
        };
        let open = args.last().is_some_and(|&last| {
            matches!(chunk.expr(last), Expr::Call { .. } | Expr::MethodCall(_) | Expr::Vararg)
        });
        (!open).then_some(args)
    }
}

fn short(text: Vec<u8>) -> Option<String> {
    let short = text.len() <= QUOTED && !text.iter().any(|c| c.is_ascii_control());
    short.then(|| String::from_utf8_lossy(&text).into_owned())
}

/// The innermost function around a span, except the main one.
fn function_around(chunk: &Chunk, span: Span) -> Option<FuncId> {
    let contains = |func: &Func| func.span.start <= span.start && span.end <= func.span.end;
    let funcs = chunk.funcs.iter().enumerate().skip(1).filter(|(_, func)| contains(func));
    let (index, _) = funcs.min_by_key(|(_, func)| func.span.end - func.span.start)?;
    Some(FuncId::from_index(index as u32))
}

/// Why a variable is nil: its declaration has no value, its call returned none, or the parameter
/// was left out.
pub fn of_variable(site: &ErrorSite, name: &[u8], found: Diagnostic) -> Diagnostic {
    let chunk = site.chunk();
    if is_assigned(site, name) {
        return found;
    }
    if let Some((span, value)) = declaration(site, name) {
        return match value.map(|value| (value, chunk.expr(value))) {
            None => found.with_secondary(span, "declared without a value"),
            Some((value, Expr::Call { .. } | Expr::MethodCall(_))) => {
                of_call(site, value, found.with_secondary(chunk.expr_span(value), "this gave nil"))
            }
            Some((value, Expr::Name(name))) => unknown_name(site, value, name, found),
            Some((value, Expr::Field { object, name })) => {
                let owner = site.value(object).and_then(|owner| owner.as_table());
                if site.value(value).is_none_or(|value| !value.is_nil()) || owner.is_none() {
                    return found;
                }
                let found = found.with_secondary(chunk.expr_span(value), "this is nil");
                match foreign_method("table", site.name_bytes(name)) {
                    Some(advice) if found.help.is_empty() => found.with_help(advice),
                    _ => found,
                }
            }
            Some(_) => found,
        };
    }
    match left_out(site, name) {
        Some(note) => found.with_note(note),
        None => found,
    }
}

/// `local x = None`: the value is a global that nobody has defined.
fn unknown_name(
    site: &ErrorSite,
    value: ExprId,
    name: luka_compiler::Sym,
    found: Diagnostic,
) -> Diagnostic {
    let name = site.name_bytes(name);
    if !matches!(site.variable(name), Some(("global", value)) if value.is_nil()) {
        return found;
    }
    let label = format!("global `{}` is nil", text(name));
    let found = found.with_secondary(site.chunk().expr_span(value), label);
    match foreign_name(name) {
        Some(advice) if found.help.is_empty() => found.with_help(advice),
        _ => found,
    }
}

/// The names of local variables and functions that are declared before the place.
pub fn declared_before(site: &ErrorSite) -> Vec<Vec<u8>> {
    let chunk = site.chunk();
    let bindings = chunk.stmts.iter().flat_map(|stmt| match stmt {
        Stmt::Local { bindings, .. } => chunk.list(*bindings).collect(),
        Stmt::LocalFunction { binding, .. } => vec![*binding],
        _ => Vec::new(),
    });
    let before = bindings.map(|id| chunk.binding(id));
    let before = before.filter(|binding| binding.name_span.end <= site.span.start);
    before.map(|binding| site.name_bytes(binding.name).to_vec()).collect()
}

/// The line of a local variable of that name that is declared before the place, in a block that
/// does not reach it.
pub fn ended_scope(site: &ErrorSite, name: &[u8]) -> Option<u32> {
    let (span, _) = declaration(site, name)?;
    Some(site.source.line(span.start))
}

/// Is the variable assigned to anywhere, apart from its declaration?
pub fn is_assigned(site: &ErrorSite, name: &[u8]) -> bool {
    let chunk = site.chunk();
    let is = |id: ExprId| matches!(chunk.expr(id), Expr::Name(n) if site.name_bytes(n) == name);
    chunk.stmts.iter().any(|stmt| match stmt {
        Stmt::Assign { targets, .. } => chunk.list(*targets).any(is),
        Stmt::Compound { target, .. } | Stmt::Function { target, .. } => is(*target),
        _ => false,
    })
}

/// Is a local function of that name declared after the place?
pub fn is_declared_later(site: &ErrorSite, name: &[u8]) -> bool {
    let chunk = site.chunk();
    chunk.stmts.iter().any(|stmt| match stmt {
        Stmt::LocalFunction { binding, .. } => {
            let binding = chunk.binding(*binding);
            binding.name_span.start > site.span.end && site.name_bytes(binding.name) == name
        }
        _ => false,
    })
}

/// Is the place the value of an assignment to the variable: `n = n + 1`?
pub fn is_changed_here(site: &ErrorSite, name: &[u8]) -> bool {
    let chunk = site.chunk();
    let is = |id: ExprId| matches!(chunk.expr(id), Expr::Name(n) if site.name_bytes(n) == name);
    chunk.stmts.iter().zip(&chunk.stmt_spans).any(|(stmt, span)| {
        let around = span.start <= site.span.start && site.span.end <= span.end;
        match stmt {
            Stmt::Assign { targets, .. } => around && chunk.list(*targets).any(is),
            Stmt::Compound { target, .. } => around && is(*target),
            _ => false,
        }
    })
}

/// The last `local` before the place that declares the variable, and its value.
pub fn declaration(site: &ErrorSite, name: &[u8]) -> Option<(Span, Option<ExprId>)> {
    let chunk = site.chunk();
    let before = |at: u32| at < site.span.start;
    let stmts = chunk.stmts.iter().zip(&chunk.stmt_spans);
    let locals = stmts.filter(|(_, span)| before(span.start)).filter_map(|(stmt, _)| match stmt {
        Stmt::Local { bindings, values } => {
            let mut names = chunk.list(*bindings).map(|id| chunk.binding(id));
            let index = names.position(|b| site.name_bytes(b.name) == name)?;
            let binding = chunk.binding(chunk.list_get(*bindings, index)?);
            let value = chunk.list_get(*values, index).or(chunk.list_last(*values));
            Some((binding.name_span, value))
        }
        _ => None,
    });
    locals.max_by_key(|(span, _)| span.start)
}

/// What the call of the function at fault says about a parameter that is nil.
fn left_out(site: &ErrorSite, name: &[u8]) -> Option<String> {
    let chunk = site.chunk();
    let func = chunk.func(function_around(chunk, site.span)?);
    let mut params = chunk.list(func.params).map(|id| chunk.binding(id));
    let index = params.position(|b| site.name_bytes(b.name) == name)?;
    let call = CallerCall::of(site)?;
    let (quoted, shown) = (call.quoted()?, text(name));
    match call.arguments()?.get(index + usize::from(func.is_method)) {
        None => Some(format!("`{quoted}` gives no value for the parameter `{shown}`")),
        Some(&arg) if matches!(call.parsed.chunk.expr(arg), Expr::Nil) => {
            Some(format!("`{quoted}` gives nil for the parameter `{shown}`"))
        }
        Some(_) => None,
    }
}

/// Why a call gave nil: by what the function is known to do, or because it has no `return`.
pub fn of_call(site: &ErrorSite, call: ExprId, found: Diagnostic) -> Diagnostic {
    let chunk = site.chunk();
    let name = match chunk.expr(call) {
        Expr::Call { callee, .. } => {
            if let Some(func) = declared_function(site, callee)
                && !returns_value(chunk, func)
            {
                let callee = site.written(callee).unwrap_or_else(|| "the function".to_string());
                return found.with_help(format!("{callee} has no `return` with a value"));
            }
            match chunk.expr(callee) {
                Expr::Name(name) | Expr::Field { name, .. } => name,
                _ => return found,
            }
        }
        Expr::MethodCall(call) => chunk.method_call(call).name,
        _ => return found,
    };
    match RETURN_NIL.iter().find(|(known, _)| *known == site.name_bytes(name)) {
        Some((_, help)) if found.help.is_empty() && is_library_call(site, call) => {
            found.with_help(*help)
        }
        _ => found,
    }
}

/// Is it a call of the library, or of a method that programs rarely define themselves?
fn is_library_call(site: &ErrorSite, call: ExprId) -> bool {
    let chunk = site.chunk();
    match chunk.expr(call) {
        Expr::MethodCall(_) => true,
        Expr::Call { callee, .. } => {
            site.value(callee).is_some_and(|f| site.vm.name_in_modules(f).is_some())
        }
        _ => false,
    }
}

/// The function of the text that a callee names.
fn declared_function(site: &ErrorSite, callee: ExprId) -> Option<FuncId> {
    let chunk = site.chunk();
    let text = |id: ExprId| {
        let span = chunk.expr_span(id);
        site.source.bytes().get(span.start as usize..span.end as usize)
    };
    let wanted = text(callee)?;
    let name = match chunk.expr(callee) {
        Expr::Name(name) => Some(name),
        Expr::Field { .. } => None,
        _ => return None,
    };
    let mut found = chunk.stmts.iter().filter_map(|stmt| match stmt {
        Stmt::LocalFunction { binding, func } => {
            (Some(chunk.binding(*binding).name) == name).then_some(*func)
        }
        Stmt::Function { target, func } => {
            (text(*target) == Some(wanted) && !chunk.func(*func).is_method).then_some(*func)
        }
        Stmt::Local { bindings, values } => {
            let mut names = chunk.list(*bindings).map(|id| Some(chunk.binding(id).name));
            let index = names.position(|n| n == name && name.is_some())?;
            match chunk.expr(chunk.list_get(*values, index)?) {
                Expr::Function(func) => Some(func),
                _ => None,
            }
        }
        _ => None,
    });
    // Of two functions of the same name, the one that was called is not known.
    found.next().filter(|_| found.next().is_none())
}

/// Has a function a `return` with values of its own?
fn returns_value(chunk: &Chunk, func: FuncId) -> bool {
    chunk.stmts.iter().zip(&chunk.stmt_spans).any(|(stmt, span)| match stmt {
        Stmt::Return(values) => {
            chunk.list_len(*values) > 0 && function_around(chunk, *span) == Some(func)
        }
        _ => false,
    }) || !chunk.func(func).complete
}

/// The declared name of a function at fault that is `local f = function … f() … end`: inside, `f`
/// is a global.
pub fn is_inside_own_value(site: &ErrorSite, name: &[u8]) -> bool {
    let chunk = site.chunk();
    chunk.stmts.iter().zip(&chunk.stmt_spans).any(|(stmt, span)| match stmt {
        Stmt::Local { bindings, .. } => {
            let mut names = chunk.list(*bindings).map(|id| chunk.binding(id).name);
            span.start < site.span.start
                && site.span.end <= span.end
                && names.any(|n| site.name_bytes(n) == name)
        }
        _ => false,
    })
}

/// Is the place in a function, other than the main one?
pub fn is_in_function(site: &ErrorSite) -> bool {
    function_around(site.chunk(), site.span).is_some()
}

/// Is the place the table in which a function is declared: `function T.f() … end`?
pub fn is_declared_in(site: &ErrorSite) -> bool {
    let chunk = site.chunk();
    let node = site.node();
    chunk.stmts.iter().any(|stmt| match stmt {
        Stmt::Function { target, .. } => {
            let around = chunk.expr_span(*target);
            node == Some(*target) || around == site.span
        }
        _ => false,
    })
}

/// A function declared with a dot that was called with a colon: all arguments are one place late.
pub fn called_with_colon(site: &ErrorSite, found: Diagnostic) -> Diagnostic {
    let chunk = site.chunk();
    let Some(id) = function_around(chunk, site.span) else { return found };
    let first = chunk.list_get(chunk.func(id).params, 0).map(|b| chunk.binding(b).name);
    let takes_object = first.is_none_or(|name| matches!(site.name_bytes(name), b"self" | b"_"));
    let declared = chunk.stmts.iter().any(|stmt| match stmt {
        Stmt::Function { target, func } => {
            *func == id && matches!(chunk.expr(*target), Expr::Field { .. })
        }
        _ => false,
    });
    if takes_object || !declared || chunk.func(id).is_method {
        return found;
    }
    match CallerCall::of(site).and_then(|call| call.with_dot()) {
        Some(call) => found.with_help(format!(
            "the function is declared with a dot, and a call with a colon passes the table first: \
             write `{call}`"
        )),
        None => found,
    }
}
