//! The machine's own data, and the machine of all that was read.

use super::Reader;
use crate::config::{Config, Jit};
use crate::heap::heap::Heap;
use crate::heap::{Gc, Header};
use crate::host::{Host, Loader};
use crate::meta::Event;
use crate::object::fault::Raised;
use crate::object::native::Native;
use crate::object::string::Str;
use crate::object::table::Table;
use crate::object::thread::{STACK_SLACK, Thread};
use crate::snapshot::bytes::{Input, Result};
use crate::value::{Type, tag};
use crate::vm::closing::{Closing, Method};
use crate::vm::exit::Exit;
use crate::vm::hooks::HookState;
use crate::vm::meter::{Meter, NEVER};
use crate::vm::{Vm, WarnState};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Totals of fuel are below this.
const MOST_FUEL: u64 = 1 << 62;

/// What the host had granted.
pub(super) struct Limits {
    granted: Option<i64>,
    pub(super) memory: Option<u64>,
}

impl Limits {
    pub(super) fn read(mut input: Input) -> Result<Limits> {
        let mut numbers = [None; 2];
        for number in &mut numbers {
            let (some, n) = (input.bool()?, input.u64()?);
            *number = some.then_some(n);
        }
        let [granted, memory] = numbers;
        input.finish()?;
        Ok(Limits { granted: granted.map(|n| n.min(i64::MAX as u64) as i64), memory })
    }
}

/// All that a machine is made of, but for its host.
pub(crate) struct Parts {
    heap: Heap,
    thread: Gc<Thread>,
    main_thread: Gc<Thread>,
    registry: Gc<Table>,
    globals: Gc<Table>,
    type_meta: [Option<Gc<Table>>; Type::COUNT],
    event_names: [Gc<Str>; Event::COUNT],
    memory_message: Gc<Str>,
    in_handler_message: Gc<Str>,
    config: Config,
    total: i64,
    next_collection: i64,
    granted: Option<i64>,
    pending: Option<&'static Native>,
    closing: Option<Closing>,
    warn_state: WarnState,
    keeps_levels: bool,
    raised: Option<Raised>,
}

impl Reader<'_> {
    /// # Safety
    /// The heap has been read.
    pub(super) unsafe fn machine(
        mut self,
        mut input: Input,
        limits: Limits,
        config: Config,
    ) -> Result<Parts> {
        let input_ = &mut input;
        let (thread, main_thread) = (self.thread_of(input_)?, self.thread_of(input_)?);
        for t in [thread, main_thread] {
            if t.stack.is_null() || t.base.is_null() {
                return Err(input.invalid("the running or main coroutine has no stack"));
            }
        }
        let input_ = &mut input;
        let table = |o: *mut Header| {
            // SAFETY: a table of the heap, or null.
            unsafe { Gc::from_nullable(o as *mut Table) }
        };
        let (registry, globals) =
            (self.object(input_, tag::TABLE)?, self.object(input_, tag::TABLE)?);
        let mut type_meta = [None; Type::COUNT];
        for meta in &mut type_meta {
            *meta = table(self.optional(input_, tag::TABLE)?);
        }
        // SAFETY: strings are in the table.
        let (event_names, memory_message, in_handler_message) = unsafe {
            let mut names = [self.heap.mode_name; Event::COUNT];
            for &e in Event::ALL {
                names[e as usize] = self.fixed_string(input_, e.name().as_bytes())?;
            }
            (
                names,
                self.fixed_string(input_, b"not enough memory")?,
                self.fixed_string(input_, b"error in error handling")?,
            )
        };
        let total = self.fuel(input_)?;
        let next_collection = self.fuel(input_)?;
        let pending = self.continuation(input_)?;
        let flags = input.u8()?;
        if flags > 7 {
            return Err(input.invalid(format!("{flags} are no flags of a machine")));
        }
        let warn_state = WarnState { on: flags & 1 != 0, continuing: flags & 2 != 0 };
        let closing = self.closing(&mut input)?;
        let raised = if input.bool()? { Some(self.raised(&mut input)?) } else { None };
        input.finish()?;
        self.heap.limit =
            config.memory_limit.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
        let config =
            Config { hash_seed: self.heap.strings.seed, gc_stress: self.heap.stress, ..config };
        // SAFETY: both are objects of the heap.
        let (registry, globals) =
            unsafe { (Gc::from_ptr(registry as *mut Table), Gc::from_ptr(globals as *mut Table)) };
        Ok(Parts {
            heap: self.heap,
            thread,
            main_thread,
            registry,
            globals,
            type_meta,
            event_names,
            memory_message,
            in_handler_message,
            config,
            total,
            next_collection,
            granted: limits.granted,
            pending,
            closing,
            warn_state,
            keeps_levels: flags & 4 != 0,
            raised,
        })
    }

    fn fuel(&self, input: &mut Input) -> Result<i64> {
        let n = input.u64()?;
        if n >= MOST_FUEL {
            return Err(input.invalid(format!("{n} is no total of fuel")));
        }
        Ok(n as i64)
    }

    fn closing(&self, input: &mut Input) -> Result<Option<Closing>> {
        let paused = match input.u8()? {
            0 => return Ok(None),
            1 => None,
            2 => Some(Method::Close),
            3 => Some(Method::Finalizer),
            n => return Err(input.invalid(format!("{n} is no state of closing"))),
        };
        let pending = input.size(self.heap.pinned.len() + 1)?;
        if pending + usize::from(paused.is_some()) > self.heap.pinned.len() {
            return Err(input.invalid("more values wait to be closed than are kept"));
        }
        let (some, hooks) = (input.bool()?, input.u64()? as i64);
        if !matches!(hooks, 0 | 1) {
            return Err(input.invalid(format!("{hooks} is no state of hooks")));
        }
        Ok(Some(Closing { pending, paused, hooks: some.then_some(hooks) }))
    }
}

impl Parts {
    /// The machine, which is not proved yet.
    pub(crate) fn into_machine(self, host: Box<dyn Host + Send>, loader: Box<dyn Loader>) -> Vm {
        let t = self.thread;
        // SAFETY: the running thread has a stack of at least the slack.
        let stack_end = unsafe { t.stack.add(t.size - STACK_SLACK) };
        let mut vm = Vm {
            ip: t.ip,
            base: t.base,
            top: t.top,
            stack_end,
            thread: t,
            main_thread: self.main_thread,
            heap: self.heap,
            registry: self.registry,
            globals: self.globals,
            type_meta: self.type_meta,
            event_names: self.event_names,
            host,
            loader,
            interrupt: Arc::new(AtomicBool::new(false)),
            fuel: 0,
            meter: Meter {
                slice_end: self.total,
                granted: self.granted,
                next_collection: self.next_collection,
                count_event: NEVER,
                exact: false,
                leaves_at_pauses: false,
            },
            tb: std::ptr::null(),
            plain: std::ptr::null(),
            #[cfg(luka_jit)]
            tier: Default::default(),
            hooked: false,
            hook_state: HookState::default(),
            profile: None,
            coverage: None,
            observer: None,
            debugging: None,
            exit: Exit::default(),
            closing: self.closing,
            pending: self.pending,
            memory_message: self.memory_message,
            in_handler_message: self.in_handler_message,
            config: self.config,
            warn_state: self.warn_state,
            raised: self.raised,
            keeps_levels: self.keeps_levels,
            memory_handler: None,
            host_data: None,
        };
        vm.begin_again();
        vm
    }
}

impl Vm {
    /// Takes the state that was read in the place of its own.
    pub(crate) fn become_parts(&mut self, parts: Parts) {
        // What was compiled belongs to the heap that goes.
        let jit = self.config.jit;
        self.set_jit(Jit::Off);
        let (limit, granted) = (self.heap.limit, self.fuel_left());
        let timed = self.heap.stats.timed;
        let t = parts.thread;
        // SAFETY: the running thread has a stack of at least the slack.
        self.stack_end = unsafe { t.stack.add(t.size - STACK_SLACK) };
        (self.ip, self.base, self.top) = (t.ip, t.base, t.top);
        (self.thread, self.main_thread) = (t, parts.main_thread);
        let came_back = self.heap.blocks.pages.came_back;
        self.heap = parts.heap;
        // Whoever knows where a block of the other heap was finds that it is not there.
        self.heap.blocks.pages.came_back = came_back.wrapping_add(1);
        self.heap.limit = limit;
        self.heap.stats.timed = timed;
        (self.registry, self.globals) = (parts.registry, parts.globals);
        self.type_meta = parts.type_meta;
        self.event_names = parts.event_names;
        self.memory_message = parts.memory_message;
        self.in_handler_message = parts.in_handler_message;
        self.config.hash_seed = parts.config.hash_seed;
        self.config.gc_stress = parts.config.gc_stress;
        self.fuel = 0;
        self.meter.slice_end = parts.total;
        // What the state owes it still owes; what is owed for work that is undone now, nobody does.
        let owed = parts.granted.map_or(0, |end| parts.total.saturating_sub(end).max(0));
        let paid = parts.total.saturating_sub(owed);
        self.meter.granted = granted.map(|left| paid.saturating_add(left.max(0)));
        self.meter.next_collection = parts.next_collection;
        self.pending = parts.pending;
        self.closing = parts.closing;
        self.warn_state = parts.warn_state;
        self.raised = parts.raised;
        self.keeps_levels = parts.keeps_levels;
        self.exit = Exit::default();
        self.begin_again();
        self.set_jit(jit);
        self.marks_are_gone();
    }

    /// Chooses what follows from the state.
    fn begin_again(&mut self) {
        self.hooked = false;
        self.hook_state = HookState::default();
        self.meter.count_event = NEVER;
        self.update_dispatch();
        self.plan();
        self.apply_hook();
    }
}
