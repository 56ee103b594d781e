//! The builder: what it lays out by itself, and that misuse is told, never a panic.

mod common;

use common::Random;
use luka_bytecode::build::{Arg, Capture, FunctionBuilder, Reg, Values};
use luka_bytecode::verify::verify;
use luka_bytecode::{Constant, Module, OpInfo, Role, ops::OPS};

fn finished(f: FunctionBuilder) -> Module {
    f.finish(b"=test").expect("no misuse")
}

fn listing(module: &Module, function: usize) -> Vec<&'static str> {
    let code = module.protos[function].code.iter();
    code.filter_map(|instr| instr.opcode()).map(|op| op.info().mnemonic).collect()
}

/// What is wrong with a function.
fn misuse(build: impl FnOnce(&mut FunctionBuilder)) -> String {
    let mut f = FunctionBuilder::new();
    build(&mut f);
    f.finish(b"=test").expect_err("a misuse").to_string()
}

#[test]
fn an_empty_function_returns() {
    let module = finished(FunctionBuilder::new());
    assert_eq!(listing(&module, 0), ["RETURN0"]);
    verify(module).expect("a good module");
}

#[test]
fn a_label_at_the_end_has_an_instruction_behind_it() {
    let mut f = FunctionBuilder::new();
    let (x, end) = (f.reg(), f.label());
    f.op_loadtrue(x);
    f.jump_if(x, end);
    f.return_one(x);
    f.bind(end);
    let module = finished(f);
    assert_eq!(listing(&module, 0), ["LOADTRUE", "JT", "RETURN1", "RETURN0"]);
    verify(module).expect("a good module");
}

#[test]
fn returns_close_what_is_captured_later() {
    let mut f = FunctionBuilder::new();
    let (x, end) = (f.param("x"), f.label());
    f.jump_if(x, end);
    f.return_one(x);
    f.bind(end);
    let mut inner = FunctionBuilder::new();
    let (y, up) = (inner.reg(), inner.upvalue("x", Capture::Register(x)));
    inner.op_getupval(y, up);
    inner.return_one(y);
    let c = f.reg();
    f.closure(c, inner);
    let call = f.begin_call();
    f.op_move(call.function(), c);
    f.tail_call(call);
    let module = finished(f);
    let n: Vec<(&str, u8)> = listing(&module, 0)
        .into_iter()
        .zip(module.protos[0].code.iter().map(|instr| instr.n))
        .filter(|(name, _)| ["RETURN", "TAILCALL"].contains(name))
        .collect();
    assert_eq!(n, [("RETURN", 1), ("TAILCALL", 1), ("RETURN", 0)]);
    verify(module).expect("a good module");
}

#[test]
fn constants_are_there_once() {
    let mut f = FunctionBuilder::new();
    let nan = f64::from_bits(0x7ff8_0000_0000_0001);
    let all = [
        Constant::Int(1),
        Constant::Float(1.0),
        Constant::Float(0.0),
        Constant::Float(-0.0),
        Constant::Float(nan),
        Constant::Nil,
        Constant::Str((*b"1").into()),
    ];
    let first: Vec<u32> = all.iter().map(|c| f.constant(c.clone()).index()).collect();
    let again: Vec<u32> = all.iter().map(|c| f.constant(c.clone()).index()).collect();
    assert_eq!(first, [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(first, again);
    assert_eq!(finished(f).protos[0].constants, all);
}

#[test]
fn functions_are_listed_in_pre_order() {
    let mut main = FunctionBuilder::main();
    for lines in [(1, 2), (5, 6)] {
        let mut outer = FunctionBuilder::new();
        outer.set_lines(lines.0, lines.1);
        let mut inner = FunctionBuilder::new();
        inner.set_lines(lines.1, lines.1);
        let r = outer.reg();
        outer.closure(r, inner);
        let r = main.reg();
        main.closure(r, outer);
    }
    let module = finished(main);
    let lines: Vec<u32> = module.protos.iter().map(|p| p.line_defined).collect();
    assert_eq!(lines, [0, 1, 2, 5, 6]);
    let children: Vec<&[u32]> = module.protos.iter().map(|p| &*p.protos).collect();
    assert_eq!(children, [&[1, 3][..], &[2], &[], &[4], &[]]);
    verify(module).expect("a good module");
}

#[test]
fn places_cover_code_from_before_the_first() {
    let mut main = FunctionBuilder::main();
    main.at(3, (10, 12));
    let x = main.reg();
    main.load_int(x, 1);
    main.name(x, "x");
    main.at(4, (14, 20));
    main.return_one(x);
    let module = finished(main);
    let debug = &module.main().debug;
    assert_eq!(debug.lines, [3, 3, 4]);
    let spans: Vec<(u32, u32)> = debug.spans.iter().map(|s| (s.start, s.end)).collect();
    assert_eq!(spans, [(0, 0), (10, 12), (14, 20)]);
    let local = &debug.locals[0];
    assert_eq!((&*local.name, local.start_pc, local.end_pc, local.register), (&b"x"[..], 2, 3, 0));
    verify(module).expect("a good module");
}

/// Distances of jumps move each other: whatever the size of the bodies, all reach in the end.
#[test]
fn jumps_reach() {
    for size in [10, 16_380, 16_384, 32_760, 32_764, 32_766, 32_767, 32_768, 33_000, 70_000] {
        let mut f = FunctionBuilder::new();
        let (x, y) = (f.param("x"), f.param("y"));
        let (top, middle, end) = (f.label_here(), f.label(), f.label());
        f.name(y, "z");
        f.op_jlt(x, y, middle);
        f.op_jeq(x, y, end);
        for _ in 0..size / 2 {
            f.op_move(x, y);
        }
        f.bind(middle);
        f.op_jtset(x, y, end);
        for _ in 0..size / 2 {
            f.op_move(x, y);
        }
        f.op_jle(x, y, top);
        f.bind(end);
        f.return_one(x);
        let module = finished(f);
        let code = &module.main().code;
        let long = (code.len() - (size / 2 * 2 + 5)) / 2;
        match size {
            ..=16_384 => assert_eq!(long, 0, "{size}"),
            33_000 => assert_eq!(long, 2, "{size}"),
            70_000 => assert_eq!(long, 4, "{size}"),
            _ => assert!(long <= 2, "{size}"),
        }
        for (pc, instr) in code.iter().enumerate() {
            let op = instr.opcode().expect("an opcode");
            if let Some(target) = luka_bytecode::operand::jump_target(op, *instr, pc) {
                let near = |place: usize| (target - place as i64).abs() <= 20;
                let (size, target) = (size / 2, target as usize);
                assert!(
                    near(pc) || near(0) || near(size) || near(size * 2),
                    "{size}: {pc} jumps to {target}"
                );
            }
        }
        assert_eq!(module.main().debug.locals[2].end_pc as usize, code.len());
        verify(module).expect("a good module");
    }
}

#[test]
fn misuse_is_told() {
    let told = [
        misuse(|f| {
            let label = f.label();
            f.jump(label);
        }),
        misuse(|f| {
            let label = f.label_here();
            f.bind(label);
        }),
        misuse(|f| {
            let mut other = FunctionBuilder::new();
            let label = other.label();
            f.bind(label);
        }),
        misuse(|f| {
            let mut other = FunctionBuilder::new();
            let r = other.regs(3);
            f.op_move(r.plus(2), r);
        }),
        misuse(|f| {
            f.regs(511);
        }),
        misuse(|f| {
            f.reg();
            f.param("late");
        }),
        misuse(|f| {
            let r = f.reg();
            (0..5000).for_each(|i| _ = f.constant(Constant::Int(i)));
            let k = f.constant(Constant::Int(4999));
            f.op_addk(r, r, k, 0);
        }),
        misuse(|f| {
            let r = f.reg();
            f.emit(luka_bytecode::Op::Add, &[r.into(), r.into()]);
        }),
        misuse(|f| {
            let r = f.reg();
            f.emit(luka_bytecode::Op::Move, &[r.into(), 3u16.into()]);
        }),
        misuse(|f| {
            let r = f.reg();
            f.emit(luka_bytecode::Op::GetI, &[r.into(), r.into(), (-1i16).into()]);
        }),
        misuse(|f| {
            let r = f.reg();
            let mut inner = FunctionBuilder::new();
            let label = inner.label();
            inner.jump(label);
            f.closure(r, inner);
        }),
        misuse(|f| f.vararg_twice()),
    ];
    let expected = [
        "instruction 0: jumps to no place: its label was never bound",
        "instruction 0: the label is bound already",
        "instruction 0: the label is another function's",
        "instruction 0: MOVE: there is no register 2 in this function",
        "instruction 0: more than 510 registers",
        "instruction 0: parameters come before registers and code",
        "instruction 0: ADDK: constant 4999 is beyond 4095: it must go through a register",
        "instruction 0: ADD has 3 operands, not 2",
        "instruction 0: MOVE: a Src is not a number",
        "instruction 0: GETI: -1 is not in 0..65535",
        "instruction 0: in the inner function 0: instruction 0: jumps to no place: its label was \
         never bound",
        "instruction 1: a function is made vararg once, before it has code",
    ];
    assert_eq!(told, expected);
}

trait Twice {
    fn vararg_twice(&mut self);
}

impl Twice for FunctionBuilder {
    fn vararg_twice(&mut self) {
        self.vararg();
        self.vararg();
    }
}

/// Any sequence of calls gives a module or an error, and the verifier can look at what comes.
#[test]
fn random_use_does_not_panic() {
    let mut random = Random(0x1234_5678_9abc_def1);
    let (mut good, mut told) = (0, 0);
    for _ in 0..2000 {
        let mut stack = vec![FunctionBuilder::main()];
        let size = random.below(40);
        for _ in 0..size {
            random_step(&mut stack, &mut random);
        }
        while stack.len() > 1 {
            let inner = stack.pop().expect("a function");
            let outer = stack.last_mut().expect("a function");
            outer.function(inner);
        }
        match stack.pop().expect("the main function").finish(b"=random") {
            Ok(module) => good += u32::from(verify(module).is_ok()),
            Err(_) => told += 1,
        }
    }
    assert!(good > 20 && told > 20, "{good} good modules, {told} misuses");
}

fn random_step(stack: &mut Vec<FunctionBuilder>, random: &mut Random) {
    let depth = stack.len();
    let f = stack.last_mut().expect("a function");
    let reg = {
        let r: Reg = f.next_reg();
        if r.index() == 0 { f.reg() } else { Reg::new(random.below(4) as u16) }
    };
    match random.below(16) {
        0 => _ = f.regs(random.below(30) as u16),
        1 => f.free(reg),
        2 => {
            let label = f.label();
            f.jump(label);
            if random.below(8) > 0 {
                f.bind(label);
            }
        }
        3 => f.at(random.below(9) as u32, (random.below(9) as u32, 9)),
        4 => f.load_int(reg, random.next() as i64),
        5 => f.load_float(reg, f64::from_bits(random.next())),
        6 => f.name(reg, "x"),
        7 if depth < 4 => stack.push(FunctionBuilder::new()),
        8 if depth > 1 => {
            let inner = stack.pop().expect("a function");
            stack.last_mut().expect("a function").closure(reg, inner);
        }
        9 => _ = f.upvalue("u", Capture::Register(reg)),
        10 => {
            let call = f.begin_call();
            (0..random.below(3)).for_each(|_| _ = f.reg());
            match random.below(3) {
                0 => f.tail_call(call),
                1 => _ = f.end_call(call, random.below(3) as u16),
                _ => {
                    let first = f.end_call(call, Values::All);
                    f.return_values(first, Values::All);
                }
            }
        }
        11 => {
            let each = f.numeric_loop();
            f.begin_loop(&each);
            f.jump(each.exit());
            f.end_loop(each);
        }
        12 => {
            let mut each = f.generic_loop(random.below(3) as u16);
            f.begin_generic(&mut each);
            f.end_generic(each);
        }
        13 => {
            let scope = f.open_scope();
            f.to_be_closed(reg);
            f.close_scope(scope);
        }
        _ => {
            let info: &OpInfo = &OPS[random.below(OPS.len())];
            let args: Vec<Arg> =
                info.operands.iter().map(|o| random_arg(f, o.role, random)).collect();
            f.emit(info.op, &args);
        }
    }
}

fn random_arg(f: &mut FunctionBuilder, role: Role, random: &mut Random) -> Arg {
    match role {
        Role::Dst | Role::Src | Role::Win => f.next_reg().plus(0).into(),
        Role::Const | Role::ConstNum | Role::ConstStr | Role::ConstWide => f.string("k").into(),
        Role::Upvalue => f.env().into(),
        Role::Proto => f.function(FunctionBuilder::new()).into(),
        Role::Jump | Role::JumpWide => f.label_here().into(),
        _ => Arg::Number(random.below(3) as i64 - i64::from(random.below(9) == 0)),
    }
}
