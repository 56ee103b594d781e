//! Globals nobody defines, misspelt ones, fields the standard library does not have, and locals
//! that became globals because somebody forgot the word.

use std::collections::{HashMap, HashSet};

use super::facts::{GlobalUse, Use};
use super::foreign::gone_name;
use super::{Room, Thing, foreign_name, lint, similar};
use crate::Sym;
use crate::ast::{Expr, ExprId, Stmt};
use crate::diag::{Code, Diagnostic};

/// Undefined globals of a file for which look-alikes are looked for.
const ADVISED: usize = 100;

pub(super) fn check(room: &mut Room) {
    undefined(room);
    fields(room);
    forgotten(room);
}

/// Reads of globals that neither the library nor the program has.
fn undefined(room: &mut Room) {
    let facts = room.facts;
    let mut uses: HashMap<Sym, (GlobalUse, usize)> = HashMap::new();
    for global in facts.globals.iter().filter(|g| g.how == Use::Read) {
        let first = uses.entry(global.name).or_insert((*global, 0));
        first.1 += 1;
        if global.span.start < first.0.span.start {
            first.0 = *global;
        }
    }
    let mut uses: Vec<(GlobalUse, usize)> = uses.into_values().collect();
    uses.sort_by_key(|(first, _)| first.span.start);
    let mut candidates = room.known.globals();
    candidates.extend(room.program.globals());
    let mut told = 0;
    for (first, count) in uses {
        let name = room.bytes(first.name);
        let known = room.known.get(name).is_some() || room.program.defines(name);
        if known || facts.tested.contains(&first.name) || name.starts_with(b"_") {
            continue;
        }
        if gone_name(name).is_none() && !room.program.is_slip(name) {
            continue;
        }
        let text = room.text(first.name);
        // Looking for a name that is alike takes time: whoever has this many gets no more advice.
        told += 1;
        let candidates = if told < ADVISED { candidates.as_slice() } else { &[] };
        // Short names look alike too easily.
        let near = if name.len() < 4 { None } else { similar(name, candidates.iter().copied()) };
        let near = near.or_else(|| if told < ADVISED { near_local(room, name) } else { None });
        let advice = foreign_name(name);
        let found = if let Some(near) = near.filter(|_| advice.is_none()) {
            let near = String::from_utf8_lossy(near).into_owned();
            lint(Code::MisspeltGlobal, first.span, format!("there is no global `{text}`"))
                .with_label("nobody defines this")
                .with_fix(format!("did you mean `{near}`?"), false, first.span, near)
        } else if room.program.dynamic && advice.is_none() {
            continue;
        } else {
            let found =
                lint(Code::UndefinedGlobal, first.span, format!("there is no global `{text}`"))
                    .with_label("nobody defines this");
            match advice {
                Some(advice) => found.with_help(advice),
                None => found,
            }
        };
        room.report(more_uses(found, count));
    }
}

fn more_uses(found: Diagnostic, count: usize) -> Diagnostic {
    match count {
        1 => found,
        2 => found.with_note("it is used once more in this file"),
        n => found.with_note(format!("it is used {} times more in this file", n - 1)),
    }
}

/// A local of the file that is called much like it.
fn near_local<'a>(room: &Room<'a>, name: &[u8]) -> Option<&'a [u8]> {
    let locals = room.facts.variables.iter().filter(|v| room.is_written(v.name, v.span));
    let names: HashSet<Sym> = locals.map(|v| v.name).collect();
    let mut names: Vec<&[u8]> = names.into_iter().map(|name| room.bytes(name)).collect();
    names.sort_unstable();
    if name.len() < 5 { None } else { similar(name, names) }
}

/// `string.spilt`: fields of the library's tables that do not exist.
fn fields(room: &mut Room) {
    let mut targets: HashSet<ExprId> = HashSet::new();
    for (_, stmt) in room.stmts() {
        match stmt {
            Stmt::Assign { targets: list, .. } => targets.extend(room.chunk.list(list)),
            Stmt::Function { target, .. } => drop(targets.insert(target)),
            _ => {}
        }
    }
    for (id, expr) in room.exprs() {
        let Expr::Field { object, name } = expr else { continue };
        let Expr::Name(_) = room.chunk.expr(object) else { continue };
        let Some(library) = room.library_name(object) else { continue };
        let key = room.bytes(name);
        let qualified = [&library, b".".as_slice(), key].concat();
        if room.known.get(&library) != Some(&Thing::Table)
            || library == b"_G"
            || library == b"arg"
            || room.known.get(&qualified).is_some()
            || room.program.defines(&qualified)
            || room.facts.tested.contains(&name)
            || targets.contains(&id)
            || (gone_name(&qualified).is_none() && !room.program.is_slip(&qualified))
        {
            continue;
        }
        let shown = String::from_utf8_lossy(&qualified).into_owned();
        let span = room.chunk.expr_span(id);
        let at = crate::Span::new(span.end.saturating_sub(key.len() as u32), span.end);
        let found = lint(Code::UndefinedField, at, format!("there is no `{shown}`"));
        let found = match (foreign_name(&qualified), similar(key, room.known.fields(&library))) {
            (Some(advice), _) => found.with_help(advice),
            (None, Some(near)) => {
                let near = String::from_utf8_lossy(near).into_owned();
                found.with_fix(format!("did you mean `{near}`?"), false, at, near)
            }
            (None, None) => found,
        };
        room.report(found);
    }
}

/// Globals that one function alone writes and reads.
fn forgotten(room: &mut Room) {
    let facts = room.facts;
    if room.program.dynamic {
        return;
    }
    let mut uses: HashMap<Sym, Vec<GlobalUse>> = HashMap::new();
    for global in &facts.globals {
        uses.entry(global.name).or_default().push(*global);
    }
    let mut found = Vec::new();
    for (name, uses) in uses {
        let bytes = room.bytes(name);
        let func = uses[0].func;
        let reads = uses.iter().filter(|g| g.how == Use::Read).count();
        let writes = uses.iter().filter(|g| g.how == Use::Write).count();
        let defined = uses.iter().any(|g| g.how == Use::Define);
        if func == 0
            || defined
            || reads == 0
            || writes == 0
            || uses.iter().any(|g| g.func != func)
            || room.known.get(bytes).is_some()
            || room.program.files_with(bytes) > 1
            || facts.tested.contains(&name)
        {
            continue;
        }
        // Uses are in the order of the run. What is read before it is written has a value from
        // elsewhere, or from the last call.
        let first = uses[0];
        if first.how == Use::Read {
            continue;
        }
        let text = room.text(name);
        found.push(
            lint(Code::ForgottenLocal, first.span, format!("`{text}` is a global variable"))
                .with_label("assigned here, and used in this function only")
                .with_help("declare it with `local`"),
        );
    }
    for diagnostic in found {
        room.report(diagnostic);
    }
}
