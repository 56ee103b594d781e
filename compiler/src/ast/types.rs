//! Type annotations, as Luau writes them. They are kept for tools and have no effect on the program.

use std::fmt::Write;

use super::{Chunk, ExprId, Ext, define_ids};
use crate::{Names, Sym};

define_ids! {
    /// A type of [`Ext::types`].
    TypeId,
}

/// A type annotation.
#[derive(Clone, Debug)]
pub enum Type {
    /// Where parsing failed.
    Error,
    /// `nil`
    Nil,
    /// `true` or `false`.
    Bool(bool),
    /// A string literal.
    Str(Sym),
    /// `prefix.name<arguments>`
    Named {
        /// The module, before the dot.
        prefix: Option<Sym>,
        /// The name.
        name: Sym,
        /// The type arguments.
        args: Option<Vec<TypeId>>,
    },
    /// `typeof(e)`
    Typeof(ExprId),
    /// `{T}`
    Array(TypeId),
    /// A table type.
    Table(Vec<TypeField>),
    /// A function type.
    Function {
        /// The type parameters.
        generics: Generics,
        /// The parameters.
        params: Vec<TypeParam>,
        /// The result type.
        result: TypeId,
    },
    /// `T?`
    Optional(TypeId),
    /// `T | U`
    Union(Vec<TypeId>),
    /// `T & U`
    Intersection(Vec<TypeId>),
    /// `(T)`
    Paren(TypeId),
    /// `(T, U)`, of results and type arguments.
    Pack(Vec<TypeId>),
    /// `...T`
    Variadic(TypeId),
    /// `T...`
    GenericPack(Sym),
}

/// A field of a table type.
#[derive(Clone, Copy, Debug)]
pub struct TypeField {
    /// `read` or `write` before it.
    pub access: Option<Sym>,
    /// The key.
    pub key: TypeKey,
    /// The value.
    pub value: TypeId,
}

/// The key of a field of a table type.
#[derive(Clone, Copy, Debug)]
pub enum TypeKey {
    /// `name`
    Name(Sym),
    /// `["text"]`
    Str(Sym),
    /// `[T]`
    Index(TypeId),
}

/// A parameter of a function type; the name is documentation.
#[derive(Clone, Copy, Debug)]
pub struct TypeParam {
    /// The name.
    pub name: Option<Sym>,
    /// The type.
    pub ty: TypeId,
}

/// `<T, U = default, P...>`
#[derive(Clone, Debug, Default)]
pub struct Generics(pub Vec<Generic>);

/// A type parameter.
#[derive(Clone, Copy, Debug)]
pub struct Generic {
    /// The name.
    pub name: Sym,
    /// Whether it is a type pack, `P...`.
    pub is_pack: bool,
    /// The default.
    pub default: Option<TypeId>,
}

/// A type as text.
pub fn type_text(chunk: &Chunk, names: &Names, id: TypeId) -> String {
    let Some(ext) = &chunk.ext else { return String::new() };
    let mut out = String::new();
    Writer { ext, names, out: &mut out }.ty(id);
    out
}

/// Type parameters as text, with their `<>`; nothing if there are none.
pub fn generics_text(chunk: &Chunk, names: &Names, generics: &Generics) -> String {
    let Some(ext) = &chunk.ext else { return String::new() };
    let mut out = String::new();
    Writer { ext, names, out: &mut out }.generics(generics);
    out
}

struct Writer<'a> {
    ext: &'a Ext,
    names: &'a Names,
    out: &'a mut String,
}

impl Writer<'_> {
    fn name(&mut self, sym: Sym) {
        let text = self.names.bytes(sym).escape_ascii();
        let _ = write!(self.out, "{text}");
    }

    fn list(&mut self, types: &[TypeId], between: &str) {
        for (n, &ty) in types.iter().enumerate() {
            if n > 0 {
                self.out.push_str(between);
            }
            self.ty(ty);
        }
    }

    /// Types nest no deeper than the parser lets them.
    fn ty(&mut self, id: TypeId) {
        let ext = self.ext;
        match &ext.types[id.index()] {
            Type::Error => self.out.push_str("<error>"),
            Type::Nil => self.out.push_str("nil"),
            Type::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Type::Str(text) => {
                self.out.push('"');
                self.name(*text);
                self.out.push('"');
            }
            Type::Named { prefix, name, args } => {
                if let Some(prefix) = prefix {
                    self.name(*prefix);
                    self.out.push('.');
                }
                self.name(*name);
                if let Some(args) = args {
                    self.out.push('<');
                    self.list(args, ", ");
                    self.out.push('>');
                }
            }
            Type::Typeof(_) => self.out.push_str("typeof(…)"),
            Type::Array(item) => {
                self.out.push('{');
                self.ty(*item);
                self.out.push('}');
            }
            Type::Table(fields) => self.table(fields),
            Type::Function { generics, params, result } => {
                self.generics(generics);
                self.out.push('(');
                for (n, param) in params.iter().enumerate() {
                    if n > 0 {
                        self.out.push_str(", ");
                    }
                    if let Some(name) = param.name {
                        self.name(name);
                        self.out.push_str(": ");
                    }
                    self.ty(param.ty);
                }
                self.out.push_str(") -> ");
                self.ty(*result);
            }
            Type::Optional(inner) => {
                self.ty(*inner);
                self.out.push('?');
            }
            Type::Union(types) => self.list(types, " | "),
            Type::Intersection(types) => self.list(types, " & "),
            Type::Paren(inner) => {
                self.out.push('(');
                self.ty(*inner);
                self.out.push(')');
            }
            Type::Pack(types) => {
                self.out.push('(');
                self.list(types, ", ");
                self.out.push(')');
            }
            Type::Variadic(inner) => {
                self.out.push_str("...");
                self.ty(*inner);
            }
            Type::GenericPack(name) => {
                self.name(*name);
                self.out.push_str("...");
            }
        }
    }

    fn table(&mut self, fields: &[TypeField]) {
        self.out.push('{');
        for (n, field) in fields.iter().enumerate() {
            self.out.push_str(if n > 0 { ", " } else { " " });
            if let Some(access) = field.access {
                self.name(access);
                self.out.push(' ');
            }
            match field.key {
                TypeKey::Name(name) => self.name(name),
                TypeKey::Str(text) => {
                    self.out.push_str("[\"");
                    self.name(text);
                    self.out.push_str("\"]");
                }
                TypeKey::Index(key) => {
                    self.out.push('[');
                    self.ty(key);
                    self.out.push(']');
                }
            }
            self.out.push_str(": ");
            self.ty(field.value);
        }
        self.out.push_str(if fields.is_empty() { "}" } else { " }" });
    }

    fn generics(&mut self, generics: &Generics) {
        if generics.0.is_empty() {
            return;
        }
        self.out.push('<');
        for (n, generic) in generics.0.iter().enumerate() {
            if n > 0 {
                self.out.push_str(", ");
            }
            self.name(generic.name);
            if generic.is_pack {
                self.out.push_str("...");
            }
            if let Some(default) = generic.default {
                self.out.push_str(" = ");
                self.ty(default);
            }
        }
        self.out.push('>');
    }
}
