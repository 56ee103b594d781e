//! The test harness: what the suites in `tests/` need to run programs.
//!
//! A conformance file (`suite/<room>/*.lua`) is read by [`script`], run in one of several ways by
//! [`run`], and compared with `lua5.4` by [`oracle`] where that is installed.
//! Sessions with tools are read by [`session`]; [`framed`] has the messages of servers for editors.
#![deny(unsafe_code)]

pub mod assembly;
pub mod binary;
pub mod bombs;
pub mod broken;
pub mod capture;
pub mod corpus;
pub mod declared;
pub mod extended;
pub mod framed;
pub mod fuzz;
pub mod host;
pub mod linked;
pub mod lockstep;
pub mod marker;
pub mod mutate;
pub mod oracle;
pub mod page;
pub mod picture;
pub mod programs;
pub mod random;
pub mod run;
pub mod script;
pub mod separators;
pub mod session;
pub mod snapshot;
pub mod spec;
pub mod stopped;
