//! Module → bytes.

use std::collections::HashMap;

use super::header;
use super::writer::Writer;
use crate::MAX_SHORT_STRING;
use crate::proto::{Constant, DebugInfo, Module, Proto, UpvalueDesc};

/// The module as an image. Equal modules give equal bytes; [`super::decode()`] gives back the module.
pub fn encode(module: &Module) -> Vec<u8> {
    let mut strings = Strings::default();
    let mut body = Writer::with_capacity(module.protos.iter().map(|p| 16 * p.code.len()).sum());

    body.byte(module.native as u8 | (module.source_name.is_some() as u8) << 1);
    if let Some(name) = &module.source_name {
        strings.write(&mut body, name);
    }
    body.uint(module.protos.len() as u64);
    for proto in &module.protos {
        write_proto(&mut body, &mut strings, proto);
    }

    let mut table = Writer::with_capacity(12 * strings.list.len());
    table.uint(strings.list.len() as u64);
    for string in &strings.list {
        table.string(string);
    }

    let payload = table.len() + body.len();
    let mut out = Writer::with_capacity(64 + payload);
    header::write(&mut out, payload);
    out.raw(&table.finish());
    out.raw(&body.finish());
    out.finish()
}

/// The short strings of a module, each once, in the order of first use.
#[derive(Default)]
struct Strings<'a> {
    list: Vec<&'a [u8]>,
    index: HashMap<&'a [u8], u32>,
}

impl<'a> Strings<'a> {
    /// Writes a reference to a string: its number in the table plus one, or, for long strings, zero
    /// and the string itself. Long strings stand at each use so that what a reader must copy is
    /// never more than a constant factor of what it reads.
    fn write(&mut self, out: &mut Writer, string: &'a [u8]) {
        if string.len() > MAX_SHORT_STRING {
            out.uint(0);
            out.string(string);
        } else {
            let next = self.list.len() as u32;
            let index = *self.index.entry(string).or_insert(next);
            if index == next {
                self.list.push(string);
            }
            out.uint(index as u64 + 1);
        }
    }
}

fn write_proto<'a>(out: &mut Writer, strings: &mut Strings<'a>, proto: &'a Proto) {
    out.uint(proto.line_defined as u64);
    out.uint(proto.last_line_defined as u64);
    out.byte(proto.num_params);
    out.byte(proto.is_vararg as u8);
    out.uint(proto.max_stack as u64);
    out.uint(proto.code.len() as u64);
    for instr in &proto.code {
        out.raw(&instr.to_bytes());
    }
    out.uint(proto.constants.len() as u64);
    for constant in &proto.constants {
        write_constant(out, strings, constant);
    }
    out.uint(proto.upvalues.len() as u64);
    for UpvalueDesc { in_stack, index, kind } in &proto.upvalues {
        out.byte(*in_stack as u8 | (*kind as u8) << 1);
        out.byte(*index);
    }
    out.uint(proto.protos.len() as u64);
    for child in &proto.protos {
        out.uint(*child as u64);
    }
    write_debug(out, strings, proto.line_defined, &proto.debug);
}

fn write_constant<'a>(out: &mut Writer, strings: &mut Strings<'a>, constant: &'a Constant) {
    match constant {
        Constant::Nil => out.byte(0),
        Constant::False => out.byte(1),
        Constant::True => out.byte(2),
        Constant::Int(value) => {
            out.byte(3);
            out.sint(*value);
        }
        Constant::Float(value) => {
            out.byte(4);
            out.raw(&value.to_bits().to_le_bytes());
        }
        Constant::Str(value) => {
            out.byte(5);
            strings.write(out, value);
        }
    }
}

fn write_debug<'a>(
    out: &mut Writer,
    strings: &mut Strings<'a>,
    line_defined: u32,
    debug: &'a DebugInfo,
) {
    out.uint(debug.lines.len() as u64);
    let mut last = line_defined;
    for &line in &debug.lines {
        out.sint(line as i64 - last as i64);
        last = line;
    }
    out.uint(debug.spans.len() as u64);
    let mut last = 0;
    for span in &debug.spans {
        out.sint(span.start as i64 - last as i64);
        out.sint(span.end as i64 - span.start as i64);
        last = span.start;
    }
    out.uint(debug.locals.len() as u64);
    for local in &debug.locals {
        strings.write(out, &local.name);
        out.uint(local.start_pc as u64);
        out.uint(local.end_pc as u64);
        out.byte(local.register);
    }
    out.uint(debug.upvalue_names.len() as u64);
    for name in &debug.upvalue_names {
        strings.write(out, name);
    }
}
