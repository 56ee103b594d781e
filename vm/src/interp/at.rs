//! The running function as an [`Observer`](super::observe::Observer) sees it, at one instruction:
//! plain registers, constants and upvalues, and the parts of a machine that are no instruction's
//! business (objects, raw access to tables, texts of errors).

use super::frame::{FrameKind, FrameView, HEADER, SLOT};
use crate::debug::fault::{FaultKind, Operand};
use crate::error::Raise;
use crate::function::link::unlink;
use crate::function::{LuaFn, ProtoData, Upval};
use crate::heap::Gc;
use crate::table::Table;
use crate::value::{Value, tag};
use crate::vm::Vm;
pub use crate::vm::observer::At;
use luka_bytecode::Instr;

/// A frame, as long as it lives; later another may have the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FrameId {
    thread: usize,
    base: usize,
}

impl FrameId {
    /// Whether this frame stands above another of the same coroutine.
    pub fn is_above(self, other: FrameId) -> bool {
        self.thread == other.thread && self.base > other.base
    }

    /// The frame of a function called in the window at this register.
    pub fn window(self, register: usize) -> FrameId {
        FrameId { base: self.base + register + HEADER, ..self }
    }

    /// What tells the frame's coroutine from others that live.
    pub fn coroutine(self) -> usize {
        self.thread
    }
}

impl<'a> At<'a> {
    /// `vm` is at an instruction of a Lua function.
    pub(super) fn new(vm: &'a mut Vm) -> At<'a> {
        At { vm }
    }

    /// The machine; what it holds is not to be changed but through this view.
    pub fn vm(&self) -> &Vm {
        self.vm
    }

    // ------------------------------------------------------------------ code

    /// The instruction, with plain indices.
    pub fn instr(&self) -> Instr {
        let mut one = [self.vm.instr()];
        unlink(&mut one);
        one[0]
    }

    /// The index of the instruction.
    pub fn pc(&self) -> usize {
        (self.vm.ip as usize - self.function().code as usize) / size_of::<Instr>()
    }

    /// The running function.
    pub fn function(&self) -> Gc<LuaFn> {
        self.vm.lua_fn()
    }

    /// The running function's prototype.
    pub fn proto(&self) -> &ProtoData {
        // SAFETY: a running function's prototype is live.
        unsafe { &(*self.vm.lua_fn().proto).data }
    }

    /// Number of parameters, variable ones aside.
    pub fn num_params(&self) -> usize {
        self.function().proto().num_params as usize
    }

    /// A constant of the running function.
    pub fn constant(&self, index: usize) -> Value {
        self.proto().constants[index]
    }

    /// What tells this frame from others.
    pub fn frame(&self) -> FrameId {
        FrameId { thread: self.vm.thread.as_ptr() as usize, base: self.vm.base_slot() / SLOT }
    }

    /// The place of the running frame's first argument, before a vararg function moves: what
    /// [`FrameId::window`] says of the caller's window.
    pub fn start(&self) -> FrameId {
        let mut id = self.frame();
        if self.function().proto().is_vararg {
            let kept = self.frame_view().map_or(0, |f| f.n_varargs);
            id.base -= HEADER + kept + self.num_params();
        }
        id
    }

    /// The frame of the Lua function that has called the running one, and the instruction that
    /// has.
    pub fn caller(&self) -> Option<(FrameId, usize)> {
        let view = self.vm.frames(self.vm.thread).nth(1)?;
        let thread = self.vm.thread.as_ptr() as usize;
        Some((FrameId { thread, base: view.base }, view.pc?))
    }

    /// Another instruction of the running function.
    pub fn instr_at(&self, pc: usize) -> Instr {
        let mut one = [self.proto().code[pc]];
        unlink(&mut one);
        one[0]
    }

    /// How the running function was called, and its variable arguments' number among others.
    pub fn frame_view(&self) -> Option<FrameView> {
        self.vm.frames(self.vm.thread).next()
    }

    /// Whether the running function was called between two instructions of another (by a hook or
    /// as a finalizer), or from a native.
    pub fn kind(&self) -> FrameKind {
        self.frame_view().map_or(FrameKind::Base, |f| f.kind)
    }

    // ------------------------------------------------------------------ registers

    /// Registers of the frame.
    pub fn registers(&self) -> usize {
        self.proto().max_stack as usize
    }

    /// Index of the first register behind the values that the instruction before has left, if it
    /// has left an unknown number.
    pub fn top(&self) -> usize {
        // SAFETY: both lie on the running stack.
        unsafe { self.vm.top.offset_from(self.vm.base) }.max(0) as usize
    }

    /// A register, or a value below the top. Links read as nil.
    pub fn register(&self, index: usize) -> Value {
        assert!(index < self.registers().max(self.top()), "no such register");
        // SAFETY: the index lies in the frame or below the top.
        let v = unsafe { *self.vm.base.add(index) };
        if v.tag() == tag::FRAME { Value::NIL } else { v }
    }

    /// Writes a register.
    pub fn set_register(&mut self, index: usize, v: Value) {
        assert!(index < self.registers(), "no such register");
        // SAFETY: the index lies in the frame.
        unsafe { *self.vm.base.add(index) = v }
    }

    /// Puts values into registers from `first` on, possibly beyond the frame, and the top behind
    /// the last.
    ///
    /// # Errors
    /// "stack overflow".
    pub fn set_open(&mut self, first: usize, values: &[Value]) -> Result<(), Raise> {
        assert!(first < self.registers(), "no such register");
        // SAFETY: `first` lies in the frame; room for the values is made before they are written.
        unsafe {
            let at = self.vm.reserve(self.vm.base.add(first), values.len() + 1)?;
            for (i, v) in values.iter().enumerate() {
                *at.add(i) = *v;
            }
            self.vm.top = at.add(values.len());
        }
        Ok(())
    }

    /// The arguments beyond the parameters.
    pub fn varargs(&self) -> Vec<Value> {
        let Some(frame) = self.frame_view() else { return Vec::new() };
        let first = frame.base - HEADER - frame.n_varargs;
        (first..first + frame.n_varargs)
            .map(|slot| self.vm.stack_slot(self.vm.thread, slot))
            .collect()
    }

    // ------------------------------------------------------------------ upvalues and closures

    /// The value of an upvalue of the running function.
    pub fn upvalue(&self, index: usize) -> Value {
        self.function().upvalue(index).unwrap_or(Value::NIL)
    }

    /// Writes an upvalue of the running function.
    pub fn set_upvalue(&mut self, index: usize, v: Value) {
        self.function().set_upvalue(&mut self.vm.heap, index, v);
    }

    /// The cell of an upvalue of the running function.
    pub fn upvalue_cell(&self, index: usize) -> Option<Gc<Upval>> {
        self.function().upval(index)
    }

    /// The cell of a register of the running frame.
    pub fn register_cell(&mut self, index: usize) -> Gc<Upval> {
        assert!(index < self.registers(), "no such register");
        // SAFETY: the index lies in the frame; the cell is live.
        unsafe {
            let slot = self.vm.base.add(index);
            Gc::from_ptr(self.vm.find_upvalue(slot))
        }
    }

    /// A function of an inner prototype, without upvalues yet.
    pub fn new_function(&mut self, inner: usize) -> Gc<LuaFn> {
        let proto = self.proto().protos[inner];
        self.vm.heap.new_lua_fn(proto, proto.data.upvalues.len())
    }

    /// Gives a new function an upvalue.
    pub fn set_cell(&mut self, function: Gc<LuaFn>, index: usize, cell: Gc<Upval>) {
        function.set_upval(&mut self.vm.heap, index, cell);
    }

    /// Takes the open cells of registers at `level` and above out of the frame.
    pub fn close_upvalues(&mut self, level: usize) {
        assert!(level < self.registers(), "no such register");
        // SAFETY: the level is a register.
        unsafe { self.vm.close_upvalues(self.vm.base.add(level)) };
    }

    // ------------------------------------------------------------------ variables to be closed

    /// Puts a register on the list of variables to be closed.
    pub fn mark_to_be_closed(&mut self, index: usize) {
        assert!(index < self.registers(), "no such register");
        let slot = self.vm.base_slot() / SLOT + index;
        self.vm.thread_mut().tbc.push(slot as u32);
    }

    /// Whether a variable at `level` or above waits to be closed.
    pub fn has_pending(&self, level: usize) -> bool {
        let slot = (self.vm.base_slot() / SLOT + level) as u32;
        self.vm.thread.tbc.last().is_some_and(|last| *last >= slot)
    }

    // ------------------------------------------------------------------ tables and strings

    /// The table that a NEWTABLE makes, with the room it asks for.
    ///
    /// # Errors
    /// Memory.
    pub fn new_table(&mut self) -> Result<Gc<Table>, Raise> {
        let i = self.vm.instr();
        match i.n {
            0 => self.vm.heap.new_table(i.c as usize, i.b as usize),
            // SAFETY: linking has made the class of a NEWTABLE from its counts.
            class => Ok(unsafe { self.vm.heap.table_of_class(class, i.c, i.b) }),
        }
    }

    /// Raw assignment.
    ///
    /// # Errors
    /// "table index is nil", "table index is NaN", memory.
    pub fn raw_set(&mut self, t: Gc<Table>, key: Value, v: Value) -> Result<(), Raise> {
        self.vm.raw_set(t, key, v)
    }

    /// A list into a table: `count` values from register `from` on to the keys after `first`. (Its
    /// array part grows once, to what the list needs: which border `#` finds in a list with holes
    /// depends on that.)
    ///
    /// # Errors
    /// Memory.
    pub fn set_list(
        &mut self,
        t: Gc<Table>,
        first: usize,
        from: usize,
        count: usize,
    ) -> Result<(), Raise> {
        assert!(from + count <= self.registers().max(self.top()), "no such registers");
        if first > t.asize as usize {
            for i in 0..count {
                let v = self.register(from + i);
                self.vm.raw_set(t, Value::int((first + i) as i64 + 1), v)?;
            }
            return Ok(());
        }
        // SAFETY: the values are registers or lie below the top; all slots of an array part in the
        // table's cell are written at once.
        let done = unsafe {
            let values = self.vm.base.add(from);
            if t.asize == 0 && first == 0 && count != 0 && Table::has_room(t.as_ptr(), count) {
                Table::use_room(t.as_ptr(), count);
            }
            t.set_list(&mut self.vm.heap, first, values, count)
        };
        done.map_err(|_| Raise::Memory)
    }

    /// The string that the strings and numbers in `count` registers make together; its fuel is
    /// charged.
    ///
    /// # Errors
    /// "string length overflow", memory.
    pub fn join(&mut self, first: usize, count: usize) -> Result<Value, Raise> {
        assert!(count > 0 && first + count <= self.registers(), "no such registers");
        // SAFETY: they are registers.
        unsafe {
            let slot = self.vm.base.add(first);
            self.vm.join_piece(slot, count)
        }
    }

    // ------------------------------------------------------------------ errors

    /// The error with this text, the place in front.
    pub fn error(&mut self, text: &'static str) -> Raise {
        self.vm.runtime_error(text)
    }

    /// The error of this kind: its operands with their places, and the number of the one to blame.
    pub fn fault(
        &mut self,
        kind: FaultKind,
        operands: &[(Value, Operand)],
        blamed: usize,
    ) -> Raise {
        self.vm.raise(kind, operands, blamed)
    }

    /// "variable 'x' got a non-closable value".
    pub fn not_closable_error(&mut self, register: usize) -> Raise {
        let v = self.register(register);
        self.vm.raise_not_closable(v, register as u16)
    }

    /// A number that says which object this is, in every run of the same program the same. (Asking
    /// gives it to the object, which may change the order of such keys in tables.)
    pub fn serial(&mut self, v: Value) -> u64 {
        if v.is_string() { 0 } else { self.vm.heap.serial_of(v) }
    }
}
