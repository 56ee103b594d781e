//! The lexer: bytes to flat token arrays. It never fails: invalid text becomes an error
//! token with a diagnostic.
//!
//! `trivia` finds the comments, which are no tokens. `scan` is the main loop, `window` runs it over a part of the text, `string`, `interp` and `number` read literals, `token_text` shows a token as PUC's
//! messages do, `error` creates the diagnostics, `dump` prints the tokens as text.

mod dump;
mod error;
mod interp;
mod number;
mod scan;
mod string;
mod token;
mod token_text;
pub mod trivia;
mod window;

pub use dump::dump_tokens;
pub use number::{Numeral, parse_numeral};
pub use scan::lex;
pub(crate) use scan::{is_reserved, lex_into};
pub use token::{Token, TokenKind, Tokens};
pub(crate) use window::Window;
