//! Machine code as text.

use std::fmt::Write;
use yaxpeax_arch::{AddressBase, Arch, Decoder, LengthedInstruction, U8Reader};

#[cfg(target_arch = "aarch64")]
type Processor = yaxpeax_arm::armv8::a64::ARMv8;
#[cfg(target_arch = "x86_64")]
type Processor = yaxpeax_x86::amd64::Arch;

/// Writes the instructions of a piece of code, each with its offset from the code's beginning. What is none (data
/// behind the code) is written as bytes.
pub(super) fn write(text: &mut String, code: &[u8], from: usize, to: usize) {
    let decoder = <Processor as Arch>::Decoder::default();
    let mut at = from;
    while at < to {
        let mut reader = U8Reader::new(&code[at..to]);
        let (shown, length) = match decoder.decode(&mut reader) {
            Ok(instruction) => {
                (instruction.to_string(), 0.wrapping_offset(instruction.len()).to_linear())
            }
            Err(_) => (format!("byte {:#04x}", code[at]), 1),
        };
        let _ = writeln!(text, "    {at:6x}  {shown}");
        at += length.max(1);
    }
}
