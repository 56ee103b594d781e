//! A debug server: the [Debug Adapter Protocol](https://microsoft.github.io/debug-adapter-protocol/) for
//! programs that Luka runs, forward and backward.
//!
//! A Rust program lets editors debug the scripts it runs:
//!
//! ```
//! use luka::{Budget, Outcome, Registry, Vm};
//! use luka_dap::DebugServer;
//!
//! let mut vm = Vm::builder(&Registry::default()).build()?;
//! let script = vm.compile("local sum = 0 for i = 1, 10 do sum = sum + i end return sum")?;
//! vm.start(&script, ())?;
//! // In the place of the machine:
//! let mut program = vm.debug_server("127.0.0.1:0")?;
//! println!("attach a debugger to {:?}", program.address());
//! let Outcome::Done(values) = program.run(Budget::unlimited()) else { panic!("it ends") };
//! assert_eq!(values.get::<i64>(program.vm())?, 55);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! * [`attach`] — machines of a host, which a client attaches to; [`mod@listen`] — where it comes from
//! * [`server`] — requests and what they move; [`breakpoints`], [`changes`] — what they set;
//!   [`looks`], [`code`] — requests that only look; [`progress`] — of movements that take long
//! * [`past`] — requests of Luka's own; [`capabilities`] — what clients are told that there is
//! * [`values`] — variables and the numbers that clients know them by
//! * [`requests`], [`transport`], [`messages`] — what goes to and fro
//!
//! One thread reads requests, another moves and looks. Requests that come while the program runs
//! interrupt it: it is taken on when they are answered.

#![warn(missing_docs)]

mod attach;
mod breakpoints;
mod capabilities;
mod changes;
mod code;
mod listen;
mod looks;
pub mod messages;
mod past;
mod progress;
mod requests;
mod server;
mod transport;
mod values;

pub use attach::{DebugServer, Debugged, Options};
pub use listen::listen;
pub use requests::Requests;
pub use server::{Programs, Server};
pub use transport::Client;

/// The guide's code blocks, as tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/debugging.md")]
struct Guide;
