//! Variables in scope, labels, and what leaving a scope emits.

use luka_bytecode::{Instr, LocalVar, Op, Span};

use super::Emitter;
use super::jumps::JumpList;
use crate::resolve::hir::{LabelId, LocalId, LocalKind};

/// A variable in scope.
#[derive(Clone, Copy)]
struct Active {
    local: LocalId,
    /// Its entry in the list for debuggers; `None` for one without register.
    debug: Option<u32>,
    /// Whether it counts as captured or to be closed, and whether as the latter.
    closes: bool,
    tbc: bool,
}

/// A label's position, once it is defined, and the pending jumps to it until then.
#[derive(Clone, Copy)]
struct LabelState {
    pc: u32,
    /// Registers of variables in scope at the label.
    level: u32,
    pending: JumpList,
}

/// Scopes of the function being emitted.
#[derive(Default)]
pub(super) struct Scopes {
    active: Vec<Active>,
    labels: Vec<LabelState>,
    pub debug: Vec<LocalVar>,
    /// Registers of variables in scope.
    var_top: u32,
    /// How many variables in scope are captured or to be closed, and how many of them the latter.
    to_close: u32,
    tbc: u32,
    /// How many variables of the outermost block are in scope, in a function that is emitted piece by
    /// piece.
    pub outermost: usize,
}

impl Scopes {
    /// Begins a function of a tree that has so many labels by now.
    pub fn begin(&mut self, labels: usize) {
        self.extend(labels);
        self.debug.clear();
    }

    /// Labels of other functions may have left their positions; a position is not read before its label
    /// is defined.
    fn extend(&mut self, labels: usize) {
        let state = LabelState { pc: 0, level: 0, pending: JumpList::EMPTY };
        if self.labels.len() < labels {
            self.labels.resize(labels, state);
        }
    }

    /// Begins a statement of the outermost block.
    pub fn begin_outermost(&mut self, labels: usize) {
        self.outermost = self.active.len();
        self.extend(labels);
    }

    /// Opens a scope; pass what it returns to [`Emitter::leave`].
    pub fn enter(&self) -> usize {
        self.active.len()
    }
}

impl Emitter<'_> {
    /// The number of registers of variables in scope, which is the first temporary.
    #[inline]
    pub fn var_top(&self) -> u32 {
        self.scopes.var_top
    }

    /// Must a `return` here close something?
    pub fn returns_close(&self) -> bool {
        self.scopes.to_close > 0
    }

    /// Is a variable to be closed in scope? Then calls in `return` are no tail calls.
    pub fn inside_tbc(&self) -> bool {
        self.scopes.tbc > 0
    }

    /// Is `reg` the register of a variable that a closure may change?
    pub fn is_captured(&self, reg: u16) -> bool {
        let vars = self.scopes.active.iter().rev().map(|var| self.hir.local(var.local));
        let mut vars = vars.filter(|local| local.kind != LocalKind::Folded);
        vars.find(|local| local.register as u16 == reg).is_some_and(|local| local.captured)
    }

    /// The first of the variables in scope that a closure has captured.
    pub fn first_captured(&self) -> Option<usize> {
        self.scopes.active.iter().position(|var| self.hir.local(var.local).captured)
    }

    /// Does this variable need a `CLOSE` when its scope is left?
    fn closes(&self, local: LocalId) -> (bool, bool) {
        let local = self.hir.local(local);
        let tbc = local.kind == LocalKind::ToClose;
        (local.captured || tbc, tbc)
    }

    /// Brings `count` variables from `first` on into scope. Their values are in their registers.
    pub fn activate(&mut self, first: LocalId, count: u32) {
        for id in first.0..first.0 + count {
            let local = *self.hir.local(LocalId(id));
            let mut debug = None;
            let (mut closes, mut tbc) = (false, false);
            if local.kind != LocalKind::Folded {
                debug = Some(self.scopes.debug.len() as u32);
                let start_pc = self.pc();
                self.scopes.debug.push(LocalVar {
                    name: self.names.bytes(local.name).into(),
                    start_pc,
                    end_pc: start_pc,
                    register: local.register,
                });
                self.scopes.var_top = local.register as u32 + 1;
                (closes, tbc) = self.closes(LocalId(id));
                self.scopes.to_close += closes as u32;
                self.scopes.tbc += tbc as u32;
            }
            self.scopes.active.push(Active { local: LocalId(id), debug, closes, tbc });
        }
    }

    /// Lets debuggers see the variable declared last only from here on.
    pub fn start_last_variable_here(&mut self) {
        let pc = self.pc();
        if let Some(last) = self.scopes.debug.last_mut() {
            last.start_pc = pc;
        }
    }

    /// Ends the scope opened at `base`: its variables end, `exit` is defined here, and what must be
    /// closed is closed unless the function ends here.
    pub fn leave(&mut self, base: usize, exit: Option<LabelId>, function_ends: bool, span: Span) {
        let pc = self.pc();
        let mut needs_close = false;
        while self.scopes.active.len() > base
            && let Some(var) = self.scopes.active.pop()
        {
            if let Some(debug) = var.debug {
                self.scopes.debug[debug as usize].end_pc = pc;
                self.scopes.var_top = self.hir.local(var.local).register as u32;
                self.scopes.to_close -= var.closes as u32;
                self.scopes.tbc -= var.tbc as u32;
                needs_close |= var.closes;
            }
        }
        let closed = exit.is_some_and(|exit| self.define_label(exit, span));
        if !closed && needs_close && !function_ends {
            self.emit_close(self.var_top(), span);
        }
        self.f.free = self.var_top();
    }

    fn emit_close(&mut self, level: u32, span: Span) {
        self.emit(Instr::abc(Op::Close, level as u16, 0, 0), span);
    }

    /// Sets the position of a label. Returns whether a `CLOSE` was needed there.
    pub fn define_label(&mut self, label: LabelId, span: Span) -> bool {
        let (pc, level) = (self.here(), self.var_top());
        let state = &mut self.scopes.labels[label.index()];
        let pending = std::mem::replace(&mut state.pending, JumpList::EMPTY);
        state.pc = pc;
        state.level = level;
        self.patch(pending, pc);
        let label = self.hir.labels[label.index()];
        if label.needs_close {
            // A jump may come from where the registers of the block's variables held others: at the
            // block's end, those are to be closed too. (PUC Lua 5.4 leaves them open.)
            self.emit_close(label.ends_at.map_or(level, u32::from), span);
        }
        label.needs_close
    }

    /// Adds a list of jumps to a later label.
    pub fn jumps_to_label(&mut self, label: LabelId, jumps: JumpList) {
        let mut pending = self.scopes.labels[label.index()].pending;
        self.join(&mut pending, jumps);
        self.scopes.labels[label.index()].pending = pending;
    }

    /// Jumps back to a label, closing what goes out of scope.
    pub fn jump_back(&mut self, label: LabelId, span: Span) {
        let LabelState { pc, level, .. } = self.scopes.labels[label.index()];
        if self.var_top() > level {
            self.emit_close(level, span);
        }
        self.emit_jump_to(pc, span);
    }

    /// The position of an earlier label if a jump there leaves no variable's scope.
    pub fn label_without_close(&self, label: LabelId) -> Option<u32> {
        let LabelState { pc, level, .. } = self.scopes.labels[label.index()];
        (self.var_top() <= level).then_some(pc)
    }
}
