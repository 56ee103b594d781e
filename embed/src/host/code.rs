//! Memory for machine code, from the system: pages can be written or executed, never both.

use super::CodeMemory;
use nix::libc::{_SC_PAGESIZE, c_void, sysconf};
use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, mprotect, munmap};
use std::num::NonZeroUsize;
use std::ptr::NonNull;

/// Pages of a machine's own.
struct Pages {
    at: NonNull<c_void>,
    size: usize,
    /// Bytes of a page.
    page: usize,
}

/// An instruction that returns.
#[cfg(target_arch = "aarch64")]
const RETURN: &[u8] = &[0xc0, 0x03, 0x5f, 0xd6];
/// An instruction that returns.
#[cfg(not(target_arch = "aarch64"))]
const RETURN: &[u8] = &[0xc3];

/// So many bytes of memory for machine code, rounded up to pages; `None` if the system gives none. For
/// hosts of programs that may be compiled: [`Host::code_memory`](super::Host::code_memory).
pub fn code_pages(bytes: usize) -> Option<Box<dyn CodeMemory>> {
    // SAFETY: it reads a number.
    let page = usize::try_from(unsafe { sysconf(_SC_PAGESIZE) }).ok().filter(|page| *page > 0)?;
    let size = NonZeroUsize::new(bytes.checked_next_multiple_of(page)?)?;
    let executable = ProtFlags::PROT_READ | ProtFlags::PROT_EXEC;
    // SAFETY: a new mapping, of which nobody else knows.
    let at = unsafe { mmap_anonymous(None, size, executable, MapFlags::MAP_PRIVATE) }.ok()?;
    let mut pages = Pages { at, size: size.get(), page };
    // (Some systems let nobody execute what was written.)
    pages.write(0, RETURN).then(|| Box::new(pages) as Box<dyn CodeMemory>)
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
        let (from, to) = (offset / self.page * self.page, end.next_multiple_of(self.page));
        if !self.protect(from, to, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE) {
            return false;
        }
        // SAFETY: the bytes are in the mapping and can be written now; nobody refers to them.
        unsafe {
            let to = self.at.as_ptr().byte_add(offset) as *mut u8;
            to.copy_from_nonoverlapping(code.as_ptr(), code.len());
            #[cfg(target_arch = "aarch64")]
            show_instructions(to, code.len());
        }
        self.protect(from, to, ProtFlags::PROT_READ | ProtFlags::PROT_EXEC)
    }
}

/// The processor's instructions are what was written here: those it has fetched before are forgotten. (Its
/// instruction caches do not look at data.)
///
/// # Safety
/// The bytes can be read.
#[cfg(target_arch = "aarch64")]
unsafe fn show_instructions(at: *const u8, bytes: usize) {
    use std::arch::asm;
    let (start, end) = (at as usize, at as usize + bytes);
    // SAFETY: these write data to where instructions are fetched from, line by line, and drop lines of
    // instructions; nothing in memory changes. The sizes of lines are in words, as powers of two.
    unsafe {
        let kind: usize;
        asm!("mrs {}, ctr_el0", out(reg) kind, options(nomem, nostack, preserves_flags));
        let (data, instructions) = (4 << (kind >> 16 & 15), 4 << (kind & 15));
        for line in (start / data * data..end).step_by(data) {
            asm!("dc cvau, {}", in(reg) line, options(nostack, preserves_flags));
        }
        asm!("dsb ish", options(nostack, preserves_flags));
        for line in (start / instructions * instructions..end).step_by(instructions) {
            asm!("ic ivau, {}", in(reg) line, options(nostack, preserves_flags));
        }
        asm!("dsb ish", "isb", options(nostack, preserves_flags));
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: the mapping is this one's, and nobody uses it any more.
        let _ = unsafe { munmap(self.at, self.size) };
    }
}
