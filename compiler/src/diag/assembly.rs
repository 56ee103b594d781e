//! Errors of the assembler as diagnostics. The assembler is in `bytecode`, which has no diagnostic codes.

use luka_bytecode::text::{Fault, FaultKind};

use super::{Code, Diagnostic};

impl From<Fault> for Diagnostic {
    fn from(fault: Fault) -> Diagnostic {
        let code = match fault.kind {
            FaultKind::Syntax => Code::AsmSyntax,
            FaultKind::Literal => Code::AsmLiteral,
            FaultKind::Unknown => Code::AsmUnknown,
            FaultKind::Operand => Code::AsmOperand,
            FaultKind::Range => Code::AsmRange,
            FaultKind::Undefined => Code::AsmUndefined,
            FaultKind::Twice => Code::AsmDuplicate,
            FaultKind::Place => Code::AsmInconsistent,
            FaultKind::Verifier => Code::AsmVerifier,
        };
        let mut diagnostic =
            Diagnostic::new(code, fault.span, fault.message).with_label(fault.label);
        for (span, text) in fault.others {
            diagnostic = diagnostic.with_secondary(span, text);
        }
        diagnostic.help = fault.help;
        match fault.fix {
            Some(fix) => diagnostic.with_fix(fix.title, false, fix.span, fix.text),
            None => diagnostic,
        }
    }
}
