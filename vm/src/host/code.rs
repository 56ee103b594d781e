//! Memory that machine code can be written to and executed in, never at the same time.

/// A range of memory for machine code of one machine. It is given back when this is dropped.
///
/// # Safety
/// The range stays where it is and nobody else uses it as long as this exists. After
/// [`CodeMemory::write`] has returned true, the processor executes the bytes it was given, and can
/// read them; before, and everywhere else in the range, it may find anything.
#[allow(unsafe_code)]
pub unsafe trait CodeMemory {
    /// Where it begins, a multiple of 64.
    fn address(&self) -> usize;
    /// Bytes.
    fn size(&self) -> usize;
    /// Puts code at an offset. False: the system refuses, and what is there may not be executed. No
    /// code in the range is executed meanwhile.
    fn write(&mut self, offset: usize, code: &[u8]) -> bool;
}
