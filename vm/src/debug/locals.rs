//! Local variables by number, as `debug.getlocal` and `debug.setlocal` count them.

use super::info::Activation;
use super::names::active_locals;
use super::{visible_code, visible_proto};
use crate::heap::Gc;
use crate::object::thread::Thread;
use crate::stack::{FrameKind, FrameView, HEADER};
use crate::value::Value;
use crate::vm::Vm;

impl Vm {
    /// The name and stack slot of a frame's `n`-th variable (`luaG_findlocal`). Beyond the
    /// variables come nameless values; negative numbers are variable arguments.
    pub(crate) fn find_local(
        &self,
        thread: Gc<Thread>,
        frame: &FrameView,
        n: i32,
    ) -> Option<(Vec<u8>, usize)> {
        let code = visible_code(frame);
        if n <= 0 {
            // -1 is the first variable argument.
            let i = n.checked_neg().and_then(|n| (n as usize).checked_sub(1))?;
            let first = frame.base.checked_sub(HEADER + frame.n_varargs)?;
            return (code.is_some() && i < frame.n_varargs)
                .then(|| (b"(vararg)".to_vec(), first + i));
        }
        let i = n as usize - 1;
        if let Some((proto, pc)) = code
            && let Some(var) = active_locals(&proto.data, pc).nth(i)
        {
            // (Below whatever the function has called: forged debug information may name the slot of
            // a running function.)
            let slot = frame.base + var.register as usize;
            return (slot < frame.top.min(thread.size)).then(|| (var.name.to_vec(), slot));
        }
        let slot = frame.base + i;
        let generic: &[u8] = if code.is_some() { b"(temporary)" } else { b"(C temporary)" };
        (slot < frame.top).then(|| (generic.to_vec(), slot))
    }

    /// The name of a frame's `n`-th variable, and the slot of the stack it is in.
    pub fn local_slot(
        &self,
        thread: Gc<Thread>,
        frame: &FrameView,
        n: i32,
    ) -> Option<(Vec<u8>, usize)> {
        self.find_local(thread, frame, n)
    }

    /// Name and value of a frame's `n`-th variable.
    pub fn get_local(
        &self,
        thread: Gc<Thread>,
        frame: &FrameView,
        n: i32,
    ) -> Option<(Vec<u8>, Value)> {
        let (name, slot) = self.find_local(thread, frame, n)?;
        Some((name, self.stack_slot(thread, slot)))
    }

    /// Changes the `n`-th variable of a level; its name, if it exists.
    ///
    /// What a native keeps in its frame while it waits for a function it has called is state of
    /// its own (in PUC it would be on the C stack): it stays as it is. Arguments and results can be
    /// changed by a hook.
    pub fn set_local(
        &mut self,
        thread: Gc<Thread>,
        level: &Activation,
        n: i32,
        v: Value,
    ) -> Option<Vec<u8>> {
        let (name, slot) = self.find_local(thread, &level.frame, n)?;
        if level.frame.is_lua() || level.callee_kind == Some(FrameKind::Hook) {
            self.set_stack_slot(thread, slot, v);
        }
        Some(name)
    }
}

/// The name of a function's `n`-th parameter, whether it runs or not.
pub fn param_name(func: Value, n: i32) -> Option<Vec<u8>> {
    let proto = visible_proto(func)?;
    let i = usize::try_from(n).ok()?.checked_sub(1)?;
    active_locals(&proto.data, 0).nth(i).map(|v| v.name.to_vec())
}
