//! Where something stands: chunk names as shown, lines, the position in front of messages.

use super::visible_code;
use crate::function::{ChunkInfo, ProtoData};
pub use crate::object::fault::Location;
use crate::vm::Vm;
use luka_bytecode::Span;
use std::io::Write;

/// Size of a shown chunk name, counting a final zero byte (`LUA_IDSIZE`).
const ID_SIZE: usize = 60;

/// A chunk name as messages show it (`luaO_chunkid`): `=name` and `@file` without their mark, the
/// latter cut at the left; anything else as `[string "first line"]`.
pub fn chunk_id(source: &[u8]) -> Vec<u8> {
    let mut shown = match source.split_first() {
        Some((b'=', name)) => name[..name.len().min(ID_SIZE - 1)].to_vec(),
        Some((b'@', name)) if source.len() <= ID_SIZE => name.to_vec(),
        Some((b'@', name)) => {
            let kept = ID_SIZE - 1 - b"...".len();
            [b"...", &name[name.len() - kept..]].concat()
        }
        _ => {
            // Room for the text beside `[string "`, `...`, `"]` and the zero byte.
            let room = ID_SIZE - 15;
            let first = memchr::memchr2(b'\n', 0, source).map_or(source, |end| &source[..end]);
            let cut_line = source.get(first.len()) == Some(&b'\n');
            let mut shown = b"[string \"".to_vec();
            if source.len() < room && !cut_line {
                shown.extend_from_slice(source);
            } else {
                let line = if cut_line { first } else { source };
                shown.extend_from_slice(&line[..line.len().min(room)]);
                shown.extend_from_slice(b"...");
            }
            shown.extend_from_slice(b"\"]");
            shown
        }
    };
    // PUC's names are C strings.
    if let Some(zero) = shown.iter().position(|&c| c == 0) {
        shown.truncate(zero);
    }
    shown
}

/// The shown name of a loaded chunk; `?` when it was stripped.
pub fn short_source(chunk: &ChunkInfo) -> Vec<u8> {
    match &chunk.source_name {
        Some(name) => chunk_id(name),
        None => b"?".to_vec(),
    }
}

/// The line of an instruction; `None` without debug information.
pub fn line_of(proto: &ProtoData, pc: usize) -> Option<u32> {
    proto.debug.lines.get(pc).copied()
}

/// Where an instruction comes from.
pub(crate) fn location(proto: &ProtoData, pc: usize) -> Location {
    Location {
        chunk: proto.chunk.clone(),
        span: proto.debug.spans.get(pc).copied().unwrap_or(Span::NONE),
        line: line_of(proto, pc),
    }
}

impl Vm {
    /// `chunk:line: ` of the function at a level (0 = the running one), or nothing if that is a
    /// native, has no line or does not exist (`luaL_where`).
    pub fn where_(&self, level: usize) -> Vec<u8> {
        let Some(frame) = self.frames(self.thread).nth(level) else { return Vec::new() };
        let Some((proto, pc)) = visible_code(&frame) else { return Vec::new() };
        let mut text = Vec::with_capacity(64);
        if let Some(line) = line_of(&proto.data, pc).filter(|&line| line > 0) {
            position(&proto.data.chunk, Some(line), &mut text);
        }
        text
    }
}

/// Appends `chunk:line: `, as messages begin; `?:-1: ` for stripped code.
pub(crate) fn position(chunk: &ChunkInfo, line: Option<u32>, out: &mut Vec<u8>) {
    out.extend_from_slice(&short_source(chunk));
    let line = line.map_or(-1, i64::from);
    // Writing to a vector does not fail.
    let _ = write!(out, ":{line}: ");
}

#[cfg(test)]
mod tests {
    use super::chunk_id;

    fn check(source: &str, shown: &str) {
        assert_eq!(String::from_utf8(chunk_id(source.as_bytes())).unwrap(), shown);
    }

    #[test]
    fn shown_names() {
        check("=stdin", "stdin");
        check("=", "");
        check("", "[string \"\"]");
        check("@file.lua", "file.lua");
        check("return 1", "[string \"return 1\"]");
        check("\nreturn 1", "[string \"...\"]");
        check("a\nb", "[string \"a...\"]");
        check(&"x".repeat(44), &format!("[string \"{}\"]", "x".repeat(44)));
        check(&"x".repeat(45), &format!("[string \"{}...\"]", "x".repeat(45)));
        check(&format!("={}", "x".repeat(59)), &"x".repeat(59));
        check(&format!("={}", "x".repeat(60)), &"x".repeat(59));
        check(&format!("@{}", "x".repeat(59)), &"x".repeat(59));
        check(&format!("@{}", "x".repeat(60)), &format!("...{}", "x".repeat(56)));
    }
}
