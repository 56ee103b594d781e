//! Nominal sizes in bytes, equal on every target: what accounting and pacing are counted in, and
//! what cells are chosen by.

use super::function::{LuaFn, NativeObj, ProtoObj, Upval};
use super::string::Str;
use super::table::Table;
use super::thread::Thread;
use super::userdata::Userdata;

pub const POINTER: usize = 8;
pub const VALUE: usize = 16;
pub const STR: usize = 24;
pub const TABLE: usize = 48;
pub const ARRAY_SLOT: usize = 9;
pub const NODE: usize = 24;
pub const LUA_FN: usize = 32;
pub const NATIVE: usize = 16;
pub const UPVAL: usize = 40;
pub const USERDATA: usize = 96;
pub const THREAD: usize = 192;
/// What a coroutine with faults owns for them.
pub const FAULTS: usize = 512;
pub const PROTO: usize = 48;
/// What a prototype owns at least.
pub const PROTO_DATA: usize = 192;
pub const INSTR: usize = 8;

// Objects are laid out in memory of their nominal size.
const _: () = assert!(size_of::<Str>() <= STR && size_of::<Table>() <= TABLE);
const _: () = assert!(size_of::<LuaFn>() <= LUA_FN && size_of::<NativeObj>() <= NATIVE);
const _: () = assert!(size_of::<Upval>() <= UPVAL && size_of::<Userdata>() <= USERDATA);
const _: () = assert!(size_of::<Thread>() <= THREAD && size_of::<ProtoObj>() <= PROTO);
