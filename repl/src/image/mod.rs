//! Sessions that outlive their process: the states of a session, the file they are kept in.
//!
//! * [`timeline`] — the states that `:undo` and `:redo` move between
//! * [`pieces`] — states in little memory: what several have in common is kept once
//! * [`mod@file`] — an image file: read whole and proved, replaced whole
//! * [`lock`] — one session has a file at a time

mod file;
mod lock;
mod pieces;
mod timeline;

pub use file::{ImageError, ImageFile, is_image, replace};
pub use timeline::Timeline;
