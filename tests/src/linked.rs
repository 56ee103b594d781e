//! What the machine has made of a module by linking is still the module: undone, its code is the
//! same, function by function, and constants, frames and upvalues are. So whoever reads a running
//! program's instructions through the machine reads those of the module.

use luka_bytecode::{Constant, Module, Proto};
use luka_vm::function::link::unlink;
use luka_vm::{Gc, LuaFn, ProtoObj, Value};

/// Compares a loaded main function, and all functions in it, with the module they come from.
///
/// # Errors
/// What is different.
pub fn check(main: Gc<LuaFn>, module: &Module) -> Result<(), String> {
    let mut open = vec![(main.proto(), 0)];
    while let Some((loaded, index)) = open.pop() {
        let proto = &module.protos[index];
        if let Some(what) = difference(loaded, proto) {
            return Err(format!("function {index} is linked with other {what}"));
        }
        let inner = loaded.data().protos.iter().copied();
        open.extend(inner.zip(proto.protos.iter().map(|child| *child as usize)));
    }
    Ok(())
}

fn difference(loaded: Gc<ProtoObj>, proto: &Proto) -> Option<&'static str> {
    let data = loaded.data();
    let mut code = data.code.to_vec();
    unlink(&mut code);
    let constants = data.constants.iter().zip(&proto.constants);
    let same = [
        (code[..] == proto.code[..], "code"),
        (data.constants.len() == proto.constants.len(), "constants"),
        (constants.into_iter().all(|(v, k)| is(*v, k)), "constants"),
        (data.upvalues[..] == proto.upvalues[..], "upvalues"),
        (data.protos.len() == proto.protos.len(), "inner functions"),
        (data.max_stack == proto.max_stack, "registers"),
        (loaded.is_vararg() == proto.is_vararg, "arguments"),
    ];
    same.into_iter().find(|(same, _)| !same).map(|(_, what)| what)
}

fn is(v: Value, constant: &Constant) -> bool {
    match constant {
        Constant::Nil => v.is_nil(),
        Constant::False => v.as_bool() == Some(false),
        Constant::True => v.as_bool() == Some(true),
        Constant::Int(i) => v.as_int() == Some(*i),
        Constant::Float(f) => v.as_float().is_some_and(|x| x.to_bits() == f.to_bits()),
        Constant::Str(s) => v.as_str().is_some_and(|x| x.bytes() == &s[..]),
    }
}
