//! A function being put together: what its lines have said so far, and what can only be settled at
//! its end.

use std::collections::HashMap;

use super::fault::{Fault, FaultKind};
use super::frame;
use crate::instr::Instr;
use crate::operand;
use crate::ops::{Op, Operand, Role};
use crate::proto::{Constant, Proto, Span};
use crate::text::similar::similar;

/// What is looked up at the end of a function.
#[derive(Clone, Copy)]
pub(super) enum Later {
    Constant,
    Upvalue,
    Child,
}

/// A line and a span, as far as the text gives them.
pub(super) type Column = (Option<u32>, Option<Span>);

/// A function under construction.
pub(super) struct Function<'a> {
    /// Its children are numbered by `children` until all functions are known.
    pub proto: Proto,
    /// The place of its name.
    pub head: Span,
    /// The frame's size and where it is said; `None`: as small as the instructions allow.
    pub stack: Option<(u16, Span)>,
    /// The functions this one creates, by name, and where they are first mentioned.
    pub children: Vec<(&'a [u8], Span)>,
    /// Of each instruction, its place.
    pub places: Vec<Span>,
    /// Where the first upvalue's name is said or left out.
    pub first_upvalue: Option<Span>,
    /// Its lines have faults: instructions may not have the numbers they should.
    pub is_faulty: bool,
    constants: HashMap<Constant, u32>,
    child_numbers: HashMap<&'a [u8], u32>,
    labels: HashMap<&'a [u8], (u32, Span)>,
    jumps: Vec<Jump<'a>>,
    /// Ends of variables' lives that are labels: the variable, whether it is the start, the label.
    bounds: Vec<(usize, bool, &'a [u8], Span)>,
    later: Vec<(Later, u64, Span)>,
    /// What the instruction before has in brackets.
    column: Column,
}

/// A jump to a label.
struct Jump<'a> {
    pc: usize,
    label: &'a [u8],
    span: Span,
    operand: Operand,
}

impl<'a> Function<'a> {
    pub fn new(head: Span) -> Function<'a> {
        Function {
            proto: Proto::default(),
            head,
            stack: None,
            children: Vec::new(),
            places: Vec::new(),
            first_upvalue: None,
            is_faulty: false,
            constants: HashMap::new(),
            child_numbers: HashMap::new(),
            labels: HashMap::new(),
            jumps: Vec::new(),
            bounds: Vec::new(),
            later: Vec::new(),
            column: (None, None),
        }
    }

    /// The index of a constant, appended if the table has no equal one.
    pub fn constant(&mut self, value: Constant) -> u32 {
        let table = &mut self.proto.constants;
        *self.constants.entry(value).or_insert_with_key(|value| {
            table.push(value.clone());
            table.len() as u32 - 1
        })
    }

    /// Appends a constant even if the table has an equal one.
    pub fn new_constant(&mut self, value: Constant) {
        let index = self.proto.constants.len() as u32;
        self.proto.constants.push(value.clone());
        self.constants.entry(value).or_insert(index);
    }

    /// The number of the inner function of this name, appended if the table has none.
    pub fn child(&mut self, name: &'a [u8], span: Span) -> u32 {
        let children = &mut self.children;
        *self.child_numbers.entry(name).or_insert_with(|| {
            children.push((name, span));
            children.len() as u32 - 1
        })
    }

    /// Appends an inner function even if the table has it.
    pub fn new_child(&mut self, name: &'a [u8], span: Span) {
        let index = self.children.len() as u32;
        self.children.push((name, span));
        self.child_numbers.entry(name).or_insert(index);
    }

    /// The next instruction's operand is a jump to this label.
    pub fn jump(&mut self, label: &'a [u8], span: Span, operand: Operand) {
        self.jumps.push(Jump { pc: self.proto.code.len(), label, span, operand });
    }

    /// The life of variable `local` starts or ends at this label.
    pub fn bound(&mut self, local: usize, is_start: bool, label: &'a [u8], span: Span) {
        self.bounds.push((local, is_start, label, span));
    }

    pub fn check_later(&mut self, what: Later, number: u64, span: Span) {
        self.later.push((what, number, span));
    }

    /// Puts a label here.
    pub fn label(&mut self, name: &'a [u8], span: Span) -> Option<Fault> {
        let here = (self.proto.code.len() as u32, span);
        let (_, first) = *self.labels.entry(name).or_insert(here);
        let twice = || {
            let message = format!("the label `{}` stands twice in this function", show(name));
            Fault::new(FaultKind::Twice, span, message)
                .label("again here")
                .other(first, "first here")
        };
        (first != span).then(twice)
    }

    /// Appends an instruction; `column` is the text in its brackets, if it has any.
    pub fn instruction(
        &mut self,
        instr: Instr,
        place: Span,
        column: Option<(Column, Span)>,
    ) -> Option<Fault> {
        let mut fault = None;
        if let Some((column, span)) = column {
            let shape = |column: Column| (column.0.is_some(), column.1.is_some());
            if !self.proto.code.is_empty() && shape(column) != shape(self.column) {
                let message =
                    "lines and spans are given for all instructions of a function or for none";
                let first = self.places.first().copied().unwrap_or(place);
                let words = match shape(self.column) {
                    (false, false) => "the first instruction has neither a line nor a span",
                    (true, false) => "the first instruction has a line and no span",
                    (false, true) => "the first instruction has a span and no line",
                    (true, true) => "the first instruction has both",
                };
                let help = "an instruction without brackets has those of the one before it";
                fault = Some(
                    Fault::new(FaultKind::Place, span, message)
                        .label("this one differs from the first")
                        .other(first, words)
                        .help(help),
                );
            } else {
                self.column = column;
            }
        }
        self.proto.code.push(instr);
        self.places.push(place);
        self.proto.debug.lines.extend(self.column.0);
        self.proto.debug.spans.extend(self.column.1);
        fault
    }

    /// Settles what had to wait for the end of the function.
    pub fn finish(&mut self, faults: &mut Vec<Fault>) {
        self.settle_jumps(faults);
        for (local, is_start, label, span) in std::mem::take(&mut self.bounds) {
            let Some(pc) = self.find(label, span, faults) else { continue };
            if let Some(local) = self.proto.debug.locals.get_mut(local) {
                *(if is_start { &mut local.start_pc } else { &mut local.end_pc }) = pc;
            }
        }
        let later = if self.is_faulty { Vec::new() } else { std::mem::take(&mut self.later) };
        for (what, number, span) in later {
            let (letter, count, name) = match what {
                Later::Constant => ('K', self.proto.constants.len(), "constants"),
                Later::Upvalue => ('U', self.proto.upvalues.len(), "upvalues"),
                Later::Child => ('P', self.children.len(), "inner functions"),
            };
            if number >= count as u64 {
                let message = format!("there is no `{letter}{number}` in this function");
                let label = match count {
                    0 => format!("the function has no {name}"),
                    _ => format!("the last of its {name} is `{letter}{}`", count - 1),
                };
                let fault = Fault::new(FaultKind::Undefined, span, message).label(label);
                faults.push(match what {
                    Later::Upvalue => {
                        fault.help(format!("`.upvalue {letter}{number} …` declares it"))
                    }
                    _ => fault,
                });
            }
        }
        if let (Some(first), false) = (self.proto.code.first(), self.is_faulty) {
            let begins = first.opcode() == Some(Op::VarargPrep);
            if begins != self.proto.is_vararg {
                faults.push(self.vararg(begins));
            }
        }
        self.proto.max_stack = match self.stack {
            Some((stack, _)) => stack,
            None => frame::size(&self.proto),
        };
    }

    /// `vararg` and VARARGPREP go together.
    fn vararg(&self, begins: bool) -> Fault {
        let first = self.places.first().copied().unwrap_or(self.head);
        if begins {
            Fault::new(FaultKind::Place, first, "only a vararg function begins with VARARGPREP")
                .other(self.head, "this function is not `vararg`")
                .help("write `vararg` behind its name, or leave the instruction out")
        } else {
            Fault::new(FaultKind::Place, first, "a vararg function begins with VARARGPREP")
                .label("VARARGPREP must come before this")
                .other(self.head, "this function is `vararg`")
        }
    }

    fn settle_jumps(&mut self, faults: &mut Vec<Fault>) {
        for jump in std::mem::take(&mut self.jumps) {
            let Some(target) = self.find(jump.label, jump.span, faults) else { continue };
            let distance = target as i64 - (jump.pc as i64 + 1);
            let reach =
                if jump.operand.role == Role::Jump { i16::MAX as i64 } else { i32::MAX as i64 };
            if !(-reach - 1..=reach).contains(&distance) {
                let message = format!("the label `{}` is too far away", show(jump.label));
                faults.push(
                    Fault::new(FaultKind::Range, jump.span, message)
                        .label(format!(
                            "{distance:+} instructions; {reach} is as far as this reaches"
                        ))
                        .help("jump over a JMP by the opposite test: JMP reaches everywhere"),
                );
            } else if let Some(instr) = self.proto.code.get_mut(jump.pc) {
                operand::set(instr, jump.operand.field, distance as u32);
            }
        }
    }

    /// Where a label is.
    fn find(&self, label: &[u8], span: Span, faults: &mut Vec<Fault>) -> Option<u32> {
        if let Some((pc, _)) = self.labels.get(label) {
            return Some(*pc);
        }
        let message = format!("there is no label `{}` in this function", show(label));
        let mut fault = Fault::new(FaultKind::Undefined, span, message);
        // Looking through very many labels for very many faults would take for ever.
        if faults.len() < 50 {
            let mut known: Vec<_> =
                self.labels.iter().map(|(name, (pc, _))| (*pc, *name)).collect();
            crate::order::sort_by(&mut known, |a, b| a.cmp(b));
            match similar(label, known.iter().map(|(_, name)| *name)) {
                Some(near) => fault = fault.instead(&show(near)),
                None => fault = fault.help("a label is a word and a colon: `again:`"),
            }
        }
        faults.push(fault);
        None
    }
}

pub(super) fn show(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}
