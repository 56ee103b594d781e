//! What the builder makes, on the machine.

use luka_bytecode::build::{Capture, FunctionBuilder, Upvalue, Values};
use luka_bytecode::verify::verify;
use luka_stdlib::{CompilerLoader, open_libs};
use luka_tests::host::memory_host;
use luka_tests::page::{blocks, scripts};
use luka_tests::run::RunMode;
use luka_vm::Outcome;
use luka_vm::value::format::write_number;
use luka_vm::{Config, Value, Vm};

/// What a main function returns (or its error), as text.
fn run(main: FunctionBuilder) -> String {
    let module = main.finish(b"=built").expect("no misuse");
    let module = verify(module).expect("a module the verifier passes");
    let host = Box::new(memory_host(b""));
    let mut vm =
        Vm::new(Config::default(), host, Box::new(CompilerLoader::default())).expect("a machine");
    open_libs(&mut vm).expect("its libraries");
    let main = vm.instantiate(module, None).expect("memory");
    match vm.run(main.into(), &[]) {
        Outcome::Finished(values) => {
            let texts: Vec<String> = values.into_iter().map(shown).collect();
            texts.join(" ")
        }
        Outcome::Failed(error) => shown(error),
        other => format!("{other:?}"),
    }
}

fn shown(v: Value) -> String {
    let mut text = Vec::new();
    match v.as_str() {
        Some(s) => text.extend_from_slice(s.bytes()),
        None if v.is_number() => write_number(v, &mut text),
        None if v.is_nil() => text.extend_from_slice(b"nil"),
        None => text.extend_from_slice(v.type_of().name().as_bytes()),
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// `function(...) n = n + 1; return n end` of an upvalue.
fn counter(n: Capture) -> FunctionBuilder {
    let mut f = FunctionBuilder::new();
    let n = f.upvalue("n", n);
    let x = f.reg();
    f.op_getupval(x, n);
    f.op_addi(x, x, 1, 0);
    f.op_setupval(x, n);
    f.return_one(x);
    f
}

#[test]
fn closures_share_a_variable() {
    let mut main = FunctionBuilder::main();
    let n = main.reg();
    main.load_int(n, 40);
    let (a, b) = (main.reg(), main.reg());
    main.closure(a, counter(Capture::Register(n)));
    main.closure(b, counter(Capture::Register(n)));
    for f in [a, b, a] {
        let call = main.begin_call();
        main.op_move(call.function(), f);
        let result = main.end_call(call, 0);
        main.free(result);
    }
    main.return_one(n);
    assert_eq!(run(main), "43");
}

/// Every turn has its own variable, and leaving the loop early closes it.
#[test]
fn loops_close_what_was_captured() {
    let mut main = FunctionBuilder::main();
    let list = main.reg();
    main.op_newtable(list, 0, 0);
    let each = main.numeric_loop();
    main.load_int(each.start(), 10);
    main.load_int(each.limit(), 1);
    main.load_int(each.step(), -3);
    main.begin_loop(&each);
    let (f, next) = (main.reg(), main.label());
    main.closure(f, counter(Capture::Register(each.variable())));
    main.op_settable(list, each.variable(), f);
    main.op_jnei(each.variable(), 4, next);
    main.jump(each.exit());
    main.bind(next);
    main.end_loop(each);
    let results = main.next_reg();
    for key in [10, 10, 7, 4, 4] {
        let call = main.begin_call();
        main.op_geti(call.function(), list, key);
        main.end_call(call, 1);
    }
    let last = main.reg();
    main.op_geti(last, list, 1);
    main.return_values(results, 6);
    assert_eq!(run(main), "11 12 8 5 6 nil");
}

#[test]
fn generic_loops() {
    let mut main = FunctionBuilder::main();
    let env = main.env();
    let sum = main.reg();
    main.load_int(sum, 0);
    let mut each = main.generic_loop(2);
    // ipairs {10, 20, 30}
    let call = main.begin_call();
    main.get_global(call.function(), env, "ipairs");
    let t = main.reg();
    main.op_newtable(t, 0, 3);
    let first = main.regs(3);
    for i in 0..3 {
        main.load_int(first.plus(i), 10 * (i64::from(i) + 1));
    }
    main.op_setlist(t, 3, 0);
    main.free(first);
    let results = main.end_call(call, 3);
    for (i, place) in [each.iterator(), each.state(), each.control()].into_iter().enumerate() {
        main.op_move(place, results.plus(i as u16));
    }
    main.free(results);
    main.op_loadnil(each.closing(), 0);
    main.begin_generic(&mut each);
    let go_on = main.label();
    main.op_jnei(each.variable(0), 3, go_on);
    main.jump(each.exit());
    main.bind(go_on);
    main.op_add(sum, sum, each.variable(1));
    main.end_generic(each);
    main.return_one(sum);
    assert_eq!(run(main), "30");
}

/// `local function f(n) if n == 0 then return "end" end return f(n - 1) end`
#[test]
fn tail_calls_need_no_stack() {
    let mut f = FunctionBuilder::new();
    let n = f.param("n");
    let (itself, go_on) = (f.upvalue("f", Capture::Register(n)), f.label());
    f.op_jnei(n, 0, go_on);
    let text = f.reg();
    f.load_str(text, "end");
    f.return_one(text);
    f.bind(go_on);
    f.free(text);
    let call = f.begin_call();
    f.op_getupval(call.function(), itself);
    let arg = f.reg();
    f.op_addi(arg, n, -1, 0);
    f.tail_call(call);
    let mut main = FunctionBuilder::main();
    let r = main.reg();
    main.closure(r, f);
    let call = main.begin_call();
    main.op_move(call.function(), r);
    let arg = main.reg();
    main.load_int(arg, 1_000_000);
    main.tail_call(call);
    assert_eq!(run(main), "end");
}

#[test]
fn open_values_go_on() {
    let mut main = FunctionBuilder::main();
    let env = main.env();
    // select("#", table.unpack({n, n, n}, 1, 5)), then the same through varargs of a function.
    let mut f = FunctionBuilder::new();
    f.vararg();
    let env2 = f.upvalue("_ENV", Capture::Upvalue(env));
    let call = f.begin_call();
    f.get_global(call.function(), env2, "select");
    let hash = f.reg();
    f.load_str(hash, "#");
    f.varargs(Values::All);
    f.tail_call(call);
    let outer = main.begin_call();
    main.closure(outer.function(), f);
    let inner = main.begin_call();
    main.get_global(inner.function(), env, "table");
    main.get_field(inner.function(), inner.function(), "unpack");
    let args = main.regs(3);
    main.op_newtable(args, 0, 0);
    main.load_int(args.plus(1), 1);
    main.load_int(args.plus(2), 5);
    main.end_call(inner, Values::All);
    let first = main.end_call(outer, Values::All);
    main.return_values(first, Values::All);
    assert_eq!(run(main), "5");
}

#[test]
fn names_of_any_length_and_number() {
    for (fill, name) in [(0, "short".to_string()), (0, "long".repeat(20)), (5000, "late".into())] {
        let mut main = FunctionBuilder::main();
        let env = main.env();
        let (t, x) = (main.reg(), main.reg());
        for i in 0..fill {
            main.constant(luka_bytecode::Constant::Int(i));
        }
        main.op_newtable(t, 0, 0);
        main.load_float(x, 2.5);
        main.set_field(t, &name, x);
        main.get_field(x, t, &name);
        main.set_global(env, &name, x);
        main.op_loadnil(x, 0);
        main.get_global(x, env, &name);
        // A method: t[name] is a function of t.
        let mut f = FunctionBuilder::new();
        let itself = f.param("self");
        f.return_one(itself);
        let m = main.reg();
        main.closure(m, f);
        main.set_field(t, &name, m);
        let call = main.begin_method(t, &name);
        let back = main.end_call(call, 1);
        main.return_values(x, back.index() - x.index() + 1);
        assert_eq!(run(main), "2.5 function table", "{name}");
    }
}

/// A conditional jump over more than 32,767 instructions, forwards and backwards.
#[test]
fn long_jumps_arrive() {
    let mut main = FunctionBuilder::main();
    let (i, sum) = (main.reg(), main.reg());
    main.load_int(i, 0);
    main.load_int(sum, 0);
    let (top, odd) = (main.label_here(), main.label());
    main.op_addi(i, i, 1, 0);
    main.op_jeqi(i, 2, odd);
    for _ in 0..40_000 {
        main.op_addi(sum, sum, 1, 0);
    }
    main.bind(odd);
    main.op_jlti(i, 3, top, 0);
    main.return_one(sum);
    assert_eq!(run(main), "80000");
}

#[test]
fn errors_have_the_line_and_the_name() {
    let mut main = FunctionBuilder::main();
    let x = main.reg();
    main.at(7, (0, 5));
    main.op_loadnil(x, 0);
    main.name(x, "price");
    main.at(8, (6, 11));
    main.op_add(x, x, x);
    main.return_one(x);
    assert_eq!(run(main), "built:8: attempt to perform arithmetic on a nil value (local 'price')");
}

#[test]
fn variables_are_closed() {
    let mut main = FunctionBuilder::main();
    let env = main.env();
    let closed = |f: &mut FunctionBuilder, env: Upvalue| {
        let x = f.reg();
        f.load_str(x, "closed");
        f.set_global(env, "state", x);
    };
    let mut method = FunctionBuilder::new();
    let inherited = method.upvalue("_ENV", Capture::Upvalue(env));
    closed(&mut method, inherited);
    let scope = main.open_scope();
    let call = main.begin_call();
    main.get_global(call.function(), env, "setmetatable");
    let args = main.regs(2);
    main.op_newtable(args, 0, 0);
    main.op_newtable(args.plus(1), 0, 0);
    let f = main.reg();
    main.closure(f, method);
    main.set_field(args.plus(1), "__close", f);
    main.free(f);
    let guarded = main.end_call(call, 1);
    main.to_be_closed(guarded);
    main.close_scope(scope);
    let x = main.reg();
    main.get_global(x, env, "state");
    main.return_one(x);
    assert_eq!(run(main), "closed");
}

/// docs/bytecode-api.md: its blocks of Lua run and print what the page says, its Rust is the
/// example in the crate's documentation, which runs there.
#[test]
fn the_page_runs() {
    let page = include_str!("../../docs/bytecode-api.md");
    let scripts = scripts(page, "api.lua");
    assert!(scripts.len() >= 6);
    let mut faults = Vec::new();
    for section in scripts.iter().flat_map(|script| &script.sections) {
        assert!(!section.expected.is_empty(), "{} shows nothing", section.title);
        let ran = luka_tests::run::run(&section.program, "api.lua", RunMode::Plain);
        faults.extend(section.judge(&ran.stdout, ran.failure.as_deref()).err());
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let documented: String = include_str!("../../bytecode/src/build/mod.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("//!"))
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect();
    for (line, example) in blocks(page, "rust") {
        assert!(documented.contains(&example), "the example at line {line} is another");
    }
}
