//! The tags of a comment: `---@param n number text` of LuaCATS, ` @tparam number n text` of LDoc.

use super::read::read;
use super::types::{Record, Type};
use super::{Mention, Origin};
use crate::Span;

/// A line of a comment without its dashes.
pub(super) struct Line<'a> {
    pub text: &'a str,
    /// Where the text stands in the file.
    pub at: u32,
    /// The line begins with three dashes.
    pub is_document: bool,
}

/// A name and a type, as most tags have them.
pub(super) struct Typed<'a> {
    pub name: &'a str,
    pub name_span: Span,
    pub ty: Type,
    /// Empty if there is no type.
    pub span: Span,
    pub is_optional: bool,
    pub text: &'a str,
    pub origin: Origin,
}

/// A tag.
pub(super) enum Tag<'a> {
    Param(Typed<'a>),
    Return(Typed<'a>),
    Field(Typed<'a>),
    /// The types of the variables below.
    Type(Vec<(Type, Span)>),
    Class {
        name: &'a str,
        span: Span,
        parents: Vec<Type>,
    },
    Alias {
        name: &'a str,
        span: Span,
        ty: Type,
    },
    Enum {
        name: &'a str,
        span: Span,
    },
    Generic(Vec<&'a str>),
    Vararg(Type),
    Overload,
    Cast(&'a str),
    /// The comment is about a function elsewhere, or about no function.
    Elsewhere,
    /// `---| "value"`
    Alternative(Type),
}

/// Reads a line that is a tag.
pub(super) fn tag<'a>(line: &Line<'a>, mentions: &mut Vec<Mention>) -> Option<Tag<'a>> {
    if let Some(rest) = line.text.strip_prefix('|') {
        let rest = rest.trim_start_matches(['+', '>']);
        let rest = rest.trim_start();
        let at = line.at + (line.text.len() - rest.len()) as u32;
        let ty = read(rest, at, Origin::Cats, mentions).map(|(ty, _)| ty).unwrap_or_default();
        return Some(Tag::Alternative(ty));
    }
    let trimmed = line.text.trim_start();
    let body = trimmed.strip_prefix('@')?;
    let is_close = trimmed.len() == line.text.len();
    let end = body.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(body.len());
    let (name, rest) = body.split_at(end);
    let at = line.at + (line.text.len() - rest.len()) as u32;
    let origin = if line.is_document { Origin::Cats } else { Origin::LDoc };
    let mut reader = Reader { text: rest, at, origin, is_close, mentions };
    reader.tag(name)
}

/// The rest of a tag's line.
struct Reader<'a, 'm> {
    text: &'a str,
    /// Where it stands.
    at: u32,
    origin: Origin,
    /// The tag stands directly behind the dashes, as those of LuaCATS do.
    is_close: bool,
    mentions: &'m mut Vec<Mention>,
}

impl<'a> Reader<'a, '_> {
    fn skip(&mut self, bytes: usize) {
        self.text = &self.text[bytes..];
        self.at += bytes as u32;
    }

    fn blanks(&mut self) {
        self.skip(self.text.len() - self.text.trim_start().len());
    }

    /// The next word, and where it is.
    fn word(&mut self, end: impl Fn(char) -> bool) -> (&'a str, Span) {
        self.blanks();
        let length = self.text.find(end).unwrap_or(self.text.len());
        let (word, span) = (&self.text[..length], Span::new(self.at, self.at + length as u32));
        self.skip(length);
        (word, span)
    }

    fn name(&mut self) -> (&'a str, Span) {
        self.word(char::is_whitespace)
    }

    /// The name of a class or an alias; LuaCATS' `(exact)` before it is skipped.
    fn declared(&mut self) -> (&'a str, Span) {
        self.blanks();
        if self.text.starts_with('(')
            && let Some(end) = self.text.find(')')
        {
            self.skip(end + 1);
        }
        self.word(|c: char| c.is_whitespace() || matches!(c, ':' | '<' | ','))
    }

    /// A type, and where it is. What cannot be read is unknown, and nothing behind it is read.
    fn ty(&mut self, origin: Origin) -> (Type, Span) {
        self.blanks();
        let from = self.at;
        let before = self.mentions.len();
        let Some((mut ty, length)) = read(self.text, from, origin, self.mentions) else {
            return (Type::Unknown, Span::new(from, from));
        };
        if !self.is_close {
            // It may be prose.
            self.mentions[before..].iter_mut().for_each(|mention| mention.origin = Origin::LDoc);
        }
        self.skip(length);
        let is_list = self.is_close && self.text.starts_with(',');
        if !is_list && is_prose(self.text) {
            ty = Type::Unknown;
        } else if says_optional(self.text) {
            ty = ty.or_nil();
        }
        (ty, Span::new(from, from + length as u32))
    }

    /// `[opt]`, `[opt=1]` behind LDoc's tags.
    fn modifiers(&mut self) -> bool {
        let Some(rest) = self.text.strip_prefix('[') else { return false };
        let Some(end) = rest.find(']') else { return false };
        let is_optional = rest[..end].split(',').any(|word| word.trim_start().starts_with("opt"));
        self.skip(end + 2);
        is_optional
    }

    fn tag(&mut self, tag: &str) -> Option<Tag<'a>> {
        let optional = self.modifiers();
        Some(match tag {
            "param" | "field" => {
                if tag == "field" {
                    self.scope();
                }
                let typed = self.param(optional)?;
                if tag == "param" { Tag::Param(typed) } else { Tag::Field(typed) }
            }
            "tparam" => Tag::Param(self.typed(optional)?),
            "tfield" => Tag::Field(self.typed(optional)?),
            // LDoc's short forms.
            "string" | "number" | "int" | "bool" | "func" | "tab" | "thread"
                if !(self.is_close && self.origin == Origin::Cats) =>
            {
                let span = Span::new(self.at - tag.len() as u32, self.at);
                let (name, name_span) = self.name();
                let ty = super::read::well_known(tag, Origin::LDoc)?;
                let is_optional = optional || says_optional(self.text);
                let (text, origin) = (self.text, Origin::LDoc);
                Tag::Param(Typed { name, name_span, ty, span, is_optional, text, origin })
            }
            "return" => self.result()?,
            "treturn" => {
                let (ty, span) = self.ty(Origin::LDoc);
                Tag::Return(self.rest(ty, span, Origin::LDoc))
            }
            "vararg" => Tag::Vararg(self.ty(Origin::Cats).0),
            "type" if self.is_close => {
                let mut types = vec![self.ty(Origin::Cats)];
                while let Some(rest) = self.text.trim_start().strip_prefix(',') {
                    self.skip(self.text.len() - rest.len());
                    types.push(self.ty(Origin::Cats));
                }
                Tag::Type(types)
            }
            // LDoc's name for a class; behind three dashes and a blank it may be either.
            "type" if self.origin == Origin::Cats => Tag::Type(vec![self.ty(Origin::Cats)]),
            "class" | "type" | "classmod" => {
                let (name, span) = self.declared();
                if name.is_empty() {
                    return None;
                }
                if matches!(name, "function" | "table" | "field") {
                    return Some(Tag::Elsewhere);
                }
                let mut parents = Vec::new();
                self.generic_list();
                while self.text.trim_start().starts_with([':', ',']) {
                    self.blanks();
                    self.skip(1);
                    parents.push(self.ty(Origin::Cats).0);
                }
                Tag::Class { name, span, parents }
            }
            "enum" => {
                let (name, span) = self.declared();
                Tag::Enum { name, span }
            }
            "alias" => {
                let (name, span) = self.declared();
                self.generic_list();
                let ty = match self.text.trim().is_empty() {
                    true => Type::Union(Vec::new()),
                    false => self.ty(Origin::Cats).0,
                };
                Tag::Alias { name, span, ty }
            }
            "generic" => {
                let parts = self.text.split(',').map(|part| {
                    part.split(|c: char| c == ':' || c.is_whitespace()).find(|w| !w.is_empty())
                });
                Tag::Generic(parts.flatten().collect())
            }
            "overload" => Tag::Overload,
            "cast" => Tag::Cast(self.name().0),
            "function" | "name" | "section" | "module" | "script" | "export" => Tag::Elsewhere,
            _ => return None,
        })
    }

    /// `public`, `private` … before the name of a field.
    fn scope(&mut self) {
        self.blanks();
        for scope in ["public ", "private ", "protected ", "package "] {
            if self.text.starts_with(scope) {
                self.skip(scope.len());
            }
        }
    }

    /// Skips `<T, U>`, whose names are no types.
    fn generic_list(&mut self) {
        if self.text.starts_with('<')
            && let Some(end) = self.text.find('>')
        {
            let names = self.text[1..end].split(',');
            let names: Vec<&str> =
                names.filter_map(|name| name.split(':').next()).map(str::trim).collect();
            self.mentions.retain(|mention| !names.contains(&&*mention.name));
            self.skip(end + 1);
        }
    }

    /// `name type text` of LuaCATS; LDoc's `name text`, which may begin with a type.
    fn param(&mut self, optional: bool) -> Option<Typed<'a>> {
        self.blanks();
        if self.text.starts_with('[') {
            // `---@field [string] number`
            return None;
        }
        let (word, span) = self.name();
        let name = word.trim_end_matches([':', ',']);
        let plain = name.trim_end_matches('?');
        let name_span = Span::new(span.start, span.start + plain.len() as u32);
        let optional = optional || plain.len() < name.len();
        if plain.is_empty() {
            return None;
        }
        let (mut ty, mut at) = self.ty(self.origin);
        let is_typed = self.is_close && self.origin == Origin::Cats
            || !matches!(ty, Type::Named(..) | Type::Other(_));
        if !is_typed {
            // A word of prose.
            (ty, at) = (Type::Unknown, Span::new(at.start, at.start));
            self.mentions.retain(|mention| mention.span.start < at.start);
        }
        let origin = self.origin;
        let is_optional = optional || ty.accepts_nil() || says_optional(self.text);
        Some(Typed {
            name: plain,
            name_span,
            ty,
            span: at,
            is_optional,
            text: self.text.trim(),
            origin,
        })
    }

    /// `type name text` of LDoc.
    fn typed(&mut self, optional: bool) -> Option<Typed<'a>> {
        let (ty, span) = self.ty(Origin::LDoc);
        if ty == Type::Unknown && span.start == span.end {
            return None;
        }
        let (name, name_span) = self.name();
        let is_optional = optional || ty.accepts_nil() || says_optional(self.text);
        let (text, origin) = (self.text.trim(), Origin::LDoc);
        Some(Typed { name, name_span, ty, span, is_optional, text, origin })
    }

    /// `type name text` of LuaCATS; LDoc's has text alone.
    fn result(&mut self) -> Option<Tag<'a>> {
        if self.origin == Origin::LDoc {
            return Some(Tag::Return(self.rest(Type::Unknown, Span::NONE, Origin::LDoc)));
        }
        let (ty, span) = self.ty(Origin::Cats);
        let ty = match ty {
            Type::Named(..) if !self.is_close => Type::Unknown,
            ty => ty,
        };
        Some(Tag::Return(self.rest(ty, span, Origin::Cats)))
    }

    fn rest(&mut self, ty: Type, span: Span, origin: Origin) -> Typed<'a> {
        let text = self.text.trim();
        Typed { name: "", name_span: Span::NONE, ty, span, is_optional: false, text, origin }
    }
}

impl Typed<'_> {
    /// The field of a class that it declares.
    pub fn record(self) -> Record {
        let (name, text) = (self.name.into(), self.text.trim_start_matches('#').trim().into());
        let (span, ty, is_optional) = (self.name_span, self.ty, self.is_optional);
        Record { name, span, ty, is_optional, text }
    }
}

/// Whether what stands behind a type says that it was no type, or not all of it: `string or table`, `a, b`.
fn is_prose(text: &str) -> bool {
    let text = text.trim_start();
    let word = text.split_whitespace().next().unwrap_or_default();
    matches!(word, "or" | "and" | "|") || text.starts_with(['/', ',', ';', '&', '<'])
}

/// Whether what stands behind a type says that the value may be left out.
fn says_optional(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.split(|c: char| !c.is_alphanumeric()).any(|word| {
        matches!(
            word,
            "optional" | "optionally" | "opt" | "nil" | "default" | "defaults" | "omitted"
        )
    })
}
