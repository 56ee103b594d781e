//! What a machine has executed of the functions that come from files (`luka test --coverage`).

use crate::object::Gc;
use crate::object::function::ProtoObj;
use crate::object::proto::unmarked;
use luka_bytecode::{Flow, Instr, Op, Role};
use std::collections::HashMap;
use std::ptr::null;

/// What a machine has executed: counts for every instruction of every chunk of a file (`@name`) whose
/// main function was entered. Texts loaded more than once under one name are counted together while
/// their functions have the same shape.
pub struct Coverage {
    /// The chunks by name, in the order in which they were first entered.
    chunks: Vec<Chunk>,
    by_name: HashMap<Box<[u8]>, usize>,
    /// Where functions on the heap are counted, by the address of their code.
    places: HashMap<*const Instr, Place>,
    /// The code of the function that ran last, its length in instructions (0: it is not counted),
    /// and where it is counted.
    start: *const Instr,
    length: usize,
    current: Place,
    /// By opcode.
    distances: [Distance; Op::COUNT],
}

/// A function of a chunk.
#[derive(Clone, Copy, Default)]
struct Place {
    chunk: usize,
    function: usize,
}

/// What was executed of a chunk.
pub struct Chunk {
    /// The chunk's name, `@file`.
    pub name: Box<[u8]>,
    /// Its functions, each before those in it, in the order of the text: the main function first.
    pub functions: Vec<Counts>,
}

/// What was executed of a function, instruction by instruction.
pub struct Counts {
    /// By instruction.
    pub instructions: Box<[Count]>,
    /// The last instruction that began.
    last: usize,
}

/// How often an instruction began and, if it is a conditional jump, where it led; each up to `u32::MAX`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Count {
    /// It began.
    pub runs: u32,
    /// It went on with the next instruction.
    pub next: u32,
    /// It jumped.
    pub jumped: u32,
}

/// Which field of an instruction is the distance of a conditional jump.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Distance {
    None,
    Short,
    Wide,
}

impl Distance {
    fn of(op: Op) -> Distance {
        let info = op.info();
        let is_branch = info.flow == Flow::Branch;
        let role = |role| is_branch && info.operands.iter().any(|operand| operand.role == role);
        match (role(Role::Jump), role(Role::JumpWide)) {
            (true, _) => Distance::Short,
            (_, true) => Distance::Wide,
            _ => Distance::None,
        }
    }
}

impl Coverage {
    pub(crate) fn new() -> Coverage {
        Coverage {
            chunks: Vec::new(),
            by_name: HashMap::new(),
            places: HashMap::new(),
            start: null(),
            length: 0,
            current: Place::default(),
            distances: std::array::from_fn(|number| {
                Op::from_u8(number as u8).map_or(Distance::None, Distance::of)
            }),
        }
    }

    /// The chunks by name, in the order in which they were first entered.
    pub fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    /// Another function runs now. Returns it if it and its functions are counted from now on: nothing
    /// may free them.
    pub(crate) fn enter(&mut self, proto: Gc<ProtoObj>) -> Option<Gc<ProtoObj>> {
        let code: *const Instr = proto.data().code.as_ptr();
        let known = self.places.get(&code).copied();
        let place = known.or_else(|| self.register(proto));
        self.start = code;
        self.length = if place.is_some() { proto.data().code.len() } else { 0 };
        self.current = place.unwrap_or_default();
        (known.is_none() && place.is_some()).then_some(proto)
    }

    /// Counts the functions of a chunk, if this is the main function of one that comes from a file.
    fn register(&mut self, main: Gc<ProtoObj>) -> Option<Place> {
        let data = main.data();
        let name = data.chunk.source_name.as_deref().filter(|name| name.starts_with(b"@"))?;
        if data.line_defined != 0 || data.chunk.native {
            return None;
        }
        let mut functions = Vec::new();
        // (The list of a function's functions is in the order of the text.)
        let mut waiting = vec![main];
        while let Some(proto) = waiting.pop() {
            functions.push(proto);
            waiting.extend(proto.data().protos.iter().rev());
        }
        let lengths = functions.iter().map(|proto| proto.data().code.len());
        let chunk = match self.by_name.get(name) {
            Some(&chunk) => {
                let counted = &self.chunks[chunk].functions;
                if !counted.iter().map(|counts| counts.instructions.len()).eq(lengths) {
                    return None;
                }
                chunk
            }
            None => {
                let counts = |length| Counts {
                    instructions: vec![Count::default(); length].into(),
                    last: 0,
                };
                let chunk = Chunk { name: name.into(), functions: lengths.map(counts).collect() };
                self.chunks.push(chunk);
                self.by_name.insert(name.into(), self.chunks.len() - 1);
                self.chunks.len() - 1
            }
        };
        for (function, proto) in functions.iter().enumerate() {
            let code: *const Instr = proto.data().code.as_ptr();
            self.places.insert(code, Place { chunk, function });
        }
        Some(Place { chunk, function: 0 })
    }

    /// The number of the instruction at an address in the function that ran last, if it is counted and
    /// has it.
    #[inline]
    pub(crate) fn index(&self, ip: usize) -> Option<usize> {
        let at = ip.wrapping_sub(self.start as usize) / size_of::<Instr>();
        (at < self.length).then_some(at)
    }

    /// Instruction `at` of the function that runs begins.
    #[inline]
    pub(crate) fn count(&mut self, at: usize) {
        let counts = &mut self.chunks[self.current.chunk].functions[self.current.function];
        let last = std::mem::replace(&mut counts.last, at);
        counts.instructions[at].runs = counts.instructions[at].runs.saturating_add(1);
        // SAFETY: `last` is an index of this function's counts, which are as many as its
        // instructions, and its code is kept.
        let instr = unmarked(unsafe { *self.start.add(last) });
        let distance = match self.distances[instr.op as usize] {
            Distance::None => return,
            Distance::Short => isize::from(instr.c as i16),
            Distance::Wide => ((u32::from(instr.c) << 16 | u32::from(instr.b)) as i32) as isize,
        };
        let jump = &mut counts.instructions[last];
        if at == last + 1 {
            jump.next = jump.next.saturating_add(1);
        } else if last.checked_add_signed(1 + distance) == Some(at) {
            jump.jumped = jump.jumped.saturating_add(1);
        }
    }
}
