//! Making faults of the running function at its current instruction, and errors of faults.

use super::{BadArgument, Fault, FaultKind, FaultOperand, FaultSite, Operand, Problem, Raised};
use crate::debug::names::{frame_upvalue_name, name_from_call, register_name};
use crate::debug::position::{line_of, position};
use crate::debug::visible_code;
use crate::error::Raise;
use crate::meta::Event;
use crate::object::fault::OwnedName;
use crate::object::native::Native;
use crate::stack::{FrameKind, FrameView};
use crate::value::{Type, Value, tag};
use crate::vm::Vm;
use std::borrow::Cow;

/// Instructions and variables of a function that a unit of fuel pays for when an error is worded.
const LOOKED_AT: u64 = 64;

/// Fuel for wording an error, besides what depends on its size.
const RAISED: u64 = 8;

impl Vm {
    /// The type of a value as messages name it: the `__name` of its metatable if it is a table or
    /// userdata and has one, else its basic type (`luaT_objtypename`).
    pub fn type_name_of(&self, v: Value) -> Cow<'static, [u8]> {
        if matches!(v.tag(), tag::TABLE | tag::USERDATA)
            && let Some(name) = self.metatable_name(v)
        {
            return Cow::Owned(name);
        }
        Cow::Borrowed(v.type_of().name().as_bytes())
    }

    // ------------------------------------------------------------------ instructions

    /// An error of the running instruction, or of a native in the words of instructions, with the
    /// position in front if a function of the language runs (`luaG_runerror`). The operand number
    /// `blamed` gets its name here.
    #[cold]
    pub fn raise(
        &mut self,
        kind: FaultKind,
        operands: &[(Value, Operand)],
        blamed: usize,
    ) -> Raise {
        let frame = self.running_frame();
        let operands = operands.iter().enumerate().map(|(i, &(value, found))| FaultOperand {
            value,
            found,
            type_name: self.type_name_of(value),
            name: frame.as_ref().filter(|_| i == blamed).and_then(|f| operand_name(f, found)),
        });
        let operands = operands.collect();
        self.raise_made(kind, operands, blamed, frame)
    }

    fn raise_made(
        &mut self,
        kind: FaultKind,
        operands: Vec<FaultOperand>,
        blamed: usize,
        frame: Option<FrameView>,
    ) -> Raise {
        let mut text = Vec::with_capacity(96);
        let mut site = None;
        // Names for a value are looked for in all the function's code and variables.
        if let Some((frame, (proto, pc))) = frame.as_ref().and_then(|f| Some((f, visible_code(f)?)))
        {
            let looked_at = pc + proto.data.debug.locals.len();
            self.charge(looked_at as u64 / LOOKED_AT);
            position(&proto.data.chunk, line_of(&proto.data, pc), &mut text);
            site = Some(FaultSite { base: frame.base, pc });
        }
        let raiser = frame.as_ref().and_then(native_of);
        let thread = self.thread;
        let fault = Fault { kind, operands, blamed, thread, site, raiser };
        fault.write_message(&mut text);
        self.raise_fault(fault, &text)
    }

    /// [`Vm::raise`] without operands.
    #[cold]
    pub fn raise_plain(&mut self, kind: FaultKind) -> Raise {
        self.raise(kind, &[], 0)
    }

    /// "attempt to call a nil value (global 'f')" (`luaG_callerror`). `how` is the kind of frame
    /// the call would have made, `found` the register of the called value.
    #[cold]
    pub(crate) fn raise_call(&mut self, v: Value, found: Operand, how: FrameKind) -> Raise {
        let frame = self.running_frame();
        let name = frame.as_ref().and_then(|f| name_from_call(how, f));
        let name = name.or_else(|| frame.as_ref().and_then(|f| operand_name(f, found)));
        let callee = FaultOperand { value: v, found, type_name: self.type_name_of(v), name };
        self.raise_made(FaultKind::Call, vec![callee], 0, frame)
    }

    /// A nil `__close` metamethod of a variable (`callclosemethod`).
    #[cold]
    pub(crate) fn raise_close_method(&mut self) -> Raise {
        let name = Some(OwnedName { what: "metamethod", name: b"close".to_vec() });
        let (found, type_name) = (Operand::None, Cow::Borrowed(&b"nil"[..]));
        let callee = FaultOperand { value: Value::NIL, found, type_name, name };
        let frame = self.running_frame();
        self.raise_made(FaultKind::Call, vec![callee], 0, frame)
    }

    /// "attempt to call a nil value (metamethod '__gc')": a finalizer that cannot be called, which
    /// is a warning and no error.
    #[cold]
    pub(crate) fn finalizer_message(&self, v: Value) -> Vec<u8> {
        let type_name = self.type_name_of(v);
        [b"attempt to call a ", &*type_name, b" value (metamethod '__gc')"].concat()
    }

    /// "variable 'x' got a non-closable value" (`checkclosemth`).
    #[cold]
    pub(crate) fn raise_not_closable(&mut self, v: Value, register: u16) -> Raise {
        let frame = self.running_frame();
        let name = frame
            .as_ref()
            .and_then(|f| self.find_local(self.thread, f, register as i32 + 1))
            .map(|(name, _)| OwnedName { what: "local", name });
        let found = Operand::Reg(register);
        let variable = FaultOperand { value: v, found, type_name: self.type_name_of(v), name };
        self.raise_made(FaultKind::NotClosable, vec![variable], 0, frame)
    }

    /// Failed arithmetic (`luaT_trybinTM`): blames the second operand if the first is a number
    /// (`luaG_opinterror`), or tells of a number without integer representation.
    #[cold]
    pub fn raise_arithmetic(
        &mut self,
        event: Event,
        a: (Value, Operand),
        b: (Value, Operand),
    ) -> Raise {
        use Event::*;
        let mut blamed = usize::from(a.0.is_number());
        let kind = if !matches!(event, BAnd | BOr | BXor | Shl | Shr | BNot) {
            FaultKind::Arithmetic(event)
        } else if a.0.is_number() && b.0.is_number() {
            blamed = usize::from(a.0.to_int_exact().is_some());
            FaultKind::NoInteger
        } else {
            FaultKind::Bitwise(event)
        };
        self.raise(kind, &[a, b], blamed)
    }

    // ------------------------------------------------------------------ natives

    /// An error of the running native about the function at `level` (1: its caller), whose
    /// position stands in front of the message (`luaL_error`). Level 0: the native's caller, and
    /// no position.
    #[cold]
    pub fn raise_native(&mut self, kind: FaultKind, operands: &[Value], level: usize) -> Raise {
        let (fault, mut text) = self.native_fault(kind, operands, level);
        fault.write_message(&mut text);
        self.raise_fault(fault, &text)
    }

    /// The error of a native about its argument `i` (`luaL_argerror`): "bad argument #1 to
    /// 'insert' (table expected, got nil)". Of a method, arguments are counted without `self`.
    #[cold]
    pub(crate) fn raise_argument(&mut self, i: usize, problem: Problem) -> Raise {
        let value = self.arg(i);
        let mut bad = BadArgument { index: i, function: None, is_method: false, problem };
        if let Some(running) = self.activation(self.thread, 0) {
            bad.function = Some(match running.name() {
                Some(name) => {
                    bad.is_method = name.what == "method";
                    name.name
                }
                None => self.global_function_name(running.func()).unwrap_or(b"?".to_vec()),
            });
        }
        bad.index -= usize::from(bad.is_method);
        self.raise_native(FaultKind::BadArgument(bad), &[value], 1)
    }

    /// The error of a native that raises a value of the program, as `error(v, level)` does. If a
    /// coroutine has failed with it before, that is where the error comes from.
    #[cold]
    pub fn raise_value(&mut self, v: Value, level: usize) -> Raise {
        let mut error = v;
        if let Some(message) = v.as_str()
            && level > 0
        {
            if let Err(refused) = self.heap.room_for_message(message.len()) {
                return refused;
            }
            let mut text = self.where_(level);
            text.extend_from_slice(message.bytes());
            error = self.heap.intern_or_long(&text).into();
        }
        let origin = self.failed_with(v);
        // Most errors of programs are caught, and nobody asks for their fault: it is made when it is
        // needed, from the stack as it is then.
        self.raised = None;
        if let Some(origin) = origin {
            self.comes_from(origin, error);
        } else if level > 1 {
            let (fault, _) = self.native_fault(FaultKind::Raised, &[], level);
            self.raised = Some(Raised::new(error, fault));
        }
        Raise::Error(error)
    }

    /// The fault of a native, and the position to stand in front of its message.
    fn native_fault(&self, kind: FaultKind, operands: &[Value], level: usize) -> (Fault, Vec<u8>) {
        let mut text = Vec::with_capacity(96);
        let mut frames = self.frames(self.thread);
        let raiser = frames.next().as_ref().and_then(native_of);
        let mut site = None;
        if let Some(frame) = frames.nth(level.max(1) - 1)
            && let Some((proto, pc)) = visible_code(&frame)
        {
            if let Some(line) = line_of(&proto.data, pc).filter(|&line| level > 0 && line > 0) {
                position(&proto.data.chunk, Some(line), &mut text);
            }
            site = Some(FaultSite { base: frame.base, pc });
        }
        let operands = operands.iter().map(|&value| FaultOperand {
            value,
            found: Operand::None,
            type_name: self.type_name_of(value),
            name: None,
        });
        let operands = operands.collect();
        (Fault { kind, operands, blamed: 0, thread: self.thread, site, raiser }, text)
    }

    /// The fault of an error that came without one: whatever runs has raised it.
    pub(crate) fn plain_fault(&self, kind: FaultKind) -> Fault {
        match self.running_frame().as_ref().and_then(|f| Some((f.base, visible_code(f)?.1))) {
            Some((base, pc)) => {
                let site = Some(FaultSite { base, pc });
                let (thread, operands) = (self.thread, Vec::new());
                Fault { kind, operands, blamed: 0, thread, site, raiser: None }
            }
            None => self.native_fault(kind, &[], 0).0,
        }
    }

    /// The error with this text; from now on the fault travels with it.
    fn raise_fault(&mut self, mut fault: Fault, text: &[u8]) -> Raise {
        self.charge(RAISED);
        self.charge_many(text.len(), 8);
        let error: Value = self.heap.intern_or_long(text).into();
        fault.shorten();
        self.raised = Some(Raised::new(error, fault));
        Raise::Error(error)
    }

    pub(crate) fn running_frame(&self) -> Option<FrameView> {
        self.frames(self.thread).next()
    }
}

/// What the code calls an operand (`varinfo`).
fn operand_name(frame: &FrameView, found: Operand) -> Option<OwnedName> {
    match found {
        Operand::Reg(r) => register_name(frame, r as usize),
        Operand::Upvalue(n) => frame_upvalue_name(frame, n as usize),
        Operand::None => None,
    }
}

fn native_of(frame: &FrameView) -> Option<&'static Native> {
    Some(frame.func.as_native()?.native())
}

/// The type of an argument as `luaL_typeerror` names it.
pub(crate) fn argument_type(vm: &Vm, i: usize) -> Option<Cow<'static, [u8]>> {
    let v = vm.arg(i);
    match vm.metatable_name(v) {
        Some(name) => Some(Cow::Owned(name)),
        None if v.type_of() == Type::LightUserdata => Some(Cow::Borrowed(b"light userdata")),
        None if i > vm.nargs() => None,
        None => Some(Cow::Borrowed(v.type_of().name().as_bytes())),
    }
}
