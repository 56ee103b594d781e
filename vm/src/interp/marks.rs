//! Stopping for a debugger: before marked instructions, and where errors are raised
//! ([`crate::vm::debugger`]).

use super::call::Next;
use super::dispatch::{Handler, Table, handlers, tail};
use super::frame::HEADER;
use super::natives::WRAPPED;
use super::unwind::Catch;
use crate::error::Raise;
use crate::heap::{Gc, size};
use crate::object::function::ProtoObj;
use crate::object::native::Native;
use crate::object::proto::{NATIVE, ProtoData};
use crate::object::thread::Thread;
use crate::value::{Value, tag};
use crate::vm::debugger::{Caught, Debugger, Debugging, Stop};
use crate::vm::{Vm, exit};

/// A debugger that stops nothing.
struct Nobody;

impl Debugger for Nobody {
    fn marks(&mut self, _: &ProtoData) -> Vec<usize> {
        Vec::new()
    }
    fn reached(&mut self, _: &Vm) -> bool {
        false
    }
    fn raised(&mut self, _: &Vm, _: Value, _: Caught) -> bool {
        false
    }
}

impl Vm {
    /// Has a debugger asked where the program stops from now on.
    pub fn attach(&mut self, debugger: Box<dyn Debugger>) {
        self.debugging = Some(Box::new(Debugging {
            debugger,
            everywhere: false,
            table: Box::new(Table([op_marked; 256])),
            under: std::ptr::null(),
            asked: (0, -1),
            raise: None,
            stop: Stop::Mark,
        }));
        self.update_marks(false);
    }

    /// Lets go of the debugger, unless the machine has stopped at an error, which the debugger is to hand
    /// on first. Nothing is left of the marks. Whether that was done.
    pub fn detach(&mut self) -> bool {
        let Some(debugging) = &mut self.debugging else { return true };
        if debugging.raise.is_some() {
            return false;
        }
        debugging.debugger = Box::new(Nobody);
        self.update_marks(false);
        self.debugging = None;
        self.update_dispatch();
        true
    }

    /// Marks the instructions anew that the debugger names, in all functions, or all instructions.
    /// What it was asked about before is asked again. What was compiled to native code is given up.
    pub fn update_marks(&mut self, everywhere: bool) {
        if let Some(debugging) = &mut self.debugging {
            debugging.everywhere = everywhere;
        }
        // (That native code begins at an instruction is the same bit.)
        self.begin_compiler_again();
        let Some(mut debugging) = self.debugging.take() else { return };
        debugging.asked = (0, -1);
        // SAFETY: nothing is made or freed; all prototypes of the heap have their code.
        unsafe {
            let debugger = &mut *debugging.debugger;
            self.heap.each_of(tag::PROTO, size::PROTO, |o| mark(o as *mut ProtoObj, debugger));
        }
        self.debugging = Some(debugging);
        self.update_dispatch();
    }

    /// A function was loaded: its instructions are marked.
    pub(crate) fn mark_function(&mut self, proto: Gc<ProtoObj>) {
        if let Some(debugging) = &mut self.debugging {
            // SAFETY: a live prototype.
            unsafe { mark(proto.as_ptr(), &mut *debugging.debugger) }
        }
    }

    /// Another heap has taken the place of this one.
    pub(crate) fn marks_are_gone(&mut self) {
        let Some(debugging) = &mut self.debugging else { return };
        debugging.raise = None;
        let everywhere = debugging.everywhere;
        self.update_marks(everywhere);
    }

    /// The table to be used in the place of another one: with the marks, if there is a debugger.
    pub(super) fn marked(&mut self, under: *const Table) -> *const Table {
        let Some(debugging) = &mut self.debugging else { return under };
        debugging.under = under;
        // SAFETY: tables are static.
        let handlers = unsafe { &(*under).0 };
        let marked = if debugging.everywhere { 0 } else { NATIVE as usize };
        debugging.table.0[..marked].copy_from_slice(&handlers[..marked]);
        debugging.table.0[marked..].fill(op_marked);
        &raw const *debugging.table
    }

    /// Before the marked instruction at `vm.ip`: whether the machine stops.
    fn stops_at_mark(&mut self) -> bool {
        let here = (self.ip as usize, self.total());
        let Some(mut debugging) = self.debugging.take() else { return false };
        // Asked once, however often the machine is left and entered here.
        let stops = debugging.asked != here && debugging.debugger.reached(self);
        debugging.asked = here;
        if stops {
            debugging.stop = Stop::Mark;
            self.settle_top();
        }
        self.debugging = Some(debugging);
        stops
    }

    /// Whether the machine stops where this error is raised.
    #[cold]
    pub(super) fn stops_at_error(&mut self, raise: &Raise) -> bool {
        let error = match raise {
            Raise::Error(value) => *value,
            Raise::Memory => self.memory_message.into(),
            Raise::InHandler => self.in_handler_message.into(),
            Raise::Exit { .. } => return false,
        };
        // SAFETY: `base` is the running frame's.
        let caught = unsafe { self.catcher(self.thread, self.base) };
        let Some(mut debugging) = self.debugging.take() else { return false };
        let stops = debugging.debugger.raised(self, error, caught);
        if stops {
            debugging.stop = Stop::Error;
            debugging.raise = Some(*raise);
        }
        self.debugging = Some(debugging);
        stops
    }

    /// Goes on with the error at which the machine has stopped.
    pub(crate) fn raise_again(&mut self) -> Option<Next> {
        let raise = self.debugging.as_mut()?.raise.take()?;
        Some(self.throw_on(raise))
    }

    /// The error at which the machine has stopped is given up.
    pub(crate) fn forget_stop(&mut self) {
        if let Some(debugging) = &mut self.debugging {
            debugging.raise = None;
        }
    }

    /// Who catches an error raised in a frame of a coroutine.
    ///
    /// # Safety
    /// It is one.
    unsafe fn catcher(&self, thread: Gc<Thread>, base: *mut Value) -> Caught {
        match self.find_catch(base, None) {
            // SAFETY: the base of the frame that catches.
            Catch::Protected { base, .. } => match unsafe { *base.sub(HEADER) }.as_native() {
                // The functions that a host calls a program with catch what nobody else does.
                Some(native) if is_hosts(native.def) => Caught::Nobody,
                _ => Caught::Program,
            },
            Catch::Finalizer { .. } => Caught::Finalizer,
            Catch::Thread => self.catcher_of_thread(thread),
        }
    }

    /// Who catches the error that ends a coroutine.
    fn catcher_of_thread(&self, thread: Gc<Thread>) -> Caught {
        let Some(resumer) = thread.resumer() else { return Caught::Nobody };
        let Some(top) = self.frames(resumer).next() else { return Caught::Nobody };
        match top.func.as_native() {
            // SAFETY: the running frame of a coroutine that waits for another one.
            Some(native) if std::ptr::eq(native.def, &WRAPPED) => unsafe {
                self.catcher(resumer, resumer.stack.add(top.base))
            },
            Some(native) if is_hosts(native.def) => Caught::Nobody,
            _ => Caught::Program,
        }
    }
}

/// Whether a native is one with which hosts call programs.
fn is_hosts(native: &Native) -> bool {
    native.name.starts_with("host.")
}

/// Sets the marks of a function as the debugger asks for.
///
/// # Safety
/// The prototype is live.
unsafe fn mark(proto: *mut ProtoObj, debugger: &mut dyn Debugger) {
    // SAFETY: the caller; the code is the prototype's own, and read by nobody meanwhile.
    unsafe {
        let data = &*(*proto).data;
        let marks = debugger.marks(data);
        let (code, length) = ((*proto).code, data.code.len());
        for pc in 0..length {
            (*code.add(pc)).op &= !NATIVE;
        }
        for pc in marks.into_iter().filter(|&pc| pc < length) {
            (*code.add(pc)).op |= NATIVE;
        }
    }
}

handlers! {
    /// A marked instruction.
    #[cold]
    #[inline(never)]
    fn op_marked(m) {
        #[cfg(luka_jit)]
        if let Some(at) = super::native::entry(m.vm, m.ip, m.base) {
            let handler = match &(*m.vm).debugging {
                Some(debugging) if (*m.vm).enters_native(debugging.under) => at,
                Some(debugging) => Table::interpreted(debugging.under, m.ip),
                None => at,
            };
            tail!(m, handler)
        }
        m.save();
        if (*m.vm).stops_at_mark() {
            return exit::STOPPED;
        }
        let under = match &(*m.vm).debugging {
            Some(debugging) => debugging.under,
            None => (*m.vm).plain,
        };
        let handler: Handler = Table::interpreted(under, m.ip);
        tail!(m, handler)
    }
}
