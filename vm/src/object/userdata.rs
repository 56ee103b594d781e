//! Full userdata: a typed 64-bit handle or a byte buffer, with a metatable. Plain data by
//! construction, so that a snapshot can write it.

use super::Header;
use super::table::Table;
use crate::value::Value;
use std::cell::Cell;

/// A userdata object.
#[repr(C)]
pub struct Userdata {
    pub(crate) hdr: Header,
    pub(crate) meta: *mut Table,
    /// Registered name of the type (`"FILE*"`, `"buffer"`).
    pub type_name: &'static str,
    /// The handle stands for an object of the host, which wants to know when the userdata is freed
    /// ([`crate::Vm::take_released`]).
    pub(crate) host_owned: bool,
    /// The handle (a file number of the host, for example).
    pub(crate) data: Cell<u64>,
    /// Bytes a native state machine accumulates.
    pub(crate) buffer: Cell<Vec<u8>>,
    /// User values (`debug.setuservalue`).
    pub user_values: Vec<Value>,
}

impl Userdata {
    /// Whether the handle stands for an object of the host ([`crate::Vm::take_released`]).
    pub fn is_host_owned(&self) -> bool {
        self.host_owned
    }
    /// The handle.
    #[inline]
    pub fn data(&self) -> u64 {
        self.data.get()
    }
    /// Replaces the handle.
    pub fn set_data(&self, data: u64) {
        self.data.set(data);
    }
}
