//! The attribute `#[luka(…)]`.

use syn::{Attribute, LitStr, Result};

/// What an attribute says of a field or variant.
#[derive(Default)]
pub struct Attributes {
    pub rename: Option<String>,
    pub default: bool,
    pub skip: bool,
}

impl Attributes {
    /// Reads the attributes of an item.
    ///
    /// # Errors
    /// One of them is unknown or malformed.
    pub fn of(attributes: &[Attribute]) -> Result<Attributes> {
        let mut found = Attributes::default();
        for attribute in attributes.iter().filter(|a| a.path().is_ident("luka")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("rename") {
                    found.rename = Some(meta.value()?.parse::<LitStr>()?.value());
                } else if meta.path.is_ident("default") {
                    found.default = true;
                } else if meta.path.is_ident("skip") {
                    found.skip = true;
                } else {
                    return Err(meta.error("expected `rename = \"name\"`, `default` or `skip`"));
                }
                Ok(())
            })?;
        }
        Ok(found)
    }
}
