//! What programs find besides the language: made once, shared by any number of machines.

use crate::call::Next;
use crate::convert::{FromValues, IntoNext, ValueList, ValueStack, Values};
use crate::cx::Cx;
use crate::error::Result;
use crate::userdata::{Methods, TypeInfo, UserData};
use luka_stdlib::Libs;
use std::any::TypeId;
use std::collections::HashMap;
use std::sync::Arc;

/// A host function without its types: reads arguments, writes results.
pub(crate) type HostFn = Box<
    dyn for<'a, 'vm> Fn(
            &'a mut Cx<'vm>,
            ValueList<'a>,
            &'a mut ValueStack<'vm>,
        ) -> Result<Option<Next>>
        + Send
        + Sync,
>;

/// A continuation without its types: reads the saved state and the results of the call.
pub(crate) type ThenFn = Box<
    dyn for<'a, 'vm> Fn(
            &'a mut Cx<'vm>,
            ValueList<'a>,
            ValueList<'a>,
            &'a mut ValueStack<'vm>,
        ) -> Result<Option<Next>>
        + Send
        + Sync,
>;

/// A module of the language that `require` finds.
#[derive(Clone, Debug)]
pub struct Module {
    pub(crate) text: Arc<[u8]>,
}

impl Module {
    /// A module by its text, which is compiled in each machine that requires it.
    pub fn text(text: impl AsRef<[u8]>) -> Module {
        Module { text: text.as_ref().into() }
    }
}

/// Libraries, host functions, userdata types and modules under their names. Cheap to clone; functions
/// may capture services (a connection, a counter) but, being `'static`, no value of a machine.
#[derive(Clone)]
pub struct Registry(Arc<Entries>);

pub(crate) struct Entries {
    pub(crate) libs: Libs,
    /// In the order of registration, which is that of installation.
    pub(crate) names: Vec<(&'static str, Kind)>,
    pub(crate) functions: HashMap<&'static str, HostFn>,
    pub(crate) thens: HashMap<&'static str, ThenFn>,
    pub(crate) types: Vec<TypeInfo>,
    pub(crate) type_ids: HashMap<TypeId, usize>,
    pub(crate) modules: Vec<(&'static str, Module)>,
}

/// What a registered name is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Function,
    Call,
}

impl Registry {
    /// Begins a registry with [`Libs::SAFE`].
    pub fn builder() -> RegistryBuilder {
        RegistryBuilder {
            entries: Entries {
                libs: Libs::SAFE,
                names: Vec::new(),
                functions: HashMap::new(),
                thens: HashMap::new(),
                types: Vec::new(),
                type_ids: HashMap::new(),
                modules: Vec::new(),
            },
        }
    }

    pub(crate) fn entries(&self) -> &Entries {
        &self.0
    }
}

impl Default for Registry {
    fn default() -> Registry {
        Registry::builder().build()
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.names.iter().map(|(name, _)| name)).finish()
    }
}

/// Collects what a [`Registry`] holds. Every name is given once: a second one is a mistake of the
/// host's, which panics.
pub struct RegistryBuilder {
    entries: Entries,
}

impl RegistryBuilder {
    /// Which libraries of the standard library programs have.
    pub fn libs(mut self, libs: Libs) -> Self {
        self.entries.libs = libs;
        self
    }

    fn add_name(&mut self, name: &'static str, kind: Kind) {
        let known = self.entries.names.iter().any(|(other, _)| *other == name);
        assert!(!known, "the host function {name} is registered twice");
        self.entries.names.push((name, kind));
    }

    /// A host function. Programs find it as a global, `"bank.open"` as a field of the global table
    /// `bank`. Its error is the program's.
    ///
    /// # Panics
    /// If the name is taken.
    pub fn function<A, R>(
        mut self,
        name: &'static str,
        f: impl Fn(&mut Cx, A) -> Result<R> + Send + Sync + 'static,
    ) -> Self
    where
        A: FromValues,
        R: IntoNext,
    {
        self.add_name(name, Kind::Function);
        let f: HostFn = Box::new(move |cx, args, out| {
            let args = A::from_values(args, cx)?;
            f(cx, args)?.into_next(cx, out)
        });
        self.entries.functions.insert(name, f);
        self
    }

    /// A function that the host answers later: calling it ends the run with
    /// [`Outcome::Call`](crate::Outcome::Call).
    ///
    /// # Panics
    /// If the name is taken.
    pub fn call(mut self, name: &'static str) -> Self {
        self.add_name(name, Kind::Call);
        self
    }

    /// What a host function that called a function of the program goes on with: it is given the
    /// state that was saved ([`Next::call`]) and the results. An error of the called function passes
    /// it by.
    ///
    /// # Panics
    /// If there is a continuation of this name.
    pub fn then<S, R>(
        mut self,
        name: &'static str,
        f: impl Fn(&mut Cx, S, Values) -> Result<R> + Send + Sync + 'static,
    ) -> Self
    where
        S: FromValues,
        R: IntoNext,
    {
        let f: ThenFn = Box::new(move |cx, state, results, out| {
            let state = S::from_values(state, cx)?;
            let results = Values::from_values(results, cx)?;
            f(cx, state, results)?.into_next(cx, out)
        });
        let old = self.entries.thens.insert(name, f);
        assert!(old.is_none(), "the continuation {name} is registered twice");
        self
    }

    /// A type of userdata, with its methods.
    ///
    /// # Panics
    /// If there is a type of this name.
    pub fn userdata<T: UserData>(mut self) -> Self {
        let mut methods = Methods::new();
        T::methods(&mut methods);
        let known = self.entries.types.iter().any(|info| info.name == T::NAME);
        assert!(!known, "the userdata type {} is registered twice", T::NAME);
        self.entries.type_ids.insert(TypeId::of::<T>(), self.entries.types.len());
        self.entries.types.push(methods.finish());
        self
    }

    /// A module that `require` finds before any other; [`Libs::PACKAGE`] is added.
    pub fn module(mut self, name: &'static str, module: Module) -> Self {
        self.entries.libs = self.entries.libs | Libs::PACKAGE;
        self.entries.modules.push((name, module));
        self
    }

    /// The registry.
    pub fn build(self) -> Registry {
        Registry(Arc::new(self.entries))
    }
}
