//! What can be said about a program that compiles: names that look misspelt, code that cannot do
//! what it seems to.

mod foreign;
mod similar;

pub use foreign::foreign_name;
pub use similar::similar;
