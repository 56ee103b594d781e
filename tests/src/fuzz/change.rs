//! Modules with one thing changed: an instruction, a constant, a frame, debug information.

use luka_bytecode::{Constant, Instr, LocalVar, Module, Op, Proto, Span, UpvalueDesc, UpvalueKind};

use crate::random::Random;

/// Changes one thing.
pub fn change(module: &mut Module, r: &mut Random) {
    let at = r.below(module.protos.len());
    let count = module.protos.len();
    let proto = &mut module.protos[at];
    match r.below(10) {
        0 => frame(proto, at + 1 < count, r),
        1 => debug_info(proto, r),
        2 => constant(proto, r),
        _ if !proto.code.is_empty() => instruction(proto, r),
        _ => {}
    }
}

fn instruction(proto: &mut Proto, r: &mut Random) {
    let pc = r.below(proto.code.len());
    match r.below(12) {
        0 => {
            let other = r.below(proto.code.len());
            proto.code.swap(pc, other);
        }
        1 => {
            let other = r.below(proto.code.len());
            proto.code[pc] = proto.code[other];
        }
        2 => proto.code[pc].op = r.below(Op::COUNT) as u8,
        // Another opcode in the place of a jump, or the other way round.
        3 => proto.code[pc].set_sbx(r.below(7) as i32 - 3),
        4 => proto.code[pc].n ^= 1,
        5 => {
            let a = r.below(proto.max_stack as usize + 1) as u16;
            let op = [Op::Tbc, Op::Close, Op::Closure, Op::TailCall, Op::SetList, Op::Vararg]
                [r.below(6)];
            proto.code[pc] = Instr::abc(op, a, r.below(4) as u16, r.below(4) as u16);
        }
        6 => {
            // One instruction less or more: every jump over it goes elsewhere.
            if r.once_in(2) && proto.code.len() > 1 {
                proto.code.remove(pc);
            } else {
                proto.code.insert(pc, proto.code[pc]);
            }
            resize_debug(proto);
        }
        7 => {
            // Registers near those that are there.
            let mut bytes = proto.code[pc].to_bytes();
            let field = 2 + 2 * r.below(3);
            bytes[field] = bytes[field].wrapping_add(r.below(5) as u8).wrapping_sub(2);
            proto.code[pc] = Instr::from_bytes(bytes);
        }
        _ => {
            let mut bytes = proto.code[pc].to_bytes();
            let stack = proto.max_stack as u8;
            let byte = [0, 1, 2, 3, 255, stack, stack.wrapping_sub(1), r.next() as u8][r.below(8)];
            bytes[r.below(8)] = byte;
            proto.code[pc] = Instr::from_bytes(bytes);
        }
    }
}

fn resize_debug(proto: &mut Proto) {
    let (code, debug) = (proto.code.len(), &mut proto.debug);
    if !debug.lines.is_empty() {
        debug.lines.resize(code, 1);
    }
    if !debug.spans.is_empty() {
        debug.spans.resize(code, Span::NONE);
    }
    for local in &mut debug.locals {
        local.end_pc = local.end_pc.min(code as u32);
        local.start_pc = local.start_pc.min(local.end_pc);
    }
}

fn constant(proto: &mut Proto, r: &mut Random) {
    if proto.constants.is_empty() {
        return;
    }
    let k = r.below(proto.constants.len());
    proto.constants[k] = match r.below(6) {
        0 => Constant::Nil,
        1 => Constant::Int(r.next() as i64 >> r.below(64)),
        2 => Constant::Float(f64::from_bits(r.next())),
        3 => Constant::Str(vec![b'x'; r.below(60)].into()),
        4 => Constant::Str(name(r)),
        _ => Constant::True,
    };
}

/// A name that means something to the machine or to debuggers.
fn name(r: &mut Random) -> luka_bytecode::Bytes {
    let names = [
        "__index",
        "__newindex",
        "__gc",
        "__close",
        "__mode",
        "__call",
        "__eq",
        "__concat",
        "_ENV",
        "(for state)",
        "?",
        "",
        "setlocal",
        "getlocal",
        "sethook",
        "traceback",
        "error",
        "pcall",
    ];
    r.pick(&names).as_bytes().into()
}

fn frame(proto: &mut Proto, has_next: bool, r: &mut Random) {
    match r.below(6) {
        0 if proto.max_stack > 2 => proto.max_stack -= 1 + r.below(2) as u16,
        0 | 1 => proto.max_stack += 1 + r.below(3) as u16,
        2 => proto.num_params = r.below(proto.max_stack as usize + 1) as u8,
        3 if !proto.upvalues.is_empty() => {
            let u = r.below(proto.upvalues.len());
            proto.upvalues[u] = UpvalueDesc {
                in_stack: r.once_in(2),
                index: r.below(8) as u8,
                kind: [UpvalueKind::Regular, UpvalueKind::Const, UpvalueKind::ToClose][r.below(3)],
            };
        }
        4 if r.once_in(4) && has_next => proto.is_vararg = !proto.is_vararg,
        _ => {
            proto.line_defined = r.next() as u32 >> r.below(32);
            proto.last_line_defined = r.next() as u32 >> r.below(32);
        }
    }
}

fn debug_info(proto: &mut Proto, r: &mut Random) {
    let code = proto.code.len();
    let debug = &mut proto.debug;
    let number = |r: &mut Random| r.next() as u32 >> r.below(32);
    match r.below(7) {
        0 if !debug.lines.is_empty() => {
            let at = r.below(debug.lines.len());
            debug.lines[at] = number(r);
        }
        1 if !debug.spans.is_empty() => {
            let at = r.below(debug.spans.len());
            let (a, b) = (number(r), number(r));
            debug.spans[at] = Span { start: a.min(b), end: a.max(b) };
        }
        2 if !debug.locals.is_empty() => {
            let at = r.below(debug.locals.len());
            let local = &mut debug.locals[at];
            match r.below(4) {
                0 => local.register = r.below(proto.max_stack as usize) as u8,
                1 => local.start_pc = r.below(code + 1) as u32,
                2 => local.end_pc = r.below(code + 1) as u32,
                _ => local.name = name(r),
            }
        }
        3 => {
            // One that covers everything, first in the list or last.
            let register = r.below(proto.max_stack as usize) as u8;
            let (start_pc, end_pc) = (r.below(code + 1) as u32, code as u32);
            let start_pc = if r.once_in(2) { 0 } else { start_pc };
            let local = LocalVar { name: name(r), start_pc, end_pc, register };
            let at = if r.once_in(2) { 0 } else { debug.locals.len() };
            debug.locals.insert(at, local);
        }
        4 if !debug.locals.is_empty() => drop(debug.locals.pop()),
        5 if !debug.upvalue_names.is_empty() => {
            let at = r.below(debug.upvalue_names.len());
            debug.upvalue_names[at] = name(r);
        }
        _ => match r.below(4) {
            0 => debug.lines.clear(),
            1 => debug.spans.clear(),
            2 => debug.locals.clear(),
            _ => debug.upvalue_names.clear(),
        },
    }
}
