//! The texts of the chunks a report speaks of.

use luka_compiler::source::{Source, SourceKind};
use luka_vm::debug::position::Location;
use luka_vm::function::ChunkInfo;
use std::rc::Rc;

/// Gives the bytes of a file, by the name it was loaded under; `None` if there is no such file.
pub type Files<'a> = &'a dyn Fn(&[u8]) -> Option<Vec<u8>>;

/// The sources seen so far in one report.
pub struct Sources<'a> {
    files: Files<'a>,
    known: Vec<(Rc<ChunkInfo>, Option<Rc<Source<'static>>>)>,
}

impl<'a> Sources<'a> {
    pub fn new(files: Files<'a>) -> Sources<'a> {
        Sources { files, known: Vec::new() }
    }

    /// The text of the chunk a place is in, if it still is what was compiled.
    pub fn of(&mut self, place: &Location) -> Option<Rc<Source<'static>>> {
        let at = self.known.iter().position(|(chunk, _)| Rc::ptr_eq(chunk, &place.chunk));
        let at = at.unwrap_or_else(|| {
            self.known.push((place.chunk.clone(), read(&place.chunk, self.files).map(Rc::new)));
            self.known.len() - 1
        });
        let source = self.known[at].1.clone()?;
        let lines = source.line(place.span.start)..=source.line(place.span.end);
        place.line.is_some_and(|line| lines.contains(&line)).then_some(source)
    }
}

/// The text of a chunk: what was kept, or the file again.
fn read(chunk: &ChunkInfo, files: Files) -> Option<Source<'static>> {
    let name = chunk.source_name.as_deref()?;
    let text = match &chunk.source_text {
        Some(text) => text.to_vec(),
        None => files(name.strip_prefix(b"@")?)?,
    };
    // What was kept has its first line blanked already; a file has not.
    let kind = if name.starts_with(b"@") { SourceKind::File } else { SourceKind::Chunk };
    Some(Source::new(name, text, kind))
}
