//! Positions in a text as JavaScript counts them.

use luka_bytecode::Span;
use serde_json::{Value, json};

/// Turns positions in bytes of UTF-8 into positions in units of UTF-16.
pub struct Utf16 {
    /// Of each byte, how many units are before the character it belongs to; and of the end.
    units: Vec<u32>,
}

impl Utf16 {
    /// For a text. Bytes that are no UTF-8 count as JavaScript decodes them, one unit for each
    /// replacement character.
    pub fn new(text: &[u8]) -> Utf16 {
        let mut units = Vec::with_capacity(text.len() + 1);
        let mut count = 0;
        for chunk in text.utf8_chunks() {
            for c in chunk.valid().chars() {
                units.extend(std::iter::repeat_n(count, c.len_utf8()));
                count += c.len_utf16() as u32;
            }
            if !chunk.invalid().is_empty() {
                units.extend(std::iter::repeat_n(count, chunk.invalid().len()));
                count += 1;
            }
        }
        units.push(count);
        Utf16 { units }
    }

    /// The position of a byte; the end for what is behind it.
    pub fn position(&self, byte: u32) -> u32 {
        let last = self.units.len() - 1;
        self.units[(byte as usize).min(last)]
    }

    /// `{"from": …, "to": …}`, half open, and further members.
    pub(crate) fn range(&self, span: Span, mut members: Value) -> Value {
        members["from"] = json!(self.position(span.start));
        members["to"] = json!(self.position(span.end));
        members
    }
}

#[cfg(test)]
mod tests {
    use super::Utf16;

    #[test]
    fn characters_count_as_in_javascript() {
        let map = Utf16::new("aé😀b".as_bytes());
        let at = |byte| map.position(byte);
        assert_eq!([at(0), at(1), at(3), at(7), at(8), at(99)], [0, 1, 2, 4, 5, 5]);
        // In the middle of a character: where it begins.
        assert_eq!([at(2), at(5)], [1, 2]);
    }

    #[test]
    fn bytes_that_are_no_text_are_replacement_characters() {
        // JavaScript's decoder replaces the truncated sequence as a whole, the other bytes one by one.
        let map = Utf16::new(b"\xe2\x82x\xff\xffy");
        assert_eq!(map.position(2), 1);
        assert_eq!(map.position(5), 4);
        assert_eq!(map.position(6), 5);
    }
}
