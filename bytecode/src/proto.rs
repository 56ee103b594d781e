//! Prototypes and modules: what the compiler makes and the VM loads, as plain data.

use std::hash::{Hash, Hasher};

use crate::bytes::Bytes;
use crate::instr::Instr;
use crate::lazy_debug::LazyDebug;
use crate::upvalue_list::UpvalueList;

/// A range of bytes in the source, `start <= end`. `Span::NONE` where there is no source text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// The span of code that stands nowhere in the source.
    pub const NONE: Span = Span { start: 0, end: 0 };

    pub const fn new(start: u32, end: u32) -> Span {
        Span { start, end }
    }
}

/// A constant of a prototype.
#[derive(Clone, Debug)]
pub enum Constant {
    Nil,
    False,
    True,
    Int(i64),
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

/// What kind of local variable an upvalue captures (`VDKREG`… of PUC Lua 5.4); tools and
/// `debug` read it, the VM does not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum UpvalueKind {
    Regular = 0,
    Const = 1,
    ToClose = 2,
}

/// Where a closure takes one of its upvalues from when it is made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct UpvalueDesc {
    /// True: register `index` of the enclosing function; false: its upvalue `index`.
    pub in_stack: bool,
    pub index: u8,
    pub kind: UpvalueKind,
}

/// The life of a local variable, for debuggers and messages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LocalVar {
    pub name: Bytes,
    /// Instructions `start_pc <= pc < end_pc` see the variable. Variables are listed in order of
    /// `start_pc`, so the n-th active one lives in the n-th used register (PUC's rule).
    pub start_pc: u32,
    pub end_pc: u32,
    pub register: u8,
}

/// What stripping removes. All lists are empty in a stripped prototype.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DebugInfo {
    /// Line of each instruction (1-based), or empty.
    pub lines: Vec<u32>,
    /// Source bytes of each instruction, or empty.
    pub spans: Vec<Span>,
    pub locals: Vec<LocalVar>,
    /// Names of the upvalues, or empty.
    pub upvalue_names: Vec<Bytes>,
}

/// One function, compiled.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Proto {
    /// Line where the definition starts; 0 for a main chunk.
    pub line_defined: u32,
    pub last_line_defined: u32,
    pub num_params: u8,
    pub is_vararg: bool,
    /// Registers the frame needs, `2..=MAX_REGISTERS` (the frame's two header slots not counted).
    pub max_stack: u16,
    pub code: Vec<Instr>,
    pub constants: Vec<Constant>,
    pub upvalues: UpvalueList,
    /// Children, as indices into `Module::protos`; each greater than this prototype's own index.
    pub protos: Vec<u32>,
    pub debug: LazyDebug,
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
