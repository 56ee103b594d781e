//! `goto`, `break` and labels (Lua 5.4 manual §3.3.4), with PUC's rules for what is visible, what
//! jumps into a scope, and which labels close variables.

use luka_bytecode::Span;

use super::Resolver;
use super::error;
use super::hir::{Label, LabelId, Stat, StatId};
use super::scope::BlockState;
use crate::Sym;

/// A jump whose label has not come yet.
pub(super) struct Pending {
    /// The label's name; `None` for `break`.
    name: Option<Sym>,
    span: Span,
    stat: StatId,
    /// Variables and registers in scope, as far out as the jump has got.
    vars: usize,
    registers: u32,
    /// It leaves the scope of a captured variable.
    close: bool,
}

/// A label in scope.
pub(super) struct Visible {
    name: Sym,
    span: Span,
    label: LabelId,
}

/// Labels in scope and pending jumps, of all open functions.
#[derive(Default)]
pub(super) struct Jumps {
    pub labels: Vec<Visible>,
    pub pending: Vec<Pending>,
}

impl Resolver<'_> {
    pub(super) fn add_label(&mut self) -> LabelId {
        self.hir.labels.push(Label::default());
        LabelId(self.hir.labels.len() as u32 - 1)
    }

    fn visible_label(&mut self, name: Sym) -> Option<&Visible> {
        let first = self.func().first_label;
        self.jumps.labels[first..].iter().find(|l| l.name == name)
    }

    /// A `break` (no name) or `goto`.
    pub(super) fn jump(&mut self, name: Option<Sym>, span: Span) -> StatId {
        if let Some(name) = name
            && let Some(visible) = self.visible_label(name)
        {
            let label = visible.label;
            return self.hir.add_stat(Stat::Backward(label), span);
        }
        let stat = self.hir.add_stat(Stat::Error, span);
        let vars = self.scopes.vars.len();
        let registers = self.func().registers;
        self.jumps.pending.push(Pending { name, span, stat, vars, registers, close: false });
        stat
    }

    /// A run of labels with nothing between them. PUC sees the last one first. `ends_block`: the
    /// block ends after them, in a way that ends the scope of its variables.
    pub(super) fn labels(&mut self, run: &[(Sym, Span)], ends_block: bool) -> Vec<StatId> {
        let end = run.last().map_or(0, |(_, span)| self.skip_semicolons(span.end));
        let mut stats = Vec::with_capacity(run.len());
        for &(name, span) in run.iter().rev() {
            if let Some(first) = self.visible_label(name) {
                let first = first.span;
                let error = error::duplicate_label(self, name, span, first, end);
                self.report(error);
            }
            let label = self.add_label();
            self.jumps.labels.push(Visible { name, span, label });
            let vars = match self.scopes.blocks.last() {
                Some(block) if ends_block => {
                    self.hir.labels[label.index()].ends_at = Some(block.registers as u8);
                    block.first_var
                }
                _ => self.scopes.vars.len(),
            };
            self.resolve_pending(Some(name), label, vars, span, end);
            stats.push(self.hir.add_stat(Stat::Label(label), span));
        }
        stats.reverse();
        stats
    }

    /// The position after `;` tokens that follow `end`.
    fn skip_semicolons(&self, mut end: u32) -> u32 {
        let text = self.source.bytes();
        let mut index = self.tokens.index_at_or_after(end);
        while text.get(self.tokens.spans[index].start as usize) == Some(&b';') {
            end = self.tokens.spans[index].end;
            index += 1;
        }
        end
    }

    /// Sends the current block's pending jumps with this name to `label`, where `vars` variables
    /// are in scope.
    fn resolve_pending(
        &mut self,
        name: Option<Sym>,
        label: LabelId,
        vars: usize,
        span: Span,
        end: u32,
    ) {
        let first = self.scopes.blocks.last().map_or(0, |b| b.first_jump);
        let waiting = self.jumps.pending.split_off(first);
        for jump in waiting {
            if jump.name != name {
                self.jumps.pending.push(jump);
                continue;
            }
            if jump.vars < vars
                && let Some(name) = name
            {
                let variable = self.scopes.vars[jump.vars].name;
                let error = error::jump_into_scope(self, name, jump.span, variable, span, end);
                self.report(error);
                continue;
            }
            self.hir.labels[label.index()].needs_close |= jump.close;
            self.hir.stats[jump.stat.index()] = match name {
                None => Stat::Break(label),
                Some(_) => Stat::Forward(label),
            };
        }
    }

    /// Ends a block; `exit` is the label after it if it is a loop's.
    pub(super) fn leave_block(&mut self, exit: Option<LabelId>) {
        let Some(&BlockState { first_var, first_label, first_jump, registers, closes }) =
            self.scopes.blocks.last()
        else {
            return;
        };
        self.remove_vars(first_var, registers);
        if let Some(exit) = exit {
            self.resolve_pending(None, exit, first_var, Span::NONE, 0);
        }
        self.jumps.labels.truncate(first_label);
        self.scopes.blocks.pop();
        for jump in &mut self.jumps.pending[first_jump..] {
            if jump.registers > registers {
                jump.close |= closes;
            }
            jump.vars = first_var;
            jump.registers = registers;
        }
    }

    /// Ends a function at `end`, reporting its unresolved jumps if the function is `complete`.
    pub(super) fn leave_function(&mut self, end: u32, complete: bool) {
        let first_jump = self.scopes.blocks.last().map_or(0, |b| b.first_jump);
        self.leave_block(None);
        let unresolved: Vec<Pending> = self.jumps.pending.drain(first_jump..).collect();
        if complete {
            for jump in unresolved {
                let error = match jump.name {
                    None => error::break_outside(self, jump.span, end),
                    Some(name) => error::undefined_label(self, name, jump.span, end),
                };
                self.report(error);
            }
        }
        self.scopes.funcs.pop();
    }
}
