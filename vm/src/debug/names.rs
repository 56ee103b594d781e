//! Names for values and functions, found by reading the code around them: symbolic execution as
//! in PUC Lua's `ldebug.c`. What an instruction writes and where it jumps comes from the roles of
//! the opcode table; only windows need a word of their own.

use super::visible_code;
use crate::function::ProtoData;
use crate::function::link::unlink;
use crate::object::fault::OwnedName;
use crate::object::proto::unmarked;
use crate::stack::{FrameKind, FrameView};
use luka_bytecode::effects::changes;
use luka_bytecode::ops::Field;
use luka_bytecode::{Class, Flow, Instr, LocalVar, Op, Operand, Role, operand};

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
pub(super) fn index(operand: u16) -> usize {
    (operand / SCALE) as usize
}

/// The instruction with plain operands.
fn plain(i: Instr) -> Instr {
    let mut one = [i];
    unlink(&mut one);
    one[0]
}

/// The variables active at an instruction, in the order of their registers.
pub(crate) fn active_locals(proto: &ProtoData, pc: usize) -> impl Iterator<Item = &LocalVar> {
    let pc = pc as u32;
    proto.debug.locals.iter().take_while(move |v| v.start_pc <= pc).filter(move |v| pc < v.end_pc)
}

/// The variable in a register, unless it is one of the compiler's own, `(value 1)`.
pub(super) fn local_in(proto: &ProtoData, register: usize, pc: usize) -> Option<&[u8]> {
    let local = active_locals(proto, pc).find(|v| v.register as usize == register);
    local.map(|v| &*v.name).filter(|name| !name.starts_with(b"("))
}

/// The name of an upvalue; `?` when stripped.
pub(crate) fn upvalue_name(proto: &ProtoData, n: usize) -> &[u8] {
    proto.debug.upvalue_names.get(n).map_or(b"?", |name| name)
}

/// A constant as a name: up to its first zero byte, as C strings end.
pub(super) fn string_constant(proto: &ProtoData, k: usize) -> Option<&[u8]> {
    proto.constants.get(k)?.as_str()?.bytes().split(|&b| b == 0).next()
}

/// Whether an instruction of linked code may change a register. Everything it changes is at `R[A]` or
/// above.
pub(super) fn writes(op: Op, i: Instr, register: usize) -> bool {
    let a = index(i.a);
    if op.info().effects.is_empty() {
        return a == register && op.role(Field::a) == Some(Role::Dst);
    }
    a <= register && changes(plain(i), register)
}

/// Where a conditional or plain jump goes. Loop instructions do not count: what they jump over is
/// a block with its own variables.
fn jump_target(op: Op, i: Instr, pc: usize) -> Option<usize> {
    let info = op.info();
    if info.class.is_part_of_loop() || !matches!(info.flow, Flow::Branch | Flow::Goto) {
        return None;
    }
    usize::try_from(operand::jump_target(op, i, pc)?).ok()
}

/// The last instruction before `last` that wrote a register, if it certainly ran.
fn origin(proto: &ProtoData, last: usize, register: usize) -> Option<usize> {
    let mut found = None;
    // Code before this address is conditional.
    let mut joined = 0;
    for (pc, i) in proto.instrs().enumerate().take(last) {
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
pub(super) fn plain_name(
    proto: &ProtoData,
    mut pc: usize,
    mut register: usize,
) -> Result<Name<'_>, Option<usize>> {
    for _ in 0..MOVES {
        if let Some(name) = local_in(proto, register, pc) {
            return Ok(Name::new("local", name));
        }
        pc = origin(proto, pc, register).ok_or(None)?;
        let i = proto.instr(pc);
        match i.opcode().map(|op| op.info().class) {
            Some(Class::Move) if i.b < i.a => register = index(i.b),
            Some(Class::GetUpvalue) => {
                return Ok(Name::new("upvalue", upvalue_name(proto, i.b as usize)));
            }
            Some(Class::Load) if i.op == Op::LoadK as u8 => {
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
    let i = proto.instr(pc);
    let info = i.opcode()?.info();
    let is_method = info.class == Class::Method;
    let ([Some(object), Some(key), None], true) =
        (info.inputs, is_method || info.class == Class::Get)
    else {
        return None;
    };
    if is_method && register != index(i.a) {
        return None;
    }
    let named = |name| {
        let table = if object.role == Role::Upvalue {
            Some(Name::new("upvalue", upvalue_name(proto, field(i, object) as usize)))
        } else {
            plain_name(proto, pc, index(field(i, object))).ok()
        };
        Some(Name::new(access_kind(table), name))
    };
    if key.role == Role::ConstStr {
        let name = string_constant(proto, index(field(i, key))).unwrap_or(b"?");
        return if is_method { Some(Name::new("method", name)) } else { named(name) };
    }
    if key.role == Role::Uint {
        // PUC has larger indices in registers, which tells less.
        let is_small = field(i, key) <= 255;
        return if is_small { Some(Name::new("field", b"integer index")) } else { named(b"?") };
    }
    let name = match plain_name(proto, pc, index(field(i, key))) {
        Ok(Name { what: "constant", name }) => name,
        _ => b"?",
    };
    if opens_method_call(proto, pc) { Some(Name::new("method", name)) } else { named(name) }
}

/// A 16-bit operand of linked code.
pub(super) fn field(i: Instr, operand: Operand) -> u16 {
    operand::raw(i, operand.field) as u16
}

/// Whether a GETTABLE is the last of the three instructions that stand for SELF with a name too
/// long for an instruction: receiver and name are put into the window of the call first.
fn opens_method_call(proto: &ProtoData, pc: usize) -> bool {
    let Some(first) = pc.checked_sub(2) else { return false };
    let [receiver, name, get] = [first, first + 1, pc].map(|at| proto.instr(at));
    receiver.opcode() == Some(Op::Move)
        && name.opcode() == Some(Op::LoadK)
        && receiver.a == get.b
        && get.b == get.a + 2 * SCALE
        && (name.a, get.c) == (get.a, get.a)
        && local_in(proto, index(get.b), pc).is_none()
}

/// What the calling instruction calls the function it runs.
pub(crate) fn callee_name(proto: &ProtoData, pc: usize) -> Option<Name<'_>> {
    let i = unmarked(*proto.code.get(pc)?);
    let info = i.opcode()?.info();
    match (info.class, info.event(i.n)) {
        (Class::Call | Class::TailCall, _) => value_name(proto, pc, index(i.a)),
        (Class::GenericCall, _) => Some(Name::new("for iterator", b"for iterator")),
        (_, event) => Some(Name::new("metamethod", &event?.name().as_bytes()[2..])),
    }
}

/// What is known of a function from how it was called: `caller` is the frame below it
/// (`funcnamefromcall`).
pub(crate) fn name_from_call(kind: FrameKind, caller: &FrameView) -> Option<OwnedName> {
    if kind == FrameKind::Hook {
        return Some(Name::new("hook", b"?").to_owned());
    }
    if kind == FrameKind::Gc {
        return Some(Name::new("metamethod", b"__gc").to_owned());
    }
    let (proto, pc) = visible_code(caller)?;
    callee_name(&proto.data, pc).map(Name::to_owned)
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
