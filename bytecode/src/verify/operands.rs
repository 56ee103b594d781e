//! Every opcode and every operand, by role.

use super::{Function, VerifyError};
use crate::instr::Instr;
use crate::operand;
use crate::ops::{Field, Flow, OPS, Op, Operand, Role};
use crate::proto::Constant;
use crate::{MAX_CONST_OPERAND, MAX_SHORT_STRING};

/// Leaves in `turns` the places where control or the top of the frame may do something special,
/// and the last instruction: what the passes after this one look at.
pub(super) fn check(function: &Function<'_>, turns: &mut Vec<u32>) -> Result<(), VerifyError> {
    let registers = function.proto.max_stack as u64;
    let code = &function.proto.code;
    turns.clear();
    for (pc, &instr) in code.iter().enumerate() {
        let Some(row) = ROWS.get(instr.op as usize) else {
            return Err(function.fail_at(pc, format!("there is no opcode {}", instr.op)));
        };
        let word = u64::from_le_bytes(instr.to_bytes());
        let named = word & row.registers;
        let highest = (named >> 16 & 0xffff).max(named >> 32 & 0xffff).max(named >> 48);
        if row.is_turn {
            turns.push(pc as u32);
        }
        if highest >= registers || !row.simple && !fits(function, row, word) {
            check_operands(function, pc, instr)?;
        } else if row.window
            && let Some(op) = instr.opcode()
        {
            check_window(function, pc, op, instr)?;
        }
        if word & row.unused != 0 {
            return Err(function.fail_at(pc, "a field that is no operand is not zero"));
        }
    }
    let last = code.len().saturating_sub(1) as u32;
    if !code.is_empty() && turns.last() != Some(&last) {
        turns.push(last);
    }
    Ok(())
}

/// What the loop above wants to know of an opcode, gathered from its row when this is compiled.
#[derive(Clone, Copy)]
struct Row {
    /// The bits of the instruction word that name single registers.
    registers: u64,
    /// The bits that are neither the opcode nor an operand.
    unused: u64,
    /// How far to shift the word for a constant of any kind, a number, a short string, an
    /// upvalue; 0 if there is no such operand.
    constant: u8,
    number: u8,
    string: u8,
    upvalue: u8,
    /// It has only operands that name single registers or may have any value, and windows.
    simple: bool,
    /// It has a window.
    window: bool,
    /// Some operand is of another kind than all these: look at each.
    other: bool,
    /// See [`is_turn`].
    is_turn: bool,
}

static ROWS: [Row; Op::COUNT] = rows();

const fn rows() -> [Row; Op::COUNT] {
    let nothing = Row {
        registers: 0,
        unused: !0xff,
        constant: 0,
        number: 0,
        string: 0,
        upvalue: 0,
        simple: true,
        window: false,
        other: false,
        is_turn: false,
    };
    let mut rows = [nothing; Op::COUNT];
    let mut op = 0;
    while op < Op::COUNT {
        let row = &mut rows[op];
        let mut i = 0;
        while i < OPS[op].operands.len() {
            let operand = OPS[op].operands[i];
            row.unused &= !bits(operand.field);
            let shift = match operand.field {
                Field::a => 16,
                Field::b => 32,
                Field::c => 48,
                Field::n | Field::bx => 0,
            };
            match operand.role {
                Role::Dst | Role::Src => row.registers |= bits(operand.field),
                Role::Uint | Role::Int | Role::IntWide | Role::Count => {}
                Role::Jump | Role::JumpWide => {}
                Role::Win => row.window = true,
                Role::Const if shift != 0 && row.constant == 0 => row.constant = shift,
                Role::ConstNum if shift != 0 && row.number == 0 => row.number = shift,
                Role::ConstStr if shift != 0 && row.string == 0 => row.string = shift,
                Role::Upvalue if shift != 0 && row.upvalue == 0 => row.upvalue = shift,
                _ => row.other = true,
            }
            i += 1;
        }
        let constants = row.constant != 0 || row.number != 0 || row.string != 0;
        row.simple = !constants && row.upvalue == 0 && !row.other;
        row.is_turn = is_turn(OPS[op].op, OPS[op].flow);
        op += 1;
    }
    rows
}

/// Whether the opcode does more than going on to the next instruction, has a rule about its
/// neighbours, or marks a variable to be closed.
const fn is_turn(op: Op, flow: Flow) -> bool {
    !matches!(flow, Flow::Next) || matches!(op, Op::SetList | Op::VarargPrep | Op::Vararg | Op::Tbc)
}

/// Whether constants and upvalues are surely as they should be.
#[inline]
fn fits(function: &Function<'_>, row: &Row, word: u64) -> bool {
    let (constants, upvalues) = (&function.proto.constants, &function.proto.upvalues);
    let at = |shift: u8| (word >> shift & 0xffff) as usize;
    let constant = |shift: u8| {
        let at = at(shift);
        if at <= MAX_CONST_OPERAND as usize { constants.get(at) } else { None }
    };
    !row.other
        && (row.string == 0 || constant(row.string).is_some_and(is_short_string))
        && (row.constant == 0 || constant(row.constant).is_some())
        && (row.number == 0
            || matches!(constant(row.number), Some(Constant::Int(_) | Constant::Float(_))))
        && (row.upvalue == 0 || at(row.upvalue) < upvalues.len())
}

#[inline]
fn is_short_string(constant: &Constant) -> bool {
    matches!(constant, Constant::Str(s) if s.len() <= MAX_SHORT_STRING)
}

/// The bits of the instruction word that a field occupies.
const fn bits(field: Field) -> u64 {
    match field {
        Field::n => 0xff << 8,
        Field::a => 0xffff << 16,
        Field::b => 0xffff << 32,
        Field::c => 0xffff << 48,
        Field::bx => 0xffff_ffff << 32,
    }
}

/// Looks at each operand, one by one.
fn check_operands(function: &Function<'_>, pc: usize, instr: Instr) -> Result<(), VerifyError> {
    let Some(op) = instr.opcode() else { return Ok(()) };
    for &operand in op.info().operands {
        check_operand(function, pc, op, instr, operand)?;
    }
    Ok(())
}

#[inline]
fn check_operand(
    function: &Function<'_>,
    pc: usize,
    op: Op,
    instr: Instr,
    operand: Operand,
) -> Result<(), VerifyError> {
    let proto = function.proto;
    let value = operand::value(instr, operand);
    match operand.role {
        Role::Dst | Role::Src => {
            if value >= proto.max_stack as i64 {
                return Err(outside(function, pc, "R", value, proto.max_stack as usize));
            }
        }
        Role::Win => check_window(function, pc, op, instr)?,
        Role::Const | Role::ConstNum | Role::ConstStr => {
            let Some(constant) = proto.constants.get(value as usize) else {
                return Err(outside(function, pc, "K", value, proto.constants.len()));
            };
            if value > MAX_CONST_OPERAND as i64 {
                let message = format!("K{value} needs a LOADK: beyond K{MAX_CONST_OPERAND}");
                return Err(function.fail_at(pc, message));
            }
            let right_kind = match operand.role {
                Role::ConstNum => matches!(constant, Constant::Int(_) | Constant::Float(_)),
                Role::ConstStr => is_short_string(constant),
                _ => true,
            };
            if !right_kind {
                let wanted = if operand.role == Role::ConstNum { "number" } else { "short string" };
                return Err(function.fail_at(pc, format!("K{value} is not a {wanted}")));
            }
        }
        Role::ConstWide => {
            if value >= proto.constants.len() as i64 {
                return Err(outside(function, pc, "K", value, proto.constants.len()));
            }
        }
        Role::Upvalue => {
            if value >= proto.upvalues.len() as i64 {
                return Err(outside(function, pc, "U", value, proto.upvalues.len()));
            }
        }
        Role::Proto => {
            if value >= proto.protos.len() as i64 {
                return Err(outside(function, pc, "P", value, proto.protos.len()));
            }
        }
        Role::Flag => {
            let limit = if op == Op::AddI { 2 } else { 1 };
            if value > limit {
                return Err(function.fail_at(pc, format!("flag {value} is above {limit}")));
            }
        }
        // Any value has a meaning; jumps are `flow`'s.
        Role::Uint | Role::Int | Role::IntWide | Role::Count | Role::Jump | Role::JumpWide => {}
    }
    Ok(())
}

#[cold]
fn outside(f: &Function<'_>, pc: usize, prefix: &str, value: i64, count: usize) -> VerifyError {
    let what = match prefix {
        "R" => "registers",
        "K" => "constants",
        "U" => "upvalues",
        _ => "inner functions",
    };
    f.fail_at(pc, format!("{prefix}{value} does not exist, there are {count} {what}"))
}

/// Checks that the registers a window instruction may touch are the frame's, and its counts.
///
/// `end` is one past the highest of them. A window "to top" is bounded here by its first register
/// only: `multi` relates it to its producer.
fn check_window(
    function: &Function<'_>,
    pc: usize,
    op: Op,
    instr: Instr,
) -> Result<(), VerifyError> {
    let (a, b, c, n) = (instr.a as u32, instr.b as u32, instr.c as u32, instr.n as u32);
    let end = match op {
        Op::LoadNil => a + b + 1,
        Op::SetList => a + n + 1,
        Op::SelfK => a + 3,
        Op::Concat if b >= 2 => a + b,
        Op::Concat => return Err(function.fail_at(pc, "needs at least two operands")),
        // The function, the link, arguments from A+2 to A+B; results from A to A+C-2.
        Op::Call => a + 2.max(b + 1).max(c.saturating_sub(1)),
        Op::TailCall => a + 2.max(b + 1),
        Op::Return => a + b.saturating_sub(1),
        Op::Vararg if c == 0 => a + 1,
        Op::Vararg => a + c - 1,
        Op::ForPrep | Op::ForLoop | Op::TForPrep => a + 4,
        Op::TForCall if c >= 1 => a + 8.max(c + 4),
        Op::TForCall => return Err(function.fail_at(pc, "needs at least one variable")),
        Op::TForLoop => a + 5,
        // No other row has a window: one register would be the least it touches.
        _ => a + 1,
    };
    if end > function.proto.max_stack as u32 {
        return Err(function.fail_at(
            pc,
            format!(
                "window ends at R{}, the frame has {} registers",
                end.saturating_sub(1),
                function.proto.max_stack
            ),
        ));
    }
    Ok(())
}
