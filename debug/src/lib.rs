//! A debugger that goes backwards.
//!
//! Time is fuel: each instruction of a program has a moment of its own ([`Time`]), the same in every
//! run. What the host answers is kept ([`tape`]), and states of the machine now and then ([`timeline`]),
//! so that any moment can be gone to again: from the state before it, the program is run again, and
//! does what it did. Everything backward is made of that ([`back`], [`changes`]): a gap between two
//! states is run again, and what was seen last is gone to.
//!
//! Looking changes nothing: variables are read in place ([`stack`]), expressions are evaluated in a
//! copy of the program ([`evaluate`]).
//!
//! * [`engine`] — the debugger as front ends have it; [`breakpoints`]; [`moves`] — forward
//! * [`follow`], [`origin`] — where a value comes from; [`narrow`] — where it may have been stored
//! * [`edit`] — changing it, with values of a copy ([`transfer`]); [`statements`] — where it can go on
//! * [`rules`], [`watcher`] — where the machine stops; [`site`] — what an instruction reads and writes
//! * [`instructions`] — code as it is shown
//! * [`program`] — the machine, from its first instruction to its closing; [`leash`] — how far its host
//!   lets it run
//! * [`store`] — states that are kept; [`recording`] — what it takes to run a program again, as bytes
//! * [`host`], [`data`] — the host that is recorded; [`show`] — values as people read them

mod back;
mod breakpoints;
mod changes;
mod data;
mod edit;
mod engine;
mod evaluate;
mod follow;
mod host;
mod instructions;
mod leash;
mod moves;
mod narrow;
mod origin;
mod program;
mod recording;
mod rules;
mod show;
mod site;
mod stack;
mod statements;
mod store;
mod tape;
mod timeline;
mod transfer;
mod watcher;

pub use back::Back;
pub use breakpoints::{Breakpoint, Hits, Lines, Spot, real_path};
pub use changes::Change;
pub use engine::{Access, Engine, Filters, Reason, Watchpoint};
pub use evaluate::{Context, Evaluated};
pub use follow::{Store, Trail};
pub use host::Recorder;
pub use instructions::{Call, Listed};
pub use leash::Leash;
pub use program::{End, Halt, Phase, Program, Time};
pub use recording::Recording;
pub use rules::Step;
pub use show::{is_name, kind, shown, text};
pub use stack::{
    Coroutine, Frame, Part, Scope, Variable, coroutines, count_fields, fields, fields_within, find,
    frames, variables,
};
pub use tape::Tape;
pub use timeline::{Distances, MEMORY, Progress, States, Timeline};
pub use watcher::{FunctionKey, ThreadId};
