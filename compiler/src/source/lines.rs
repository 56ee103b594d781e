//! Line numbers as PUC Lua counts them: `\n`, `\r`, `\r\n` and `\n\r` each end one line.

/// Start of every line of a text, for looking up the line of a byte.
#[derive(Clone, Debug)]
pub struct LineIndex {
    /// Positions of the first byte of each line after the first.
    starts: Vec<u32>,
    first_line: u32,
}

impl LineIndex {
    /// Indexes `bytes` from `start`, which is on line `first_line`.
    pub fn new(bytes: &[u8], start: u32, first_line: u32) -> LineIndex {
        let mut starts = Vec::new();
        let mut next = start as usize;
        while let Some(at) = bytes.get(next..).and_then(|rest| memchr::memchr2(b'\n', b'\r', rest))
        {
            let at = next + at;
            let pair = matches!(bytes.get(at + 1), Some(&b) if b != bytes[at] && (b == b'\n' || b == b'\r'));
            next = at + 1 + pair as usize;
            starts.push(next as u32);
        }
        LineIndex { starts, first_line }
    }

    /// The line, counted from 1, of the byte at `pos`.
    #[inline]
    pub fn line(&self, pos: u32) -> u32 {
        self.first_line + self.starts.partition_point(|&s| s <= pos) as u32
    }

    /// Like [`LineIndex::line`], starting the search at the line found last; for callers that
    /// walk a tree nearly in text order. `hint` starts as 0.
    #[inline]
    pub fn line_near(&self, pos: u32, hint: &mut u32) -> u32 {
        let at = *hint as usize;
        let after = |i: usize| self.starts.get(i).is_none_or(|&s| s > pos);
        let before = |i: usize| i == 0 || self.starts.get(i - 1).is_some_and(|&s| s <= pos);
        for at in at..at.saturating_add(3) {
            if before(at) && after(at) {
                *hint = at as u32;
                return self.first_line + at as u32;
            }
        }
        *hint = self.starts.partition_point(|&s| s <= pos) as u32;
        self.first_line + *hint
    }

    /// The number of the last line.
    pub fn last(&self) -> u32 {
        self.first_line + self.starts.len() as u32
    }

    /// First byte of line `line`; `None` for the first line, which starts with the text.
    pub fn start_of(&self, line: u32) -> Option<u32> {
        let at = line.checked_sub(self.first_line + 1)?;
        self.starts.get(at as usize).copied()
    }
}

/// Where the program text of a file starts and on which line: `luaL_loadfilex` skips a UTF-8
/// byte-order mark, then a first line that starts with `#`, up to `\n`.
pub(super) fn skip_first_line(bytes: &[u8]) -> (u32, u32) {
    let bom = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    if bytes.get(bom) != Some(&b'#') {
        return (bom as u32, 1);
    }
    let end = memchr::memchr(b'\n', &bytes[bom..]).map_or(bytes.len(), |at| bom + at + 1);
    (end as u32, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_puc() {
        let text = b"a\nb\r\nc\n\rd\re\n\nf";
        let index = LineIndex::new(text, 0, 1);
        let mut hint = 0;
        for (byte, line) in [(b'a', 1), (b'b', 2), (b'c', 3), (b'd', 4), (b'e', 5), (b'f', 7)] {
            let pos = text.iter().position(|&b| b == byte).unwrap() as u32;
            assert_eq!(index.line(pos), line);
            assert_eq!(index.line_near(pos, &mut hint), line);
        }
        assert_eq!(index.line_near(0, &mut hint), 1);
        assert_eq!(index.last(), 7);
        assert_eq!(index.start_of(2), Some(2));
    }

    #[test]
    fn first_lines() {
        assert_eq!(skip_first_line(b"#!/bin/lua\nx"), (11, 2));
        assert_eq!(skip_first_line(b"\xEF\xBB\xBFx"), (3, 1));
        assert_eq!(skip_first_line(b"\xEF\xBB\xBF#\nx"), (5, 2));
        assert_eq!(skip_first_line(b"#"), (1, 2));
        assert_eq!(skip_first_line(b""), (0, 1));
    }
}
