//! From a builder written in the language to one of `luka_bytecode::build`: the record of what was
//! done is done again.
//!
//! A record is a table with the fields
//! - `params` (a list of names), `is_vararg`, `registers` (how many the frame has), `first_line`,
//!   `last_line`, `labels` (how many there are);
//! - `constants`, a list of `count` values; `inner`, a list of records; `upvalues`, a list of
//!   tables `{name, register = n}` or `{name, upvalue = n}`;
//! - `code`, a list of events: an opcode's number and its operands in the table's order (registers
//!   and upvalues from 0, labels, constants and inner functions from 1), or one of the words in
//!   [`Replay::event`] and its arguments.
//!
//! Records are not trusted: they are tables, and programs can put anything into tables.

use crate::prim;
use luka_bytecode::build::{Arg, Capture, Const, FunctionBuilder, Inner, Label, Reg, Upvalue};
use luka_bytecode::build::{Scope, Values};
use luka_bytecode::{Constant, Module, Op, Role};
use luka_vm::{Gc, Str, Table, Value, Vm};
use std::collections::HashMap;

/// Functions in functions; as deep as the compiler's.
const MAX_DEPTH: usize = 200;

/// What is wrong with a record.
type Fault = String;

/// The module whose main function a record describes.
pub fn module(vm: &mut Vm, record: Gc<Table>, source_name: &[u8]) -> Result<Module, Fault> {
    // No function is in two others, nor in itself: what is made is not larger than the records.
    let seen = prim::new_table(vm, 0, 0).map_err(|_| "not enough memory")?;
    let mut stack = vec![Replay::new(vm, seen, record)?];
    while let Some(top) = stack.last_mut() {
        match top.run(vm)? {
            Some(_) if stack.len() >= MAX_DEPTH => return Err("functions nest too deep".into()),
            Some(inner) => stack.push(Replay::new(vm, seen, inner)?),
            None => {
                let Some(done) = stack.pop() else { break };
                let Some(outer) = stack.last_mut() else {
                    return done.builder.finish(source_name).map_err(|e| e.to_string());
                };
                let inner = outer.builder.function(done.builder);
                outer.made.insert(outer.wanted, inner);
            }
        }
    }
    Err("there is no function".into())
}

/// A record on its way.
struct Replay {
    builder: FunctionBuilder,
    record: Gc<Table>,
    code: Gc<Table>,
    /// The next entry of `code`.
    at: i64,
    /// One past the last.
    end: i64,
    labels: Vec<Label>,
    scopes: Vec<Scope>,
    /// The scope closed last had something to close.
    closed: bool,
    /// Inner functions that are made, by their numbers, and the one that is being made.
    made: HashMap<i64, Inner>,
    wanted: i64,
}

impl Replay {
    fn new(vm: &mut Vm, seen: Gc<Table>, record: Gc<Table>) -> Result<Replay, Fault> {
        if !seen.get(record.into()).is_nil() {
            return Err("a function is in two places".into());
        }
        prim::set(vm, seen, record.into(), Value::TRUE).map_err(|_| "not enough memory")?;
        let mut builder = FunctionBuilder::new();
        if !prim::field(vm, record, "is_vararg").is_falsy() {
            builder.vararg();
        }
        let params = table(vm, record, "params")?;
        for i in 1..=params.len() {
            let name = params.get_int(i).as_str().ok_or("the name of a parameter is no string")?;
            builder.param(&String::from_utf8_lossy(name.bytes()));
        }
        let registers = whole(vm, record, "registers", 510)?;
        if registers > 0 {
            builder.register(registers as u16 - 1);
        }
        let lines = [whole(vm, record, "first_line", MAX)?, whole(vm, record, "last_line", MAX)?];
        builder.set_lines(lines[0] as u32, lines[1] as u32);
        let code = table(vm, record, "code")?;
        let labels = whole(vm, record, "labels", code.len())?;
        let labels = (0..labels).map(|_| builder.label()).collect();
        let upvalues = table(vm, record, "upvalues")?;
        for i in 1..=upvalues.len() {
            let upvalue = upvalues.get_int(i).as_table().ok_or("an upvalue is no table")?;
            let name = upvalue.get_int(1).as_str().ok_or("the name of an upvalue is no string")?;
            let number = |field: &str, value: Value| match value.as_int() {
                Some(n @ 0..=255) => Ok(n as u8),
                _ => Err(format!("'{field}' of an upvalue is no number from 0 to 255")),
            };
            let from = match prim::field(vm, upvalue, "register") {
                v if v.is_nil() => {
                    let v = prim::field(vm, upvalue, "upvalue");
                    Capture::Upvalue(Upvalue::new(number("upvalue", v)?))
                }
                v => Capture::Register(Reg::new(number("register", v)?.into())),
            };
            builder.upvalue(&String::from_utf8_lossy(name.bytes()), from);
        }
        let (end, made) = (code.len() + 1, HashMap::new());
        let scopes = Vec::new();
        Ok(Replay {
            builder,
            record,
            code,
            at: 1,
            end,
            labels,
            scopes,
            closed: false,
            made,
            wanted: 0,
        })
    }

    /// Goes on to the end or to an inner function that is to be made first.
    fn run(&mut self, vm: &mut Vm) -> Result<Option<Gc<Table>>, Fault> {
        let begin = self.at;
        while self.at < self.end {
            let event = self.code.get_int(self.at);
            if let Some(word) = event.as_str() {
                self.at += 1;
                self.event(word)?;
            } else if let Some(inner) = self.instruction(vm, event)? {
                vm.charge((self.at - begin) as u64);
                return Ok(Some(inner));
            }
        }
        vm.charge((self.at - begin) as u64);
        Ok(None)
    }

    fn next(&mut self) -> Value {
        self.at += 1;
        self.code.get_int(self.at - 1)
    }

    /// The next entry, a number up to `limit`.
    fn number(&mut self, limit: i64) -> Result<i64, Fault> {
        match self.next().as_int() {
            Some(n) if (0..=limit).contains(&n) => Ok(n),
            _ => Err(format!("entry {} of the code is no number from 0 to {limit}", self.at - 1)),
        }
    }

    fn reg(&mut self) -> Result<Reg, Fault> {
        Ok(Reg::new(self.number(u16::MAX.into())? as u16))
    }

    fn label(&self, value: Value) -> Result<Label, Fault> {
        let index = value.as_int().and_then(|n| usize::try_from(n).ok()?.checked_sub(1));
        let label = index.and_then(|index| self.labels.get(index));
        label.copied().ok_or_else(|| "there is no such label".into())
    }

    /// What is no instruction, or several.
    fn event(&mut self, word: Gc<Str>) -> Result<(), Fault> {
        match word.bytes() {
            b"at" => {
                let line = self.number(MAX)? as u32;
                let bytes = (self.number(MAX)? as u32, self.number(MAX)? as u32);
                self.builder.at(line, bytes);
            }
            b"bind" => {
                let label = self.next();
                let label = self.label(label)?;
                self.builder.bind(label);
            }
            b"name" => {
                let reg = self.reg()?;
                let name = self.next().as_str().ok_or("a name is no string")?;
                self.builder.name(reg, name.bytes());
            }
            // The next free register.
            b"next" => {
                let next = self.reg()?;
                self.builder.set_next_reg(next.index());
            }
            b"open" => self.scopes.push(self.builder.open_scope()),
            b"close" => {
                let scope = self.scopes.pop().ok_or("a scope is closed that is not open")?;
                self.closed = self.builder.close_scope(scope);
            }
            // Once more what the end of the last scope closed.
            b"again" => {
                let reg = self.reg()?;
                if self.closed {
                    self.builder.op_close(reg);
                }
            }
            b"return" => {
                let first = self.reg()?;
                let values = match self.next().as_int() {
                    Some(-1) => Values::All,
                    Some(n @ 0..=510) => Values::Exactly(n as u16),
                    _ => return Err("the count of values is no number from -1 to 510".into()),
                };
                self.builder.return_values(first, values);
            }
            b"tail" => {
                let base = self.reg()?;
                let window = self.builder.window_at(base);
                self.builder.tail_call(window);
            }
            other => return Err(format!("unknown event '{}'", String::from_utf8_lossy(other))),
        }
        Ok(())
    }

    /// Emits the instruction at hand; or gives the inner function it needs and stays.
    fn instruction(&mut self, vm: &mut Vm, op: Value) -> Result<Option<Gc<Table>>, Fault> {
        let op = op.as_int().and_then(|n| Op::from_u8(u8::try_from(n).ok()?));
        let op = op.ok_or_else(|| format!("entry {} of the code is no opcode", self.at))?;
        let begin = self.at;
        self.at += 1;
        let operands = op.info().operands;
        let mut args = [Arg::Number(0); 5];
        for (arg, operand) in args.iter_mut().zip(operands) {
            *arg = match operand.role {
                Role::Dst | Role::Src | Role::Win => Arg::Reg(self.reg()?),
                Role::Upvalue => Arg::Upvalue(Upvalue::new(self.number(255)? as u8)),
                Role::Const | Role::ConstNum | Role::ConstStr | Role::ConstWide => {
                    Arg::Const(self.constant(vm)?)
                }
                Role::Jump | Role::JumpWide => {
                    let label = self.next();
                    Arg::Label(self.label(label)?)
                }
                Role::Proto => {
                    let number = self.number(MAX)?;
                    match self.made.get(&number) {
                        Some(&inner) => Arg::Inner(inner),
                        None => {
                            let list = table(vm, self.record, "inner")?;
                            let inner = list.get_int(number).as_table();
                            self.at = begin;
                            self.wanted = number;
                            return inner.map(Some).ok_or_else(|| "no such inner function".into());
                        }
                    }
                }
                _ => match self.next().as_int() {
                    Some(n) => Arg::Number(n),
                    None => {
                        return Err(format!("an operand of {} is no integer", op.info().mnemonic));
                    }
                },
            };
        }
        self.builder.emit(op, &args[..operands.len()]);
        Ok(None)
    }

    fn constant(&mut self, vm: &mut Vm) -> Result<Const, Fault> {
        let list = table(vm, self.record, "constants")?;
        let count = whole(vm, self.record, "count", MAX)?;
        let number = self.number(count)?;
        let value = list.get_int(number);
        let constant = if let Some(n) = value.as_int() {
            Constant::Int(n)
        } else if let Some(f) = value.as_float() {
            Constant::Float(f)
        } else if let Some(s) = value.as_str() {
            Constant::Str(s.bytes().into())
        } else {
            match value.as_bool() {
                Some(true) => Constant::True,
                Some(false) => Constant::False,
                None if value.is_nil() => Constant::Nil,
                None => return Err(format!("a {} is no constant", value.type_of().name())),
            }
        };
        Ok(self.builder.constant(constant))
    }
}

const MAX: i64 = i32::MAX as i64;

fn table(vm: &mut Vm, record: Gc<Table>, field: &str) -> Result<Gc<Table>, Fault> {
    let value = prim::field(vm, record, field);
    value.as_table().ok_or_else(|| format!("'{field}' of the function is no table"))
}

/// A number in a field, nil counts as 0.
fn whole(vm: &mut Vm, record: Gc<Table>, field: &str, limit: i64) -> Result<i64, Fault> {
    let value = prim::field(vm, record, field);
    match value.as_int() {
        Some(n) if (0..=limit).contains(&n) => Ok(n),
        None if value.is_nil() => Ok(0),
        _ => Err(format!("'{field}' of the function is no number from 0 to {limit}")),
    }
}
