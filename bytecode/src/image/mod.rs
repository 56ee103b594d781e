//! The binary image: what `string.dump`, `luka build` and the standard library's build write and
//! what `load` and start-up read. `docs/image-format.md` describes it to the byte.
//!
//! Writing is deterministic: equal modules give equal bytes on every machine. Reading is total: any
//! bytes give a module or an [`ImageError`], in time and memory proportional to their number. What
//! is read is *not* trusted: only [`crate::verify`] says whether a virtual machine may run it.

mod code;
mod debug;
mod decode;
mod encode;
mod error;
mod extract;
mod format;
mod header;
mod isa_hash;
mod places;
mod reader;
mod sink;
mod strings;
mod writer;

pub(crate) use debug::{Packed, pack};
pub use decode::{decode, decode_within};
pub use encode::encode;
pub use error::ImageError;
pub use extract::extract;
pub use header::{MAGIC, PUC_HEADER, VERSION};
pub use isa_hash::ISA_HASH;

/// Whether these bytes are to be read as a precompiled chunk, not as source text (`LUA_SIGNATURE`'s
/// first byte decides, as in PUC Lua).
pub fn is_image(bytes: &[u8]) -> bool {
    bytes.first() == Some(&PUC_HEADER[0])
}

/// Whether these bytes begin as an image of a program for plain Lua 5.4 does ([`crate::Module::lua54`]); its
/// first [`HEAD`] bytes tell.
pub fn is_lua54(bytes: &[u8]) -> bool {
    let ours = bytes.starts_with(&PUC_HEADER) && bytes[PUC_HEADER.len()..].starts_with(&MAGIC);
    ours && bytes.get(HEAD - 1).is_some_and(|flags| flags & format::LUA54 != 0)
}

/// Bytes of an image up to the module's flags, which are the last of them.
pub const HEAD: usize = 57;
