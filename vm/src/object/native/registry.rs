//! Natives by name: how a machine that is read from outside finds its functions and continuations.

use super::Native;
use std::collections::HashMap;

/// The natives that programs of a machine can reach, by their unique names. A library gives its own,
/// and a host adds those it makes functions of.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    natives: HashMap<&'static str, &'static Native>,
}

impl Registry {
    /// A registry of nothing.
    pub fn new() -> Registry {
        Registry::default()
    }

    /// Adds natives.
    ///
    /// # Errors
    /// The first name that is there already, for another native. Those before it are added.
    pub fn add(
        &mut self,
        natives: impl IntoIterator<Item = &'static Native>,
    ) -> Result<(), &'static str> {
        for native in natives {
            let there = self.natives.insert(native.name, native);
            if there.is_some_and(|there| !std::ptr::eq(there, native)) {
                return Err(native.name);
            }
        }
        Ok(())
    }

    /// The native of this name.
    pub fn get(&self, name: &str) -> Option<&'static Native> {
        self.natives.get(name).copied()
    }

    /// All natives, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &'static Native> {
        self.natives.values().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::inner_natives! { static ONE;
        A: "test.a" = |vm| vm.ret0();
        B: "test.b" "test.b()" "Does nothing." = |vm| vm.ret0();
    }
    crate::inner_natives! { static TWO;
        OTHER_A: "test.a" = |vm| vm.ret0();
    }

    #[test]
    fn names_are_unique() {
        let mut registry = Registry::new();
        assert_eq!(registry.add(ONE.iter().copied()), Ok(()));
        assert_eq!(registry.add(ONE.iter().copied()), Ok(()), "the same once more");
        assert!(registry.get("test.b").is_some_and(|b| std::ptr::eq(b, &B)));
        assert!(registry.get("test.c").is_none());
        assert_eq!(registry.add(TWO.iter().copied()), Err("test.a"));
        assert!(std::ptr::eq(&A, ONE[0]) && std::ptr::eq(&OTHER_A, TWO[0]));
    }
}
