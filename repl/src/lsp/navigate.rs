//! From a name to where it is defined, used, and to other names for it.

use gen_lsp_types::{
    DocumentHighlight, DocumentHighlightKind, Location, PrepareRenamePlaceholder, TextEdit,
    WorkspaceEdit,
};
use luka_compiler::Span;
use luka_compiler::index::{Access, Occurrence, Place};
use std::collections::HashMap;

use super::workspace::{Entity, FileId, Workspace, uri_of};

/// Where the name at a position is defined; of a module's name, the file.
pub fn definition(workspace: &Workspace, file: FileId, position: u32) -> Vec<Location> {
    if let Some(module) = workspace.module_at(file, position) {
        return vec![workspace.location(module, Span::new(0, 0))];
    }
    if let Some(mention) = workspace.files[file].index.mention_at(position) {
        let found = workspace.declared(&mention.name, file);
        let found = found.map(|of| workspace.location(of.0, workspace.declaration(of).span));
        return found.into_iter().collect();
    }
    let (file, place) = match workspace.at(file, position) {
        Some((_, Some(Entity::Place(file, place)))) => (file, place),
        Some((_, Some(Entity::Member(file, record)))) if record.span != Span::NONE => {
            return vec![workspace.location(file, record.span)];
        }
        _ => return Vec::new(),
    };
    let index = &workspace.files[file].index;
    let found = index.definition(place).map(|occurrence| occurrence.span);
    // The `self` of a method is declared by the method.
    let found = found.or(match index.places[place as usize] {
        Place::Variable(variable) => Some(index.variables[variable as usize].span),
        _ => None,
    });
    found.map(|span| workspace.location(file, span)).into_iter().collect()
}

/// Every place where the name at a position is used.
pub fn references(
    workspace: &Workspace,
    file: FileId,
    position: u32,
    with_declaration: bool,
) -> Vec<Location> {
    let Some((occurrence, entity)) = workspace.at(file, position) else { return Vec::new() };
    let found = match entity {
        Some(entity) => workspace.references(&entity).0,
        None => same_place(workspace, file, &occurrence),
    };
    let found = found.into_iter().filter(|(_, o)| with_declaration || o.access != Access::Define);
    let mut texts = HashMap::new();
    found
        .map(|(file, o)| {
            let text = texts.entry(file).or_insert_with(|| workspace.text(file));
            Location { uri: uri_of(&workspace.files[file].path), range: text.range(o.span) }
        })
        .collect()
}

/// The names in a file that stand for the same unknown thing, as far as one can see.
fn same_place(workspace: &Workspace, file: FileId, of: &Occurrence) -> Vec<(FileId, Occurrence)> {
    let index = &workspace.files[file].index;
    index.occurrences_of(of.place).map(|&o| (file, o)).collect()
}

/// The uses of the name at a position in its own file.
pub fn highlights(workspace: &Workspace, file: FileId, position: u32) -> Vec<DocumentHighlight> {
    let Some((occurrence, _)) = workspace.at(file, position) else { return Vec::new() };
    let text = workspace.text(file);
    let kind = |access| match access {
        Access::Read => DocumentHighlightKind::Read,
        Access::Write | Access::Define => DocumentHighlightKind::Write,
    };
    let found = same_place(workspace, file, &occurrence);
    found
        .into_iter()
        .map(|(_, o)| DocumentHighlight { range: text.range(o.span), kind: Some(kind(o.access)) })
        .collect()
}

/// What a rename changes: every use of what the name stands for.
///
/// # Errors
/// Why it cannot be renamed.
fn renamed(
    workspace: &Workspace,
    file: FileId,
    position: u32,
) -> Result<(Occurrence, Vec<(FileId, Occurrence)>), String> {
    let Some((occurrence, entity)) = workspace.at(file, position) else {
        return Err("there is no name here".into());
    };
    let index = &workspace.files[file].index;
    let name = index.name_of(occurrence.place).map_or("", |name| index.text(name));
    let entity = match entity {
        Some(Entity::Place(file, place)) => Entity::Place(file, place),
        Some(Entity::Member(..)) => {
            return Err(format!("`{name}` is declared in an annotation, which is not changed"));
        }
        Some(_) => return Err(format!("`{name}` is the library's")),
        None => return Err(format!("what `{name}` stands for is not known")),
    };
    if let Entity::Place(file, place) = entity {
        let index = &workspace.files[file].index;
        if index.is_incomplete && matches!(index.places[place as usize], Place::Variable(_)) {
            return Err("the file has errors: not all uses are known".into());
        }
    }
    let (found, unknown) = workspace.references(&entity);
    let is_field = matches!(index.places[occurrence.place as usize], Place::Field(..));
    if is_field && unknown > 0 {
        return Err(format!(
            "`{name}` is also the name of {unknown} {} of something that is not known",
            if unknown == 1 { "field" } else { "fields" }
        ));
    }
    if let Some((file, _)) =
        found.iter().find(|(file, _)| workspace.files[*file].index.is_incomplete)
    {
        return Err(format!("{} has errors: not all uses are known", workspace.files[*file].path));
    }
    Ok((occurrence, found))
}

/// Whether the name at a position can be renamed.
///
/// # Errors
/// Why it cannot.
pub fn prepare_rename(
    workspace: &Workspace,
    file: FileId,
    position: u32,
) -> Result<PrepareRenamePlaceholder, String> {
    let (occurrence, _) = renamed(workspace, file, position)?;
    let text = workspace.text(file);
    let span = occurrence.span;
    let placeholder = text.as_str().get(span.start as usize..span.end as usize);
    let placeholder = placeholder.unwrap_or_default().to_string();
    Ok(PrepareRenamePlaceholder { range: text.range(span), placeholder })
}

/// Whether a word can be a name.
fn is_identifier(word: &str) -> bool {
    const RESERVED: &str = " and break do else elseif end false for function goto if in local nil not or \
                            repeat return then true until while ";
    let mut letters = word.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !RESERVED.contains(&format!(" {word} "))
}

/// Renames what the name at a position stands for.
///
/// # Errors
/// Why it cannot be renamed.
pub fn rename(
    workspace: &Workspace,
    file: FileId,
    position: u32,
    new: &str,
) -> Result<WorkspaceEdit, String> {
    if !is_identifier(new) {
        return Err(format!("`{new}` is no name"));
    }
    let (occurrence, found) = renamed(workspace, file, position)?;
    if let Some(message) = captured(workspace, file, &occurrence, new) {
        return Err(message);
    }
    let mut changes = HashMap::new();
    for (file, occurrence) in found {
        let text = workspace.text(file);
        let edits: &mut Vec<TextEdit> =
            changes.entry(uri_of(&workspace.files[file].path)).or_default();
        edits.push(TextEdit { range: text.range(occurrence.span), new_text: new.to_string() });
    }
    Ok(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() })
}

/// Why a variable may not have this name: another one of that name would be hidden or would hide it.
fn captured(
    workspace: &Workspace,
    file: FileId,
    occurrence: &Occurrence,
    new: &str,
) -> Option<String> {
    let index = &workspace.files[file].index;
    let Place::Variable(own) = index.places[occurrence.place as usize] else { return None };
    let variable = index.variables[own as usize];
    let name = index.name(new)?;
    let within =
        |span: Span| variable.scope.start <= span.start && span.start <= variable.scope.end;
    // Uses of the other name where this variable is seen would become uses of it.
    let hides = index.occurrences.iter().any(|o| {
        let is_other = match index.places[o.place as usize] {
            Place::Variable(other) => other != own && index.variables[other as usize].name == name,
            Place::Global(other) => other == name,
            _ => false,
        };
        is_other && o.access != Access::Define && within(o.span)
    });
    // Uses of this variable where another one of that name is seen would become uses of that.
    let hidden = index.occurrences_of(occurrence.place).any(|o| {
        index.variables.iter().enumerate().any(|(id, other)| {
            id as u32 != own
                && other.name == name
                && other.span.start > variable.span.start
                && other.scope.start <= o.span.start
                && o.span.start <= other.scope.end
        })
    });
    (hides || hidden).then(|| format!("`{new}` is the name of another variable there"))
}
