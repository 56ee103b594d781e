//! The function being emitted: its code, its registers, and the source position code belongs to.
//!
//! Lines follow PUC Lua's rule: an instruction gets the line of the last token the one-pass
//! compiler has consumed when it emits it ([`Emitter::at`] is that token's end), except where it
//! fixes the line afterwards ([`Emitter::fix_line`]).

use luka_bytecode::{Instr, Op, Span};

use super::Emitter;
use super::jumps::JumpList;

/// PUC's bound on registers: a function that would use the 255th is refused (`MAXREGS`).
const PUC_MAX_REGISTERS: u32 = 255;

/// The function being emitted.
#[derive(Default)]
pub(super) struct Code {
    pub instrs: Vec<Instr>,
    pub lines: Vec<u32>,
    pub spans: Vec<Span>,
    /// No peephole may look after this pc: a jump may land on it.
    pub last_target: u32,
    /// First register that holds nothing.
    pub free: u32,
    /// Frame-link slots among the registers below `free`: PUC has no such slots, its limits count
    /// without them.
    pub links: u32,
    pub max_stack: u32,
    /// Emit every 16-bit conditional jump over a 32-bit one.
    pub wide: bool,
    /// Some 16-bit jump did not reach.
    pub needs_wide: bool,
    /// End of the last token consumed, and the line found for `line_end`.
    pub last_end: u32,
    line_end: u32,
    line: u32,
    /// Where the function ran out of registers: the end of the last token consumed then.
    pub out_of_registers: Option<u32>,
    /// Returns that close nothing, of a function that is emitted piece by piece: whether variables are
    /// captured is not known before its end.
    pub open_returns: Option<Vec<OpenReturn>>,
}

/// A return that may still have to close variables.
pub(super) struct OpenReturn {
    pub pc: u32,
    /// The first register it returns.
    pub first: u16,
    /// How many variables of the outermost block are in scope.
    pub variables: usize,
}

impl Code {
    /// Begins another function, reusing the memory.
    pub fn clear(&mut self, wide: bool) {
        let mut reused = std::mem::take(self);
        reused.instrs.clear();
        reused.lines.clear();
        reused.spans.clear();
        let (instrs, lines, spans) = (reused.instrs, reused.lines, reused.spans);
        *self = Code { instrs, lines, spans, wide, line_end: u32::MAX, ..Code::default() };
    }
}

impl Emitter<'_> {
    /// The pc of the next instruction.
    #[inline]
    pub fn pc(&self) -> u32 {
        self.f.instrs.len() as u32
    }

    /// Marks the next pc as a jump target and returns it.
    pub fn here(&mut self) -> u32 {
        self.f.last_target = self.pc();
        self.f.last_target
    }

    /// Says that the token completeness at `end` has been consumed.
    #[inline]
    pub fn at(&mut self, end: u32) {
        self.f.last_end = end;
    }

    /// Emits an instruction that belongs to `span`.
    pub fn emit(&mut self, instr: Instr, span: Span) -> u32 {
        if self.f.last_end != self.f.line_end {
            self.f.line_end = self.f.last_end;
            self.f.line = self.positions.line(self.f.last_end);
        }
        self.f.instrs.push(instr);
        self.f.lines.push(self.f.line);
        self.f.spans.push(span);
        self.pc() - 1
    }

    /// Gives the last instruction the line of the byte at `pos`.
    pub fn fix_line(&mut self, pos: u32) {
        let line = self.positions.line(pos);
        if let Some(last) = self.f.lines.last_mut() {
            *last = line;
        }
    }

    /// Removes the last instruction.
    pub fn remove_last(&mut self) {
        self.f.instrs.pop();
        self.f.lines.pop();
        self.f.spans.pop();
    }

    #[inline]
    pub fn instr(&self, pc: u32) -> Instr {
        self.f.instrs[pc as usize]
    }

    #[inline]
    pub fn instr_mut(&mut self, pc: u32) -> &mut Instr {
        &mut self.f.instrs[pc as usize]
    }

    /// The previous instruction, unless a jump may land between it and the next.
    pub fn previous(&mut self) -> Option<&mut Instr> {
        if self.pc() > self.f.last_target { self.f.instrs.last_mut() } else { None }
    }

    /// Reserves stack space for `n` more registers.
    pub fn check_stack(&mut self, n: u32) {
        let top = self.f.free + n;
        if top - self.f.links >= PUC_MAX_REGISTERS {
            self.too_many_registers();
        }
        self.f.max_stack = self.f.max_stack.max(top);
    }

    /// Takes `n` registers and returns the first.
    pub fn reserve(&mut self, n: u32) -> u16 {
        self.check_stack(n);
        let first = self.f.free;
        self.f.free += n;
        first as u16
    }

    /// Frees `reg` if it is a temporary.
    pub fn free_reg(&mut self, reg: u16) {
        if reg as u32 >= self.var_top() {
            self.f.free = self.f.free.saturating_sub(1);
            debug_assert!(self.is_invalid() || reg as u32 == self.f.free);
        }
    }

    /// Frees two registers, the higher one first.
    pub fn free_regs(&mut self, a: u16, b: u16) {
        self.free_reg(a.max(b));
        self.free_reg(a.min(b));
    }

    /// Sets `n` registers from `from` on to nil, joining the previous instruction if it does the
    /// same next to them.
    pub fn emit_nil(&mut self, from: u32, n: u32, span: Span) {
        let last = from + n - 1;
        if let Some(prev) = self.previous()
            && prev.op == Op::LoadNil as u8
        {
            let (first2, last2) = (prev.a as u32, prev.a as u32 + prev.b as u32);
            if (first2 <= from && from <= last2 + 1) || (from <= first2 && first2 <= last + 1) {
                let first = from.min(first2);
                prev.a = first as u16;
                prev.b = (last.max(last2) - first) as u16;
                return;
            }
        }
        self.emit(Instr::abc(Op::LoadNil, from as u16, (n - 1) as u16, 0), span);
    }

    /// Emits `JMP` to a place not known yet.
    pub fn emit_jump(&mut self, span: Span) -> u32 {
        self.emit(Instr::asbx(Op::Jmp, 0, 0), span)
    }

    /// Emits `JMP` back to `target`.
    pub fn emit_jump_to(&mut self, target: u32, span: Span) {
        let pc = self.emit_jump(span);
        self.fix_jump(pc, target);
    }

    /// A new list with one jump.
    pub fn one_jump(&mut self, pc: u32) -> JumpList {
        let mut list = JumpList::EMPTY;
        self.add_jump(&mut list, pc);
        list
    }
}
