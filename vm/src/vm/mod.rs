//! The machine: registers of the running coroutine, heap, registry, host.

pub mod closing;
pub mod coverage;
pub mod debugger;
pub mod exit;
pub mod handler;
pub(crate) mod hooks;
pub mod meter;
pub mod native;
pub mod observer;
pub mod profile;
#[cfg(luka_jit)]
pub(crate) mod tier;

use crate::config::Config;
use crate::heap::{Gc, heap::Heap};
use crate::host::{Host, Loader};
use crate::meta::Event;
use crate::object::fault::Raised;
use crate::object::native::Native;
use crate::object::string::Str;
use crate::object::thread::Thread;
use crate::table::Table;
use crate::value::{Type, Value};
use luka_bytecode::Instr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A virtual machine.
///
/// While a frame runs, `base` is its first register or argument and `top` the end of its values
/// (natives and multi-result windows). The slots `base[-2]` and `base[-1]` hold the function and
/// the frame link, see [`crate::stack`].
pub struct Vm {
    pub(crate) ip: *const Instr,
    pub(crate) base: *mut Value,
    pub(crate) top: *mut Value,
    /// End of the usable stack of the running thread.
    pub(crate) stack_end: *mut Value,
    pub(crate) thread: Gc<Thread>,
    pub(crate) main_thread: Gc<Thread>,
    /// All objects of the machine.
    pub heap: Heap,
    pub(crate) registry: Gc<Table>,
    pub(crate) globals: Gc<Table>,
    pub(crate) type_meta: [Option<Gc<Table>>; Type::COUNT],
    /// The interned names of the metamethods, by event.
    pub(crate) event_names: [Gc<Str>; Event::COUNT],
    pub(crate) host: Box<dyn Host + Send>,
    pub(crate) loader: Box<dyn Loader>,
    /// Set from anywhere to stop the program at the next check.
    pub(crate) interrupt: Arc<AtomicBool>,
    pub(crate) config: Config,
    /// Fuel left of the current slice, in bytes of instructions, while the machine's registers
    /// are in memory.
    pub(crate) fuel: isize,
    /// What has been used and granted.
    pub(crate) meter: meter::Meter,
    /// Handler table in use, and the one behind it: where handlers that look at every instruction
    /// first go on.
    pub(crate) tb: *const handler::Table,
    pub(crate) plain: *const handler::Table,
    /// What native code and the interpreter know of each other.
    #[cfg(luka_jit)]
    pub(crate) tier: tier::Tier,
    /// A hook is in force that calls, returns or lines concern.
    pub(crate) hooked: bool,
    pub(crate) hook_state: hooks::HookState,
    /// What [`Vm::profile_ops`] counts.
    pub(crate) profile: Option<profile::OpProfile>,
    /// What [`Vm::cover`] counts.
    pub(crate) coverage: Option<Box<coverage::Coverage>>,
    /// Who is shown every instruction ([`Vm::observe`]).
    pub(crate) observer: Option<Box<dyn observer::Observer>>,
    /// Who may stop the program, and where ([`Vm::attach`]).
    pub(crate) debugging: Option<Box<debugger::Debugging>>,
    /// The continuation of a native that paused ([`crate::Action::Pause`]) while the host looks.
    pub(crate) pending: Option<&'static Native>,
    pub(crate) exit: exit::Exit,
    /// A [`Vm::close`] that has paused.
    pub(crate) closing: Option<closing::Closing>,
    pub(crate) memory_message: Gc<Str>,
    pub(crate) in_handler_message: Gc<Str>,
    pub(crate) warn_state: WarnState,
    /// The error on its way up, unless it waits for a call (see [`crate::object::fault`]).
    pub(crate) raised: Option<Raised>,
    /// Whether the levels of coroutines are kept that are closed after an error.
    pub(crate) keeps_levels: bool,
    /// The message handler that errors for want of memory pass, too ([`Vm::handle_memory_errors`]).
    pub(crate) memory_handler: Option<&'static Native>,
    /// What the host's own natives keep beside the machine: programs cannot reach it, and it is
    /// no part of the machine's state.
    pub host_data: Option<Box<dyn std::any::Any>>,
}

/// State of the warning system (`warn`, `-W`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct WarnState {
    /// Warnings are written.
    pub on: bool,
    /// The last piece of the message was "to be continued".
    pub continuing: bool,
}

impl Vm {
    /// Something has changed that native code relies on: the handler that runs goes on in the
    /// interpreter.
    #[inline]
    pub(crate) fn forget_native_frames(&mut self) {
        #[cfg(luka_jit)]
        {
            self.tb = self.tier.table;
        }
    }
    /// The string a number converts to.
    pub fn number_to_str(&mut self, v: Value) -> Gc<Str> {
        self.heap.number_to_str(v)
    }
    /// The thread that is no coroutine.
    pub fn main_thread(&self) -> Gc<Thread> {
        self.main_thread
    }
    /// The table of global variables.
    pub fn globals(&self) -> Gc<Table> {
        self.globals
    }
    /// The registry: a table only natives and the host see.
    pub fn registry(&self) -> Gc<Table> {
        self.registry
    }
    /// The operating system, as the host has given it.
    pub fn host(&mut self) -> &mut dyn Host {
        &mut *self.host
    }
    /// Exchanges the operating system; the one it had.
    pub fn exchange_host(&mut self, host: Box<dyn Host + Send>) -> Box<dyn Host + Send> {
        std::mem::replace(&mut self.host, host)
    }
    /// Host and heap at once: for strings made of what the host has buffered.
    pub fn host_and_heap(&mut self) -> (&mut dyn Host, &mut Heap) {
        (&mut *self.host, &mut self.heap)
    }
    /// The compiler, as the host has given it.
    pub fn loader(&mut self) -> &mut dyn Loader {
        &mut *self.loader
    }
    /// The settings it was made with.
    pub fn config(&self) -> &Config {
        &self.config
    }
    /// Set this from another thread or a signal handler to stop the program.
    pub fn interrupt_flag(&self) -> Arc<AtomicBool> {
        self.interrupt.clone()
    }
    /// Uses this flag from now on to be stopped.
    pub fn set_interrupt_flag(&mut self, flag: Arc<AtomicBool>) {
        self.interrupt = flag;
    }
    /// The metatable of a value, if it has one.
    #[inline]
    pub fn metatable_of(&self, v: Value) -> Option<Gc<Table>> {
        if let Some(t) = v.as_table() {
            t.metatable()
        } else if let Some(u) = v.as_userdata() {
            u.metatable()
        } else {
            self.type_meta[v.type_of() as usize]
        }
    }
    /// The metamethod of a value for an event; nil if none.
    #[inline]
    pub fn metamethod(&self, v: Value, event: Event) -> Value {
        match self.metatable_of(v) {
            Some(mt) => mt.metamethod(event, self.event_names[event as usize]),
            None => Value::NIL,
        }
    }
    /// Metatable shared by all values of a basic type.
    pub fn type_metatable(&self, t: Type) -> Option<Gc<Table>> {
        self.type_meta[t as usize]
    }
    /// Sets or removes the metatable of all values of a basic type.
    pub fn set_type_metatable(&mut self, t: Type, mt: Option<Gc<Table>>) {
        self.type_meta[t as usize] = mt;
    }
    /// The interned name of an event: `__index`.
    pub fn event_name(&self, event: Event) -> Gc<Str> {
        self.event_names[event as usize]
    }
    /// The state of the warning system.
    pub fn warn_state(&mut self) -> &mut WarnState {
        &mut self.warn_state
    }
}
