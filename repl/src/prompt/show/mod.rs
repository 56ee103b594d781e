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

use luka::{Look, Value};

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
        let vm = &self.session.vm;
        let locals = self.scope.locals(vm);
        let look = |value: &Value| value.look(vm).ok();
        let name_of = |value: Look| {
            let held = |local: &Value| look(local).is_some_and(|local| local.raw_equal(value));
            let (name, _) = locals.iter().find(|(_, local)| held(local))?;
            Some(String::from_utf8_lossy(name).into_owned())
        };
        let mut texts = Vec::new();
        for value in values.iter().filter_map(look) {
            let tree = build::build(value, &style, &called, &name_of);
            texts.push(layout::lay_out(&tree, &style));
        }
        Ok(texts)
    }
}
