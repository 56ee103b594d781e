//! Stacks: growth, upvalues that point into them.

use crate::error::Raise;
use crate::heap::Gc;
use crate::object::fault::FaultKind;
use crate::object::function::Upval;
use crate::object::thread::{ERROR_STACK, MAX_STACK, STACK_SLACK, Thread};
use crate::stack::link::{FrameKind, Link};
use crate::value::Value;
use crate::vm::Vm;

/// What the running frames take of the stack that PUC's do not: a slot for the link of each. It does
/// not count among the slots that programs may use.
struct Links {
    count: usize,
    /// A message handler or a `__close` method runs for an error.
    handles_error: bool,
}

/// Most registers of a frame.
const MAX_FRAME: usize = luka_bytecode::MAX_REGISTERS as usize;

impl Vm {
    /// The running thread, for changes.
    #[inline(always)]
    pub(crate) fn thread_mut(&mut self) -> &mut Thread {
        // SAFETY: the running thread is live; callers do not hold the reference over other uses.
        unsafe { &mut *self.thread.as_ptr() }
    }

    /// Makes sure that there are `n` slots from `at` on; returns where `at` is now. "stack
    /// overflow" beyond PUC's limit.
    ///
    /// # Safety
    /// `at` is a slot of the running stack.
    #[inline(always)]
    pub(crate) unsafe fn reserve(&mut self, at: *mut Value, n: usize) -> Result<*mut Value, Raise> {
        if at.wrapping_add(n) <= self.stack_end {
            return Ok(at);
        }
        self.reserve_slow(at, n)
    }

    #[cold]
    #[inline(never)]
    fn reserve_slow(&mut self, at: *mut Value, n: usize) -> Result<*mut Value, Raise> {
        // SAFETY: `at` is a slot of the running stack.
        let used = unsafe { at.offset_from(self.thread.stack) } as usize;
        let need = used + n;
        if need > MAX_STACK {
            let Links { count, handles_error } = self.links();
            let limit = MAX_STACK + count;
            if need <= limit {
                self.resize_stack(limit + STACK_SLACK)?;
            } else if handles_error && self.thread.size > limit + STACK_SLACK {
                // Already in the reserve that is there to handle an overflow.
                if need > limit + ERROR_STACK {
                    return Err(Raise::InHandler);
                }
                self.resize_stack(limit + ERROR_STACK + STACK_SLACK)?;
            } else {
                self.resize_stack(limit.max(used) + ERROR_STACK + STACK_SLACK)?;
                return Err(self.raise_plain(FaultKind::StackOverflow));
            }
        } else {
            let target = need.max(2 * self.thread.size).min(MAX_STACK);
            self.resize_stack(target.max(need) + STACK_SLACK)?;
        }
        // SAFETY: the stack now has more than `used` slots.
        Ok(unsafe { self.thread.stack.add(used) })
    }

    /// Walks the running frames.
    fn links(&self) -> Links {
        let mut links = Links { count: 0, handles_error: false };
        let mut base = self.base;
        loop {
            // SAFETY: frames form a chain down to a `Base` link.
            let link = unsafe { Link::read(base) };
            links.count += 1;
            match link.kind() {
                FrameKind::Base => return links,
                FrameKind::Handler | FrameKind::Unwind => links.handles_error = true,
                FrameKind::Lua | FrameKind::Native | FrameKind::Vararg | FrameKind::Meta => {}
                FrameKind::Hook | FrameKind::Gc | FrameKind::Close => {}
            }
            base = if link.is(FrameKind::Vararg) {
                base.wrapping_sub(link.payload as usize)
            } else {
                base.wrapping_byte_sub(link.delta())
            };
        }
    }

    /// Room for `n` more values in a native's frame (`luaL_checkstack`).
    pub fn ensure_stack(&mut self, n: usize, message: &str) -> Result<(), Raise> {
        if self.top.wrapping_add(n) <= self.stack_end && n < MAX_STACK {
            return Ok(());
        }
        // SAFETY: `top` is a slot of the running stack.
        let used = unsafe { self.top.offset_from(self.thread.stack) } as usize;
        let fits =
            n < MAX_STACK && (used + n <= MAX_STACK || used + n <= MAX_STACK + self.links().count);
        if !fits {
            return Err(self.error(if message.is_empty() {
                "stack overflow".to_string()
            } else {
                format!("stack overflow ({message})")
            }));
        }
        // SAFETY: as above.
        unsafe { self.reserve(self.top, n) }?;
        Ok(())
    }

    /// Room for a push without limit check.
    #[cold]
    #[inline(never)]
    pub(crate) fn grow_stack_unchecked(&mut self, n: usize) {
        let size = self.thread.size;
        let target = size + n.max(size / 2) + STACK_SLACK;
        if self.resize_stack(target).is_err() {
            // The limit is reached: a last exception, the next safepoint reports it.
            let limit = std::mem::replace(&mut self.heap.limit, usize::MAX);
            let grown = self.resize_stack(size + n + STACK_SLACK);
            self.heap.limit = limit;
            if grown.is_err() {
                std::alloc::handle_alloc_error(std::alloc::Layout::new::<[Value; 1024]>());
            }
        }
    }

    /// Gives memory back after an overflow.
    pub(crate) fn shrink_stack(&mut self) {
        // SAFETY: `top` is a slot of the running stack.
        let used = unsafe { self.top.offset_from(self.thread.stack) } as usize;
        // (Frames below may have registers above what is in use.)
        let wanted = ((used + MAX_FRAME) * 2).min(MAX_STACK);
        // What handles an overflow may use the reserve; afterwards it must be there for the next.
        let in_reserve =
            self.thread.size > MAX_STACK + STACK_SLACK && used + MAX_FRAME <= MAX_STACK;
        if in_reserve || (self.thread.size > wanted * 4 && self.thread.size > 10_000) {
            // Failing to shrink is no fault.
            let _ = self.resize_stack(wanted + STACK_SLACK);
        }
    }

    /// Moves the running stack to a block of `size` slots (more than are in use).
    fn resize_stack(&mut self, size: usize) -> Result<(), Raise> {
        let t = self.thread.as_ptr();
        // SAFETY: all pointers into the stack are the registers, open upvalues and the saved
        // registers of this thread (links hold distances); each is moved along.
        unsafe {
            let old = (*t).stack;
            let old_size = (*t).size;
            let new = self.heap.alloc_stack(size)?;
            std::ptr::copy_nonoverlapping(old, new, old_size.min(size));
            let moved = |p: *mut Value| {
                if p.is_null() {
                    p
                } else {
                    (new as *mut u8).offset((p as *mut u8).offset_from(old as *mut u8))
                        as *mut Value
                }
            };
            self.base = moved(self.base);
            self.top = moved(self.top);
            let mut up = (*t).open;
            while !up.is_null() {
                (*up).v = moved((*up).v);
                up = (*up).next_open;
            }
            (*t).stack = new;
            (*t).size = size;
            self.stack_end = new.add(size - STACK_SLACK);
            self.heap.free_stack(old, old_size);
        }
        Ok(())
    }

    /// The open upvalue of a slot of the running thread, made if there is none.
    ///
    /// # Safety
    /// `slot` is a slot of the running stack.
    pub(crate) unsafe fn find_upvalue(&mut self, slot: *mut Value) -> *mut Upval {
        let t = self.thread.as_ptr();
        // SAFETY: the list of open upvalues is sorted by slot, highest first, and ends in null.
        unsafe {
            let mut link: *mut *mut Upval = &raw mut (*t).open;
            while !(*link).is_null() && (**link).v >= slot {
                if (**link).v == slot {
                    return *link;
                }
                link = &raw mut (**link).next_open;
            }
            let up = self.heap.new_upval_open(slot).as_ptr();
            (*up).next_open = *link;
            *link = up;
            up
        }
    }

    /// Closes the running thread's upvalues at `level` and above.
    ///
    /// # Safety
    /// `level` is a slot of the running stack.
    #[inline]
    pub(crate) unsafe fn close_upvalues(&mut self, level: *mut Value) {
        let t = self.thread.as_ptr();
        // SAFETY: see `find_upvalue`.
        unsafe {
            while !(*t).open.is_null() && (*(*t).open).v >= level {
                let up = (*t).open;
                (*t).open = (*up).next_open;
                self.heap.close_upvalue(up);
            }
        }
    }

    /// Something will be stored in a thread that is not running.
    pub(crate) fn touch_thread(&mut self, thread: Gc<Thread>) {
        // SAFETY: the thread is live.
        unsafe { self.heap.touch_thread(thread.as_ptr()) }
    }

    /// Makes another thread the running one; its registers must be valid.
    pub(crate) fn switch_to(&mut self, to: Gc<Thread>) {
        self.suspend_hook();
        let from = self.thread.as_ptr();
        // SAFETY: both threads are live.
        unsafe {
            (*from).ip = self.ip;
            (*from).base = self.base;
            (*from).top = self.top;
            let to_ptr = to.as_ptr();
            self.heap.touch_thread(to_ptr);
            self.ip = (*to_ptr).ip;
            self.base = (*to_ptr).base;
            self.top = (*to_ptr).top;
            self.stack_end = (*to_ptr).stack.add((*to_ptr).size - STACK_SLACK);
        }
        self.thread = to;
        self.apply_hook();
    }
}
