//! Functions: linking of code, making of prototypes, upvalues, and functions back to images.

pub mod dump;
pub mod link;
pub(crate) mod proto;
pub(crate) mod stretch;
pub mod upvalue;

pub use crate::object::function::{ChunkInfo, LuaFn, NativeObj, ProtoObj, Upval};
pub use crate::object::proto::{ProtoData, ProtoRef};
