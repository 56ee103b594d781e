//! Making bytecode: [`FunctionBuilder`], for compilers of other languages.
//!
//! A builder makes one function. It hands out registers as a stack, labels that are bound before or
//! after the jumps to them, constants (each once), upvalues and inner functions as small handles;
//! it has a method for every opcode ([`FunctionBuilder::op_add`] and so on, made from the opcode
//! table) and, above these, methods for what takes several: values of any kind, fields and global
//! variables, calls, loops, scopes, returns. Finished, the main function is a [`Module`](crate::Module), which the
//! verifier checks as it checks every other.
//!
//! Misuse does not panic: a builder remembers the first and [`FunctionBuilder::finish`] reports it.
//!
//! # Example
//!
//! `return function(n) local sum = 0; for i = 1, n do sum = sum + i end; return sum end`:
//!
//! ```
//! use luka_bytecode::build::{FunctionBuilder, Values};
//! use luka_bytecode::verify::verify;
//!
//! // The inner function: one parameter, in the first register.
//! let mut f = FunctionBuilder::new();
//! f.at(1, (7, 70));
//! let n = f.param("n");
//! let sum = f.reg();
//! f.load_int(sum, 0);
//! f.name(sum, "sum");
//! let each = f.numeric_loop();
//! f.load_int(each.start(), 1);
//! f.op_move(each.limit(), n);
//! f.load_int(each.step(), 1);
//! f.begin_loop(&each);
//! f.name(each.variable(), "i");
//! f.op_add(sum, sum, each.variable());
//! f.end_loop(each);
//! f.return_one(sum);
//!
//! // The chunk around it.
//! let mut main = FunctionBuilder::main();
//! let made = main.reg();
//! main.closure(made, f);
//! main.return_values(made, Values::Exactly(1));
//!
//! let module = main.finish(b"=sums").unwrap();
//! let names: Vec<&str> =
//!     module.protos[1].code.iter().filter_map(|i| i.opcode()).map(|op| op.info().mnemonic).collect();
//! assert_eq!(
//!     names,
//!     ["LOADI", "LOADI", "MOVE", "LOADI", "FORPREP", "ADD", "FORLOOP", "RETURN1"],
//! );
//! assert!(verify(module).is_ok());
//! ```
//!
//! # What a builder does by itself
//!
//! - 16-bit jumps that do not reach become a 32-bit jump at the end.
//! - Returns close what inner functions have captured, if there is such a thing; so do the ends of
//!   scopes and loops.
//! - A function that may come to its end without returning gets a return of no values.
//! - Tables and closures are made in the topmost register and moved: a collection in the instructions
//!   that make them may clear what is above.
//! - The frame is as large as the highest register ever in use.

mod call;
mod constants;
mod error;
mod finish;
mod handle;
mod loops;
mod ops;
mod scope;
mod value;

pub use call::CallWindow;
pub use error::BuildError;
pub use handle::{Arg, Capture, Const, Inner, Label, Reg, Upvalue, Values};
pub use loops::{GenericLoop, NumericLoop};
pub use scope::Scope;

use crate::bytes::Bytes;
use crate::effects::leaves_from;
use crate::instr::Instr;
use crate::proto::{Constant, LocalVar, Proto, Span, UpvalueDesc, UpvalueKind};
use crate::{MAX_REGISTERS, Op};
use constants::Constants;

/// A function under construction; [the module](self) says how to use it.
#[derive(Default)]
pub struct FunctionBuilder {
    code: Vec<Instr>,
    /// Source line and bytes of each instruction.
    places: Vec<Place>,
    place: Place,
    /// Jumps and where they go.
    jumps: Vec<(u32, Label)>,
    /// The instruction each label precedes, once it is bound.
    labels: Vec<Option<u32>>,
    constants: Constants,
    upvalues: Vec<UpvalueDesc>,
    upvalue_names: Vec<Bytes>,
    /// Of each inner function, itself and what is in it, in pre-order.
    inner: Vec<Vec<Proto>>,
    locals: Vec<LocalVar>,
    /// Indices of the local variables in scope.
    in_scope: Vec<usize>,
    params: u8,
    is_vararg: bool,
    line_defined: u32,
    last_line_defined: u32,
    /// The first register that is free, and the first that never was in use.
    free: u16,
    high: u16,
    /// Registers that inner functions have captured and no CLOSE has closed yet.
    captured: Vec<u16>,
    /// Variables to be closed in scope.
    to_close: u32,
    /// Returns have something to close: an inner function captures a register, or a variable is to
    /// be closed.
    closes: bool,
    /// Returns that close if any has to.
    returns: Vec<u32>,
    error: Option<BuildError>,
}

/// Where in the source an instruction comes from.
#[derive(Clone, Copy, Default)]
struct Place {
    line: u32,
    span: Span,
}

/// # A function and its parts
impl FunctionBuilder {
    /// A function without parameters.
    pub fn new() -> FunctionBuilder {
        FunctionBuilder::default()
    }

    /// A main function as `load` wants it: vararg, its only upvalue ([`FunctionBuilder::env`]) the
    /// table of globals.
    pub fn main() -> FunctionBuilder {
        let mut main = FunctionBuilder::new();
        main.vararg();
        main.upvalues.push(UpvalueDesc { in_stack: true, index: 0, kind: UpvalueKind::Regular });
        main.upvalue_names.push((*b"_ENV").into());
        main
    }

    /// The table of globals of a [main function](FunctionBuilder::main). Other functions capture
    /// it as any upvalue.
    pub fn env(&self) -> Upvalue {
        Upvalue(0)
    }

    /// Adds a parameter, which comes in the next register. Parameters come first.
    pub fn param(&mut self, name: &str) -> Reg {
        if self.free != self.params.into() || self.code.len() > usize::from(self.is_vararg) {
            self.misuse("parameters come before registers and code");
        }
        match self.params.checked_add(1) {
            Some(params) => self.params = params,
            None => self.misuse("more than 255 parameters"),
        }
        let reg = self.reg();
        self.name(reg, name);
        reg
    }

    /// Lets the function take more arguments than it has parameters, for VARARG.
    pub fn vararg(&mut self) {
        if !self.code.is_empty() || self.is_vararg {
            self.misuse("a function is made vararg once, before it has code");
            return;
        }
        self.is_vararg = true;
        self.op_varargprep();
    }

    /// Says which lines of the source the definition begins and ends in.
    pub fn set_lines(&mut self, first: u32, last: u32) {
        (self.line_defined, self.last_line_defined) = (first, last);
    }

    /// Instructions from here on come from this line (1-based) and these bytes of the source.
    pub fn at(&mut self, line: u32, bytes: (u32, u32)) {
        let (start, end) = bytes;
        if start > end {
            self.misuse("a span ends before it starts");
        }
        self.place = Place { line, span: Span::new(start.min(end), end) };
    }

    /// The constant's handle. Equal constants (in type and bits) have one.
    pub fn constant(&mut self, constant: Constant) -> Const {
        Const(self.constants.add(constant))
    }

    /// The handle of a string constant.
    pub fn string(&mut self, text: impl AsRef<[u8]>) -> Const {
        self.constant(Constant::Str(text.as_ref().into()))
    }

    /// An upvalue, taken from the enclosing function when the closure is made. The same capture
    /// again gives the same upvalue.
    pub fn upvalue(&mut self, name: &str, from: Capture) -> Upvalue {
        let (in_stack, index) = match from {
            Capture::Register(reg) => (true, reg.0),
            Capture::Upvalue(upvalue) => (false, upvalue.0.into()),
        };
        let known =
            self.upvalues.iter().position(|u| (u.in_stack, u.index as u16) == (in_stack, index));
        let (Ok(index), Ok(number)) =
            (u8::try_from(index), u8::try_from(known.unwrap_or(self.upvalues.len())))
        else {
            self.misuse("upvalues are at most 255, of registers below 256");
            return Upvalue(0);
        };
        if known.is_none() {
            self.upvalues.push(UpvalueDesc { in_stack, index, kind: UpvalueKind::Regular });
            self.upvalue_names.push(name.as_bytes().into());
        }
        Upvalue(number)
    }

    /// Adds an inner function, which is complete; for [`FunctionBuilder::op_closure`].
    pub fn function(&mut self, inner: FunctionBuilder) -> Inner {
        match inner.protos() {
            Ok(protos) => {
                if let Some(function) = protos.first() {
                    self.capture(&function.upvalues);
                }
                self.inner.push(protos);
            }
            Err(error) => {
                self.error.get_or_insert(BuildError {
                    pc: Some(self.code.len() as u32),
                    message: format!("in the inner function {}: {error}", self.inner.len()),
                });
                self.inner.push(Vec::new());
            }
        }
        Inner(self.inner.len() as u32 - 1)
    }

    /// Notes what a closure captures.
    fn capture(&mut self, upvalues: &[UpvalueDesc]) {
        for upvalue in upvalues.iter().filter(|upvalue| upvalue.in_stack) {
            self.closes = true;
            if !self.captured.contains(&upvalue.index.into()) {
                self.captured.push(upvalue.index.into());
            }
        }
    }

    /// `R[dst] := closure(inner)`
    pub fn closure(&mut self, dst: Reg, inner: FunctionBuilder) {
        let inner = self.function(inner);
        self.on_top(dst, |f, reg| f.op_closure(reg, inner));
    }

    /// Makes a value in the topmost register and moves it to where it belongs: for instructions
    /// that leave the registers above their result undefined.
    fn on_top(&mut self, dst: Reg, make: impl FnOnce(&mut FunctionBuilder, Reg)) {
        if dst.0.saturating_add(1) >= self.free {
            return make(self, dst);
        }
        let reg = self.reg();
        make(self, reg);
        self.op_move(dst, reg);
        self.cut(reg);
    }

    /// Records a misuse; the first counts.
    #[cold]
    fn misuse(&mut self, message: impl Into<String>) {
        let pc = self.pc();
        self.error.get_or_insert(BuildError { pc: Some(pc), message: message.into() });
    }
}

/// # Registers
///
/// Registers in use are a stack: one is made on top, and freed with all above it.
impl FunctionBuilder {
    /// The next free register.
    pub fn reg(&mut self) -> Reg {
        self.regs(1)
    }

    /// The next `count` registers; the first of them.
    pub fn regs(&mut self, count: u16) -> Reg {
        let first = self.free;
        let end = u32::from(first) + u32::from(count);
        if end > MAX_REGISTERS {
            self.misuse(format!("more than {MAX_REGISTERS} registers"));
            return Reg(first.saturating_sub(1));
        }
        self.free = end as u16;
        self.high = self.high.max(self.free);
        Reg(first)
    }

    /// The register with a number, which the frame then has: for callers that keep account of
    /// registers themselves.
    pub fn register(&mut self, index: u16) -> Reg {
        self.reach(index.saturating_add(1).saturating_sub(self.free));
        Reg(index)
    }

    /// Makes `next` the next free register: for callers that keep account themselves. Names of it
    /// and those above end.
    pub fn set_next_reg(&mut self, next: u16) {
        self.cut(Reg(next));
        self.regs(next.saturating_sub(self.free));
    }

    /// The register that will be made next.
    pub fn next_reg(&self) -> Reg {
        Reg(self.free)
    }

    /// Frees a register and all above it; what their names were ends here.
    pub fn free(&mut self, from: Reg) {
        if from.0 > self.free || from.0 < self.params.into() {
            self.misuse(format!("R{} cannot be freed", from.0));
        } else {
            self.cut(from);
        }
    }

    /// Frees registers and their names.
    fn cut(&mut self, from: Reg) {
        self.end_names_from(from);
        self.free = self.free.min(from.0);
    }

    /// Makes the frame at least `count` registers larger than those in use, for a window.
    fn reach(&mut self, count: u16) {
        let free = self.free;
        self.regs(count);
        self.free = free;
    }
}

/// # Labels and jumps
impl FunctionBuilder {
    /// A label that is not bound yet.
    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() as u32 - 1)
    }

    /// A label bound here.
    pub fn label_here(&mut self) -> Label {
        let label = self.label();
        self.bind(label);
        label
    }

    /// Gives a label its place: before the next instruction.
    pub fn bind(&mut self, label: Label) {
        let pc = self.pc();
        match self.labels.get_mut(label.0 as usize) {
            Some(place @ None) => *place = Some(pc),
            Some(Some(_)) => self.misuse("the label is bound already"),
            None => self.misuse("the label is another function's"),
        }
    }

    /// Goes to a label.
    pub fn jump(&mut self, label: Label) {
        self.op_jmp(label);
    }

    /// Goes to a label if the value is neither nil nor false.
    pub fn jump_if(&mut self, value: Reg, label: Label) {
        self.op_jt(value, label);
    }

    /// Goes to a label if the value is nil or false.
    pub fn jump_unless(&mut self, value: Reg, label: Label) {
        self.op_jf(value, label);
    }

    /// How many instructions the function has: the number of the next.
    pub fn pc(&self) -> u32 {
        self.code.len() as u32
    }

    /// Whether the last instruction leaves values up to the top, which the next must take.
    fn values_are_open(&self) -> bool {
        let left = self.code.last().filter(|last| last.op != Op::TailCall as u8);
        left.is_some_and(|&last| leaves_from(last).is_some())
    }
}
