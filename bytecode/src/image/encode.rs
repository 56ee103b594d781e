//! Module → bytes.

use super::format::{
    DEBUG, FALSE, FLOAT, INT, LINES, LOCALS, LUA54, NAMED, NATIVE, NIL, SPANS, STRING, TRUE,
    UPVALUE_NAMES,
};
use super::strings::Written;
use super::writer::Writer;
use super::{code, header, places};
use crate::proto::{Constant, Module, Proto};

/// The module as an image. Equal modules give equal bytes, and [`super::decode()`] gives back the
/// module.
///
/// That is for modules [`crate::verify`] accepts. Of others, tables for debuggers that are not as
/// long as what they describe are left out.
pub fn encode(module: &Module) -> Vec<u8> {
    let mut strings = Written::default();
    let mut body = Writer::with_capacity(module.protos.iter().map(|p| 8 * p.code.len()).sum());
    let with_debug = module.protos.iter().any(|p| !p.debug.is_empty());
    let present = [
        (NATIVE, module.native),
        (NAMED, module.source_name.is_some()),
        (DEBUG, with_debug),
        (LUA54, module.lua54),
    ];
    body.byte(bits(&present));
    if let Some(name) = &module.source_name {
        strings.write(&mut body, 0, name);
    }
    body.uint(module.protos.len() as u64);
    let mut line = 0;
    for (index, proto) in module.protos.iter().enumerate() {
        body.sint(proto.line_defined as i64 - line as i64);
        line = proto.line_defined;
        write_proto(&mut body, &mut strings, index, proto);
    }
    if with_debug {
        for proto in &module.protos {
            write_debug(&mut body, &mut strings, proto);
        }
    }

    let mut out = Writer::with_capacity(64 + body.len());
    header::write(&mut out, body.len());
    out.raw(&body.finish());
    out.finish()
}

/// The bits whose conditions hold.
fn bits(conditions: &[(u8, bool)]) -> u8 {
    conditions.iter().filter(|(_, holds)| *holds).fold(0, |bits, (bit, _)| bits | bit)
}

fn write_proto<'a>(out: &mut Writer, strings: &mut Written<'a>, index: usize, proto: &'a Proto) {
    out.sint(proto.last_line_defined as i64 - proto.line_defined as i64);
    out.uint((proto.num_params as u64) << 1 | proto.is_vararg as u64);
    out.uint(proto.max_stack as u64);
    out.uint(proto.code.len() as u64);
    for &instr in &proto.code {
        code::write(out, instr);
    }
    out.uint(proto.constants.len() as u64);
    for constant in &proto.constants {
        write_constant(out, strings, constant);
    }
    out.uint(proto.upvalues.len() as u64);
    for upvalue in &proto.upvalues {
        let kind = (upvalue.kind as u64) << 1 | upvalue.in_stack as u64;
        out.uint((upvalue.index as u64) << 3 | kind);
    }
    out.uint(proto.protos.len() as u64);
    let mut last = index as i64;
    for &child in &proto.protos {
        out.sint(child as i64 - last);
        last = child as i64;
    }
}

/// The debug information of a function by itself.
pub(super) fn debug(proto: &Proto) -> Vec<u8> {
    let mut out = Writer::with_capacity(0);
    write_debug(&mut out, &mut Written::default(), proto);
    out.finish()
}

fn write_debug<'a>(out: &mut Writer, strings: &mut Written<'a>, proto: &'a Proto) {
    let debug = &proto.debug;
    let (size, upvalues) = (proto.code.len(), proto.upvalues.len());
    let flags = bits(&[
        (LINES, size > 0 && debug.lines.len() == size),
        (SPANS, size > 0 && debug.spans.len() == size),
        (LOCALS, !debug.locals.is_empty()),
        (UPVALUE_NAMES, upvalues > 0 && debug.upvalue_names.len() == upvalues),
    ]);
    out.byte(flags);
    if flags & LINES != 0 {
        places::write_lines(out, proto.line_defined, &debug.lines);
    }
    if flags & SPANS != 0 {
        places::write_spans(out, &debug.spans);
    }
    if flags & LOCALS != 0 {
        out.uint(debug.locals.len() as u64);
        let mut last = 0;
        for local in &debug.locals {
            strings.write(out, 0, &local.name);
            out.sint(local.start_pc as i64 - last as i64);
            out.sint(local.end_pc as i64 - local.start_pc as i64);
            out.byte(local.register);
            last = local.start_pc;
        }
    }
    if flags & UPVALUE_NAMES != 0 {
        for name in &debug.upvalue_names {
            strings.write(out, 0, name);
        }
    }
}

fn write_constant<'a>(out: &mut Writer, strings: &mut Written<'a>, constant: &'a Constant) {
    match constant {
        Constant::Nil => out.uint(NIL),
        Constant::False => out.uint(FALSE),
        Constant::True => out.uint(TRUE),
        Constant::Int(value) => {
            out.uint(INT);
            out.sint(*value);
        }
        Constant::Float(value) => {
            out.uint(FLOAT);
            out.raw(&value.to_bits().to_le_bytes());
        }
        Constant::Str(value) => strings.write(out, STRING, value),
    }
}
