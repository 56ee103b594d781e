//! What functions are called, by the texts they are written in. The prototype of a module's main function
//! is soon garbage, so names are not looked for in the code that makes functions.

use luka_compiler::Std;
use luka_compiler::index::{Index, Place, PlaceId};
use luka_compiler::source::{Source, SourceKind};
use luka_vm::function::ProtoData;
use std::collections::HashMap;

use super::tree::Symbol;
use crate::cmd::tool;
use crate::session::read_source;

/// Steps from a field to its tables.
const DEPTH: usize = 20;

/// What is known of a text: its functions, each with the line it begins in, its span and its name.
struct Text(Vec<(u32, luka_compiler::Span, Option<String>)>);

/// The texts that were looked at, by the names of their chunks.
pub struct Names {
    std: Std,
    texts: HashMap<Box<[u8]>, Text>,
}

impl Names {
    /// Nothing was looked at yet.
    pub fn new(std: Std) -> Names {
        Names { std, texts: HashMap::new() }
    }

    /// What a function of the language is called.
    pub fn symbol(&mut self, proto: &ProtoData) -> Symbol {
        let shown = luka_vm::debug::position::short_source(&proto.chunk);
        let file = String::from_utf8_lossy(&shown).into_owned();
        let line = proto.line_defined;
        if line == 0 {
            return Symbol { name: "main chunk".into(), file, line };
        }
        let chunk = proto.chunk.source_name.clone().unwrap_or_default();
        let kept = proto.chunk.source_text.clone();
        let text = self.texts.entry(chunk.to_vec().into()).or_insert_with(|| {
            let bytes = match (kept, chunk.strip_prefix(b"@")) {
                (Some(text), _) => Some(text.to_vec()),
                (None, Some(path)) => read_source(path),
                (None, None) => None,
            };
            bytes.map_or(Text(Vec::new()), |bytes| Text::new(bytes, self.std))
        });
        let inside = proto.debug.spans.iter().find(|span| span.start < span.end);
        let inside = inside.map(|span| span.start);
        let name = text.name(line, inside);
        Symbol { name: name.unwrap_or_else(|| "function".into()), file, line }
    }
}

impl Text {
    fn new(bytes: Vec<u8>, std: Std) -> Text {
        let source = Source::new(b"=text".to_vec(), bytes, SourceKind::File);
        let index = Index::new(&source, &tool::options(std));
        let functions = index.functions.iter().map(|function| {
            let name = function.place.and_then(|place| path(&index, place, DEPTH));
            let name = name.map(|name| match (function.is_method, name.rsplit_once('.')) {
                (true, Some((class, method))) => format!("{class}:{method}"),
                _ => name,
            });
            (source.line(function.span.start), function.span, name)
        });
        Text(functions.collect())
    }

    /// The name of the function that begins in a line and has an instruction made from a position: the
    /// innermost of them.
    fn name(&self, line: u32, inside: Option<u32>) -> Option<String> {
        let here = self.0.iter().filter(|(begins, span, _)| {
            *begins == line && inside.is_none_or(|at| span.start <= at && at <= span.end)
        });
        let (_, _, name) = here.min_by_key(|(_, span, _)| span.end - span.start)?;
        name.clone()
    }
}

/// A place with the tables it is in: `M.sub.f`.
fn path(index: &Index, place: PlaceId, depth: usize) -> Option<String> {
    let name = index.text(index.name_of(place)?).to_string();
    match index.places[place as usize] {
        Place::Field(table, _) if depth > 0 => Some(match path(index, table, depth - 1) {
            Some(table) => format!("{table}.{name}"),
            None => name,
        }),
        _ => Some(name),
    }
}
