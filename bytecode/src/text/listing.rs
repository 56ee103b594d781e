//! The disassembler.

use std::fmt::Write;

use super::literal::{constant, quote};
use super::names::Names;
use super::tables::Table;
use super::{Options, effect, functions};
use crate::instr::Instr;
use crate::operand;
use crate::ops::{Op, Role};
use crate::proto::{Module, Proto, Span, UpvalueKind};

/// The module as text; see [the module](super) for the form. Ends with a newline.
pub fn disassemble(module: &Module, options: Options<'_>) -> String {
    let mut out = String::new();
    out.push_str(".module");
    if let Some(name) = &module.source_name {
        out.push(' ');
        out.push_str(&quote(name));
    }
    if module.native {
        out.push_str(" native");
    }
    if module.lua54 {
        out.push_str(" lua54");
    }
    out.push('\n');
    let names = functions::names(module);
    let lines = options.source.map(lines);
    for index in 0..module.protos.len() {
        out.push('\n');
        Listing::new(module, index, &names, lines.as_deref(), options.editable).write(&mut out);
    }
    out
}

/// The instructions of a function, each without its number and place: mnemonic, operands, comment. None
/// if there is no such function.
pub fn instructions(module: &Module, function: usize) -> Vec<String> {
    let Some(proto) = module.protos.get(function) else { return Vec::new() };
    let names = functions::names(module);
    let listing = Listing::new(module, function, &names, None, false);
    let one = |(pc, &instr): (usize, &Instr)| {
        let mut out = String::new();
        listing.instruction(&mut out, pc, instr);
        out.trim_end().to_string()
    };
    proto.code.iter().enumerate().map(one).collect()
}

/// Writing to a string cannot fail.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => {{
        let _ = write!($out, $($arg)*);
    }};
}

/// The lines of a source, as Lua counts them: `\r\n` and `\n\r` end one line.
fn lines(source: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(&byte) = source.get(at) {
        if byte == b'\n' || byte == b'\r' {
            lines.push(&source[from..at]);
            let pair =
                matches!(source.get(at + 1), Some(&(b'\n' | b'\r')) if source[at + 1] != byte);
            at += usize::from(pair);
            from = at + 1;
        }
        at += 1;
    }
    lines.push(&source[from..]);
    lines
}

/// One function being written.
struct Listing<'a> {
    proto: &'a Proto,
    index: usize,
    /// What functions are called, by index.
    functions: &'a [String],
    /// Of each instruction, and of the end of the code, whether it has a label.
    labels: Vec<bool>,
    locals: Names<'a>,
    constants: Table,
    children: Table,
    source: Option<&'a [&'a [u8]]>,
    editable: bool,
}

impl<'a> Listing<'a> {
    fn new(
        module: &'a Module,
        index: usize,
        functions: &'a [String],
        source: Option<&'a [&'a [u8]]>,
        editable: bool,
    ) -> Listing<'a> {
        let proto = &module.protos[index];
        Listing {
            proto,
            index,
            functions,
            labels: labels(proto, editable),
            locals: Names::new(&proto.debug.locals),
            constants: Table::new(proto.constants.iter(), uses(proto, is_constant)),
            children: Table::new(proto.protos.iter(), uses(proto, |role| role == Role::Proto)),
            source,
            editable,
        }
    }

    fn write(&self, out: &mut String) {
        let proto = self.proto;
        let mut head = format!(".function {}", self.functions[self.index]);
        if (proto.line_defined, proto.last_line_defined) != (0, 0) {
            put!(head, " lines {}..{}", proto.line_defined, proto.last_line_defined);
        }
        if proto.num_params != 0 {
            put!(head, " params {}", proto.num_params);
        }
        if proto.is_vararg {
            head.push_str(" vararg");
        }
        put!(head, " stack {}", proto.max_stack);
        put!(out, "{head:<54}; function {}\n", self.index);
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
        for (number, value) in proto.constants[..self.constants.listed].iter().enumerate() {
            put!(out, "  .const K{number} {}\n", constant(value));
        }
        for (number, &child) in proto.protos[..self.children.listed].iter().enumerate() {
            match self.functions.get(child as usize) {
                Some(name) => put!(out, "  .child P{number} {name}\n"),
                None => put!(out, "  .child P{number} {child}\n"),
            }
        }
        for local in &proto.debug.locals {
            put!(out, "  .local R{} {}", local.register, quote(&local.name));
            let (from, to) = (local.start_pc, local.end_pc);
            if self.editable && from.max(to) < self.labels.len() as u32 {
                put!(out, " L{from}..L{to}\n");
            } else {
                put!(out, " {from}..{to}\n");
            }
        }
        self.write_code(out);
        if self.labels.last() == Some(&true) {
            put!(out, "L{}:\n", proto.code.len());
        }
    }

    fn write_code(&self, out: &mut String) {
        let (code, debug) = (&self.proto.code, &self.proto.debug);
        let columns: Vec<String> =
            if debug.lines.is_empty() && debug.spans.is_empty() { vec![] } else { self.columns() };
        let width = columns.iter().map(String::len).max().unwrap_or(0);
        let mut shown = None;
        for (pc, &instr) in code.iter().enumerate() {
            if let (Some(source), Some(&line)) = (self.source, debug.lines.get(pc))
                && shown != Some(line)
            {
                shown = Some(line);
                if let Some(text) = (line as usize).checked_sub(1).and_then(|at| source.get(at)) {
                    put!(out, "; {line:>4} | {}\n", printable(text));
                }
            }
            if self.labels[pc] {
                put!(out, "L{pc}:\n");
            }
            out.push_str("  ");
            if !self.editable {
                put!(out, "{pc:>5} ");
            }
            if let Some(column) = columns.get(pc) {
                put!(out, "{column:<width$} ");
            }
            self.instruction(out, pc, instr);
        }
    }

    /// The text in brackets before each instruction; empty if nothing has changed.
    fn columns(&self) -> Vec<String> {
        let debug = &self.proto.debug;
        let digits = digits(debug.lines.iter().max().copied().unwrap_or(0));
        let mut last: (Option<&u32>, Option<&Span>) = (None, None);
        (0..self.proto.code.len())
            .map(|pc| {
                let now = (debug.lines.get(pc), debug.spans.get(pc));
                let column = match now {
                    _ if now == last => String::new(),
                    (None, None) => String::new(),
                    (Some(line), None) => format!("[{line:>digits$}]"),
                    (None, Some(span)) => format!("[{}..{}]", span.start, span.end),
                    (Some(line), Some(span)) => {
                        format!("[{line:>digits$} {}..{}]", span.start, span.end)
                    }
                };
                last = now;
                column
            })
            .collect()
    }

    /// Mnemonic, operands and comment of an instruction.
    fn instruction(&self, out: &mut String, pc: usize, instr: Instr) {
        let Some(op) = instr.opcode().filter(|&op| is_plain(op, instr)) else {
            put!(out, ".word 0x{:016x}\n", instr.word());
            return;
        };
        let operands = self.operands(op, instr, pc);
        let comment = self.comment(op, instr, pc);
        let mnemonic = op.info().mnemonic;
        match (operands.is_empty(), comment.is_empty()) {
            (true, true) => put!(out, "{mnemonic}\n"),
            (false, true) => put!(out, "{mnemonic:<11} {operands}\n"),
            (_, false) => put!(out, "{mnemonic:<11} {operands:<23} ; {comment}\n"),
        }
    }

    /// The operands, in the row's order; a jump out of the code as its distance.
    fn operands(&self, op: Op, instr: Instr, pc: usize) -> String {
        let mut out = String::new();
        for &operand in op.info().operands {
            let value = operand::value(instr, operand);
            if operand.role == Role::Flag && value == 0 {
                continue;
            }
            if !out.is_empty() {
                out.push(' ');
            }
            let index = value as usize;
            match operand.role {
                Role::Dst | Role::Src | Role::Win => put!(out, "R{value}"),
                Role::Const | Role::ConstNum | Role::ConstStr | Role::ConstWide => {
                    if self.constants.is_named(index) {
                        out.push_str(&constant(&self.proto.constants[index]));
                    } else {
                        put!(out, "K{value}");
                    }
                }
                Role::Upvalue => put!(out, "U{value}"),
                Role::Proto => {
                    let child = self.proto.protos.get(index).map(|&child| child as usize);
                    let name = child.and_then(|child| self.functions.get(child));
                    match name.filter(|_| self.children.is_named(index)) {
                        Some(name) => out.push_str(name),
                        None => put!(out, "P{value}"),
                    }
                }
                Role::Uint | Role::Int | Role::IntWide | Role::Count => put!(out, "{value}"),
                Role::Flag => match op.info().flag_words().get(index.wrapping_sub(1)) {
                    Some(word) => out.push_str(word),
                    None => put!(out, "{value}"),
                },
                Role::Jump | Role::JumpWide => {
                    let target = pc as i64 + 1 + value;
                    if (0..self.proto.code.len() as i64).contains(&target) {
                        put!(out, "L{target}");
                    } else {
                        put!(out, "{value:+}");
                    }
                }
            }
        }
        out
    }

    /// What the instruction does with its window, and what its operands are called in the source:
    /// `R1 := R1(R3)  R1=f`.
    fn comment(&self, op: Op, instr: Instr, pc: usize) -> String {
        let mut out = effect::effect(op.info(), instr).unwrap_or_default();
        let mut gap = if out.is_empty() { "" } else { "  " };
        for &operand in op.info().operands {
            let value = operand::value(instr, operand);
            let (letter, name) = match operand.role {
                Role::Dst | Role::Src | Role::Win => {
                    // A variable's life begins after the instruction that gives it its first value.
                    let written = operand.role == Role::Dst;
                    let name = written
                        .then(|| self.locals.at(value as u32, pc + 1))
                        .flatten()
                        .or_else(|| self.locals.at(value as u32, pc));
                    ('R', name)
                }
                Role::Upvalue => {
                    ('U', self.proto.debug.upvalue_names.get(value as usize).map(|name| &**name))
                }
                Role::Const | Role::ConstNum | Role::ConstStr | Role::ConstWide => continue,
                Role::Proto | Role::Uint | Role::Int | Role::IntWide => continue,
                Role::Count | Role::Flag | Role::Jump | Role::JumpWide => continue,
            };
            if let Some(name) = name {
                put!(out, "{gap}{letter}{value}={}", plain(name));
                gap = " ";
            }
        }
        out
    }
}

/// Whether every bit of the instruction is the opcode or in an operand: else its text would lose
/// some.
fn is_plain(op: Op, instr: Instr) -> bool {
    let mut rest = Instr { op: 0, ..instr };
    for operand in op.info().operands {
        operand::set(&mut rest, operand.field, 0);
    }
    rest == Instr { op: 0, n: 0, a: 0, b: 0, c: 0 }
}

/// Whether each instruction is the target of a jump or, if variables' lives are bounded by labels,
/// a bound; and one entry more for the end of the code.
fn labels(proto: &Proto, bounds: bool) -> Vec<bool> {
    let mut labels = vec![false; proto.code.len() + 1];
    for (pc, &instr) in proto.code.iter().enumerate() {
        let target = instr.opcode().and_then(|op| operand::jump_target(op, instr, pc));
        if let Some(target) = target.and_then(|target| usize::try_from(target).ok())
            && target < proto.code.len()
        {
            labels[target] = true;
        }
    }
    if bounds {
        for local in &proto.debug.locals {
            let (from, to) = (local.start_pc as usize, local.end_pc as usize);
            if from.max(to) < labels.len() {
                labels[from] = true;
                labels[to] = true;
            }
        }
    }
    labels
}

fn is_constant(role: Role) -> bool {
    matches!(role, Role::Const | Role::ConstNum | Role::ConstStr | Role::ConstWide)
}

/// The values of all operands of these roles, in the order the listing mentions them.
fn uses(proto: &Proto, roles: fn(Role) -> bool) -> impl Iterator<Item = usize> {
    let plain = |&instr: &Instr| Some((instr.opcode().filter(|&op| is_plain(op, instr))?, instr));
    proto.code.iter().filter_map(plain).flat_map(move |(op, instr)| {
        let operands = op.info().operands.iter().filter(move |operand| roles(operand.role));
        operands.map(move |&operand| operand::value(instr, operand) as usize)
    })
}

/// A name as it is, unless bytes of it would disturb the line.
fn plain(name: &[u8]) -> String {
    match str::from_utf8(name) {
        Ok(name) if !name.chars().any(char::is_control) => name.into(),
        _ => quote(name),
    }
}

/// A line of source in a comment.
fn printable(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let clean = |c: char| if c != '\t' && c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    text.trim_end().chars().map(clean).collect()
}

/// How many digits a number has.
fn digits(number: u32) -> usize {
    number.checked_ilog10().unwrap_or(0) as usize + 1
}
