//! Loops that the verifier accepts, made at random: a program may use hooks to stop code, so no loop may
//! run without a count hook and a line hook being called.
//!
//! Changes add up as long as the verifier takes them. What comes of them runs under each hook, which
//! stops it after some calls: it must end. `FUZZ_FROM`, `FUZZ_COUNT`, `FUZZ_SECONDS` and `FUZZ_TRACE`
//! as `luka_tests::fuzz::seeds` says.

use luka_bytecode::text::{Options, disassemble};
use luka_bytecode::verify::verify;
use luka_bytecode::{Constant, Instr, Module, Op, Proto, Verified};
use luka_compiler::compile;
use luka_compiler::source::{Source, SourceKind};
use luka_stdlib::{CompilerLoader, open_libs};
use luka_tests::fuzz::seeds::{is_default, seeds};
use luka_tests::host::memory_host;
use luka_tests::random::Random;
use luka_vm::{Config, Outcome, Value, Vm};

/// Runs a function under a hook that stops it at its 50th event; true if it had to. The arguments keep
/// loops going: an iterator that never ends (and is no Lua function, whose instructions a hook would
/// see), numbers, and values for tests.
const DRIVER: &str = "
    local f, mask, count = ...
    local events = 0
    local function hook()
      events = events + 1
      if events == 50 then error('stopped', 0) end
    end
    local run = coroutine.create(f)
    debug.sethook(run, hook, mask, count)
    local _, message = coroutine.resume(run, rawequal, 1, 1 << 60, 1, nil, true)
    return message == 'stopped'";

const PARAMETERS: u16 = 6;
const FRAME: u16 = 24;

/// A function that returns at once.
fn start() -> Module {
    let mut main = Proto { max_stack: FRAME, num_params: PARAMETERS as u8, ..Proto::default() };
    // R6 is an iterator and its values, R12 a numeric loop's, R18 and above nil.
    for (to, from) in [(6, 0), (7, 1), (8, 1), (12, 1), (13, 2), (14, 3)] {
        main.code.push(Instr::abc(Op::Move, to, from, 0));
    }
    for to in [9, 10, 11, 15, 16, 17, 18, 19, 20, 21, 22, 23] {
        main.code.push(Instr::abc(Op::Move, to, 4, 0));
    }
    main.code.push(Instr::abc(Op::Return, 0, 1, 0).with_n(1));
    main.constants = vec![Constant::Int(1)];
    Module { source_name: None, native: false, lua54: false, protos: vec![main] }
}

/// An instruction that jumps, or changes what jumps depend on.
fn instruction(len: usize, pc: usize, r: &mut Random) -> Instr {
    let far = r.below(len + 1) as i32 - pc as i32 - 1;
    let register = r.below(FRAME as usize) as u16;
    match r.below(9) {
        0 | 1 => Instr::asbx(Op::Jmp, 0, far),
        2 => Instr::asbx(Op::JT, register, far),
        3 => Instr::asbx(Op::JF, register, far),
        4 => Instr::abc(Op::JTSet, register, r.below(6) as u16, far as u16),
        5 => Instr::abc(Op::LFalseSkip, register, 0, 0),
        6 => Instr::asbx(Op::TForLoop, 6, far),
        7 => Instr::asbx(Op::TForPrep, 6, far),
        _ => Instr::abc(Op::Move, register, r.below(6) as u16, 0),
    }
}

/// Instructions that only pass together, with room for others.
fn group(r: &mut Random) -> Vec<Instr> {
    match r.below(3) {
        0 => vec![Instr::asbx(Op::ForPrep, 12, 1), Instr::asbx(Op::ForLoop, 12, -1)],
        1 => vec![Instr::asbx(Op::Jmp, 0, 0), Instr::asbx(Op::Jmp, 0, -2)],
        _ => vec![
            Instr::asbx(Op::TForPrep, 6, 0),
            Instr::abc(Op::TForCall, 6, 0, 1 + r.below(2) as u16),
            Instr::asbx(Op::TForLoop, 6, -2),
        ],
    }
}

fn change(main: &mut Proto, r: &mut Random) {
    let len = main.code.len();
    let pc = 18 + r.below(len - 18);
    match r.below(4) {
        0 => main.code[pc] = instruction(len, pc, r),
        1 => {
            let far = r.below(len + 1) as i32 - pc as i32 - 1;
            main.code[pc].set_sbx(far);
        }
        2 => main.insert(pc, &[instruction(len, pc, r)]),
        _ => main.insert(pc, &group(r)),
    }
}

trait Insert {
    fn insert(&mut self, at: usize, new: &[Instr]);
}

impl Insert for Proto {
    /// Puts instructions in. Jumps keep their distances: half of them lead somewhere else then.
    fn insert(&mut self, at: usize, new: &[Instr]) {
        self.code.splice(at..at, new.iter().copied());
    }
}

struct Machine {
    vm: Vm,
    driver: Value,
}

impl Machine {
    fn new() -> Machine {
        let config = Config { fuel: Some(0), ..Config::default() };
        let host = memory_host(b"");
        let mut vm = Vm::new(config, Box::new(host), Box::new(CompilerLoader::default()))
            .expect("a machine");
        open_libs(&mut vm).expect("libraries");
        let source = Source::new("=driver", DRIVER.as_bytes(), SourceKind::File);
        let module = compile(&source, &Default::default()).expect("a program");
        let driver = vm.instantiate(module, None).expect("a function").into();
        Machine { vm, driver }
    }

    /// Whether a hook had to stop the function; `None` if it ran on.
    fn stopped(&mut self, module: &Verified<Module>, mask: &str, count: i64) -> Option<bool> {
        let f = self.vm.instantiate(module.clone(), None).expect("a function");
        let mask = self.vm.small_str(mask);
        self.vm.add_fuel(50_000);
        match self.vm.run(self.driver, &[f.into(), mask, Value::int(count)]) {
            Outcome::Finished(values) => Some(!values[0].is_falsy()),
            Outcome::OutOfFuel => None,
            _ => panic!("the driver fails"),
        }
    }
}

#[test]
fn no_loop_escapes_hooks() {
    let (mut endless, mut generic) = (0, 0);
    for seed in seeds(60) {
        let mut r = Random::new(seed);
        let mut machine = Machine::new();
        let mut module = start();
        for _ in 0..150 {
            let mut changed = module.clone();
            change(&mut changed.protos[0], &mut r);
            let Ok(verified) = verify(changed.clone()) else { continue };
            module = changed;
            for (mask, count) in [("", 1), ("", 7), ("l", 0)] {
                match machine.stopped(&verified, mask, count) {
                    Some(stopped) => {
                        endless += stopped as u32;
                        let op = |instr: &Instr| instr.opcode() == Some(Op::TForLoop);
                        generic += (stopped && module.protos[0].code.iter().any(op)) as u32;
                    }
                    None => {
                        let listing = disassemble(&module, Options::default());
                        panic!("seed {seed}: hook {mask:?}, {count} is not called in\n{listing}");
                    }
                }
            }
            if module.protos[0].code.len() > 50 {
                module = start();
            }
        }
    }
    assert!(!is_default() || (endless > 1_000 && generic > 300), "{endless}, {generic}");
}

/// What was accepted once: a TFORLOOP that jumps to itself.
#[test]
fn loops_without_visible_instructions_are_refused() {
    for far in [-1, -2, 0] {
        let mut module = start();
        let code = &mut module.protos[0].code;
        let at = code.len() - 1;
        code.insert(at, Instr::asbx(Op::TForLoop, 6, far));
        code.insert(at, Instr::abc(Op::TForCall, 6, 0, 1));
        code.insert(at, Instr::asbx(Op::TForPrep, 6, 0));
        assert_eq!(verify(module).is_ok(), far == -2, "{far}");
    }
}
