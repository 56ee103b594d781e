//! What is documented: a project's modules and what is in them.

use serde::Serialize;

use super::comment::Comment;

/// A project.
#[derive(Debug, Serialize)]
pub struct Project {
    pub name: String,
    pub modules: Vec<Module>,
}

/// A module.
#[derive(Debug, Serialize)]
pub struct Module {
    pub name: String,
    /// Its file.
    pub path: String,
    #[serde(flatten)]
    pub comment: Comment,
    pub items: Vec<Item>,
    /// Its text.
    #[serde(skip)]
    pub text: String,
}

/// What an item is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Function,
    Method,
    Class,
    Field,
}

/// Something that a module gives.
#[derive(Debug, Serialize)]
pub struct Item {
    /// As it is called: `cart.total`, `Cart:add`.
    pub name: String,
    pub kind: Kind,
    /// `cart.total(cart)`; of other things, the name.
    pub signature: String,
    /// From 1.
    pub line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    #[serde(flatten)]
    pub comment: Comment,
    /// The names of a function's parameters, if it was found.
    #[serde(skip)]
    pub parameters: Option<Vec<String>>,
}

impl Item {
    /// The last part of the name.
    pub fn last(&self) -> &str {
        self.name.rsplit(['.', ':']).next().unwrap_or(&self.name)
    }

    /// The place of the item on its page.
    pub fn anchor(&self) -> String {
        self.name.replace(':', ".")
    }
}

impl Project {
    /// The module and the item that a word names, as the text of a module has it: a full name, or one in
    /// that module. The item is `None` for a module.
    pub fn find(&self, word: &str, from: &Module) -> Option<(&Module, Option<&Item>)> {
        let word = word.trim().trim_end_matches("()");
        let same = |item: &&Item| item.name == word || item.anchor() == word.replace(':', ".");
        let own = self.modules.iter().find(|module| module.name == from.name)?;
        let in_own = own.items.iter().find(same);
        let in_own = in_own.or_else(|| own.items.iter().find(|item| item.last() == word));
        if in_own.is_some() {
            return Some((own, in_own));
        }
        if let Some(module) = self.modules.iter().find(|module| module.name == word) {
            return Some((module, None));
        }
        // `shop.cart.total` for `cart.total` of `shop.cart`.
        let parts = word.rsplit_once(['.', ':']);
        let of_module = parts.and_then(|(head, last)| {
            let module = self.modules.iter().find(|module| module.name == head)?;
            Some((module, module.items.iter().find(|item| item.last() == last)?))
        });
        let anywhere = || {
            let all = self.modules.iter();
            all.flat_map(|module| module.items.iter().map(move |item| (module, item)))
                .find(|(_, item)| same(item))
        };
        of_module.or_else(anywhere).map(|(module, item)| (module, Some(item)))
    }
}
