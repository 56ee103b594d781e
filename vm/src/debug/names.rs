//! Names for values and functions, found by reading the code around them: symbolic execution as
//! in PUC Lua's `ldebug.c`. What an instruction writes and where it jumps comes from the roles of
//! the opcode table; only windows need a word of their own.

use super::visible_code;
use crate::function::ProtoData;
use crate::meta::Event;
use crate::object::fault::OwnedName;
use crate::stack::{FrameKind, FrameView};
use luka_bytecode::ops::Field;
use luka_bytecode::{Flow, Instr, LocalVar, Op, Role};

/// What the code calls a value: `local 'x'`, `method 'insert'`, `metamethod 'add'`…
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Name<'a> {
    /// What kind of thing it is: `local`, `global`, `method`, …
    pub what: &'static str,
    /// The name itself.
    pub name: &'a [u8],
}

impl<'a> Name<'a> {
    fn new(what: &'static str, name: &'a [u8]) -> Name<'a> {
        Name { what, name }
    }

    fn to_owned(self) -> OwnedName {
        OwnedName { what: self.what, name: self.name.to_vec() }
    }
}

/// Slots are 16 bytes: register and constant operands of linked code are divided by it.
const SCALE: u16 = 16;

/// The register or 16-bit constant index in an operand of linked code.
fn index(operand: u16) -> usize {
    (operand / SCALE) as usize
}

/// The variables active at an instruction, in the order of their registers.
pub(crate) fn active_locals(proto: &ProtoData, pc: usize) -> impl Iterator<Item = &LocalVar> {
    let pc = pc as u32;
    proto.debug.locals.iter().take_while(move |v| v.start_pc <= pc).filter(move |v| pc < v.end_pc)
}

/// The variable in a register, unless it is one of the compiler's own, `(value 1)`.
fn local_in(proto: &ProtoData, register: usize, pc: usize) -> Option<&[u8]> {
    let local = active_locals(proto, pc).find(|v| v.register as usize == register);
    local.map(|v| &*v.name).filter(|name| !name.starts_with(b"("))
}

/// The name of an upvalue; `?` when stripped.
pub(crate) fn upvalue_name(proto: &ProtoData, n: usize) -> &[u8] {
    proto.debug.upvalue_names.get(n).map_or(b"?", |name| name)
}

/// A constant as a name: up to its first zero byte, as C strings end.
fn string_constant(proto: &ProtoData, k: usize) -> Option<&[u8]> {
    proto.constants.get(k)?.as_str()?.bytes().split(|&b| b == 0).next()
}

/// Whether an instruction writes a register, as far as the search for a value's origin goes.
fn writes(op: Op, i: Instr, register: usize) -> bool {
    let a = index(i.a);
    match op {
        Op::LoadNil => (a..=a + i.b as usize).contains(&register),
        // A call leaves nothing above its function as it was.
        Op::Call | Op::TailCall => register >= a,
        Op::TForCall => register >= a + 4,
        Op::TForLoop => register == a + 2,
        Op::ForPrep | Op::ForLoop => (a..=a + 3).contains(&register),
        Op::SelfK => register == a || register == a + 2,
        Op::Concat => register == a,
        Op::Vararg if i.c == 0 => register >= a,
        Op::Vararg => (a..a + i.c as usize - 1).contains(&register),
        _ => op.role(Field::a) == Some(Role::Dst) && register == a,
    }
}

/// Where a conditional or plain jump goes. Loop instructions do not count: what they jump over is
/// a block with its own variables.
fn jump_target(op: Op, i: Instr, pc: usize) -> Option<usize> {
    if matches!(op, Op::ForPrep | Op::ForLoop | Op::TForPrep | Op::TForLoop)
        || !matches!(op.info().flow, Flow::Branch | Flow::Goto)
    {
        return None;
    }
    let distance = if op.role(Field::bx).is_some() { i.sbx() as i64 } else { i.sc() as i64 };
    usize::try_from(pc as i64 + 1 + distance).ok()
}

/// The last instruction before `last` that wrote a register, if it certainly ran.
fn origin(proto: &ProtoData, last: usize, register: usize) -> Option<usize> {
    let mut found = None;
    // Code before this address is conditional.
    let mut joined = 0;
    for (pc, &i) in proto.code.iter().enumerate().take(last) {
        let Some(op) = i.opcode() else { continue };
        if writes(op, i, register) {
            found = (pc >= joined).then_some(pc);
        }
        if let Some(target) = jump_target(op, i, pc)
            && target <= last
        {
            joined = joined.max(target);
        }
    }
    found
}

/// Moves from register to register that a value is followed through.
const MOVES: usize = 20;

/// The name of a register's value if it is a variable or constant; else the instruction that
/// computed it.
fn plain_name(
    proto: &ProtoData,
    mut pc: usize,
    mut register: usize,
) -> Result<Name<'_>, Option<usize>> {
    for _ in 0..MOVES {
        if let Some(name) = local_in(proto, register, pc) {
            return Ok(Name::new("local", name));
        }
        pc = origin(proto, pc, register).ok_or(None)?;
        let i = proto.code[pc];
        match i.opcode() {
            Some(Op::Move) if i.b < i.a => register = index(i.b),
            Some(Op::GetUpval) => {
                return Ok(Name::new("upvalue", upvalue_name(proto, i.b as usize)));
            }
            Some(Op::LoadK) => {
                let constant = string_constant(proto, i.bx() as usize).ok_or(Some(pc))?;
                return Ok(Name::new("constant", constant));
            }
            _ => return Err(Some(pc)),
        }
    }
    Err(None)
}

/// `global` for fields of a variable called `_ENV`, else `field`.
fn access_kind(table: Option<Name<'_>>) -> &'static str {
    match table {
        Some(t) if t.name == b"_ENV" && (t.what == "local" || t.what == "upvalue") => "global",
        _ => "field",
    }
}

/// What the code calls the value in a register, seen from an instruction.
pub(crate) fn value_name(proto: &ProtoData, pc: usize, register: usize) -> Option<Name<'_>> {
    let pc = match plain_name(proto, pc, register) {
        Ok(name) => return Some(name),
        Err(origin) => origin?,
    };
    let i = proto.code[pc];
    let (b, c) = (index(i.b), index(i.c));
    let key = |k| string_constant(proto, k).unwrap_or(b"?");
    match i.opcode()? {
        Op::GetTabUp => {
            let table = Name::new("upvalue", upvalue_name(proto, i.b as usize));
            Some(Name::new(access_kind(Some(table)), key(c)))
        }
        Op::GetField => Some(Name::new(access_kind(plain_name(proto, pc, b).ok()), key(c))),
        Op::GetTable => {
            let name = match plain_name(proto, pc, c) {
                Ok(Name { what: "constant", name }) => name,
                _ => b"?",
            };
            if opens_method_call(proto, pc) {
                return Some(Name::new("method", name));
            }
            Some(Name::new(access_kind(plain_name(proto, pc, b).ok()), name))
        }
        // PUC has larger indices in registers, which tells less.
        Op::GetI if i.c > 255 => Some(Name::new(access_kind(plain_name(proto, pc, b).ok()), b"?")),
        Op::GetI => Some(Name::new("field", b"integer index")),
        Op::SelfK if register == index(i.a) => Some(Name::new("method", key(c))),
        _ => None,
    }
}

/// Whether a GETTABLE is the last of the three instructions that stand for SELF with a name too
/// long for an instruction: receiver and name are put into the window of the call first.
fn opens_method_call(proto: &ProtoData, pc: usize) -> bool {
    let Some([receiver, name, get]) = pc.checked_sub(2).and_then(|at| proto.code.get(at..=pc))
    else {
        return false;
    };
    receiver.opcode() == Some(Op::Move)
        && name.opcode() == Some(Op::LoadK)
        && receiver.a == get.b
        && get.b == get.a + 2 * SCALE
        && (name.a, get.c) == (get.a, get.a)
        && local_in(proto, index(get.b), pc).is_none()
}

/// The metamethod an instruction may call.
fn event_of(op: Op) -> Option<Event> {
    use Op::*;
    Some(match op {
        SelfK | GetTabUp | GetTable | GetI | GetField => Event::Index,
        SetTabUp | SetTabUpK | SetTable | SetTableK | SetI | SetIK | SetField | SetFieldK => {
            Event::NewIndex
        }
        AddI | AddK | Add => Event::Add,
        SubK | Sub => Event::Sub,
        MulK | Mul => Event::Mul,
        ModK | Mod => Event::Mod,
        PowK | Pow => Event::Pow,
        DivK | Div => Event::Div,
        IDivK | IDiv => Event::IDiv,
        BAndK | BAnd => Event::BAnd,
        BOrK | BOr => Event::BOr,
        BXorK | BXor => Event::BXor,
        ShlK | Shl => Event::Shl,
        ShrK | Shr => Event::Shr,
        Unm => Event::Unm,
        BNot => Event::BNot,
        Len => Event::Len,
        Concat => Event::Concat,
        JEq | JNe => Event::Eq,
        JLt | JNlt | JLtI | JNltI | JGtI | JNgtI => Event::Lt,
        JLe | JNle | JLeI | JNleI | JGeI | JNgeI => Event::Le,
        Close | Return => Event::Close,
        _ => return None,
    })
}

/// The event an instruction stands for. `a - 2` and `a << 2`, `a >> 2` may be compiled to an
/// instruction with the negated operand; its `n` tells.
fn event_of_instr(op: Op, i: Instr) -> Option<Event> {
    if op == Op::AddI && i.n == 2 {
        return Some(Event::Sub);
    }
    event_of(op)
}

/// What the calling instruction calls the function it runs.
pub(crate) fn callee_name(proto: &ProtoData, pc: usize) -> Option<Name<'_>> {
    let i = *proto.code.get(pc)?;
    match i.opcode()? {
        Op::Call | Op::TailCall => value_name(proto, pc, index(i.a)),
        Op::TForCall => Some(Name::new("for iterator", b"for iterator")),
        op => {
            let event = event_of_instr(op, i)?;
            Some(Name::new("metamethod", &event.name().as_bytes()[2..]))
        }
    }
}

/// What is known of a function from how it was called: `caller` is the frame below it
/// (`funcnamefromcall`).
pub(crate) fn name_from_call(kind: FrameKind, caller: &FrameView) -> Option<OwnedName> {
    match kind {
        FrameKind::Hook => Some(Name::new("hook", b"?").to_owned()),
        FrameKind::Gc => Some(Name::new("metamethod", b"__gc").to_owned()),
        _ => {
            let (proto, pc) = visible_code(caller)?;
            callee_name(&proto.data, pc).map(Name::to_owned)
        }
    }
}

/// The variable or field in a register of a frame (`varinfo`).
pub(crate) fn register_name(frame: &FrameView, register: usize) -> Option<OwnedName> {
    let (proto, pc) = visible_code(frame)?;
    value_name(&proto.data, pc, register).map(Name::to_owned)
}

/// An upvalue of a frame's function.
pub(crate) fn frame_upvalue_name(frame: &FrameView, n: usize) -> Option<OwnedName> {
    let (proto, _) = visible_code(frame)?;
    Some(Name::new("upvalue", upvalue_name(&proto.data, n)).to_owned())
}
