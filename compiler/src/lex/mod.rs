//! The lexer: bytes to flat token arrays. It never stops; what it cannot read becomes an error
//! token with a diagnostic.

mod token;

pub use token::{Token, TokenKind, Tokens};
