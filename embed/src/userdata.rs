//! Objects of the host in programs.

use crate::call::Next;
use crate::convert::{FromValues, IntoNext, ValueList, ValueStack};
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::handle::Handle;
use luka_vm::{Gc, Table as RawTable, Userdata as RawUserdata, Value as Raw};
use std::any::Any;
use std::collections::HashMap;
use std::marker::PhantomData;

/// A type whose objects programs can hold and whose methods they can call.
pub trait UserData: Send + Sized + 'static {
    /// The type's name in messages; unique among the types of a registry.
    const NAME: &'static str;

    /// Declares the methods.
    fn methods(methods: &mut Methods<Self>);

    /// Writes the object, for a snapshot of its machine ([`Vm::snapshot`](crate::Vm::snapshot)).
    ///
    /// # Errors
    /// It cannot be saved; so it is without this function. The machine cannot be saved then.
    fn save(&self, out: &mut Vec<u8>) -> Result<()> {
        let _ = out;
        Err(Error::unsavable())
    }

    /// The object of the bytes that [`UserData::save`] has written. They may come from a stranger.
    ///
    /// # Errors
    /// They are no object's, or it cannot be had again. The machine is not restored then.
    fn load(bytes: &[u8]) -> Result<Self> {
        let _ = bytes;
        Err(Error::unsavable())
    }
}

/// Writes an object of a type.
type SaveFn = fn(&dyn Any, &mut Vec<u8>) -> Result<()>;

/// Makes an object of a type.
type LoadFn = fn(&[u8]) -> Result<Box<dyn Any + Send>>;

/// A method without its types.
pub(crate) type MethodFn = Box<
    dyn for<'a, 'vm> Fn(
            &'a mut dyn Any,
            &'a mut Cx<'vm>,
            ValueList<'a>,
            &'a mut ValueStack<'vm>,
        ) -> Result<Option<Next>>
        + Send
        + Sync,
>;

/// What a registry knows of a type of userdata.
pub(crate) struct TypeInfo {
    pub(crate) name: &'static str,
    /// In the order of declaration.
    pub(crate) methods: Vec<(&'static str, MethodFn)>,
    pub(crate) metamethods: Vec<(&'static str, MethodFn)>,
    pub(crate) getters: HashMap<&'static str, MethodFn>,
    pub(crate) setters: HashMap<&'static str, MethodFn>,
    pub(crate) save: SaveFn,
    pub(crate) load: LoadFn,
}

/// Collects the methods and fields of a type of userdata. A later declaration of a name replaces an
/// earlier one.
pub struct Methods<T> {
    info: TypeInfo,
    of: PhantomData<fn(T)>,
}

impl<T: UserData> Methods<T> {
    pub(crate) fn new() -> Methods<T> {
        let info = TypeInfo {
            name: T::NAME,
            methods: Vec::new(),
            metamethods: Vec::new(),
            getters: HashMap::new(),
            setters: HashMap::new(),
            save: |object, out| object.downcast_ref::<T>().ok_or_else(Error::gone)?.save(out),
            load: |bytes| Ok(Box::new(T::load(bytes)?)),
        };
        Methods { info, of: PhantomData }
    }

    pub(crate) fn finish(self) -> TypeInfo {
        self.info
    }

    fn erased<A: FromValues, R: IntoNext>(
        f: impl Fn(&mut T, &mut Cx, A) -> Result<R> + Send + Sync + 'static,
    ) -> MethodFn {
        Box::new(move |object, cx, args, out| {
            let object = object.downcast_mut().ok_or_else(Error::gone)?;
            let args = A::from_values(args, cx)?;
            f(object, cx, args)?.into_next(cx, out)
        })
    }

    /// A field that is computed when it is read: `account.balance`.
    pub fn get<R: IntoNext>(
        &mut self,
        name: &'static str,
        f: impl Fn(&T, &mut Cx) -> Result<R> + Send + Sync + 'static,
    ) {
        self.info.getters.insert(name, Self::erased(move |object, cx, ()| f(object, cx)));
    }

    /// A field that can be assigned: `account.limit = 10`.
    pub fn set<A: FromValues>(
        &mut self,
        name: &'static str,
        f: impl Fn(&mut T, &mut Cx, A) -> Result<()> + Send + Sync + 'static,
    ) {
        self.info.setters.insert(name, Self::erased(f));
    }

    /// A method: `account:describe()`. Several arguments are a tuple.
    pub fn call<A: FromValues, R: IntoNext>(
        &mut self,
        name: &'static str,
        f: impl Fn(&T, &mut Cx, A) -> Result<R> + Send + Sync + 'static,
    ) {
        self.call_mut(name, move |object, cx, args| f(object, cx, args));
    }

    /// A method that changes the object.
    pub fn call_mut<A: FromValues, R: IntoNext>(
        &mut self,
        name: &'static str,
        f: impl Fn(&mut T, &mut Cx, A) -> Result<R> + Send + Sync + 'static,
    ) {
        self.info.methods.retain(|(other, _)| *other != name);
        self.info.methods.push((name, Self::erased(f)));
    }

    /// A metamethod: `"__tostring"`, `"__add"`, `"__close"` … Not `"__index"`, `"__newindex"`, which
    /// serve fields and methods, and not `"__gc"`: dropping the object is its finalizer.
    ///
    /// # Panics
    /// If it is one of those.
    pub fn meta<A: FromValues, R: IntoNext>(
        &mut self,
        event: &'static str,
        f: impl Fn(&mut T, &mut Cx, A) -> Result<R> + Send + Sync + 'static,
    ) {
        let own = matches!(event, "__index" | "__newindex" | "__gc" | "__name" | "__metatable");
        assert!(!own, "the metamethod {event} of {} is not a host function's", T::NAME);
        self.info.metamethods.retain(|(other, _)| *other != event);
        self.info.metamethods.push((event, Self::erased(f)));
    }
}

/// A userdata of any type.
#[derive(Clone, Debug)]
pub struct AnyUserdata(Handle);

impl AnyUserdata {
    pub(crate) fn from_handle(handle: Handle) -> AnyUserdata {
        AnyUserdata(handle)
    }
    pub(crate) fn handle(&self) -> &Handle {
        &self.0
    }

    fn raw(&self, cx: &Cx) -> Result<Gc<RawUserdata>> {
        self.0.raw(cx)?.as_userdata().ok_or_else(Error::gone)
    }

    /// The same as userdata of a type, if it is of that type.
    pub fn of_type<T: UserData>(&self, cx: &Cx) -> Option<Userdata<T>> {
        let raw = self.raw(cx).ok()?;
        let known = cx.with_state(|state| {
            state.registry.entries().type_ids.contains_key(&std::any::TypeId::of::<T>())
        });
        // Only this crate makes userdata with names of the registry's.
        (known && raw.type_name == T::NAME && is_host_owned(cx, raw))
            .then(|| Userdata { any: self.clone(), of: PhantomData })
    }
}

/// Whether the userdata's handle is one of an object of this crate.
pub(crate) fn is_host_owned(_: &Cx, raw: Gc<RawUserdata>) -> bool {
    raw.is_host_owned()
}

/// A userdata with an object of type `T`.
pub struct Userdata<T> {
    any: AnyUserdata,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Userdata<T> {
    fn clone(&self) -> Self {
        Userdata { any: self.any.clone(), of: PhantomData }
    }
}

impl<T: UserData> std::fmt::Debug for Userdata<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}({:?})", T::NAME, self.any.0)
    }
}

impl<T: UserData> Userdata<T> {
    /// The same as userdata of any type.
    pub fn any(&self) -> &AnyUserdata {
        &self.any
    }

    /// Lets `f` look at the object, or change it. While it does, methods of the object and other
    /// calls of this function find it in use.
    ///
    /// # Errors
    /// The object is in use, or the handle is of another machine.
    pub fn with<R>(&self, cx: &Cx, f: impl FnOnce(&mut T) -> R) -> Result<R> {
        let handle = self.any.raw(cx)?.data();
        let mut object = Borrowed::new(cx, handle)?;
        let object = object.get().downcast_mut().ok_or_else(Error::gone)?;
        Ok(f(object))
    }
}

/// An object that is out of its place while somebody works on it; it goes back even if that panics.
pub(crate) struct Borrowed<'a, 'vm> {
    cx: &'a Cx<'vm>,
    handle: u64,
    object: Option<Box<dyn Any + Send>>,
}

impl<'a, 'vm> Borrowed<'a, 'vm> {
    pub(crate) fn new(cx: &'a Cx<'vm>, handle: u64) -> Result<Borrowed<'a, 'vm>> {
        let object = cx.with_state(|state| state.objects.borrow(handle))?;
        Ok(Borrowed { cx, handle, object: Some(object) })
    }

    pub(crate) fn get(&mut self) -> &mut dyn Any {
        match &mut self.object {
            Some(object) => &mut **object,
            None => unreachable!("an object is taken out when it is dropped"),
        }
    }
}

impl Drop for Borrowed<'_, '_> {
    fn drop(&mut self) {
        if let Some(object) = self.object.take() {
            self.cx.with_state(|state| state.objects.put_back(self.handle, object));
        }
    }
}

/// The registry's key for the metatables of userdata types.
pub(crate) const METATABLES: &str = "luka.userdata";

/// A new userdata with an object in it.
pub(crate) fn create<T: UserData>(cx: &Cx, object: T) -> Result<Userdata<T>> {
    let known = cx.with_state(|state| {
        state.registry.entries().type_ids.contains_key(&std::any::TypeId::of::<T>())
    });
    if !known {
        return Err(Error::msg(format!("the userdata type {} is not registered", T::NAME)));
    }
    let raw = cx.with(|machine| {
        machine.heap.reserve(std::mem::size_of::<T>()).map_err(|_| Error::memory())?;
        let handle = crate::state::State::of(machine).objects.add(Box::new(object));
        let userdata = machine.heap.new_host_userdata(T::NAME, handle);
        if let Some(meta) = metatable(machine, T::NAME) {
            userdata.set_metatable(&mut machine.heap, Some(meta));
        }
        Ok::<Raw, Error>(userdata.into())
    })?;
    Ok(Userdata { any: AnyUserdata(cx.handle(raw)?), of: PhantomData })
}

/// The metatable of a userdata type in this machine.
fn metatable(machine: &mut luka_vm::Vm, name: &str) -> Option<Gc<RawTable>> {
    let tables = machine.registry().get_str_bytes(METATABLES.as_bytes()).as_table()?;
    tables.get_str_bytes(name.as_bytes()).as_table()
}
