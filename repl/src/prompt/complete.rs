//! What the word before the cursor may become: names of variables and fields, keywords, commands,
//! and files in strings that name one.

use luka::Look;
use luka_compiler::Std;
use luka_compiler::lex::{TokenKind as T, lex};
use luka_compiler::source::{Source, SourceKind};
use std::path::Path;

use super::commands::COMMANDS;
use super::view::{View, fields, path_at_end};
use super::{KEYWORDS, highlight, is_command, settings};

/// Functions whose string argument names a file.
const FILES: [&str; 6] = ["dofile", "loadfile", "open", "lines", "input", "output"];

/// Where the word begins that is to be replaced, and what may take its place.
pub fn complete(view: View, line: &str, cursor: usize) -> (usize, Vec<String>) {
    let Some(text) = line.get(..cursor) else { return (cursor, Vec::new()) };
    if is_command(text)
        && let Some(found) = command(text)
    {
        return found;
    }
    match inside(text) {
        Inside::Code => names(view, text),
        Inside::File { start } => files(text, start, |_| true),
        Inside::Module { start } => modules(&text[start..], start, &view.module_path()),
        Inside::Comment => (cursor, Vec::new()),
    }
}

/// Where the end of a text is.
enum Inside {
    Code,
    Comment,
    /// A string that names a file, or a module; its contents begin at `start`.
    File {
        start: usize,
    },
    Module {
        start: usize,
    },
}

fn inside(text: &str) -> Inside {
    let source = Source::new(b"=input", text.as_bytes(), SourceKind::Chunk);
    let tokens = lex(&source, Std::Luka);
    let last = tokens.len().saturating_sub(2);
    let span = |i: usize| text.get(tokens.spans[i].start as usize..).unwrap_or_default();
    let end = tokens.spans.get(last).map_or(0, |span| span.end as usize);
    if tokens.len() < 2 || tokens.tokens[last].kind != T::Error || end < text.len() {
        // A comment is no token.
        let gap = text.get(if tokens.len() < 2 { 0 } else { end }..).unwrap_or_default();
        let line = gap.rsplit('\n').next().unwrap_or_default();
        return if line.contains("--") { Inside::Comment } else { Inside::Code };
    }
    if !span(last).starts_with(['"', '\'', '[']) {
        return if span(last).starts_with('$') { Inside::Code } else { Inside::Comment };
    }
    let start = tokens.spans[last].start as usize + 1;
    // `require "…`, `require("…`
    let called = match last.checked_sub(1) {
        Some(i) if tokens.tokens[i].kind == T::LParen => i.checked_sub(1),
        before => before,
    };
    let name = called.filter(|&i| tokens.tokens[i].kind == T::Name);
    let name = name.map(|i| &span(i)[..(tokens.spans[i].end - tokens.spans[i].start) as usize]);
    match name {
        Some("require") => Inside::Module { start },
        Some(name) if FILES.contains(&name) => Inside::File { start },
        _ => Inside::Comment,
    }
}

/// Completions of a command line; `None` where its argument is code.
fn command(text: &str) -> Option<(usize, Vec<String>)> {
    let begin = text.len() - text.trim_start().len();
    let Some(space) = text[begin..].find(char::is_whitespace).map(|at| begin + at) else {
        let typed = &text[begin + 1..];
        let names = COMMANDS.iter().map(|command| command.name);
        let names = names.filter(|name| name.starts_with(typed)).map(str::to_string).collect();
        return Some((begin + 1, names));
    };
    let argument = space + 1;
    match &text[begin + 1..space] {
        "load" | "save" | "export" | "load-session" | "edit" => {
            Some(files(text, argument, |_| true))
        }
        "set" => {
            let words: Vec<&str> = text[argument..].split(' ').collect();
            let (first, typed) = (words.first()?, words.last()?);
            let start = text.len() - typed.len();
            let all: Vec<&str> = match settings::ALL.iter().find(|(name, ..)| name == first) {
                Some((_, values, _)) if words.len() > 1 => values.split('|').collect(),
                _ => settings::ALL.iter().map(|(name, ..)| *name).collect(),
            };
            let all = all.into_iter().filter(|word| word.starts_with(typed) && *word != "N");
            Some((start, all.map(str::to_string).collect()))
        }
        "help" => {
            let names = COMMANDS.iter().map(|command| command.name);
            let names = names.filter(|name| name.starts_with(&text[argument..]));
            Some((argument, names.map(str::to_string).collect()))
        }
        _ => None,
    }
}

fn names(view: View, text: &str) -> (usize, Vec<String>) {
    let Some((path, mark)) = path_at_end(text) else { return (text.len(), Vec::new()) };
    let Some((typed, before)) = path.split_last() else { return (text.len(), Vec::new()) };
    let start = text.len() - typed.len();
    let mut found: Vec<String> = Vec::new();
    if before.is_empty() {
        if typed.is_empty() {
            return (start, found);
        }
        found.extend(KEYWORDS.iter().chain(&highlight::SOFT).map(|word| word.to_string()));
        found.extend(view.locals.iter().map(|(n, _)| String::from_utf8_lossy(n).into_owned()));
        let globals = view.globals().into_iter().flat_map(fields);
        found.extend(globals.map(|(name, _)| name));
    } else if let Some(object) = view.path(before) {
        let callable = |value: Look| mark != ':' || value.is_function();
        let fields = fields(object).into_iter().filter(|(_, value)| callable(*value));
        found.extend(fields.map(|(name, _)| name));
    }
    // Names with `_` in front are private most often.
    let private = typed.is_empty();
    found.retain(|name| name.starts_with(typed) && !(private && name.starts_with('_')));
    found.sort();
    found.dedup();
    (start, found)
}

/// Files and folders whose path begins as typed from `start` on.
fn files(text: &str, start: usize, wanted: impl Fn(&str) -> bool) -> (usize, Vec<String>) {
    let typed = &text[start..];
    let (folder, prefix) = match typed.rfind('/') {
        Some(at) => (&typed[..=at], &typed[at + 1..]),
        None => ("", typed),
    };
    let open = match folder.strip_prefix("~/") {
        Some(rest) => Path::new(&std::env::var_os("HOME").unwrap_or_default()).join(rest),
        None if folder.is_empty() => Path::new(".").to_path_buf(),
        None => Path::new(folder).to_path_buf(),
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(open).into_iter().flatten().flatten() {
        let Ok(mut name) = entry.file_name().into_string() else { continue };
        let hidden = name.starts_with('.') && !prefix.starts_with('.');
        if !name.starts_with(prefix) || hidden || !wanted(&name) {
            continue;
        }
        if entry.path().is_dir() {
            name.push('/');
        }
        found.push(name);
    }
    found.sort();
    (text.len() - prefix.len(), found)
}

/// Modules below the folders of `package.path`.
fn modules(typed: &str, start: usize, path: &str) -> (usize, Vec<String>) {
    let (parents, prefix) = match typed.rfind('.') {
        Some(at) => (&typed[..=at], &typed[at + 1..]),
        None => ("", typed),
    };
    let mut found = Vec::new();
    for template in path.split(';') {
        let Some((folder, ending)) = template.split_once('?') else { continue };
        let folder = format!("{folder}{}", parents.replace('.', "/"));
        let folder = if folder.is_empty() { ".".to_string() } else { folder };
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            let is_folder = entry.path().is_dir();
            let module = match ending.strip_prefix('/') {
                // `?/init.lua`
                Some(init) if is_folder && entry.path().join(init).exists() => name.as_str(),
                _ if is_folder && ending.starts_with('.') => {
                    found.push(format!("{name}."));
                    continue;
                }
                _ => match name.strip_suffix(ending) {
                    Some(stem) => stem,
                    None => continue,
                },
            };
            found.push(module.to_string());
        }
    }
    found.retain(|name| name.starts_with(prefix) && !name.starts_with('.'));
    found.sort();
    found.dedup();
    (start + parents.len(), found)
}
