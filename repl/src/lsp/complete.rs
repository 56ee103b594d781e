//! Completion, and the signature of the call that is being written: from the tokens before the cursor,
//! because the rest of a text that is being written seldom parses.

use gen_lsp_types::{
    ActiveParameter, CompletionItem, CompletionItemKind, Documentation, MarkupContent, MarkupKind,
    ParameterInformation, ParameterInformationLabel, SignatureHelp, SignatureInformation,
};
use luka_compiler::annotation::{Basic, Type};
use luka_compiler::check::Definition;
use luka_compiler::index::{self, Place, VariableKind};
use serde_json::{Value, json};

use super::describe::{self, describe};
use super::workspace::{Entity, FileId, Workspace};

/// How many bytes of a call are looked through for its beginning.
const LONGEST_CALL: usize = 1000;

/// Tags of annotations.
const TAGS: [&str; 16] = [
    "alias",
    "async",
    "cast",
    "class",
    "deprecated",
    "enum",
    "field",
    "generic",
    "meta",
    "nodiscard",
    "overload",
    "param",
    "return",
    "see",
    "type",
    "vararg",
];

const KEYWORDS: [&str; 27] = [
    "and", "break", "const", "continue", "defer", "do", "else", "elseif", "end", "false", "for",
    "function", "goto", "if", "in", "local", "match", "nil", "not", "or", "repeat", "return",
    "then", "true", "try", "until", "while",
];

/// What stands behind a name in a chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Suffix {
    /// `(x)`: what follows is the result's.
    Call,
    /// `[x]`: what follows is an element's.
    Element,
}

/// A name in a chain.
struct Link<'a> {
    name: &'a str,
    suffixes: Vec<Suffix>,
}

/// A chain of names that ends at a position: `a.b(x):c`.
struct Chain<'a> {
    /// The names before the last one.
    links: Vec<Link<'a>>,
    /// Before the last name stands a `:`.
    is_method: bool,
    /// Something before the chain belongs to it that is no name: `(f)().x`.
    is_open: bool,
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// What stands before the list of arguments or the key in brackets at the end of a text, and which it is.
fn before_suffix(text: &str) -> Option<(&str, Suffix)> {
    let (suffix, open) = match text.bytes().last()? {
        b')' => (Suffix::Call, b'('),
        b']' => (Suffix::Element, b'['),
        _ => return None,
    };
    let mut depth = 0u32;
    // (Brackets in strings are seldom without their partners.)
    for (at, byte) in text.bytes().enumerate().rev().take(LONGEST_CALL) {
        match byte {
            b')' | b'}' | b']' => depth += 1,
            b'(' | b'{' | b'[' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return (byte == open).then(|| (text[..at].trim_end(), suffix));
                }
            }
            _ => {}
        }
    }
    None
}

/// The chain before a position; the last name may be empty.
fn chain(text: &str, position: usize) -> Chain<'_> {
    let mut rest = text.get(..position).unwrap_or_default().trim_end_matches(is_name);
    let mut chain = Chain { links: Vec::new(), is_method: false, is_open: false };
    let mut first = true;
    loop {
        let before = rest.trim_end();
        let (separator, object) = match before.strip_suffix(':').map(|rest| (':', rest)) {
            Some(found) if !found.1.ends_with(':') => found,
            _ => match before.strip_suffix('.') {
                Some(object) if !object.ends_with('.') => {
                    ('.', object.strip_suffix('?').unwrap_or(object))
                }
                _ => break,
            },
        };
        chain.is_method |= first && separator == ':';
        first = false;
        let mut object = object.trim_end();
        let mut suffixes = Vec::new();
        while let Some((before, suffix)) = before_suffix(object) {
            object = before.strip_suffix('?').unwrap_or(before);
            suffixes.insert(0, suffix);
        }
        let start = object.trim_end_matches(is_name).len();
        let name = &object[start..];
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            chain.is_open = true;
            break;
        }
        chain.links.insert(0, Link { name, suffixes });
        rest = &object[..start];
    }
    chain
}

/// What a chain of names stands for at a position.
fn resolve(workspace: &Workspace, file: FileId, position: u32, links: &[Link]) -> Option<Entity> {
    let index = &workspace.files[file].index;
    let (first, rest) = links.split_first()?;
    let variable = index
        .visible(position)
        .into_iter()
        .find(|&id| index.text(index.variables[id as usize].name) == first.name);
    let place = match variable {
        Some(variable) => index.place(Place::Variable(variable)),
        None => index.name(first.name).and_then(|name| index.place(Place::Global(name))),
    };
    let followed = |entity: Entity, link: &Link| {
        link.suffixes.iter().try_fold(entity, |entity, suffix| match suffix {
            Suffix::Call => workspace.result_of(&entity),
            Suffix::Element => workspace.element_of(&entity),
        })
    };
    let entity = match place {
        Some(place) => workspace.target(file, place)?,
        None => {
            workspace.environment.get(first.name.as_bytes())?;
            Entity::Library(first.name.to_string())
        }
    };
    let mut entity = followed(entity, first)?;
    for link in rest {
        entity = followed(workspace.value(workspace.member(&entity, link.name)?)?, link)?;
    }
    Some(entity)
}

/// The beginning of a module's name, if `require "` stands before it.
fn required(before: &str) -> Option<&str> {
    let quote = before.rfind(['"', '\''])?;
    let name = &before[quote + 1..];
    let call = before[..quote].trim_end().trim_end_matches('(').trim_end();
    (call.ends_with("require") && !name.contains(['\n', ')'])).then_some(name)
}

fn kind_of(workspace: &Workspace, entity: &Entity, is_method: bool) -> CompletionItemKind {
    let is_function = match entity {
        Entity::Library(name) => matches!(workspace.library(name), Some(Definition::Function(_))),
        Entity::Member(_, record) => {
            matches!(
                record.ty.besides_nil(),
                Some(Type::Function(_) | Type::Basic(Basic::Function))
            )
        }
        _ => workspace.function(entity).is_some(),
    };
    match entity {
        _ if is_function && is_method => CompletionItemKind::Method,
        _ if is_function => CompletionItemKind::Function,
        Entity::Library(name) if matches!(workspace.library(name), Some(Definition::Table)) => {
            CompletionItemKind::Module
        }
        Entity::Place(file, place) => match workspace.files[*file].index.values.get(place) {
            Some(index::Value::Module(_)) => CompletionItemKind::Module,
            _ => match workspace.files[*file].index.places[*place as usize] {
                Place::Field(..) => CompletionItemKind::Field,
                _ => CompletionItemKind::Variable,
            },
        },
        Entity::Member(..) => CompletionItemKind::Field,
        _ => CompletionItemKind::Value,
    }
}

/// An item for an entity; its documentation is made when it is asked for ([`resolved`]).
fn item(
    workspace: &Workspace,
    name: String,
    entity: &Entity,
    is_method: bool,
    rank: u8,
) -> CompletionItem {
    let data = match entity {
        Entity::Place(file, place) => json!({"file": file, "place": place}),
        Entity::Library(name) => json!({"library": name}),
        Entity::Module(file) => json!({"module": file}),
        // What there is to say is said at once.
        Entity::Of(..) | Entity::Member(..) => Value::Null,
    };
    let detail = matches!(entity, Entity::Member(..)).then(|| describe(workspace, entity).code);
    CompletionItem {
        kind: Some(kind_of(workspace, entity, is_method)),
        sort_text: Some(format!("{rank}{name}")),
        label: name,
        detail,
        data: Some(data).filter(|data| !data.is_null()),
        ..CompletionItem::default()
    }
}

fn plain(name: impl Into<String>, kind: CompletionItemKind, rank: u8) -> CompletionItem {
    let label = name.into();
    let sort_text = Some(format!("{rank}{label}"));
    CompletionItem { label, kind: Some(kind), sort_text, ..CompletionItem::default() }
}

/// What stands behind `---@`, if the end of a line is in an annotation.
fn annotation(line: &str) -> Option<&str> {
    let (before, tag) = line.rsplit_once("---")?;
    let tag = tag.trim_start().strip_prefix('@')?;
    (!before.contains("--")).then_some(tag)
}

/// Tags, the names of parameters, and names of types.
fn annotations(
    workspace: &Workspace,
    file: FileId,
    position: u32,
    tag: &str,
) -> Vec<CompletionItem> {
    let Some((name, rest)) = tag.split_once(char::is_whitespace) else {
        return TAGS.iter().map(|tag| plain(*tag, CompletionItemKind::Keyword, 0)).collect();
    };
    let is_first = !rest.trim_start().contains(char::is_whitespace);
    if matches!(name, "param" | "field" | "cast") && is_first {
        let functions = workspace.files[file].index.functions.iter();
        let next = functions.filter(|function| function.span.start >= position);
        let next = next.min_by_key(|function| function.span.start);
        let names = next.iter().flat_map(|function| function.parameters.iter());
        let is_param = name == "param";
        let names = names.filter(|_| is_param);
        return names.map(|name| plain(&**name, CompletionItemKind::Variable, 0)).collect();
    }
    if !matches!(
        name,
        "param" | "field" | "cast" | "type" | "return" | "alias" | "class" | "vararg"
    ) {
        return Vec::new();
    }
    let basic = Basic::ALL.iter().map(|basic| basic.name()).chain(["any"]);
    let own = workspace.type_names().into_iter();
    let basic = basic.map(|name| plain(name, CompletionItemKind::Keyword, 1));
    basic.chain(own.map(|name| plain(name, CompletionItemKind::Class, 0))).collect()
}

/// What may stand at a position.
pub fn complete(workspace: &Workspace, file: FileId, position: u32) -> Vec<CompletionItem> {
    let text = workspace.text(file);
    let text = text.as_str();
    let before = text.get(..position as usize).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    if let Some(begun) = required(line) {
        let modules = workspace.modules().into_iter().filter(|name| name.starts_with(begun));
        return modules.map(|name| plain(name, CompletionItemKind::Module, 0)).collect();
    }
    if let Some(tag) = annotation(line) {
        return annotations(workspace, file, position, tag);
    }
    if is_in_comment_or_string(line) {
        return Vec::new();
    }
    let chain = chain(text, position as usize);
    let index = &workspace.files[file].index;
    if chain.is_open || !chain.links.is_empty() {
        let entity =
            (!chain.is_open).then(|| resolve(workspace, file, position, &chain.links)).flatten();
        let mut items: Vec<CompletionItem> = match &entity {
            Some(entity) => workspace
                .members(entity)
                .into_iter()
                .map(|(name, member)| item(workspace, name, &member, chain.is_method, 0))
                .filter(|item| !chain.is_method || item.kind == Some(CompletionItemKind::Method))
                .collect(),
            None => Vec::new(),
        };
        if items.is_empty() {
            // Names that are fields of something in this file.
            let fields = index.places.iter().filter_map(|place| match place {
                Place::Field(_, name) | Place::Unknown(name) => Some(index.text(*name)),
                _ => None,
            });
            let mut names: Vec<&str> = fields.collect();
            names.sort_unstable();
            names.dedup();
            items.extend(names.into_iter().map(|name| plain(name, CompletionItemKind::Text, 9)));
        }
        return items;
    }
    let mut items = Vec::new();
    for id in index.visible(position) {
        let variable = &index.variables[id as usize];
        let name = index.text(variable.name);
        if variable.kind != VariableKind::SelfParameter && variable.span.start >= variable.span.end
        {
            continue;
        }
        if let Some(place) = index.place(Place::Variable(id))
            && name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        {
            items.push(item(workspace, name.to_string(), &Entity::Place(file, place), false, 0));
        }
    }
    for (name, entity) in workspace.global_names() {
        items.push(item(workspace, name, &entity, false, 2));
    }
    items.extend(KEYWORDS.iter().map(|word| plain(*word, CompletionItemKind::Keyword, 3)));
    items
}

/// Whether the end of a line is in a comment or a string.
fn is_in_comment_or_string(line: &str) -> bool {
    let mut quote = None;
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        match (quote, c) {
            (Some(_), '\\') => {
                rest.next();
            }
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '-') if rest.peek() == Some(&'-') => return true,
            _ => {}
        }
    }
    quote.is_some()
}

/// An item with its documentation.
pub fn resolved(workspace: &Workspace, mut item: CompletionItem) -> CompletionItem {
    let Some(data) = &item.data else { return item };
    let number = |name: &str| data[name].as_u64().map(|n| n as usize);
    let entity = match (data["library"].as_str(), number("file"), number("place"), number("module"))
    {
        (Some(name), ..) => Entity::Library(name.to_string()),
        (_, Some(file), Some(place), _)
            if workspace.files.get(file).is_some_and(|f| place < f.index.places.len()) =>
        {
            Entity::Place(file, place as u32)
        }
        (_, _, _, Some(file)) if file < workspace.files.len() => Entity::Module(file),
        _ => return item,
    };
    let description = describe(workspace, &entity);
    item.detail = Some(description.code.clone());
    if !description.text.is_empty() {
        let content = MarkupContent { kind: MarkupKind::Markdown, value: description.text };
        item.documentation = Some(Documentation::MarkupContent(content));
    }
    item
}

/// The call that is being written at a position: the position of its `(`, and how many arguments are before.
fn open_call(text: &str) -> Option<(usize, u32)> {
    let bytes = text.as_bytes();
    let (mut depth, mut commas) = (0u32, 0);
    // A call does not begin very far before.
    let least = bytes.len().saturating_sub(4000);
    for at in (least..bytes.len()).rev() {
        match bytes[at] {
            b')' | b'}' | b']' => depth += 1,
            b'(' if depth == 0 => return Some((at, commas)),
            b'{' | b'[' if depth == 0 => commas = 0,
            b'(' | b'{' | b'[' => depth -= 1,
            b',' if depth == 0 => commas += 1,
            b';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// The signature of the call that is being written.
pub fn signature(workspace: &Workspace, file: FileId, position: u32) -> Option<SignatureHelp> {
    let text = workspace.text(file);
    let text = text.as_str();
    let (open, given) = open_call(text.get(..position as usize)?)?;
    let callee = text[..open].trim_end();
    let mut found = chain(callee, callee.len());
    let start = callee.trim_end_matches(is_name).len();
    let last = &callee[start..];
    if found.is_open || last.is_empty() || last.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    found.links.push(Link { name: last, suffixes: Vec::new() });
    let entity = resolve(workspace, file, position, &found.links)?;
    let (label, parameters, is_method) = match &entity {
        Entity::Library(name) => {
            let Some(Definition::Function(signature)) = workspace.library(name) else {
                return None;
            };
            (signature.text.clone(), signature.params.clone(), false)
        }
        _ => {
            let (file, function) = workspace.function(&entity)?;
            let names = function.parameters.iter().map(|name| name.to_string()).collect();
            (describe::head(workspace, file, function), names, function.is_method)
        }
    };
    // `f.m(f, x)` has one more argument than `f:m(x)`.
    let shift = match (found.is_method, is_method) {
        (true, false) => 1,
        (false, true) => -1,
        _ => 0,
    };
    let active = (i64::from(given) + shift).max(0) as u32;
    let description = describe(workspace, &entity);
    let parameters: Vec<ParameterInformation> = parameters
        .into_iter()
        .map(|name| ParameterInformation {
            label: ParameterInformationLabel::String(name),
            documentation: None,
        })
        .collect();
    let last = parameters.len().saturating_sub(1) as u32;
    Some(SignatureHelp {
        signatures: vec![SignatureInformation {
            label,
            documentation: (!description.text.is_empty()).then(|| {
                let content = MarkupContent { kind: MarkupKind::Markdown, value: description.text };
                Documentation::MarkupContent(content)
            }),
            parameters: Some(parameters),
            active_parameter: Some(ActiveParameter::Int(active.min(last))),
        }],
        active_signature: Some(0),
        active_parameter: Some(ActiveParameter::Int(active.min(last))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_of_names() {
        let names = |text: &str| {
            let chain = chain(text, text.len());
            let names: Vec<&str> = chain.links.iter().map(|link| link.name).collect();
            (names.join(" "), chain.is_method, chain.is_open)
        };
        assert_eq!(names("local x = a.b.c"), ("a b".into(), false, false));
        assert_eq!(names("a.b:"), ("a b".into(), true, false));
        assert_eq!(names("x = y"), (String::new(), false, false));
        assert_eq!(names("f().x"), ("f".into(), false, false));
        assert_eq!(names("a.b(c, {d})"), (String::new(), false, false));
        assert_eq!(names("a.b(c, {d}):e"), ("a b".into(), true, false));
        assert_eq!(names("(f or g)().x"), (String::new(), false, true));
        assert_eq!(names("t[1].x"), ("t".into(), false, false));
        assert_eq!(names("t[i + 1][f(2)].x"), ("t".into(), false, false));
        assert_eq!(names("a.b(c)[1]:x"), ("a b".into(), true, false));
        assert_eq!(names("({1})[1].x"), (String::new(), false, true));
        assert_eq!(names("a .. b"), (String::new(), false, false));
        assert_eq!(names("goto ::x"), (String::new(), false, false));
    }

    #[test]
    fn calls_that_are_open() {
        assert_eq!(open_call("f(a, g(b), {1, 2}, "), Some((1, 3)));
        assert_eq!(open_call("f(a, g("), Some((6, 0)));
        assert_eq!(open_call("f(a) "), None);
    }

    #[test]
    fn modules_and_strings() {
        assert_eq!(required("local a = require \"b.c"), Some("b.c"));
        assert_eq!(required("require('x"), Some("x"));
        assert_eq!(required("print('x"), None);
        assert!(is_in_comment_or_string("x = 'a") && is_in_comment_or_string("x = 1 -- a"));
        assert!(!is_in_comment_or_string("x = 'a' .. b"));
    }
}
