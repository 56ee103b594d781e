//! The compiler: source bytes in, bytecode out, diagnostics as plain data.
//!
//! The modules are listed in the order of the pipeline. No stage stops at an error: each
//! is a function from its input to its output and a list of diagnostics.
#![deny(unsafe_code)]
#![warn(missing_docs)]

pub mod annotation;
pub mod ast;
pub mod check;
pub mod compile;
pub mod diag;
mod emit;
pub mod index;
pub mod input;
pub mod lex;
mod limits;
mod lower;
pub mod names;
pub mod parse;
mod pieces;
pub mod print;
pub mod resolve;
pub mod source;

pub use compile::{Compiler, compile, diagnose, load};
pub use limits::{Limits, Refusal};
pub use luka_bytecode::proto::Span;
pub use names::{Names, Sym};
pub use parse::{Options, Std};
