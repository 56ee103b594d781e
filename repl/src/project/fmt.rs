//! `[fmt]`: how `luka fmt` formats.
//!
//! ```toml
//! [fmt]
//! width = 100         # the widest line, in characters: 20 to 1000
//! indent = 2          # spaces, 1 to 16; or "tab"
//! quotes = "double"   # or "single", "keep"
//! ```

use luka_fmt::{Indent, Quotes};
use toml::de::{DeTable, DeValue};

use super::Reader;

/// What a project says about formatting.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FmtSettings {
    pub width: Option<usize>,
    pub indent: Option<Indent>,
    pub quotes: Option<Quotes>,
}

impl Reader {
    pub(super) fn fmt(&mut self, table: &DeTable<'_>) {
        for (key, value) in table.iter() {
            let integer = match value.get_ref() {
                DeValue::Integer(number) => number.as_str().parse::<usize>().ok(),
                _ => None,
            };
            let text = match value.get_ref() {
                DeValue::String(text) => Some(text.as_ref()),
                _ => None,
            };
            let fmt = &mut self.settings.fmt;
            match (key.get_ref().as_ref(), integer, text) {
                ("width", Some(width @ 20..=1000), _) => fmt.width = Some(width),
                ("width", ..) => {
                    self.complain(value.span(), "`width` is a number of characters, 20 to 1000");
                }
                ("indent", Some(n @ 1..=16), _) => fmt.indent = Some(Indent::Spaces(n as u8)),
                ("indent", _, Some("tab")) => fmt.indent = Some(Indent::Tab(4)),
                ("indent", ..) => {
                    self.complain(
                        value.span(),
                        "`indent` is a number of spaces, 1 to 16, or \"tab\"",
                    );
                }
                ("quotes", _, Some("double")) => fmt.quotes = Some(Quotes::Double),
                ("quotes", _, Some("single")) => fmt.quotes = Some(Quotes::Single),
                ("quotes", _, Some("keep")) => fmt.quotes = Some(Quotes::Keep),
                ("quotes", ..) => {
                    self.complain(value.span(), "`quotes` is \"double\", \"single\" or \"keep\"");
                }
                (other, ..) => {
                    self.complain(key.span(), format!("`fmt.{other}` is no setting"));
                    self.suggest(other, &[b"width", b"indent", b"quotes"]);
                }
            }
        }
    }
}
