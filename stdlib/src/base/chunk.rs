//! `load`, `loadfile`, `dofile`.

use crate::load::{
    COMPILED, LOADING, Refused, check_mode, left_for, load_file, load_paid, make_room_for, message,
};
use crate::os::{c_str, opt_c_arg};
use crate::prim;
use luka_vm::api::frame::slot::{Buffer, Function};
use luka_vm::host::{LoadError, LoadLimits};
use luka_vm::native::contract::BUFFER;
use luka_vm::{Action, Gc, LuaFn, NativeResult, Raise, Str, Type, Value, Vm, continuations, frame};

continuations! { pub static THEN;
    DOFILE_DONE: "base.dofile:done" (dofile_frame, any) [yieldable] = |vm| vm.ret_from(2);
    LOAD_PIECES: "base.load:pieces" (at, 0) = load_pieces;
    LOAD_PAID: "base.load:paid" (load_frame, 0) = load_paid_text;
    /// The reader has returned a piece, or failed.
    LOAD_PIECE: "base.load:piece" (at, 1) [catching_handled] = load_piece;
}

frame! {
    /// Slots of `dofile`: its argument.
    mod dofile_frame { PATH: Value, }
}

frame! {
    /// Slots of `load` with a string: its arguments.
    mod load_frame { _TEXT: Value, }
    rest: Value;
}

frame! {
    /// Slots of `load` with a reader function: the arguments, then its state.
    mod at {
        READER: Function,
        NAME: Option<Gc<Str>>,
        MODE: Option<Gc<Str>>,
        ENV: Value,
        /// Whether an environment was given.
        HAS_ENV: bool,
        /// What the reader has returned so far.
        PIECES: Buffer,
        /// Whether the reader has not failed.
        OUTCOME: bool,
    }
}

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
    let path = opt_c_arg(vm, 1)?;
    let mode = opt_c_arg(vm, 2)?;
    let env = (vm.nargs() >= 3).then(|| vm.arg(3));
    let loaded = load_file(vm, path, mode);
    finish(vm, loaded, env)
}

pub fn dofile(vm: &mut Vm) -> NativeResult {
    let path = opt_c_arg(vm, 1)?;
    vm.set_top(1);
    match load_file(vm, path, None) {
        Ok(f) => {
            vm.push_fn(f.into());
            vm.call(0, -1, &DOFILE_DONE)
        }
        Err(message) => Err(vm.error_plain(message)),
    }
}

pub fn load(vm: &mut Vm) -> NativeResult {
    let chunk = vm.arg(1);
    let mode = opt_c_arg(vm, 3)?.unwrap_or(b"bt");
    let env = (vm.nargs() >= 4).then(|| vm.arg(4));
    if chunk.is_string() || chunk.is_number() {
        let text = vm.check_str(1)?;
        let name = vm.opt_str(2)?.map_or(0, |s| s.len());
        vm.charge(LOADING + text.len() as u64 * COMPILED);
        vm.charge_bytes(name);
        if let Err(message) = check_mode(text.bytes(), Some(mode)) {
            return finish(vm, Err(message), env);
        }
        if vm.is_slice_used() {
            // Who cannot pay for it does not get it.
            return Ok(Action::Pause { then: &LOAD_PAID });
        }
        return load_paid_text(vm);
    }
    let name = vm.opt_str(2)?.map_or(0, |s| s.len());
    vm.charge_bytes(name);
    vm.check_type(1, Type::Function)?;
    at::FRAME.prepare(vm, 4);
    at::HAS_ENV.set(vm, env.is_some());
    let pieces = prim::new_userdata(vm, BUFFER, 0);
    at::PIECES.set(vm, pieces);
    read_piece(vm)
}

/// `load` of a string that has been paid for.
fn load_paid_text(vm: &mut Vm) -> NativeResult {
    let text = vm.check_str(1)?;
    let name = vm.opt_str(2)?.unwrap_or(text);
    let env = (vm.nargs() >= 4).then(|| vm.arg(4));
    make_room_for(vm, text.len());
    vm.heap.room_for_message(name.len())?;
    let interrupt = vm.interrupt_flag();
    match load_paid(vm, text.bytes(), c_str(name.bytes()), Some(&interrupt)) {
        // The host hears it in the pause; if it goes on, so does this.
        Err(LoadError::Interrupted) => Ok(Action::Pause { then: &LOAD_PAID }),
        loaded => finish(vm, loaded.map_err(message), env),
    }
}

/// Calls the reader; its errors are `load`'s results.
fn read_piece(vm: &mut Vm) -> NativeResult {
    at::OUTCOME.set(vm, true);
    let reader = at::READER.get(vm);
    vm.push_fn(reader);
    vm.call(0, 1, &LOAD_PIECE)
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
    let interrupt = vm.interrupt_flag();
    // (While this lasts the heap does not count the bytes.)
    let memory = left_for(vm, bytes.len()).saturating_sub(bytes.len());
    let limits = LoadLimits { memory, interrupt: Some(&interrupt) };
    match vm.loader().load(&bytes[..end], name, limits) {
        Err(LoadError::Refused(message)) if message.ends_with(b"<eof>") => Ok(()),
        Err(LoadError::Interrupted) => Ok(()),
        Err(e) => Err(message(e)),
        Ok(_) => Ok(()),
    }
}

fn load_piece(vm: &mut Vm) -> NativeResult {
    let piece = vm.pop();
    if !at::OUTCOME.get(vm) {
        return vm.ret2(Value::NIL, piece);
    }
    let pieces = at::PIECES.get(vm);
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
    let mode = at::MODE.get(vm).map_or(&b"bt"[..], |s| c_str(s.bytes()));
    let name = at::NAME.get(vm).map_or(&b"=(load)"[..], |s| c_str(s.bytes()));
    if !piece.is_empty() {
        vm.charge_bytes(piece.len());
        let mut text = pieces.take_buffer(&mut vm.heap);
        let grown = vm.heap.grow(&mut text, piece.len());
        let size = pieces.with_buffer(&mut vm.heap, |b| {
            if grown.is_ok() {
                text.extend_from_slice(piece);
            }
            *b = text;
            b.len()
        });
        grown?;
        if vm.heap.over_limit() {
            return Err(Raise::Memory);
        }
        let before = size - piece.len();
        let refused = if before == 0 {
            // A chunk of the wrong kind is refused at its first piece,
            check_mode(piece, Some(mode))
        } else if size >= FIRST_LOOK && size.ilog2() != before.ilog2() {
            // and one with an early error before a reader that never ends has filled the memory.
            vm.charge(size as u64 * COMPILED);
            let bytes = pieces.take_buffer(&mut vm.heap);
            let refused = refuse_early(vm, &bytes, name);
            pieces.with_buffer(&mut vm.heap, |b| *b = bytes);
            refused
        } else {
            Ok(())
        };
        return match refused {
            Ok(()) => read_piece(vm),
            Err(message) => finish(vm, Err(message), None),
        };
    }
    let size = pieces.with_buffer(&mut vm.heap, |b| b.len());
    vm.charge(LOADING + size as u64 * COMPILED);
    if vm.is_slice_used() {
        return Ok(Action::Pause { then: &LOAD_PIECES });
    }
    load_pieces(vm)
}

/// `load` of what the reader has given, which has been paid for.
fn load_pieces(vm: &mut Vm) -> NativeResult {
    let name = at::NAME.get(vm).map_or(&b"=(load)"[..], |s| c_str(s.bytes()));
    let mode = at::MODE.get(vm).map_or(&b"bt"[..], |s| c_str(s.bytes()));
    let env = at::HAS_ENV.get(vm).then(|| at::ENV.get(vm));
    let pieces = at::PIECES.get(vm);
    let size = pieces.with_buffer(&mut vm.heap, |b| b.len());
    make_room_for(vm, size);
    vm.heap.room_for_message(name.len())?;
    let bytes = pieces.take_buffer(&mut vm.heap);
    if let Err(message) = check_mode(&bytes, Some(mode)) {
        return finish(vm, Err(message), env);
    }
    let interrupt = vm.interrupt_flag();
    match load_paid(vm, &bytes, name, Some(&interrupt)) {
        Err(LoadError::Interrupted) => {
            pieces.with_buffer(&mut vm.heap, |b| *b = bytes);
            Ok(Action::Pause { then: &LOAD_PIECES })
        }
        loaded => finish(vm, loaded.map_err(message), env),
    }
}
