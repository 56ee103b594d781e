//! What a module gives, with the comments above it.
//!
//! The names are found as the language server finds them ([`luka_compiler::index`]): what the file returns and
//! its fields, tables in it, classes that comments declare, and globals of files that return nothing. Comments
//! that stand alone may name a function (`@function`) or begin a section.

use luka_compiler::Std;
use luka_compiler::index::{Access, Function, Index, Place, PlaceId, Value, VariableKind};
use luka_compiler::source::Source;
use std::collections::HashSet;

use super::comment::{self, Comment};
use super::model::{Item, Kind, Module};
use crate::cmd::tool;

/// Steps from a name to what it stands for.
const STEPS: usize = 16;
/// Tables in tables that are looked into.
const DEPTH: usize = 4;

/// The module of a file.
pub fn module(name: &str, path: &str, text: Vec<u8>, std: Std) -> Module {
    let source = tool::source(path.as_bytes(), text);
    let text = String::from_utf8_lossy(source.bytes()).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    let index = Index::new(&source, &tool::options(std));
    let mut collector = Collector {
        source: &source,
        index: &index,
        lines: &lines,
        items: Vec::new(),
        seen: HashSet::new(),
        used: HashSet::new(),
    };
    let last = name.rsplit('.').next().unwrap_or(name);
    collector.exported(last);
    collector.classes();
    let (mut comment, items) = collector.finish();
    // A module that is a function, with one comment.
    if let [only] = items.as_slice()
        && only.name == last
        && comment.is_empty()
    {
        comment.text.clone_from(&only.comment.text);
    }
    let name = match comment.module.as_deref().and_then(|name| name.split_whitespace().next()) {
        Some(named) => named.to_string(),
        None => name.to_string(),
    };
    Module { name, path: path.to_string(), comment, items, text }
}

struct Collector<'a> {
    source: &'a Source<'a>,
    index: &'a Index,
    lines: &'a [&'a str],
    items: Vec<Item>,
    seen: HashSet<PlaceId>,
    /// The first lines of comments that belong to an item.
    used: HashSet<usize>,
}

impl Collector<'_> {
    /// A place and those that it stands for in this file, the last of which is given something else.
    fn chain(&self, place: PlaceId) -> Vec<PlaceId> {
        let mut chain = vec![place];
        while let Some(Value::Alias(other)) = self.index.values.get(&chain[chain.len() - 1])
            && chain.len() < STEPS
        {
            chain.push(*other);
        }
        chain
    }

    /// The place that a place stands for in this file.
    fn target(&self, place: PlaceId) -> PlaceId {
        self.chain(place).pop().unwrap_or(place)
    }

    /// The fields of a place, under any of its names.
    fn fields(&self, of: PlaceId) -> Vec<(PlaceId, String)> {
        let chain = self.chain(of).into_iter();
        let fields = chain.flat_map(|place| self.index.fields(place));
        fields.map(|(id, name)| (id, self.index.text(name).to_string())).collect()
    }

    /// The line of a place's definition, from 0.
    fn line(&self, place: PlaceId) -> Option<usize> {
        Some(self.line_of(self.index.definition(place)?.span.start))
    }

    /// The line of a position, from 0.
    fn line_of(&self, position: u32) -> usize {
        (self.source.line(position) as usize).saturating_sub(1)
    }

    /// Whether it is a parameter, or the variable of a loop: the comment above is about something else.
    fn is_parameter(&self, place: PlaceId) -> bool {
        let Place::Variable(variable) = self.index.places[place as usize] else { return false };
        let kind = self.index.variables[variable as usize].kind;
        !matches!(kind, VariableKind::Local | VariableKind::Function)
    }

    /// The comment above a place's definition.
    fn comment(&mut self, place: PlaceId) -> Comment {
        self.line(place).map(|line| self.comment_above(line)).unwrap_or_default()
    }

    /// The comment above a line.
    fn comment_above(&mut self, line: usize) -> Comment {
        let Some((first, lines)) = comment::above(self.lines, line) else {
            return Comment::default();
        };
        let comment = Comment::parse(&lines);
        // A comment about the module, or about something else, is not about this.
        if comment.module.is_some() || comment.section.is_some() {
            return Comment::default();
        }
        self.used.insert(first);
        comment
    }

    fn function(&self, place: PlaceId) -> Option<&Function> {
        match self.index.values.get(&self.target(place))? {
            Value::Function(number) => self.index.functions.get(*number as usize),
            _ => None,
        }
    }

    /// What the file returns, or the globals it defines if it returns nothing.
    fn exported(&mut self, name: &str) {
        let Some(export) = self.index.export else {
            let globals: Vec<PlaceId> = (0..self.index.places.len() as PlaceId)
                .filter(|&id| matches!(self.index.places[id as usize], Place::Global(_)))
                .collect();
            for global in globals {
                let is_defined =
                    self.index.definition(global).is_some_and(|o| o.access != Access::Read);
                if is_defined && let Some(name) = self.index.name_of(global) {
                    let name = self.index.text(name).to_string();
                    self.item(&name, global, DEPTH);
                }
            }
            return;
        };
        if self.function(export).is_some() {
            self.item(name, export, DEPTH);
        }
        self.seen.extend(self.chain(export));
        self.members(name, export, DEPTH);
    }

    /// The fields of a place.
    fn members(&mut self, prefix: &str, of: PlaceId, depth: usize) {
        for (field, name) in self.fields(of) {
            let is_defined = self.index.definition(field).is_some_and(|o| o.access != Access::Read);
            if !is_defined {
                continue;
            }
            let is_method = self.index.definition(field).is_some_and(|o| o.is_method)
                || self.function(field).is_some_and(|function| function.is_method);
            let joint = if is_method { ':' } else { '.' };
            self.item(&format!("{prefix}{joint}{name}"), field, depth);
        }
    }

    /// A place as an item, and what is in it.
    fn item(&mut self, name: &str, place: PlaceId, depth: usize) {
        let target = self.target(place);
        if !self.seen.insert(place) || (target != place && !self.seen.insert(target)) {
            return;
        }
        let mut comment = self.comment(place);
        if comment.is_empty() && target != place && !self.is_parameter(target) {
            comment = self.comment(target);
        }
        // `return function()`
        let begins = self.function(place).map(|function| self.line_of(function.span.start));
        if let Some(line) =
            begins.filter(|_| self.line(place).is_none() && self.line(target).is_none())
        {
            comment = self.comment_above(line);
        }
        let last = name.rsplit(['.', ':']).next().unwrap_or(name);
        if comment.is_private || (last.starts_with('_') && comment.is_empty()) {
            return;
        }
        let line = self.line(place).or(self.line(target)).or(begins);
        let line = line.map_or(0, |line| line as u32 + 1);
        if let Some(function) = self.function(place) {
            let parameters: Vec<String> =
                function.parameters.iter().map(|p| p.to_string()).collect();
            let head = self.head(function);
            let is_method = name.contains(':');
            self.items.push(Item {
                name: name.to_string(),
                kind: if is_method { Kind::Method } else { Kind::Function },
                signature: format!("{name}{head}"),
                line,
                section: None,
                comment,
                parameters: Some(parameters),
            });
            return;
        }
        let has_functions = self.fields(place).iter().any(|(id, _)| self.function(*id).is_some());
        let is_class = comment.class.is_some() || has_functions;
        if is_class || !comment.is_empty() {
            let kind = if is_class { Kind::Class } else { Kind::Field };
            let signature = match (&comment.parent, &comment.ty) {
                (Some(parent), _) => format!("{name}: {parent}"),
                (None, Some(ty)) => format!("{name}: {ty}"),
                (None, None) => name.to_string(),
            };
            self.items.push(Item {
                name: name.to_string(),
                kind,
                signature,
                line,
                section: None,
                comment,
                parameters: None,
            });
        }
        if is_class && depth > 0 {
            self.members(name, place, depth - 1);
        }
    }

    /// The parameter list of a function as it is written.
    fn head(&self, function: &Function) -> String {
        let text = self.source.bytes();
        let (from, to) = (function.span.start as usize, function.head_end as usize);
        let head = String::from_utf8_lossy(text.get(from..to).unwrap_or_default()).into_owned();
        match head.find('(') {
            Some(at) => head[at..].split_whitespace().collect::<Vec<_>>().join(" "),
            None => format!("({})", function.parameters.join(", ")),
        }
    }

    /// Local tables that are not exported: classes, as comments declare them, and functions in others that have
    /// a comment of three dashes.
    fn classes(&mut self) {
        for id in 0..self.index.places.len() as PlaceId {
            let is_local = matches!(self.index.places[id as usize], Place::Variable(_));
            if self.seen.contains(&id) || !is_local || self.is_parameter(id) {
                continue;
            }
            let Some(line) = self.line(id) else { continue };
            let above = comment::above(self.lines, line);
            if let Some(class) = above.and_then(|(_, lines)| Comment::parse(&lines).class) {
                self.item(&class, id, DEPTH);
                continue;
            }
            let Some(name) = self.index.name_of(id).map(|name| self.index.text(name)) else {
                continue;
            };
            for (field, last) in self.fields(id) {
                let is_method = self.function(field).map(|function| function.is_method);
                let (Some(is_method), true) = (is_method, self.is_for_readers(field)) else {
                    continue;
                };
                let joint = if is_method { ':' } else { '.' };
                self.item(&format!("{name}{joint}{last}"), field, 0);
            }
        }
    }

    /// Whether the comment above a definition begins with three dashes.
    fn is_for_readers(&self, place: PlaceId) -> bool {
        let above = self.line(place).and_then(|line| comment::above(self.lines, line));
        above.is_some_and(|(first, _)| self.lines[first].trim_start().starts_with("---"))
    }

    /// Comments that belong to no definition: about the module, sections, functions they name.
    fn finish(mut self) -> (Comment, Vec<Item>) {
        let mut module = Comment::default();
        let mut sections: Vec<(u32, String)> = Vec::new();
        let mut line = 0;
        let mut is_first = true;
        while line < self.lines.len() {
            let Some((behind, mut lines)) = comment::below(self.lines, line) else {
                is_first &= self.lines[line].trim().is_empty() || self.lines[line].starts_with('#');
                line += 1;
                continue;
            };
            let begin = std::mem::replace(&mut line, behind);
            if is_first && lines.first().is_some_and(|line| is_file_name(line)) {
                lines.remove(0);
            }
            let found = Comment::parse(&lines);
            if found.is_empty() {
                continue;
            }
            if let Some(section) = found.section.clone() {
                let title = found.text.lines().next().unwrap_or(&section);
                sections.push((begin as u32 + 1, title.trim_end_matches('.').to_string()));
            } else if found.module.is_some() || (is_first && !self.used.contains(&begin)) {
                if module.is_empty() {
                    module = found;
                }
            } else if let Some(name) =
                found.function.clone().filter(|_| !self.used.contains(&begin))
            {
                self.named(name, found, begin as u32 + 1);
            } else if let Some(name) = found.class.clone().filter(|_| !self.used.contains(&begin)) {
                self.class(name, found, begin as u32 + 1);
            }
            is_first = false;
        }
        self.items.sort_by_key(|item| item.line);
        for item in &mut self.items {
            let before = sections.iter().take_while(|(line, _)| *line <= item.line);
            item.section = before.last().map(|(_, title)| title.clone());
        }
        (module, self.items)
    }

    /// A function that only a comment names.
    fn named(&mut self, name: String, comment: Comment, line: u32) {
        if comment.is_private
            || self.items.iter().any(|item| item.name == name || item.last() == name)
        {
            return;
        }
        let names: Vec<String> = comment.params.iter().map(|param| param.name.clone()).collect();
        let signature = format!("{name}({})", names.join(", "));
        let kind = if name.contains(':') { Kind::Method } else { Kind::Function };
        let parameters = None;
        self.items.push(Item { name, kind, signature, line, section: None, comment, parameters });
    }

    /// A class that only a comment declares.
    fn class(&mut self, name: String, comment: Comment, line: u32) {
        if comment.is_private || self.items.iter().any(|item| item.last() == name) {
            return;
        }
        let parent = comment.parent.as_ref().map(|parent| format!(": {parent}"));
        let signature = format!("{name}{}", parent.unwrap_or_default());
        let (section, parameters, kind) = (None, None, Kind::Class);
        self.items.push(Item { name, kind, signature, line, section, comment, parameters });
    }
}

/// Whether a line is the name of a file and no more, as many begin with.
fn is_file_name(line: &str) -> bool {
    let line = line.trim();
    (line.ends_with(".lua") || line.ends_with(".luka")) && !line.contains(char::is_whitespace)
}
