//! Prototypes and modules: what the compiler makes and the VM loads, as plain data.

use std::hash::{Hash, Hasher};

use crate::bytes::Bytes;
use crate::instr::Instr;
use crate::lazy_debug::LazyDebug;
use crate::upvalue_list::UpvalueList;

pub use crate::debug_info::{DebugInfo, LocalVar, Span};
pub use crate::upvalue_list::{UpvalueDesc, UpvalueKind};

/// A constant of a prototype.
#[derive(Clone, Debug)]
pub enum Constant {
    /// `nil`
    Nil,
    /// `false`
    False,
    /// `true`
    True,
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string of any bytes.
    Str(Bytes),
}

const _: () = assert!(size_of::<Constant>() == 24);

impl PartialEq for Constant {
    /// Equality of representation: floats by their bits, so `0.0` and `-0.0` differ and a NaN
    /// equals itself.
    fn eq(&self, other: &Constant) -> bool {
        match (self, other) {
            (Constant::Nil, Constant::Nil)
            | (Constant::False, Constant::False)
            | (Constant::True, Constant::True) => true,
            (Constant::Int(a), Constant::Int(b)) => a == b,
            (Constant::Float(a), Constant::Float(b)) => a.to_bits() == b.to_bits(),
            (Constant::Str(a), Constant::Str(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Constant {}

impl Hash for Constant {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Constant::Nil | Constant::False | Constant::True => {}
            Constant::Int(value) => value.hash(state),
            Constant::Float(value) => value.to_bits().hash(state),
            Constant::Str(value) => value.hash(state),
        }
    }
}

/// One function, compiled.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Proto {
    /// Line where the definition starts; 0 for a main chunk.
    pub line_defined: u32,
    /// Line where the definition ends; 0 for a main chunk.
    pub last_line_defined: u32,
    /// The number of parameters, which arrive in the first registers.
    pub num_params: u8,
    /// Whether it takes more arguments than it has parameters.
    pub is_vararg: bool,
    /// Registers the frame needs, `2..=MAX_REGISTERS` (the frame's two header slots not counted).
    pub max_stack: u16,
    /// The instructions.
    pub code: Vec<Instr>,
    /// The constants that instructions refer to by index.
    pub constants: Vec<Constant>,
    /// Where a closure of the function takes its upvalues from.
    pub upvalues: UpvalueList,
    /// Children, as indices into `Module::protos`; each greater than this prototype's own index.
    pub protos: Vec<u32>,
    /// Lines, spans and names; empty if stripped.
    pub debug: LazyDebug,
}

impl Proto {
    /// Keeps the debug information as an image has it, in a fraction of the memory; who reads it finds it as it
    /// was.
    pub fn pack_debug(&mut self) {
        crate::image::pack(self);
    }
}

/// A compiled chunk: its functions in pre-order, the main function first.
///
/// A flat list, not a tree: nothing in the toolchain recurses over nested functions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Module {
    /// Chunk name as `lua_load` takes it (`@file`, `=name` or the source text); `None` when
    /// stripped.
    pub source_name: Option<Box<[u8]>>,
    /// Functions of the standard library written in the language: everything programs can
    /// observe of them equals a C function.
    pub native: bool,
    /// A program for plain Lua 5.4: what it loads is compiled without extensions. Whoever runs it as
    /// the main program sees to that.
    pub lua54: bool,
    /// The functions in pre-order, the main function first.
    pub protos: Vec<Proto>,
}

impl Module {
    /// The main function.
    pub fn main(&self) -> &Proto {
        &self.protos[0]
    }

    /// The module without debug information (what `string.dump(f, true)` writes).
    pub fn strip(&mut self) {
        self.source_name = None;
        for p in &mut self.protos {
            p.debug = LazyDebug::default();
        }
    }
}
