//! Misuse that does not compile. Each block fails where its twin, which differs in the one thing that is
//! wrong, compiles: so a block cannot fail for another reason. (The messages are not compared: they
//! change from compiler to compiler.)
//!
//! # A host function cannot run the machine that called it
//! ```compile_fail
//! use luka::{Budget, Registry};
//! Registry::builder().function("f", |cx, ()| { cx.run(Budget::unlimited()); Ok(()) });
//! ```
//! ```
//! use luka::{Budget, Registry};
//! Registry::builder().function("f", |cx, ()| { cx.charge(1); Ok(()) });
//! ```
//!
//! # Host functions capture no values of a machine
//! ```compile_fail
//! use luka::{Registry, Vm};
//! let vm = Vm::builder(&Registry::default()).build().unwrap();
//! let table = vm.table().unwrap();
//! Registry::builder().function("f", move |_, ()| { let _ = &table; Ok(()) });
//! ```
//! ```
//! use luka::{Registry, Vm};
//! let vm = Vm::builder(&Registry::default()).build().unwrap();
//! let number = vm.memory_used();
//! Registry::builder().function("f", move |_, ()| { let _ = &number; Ok(()) });
//! ```
//!
//! # A context does not outlive its call
//! ```compile_fail
//! use luka::{Arg, Cx, FromLua};
//! struct Kept(Arg<'static>);
//! impl FromLua for Kept {
//!     fn from_lua(value: Arg<'_>, _: &Cx) -> luka::Result<Kept> { Ok(Kept(value)) }
//! }
//! ```
//! ```
//! use luka::{Arg, Cx, FromLua, Value};
//! struct Kept(Value);
//! impl FromLua for Kept {
//!     fn from_lua(value: Arg<'_>, cx: &Cx) -> luka::Result<Kept> { Ok(Kept(value.value(cx)?)) }
//! }
//! ```
//!
//! # Contexts of two machines cannot be exchanged
//! ```compile_fail
//! use luka::Cx;
//! fn exchange<'a, 'b>(a: &mut Cx<'a>, b: &mut Cx<'b>) { std::mem::swap(a, b) }
//! ```
//! ```
//! use luka::Cx;
//! fn exchange<'a>(a: &mut Cx<'a>, b: &mut Cx<'a>) { std::mem::swap(a, b) }
//! ```
//!
//! # Borrowed bytes end when the machine runs
//! ```compile_fail
//! use luka::{Registry, Str, Vm};
//! let mut vm = Vm::builder(&Registry::default()).build().unwrap();
//! let s: Str = vm.eval("return 'x'", ()).unwrap();
//! let bytes = s.bytes(&vm).unwrap();
//! vm.eval::<_, ()>("collectgarbage()", ()).unwrap();
//! assert_eq!(bytes, b"x");
//! ```
//! ```
//! use luka::{Registry, Str, Vm};
//! let mut vm = Vm::builder(&Registry::default()).build().unwrap();
//! let s: Str = vm.eval("return 'x'", ()).unwrap();
//! vm.eval::<_, ()>("collectgarbage()", ()).unwrap();
//! let bytes = s.bytes(&vm).unwrap();
//! assert_eq!(bytes, b"x");
//! ```
//!
//! # Looking at values ends when the machine runs
//! ```compile_fail
//! use luka::{Registry, Value, Vm};
//! let mut vm = Vm::builder(&Registry::default()).build().unwrap();
//! let value: Value = vm.eval("return {}", ()).unwrap();
//! let look = value.look(&vm).unwrap();
//! vm.eval::<_, ()>("collectgarbage()", ()).unwrap();
//! assert!(look.is_table());
//! ```
//! ```
//! use luka::{Registry, Value, Vm};
//! let mut vm = Vm::builder(&Registry::default()).build().unwrap();
//! let value: Value = vm.eval("return {}", ()).unwrap();
//! vm.eval::<_, ()>("collectgarbage()", ()).unwrap();
//! let look = value.look(&vm).unwrap();
//! assert!(look.is_table());
//! ```
//!
//! # A machine is used by one thread at a time
//! ```compile_fail
//! use luka::{Registry, Vm};
//! let vm = Vm::builder(&Registry::default()).build().unwrap();
//! std::thread::scope(|s| { s.spawn(|| vm.memory_used()); });
//! ```
//! ```
//! use luka::{Registry, Vm};
//! let mut vm = Vm::builder(&Registry::default()).build().unwrap();
//! std::thread::scope(|s| { s.spawn(move || vm.memory_used()); });
//! ```
//!
//! # A context stays in its thread
//! ```compile_fail
//! use luka::Cx;
//! fn send(cx: &mut Cx) { std::thread::scope(|s| { s.spawn(|| cx.memory_used()); }); }
//! ```
//! ```
//! use luka::Cx;
//! fn send(cx: &mut Cx) { let n = cx.memory_used(); std::thread::scope(|s| { s.spawn(move || n); }); }
//! ```
//!
//! # Hosts move with their machine
//! ```compile_fail
//! use luka::{Registry, Vm, host::Host};
//! struct Mine(std::rc::Rc<()>);
//! impl Host for Mine {}
//! Vm::builder(&Registry::default()).host(Mine(Default::default()));
//! ```
//! ```
//! use luka::{Registry, Vm, host::Host};
//! struct Mine(std::sync::Arc<()>);
//! impl Host for Mine {}
//! Vm::builder(&Registry::default()).host(Mine(Default::default()));
//! ```
