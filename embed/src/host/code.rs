//! Memory for machine code, from the system: pages can be written or executed, never both.

use super::CodeMemory;
use nix::libc::c_void;
use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, mprotect, munmap};
use std::num::NonZeroUsize;
use std::ptr::NonNull;

const PAGE: usize = 4096;

/// Pages of a machine's own.
struct Pages {
    at: NonNull<c_void>,
    size: usize,
}

/// So many bytes of memory for machine code, rounded up to pages; `None` if the system gives none. For
/// hosts of programs that may be compiled: [`Host::code_memory`](super::Host::code_memory).
pub fn code_pages(bytes: usize) -> Option<Box<dyn CodeMemory>> {
    let size = NonZeroUsize::new(bytes.checked_next_multiple_of(PAGE)?)?;
    let executable = ProtFlags::PROT_READ | ProtFlags::PROT_EXEC;
    // SAFETY: a new mapping, of which nobody else knows.
    let at = unsafe { mmap_anonymous(None, size, executable, MapFlags::MAP_PRIVATE) }.ok()?;
    let mut pages = Pages { at, size: size.get() };
    // (Some systems let nobody execute what was written.)
    let ret = [0xc3];
    pages.write(0, &ret).then(|| Box::new(pages) as Box<dyn CodeMemory>)
}

impl Pages {
    fn protect(&self, from: usize, to: usize, flags: ProtFlags) -> bool {
        // SAFETY: the pages are in the mapping, which is this one's.
        unsafe { mprotect(self.at.byte_add(from), to - from, flags) }.is_ok()
    }
}

// SAFETY: the mapping stays where it is until this is dropped, and what was written to it last can be
// executed and read.
unsafe impl CodeMemory for Pages {
    fn address(&self) -> usize {
        self.at.as_ptr() as usize
    }

    fn size(&self) -> usize {
        self.size
    }

    fn write(&mut self, offset: usize, code: &[u8]) -> bool {
        let Some(end) = offset.checked_add(code.len()).filter(|end| *end <= self.size) else {
            return false;
        };
        let (from, to) = (offset / PAGE * PAGE, end.next_multiple_of(PAGE));
        if !self.protect(from, to, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE) {
            return false;
        }
        // SAFETY: the bytes are in the mapping and can be written now; nobody refers to them.
        unsafe {
            let to = self.at.as_ptr().byte_add(offset) as *mut u8;
            to.copy_from_nonoverlapping(code.as_ptr(), code.len());
        }
        self.protect(from, to, ProtFlags::PROT_READ | ProtFlags::PROT_EXEC)
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: the mapping is this one's, and nobody uses it any more.
        let _ = unsafe { munmap(self.at, self.size) };
    }
}
