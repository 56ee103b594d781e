//! The bytes of an image, appended one item at a time.

/// A growing image.
#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub fn with_capacity(capacity: usize) -> Writer {
        Writer { bytes: Vec::with_capacity(capacity) }
    }

    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Unsigned LEB128: seven bits a byte, lowest first, the high bit says that more follow.
    pub fn uint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// Signed numbers as unsigned ones: 0, -1, 1, -2, … become 0, 1, 2, 3, …
    pub fn sint(&mut self, value: i64) {
        self.uint((value << 1 ^ value >> 63) as u64);
    }

    /// Length, then bytes.
    pub fn string(&mut self, bytes: &[u8]) {
        self.uint(bytes.len() as u64);
        self.raw(bytes);
    }
}
