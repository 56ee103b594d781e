//! Texts as editors see them: positions are lines and characters, changes are ranges.

use gen_lsp_types::{Position, PositionEncodingKind, Range};
use luka_compiler::Span;

/// What a character is counted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    Utf8,
    Utf16,
}

impl Encoding {
    /// The first of those a client offers that is cheap; UTF-16 if it offers none.
    pub fn choose(offered: Option<&[PositionEncodingKind]>) -> Encoding {
        match offered {
            Some(offered) if offered.contains(&PositionEncodingKind::UTF8) => Encoding::Utf8,
            _ => Encoding::Utf16,
        }
    }

    /// Its name in the protocol.
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }
    }

    fn width(self, c: char) -> u32 {
        match self {
            Encoding::Utf8 => c.len_utf8() as u32,
            Encoding::Utf16 => c.len_utf16() as u32,
        }
    }
}

/// A text with the places where its lines begin.
#[derive(Clone, Debug)]
pub struct Text {
    text: String,
    starts: Vec<u32>,
    encoding: Encoding,
}

impl Text {
    pub fn new(text: String, encoding: Encoding) -> Text {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
        let starts = std::iter::once(0).chain(breaks.map(|at| at as u32 + 1)).collect();
        Text { text, starts, encoding }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The line, from 0, that a position is in.
    pub fn line_of(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset) as u32 - 1
    }

    /// The text of a line, from 0, without its end.
    pub fn line(&self, line: u32) -> &str {
        let from = self.starts.get(line as usize).map_or(self.text.len(), |&at| at as usize);
        let to = self.starts.get(line as usize + 1).map_or(self.text.len(), |&at| at as usize);
        self.text.get(from..to).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }

    /// The last place in the text that is not behind `offset` and not within a character.
    fn clamp(&self, offset: u32) -> usize {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    /// A place in the text as an editor has it.
    pub fn position(&self, offset: u32) -> Position {
        let offset = self.clamp(offset);
        let line = self.line_of(offset as u32);
        let before = &self.text[self.starts[line as usize] as usize..offset];
        let character = match self.encoding {
            Encoding::Utf8 => before.len() as u32,
            Encoding::Utf16 => before.chars().map(|c| self.encoding.width(c)).sum(),
        };
        Position { line, character }
    }

    /// The place of a position. What is behind the end of a line is the end.
    pub fn offset(&self, position: Position) -> u32 {
        let Some(&start) = self.starts.get(position.line as usize) else {
            return self.text.len() as u32;
        };
        let (mut at, mut left) = (start, position.character);
        for c in self.line(position.line).chars() {
            if left < self.encoding.width(c) {
                break;
            }
            left -= self.encoding.width(c);
            at += c.len_utf8() as u32;
        }
        at
    }

    pub fn range(&self, span: Span) -> Range {
        Range { start: self.position(span.start), end: self.position(span.end.max(span.start)) }
    }

    pub fn span(&self, range: Range) -> Span {
        let (start, end) = (self.offset(range.start), self.offset(range.end));
        Span::new(start.min(end), start.max(end))
    }

    /// The text with another one in the place of a span.
    pub fn replaced(&self, span: Span, new: &str) -> Text {
        let (from, to) = (self.clamp(span.start), self.clamp(span.end));
        let text = [&self.text[..from], new, &self.text[to..]].concat();
        Text::new(text, self.encoding)
    }

    /// How long a span is, in the encoding's units.
    pub fn length(&self, span: Span) -> u32 {
        let (start, end) = (self.position(span.start), self.position(span.end));
        end.character.saturating_sub(start.character)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_counted_in_the_units_of_the_encoding() {
        let text = "a = \"ä😀\" b\nc\r\n";
        for (encoding, character) in [(Encoding::Utf8, 13), (Encoding::Utf16, 10)] {
            let text = Text::new(text.into(), encoding);
            let position = Position { line: 0, character };
            assert_eq!(text.position(13), position);
            assert_eq!(text.offset(position), 13);
            assert_eq!(text.offset(Position { line: 1, character: 99 }), 16);
            assert_eq!(text.offset(Position { line: 9, character: 0 }), 18);
            assert_eq!(text.line(1), "c");
            assert_eq!(text.replaced(Span::new(15, 16), "dd").as_str(), "a = \"ä😀\" b\ndd\r\n");
        }
    }
}
