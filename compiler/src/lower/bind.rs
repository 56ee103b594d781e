//! Destructuring, parameters, and conditions that declare variables.

use super::Lower;
use crate::Sym;
use crate::ast::ext::{Condition, IfLocalArm, Pattern, PatternEntry, PatternId, Rest, Target};
use crate::ast::{
    Attrib, BinOp, BindingId, BlockId, Expr, ExprId, List, NumericFor, Stmt, StmtId, UnOp,
};

impl Lower<'_> {
    /// The code for a parameter at the start of its function: a default, a destructuring.
    pub(super) fn parameter(&mut self, param: BindingId, out: &mut Vec<StmtId>) {
        self.at = self.chunk.binding(param).name_span;
        let pattern = self.hide_pattern(param);
        if let Some(&default) = self.defaults.get(&param) {
            let name = self.chunk.binding(param).name;
            self.default(name, default, out);
        }
        if let Some(pattern) = pattern {
            let name = self.chunk.binding(param).name;
            self.destructure(pattern, name, out);
        }
    }

    /// Gives a parameter or loop variable that is a pattern a name.
    pub(super) fn hide_pattern(&mut self, binding: BindingId) -> Option<PatternId> {
        let &pattern = self.destructured.get(&binding)?;
        let name = self.hidden("value");
        self.chunk.bindings[binding.index()].name = name;
        Some(pattern)
    }

    /// `if name == nil then name = default end`
    fn default(&mut self, name: Sym, default: ExprId, out: &mut Vec<StmtId>) {
        let value = self.name(name);
        let missing = self.is_nil(value);
        let target = self.name(name);
        let assignment = self.assign(target, default);
        out.push(self.if_then(missing, &[assignment]));
    }

    /// `local targets = values`
    pub(super) fn local_targets(
        &mut self,
        targets: &[Target],
        values: List<ExprId>,
        out: &mut Vec<StmtId>,
    ) {
        let mut patterns = Vec::new();
        let mut bindings = Vec::new();
        for &target in targets {
            bindings.push(match target {
                Target::Name(binding) => binding,
                Target::Pattern(pattern) => {
                    let name = self.hidden("value");
                    patterns.push((pattern, name));
                    self.binding(name, Attrib::None)
                }
            });
        }
        out.push(self.local_of(&bindings, values));
        for (pattern, name) in patterns {
            self.destructure(pattern, name, out);
        }
    }

    /// Declares what a pattern names as parts of the variable `from`, entry by entry.
    pub(super) fn destructure(&mut self, pattern: PatternId, from: Sym, out: &mut Vec<StmtId>) {
        let ext = self.ext;
        self.at = ext.pattern_spans[pattern.index()];
        match &ext.patterns[pattern.index()] {
            Pattern::Table(entries) => {
                for (n, entry) in entries.iter().enumerate() {
                    self.entry(entry, n, from, out);
                }
            }
            Pattern::Array { items, rest } => {
                for (n, entry) in items.iter().enumerate() {
                    self.entry(entry, n, from, out);
                }
                if let Rest::Bind(binding) = *rest {
                    let table = self.empty_table();
                    let values = self.chunk.add_list_of_one(table);
                    out.push(self.local_of(&[binding], values));
                    let name = self.chunk.binding(binding).name;
                    self.collect_rest(name, from, items.len(), out);
                }
            }
            _ => {}
        }
    }

    /// One entry of a destructuring.
    fn entry(&mut self, entry: &PatternEntry, n: usize, from: Sym, out: &mut Vec<StmtId>) {
        let ext = self.ext;
        self.at = ext.pattern_spans[entry.pattern.index()];
        let value = self.part(entry, n, from);
        let value = self.chunk.add_list_of_one(value);
        match ext.patterns[entry.pattern.index()] {
            Pattern::Bind(binding) => {
                out.push(self.local_of(&[binding], value));
                if let Some(default) = entry.default {
                    let name = self.chunk.binding(binding).name;
                    self.default(name, default, out);
                }
            }
            _ => {
                let name = self.hidden("value");
                let binding = self.binding(name, Attrib::None);
                out.push(self.local_of(&[binding], value));
                if let Some(default) = entry.default {
                    self.default(name, default, out);
                }
                self.destructure(entry.pattern, name, out);
            }
        }
    }

    /// The field or item of `from` an entry is about.
    pub(super) fn part(&mut self, entry: &PatternEntry, n: usize, from: Sym) -> ExprId {
        match entry.key {
            Some((key, _)) => {
                let object = self.name(from);
                self.field(object, key)
            }
            None => self.item(from, n + 1),
        }
    }

    pub(super) fn empty_table(&mut self) -> ExprId {
        let fields = List::EMPTY;
        let table = self.chunk.add_table(crate::ast::Table { fields });
        self.add(Expr::Table(table))
    }

    /// `for i = skip + 1, #from do name[i - skip] = from[i] end`
    pub(super) fn collect_rest(
        &mut self,
        name: Sym,
        from: Sym,
        skip: usize,
        out: &mut Vec<StmtId>,
    ) {
        let index = self.hidden("index");
        let (object, key) = (self.name(name), self.name(index));
        let offset = self.int(skip);
        let key = self.binary(BinOp::Sub, key, offset);
        let target = self.add(Expr::Index { object, key });
        let (object, key) = (self.name(from), self.name(index));
        let value = self.add(Expr::Index { object, key });
        let assignment = self.assign(target, value);
        let body = self.new_block(&[assignment]);
        let start = self.int(skip + 1);
        let operand = self.name(from);
        let limit = self.add(Expr::Unary { op: UnOp::Len, operand });
        let var = self.binding(index, Attrib::None);
        let node = NumericFor { var, start, limit, step: None, body };
        let node = self.chunk.add_numeric_for(node);
        out.push(self.stmt(Stmt::NumericFor(node)));
    }

    /// `if` with conditions that declare variables: such an arm becomes a block with the value in
    /// a hidden variable, in which the arms after it are nested.
    pub(super) fn if_local(
        &mut self,
        arms: &[IfLocalArm],
        otherwise: Option<BlockId>,
        out: &mut Vec<StmtId>,
    ) {
        let span = self.at;
        for arm in arms {
            if let Condition::Expr(_) = arm.cond {
                self.block(arm.body);
            }
        }
        if let Some(body) = otherwise {
            self.block(body);
        }
        let mut otherwise = otherwise;
        let mut plain = Vec::new();
        for arm in arms.iter().rev() {
            self.at = span;
            match arm.cond {
                Condition::Expr(cond) => {
                    plain.insert(0, crate::ast::IfArm { cond, body: arm.body, at: arm.at });
                }
                Condition::Local { bindings, values } => {
                    let bindings: Vec<BindingId> = self.chunk.list(bindings).collect();
                    let names: Vec<Sym> = bindings.iter().map(|_| self.hidden("value")).collect();
                    let mut hidden = Vec::new();
                    for &name in &names {
                        hidden.push(self.binding(name, Attrib::None));
                    }
                    let declaration = self.local_of(&hidden, values);
                    let copies: Vec<ExprId> = names.iter().map(|&name| self.name(name)).collect();
                    let copies = self.exprs(&copies);
                    let visible = self.local_of(&bindings, copies);
                    let cond = match names.first() {
                        Some(&first) => self.name(first),
                        None => self.add(Expr::False),
                    };
                    self.block_with(arm.body, vec![visible]);
                    self.at = span;
                    plain.insert(0, crate::ast::IfArm { cond, body: arm.body, at: arm.at });
                    let decision = self.if_arms(&plain, otherwise);
                    plain.clear();
                    otherwise = Some(self.new_block(&[declaration, decision]));
                }
            }
        }
        if !plain.is_empty() {
            out.push(self.if_arms(&plain, otherwise));
        } else if let Some(block) = otherwise {
            out.push(self.stmt(Stmt::Do(block)));
        }
    }

    /// `while local … do body end`
    pub(super) fn while_local(&mut self, cond: Condition, body: BlockId, out: &mut Vec<StmtId>) {
        let Condition::Local { bindings, values } = cond else { return };
        let span = self.at;
        let bindings: Vec<BindingId> = self.chunk.list(bindings).collect();
        let declaration = self.local_of(&bindings, values);
        let mut prologue = vec![declaration];
        if let Some(&first) = bindings.first() {
            let first = self.chunk.binding(first).name;
            let value = self.name(first);
            let ended = self.not(value);
            let leave = self.stmt(Stmt::Break);
            prologue.push(self.if_then(ended, &[leave]));
        }
        self.loop_body(body, prologue);
        self.at = span;
        let cond = self.add(Expr::True);
        out.push(self.stmt(Stmt::While { cond, body }));
    }
}
