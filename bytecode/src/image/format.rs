//! The numbers of the format (docs/image-format.md) that its writer and its readers share.

/// Bits of a module's first byte.
pub(super) const NATIVE: u8 = 1;
pub(super) const NAMED: u8 = 2;
pub(super) const DEBUG: u8 = 4;
pub(super) const LUA54: u8 = 8;

/// Bits of the first byte of a function's debug information.
pub(super) const LINES: u8 = 1;
pub(super) const SPANS: u8 = 2;
pub(super) const LOCALS: u8 = 4;
pub(super) const UPVALUE_NAMES: u8 = 8;

/// Codes of constants; strings have all from here on.
pub(super) const NIL: u64 = 0;
pub(super) const FALSE: u64 = 1;
pub(super) const TRUE: u64 = 2;
pub(super) const INT: u64 = 3;
pub(super) const FLOAT: u64 = 4;
pub(super) const STRING: u64 = 5;
