//! Replacing functions and tables of a machine while its frames stay as they are.

use super::link::HEADER;
use crate::function::LuaFn;
use crate::heap::{Gc, replace::Replacement};
use crate::object::thread::Thread;
use crate::value::tag;
use crate::vm::Vm;
use std::collections::HashSet;

impl Vm {
    /// All closures of functions written in the language. Collect first ([`Vm::gc_full`]), or
    /// garbage may be among them.
    pub fn closures(&self) -> Vec<Gc<LuaFn>> {
        let objects = self.heap.objects().into_iter();
        // SAFETY: live objects, whose kind says what they are.
        unsafe {
            let closures = objects.filter(|o| (**o).kind == tag::LUA_FN);
            closures.map(|o| Gc::from_ptr(o as *mut LuaFn)).collect()
        }
    }

    /// Puts functions and tables in the place of others, for all who refer to them: variables,
    /// tables, coroutines, the host's handles. Only what runs or is suspended goes on in the function
    /// it was called as. Call this while nothing runs.
    pub fn replace(&mut self, list: &[Replacement]) {
        self.save_registers();
        let map = self.heap.replacements(list);
        let objects = self.heap.objects();
        // SAFETY: live objects, whose kind says what they are; references to none are held.
        unsafe {
            let threads = objects.iter().filter(|o| (***o).kind == tag::THREAD);
            let running: HashSet<usize> = threads
                .flat_map(|o| self.function_slots(Gc::from_ptr(*o as *mut Thread)))
                .collect();
            for o in objects {
                self.heap.replace_in(o, &map, &running);
            }
        }
        self.heap.replace_roots(&map);
    }

    /// Addresses of the slots that hold the functions of a thread's frames.
    fn function_slots(&self, thread: Gc<Thread>) -> Vec<usize> {
        let frames = self.frames(thread);
        frames.map(|frame| thread.stack.wrapping_add(frame.base - HEADER) as usize).collect()
    }
}
