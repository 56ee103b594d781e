//! `require` of modules that are not found.

use super::{Context, lint, similar};
use crate::ast::{Expr, ExprId};
use crate::diag::Code;

/// What the host knows of the modules that a file can load.
pub trait Modules {
    /// Whether `require(name)` finds a module, from the file at `path` or from the current
    /// directory.
    fn has(&self, name: &str, path: &[u8]) -> bool;
    /// The names of modules near the file at `path`.
    fn near(&self, path: &[u8]) -> Vec<String>;
}

/// The most missing modules of a file that are reported: a file with more of them runs elsewhere,
/// as does one that is not in the current directory.
const MOST: usize = 2;

pub(super) fn check(cx: &mut Context, modules: &dyn Modules) {
    let Some(path) = cx.source.name().strip_prefix(b"@") else { return };
    let mut missing: Vec<(ExprId, String)> = Vec::new();
    for (_, expr) in cx.exprs() {
        match expr {
            Expr::Call { callee, args, .. } => {
                let Some(first) = cx.chunk.list_get(args, 0) else { continue };
                let Expr::Str(name) = cx.chunk.expr(first) else { continue };
                if cx.library_name(callee).as_deref() != Some(b"require") {
                    continue;
                }
                let Ok(name) = std::str::from_utf8(cx.bytes(name)) else { continue };
                if !modules.has(name, path) {
                    missing.push((first, name.to_string()));
                }
            }
            // The program finds modules in its own way.
            Expr::Field { object, name } => {
                let package =
                    matches!(cx.chunk.expr(object), Expr::Name(n) if cx.bytes(n) == b"package");
                if package && cx.bytes(name) != b"loaded" {
                    return;
                }
            }
            _ => {}
        }
    }
    let known = modules.near(path);
    let near = |name: &str| similar(name.as_bytes(), known.iter().map(|name| name.as_bytes()));
    let elsewhere = path.contains(&b'/') || path.contains(&b'\\');
    if missing.len() > MOST || elsewhere || !cx.program.is_single_file() {
        missing.retain(|(_, name)| written_as_file(name).is_some());
    }
    for (id, name) in missing {
        let span = cx.chunk.expr_span(id);
        let found = lint(Code::MissingModule, span, format!("there is no module `{name}`"))
            .with_label("`require` does not find it");
        let found = match (written_as_file(&name), near(&name)) {
            (Some(bare), _) => found.with_help(format!(
                "the name of a module has no `./` and no `.lua`: `require \"{bare}\"`"
            )),
            (None, Some(near)) => {
                let near = String::from_utf8_lossy(near).into_owned();
                let text = format!("\"{near}\"");
                found.with_fix(format!("did you mean `{near}`?"), false, span, text)
            }
            (None, None) => {
                let file = name.replace('.', "/");
                found.with_help(format!("it is searched as `{file}.lua` along `package.path`"))
            }
        };
        cx.report(found);
    }
}

/// The name of the module whose file is given: `names` for `./names.lua`.
fn written_as_file(name: &str) -> Option<String> {
    let bare = name.strip_prefix("./").unwrap_or(name);
    let stem = bare.strip_suffix(".lua").or_else(|| bare.strip_suffix(".luka")).unwrap_or(bare);
    (stem.len() < name.len()).then(|| stem.replace('/', "."))
}
