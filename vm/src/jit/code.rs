//! Where machine code is kept: the host's memory, divided among units.

use crate::host::CodeMemory;
use std::ops::Range;

/// Bytes of memory for a machine's code.
pub(super) const SIZE: usize = 16 << 20;

/// Code begins at multiples of this.
const ALIGN: usize = 64;

pub(super) struct CodeSpace {
    memory: Box<dyn CodeMemory>,
    /// What is free, in order, never side by side.
    free: Vec<Range<usize>>,
}

impl CodeSpace {
    pub fn new(memory: Box<dyn CodeMemory>) -> CodeSpace {
        let whole = 0..memory.size() / ALIGN * ALIGN;
        CodeSpace { memory, free: vec![whole] }
    }

    /// The address of an offset.
    pub fn address(&self, offset: usize) -> usize {
        self.memory.address() + offset
    }

    /// Keeps code; where it is. `None`: there is no space, or the system refuses.
    pub fn install(&mut self, code: &[u8]) -> Option<Range<usize>> {
        let bytes = code.len().next_multiple_of(ALIGN);
        let at = self.free.iter().position(|free| free.len() >= bytes)?;
        let start = self.free[at].start;
        if !self.memory.write(start, code) {
            return None;
        }
        self.free[at].start += bytes;
        if self.free[at].is_empty() {
            self.free.remove(at);
        }
        Some(start..start + bytes)
    }

    /// Gives back what [`CodeSpace::install`] has returned. Nothing executes it any more.
    pub fn release(&mut self, code: Range<usize>) {
        let at = self.free.partition_point(|free| free.start < code.start);
        self.free.insert(at, code);
        if at + 1 < self.free.len() && self.free[at].end == self.free[at + 1].start {
            self.free[at].end = self.free.remove(at + 1).end;
        }
        if at > 0 && self.free[at - 1].end == self.free[at].start {
            self.free[at - 1].end = self.free.remove(at).end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Plain(Vec<u8>);

    // SAFETY: nothing is executed.
    unsafe impl CodeMemory for Plain {
        fn address(&self) -> usize {
            0
        }
        fn size(&self) -> usize {
            self.0.len()
        }
        fn write(&mut self, offset: usize, code: &[u8]) -> bool {
            self.0[offset..offset + code.len()].copy_from_slice(code);
            true
        }
    }

    #[test]
    fn what_is_given_back_is_used_again() {
        let mut space = CodeSpace::new(Box::new(Plain(vec![0; 64 * 4])));
        let parts: Vec<_> = (0..4).map(|n| space.install(&[n; 50]).unwrap()).collect();
        assert_eq!(space.install(&[9]), None);
        for n in [2, 0, 3, 1] {
            space.release(parts[n].clone());
        }
        assert_eq!(space.free.as_slice(), std::slice::from_ref(&(0..256)));
        assert_eq!(space.install(&[1; 256]), Some(0..256));
    }
}
