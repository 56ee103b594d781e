//! Ways to write an interpreter, side by side: two machines, each run by every technique that is usual, with
//! programs that are read as data. The question is which technique to choose for which cost.
//!
//! * [`technique`] — what a technique is, and what it guarantees
//! * [`expression`] — a machine whose programs are trees, and its techniques, one in a file
//! * [`stack`] — a machine whose programs are words, and its techniques
//! * [`script`] — the same programs in Lua: in the library `luka`, and in other implementations as processes
//! * [`groups`] — what is measured together
//! * [`measure`] — rounds, in which all rows take turns; [`count`] — instructions, by callgrind
//! * [`report`] — table, JSON, chart

pub mod count;
pub mod expression;
pub mod groups;
pub mod measure;
pub mod report;
pub mod script;
pub mod stack;
pub mod technique;
