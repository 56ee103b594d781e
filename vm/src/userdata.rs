//! Full userdata: a typed 64-bit handle or a byte buffer, with a metatable. Plain data by
//! construction, so that a snapshot can write it.

use crate::heap::Header;
use crate::table::Table;
use crate::value::Value;

/// A userdata object.
#[repr(C)]
pub struct Userdata {
    pub(crate) hdr: Header,
    pub(crate) meta: *mut Table,
    /// Registered name of the type (`"FILE*"`, `"buffer"`).
    pub type_name: &'static str,
    /// The handle (a file number of the host, for example).
    pub data: u64,
    /// Bytes a native state machine accumulates.
    pub buffer: Vec<u8>,
    /// User values (`debug.setuservalue`).
    pub user_values: Vec<Value>,
}
