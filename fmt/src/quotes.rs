//! The quotes of short strings.

use crate::Quotes;

/// A string literal in the quotes asked for; `None` if it stays as it is.
pub fn requote(literal: &[u8], quotes: Quotes) -> Option<Vec<u8>> {
    let (wanted, other) = match quotes {
        Quotes::Double => (b'"', b'\''),
        Quotes::Single => (b'\'', b'"'),
        Quotes::Keep => return None,
    };
    let now = *literal.first()?;
    if now != wanted && now != other {
        return None; // a long bracket
    }
    let inner = literal.get(1..literal.len().checked_sub(1)?)?;
    let count = |quote| inner.iter().filter(|&&b| b == quote).count();
    let quote = if count(wanted) > count(other) { other } else { wanted };
    if quote == now {
        return None;
    }
    let mut out = vec![quote];
    let mut bytes = inner.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => match bytes.next() {
                Some(escaped) if escaped == now => out.push(escaped),
                Some(escaped) => out.extend([b'\\', escaped]),
                None => out.push(b'\\'),
            },
            byte if byte == quote => out.extend([b'\\', byte]),
            byte => out.push(byte),
        }
    }
    out.push(quote);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn double_unless_single_saves_escapes() {
        let double = |text: &str| {
            let out = requote(text.as_bytes(), Quotes::Double)?;
            Some(String::from_utf8(out).unwrap())
        };
        assert_eq!(double("'a'").as_deref(), Some("\"a\""));
        assert_eq!(double("\"a\""), None);
        assert_eq!(double("'say \"hi\"'"), None);
        assert_eq!(double(r#""say \"hi\"""#).as_deref(), Some("'say \"hi\"'"));
        assert_eq!(double(r"'it\'s'").as_deref(), Some("\"it's\""));
        assert_eq!(double(r"'\\\n'").as_deref(), Some(r#""\\\n""#));
        assert_eq!(double(r#"'it\'s "x"'"#), None);
        assert_eq!(double("[[a]]"), None);
        assert_eq!(requote(b"'a'", Quotes::Keep), None);
    }
}
