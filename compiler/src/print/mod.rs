//! A chunk as a program of plain Lua 5.4: the lowered tree, printed.
//!
//! The extensions that lowering leaves (`??`, `?.`, `if` expressions, compound assignments) is
//! written with functions that are called immediately, or with a block and hidden variables.
//! Comments and layout are not kept.

mod expr;
mod stmt;

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use crate::ast::{Chunk, ExprId};
use crate::compile::diagnose;
use crate::diag::Diagnostic;
use crate::lower::lower;
use crate::parse::{Options, parse};
use crate::resolve::resolve;
use crate::source::Source;
use crate::{Names, Sym};

/// The program as plain Lua 5.4, or its errors.
pub fn lua54(source: &Source, options: &Options) -> Result<String, Vec<Diagnostic>> {
    let parsed = parse(source, options);
    let (mut tokens, mut chunk) = (parsed.tokens, parsed.chunk);
    let mut bad = !parsed.diagnostics.is_empty();
    bad |= !lower(source, &mut tokens, &mut chunk).is_empty();
    let (hir, found) = resolve(source, &mut tokens, &chunk);
    if bad || !found.is_empty() {
        return Err(diagnose(source, options));
    }
    let mut printer = Printer {
        chunk: &chunk,
        names: &tokens.names,
        forced: hir.hiding_globals.iter().copied().collect(),
        shown: HashMap::new(),
        taken: HashSet::new(),
        vararg: true,
        depth: 0,
        out: String::new(),
    };
    printer.block(chunk.main().body);
    Ok(printer.out)
}

/// The state of printing.
struct Printer<'a> {
    chunk: &'a Chunk,
    names: &'a Names,
    /// Names of globals that would be read as local variables.
    forced: HashSet<ExprId>,
    /// The written form of hidden names.
    shown: HashMap<Sym, String>,
    taken: HashSet<String>,
    /// Is the function being printed vararg?
    vararg: bool,
    depth: usize,
    out: String,
}

impl Printer<'_> {
    fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn line(&mut self) {
        self.out.push('\n');
        for _ in 0..self.depth.min(40) {
            self.out.push_str("  ");
        }
    }

    /// A name; a hidden one gets one the program does not use.
    fn name(&mut self, name: Sym) {
        let bytes = self.names.bytes(name);
        if !bytes.starts_with(b"(") {
            let _ = write!(self.out, "{}", bytes.escape_ascii());
            return;
        }
        if let Some(shown) = self.shown.get(&name) {
            self.out.push_str(shown);
            return;
        }
        let word: String =
            bytes.iter().filter(|b| b.is_ascii_alphanumeric()).map(|&b| b as char).collect();
        let shown = self.fresh(&word);
        self.out.push_str(&shown);
        self.shown.insert(name, shown);
    }

    /// A name the program does not use.
    fn fresh(&mut self, word: &str) -> String {
        let mut name = format!("_{word}");
        while self.names.lookup(name.as_bytes()).is_some() || self.taken.contains(&name) {
            name.insert(0, '_');
        }
        self.taken.insert(name.clone());
        name
    }

    /// The variable of an expression that is written as a function.
    fn temporary(&mut self, word: &'static str) -> String {
        let mut name = format!("_{word}");
        while self.names.lookup(name.as_bytes()).is_some() {
            name.insert(0, '_');
        }
        // It may hide another temporary, but never a name of the program.
        self.taken.insert(name.clone());
        name
    }

    /// The start and the end of a function that is called immediately.
    fn open_function(&self) -> &'static str {
        if self.vararg { "(function(...) " } else { "(function() " }
    }

    fn close_function(&self) -> &'static str {
        if self.vararg { " end)(...)" } else { " end)()" }
    }

    fn string(&mut self, bytes: &[u8]) {
        self.out.push('"');
        for &byte in bytes {
            match byte {
                b'"' | b'\\' => {
                    self.out.push('\\');
                    self.out.push(byte as char);
                }
                b'\n' => self.out.push_str("\\n"),
                0x20..=0x7e => self.out.push(byte as char),
                _ => {
                    let _ = write!(self.out, "\\{byte:03}");
                }
            }
        }
        self.out.push('"');
    }
}
