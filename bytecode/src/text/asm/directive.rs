//! Lines that begin with a dot: modules, functions and their tables.

use super::Parser;
use super::fault::{Fault, FaultKind, Result};
use super::function::{Function, show};
use super::lex::Kind;
use super::line::Line;
use crate::MAX_REGISTERS;
use crate::proto::{LocalVar, Span, UpvalueDesc, UpvalueKind};
use crate::text::similar::similar;

const DIRECTIVES: &[&str] =
    &[".module", ".function", ".upvalue", ".const", ".child", ".local", ".word"];

impl<'a> Parser<'a> {
    /// Reads a line that begins with a directive other than `.word`.
    pub(super) fn directive(&mut self, line: &mut Line<'a, '_>) -> Result<()> {
        let token = line.next();
        match line.bytes(token) {
            b".module" => self.module(line, token.span)?,
            b".function" => self.begin_function(line)?,
            b".upvalue" => self.upvalue(line, token.span)?,
            b".const" => self.constant(line, token.span)?,
            b".child" => self.child(line, token.span)?,
            b".local" => self.local(line, token.span)?,
            name => {
                let message = format!("there is no directive `{}`", show(name));
                let fault = Fault::new(FaultKind::Unknown, token.span, message);
                return match similar(name, DIRECTIVES.iter().map(|name| name.as_bytes())) {
                    Some(near) => fault.instead(&show(near)),
                    None => fault.help(format!("directives are {}", DIRECTIVES.join(", "))),
                }
                .err();
            }
        }
        line.finish()
    }

    /// `.module ["name"] [native] [lua54]`
    fn module(&mut self, line: &mut Line<'a, '_>, span: Span) -> Result<()> {
        if let Some(first) = self.head {
            let fault = Fault::new(FaultKind::Twice, span, "a text is one module");
            return fault.label("again here").other(first, "first here").err();
        }
        self.head = Some(span);
        if !self.functions.is_empty() {
            let message = "`.module` stands before all functions";
            return Fault::new(FaultKind::Place, span, message).err();
        }
        if line.is(Kind::Str) {
            self.module.source_name = Some(line.string("the module's name")?.into());
        }
        if line.bytes(line.peek()) == b"native" {
            line.next();
            self.module.native = true;
        }
        if line.bytes(line.peek()) == b"lua54" {
            line.next();
            self.module.lua54 = true;
        }
        Ok(())
    }

    /// `.function NAME [lines A..B] [params N] [vararg] [stack N]`
    fn begin_function(&mut self, line: &mut Line<'a, '_>) -> Result<()> {
        let (name, head) = match line.name("a function") {
            Ok(named) => named,
            Err(fault) => {
                // What follows is its code, and not the function's before it.
                self.functions.push(Function::new(line.span()));
                self.names.push(b"");
                return Err(fault);
            }
        };
        let number = self.functions.len() as u32;
        let first = *self.numbers.entry(name).or_insert(number);
        let mut function = Function::new(head);
        let read = header(line, &mut function);
        let twice = (first != number).then(|| {
            let message = format!("there are two functions called `{}`", show(name));
            let other = self.functions.get(first as usize).map_or(head, |function| function.head);
            Fault::new(FaultKind::Twice, head, message)
                .label("again here")
                .other(other, "first here")
        });
        self.faults.extend(twice);
        self.functions.push(function);
        self.names.push(name);
        read
    }

    /// `.upvalue [U0] R0|U0 [const|close] ["name"]`
    fn upvalue(&mut self, line: &mut Line<'a, '_>, span: Span) -> Result<()> {
        let count = self.function(span).proto.upvalues.len();
        let place = |line: &Line<'a, '_>, by| {
            let token = line.ahead(by);
            line.numbered(token, b'R')
                .map(|n| (true, n))
                .or(line.numbered(token, b'U').map(|n| (false, n)))
        };
        if place(line, 1).is_some() {
            self.check_entry(line, b'U', "upvalue", count)?;
        }
        let token = line.peek();
        let Some((in_stack, index)) = place(line, 0) else {
            return line.expected("the variable to capture: `R0`, a register of the enclosing function, or `U0`, an upvalue of it");
        };
        let Ok(index) = u8::try_from(index) else {
            let message = format!("{} cannot be captured", line.describe(token));
            let fault = Fault::new(FaultKind::Range, token.span, message);
            return fault.label("0 to 255 is possible").err();
        };
        line.next();
        let kind = match line.bytes(line.peek()) {
            b"const" => UpvalueKind::Const,
            b"close" => UpvalueKind::ToClose,
            _ => UpvalueKind::Regular,
        };
        if kind != UpvalueKind::Regular {
            line.next();
        }
        let name = if line.is(Kind::Str) { Some(line.string("its name")?) } else { None };
        let place = line.span();
        let function = self.function(span);
        function.proto.upvalues.push(UpvalueDesc { in_stack, index, kind });
        let first = *function.first_upvalue.get_or_insert(place);
        let names = &mut function.proto.debug.upvalue_names;
        if count > 0 && names.is_empty() == name.is_some() {
            let message = "all upvalues of a function have names, or none has";
            let (here, there) = match name {
                Some(_) => ("this one has a name", "this one has none"),
                None => ("this one has no name", "this one has one"),
            };
            return Fault::new(FaultKind::Place, place, message)
                .label(here)
                .other(first, there)
                .err();
        }
        names.extend(name.map(Into::into));
        Ok(())
    }

    /// `.const [K0] LITERAL`
    fn constant(&mut self, line: &mut Line<'a, '_>, span: Span) -> Result<()> {
        let count = self.function(span).proto.constants.len();
        self.check_entry(line, b'K', "constant", count)?;
        match line.constant()? {
            Some(value) => self.function(span).new_constant(value),
            None => {
                return line.expected("a constant: a number, a string, `nil`, `true` or `false`");
            }
        }
        Ok(())
    }

    /// `.child [P0] NAME`
    fn child(&mut self, line: &mut Line<'a, '_>, span: Span) -> Result<()> {
        let count = self.function(span).children.len();
        self.check_entry(line, b'P', "inner function", count)?;
        let (name, place) = line.name("a function")?;
        self.function(span).new_child(name, place);
        Ok(())
    }

    /// `.local R0 "name" FROM..TO`, both numbers of instructions or labels.
    fn local(&mut self, line: &mut Line<'a, '_>, span: Span) -> Result<()> {
        let token = line.peek();
        let Some(register) = line.numbered(token, b'R') else {
            return line.expected("the variable's register (`R0`)");
        };
        let Ok(register) = u8::try_from(register) else {
            let message = format!("no variable lives in {}", line.describe(token));
            return Fault::new(FaultKind::Range, token.span, message)
                .label("`R0` to `R255` is possible")
                .err();
        };
        line.next();
        let name = line.string("the variable's name in quotes")?.into();
        let number = self.function(span).proto.debug.locals.len();
        let start_pc = self.bound(line, span, (number, true))?;
        if line.take(Kind::Range).is_none() {
            return line.expected("`..` and where the variable's life ends");
        }
        let end_pc = self.bound(line, span, (number, false))?;
        let local = LocalVar { name, start_pc, end_pc, register };
        self.function(span).proto.debug.locals.push(local);
        Ok(())
    }

    /// The start or the end of a variable's life; a label's comes later.
    fn bound(
        &mut self,
        line: &mut Line<'a, '_>,
        span: Span,
        (local, is_start): (usize, bool),
    ) -> Result<u32> {
        let token = line.peek();
        match token.kind {
            Kind::Number => Ok(line.number("number of an instruction", u32::MAX as u64)? as u32),
            Kind::Word => {
                line.next();
                self.function(span).bound(local, is_start, line.bytes(token), token.span);
                Ok(0)
            }
            _ => line.expected("a label or the number of an instruction"),
        }
    }

    /// Reads the number of a table's entry, if it is given: it must be the next.
    fn check_entry(
        &mut self,
        line: &mut Line<'a, '_>,
        letter: u8,
        what: &str,
        next: usize,
    ) -> Result<()> {
        let token = line.peek();
        let Some(number) = line.numbered(token, letter) else { return Ok(()) };
        line.next();
        if number == next as u64 || self.function(token.span).is_faulty {
            return Ok(());
        }
        let right = format!("{}{next}", letter as char);
        let message = format!("this {what} is `{right}`, not `{}`", line.shown(token));
        Fault::new(FaultKind::Place, token.span, message).instead(&right).err()
    }
}

/// What follows a function's name.
fn header(line: &mut Line<'_, '_>, function: &mut Function<'_>) -> Result<()> {
    const WORDS: [&str; 4] = ["lines", "params", "vararg", "stack"];
    let mut seen: [Option<Span>; 4] = [None; 4];
    while let Some(token) = line.take(Kind::Word) {
        let bytes = line.bytes(token);
        let Some(which) = WORDS.iter().position(|word| word.as_bytes() == bytes) else {
            let message = format!("`{}` says nothing about a function", show(bytes));
            let fault = Fault::new(FaultKind::Unknown, token.span, message);
            return match similar(bytes, WORDS.iter().map(|word| word.as_bytes())) {
                Some(near) => fault.instead(&show(near)),
                None => fault.help("`lines A..B`, `params N`, `vararg` and `stack N` do"),
            }
            .err();
        };
        if let Some(first) = seen[which].replace(token.span) {
            let message = format!("`{}` is said twice", WORDS[which]);
            let fault = Fault::new(FaultKind::Twice, token.span, message);
            return fault.label("again here").other(first, "first here").err();
        }
        match which {
            0 => {
                function.proto.line_defined = line.number("line", u32::MAX as u64)? as u32;
                if line.take(Kind::Range).is_none() {
                    return line.expected("`..` and the last line");
                }
                function.proto.last_line_defined = line.number("line", u32::MAX as u64)? as u32;
            }
            1 => function.proto.num_params = line.number("number of parameters", 255)? as u8,
            2 => function.proto.is_vararg = true,
            _ => {
                let size = line.number("number of registers", MAX_REGISTERS as u64)? as u16;
                function.stack = Some((size, Span::new(token.span.start, line.span().end)));
            }
        }
    }
    Ok(())
}
