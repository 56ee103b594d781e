//! What the processor's registers are used for.

/// Registers that values may be in: those that calls of functions change first.
pub(in crate::jit) const GENERAL: [u8; 18] =
    [0, 1, 2, 3, 4, 5, 6, 7, 13, 14, 15, 22, 23, 24, 25, 26, 27, 28];

/// Float registers that values may be in: the first ones.
pub(in crate::jit) const FLOATS: u8 = 24;

/// Whether functions may change a register.
pub(super) fn is_changed(r: u8) -> bool {
    r < 19
}

/// The same of a float register.
pub(super) fn is_changed_float(x: u8) -> bool {
    !(8..16).contains(&x)
}

/// The registers of the frame's first register and of fuel.
pub(in crate::jit) const BASE: usize = B as usize;
pub(in crate::jit) const FUEL: usize = F as usize;

/// Registers that hold a value of each class between two moves.
pub(in crate::jit) const SCRATCH: u8 = S0;
pub(in crate::jit) const SCRATCH_FLOAT: u8 = F1;

/// The frame's first register, the fuel that is left, the machine.
pub(super) const B: u8 = 19;
pub(super) const F: u8 = 20;
pub(super) const VM: u8 = 21;

/// Scratch.
pub(super) const S0: u8 = 16;
pub(super) const S1: u8 = 17;
pub(super) const S2: u8 = 8;
/// Scratch of code that units share.
pub(super) const S3: u8 = 10;
pub(super) const S4: u8 = 11;
pub(super) const S5: u8 = 12;
pub(super) const F0: u8 = 30;
pub(super) const F1: u8 = 31;

/// Arguments of handlers.
pub(super) const TO_VM: u8 = 0;
pub(super) const TO_IP: u8 = 1;
pub(super) const TO_BASE: u8 = 2;
pub(super) const TO_K: u8 = 3;
pub(super) const TO_FUEL: u8 = 4;
pub(super) const TO_TABLE: u8 = 5;
