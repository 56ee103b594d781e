//! The instruction set's reference, `docs/isa.md`, made from the opcode table.
//!
//! The file is committed; a test compares it with what this module writes, and `BLESS=1 cargo test`
//! rewrites it.

use std::fmt::Write;

use crate::image::ISA_HASH;
use crate::ops::{Field, Flow, OPS, OpInfo, Role};
use crate::{CALL_HEADER, MAX_CONST_OPERAND, MAX_REGISTERS, MAX_SHORT_STRING};

/// The text of `docs/isa.md`.
pub fn isa() -> String {
    let mut out = String::new();
    out.push_str(HEAD);
    out.push_str("\n## Limits\n\n| what | at most |\n|---|---|\n");
    for (what, limit) in [
        ("registers of a frame", MAX_REGISTERS),
        ("index of a constant in a 16-bit operand", MAX_CONST_OPERAND),
        ("bytes of a string that names a field", MAX_SHORT_STRING as u32),
        ("upvalues of a function", 255),
    ] {
        let _ = writeln!(out, "| {what} | {limit} |");
    }
    let _ = writeln!(
        out,
        "\nA call window's first argument stands {CALL_HEADER} slots after the function."
    );
    let _ = writeln!(out, "\nHash of the table (images carry it): `{ISA_HASH:016x}`.");

    out.push_str("\n## Roles\n\n| role | printed | meaning |\n|---|---|---|\n");
    for role in ROLES {
        let _ = writeln!(out, "| {role:?} | {} |", describe_role(*role));
    }
    out.push_str("\n## Flow\n\n| flow | where control goes |\n|---|---|\n");
    for flow in FLOWS {
        let _ = writeln!(out, "| {flow:?} | {} |", describe_flow(*flow));
    }
    out.push_str(RULES);

    let _ = writeln!(out, "\n## The {} instructions\n", OPS.len());
    out.push_str("| number | instruction | meaning | flow | may raise |\n|---|---|---|---|---|\n");
    for (number, info) in OPS.iter().enumerate() {
        let (meaning, _) = doc(info);
        let _ = writeln!(
            out,
            "| {number} | [{}](#{}) | `{}` | {:?} | {} |",
            info.mnemonic,
            info.mnemonic.to_lowercase(),
            meaning.replace('|', "\\|"),
            info.flow,
            if info.throws { "yes" } else { "" },
        );
    }
    for info in OPS {
        instruction(&mut out, info);
    }
    out
}

/// The section of one instruction.
fn instruction(out: &mut String, info: &OpInfo) {
    let (meaning, notes) = doc(info);
    let _ = write!(out, "\n### {}\n\n`{meaning}`\n", info.mnemonic);
    if !info.operands.is_empty() {
        let operands: Vec<String> = info
            .operands
            .iter()
            .map(|operand| format!("{} {:?}", field_name(operand.field), operand.role))
            .collect();
        let _ = write!(out, "\nOperands: {}.\n", operands.join(", "));
    }
    if !notes.is_empty() {
        let _ = write!(out, "\n{notes}\n");
    }
}

/// A row's doc comment: the pseudo-code and the notes.
fn doc(info: &OpInfo) -> (&str, String) {
    let mut lines = info.doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    let meaning = lines.next().unwrap_or_default();
    let notes: Vec<&str> = lines.collect();
    (meaning, notes.join("\n").trim().to_string())
}

/// The field as pseudo-code names it.
fn field_name(field: Field) -> &'static str {
    match field {
        Field::n => "N",
        Field::a => "A",
        Field::b => "B",
        Field::c => "C",
        Field::bx => "Bx",
    }
}

const ROLES: &[Role] = &[
    Role::Dst,
    Role::Src,
    Role::Win,
    Role::Const,
    Role::ConstNum,
    Role::ConstStr,
    Role::ConstWide,
    Role::Upvalue,
    Role::Proto,
    Role::Uint,
    Role::Int,
    Role::IntWide,
    Role::Count,
    Role::Flag,
    Role::Jump,
    Role::JumpWide,
];

/// Printed form and meaning.
fn describe_role(role: Role) -> &'static str {
    match role {
        Role::Dst => "`R3` | register that is written",
        Role::Src => "`R3` | register that is read",
        Role::Win => "`R3` | first register of a window; the instruction says how far it reaches",
        Role::Const => "`K3` | constant of any kind",
        Role::ConstNum => "`K3` | constant, an integer or a float",
        Role::ConstStr => "`K3` | constant, a string short enough to name a field",
        Role::ConstWide => "`K3` | constant of any kind, 32-bit index",
        Role::Upvalue => "`U3` | upvalue of the running function",
        Role::Proto => "`P3` | inner function, 32-bit index",
        Role::Uint => "`3` | unsigned number",
        Role::Int => "`-3` | signed 16-bit number",
        Role::IntWide => "`-3` | signed 32-bit number",
        Role::Count => "`3` | count, as the instruction defines it",
        Role::Flag => "`1` | flag or variant",
        Role::Jump => "`L3` | jump, signed 16-bit distance from the next instruction",
        Role::JumpWide => "`L3` | jump, signed 32-bit distance from the next instruction",
    }
}

const FLOWS: &[Flow] =
    &[Flow::Next, Flow::Branch, Flow::Goto, Flow::Skip, Flow::SkipOne, Flow::Call, Flow::Return];

fn describe_flow(flow: Flow) -> &'static str {
    match flow {
        Flow::Next => "to the next instruction",
        Flow::Branch => "to the next instruction or the jump's target",
        Flow::Goto => "to the jump's target",
        Flow::Skip => "to the next instruction or the one after it",
        Flow::SkipOne => "to the instruction after the next",
        Flow::Call => "into a callee, then to the next instruction",
        Flow::Return => "out of the function",
    }
}

const HEAD: &str = "\
# The instruction set

<!-- Made from bytecode/src/ops.rs by bytecode/src/reference.rs; do not edit. -->
<!-- `BLESS=1 cargo test -p luka-bytecode` rewrites it. -->

An instruction is 64 bits: an opcode, a small operand N and three 16-bit operands, the last two of
which may be one 32-bit operand Bx. An operand a row does not name is zero.

```text
  0        8        16              32              48              64
  +--------+--------+---------------+---------------+---------------+
  |   op   |   N    |       A       |       B       |       C       |
  +--------+--------+---------------+---------------+---------------+
  |   op   |   N    |       A       |              Bx               |
```

In the pseudo-code `R[x]` is a register, `K[x]` a constant, `U[x]` an upvalue, `P[x]` an inner
function, `:=` assignment, `pc` the index of the *next* instruction; `s` before an operand says that
it is signed. Every instruction costs one unit of fuel.

A call window is `R[A]` the function, `R[A+1]` the frame link (the machine's own, no program reads
it), `R[A+2]` and on the arguments; results land from `R[A]` on. \"To top\" means up to the end of
the values left by the instruction just before.
";

const RULES: &str = "
## What the verifier asks

Of a module:
- There is at least one function. The functions are one tree, listed in pre-order: each but the
  first is listed as a child exactly once, and its descendants follow it without a gap.
- Captured registers and upvalues exist in the enclosing function.

Of a function:
- 2 registers or more; parameters fit the registers.
- Opcodes exist. Registers, windows, constants, upvalues and inner functions that an instruction
  names exist, and constants are of the role's kind. Fields that are no operand are zero.
- Jumps lead to instructions of the function; control never falls off the end of the code.
- A vararg function begins with VARARGPREP and nothing leads back to it; it stands nowhere else,
  and VARARG only in vararg functions.
- CALL and VARARG with C = 0, and TAILCALL, are directly followed by the instruction that takes the
  values: CALL, TAILCALL or RETURN with B = 0 or SETLIST with N = 0. Those stand nowhere else, no
  jump leads to them, and the first register they take is not above the first that was left.
- TAILCALL is followed by RETURN with the same A and B = 0.
- What CLOSURE captures of the frame and what TBC and TFORPREP mark is closed on every way out: by
  CLOSE, by RETURN with N = 1, captured registers also by TAILCALL with N = 1. While it may be open,
  no window of CALL or TFORCALL and no other variable to be closed begins at or below it.
- FORPREP jumps right behind a FORLOOP with the same A that jumps right behind the FORPREP, and
  every FORLOOP is of such a pair.
- TFORPREP jumps to a TFORCALL with the same A. TFORCALL and TFORLOOP stand only together, in this
  order, with the same A.
- Lines and spans: one per instruction, or none. Spans do not end before they start. Local variables
  live in registers the frame has and instructions the code has. Upvalue names: one per upvalue, or
  none.

It asks nothing about the type of a value in a register: `debug.setlocal` may change it at any time,
so instructions check.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_and_flow_is_described() {
        for info in OPS {
            assert!(FLOWS.contains(&info.flow));
            for operand in info.operands {
                assert!(ROLES.contains(&operand.role));
            }
        }
    }
}
