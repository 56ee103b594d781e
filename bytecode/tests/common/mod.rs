//! Modules made by hand for the tests of images, text and verifier.

#![allow(dead_code)]

use luka_bytecode::{
    Constant, DebugInfo, Instr, LazyDebug, LocalVar, Module, Op, Proto, Span, UpvalueDesc,
    UpvalueKind, UpvalueList,
};

/// A function of `code` with a frame of ten registers, no debug information.
pub fn proto(code: &[Instr]) -> Proto {
    Proto {
        line_defined: 0,
        last_line_defined: 0,
        num_params: 0,
        is_vararg: false,
        max_stack: 10,
        code: code.to_vec(),
        constants: Vec::new(),
        upvalues: UpvalueList::default(),
        protos: Vec::new(),
        debug: LazyDebug::default(),
    }
}

/// A module of one function.
pub fn module(proto: Proto) -> Module {
    Module { source_name: None, native: false, lua54: false, protos: vec![proto] }
}

pub fn string(text: &str) -> Constant {
    Constant::Str(text.as_bytes().into())
}

/// ```lua
/// local t = { ... }
/// local function f(x) t = x; return f(x + 0.5) end
/// for i = 1, 10 do print(f(i), "…a string of more than forty bytes…") end
/// for k, v in pairs(t) do if k == "x" then goto out end end
/// ::out::
/// ```
/// or nearly so: every shape an image or a listing can hold.
pub fn sample() -> Module {
    let main = Proto {
        is_vararg: true,
        max_stack: 13,
        code: vec![
            Instr::abc(Op::VarargPrep, 0, 0, 0),
            Instr::abc(Op::NewTable, 0, 0, 1),
            Instr::abc(Op::Vararg, 1, 0, 0),
            Instr::abx(Op::SetList, 0, 0),
            Instr::abx(Op::Closure, 1, 0),
            Instr::asbx(Op::LoadI, 2, 1),
            Instr::asbx(Op::LoadI, 3, 10),
            Instr::asbx(Op::LoadI, 4, 1),
            Instr::asbx(Op::ForPrep, 2, 7),
            Instr::abc(Op::GetTabUp, 6, 0, 0),
            Instr::abc(Op::Move, 8, 1, 0),
            Instr::abc(Op::Move, 10, 5, 0),
            Instr::abc(Op::Call, 8, 2, 2),
            Instr::abx(Op::LoadK, 9, 1),
            Instr::abc(Op::Call, 6, 3, 1),
            Instr::asbx(Op::ForLoop, 2, -7),
            Instr::abc(Op::GetTabUp, 2, 0, 2),
            Instr::abc(Op::Move, 4, 0, 0),
            Instr::abc(Op::Call, 2, 2, 5),
            Instr::asbx(Op::TForPrep, 2, 2),
            Instr::abc(Op::JNeK, 6, 3, 1),
            Instr::asbx(Op::Jmp, 0, 3),
            Instr::abc(Op::TForCall, 2, 0, 2),
            Instr::asbx(Op::TForLoop, 2, -4),
            Instr::abc(Op::Close, 2, 0, 0),
            Instr::abc(Op::Return, 2, 1, 0).with_n(1),
        ],
        constants: vec![
            string("print"),
            string("a string of quite a few more than forty bytes, so it is a long one\n\0\u{e9}"),
            string("pairs"),
            string("x"),
            Constant::Nil,
            Constant::True,
            Constant::False,
            Constant::Int(i64::MIN),
            Constant::Int(-1),
            Constant::Float(-0.0),
            Constant::Float(f64::from_bits(0x7ff8_0000_0000_0001)),
        ],
        upvalues: vec![UpvalueDesc { in_stack: true, index: 0, kind: UpvalueKind::Regular }].into(),
        protos: vec![1],
        debug: DebugInfo {
            lines: (0..26).map(|pc| 1 + pc / 5).collect(),
            spans: (0..26).map(|pc| Span::new(pc * 7 % 11, pc * 7 % 11 + pc)).collect(),
            locals: vec![local("t", 4, 26, 0), local("f", 5, 26, 1), local("i", 9, 15, 5)],
            upvalue_names: vec![b"_ENV".as_slice().into()],
        }
        .into(),
        ..proto(&[])
    };
    let inner = Proto {
        line_defined: 2,
        last_line_defined: 2,
        num_params: 1,
        max_stack: 5,
        code: vec![
            Instr::abc(Op::SetUpval, 0, 0, 0),
            Instr::abc(Op::GetUpval, 1, 1, 0),
            Instr::abc(Op::AddK, 3, 0, 0),
            Instr::abc(Op::TailCall, 1, 2, 0),
            Instr::abc(Op::Return, 1, 0, 0),
            Instr::abc(Op::Return0, 0, 0, 0),
        ],
        constants: vec![Constant::Float(0.5)],
        upvalues: vec![
            UpvalueDesc { in_stack: true, index: 0, kind: UpvalueKind::Regular },
            UpvalueDesc { in_stack: true, index: 1, kind: UpvalueKind::Const },
        ]
        .into(),
        debug: DebugInfo {
            lines: vec![2; 6],
            spans: vec![Span::NONE; 6],
            locals: vec![local("x", 0, 6, 0)],
            upvalue_names: vec![b"t".as_slice().into(), b"f".as_slice().into()],
        }
        .into(),
        ..proto(&[])
    };
    Module {
        source_name: Some(b"@sample.lua".as_slice().into()),
        native: false,
        lua54: false,
        protos: vec![main, inner],
    }
}

pub fn local(name: &str, start_pc: u32, end_pc: u32, register: u8) -> LocalVar {
    LocalVar { name: name.as_bytes().into(), start_pc, end_pc, register }
}

/// xorshift64*: the tests' own seeded randomness.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 32) as usize % limit.max(1)
    }
}
