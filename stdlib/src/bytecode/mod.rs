//! `luka.bytecode.core`: what the module `luka.bytecode`, which is written in the language, needs
//! of the crate `luka_bytecode`.

mod replay;
mod table;

use crate::prim;
use crate::string::dump_within_limit;
use luka_bytecode::text::{Options, assemble as from_text, disassemble as to_text};
use luka_bytecode::verify::verify;
use luka_bytecode::{Module, Verified, image};
use luka_vm::{NativeResult, Raise, Value, Vm, inner_natives, natives};

natives! { pub static CORE = "luka.bytecode.core";
    assemble: "luka.bytecode.core.assemble(text) -> string | nil, string"
        "Returns the image of the module that an assembly text describes, or nil and its first error." = assemble,
    disassemble: "luka.bytecode.core.disassemble(what [, edit]) -> string"
        "Returns the assembly text of a function or an image; with `edit`, without instruction numbers." = disassemble,
    image: "luka.bytecode.core.image(function, name) -> string | nil, string"
        "Returns the image of a chunk whose main function a record describes, or nil and an error message." = to_image,
    load: "luka.bytecode.core.load(function, name [, env]) -> function | nil, string"
        "Returns the function of a chunk that a record describes, or nil and an error message." = load,
    ops: "luka.bytecode.core.ops() -> table"
        "Returns the rows of the opcode table, in order." = table::ops,
}

inner_natives! { pub static INNER;
    /// Opens the module when it is required.
    OPEN: "luka.bytecode.core" "" "Makes the module luka.bytecode.core." = open;
}

fn open(vm: &mut Vm) -> NativeResult {
    let module = prim::library(vm, CORE)?;
    vm.ret1(module)
}

/// Fuel for reading a listing or an image, however short.
const READ: u64 = 600;

/// Charges for reading a listing or an image of so many bytes, if the memory limit allows for what
/// is made of it: at most 64 bytes for each, measured where functions are smallest.
fn pay(vm: &mut Vm, bytes: usize) -> Result<(), Raise> {
    vm.charge(READ + 2 * bytes as u64);
    vm.make_room(64 * bytes)
}

fn disassemble(vm: &mut Vm) -> NativeResult {
    let options = Options { editable: !vm.arg(2).is_falsy(), ..Options::default() };
    let made;
    let bytes = match vm.arg(1).as_lua_fn() {
        Some(f) => {
            made = dump_within_limit(vm, f, false)?;
            &made[..]
        }
        None => vm.check_str(1)?.bytes(),
    };
    pay(vm, bytes.len())?;
    let module = match image::decode(bytes) {
        Ok(module) => module,
        Err(why) => return Err(vm.arg_error(1, format!("not an image: {why}"))),
    };
    let text = to_text(&module, options);
    vm.charge(text.len() as u64);
    let text = vm.str(text.as_bytes())?;
    vm.ret1(text)
}

fn assemble(vm: &mut Vm) -> NativeResult {
    let text = vm.check_str(1)?;
    let text = text.bytes();
    pay(vm, text.len())?;
    let faults = match from_text(text) {
        Ok(assembled) => match assembled.verify() {
            Ok(module) => {
                let bytes = image::encode(module.get());
                let bytes = vm.str(&bytes)?;
                return vm.ret1(bytes);
            }
            Err(faults) => faults,
        },
        Err(faults) => faults,
    };
    let Some(first) = faults.first() else { return refused(vm, "the text is not right") };
    let before = text.get(..first.span.start as usize).unwrap_or(text);
    let line = 1 + memchr::memchr_iter(b'\n', before).count();
    refused(vm, &format!("line {line}: {}", first.message))
}

/// The module the arguments describe, or what is wrong with it.
fn module(vm: &mut Vm) -> Result<Result<Verified<Module>, String>, Raise> {
    let record = vm.check_table(1)?;
    let name = vm.check_str(2)?;
    let module = match replay::module(vm, record, name.bytes()) {
        Ok(module) => verify(module).map_err(|why| why.to_string()),
        Err(why) => Err(why),
    };
    Ok(module)
}

fn refused(vm: &mut Vm, why: &str) -> NativeResult {
    let why = vm.str(why.as_bytes())?;
    vm.ret2(Value::NIL, why)
}

fn to_image(vm: &mut Vm) -> NativeResult {
    match module(vm)? {
        Ok(module) => {
            let bytes = image::encode(module.get());
            vm.charge(bytes.len() as u64);
            let bytes = vm.str(&bytes)?;
            vm.ret1(bytes)
        }
        Err(why) => refused(vm, &why),
    }
}

fn load(vm: &mut Vm) -> NativeResult {
    let env = (vm.nargs() >= 3).then(|| vm.arg(3));
    match module(vm)? {
        Ok(module) => {
            let f = vm.instantiate(module, None)?;
            if let Some(env) = env {
                f.set_upvalue(&mut vm.heap, 0, env);
            }
            vm.ret1(Value::from(f))
        }
        Err(why) => refused(vm, &why),
    }
}
