//! Errors on their way, with what is known of them.

use super::Reader;
use super::code::read_chunk;
use super::thread::nth;
use crate::meta::Event;
use crate::object::fault::{
    BadArgument, FailedCoroutine, Fault, FaultKind, FaultOperand, FaultSite, ForPart, Held, Level,
    Location, Operand, OwnedName, Problem, Raised, ThreadFaults,
};
use crate::snapshot::bytes::{Input, Result};
use crate::snapshot::format::fault_kind as kind;
use luka_bytecode::Span;
use std::rc::Rc;

const FOR_PARTS: [ForPart; 3] = [ForPart::Initial, ForPart::Limit, ForPart::Step];

/// Places in stacks and code are below this; whoever looks there compares them with what is.
const MOST: usize = isize::MAX as usize / 2;

impl Reader<'_> {
    pub(super) fn thread_faults(&mut self, input: &mut Input) -> Result<ThreadFaults> {
        let mut faults = ThreadFaults::default();
        for _ in 0..input.count(20)? {
            let slot = input.size(MOST)?;
            faults.held.push(Held { slot, raised: self.raised(input)? });
        }
        if input.bool()? {
            faults.failure = Some(self.raised(input)?);
        }
        Ok(faults)
    }

    pub(super) fn raised(&mut self, input: &mut Input) -> Result<Raised> {
        let error = self.value(input)?;
        let fault = self.fault(input)?;
        let location = self.location(input)?;
        let mut coroutines = Vec::new();
        for _ in 0..input.count(5)? {
            coroutines.push(if input.bool()? {
                let mut levels = Vec::new();
                for _ in 0..input.count(19)? {
                    levels.push(self.level(input)?);
                }
                FailedCoroutine::Closed(levels)
            } else {
                FailedCoroutine::Stack(self.thread_of(input)?)
            });
        }
        Ok(Raised { error, fault, location, coroutines })
    }

    fn fault(&mut self, input: &mut Input) -> Result<Fault> {
        let kind = fault_kind(input)?;
        let mut operands = Vec::new();
        for _ in 0..input.count(9)? {
            operands.push(self.operand(input)?);
        }
        let blamed = input.size(MOST)?;
        let thread = self.thread_of(input)?;
        let site = if input.bool()? {
            Some(FaultSite { base: input.size(MOST)?, pc: input.size(MOST)? })
        } else {
            None
        };
        let name = input.name()?;
        let raiser = if name.is_empty() { None } else { Some(self.native_named(input, name)?) };
        Ok(Fault { kind, operands, blamed, thread, site, raiser })
    }

    fn operand(&self, input: &mut Input) -> Result<FaultOperand> {
        let value = self.value(input)?;
        let found = match (input.u8()?, input.u16()?) {
            (0, _) => Operand::None,
            (1, register) => Operand::Reg(register),
            (2, number) if number <= 255 => Operand::Upvalue(number as u8),
            (n, _) => return Err(input.invalid(format!("{n} is no place of an operand"))),
        };
        let type_name = input.bytes()?.to_vec().into();
        let name = if input.bool()? {
            let what = input.name()?;
            let known = kind::NAMED.iter().find(|known| **known == what);
            let Some(what) = known else {
                return Err(input.invalid(format!("'{what}' is no kind of name")));
            };
            Some(OwnedName { what, name: input.bytes()?.to_vec() })
        } else {
            None
        };
        Ok(FaultOperand { value, found, type_name, name })
    }

    fn level(&self, input: &mut Input) -> Result<Level> {
        let source = input.bytes()?.to_vec();
        let line = optional_u32(input)?;
        let function = input.bytes()?.to_vec();
        let is_tail = input.bool()?;
        let skipped = input.size(MOST)?;
        Ok(Level { source, line, function, location: self.location(input)?, is_tail, skipped })
    }

    fn location(&self, input: &mut Input) -> Result<Option<Location>> {
        if !input.bool()? {
            return Ok(None);
        }
        let chunk = match input.bool()? {
            true => self.chunk(input)?,
            false => Rc::new(read_chunk(input)?),
        };
        let span = Span { start: input.u32()?, end: input.u32()? };
        Ok(Some(Location { chunk, span, line: optional_u32(input)? }))
    }
}

fn event(input: &mut Input) -> Result<Event> {
    let n = input.u8()?;
    nth(input, Event::ALL, n, "event")
}

fn optional_u32(input: &mut Input) -> Result<Option<u32>> {
    Ok(if input.bool()? { Some(input.u32()?) } else { None })
}

fn optional_bytes(input: &mut Input) -> Result<Option<Vec<u8>>> {
    Ok(if input.bool()? { Some(input.bytes()?.to_vec()) } else { None })
}

fn fault_kind(input: &mut Input) -> Result<FaultKind> {
    Ok(match input.u8()? {
        kind::INDEX => FaultKind::Index,
        kind::CALL => FaultKind::Call,
        kind::ARITHMETIC => FaultKind::Arithmetic(event(input)?),
        kind::BITWISE => FaultKind::Bitwise(event(input)?),
        kind::NO_INTEGER => FaultKind::NoInteger,
        kind::CONCAT => FaultKind::Concat { part: input.size(MOST)?, parts: input.size(MOST)? },
        kind::COMPARE => FaultKind::Compare,
        kind::LENGTH => FaultKind::Length,
        kind::FOR_LOOP => {
            let part = input.u8()?;
            FaultKind::ForLoop(nth(input, &FOR_PARTS, part, "part of a loop")?)
        }
        kind::FOR_STEP_ZERO => FaultKind::ForStepZero,
        kind::DIVIDE_BY_ZERO => FaultKind::DivideByZero,
        kind::MODULO_BY_ZERO => FaultKind::ModuloByZero,
        kind::STRING_ARITHMETIC => FaultKind::StringArithmetic(event(input)?),
        kind::NOT_CLOSABLE => FaultKind::NotClosable,
        kind::NIL_KEY => FaultKind::NilKey,
        kind::NAN_KEY => FaultKind::NanKey,
        kind::CHAIN_TOO_LONG => FaultKind::ChainTooLong(event(input)?),
        kind::STACK_OVERFLOW => FaultKind::StackOverflow,
        kind::C_STACK_OVERFLOW => FaultKind::CStackOverflow,
        kind::BAD_ARGUMENT => FaultKind::BadArgument(bad_argument(input)?),
        kind::MESSAGE => FaultKind::Message(input.bytes()?.to_vec().into()),
        kind::RAISED => FaultKind::Raised,
        kind::MEMORY => FaultKind::Memory,
        kind::IN_HANDLER => FaultKind::InHandler,
        n => return Err(input.invalid(format!("{n} is no kind of fault"))),
    })
}

fn bad_argument(input: &mut Input) -> Result<BadArgument> {
    let index = input.size(MOST)?;
    let function = optional_bytes(input)?;
    let is_method = input.bool()?;
    let problem = if input.bool()? {
        Problem::Other(input.bytes()?.to_vec().into())
    } else {
        let expected = input.bytes()?.to_vec().into();
        Problem::Type { expected, got: optional_bytes(input)?.map(Into::into) }
    };
    Ok(BadArgument { index, function, is_method, problem })
}
