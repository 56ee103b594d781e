//! Undefined globals, misspelled ones, undefined fields of the standard library, and globals
//! that should probably be local.

use std::collections::{HashMap, HashSet};

use super::facts::{GlobalUse, Use};
use super::foreign::{is_common, library_of, removed_name};
use super::{Context, Definition, foreign_name, lint, similar};
use crate::Sym;
use crate::ast::{Expr, ExprId, Stmt};
use crate::diag::{Code, Diagnostic};

/// The maximum number of undefined globals of a file with a suggestion.
const MAX_SUGGESTIONS: usize = 100;

pub(super) fn check(cx: &mut Context) {
    undefined(cx);
    misspelled_target(cx);
    fields(cx);
    forgotten(cx);
}

/// Reads of globals that neither the library nor the program has.
fn undefined(cx: &mut Context) {
    let facts = cx.facts;
    let mut uses: HashMap<Sym, (GlobalUse, usize)> = HashMap::new();
    for global in facts.globals.iter().filter(|g| g.how == Use::Read) {
        let first = uses.entry(global.name).or_insert((*global, 0));
        first.1 += 1;
        if global.span.start < first.0.span.start {
            first.0 = *global;
        }
    }
    let mut uses: Vec<(GlobalUse, usize)> = uses.into_values().collect();
    luka_bytecode::order::sort_by_key(&mut uses, |(first, _)| first.span.start);
    let mut candidates = cx.environment.globals();
    candidates.extend(cx.program.globals());
    let mut reported = 0;
    for (first, count) in uses {
        let name = cx.bytes(first.name);
        let known = cx.environment.get(name).is_some() || cx.program.defines(name);
        let tested = facts.tested.contains(&first.name) && !is_constant(name);
        if known || tested || name.starts_with(b"_") {
            continue;
        }
        if removed_name(name).is_none() && !cx.program.is_likely_typo(name) {
            continue;
        }
        let text = cx.text(first.name);
        // Searching similar names takes time, so their number is limited.
        reported += 1;
        let candidates = if reported < MAX_SUGGESTIONS { candidates.as_slice() } else { &[] };
        // Short names are too often similar.
        let near = if name.len() < 4 { None } else { similar(name, candidates.iter().copied()) };
        let near =
            near.or_else(|| if reported < MAX_SUGGESTIONS { near_local(cx, name) } else { None });
        let member = library_of(name).map(|library| format!("write `{library}.{text}`"));
        let advice = foreign_name(name).map(str::to_string).or(member);
        let found = if let Some(near) = near.filter(|_| advice.is_none()) {
            let near = String::from_utf8_lossy(near).into_owned();
            lint(Code::MisspelledGlobal, first.span, format!("there is no global `{text}`"))
                .with_label("not defined anywhere")
                .with_fix(format!("did you mean `{near}`?"), false, first.span, near)
        } else if cx.program.dynamic && (advice.is_none() || is_common(name)) {
            continue;
        } else {
            let found =
                lint(Code::UndefinedGlobal, first.span, format!("there is no global `{text}`"))
                    .with_label("not defined anywhere");
            match advice.or_else(|| written_otherwise(cx, first.name, first.span)) {
                Some(advice) => found.with_help(advice),
                None => found,
            }
        };
        cx.report(more_uses(found, count));
    }
}

/// A constant of another language, which a program has no reason to test for.
fn is_constant(name: &[u8]) -> bool {
    matches!(name, b"True" | b"False" | b"None" | b"null" | b"undefined")
}

/// Assignments to globals that nobody reads, and whose names are nearly those of locals.
fn misspelled_target(cx: &mut Context) {
    if cx.program.dynamic || !cx.program.is_single_file() {
        return;
    }
    let facts = cx.facts;
    for global in facts.globals.iter().filter(|g| g.how == Use::Write && g.func != 0) {
        let name = cx.bytes(global.name);
        let alone = facts.globals.iter().filter(|g| g.name == global.name).count() == 1;
        let near = near_local(cx, name).filter(|near| near.len().abs_diff(name.len()) < 2);
        if let (true, Some(near)) = (alone && cx.environment.get(name).is_none(), near) {
            let near = String::from_utf8_lossy(near).into_owned();
            let message = format!("there is no variable `{}`", cx.text(global.name));
            cx.report(
                lint(Code::MisspelledGlobal, global.span, message)
                    .with_label("this makes a global that is never used")
                    .with_fix(format!("did you mean `{near}`?"), false, global.span, near),
            );
        }
    }
}

/// What the place of an undefined name says about it.
fn written_otherwise(cx: &Context, name: Sym, span: crate::Span) -> Option<String> {
    let text = cx.text(name);
    let inside = |(id, stmt): (crate::ast::StmtId, Stmt)| match stmt {
        Stmt::Local { bindings, .. } => {
            let around = cx.chunk.stmt_span(id);
            let mut names = cx.chunk.list(bindings).map(|id| cx.chunk.binding(id).name);
            around.start < span.start && span.end <= around.end && names.any(|n| n == name)
        }
        _ => false,
    };
    let later = |v: &super::facts::Variable| v.name == name && v.span.start > span.end;
    if let Some(variable) = cx.facts.variables.iter().find(|v| later(v) && v.func.is_some()) {
        let line = cx.source.line(variable.span.start);
        return Some(format!("the local function `{text}` is declared later, in line {line}"));
    }
    if cx.stmts().any(inside) {
        let in_function = cx.exprs().any(|(id, expr)| {
            let around = cx.chunk.expr_span(id);
            matches!(expr, Expr::Function(_)) && around.start < span.start && span.end <= around.end
        });
        return Some(match in_function {
            true => {
                format!("the local `{text}` begins after its value: write `local function {text}`")
            }
            false => format!("the local `{text}` begins after its value, of which this is a part"),
        });
    }
    let declared = |(_, stmt): (crate::ast::StmtId, Stmt)| match stmt {
        Stmt::Function { target, .. } => match cx.chunk.expr(target) {
            Expr::Field { object, .. } => cx.chunk.expr_span(object) == span,
            _ => false,
        },
        _ => false,
    };
    if cx.stmts().any(declared) {
        return Some(format!("make the table first: `local {text} = {{}}`"));
    }
    let earlier = |v: &&super::facts::Variable| {
        v.name == name && v.span.end < span.start && cx.is_written(v.name, v.span)
    };
    let locals = cx.facts.variables.iter().filter(|v| v.kind == super::facts::Kind::Local);
    if let Some(variable) = locals.rev().find(earlier) {
        let line = cx.source.line(variable.span.start);
        return Some(format!("the local `{text}` of line {line} ends with its block"));
    }
    let (before, after) = cx.source.bytes().split_at(span.end as usize);
    if text == "f" && matches!(after.first(), Some(b'"' | b'\'')) {
        let help = "a string with values in it is written in backquotes: `` `hello {name}` ``";
        return Some(help.to_string());
    }
    let before = &before[..span.start as usize];
    if before.ends_with(b"->") {
        let object =
            before[..before.len() - 2].rsplit(|b| !b.is_ascii_alphanumeric() && *b != b'_');
        let object = String::from_utf8_lossy(object.into_iter().next()?).into_owned();
        return Some(format!("`->` makes a function; a field is written `{object}.{text}`"));
    }
    let first = before.split(|&b| b == b'\n').next()?;
    let skipped = first.starts_with(b"#") && !first.starts_with(b"#!");
    let mentions = memchr::memmem::find(first, text.as_bytes()).is_some();
    (skipped && mentions).then(|| {
        format!("the first line is skipped, as it begins with `#`: write `local {text} = …`")
    })
}

fn more_uses(found: Diagnostic, count: usize) -> Diagnostic {
    match count {
        1 => found,
        2 => found.with_note("it is used once more in this file"),
        n => found.with_note(format!("it is used {} times more in this file", n - 1)),
    }
}

/// A local of the file with a similar name.
fn near_local<'a>(cx: &Context<'a>, name: &[u8]) -> Option<&'a [u8]> {
    let locals = cx.facts.variables.iter().filter(|v| cx.is_written(v.name, v.span));
    let names: HashSet<Sym> = locals.map(|v| v.name).collect();
    let mut names: Vec<&[u8]> = names.into_iter().map(|name| cx.bytes(name)).collect();
    luka_bytecode::order::sort_names(&mut names);
    if name.len() < 5 { None } else { similar(name, names) }
}

/// `string.spilt`: fields of the library's tables that do not exist.
fn fields(cx: &mut Context) {
    let mut targets: HashSet<ExprId> = HashSet::new();
    for (_, stmt) in cx.stmts() {
        match stmt {
            Stmt::Assign { targets: list, .. } => targets.extend(cx.chunk.list(list)),
            Stmt::Function { target, .. } => drop(targets.insert(target)),
            _ => {}
        }
    }
    for (id, expr) in cx.exprs() {
        let Expr::Field { object, name } = expr else { continue };
        let Expr::Name(_) = cx.chunk.expr(object) else { continue };
        let Some(library) = cx.library_name(object) else { continue };
        let key = cx.bytes(name);
        let qualified = [&library, b".".as_slice(), key].concat();
        if cx.environment.get(&library) != Some(&Definition::Table)
            || library == b"_G"
            || library == b"arg"
            || cx.environment.get(&qualified).is_some()
            || cx.program.defines(&qualified)
            || cx.facts.tested.contains(&name)
            || targets.contains(&id)
            || (removed_name(&qualified).is_none() && !cx.program.is_likely_typo(&qualified))
        {
            continue;
        }
        let shown = String::from_utf8_lossy(&qualified).into_owned();
        let span = cx.chunk.expr_span(id);
        let at = crate::Span::new(span.end.saturating_sub(key.len() as u32), span.end);
        let found = lint(Code::UndefinedField, at, format!("there is no `{shown}`"));
        let found = match (foreign_name(&qualified), similar(key, cx.environment.fields(&library)))
        {
            (Some(advice), _) => found.with_help(advice),
            (None, Some(near)) => {
                let near = String::from_utf8_lossy(near).into_owned();
                found.with_fix(format!("did you mean `{near}`?"), false, at, near)
            }
            (None, None) => found,
        };
        cx.report(found);
    }
}

/// Globals that only one function writes and reads.
fn forgotten(cx: &mut Context) {
    let facts = cx.facts;
    if cx.program.dynamic {
        return;
    }
    let mut uses: HashMap<Sym, Vec<GlobalUse>> = HashMap::new();
    for global in &facts.globals {
        uses.entry(global.name).or_default().push(*global);
    }
    let mut found = Vec::new();
    for (name, uses) in uses {
        let bytes = cx.bytes(name);
        let func = uses[0].func;
        let reads = uses.iter().filter(|g| g.how == Use::Read).count();
        let writes = uses.iter().filter(|g| g.how == Use::Write).count();
        let defined = uses.iter().any(|g| g.how == Use::Define);
        if func == 0
            || defined
            || reads == 0
            || writes == 0
            || uses.iter().any(|g| g.func != func)
            || cx.environment.get(bytes).is_some()
            || cx.program.files_with(bytes) > 1
            || facts.tested.contains(&name)
        {
            continue;
        }
        // Uses are in the order of execution. A global that is read before it is written has a value from
        // elsewhere, or from the last call.
        let first = uses[0];
        if first.how == Use::Read {
            continue;
        }
        let text = cx.text(name);
        found.push(
            lint(Code::ForgottenLocal, first.span, format!("`{text}` is a global variable"))
                .with_label("assigned here, and used in this function only")
                .with_help("declare it with `local`"),
        );
    }
    for diagnostic in found {
        cx.report(diagnostic);
    }
}
