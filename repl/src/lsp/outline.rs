//! What a file consists of: symbols, the kinds of names, folds, ranges for selections.

use gen_lsp_types::{
    BaseSymbolInformation, DocumentSymbol, FoldingRange, Position, Range, SelectionRange,
    SemanticToken, SemanticTokens, SymbolInformation, SymbolKind,
};
use luka_compiler::Span;
use luka_compiler::index::{Access, Index, Place, PlaceId, Value, VariableKind};

use super::workspace::{FileId, Workspace};

/// A symbol of a file: a function, a table, a constant at the top.
struct Symbol {
    name: String,
    kind: SymbolKind,
    /// What it covers, and its name.
    span: Span,
    name_span: Span,
}

/// The full name of a place: `M.f`.
fn full_name(index: &Index, place: PlaceId) -> String {
    let mut names = Vec::new();
    let mut place = place;
    for _ in 0..8 {
        names.extend(index.name_of(place).map(|name| index.text(name)));
        match index.places[place as usize] {
            Place::Field(parent, _) => place = parent,
            _ => break,
        }
    }
    names.reverse();
    names.join(".")
}

/// The symbols of a file, in the order of the text.
fn symbols(index: &Index) -> Vec<Symbol> {
    let mut found = Vec::new();
    let mut functions: Vec<Span> = index.functions.iter().map(|f| f.span).collect();
    functions.sort_unstable_by_key(|span| span.start);
    let mut functions = functions.into_iter().peekable();
    // Where the functions end that are open at an occurrence.
    let mut open: Vec<u32> = Vec::new();
    for occurrence in &index.occurrences {
        let at = occurrence.span.start;
        while let Some(function) = functions.next_if(|function| function.start < at) {
            open.push(function.end);
        }
        open.retain(|&end| end > at);
        let place = occurrence.place;
        if occurrence.access == Access::Read || index.definition(place) != Some(occurrence) {
            continue;
        }
        let value = index.values.get(&place);
        let (kind, span) = match (value, index.places[place as usize]) {
            (Some(Value::Function(number)), _) => {
                let function = &index.functions[*number as usize];
                let span = function.span;
                let span = Span::new(
                    span.start.min(occurrence.span.start),
                    span.end.max(occurrence.span.end),
                );
                let is_method = function.is_method;
                (if is_method { SymbolKind::Method } else { SymbolKind::Function }, span)
            }
            (_, Place::Variable(variable)) => {
                let variable = index.variables[variable as usize];
                if variable.kind != VariableKind::Local || !open.is_empty() {
                    continue;
                }
                let kind = match value {
                    Some(Value::Table | Value::Instance(_)) => SymbolKind::Object,
                    Some(Value::Module(_)) => SymbolKind::Module,
                    _ if variable.is_const => SymbolKind::Constant,
                    _ => SymbolKind::Variable,
                };
                (kind, occurrence.span)
            }
            (_, Place::Global(_)) => (SymbolKind::Variable, occurrence.span),
            (_, Place::Field(..)) if open.is_empty() => (SymbolKind::Field, occurrence.span),
            _ => continue,
        };
        found.push(Symbol {
            name: full_name(index, place),
            kind,
            span,
            name_span: occurrence.span,
        });
    }
    found.sort_by_key(|symbol| (symbol.span.start, std::cmp::Reverse(symbol.span.end)));
    found
}

/// The symbols of a file, those of a function inside of it.
pub fn document_symbols(workspace: &Workspace, file: FileId) -> Vec<DocumentSymbol> {
    let text = workspace.text(file);
    let mut roots: Vec<DocumentSymbol> = Vec::new();
    // The open symbols, with where they end.
    let mut open: Vec<(u32, DocumentSymbol)> = Vec::new();
    let close = |open: &mut Vec<(u32, DocumentSymbol)>, roots: &mut Vec<DocumentSymbol>| {
        if let Some((_, symbol)) = open.pop() {
            match open.last_mut() {
                Some((_, parent)) => parent.children.get_or_insert_default().push(symbol),
                None => roots.push(symbol),
            }
        }
    };
    for symbol in symbols(&workspace.files[file].index) {
        while open.last().is_some_and(|(end, _)| *end <= symbol.span.start) {
            close(&mut open, &mut roots);
        }
        // What a symbol covers includes its name.
        let span = Span::new(symbol.span.start, symbol.span.end.max(symbol.name_span.end));
        #[allow(deprecated, reason = "the type has a field that is")]
        let made = DocumentSymbol {
            name: symbol.name,
            detail: None,
            kind: symbol.kind,
            tags: None,
            deprecated: None,
            range: text.range(span),
            selection_range: text.range(symbol.name_span),
            children: None,
        };
        open.push((span.end, made));
    }
    while !open.is_empty() {
        close(&mut open, &mut roots);
    }
    roots
}

/// Symbols of the workspace whose names contain the letters of a text in their order.
pub fn workspace_symbols(workspace: &Workspace, query: &str) -> Vec<SymbolInformation> {
    const MOST: usize = 200;
    let query = query.to_lowercase();
    let mut found = Vec::new();
    for (id, file) in workspace.files.iter().enumerate().filter(|(_, file)| file.exists) {
        let index = &file.index;
        // Without a name that matches, the symbols need not be made.
        let mut hits = symbols(index).into_iter().filter(|symbol| {
            let name = symbol.name.to_lowercase();
            let mut letters = name.chars();
            query.chars().all(|wanted| letters.any(|letter| letter == wanted))
        });
        let Some(first) = hits.next() else { continue };
        let text = workspace.text(id);
        for symbol in std::iter::once(first).chain(hits) {
            let range = text.range(symbol.name_span);
            let location =
                gen_lsp_types::Location { uri: super::workspace::uri_of(&file.path), range };
            #[allow(deprecated, reason = "the type has a field that is")]
            found.push(SymbolInformation {
                deprecated: None,
                location,
                base_symbol_information: BaseSymbolInformation {
                    name: symbol.name,
                    kind: symbol.kind,
                    tags: None,
                    container_name: None,
                },
            });
            if found.len() >= MOST {
                return found;
            }
        }
    }
    found
}

/// The kinds of names, as the legend has them.
pub const TOKEN_TYPES: [&str; 6] =
    ["variable", "parameter", "property", "function", "method", "namespace"];
/// What may be said of a name besides.
pub const TOKEN_MODIFIERS: [&str; 4] =
    ["declaration", "readonly", "defaultLibrary", "modification"];

/// The kind of every name in a file.
pub fn semantic_tokens(workspace: &Workspace, file: FileId) -> SemanticTokens {
    let text = workspace.text(file);
    let index = &workspace.files[file].index;
    let mut data = Vec::new();
    let (mut line, mut start) = (0, 0);
    for occurrence in &index.occurrences {
        let value = index.values.get(&occurrence.place);
        let is_function = matches!(value, Some(Value::Function(_)));
        let is_module = matches!(value, Some(Value::Module(_)));
        let mut modifiers = match occurrence.access {
            Access::Define => 1,
            Access::Write => 8,
            Access::Read => 0,
        };
        let token_type = match index.places[occurrence.place as usize] {
            _ if occurrence.is_method => 4,
            Place::Variable(id) => {
                let variable = index.variables[id as usize];
                modifiers |= if variable.is_const { 2 } else { 0 };
                match variable.kind {
                    VariableKind::Parameter | VariableKind::SelfParameter => 1,
                    _ if is_function => 3,
                    _ if is_module => 5,
                    _ => 0,
                }
            }
            Place::Global(name) => {
                let known = workspace.environment.get(index.text(name).as_bytes());
                modifiers |= if known.is_some() { 4 } else { 0 };
                use luka_compiler::check::Definition;
                match known {
                    Some(Definition::Function(_)) => 3,
                    Some(Definition::Table) => 5,
                    _ if is_function => 3,
                    _ => 0,
                }
            }
            _ if is_function => 3,
            _ => 2,
        };
        let position = text.position(occurrence.span.start);
        let delta_start =
            if position.line == line { position.character - start } else { position.character };
        data.push(SemanticToken {
            delta_line: position.line - line,
            delta_start,
            length: text.length(occurrence.span),
            token_type,
            token_modifiers_bitset: modifiers,
        });
        (line, start) = (position.line, position.character);
    }
    SemanticTokens { result_id: None, data }
}

/// What can be folded: blocks and tables of several lines.
pub fn folds(workspace: &Workspace, file: FileId) -> Vec<FoldingRange> {
    let text = workspace.text(file);
    let spans = workspace.files[file].index.folds.iter();
    let ranges = spans.map(|span| (text.line_of(span.start), text.line_of(span.end)));
    let mut ranges: Vec<(u32, u32)> = ranges
        .map(|(first, last)| (first, last.saturating_sub(1)))
        .filter(|(a, b)| a < b)
        .collect();
    ranges.sort_unstable();
    ranges.dedup_by_key(|(first, _)| *first);
    let fold =
        |(start_line, end_line)| FoldingRange { start_line, end_line, ..FoldingRange::default() };
    ranges.into_iter().map(fold).collect()
}

/// The ranges that a selection grows through from a position: the name, expressions, statements, all.
pub fn selection(workspace: &Workspace, file: FileId, position: Position) -> SelectionRange {
    let text = workspace.text(file);
    let offset = text.offset(position);
    let index = &workspace.files[file].index;
    let around = |span: &&Span| span.start <= offset && offset <= span.end;
    let mut spans: Vec<Span> = index.nodes.iter().filter(around).copied().collect();
    spans.extend(index.folds.iter().filter(around));
    spans.extend(index.at(offset).map(|occurrence| occurrence.span));
    spans.push(Span::new(0, text.as_str().len() as u32));
    // The widest first; each inside of the one before.
    spans.sort_by_key(|span| std::cmp::Reverse(span.end - span.start));
    let mut chosen: Option<(Span, SelectionRange)> = None;
    for span in spans {
        let fits = match &chosen {
            None => true,
            Some((last, _)) => {
                last.start <= span.start
                    && span.end <= last.end
                    && (last.start, last.end) != (span.start, span.end)
            }
        };
        if fits {
            let parent = chosen.take().map(|(_, range)| Box::new(range));
            chosen = Some((span, SelectionRange { range: text.range(span), parent }));
        }
    }
    chosen.map_or_else(
        || SelectionRange { range: Range { start: position, end: position }, parent: None },
        |(_, range)| range,
    )
}
