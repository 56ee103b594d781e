//! Values as the prompt shows them: tables by their structure, strings in quotes, functions with
//! their signature. Depth, breadth and length are limited, and omissions are noted.
//!
//! * [`convert`] — the `__tostring` methods, called before anything is looked at
//! * [`build`] — values to a tree of texts
//! * [`layout`] — the tree to lines
//! * [`text`] — strings and numbers

mod build;
mod convert;
mod function;
mod layout;
pub mod text;

pub use build::is_name;
pub use function::signature;

use luka_vm::Value;

use super::Prompt;
use crate::session::Done;

/// How values are shown.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub colour: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Levels of tables in tables.
    pub depth: usize,
    /// Entries of one table.
    pub items: usize,
    /// Bytes of one string.
    pub text: usize,
}

/// Entries shown of one value in total.
const TOTAL: usize = 2000;

impl Prompt<'_> {
    /// The texts of values. Calls `__tostring` methods; their errors are part of the text.
    pub fn shown(&mut self, values: &[Value]) -> Done<Vec<String>> {
        let style = self.settings.style();
        let called = convert::call_methods(self.session, values, &style)?;
        let mut texts = Vec::new();
        for &value in values {
            let names = &|value| self.scope.name_of(value);
            let tree = build::build(&mut self.session.vm, value, &style, called, names);
            texts.push(layout::lay_out(&tree, &style));
        }
        Ok(texts)
    }
}
