//! The text form of a module: what `luka dis` prints and goldens hold.
//!
//! ```text
//! .module "@add.lua"
//!
//! .function 1 lines 1..3 params 2 stack 3
//!   .local R0 "a" 0..2
//!   .local R1 "b" 0..2
//!      0 [2]  ADD         R2 R0 R1              ; R0=a R1=b
//!      1 [2]  RETURN1     R2
//! ```
//!
//! One line is one thing: a directive (first word begins with a dot), a label (`L12:`, the target
//! of a jump) or an instruction: its index, its source line in brackets, its mnemonic, its operands
//! in the row's order, printed by role (`R` register, `K` constant, `U` upvalue, `P` inner function,
//! `L` label, a plain number otherwise). What follows `; ` repeats what is said elsewhere, for the
//! reader: names of local variables, values of constants. The module can be made from the rest.
//!
//! Everything here is derived from the opcode table and total: modules the verifier refuses print
//! too.

mod listing;
mod literal;
mod names;

pub use listing::disassemble;
pub use literal::{constant, quote};

/// What a listing shows besides the instructions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// Source bytes beside the line: `[3 120..135]`.
    pub spans: bool,
}
