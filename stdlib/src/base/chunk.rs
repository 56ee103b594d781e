//! `load`, `loadfile`, `dofile`.

use crate::load::{Refused, check_mode, load_bytes, load_file};
use crate::os::c_str;
use crate::prim;
use luka_vm::{Action, Gc, LuaFn, Native, NativeResult, Raise, Type, Value, Vm};

pub static DOFILE_DONE: Native = Native::then_yieldable("base.dofile:done", dofile_done);
pub static LOAD_PIECE: Native = Native::then("base.load:piece", load_piece).catching_handled();

/// The function, with its environment if one is given; or nil and why there is none.
fn finish(vm: &mut Vm, loaded: Result<Gc<LuaFn>, Refused>, env: Option<Value>) -> NativeResult {
    match loaded {
        Ok(f) => {
            if let Some(env) = env {
                f.set_upvalue(&mut vm.heap, 0, env);
            }
            vm.ret1(Value::from(f))
        }
        Err(message) => {
            let message = vm.str(&message)?;
            vm.ret2(Value::NIL, message)
        }
    }
}

pub fn loadfile(vm: &mut Vm) -> NativeResult {
    let path = vm.opt_str(1)?.map(|s| c_str(s.bytes()));
    let mode = vm.opt_str(2)?.map(|s| c_str(s.bytes()));
    let env = (vm.nargs() >= 3).then(|| vm.arg(3));
    let loaded = load_file(vm, path, mode);
    finish(vm, loaded, env)
}

pub fn dofile(vm: &mut Vm) -> NativeResult {
    let path = vm.opt_str(1)?.map(|s| c_str(s.bytes()));
    vm.set_top(1);
    match load_file(vm, path, None) {
        Ok(f) => {
            vm.push_fn(f.into());
            vm.call(0, -1, &DOFILE_DONE)
        }
        Err(message) => Err(vm.error_plain(message)),
    }
}

fn dofile_done(vm: &mut Vm) -> NativeResult {
    vm.ret_from(2)
}

/// Slots of `load` with a reader function: the four arguments, then these.
mod at {
    /// Whether an environment was given.
    pub const ENV: usize = 5;
    /// Userdata whose buffer gathers the pieces.
    pub const PIECES: usize = 6;
}

pub fn load(vm: &mut Vm) -> NativeResult {
    let chunk = vm.arg(1);
    let mode = vm.opt_str(3)?.map_or(&b"bt"[..], |s| c_str(s.bytes()));
    let env = (vm.nargs() >= 4).then(|| vm.arg(4));
    if chunk.is_string() || chunk.is_number() {
        let text = vm.check_str(1)?;
        let name = vm.opt_str(2)?.unwrap_or(text);
        vm.charge(text.len() as u64);
        let loaded = load_bytes(vm, text.bytes(), c_str(name.bytes()), Some(mode));
        return finish(vm, loaded, env);
    }
    vm.opt_str(2)?;
    vm.check_type(1, Type::Function)?;
    vm.set_top(4);
    vm.push(Value::bool(env.is_some()));
    let pieces = prim::new_userdata(vm, "buffer", 0);
    vm.push(pieces.into());
    read_piece(vm)
}

/// Calls the reader; its errors are `load`'s results.
fn read_piece(vm: &mut Vm) -> NativeResult {
    let reader = vm.arg(1);
    vm.push(Value::TRUE);
    vm.push_fn(reader);
    Ok(Action::Call { nargs: 0, nres: 1, then: &LOAD_PIECE })
}

/// Bytes a reader has given before they are compiled for a first time; again whenever they have
/// doubled. (PUC compiles as it reads.)
const FIRST_LOOK: usize = 1 << 16;

/// The error in the beginning of a text, if it is not that the text ends.
fn refuse_early(vm: &mut Vm, bytes: &[u8], name: &[u8]) -> Result<(), Refused> {
    if luka_bytecode::image::is_image(bytes) {
        return Ok(());
    }
    // No token but a string or comment reaches over white space, and one that is cut ends the text.
    let end = bytes.iter().rposition(u8::is_ascii_whitespace).unwrap_or(0);
    match vm.loader().load(&bytes[..end], name) {
        Err(e) if !e.message.ends_with(b"<eof>") => Err(e.message),
        _ => Ok(()),
    }
}

fn load_piece(vm: &mut Vm) -> NativeResult {
    let piece = vm.pop();
    let ok = !vm.pop().is_falsy();
    if !ok {
        return vm.ret2(Value::NIL, piece);
    }
    let Some(pieces) = vm.arg(at::PIECES).as_userdata() else {
        return vm.ret0();
    };
    let piece = if let Some(s) = piece.as_str() {
        s.bytes()
    } else if piece.is_number() {
        vm.number_to_str(piece).bytes()
    } else if piece.is_nil() {
        b""
    } else {
        let mut message = vm.where_(1);
        message.extend_from_slice(b"reader function must return a string");
        return finish(vm, Err(message), None);
    };
    let mode = vm.opt_str(3)?.map_or(&b"bt"[..], |s| c_str(s.bytes()));
    if !piece.is_empty() {
        vm.charge(piece.len() as u64);
        prim::check_room(vm, piece.len())?;
        let size = pieces.with_buffer(&mut vm.heap, |b| {
            b.extend_from_slice(piece);
            b.len()
        });
        if vm.heap.over_limit() {
            return Err(Raise::Memory);
        }
        let before = size - piece.len();
        let refused = if before == 0 {
            // A chunk of the wrong kind is refused at its first piece,
            check_mode(piece, Some(mode))
        } else if size >= FIRST_LOOK && size.ilog2() != before.ilog2() {
            // and one with an early error before a reader that never ends has filled the memory.
            let name = vm.opt_str(2)?.map_or(&b"=(load)"[..], |s| c_str(s.bytes()));
            let bytes = pieces.with_buffer(&mut vm.heap, |b| b.clone());
            refuse_early(vm, &bytes, name)
        } else {
            Ok(())
        };
        return match refused {
            Ok(()) => read_piece(vm),
            Err(message) => finish(vm, Err(message), None),
        };
    }
    let name = vm.opt_str(2)?.map_or(&b"=(load)"[..], |s| c_str(s.bytes()));
    let env = (!vm.arg(at::ENV).is_falsy()).then(|| vm.arg(4));
    let bytes = pieces.take_buffer(&mut vm.heap);
    let loaded = load_bytes(vm, &bytes, name, Some(mode));
    finish(vm, loaded, env)
}
