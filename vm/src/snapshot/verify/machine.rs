//! The machine's own fields.

use super::violation::{Verdict, rule};
use crate::debug::hook::mask;
use crate::heap::Header;
use crate::meta::Event;
use crate::object::thread::STACK_SLACK;
use crate::vm::Vm;

/// Checks what only the machine knows.
pub(super) fn check(vm: &Vm) -> Verdict {
    let t = &*vm.thread;
    let end = t.stack.wrapping_add(t.size.saturating_sub(STACK_SLACK));
    rule!(Machine, std::ptr::eq(vm.stack_end, end), "the stack in use is the running thread's");
    let live = t.hook.mask != 0 && !t.hook.func.is_nil() && !t.hook.active;
    let hooked = live && t.hook.mask & !mask::COUNT != 0;
    let right = vm.hook_state.live == live && vm.hooked == hooked;
    rule!(Machine, right, "hooks run if the running thread has one that may");
    let closing = vm.closing.as_ref().map_or(0, |c| c.pending + usize::from(c.paused.is_some()));
    let pinned = closing <= vm.heap.pinned.len();
    rule!(Machine, pinned, "what waits to be closed is pinned");
    for &event in Event::ALL {
        let name = vm.event_names[event as usize];
        let right = name.bytes() == event.name().as_bytes();
        rule!(Machine, right, "names of events are theirs", "{}", event.name());
    }
    let mut fixed = vm.heap.fixed.clone();
    fixed.sort_unstable();
    let names = vm.event_names.iter().chain([&vm.memory_message, &vm.in_handler_message]);
    let kept = names.map(|s| s.as_ptr() as *mut Header).all(|s| fixed.binary_search(&s).is_ok());
    rule!(Machine, kept, "names and messages are kept for ever");
    Ok(())
}
