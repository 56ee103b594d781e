//! Luka without an operating system: a prompt that is a UEFI application. What does not depend on the
//! firmware is a library, which its tests run on any system.
//!
//! * [`editor`] — the line that is being typed, and earlier ones
//! * [`machine`] — keyboard, screen and clocks, as a trait
//! * [`files`], [`host`] — the operating system that programs see
//! * [`image`] — the session on the disk
//! * [`session`] — the prompt

pub mod editor;
pub mod files;
pub mod host;
pub mod image;
pub mod machine;
pub mod session;
