//! One function from start to end: emission, again in wide mode if need be, and the last pass
//! over its code.

use luka_bytecode::{DebugInfo, Instr, Op, Proto, UpvalueDesc};

use super::Emitter;
use super::jumps::set_distance;
use crate::resolve::hir::FuncId;

impl Emitter<'_> {
    /// Emits the function.
    pub fn proto(&mut self) -> Proto {
        self.emit_body(false);
        if self.f.needs_wide {
            self.emit_body(true);
        }
        self.finish()
    }

    /// The function, whose whole body has been emitted.
    pub fn finish(&mut self) -> Proto {
        let id = self.function;
        thread_jumps(&mut self.f.instrs);
        let function = &self.hir.functions[id.index()];
        let is_main = id == FuncId(0);
        let mut lines = [function.line_at, function.end_at].map(|at| self.positions.line(at + 1));
        if is_main {
            lines = [0, 0];
        }
        let upvalues = function.upvalues.iter();
        let names = upvalues.clone().map(|u| self.names.bytes(u.name).into()).collect();
        Proto {
            line_defined: lines[0],
            last_line_defined: lines[1],
            num_params: function.num_params,
            is_vararg: function.is_vararg,
            max_stack: self.f.max_stack.clamp(2, u16::MAX as u32) as u16,
            code: take(&mut self.f.instrs),
            constants: self.consts.take(),
            upvalues: upvalues
                .map(|u| UpvalueDesc { in_stack: u.in_stack, index: u.index, kind: u.kind })
                .collect(),
            protos: function.children.iter().map(|child| child.0).collect(),
            debug: DebugInfo {
                lines: take(&mut self.f.lines),
                spans: take(&mut self.f.spans),
                locals: self.scopes.debug.drain(..).collect(),
                upvalue_names: names,
            }
            .into(),
        }
    }

    fn emit_body(&mut self, wide: bool) {
        self.begin(wide);
        self.body();
    }

    /// Begins a function.
    pub fn begin(&mut self, wide: bool) {
        self.f.clear(wide);
        self.consts.clear();
        self.jump_nodes.clear();
        self.scopes.begin(self.hir.labels.len());
    }
}

/// A list in memory of exactly its size; the buffer is kept for the next function, unless
/// that is large.
fn take<T: Copy>(list: &mut Vec<T>) -> Vec<T> {
    const LARGE: usize = 1 << 14;
    if list.len() < LARGE {
        return list.as_slice().to_vec();
    }
    let mut taken = std::mem::take(list);
    taken.shrink_to_fit();
    taken
}

/// Redirects jumps to unconditional jumps to the final target.
fn thread_jumps(code: &mut [Instr]) {
    for pc in 0..code.len() {
        let instr = code[pc];
        let distance = match instr.opcode() {
            Some(Op::Jmp | Op::JT | Op::JF) => instr.sbx() as i64,
            Some(op) if (Op::JTSet as u8..=Op::JNgeI as u8).contains(&(op as u8)) => {
                instr.sc() as i64
            }
            _ => continue,
        };
        let target = final_target(code, pc as i64 + 1 + distance);
        set_distance(&mut code[pc], target - (pc as i64 + 1));
    }
}

fn final_target(code: &[Instr], mut target: i64) -> i64 {
    /// Enough for real programs; bounds the search in cycles of jumps.
    const HOPS: u32 = 100;
    for _ in 0..HOPS {
        match usize::try_from(target).ok().and_then(|at| code.get(at)) {
            Some(jump) if jump.op == Op::Jmp as u8 => target += 1 + jump.sbx() as i64,
            _ => break,
        }
    }
    target
}
