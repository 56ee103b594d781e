//! The tree of functions and what each says of its frame.

use super::{Function, VerifyError};
use crate::MAX_REGISTERS;
use crate::proto::Module;

/// Checks that the functions are one tree, listed in pre-order from the main function: then each
/// has exactly one parent, comes after it, and its descendants follow it without a gap.
pub(super) fn check_tree(module: &Module) -> Result<(), VerifyError> {
    let fail = |proto: usize, message: String| VerifyError {
        proto: proto as u32,
        line: module.protos.get(proto).map_or(0, |proto| proto.line_defined),
        pc: None,
        mnemonic: "",
        message,
    };
    if module.protos.is_empty() {
        return Err(fail(0, "the module has no functions".into()));
    }
    // (child, parent) still to visit, the next one last. Each function's children are pushed once,
    // when its turn in the count comes, so the list never outgrows the module.
    let mut pending = vec![(0, 0)];
    let mut visited = 0;
    while let Some((child, parent)) = pending.pop() {
        if child as usize != visited {
            let message = format!("child is function {child}, in pre-order it is {visited}");
            return Err(fail(parent, message));
        }
        let Some(proto) = module.protos.get(visited) else {
            return Err(fail(parent, format!("there is no function {child}")));
        };
        pending.extend(proto.protos.iter().rev().map(|&child| (child, visited)));
        visited += 1;
    }
    if visited != module.protos.len() {
        return Err(fail(visited, "the function is no other function's child".into()));
    }
    Ok(())
}

/// Checks one function's sizes and what its children capture of it.
pub(super) fn check(function: &Function<'_>) -> Result<(), VerifyError> {
    let proto = function.proto;
    if proto.max_stack < 2 || proto.max_stack as u32 > MAX_REGISTERS {
        return Err(function.fail(format!("a frame cannot have {} registers", proto.max_stack)));
    }
    if proto.num_params as u16 > proto.max_stack {
        return Err(function.fail(format!(
            "{} parameters do not fit {} registers",
            proto.num_params, proto.max_stack
        )));
    }
    if proto.upvalues.len() > 255 {
        return Err(function.fail(format!("{} upvalues, at most 255", proto.upvalues.len())));
    }
    if proto.code.len() > i32::MAX as usize {
        return Err(function.fail("the code is too long"));
    }
    for &child in &proto.protos {
        // In range: the tree has been checked.
        let Some(inner) = function.module.protos.get(child as usize) else { continue };
        for (number, upvalue) in inner.upvalues.iter().enumerate() {
            let (what, limit) = if upvalue.in_stack {
                ("register", proto.max_stack as usize)
            } else {
                ("upvalue", proto.upvalues.len())
            };
            if upvalue.index as usize >= limit {
                return Err(function.fail(format!(
                    "upvalue {number} of function {child} is {what} {}, there are {limit}",
                    upvalue.index
                )));
            }
            if !upvalue.in_stack
                && let Some(outer) = proto.upvalues.get(upvalue.index as usize)
                && outer.kind != upvalue.kind
            {
                return Err(function.fail(format!(
                    "upvalue {number} of function {child} is {:?}, but upvalue {} it stands for \
                     is {:?}",
                    upvalue.kind, upvalue.index, outer.kind
                )));
            }
        }
    }
    Ok(())
}
