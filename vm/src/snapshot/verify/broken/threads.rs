//! Threads.

use super::{Damage, Row};
use crate::object::thread::{Status, Thread};
use std::ptr::null_mut;

/// A place in a thread.
macro_rules! at {
    ($t:expr, $field:ident) => {
        // SAFETY: the thread exists.
        unsafe { &raw mut (*$t).$field }
    };
}

pub(super) const ALL: &[Row] = &[
    ("the main thread runs or waits", |d| {
        d.poke(at!(d.vm.main_thread.as_ptr(), status), Status::Dead)
    }),
    ("the running thread is running", |d| {
        d.poke(at!(d.vm.thread.as_ptr(), status), Status::Normal)
    }),
    ("resumers lead to the main thread", |d| d.poke(at!(coroutine(d)?, resumer), null_mut())),
    ("nobody has resumed the main thread", |d| {
        let main = d.vm.main_thread.as_ptr();
        d.poke(at!(main, resumer), main)
    }),
    ("who has resumed a thread waits for it", |d| {
        let t = coroutine(d)?;
        d.poke(at!(t, resumer), t)
    }),
    ("every thread has a stack", |d| d.poke(at!(d.thread(Status::Suspended)?, stack), null_mut())),
    ("a stack has the size of one", |d| {
        let t = d.thread(Status::New)?;
        // SAFETY: the thread exists.
        let less = unsafe { (*t).size } - 10;
        let heap = &raw mut d.vm.heap.bytes;
        let bytes = d.vm.heap.bytes - less * 16;
        d.poke(heap, bytes)?;
        d.poke(at!(t, size), 10)
    }),
    ("calls are not nested too deeply", |d| d.poke(at!(d.vm.thread.as_ptr(), c_depth), 1000)),
    ("nested calls are counted", |d| {
        let stack = d
            .stacks()
            .into_iter()
            .find(|stack| stack.frames.iter().any(|frame| frame.link.kind().is_c_call()))?;
        d.poke(at!(stack.thread, c_depth), 0)
    }),
    ("what does not run has nothing open", |d| {
        let t = d.thread(Status::New).or_else(|| d.thread(Status::Dead))?;
        // SAFETY: the thread exists.
        unsafe {
            (*t).tbc.push(0);
            d.undo.push(Box::new(move |_| {
                (*t).tbc.pop();
            }));
        }
        Some(())
    }),
    ("a new thread holds its function only", |d| {
        let t = d.thread(Status::New)?;
        // SAFETY: the thread exists.
        let above = unsafe { (*t).top.wrapping_add(1) };
        d.poke(at!(t, top), above)
    }),
    ("nobody waits for a thread that does not run", |d| {
        let t = d.thread(Status::Suspended)?;
        d.poke(at!(t, resumer), d.vm.main_thread.as_ptr())
    }),
    ("nobody waits for a thread that does not run", |d| {
        d.poke(at!(d.thread(Status::Failed)?, closing), true)
    }),
    ("nobody waits for a thread that does not run", |d| {
        let t = d.thread(Status::New).or_else(|| d.thread(Status::Dead))?;
        d.poke(at!(t, resumer), d.vm.main_thread.as_ptr())
    }),
    ("a thread that waits has a continuation", |d| {
        d.poke(at!(d.thread(Status::Suspended)?, then), None)
    }),
    ("a thread that waits has a continuation", |d| {
        let t = coroutine(d)?;
        // SAFETY: the thread exists.
        let resumer = unsafe { (*t).resumer };
        d.poke(at!(resumer, then), None)
    }),
    ("a thread that is closed runs", |d| d.poke(at!(d.vm.main_thread.as_ptr(), closing), true)),
    ("a thread that is closed closes a variable", |d| {
        let t = coroutine(d)?;
        // SAFETY: the thread exists.
        if unsafe { (*t).closing } {
            return None;
        }
        d.poke(at!(t, closing), true)
    }),
];

/// The running thread, if it is a coroutine.
fn coroutine(d: &Damage) -> Option<*mut Thread> {
    (d.vm.thread != d.vm.main_thread).then(|| d.vm.thread.as_ptr())
}
