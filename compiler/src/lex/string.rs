//! String literals: quoted with escapes, and long brackets (Lua 5.4 manual §3.1).

use super::error::{self, EscapeError};
use super::scan::{DIGIT, HEX, Lexer, SPACE, is, long_bracket_close, long_bracket_level};
use super::token::TokenKind;
use crate::Span;

/// Bytes that end a run of plain bytes in a quoted string.
static STOP: [bool; 256] = {
    let mut table = [false; 256];
    table[b'"' as usize] = true;
    table[b'\'' as usize] = true;
    table[b'\\' as usize] = true;
    table[b'\n' as usize] = true;
    table[b'\r' as usize] = true;
    table
};

impl Lexer<'_> {
    /// The length of the run of plain bytes at `pos`.
    #[inline(always)]
    fn plain(&self, pos: usize) -> usize {
        let rest = self.text.get(pos..).unwrap_or(&[]);
        rest.iter().position(|&b| STOP[b as usize]).unwrap_or(rest.len())
    }

    /// A string in quotes; the opening one is at `pos`.
    pub(super) fn short_string(&mut self, quote: u8) {
        let start = self.pos;
        let end = start + 1 + self.plain(start + 1);
        if self.text.get(end) == Some(&quote) {
            let text = self.text;
            let sym = self.tokens.names.intern(&text[start + 1..end]);
            self.pos = end + 1;
            self.push(TokenKind::Str, sym.raw(), start);
        } else {
            self.short_string_with_escapes(quote);
        }
    }

    /// The general case. The first bad escape is reported and the rest of the string skipped.
    fn short_string_with_escapes(&mut self, quote: u8) {
        let start = self.pos;
        let mut diagnostic = None;
        self.buffer.clear();
        self.pos += 1;
        loop {
            let stretch = self.plain(self.pos);
            self.buffer.extend_from_slice(&self.text[self.pos..self.pos + stretch]);
            self.pos += stretch;
            match self.text.get(self.pos) {
                None | Some(b'\n' | b'\r') => break,
                Some(b'\\') => {
                    if let Err(found) = self.escape()
                        && diagnostic.is_none()
                    {
                        // PUC shows the string as far as it has read it.
                        let mut near = vec![quote];
                        near.extend_from_slice(&self.buffer);
                        let shown = found.shown_to.min(self.text.len());
                        near.extend_from_slice(&self.text[found.shown_from..shown]);
                        diagnostic = Some(error::bad_escape(self.source, start, &found, &near));
                    }
                }
                Some(&byte) if byte == quote => {
                    self.pos += 1;
                    match diagnostic {
                        Some(diagnostic) => self.push_error(start, diagnostic),
                        None => {
                            let sym = self.tokens.names.intern(&self.buffer);
                            self.push(TokenKind::Str, sym.raw(), start);
                        }
                    }
                    return;
                }
                Some(&byte) => {
                    self.buffer.push(byte);
                    self.pos += 1;
                }
            }
        }
        let diagnostic = diagnostic.unwrap_or_else(|| {
            let span = Span::new(start as u32, self.pos as u32);
            error::unfinished_string(
                self.source,
                span.start,
                span,
                &[&[quote], &self.buffer[..]].concat(),
            )
        });
        self.push_error(start, diagnostic);
    }

    /// An escape sequence; the backslash is at `pos`. Its bytes go to the buffer.
    pub(super) fn escape(&mut self) -> Result<(), EscapeError> {
        let start = self.pos;
        self.pos += 2;
        let byte = match self.text.get(start + 1) {
            None => {
                // The string ends with the text, which is reported by the caller.
                self.pos = start + 1;
                return Ok(());
            }
            Some(b'a') => 0x07,
            Some(b'b') => 0x08,
            Some(b'f') => 0x0C,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'v') => 0x0B,
            Some(&quoted @ (b'\\' | b'"' | b'\'')) => quoted,
            Some(&first @ (b'\n' | b'\r')) => {
                let second = self.byte(self.pos);
                if matches!(second, b'\n' | b'\r') && second != first {
                    self.pos += 1;
                }
                b'\n'
            }
            Some(b'x') => return self.hex_escape(start),
            Some(b'u') => return self.utf8_escape(start),
            Some(b'z') => {
                while is(self.byte(self.pos), SPACE) {
                    self.pos += 1;
                }
                return Ok(());
            }
            Some(b'0'..=b'9') => return self.decimal_escape(start),
            Some(_) => return Err(self.escape_error(start, start + 1, "invalid escape sequence")),
        };
        self.buffer.push(byte);
        Ok(())
    }

    /// An error of the escape at `start`, found at the byte `at`, which PUC still shows.
    fn escape_error(&mut self, start: usize, at: usize, text: &'static str) -> EscapeError {
        // Continue after the error, but not past anything that may close the string.
        self.pos = at;
        if at == start + 1 && !matches!(self.byte(at), b'\n' | b'\r') {
            self.pos += 1;
        }
        EscapeError { text, shown_from: start, shown_to: at + 1 }
    }

    fn hex_escape(&mut self, start: usize) -> Result<(), EscapeError> {
        let mut value = 0;
        for at in start + 2..start + 4 {
            let byte = self.byte(at);
            if !is(byte, HEX) {
                return Err(self.escape_error(start, at, "hexadecimal digit expected"));
            }
            value = value * 16 + hex_value(byte);
        }
        self.pos = start + 4;
        self.buffer.push(value as u8);
        Ok(())
    }

    fn decimal_escape(&mut self, start: usize) -> Result<(), EscapeError> {
        let mut value: u32 = 0;
        let mut at = start + 1;
        while at < start + 4 && is(self.byte(at), DIGIT) {
            value = value * 10 + (self.byte(at) - b'0') as u32;
            at += 1;
        }
        let Ok(byte) = u8::try_from(value) else {
            return Err(self.escape_error(start, at, "decimal escape too large"));
        };
        self.pos = at;
        self.buffer.push(byte);
        Ok(())
    }

    fn utf8_escape(&mut self, start: usize) -> Result<(), EscapeError> {
        if self.byte(start + 2) != b'{' {
            return Err(self.escape_error(start, start + 2, "missing '{'"));
        }
        let mut at = start + 3;
        if !is(self.byte(at), HEX) {
            return Err(self.escape_error(start, at, "hexadecimal digit expected"));
        }
        let mut value: u32 = 0;
        while is(self.byte(at), HEX) {
            if value > 0x7FFF_FFFF >> 4 {
                return Err(self.escape_error(start, at, "UTF-8 value too large"));
            }
            value = value << 4 | hex_value(self.byte(at));
            at += 1;
        }
        if self.byte(at) != b'}' {
            return Err(self.escape_error(start, at, "missing '}'"));
        }
        self.pos = at + 1;
        push_utf8(&mut self.buffer, value);
        Ok(())
    }

    /// A long string, or the error of a `[=` that opens none; the `[` is at `pos`.
    pub(super) fn long_string(&mut self) {
        let start = self.pos;
        let text = self.text;
        let Some(level) = long_bracket_level(text, start) else {
            let equals = text[start + 1..].iter().take_while(|&&b| b == b'=').count();
            self.pos = start + 1 + equals;
            let span = Span::new(start as u32, self.pos as u32);
            let diagnostic = error::bad_long_bracket(self.source, span);
            return self.push_error(start, diagnostic);
        };
        let from = start + level + 2;
        let Some(close) = long_bracket_close(text, from, level) else {
            self.pos = text.len();
            let diagnostic = error::unfinished_long(self.source, start, level, "string");
            return self.push_error(start, diagnostic);
        };
        self.pos = close + level + 2;
        let body = skip_newline(&text[from..close]);
        let sym = if memchr::memchr(b'\r', body).is_none() {
            self.tokens.names.intern(body)
        } else {
            self.buffer.clear();
            normalise_newlines(body, &mut self.buffer);
            self.tokens.names.intern(&self.buffer)
        };
        self.push(TokenKind::Str, sym.raw(), start);
    }
}

fn hex_value(byte: u8) -> u32 {
    (byte as char).to_digit(16).unwrap_or(0)
}

/// `bytes` without a newline (of one or two bytes) at its start.
fn skip_newline(bytes: &[u8]) -> &[u8] {
    match bytes {
        [b'\r', b'\n', rest @ ..] | [b'\n', b'\r', rest @ ..] => rest,
        [b'\r' | b'\n', rest @ ..] => rest,
        rest => rest,
    }
}

/// Appends `bytes` with every kind of newline written as `\n`.
pub(super) fn normalise_newlines(mut bytes: &[u8], out: &mut Vec<u8>) {
    while let Some(at) = memchr::memchr2(b'\n', b'\r', bytes) {
        out.extend_from_slice(&bytes[..at]);
        out.push(b'\n');
        bytes = skip_newline(&bytes[at..]);
    }
    out.extend_from_slice(bytes);
}

/// Appends `value` (below 2^31) in UTF-8 as it was first defined, up to six bytes.
fn push_utf8(out: &mut Vec<u8>, value: u32) {
    if value < 0x80 {
        return out.push(value as u8);
    }
    let extra = match value {
        0..0x800 => 1,
        0x800..0x1_0000 => 2,
        0x1_0000..0x20_0000 => 3,
        0x20_0000..0x400_0000 => 4,
        _ => 5,
    };
    let lead = !(0xFFu32 >> (extra + 1)) as u8;
    out.push(lead | (value >> (6 * extra)) as u8);
    for at in (0..extra).rev() {
        out.push(0x80 | (value >> (6 * at) & 0x3F) as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_of_every_length() {
        let encode = |value| {
            let mut out = Vec::new();
            push_utf8(&mut out, value);
            out
        };
        for c in ['\0', '\x7f', '\u{80}', '\u{7ff}', '\u{800}', '\u{ffff}', '\u{10000}'] {
            assert_eq!(encode(c as u32), c.to_string().into_bytes());
        }
        assert_eq!(encode(0x1F_FFFF), [0xF7, 0xBF, 0xBF, 0xBF]);
        assert_eq!(encode(0x20_0000), [0xF8, 0x88, 0x80, 0x80, 0x80]);
        assert_eq!(encode(0x7FFF_FFFF), [0xFD, 0xBF, 0xBF, 0xBF, 0xBF, 0xBF]);
    }
}
