//! Calls, variable arguments and returns.

use super::{FunctionBuilder, Reg, Values};
use crate::CALL_HEADER;

/// The registers of a call on their way to it: the function and, after the frame link's place, the
/// arguments.
#[derive(Debug)]
pub struct CallWindow {
    base: Reg,
}

impl CallWindow {
    /// Where the function belongs; the first result will be there.
    pub fn function(&self) -> Reg {
        self.base
    }
}

/// # Calls and returns
impl FunctionBuilder {
    /// Opens a call's window on top of the registers. Put the function into
    /// [`CallWindow::function`] and each argument into the next [`FunctionBuilder::reg`].
    pub fn begin_call(&mut self) -> CallWindow {
        CallWindow { base: self.regs(CALL_HEADER as u16) }
    }

    /// The window that begins at a register: for callers that keep account of registers themselves.
    pub fn window_at(&self, base: Reg) -> CallWindow {
        CallWindow { base }
    }

    /// Opens a method's window: function `object[name]` and `object` as first argument.
    pub fn begin_method(&mut self, object: Reg, name: impl AsRef<[u8]>) -> CallWindow {
        let window = self.begin_call();
        let receiver = self.reg();
        if let Some(name) = self.field_name(name.as_ref()) {
            self.op_self(window.base, object, name);
        } else {
            self.op_move(receiver, object);
            self.get_field(window.base, object, name);
        }
        window
    }

    /// Calls with the registers made since the window was opened as arguments, and all values of
    /// the instruction before if it left them open. The results are in the registers from the one
    /// returned on, which are in use if their number is known.
    pub fn end_call(&mut self, window: CallWindow, results: impl Into<Values>) -> Reg {
        let results = results.into();
        let args = self.arguments(&window);
        self.op_call(window.base, args, results.operand());
        self.cut(window.base);
        if let Values::Exactly(count) = results {
            self.regs(count);
        }
        window.base
    }

    /// Returns what the call returns. While a variable is to be closed, the call is an ordinary
    /// one, as in `return f()` of Lua.
    pub fn tail_call(&mut self, window: CallWindow) {
        if self.to_close > 0 {
            let first = self.end_call(window, Values::All);
            return self.return_values(first, Values::All);
        }
        let args = self.arguments(&window);
        self.returns.push(self.pc());
        self.op_tailcall(window.base, args, 0);
        self.op_return(window.base, 0, 0);
        self.cut(window.base);
    }

    /// How many arguments there are, as an operand.
    fn arguments(&mut self, window: &CallWindow) -> u16 {
        if self.values_are_open() {
            return 0;
        }
        let first = window.base.0.saturating_add(CALL_HEADER as u16);
        if self.free < first {
            self.misuse("the window of the call was freed");
        }
        self.free.saturating_sub(first).saturating_add(1)
    }

    /// The variable arguments, into registers from a new one on, which is returned.
    pub fn varargs(&mut self, values: impl Into<Values>) -> Reg {
        let values = values.into();
        let first = match values {
            Values::Exactly(count) => self.regs(count),
            Values::All => {
                self.reach(1);
                self.next_reg()
            }
        };
        self.op_vararg(first, values.operand());
        first
    }

    /// Returns nothing.
    pub fn return_none(&mut self) {
        self.return_values(Reg(0), Values::Exactly(0));
    }

    /// Returns one value.
    pub fn return_one(&mut self, value: Reg) {
        self.return_values(value, Values::Exactly(1));
    }

    /// Returns registers from `first` on: so many, or all that the instruction before left open.
    pub fn return_values(&mut self, first: Reg, values: impl Into<Values>) {
        if self.high == 0 {
            self.reach(1);
        }
        self.returns.push(self.pc());
        self.op_return(first, values.into().operand(), 0);
    }
}
