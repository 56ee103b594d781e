//! What debuggers read: as many entries as there is to describe, and scopes that nest.
//!
//! `debug.getlocal` and messages find the variables of an instruction by walking the list up to the
//! first that begins later, and the n-th found is the n-th in the registers. So the list is sorted
//! by beginnings, and of two variables that live at the same time the later one lives in a higher
//! register and does not outlive the other.
//!
//! Who reads an image asks the same rules ([`Scopes`]) and unpacks what breaks one, so what is still
//! packed has passed. Lists that are read are as long as they should be, and their spans in order.

use super::{Function, VerifyError};
use crate::proto::Proto;

pub(super) fn check(function: &Function<'_>) -> Result<(), VerifyError> {
    let proto = function.proto;
    if proto.debug.is_checked(proto.code.len(), proto.max_stack, proto.upvalues.len()) {
        return check_definition(function);
    }
    let (debug, code) = (&*proto.debug, proto.code.len());
    for (what, len) in [("lines", debug.lines.len()), ("spans", debug.spans.len())] {
        if len != 0 && len != code {
            return Err(function.fail(format!("{len} {what} for {code} instructions")));
        }
    }
    check_definition(function)?;
    if let Some(pc) = debug.spans.iter().position(|span| span.start > span.end) {
        let span = debug.spans[pc];
        let message = format!("its span ends at {}, before it starts at {}", span.end, span.start);
        return Err(function.fail_at(pc, message));
    }
    let mut scopes = Scopes::default();
    for (number, local) in debug.locals.iter().enumerate() {
        let scope =
            Scope { start_pc: local.start_pc, end_pc: local.end_pc, register: local.register };
        if let Err(fault) = scopes.next(scope, code, proto.max_stack) {
            let name = String::from_utf8_lossy(&local.name[..local.name.len().min(40)]);
            let what = fault.in_words(scope, proto);
            return Err(function.fail(format!("local variable {number}, `{name}`, {what}")));
        }
    }
    let names = debug.upvalue_names.len();
    if names != 0 && names != proto.upvalues.len() {
        return Err(function.fail(format!("{names} names for {} upvalues", proto.upvalues.len())));
    }
    Ok(())
}

fn check_definition(function: &Function<'_>) -> Result<(), VerifyError> {
    let Proto { line_defined, last_line_defined, .. } = function.proto;
    if line_defined <= last_line_defined {
        return Ok(());
    }
    Err(function
        .fail(format!("begins on line {line_defined}, but ends on line {last_line_defined}")))
}

/// The life of a local variable.
#[derive(Clone, Copy)]
pub(crate) struct Scope {
    pub start_pc: u32,
    pub end_pc: u32,
    pub register: u8,
}

/// The rules of a function's local variables, asked for one after the other in the list's order.
#[derive(Default)]
pub(crate) struct Scopes {
    /// The variables alive where the last one begins, each inside the one before.
    alive: Vec<Outer>,
    /// How many there have been, and where the last one begins.
    count: usize,
    last_start: u32,
}

/// A variable alive where another begins.
#[derive(Clone, Copy)]
pub(crate) struct Outer {
    end_pc: u32,
    register: u8,
    /// Its number in the list.
    number: usize,
}

/// The rule a local variable breaks.
pub(crate) enum ScopeFault {
    /// It lives where there is no code.
    Range,
    /// The frame does not have its register.
    Register,
    /// The one before it begins there, which is later.
    Order { before: u32 },
    /// It outlives one around it.
    Outlives(Outer),
    /// Its register is not above that of one around it.
    NotAbove(Outer),
}

impl Scopes {
    /// With room for so many variables alive at once.
    pub fn with_capacity(alive: usize) -> Scopes {
        Scopes { alive: Vec::with_capacity(alive), ..Scopes::default() }
    }

    /// As new.
    pub fn clear(&mut self) {
        self.alive.clear();
        (self.count, self.last_start) = (0, 0);
    }

    /// The next variable of a function of so many instructions and registers.
    #[inline]
    pub fn next(&mut self, scope: Scope, code: usize, max_stack: u16) -> Result<(), ScopeFault> {
        if scope.start_pc > scope.end_pc || scope.end_pc as usize > code {
            return Err(ScopeFault::Range);
        }
        if scope.register as u16 >= max_stack {
            return Err(ScopeFault::Register);
        }
        if scope.start_pc < self.last_start {
            return Err(ScopeFault::Order { before: self.last_start });
        }
        while self.alive.last().is_some_and(|outer| outer.end_pc <= scope.start_pc) {
            self.alive.pop();
        }
        if let Some(&outer) = self.alive.last() {
            if outer.end_pc < scope.end_pc {
                return Err(ScopeFault::Outlives(outer));
            }
            if outer.register >= scope.register {
                return Err(ScopeFault::NotAbove(outer));
            }
        }
        let Scope { end_pc, register, .. } = scope;
        self.alive.push(Outer { end_pc, register, number: self.count });
        self.count += 1;
        self.last_start = scope.start_pc;
        Ok(())
    }
}

impl ScopeFault {
    /// What the variable is accused of.
    #[cold]
    fn in_words(self, scope: Scope, proto: &Proto) -> String {
        match self {
            ScopeFault::Range => format!(
                "lives from {} to {}, the code has {} instructions",
                scope.start_pc,
                scope.end_pc,
                proto.code.len()
            ),
            ScopeFault::Register => {
                format!("is in R{}, the frame has {} registers", scope.register, proto.max_stack)
            }
            ScopeFault::Order { before } => {
                format!("begins at {}, the one listed before it at {before}", scope.start_pc)
            }
            ScopeFault::Outlives(outer) => format!(
                "lives until {}, longer than variable {} around it, until {}",
                scope.end_pc, outer.number, outer.end_pc
            ),
            ScopeFault::NotAbove(outer) => format!(
                "is in R{}, not above R{} of variable {} around it",
                scope.register, outer.register, outer.number
            ),
        }
    }
}
