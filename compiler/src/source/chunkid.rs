//! How messages show a chunk's name (`luaO_chunkid`).

/// The size of a name in messages, including C's terminating zero (`LUA_IDSIZE`).
const ID_SIZE: usize = 60;

/// The display form of a chunk name: `=x` is `x`, `@x` is `x` with `...` for a lost beginning,
/// anything else is `[string "first line..."]`. At most 59 bytes.
pub fn chunk_id(name: &[u8]) -> Vec<u8> {
    // C sees the name up to its first zero.
    let name = &name[..memchr::memchr(0, name).unwrap_or(name.len())];
    match name.first() {
        Some(b'=') => name[1..name.len().min(ID_SIZE)].to_vec(),
        Some(b'@') if name.len() <= ID_SIZE => name[1..].to_vec(),
        Some(b'@') => [b"...", &name[name.len() - (ID_SIZE - 4)..]].concat(),
        _ => string_id(name),
    }
}

fn string_id(text: &[u8]) -> Vec<u8> {
    const PRE: &[u8] = b"[string \"";
    const DOTS: &[u8] = b"...";
    const POST: &[u8] = b"\"]";
    let limit = ID_SIZE - (PRE.len() + DOTS.len() + POST.len()) - 1;
    let first = &text[..memchr::memchr(b'\n', text).unwrap_or(text.len())];
    if text.len() < limit && first.len() == text.len() {
        return [PRE, text, POST].concat();
    }
    [PRE, &first[..first.len().min(limit)], DOTS, POST].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> String {
        String::from_utf8(chunk_id(name.as_bytes())).unwrap()
    }

    #[test]
    fn names() {
        assert_eq!(id("=stdin"), "stdin");
        assert_eq!(id("@a.lua"), "a.lua");
        assert_eq!(id("x = 1"), "[string \"x = 1\"]");
        assert_eq!(id("x = 1\ny"), "[string \"x = 1...\"]");
        assert_eq!(id(""), "[string \"\"]");
        assert_eq!(id(&format!("={}", "x".repeat(80))), "x".repeat(59));
        assert_eq!(id(&format!("@{}", "x".repeat(59))), "x".repeat(59));
        assert_eq!(id(&format!("@{}", "x".repeat(60))), format!("...{}", "x".repeat(56)));
        assert_eq!(id(&"x".repeat(44)), format!("[string \"{}\"]", "x".repeat(44)));
        assert_eq!(id(&"x".repeat(45)), format!("[string \"{}...\"]", "x".repeat(45)));
    }
}
