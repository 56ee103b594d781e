//! The disassembler.

use std::fmt::Write;

use super::Options;
use super::literal::{brief, constant, quote};
use super::names::Names;
use crate::instr::Instr;
use crate::operand;
use crate::ops::{Op, Role};
use crate::proto::{Module, Proto, UpvalueKind};

/// The module as text; see [the module](super) for the form. Ends with a newline.
pub fn disassemble(module: &Module, options: Options) -> String {
    let mut out = String::new();
    out.push_str(".module");
    if let Some(name) = &module.source_name {
        out.push(' ');
        out.push_str(&quote(name));
    }
    if module.native {
        out.push_str(" native");
    }
    out.push('\n');
    for index in 0..module.protos.len() {
        out.push('\n');
        function(&mut out, module, index, options);
    }
    out
}

/// Writing to a string cannot fail.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => {{
        let _ = write!($out, $($arg)*);
    }};
}

fn function(out: &mut String, module: &Module, index: usize, options: Options) {
    let proto = &module.protos[index];
    put!(out, ".function {index} lines {}..{}", proto.line_defined, proto.last_line_defined);
    put!(out, " params {}", proto.num_params);
    if proto.is_vararg {
        out.push_str(" vararg");
    }
    put!(out, " stack {}\n", proto.max_stack);
    for (number, upvalue) in proto.upvalues.iter().enumerate() {
        let place = if upvalue.in_stack { 'R' } else { 'U' };
        put!(out, "  .upvalue U{number} {place}{}", upvalue.index);
        match upvalue.kind {
            UpvalueKind::Regular => {}
            UpvalueKind::Const => out.push_str(" const"),
            UpvalueKind::ToClose => out.push_str(" close"),
        }
        if let Some(name) = proto.debug.upvalue_names.get(number) {
            put!(out, " {}", quote(name));
        }
        out.push('\n');
    }
    for (number, value) in proto.constants.iter().enumerate() {
        put!(out, "  .const K{number} {}\n", constant(value));
    }
    for (number, child) in proto.protos.iter().enumerate() {
        put!(out, "  .inner P{number} {child}\n");
    }
    for local in &proto.debug.locals {
        let (register, name) = (local.register, quote(&local.name));
        put!(out, "  .local R{register} {name} {}..{}\n", local.start_pc, local.end_pc);
    }
    code(out, module, proto, options);
}

fn code(out: &mut String, module: &Module, proto: &Proto, options: Options) {
    let labels = labels(proto);
    let names = Names::new(&proto.debug.locals);
    let line_width = width(proto.debug.lines.iter().max().copied().unwrap_or(0) as usize);
    for (pc, &instr) in proto.code.iter().enumerate() {
        if labels[pc] {
            put!(out, "L{pc}:\n");
        }
        put!(out, "  {pc:>5}");
        if let Some(line) = proto.debug.lines.get(pc) {
            put!(out, " [{line:>line_width$}");
            if let Some(span) = proto.debug.spans.get(pc).filter(|_| options.spans) {
                put!(out, " {}..{}", span.start, span.end);
            }
            out.push(']');
        }
        let Some(op) = instr.opcode() else {
            put!(out, " .word 0x{:016x}\n", u64::from_le_bytes(instr.to_bytes()));
            continue;
        };
        let operands = operands(op, instr, pc, &labels);
        let comment = comment(module, proto, &names, op, instr, pc);
        let mnemonic = op.info().mnemonic;
        match (operands.is_empty(), comment.is_empty()) {
            (true, true) => put!(out, " {mnemonic}\n"),
            (false, true) => put!(out, " {mnemonic:<11} {operands}\n"),
            (_, false) => put!(out, " {mnemonic:<11} {operands:<18} ;{comment}\n"),
        }
    }
}

/// Whether each instruction is the target of a jump.
fn labels(proto: &Proto) -> Vec<bool> {
    let mut labels = vec![false; proto.code.len()];
    for (pc, &instr) in proto.code.iter().enumerate() {
        let target = instr.opcode().and_then(|op| operand::jump_target(op, instr, pc));
        if let Some(label) = target
            .and_then(|target| usize::try_from(target).ok())
            .and_then(|target| labels.get_mut(target))
        {
            *label = true;
        }
    }
    labels
}

/// The operands, in the row's order; a jump out of the code as its distance.
fn operands(op: Op, instr: Instr, pc: usize, labels: &[bool]) -> String {
    let mut out = String::new();
    for &operand in op.info().operands {
        if !out.is_empty() {
            out.push(' ');
        }
        let value = operand::value(instr, operand);
        match operand.role {
            Role::Dst | Role::Src | Role::Win => put!(out, "R{value}"),
            Role::Const | Role::ConstNum | Role::ConstStr | Role::ConstWide => {
                put!(out, "K{value}");
            }
            Role::Upvalue => put!(out, "U{value}"),
            Role::Proto => put!(out, "P{value}"),
            Role::Uint | Role::Int | Role::IntWide | Role::Count | Role::Flag => {
                put!(out, "{value}");
            }
            Role::Jump | Role::JumpWide => {
                let target = pc as i64 + 1 + value;
                if (0..labels.len() as i64).contains(&target) {
                    put!(out, "L{target}");
                } else {
                    put!(out, "{value:+}");
                }
            }
        }
    }
    out
}

/// What the operands stand for: ` R0=name K1="value"`.
fn comment(
    module: &Module,
    proto: &Proto,
    names: &Names<'_>,
    op: Op,
    instr: Instr,
    pc: usize,
) -> String {
    let mut out = String::new();
    for &operand in op.info().operands {
        let value = operand::value(instr, operand);
        match operand.role {
            Role::Dst | Role::Src | Role::Win => {
                // A variable's life begins after the instruction that gives it its first value.
                let written = operand.role == Role::Dst;
                let name = written
                    .then(|| names.at(value as u32, pc + 1))
                    .flatten()
                    .or_else(|| names.at(value as u32, pc));
                if let Some(name) = name {
                    put!(out, " R{value}={}", plain(name));
                }
            }
            Role::Const | Role::ConstNum | Role::ConstStr | Role::ConstWide => {
                if let Some(constant) = proto.constants.get(value as usize) {
                    put!(out, " K{value}={}", brief(constant));
                }
            }
            Role::Upvalue => {
                if let Some(name) = proto.debug.upvalue_names.get(value as usize) {
                    put!(out, " U{value}={}", plain(name));
                }
            }
            Role::Proto => {
                if let Some(&child) = proto.protos.get(value as usize) {
                    put!(out, " P{value}=function {child}");
                    if let Some(inner) = module.protos.get(child as usize) {
                        put!(out, " (line {})", inner.line_defined);
                    }
                }
            }
            Role::Uint | Role::Int | Role::IntWide | Role::Count | Role::Flag => {}
            Role::Jump | Role::JumpWide => {}
        }
    }
    out
}

/// A name as it is, unless bytes of it would disturb the line.
fn plain(name: &[u8]) -> String {
    match str::from_utf8(name) {
        Ok(name) if !name.chars().any(char::is_control) => name.into(),
        _ => quote(name),
    }
}

/// How many digits a number has.
fn width(number: usize) -> usize {
    number.checked_ilog10().unwrap_or(0) as usize + 1
}
