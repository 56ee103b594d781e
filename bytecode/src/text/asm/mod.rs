//! The assembler: text → module, in one pass over the lines.
//!
//! Each line is read for itself, so that a fault in one does not hide those in others; names are
//! settled at the end of each function (labels) and of the text (functions). What only the
//! verifier can say is said about the line of the instruction ([`Assembled::verify`]).
//! Time and memory are linear in the text; nothing recurses.

mod directive;
mod fault;
mod frame;
mod function;
mod lex;
mod line;
mod literal;
mod operands;
mod tree;

use std::collections::HashMap;

pub use fault::{Edit, Fault, FaultKind};

use crate::instr::Instr;
use crate::lazy_debug::LazyDebug;
use crate::ops::{OPS, Op};
use crate::proto::{Module, Proto, Span};
use crate::text::similar::similar;
use crate::verify::{Verified, verify};
use fault::Result;
use function::{Column, Function, show};
use lex::{Kind, Lexer};
use line::Line;

/// A text with more faults than this is not read to its end.
const MOST_FAULTS: usize = 200;

/// So many functions are asked about after the verifier has refused one.
const MOST_REFUSED: usize = 10;

/// A module, and where its parts are in the text.
#[derive(Clone, Debug)]
pub struct Assembled {
    /// The module, not yet verified.
    pub module: Module,
    /// Of each function, the place of its name and of its instructions.
    places: Vec<(Span, Vec<Span>)>,
}

impl Assembled {
    /// The place of a function in the text, or of one of its instructions.
    pub fn place(&self, function: u32, pc: Option<u32>) -> Option<Span> {
        place(&self.places, function, pc)
    }

    /// Asks the verifier.
    ///
    /// # Errors
    /// Its complaints, one for each of the first functions it refuses, about the lines in question.
    pub fn verify(self) -> std::result::Result<Verified<Module>, Vec<Fault>> {
        let Assembled { module, places } = self;
        let mut rest = module.clone();
        let mut result = verify(module);
        let mut faults: Vec<Fault> = Vec::new();
        let mut refused = vec![false; rest.protos.len()];
        loop {
            let error = match result {
                Ok(module) if faults.is_empty() => return Ok(module),
                Ok(_) => return Err(faults),
                Err(error) => error,
            };
            let seen = refused.get_mut(error.proto as usize);
            // A function refused again, although it does nothing any more: it is not its code.
            if faults.len() == MOST_REFUSED || seen.as_deref() == Some(&true) {
                return Err(faults);
            }
            let place = place(&places, error.proto, error.pc).unwrap_or(Span::NONE);
            let what = if error.mnemonic.is_empty() { "function" } else { error.mnemonic };
            let message = format!("the verifier refuses this {what}: {}", error.message);
            faults.push(
                Fault::new(FaultKind::Verifier, place, message).help("docs/isa.md has the rules"),
            );
            // The verifier stops at its first complaint: ask again without this function.
            match seen.zip(rest.protos.get_mut(error.proto as usize)) {
                Some((seen, proto)) => {
                    *seen = true;
                    silence(proto);
                }
                None => return Err(faults),
            }
            result = verify(rest.clone());
        }
    }
}

/// Leaves a function without instructions of its own.
fn silence(proto: &mut Proto) {
    let nothing = Instr::abc(Op::Return0, 0, 0, 0);
    proto.code = match proto.is_vararg {
        true => vec![Instr::abc(Op::VarargPrep, 0, 0, 0), nothing],
        false => vec![nothing],
    };
    proto.debug = LazyDebug::default();
}

fn place(places: &[(Span, Vec<Span>)], function: u32, pc: Option<u32>) -> Option<Span> {
    let (head, code) = places.get(function as usize)?;
    let instruction = pc.and_then(|pc| code.get(pc as usize));
    Some(*instruction.unwrap_or(head))
}

/// A module without functions.
fn empty() -> Module {
    Module { source_name: None, native: false, lua54: false, protos: Vec::new() }
}

/// Reads a text of [the text form](super).
///
/// The module has what the text says and nothing more: it has yet to pass the verifier.
///
/// # Errors
/// What is wrong with the text, in order of position: at least one fault.
pub fn assemble(text: &[u8]) -> std::result::Result<Assembled, Vec<Fault>> {
    if u32::try_from(text.len()).is_err() {
        let message = "a text of assembly has less than 4 GiB";
        return Err(vec![Fault::new(FaultKind::Range, Span::NONE, message)]);
    }
    let mut parser = Parser::new(text);
    parser.read();
    parser.finish()
}

/// The state of reading.
struct Parser<'a> {
    text: &'a [u8],
    /// All but its functions.
    module: Module,
    /// Where `.module` is.
    head: Option<Span>,
    functions: Vec<Function<'a>>,
    /// Their names, by number and by name.
    names: Vec<&'a [u8]>,
    numbers: HashMap<&'a [u8], u32>,
    mnemonics: HashMap<&'static [u8], Op>,
    faults: Vec<Fault>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a [u8]) -> Parser<'a> {
        Parser {
            text,
            module: empty(),
            head: None,
            functions: Vec::new(),
            names: Vec::new(),
            numbers: HashMap::new(),
            mnemonics: OPS.iter().map(|info| (info.mnemonic.as_bytes(), info.op)).collect(),
            faults: Vec::new(),
        }
    }

    /// Reads every line.
    fn read(&mut self) {
        let mut lexer = Lexer::new(self.text);
        let mut tokens = Vec::new();
        while self.faults.len() < MOST_FAULTS {
            let read = lexer.line(&mut tokens);
            if matches!(read, Ok(false)) {
                break;
            }
            let mut line = Line::new(self.text, &tokens);
            let result = match read {
                Ok(_) => self.line(&mut line),
                Err(fault) => Err(fault),
            };
            let Err(fault) = result else { continue };
            self.faults.push(*fault);
            // One fault is enough: what counts lines must not complain about those that follow.
            let starts = Line::new(self.text, &tokens).peek();
            if let Some(function) = self.functions.last_mut() {
                function.is_faulty = true;
                if starts.kind != Kind::Directive {
                    function.instruction(Instr::abc(Op::Return0, 0, 0, 0), starts.span, None);
                }
            }
        }
    }

    fn line(&mut self, line: &mut Line<'a, '_>) -> Result<()> {
        while line.is(Kind::Word) && line.ahead(1).kind == Kind::Colon {
            let (name, span) = line.name("a label")?;
            line.next();
            let fault = self.function(span).label(name, span);
            self.faults.extend(fault);
        }
        let token = line.peek();
        match token.kind {
            Kind::End => Ok(()),
            Kind::Directive if line.bytes(token) != b".word" => self.directive(line),
            Kind::Directive | Kind::Word | Kind::Number | Kind::Open => self.instruction(line),
            _ => line.expected("a directive, a label or an instruction"),
        }
    }

    /// The function being read. If there is none yet, that is reported once.
    fn function(&mut self, span: Span) -> &mut Function<'a> {
        if self.functions.is_empty() {
            let message = "code stands in a function";
            let fault = Fault::new(FaultKind::Place, span, message)
                .label("no function has begun")
                .help("`.function main` begins one");
            self.faults.push(fault);
            self.functions.push(Function::new(span));
            self.names.push(b"main");
        }
        let last = self.functions.len() - 1;
        &mut self.functions[last]
    }

    /// `[pc] [[line from..to]] MNEMONIC operands`
    fn instruction(&mut self, line: &mut Line<'a, '_>) -> Result<()> {
        let start = line.peek().span;
        if let Some(token) = line.take(Kind::Number) {
            let number = line.number_in(token, "instruction's number", u32::MAX as u64)?;
            self.check_number(number, token.span);
        }
        let column = column(line)?;
        let mark = line.peek().span.start;
        let token = line.next();
        let instr = match (token.kind, line.bytes(token)) {
            (Kind::Directive, b".word") => word(line)?,
            (Kind::Word, name) => match self.mnemonics.get(name) {
                Some(&op) => operands::instruction(line, self.function(start), op)?,
                None => return self.unknown(line, name, token.span).err(),
            },
            _ => {
                let message = format!("expected an instruction, found {}", line.describe(token));
                return Fault::new(FaultKind::Syntax, token.span, message).err();
            }
        };
        line.finish()?;
        let place = Span::new(mark, line.span().end);
        let fault = self.function(start).instruction(instr, place, column);
        self.faults.extend(fault);
        Ok(())
    }

    /// No instruction has this name. Perhaps it is a label without its colon.
    fn unknown(&mut self, line: &Line<'a, '_>, name: &'a [u8], span: Span) -> Fault {
        let message = format!("there is no instruction `{}`", show(name));
        let fault = Fault::new(FaultKind::Unknown, span, message);
        if let Some(near) = similar(name, OPS.iter().map(|info| info.mnemonic.as_bytes())) {
            return fault.instead(&show(near));
        }
        let next = line.peek();
        if next.kind == Kind::End || self.mnemonics.contains_key(line.bytes(next)) {
            // Jumps to it are no faults of their own.
            let _ = self.function(span).label(name, span);
            let label = format!("{}:", show(name));
            return fault.edit(format!("a label has a colon: `{label}`"), span, &label);
        }
        fault.help("docs/isa.md lists the instructions")
    }

    /// Numbers before instructions count them. The first wrong one of a function is reported.
    fn check_number(&mut self, number: u64, span: Span) {
        let function = self.function(span);
        let count = function.proto.code.len();
        if function.is_faulty || number == count as u64 {
            return;
        }
        function.is_faulty = true;
        let message = format!("this is instruction {count} of its function, not {number}");
        let help = "numbers may be left out; `luka dis --edit` prints none";
        let fault = Fault::new(FaultKind::Place, span, message);
        self.faults.push(fault.label(format!("should be {count}")).help(help));
    }

    /// The module, once every line is read.
    fn finish(mut self) -> std::result::Result<Assembled, Vec<Fault>> {
        for function in &mut self.functions {
            function.finish(&mut self.faults);
        }
        tree::link(&mut self.functions, &self.numbers, &mut self.faults);
        if self.functions.is_empty() && self.faults.is_empty() {
            let end = Span::new(self.text.len() as u32, self.text.len() as u32);
            let fault = Fault::new(FaultKind::Place, end, "a module has at least one function");
            self.faults.push(fault.help("`.function main` begins one"));
        }
        if self.faults.is_empty() {
            tree::check(&self.functions, &self.names, &mut self.faults);
        }
        if !self.faults.is_empty() {
            crate::order::sort_by_key(&mut self.faults, |fault| fault.span.start);
            return Err(self.faults);
        }
        let take = |function: Function<'_>| (function.proto, (function.head, function.places));
        let (protos, places): (Vec<Proto>, _) = self.functions.into_iter().map(take).unzip();
        Ok(Assembled { module: Module { protos, ..self.module }, places })
    }
}

/// `[3]`, `[3 10..15]`, `[10..15]` or nothing.
fn column(line: &mut Line<'_, '_>) -> Result<Option<(Column, Span)>> {
    let Some(open) = line.take(Kind::Open) else { return Ok(None) };
    let most = u32::MAX as u64;
    let mut column: Column = (None, None);
    if line.ahead(1).kind != Kind::Range {
        column.0 = Some(line.number("line", most)? as u32);
    }
    if !line.is(Kind::Close) {
        let start = line.number("position in the source", most)? as u32;
        if line.take(Kind::Range).is_none() {
            return line.expected("`..`");
        }
        column.1 = Some(Span::new(start, line.number("position in the source", most)? as u32));
    }
    match line.take(Kind::Close) {
        Some(close) => Ok(Some((column, Span::new(open.span.start, close.span.end)))),
        None => line.expected("`]`"),
    }
}

/// `.word 0x…`: an instruction by its bits.
fn word(line: &mut Line<'_, '_>) -> Result<Instr> {
    let token = line.peek();
    match line.constant()? {
        Some(crate::Constant::Int(bits)) => Ok(Instr::from_bytes(bits.to_le_bytes())),
        _ => {
            let message = format!(
                "`.word` takes the 64 bits of an instruction, not {}",
                line.describe(token)
            );
            Fault::new(FaultKind::Operand, token.span, message)
                .label("an integer is expected here")
                .err()
        }
    }
}
