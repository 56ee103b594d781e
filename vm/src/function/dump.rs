//! Functions back to images, for `string.dump`.

use super::{LuaFn, ProtoObj, link};
use crate::heap::Gc;
use crate::value::{Value, tag};
use luka_bytecode::{Constant, Module, Proto, image};

/// A binary image of the function's prototype and all below it. Upvalues are not written; with
/// `strip`, debug information neither.
pub fn dump(f: Gc<LuaFn>, strip: bool) -> Vec<u8> {
    let mut module = module_of(f.proto());
    if strip {
        module.strip();
    }
    image::encode(&module)
}

/// Bytes of the function's prototype and all below it, in the machine's own form; the module and the
/// image that [`dump`] makes of them take less than three times as much.
pub fn size_to_dump(f: Gc<LuaFn>) -> usize {
    let mut pending = vec![f.proto()];
    let mut bytes = f.proto().data.chunk.nominal();
    while let Some(p) = pending.pop() {
        let constants = p.data.constants.iter().filter_map(|v| v.as_str());
        bytes += p.data.nominal + constants.map(|s| s.len()).sum::<usize>();
        pending.extend(p.data.protos.iter().copied());
    }
    bytes
}

/// The module whose main function is `root`: its prototypes in pre-order.
pub(crate) fn module_of(root: Gc<ProtoObj>) -> Module {
    let chunk = &root.data.chunk;
    let mut protos: Vec<Proto> = Vec::new();
    // What is still to come: a prototype, and which child of whom it is.
    let mut pending = vec![(root, None)];
    while let Some((p, place)) = pending.pop() {
        let index = protos.len();
        if let Some((parent, nth)) = place {
            let parent: &mut Proto = &mut protos[parent];
            parent.protos[nth] = index as u32;
        }
        protos.push(unlinked(p));
        let children = p.data.protos.iter().enumerate().rev();
        pending.extend(children.map(|(nth, &child)| (child, Some((index, nth)))));
    }
    Module { source_name: chunk.source_name.clone(), native: chunk.native, lua54: false, protos }
}

/// A prototype as the compiler made it, its children to be filled in.
fn unlinked(p: Gc<ProtoObj>) -> Proto {
    let mut code = p.data.code.to_vec();
    link::unlink(&mut code);
    Proto {
        line_defined: p.data.line_defined,
        last_line_defined: p.data.last_line_defined,
        num_params: p.num_params,
        is_vararg: p.is_vararg,
        max_stack: p.data.max_stack,
        code,
        constants: p.data.constants.iter().map(|&v| constant(v)).collect(),
        upvalues: p.data.upvalues.iter().copied().collect(),
        protos: vec![0; p.data.protos.len()],
        debug: p.data.debug.clone(),
    }
}

fn constant(v: Value) -> Constant {
    match v.tag() {
        tag::FALSE => Constant::False,
        tag::TRUE => Constant::True,
        tag::INT => Constant::Int(v.payload() as i64),
        tag::FLOAT => Constant::Float(f64::from_bits(v.payload())),
        _ => match v.as_str() {
            Some(s) => Constant::Str(s.bytes().into()),
            None => Constant::Nil,
        },
    }
}
