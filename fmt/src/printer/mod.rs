//! From tokens and the tree to layout commands.
//!
//! The functions follow the tree and print tokens by [`Printer::tok`], which checks that the token
//! is the one expected and prints the comments before it. So a mistake here shows as a mismatch,
//! not as a changed program.

mod block;
mod cursor;
mod directives;
mod expr;
mod func;
mod pattern;
mod stmt;
mod suffix;
mod table;
mod types;

use std::collections::HashMap;

use luka_compiler::ast::ext::PatternId;
use luka_compiler::ast::{Chunk, ExprId, StmtId};
use luka_compiler::lex::Tokens;
use luka_compiler::parse::Parsed;
use luka_compiler::source::Source;

use crate::Options;
use crate::doc::Doc;
use luka_compiler::lex::trivia::Comment;

/// Prints one text.
pub struct Printer<'a> {
    source: &'a Source<'a>,
    chunk: &'a Chunk,
    tokens: &'a Tokens,
    comments: &'a [Comment],
    options: &'a Options,
    doc: Doc,
    /// The token that is printed next.
    at: usize,
    /// The comment that is printed next.
    comment: usize,
    /// The comments up to here follow the last token on its line.
    trailing: usize,
    /// Whether nothing has been printed since the last token, blanks included.
    adjacent: bool,
    /// Whether the last thing printed was a comment behind which the line must end.
    line_ended: bool,
    /// Whether a blank line here would be the first thing in a block or in brackets.
    first: bool,
    /// Whether a `;` was dropped between statements.
    dropped: bool,
    /// The first mismatch between tree and tokens.
    failed: Option<String>,
    /// Where types end, by where they start.
    types: HashMap<u32, u32>,
    /// Patterns of parameters and loop variables, by the index of the binding.
    patterns: HashMap<usize, PatternId>,
    /// Defaults of parameters, by the index of the binding.
    defaults: HashMap<usize, ExprId>,
}

impl<'a> Printer<'a> {
    /// A printer at the start of a text.
    pub fn new(
        source: &'a Source<'a>,
        parsed: &'a Parsed,
        comments: &'a [Comment],
        options: &'a Options,
    ) -> Printer<'a> {
        let chunk = &parsed.chunk;
        let mut types: HashMap<u32, u32> = HashMap::new();
        let (mut patterns, mut defaults) = (HashMap::new(), HashMap::new());
        if let Some(ext) = &chunk.ext {
            for span in &ext.type_spans {
                let end = types.entry(span.start).or_default();
                *end = span.end.max(*end);
            }
            patterns.extend(ext.destructured.iter().map(|&(binding, id)| (binding.index(), id)));
            defaults.extend(ext.defaults.iter().map(|&(binding, id)| (binding.index(), id)));
        }
        let doc = Doc { cmds: Vec::with_capacity(parsed.tokens.len() * 3), owned: Vec::new() };
        Printer {
            source,
            chunk,
            tokens: &parsed.tokens,
            comments,
            options,
            doc,
            at: 0,
            comment: 0,
            trailing: 0,
            adjacent: false,
            line_ended: false,
            first: true,
            dropped: false,
            failed: None,
            types,
            patterns,
            defaults,
        }
    }

    /// Prints the whole text.
    pub fn main(&mut self) {
        let body = self.chunk.main().body;
        self.statement_list(body);
        self.comments_before_closer();
        self.flush();
        if self.failed.is_none() && self.at + 1 != self.tokens.len() {
            self.fail("the end of the text");
        }
    }

    /// Prints statements that follow each other in a block, from the first one's first token to the
    /// last one's last.
    pub fn statements(&mut self, stmts: &[StmtId]) {
        let Some(&first) = stmts.first() else { return };
        self.jump(self.chunk.stmt_span(first).start);
        self.stmts(stmts);
    }

    /// The layout, and whether a `;` between statements was dropped.
    ///
    /// # Errors
    /// Where tree and tokens did not agree.
    pub fn finish(self) -> Result<(Doc, bool), String> {
        match self.failed {
            Some(failed) => Err(failed),
            None => Ok((self.doc, self.dropped)),
        }
    }
}
