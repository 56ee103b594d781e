//! What a listing calls functions.

use std::collections::HashSet;

use super::names::Names;
use crate::instr::Instr;
use crate::ops::Op;
use crate::proto::{Constant, Module, Proto};
use crate::semantics::Class;

/// Longest name taken from the program.
const LONGEST: usize = 40;

/// A name for each function of the module, no two equal: `main`; what the program calls the place
/// where the closure goes, if that is a word; `f` and the function's number.
pub(super) fn names(module: &Module) -> Vec<String> {
    let mut found: Vec<Option<&[u8]>> = vec![None; module.protos.len()];
    for proto in &module.protos {
        let mut locals = None;
        for (pc, &instr) in proto.code.iter().enumerate() {
            if instr.opcode() != Some(Op::Closure) {
                continue;
            }
            let child = proto.protos.get(instr.bx() as usize);
            let Some(slot) = child.and_then(|&child| found.get_mut(child as usize)) else {
                continue;
            };
            if slot.is_none() {
                let locals = locals.get_or_insert_with(|| Names::new(&proto.debug.locals));
                *slot = place(proto, locals, pc, instr.a);
            }
        }
    }
    let mut taken = HashSet::new();
    let mut names = Vec::with_capacity(found.len());
    for (index, found) in found.into_iter().enumerate() {
        let word = found.and_then(|name| str::from_utf8(name).ok()).filter(|name| is_free(name));
        let mut name = match (index, word) {
            (0, _) => "main".to_string(),
            (_, Some(word)) if !taken.contains(word) => word.to_string(),
            (_, Some(word)) => format!("{word}_{index}"),
            (_, None) => format!("f{index}"),
        };
        while !taken.insert(name.clone()) {
            name.push('_');
        }
        names.push(name);
    }
    names
}

/// Whether a name of the program can name a function in a listing.
fn is_free(name: &str) -> bool {
    name.len() <= LONGEST && is_word(name.as_bytes()) && !is_numbered(name.as_bytes())
}

/// Letters, digits and underscores, no digit first.
fn is_word(text: &[u8]) -> bool {
    text.first().is_some_and(|first| !first.is_ascii_digit())
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// Whether it looks like a register or an entry of a table: `R0`, `K0`, `U0`, `P0`.
pub(super) fn is_numbered(text: &[u8]) -> bool {
    matches!(text, [b'R' | b'K' | b'U' | b'P', digits @ ..]
        if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
}

/// The name of what the closure made at `pc` is stored in: a local variable, or what the next
/// instruction sets.
fn place<'a>(proto: &'a Proto, locals: &Names<'a>, pc: usize, register: u16) -> Option<&'a [u8]> {
    if let Some(name) = locals.at(register as u32, pc + 1) {
        return Some(name);
    }
    let next: Instr = *proto.code.get(pc + 1)?;
    let info = next.opcode()?.info();
    if info.class == Class::SetUpvalue && next.a == register {
        return proto.debug.upvalue_names.get(next.b as usize).map(|name| &**name);
    }
    if info.class != Class::Set || !info.accesses_field() {
        return None;
    }
    let (field, value) = (next.b, next.c);
    match proto.constants.get(field as usize) {
        Some(Constant::Str(name)) if value == register => Some(name),
        _ => None,
    }
}
