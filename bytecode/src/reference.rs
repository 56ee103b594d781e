//! The instruction set's reference, `docs/isa.md`, made from the opcode table.
//!
//! The file is committed; a test compares it with what this module writes, and `BLESS=1 cargo test`
//! rewrites it. What an instruction does step by step is said in [`mod@details`], what instructions do
//! together in [`prose`].

mod details;
mod prose;

use std::fmt::Write;

pub use details::{Details, details};

use crate::image::ISA_HASH;
use crate::instr::Instr;
use crate::operand;
use crate::ops::{Field, Flow, OPS, OpInfo, Role};
use crate::semantics::Class;
use crate::{CALL_HEADER, MAX_CONST_OPERAND, MAX_REGISTERS, MAX_SHORT_STRING};

/// The text of `docs/isa.md`.
pub fn isa() -> String {
    let mut out = String::new();
    out.push_str(HEAD);
    out.push_str(prose::NAMES);
    out.push_str(ENCODING);
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
        "\nThe first argument in a call window is {CALL_HEADER} slots after the function."
    );
    let _ = writeln!(out, "\nHash of the table (images carry it): `{ISA_HASH:016x}`.");

    out.push_str("\n## Roles\n\n| role | printed | meaning |\n|---|---|---|\n");
    for role in ROLES {
        let (printed, meaning) = role_columns(*role);
        let _ = writeln!(out, "| {role:?} | {printed} | {meaning} |");
    }
    out.push_str("\n## Flow\n\n| flow | where control goes |\n|---|---|\n");
    for flow in FLOWS {
        let _ = writeln!(out, "| {flow:?} | {} |", describe_flow(*flow));
    }
    out.push_str(prose::OPERATIONS);
    out.push_str(prose::MACHINE);
    out.push_str(RULES);

    let _ = writeln!(out, "\n## The {} instructions\n", OPS.len());
    out.push_str(INSTRUCTIONS);
    for (number, info) in OPS.iter().enumerate() {
        let (meaning, _) = doc(info);
        let _ = writeln!(
            out,
            "| {number} | [{}](#{}) | `{}` | {:?} | {} | {} |",
            info.mnemonic,
            info.mnemonic.to_lowercase(),
            meaning.replace('|', "\\|"),
            info.flow,
            if info.throws { "yes" } else { "" },
            if fuel(info) == "1" { "1" } else { "1 +" },
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
    let said = details(info.op);
    let _ = write!(out, "\n### {}\n\n`{meaning}`\n", info.mnemonic);
    if !notes.is_empty() {
        let _ = write!(out, "\n{notes}\n");
    }
    let _ = write!(out, "\n```text\n{}\n```\n\n", said.steps);
    if !info.operands.is_empty() {
        let operands: Vec<String> = info
            .operands
            .iter()
            .map(|operand| {
                let (printed, what) = role_columns(operand.role);
                format!("{} {:?} ({printed}, {what})", operand.field.letter(), operand.role)
            })
            .collect();
        let _ = writeln!(out, "- Operands: {}.", operands.join("; "));
    }
    let _ = writeln!(out, "- Bytes: {}.", layout(info));
    let raises = if said.raises.is_empty() { "nothing." } else { said.raises };
    let _ = writeln!(out, "- Raises: {raises}");
    let _ = writeln!(out, "- Fuel: {}.", fuel(info));
    match said.example {
        Some(("", shown)) => {
            let _ = writeln!(out, "- In every vararg function: `{shown}`.");
        }
        Some((chunk, shown)) => {
            let _ = writeln!(out, "- `{chunk}`: `{shown}`.");
        }
        None => {}
    }
}

/// The eight bytes of an instruction, in hexadecimal and by field.
fn layout(info: &OpInfo) -> String {
    let mut bytes = vec![format!("{:02x}", info.op as u8)];
    let has = |field| info.operands.iter().any(|operand| operand.field == field);
    for (field, size) in [(Field::n, 1), (Field::a, 2)] {
        let name = if has(field) { field.letter() } else { "00" };
        bytes.extend(std::iter::repeat_n(name.to_string(), size));
    }
    if has(Field::bx) {
        bytes.extend(std::iter::repeat_n("Bx".to_string(), 4));
    } else {
        for field in [Field::b, Field::c] {
            let name = if has(field) { field.letter() } else { "00" };
            bytes.extend(std::iter::repeat_n(name.to_string(), 2));
        }
    }
    format!("`{}`", bytes.join(" "))
}

/// What an instruction costs, in units.
pub fn fuel(info: &OpInfo) -> &'static str {
    match info.class {
        Class::Concat => "1, and 1 for every 64 bytes of each piece it joins",
        Class::Call | Class::TailCall | Class::GenericCall => "1, and what a native callee charges",
        Class::Move | Class::Load | Class::LoadNil | Class::GetUpvalue | Class::SetUpvalue => "1",
        Class::Get | Class::Set | Class::Method | Class::NewTable | Class::SetList => "1",
        Class::Arith(_) | Class::Not | Class::Length => "1",
        Class::Jump | Class::Test(_) | Class::TestSet(_) => "1",
        Class::Compare(..) | Class::RawEqual(_) => "1",
        Class::Return | Class::VarargPrep | Class::Vararg => "1",
        Class::Closure | Class::Close | Class::ToBeClosed => "1",
        Class::NumericPrep | Class::NumericLoop => "1",
        Class::GenericPrep | Class::GenericLoop => "1",
    }
}

/// An instruction as the reference's examples show it: mnemonic and operands in the row's order,
/// jumps as distances.
pub fn render(instr: Instr) -> String {
    let Some(op) = instr.opcode() else { return format!("?{}", instr.op) };
    op.info().mnemonic.to_string() + &render_operands(instr, |distance| format!("{distance:+}"))
}

/// The operands of an instruction in the row's order, a space before each; nothing if its opcode
/// does not exist. `jump` writes the distance of a jump.
pub fn render_operands(instr: Instr, jump: impl Fn(i64) -> String) -> String {
    let mut text = String::new();
    for o in instr.opcode().map_or(&[][..], |op| op.info().operands) {
        let value = operand::value(instr, *o);
        let _ = match o.role {
            Role::Dst | Role::Src | Role::Win => write!(text, " R{value}"),
            Role::Const | Role::ConstNum | Role::ConstStr | Role::ConstWide => {
                write!(text, " K{value}")
            }
            Role::Upvalue => write!(text, " U{value}"),
            Role::Proto => write!(text, " P{value}"),
            Role::Jump | Role::JumpWide => write!(text, " {}", jump(value)),
            Role::Uint | Role::Int | Role::IntWide | Role::Count | Role::Flag => {
                write!(text, " {value}")
            }
        };
    }
    text
}

/// A row's doc comment: the pseudo-code and the notes.
fn doc(info: &OpInfo) -> (&str, String) {
    let mut lines = info.doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    let meaning = lines.next().unwrap_or_default();
    let notes: Vec<&str> = lines.collect();
    (meaning, notes.join("\n").trim().to_string())
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
fn role_columns(role: Role) -> (&'static str, &'static str) {
    describe_role(role).split_once(" | ").unwrap_or(("", ""))
}

/// Both, as columns of the table.
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

*Reference · [documentation index](README.md)*

<!-- Made from bytecode/src/ops.rs by bytecode/src/reference.rs; do not edit. -->
<!-- `BLESS=1 cargo test -p luka-bytecode` rewrites it. -->

What an instruction word looks like, what each instruction does, step by step, what it costs and what
it may raise, and what instructions do together: enough to write an interpreter
from. One has been, as plainly as can be: `tests/src/spec` executes the conformance suite, and its trace
is that of the machine, instruction by instruction. [image-format.md](image-format.md) says how modules
are stored, `luka run --trace` shows what is executed.
";

const ENCODING: &str = "
## Encoding

An instruction is 64 bits: an opcode, a small operand N and three 16-bit operands, the last two of
which may be one 32-bit operand Bx. An operand a row does not name is zero.

```text
  0        8        16              32              48              64
  +--------+--------+---------------+---------------+---------------+
  |   op   |   N    |       A       |       B       |       C       |
  +--------+--------+---------------+---------------+---------------+
  |   op   |   N    |       A       |              Bx               |
```

As bytes (which each instruction's section shows) the word has the opcode first, then N, then the
others, each with its lowest byte first. Signed operands are two's complement.

In the pseudo-code `R[x]` is a register, `K[x]` a constant, `U[x]` an upvalue, `P[x]` an inner
function, `:=` assignment, `pc` the index of the *next* instruction; `s` before an operand says that
it is signed. A right side is worked out before anything is written.
";

const INSTRUCTIONS: &str = "\
| number | instruction | meaning | flow | may raise | fuel |
|---|---|---|---|---|---|
";

const RULES: &str = "
## What the verifier checks

Of a module:
- There is at least one function. The functions are one tree, listed in pre-order: each but the
  first is listed as a child exactly once, and its descendants follow it without a gap.
- Captured registers and upvalues exist in the enclosing function. An upvalue that captures an
  upvalue of the enclosing function is of the same kind.

Of a function:
- 2 registers or more; parameters fit the registers.
- Opcodes exist. Registers, windows, constants, upvalues and inner functions that an instruction
  names exist, and constants are of the role's kind. Fields that are no operand are zero.
- Jumps lead to instructions of the function; control never falls off the end of the code.
- A vararg function begins with VARARGPREP and no jump leads back to it. VARARGPREP occurs nowhere
  else, VARARG only in vararg functions.
- CALL and VARARG with C = 0, and TAILCALL, are directly followed by the instruction that takes the
  values: CALL, TAILCALL or RETURN with B = 0 or SETLIST with N = 0. Those occur nowhere else, no
  jump leads to them, and the first register they take is not above the first that was left.
- TAILCALL is followed by RETURN with the same A and B = 0.
- Every register an instruction reads has been set on every path to it. Parameters are set at the
  start. CALL, TAILCALL and VARARG with C = 0 leave registers from A on undefined, but for the
  wanted results; TFORCALL those from A+4 on, but for the variables; NEWTABLE, CONCAT and CLOSURE
  those above A (a collection in them may clear those). A captured register is read by CLOSURE,
  after R[A] is set; CLOSE reads none. JTSET, JFSET, FORLOOP and TFORLOOP set their register only
  when they jump, FORPREP only when it does not. Unreachable code is not checked.
- What CLOSURE captures of the frame and what TBC and TFORPREP mark is closed on every path out: by
  CLOSE, by RETURN with N = 1, captured registers also by TAILCALL with N = 1. While it may be open,
  no other variable to be closed is at or below it, and no register is that an instruction leaves
  undefined.
- FORPREP jumps right behind a FORLOOP with the same A that jumps right behind the FORPREP, and
  every FORLOOP is of such a pair.
- TFORPREP jumps to a TFORCALL with the same A, followed by a TFORLOOP with the same A that jumps right
  behind the TFORPREP; every TFORCALL and every TFORLOOP is of such a group. So every loop contains an
  instruction that hooks see.
- Lines and spans: one per instruction, or none. Spans do not end before they start, nor does the
  definition. Local variables live in registers the frame has and instructions the code has; they
  are listed by beginnings, and of two that live at once the later is in a higher register and does
  not outlive the other. Upvalue names: one per upvalue, or none.

It checks nothing about the type of a value in a register: `debug.setlocal` may change it at any time,
so instructions check. [security.md](security.md) says what relies on which rule.
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
