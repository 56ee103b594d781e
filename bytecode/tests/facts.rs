//! What the verifier knows at single instructions.

mod common;

use common::{module, proto};
use luka_bytecode::verify::{Facts, RegisterSet, facts_at, verify};
use luka_bytecode::{Instr, Op, Proto, UpvalueDesc, UpvalueKind};

fn i(op: Op, a: u16, b: u16, c: u16) -> Instr {
    Instr::abc(op, a, b, c)
}

fn registers(set: &RegisterSet) -> Vec<usize> {
    set.iter().collect()
}

/// The facts before each instruction of verified code, and those of a child that captures register 1.
fn facts(code: &[Instr]) -> Vec<Option<Facts>> {
    let mut parent = proto(code);
    parent.num_params = 1;
    let mut child = proto(&[i(Op::Return0, 0, 0, 0)]);
    let captured = UpvalueDesc { in_stack: true, index: 1, kind: UpvalueKind::Regular };
    child.upvalues = vec![captured].into_iter().collect();
    parent.protos = vec![1];
    let mut module = module(parent);
    module.protos.push(child);
    let module = verify(module).expect("verified").into_inner();
    // Constants and debug information are not asked for, of children only upvalues are.
    let mut bare = module.clone();
    bare.protos[1] = Proto { upvalues: bare.protos[1].upvalues.clone(), ..Proto::default() };
    let pcs: Vec<u32> = (0..code.len() as u32).collect();
    facts_at(&bare, 0, &pcs).expect("facts")
}

#[test]
fn what_is_set_follows_the_code() {
    let all = facts(&[
        i(Op::Move, 1, 0, 0),
        i(Op::Move, 2, 1, 0),
        i(Op::Call, 2, 1, 3),
        i(Op::Return0, 0, 0, 0),
    ]);
    let set: Vec<_> = all.iter().map(|facts| registers(&facts.expect("reached").set)).collect();
    assert_eq!(set, [vec![0], vec![0, 1], vec![0, 1, 2], vec![0, 1, 2, 3]]);
}

#[test]
fn what_is_open_follows_the_code() {
    let all = facts(&[
        i(Op::Move, 1, 0, 0),
        i(Op::Tbc, 1, 0, 0),
        Instr::abx(Op::Closure, 2, 0),
        i(Op::Close, 1, 0, 0),
        i(Op::Return0, 0, 0, 0),
    ]);
    let open = |at: usize| {
        let facts = all[at].expect("reached");
        (registers(&facts.to_close), registers(&facts.captured))
    };
    assert_eq!(open(1), (vec![], vec![]));
    assert_eq!(open(2), (vec![1], vec![]));
    assert_eq!(open(3), (vec![1], vec![1]));
    assert_eq!(open(4), (vec![], vec![]));
}

#[test]
fn paths_that_meet_know_what_both_know() {
    let all = facts(&[
        Instr::asbx(Op::JF, 0, 2),
        i(Op::Move, 1, 0, 0),
        i(Op::Move, 2, 0, 0),
        i(Op::Move, 3, 0, 0),
        i(Op::Return0, 0, 0, 0),
    ]);
    assert_eq!(registers(&all[3].expect("reached").set), [0]);
    assert_eq!(registers(&all[4].expect("reached").set), [0, 3]);
}

#[test]
fn nothing_is_known_where_control_never_comes() {
    let all = facts(&[i(Op::Return0, 0, 0, 0), i(Op::Return0, 0, 0, 0)]);
    assert!(all[0].is_some() && all[1].is_none());
    let module = module(proto(&[i(Op::Return0, 0, 0, 0)]));
    assert_eq!(facts_at(&module, 7, &[0]), Ok(vec![None]));
    assert_eq!(facts_at(&module, 0, &[9]), Ok(vec![None]));
}

#[test]
fn code_that_breaks_a_rule_has_no_facts() {
    let module = module(proto(&[i(Op::Move, 1, 0, 0)]));
    assert!(facts_at(&module, 0, &[0]).is_err());
}
