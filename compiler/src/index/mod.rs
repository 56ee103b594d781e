//! Facts of one file for editors: which names are written where, what they stand for, and what is known
//! of the values they are given.
//!
//! A name stands for a [`Place`]: a variable, a global, or a field of another place. What a place is given
//! is a [`Value`]; where that is not known, there is none, and nothing is guessed. Places of other files are
//! found through [`Value::Module`] by whoever knows the files.

mod build;

use crate::Span;
use crate::annotation::{Declared, Mention, Signature, Type};
use std::collections::HashMap;

/// A variable of a file, by its number.
pub type VariableId = u32;
/// A place, by its number.
pub type PlaceId = u32;
/// A name, by its number.
pub type NameId = u32;

/// What is known of a file.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// The names that occur.
    pub names: Vec<Box<str>>,
    /// The variables, in the order of their declarations.
    pub variables: Vec<Variable>,
    /// The places that are named.
    pub places: Vec<Place>,
    /// Every written name, in the order of the text.
    pub occurrences: Vec<Occurrence>,
    /// What places are given first, by place.
    pub values: HashMap<PlaceId, Value>,
    /// The functions.
    pub functions: Vec<Function>,
    /// The modules that `require` is called with, and where their names are written.
    pub requires: Vec<(Box<str>, Span)>,
    /// The types that annotations give places.
    pub types: HashMap<PlaceId, Type>,
    /// The types that the file declares.
    pub declared: Vec<Declared>,
    /// By place: the number of the declared class that has its fields.
    pub owners: HashMap<PlaceId, usize>,
    /// Names of types in annotations.
    pub mentions: Vec<Mention>,
    /// What the file returns.
    pub export: Option<PlaceId>,
    /// Blocks and table constructors, from the token before them to the one behind them.
    pub folds: Vec<Span>,
    /// Spans of statements and expressions, for growing a selection.
    pub nodes: Vec<Span>,
    /// There is something in the file that could not be read: names may be missing.
    pub is_incomplete: bool,
    /// The numbers of places.
    numbers: HashMap<Place, PlaceId>,
    /// By place: the number of the occurrence that defines it.
    definitions: Vec<Option<u32>>,
}

/// A local variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Variable {
    /// Its name.
    pub name: NameId,
    /// Where it is declared; empty for the `self` of a method.
    pub span: Span,
    /// Where it can be seen, from the end of its declaration.
    pub scope: Span,
    /// What it is.
    pub kind: VariableKind,
    /// It cannot be assigned to.
    pub is_const: bool,
}

/// How a variable is declared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VariableKind {
    /// `local`
    Local,
    /// `local function`
    Function,
    /// A parameter.
    Parameter,
    /// The variable of a loop.
    Loop,
    /// The `self` of `function t:m()`.
    SelfParameter,
}

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    /// A variable.
    Variable(VariableId),
    /// A global.
    Global(NameId),
    /// A field of a place.
    Field(PlaceId, NameId),
    /// What a place has under keys that are no names: the elements of a list, the values of a map.
    Element(PlaceId),
    /// A field of a value that has no place.
    Unknown(NameId),
    /// What the file returns.
    Export,
}

/// What is done with a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// It is read.
    Read,
    /// It is assigned to.
    Write,
    /// It is declared, or defined by a function statement or in a table constructor.
    Define,
}

/// A name in the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Occurrence {
    /// Where the name is written.
    pub span: Span,
    /// What it stands for.
    pub place: PlaceId,
    /// What is done with it.
    pub access: Access,
    /// It is the name of a method that is called or defined with `:`.
    pub is_method: bool,
}

/// What is known of a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// The value of another place.
    Alias(PlaceId),
    /// What a module returns.
    Module(Box<str>),
    /// A table whose missing fields are found in a place, as `setmetatable` and classes have it.
    Instance(PlaceId),
    /// A table constructor.
    Table,
    /// A function of this file.
    Function(u32),
    /// The first result of a call of a place.
    Result(PlaceId),
    /// A literal or another value of a known type: `nil`, `boolean`, `number`, `string`.
    Plain(&'static str),
}

/// A function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Function {
    /// The whole function.
    pub span: Span,
    /// Where its parameter list ends: behind the `)`.
    pub head_end: u32,
    /// The names of its parameters, without the `self` of a method; `...` last.
    pub parameters: Vec<Box<str>>,
    /// It is defined with `:`.
    pub is_method: bool,
    /// What annotations say of it.
    pub signature: Option<Signature>,
    /// Annotations are written in its head.
    pub has_types: bool,
    /// The place it is defined as.
    pub place: Option<PlaceId>,
}

impl Index {
    /// Notes where places are defined.
    fn find_definitions(&mut self) {
        self.definitions = vec![None; self.places.len()];
        for (number, occurrence) in self.occurrences.iter().enumerate() {
            let known = &mut self.definitions[occurrence.place as usize];
            let is_better = match known.map(|known| self.occurrences[known as usize].access) {
                None => occurrence.access != Access::Read,
                Some(Access::Write) => occurrence.access == Access::Define,
                Some(_) => false,
            };
            if is_better {
                *known = Some(number as u32);
            }
        }
    }

    /// Leaves out what only an open file is asked for: folds, nodes and names of types.
    pub fn shrink(&mut self) {
        self.folds = Vec::new();
        self.nodes = Vec::new();
        self.mentions = Vec::new();
        self.occurrences.shrink_to_fit();
    }

    /// The name that stands at a position or ends there.
    pub fn at(&self, position: u32) -> Option<&Occurrence> {
        let behind = self.occurrences.partition_point(|o| o.span.start <= position);
        let found = self.occurrences.get(behind.checked_sub(1)?)?;
        (position <= found.span.end).then_some(found)
    }

    /// The number of a name, if it occurs.
    pub fn name(&self, text: &str) -> Option<NameId> {
        self.names.iter().position(|name| **name == *text).map(|id| id as NameId)
    }

    /// The text of a name.
    pub fn text(&self, name: NameId) -> &str {
        &self.names[name as usize]
    }

    /// The last name of a place; `None` for elements and for what the file returns.
    pub fn name_of(&self, place: PlaceId) -> Option<NameId> {
        match self.places[place as usize] {
            Place::Variable(variable) => Some(self.variables[variable as usize].name),
            Place::Global(name) | Place::Field(_, name) | Place::Unknown(name) => Some(name),
            Place::Element(_) | Place::Export => None,
        }
    }

    /// The number of a place, if it is named.
    pub fn place(&self, place: Place) -> Option<PlaceId> {
        self.numbers.get(&place).copied()
    }

    /// The place that has the fields of a declared class.
    pub fn owner(&self, class: usize) -> Option<PlaceId> {
        self.owners.iter().find(|(_, owned)| **owned == class).map(|(place, _)| *place)
    }

    /// The type name that is written at a position.
    pub fn mention_at(&self, position: u32) -> Option<&Mention> {
        self.mentions.iter().find(|m| m.span.start <= position && position <= m.span.end)
    }

    /// The fields of a place that are named, each with its name.
    pub fn fields(&self, of: PlaceId) -> impl Iterator<Item = (PlaceId, NameId)> {
        self.places.iter().enumerate().filter_map(move |(id, place)| match *place {
            Place::Field(parent, name) if parent == of => Some((id as PlaceId, name)),
            _ => None,
        })
    }

    /// Where a place is named.
    pub fn occurrences_of(&self, place: PlaceId) -> impl Iterator<Item = &Occurrence> {
        self.occurrences.iter().filter(move |occurrence| occurrence.place == place)
    }

    /// Where a place is defined: where that is done in so many words, else where it is assigned to first.
    pub fn definition(&self, place: PlaceId) -> Option<&Occurrence> {
        let number = self.definitions.get(place as usize).copied().flatten()?;
        self.occurrences.get(number as usize)
    }

    /// The variables that are seen at a position, the innermost first; hidden ones are left out.
    pub fn visible(&self, position: u32) -> Vec<VariableId> {
        let mut found: Vec<VariableId> = Vec::new();
        for (id, variable) in self.variables.iter().enumerate().rev() {
            let seen = variable.scope.start <= position && position <= variable.scope.end;
            let hidden = |&other: &VariableId| self.variables[other as usize].name == variable.name;
            if seen && !found.iter().any(hidden) {
                found.push(id as VariableId);
            }
        }
        found
    }
}
