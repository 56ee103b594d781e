//! Which links of a stack are live: those of its frames, and those above the levels that errors are
//! being unwound to.

use crate::object::thread::Thread;
use crate::stack::{FrameKind, HEADER, Link};
use crate::value::Value;

/// The slots of live links, ascending.
///
/// # Safety
/// The thread is no garbage, its registers are saved, and it is paused.
pub(super) unsafe fn live_links(t: *mut Thread) -> Vec<usize> {
    let mut found = Vec::new();
    // SAFETY: frames form a chain down to a `Base` link; all of it lies on the thread's stack.
    unsafe {
        let (stack, mut base) = ((*t).stack, (*t).base);
        if stack.is_null() || base.is_null() {
            return found;
        }
        let slot = |base: *mut Value| base.offset_from(stack) as usize - 1;
        loop {
            found.push(slot(base));
            let mut link = Link::read(base);
            let caller = link.caller(base);
            if link.kind() == FrameKind::Vararg {
                let start = base.sub(link.payload as usize);
                found.push(slot(start));
                link = Link::read(start);
            }
            if link.kind() == FrameKind::Unwind {
                // When the method returns, the link above the level says who catches. Its frame is
                // gone, so it is in no chain.
                found.push(slot(caller.offset(link.payload as i64 as isize).add(HEADER)));
            }
            if link.kind() == FrameKind::Base {
                break;
            }
            base = caller;
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}
