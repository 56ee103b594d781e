//! Source text: bytes, the chunk's name, and the line of each byte as PUC Lua counts it.

mod chunkid;
mod lines;

use std::cell::OnceCell;
use std::sync::Arc;

pub use chunkid::chunk_id;
pub use lines::LineIndex;

/// The origin of a text, which determines whether the first line may be a `#` comment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SourceKind {
    /// A string given to `load`: every byte is program text.
    Chunk,
    /// A file: a UTF-8 byte-order mark and a first line that starts with `#` are skipped
    /// (`luaL_loadfilex`).
    File,
}

/// One chunk of source text: its own, or borrowed from whoever loads it.
#[derive(Clone, Debug)]
pub struct Source<'t> {
    name: Box<[u8]>,
    bytes: Text<'t>,
    start: u32,
    first_line: u32,
    lines: OnceCell<LineIndex>,
}

/// Where the bytes are.
#[derive(Clone, Debug)]
enum Text<'t> {
    Shared(Arc<[u8]>),
    Borrowed(&'t [u8]),
}

impl Text<'_> {
    #[inline]
    fn as_slice(&self) -> &[u8] {
        match self {
            Text::Shared(bytes) => bytes,
            Text::Borrowed(bytes) => bytes,
        }
    }
}

impl Source<'static> {
    /// `name` as `lua_load` takes it: `@file`, `=literal`, or the text itself.
    pub fn new(
        name: impl Into<Vec<u8>>,
        bytes: impl Into<Arc<[u8]>>,
        kind: SourceKind,
    ) -> Source<'static> {
        Source::of(name.into(), Text::Shared(bytes.into()), kind)
    }

    /// A string chunk named after its own text, as `load(text)` names it.
    pub fn from_text(text: impl AsRef<[u8]>) -> Source<'static> {
        let text = text.as_ref();
        Source::new(text, text, SourceKind::Chunk)
    }
}

impl<'t> Source<'t> {
    /// The longest text accepted, in bytes, so that positions fit in a `u32`.
    pub const MAX_LEN: usize = (u32::MAX / 2) as usize;

    /// A text that stays where it is; else as [`Source::new`].
    pub fn borrowed(name: impl Into<Vec<u8>>, bytes: &'t [u8], kind: SourceKind) -> Source<'t> {
        Source::of(name.into(), Text::Borrowed(bytes), kind)
    }

    fn of(name: Vec<u8>, bytes: Text<'t>, kind: SourceKind) -> Source<'t> {
        let (start, first_line) = match kind {
            SourceKind::Chunk => (0, 1),
            SourceKind::File => lines::skip_first_line(bytes.as_slice()),
        };
        let name = name.into_boxed_slice();
        Source { name, bytes, start, first_line, lines: OnceCell::new() }
    }

    /// The chunk name with its `@` or `=`.
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// The chunk name as messages show it: `file`, `literal` or `[string "text..."]`.
    pub fn display_name(&self) -> Vec<u8> {
        chunk_id(&self.name)
    }

    /// All bytes, the skipped first line included.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// Where program text starts: after a byte-order mark and a `#` line of a file.
    pub fn start(&self) -> u32 {
        self.start
    }

    /// The line index, built at the first call.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(self.bytes(), self.start, self.first_line))
    }

    /// The line, counted from 1, of the byte at `pos`; of the end of the text for larger ones.
    pub fn line(&self, pos: u32) -> u32 {
        self.lines().line(pos)
    }
}
