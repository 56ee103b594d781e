//! Making a machine, loading modules into it.

use crate::config::{Config, Jit};
use crate::error::Raise;
use crate::function::proto::{ProtoParts, proto_size};
use crate::function::{ChunkInfo, LuaFn, ProtoObj};
use crate::heap::{Gc, heap::Heap, size};
use crate::host::{Host, Loader};
use crate::meta::Event;
use crate::object::thread::{FIRST_STACK, STACK_SLACK, Status};
use crate::stack::{FrameKind, HEADER, Link};
use crate::value::{Type, Value};
use crate::vm::{Vm, WarnState, exit::Exit, meter::Meter};
use luka_bytecode::{Constant, MAX_SHORT_STRING, Module, Verified};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

impl Vm {
    /// A machine with empty globals.
    ///
    /// # Errors
    /// [`Raise::Memory`] if the memory limit does not even allow for that.
    pub fn new(
        config: Config,
        host: Box<dyn Host + Send>,
        loader: Box<dyn Loader>,
    ) -> Result<Vm, Raise> {
        let mut heap = Heap::new(&config);
        let registry = heap.table();
        let globals = heap.table();
        let main = heap.new_thread();
        let stack = heap.alloc_stack(FIRST_STACK)?;
        let mut names = [heap.intern_fixed(b"__index"); Event::COUNT];
        for &e in Event::ALL {
            names[e as usize] = heap.intern_fixed(e.name().as_bytes());
        }
        let memory_message = heap.intern_fixed(b"not enough memory");
        let in_handler_message = heap.intern_fixed(b"error in error handling");
        // SAFETY: the thread is new; the stack has FIRST_STACK slots. The first frame is a
        // place holder until something runs.
        let (base, stack_end) = unsafe {
            let t = main.as_ptr();
            (*t).stack = stack;
            (*t).size = FIRST_STACK;
            (*t).status = Status::Running;
            let base = stack.add(HEADER);
            Link::new(FrameKind::Base, 0, 0, -1).write(base);
            (base, stack.add(FIRST_STACK - STACK_SLACK))
        };
        let mut vm = Vm {
            ip: std::ptr::null(),
            base,
            top: base,
            stack_end,
            thread: main,
            main_thread: main,
            heap,
            registry,
            globals,
            type_meta: [None; Type::COUNT],
            event_names: names,
            host,
            loader,
            interrupt: Arc::new(AtomicBool::new(false)),
            fuel: 0,
            meter: Meter::new(config.fuel),
            tb: std::ptr::null(),
            plain: std::ptr::null(),
            #[cfg(luka_jit)]
            tier: Default::default(),
            hooked: false,
            hook_state: Default::default(),
            profile: None,
            coverage: None,
            observer: None,
            debugging: None,
            exit: Exit::default(),
            closing: None,
            pending: None,
            memory_message,
            in_handler_message,
            config,
            warn_state: WarnState::default(),
            raised: None,
            keeps_levels: false,
            memory_handler: None,
            host_data: None,
        };
        vm.update_dispatch();
        if vm.config.jit != Jit::Off {
            vm.set_jit(vm.config.jit);
        }
        Ok(vm)
    }

    /// Loads a module: the closure of its main function, whose first upvalue (if it has any) is
    /// the table of globals, the others nil.
    pub fn instantiate(
        &mut self,
        module: Verified<Module>,
        source_text: Option<Rc<[u8]>>,
    ) -> Result<Gc<LuaFn>, Raise> {
        let Module { source_name, native, mut protos, .. } = module.into_inner();
        let sizes: Vec<usize> = protos.iter().map(proto_size).collect();
        let chunk = Rc::new(ChunkInfo::new(source_name, native, source_text));
        // All at once: one by one, small functions would pass any limit.
        let functions = sizes.iter().sum::<usize>() + sizes.len() * size::PROTO;
        self.heap.reserve(functions + chunk.nominal())?;
        // Children stand behind their parents: made from the back, each finds its children ready.
        let mut made: Vec<Option<Gc<ProtoObj>>> = vec![None; protos.len()];
        let most = protos.iter().map(|p| p.constants.len()).max().unwrap_or(0);
        let mut constants = Constants::with_capacity(most);
        let mut children = Vec::new();
        while let Some(p) = protos.pop() {
            let i = protos.len();
            children.clear();
            children.extend(p.protos.iter().filter_map(|&j| *made.get(j as usize)?));
            let parts = ProtoParts {
                code: &p.code,
                constants: constants.make(&mut self.heap, &p.constants)?,
                protos: &children,
                upvalues: &p.upvalues,
                debug: p.debug,
                chunk: chunk.clone(),
                line_defined: p.line_defined,
                last_line_defined: p.last_line_defined,
                max_stack: p.max_stack,
                nominal: sizes[i],
            };
            made[i] = Some(self.heap.new_proto(parts, p.num_params, p.is_vararg)?);
        }
        let Some(main) = made.first().copied().flatten() else {
            return Err(self.error_plain("empty module"));
        };
        if self.debugging.is_some() {
            made.iter().flatten().for_each(|proto| self.mark_function(*proto));
        }
        let n = main.data.upvalues.len();
        let f = self.heap.new_lua_fn(main, n);
        // Its functions may be longer than those known.
        self.plan();
        for i in 0..n {
            let v = if i == 0 { self.globals.into() } else { Value::NIL };
            let up = self.heap.new_upval_closed(v);
            f.set_upval(&mut self.heap, i, up);
        }
        Ok(f)
    }
}

/// Makes values of the constants of a chunk's functions.
struct Constants {
    /// Those of one function.
    values: Vec<Value>,
    /// Long strings are one object for the whole chunk, as PUC's are (short ones always are). In
    /// order, so that no choice of strings makes looking for one slow.
    long_strings: BTreeMap<(usize, &'static [u8]), Value>,
    /// Constants since the limit was last looked at: short strings are made without asking.
    unasked: usize,
}

/// After so many constants the limit is looked at.
const MANY: usize = 1024;

impl Constants {
    /// For functions with at most so many constants.
    fn with_capacity(most: usize) -> Constants {
        Constants { values: Vec::with_capacity(most), long_strings: BTreeMap::new(), unasked: 0 }
    }

    /// The values, until the next safepoint.
    #[inline(never)]
    fn make(&mut self, heap: &mut Heap, constants: &[Constant]) -> Result<&[Value], Raise> {
        self.values.clear();
        for some in constants.chunks(MANY) {
            for c in some {
                // Most are short strings.
                let value = if let Constant::Str(s) = c {
                    if s.len() <= MAX_SHORT_STRING {
                        heap.new_str(s)?.into()
                    } else {
                        long_string(heap, &mut self.long_strings, s)?
                    }
                } else {
                    other(c)
                };
                self.values.push(value);
            }
            self.unasked += some.len();
            if self.unasked >= MANY {
                self.unasked = 0;
                if heap.over_limit() {
                    return Err(Raise::Memory);
                }
            }
        }
        Ok(&self.values)
    }
}

/// The value of a constant that is no string.
#[inline(never)]
fn other(c: &Constant) -> Value {
    match c {
        Constant::Nil | Constant::Str(_) => Value::NIL,
        Constant::False => Value::FALSE,
        Constant::True => Value::TRUE,
        Constant::Int(n) => Value::int(*n),
        Constant::Float(f) => Value::float(*f),
    }
}

#[inline(never)]
fn long_string(
    heap: &mut Heap,
    known: &mut BTreeMap<(usize, &'static [u8]), Value>,
    bytes: &[u8],
) -> Result<Value, Raise> {
    if let Some(&s) = known.get(&(bytes.len(), bytes)) {
        return Ok(s);
    }
    let s = heap.new_str(bytes)?;
    known.insert((bytes.len(), s.bytes()), s.into());
    Ok(s.into())
}
