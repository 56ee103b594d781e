//! What debuggers read: lengths and ranges.

use super::{Function, VerifyError};

pub(super) fn check(function: &Function<'_>) -> Result<(), VerifyError> {
    let proto = function.proto;
    let (debug, code) = (&proto.debug, proto.code.len());
    for (what, len) in [("lines", debug.lines.len()), ("spans", debug.spans.len())] {
        if len != 0 && len != code {
            return Err(function.fail(format!("{len} {what} for {code} instructions")));
        }
    }
    if let Some(pc) = debug.spans.iter().position(|span| span.start > span.end) {
        return Err(function.fail_at(pc, "its span ends before it starts"));
    }
    for (number, local) in debug.locals.iter().enumerate() {
        if local.start_pc > local.end_pc || local.end_pc as usize > code {
            return Err(function.fail(format!(
                "local variable {number} lives from {} to {} in {code} instructions",
                local.start_pc, local.end_pc
            )));
        }
        if local.register as u16 >= proto.max_stack {
            return Err(function.fail(format!(
                "local variable {number} is R{}, the frame has {} registers",
                local.register, proto.max_stack
            )));
        }
    }
    let names = debug.upvalue_names.len();
    if names != 0 && names != proto.upvalues.len() {
        return Err(function.fail(format!("{names} names for {} upvalues", proto.upvalues.len())));
    }
    Ok(())
}
