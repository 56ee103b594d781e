//! The pieces bodies are made of.

use luka_bytecode::ops::{Field, OPS};
use luka_bytecode::{Class, Flow, Instr, Op, OpInfo, Role, operand};

use super::body::Body;
use super::function;

/// How deep tests and loops nest, and functions.
const NESTING: usize = 4;
const FUNCTIONS: usize = 3;

/// Opcodes that stand for themselves: every operand is chosen by its role.
fn is_plain(info: &OpInfo) -> bool {
    info.flow == Flow::Next && info.effects.is_empty() && info.class != Class::VarargPrep
}

impl Body<'_> {
    /// Any piece.
    pub fn item(&mut self) {
        let nests = self.nesting < NESTING;
        match self.r.below(24) {
            0..=7 => self.plain(),
            8 | 9 => self.named_call(),
            10 => self.call(),
            11 => self.table(),
            12 => self.closure(),
            13 => self.concat_or_nil(),
            14 => self.method(),
            15 => self.varargs(),
            16 => self.early_return(),
            17 => self.kept_test(),
            18 => self.flag(),
            19 if nests => self.numeric_loop(),
            20 if nests => self.generic_loop(),
            21 if nests => self.plain_loop(),
            22 if nests => self.scope(),
            _ if nests => self.test(),
            _ => self.plain(),
        }
    }

    /// The end of a function.
    pub fn leave(&mut self) {
        if self.captured.is_empty() && self.to_close.is_empty() && self.r.once_in(2) {
            if self.r.once_in(2) {
                self.abc(Op::Return0, 0, 0, 0);
            } else {
                let register = self.src();
                self.abc(Op::Return1, register, 0, 0);
            }
            return;
        }
        let first = self.src();
        let count = (first..self.frame).take_while(|&register| self.set[register]).count();
        let count = self.r.below(count + 1);
        self.emit(Instr::abc(Op::Return, first as u16, count as u16 + 1, 0).with_n(1));
    }

    fn plain(&mut self) {
        let plain: Vec<&OpInfo> = OPS.iter().filter(|info| is_plain(info)).collect();
        let info = plain[self.r.below(plain.len())];
        self.by_roles(info.op);
    }

    /// An instruction with every operand chosen by its role; what it writes is set.
    fn by_roles(&mut self, op: Op) -> usize {
        let mut operands = Vec::new();
        for operand in op.info().operands {
            let value = match operand.role {
                Role::Src => self.src(),
                Role::Dst => self.dst(),
                Role::Const => self.constant(|_| true),
                Role::ConstWide => self.constant(|_| true),
                Role::ConstNum => self.number(),
                Role::ConstStr => self.short_string(),
                Role::Upvalue => self.upvalue(),
                Role::Flag => self.r.below(op.info().flag_words().len() + 1),
                Role::Uint if operand.field == Field::bx => self.r.below(100),
                Role::Uint | Role::Int | Role::IntWide => match self.r.below(4) {
                    0 => self.r.next() as usize & 0xffff,
                    _ => self.r.below(6),
                },
                Role::Win | Role::Count | Role::Proto | Role::Jump | Role::JumpWide => 0,
            };
            operands.push((*operand, value));
        }
        let mut instr = Instr::abc(op, 0, 0, 0);
        for (operand, value) in operands {
            operand::set(&mut instr, operand.field, value as u32);
            if operand.role == Role::Dst && op.info().flow == Flow::Next {
                self.set[value] = true;
            }
        }
        self.emit(instr)
    }

    /// Sets a register to something.
    pub fn value_to(&mut self, register: usize) {
        match self.r.below(6) {
            0 => self.abc(Op::LoadTrue, register, 0, 0),
            1 => {
                let k = self.constant(|_| true);
                self.emit(Instr::abx(Op::LoadK, register as u16, k as u32))
            }
            2 => {
                let value = self.r.below(5) as i32 - 2;
                self.emit(Instr::asbx(Op::LoadI, register as u16, value))
            }
            3 => {
                let (u, k) = (self.upvalue(), self.short_string());
                self.abc(Op::GetTabUp, register, u, k)
            }
            _ => {
                let from = self.src();
                self.abc(Op::Move, register, from, 0)
            }
        };
        self.set[register] = true;
    }

    // ------------------------------------------------------------------ windows

    /// What a window of `size` registers is for; if there is no room for it, it is not written.
    fn in_window(&mut self, size: usize, write: impl FnOnce(&mut Self, usize)) {
        if let Some(a) = self.window(size) {
            write(self, a);
        }
    }

    /// A global function with some arguments.
    fn named_call(&mut self) {
        self.in_window(8, |body, a| {
            let k = body.short_string();
            body.abc(Op::GetTabUp, a, 0, k);
            body.set[a] = true;
            if body.r.once_in(3) {
                let k = body.short_string();
                body.abc(Op::GetField, a, a, k);
            }
            body.call_in(a);
        });
    }

    fn call(&mut self) {
        self.in_window(8, |body, a| {
            body.value_to(a);
            body.call_in(a);
        });
    }

    /// A call in the window `a` of eight registers, the function being there.
    fn call_in(&mut self, a: usize) {
        let arguments = self.r.below(4);
        self.load(a + 2, a + 2 + arguments);
        if self.r.once_in(5) {
            return self.open_values(a);
        }
        let results = self.r.below(5);
        self.abc(Op::Call, a, arguments + 1, results + 1);
        self.cut(a);
        self.fill(a, a + results);
    }

    /// Values up to the top at `a`, from a call or the variable arguments, and who takes them.
    fn open_values(&mut self, a: usize) {
        // Everything below the values is read, too: from here on it is set.
        let below = a.saturating_sub(3).max(if self.floor < a { self.floor } else { a });
        let lowest = self.captured.iter().chain(&self.to_close).max().map_or(0, |&open| open + 1);
        let below = below.max(lowest.min(a));
        let mut missing: Vec<usize> = (below..a).filter(|&at| !self.set[at]).collect();
        let function = self.set[a];
        while let Some(register) = missing.pop() {
            self.value_to(register);
        }
        if self.is_vararg && (!function || self.r.once_in(2)) {
            self.abc(Op::Vararg, a, 0, 0);
        } else {
            if !function {
                self.value_to(a);
            }
            self.abc(Op::Call, a, 1, 0);
        }
        self.cut(a);
        match self.r.below(3) {
            0 if a >= below + 2 => {
                // (R[below] is called, R[below + 1] the link, values from below + 2 on.)
                let results = self.r.below(3);
                self.abc(Op::Call, below, 0, results + 1);
                self.cut(below);
                self.fill(below, below + results);
            }
            1 if a > below => {
                let first = self.r.below(9) as u32;
                self.emit(Instr::abx(Op::SetList, below as u16, first));
            }
            _ => {
                // What is written behind it is reached by jumps, or not at all.
                self.emit(Instr::abc(Op::Return, a as u16, 0, 0).with_n(1));
            }
        }
    }

    fn table(&mut self) {
        self.in_window(6, |body, a| {
            let (records, list) = (body.r.below(4), body.r.below(4));
            let far = body.r.once_in(30);
            body.abc(Op::NewTable, a, if far { 65_535 } else { records }, list);
            body.cut(a);
            body.set[a] = true;
            let n = body.r.below(5);
            if n > 0 {
                body.load(a + 1, a + 1 + n);
                let first = [0, 0, 0, 5, 100_000, u32::MAX][body.r.below(6)];
                body.emit(Instr::abx(Op::SetList, a as u16, first).with_n(n as u8));
            }
        });
    }

    fn closure(&mut self) {
        if self.depth >= FUNCTIONS || self.children.len() > 6 {
            return self.plain();
        }
        self.in_window(1, |body, a| {
            body.cut(a);
            body.set[a] = true;
            let upvalues = body.captures(a);
            // (`captures` may have set a register below.)
            let size = 1 << body.r.below(4);
            let captured = upvalues.iter().filter(|u| u.in_stack).map(|u| u.index as usize);
            let captured: Vec<usize> = captured.collect();
            let child = function(body.r, upvalues, body.depth + 1, size);
            body.children.push(child);
            let number = body.children.len() as u32 - 1;
            body.emit(Instr::abx(Op::Closure, a as u16, number));
            body.captured.extend(captured);
        });
    }

    fn concat_or_nil(&mut self) {
        self.in_window(6, |body, a| {
            let n = 2 + body.r.below(4);
            body.load(a, a + n);
            if body.r.once_in(2) {
                body.abc(Op::Concat, a, n, 0);
                body.cut(a);
                body.set[a] = true;
            }
        });
    }

    fn method(&mut self) {
        self.in_window(8, |body, a| {
            let (object, k) = (body.src(), body.short_string());
            body.abc(Op::SelfK, a, object, k);
            body.set[a] = true;
            body.set[a + 2] = true;
            let results = body.r.below(3);
            body.abc(Op::Call, a, 2, results + 1);
            body.cut(a);
            body.fill(a, a + results);
        });
    }

    fn varargs(&mut self) {
        self.in_window(6, |body, a| {
            if !body.is_vararg || body.r.once_in(3) {
                return body.open_values(a);
            }
            let n = body.r.below(5);
            body.abc(Op::Vararg, a, 0, n + 1);
            body.fill(a, a + n);
        });
    }

    // ------------------------------------------------------------------ ways

    /// A conditional jump of any kind, to be patched.
    fn branch(&mut self) -> usize {
        let branches: Vec<Op> = OPS
            .iter()
            .filter(|info| info.flow == Flow::Branch && info.effects.is_empty())
            .filter(|info| !info.class.writes_if_taken())
            .map(|info| info.op)
            .collect();
        let op = branches[self.r.below(branches.len())];
        self.by_roles(op)
    }

    /// Writes pieces that may leave nothing open behind them.
    fn block(&mut self, pieces: usize) {
        let (captured, to_close) = (self.captured.len(), self.to_close.len());
        self.nesting += 1;
        for _ in 0..pieces {
            self.item();
        }
        self.nesting -= 1;
        self.close_since(captured, to_close);
    }

    /// Closes what was opened since there was so much.
    fn close_since(&mut self, captured: usize, to_close: usize) {
        let opened = self.captured[captured..].iter().chain(&self.to_close[to_close..]).min();
        let Some(&lowest) = opened else { return };
        self.abc(Op::Close, lowest, 0, 0);
        // What was open before and lies above is closed as well; saying that it is open still does
        // no harm.
        self.captured.truncate(captured);
        self.to_close.truncate(to_close);
    }

    fn join(&mut self, other: &[bool]) {
        self.set.iter_mut().zip(other).for_each(|(set, other)| *set &= other);
    }

    fn test(&mut self) {
        let jump = self.branch();
        let before = self.set.clone();
        let pieces = self.r.below(4);
        self.block(pieces);
        if self.r.once_in(2) {
            self.patch(jump);
            self.join(&before);
            return;
        }
        let over = self.emit(Instr::asbx(Op::Jmp, 0, 0));
        self.patch(jump);
        let then = std::mem::replace(&mut self.set, before);
        let pieces = self.r.below(3);
        self.block(pieces);
        self.patch(over);
        self.join(&then);
    }

    /// `a = b or …`
    fn kept_test(&mut self) {
        let (a, b) = (self.dst(), self.src());
        let op = if self.r.once_in(2) { Op::JTSet } else { Op::JFSet };
        let jump = self.abc(op, a, b, 0);
        self.value_to(a);
        self.patch(jump);
    }

    /// A comparison's two outcomes as values.
    fn flag(&mut self) {
        let jump = self.branch();
        let a = self.dst();
        self.abc(Op::LFalseSkip, a, 0, 0);
        self.patch(jump);
        self.abc(Op::LoadTrue, a, 0, 0);
        self.set[a] = true;
    }

    /// A return, or a tail call, that a test may pass by.
    fn early_return(&mut self) {
        let jump = self.branch();
        let state = (self.set.clone(), self.captured.clone(), self.to_close.clone());
        let tail = self.to_close.is_empty();
        match self.window(6) {
            Some(a) if tail && self.r.once_in(2) => {
                self.value_to(a);
                let arguments = self.r.below(3);
                self.load(a + 2, a + 2 + arguments);
                let close = !self.captured.is_empty() as u8;
                self.emit(
                    Instr::abc(Op::TailCall, a as u16, arguments as u16 + 1, 0).with_n(close),
                );
                self.emit(Instr::abc(Op::Return, a as u16, 0, 0).with_n(close));
            }
            _ => self.leave(),
        }
        self.patch(jump);
        (self.set, self.captured, self.to_close) = state;
    }

    /// Everything a loop's body needs at its start stays as it is: what is not below `keep` counts
    /// as not set, and what is below is not left undefined.
    fn loop_body(&mut self, keep: usize, pieces: usize) {
        self.cut(keep);
        let before = (self.set.clone(), self.floor);
        self.floor = self.floor.max(keep);
        self.block(pieces);
        (self.set, self.floor) = before;
    }

    fn plain_loop(&mut self) {
        let Some(keep) = self.window(10) else { return };
        self.cut(keep);
        let head = self.code.len();
        let leave = self.branch();
        let pieces = 1 + self.r.below(4);
        // What is read in the test is set each time round: the body leaves nothing undefined there.
        let before = self.set.clone();
        self.loop_body(keep, pieces);
        let back = self.emit(Instr::asbx(Op::Jmp, 0, 0));
        self.jump_to(back, head);
        self.patch(leave);
        self.set = before;
    }

    fn numeric_loop(&mut self) {
        self.in_window(14, |body, a| {
            for register in a..a + 3 {
                let value = body.r.below(5) as i32 - 1;
                body.emit(Instr::asbx(Op::LoadI, register as u16, value));
                body.set[register] = true;
            }
            if body.r.once_in(3) {
                let which = a + body.r.below(3);
                body.value_to(which);
            }
            let prepare = body.emit(Instr::asbx(Op::ForPrep, a as u16, 0));
            body.cut(a + 3);
            let before = body.set.clone();
            body.set[a + 3] = true;
            let pieces = body.r.below(4);
            body.loop_body(a + 4, pieces);
            let step = body.emit(Instr::asbx(Op::ForLoop, a as u16, 0));
            body.jump_to(step, prepare + 1);
            body.patch(prepare);
            body.set = before;
        });
    }

    fn generic_loop(&mut self) {
        self.in_window(20, |body, a| {
            if a + 3 > 255 || body.to_close.iter().any(|&open| open >= a + 3) {
                return;
            }
            // Often `pairs`, `ipairs` or `next` of something.
            let k = body.short_string();
            body.abc(Op::GetTabUp, a, 0, k);
            body.set[a] = true;
            let table = body.src();
            body.abc(Op::Move, a + 2, table, 0);
            if body.r.once_in(2) {
                body.abc(Op::Call, a, 2, 5);
            } else {
                body.abc(Op::LoadNil, a + 1, 2, 0);
            }
            body.cut(a);
            body.fill(a, a + 3);
            body.abc(Op::LoadNil, a + 3, 0, 0);
            body.fill(a, a + 4);
            let prepare = body.emit(Instr::asbx(Op::TForPrep, a as u16, 0));
            let open = (body.captured.len(), body.to_close.len());
            body.to_close.push(a + 3);
            let wanted = 1 + body.r.below(4);
            body.cut(a + 4);
            let before = body.set.clone();
            // The first variable is surely there in the body, the others with it.
            body.fill(a + 4, a + 4 + wanted);
            let pieces = body.r.below(4);
            body.loop_body(a + 4 + wanted, pieces);
            body.patch(prepare);
            body.abc(Op::TForCall, a, 0, wanted);
            let step = body.emit(Instr::asbx(Op::TForLoop, a as u16, 0));
            body.jump_to(step, prepare + 1);
            body.set = before;
            body.close_since(open.0, open.1);
        });
    }

    /// A block with a variable to be closed.
    fn scope(&mut self) {
        self.in_window(3, |body, a| {
            if a > 255 {
                return;
            }
            let open = (body.captured.len(), body.to_close.len());
            if body.r.once_in(2) {
                body.abc(Op::LoadNil, a, 0, 0);
                body.set[a] = true;
            } else {
                body.value_to(a);
            }
            body.abc(Op::Tbc, a, 0, 0);
            body.to_close.push(a);
            let pieces = body.r.below(3);
            body.block(pieces);
            body.close_since(open.0, open.1);
        });
    }
}
