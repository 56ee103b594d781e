//! Scopes: registers that go together, and the names debuggers show.

use super::{FunctionBuilder, Reg};
use crate::proto::LocalVar;

/// A scope that is open; see [`FunctionBuilder::open_scope`].
#[derive(Debug)]
pub struct Scope {
    pub(super) first: u16,
    in_scope: usize,
    to_close: u32,
}

/// # Scopes and names
impl FunctionBuilder {
    /// Opens a scope.
    pub fn open_scope(&mut self) -> Scope {
        Scope { first: self.free, in_scope: self.in_scope.len(), to_close: self.to_close }
    }

    /// Ends the scope: its registers are free, its names are forgotten, and what inner functions
    /// captured of it, or is to be closed, is closed. A jump out of the scope goes to a label
    /// bound *before* this, or closes by itself ([`FunctionBuilder::op_close`]). Returns whether
    /// there was something to close.
    pub fn close_scope(&mut self, scope: Scope) -> bool {
        self.end_names(scope.in_scope);
        let captured = self.captured.iter().any(|&reg| reg >= scope.first);
        let closes = captured || self.to_close > scope.to_close;
        if closes {
            self.op_close(Reg(scope.first));
        }
        self.captured.retain(|&reg| reg < scope.first);
        self.to_close = scope.to_close;
        self.free = self.free.min(scope.first);
        closes
    }

    /// Tells debuggers and messages that the register is this local variable, from here to the end
    /// of the scope or the next name of it or one below. Give the register its value first. They know the first 256
    /// registers only.
    pub fn name(&mut self, reg: Reg, name: impl AsRef<[u8]>) {
        if reg.0 >= self.high {
            return self.misuse(format!("there is no register {}", reg.0));
        }
        if let Ok(register) = u8::try_from(reg.0) {
            self.end_names_from(reg);
            let pc = self.pc();
            self.in_scope.push(self.locals.len());
            self.locals.push(LocalVar {
                name: name.as_ref().into(),
                start_pc: pc,
                end_pc: pc,
                register,
            });
        }
    }

    /// Marks a register as to be closed at the end of the scope (`<close>`).
    pub fn to_be_closed(&mut self, reg: Reg) {
        self.op_tbc(reg);
    }

    /// Ends the names of a register and those above.
    pub(super) fn end_names_from(&mut self, from: Reg) {
        let below = |&&index: &&usize| u16::from(self.locals[index].register) < from.0;
        self.end_names(self.in_scope.iter().take_while(below).count());
    }

    /// Ends the life of all names but the first `keep` in scope.
    pub(super) fn end_names(&mut self, keep: usize) {
        let pc = self.pc();
        for index in self.in_scope.drain(keep.min(self.in_scope.len())..) {
            self.locals[index].end_pc = pc;
        }
    }
}
