//! What is said of a name: how it is declared, and the comment above that.

use luka_compiler::annotation::{Declared, DeclaredKind, Origin, Record, Type, type_length};
use luka_compiler::check::Definition;
use luka_compiler::index::{Function, Place, Value, VariableKind};

use super::workspace::{Entity, FileId, Workspace};

/// How many fields of a class are shown.
const MOST_FIELDS: usize = 20;

/// A description.
pub struct Description {
    /// Lines of code that show what it is.
    pub code: String,
    /// Text in Markdown.
    pub text: String,
}

impl Description {
    pub fn markdown(&self) -> String {
        let code = format!("```lua\n{}\n```", self.code);
        if self.text.is_empty() { code } else { format!("{code}\n\n{}", self.text) }
    }
}

/// A function's first line, as it is written, with the types that a comment has for it.
pub fn head(workspace: &Workspace, file: FileId, function: &Function) -> String {
    let text = workspace.text(file);
    let from = function.span.start as usize;
    let head = text.as_str().get(from..function.head_end as usize).unwrap_or_default();
    let head = head.split_whitespace().collect::<Vec<_>>().join(" ");
    match (&function.signature, head.split_once('(')) {
        (Some(signature), Some((name, _))) if !function.has_types => format!("{name}{signature}"),
        _ => head,
    }
}

/// A class with its fields, or what an alias stands for.
fn declared(declared: &Declared) -> String {
    let mut code = match declared.kind {
        DeclaredKind::Alias => return format!("type {} = {}", declared.name, declared.ty),
        DeclaredKind::Class => format!("(class) {}", declared.name),
        DeclaredKind::Enum => format!("(enum) {}", declared.name),
    };
    for (number, parent) in declared.parents.iter().enumerate() {
        code.push_str(&format!("{}{parent}", if number == 0 { ": " } else { ", " }));
    }
    for field in declared.fields.iter().take(MOST_FIELDS) {
        code.push_str(&format!("\n  {}", record(field)));
    }
    if declared.fields.len() > MOST_FIELDS {
        code.push_str(&format!("\n  … {} more", declared.fields.len() - MOST_FIELDS));
    }
    code
}

fn record(record: &Record) -> String {
    let mark = if record.is_optional { "?" } else { "" };
    format!("{}{mark}: {}", record.name, record.ty)
}

/// What a declared type is.
pub fn describe_type(workspace: &Workspace, of: (FileId, usize)) -> Description {
    let known = workspace.declaration(of);
    let line = workspace.text(of.0).line_of(known.span.start);
    // The comment goes on behind the declaration.
    let text = comment(workspace, of.0, line);
    Description { code: declared(known), text }
}

/// What an entity is.
pub fn describe(workspace: &Workspace, entity: &Entity) -> Description {
    match entity {
        Entity::Library(name) => library(workspace, name),
        Entity::Module(file) => {
            let path = &workspace.files[*file].path;
            Description { code: format!("-- {path}"), text: comment(workspace, *file, u32::MAX) }
        }
        Entity::Of(file, ty) => match ty {
            Type::Named(name, _) if workspace.declared(name, *file).is_some() => {
                let found = workspace.declared(name, *file).unwrap_or_default();
                describe_type(workspace, found)
            }
            ty => Description { code: ty.to_string(), text: String::new() },
        },
        Entity::Member(_, member) => Description {
            code: format!("(field) {}", record(member)),
            text: member.text.to_string(),
        },
        Entity::Place(file, place) => {
            let index = &workspace.files[*file].index;
            if let Some(class) = workspace.class_of(*file, *place) {
                return describe_type(workspace, class);
            }
            let name = index.name_of(*place).map_or("", |name| index.text(name));
            let known = index.values.get(place);
            let kind = match index.places[*place as usize] {
                Place::Variable(variable) => match index.variables[variable as usize].kind {
                    VariableKind::Local | VariableKind::Function => "local ",
                    VariableKind::Parameter => "(parameter) ",
                    VariableKind::Loop => "(loop variable) ",
                    VariableKind::SelfParameter => "(self) ",
                },
                Place::Global(_) => "(global) ",
                Place::Field(..) => "(field) ",
                Place::Element(_) | Place::Unknown(_) | Place::Export => "",
            };
            let annotated = index.types.get(place);
            let code = match (workspace.function(entity), known) {
                (Some((file, function)), _) => {
                    let head = head(workspace, file, function);
                    let is_named = head.starts_with("function ");
                    let prefix = if kind == "local " { "local " } else { "" };
                    match is_named {
                        true if head.starts_with("function (") || head.starts_with("function(") => {
                            format!("{kind}{name} = {head}")
                        }
                        _ => format!("{prefix}{head}"),
                    }
                }
                (None, _) if annotated.is_some() => {
                    let ty = annotated.map(ToString::to_string).unwrap_or_default();
                    format!("{kind}{name}: {ty}")
                }
                (None, Some(Value::Plain(what))) => format!("{kind}{name}: {what}"),
                (None, Some(Value::Table)) => format!("{kind}{name}: table"),
                (None, Some(Value::Module(module))) => {
                    format!("{kind}{name} = require \"{module}\"")
                }
                (None, Some(Value::Instance(class))) => {
                    let class = index.name_of(*class).map_or("?", |name| index.text(name));
                    format!("{kind}{name}: {class}")
                }
                (None, Some(Value::Alias(_))) => match workspace.target(*file, *place) {
                    Some(Entity::Of(_, ty)) => format!("{kind}{name}: {ty}"),
                    _ => format!("{kind}{name}"),
                },
                (None, Some(Value::Result(_))) => match workspace.target(*file, *place) {
                    Some(Entity::Of(_, ty)) => format!("{kind}{name}: {ty}"),
                    Some(Entity::Library(library)) => format!("{kind}{name}: {library}"),
                    _ => format!("{kind}{name}"),
                },
                _ => format!("{kind}{name}"),
            };
            let line =
                index.definition(*place).map(|o| workspace.text(*file).line_of(o.span.start));
            let text = line.map(|line| comment(workspace, *file, line)).unwrap_or_default();
            let is_parameter = kind == "(parameter) ";
            Description { code, text: if is_parameter { parameter(&text, name) } else { text } }
        }
    }
}

fn library(workspace: &Workspace, name: &str) -> Description {
    let code = match workspace.library(name) {
        Some(Definition::Function(signature)) => signature.text.clone(),
        Some(Definition::Table) => format!("(library) {name}"),
        _ => format!("(global) {name}"),
    };
    let full = if name.contains('.') { name.to_string() } else { format!("base.{name}") };
    let native = luka_stdlib::all_natives().find(|native| native.name == full);
    Description { code, text: native.map(|native| native.doc.to_string()).unwrap_or_default() }
}

/// The comment above a line (from 0); of the first line of a file for `u32::MAX`. Tags of LuaCATS and LDoc
/// become a list.
fn comment(workspace: &Workspace, file: FileId, line: u32) -> String {
    let text = workspace.text(file);
    let mut lines = Vec::new();
    if line == u32::MAX {
        let all = text.as_str().lines().skip_while(|line| line.starts_with("#"));
        lines.extend(all.take_while(|line| line.trim_start().starts_with("--")));
    } else {
        let above = (0..line).rev().map(|line| text.line(line));
        lines.extend(above.take_while(|line| line.trim_start().starts_with("--")));
        lines.reverse();
    }
    let mut out: Vec<String> = Vec::new();
    for line in lines {
        let line = line.trim().trim_start_matches('-');
        let line = line.strip_prefix("[[").unwrap_or(line).trim_end_matches("]]").trim_end();
        let line = line.strip_prefix(' ').unwrap_or(line);
        match line.trim_start().strip_prefix('@') {
            Some(tag) => out.extend(self::tag(tag)),
            None => out.push(line.to_string()),
        }
    }
    out.join("\n").trim().to_string()
}

/// What a function's comment says of a parameter.
fn parameter(text: &str, name: &str) -> String {
    let own = format!("- `{name}`: ");
    let said = text.lines().find_map(|line| line.strip_prefix(&own)).unwrap_or_default();
    // (The type is in the code.)
    let length = type_length(said, Origin::Cats).unwrap_or(0);
    said[length..].trim().to_string()
}

/// A tag as an item of a list; `None` for those that say nothing to people.
fn tag(text: &str) -> Option<String> {
    let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    let (first, second) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    Some(match name {
        // `@param name type text`, `@param name text`; `@tparam type name text`
        "param" => format!("- `{first}`: {second}"),
        "tparam" => {
            let (name, text) =
                second.trim().split_once(char::is_whitespace).unwrap_or((second, ""));
            format!("- `{name}`: {first} {}", text.trim())
        }
        "return" | "treturn" => format!("- returns {rest}"),
        "field" => format!("- field `{first}`: {second}"),
        "class" | "type" | "alias" | "see" | "usage" | "generic" | "overload" => {
            format!("- {name}: `{rest}`")
        }
        "deprecated" => format!("**Deprecated.** {rest}"),
        _ => return None,
    })
}
