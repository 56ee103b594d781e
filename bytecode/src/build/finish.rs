//! The end of a builder: jumps get their distances, the function its frame, the module its list.

use super::{BuildError, FunctionBuilder, Place};
use crate::instr::Instr;
use crate::ops::{Field, Flow, Op, Role};
use crate::proto::{DebugInfo, Module, Proto};

/// # The end
impl FunctionBuilder {
    /// The module whose main function this is, or the first misuse in it or a function inside.
    /// `source_name` is the chunk's name as `load` takes it (`@file`, `=name`).
    ///
    /// What a builder does not look at (which values registers hold, say) the verifier does: pass
    /// the module to [`crate::verify::verify`].
    pub fn finish(self, source_name: &[u8]) -> Result<Module, BuildError> {
        let protos = self.protos()?;
        Ok(Module { source_name: Some(source_name.into()), native: false, lua54: false, protos })
    }

    /// The function and those in it, in pre-order; the children's indices count from the function.
    pub(super) fn protos(mut self) -> Result<Vec<Proto>, BuildError> {
        self.end();
        let mut layout = self.layout()?;
        if let Some(error) = self.error {
            return Err(error);
        }
        let mut proto = Proto {
            line_defined: self.line_defined,
            last_line_defined: self.last_line_defined,
            num_params: self.params,
            is_vararg: self.is_vararg,
            max_stack: self.high.max(2),
            code: layout.code,
            constants: self.constants.list,
            upvalues: self.upvalues.into(),
            protos: Vec::with_capacity(self.inner.len()),
            debug: Default::default(),
        };
        let mut debug = DebugInfo { upvalue_names: self.upvalue_names, ..DebugInfo::default() };
        if let Some(first) = layout.places.iter().find(|place| place.line > 0).copied() {
            // Code before the first place (VARARGPREP) is the definition's.
            layout.places.iter_mut().take_while(|p| p.line == 0).for_each(|p| p.line = first.line);
            debug.lines = layout.places.iter().map(|place| place.line).collect();
            debug.spans = layout.places.iter().map(|place| place.span).collect();
        }
        let place = |pc: u32| layout.starts[pc as usize];
        for mut local in self.locals {
            (local.start_pc, local.end_pc) = (place(local.start_pc), place(local.end_pc));
            debug.locals.push(local);
        }
        proto.debug = debug.into();
        let mut all = vec![Proto::default()];
        for protos in self.inner {
            let offset = all.len() as u32;
            proto.protos.push(offset);
            for mut inner in protos {
                inner.protos.iter_mut().for_each(|child| *child += offset);
                all.push(inner);
            }
        }
        all[0] = proto;
        Ok(all)
    }

    /// Ends names and code; decides how returns close.
    fn end(&mut self) {
        let pc = self.pc();
        let falls_through = match self.code.last().and_then(|last| last.opcode()) {
            Some(op) => !matches!(op.info().flow, Flow::Return | Flow::Goto),
            None => true,
        };
        if falls_through || self.labels.contains(&Some(pc)) {
            self.return_none();
        }
        self.end_names(0);
        for &at in &self.returns {
            let Some(instr) = self.code.get_mut(at as usize) else { continue };
            if self.closes {
                instr.n = 1;
            } else if instr.op == Op::Return as u8 && instr.b == 1 {
                *instr = Instr::abc(Op::Return0, 0, 0, 0);
            } else if instr.op == Op::Return as u8 && instr.b == 2 {
                *instr = Instr::abc(Op::Return1, instr.a, 0, 0);
            }
        }
    }

    /// The code with the distances of its jumps; those that do not reach are made longer until all
    /// do, which moves others.
    fn layout(&mut self) -> Result<Layout, BuildError> {
        let mut jumps = Vec::with_capacity(self.jumps.len());
        for &(pc, label) in &self.jumps {
            let Some(target) = self.labels.get(label.0 as usize).copied().flatten() else {
                let error = BuildError {
                    pc: Some(pc),
                    message: "jumps to no place: its label was never bound".into(),
                };
                return Err(self.error.take().unwrap_or(error));
            };
            jumps.push(Jump { pc, target, long: false });
        }
        let mut starts: Vec<u32> = (0..=self.pc()).collect();
        while lengthen(&self.code, &mut jumps, &starts) {
            let mut sizes = vec![1; self.code.len()];
            for jump in jumps.iter().filter(|jump| jump.long) {
                sizes[jump.pc as usize] = LONG;
            }
            let mut at = 0;
            for (start, size) in starts.iter_mut().zip(sizes.into_iter().chain([0])) {
                *start = at;
                at += size;
            }
        }
        for jump in jumps.iter().filter(|jump| jump.long && jump.pc > 0) {
            let before = self.code[jump.pc as usize - 1].opcode().map(|op| op.info().flow);
            if let Some(Flow::Skip | Flow::SkipOne) = before {
                let message = "a jump that is skipped does not reach its label".into();
                return Err(BuildError { pc: Some(jump.pc), message });
            }
        }
        Ok(self.place(&jumps, starts))
    }

    fn place(&mut self, jumps: &[Jump], starts: Vec<u32>) -> Layout {
        let mut jumps = jumps.iter().peekable();
        let mut code = Vec::with_capacity(self.code.len());
        let mut places: Vec<Place> = Vec::with_capacity(self.code.len());
        for (pc, &instr) in self.code.iter().enumerate() {
            let mut instr = instr;
            let place = self.places[pc];
            places.push(place);
            let Some(jump) = jumps.next_if(|jump| jump.pc as usize == pc) else {
                code.push(instr);
                continue;
            };
            let target = i64::from(starts[jump.target as usize]);
            if !jump.long {
                set_distance(&mut instr, target - code.len() as i64 - 1);
                code.push(instr);
                continue;
            }
            // Taken: to the long jump. Not taken: around it.
            set_distance(&mut instr, 1);
            code.extend([instr, Instr::asbx(Op::Jmp, 0, 1)]);
            let distance = target - code.len() as i64 - 1;
            code.push(Instr::asbx(Op::Jmp, 0, distance as i32));
            places.extend([place, place]);
        }
        Layout { code, places, starts }
    }
}

/// A jump that has a target, both as the builder counts instructions.
struct Jump {
    pc: u32,
    target: u32,
    /// It takes [`LONG`] instructions.
    long: bool,
}

/// Instructions of a 16-bit jump that does not reach.
const LONG: u32 = 3;

struct Layout {
    code: Vec<Instr>,
    places: Vec<Place>,
    /// Where each instruction as the builder counts them begins, and the end.
    starts: Vec<u32>,
}

/// Makes jumps long that do not reach; whether there were any.
fn lengthen(code: &[Instr], jumps: &mut [Jump], starts: &[u32]) -> bool {
    let mut some = false;
    for jump in jumps.iter_mut().filter(|jump| !jump.long) {
        let from = i64::from(starts[jump.pc as usize]) + 1;
        let distance = i64::from(starts[jump.target as usize]) - from;
        jump.long = is_short(code[jump.pc as usize]) && i16::try_from(distance).is_err();
        some |= jump.long;
    }
    some
}

/// Whether the instruction jumps by a 16-bit distance.
fn is_short(instr: Instr) -> bool {
    instr.opcode().is_some_and(|op| op.role(Field::c) == Some(Role::Jump))
}

fn set_distance(instr: &mut Instr, distance: i64) {
    if is_short(*instr) {
        instr.c = distance as i16 as u16;
    } else {
        instr.set_sbx(distance as i32);
    }
}
