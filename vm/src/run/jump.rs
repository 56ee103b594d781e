//! Taking the running function to another of its instructions, for debuggers.

use crate::stack::HEADER;
use crate::vm::Vm;

impl Vm {
    /// Takes the running function to another of its instructions, before which it goes on. Variables in
    /// registers from `kept` on are left: closures keep what they have captured of them. The
    /// instruction it was at; `None`, and nothing has changed, if no function of the language runs or it
    /// has no such instruction.
    ///
    /// Whether the function can go on there is not known here: the verifier of snapshots tells. What is
    /// refused is to be taken back before the machine runs.
    pub fn jump(&mut self, pc: usize, kept: usize) -> Option<usize> {
        if !self.is_at_instruction() {
            return None;
        }
        // SAFETY: `base` is the frame of a function of the language, whose prototype lives as long as it.
        unsafe {
            let function = (*self.base.sub(HEADER)).as_lua_fn()?;
            let proto = function.proto();
            let from = (self.ip as usize - proto.code as usize) / size_of_val(&*self.ip);
            if pc >= proto.data().code.len() || kept > proto.data().max_stack as usize {
                return None;
            }
            self.close_upvalues(self.base.add(kept));
            self.ip = proto.code.add(pc);
            Some(from)
        }
    }
}
