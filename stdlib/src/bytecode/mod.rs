//! `luka.bytecode.core`: what the module `luka.bytecode`, which is written in the language, needs
//! of the crate `luka_bytecode`.

mod table;

use crate::prim;
use luka_bytecode::image;
use luka_bytecode::text::{Options, disassemble as to_text};
use luka_vm::{Native, NativeResult, Vm, natives};

natives! { pub static CORE = "luka.bytecode.core";
    disassemble: "luka.bytecode.core.disassemble(what [, spans]) -> string"
        "The text form of a function or an image." = disassemble,
    ops: "luka.bytecode.core.ops() -> table"
        "The rows of the opcode table, in order." = table::ops,
}

/// Opens the module when it is required.
pub static OPEN: Native =
    Native::new("luka.bytecode.core", "", "Makes the module luka.bytecode.core.", open);

fn open(vm: &mut Vm) -> NativeResult {
    let module = prim::library(vm, CORE)?;
    vm.ret1(module)
}

fn disassemble(vm: &mut Vm) -> NativeResult {
    let options = Options { spans: !vm.arg(2).is_falsy() };
    let made;
    let bytes = match vm.arg(1).as_lua_fn() {
        Some(f) => {
            made = luka_vm::function::dump::dump(f, false);
            &made[..]
        }
        None => vm.check_str(1)?.bytes(),
    };
    vm.charge(bytes.len() as u64);
    let module = match image::decode(bytes) {
        Ok(module) => module,
        Err(why) => return Err(vm.arg_error(1, format!("not an image: {why}"))),
    };
    let text = to_text(&module, options);
    vm.charge(text.len() as u64);
    let text = vm.str(text.as_bytes())?;
    vm.ret1(text)
}
