//! The verifier: what it accepts, and for each rule a module that breaks only that one.

mod common;

use common::{local, module, proto, sample, string};
use luka_bytecode::verify::verify;
use luka_bytecode::{Constant, Instr, Module, Op, Proto, Span, UpvalueDesc, UpvalueKind};

fn i(op: Op, a: u16, b: u16, c: u16) -> Instr {
    Instr::abc(op, a, b, c)
}

fn j(op: Op, a: u16, offset: i32) -> Instr {
    Instr::asbx(op, a, offset)
}

const RETURN: Instr = Instr::abc(Op::Return0, 0, 0, 0);

/// A function of this code and a RETURN0, with constants `"s"`, `1`, a long string, and one upvalue.
/// All its registers are parameters, so all are set.
fn function(code: &[Instr]) -> Proto {
    let mut p = proto(code);
    p.code.push(RETURN);
    p.num_params = 10;
    p.is_vararg = p.code[0].opcode() == Some(Op::VarargPrep);
    p.constants = vec![string("s"), Constant::Int(1), string(&"x".repeat(41))];
    p.upvalues = vec![UpvalueDesc { in_stack: true, index: 0, kind: UpvalueKind::Regular }].into();
    p
}

#[track_caller]
fn accepts(code: &[Instr]) {
    if let Err(error) = verify(module(function(code))) {
        panic!("refused: {error}");
    }
}

#[track_caller]
fn refuses(code: &[Instr], message: &str) {
    refuses_module(module(function(code)), message);
}

#[track_caller]
fn refuses_module(module: Module, message: &str) {
    let error = verify(module).expect_err("refused").to_string();
    assert!(error.contains(message), "{error}\n  instead of: {message}");
}

#[test]
fn the_sample_is_fine() {
    verify(sample()).expect("verified");
    let mut stripped = sample();
    stripped.strip();
    verify(stripped).expect("verified");
}

#[test]
fn errors_name_the_place() {
    let error = verify(module(function(&[RETURN, i(Op::Move, 10, 0, 0)])));
    assert_eq!(
        error.expect_err("refused").to_string(),
        "function 0, instruction 1 (MOVE): R10 does not exist, there are 10 registers"
    );
}

#[test]
fn opcodes_and_fields() {
    refuses(&[Instr { op: 255, n: 0, a: 0, b: 0, c: 0 }], "there is no opcode 255");
    refuses(&[i(Op::Move, 0, 0, 1)], "not zero");
    refuses(&[i(Op::Move, 0, 0, 0).with_n(1)], "not zero");
    refuses(&[i(Op::LoadTrue, 0, 0, 1)], "not zero");
    accepts(&[i(Op::AddI, 0, 0, 0).with_n(2)]);
    refuses(&[i(Op::AddI, 0, 0, 0).with_n(3)], "flag 3");
    refuses(&[i(Op::AddK, 0, 0, 1).with_n(2)], "flag 2");
}

#[test]
fn registers() {
    accepts(&[i(Op::Move, 9, 9, 0)]);
    refuses(&[i(Op::Move, 0, 10, 0)], "R10 does not exist");
    refuses(&[i(Op::SetTable, 0, 0, 10)], "R10 does not exist");
    refuses(&[i(Op::Add, 0xffff, 0, 0)], "R65535 does not exist");
}

#[test]
fn windows() {
    // A of the highest window that fits a frame of ten, and its last register.
    for (instr, fits) in [
        (i(Op::LoadNil, 0, 3, 0), 6),
        (Instr::abx(Op::SetList, 0, 0).with_n(4), 5),
        (i(Op::SelfK, 0, 0, 0), 7),
        (i(Op::Concat, 0, 3, 0), 7),
        (i(Op::Call, 0, 1, 1), 8),
        (i(Op::Call, 0, 2, 1), 7),
        (i(Op::Call, 0, 4, 1), 5),
        (i(Op::Call, 0, 1, 6), 5),
        (i(Op::Return, 0, 1, 0), 10),
        (i(Op::Return, 0, 4, 0), 7),
    ] {
        accepts(&[Instr { a: fits, ..instr }]);
        refuses(&[Instr { a: fits + 1, ..instr }], "window ends at");
        refuses(&[Instr { a: 0xffff, ..instr }], "window ends at");
    }
    let tail = |a| [i(Op::TailCall, a, 3, 0), i(Op::Return, a, 0, 0)];
    accepts(&tail(6));
    refuses(&tail(7), "window ends at");
    let prepared = |instr| [i(Op::VarargPrep, 0, 0, 0), instr];
    accepts(&prepared(i(Op::Vararg, 6, 0, 5)));
    refuses(&prepared(i(Op::Vararg, 7, 0, 5)), "window ends at");
    refuses(&prepared(i(Op::Vararg, 10, 0, 0)), "window ends at");
    let numeric = |a| [j(Op::ForPrep, a, 1), j(Op::ForLoop, a, -1)];
    accepts(&numeric(6));
    refuses(&numeric(7), "window ends at R10");
    let generic = |a, c| {
        let close = i(Op::Close, 0, 0, 0);
        [j(Op::TForPrep, a, 0), i(Op::TForCall, a, 0, c), j(Op::TForLoop, a, -2), close]
    };
    accepts(&generic(2, 1));
    refuses(&generic(3, 1), "window ends at R10");
    accepts(&generic(1, 5));
    refuses(&generic(1, 6), "window ends at R10");
    refuses(&generic(1, 0), "C is 0, it must be at least 1");
    refuses(&[i(Op::Concat, 0, 1, 0)], "B is 1, it must be at least 2");
    refuses(&[i(Op::LoadNil, 0, 0xffff, 0)], "window ends at");
}

#[test]
fn constants() {
    accepts(&[i(Op::GetField, 0, 0, 0), i(Op::AddK, 0, 0, 1), Instr::abx(Op::LoadK, 0, 2)]);
    refuses(&[i(Op::GetField, 0, 0, 1)], "K1 is not a short string");
    refuses(&[i(Op::GetTabUp, 0, 0, 2)], "K2 is not a short string");
    refuses(&[i(Op::AddK, 0, 0, 0)], "K0 is not a number");
    refuses(&[i(Op::SetTableK, 0, 0, 3)], "K3 does not exist");
    refuses(&[Instr::abx(Op::LoadK, 0, 3)], "K3 does not exist");
    refuses(&[Instr::abx(Op::LoadK, 0, u32::MAX)], "K4294967295 does not exist");
    let mut many = function(&[i(Op::SetTableK, 0, 0, 4095), Instr::abx(Op::LoadK, 0, 5000)]);
    many.constants.resize(5001, Constant::Nil);
    verify(module(many.clone())).expect("verified");
    many.code[0].c = 4096;
    refuses_module(module(many), "K4096 needs a LOADK");
}

#[test]
fn upvalues_and_children() {
    accepts(&[i(Op::GetUpval, 0, 0, 0)]);
    refuses(&[i(Op::GetUpval, 0, 1, 0)], "U1 does not exist");
    refuses(&[i(Op::SetTabUp, 1, 0, 0)], "U1 does not exist");
    refuses(&[Instr::abx(Op::Closure, 0, 0)], "P0 does not exist");

    let nested = |in_stack, index| {
        let code = [Instr::abx(Op::Closure, 9, 0), i(Op::Close, 0, 0, 0)];
        let mut outer = module(function(&code));
        outer.protos[0].protos = vec![1];
        let mut inner = function(&[]);
        inner.upvalues[0] = UpvalueDesc { in_stack, index, kind: UpvalueKind::Const };
        outer.protos.push(inner);
        outer
    };
    verify(nested(true, 9)).expect("verified");
    refuses_module(nested(true, 10), "upvalue 0 of function 1 is register 10, there are 10");
    verify(nested(false, 0)).expect_err("of another kind");
    let mut same = nested(false, 0);
    same.protos[1].upvalues[0].kind = UpvalueKind::Regular;
    verify(same).expect("verified");
    refuses_module(nested(false, 1), "upvalue 0 of function 1 is upvalue 1, there are 1");
    let mut many = function(&[]);
    many.upvalues = vec![many.upvalues[0]; 256].into();
    refuses_module(module(many), "256 upvalues");
}

#[test]
fn functions_are_a_tree_in_pre_order() {
    let tree = |children: &[&[u32]]| Module {
        source_name: None,
        native: false,
        lua54: false,
        protos: children
            .iter()
            .map(|list| Proto { protos: list.to_vec(), ..function(&[]) })
            .collect(),
    };
    verify(tree(&[&[1, 3], &[2], &[], &[]])).expect("verified");
    refuses_module(tree(&[]), "has no functions");
    refuses_module(tree(&[&[1]]), "there is no function 1");
    refuses_module(tree(&[&[1], &[], &[]]), "function 2: the function is no other function's");
    refuses_module(tree(&[&[2, 1], &[], &[]]), "in pre-order it is 1");
    refuses_module(tree(&[&[1, 2], &[2], &[]]), "in pre-order it is");
    refuses_module(tree(&[&[1, 1], &[]]), "in pre-order it is 2");
    refuses_module(tree(&[&[0]]), "in pre-order it is 1");
    refuses_module(tree(&[&[1], &[0]]), "in pre-order it is 2");
    // Deep and wide: nothing recurses, nothing grows beyond the module.
    let count = 200_000;
    let mut deep = tree(&[]);
    deep.protos =
        (1..=count).map(|next| Proto { protos: vec![next], ..proto(&[RETURN]) }).collect();
    deep.protos[count as usize - 1].protos.clear();
    verify(deep).expect("verified");
    let mut wide = tree(&[]);
    wide.protos = vec![proto(&[RETURN]); 50_000];
    wide.protos[0].protos = (1..50_000).collect();
    verify(wide).expect("verified");
}

#[test]
fn frames() {
    let change = |change: fn(&mut Proto)| {
        let mut p = function(&[]);
        change(&mut p);
        module(p)
    };
    verify(change(|p| (p.max_stack, p.num_params) = (2, 2))).expect("verified");
    refuses_module(change(|p| p.max_stack = 1), "cannot have 1 registers");
    verify(change(|p| p.max_stack = 510)).expect("verified");
    refuses_module(change(|p| p.max_stack = 511), "cannot have 511 registers");
    refuses_module(change(|p| p.num_params = 11), "11 parameters");
}

#[test]
fn control_stays_inside() {
    refuses_module(module(proto(&[])), "no code");
    refuses_module(module(proto(&[i(Op::Move, 0, 0, 0)])), "falls off");
    refuses_module(module(proto(&[j(Op::JT, 0, -1)])), "falls off");
    verify(module(proto(&[j(Op::Jmp, 0, -1)]))).expect("an endless loop");
    accepts(&[i(Op::LFalseSkip, 0, 0, 0), i(Op::LoadTrue, 0, 0, 0)]);
    refuses(&[i(Op::LFalseSkip, 0, 0, 0)], "falls off");
    refuses(&[j(Op::Jmp, 0, 1)], "jumps to 2");
    refuses(&[j(Op::Jmp, 0, -2)], "jumps to -1");
    refuses(&[j(Op::Jmp, 0, i32::MIN)], "jumps to -2147483647");
    refuses(&[j(Op::JF, 0, i32::MAX)], "jumps to 2147483648");
    refuses(&[i(Op::JEq, 0, 0, 0x8000)], "jumps to -32767");
}

#[test]
fn variable_arguments() {
    accepts(&[i(Op::VarargPrep, 0, 0, 0), i(Op::Vararg, 0, 0, 2)]);
    refuses(&[i(Op::Vararg, 0, 0, 2)], "the function is not vararg");
    refuses(&[i(Op::Move, 0, 0, 0), i(Op::VarargPrep, 0, 0, 0)], "is not the first");
    refuses(&[i(Op::VarargPrep, 0, 0, 0), i(Op::VarargPrep, 0, 0, 0)], "is not the first");
    refuses(&[i(Op::VarargPrep, 0, 0, 0), j(Op::JT, 0, -2)], "leads back");
    let mut p = function(&[i(Op::VarargPrep, 0, 0, 0)]);
    p.is_vararg = false;
    refuses_module(module(p), "begin with VARARGPREP");
    let mut p = function(&[]);
    p.is_vararg = true;
    refuses_module(module(p), "begin with VARARGPREP");
}

#[test]
fn values_up_to_the_top() {
    let leave = i(Op::Call, 4, 1, 0);
    for take in [
        i(Op::Call, 2, 0, 1),
        i(Op::Return, 4, 0, 0),
        Instr::abx(Op::SetList, 3, 0),
        i(Op::Call, 0, 0, 1),
    ] {
        accepts(&[leave, take]);
        accepts(&[j(Op::JT, 0, 0), leave, take]);
        refuses(&[take], "none were left");
        refuses(&[leave, i(Op::Move, 0, 0, 0), take], "does not take");
        refuses(&[j(Op::JT, 0, 1), leave, take], "a jump lands between");
        refuses(&[i(Op::LFalseSkip, 0, 0, 0), leave, take], "a jump lands between");
        refuses(&[leave, Instr { a: 5, ..take }], "begin at R4");
    }
    refuses(&[leave], "does not take");
    accepts(&[leave, i(Op::Call, 2, 0, 0), i(Op::Call, 0, 0, 0), i(Op::Return, 0, 0, 0)]);
    accepts(&[i(Op::VarargPrep, 0, 0, 0), i(Op::Vararg, 2, 0, 0), i(Op::Call, 0, 0, 1)]);
    accepts(&[leave, i(Op::TailCall, 2, 0, 0), i(Op::Return, 2, 0, 0)]);
    refuses(&[leave, i(Op::TailCall, 3, 0, 0), i(Op::Return, 3, 0, 0)], "begin at R4");
}

#[test]
fn tail_calls_are_followed_by_their_return() {
    accepts(&[i(Op::TailCall, 2, 1, 0), i(Op::Return, 2, 0, 0)]);
    refuses(&[i(Op::TailCall, 2, 1, 0)], "does not take");
    refuses(&[i(Op::TailCall, 2, 1, 0), i(Op::Return, 1, 0, 0)], "wants a RETURN");
    refuses(&[i(Op::TailCall, 2, 1, 0), i(Op::Return, 2, 1, 0)], "does not take");
    refuses(&[i(Op::TailCall, 2, 1, 0), i(Op::Call, 0, 0, 1)], "wants a RETURN");
    refuses(
        &[j(Op::JT, 0, 1), i(Op::TailCall, 2, 1, 0), i(Op::Return, 2, 0, 0)],
        "a jump lands between",
    );
}

#[test]
fn numeric_loops_are_pairs() {
    accepts(&[j(Op::ForPrep, 0, 2), i(Op::Move, 4, 3, 0), j(Op::ForLoop, 0, -2)]);
    refuses(&[j(Op::ForPrep, 0, 0)], "FORPREP");
    refuses(&[j(Op::ForPrep, 0, 0), j(Op::ForLoop, 0, -1)], "does not jump behind");
    refuses(&[j(Op::ForPrep, 0, 1), j(Op::ForLoop, 1, -1)], "does not jump behind");
    refuses(&[j(Op::ForPrep, 0, 1), j(Op::ForLoop, 0, -2)], "does not jump behind");
    refuses(&[j(Op::Jmp, 0, 0), j(Op::ForLoop, 0, -1)], "does not jump back");
    refuses(&[j(Op::ForLoop, 0, -1)], "does not jump back");
}

#[test]
fn generic_loops_are_triples() {
    let (prepare, call, step) =
        (j(Op::TForPrep, 0, 1), i(Op::TForCall, 0, 0, 1), j(Op::TForLoop, 0, -3));
    let body = i(Op::Move, 0, 0, 0);
    accepts(&[prepare, body, call, step, i(Op::Close, 3, 0, 0)]);
    refuses(&[j(Op::TForPrep, 0, 0), body, call, step], "does not jump to a TFORCALL");
    refuses(&[j(Op::TForPrep, 1, 1), body, call, step], "does not jump to a TFORCALL");
    refuses(&[prepare, body, call, body, step], "whose TFORLOOP jumps back behind it");
    refuses(&[body, call, body, step], "is not followed by a TFORLOOP");
    refuses(&[prepare, body, call, j(Op::TForLoop, 1, -3)], "is not followed by a TFORLOOP");
    refuses(&[prepare, body, call, j(Op::TForLoop, 0, -1)], "whose TFORLOOP jumps back behind it");
    refuses(&[prepare, body, call, j(Op::TForLoop, 0, -2)], "whose TFORLOOP jumps back behind it");
    refuses(&[body, body, call, step], "and jump back behind the TFORPREP");
    refuses(&[j(Op::TForLoop, 0, -1)], "does not follow a TFORCALL");
}

#[test]
fn debug_information() {
    let change = |change: fn(&mut Proto)| {
        let mut p = function(&[RETURN]);
        p.debug.lines = vec![1, 2];
        p.debug.spans = vec![Span::NONE; 2];
        p.debug.locals = vec![
            local("x", 0, 2, 3),
            local("in", 0, 1, 4),
            local("y", 1, 2, 9),
            local("z", 2, 2, 0),
        ];
        p.debug.upvalue_names = vec![b"u".as_slice().into()];
        change(&mut p);
        module(p)
    };
    verify(change(|_| ())).expect("verified");
    verify(change(|p| p.debug.lines.clear())).expect("verified");
    refuses_module(change(|p| p.debug.lines.push(1)), "3 lines for 2 instructions");
    refuses_module(change(|p| p.debug.spans.truncate(1)), "1 spans for 2 instructions");
    refuses_module(
        change(|p| p.debug.spans[1] = Span { start: 2, end: 1 }),
        "before it starts at 2",
    );
    refuses_module(change(|p| p.debug.locals[0].end_pc = 3), "lives from 0 to 3");
    refuses_module(change(|p| p.debug.locals[3].end_pc = 1), "lives from 2 to 1");
    refuses_module(change(|p| p.debug.locals[0].register = 10), "`x`, is in R10");
    refuses_module(change(|p| p.debug.locals[1].register = 3), "not above R3 of variable 0");
    refuses_module(change(|p| p.debug.locals.swap(2, 3)), "begins at 1, the one listed before");
    refuses_module(
        change(|p| (p.debug.locals[0].end_pc, p.debug.locals[1].end_pc) = (1, 2)),
        "longer than variable 0",
    );
    verify(change(|p| p.last_line_defined = 1)).expect("verified");
    refuses_module(change(|p| p.line_defined = 1), "begins on line 1, but ends on line 0");
    refuses_module(change(|p| p.debug.upvalue_names.push([].into())), "2 names for 1 upvalues");
}

/// A function whose child captures R3, then `code`.
#[track_caller]
fn capturing(code: &[Instr]) -> Module {
    let closure = [Instr::abx(Op::Closure, 3, 0), i(Op::LoadNil, 4, 5, 0)];
    let mut outer = function(&[&closure, code].concat());
    outer.protos = vec![1];
    let mut inner = proto(&[RETURN]);
    inner.upvalues =
        vec![UpvalueDesc { in_stack: true, index: 3, kind: UpvalueKind::Regular }].into();
    Module { source_name: None, native: false, lua54: false, protos: vec![outer, inner] }
}

#[test]
fn what_is_captured_is_closed() {
    let fine = |code: &[Instr]| verify(capturing(code)).expect("verified");
    let open = |code: &[Instr]| refuses_module(capturing(code), "leaves R");
    fine(&[i(Op::Close, 3, 0, 0)]);
    fine(&[i(Op::Return, 0, 1, 0).with_n(1)]);
    open(&[]);
    open(&[i(Op::Return, 0, 2, 0)]);
    open(&[i(Op::Return1, 0, 0, 0)]);
    open(&[i(Op::Close, 4, 0, 0)]);
    // On one of two ways.
    open(&[j(Op::JT, 0, 1), i(Op::Close, 0, 0, 0)]);
    fine(&[j(Op::JT, 0, 1), i(Op::Close, 0, 0, 0), i(Op::Close, 1, 0, 0)]);
    // Round a loop: the RETURN0 at pc 3 is reached again from behind it.
    open(&[j(Op::Jmp, 0, 1), RETURN, j(Op::JT, 0, -2), i(Op::Close, 0, 0, 0)]);
    let tail = |n| [i(Op::TailCall, 0, 2, 0).with_n(n), i(Op::Return, 0, 0, 0).with_n(1)];
    fine(&tail(1));
    open(&tail(0));
    // A window over R3.
    fine(&[i(Op::Call, 4, 2, 1), i(Op::Close, 0, 0, 0)]);
    refuses_module(capturing(&[i(Op::Call, 3, 2, 1)]), "R3 may not be closed yet");
    refuses_module(capturing(&[i(Op::Call, 1, 2, 1)]), "but R3 may not be");
    // Nothing is open when the loop begins, which a walk from front to back sees first.
    let ways = [j(Op::JT, 0, 1), i(Op::Move, 0, 0, 0)];
    let meeting = [&ways[..], &[i(Op::Close, 3, 0, 0), i(Op::Call, 4, 1, 1)]].concat();
    let head = [i(Op::Call, 2, 1, 1), i(Op::LoadNil, 2, 1, 0)];
    let end = [j(Op::JT, 0, -4), i(Op::Close, 3, 0, 0)];
    let capture = [Instr::abx(Op::Closure, 3, 0)];
    refuses_module(
        capturing(&[&meeting[..], &head, &capture, &end].concat()),
        "instruction 6 (CALL): overwrites R2 and above, but R3 may not be closed yet",
    );
    fine(&[&meeting[..], &head, &[i(Op::Move, 0, 0, 0)], &end].concat());
}

/// Sets of registers have several sizes.
#[test]
fn frames_of_all_widths() {
    for width in [2, 62, 63, 64, 65, 127, 128, 255, 256, 509, 510] {
        let last = width - 1;
        let frame = |code: &[Instr]| Proto { max_stack: width, num_params: 1, ..function(code) };
        let fine = |code: &[Instr]| verify(module(frame(code))).expect("verified");
        let refused = |code: &[Instr], message: &str| refuses_module(module(frame(code)), message);
        let set = j(Op::LoadI, last, 0);
        let read = i(Op::Move, 0, last, 0);
        fine(&[set, read]);
        refused(&[read], &format!("reads R{last}, which no"));
        refused(&[j(Op::JT, 0, 1), set, read], &format!("reads R{last}, which no"));
        refused(&[i(Op::Move, 0, width, 0)], "does not exist");
        refused(&[i(Op::Move, width, 0, 0)], "does not exist");
        refused(&[j(Op::LoadI, u16::MAX, 0)], "does not exist");
        refused(&[i(Op::Return, last, 3, 0)], "window ends at");
        fine(&[i(Op::LoadNil, 0, last, 0), i(Op::Return, 0, width + 1, 0)]);
        refused(&[i(Op::LoadNil, 0, last - 1, 0), i(Op::Return, 0, width + 1, 0)], "reads R");
        if width < 4 {
            continue;
        }
        // More is set when the loop begins than when it begins again.
        let call = [i(Op::Move, last - 2, 0, 0), i(Op::Call, last - 2, 1, 1)];
        let again = [j(Op::JT, 0, -4)];
        fine(&[&[set], &call[..], &[i(Op::Move, 0, 0, 0)], &again].concat());
        refused(&[&[set, read], &call[..], &again].concat(), "CALL at 3 left undefined");
    }
}

#[test]
fn what_is_to_be_closed_is_closed() {
    let close = i(Op::Close, 0, 0, 0);
    accepts(&[i(Op::Tbc, 1, 0, 0), i(Op::Tbc, 2, 0, 0), close]);
    accepts(&[i(Op::Tbc, 1, 0, 0), i(Op::Close, 1, 0, 0), i(Op::Tbc, 1, 0, 0), close]);
    refuses(&[i(Op::Tbc, 1, 0, 0)], "leaves R");
    refuses(&[i(Op::Tbc, 2, 0, 0), i(Op::Tbc, 1, 0, 0), close], "to be closed already");
    refuses(&[i(Op::Tbc, 2, 0, 0), j(Op::JT, 0, -2), close], "to be closed already");
    let tail = [i(Op::TailCall, 3, 2, 0).with_n(1), i(Op::Return, 3, 0, 0).with_n(1)];
    refuses(&[&[i(Op::Tbc, 1, 0, 0)], &tail[..]].concat(), "leaves R");
}

/// As [`accepts`], of a function with two parameters.
#[track_caller]
fn two_parameters(code: &[Instr]) -> Proto {
    Proto { num_params: 2, ..function(code) }
}

#[test]
fn registers_are_set_before_they_are_read() {
    #[track_caller]
    fn fine(code: &[Instr]) {
        if let Err(error) = verify(module(two_parameters(code))) {
            panic!("refused: {error}");
        }
    }
    #[track_caller]
    fn unset(code: &[Instr], message: &str) {
        refuses_module(module(two_parameters(code)), message);
    }
    let set = |a| j(Op::LoadI, a, 0);
    let read = |b| i(Op::Move, 0, b, 0);
    fine(&[read(1)]);
    unset(&[read(2)], "instruction 0 (MOVE): reads R2, which no instruction has set");
    fine(&[i(Op::LoadNil, 2, 2, 0), read(2), read(4)]);
    unset(&[i(Op::LoadNil, 2, 2, 0), read(5)], "reads R5");
    // On one of two ways.
    unset(
        &[j(Op::JT, 0, 1), set(2), read(2)],
        "instruction 2 (MOVE): reads R2, which no instruction has set on the path through 0",
    );
    fine(&[j(Op::JT, 0, 2), set(2), j(Op::Jmp, 0, 1), set(2), read(2)]);
    // Round a loop: the second time R2 is gone.
    fine(&[set(2), read(2), j(Op::JT, 0, -2)]);
    unset(
        &[set(2), read(2), i(Op::Call, 0, 1, 2), j(Op::JT, 0, -3)],
        "instruction 1 (MOVE): reads R2, which CALL at 2 left undefined on the path through 3",
    );
    // What nothing leads to is not looked at.
    fine(&[j(Op::Jmp, 0, 1), read(9)]);
    // Each operand is.
    for code in [
        i(Op::SetTable, 2, 0, 0),
        i(Op::SetTable, 0, 2, 0),
        i(Op::SetTable, 0, 0, 2),
        i(Op::SetUpval, 2, 0, 0),
        i(Op::SetTabUp, 0, 0, 2),
        i(Op::Tbc, 2, 0, 0),
        i(Op::Return1, 2, 0, 0),
        i(Op::JEq, 0, 2, 0),
    ] {
        unset(&[code], "reads R2");
    }
    fine(&[i(Op::Close, 2, 0, 0)]);
    // Calls: the function and its arguments, not the link; of the window only results are left.
    unset(&[i(Op::Call, 2, 1, 1)], "reads R2");
    let window = [set(2), set(4), set(5), set(6)];
    let after = |call, register| [&window[..], &[call, read(register)]].concat();
    fine(&after(i(Op::Call, 2, 3, 2), 2));
    unset(&[set(2), set(5), i(Op::Call, 2, 3, 2)], "reads R4");
    unset(&after(i(Op::Call, 2, 3, 1), 2), "reads R2, which CALL at 4 left undefined");
    unset(&after(i(Op::Call, 2, 3, 2), 6), "reads R6, which CALL at 4 left undefined");
    fine(&after(i(Op::Call, 2, 3, 5), 5));
    // Values up to the top: what stands before them is read too.
    let open = [i(Op::Call, 4, 1, 0), i(Op::Call, 1, 0, 1)];
    unset(&[&[set(4)], &open[..]].concat(), "instruction 2 (CALL): reads R3");
    fine(&[&[set(3), set(4)], &open[..]].concat());
    unset(&[set(4), i(Op::Call, 4, 1, 0), i(Op::Return, 2, 0, 0)], "reads R2");
    let list = [set(4), i(Op::Call, 4, 1, 0), Instr::abx(Op::SetList, 1, 0)];
    unset(&list, "reads R2");
    fine(&[&[i(Op::LoadNil, 2, 1, 0)], &list[..]].concat());
    unset(&[Instr::abx(Op::SetList, 0, 0).with_n(2)], "reads R2");
    unset(&[i(Op::TailCall, 0, 2, 0), i(Op::Return, 0, 0, 0)], "reads R2");
    unset(&[i(Op::Return, 1, 3, 0)], "reads R2");
    // A method call's window.
    fine(&[i(Op::SelfK, 2, 0, 0), read(2), read(4)]);
    unset(&[i(Op::SelfK, 2, 0, 0), read(3)], "reads R3");
    // Constructors clear what is above.
    fine(&[i(Op::NewTable, 2, 0, 0), read(2)]);
    unset(&[set(3), i(Op::NewTable, 2, 0, 0), read(3)], "which NEWTABLE at 1 left undefined");
    unset(&[i(Op::Concat, 1, 2, 0)], "reads R2");
    unset(&[set(2), i(Op::Concat, 1, 2, 0), read(2)], "which CONCAT at 1 left undefined");
    // Variable arguments.
    let vararg = |code: &[Instr]| [&[i(Op::VarargPrep, 0, 0, 0)], code].concat();
    fine(&vararg(&[i(Op::Vararg, 2, 0, 3), read(3)]));
    unset(&vararg(&[i(Op::Vararg, 2, 0, 3), read(4)]), "reads R4");
    unset(&vararg(&[i(Op::Vararg, 1, 0, 1), read(2)]), "reads R2");
    // Tests that keep a value set it where they jump.
    fine(&[i(Op::JTSet, 2, 0, 1), set(2), read(2)]);
    unset(&[i(Op::JTSet, 2, 0, 0), read(2)], "reads R2, which no instruction has set");
    // Numeric loops: the variable is there in the body.
    let numeric = |inside, behind| {
        [i(Op::LoadNil, 2, 2, 0), j(Op::ForPrep, 2, 2), inside, j(Op::ForLoop, 2, -2), behind]
    };
    fine(&numeric(read(5), set(0)));
    unset(&numeric(set(0), read(5)), "reads R5, which no instruction has set");
    unset(&[i(Op::LoadNil, 2, 1, 0), j(Op::ForPrep, 2, 1), j(Op::ForLoop, 2, -1)], "reads R4");
    // Generic loops: so are those that are asked for.
    let generic = |values, wanted, body| {
        let close = i(Op::Close, 0, 0, 0);
        [
            i(Op::LoadNil, 1, values, 0),
            j(Op::TForPrep, 1, 1),
            body,
            i(Op::TForCall, 1, 0, wanted),
            j(Op::TForLoop, 1, -3),
            close,
        ]
    };
    fine(&generic(3, 2, read(6)));
    unset(&generic(3, 1, read(6)), "reads R6, which TFORCALL at 3 left undefined");
    unset(&generic(2, 1, set(0)), "instruction 1 (TFORPREP): reads R4");
    // A closure may capture itself, and nothing that is not set.
    let mut capturing =
        module(two_parameters(&[Instr::abx(Op::Closure, 3, 0), i(Op::Close, 3, 0, 0)]));
    capturing.protos[0].protos = vec![1];
    capturing.protos.push(proto(&[RETURN]));
    let captures = |index| vec![UpvalueDesc { in_stack: true, index, kind: UpvalueKind::Regular }];
    for (index, fits) in [(1, true), (2, false), (3, true), (4, false)] {
        capturing.protos[1].upvalues = captures(index).into();
        capturing.protos[0].code[1] = i(Op::Close, 0, 0, 0);
        assert_eq!(verify(capturing.clone()).is_ok(), fits, "R{index}");
    }
    // In frames of all sizes.
    for size in [3, 64, 65, 128, 129, 256, 257, 510] {
        let top = size - 1;
        let mut p = two_parameters(&[set(top), read(top)]);
        p.max_stack = size;
        verify(module(p.clone())).expect("verified");
        p.code[0] = set(0);
        refuses_module(module(p), &format!("reads R{top}, which no instruction has set"));
    }
}

#[test]
fn errors_say_where_the_function_stands() {
    let mut p = two_parameters(&[i(Op::Move, 0, 5, 0)]);
    (p.line_defined, p.last_line_defined) = (12, 14);
    assert_eq!(
        verify(module(p)).expect_err("refused").to_string(),
        "function 0 (line 12), instruction 0 (MOVE): reads R5, which no instruction has set"
    );
}
