//! Every opcode and every operand, by role.

use super::{Function, VerifyError};
use crate::instr::Instr;
use crate::operand;
use crate::ops::{Field, Flow, OPS, Op, Operand, Role};
use crate::proto::{Constant, Proto};
use crate::{MAX_CONST_OPERAND, MAX_SHORT_STRING};

/// Leaves in `turns` the places that the passes after this one look at: where control does more
/// than go on to the next instruction, where values up to the top are left or taken, and where a
/// variable is marked to be closed.
pub(super) fn check(function: &Function<'_>, turns: &mut Vec<u32>) -> Result<(), VerifyError> {
    let limits = Limits::of(function.proto);
    turns.clear();
    for (pc, &instr) in function.proto.code.iter().enumerate() {
        let word = u64::from_le_bytes(instr.to_bytes());
        let row = &ROWS[instr.op as usize];
        let named = word & row.registers;
        let strange = (named | named.wrapping_add(limits.registers)) & TOPS | word & row.unused;
        if strange != 0 || row.indexes && !fits(function, &limits, row, word) {
            check_operands(function, pc, instr)?;
        }
        if row.window
            && let Some(op) = instr.opcode()
        {
            check_window(function, pc, op, instr)?;
        }
        if row.turn && (word & row.zeros[0] == 0 || word & row.zeros[1] == 0) {
            turns.push(pc as u32);
        }
    }
    Ok(())
}

/// The highest bit of each 16-bit field.
const TOPS: u64 = 0x8000_8000_8000_0000;

/// How many there are of what operands name.
struct Limits {
    /// Added to a 16-bit field below 0x8000, sets its highest bit if there is no such register.
    registers: u64,
    /// By [`Kind`].
    counts: [u64; Kind::COUNT],
}

impl Limits {
    fn of(proto: &Proto) -> Limits {
        // `structure` has seen that there are no more than MAX_REGISTERS.
        let room = 0x8000u16.saturating_sub(proto.max_stack) as u64;
        let constants = proto.constants.len() as u64;
        let mut counts = [u64::MAX; Kind::COUNT];
        counts[Kind::Const as usize] = constants.min(MAX_CONST_OPERAND as u64 + 1);
        counts[Kind::ConstWide as usize] = constants;
        counts[Kind::Upvalue as usize] = proto.upvalues.len() as u64;
        counts[Kind::Proto as usize] = proto.protos.len() as u64;
        counts[Kind::ThreeWays as usize] = 3;
        Limits { registers: room << 16 | room << 32 | room << 48, counts }
    }
}

/// What an operand that must be below some count stands for.
#[derive(Clone, Copy)]
enum Kind {
    Nothing,
    Const,
    ConstWide,
    Upvalue,
    Proto,
    /// The flag of ADDI, the only one with three values.
    ThreeWays,
}

impl Kind {
    const COUNT: usize = 6;
}

/// Such an operand, and where it stands in the instruction word.
#[derive(Clone, Copy)]
struct Index {
    kind: Kind,
    shift: u8,
    mask: u32,
}

/// What a constant must be.
#[derive(Clone, Copy)]
enum Class {
    Any,
    Number,
    ShortString,
}

/// What the loop above wants to know of an opcode, gathered from its row when this is compiled.
#[derive(Clone, Copy)]
struct Row {
    /// The bits of the instruction word that name single registers.
    registers: u64,
    /// The bits that are neither the opcode nor an operand; the higher bits of flags. All, for a
    /// number that is no opcode and for an opcode whose operands must be looked at one by one.
    unused: u64,
    /// It is a turn if the word has only zeros in one of these.
    zeros: [u64; 2],
    /// It may be a turn.
    turn: bool,
    /// It has a window.
    window: bool,
    /// It has indices.
    indexes: bool,
    /// What the constant that is the first index must be.
    class: Class,
    indices: [Index; 2],
}

/// By opcode and by numbers that are none.
static ROWS: [Row; 256] = {
    let nothing = Index { kind: Kind::Nothing, shift: 0, mask: 0 };
    let no_opcode = Row {
        registers: 0,
        unused: !0,
        zeros: [0; 2],
        turn: false,
        window: false,
        indexes: false,
        class: Class::Any,
        indices: [nothing; 2],
    };
    let mut rows = [no_opcode; 256];
    let mut op = 0;
    while op < Op::COUNT {
        rows[op].unused = !0xff;
        rows[op] = with_operands(rows[op], OPS[op].op, OPS[op].operands);
        rows[op] = with_turns(rows[op], OPS[op].op, OPS[op].flow);
        op += 1;
    }
    rows
};

const fn with_operands(mut row: Row, op: Op, operands: &[Operand]) -> Row {
    let mut count = 0;
    let mut i = 0;
    while i < operands.len() {
        let Operand { field, role } = operands[i];
        i += 1;
        row.unused &= !bits(field);
        let kind = match role {
            Role::Dst | Role::Src => {
                row.registers |= bits(field);
                continue;
            }
            Role::Win => {
                row.window = true;
                continue;
            }
            Role::Uint | Role::Int | Role::IntWide | Role::Count => continue,
            Role::Jump | Role::JumpWide => continue,
            Role::Flag if !matches!(op, Op::AddI) => {
                let bits = bits(field);
                row.unused |= bits & (bits << 1);
                continue;
            }
            Role::Flag => Kind::ThreeWays,
            Role::Const => Kind::Const,
            Role::ConstNum | Role::ConstStr => {
                assert!(count == 0 || !matches!(row.indices[0].kind, Kind::Const));
                row.class = match role {
                    Role::ConstNum => Class::Number,
                    _ => Class::ShortString,
                };
                // It goes first.
                row.indices[1] = row.indices[0];
                row.indices[0] = index(Kind::Const, field);
                count += 1;
                continue;
            }
            Role::ConstWide => Kind::ConstWide,
            Role::Upvalue => Kind::Upvalue,
            Role::Proto => Kind::Proto,
        };
        if count == row.indices.len() {
            // Only SETTABUPK has three. No number but that of the opcode 0 is all zeros.
            assert!(op as u8 != 0);
            row.unused = !0;
            return row;
        }
        row.indices[count] = index(kind, field);
        count += 1;
    }
    row.indexes = count > 0;
    row
}

const fn index(kind: Kind, field: Field) -> Index {
    let bits = bits(field);
    let shift = bits.trailing_zeros() as u8;
    Index { kind, shift, mask: (bits >> shift) as u32 }
}

const fn with_turns(mut row: Row, op: Op, flow: Flow) -> Row {
    let (n, b, c) = (bits(Field::n), bits(Field::b), bits(Field::c));
    // Nothing of the word is in 0: always.
    let zeros = match op {
        Op::Call => [b, c],
        Op::Return => [b, b],
        Op::SetList => [n, n],
        Op::Return0 | Op::Return1 => return row,
        Op::VarargPrep | Op::Vararg | Op::TailCall | Op::Tbc => [0, 0],
        _ if matches!(flow, Flow::Next) => return row,
        _ => [0, 0],
    };
    row.zeros = zeros;
    row.turn = true;
    row
}

/// Whether what the instruction names by index exists and is of the right kind.
#[inline]
fn fits(function: &Function<'_>, limits: &Limits, row: &Row, word: u64) -> bool {
    let [first, second] = row.indices.map(|index| word >> index.shift & index.mask as u64);
    let [first_kind, second_kind] = row.indices.map(|index| index.kind as usize);
    if first >= limits.counts[first_kind] || second >= limits.counts[second_kind] {
        return false;
    }
    let constant = function.proto.constants.get(first as usize);
    match row.class {
        Class::Any => true,
        Class::Number => matches!(constant, Some(Constant::Int(_) | Constant::Float(_))),
        Class::ShortString => constant.is_some_and(is_short_string),
    }
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

/// Looks at the opcode and each operand, one by one, and says what is wrong.
#[cold]
fn check_operands(function: &Function<'_>, pc: usize, instr: Instr) -> Result<(), VerifyError> {
    let Some(op) = instr.opcode() else {
        return Err(function.fail_at(pc, format!("there is no opcode {}", instr.op)));
    };
    let mut unused = !0xff;
    for &operand in op.info().operands {
        unused &= !bits(operand.field);
        check_operand(function, pc, op, instr, operand)?;
    }
    if u64::from_le_bytes(instr.to_bytes()) & unused != 0 {
        return Err(function.fail_at(pc, "a field that is no operand is not zero"));
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
        // Any value has a meaning; jumps are `flow`'s, windows `check_window`'s.
        Role::Win | Role::Uint | Role::Int | Role::IntWide | Role::Count | Role::Jump | Role::JumpWide => {}
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
