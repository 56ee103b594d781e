//! How the files of a program use globals.

use std::collections::{HashMap, HashSet};

use super::facts::{Facts, Use};
use super::types::TypeNames;
use super::{is_whole, strings};
use crate::ast::{BinOp, Chunk, Expr, ExprId, Stmt};
use crate::parse::Parsed;

/// Globals of a program.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Globals that some file defines, and fields of globals such as `string.trim`.
    defined: HashSet<Vec<u8>>,
    /// How often a global, or a field of one, is used.
    uses: HashMap<Vec<u8>, Uses>,
    /// The types that annotations declare.
    pub(super) types: TypeNames,
    /// Files seen.
    count: u32,
    /// Some file defines globals with computed names, or has errors.
    pub dynamic: bool,
}

/// How often a name is used.
#[derive(Clone, Copy, Debug, Default)]
struct Uses {
    /// In how many files, and which was the last one.
    files: u32,
    last: u32,
    times: u32,
}

/// An undefined name that is used more often is assumed to be provided by the host.
const MAX_TYPO_USES: u32 = 2;
const MAX_TYPO_USES_IN_ONE_FILE: u32 = 5;

/// Counts calls of `print` with a format and its values. (No global has such a name.)
const FORMATTED: &[u8] = b"print %";

/// What a local variable stands for that is never assigned again: `local os = os`, `local os = os or {}`.
fn original(facts: &Facts, chunk: &Chunk, name: ExprId) -> ExprId {
    let Some(variable) = facts.variable(name).filter(|variable| variable.writes == 0) else {
        return name;
    };
    match variable.value.map(|value| (value, chunk.expr(value))) {
        Some((_, Expr::Binary { op: BinOp::Or, lhs, .. })) => lhs,
        Some((value, Expr::Name(_))) => value,
        _ => name,
    }
}

impl Program {
    /// Adds a file.
    pub(super) fn add(&mut self, facts: &Facts, parsed: &Parsed) {
        let names = &parsed.tokens.names;
        self.count += 1;
        for global in &facts.globals {
            let name = names.bytes(global.name);
            if global.how != Use::Read {
                self.defined.insert(name.to_vec());
            }
            self.add_use(name.to_vec());
        }
        self.dynamic |= facts.dynamic || !is_whole(parsed);
        let chunk = &parsed.chunk;
        for &expr in &chunk.exprs {
            match expr {
                Expr::Field { object, name } => {
                    if let Expr::Name(library) = chunk.expr(object)
                        && facts.is_global(object)
                    {
                        self.add_use([names.bytes(library), b".", names.bytes(name)].concat());
                    }
                }
                Expr::Call { callee, args, .. } => {
                    if let Expr::Name(name) = chunk.expr(callee)
                        && names.bytes(name) == b"print"
                        && facts.is_global(callee)
                        && strings::is_format(chunk, names, args)
                    {
                        self.add_use(FORMATTED.to_vec());
                    }
                }
                _ => {}
            }
        }
        for stmt in &chunk.stmts {
            match stmt {
                Stmt::Assign { targets, .. } => {
                    for target in chunk.list(*targets) {
                        self.add_field(facts, parsed, target);
                    }
                }
                Stmt::Function { target, .. } => self.add_field(facts, parsed, *target),
                _ => {}
            }
        }
    }

    fn add_use(&mut self, name: Vec<u8>) {
        let uses = self.uses.entry(name).or_default();
        uses.times += 1;
        if uses.last != self.count {
            uses.last = self.count;
            uses.files += 1;
        }
    }

    /// `string.trim = …` and `_G.name = …`.
    fn add_field(&mut self, facts: &Facts, parsed: &Parsed, target: ExprId) {
        let (chunk, names) = (&parsed.chunk, &parsed.tokens.names);
        let (object, key) = match chunk.expr(target) {
            Expr::Field { object, name } => (object, name),
            Expr::Index { object, key } => match chunk.expr(key) {
                Expr::Str(name) => (object, name),
                _ => return,
            },
            _ => return,
        };
        let object = original(facts, chunk, object);
        let Expr::Name(owner) = chunk.expr(object) else { return };
        if !facts.is_global(object) {
            return;
        }
        let (owner, key) = (names.bytes(owner), names.bytes(key));
        self.defined.insert(match owner {
            b"_G" => key.to_vec(),
            _ => [owner, b".", key].concat(),
        });
    }

    /// Whether the program is one file.
    pub fn is_single_file(&self) -> bool {
        self.count == 1
    }

    /// Whether some file assigns to a global, or a field of one.
    pub fn defines(&self, name: &[u8]) -> bool {
        self.defined.contains(name)
    }

    /// Whether so many files print formats and values that the host's `print` must know what to do with them.
    pub fn prints_formats(&self) -> bool {
        self.files_with(FORMATTED) > 2
    }

    /// How many files use a global.
    pub fn files_with(&self, name: &[u8]) -> u32 {
        self.uses.get(name).map_or(0, |uses| uses.files)
    }

    /// Whether an undefined name is used so rarely that it is probably a typo. A name that several
    /// files use, or one uses often, is assumed to be provided by the host.
    pub fn is_likely_typo(&self, name: &[u8]) -> bool {
        let most = if self.count == 1 { MAX_TYPO_USES_IN_ONE_FILE } else { MAX_TYPO_USES };
        self.uses.get(name).is_none_or(|uses| uses.files <= 1 && uses.times <= most)
    }

    /// The globals that some file defines.
    pub fn globals(&self) -> Vec<&[u8]> {
        let mut names: Vec<&[u8]> =
            self.defined.iter().map(Vec::as_slice).filter(|n| !n.contains(&b'.')).collect();
        luka_bytecode::order::sort_names(&mut names);
        names
    }
}
