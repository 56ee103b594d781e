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

use luka::{Value, toolchain};

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

/// A value for looking at it, until a program runs.
pub fn raw(vm: &luka::Vm, value: &Value) -> luka_vm::Value {
    toolchain::raw(vm, value).unwrap_or(luka_vm::Value::NIL)
}

impl Prompt<'_> {
    /// The texts of values. Calls `__tostring` methods; their errors are part of the text.
    pub fn shown(&mut self, values: &[Value]) -> Done<Vec<String>> {
        let style = self.settings.style();
        let called = convert::call_methods(self.session, values, &style)?;
        let vm = &mut self.session.vm;
        let locals = self.scope.locals(vm).into_iter();
        let locals: Vec<(String, luka_vm::Value)> = locals
            .map(|(name, value)| (String::from_utf8_lossy(name).into_owned(), raw(vm, &value)))
            .collect();
        let name_of = |value: luka_vm::Value| {
            locals.iter().find(|(_, held)| held.raw_eq(value)).map(|(name, _)| name.clone())
        };
        let mut texts = Vec::new();
        for value in values {
            let value = raw(vm, value);
            let tree = build::build(toolchain::machine(vm), value, &style, &called, &name_of);
            texts.push(layout::lay_out(&tree, &style));
        }
        Ok(texts)
    }
}
