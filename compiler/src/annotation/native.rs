//! Types of the language's own annotations.

use super::read::well_known;
use super::types::{Basic, Literal, Parameter, Record, Result, Signature, Type};
use super::{Mention, Origin};
use crate::Span;
use crate::ast::types::{Type as Node, TypeId, TypeKey, type_text};
use crate::ast::{Chunk, Ext};
use crate::names::Names;

/// A type as data. The names in it are added to `mentions`.
pub(super) fn read(chunk: &Chunk, names: &Names, id: TypeId, mentions: &mut Vec<Mention>) -> Type {
    match &chunk.ext {
        Some(ext) => Reader { chunk, ext, names, mentions }.ty(id),
        None => Type::Unknown,
    }
}

struct Reader<'a> {
    chunk: &'a Chunk,
    ext: &'a Ext,
    names: &'a Names,
    mentions: &'a mut Vec<Mention>,
}

impl Reader<'_> {
    fn other(&self, id: TypeId) -> Type {
        Type::Other(type_text(self.chunk, self.names, id).into())
    }

    fn text(&self, name: crate::Sym) -> Box<str> {
        self.names.text(name).into()
    }

    /// Types nest no deeper than the parser lets them.
    fn ty(&mut self, id: TypeId) -> Type {
        let ext = self.ext;
        match &ext.types[id.index()] {
            Node::Error => Type::Unknown,
            Node::Nil => Type::Basic(Basic::Nil),
            Node::Bool(value) => Type::Literal(Literal::Boolean(*value)),
            Node::Str(text) => Type::Literal(Literal::String(self.text(*text))),
            Node::Named { prefix: None, name, args } => {
                let text = self.text(*name);
                if let Some(known) = well_known(&text, Origin::Native) {
                    return known;
                }
                let from = ext.type_spans[id.index()].start;
                let span = Span::new(from, from + text.len() as u32);
                let origin = Origin::Native;
                self.mentions.push(Mention { name: text.clone(), span, origin });
                let args = args.iter().flatten().map(|&arg| self.ty(arg)).collect();
                Type::Named(text, args)
            }
            Node::Named { args, .. } => {
                for &arg in args.iter().flatten() {
                    self.ty(arg);
                }
                self.other(id)
            }
            Node::Typeof(_) | Node::Variadic(_) | Node::GenericPack(_) => self.other(id),
            Node::Array(item) => Type::Array(Box::new(self.ty(*item))),
            Node::Table(fields) => self.table(fields),
            Node::Function { params, result, .. } => {
                let parameters = params.iter().map(|param| {
                    let ty = self.ty(param.ty);
                    let name = param.name.map(|name| self.text(name)).unwrap_or_default();
                    let is_optional = ty.accepts_nil();
                    Parameter { name, ty, is_optional }
                });
                let parameters = parameters.collect();
                let results = self.results(*result);
                let signature = Signature { parameters, results, ..Signature::default() };
                Type::Function(Box::new(signature))
            }
            Node::Optional(inner) => self.ty(*inner).or_nil(),
            Node::Union(types) => {
                let types: Vec<Type> = types.iter().map(|&ty| self.ty(ty)).collect();
                match types.contains(&Type::Unknown) {
                    true => Type::Unknown,
                    false => Type::Union(types),
                }
            }
            Node::Intersection(types) => {
                for &ty in types {
                    self.ty(ty);
                }
                self.other(id)
            }
            Node::Paren(inner) => self.ty(*inner),
            Node::Pack(types) => match types.as_slice() {
                &[one] => self.ty(one),
                _ => self.other(id),
            },
        }
    }

    fn table(&mut self, fields: &[crate::ast::types::TypeField]) -> Type {
        let mut records = Vec::new();
        let mut map = None;
        for field in fields {
            let ty = self.ty(field.value);
            match field.key {
                TypeKey::Name(name) | TypeKey::Str(name) => {
                    let is_optional = ty.accepts_nil();
                    let name = self.text(name);
                    records.push(Record {
                        name,
                        span: Span::NONE,
                        ty,
                        is_optional,
                        text: "".into(),
                    });
                }
                TypeKey::Index(key) => map = Some((self.ty(key), ty)),
            }
        }
        match map {
            Some(types) if records.is_empty() => Type::Map(Box::new(types)),
            Some(_) => Type::Basic(Basic::Table),
            None => Type::Table(records),
        }
    }

    /// The results of a function.
    fn results(&mut self, id: TypeId) -> Vec<Result> {
        let ext = self.ext;
        let types: Vec<TypeId> = match &ext.types[id.index()] {
            Node::Pack(types) => types.clone(),
            _ => vec![id],
        };
        types.into_iter().map(|ty| Result { name: "".into(), ty: self.ty(ty) }).collect()
    }
}

/// The results of a function with this result type.
pub(super) fn results(
    chunk: &Chunk,
    names: &Names,
    id: TypeId,
    mentions: &mut Vec<Mention>,
) -> Vec<Result> {
    match &chunk.ext {
        Some(ext) => Reader { chunk, ext, names, mentions }.results(id),
        None => Vec::new(),
    }
}
