//! Luka for JavaScript: the compiler's tools on texts, and one machine at a time that runs in pieces.
//!
//! * `exports` — the functions of the WebAssembly module; `package/luka.js` is their other side
//! * [`tools`] — errors, tokens, tree, listing and format of a text, as JSON
//! * [`machine`] — a program that runs, stops, is saved and restored; [`look`] — its state as JSON
//! * [`host`] — the operating system that programs see
//! * [`utf16`] — positions as JavaScript counts them

#![deny(unsafe_code)]
#![warn(missing_docs)]

#[cfg(target_family = "wasm")]
#[allow(unsafe_code)]
mod exports;
pub mod host;
pub mod look;
pub mod machine;
pub mod tools;
pub mod utf16;
