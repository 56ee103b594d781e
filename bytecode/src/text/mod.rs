//! The text form of a module: what `luka dis` prints, `luka asm` reads and goldens hold.
//!
//! ```text
//! .module "@add.lua"
//!
//! .function add lines 1..3 params 2 stack 3             ; function 1
//!   .local R0 "a" 0..2
//!   .local R1 "b" 0..2
//!      0 [2 31..36] ADD         R2 R0 R1                ; R0=a R1=b
//!      1 [2 24..36] RETURN1     R2
//! ```
//!
//! One line is one thing: a directive (its first word begins with a dot), a label (`L12:`), or an
//! instruction: its index, its source line and bytes in brackets, its mnemonic, its operands in the
//! row's order. Operands are written by role: registers `R0`, upvalues `U0`, constants as literals,
//! inner functions by name, jumps by label, flags as words. What follows a `;` repeats what is said
//! elsewhere, for the reader. docs/assembly.md describes the form, defaults included.
//!
//! [`disassemble`] and [`assemble`] are inverse on every module the verifier accepts: the module
//! comes back equal, whatever the listing's [`Options`], and the text does, letter by letter.
//! Printing is total: modules the verifier refuses print too. Everything here is derived from the
//! opcode table.

#[allow(clippy::wildcard_enum_match_arm, reason = "most matches are of tokens, one kind of many")]
mod asm;
mod effect;
mod functions;
mod listing;
mod literal;
mod names;
mod similar;
mod tables;

pub use asm::{Assembled, Edit, Fault, FaultKind, assemble};
pub use listing::{disassemble, instructions};
pub use literal::{constant, quote};
pub use similar::similar;

/// How a listing is written. Nothing of this changes what it says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options<'a> {
    /// The text the module was compiled from: its lines are shown, as comments, before the
    /// instructions made of them.
    pub source: Option<&'a [u8]>,
    /// A listing to change by hand: instructions are not numbered, and the lives of local
    /// variables are bounded by labels.
    pub editable: bool,
}
