//! From the intermediate form to machine code, as far as that is the same for all processors: the order of
//! blocks, where jumps lead, and what lies behind the code. An instruction at a time is `machine`'s part.

use super::alloc::{Place, Places};
use super::ir::*;
use super::labels::Label;
use super::layout::{Code, Target};
use super::machine::{Asm, frame_bytes};
use luka_bytecode::Instr;

pub(super) struct Emit<'a> {
    pub a: Asm,
    pub f: &'a Func,
    places: &'a Places,
    pub target: Target,
    blocks: Vec<Label>,
    exits: Vec<Option<Label>>,
    /// Barriers: where one begins, where the code goes on behind it, and the instruction.
    pub barriers: Vec<(Label, Label, Ins)>,
    /// Where cells are looked for when none is at hand, the instructions and where they go on.
    pub cells: Vec<(Label, Label, Ins)>,
    lines: Vec<(usize, u32)>,
    /// Heads of loops: behind the look at fuel, how much it asks for and where it leaves.
    checked: Vec<Option<(Label, i64, u32)>>,
    pub body: Label,
    /// A body has come back that was called for the interpreter.
    pub came_back: Label,
    /// Handlers have gone elsewhere.
    pub elsewhere: Label,
    /// Bytes of the native frame.
    pub frame: i32,
}

/// Code of a unit; `None` if it is too long for the processor's jumps.
pub(super) fn emit(f: &Func, places: &Places, target: Target) -> Option<Code> {
    let mut a = Asm::default();
    let blocks = f.blocks.iter().map(|_| a.label()).collect();
    let (body, came_back, elsewhere) = (a.label(), a.label(), a.label());
    let mut emit = Emit {
        a,
        f,
        places,
        target,
        blocks,
        exits: vec![None; f.exits.len()],
        barriers: Vec::new(),
        cells: Vec::new(),
        lines: Vec::new(),
        checked: vec![None; f.blocks.len()],
        body,
        came_back,
        elsewhere,
        frame: frame_bytes(places.slots),
    };
    emit.line(0);
    emit.enter();
    for n in 0..f.blocks.len() {
        emit.block(n);
    }
    emit.line(0);
    emit.barrier_stubs();
    emit.cell_stubs();
    let resumes = emit.resume_stubs();
    emit.leave_stubs();
    let body = emit.a.offset(body);
    Some(Code { bytes: emit.a.finish()?, body, resumes, lines: emit.lines })
}

impl Emit<'_> {
    pub fn place(&self, v: V) -> Place {
        self.places.of[v as usize]
    }

    /// The register for what is defined: its own, or this one, from which `defined` takes it.
    pub fn target_of(&self, v: V, scratch: u8) -> u8 {
        match self.place(v) {
            Place::General(r) | Place::Float(r) => r,
            Place::Frame(_) | Place::Nowhere | Place::Int(_) | Place::FloatBits(_) => scratch,
        }
    }

    /// The address of an instruction of bytecode.
    pub fn instr(&self, pc: u32) -> i64 {
        self.target.code as i64 + i64::from(pc) * size_of::<Instr>() as i64
    }

    pub fn exit_label(&mut self, x: u32) -> Label {
        let known = self.exits[x as usize];
        known.unwrap_or_else(|| {
            let label = self.a.label();
            self.exits[x as usize] = Some(label);
            label
        })
    }

    pub fn exits(&self) -> Vec<(u32, Label)> {
        let exits = self.exits.iter().enumerate();
        exits.filter_map(|(x, label)| Some((x as u32, (*label)?))).collect()
    }

    /// Where a jump to a block leads: blocks that do nothing but go on are passed over.
    pub fn label_of(&mut self, block: u32) -> Label {
        match self.f.blocks[block as usize].ins.as_slice() {
            [only] if only.op == Op::Exit => self.exit_label(only.x),
            [only] if self.only_jumps(block) && only.t != block => self.label_of(only.t),
            _ => self.blocks[block as usize],
        }
    }

    fn only_jumps(&self, block: u32) -> bool {
        let Block { args, ins, params } = &self.f.blocks[block as usize];
        let jumps = matches!(ins.as_slice(), [only] if only.op == Op::Jump
            && !self.f.is_loop_head(only.t as usize));
        jumps && args.is_empty() && params.is_empty()
    }

    /// Whether all jumps to a block pass over it.
    fn is_passed(&self, block: usize) -> bool {
        let ins = self.f.blocks[block].ins.as_slice();
        block > 0 && (matches!(ins, [only] if only.op == Op::Exit) || self.only_jumps(block as u32))
    }

    /// Jumps to a block unless it comes next.
    pub fn jump_to(&mut self, block: u32, n: usize) {
        if self.falls_to(n) != Some(block) {
            let label = self.label_of(block);
            self.a.jump(label);
        }
    }

    /// The block behind this one.
    fn falls_to(&self, n: usize) -> Option<u32> {
        let next = (n + 1..self.f.blocks.len()).find(|&next| !self.is_passed(next));
        next.map(|next| next as u32)
    }

    pub fn branch(&mut self, cond: Cond, t: u32, f: u32, n: usize) {
        if self.falls_to(n) == Some(t) {
            let label = self.label_of(f);
            self.a.jump_if(cond.inverted(), label);
        } else {
            let label = self.label_of(t);
            self.a.jump_if(cond, label);
            self.jump_to(f, n);
        }
    }

    /// What comes next is for this line of the source.
    fn line(&mut self, line: u32) {
        if self.lines.last().is_none_or(|last| last.1 != line) {
            self.lines.push((self.a.code.len(), line));
        }
    }

    fn block(&mut self, n: usize) {
        if self.is_passed(n) {
            return;
        }
        if let Some(first) = self.f.blocks[n].ins.first().filter(|_| self.f.is_loop_head(n)) {
            self.align_loop(first);
        }
        let label = self.blocks[n];
        self.a.bind(label);
        let f = self.f;
        for i in &f.blocks[n].ins {
            self.line(i.line);
            self.instruction(i, n);
        }
    }

    pub fn guard_fuel(&mut self, i: &Ins, n: usize, exit: Label) {
        self.compare_fuel(i.k);
        self.a.jump_if(Cond::Less, exit);
        if self.checked[n].is_none() && self.f.is_loop_head(n) {
            let behind = self.a.label();
            self.a.bind(behind);
            self.checked[n] = Some((behind, i.k, i.x));
        }
    }

    /// To a block, with arguments. A jump back looks at fuel itself.
    pub fn jump(&mut self, i: &Ins, n: usize) {
        self.moves(n, i.t as usize);
        let Some((behind, k, x)) = self.checked[i.t as usize] else {
            return self.jump_to(i.t, n);
        };
        self.compare_fuel(k);
        self.a.jump_if(Cond::GreaterEqual, behind);
        let exit = self.exit_label(x);
        self.a.jump(exit);
    }
}
