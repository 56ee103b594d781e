//! Random modules that must verify: made by following the verifier's rules forward, from the opcode
//! table and with every opcode in it.
//!
//! A body is written in pieces that nest (`items`): plain instructions, windows, tests, loops. Along
//! the way the writer knows which registers are set, which are open, and which must stay as they
//! are until a loop comes round (`body`). What the programs do makes no sense; that is the point.

mod body;
mod items;

use luka_bytecode::{
    Bytes, Constant, LazyDebug, LocalVar, Module, Proto, Span, UpvalueDesc, UpvalueKind,
};

use crate::random::Random;
use body::Body;

/// A function and the functions inside it.
struct Tree {
    proto: Proto,
    children: Vec<Tree>,
}

/// A random module.
pub fn module(r: &mut Random) -> Module {
    let upvalues = vec![UpvalueDesc { in_stack: true, index: 0, kind: UpvalueKind::Regular }];
    let size = 1 << (3 + r.below(5));
    let tree = function(r, upvalues, 0, size);
    let mut protos = Vec::new();
    flatten(tree, &mut protos);
    let source_name = (!r.once_in(4)).then(|| b"@generated".as_slice().into());
    Module { source_name, native: false, lua54: false, protos }
}

/// In pre-order. (No deeper than functions are nested here.)
fn flatten(tree: Tree, out: &mut Vec<Proto>) {
    let at = out.len();
    out.push(tree.proto);
    for child in tree.children {
        let index = out.len() as u32;
        out[at].protos.push(index);
        flatten(child, out);
    }
}

/// A function of about `size` pieces.
fn function(r: &mut Random, upvalues: Vec<UpvalueDesc>, depth: usize, size: usize) -> Tree {
    let frame = match r.below(8) {
        0 => 66 + r.below(200),
        1 => 400 + r.below(111),
        _ => 18 + r.below(30),
    };
    let num_params = r.below(6);
    let is_vararg = depth == 0 || r.once_in(3);
    let mut body = Body::new(r, frame, num_params, is_vararg, constants, &upvalues, depth);
    body.run(size);
    let Body { code, constants, children, .. } = body;
    let line_defined = if depth == 0 { 0 } else { 1 + r.below(100) as u32 };
    let mut proto = Proto {
        line_defined,
        last_line_defined: line_defined + r.below(50) as u32,
        num_params: num_params as u8,
        is_vararg,
        max_stack: frame as u16,
        code,
        constants,
        upvalues: upvalues.into(),
        protos: Vec::new(),
        debug: LazyDebug::default(),
    };
    debug_info(&mut proto, r);
    Tree { proto, children }
}

/// Strings the libraries know, so that calls find something.
const NAMES: &[&str] = &[
    "print",
    "pcall",
    "error",
    "type",
    "next",
    "pairs",
    "ipairs",
    "select",
    "tostring",
    "tonumber",
    "setmetatable",
    "getmetatable",
    "rawset",
    "rawget",
    "rawequal",
    "assert",
    "xpcall",
    "load",
    "collectgarbage",
    "string",
    "table",
    "coroutine",
    "debug",
    "math",
    "wrap",
    "create",
    "resume",
    "yield",
    "isyieldable",
    "close",
    "rep",
    "sub",
    "format",
    "gsub",
    "byte",
    "concat",
    "insert",
    "unpack",
    "pack",
    "sort",
    "getinfo",
    "getlocal",
    "setlocal",
    "sethook",
    "traceback",
    "dump",
    "__index",
    "__newindex",
    "__call",
    "__close",
    "__gc",
    "__eq",
    "__lt",
    "__concat",
    "__len",
    "__mode",
    "x",
    "n",
    "",
];

/// Strings short and long, numbers, and the rest; the first two of each kind an operand may want.
fn constants(r: &mut Random) -> Vec<Constant> {
    let mut list = vec![Constant::Str(Bytes::from(*b"x")), Constant::Int(1)];
    for _ in 0..4 + r.below(30) {
        list.push(match r.below(8) {
            0 => Constant::Int(r.next() as i64 >> r.below(64)),
            1 => Constant::Float(f64::from_bits(r.next())),
            2 => Constant::Float([0.0, -0.0, 0.5, 1e300, f64::INFINITY, f64::NAN][r.below(6)]),
            3 => [Constant::Nil, Constant::True, Constant::False][r.below(3)].clone(),
            4 => Constant::Str(vec![b'a' + r.below(26) as u8; r.below(90)].into()),
            5 => Constant::Int(r.below(5) as i64 - 2),
            _ => Constant::Str(r.pick(NAMES).as_bytes().into()),
        });
    }
    list
}

fn debug_info(proto: &mut Proto, r: &mut Random) {
    let code = proto.code.len();
    let number = |r: &mut Random| r.next() as u32 >> r.below(32);
    if !r.once_in(3) {
        let near = |r: &mut Random| 1 + r.below(30) as u32;
        let far = r.once_in(5);
        proto.debug.lines = (0..code).map(|_| if far { number(r) } else { near(r) }).collect();
    }
    if !r.once_in(3) {
        let spans = (0..code).map(|_| {
            let (a, b) = (number(r), number(r));
            Span { start: a.min(b), end: a.max(b) }
        });
        proto.debug.spans = spans.collect();
    }
    if !r.once_in(3) {
        let names =
            ["a", "b", "_ENV", "(for state)", "", "longer than what is kept in place, it is"];
        let mut locals = Vec::new();
        // One inside the other, each above the one around it.
        let (mut from, mut to, mut register) = (0, code as u32, 0);
        while register < proto.max_stack.min(250) && from <= to && !r.once_in(6) {
            let name: Bytes = r.pick(&names).as_bytes().into();
            locals.push(LocalVar { name, start_pc: from, end_pc: to, register: register as u8 });
            register += 1 + r.below(2) as u16;
            from += r.below((to - from) as usize + 1) as u32 / 3;
            to -= r.below((to - from) as usize + 1) as u32 / 3;
        }
        proto.debug.locals = locals;
    }
    if !r.once_in(3) {
        proto.debug.upvalue_names =
            proto.upvalues.iter().map(|_| r.pick(&["u", "_ENV", "?"]).as_bytes().into()).collect();
    }
}
