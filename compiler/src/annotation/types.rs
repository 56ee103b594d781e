//! Types as annotations have them.

use crate::Span;
use std::fmt::{self, Display, Formatter, Write};

/// A type that every program has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Basic {
    /// `nil`
    Nil,
    /// `boolean`
    Boolean,
    /// `number`
    Number,
    /// `integer`
    Integer,
    /// `string`
    String,
    /// `table`
    Table,
    /// `function`
    Function,
    /// `thread`
    Thread,
    /// `userdata`
    Userdata,
}

impl Basic {
    /// All of them.
    pub const ALL: [Basic; 9] = [
        Basic::Nil,
        Basic::Boolean,
        Basic::Number,
        Basic::Integer,
        Basic::String,
        Basic::Table,
        Basic::Function,
        Basic::Thread,
        Basic::Userdata,
    ];

    /// The type with this name in any kind of annotation; LDoc has abbreviations besides.
    pub fn of_name(name: &str) -> Option<Basic> {
        Some(match name {
            "nil" => Basic::Nil,
            "boolean" => Basic::Boolean,
            "number" => Basic::Number,
            "integer" => Basic::Integer,
            "string" => Basic::String,
            "table" => Basic::Table,
            "function" => Basic::Function,
            "thread" => Basic::Thread,
            "userdata" => Basic::Userdata,
            _ => return None,
        })
    }

    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            Basic::Nil => "nil",
            Basic::Boolean => "boolean",
            Basic::Number => "number",
            Basic::Integer => "integer",
            Basic::String => "string",
            Basic::Table => "table",
            Basic::Function => "function",
            Basic::Thread => "thread",
            Basic::Userdata => "userdata",
        }
    }
}

/// A type of one value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Literal {
    /// `"text"`
    String(Box<str>),
    /// `true`
    Boolean(bool),
    /// `1`, as it is written.
    Number(Box<str>),
}

/// A parameter of a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parameter {
    /// Its name; empty if it has none.
    pub name: Box<str>,
    /// Its type.
    pub ty: Type,
    /// It may be left out.
    pub is_optional: bool,
}

/// A result of a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Result {
    /// What it is called; empty if it is not.
    pub name: Box<str>,
    /// Its type.
    pub ty: Type,
}

/// What is said of a function.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Signature {
    /// The parameters, without the `self` of a method and `...`.
    pub parameters: Vec<Parameter>,
    /// The type of what `...` stands for, if there is one.
    pub vararg: Option<Type>,
    /// The results.
    pub results: Vec<Result>,
    /// There are other ways to call it.
    pub has_overloads: bool,
}

/// A field of a table type or a class.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// Its name.
    pub name: Box<str>,
    /// Where the name is written; empty if it is not known.
    pub span: Span,
    /// Its type.
    pub ty: Type,
    /// It may be nil.
    pub is_optional: bool,
    /// What is said of it.
    pub text: Box<str>,
}

/// A type.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Type {
    /// `any`, and what cannot be read.
    #[default]
    Unknown,
    /// What is shown as it is written; nothing else is known of it.
    Other(Box<str>),
    /// A type that every program has.
    Basic(Basic),
    /// A type of one value.
    Literal(Literal),
    /// A class, an alias, an enumeration or a type parameter, with its arguments.
    Named(Box<str>, Vec<Type>),
    /// `T[]`
    Array(Box<Type>),
    /// `table<K, V>`
    Map(Box<(Type, Type)>),
    /// `{ x: number }`
    Table(Vec<Record>),
    /// `fun(x: number): string`
    Function(Box<Signature>),
    /// `A | B`
    Union(Vec<Type>),
}

impl Type {
    /// A type or nil.
    pub fn or_nil(self) -> Type {
        match self {
            Type::Unknown => Type::Unknown,
            ty if ty.accepts_nil() => ty,
            Type::Union(mut types) => {
                types.push(Type::Basic(Basic::Nil));
                Type::Union(types)
            }
            ty => Type::Union(vec![ty, Type::Basic(Basic::Nil)]),
        }
    }

    /// Whether nil is named among its values.
    pub fn accepts_nil(&self) -> bool {
        match self {
            Type::Basic(basic) => *basic == Basic::Nil,
            Type::Union(types) => types.iter().any(Type::accepts_nil),
            _ => false,
        }
    }

    /// The one type it is besides nil.
    pub fn besides_nil(&self) -> Option<&Type> {
        match self {
            Type::Union(types) => {
                let mut others = types.iter().filter(|ty| !ty.accepts_nil());
                let first = others.next()?;
                others.next().is_none().then_some(first)
            }
            ty => Some(ty),
        }
    }
}

impl Display for Signature {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        f.write_char('(')?;
        for (number, parameter) in self.parameters.iter().enumerate() {
            let comma = if number > 0 { ", " } else { "" };
            let mark = if parameter.is_optional { "?" } else { "" };
            match (&*parameter.name, &parameter.ty) {
                ("", ty) => write!(f, "{comma}{ty}")?,
                (name, Type::Unknown) => write!(f, "{comma}{name}")?,
                (name, ty) => write!(f, "{comma}{name}{mark}: {ty}")?,
            }
        }
        if let Some(ty) = &self.vararg {
            let comma = if self.parameters.is_empty() { "" } else { ", " };
            match ty {
                Type::Unknown => write!(f, "{comma}...")?,
                ty => write!(f, "{comma}...: {ty}")?,
            }
        }
        f.write_char(')')?;
        for (number, result) in self.results.iter().enumerate() {
            write!(f, "{}{}", if number == 0 { ": " } else { ", " }, result.ty)?;
        }
        Ok(())
    }
}

impl Display for Type {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        match self {
            Type::Unknown => f.write_str("any"),
            Type::Other(text) => f.write_str(text),
            Type::Basic(basic) => f.write_str(basic.name()),
            Type::Literal(Literal::String(text)) => write!(f, "\"{text}\""),
            Type::Literal(Literal::Boolean(value)) => write!(f, "{value}"),
            Type::Literal(Literal::Number(text)) => f.write_str(text),
            Type::Named(name, args) => {
                f.write_str(name)?;
                for (number, ty) in args.iter().enumerate() {
                    write!(f, "{}{ty}", if number == 0 { "<" } else { ", " })?;
                }
                f.write_str(if args.is_empty() { "" } else { ">" })
            }
            Type::Array(item) => match **item {
                Type::Union(_) | Type::Function(_) => write!(f, "({item})[]"),
                _ => write!(f, "{item}[]"),
            },
            Type::Map(types) => write!(f, "table<{}, {}>", types.0, types.1),
            Type::Table(fields) => {
                for (number, field) in fields.iter().enumerate() {
                    let mark = if field.is_optional { "?" } else { "" };
                    let before = if number == 0 { "{ " } else { ", " };
                    write!(f, "{before}{}{mark}: {}", field.name, field.ty)?;
                }
                f.write_str(if fields.is_empty() { "{}" } else { " }" })
            }
            Type::Function(signature) => write!(f, "fun{signature}"),
            Type::Union(types) => {
                // `T?`
                if let [ty, Type::Basic(Basic::Nil)] = types.as_slice()
                    && !matches!(ty, Type::Function(_))
                {
                    return write!(f, "{ty}?");
                }
                for (number, ty) in types.iter().enumerate() {
                    f.write_str(if number == 0 { "" } else { " | " })?;
                    match ty {
                        Type::Function(_) => write!(f, "({ty})")?,
                        _ => write!(f, "{ty}")?,
                    }
                }
                Ok(())
            }
        }
    }
}
