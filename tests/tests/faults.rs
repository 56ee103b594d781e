//! Errors as data: what hosts can ask about an error nobody caught, and about one that a message
//! handler handles. Every program runs plainly and with a collection at every allocation.

use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, compile};
use luka_report::{Outside, Style, report_error};
use luka_stdlib::{CompilerLoader, open_libs};
use luka_tests::host::memory_host;
use luka_vm::debug::fault::{FailedCoroutine, ForPart, Problem};
use luka_vm::debug::{Fault, FaultKind, Operand, Raised};

use luka_vm::{Config, Event, Native, NativeResult, Outcome, Value, Vm};

/// What the program notes by calling `note()`: the message of the error being handled.
static NOTE: Native = Native::new("test.note", "", "", note);

fn note(vm: &mut Vm) -> NativeResult {
    let message = vm.raised_error().map_or("none".to_string(), |raised| raised.fault.to_string());
    let notes = vm.host_data.get_or_insert_with(|| Box::new(Vec::<String>::new()));
    notes.downcast_mut::<Vec<String>>().expect("notes").push(message);
    vm.ret0()
}

/// Runs a program that fails, plainly and under stress, and looks at the machine afterwards.
fn failed(program: &str, look: impl Fn(&Vm, Value)) {
    for gc_stress in [0, 1] {
        let source = Source::new("=t", program.as_bytes(), SourceKind::File);
        let module = compile(&source, &Options::default()).expect("a program");
        let config = Config { gc_stress, ..Config::default() };
        let (host, loader) = (Box::new(memory_host(b"")), Box::new(CompilerLoader::default()));
        let mut vm = Vm::new(config, host, loader).expect("a machine");
        open_libs(&mut vm).expect("libraries");
        let native: Value = vm.heap.new_native(&NOTE, &[]).into();
        let (key, globals) = (vm.small_str("note"), vm.globals());
        vm.raw_set(globals, key, native).expect("a global");
        vm.keep_levels();
        let f = vm.instantiate(module, None).expect("a function");
        match vm.run(f.into(), &[]) {
            Outcome::Failed(error) => look(&vm, error),
            other => panic!("{program}: {other:?}"),
        }
        vm.check_heap().expect("the heap is whole");
    }
}

fn raised(vm: &Vm) -> &Raised {
    vm.raised_error().expect("the error is known")
}

/// The fault of a program's error; its message is the end of the error.
fn fault_of(program: &str, look: impl Fn(&Fault)) {
    failed(program, |vm, error| {
        let fault = &raised(vm).fault;
        let text = error.as_str().expect("a message");
        assert!(text.bytes().ends_with(&fault.message()), "{program}: {fault}");
        look(fault);
    });
}

#[test]
fn every_kind_of_fault_is_told_apart() {
    let closed = |name: &str| -> FaultKind {
        FaultKind::Message(std::borrow::Cow::Owned(name.as_bytes().to_vec()))
    };
    let programs = [
        ("local t = nil; return t.x", FaultKind::Index),
        ("local t = nil; t.x = 1", FaultKind::Index),
        ("return undefined()", FaultKind::Call),
        ("local a = {} return 1 + a", FaultKind::Arithmetic(Event::Add)),
        ("local a = {} return a - 1", FaultKind::Arithmetic(Event::Sub)),
        ("local a = {} return -a", FaultKind::Arithmetic(Event::Unm)),
        ("local a = {} return a & 1", FaultKind::Bitwise(Event::BAnd)),
        ("local a = 1.5 return a | 1", FaultKind::NoInteger),
        ("local a, b = 1 return 'x' .. a .. b", FaultKind::Concat { part: 1, parts: 3 }),
        ("local a, b = {}, 'x' return a .. b", FaultKind::Concat { part: 0, parts: 2 }),
        ("local a return a < 1", FaultKind::Compare),
        ("local a return #a", FaultKind::Length),
        ("for i = 'x', 2 do end", FaultKind::ForLoop(ForPart::Initial)),
        ("for i = 1, {} do end", FaultKind::ForLoop(ForPart::Limit)),
        ("for i = 1, 2, {} do end", FaultKind::ForLoop(ForPart::Step)),
        ("for i = 1, 2, 0 do end", FaultKind::ForStepZero),
        ("local a = 0 return 1 // a", FaultKind::DivideByZero),
        ("local a = 0 return 1 % a", FaultKind::ModuloByZero),
        ("return 'x' + 1", FaultKind::StringArithmetic(Event::Add)),
        ("local x <close> = 1", FaultKind::NotClosable),
        ("local t = {} t[nil] = 1", FaultKind::NilKey),
        ("local t = {} t[0/0] = 1", FaultKind::NanKey),
        (
            "local t = {} setmetatable(t, {__index = t}) t.__index = t \
             local m = setmetatable({}, nil) setmetatable(t, {__index = t}) return t.x",
            FaultKind::ChainTooLong(Event::Index),
        ),
        ("local function f() return 1 + f() end f()", FaultKind::StackOverflow),
        ("error('mine', 0)", FaultKind::Raised),
        ("assert(false)", FaultKind::Raised),
        ("table.concat({{}})", closed("invalid value (table) at index 1 in table for 'concat'")),
    ];
    for (program, kind) in programs {
        failed(program, |vm, _| assert_eq!(raised(vm).fault.kind, kind, "{program}"));
    }
}

#[test]
fn a_fault_has_its_operands() {
    fault_of("local t = nil\nreturn t.x", |fault| {
        assert_eq!(fault.to_string(), "attempt to index a nil value (local 't')");
        assert!(fault.raiser.is_none() && fault.site.is_some());
        let [object, key] = &fault.operands[..] else { panic!("{fault:?}") };
        assert!(object.value.is_nil() && object.found == Operand::Reg(0));
        assert_eq!(object.type_name[..], b"nil"[..]);
        assert_eq!(object.name.as_ref().map(|n| (n.what, &n.name[..])), Some(("local", &b"t"[..])));
        assert_eq!(key.value.as_str().map(|s| s.bytes()), Some(&b"x"[..]));
    });
    fault_of("local n, t = 1, {} return n + t", |fault| {
        assert_eq!((fault.blamed, fault.operands.len()), (1, 2));
        assert_eq!(fault.operands[0].value.as_int(), Some(1));
    });
    fault_of("return x.y", |fault| {
        assert_eq!(fault.to_string(), "attempt to index a nil value (global 'x')");
    });
    fault_of("local u; local function f() return u.x end f()", |fault| {
        assert_eq!(fault.to_string(), "attempt to index a nil value (upvalue 'u')");
    });
    fault_of("return setmetatable({}, {__name = 'Point'}) < 1", |fault| {
        assert_eq!(fault.to_string(), "attempt to compare Point with number");
    });
}

#[test]
fn natives_say_which_argument_and_who_they_are() {
    fault_of("string.rep('x')", |fault| {
        assert_eq!(fault.raiser.map(|native| native.name), Some("string.rep"));
        let FaultKind::BadArgument(bad) = &fault.kind else { panic!("{fault:?}") };
        assert_eq!((bad.index, bad.is_method), (2, false));
        let Problem::Type { expected, got } = &bad.problem else { panic!("{fault:?}") };
        assert_eq!((&expected[..], got.is_none()), (&b"number"[..], true));
    });
    fault_of("('x'):rep({})", |fault| {
        let FaultKind::BadArgument(bad) = &fault.kind else { panic!("{fault:?}") };
        assert_eq!((bad.index, bad.is_method), (1, true));
        assert!(fault.operands[0].value.as_table().is_some());
    });
    fault_of("local t = {} t.rep = string.rep t:rep(1)", |fault| {
        let FaultKind::BadArgument(bad) = &fault.kind else { panic!("{fault:?}") };
        assert_eq!(bad.index, 0);
        assert_eq!(fault.to_string(), "calling 'rep' on bad self (string expected, got table)");
    });
}

#[test]
fn a_caught_error_leaves_no_fault() {
    failed("pcall(function() local x; x() end) error({})", |vm, error| {
        assert_eq!(raised(vm).fault.kind, FaultKind::Raised);
        assert!(raised(vm).error.raw_eq(error));
    });
    failed("note() pcall(error) note() xpcall(error, print) note() error()", |vm, _| {
        let notes = vm.host_data.as_ref().and_then(|notes| notes.downcast_ref::<Vec<String>>());
        assert_eq!(notes.map(|n| &n[..]), Some(&["none"; 3].map(String::from)[..]));
    });
}

/// Another error in a message handler, in a `__close` method or in a finalizer is another error.
#[test]
fn errors_on_their_way_are_not_confused() {
    let handler = "xpcall(function() local first; first() end, function()
        note()
        pcall(function() local second; second.x() end)
        note()
        return xpcall(function() local third; return #third end, note)
    end) note() error()";
    failed(handler, |vm, _| {
        let notes = vm.host_data.as_ref().and_then(|notes| notes.downcast_ref::<Vec<String>>());
        let notes = notes.expect("it noted");
        let first = "attempt to call a nil value (local 'first')";
        let third = "attempt to get length of a nil value (local 'third')";
        assert_eq!(notes[..], [first, first, third, "none"]);
    });
    let closing = "local function closing()
        local a <close> = setmetatable({}, {__close = function()
            pcall(function() local second; second.x() end)
            coroutine.wrap(function() pcall(error) end)()
        end})
        local first; first()
    end
    coroutine.wrap(closing)()";
    failed(closing, |vm, _| {
        assert_eq!(raised(vm).fault.to_string(), "attempt to call a nil value (local 'first')");
    });
    let replaced = "local a <close> = setmetatable({}, {__close = function()
        local second; return #second
    end}) local first; first()";
    // Here the main function itself fails, so its variable is closed with the state.
    let replaced = format!("coroutine.wrap(function() {replaced} end)()");
    failed(&replaced, |vm, _| {
        let fault = &raised(vm).fault;
        assert_eq!(fault.to_string(), "attempt to get length of a nil value (local 'second')");
    });
    let yields = "local co = coroutine.wrap(function()
        pcall(function()
            local a <close> = setmetatable({}, {__close = function() coroutine.yield() end})
            local first; first()
        end)
        error('last', 0)
    end)
    co() pcall(function() local other; other.x = 1 end) co()";
    failed(yields, |vm, _| assert_eq!(raised(vm).fault.kind, FaultKind::Raised));
}

#[test]
fn the_failed_coroutine_is_known() {
    let resumed = "local co = coroutine.create(function() local x; return x.y end)
    local ok, e = coroutine.resume(co)
    co = nil
    error(e, 0)";
    failed(resumed, |vm, error| {
        let raised = raised(vm);
        let [FailedCoroutine::Stack(co)] = raised.coroutines[..] else { panic!("{raised:?}") };
        assert!(raised.fault.thread == co && co != vm.current_thread());
        assert!(raised.error.raw_eq(error));
        assert_eq!(raised.fault.kind, FaultKind::Index);
        assert_eq!(vm.fault_location(&raised.fault).and_then(|at| at.line), Some(1));
    });
    // `assert` puts no position in front, `error` does; a table is raised as it is.
    let others = [
        "assert(coroutine.resume(coroutine.create(function() local x; return x.y end)))",
        "error(select(2, coroutine.resume(coroutine.create(function() error({}) end))))",
    ];
    for program in others {
        failed(program, |vm, _| assert_eq!(raised(vm).coroutines.len(), 1, "{program}"));
    }
    let nested = "local inner = coroutine.wrap(function() local x; return x.y end)
    local outer = coroutine.wrap(function() inner() end)
    outer()";
    failed(nested, |vm, _| {
        let raised = raised(vm);
        assert_eq!(raised.fault.kind, FaultKind::Index);
        assert_eq!(raised.location.as_ref().and_then(|at| at.line), Some(1));
        let [FailedCoroutine::Closed(first), FailedCoroutine::Closed(second)] =
            &raised.coroutines[..]
        else {
            panic!("{raised:?}")
        };
        assert_eq!((first[0].line, second[0].line), (Some(1), None));
        assert_eq!(second[0].function, b"upvalue 'inner'");
    });
}

/// That an error can be recognised when it is raised again keeps no coroutine alive.
#[test]
fn failed_coroutines_are_garbage_as_others_are() {
    let program = "local weak = setmetatable({}, {__mode = 'k'})
    for i = 1, 3 do
        local co = coroutine.create(function() local x; x() end)
        weak[co] = true
        coroutine.resume(co)
    end
    collectgarbage()
    error(next(weak) == nil and 'all gone' or 'some are kept', 0)";
    failed(program, |_, error| {
        assert_eq!(error.as_str().map(|s| s.bytes()), Some(&b"all gone"[..]));
    });
}

#[test]
fn long_names_are_whole_in_messages_only() {
    let name = "n".repeat(5_000);
    failed(&format!("local {name}; {name}()"), |vm, error| {
        let text = error.as_str().map_or(0, |s| s.len());
        assert!(text > 5_000, "{text}");
        let operand = raised(vm).fault.blamed_operand().expect("an operand");
        let kept = operand.name.as_ref().map(|n| n.name.len());
        assert_eq!(kept, Some(Fault::MOST_BYTES));
    });
}

/// A host without files and without a message handler: the report is data, then text.
#[test]
fn a_report_is_data() {
    let program = "local function f(t)\n  return t.a.b\nend\nf({})\n";
    failed(program, |vm, error| {
        let message = error.as_str().expect("a message").bytes();
        let file = |_: &[u8]| None;
        let report = report_error(vm, error, message, 0, Outside::files(&file));
        assert_eq!(report.message, message);
        assert!(report.picture.is_none() && report.coroutines.is_empty());
        let levels = report.levels.iter().map(|level| (&level.function[..], level.line));
        let expected: [(&[u8], _); 2] = [(b"local 'f'", Some(2)), (b"main chunk", Some(4))];
        assert_eq!(levels.collect::<Vec<_>>(), expected);
    });
    let program = format!("return load({program:?}, '@f.lua')()");
    failed(&program, |vm, error| {
        let message = error.as_str().expect("a message").bytes();
        let file = |name: &[u8]| {
            assert_eq!(name, b"f.lua");
            Some(b"local function f(t)\n  return t.a.b\nend\nf({})\n".to_vec())
        };
        let report = report_error(vm, error, message, 0, Outside::files(&file));
        let diagnostic = &report.picture.as_ref().expect("a picture").diagnostic;
        assert_eq!(diagnostic.label, "`t.a` is nil: field `a` of local `t`");
        let text = String::from_utf8(report.render(Style::PLAIN)).expect("text");
        assert!(text.starts_with("f.lua:2: attempt to index a nil value (field 'a')\n"), "{text}");
        assert!(text.contains("╰─── `t.a` is nil: field `a` of local `t`"), "{text}");
        assert!(
            text.ends_with("\n\tt:1: in main chunk\n\t[C]: in ?") || text.contains("main chunk")
        );
    });
}
