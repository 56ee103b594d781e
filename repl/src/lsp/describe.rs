//! What is said of a name: how it is declared, and the comment above that.

use luka_compiler::check::Definition;
use luka_compiler::index::{Function, Place, Value, VariableKind};

use super::workspace::{Entity, FileId, Workspace};

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

/// A function's first line, as it is written.
pub fn head(workspace: &Workspace, file: FileId, function: &Function) -> String {
    let text = workspace.text(file);
    let from = function.span.start as usize;
    let head = text.as_str().get(from..function.head_end as usize).unwrap_or_default();
    head.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The function that an entity is, and the file it is in.
pub fn function<'a>(workspace: &'a Workspace, entity: &Entity) -> Option<(FileId, &'a Function)> {
    let Entity::Place(file, place) = entity else { return None };
    let Some(Entity::Place(file, place)) = workspace.target(*file, *place) else { return None };
    let index = &workspace.files[file].index;
    match index.values.get(&place)? {
        Value::Function(number) => Some((file, &index.functions[*number as usize])),
        _ => None,
    }
}

/// What an entity is.
pub fn describe(workspace: &Workspace, entity: &Entity) -> Description {
    match entity {
        Entity::Library(name) => library(workspace, name),
        Entity::Module(file) => {
            let path = &workspace.files[*file].path;
            Description { code: format!("-- {path}"), text: comment(workspace, *file, u32::MAX) }
        }
        Entity::Place(file, place) => {
            let index = &workspace.files[*file].index;
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
                Place::Unknown(_) | Place::Export => "",
            };
            let code = match (function(workspace, entity), known) {
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
                (None, Some(Value::Plain(what))) => format!("{kind}{name}: {what}"),
                (None, Some(Value::Table)) => format!("{kind}{name}: table"),
                (None, Some(Value::Module(module))) => {
                    format!("{kind}{name} = require \"{module}\"")
                }
                (None, Some(Value::Instance(class))) => {
                    let class = index.name_of(*class).map_or("?", |name| index.text(name));
                    format!("{kind}{name}: {class}")
                }
                _ => format!("{kind}{name}"),
            };
            let line =
                index.definition(*place).map(|o| workspace.text(*file).line_of(o.span.start));
            let text = line.map(|line| comment(workspace, *file, line)).unwrap_or_default();
            Description { code, text }
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
