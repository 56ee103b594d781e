//! What the writer of a function's body knows, and how it picks operands.

use luka_bytecode::{Constant, Instr, Op, UpvalueDesc, UpvalueKind};

use super::Tree;
use crate::random::Random;

/// A body being written.
pub(super) struct Body<'r> {
    pub r: &'r mut Random,
    pub code: Vec<Instr>,
    pub constants: Vec<Constant>,
    pub children: Vec<Tree>,
    /// Registers of the frame.
    pub frame: usize,
    pub is_vararg: bool,
    pub upvalues: Vec<UpvalueDesc>,
    pub depth: usize,
    /// Which registers are set.
    pub set: Vec<bool>,
    /// Registers below this one stay as they are for what comes round: nothing may leave them
    /// undefined.
    pub floor: usize,
    /// Registers that closures may have captured, and those to be closed, as they came.
    pub captured: Vec<usize>,
    pub to_close: Vec<usize>,
    /// How deep tests and loops are nested here.
    pub nesting: usize,
}

impl<'r> Body<'r> {
    pub fn new(
        r: &'r mut Random,
        frame: usize,
        num_params: usize,
        is_vararg: bool,
        constants: impl Fn(&mut Random) -> Vec<Constant>,
        upvalues: &[UpvalueDesc],
        depth: usize,
    ) -> Body<'r> {
        let constants = constants(r);
        let mut body = Body {
            r,
            code: Vec::new(),
            constants,
            children: Vec::new(),
            frame,
            is_vararg,
            upvalues: upvalues.to_vec(),
            depth,
            set: (0..frame).map(|register| register < num_params).collect(),
            floor: 0,
            captured: Vec::new(),
            to_close: Vec::new(),
            nesting: 0,
        };
        if is_vararg {
            body.emit(Instr::abc(Op::VarargPrep, 0, 0, 0));
        }
        // Something to begin with.
        body.emit(Instr::abc(Op::LoadNil, 0, 3, 0));
        body.fill(0, 4);
        body
    }

    /// About `size` pieces, and the end.
    pub fn run(&mut self, size: usize) {
        for _ in 0..size {
            self.item();
        }
        self.leave();
    }

    pub fn emit(&mut self, instr: Instr) -> usize {
        self.code.push(instr);
        self.code.len() - 1
    }

    pub fn abc(&mut self, op: Op, a: usize, b: usize, c: usize) -> usize {
        self.emit(Instr::abc(op, a as u16, b as u16, c as u16))
    }

    /// Lets the jump at `at` lead to the end of the code so far.
    pub fn patch(&mut self, at: usize) {
        self.jump_to(at, self.code.len());
    }

    pub fn jump_to(&mut self, at: usize, target: usize) {
        let distance = target as i64 - at as i64 - 1;
        let instr = &mut self.code[at];
        let wide = instr.opcode().is_some_and(|op| op.info().operands.iter().any(is_wide));
        if wide { instr.set_sbx(distance as i32) } else { instr.c = distance as i16 as u16 }
    }

    // ------------------------------------------------------------------ registers

    pub fn fill(&mut self, from: usize, end: usize) {
        self.set[from..end.min(self.frame)].fill(true);
    }

    /// From `from` on nothing is set any more.
    pub fn cut(&mut self, from: usize) {
        self.set[from.min(self.frame)..].fill(false);
    }

    /// A register that is set.
    pub fn src(&mut self) -> usize {
        let count = self.set.iter().filter(|set| **set).count();
        let nth = self.r.below(count);
        match self.set.iter().enumerate().filter(|(_, set)| **set).nth(nth) {
            Some((register, _)) => register,
            None => {
                // (There is always room below the first window.)
                let at = self.floor.min(self.frame - 1);
                self.abc(Op::LoadI, at, 7, 0);
                self.set[at] = true;
                at
            }
        }
    }

    /// Any register, mostly a low one.
    pub fn dst(&mut self) -> usize {
        let limit = if self.r.once_in(8) { self.frame } else { self.frame.min(12) };
        self.r.below(limit)
    }

    /// The first register of a window of `size` that nothing else needs; `None` if there is no room.
    pub fn window(&mut self, size: usize) -> Option<usize> {
        let lowest = self.lowest_window();
        let room = (self.frame + 1).checked_sub(lowest + size).filter(|room| *room > 0)?;
        let room = if self.r.once_in(8) { room } else { room.min(6) };
        Some(lowest + self.r.below(room))
    }

    fn lowest_window(&self) -> usize {
        let open = self.captured.iter().chain(&self.to_close).max();
        open.map_or(0, |&register| register + 1).max(self.floor)
    }

    /// Sets registers, by instructions; more than a handful at once.
    pub fn load(&mut self, from: usize, end: usize) {
        if end > from + 4 || self.r.once_in(8) {
            if end > from {
                self.abc(Op::LoadNil, from, end - from - 1, 0);
                self.fill(from, end);
            }
            return;
        }
        for register in from..end {
            self.value_to(register);
        }
    }

    // ------------------------------------------------------------------ other operands

    pub fn constant(&mut self, fits: impl Fn(&Constant) -> bool) -> usize {
        let count = self.constants.iter().filter(|k| fits(k)).count();
        let nth = self.r.below(count);
        let found = self.constants.iter().enumerate().filter(|(_, k)| fits(k)).nth(nth);
        found.map_or(0, |(at, _)| at)
    }

    pub fn short_string(&mut self) -> usize {
        self.constant(|k| matches!(k, Constant::Str(s) if s.len() <= 40))
    }

    pub fn number(&mut self) -> usize {
        self.constant(|k| matches!(k, Constant::Int(_) | Constant::Float(_)))
    }

    pub fn upvalue(&mut self) -> usize {
        self.r.below(self.upvalues.len())
    }

    /// What a closure made now may take: registers that are set, and upvalues.
    pub fn captures(&mut self, result: usize) -> Vec<UpvalueDesc> {
        let mut list = vec![UpvalueDesc { in_stack: false, index: 0, kind: self.upvalues[0].kind }];
        for _ in 0..self.r.below(4) {
            let kind = [UpvalueKind::Regular, UpvalueKind::Const, UpvalueKind::ToClose];
            let register = if self.r.once_in(3) { result } else { self.src() };
            // Above the result nothing is set when the closure is made.
            if register <= result.min(255) && !self.r.once_in(3) {
                let kind = kind[self.r.below(3)];
                list.push(UpvalueDesc { in_stack: true, index: register as u8, kind });
            } else {
                let index = self.upvalue();
                let kind = self.upvalues[index].kind;
                list.push(UpvalueDesc { in_stack: false, index: index as u8, kind });
            }
        }
        list
    }
}

fn is_wide(operand: &luka_bytecode::Operand) -> bool {
    operand.role == luka_bytecode::Role::JumpWide
}
