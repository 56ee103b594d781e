//! Line breaks of a text, and the statements on some of its lines.

use luka_compiler::Span;
use luka_compiler::ast::{BlockId, Chunk, Id, StmtId};
use luka_compiler::parse::Parsed;
use luka_compiler::source::Source;

use crate::{Indent, Options};

/// The line break of a text: that of its first line.
pub fn eol(source: &Source) -> &'static [u8] {
    let bytes = source.bytes();
    match bytes.iter().position(|&b| b == b'\n') {
        Some(at) if at > 0 && bytes[at - 1] == b'\r' => b"\r\n",
        _ => b"\n",
    }
}

/// Statements that follow each other in a block, and the text they are.
pub struct Found {
    /// The statements, at least one.
    pub stmts: Vec<StmtId>,
    /// From the first one's start to the last one's end.
    pub span: Span,
}

/// The statements that lie within some lines, in the outermost block that has such.
pub fn statements(source: &Source, parsed: &Parsed, first: u32, last: u32) -> Option<Found> {
    let chunk = &parsed.chunk;
    let within = |id: StmtId| {
        let span = chunk.stmt_span(id);
        let end = span.end.max(span.start + 1) - 1;
        source.line(span.start) >= first && source.line(end) <= last
    };
    let outermost = chunk
        .blocks
        .iter()
        .enumerate()
        .filter(|(_, block)| chunk.list(block.stmts).any(within))
        .min_by_key(|(_, block)| (block.open_at, std::cmp::Reverse(block.close_at)))
        .map(|(index, _)| BlockId::from_index(index as u32))?;
    let stmts: Vec<StmtId> =
        chunk.list(chunk.block(outermost).stmts).filter(|&id| within(id)).collect();
    let span = span_of(chunk, &stmts)?;
    Some(Found { stmts, span })
}

fn span_of(chunk: &Chunk, stmts: &[StmtId]) -> Option<Span> {
    let first = chunk.stmt_span(*stmts.first()?);
    let last = chunk.stmt_span(*stmts.last()?);
    Some(Span::new(first.start, last.end))
}

/// The level of indentation of the line on which the byte at `pos` is.
pub fn level(source: &Source, pos: u32, options: &Options) -> usize {
    let unit = match options.indent {
        Indent::Spaces(n) | Indent::Tab(n) => n.max(1) as usize,
    };
    let lines = source.lines();
    let from = lines.start_of(lines.line(pos)).unwrap_or(source.start()) as usize;
    let columns: usize = source.bytes()[from..pos as usize]
        .iter()
        .take_while(|&&b| b == b' ' || b == b'\t')
        .map(|&b| if b == b'\t' { unit } else { 1 })
        .sum();
    columns / unit
}
