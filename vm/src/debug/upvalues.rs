//! Upvalues by number, as `debug.getupvalue` and its relatives count them.

use super::visible_proto;
use crate::value::Value;
use crate::vm::Vm;

impl Vm {
    /// Name and value of a function's `n`-th upvalue (`lua_getupvalue`). Those of natives have the
    /// empty name, those of stripped functions `(no name)`.
    pub fn get_upvalue(&self, func: Value, n: i32) -> Option<(Vec<u8>, Value)> {
        let i = self.upvalue_index(func, n)?;
        if let Some(native) = func.as_native() {
            return Some((Vec::new(), native.upvalue(i)?));
        }
        Some((upvalue_shown(func, i), func.as_lua_fn()?.upvalue(i)?))
    }

    /// Changes a function's `n`-th upvalue; its name, if it exists.
    pub fn set_upvalue(&mut self, func: Value, n: i32, v: Value) -> Option<Vec<u8>> {
        let i = self.upvalue_index(func, n)?;
        if let Some(native) = func.as_native() {
            return native.set_upvalue(&mut self.heap, i, v).then(Vec::new);
        }
        let set = func.as_lua_fn()?.set_upvalue(&mut self.heap, i, v);
        set.then(|| upvalue_shown(func, i))
    }

    /// A number that tells upvalues apart: equal exactly for the same variable.
    pub fn upvalue_id(&mut self, func: Value, n: i32) -> Option<u64> {
        let i = self.upvalue_index(func, n)?;
        // No two objects have the same serial number; natives own their upvalues.
        if func.as_native().is_some() {
            return Some(self.heap.serial_of(func) << 8 | (i as u64 + 1));
        }
        Some(func.as_lua_fn()?.upvalue_id(&mut self.heap, i)? << 8)
    }

    /// Makes the `n1`-th upvalue of `f1` refer to the `n2`-th of `f2`. Nothing happens unless both
    /// exist and both functions are written in the language.
    pub fn upvalue_join(&mut self, f1: Value, n1: i32, f2: Value, n2: i32) {
        let (Some(i1), Some(i2)) = (self.upvalue_index(f1, n1), self.upvalue_index(f2, n2)) else {
            return;
        };
        if let (Some(f1), Some(f2)) = (f1.as_lua_fn(), f2.as_lua_fn()) {
            f1.join(&mut self.heap, i1, f2, i2);
        }
    }

    /// 0-based index of an upvalue that exists.
    fn upvalue_index(&self, func: Value, n: i32) -> Option<usize> {
        let i = usize::try_from(n).ok()?.checked_sub(1)?;
        let count = match visible_proto(func) {
            Some(proto) => proto.data.upvalues.len(),
            None => func.as_native()?.num_upvalues(),
        };
        (i < count).then_some(i)
    }
}

fn upvalue_shown(func: Value, i: usize) -> Vec<u8> {
    let name = visible_proto(func).and_then(|p| p.data.debug.upvalue_names.get(i).cloned());
    name.map_or(b"(no name)".to_vec(), |n| n.to_vec())
}
