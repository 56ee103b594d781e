//! The compiler: source bytes in, bytecode out, diagnostics as plain data.
//!
//! The rooms stand in the order a program passes through them. No stage stops at an error: each
//! is a function from its input to its output and a list of diagnostics.
#![deny(unsafe_code)]

pub mod ast;
pub mod check;
pub mod compile;
pub mod diag;
pub mod emit;
pub mod input;
pub mod lex;
pub mod lower;
pub mod names;
pub mod parse;
pub mod print;
pub mod resolve;
pub mod source;

pub use compile::{Compiler, compile, diagnose, load};
pub use luka_bytecode::proto::Span;
pub use names::{Names, Sym};
pub use parse::{Options, Std};
