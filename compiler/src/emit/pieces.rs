//! The main function of a long text piece by piece: one statement after the other, and constructors
//! field by field.
//!
//! What is not known before the function ends is put right then: whether returns close variables that
//! closures capture further on, and where constructors end.

use luka_bytecode::{Proto, Span};

use super::table::{Constructor, Record};
use super::{Emitter, Scratch};
use crate::lex::Tokens;
use crate::resolve::hir::{ExprId, FuncId, Hir, List, StatId};
use crate::source::Source;

/// The main function as far as it has been emitted.
#[derive(Default)]
pub(crate) struct Main {
    scratch: Scratch,
    /// The constructors that have not ended; the innermost last.
    tables: Vec<OpenTable>,
    /// What [`Emitter::end_body`] takes.
    base: usize,
}

/// A constructor that has not ended.
struct OpenTable {
    cons: Constructor,
    start: u32,
    /// The key it is a field's value for, if it is one's.
    record: Option<Record>,
}

/// What is emitted: nodes, and the tokens around their text.
#[derive(Clone, Copy)]
pub(crate) struct Nodes<'a> {
    pub source: &'a Source<'a>,
    pub tokens: &'a Tokens,
    pub hir: &'a Hir,
}

impl Main {
    fn emit<T>(&mut self, nodes: Nodes<'_>, what: impl FnOnce(&mut Emitter<'_>) -> T) -> T {
        let Nodes { source, tokens, hir } = nodes;
        self.scratch.emit(source, tokens, hir, FuncId(0), what)
    }

    /// What stands before the first statement. With `wide` conditional jumps reach further.
    pub fn begin(&mut self, nodes: Nodes<'_>, wide: bool) {
        self.scratch.consts.prepare(nodes.tokens.names.text_len());
        self.base = self.emit(nodes, |emitter| {
            emitter.begin(wide);
            emitter.f.open_returns = Some(Vec::new());
            emitter.begin_body(0)
        });
    }

    /// Goes on with another piece of the text.
    pub fn resume(&mut self, tokens: &Tokens) {
        self.scratch.consts.extend(tokens.names.text_len());
    }

    /// Whether it is to be emitted again, from the beginning, with conditional jumps that reach further.
    pub fn needs_wide(&self) -> bool {
        self.scratch.f.needs_wide && !self.scratch.f.wide
    }

    /// Whether it needs too many registers.
    pub fn is_invalid(&self) -> bool {
        self.scratch.f.out_of_registers.is_some()
    }

    /// A statement.
    pub fn statement(&mut self, nodes: Nodes<'_>, id: StatId) {
        self.scratch.jump_nodes.clear();
        self.emit(nodes, |emitter| {
            emitter.scopes.begin_outermost(emitter.hir.labels.len());
            emitter.statement(id);
        });
    }

    /// The target of an assignment whose value is a constructor.
    pub fn target(&mut self, nodes: Nodes<'_>, target: ExprId) {
        self.emit(nodes, |emitter| emitter.target(0, target));
    }

    /// Assigns what has been built.
    pub fn assign(&mut self, nodes: Nodes<'_>, values: List) {
        self.emit(nodes, |emitter| {
            emitter.assign(0, values);
            emitter.f.free = emitter.var_top();
        });
    }

    /// Begins a constructor at `start`: the value of a field with this key, a positional item of the one
    /// it is in, or the last part of a statement.
    pub fn open_table(&mut self, nodes: Nodes<'_>, key: Option<ExprId>, start: u32) {
        let mut outer = self.tables.pop();
        let table = self.emit(nodes, |emitter| {
            let mut record = None;
            if let Some(outer) = &mut outer {
                emitter.next_field(&mut outer.cons);
                record = key.map(|key| emitter.open_record(&mut outer.cons, key, start));
            }
            OpenTable { cons: emitter.open_table(start, None), start, record }
        });
        self.tables.extend(outer);
        self.tables.push(table);
    }

    /// A field of the innermost constructor.
    pub fn field(&mut self, nodes: Nodes<'_>, key: u32, value: ExprId) {
        let Some(mut table) = self.tables.pop() else { return };
        self.emit(nodes, |emitter| emitter.field(&mut table.cons, key, value));
        self.tables.push(table);
    }

    /// How many constructors have not ended.
    pub fn open_tables(&self) -> usize {
        self.tables.len()
    }

    /// Ends the innermost constructor. The register of the table, and its text.
    pub fn close_table(&mut self, nodes: Nodes<'_>, end: u32) -> Option<(u16, Span)> {
        let OpenTable { cons, start, record } = self.tables.pop()?;
        let span = Span::new(start, end);
        let mut outer = self.tables.pop();
        let register = self.emit(nodes, |emitter| {
            let table = emitter.close_table(cons, span);
            let register = emitter.reg_of(&table);
            match (record, &mut outer) {
                (Some(record), _) => emitter.close_record(record, table, end),
                (None, Some(outer)) => emitter.item(&mut outer.cons, table, span),
                (None, None) => {}
            }
            register
        });
        self.tables.extend(outer);
        Some((register, span))
    }

    /// The function, once the text has ended at `end_at`.
    pub fn finish(&mut self, nodes: Nodes<'_>, end_at: u32) -> Proto {
        let base = self.base;
        self.emit(nodes, |emitter| {
            emitter.scopes.begin_outermost(0);
            emitter.end_body(base, end_at);
            emitter.finish()
        })
    }
}
