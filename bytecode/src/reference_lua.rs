//! The opcode table for the compiler written in the language, `compiler/selfhost/bytecode/ops.lua`.
//!
//! The file is committed; a test compares it with what this module writes, and `BLESS=1 cargo test`
//! rewrites it.

use std::fmt::Write;

use crate::image::ISA_HASH;
use crate::ops::OPS;
use crate::{MAX_CONST_OPERAND, MAX_SHORT_STRING};

/// The text of `compiler/selfhost/bytecode/ops.lua`.
pub fn lua_table() -> String {
    let mut out = String::from(HEAD);
    for info in OPS {
        let operands: Vec<String> =
            info.operands.iter().map(|o| format!("{:?}:{:?}", o.field, o.role)).collect();
        let _ = writeln!(
            out,
            "row({:?}, {:?}, {:?}, {:?})",
            format!("{:?}", info.op),
            info.mnemonic,
            format!("{:?}", info.flow),
            operands.join(" "),
        );
    }
    let _ = write!(
        out,
        "
--- How many opcodes there are.
op.COUNT = {}

--- Tells instruction sets apart; images carry it.
op.ISA_HASH = 0x{ISA_HASH:016x}

--- Longest string, in bytes, that may name a field in an instruction.
op.MAX_SHORT_STRING = {MAX_SHORT_STRING}

--- Highest constant index that fits a 16-bit operand.
op.MAX_CONST_OPERAND = {MAX_CONST_OPERAND}

return op
",
        OPS.len(),
    );
    out
}

const HEAD: &str = r#"--- The opcode table.
--
-- Made from bytecode/src/ops.rs by bytecode/src/reference_lua.rs; do not edit.
-- `BLESS=1 cargo test -p luka-bytecode` rewrites it. docs/isa.md says what each opcode does.

local op = {}

--- The rows by number: {name, mnemonic, flow, operands}, an operand {field, role}.
op.rows = {}

--- Opcodes with a 32-bit jump, by number.
op.HAS_WIDE_JUMP = {}

local count = 0

local function row(name, mnemonic, flow, fields)
  local operands = {}
  for field, role in fields:gmatch "(%w+):(%w+)" do
    operands[#operands + 1] = {field = field, role = role}
    if role == "JumpWide" then op.HAS_WIDE_JUMP[count] = true end
  end
  op.rows[count] = {name = name, mnemonic = mnemonic, flow = flow, operands = operands}
  op[name] = count
  count = count + 1
end

"#;
