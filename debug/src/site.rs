//! The instruction that is executed next, and the places of the program that it reads and writes.

use crate::watcher::{ThreadId, thread_id};
use luka_bytecode::effects::{reads, writes};
use luka_bytecode::operand::raw;
use luka_bytecode::{Class, Instr, OpInfo, Operand, Role};
use luka_vm::debug::runs::{code_of, instruction};
use luka_vm::run::look::{CellId, Key, Located, Place};
use luka_vm::stack::FrameView;
use luka_vm::{Gc, ProtoObj, Thread, Value, Vm};

/// An instruction of the running function.
pub struct Site {
    pub thread: Gc<Thread>,
    pub id: ThreadId,
    /// The cell of the coroutine.
    pub cell: Option<CellId>,
    pub view: FrameView,
    pub proto: Gc<ProtoObj>,
    pub pc: usize,
    /// With plain operands.
    pub instr: Instr,
    pub info: &'static OpInfo,
}

impl Site {
    /// Where the machine is, if a function of the language runs.
    pub fn here(vm: &Vm) -> Option<Site> {
        let thread = vm.current_thread();
        let view = vm.frames(thread).next()?;
        let (proto, pc) = code_of(&view)?;
        let instr = instruction(proto.data(), pc)?;
        let (id, cell) = (thread_id(vm, thread), vm.cell_of_thread(thread));
        Some(Site { thread, id, cell, view, proto, pc, instr, info: instr.opcode()?.info() })
    }

    /// The same place of another instruction of the function.
    pub fn at(&self, pc: usize) -> Option<Site> {
        let instr = instruction(self.proto.data(), pc)?;
        Some(Site { pc, instr, info: instr.opcode()?.info(), ..*self })
    }

    /// One past the last register that holds a value, where values end that have no known number.
    pub fn top(&self, vm: &Vm) -> usize {
        vm.running_top().saturating_sub(self.view.base)
    }

    /// The place that a register is.
    pub fn register(&self, register: usize) -> Option<Place> {
        self.cell.map(|cell| Place::Slot(cell, self.view.base + register))
    }

    /// What is in a register.
    pub fn value(&self, vm: &Vm, register: usize) -> Value {
        vm.stack_slot(self.thread, self.view.base + register)
    }

    /// The value that an operand stands for; `None` if it stands for none.
    pub fn operand(&self, vm: &Vm, operand: Operand) -> Option<Value> {
        let n = raw(self.instr, operand.field) as usize;
        match operand.role {
            Role::Src | Role::Win => Some(self.value(vm, n)),
            Role::Const | Role::ConstNum | Role::ConstStr | Role::ConstWide => {
                self.proto.data().constants.get(n).copied()
            }
            Role::Upvalue => self.view.func.as_lua_fn()?.upvalue(n),
            Role::Uint | Role::Int | Role::IntWide => {
                Some(Value::int(luka_bytecode::operand::value(self.instr, operand)))
            }
            Role::Dst | Role::Proto | Role::Count | Role::Flag => None,
            Role::Jump | Role::JumpWide => None,
        }
    }

    /// The place of an upvalue of the function.
    pub fn upvalue(&self, vm: &Vm, n: usize) -> Option<Place> {
        let upvalue = self.view.func.as_lua_fn()?.upval(n)?;
        vm.cell_of_upvalue(upvalue).map(Place::Upvalue)
    }

    /// Whether the instruction is of this class, and its upvalue is at an address.
    fn has_upvalue_at(&self, vm: &Vm, class: Class, address: usize) -> bool {
        let upvalue = || self.view.func.as_lua_fn()?.upval(self.instr.b as usize);
        self.info.class == class && upvalue().is_some_and(|up| vm.upvalue_address(up) == address)
    }

    /// The object and the key of the field that the instruction reads or writes, as they are now.
    pub fn field(&self, vm: &Vm) -> Option<(Value, Value)> {
        let accesses = matches!(self.info.class, Class::Get | Class::Set | Class::Method);
        let [Some(object), Some(key), _] = self.info.inputs else { return None };
        accesses.then_some((self.operand(vm, object)?, self.operand(vm, key)?))
    }

    /// Whether the instruction names this field of this table.
    fn names(&self, vm: &Vm, place: &Place) -> bool {
        let Place::Field(cell, key) = place else { return false };
        let Some((object, named)) = self.field(vm) else { return false };
        object.as_table().is_some()
            && vm.cell_of(object) == Some(*cell)
            && Key::of(named).is_some_and(|named| same_key(&named, key))
    }

    /// Whether the instruction reads a place. What functions of the library read is not known.
    pub fn reads(&self, vm: &Vm, place: &mut Located) -> bool {
        match place.place() {
            Place::Field(..) => self.info.class != Class::Set && self.names(vm, place.place()),
            Place::Upvalue(_) | Place::Slot(..) => {
                let Some(address) = vm.slot_address(place) else { return false };
                self.has_upvalue_at(vm, Class::GetUpvalue, address)
                    || vm
                        .register_at(address)
                        .is_some_and(|register| reads(self.instr, self.top(vm)).contains(&register))
            }
        }
    }

    /// Whether the instruction itself writes a place, unless a metamethod does it in its stead.
    pub fn writes(&self, vm: &Vm, place: &mut Located) -> bool {
        match place.place() {
            Place::Field(cell, key) => match self.info.class {
                Class::Set => self.names(vm, place.place()),
                Class::SetList => {
                    let table = self.value(vm, self.instr.a as usize);
                    let first = i64::from(self.instr.bx());
                    let count = match self.instr.n {
                        0 => self.top(vm).saturating_sub(self.instr.a as usize + 1),
                        n => n as usize,
                    };
                    vm.cell_of(table) == Some(*cell)
                        && matches!(key, Key::Integer(n) if (first + 1..=first + count as i64).contains(n))
                }
                _ => false,
            },
            Place::Upvalue(_) | Place::Slot(..) => {
                let Some(address) = vm.slot_address(place) else { return false };
                if self.has_upvalue_at(vm, Class::SetUpvalue, address) {
                    return true;
                }
                // (Values up to the top are bounded by the place itself.)
                let register = vm.register_at(address);
                register
                    .is_some_and(|register| writes(self.instr, register + 1).contains(&register))
            }
        }
    }

    /// Whether the instruction calls a function.
    pub fn calls(&self) -> bool {
        matches!(self.info.class, Class::Call | Class::TailCall | Class::GenericCall)
    }
}

/// Whether two keys name one field: floats without a fraction are integers.
pub fn same_key(a: &Key, b: &Key) -> bool {
    let whole = |key: &Key| match key {
        Key::Float(x) if x.fract() == 0.0 => Some(*x as i64),
        Key::Integer(n) => Some(*n),
        Key::Float(_) | Key::Text(_) | Key::Boolean(_) => None,
    };
    a == b || whole(a).is_some_and(|n| whole(b) == Some(n))
}
