//! What an instruction that is about to store a value has it from.

use crate::follow::{Found, Identity, NAMELESS, RESULT};
use crate::show::shown;
use crate::site::Site;
use luka_bytecode::effects::reads;
use luka_bytecode::semantics::Operator;
use luka_bytecode::{Class, Operand, Role};
use luka_vm::debug::runs::{active_variables, register_name, upvalue_name};
use luka_vm::native::Walk;
use luka_vm::run::look::{Key, Place};
use luka_vm::stack::FrameKind;
use luka_vm::{Value, Vm};

/// Slots below the registers of a function: itself and its link.
const HEADER: usize = 2;

/// Tables that a field is looked for in, one the `__index` of the other.
const TABLES: usize = 100;

/// Where a value comes from.
pub struct Origin {
    /// The place that is stored in, as the code calls it.
    pub place: String,
    /// What it comes from, in words.
    pub from: String,
    /// The place it was in; else why it cannot be followed.
    pub next: Result<Place, String>,
}

/// What the instruction that is next is about to store in a place, as it was found to.
pub fn origin(vm: &Vm, place: &Place, found: &Found, wanted: &Identity) -> Origin {
    let Some(site) = Site::here(vm) else {
        return Origin {
            place: NAMELESS.to_string(),
            from: "the library".to_string(),
            next: Err("a function of the library has stored it".to_string()),
        };
    };
    let storing = Storing { vm, site, place, found, wanted };
    let (from, next) = storing.source();
    Origin { place: storing.target(), from, next }
}

type Source = (String, Result<Place, String>);

struct Storing<'a> {
    vm: &'a Vm,
    site: Site,
    place: &'a Place,
    found: &'a Found,
    wanted: &'a Identity,
}

fn ends(from: impl Into<String>, why: impl Into<String>) -> Source {
    (from.into(), Err(why.into()))
}

impl Storing<'_> {
    /// The register that is stored in, if it is one of the function's.
    fn register(&self) -> Option<usize> {
        match self.place {
            Place::Slot(cell, slot) if Some(*cell) == self.site.cell => {
                slot.checked_sub(self.site.view.base)
            }
            Place::Slot(..) | Place::Field(..) | Place::Upvalue(_) => None,
        }
    }

    /// What the code calls the place.
    fn target(&self) -> String {
        match self.place {
            Place::Field(_, Key::Text(name)) => {
                format!("field '{}'", String::from_utf8_lossy(name))
            }
            Place::Field(_, Key::Integer(n)) => format!("field [{n}]"),
            Place::Field(_, Key::Float(x)) => format!("field [{x}]"),
            Place::Field(_, Key::Boolean(b)) => format!("field [{b}]"),
            Place::Upvalue(_) => match self.site.info.class {
                Class::SetUpvalue => {
                    let name = upvalue_name(self.site.proto.data(), self.site.instr.b as usize);
                    format!("upvalue '{name}'")
                }
                _ => "captured variable".to_string(),
            },
            Place::Slot(..) => {
                let (function, next) = (self.site.proto.data(), self.site.pc + 1);
                let is_variable = |register: &usize| {
                    active_variables(function, next).iter().any(|(_, r)| *r as usize == *register)
                };
                let register = self.register().filter(is_variable);
                let name = register.and_then(|register| register_name(function, next, register));
                name.unwrap_or_else(|| NAMELESS.to_string())
            }
        }
    }

    /// What the code calls the value in a register.
    fn name(&self, register: usize) -> String {
        let name = register_name(self.site.proto.data(), self.site.pc, register);
        name.filter(|name| !name.contains("'?'")).unwrap_or_else(|| RESULT.to_string())
    }

    fn of_register(&self, register: usize) -> Source {
        let next = self.site.register(register);
        (self.name(register), next.ok_or_else(|| "the coroutine has no place".to_string()))
    }

    fn constant(&self, value: Value) -> Source {
        ends(format!("the constant {}", shown(self.vm, value)), "it is written in the program")
    }

    fn is_it(&self, value: Value) -> bool {
        *self.wanted != Identity::Unknown && Identity::of(self.vm, value) == *self.wanted
    }

    fn of_operand(&self, operand: Operand) -> Source {
        let n = luka_bytecode::operand::raw(self.site.instr, operand.field) as usize;
        match (operand.role, self.site.operand(self.vm, operand)) {
            (Role::Src, _) => self.of_register(n),
            (_, Some(value)) => self.constant(value),
            (_, None) => ends("a value", "it cannot be followed"),
        }
    }

    fn source(&self) -> Source {
        let (vm, site) = (self.vm, &self.site);
        let instr = site.instr;
        let a = instr.a as usize;
        if self.is_for_metamethod() {
            let mut operands = site.info.inputs.into_iter().flatten();
            let given = operands.find(|&o| site.operand(vm, o).is_some_and(|v| self.is_it(v)));
            return match given {
                Some(operand) => self.of_operand(operand),
                None => ends("an operand", "it cannot be followed"),
            };
        }
        match site.info.class {
            Class::Move | Class::TestSet(_) => self.of_register(instr.b as usize),
            Class::Load | Class::LoadNil => {
                let value = match self.wanted {
                    Identity::Nil => "nil".to_string(),
                    _ => self.found.change.after.clone(),
                };
                ends(format!("the constant {value}"), "it is written in the program")
            }
            Class::GetUpvalue => {
                let name = upvalue_name(site.proto.data(), instr.b as usize);
                let next = site.upvalue(vm, instr.b as usize);
                (format!("upvalue '{name}'"), next.ok_or_else(|| "it has no place".to_string()))
            }
            Class::SetUpvalue => self.of_register(a),
            Class::Method if self.register() == Some(a + 2) => self.of_register(instr.b as usize),
            Class::Get | Class::Method => self.of_field(),
            Class::Set => match site.info.inputs {
                [_, _, Some(value)] => self.of_operand(value),
                _ => ends("a value", "it cannot be followed"),
            },
            Class::SetList => match self.place {
                Place::Field(_, Key::Integer(n)) => {
                    self.of_register(a + (n - i64::from(instr.bx())) as usize)
                }
                _ => ends("a value", "it cannot be followed"),
            },
            Class::NewTable => ends("a new table", "the table was made there"),
            Class::Closure if matches!(self.place, Place::Upvalue(_)) => {
                match self.found.captured {
                    Some(register) => self.of_register(register),
                    None => ends("an upvalue", "it cannot be followed"),
                }
            }
            Class::Closure => ends("a new function", "the function was made there"),
            Class::Arith(_) | Class::Not | Class::Length | Class::Concat => self.computed(),
            Class::Vararg => self.of_vararg(self.register().map_or(0, |register| register - a)),
            Class::NumericPrep | Class::NumericLoop => ends("the loop", "the loop has counted it"),
            Class::GenericLoop => self.of_register(a + 4),
            Class::Call | Class::TailCall | Class::GenericCall => self.of_call(),
            Class::Return => self.of_return(),
            Class::GenericPrep | Class::Close | Class::ToBeClosed | Class::VarargPrep => ends(
                "a function",
                "a function that was called between two instructions has done it",
            ),
            Class::Jump | Class::Test(_) | Class::Compare(..) | Class::RawEqual(_) => {
                ends("a metamethod", "a metamethod has done it")
            }
        }
    }

    /// Whether the place is a parameter of a metamethod that the instruction calls.
    fn is_for_metamethod(&self) -> bool {
        let (Some((cell, _, base)), Place::Slot(of, slot)) = (self.found.behind, self.place) else {
            return false;
        };
        !self.site.calls()
            && self.site.info.class != Class::Return
            && cell == *of
            && base > self.site.view.base
            && *slot >= base
    }

    /// The field that the value is read from: of the table, or of one it has fields from.
    fn of_field(&self) -> Source {
        let Some((mut object, key)) = self.site.field(self.vm) else {
            return ends("a field", "it cannot be followed");
        };
        let shown_key = match key.as_str() {
            Some(name) => format!("field '{}'", String::from_utf8_lossy(name.bytes())),
            None => format!("field [{}]", shown(self.vm, key)),
        };
        for _ in 0..TABLES {
            if let Some(table) = object.as_table() {
                let value = table.get(key);
                if !value.is_nil() {
                    let cell = self.vm.cell_of(object);
                    let place = cell.zip(Key::of(key)).map(|(cell, key)| Place::Field(cell, key));
                    let next = place.ok_or_else(|| "its key or its table has no place".to_string());
                    return (shown_key, next);
                }
            }
            let index = self.vm.metatable_of(object).map(|meta| meta.get_str_bytes(b"__index"));
            match index {
                Some(index) if index.is_function() => {
                    return ends(shown_key, "the metamethod __index has given it");
                }
                Some(index) if !index.is_nil() => object = index,
                _ => return ends(shown_key, "there was no such field"),
            }
        }
        ends(shown_key, "it cannot be followed through so many tables")
    }

    /// A value that is computed, with its operands.
    fn computed(&self) -> Source {
        let site = &self.site;
        let operator = match site.info.class {
            Class::Arith(operator) => symbol(operator),
            Class::Not => "not ",
            Class::Length => "#",
            _ => "..",
        };
        let mut operands: Vec<String> = Vec::new();
        if site.info.class == Class::Concat {
            for register in reads(site.instr, 0) {
                operands.push(self.described(register, site.value(self.vm, register)));
            }
        } else {
            for operand in site.info.inputs.into_iter().flatten() {
                let n = luka_bytecode::operand::raw(site.instr, operand.field) as usize;
                let value = site.operand(self.vm, operand).unwrap_or(Value::NIL);
                operands.push(match operand.role {
                    Role::Src => self.described(n, value),
                    _ => shown(self.vm, value),
                });
            }
            if operands.len() == 2 && site.instr.n == 1 {
                operands.reverse();
            }
        }
        let text = match operands.as_slice() {
            [one] => format!("{operator}{one}"),
            several => several.join(&format!(" {operator} ")),
        };
        ends(text, "it was computed there")
    }

    fn described(&self, register: usize, value: Value) -> String {
        let value = shown(self.vm, value);
        match register_name(self.site.proto.data(), self.site.pc, register) {
            Some(name) if !name.starts_with("constant ") => format!("{name} ({value})"),
            _ => value,
        }
    }

    fn of_vararg(&self, n: usize) -> Source {
        let view = &self.site.view;
        let first = view.base - HEADER - view.n_varargs;
        match self.site.cell.filter(|_| n < view.n_varargs) {
            Some(cell) => {
                (format!("argument {} of '...'", n + 1), Ok(Place::Slot(cell, first + n)))
            }
            None => ends("nil", "there was no such argument"),
        }
    }

    /// A function is called: its parameters, or what a function of the library does.
    fn of_call(&self) -> Source {
        let (vm, site) = (self.vm, &self.site);
        let a = site.instr.a as usize;
        let callee = site.value(vm, a);
        let arguments: Vec<usize> = match site.info.class {
            Class::GenericCall => vec![a + 1, a + 2],
            _ => reads(site.instr, site.top(vm)).into_iter().filter(|&r| r > a).collect(),
        };
        if callee.as_lua_fn().is_some() {
            return self.of_parameter(a, &arguments);
        }
        let name = match callee.as_native() {
            Some(native) => format!("function '{}'", native.native().name),
            None => "a function".to_string(),
        };
        if site.info.class == Class::GenericCall
            && let Some(source) = self.of_iteration(a)
        {
            return source;
        }
        let given = arguments.iter().copied().rfind(|&r| self.is_it(site.value(vm, r)));
        match given {
            Some(register) => {
                let (argument, next) = self.of_register(register);
                (format!("{argument}, through {name}"), next)
            }
            None => ends(name.clone(), format!("{name} of the library has made it")),
        }
    }

    /// What `next` and the iterator of `ipairs` find in a table.
    fn of_iteration(&self, a: usize) -> Option<Source> {
        let (vm, site) = (self.vm, &self.site);
        let walk = site.value(vm, a).as_native()?.native().walk;
        if walk == Walk::Other {
            return None;
        }
        if self.register() == Some(a + 4) {
            return Some(ends("the loop", "it is a key of the table that the loop goes through"));
        }
        let cell = vm.cell_of(site.value(vm, a + 1))?;
        let key = self.found.key.clone()?;
        Some(("a field, through the loop".to_string(), Ok(Place::Field(cell, key))))
    }

    /// A parameter of a function of the language that is called.
    fn of_parameter(&self, a: usize, arguments: &[usize]) -> Source {
        let (Some((cell, start, base)), Place::Slot(_, slot)) = (self.found.behind, self.place)
        else {
            return ends("an argument", "it cannot be followed");
        };
        let n = slot.saturating_sub(base);
        if n >= arguments.len() && self.site.instr.b != 0 {
            return ends("nil", "there was no such argument");
        }
        match self.site.info.class {
            Class::TailCall => return self.of_register(a + HEADER + n),
            Class::GenericCall => return self.of_register(a + 1 + n),
            _ => {}
        }
        (format!("argument {}", n + 1), Ok(Place::Slot(cell, start + n)))
    }

    /// A function returns, or a coroutine ends.
    fn of_return(&self) -> Source {
        let (vm, site) = (self.vm, &self.site);
        let registers = reads(site.instr, site.top(vm));
        let function_slot = site.view.start - HEADER;
        let nth = match (site.view.kind, self.place) {
            (FrameKind::Lua, Place::Slot(_, slot)) => slot.checked_sub(function_slot),
            (FrameKind::Meta, _) => Some(0),
            _ => None,
        };
        let register = match nth {
            Some(n) => registers.get(n).copied(),
            // Handed on by a function of the library.
            None => registers.iter().copied().rfind(|&r| self.is_it(site.value(vm, r))),
        };
        match register {
            Some(register) => {
                let (name, next) = self.of_register(register);
                (format!("{name}, returned"), next)
            }
            None if nth.is_some() => ends("nil", "nothing was returned"),
            None => ends("a function of the library", "a function of the library has made it"),
        }
    }
}

fn symbol(operator: Operator) -> &'static str {
    match operator {
        Operator::Add => "+",
        Operator::Sub | Operator::Unm => "-",
        Operator::Mul => "*",
        Operator::Mod => "%",
        Operator::Pow => "^",
        Operator::Div => "/",
        Operator::IDiv => "//",
        Operator::BAnd => "&",
        Operator::BOr => "|",
        Operator::BXor | Operator::BNot => "~",
        Operator::Shl => "<<",
        Operator::Shr => ">>",
    }
}
