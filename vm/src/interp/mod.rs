//! The interpreter: stackless, one handler per opcode, all state in [`crate::vm::Vm`].
//!
//! * [`frame`] — frames and links on the VM stack
//! * [`link`](crate::function::link) — the VM's copy of the code
//! * [`dispatch`], [`table`] — handler signature, macros, the handler tables; [`machine`] — the registers handlers hold;
//!   `returning` — the loop for builds without tail calls
//! * `ops_*`, [`operand`], [`nodes`] — the handlers, by group
//! * [`call`] — how frames are pushed and what happens when they end; [`call_native`] — natives
//!   and their actions; [`call_instr`] — the calling instructions in general
//! * [`intrinsics`] — small natives carried out without a call
//! * [`unwind`] — errors, message handlers, to-be-closed variables
//! * [`finish`] — completing an instruction with a metamethod's result
//! * [`index`], [`arith`], [`compare`], [`iterate`] — the slow paths
//! * [`fault`] — which operand an error blames
//! * [`fuel`], [`safepoint`], [`hooks`], [`profile`], [`coverage`] — what happens between two instructions
//! * `native` — where native code is entered; `marks` — where a debugger stops the program
//! * [`observe`], [`at`] — who watches, or executes, every instruction from outside

pub mod arith;
pub mod at;
pub mod call;
mod call_instr;
mod call_native;
pub mod compare;
mod continuation;
pub(crate) mod coroutine;
pub mod coverage;
pub mod dispatch;
#[cfg(luka_jit)]
mod entering;
mod fault;
mod finish;
mod fuel;
mod hooks;
pub mod index;
pub mod intrinsics;
mod iterate;
mod machine;
mod marks;
mod metacall;
#[cfg(luka_jit)]
pub(crate) mod native;
pub mod natives;
pub(crate) mod nodes;
pub mod observe;
pub(crate) mod operand;
mod ops_arith;
mod ops_call;
mod ops_compare;
mod ops_get;
mod ops_loop;
mod ops_move;
mod ops_new;
mod ops_set;
pub mod profile;
#[cfg(not(luka_tail))]
mod returning;
pub mod safepoint;
pub(crate) mod table;
pub mod unwind;

pub(crate) use crate::stack as frame;
