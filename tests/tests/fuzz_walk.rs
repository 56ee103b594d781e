//! The verifier's quick walk against its passes: wherever debug assertions are on, `verify` lets the
//! passes check what the walk has proved, and panics if they refuse it. Here code nobody would compile
//! gives the walk a chance to be wrong: small functions full of jumps, loops, captured variables and
//! values up to the top, in frames about every size at which the sets of registers change.
//!
//! Changes add up as long as the verifier takes them, so that what is tried lies at the border of what
//! it accepts. `FUZZ_FROM`, `FUZZ_COUNT`, `FUZZ_SECONDS` and `FUZZ_TRACE` as
//! `luka_tests::fuzz::seeds` says.

use luka_bytecode::operand::jump_target;
use luka_bytecode::verify::verify;
use luka_bytecode::{Constant, Instr, Module, Op, Proto, UpvalueDesc, UpvalueKind};
use luka_tests::fuzz::seeds::{is_default, seeds};
use luka_tests::random::Random;

/// The sizes of frames: small ones, and those about the limits of 1, 2, 4 and 8 words.
const FRAMES: [u16; 22] =
    [4, 6, 8, 9, 10, 12, 14, 16, 62, 63, 64, 65, 126, 127, 128, 129, 255, 256, 257, 508, 509, 510];

/// A main function that returns at once, and children that capture its first and last registers.
fn start(r: &mut Random) -> Module {
    let max_stack = FRAMES[r.below(FRAMES.len())];
    let mut main = Proto { max_stack, num_params: r.below(4) as u8, ..Proto::default() };
    main.is_vararg = r.below(2) == 0;
    if main.is_vararg {
        main.code.push(Instr::abc(Op::VarargPrep, 0, 0, 0));
    }
    if r.below(4) > 0 {
        main.code.push(Instr::abc(Op::LoadNil, 0, max_stack - 1 - r.below(3) as u16, 0));
    }
    main.code.push(Instr::abc(Op::Return, 0, 1, 0).with_n(1));
    let string = |len: usize| Constant::Str(vec![b'x'; len].into());
    main.constants = vec![Constant::Int(1), string(1), Constant::Nil, string(41)];
    if r.below(8) == 0 {
        main.constants.resize(4094 + r.below(5), Constant::Float(0.5));
    }
    let capture = |index: usize| UpvalueDesc {
        in_stack: true,
        index: index as u8,
        kind: UpvalueKind::Regular,
    };
    let last = (max_stack as usize - 1).min(255);
    let mut protos = vec![main];
    for upvalues in [vec![], vec![1], vec![last], vec![0, last - 1], vec![last.saturating_sub(7)]] {
        let code = vec![Instr::abc(Op::Return0, 0, 0, 0)];
        let mut child = Proto { max_stack: 2, code, ..Proto::default() };
        child.upvalues = upvalues.into_iter().map(capture).collect();
        let at = protos.len() as u32;
        protos[0].protos.push(at);
        protos.push(child);
    }
    Module { source_name: None, native: false, lua54: false, protos }
}

/// One of the first registers or of the last, now and then one too many.
fn register(main: &Proto, r: &mut Random) -> u16 {
    let size = main.max_stack;
    match r.below(40) {
        0 => size,
        1 => size + r.below(70) as u16,
        n if n < 20 => r.below(size.min(8) as usize) as u16,
        _ => size - 1 - r.below(size.min(10) as usize) as u16,
    }
}

fn instruction(main: &Proto, pc: usize, r: &mut Random) -> Instr {
    use Op::*;
    const OPS: [Op; 41] = [
        Move, LoadI, LoadK, LoadNil, LFalseSkip, LFalseSkip, GetField, SetTabUpK, SetFieldK,
        NewTable, SetList, SelfK, AddI, AddK, Concat, Jmp, Jmp, Jmp, JT, JT, JTSet, JFSet, JEqK,
        JLtI, Call, Call, TailCall, Return, Return0, Return1, Vararg, Closure, Closure, Close,
        Close, Tbc, ForPrep, ForLoop, TForPrep, TForCall, TForLoop,
    ];
    let op = OPS[r.below(OPS.len())];
    let small = |r: &mut Random| match r.below(60) {
        0 => r.below(65536) as u16,
        1 => 4094 + r.below(4) as u16,
        _ => r.below(4) as u16,
    };
    let (b, c) = (register(main, r), register(main, r));
    let mut instr = Instr::abc(op, register(main, r), 0, 0);
    let far = |r: &mut Random| r.below(main.code.len() + 1) as i32 - pc as i32 - 1;
    match op {
        Move => instr.b = b,
        LoadNil | Return | Concat => instr.b = small(r),
        GetField | AddK | SelfK => (instr.b, instr.c) = (b, small(r)),
        AddI => (instr.b, instr.n) = (b, r.below(5) as u8),
        JTSet | JFSet => (instr.b, instr.c) = (b, far(r) as u16),
        JEqK | JLtI => (instr.b, instr.c) = (small(r), far(r) as u16),
        SetTabUpK | SetFieldK | NewTable | Call => (instr.b, instr.c) = (small(r), small(r)),
        SetList => instr.n = r.below(4) as u8,
        TailCall => instr.b = small(r),
        Vararg | TForCall => instr.c = small(r),
        Closure | LoadK => instr.set_sbx(small(r) as i32),
        Jmp | JT | ForPrep | ForLoop | TForPrep | TForLoop => instr.set_sbx(far(r)),
        Return0 => instr.a = 0,
        _ => {}
    }
    if op == Jmp {
        instr.a = 0;
    }
    if matches!(op, Return | TailCall | JLtI | AddK) {
        instr.n = (r.below(9) / 4) as u8;
    }
    let _ = c;
    instr
}

/// Instructions that only pass together.
fn group(main: &Proto, r: &mut Random) -> Vec<Instr> {
    let a = register(main, r);
    let b = a.saturating_sub(r.below(3) as u16);
    match r.below(7) {
        0 | 1 => {
            vec![Instr::asbx(Op::ForPrep, a, 1), Instr::asbx(Op::ForLoop, a, -1)]
        }
        2 | 3 => vec![
            Instr::asbx(Op::TForPrep, a, 0),
            Instr::abc(Op::TForCall, a, 0, 1 + r.below(6) as u16),
            Instr::asbx(Op::TForLoop, a, -2),
        ],
        4 => vec![Instr::abc(Op::Vararg, a, 0, 0), Instr::abc(Op::Return, b, 0, 0).with_n(1)],
        5 => vec![
            Instr::abc(Op::Call, a, 1, 0),
            match r.below(2) {
                0 => Instr::abc(Op::SetList, b, 0, 0),
                _ => Instr::abc(Op::Call, b, 0, r.below(3) as u16),
            },
        ],
        _ => vec![
            Instr::abc(Op::TailCall, a, 1, 0).with_n(r.below(2) as u8),
            Instr::abc(Op::Return, a, 0, 0).with_n(1),
        ],
    }
}

/// Puts instructions in; jumps over the place still go where they went.
fn insert(main: &mut Proto, at: usize, new: &[Instr], r: &mut Random) {
    // Those that go to the place itself go to the new instructions, or past them.
    let past = r.below(2) == 0;
    let moved = |pc: usize| if pc > at || pc == at && past { pc + new.len() } else { pc };
    let len = main.code.len();
    for pc in 0..len {
        let mut instr = main.code[pc];
        let Some(op) = instr.opcode() else { continue };
        let Some(target) = jump_target(op, instr, pc) else { continue };
        let Ok(target) = usize::try_from(target) else { continue };
        let from = if pc >= at { pc + new.len() } else { pc };
        let distance = moved(target) as i32 - from as i32 - 1;
        if matches!(op, Op::JTSet | Op::JFSet | Op::JEqK | Op::JLtI) {
            instr.c = distance as u16;
        } else {
            instr.set_sbx(distance);
        }
        main.code[pc] = instr;
    }
    main.code.splice(at..at, new.iter().copied());
}

fn change(module: &mut Module, r: &mut Random) {
    let main = &mut module.protos[0];
    let len = main.code.len();
    let pc = r.below(len);
    match r.below(14) {
        0 => drop(main.code.remove(pc)),
        1 => main.code.swap(pc, r.below(len)),
        2 => main.code[pc] = instruction(main, pc, r),
        3 => {
            let mut bytes = main.code[pc].to_bytes();
            let at = 2 + 2 * r.below(3);
            bytes[at] = bytes[at].wrapping_add(r.below(3) as u8).wrapping_sub(1);
            main.code[pc] = Instr::from_bytes(bytes);
        }
        4 => {
            let mut bytes = main.code[pc].to_bytes();
            bytes[r.below(8)] ^= 1 << r.below(8);
            main.code[pc] = Instr::from_bytes(bytes);
        }
        5 => main.max_stack = FRAMES[r.below(FRAMES.len())],
        6 | 7 => {
            let new = group(main, r);
            insert(main, pc, &new, r);
        }
        8 => {
            // A stretch twice: its jumps lead where they led from the first.
            let end = len.min(pc + 1 + r.below(6));
            let twice = main.code[pc..end].to_vec();
            insert(main, end, &twice, r);
        }
        _ => {
            let new = instruction(main, pc, r);
            insert(main, pc, &[new], r);
        }
    }
}

#[test]
fn the_walk_proves_only_what_the_passes_accept() {
    let (mut passed, mut refused) = (0u64, 0u64);
    for seed in seeds(1500) {
        let mut r = Random::new(seed);
        let mut module = start(&mut r);
        for _ in 0..300 {
            let mut changed = module.clone();
            change(&mut changed, &mut r);
            if changed.protos[0].code.len() > 60 {
                break;
            }
            let kept = changed.clone();
            match std::panic::catch_unwind(|| verify(changed).is_ok()) {
                Ok(true) => {
                    module = kept;
                    passed += 1;
                }
                Ok(false) => refused += 1,
                Err(_) => panic!("seed {seed}: {:#?}", kept.protos[0].code),
            }
        }
    }
    println!("{passed} passed, {refused} refused");
    assert!(!is_default() || (passed > 30_000 && refused > 30_000), "{passed}, {refused}");
}
