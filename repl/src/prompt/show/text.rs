//! Strings and numbers as text, and colours.

/// The kind of a piece of text, which decides its colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Plain,
    Number,
    String,
    /// `nil`, `true`, `false`
    Word,
    Function,
    /// The result of a `__tostring` method.
    Said,
    /// Not part of the value: marks, notes about omitted parts.
    Mark,
    Fault,
}

impl Kind {
    /// The parameters of the terminal's "select graphic rendition"; empty for none.
    fn code(self) -> &'static str {
        match self {
            Kind::Plain | Kind::Said => "",
            Kind::Number => "36",
            Kind::String => "32",
            Kind::Word => "35",
            Kind::Function => "34",
            Kind::Mark => "2",
            Kind::Fault => "31",
        }
    }
}

/// The text in its colour.
pub fn coloured(text: &str, kind: Kind, colour: bool) -> String {
    let code = kind.code();
    match colour && !code.is_empty() {
        true => format!("\x1b[{code}m{text}\x1b[0m"),
        false => text.to_string(),
    }
}

/// A string in quotes, as the language could read it. Of more than `most` bytes the first, and how
/// many there are.
pub fn quoted(bytes: &[u8], most: usize) -> (String, Option<String>) {
    let mut end = bytes.len().min(most);
    if end < bytes.len() {
        // Not within a character.
        while end > 0 && bytes[end] & 0xc0 == 0x80 && most - end < 3 {
            end -= 1;
        }
    }
    let text = format!("\"{}\"", escaped(&bytes[..end], true));
    let rest = (end < bytes.len()).then(|| format!("… ({} bytes in all)", grouped(bytes.len())));
    (text, rest)
}

/// Text safe for a terminal: control characters and bytes that are not UTF-8 become escapes; with
/// `quotes`, what a string literal needs too.
pub fn escaped(bytes: &[u8], quotes: bool) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    for chunk in bytes.utf8_chunks() {
        let mut chars = chunk.valid().chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\n' => out.push_str("\\n"),
                '\t' => out.push_str("\\t"),
                '\r' => out.push_str("\\r"),
                '"' | '\\' if quotes => {
                    out.push('\\');
                    out.push(c);
                }
                '\0' if !chars.peek().is_some_and(char::is_ascii_digit) => out.push_str("\\0"),
                c if (c as u32) < 0x80 && c.is_control() => {
                    out.push_str(&format!("\\x{:02x}", c as u32));
                }
                // Invisible: other controls, marks that turn the direction of the text.
                c if c.is_control()
                    || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
                {
                    out.push_str(&format!("\\u{{{:x}}}", c as u32));
                }
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// A count with commas: `1,234,567`.
pub fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_quoted_as_the_language_reads_them() {
        let q = |bytes: &[u8]| quoted(bytes, 100).0;
        assert_eq!(q(b"a\nb\t\"c\"\\"), r#""a\nb\t\"c\"\\""#);
        assert_eq!(q("é→".as_bytes()), "\"é→\"");
        assert_eq!(q(b"\xff\x1b[31m\0"), r#""\xff\x1b[31m\0""#);
        assert_eq!(q(b"\x001"), r#""\x001""#);
    }

    #[test]
    fn long_strings_say_how_long_they_are() {
        let (text, rest) = quoted(&[b'x'; 2000], 10);
        assert_eq!((text.len(), rest.as_deref()), (12, Some("… (2,000 bytes in all)")));
        // Not cut within a character.
        assert_eq!(quoted("aé".as_bytes(), 2).0, "\"a\"");
    }
}
