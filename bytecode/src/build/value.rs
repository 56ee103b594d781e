//! Values, fields, globals: one method, whatever instructions that takes.

use super::{Const, FunctionBuilder, Reg, Upvalue};
use crate::proto::Constant;
use crate::{MAX_CONST_OPERAND, MAX_SHORT_STRING};

/// # Values
impl FunctionBuilder {
    /// `R[dst] := value`
    pub fn load(&mut self, dst: Reg, value: Constant) {
        match value {
            Constant::Nil => self.op_loadnil(dst, 0),
            Constant::False => self.op_loadfalse(dst),
            Constant::True => self.op_loadtrue(dst),
            Constant::Int(value) => self.load_int(dst, value),
            Constant::Float(value) => self.load_float(dst, value),
            Constant::Str(value) => self.load_str(dst, &*value),
        }
    }

    /// `R[dst] := value`
    pub fn load_int(&mut self, dst: Reg, value: i64) {
        match i32::try_from(value) {
            Ok(value) => self.op_loadi(dst, value),
            Err(_) => {
                let value = self.constant(Constant::Int(value));
                self.op_loadk(dst, value);
            }
        }
    }

    /// `R[dst] := value`
    pub fn load_float(&mut self, dst: Reg, value: f64) {
        let whole = value as i32;
        if f64::from(whole).to_bits() == value.to_bits() {
            return self.op_loadf(dst, whole);
        }
        let value = self.constant(Constant::Float(value));
        self.op_loadk(dst, value);
    }

    /// `R[dst] := value`
    pub fn load_str(&mut self, dst: Reg, value: impl AsRef<[u8]>) {
        let value = self.string(value);
        self.op_loadk(dst, value);
    }

    /// `R[dst] := {}`, with room for so many fields and list items.
    pub fn new_table(&mut self, dst: Reg, fields: u16, items: u16) {
        self.on_top(dst, |f, reg| f.op_newtable(reg, fields, items));
    }

    /// `R[dst] := R[object][name]`
    pub fn get_field(&mut self, dst: Reg, object: Reg, name: impl AsRef<[u8]>) {
        match self.field_name(name.as_ref()) {
            Some(name) => self.op_getfield(dst, object, name),
            None => self.with_key(name.as_ref(), |f, key| f.op_gettable(dst, object, key)),
        }
    }

    /// `R[object][name] := R[value]`
    pub fn set_field(&mut self, object: Reg, name: impl AsRef<[u8]>, value: Reg) {
        match self.field_name(name.as_ref()) {
            Some(name) => self.op_setfield(object, name, value),
            None => self.with_key(name.as_ref(), |f, key| f.op_settable(object, key, value)),
        }
    }

    /// `R[dst] := env[name]`, where `env` holds the globals.
    pub fn get_global(&mut self, dst: Reg, env: Upvalue, name: impl AsRef<[u8]>) {
        match self.field_name(name.as_ref()) {
            Some(name) => self.op_gettabup(dst, env, name),
            None => self.with_key(name.as_ref(), |f, key| {
                f.op_getupval(dst, env);
                f.op_gettable(dst, dst, key);
            }),
        }
    }

    /// `env[name] := R[value]`, where `env` holds the globals.
    pub fn set_global(&mut self, env: Upvalue, name: impl AsRef<[u8]>, value: Reg) {
        match self.field_name(name.as_ref()) {
            Some(name) => self.op_settabup(env, name, value),
            None => self.with_key(name.as_ref(), |f, key| {
                let table = f.reg();
                f.op_getupval(table, env);
                f.op_settable(table, key, value);
            }),
        }
    }

    /// The constant, if an instruction can name a field with it.
    pub(super) fn field_name(&mut self, name: &[u8]) -> Option<Const> {
        let name = (name.len() <= MAX_SHORT_STRING).then(|| self.string(name))?;
        (name.0 <= MAX_CONST_OPERAND).then_some(name)
    }

    /// Does something with a key in a register of its own.
    fn with_key(&mut self, key: &[u8], then: impl FnOnce(&mut FunctionBuilder, Reg)) {
        let register = self.reg();
        self.load_str(register, key);
        then(self, register);
        self.cut(register);
    }
}
