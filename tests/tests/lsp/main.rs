//! `luka lsp`, by the protocol: a client that opens files with markers and asks at them.

mod client;
mod completion;
mod documents;
mod edits;
mod names;
mod project;
mod renaming;
mod reports;
mod types;
