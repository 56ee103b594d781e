//! Errors on their way, with what is known of them.

use super::Writer;
use crate::object::fault::{
    BadArgument, FailedCoroutine, Fault, FaultKind, FaultOperand, ForPart, Level, Location,
    Operand, OwnedName, Problem, Raised, ThreadFaults,
};
use crate::snapshot::format::fault_kind as kind;

impl Writer {
    pub(super) unsafe fn thread_faults(&mut self, faults: &ThreadFaults) {
        // SAFETY: what faults refer to exists (the contract of the writer).
        unsafe {
            self.out.count(faults.held.len());
            for held in &faults.held {
                self.out.size(held.slot);
                self.raised(&held.raised);
            }
            self.out.u8(u8::from(faults.failure.is_some()));
            if let Some(failure) = &faults.failure {
                self.raised(failure);
            }
        }
    }

    pub(super) unsafe fn raised(&mut self, raised: &Raised) {
        // SAFETY: as above.
        unsafe {
            self.value(raised.error);
            self.fault(&raised.fault);
            self.optional_location(raised.location.as_ref());
            self.out.count(raised.coroutines.len());
            for co in &raised.coroutines {
                match co {
                    FailedCoroutine::Stack(thread) => {
                        self.out.u8(0);
                        self.reference(thread.as_ptr());
                    }
                    FailedCoroutine::Closed(levels) => {
                        self.out.u8(1);
                        self.out.count(levels.len());
                        for level in levels {
                            self.level(level);
                        }
                    }
                }
            }
        }
    }

    unsafe fn fault(&mut self, fault: &Fault) {
        self.fault_kind(&fault.kind);
        self.out.count(fault.operands.len());
        // SAFETY: as above.
        unsafe {
            for operand in &fault.operands {
                self.operand(operand);
            }
            self.out.size(fault.blamed);
            self.reference(fault.thread.as_ptr());
        }
        self.out.u8(u8::from(fault.site.is_some()));
        if let Some(site) = fault.site {
            self.out.size(site.base);
            self.out.size(site.pc);
        }
        self.native_name(fault.raiser);
    }

    fn fault_kind(&mut self, fault: &FaultKind) {
        let plain = match fault {
            FaultKind::Index => kind::INDEX,
            FaultKind::Call => kind::CALL,
            FaultKind::Arithmetic(event) => return self.pair(kind::ARITHMETIC, *event as u8),
            FaultKind::Bitwise(event) => return self.pair(kind::BITWISE, *event as u8),
            FaultKind::NoInteger => kind::NO_INTEGER,
            FaultKind::Concat { part, parts } => {
                self.out.u8(kind::CONCAT);
                self.out.size(*part);
                return self.out.size(*parts);
            }
            FaultKind::Compare => kind::COMPARE,
            FaultKind::Length => kind::LENGTH,
            FaultKind::ForLoop(part) => {
                let part = match part {
                    ForPart::Initial => 0,
                    ForPart::Limit => 1,
                    ForPart::Step => 2,
                };
                return self.pair(kind::FOR_LOOP, part);
            }
            FaultKind::ForStepZero => kind::FOR_STEP_ZERO,
            FaultKind::DivideByZero => kind::DIVIDE_BY_ZERO,
            FaultKind::ModuloByZero => kind::MODULO_BY_ZERO,
            FaultKind::StringArithmetic(event) => {
                return self.pair(kind::STRING_ARITHMETIC, *event as u8);
            }
            FaultKind::NotClosable => kind::NOT_CLOSABLE,
            FaultKind::NilKey => kind::NIL_KEY,
            FaultKind::NanKey => kind::NAN_KEY,
            FaultKind::ChainTooLong(event) => return self.pair(kind::CHAIN_TOO_LONG, *event as u8),
            FaultKind::StackOverflow => kind::STACK_OVERFLOW,
            FaultKind::CStackOverflow => kind::C_STACK_OVERFLOW,
            FaultKind::BadArgument(bad) => return self.bad_argument(bad),
            FaultKind::Message(text) => {
                self.out.u8(kind::MESSAGE);
                return self.out.bytes(text);
            }
            FaultKind::Raised => kind::RAISED,
            FaultKind::Memory => kind::MEMORY,
            FaultKind::InHandler => kind::IN_HANDLER,
        };
        self.out.u8(plain);
    }

    fn pair(&mut self, kind: u8, detail: u8) {
        self.out.u8(kind);
        self.out.u8(detail);
    }

    fn bad_argument(&mut self, bad: &BadArgument) {
        self.out.u8(kind::BAD_ARGUMENT);
        self.out.size(bad.index);
        self.optional_bytes(bad.function.as_deref());
        self.out.u8(u8::from(bad.is_method));
        match &bad.problem {
            Problem::Type { expected, got } => {
                self.out.u8(0);
                self.out.bytes(expected);
                self.optional_bytes(got.as_deref());
            }
            Problem::Other(text) => {
                self.out.u8(1);
                self.out.bytes(text);
            }
        }
    }

    unsafe fn operand(&mut self, operand: &FaultOperand) {
        // SAFETY: as above.
        unsafe { self.value(operand.value) };
        let (found, number) = match operand.found {
            Operand::None => (0, 0),
            Operand::Reg(register) => (1, register),
            Operand::Upvalue(number) => (2, u16::from(number)),
        };
        self.out.u8(found);
        self.out.u16(number);
        self.out.bytes(&operand.type_name);
        self.out.u8(u8::from(operand.name.is_some()));
        if let Some(OwnedName { what, name }) = &operand.name {
            self.out.name(what);
            self.out.bytes(name);
        }
    }

    fn optional_bytes(&mut self, bytes: Option<&[u8]>) {
        self.out.u8(u8::from(bytes.is_some()));
        if let Some(bytes) = bytes {
            self.out.bytes(bytes);
        }
    }

    fn optional_u32(&mut self, n: Option<u32>) {
        self.out.u8(u8::from(n.is_some()));
        if let Some(n) = n {
            self.out.u32(n);
        }
    }

    fn level(&mut self, level: &Level) {
        self.out.bytes(&level.source);
        self.optional_u32(level.line);
        self.out.bytes(&level.function);
        self.out.u8(u8::from(level.is_tail));
        self.out.size(level.skipped);
        self.optional_location(level.location.as_ref());
    }

    /// Its chunk may have no function any more: then it is written here.
    fn optional_location(&mut self, location: Option<&Location>) {
        self.out.u8(u8::from(location.is_some()));
        if let Some(Location { chunk, span, line }) = location {
            let known = self.chunks.numbers.get(&std::rc::Rc::as_ptr(chunk)).copied();
            self.optional_u32(known);
            if known.is_none() {
                self.chunk_info(chunk);
            }
            self.out.u32(span.start);
            self.out.u32(span.end);
            self.optional_u32(*line);
        }
    }
}
