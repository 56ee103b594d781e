//! What debuggers read: as many entries as there is to describe, and scopes that nest.
//!
//! `debug.getlocal` and messages find the variables of an instruction by walking the list up to the
//! first that begins later, and the n-th found is the n-th in the registers. So the list is sorted
//! by beginnings, and of two variables that live at the same time the later one lives in a higher
//! register and does not outlive the other.

use super::{Function, VerifyError};
use crate::proto::Proto;

pub(super) fn check(function: &Function<'_>) -> Result<(), VerifyError> {
    let proto = function.proto;
    let (debug, code) = (&proto.debug, proto.code.len());
    for (what, len) in [("lines", debug.lines.len()), ("spans", debug.spans.len())] {
        if len != 0 && len != code {
            return Err(function.fail(format!("{len} {what} for {code} instructions")));
        }
    }
    if proto.line_defined > proto.last_line_defined {
        return Err(function.fail(format!(
            "begins on line {}, but ends on line {}",
            proto.line_defined, proto.last_line_defined
        )));
    }
    if let Some(pc) = debug.spans.iter().position(|span| span.start > span.end) {
        let span = debug.spans[pc];
        let message = format!("its span ends at {}, before it starts at {}", span.end, span.start);
        return Err(function.fail_at(pc, message));
    }
    check_locals(function, proto)?;
    let names = debug.upvalue_names.len();
    if names != 0 && names != proto.upvalues.len() {
        return Err(function.fail(format!("{names} names for {} upvalues", proto.upvalues.len())));
    }
    Ok(())
}

fn check_locals(function: &Function<'_>, proto: &Proto) -> Result<(), VerifyError> {
    let locals = &proto.debug.locals;
    // Numbers of the variables alive where the one in hand begins, each inside the one before.
    let mut alive: Vec<usize> = Vec::new();
    for (number, local) in locals.iter().enumerate() {
        let fail = |what: String| {
            let name = String::from_utf8_lossy(&local.name[..local.name.len().min(40)]);
            Err(function.fail(format!("local variable {number}, `{name}`, {what}")))
        };
        if local.start_pc > local.end_pc || local.end_pc as usize > proto.code.len() {
            return fail(format!(
                "lives from {} to {}, the code has {} instructions",
                local.start_pc,
                local.end_pc,
                proto.code.len()
            ));
        }
        if local.register as u16 >= proto.max_stack {
            return fail(format!(
                "is in R{}, the frame has {} registers",
                local.register, proto.max_stack
            ));
        }
        if let Some(before) = number.checked_sub(1).map(|before| &locals[before])
            && before.start_pc > local.start_pc
        {
            return fail(format!(
                "begins at {}, the one listed before it at {}",
                local.start_pc, before.start_pc
            ));
        }
        while alive.last().is_some_and(|&outer| locals[outer].end_pc <= local.start_pc) {
            alive.pop();
        }
        if let Some(&outer) = alive.last() {
            if locals[outer].end_pc < local.end_pc {
                return fail(format!(
                    "lives until {}, longer than variable {outer} around it, until {}",
                    local.end_pc, locals[outer].end_pc
                ));
            }
            if locals[outer].register >= local.register {
                return fail(format!(
                    "is in R{}, not above R{} of variable {outer} around it",
                    local.register, locals[outer].register
                ));
            }
        }
        alive.push(number);
    }
    Ok(())
}
