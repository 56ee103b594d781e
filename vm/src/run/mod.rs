//! A machine from the host's side: made, loaded with modules, run, closed.

pub mod beside;
pub mod close;
pub mod create;
pub mod jump;
pub mod look;
pub mod start;
