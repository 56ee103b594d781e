//! Making a machine, loading modules into it.

use super::{Vm, WarnState};
use crate::config::Config;
use crate::error::Raise;
use crate::function::{ChunkInfo, LuaFn, ProtoData, ProtoObj};
use crate::heap::{Gc, heap::Heap};
use crate::host::{Host, Loader};
use crate::interp::frame::{FrameKind, HEADER, Link, SLOT};
use crate::meta::Event;
use crate::thread::{FIRST_STACK, STACK_SLACK, Status};
use crate::value::{Type, Value};
use luka_bytecode::{Bytes, Constant, Module, Verified};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

impl Vm {
    /// A machine with empty globals.
    ///
    /// # Errors
    /// [`Raise::Memory`] if the memory limit does not even allow for that.
    pub fn new(config: Config, host: Box<dyn Host>, loader: Box<dyn Loader>) -> Result<Vm, Raise> {
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
            budget: config.fuel.map(|n| n.min(i64::MAX as u64) as i64),
            tb: std::ptr::null(),
            hooked: false,
            profile: None,
            observer: None,
            k: std::ptr::null(),
            exit: super::run::Exit::default(),
            closing: None,
            pending: None,
            memory_message,
            in_handler_message,
            config,
            warn_state: WarnState::default(),
            failures: None,
            aside: None,
        };
        vm.update_dispatch();
        Ok(vm)
    }

    /// Loads a module: the closure of its main function, whose first upvalue (if it has any) is
    /// the table of globals, the others nil.
    pub fn instantiate(
        &mut self,
        module: Verified<Module>,
        source_text: Option<Rc<[u8]>>,
    ) -> Result<Gc<LuaFn>, Raise> {
        let module = module.into_inner();
        // All at once: one by one, small functions would pass any limit.
        self.heap.reserve(module.protos.iter().map(crate::heap::objects::linked_size).sum())?;
        let chunk = Rc::new(ChunkInfo {
            source_name: module.source_name,
            native: module.native,
            source_text,
        });
        // Children stand behind their parents: made from the back, each finds its children ready.
        let mut made: Vec<Option<Gc<ProtoObj>>> = vec![None; module.protos.len()];
        // Long strings are one object for the whole chunk, as PUC's are (short ones always are).
        let mut long_strings: HashMap<Bytes, Value> = HashMap::new();
        for (i, p) in module.protos.into_iter().enumerate().rev() {
            let mut code = p.code.into_boxed_slice();
            crate::interp::link::link(&mut code);
            let mut constants = Vec::with_capacity(p.constants.len());
            for c in p.constants {
                constants.push(match c {
                    Constant::Nil => Value::NIL,
                    Constant::False => Value::FALSE,
                    Constant::True => Value::TRUE,
                    Constant::Int(n) => Value::int(n),
                    Constant::Float(f) => Value::float(f),
                    Constant::Str(s) if s.len() <= luka_bytecode::MAX_SHORT_STRING => {
                        self.heap.new_str(&s)?.into()
                    }
                    Constant::Str(s) => match long_strings.get(&s) {
                        Some(&known) => known,
                        None => {
                            let new = self.heap.new_str(&s)?.into();
                            long_strings.insert(s, new);
                            new
                        }
                    },
                });
            }
            let protos =
                p.protos.iter().filter_map(|&j| made.get(j as usize).copied().flatten()).collect();
            let data = ProtoData {
                code,
                constants: constants.into(),
                protos,
                upvalues: p.upvalues.into_boxed_slice(),
                debug: p.debug,
                chunk: chunk.clone(),
                line_defined: p.line_defined,
                last_line_defined: p.last_line_defined,
                max_stack: p.max_stack,
            };
            let frame_bytes = p.max_stack as u32 * SLOT as u32;
            made[i] = Some(self.heap.new_proto(data, frame_bytes, p.num_params, p.is_vararg));
        }
        let Some(main) = made.first().copied().flatten() else {
            return Err(self.error_plain("empty module"));
        };
        let n = main.data.upvalues.len();
        let f = self.heap.new_lua_fn(main, n);
        for i in 0..n {
            let v = if i == 0 { self.globals.into() } else { Value::NIL };
            let up = self.heap.new_upval_closed(v);
            f.set_upval(&mut self.heap, i, up);
        }
        Ok(f)
    }
}
