//! What a report about an error may look at: where each function is, the variables it sees.
//! Nothing here runs code of the program.

use super::info::Activation;
use super::names::active_locals;
use super::position::{Location, location};
use super::visible_code;
use crate::heap::Gc;
use crate::object::thread::Thread;
use crate::value::Value;
use crate::vm::Vm;

impl Vm {
    /// Where a level stands in its source; `None` for natives.
    pub fn location(&self, level: &Activation) -> Option<Location> {
        let (proto, pc) = visible_code(&level.frame)?;
        Some(location(&proto.data, pc))
    }

    fn upvalue_of(&self, level: &Activation, n: u16) -> Option<Value> {
        level.func().as_lua_fn()?.upvalue(n as usize)
    }

    /// The variable of this name a level sees: `local` or `upvalue`, and its value.
    pub fn visible_variable(
        &self,
        thread: Gc<Thread>,
        level: &Activation,
        name: &[u8],
    ) -> Option<(&'static str, Value)> {
        let (proto, pc) = visible_code(&level.frame)?;
        let local = active_locals(&proto.data, pc).filter(|v| &*v.name == name).last();
        if let Some(local) = local {
            let slot = level.frame.base + local.register as usize;
            return Some(("local", self.stack_slot(thread, slot)));
        }
        let names = &proto.data.debug.upvalue_names;
        let n = names.iter().position(|known| &**known == name)?;
        Some(("upvalue", self.upvalue_of(level, n as u16)?))
    }

    /// The names of the variables a level sees.
    pub fn visible_names(&self, level: &Activation) -> Vec<Vec<u8>> {
        let Some((proto, pc)) = visible_code(&level.frame) else { return Vec::new() };
        let locals = active_locals(&proto.data, pc).map(|v| v.name.to_vec());
        locals.chain(proto.data.debug.upvalue_names.iter().map(|n| n.to_vec())).collect()
    }

    /// The name a function has in a loaded module: `string.rep`, `print`.
    pub fn name_in_modules(&self, func: Value) -> Option<Vec<u8>> {
        self.global_function_name(func)
    }
}
