//! Type annotations of a file as plain data: those of the language (`n: number`), of LuaCATS
//! (`---@param n number`) and of LDoc (`-- @tparam number n`).
//!
//! * `types` — what a type is, and how it is shown
//! * `read` — the grammar of types in comments
//! * `tags` — the tags of a comment
//! * `native` — types of the language's own annotations
//! * `attach` — what they are about: the statement or field below a comment
//!
//! Annotations are facts for tools: the compiler does not look at them. What cannot be read is
//! [`Type::Unknown`], about which nothing is ever said.

mod attach;
mod native;
mod read;
mod tags;
mod types;

pub use read::type_length;
pub use types::{Basic, Literal, Parameter, Record, Result, Signature, Type};

use crate::Span;
use std::collections::{HashMap, HashSet};

/// How an annotation is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// In the language: `n: number`.
    Native,
    /// In a comment of LuaCATS: `---@param n number`.
    Cats,
    /// In a comment of LDoc: `-- @tparam number n`.
    LDoc,
}

/// The type of a variable, a parameter or a field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Annotated {
    /// The type.
    pub ty: Type,
    /// Where the type is written.
    pub span: Span,
    /// How it is written.
    pub origin: Origin,
}

/// What a declared type is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeclaredKind {
    /// `---@class`, LDoc's `@type` and `@classmod`.
    Class,
    /// `---@alias`, `type Name = …`.
    Alias,
    /// `---@enum`.
    Enum,
}

/// A type that the file declares.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Declared {
    /// Its name.
    pub name: Box<str>,
    /// Where the name is written.
    pub span: Span,
    /// What it is.
    pub kind: DeclaredKind,
    /// The classes whose fields it has, too.
    pub parents: Vec<Type>,
    /// The fields that are declared with `---@field` and `@tfield`.
    pub fields: Vec<Record>,
    /// What an alias stands for; the type of a class's other fields is not kept.
    pub ty: Type,
    /// Where the name of the variable or field begins that has the class's methods.
    pub owner: Option<u32>,
}

/// A type's name in an annotation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mention {
    /// The name.
    pub name: Box<str>,
    /// Where it is written.
    pub span: Span,
    /// How the annotation is written.
    pub origin: Origin,
}

/// The parameters that a comment describes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Described {
    /// The number of the function among those of the chunk.
    pub func: u32,
    /// The names, and where they are written.
    pub names: Vec<(Box<str>, Span)>,
}

/// The annotations of a file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Annotations {
    /// The types that are declared.
    pub declared: Vec<Declared>,
    /// What is said of functions, by their number among those of the chunk.
    pub functions: HashMap<u32, Signature>,
    /// The types of variables, parameters and fields, by where their names begin.
    pub types: HashMap<u32, Annotated>,
    /// The type names that are written.
    pub mentions: Vec<Mention>,
    /// Parameters in comments.
    pub described: Vec<Described>,
    /// The names of type parameters.
    pub generics: HashSet<Box<str>>,
    /// Variables whose type is another one from some point on: `---@cast name`.
    pub casts: HashSet<Box<str>>,
}

impl Annotations {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.declared.is_empty() && self.functions.is_empty() && self.types.is_empty()
    }

    /// The type that is declared by a name.
    pub fn declared(&self, name: &str) -> Option<&Declared> {
        self.declared.iter().find(|declared| *declared.name == *name)
    }
}
