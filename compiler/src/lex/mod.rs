//! The lexer: bytes to flat token arrays. It never stops; what it cannot read becomes an error
//! token with a diagnostic.
//!
//! `scan` is the main loop, `string`, `interp` and `number` read literals, `near` says a token as PUC's
//! messages do, `error` makes the diagnostics, `dump` prints the tokens as text.

mod dump;
mod error;
mod interp;
mod near;
mod number;
mod scan;
mod string;
mod token;

pub use dump::dump_tokens;
pub use number::{Numeral, parse_numeral};
pub use scan::lex;
pub(crate) use scan::lex_into;
pub use token::{Token, TokenKind, Tokens};
