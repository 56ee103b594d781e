//! Debug information that is still packed says, and passes for, what it says unpacked.

mod common;

use common::{Random, local, module, proto, sample};
use luka_bytecode::image::{decode, encode};
use luka_bytecode::verify::verify;
use luka_bytecode::{Instr, LazyDebug, Module, Op, Proto, Span, UpvalueList};

fn read(module: &Module) -> Module {
    decode(&encode(module)).expect("an image")
}

/// The memory of all functions' debug information in hand: it tells what is unpacked.
fn memory(module: &Module) -> usize {
    module.protos.iter().map(|p| p.debug.memory()).sum()
}

#[test]
fn nothing_is_unpacked_before_it_is_asked_for() {
    let whole = sample();
    let image = encode(&whole);
    let module = decode(&image).expect("an image");
    let packed = memory(&module);
    assert!(packed < image.len(), "{packed} bytes of {}", image.len());
    for (read, written) in module.protos.iter().zip(&whole.protos) {
        assert_eq!(read.debug.counts(), written.debug.counts());
        assert_eq!(read.debug.is_empty(), written.debug.is_empty());
    }
    let module = verify(module.clone()).expect("verified").into_inner();
    assert_eq!(memory(&module), packed);
    // One function's lines leave the other's alone.
    assert_eq!(module.protos[1].debug.lines, whole.protos[1].debug.lines);
    let one = memory(&module) - packed;
    assert_eq!(one, whole.protos[1].debug.memory());
    assert_eq!(module, whole);
    assert_eq!(memory(&module), packed + memory(&whole));
    assert_eq!(memory(&module.clone()), memory(&module));
    assert_eq!(encode(&module), image);
    assert_eq!(format!("{:?}", module.protos[1].debug), format!("{:?}", *whole.protos[1].debug));
}

#[test]
fn a_change_is_seen_whatever_it_was() {
    let mut expected = sample();
    let mut module = read(&expected);
    for module in [&mut module, &mut expected] {
        module.protos[0].debug.locals[1].name = b"other".as_slice().into();
        module.protos[1].debug.lines.clear();
    }
    assert_eq!(module, expected);
    assert_eq!(memory(&module), memory(&expected));
    let mut stripped = read(&expected);
    stripped.strip();
    expected.strip();
    assert_eq!(stripped, expected);
    assert_eq!(memory(&stripped), 0);
    assert!(stripped.protos.iter().all(|p| p.debug.is_empty()));
    let mut none = LazyDebug::default();
    assert_eq!((none.lines.len(), none.memory()), (0, 0));
    none.lines.push(1);
    assert_eq!(none.counts().lines, 1);
}

/// Lines count from where a function began when it was written, whatever it says later.
#[test]
fn changes_of_the_function_do_not_change_what_is_packed() {
    let whole = sample();
    let mut module = read(&whole);
    let proto = &mut module.protos[1];
    proto.line_defined = 1000;
    proto.upvalues = UpvalueList::default();
    proto.code.clear();
    assert_eq!(proto.debug, whole.protos[1].debug);
}

#[test]
fn machines_on_several_threads_may_share_it() {
    fn shared<T: Send + Sync>() {}
    shared::<LazyDebug>();
    shared::<Module>();
    let whole = sample();
    let module = read(&whole);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(module, whole));
        }
    });
}

fn function() -> Proto {
    let mut p = proto(&[Instr::abc(Op::Return0, 0, 0, 0); 3]);
    p.debug.lines = vec![7, 8, 8];
    p.debug.spans = vec![Span::new(300, 301); 3];
    p.debug.locals = vec![local("x", 0, 3, 3), local("y", 1, 2, 9)];
    p
}

/// What the verifier says of debug information is the same behind an image.
#[test]
fn forged_scopes_are_refused_behind_an_image_too() {
    let forgeries: [fn(&mut Proto); 8] = [
        |p| p.debug.locals[0].end_pc = 4,
        |p| p.debug.locals[1].start_pc = 3,
        |p| p.debug.locals[1].register = 10,
        |p| p.debug.locals[1].register = 3,
        |p| p.debug.locals.swap(0, 1),
        |p| p.debug.locals[0].end_pc = 1,
        |p| (p.debug.locals[0].end_pc, p.debug.locals[1].end_pc) = (2, 3),
        |p| p.line_defined = 1,
    ];
    for (number, forge) in forgeries.into_iter().enumerate() {
        let mut p = function();
        verify(read(&module(p.clone()))).expect("verified");
        forge(&mut p);
        let forged = module(p);
        let said = verify(forged.clone()).map(|_| ());
        assert_eq!(verify(read(&forged)).map(|_| ()), said, "forgery {number}");
        // The sixth is none: the first variable ends where the second begins.
        assert_eq!(said.is_ok(), number == 5, "forgery {number}: {said:?}");
    }
}

/// What was packed for one function is not taken for granted in another.
#[test]
fn what_was_in_order_is_checked_again_when_its_function_changes() {
    let changed = |change: fn(&mut Proto)| {
        let mut module = read(&module(function()));
        change(&mut module.protos[0]);
        verify(module).map(|_| ()).map_err(|error| error.message)
    };
    assert_eq!(changed(|_| ()), Ok(()));
    assert_eq!(changed(|p| p.code.truncate(2)), Err("3 lines for 2 instructions".into()),);
    let error = changed(|p| p.max_stack = 9).expect_err("refused");
    assert_eq!(error, "local variable 1, `y`, is in R9, the frame has 9 registers");
    let error = changed(|p| p.debug.locals[0].register = 9).expect_err("refused");
    assert!(error.contains("not above R9"), "{error}");
    let mut whole = sample();
    whole = read(&whole);
    whole.protos[1].debug = whole.protos[0].debug.clone();
    let error = verify(whole).expect_err("refused").message;
    assert_eq!(error, "26 lines for 6 instructions");
}

/// Random lists, in order or not: both forms pass or fail alike.
#[test]
fn packed_and_plain_pass_alike() {
    let mut random = Random(0x1234_5678_9abc_def1);
    let (mut passed, mut refused) = (0, 0);
    for _ in 0..20_000 {
        let mut p = proto(&[Instr::abc(Op::Return0, 0, 0, 0); 5]);
        p.debug.lines = (0..5).map(|_| random.below(40) as u32).collect();
        p.debug.spans = (0..5).map(|_| Span::new(0, 0)).collect();
        for span in &mut p.debug.spans {
            span.start = random.next() as u32 >> random.below(32);
            span.end = span.start.saturating_add(random.next() as u32 >> random.below(32));
        }
        let mut names = ["", "a", "b", "a name of more than forty bytes, to be written each time"];
        names.rotate_left(random.below(4));
        for number in 0..random.below(4) {
            let (start, len) = (random.below(4) as u32, random.below(4) as u32);
            let register = number as u8 + random.below(3) as u8;
            p.debug.locals.push(local(names[random.below(3)], start, start + len, register));
        }
        let whole = module(p);
        let back = read(&whole);
        assert_eq!(back.protos[0].debug.counts(), whole.protos[0].debug.counts());
        let said = verify(whole.clone()).map(|_| ());
        assert_eq!(verify(back.clone()).map(|_| ()), said);
        assert_eq!(back, whole);
        *if said.is_ok() { &mut passed } else { &mut refused } += 1;
    }
    assert!(passed > 5000 && refused > 5000, "{passed} passed, {refused} refused");
}
