//! The grammar of the extensions. Every function here is reached from a place where plain Lua 5.4
//! has a syntax error; soft keywords are names until such a place is met after them.

mod expr;
mod hint;
mod matching;
mod pattern;
mod soft;
mod stmt;
mod types;

pub(super) use expr::{
    cast, interpolated_call, is_assignable, is_cast, operand, optional_chain,
    short_function_of_name,
};
pub(super) use hint::Hint;
pub(super) use pattern::{generic_for, local, parameter_extras, pattern_parameter, vararg_extras};
pub(super) use soft::{Closers, Soft, closes, closes_here};
pub(super) use stmt::{if_local, statement, while_local};
pub(super) use types::{
    annotation, function_generics, rest_is_equals, return_annotation, typed_for,
};
