//! Images made to do harm, each with its story: what fuzzing found, and what reading the machine with
//! an attacker's eyes did (docs/security.md). None may bring the machine down or keep it from coming
//! back.

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use luka_bytecode::image::{decode, encode};
use luka_bytecode::verify::verify;
use luka_bytecode::{Constant, Instr, LocalVar, Module, Op, Span};
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, compile};
use luka_stdlib::{CompilerLoader, open_libs};
use luka_tests::binary;
use luka_tests::host::memory_host;
use luka_tests::mutate::lua_files;
use luka_tests::random::Random;
use luka_vm::host::{FileId, Host, HostResult};
use luka_vm::{Config, Outcome, Vm};

fn module(text: &str) -> Module {
    let source = Source::new("=t", text.as_bytes(), SourceKind::File);
    compile(&source, &Options::default()).expect("a program").into_inner()
}

/// Runs a module that must pass the verifier, with a little of everything.
fn run(module: Module) -> (Vm, Outcome) {
    run_with(module, Config { fuel: Some(1_000_000), ..Config::default() })
}

fn run_with(module: Module, config: Config) -> (Vm, Outcome) {
    let module = verify(module).unwrap_or_else(|error| panic!("{error}"));
    let host = Box::new(memory_host(b""));
    let loader = Box::<CompilerLoader>::default();
    let mut vm = Vm::new(config, host, loader).expect("a machine");
    open_libs(&mut vm).expect("libraries");
    let f = vm.instantiate(module, None).expect("a function");
    let outcome = vm.run(f.into(), &[]);
    vm.check_heap().expect("an intact heap");
    (vm, outcome)
}

/// `debug.setlocal` took the register of a variable from the debug information as it was. One that
/// names the register a running function was called from let a program overwrite that function under
/// itself; its return then read a number as a closure.
#[test]
fn a_variable_over_a_running_function_is_not_changed() {
    let mut module = module(
        "local function f()
            for n = 1, 30 do debug.setlocal(2, n, n) end
            return coroutine.running()
        end
        f()
        return f, 1",
    );
    let main = &mut module.protos[0];
    let call = main.code.iter().rfind(|i| i.op == Op::Call as u8);
    let register = call.expect("a call").a as u8;
    let (start_pc, end_pc) = (main.code.len() as u32 - 6, main.code.len() as u32);
    for local in &mut main.debug.locals {
        assert!(local.start_pc <= start_pc && local.register < register);
    }
    let name = b"forged".as_slice().into();
    main.debug.locals.push(LocalVar { name, start_pc, end_pc, register });
    let (_, outcome) = run(module);
    assert!(matches!(outcome, Outcome::Finished(_)), "{outcome:?}");
}

/// Linking gives a constructor that ends in a call a cell with room, and looked for its NEWTABLE from
/// each SETLIST backwards to the start of the code: a function of SETLISTs without one took time by
/// the square of its length.
#[test]
fn lists_without_their_tables_link_at_once() {
    let mut module = module("local t, f = {}, print; t = {f()} return t");
    let main = &mut module.protos[0];
    main.debug = Default::default();
    let at = main.code.iter().position(|i| i.op == Op::SetList as u8).expect("a list");
    let piece = main.code[at - 2..=at].to_vec();
    let table = main.code[at].a;
    // The table is moved to its register, not made there.
    let made = main.code[..at].iter_mut().rfind(|i| i.op == Op::NewTable as u8 && i.a == table);
    *made.expect("a constructor") = Instr::abc(Op::Move, table, 0, 0);
    main.code.splice(at + 1..at + 1, piece.iter().copied().cycle().take(300_000));
    let start = Instant::now();
    let (_, outcome) = run(module);
    assert!(!matches!(outcome, Outcome::Failed(_)), "{outcome:?}");
    assert!(start.elapsed() < Duration::from_secs(20));
}

/// What an error calls a value is looked for in all of the function's code. With that for nothing, a
/// loop around an error at the end of a long function kept the machine busy for ages on little fuel.
#[test]
fn errors_in_long_functions_cost_fuel() {
    let mut module =
        module("local x = ...; while true do pcall(function() local y = x; y() end) end");
    let inner = &mut module.protos[1];
    inner.debug = Default::default();
    let body = inner.code.clone();
    let filler = Instr::abc(Op::Move, 0, 0, 0);
    inner.code = vec![Instr::asbx(Op::LoadI, 0, 0), Instr::asbx(Op::Jmp, 0, 400_000)];
    inner.code.extend(std::iter::repeat_n(filler, 400_000));
    inner.code.extend(body);
    let start = Instant::now();
    let (_, outcome) = run(module);
    assert!(matches!(outcome, Outcome::OutOfFuel), "{outcome:?}");
    assert!(start.elapsed() < Duration::from_secs(20));
}

/// A module is more than its image; what it takes is asked for before it is made.
#[test]
fn modules_count_against_the_memory_limit() {
    let config = || Config { memory_limit: Some(4 << 20), ..Config::default() };
    let mut module = module("return 1");
    let main = &mut module.protos[0];
    main.debug = Default::default();
    let filler = Instr::abc(Op::LoadNil, 0, 0, 0);
    main.code.splice(1..1, std::iter::repeat_n(filler, 2_000_000));
    let module = verify(module).expect("verified");
    let host = Box::new(memory_host(b""));
    let mut vm = Vm::new(config(), host, Box::<CompilerLoader>::default()).expect("a machine");
    assert!(vm.instantiate(module, None).is_err());
}

/// Short strings are made without a look at the limit, which the next safepoint takes; but a module
/// brings as many as it likes before that, and came to several times the limit.
#[test]
fn short_strings_of_a_module_stop_at_the_memory_limit() {
    let config = Config { memory_limit: Some(8 << 20), ..Config::default() };
    let mut module = module("return 1");
    let string = |n: u32| Constant::Str(format!("{n:x}").into_bytes().into());
    module.protos[0].constants = (0..350_000).map(string).collect();
    let module = verify(module).expect("verified");
    let host = Box::new(memory_host(b""));
    let mut vm = Vm::new(config, host, Box::<CompilerLoader>::default()).expect("a machine");
    assert!(vm.instantiate(module, None).is_err());
    assert!(vm.heap.bytes() < 9 << 20, "{}", vm.heap.bytes());
    vm.check_heap().expect("an intact heap");
}

/// The name of a chunk is its whole text unless `load` is given another. It was kept for each chunk
/// and counted nowhere: a program below a limit of 20 MB could hold on to gigabytes.
#[test]
fn names_of_chunks_count_against_the_memory_limit() {
    let config = Config { memory_limit: Some(20 << 20), ..Config::default() };
    let text = "
        local function fill()
            local kept, tail, why = {}, ' --' .. ('x'):rep(1000000), nil
            for i = 1, 100 do
                local f, message = load('return ' .. i .. tail)
                if f then kept[#kept + 1] = f else why = message end
            end
            return #kept, why
        end
        local first, why = fill()
        assert(first > 5 and first < 20, first)
        assert(why == 'not enough memory', why)
        collectgarbage()
        assert(collectgarbage('count') < 3000, 'given back')
        assert(fill() > 5)
        local one = load('return function() end, function() end --' .. ('x'):rep(1000000))
        local f = one()
        one = nil
        collectgarbage()
        assert(collectgarbage('count') > 900, 'a function keeps the name of its chunk')
        return f";
    let (_, outcome) = run_with(module(text), config);
    assert!(matches!(outcome, Outcome::Finished(_)), "{outcome:?}");
}

/// What natives have gathered when they call a function stood in the buffer of a userdata, which was
/// counted nowhere. A gsub whose function fails leaves it behind for the collector, who saw no reason
/// to collect; calls of `load` inside of readers of `load` held on to one each. A program below a
/// limit of 20 MB came to use as much as it liked, 16 MB at a time.
#[test]
fn buffers_of_natives_count_against_the_memory_limit() {
    let config = || Config { memory_limit: Some(20 << 20), ..Config::default() };
    let left_behind = "
        local s, most = ('y'):rep(3000000), 0
        local failing = setmetatable({}, {__tostring = function()
            collectgarbage()
            most = math.max(most, collectgarbage('count'))
            error('no')
        end})
        for i = 1, 20 do
            assert(not pcall(string.gsub, s .. 'x', 'x', function() tostring(failing) end))
            assert(not pcall(string.format, '%s%s', s, failing))
        end
        assert(most > 8700 and most < 12000, most)
        collectgarbage()
        assert(collectgarbage('count') < 3500, 'given back')";
    let (_, outcome) = run_with(module(left_behind), config());
    assert!(matches!(outcome, Outcome::Finished(_)), "{outcome:?}");
    let nested = "
        local piece, deepest = ('-'):rep(3000000), 0
        local function nest(depth)
            deepest = depth
            local n = 0
            return load(function()
                n = n + 1
                if n == 1 then return '--' elseif n == 2 then return piece end
                if depth < 50 then nest(depth + 1) end
            end)
        end
        local fine, message = pcall(nest, 1)
        assert(deepest > 3 and deepest < 8, deepest)
        collectgarbage()
        assert(collectgarbage('count') < 3500, 'given back')";
    let (_, outcome) = run_with(module(nested), config());
    assert!(matches!(outcome, Outcome::Finished(_)), "{outcome:?}");
}

/// An instruction that found no memory was tried again after a collection, also if it was done and only
/// the safepoint behind it had failed: then it ran once more with the next instruction's operands, a
/// CLOSURE with those of a SETTABLE. A loop that fills a table with closures brought the process down.
#[test]
fn instructions_that_are_done_are_not_tried_again() {
    for make in [
        "function() return a, b, c end",
        "{}",
        "{a, b}",
        "{x = a}",
        "a .. 'x'",
        "a .. ('x'):rep(50)",
        "(function(...) return {...} end)(a)",
        "setmetatable({}, {__index = t})",
        "coroutine.wrap(print)",
    ] {
        for keep in ["t[#t + 1] = x", "t = {x, t}", "t = {t = t, x = x}", "t[x] = t; t.x = x"] {
            let text = format!(
                "local function fill()
                    local t = {{}}
                    for i = 1, 1e9 do
                        local a, b, c = i, i, i
                        local x = {make}
                        {keep}
                    end
                end
                for _ = 1, 3 do
                    local fine, message = pcall(fill)
                    assert(not fine and message == 'not enough memory', message)
                end"
            );
            let config = Config { memory_limit: Some(3 << 20), ..Config::default() };
            let (_, outcome) = run_with(module(&text), config);
            assert!(matches!(outcome, Outcome::Finished(_)), "{make}, {keep}: {outcome:?}");
        }
    }
}

/// Keeps what is written, write by write.
struct Writes(Arc<Mutex<Vec<Vec<u8>>>>);

impl Host for Writes {
    fn write(&mut self, _: FileId, bytes: &[u8]) -> HostResult<()> {
        self.0.lock().expect("writes").push(bytes.to_vec());
        Ok(())
    }
}

/// `print` put all its arguments together for a single write: a string of a megabyte, given a hundred
/// thousand times, would have been one of a hundred gigabytes.
#[test]
fn print_writes_much_in_pieces() {
    let writes = Arc::<Mutex<Vec<Vec<u8>>>>::default();
    let host = Writes(writes.clone());
    let loader = Box::<CompilerLoader>::default();
    let mut vm = Vm::new(Config::default(), Box::new(host), loader).expect("a machine");
    open_libs(&mut vm).expect("libraries");
    let text = "local s = ('x'):rep(50000) print(s, 1, s, s, setmetatable({}, {__tostring =
        function() print('inside') return 'last' end}))";
    let f = vm.instantiate(verify(module(text)).expect("verified"), None).expect("a function");
    assert!(matches!(vm.run(f.into(), &[]), Outcome::Finished(_)));
    let s = "x".repeat(50_000);
    let expected = format!("{s}\t1\t{s}\t{s}inside\n\tlast\n");
    let writes = writes.lock().expect("writes");
    assert!(writes.concat() == expected.as_bytes());
    let most = writes.iter().map(Vec::len).max();
    assert!(most < Some(120_000), "{most:?}");
}

/// Only `%s` without modifiers asked for memory before it wrote: 200 times a string of a few megabytes
/// was put together before the limit of 20 MB was looked at.
#[test]
fn formats_ask_for_memory_before_they_write() {
    let config = Config { memory_limit: Some(20 << 20), ..Config::default() };
    let text = "
        local s = ('y'):rep(6000000)
        local function reaches(format)
            local reached = false
            local rest = setmetatable({}, {__tostring = function() reached = true; return '' end})
            local fine, message = pcall(string.format, format, s, s, s, rest)
            assert(not fine and message == 'not enough memory', message)
            return reached
        end
        assert(not reaches('%s%s%s%s'))
        assert(not reaches('%1s%1s%1s%s'))
        assert(not reaches('%q%q%q%s'))
        s = ('y'):rep(12000000)
        assert(('%.3s%5s'):format(s, 'x') == 'yyy    x')";
    let (_, outcome) = run_with(module(text), config);
    assert!(matches!(outcome, Outcome::Finished(_)), "{outcome:?}");
}

/// Functions that pass for natives are the library's; `load` takes none.
#[test]
fn nobody_else_passes_for_native() {
    let mut inner = module("return debug.getinfo(1, 'S').what");
    inner.native = true;
    let image = encode(&inner);
    let mut text = String::from("local f, e = load('");
    image.iter().for_each(|byte| text.push_str(&format!("\\{byte:03}")));
    text.push_str(
        "', 'x', 'b') assert(f == nil and e == 'x: bad binary format (corrupted chunk)', e)",
    );
    let (_, outcome) = run(module(&text));
    assert!(matches!(outcome, Outcome::Finished(_)), "{outcome:?}");
}

/// The worst that following flow can come to: jumps backward only, each of which finds one register
/// less that is set, in a frame of the most registers. Time stays in proportion to the code.
#[test]
fn tangled_flow_is_followed_in_time() {
    let time = |blocks: usize| {
        let mut module = module("return 1");
        let main = &mut module.protos[0];
        main.debug = Default::default();
        main.max_stack = 510;
        let mut code =
            vec![Instr::abc(Op::VarargPrep, 0, 0, 0), Instr::abc(Op::LoadNil, 0, 500, 0)];
        // Enters at the last block; block k goes to block k - 1, or leaves registers undefined.
        code.push(Instr::asbx(Op::Jmp, 0, (3 * blocks) as i32 - 3));
        for block in 0..blocks {
            let back = if block == 0 { 3 * blocks as i32 - 3 } else { -5 };
            let cut = 1 + (500 - block % 500) as u16;
            code.push(Instr::asbx(Op::JT, 0, 1));
            code.push(Instr::abc(Op::NewTable, cut.min(505), 0, 0));
            code.push(Instr::asbx(Op::Jmp, 0, back));
        }
        code.push(Instr::abc(Op::Return0, 0, 0, 0));
        code.push(Instr::abc(Op::Return0, 0, 0, 0));
        main.code = code;
        let start = Instant::now();
        verify(module).map(|_| ()).unwrap_or_else(|error| panic!("{error}"));
        start.elapsed()
    };
    assert!(time(2_000) < Duration::from_secs(10));
    assert!(time(20_000) < Duration::from_secs(100));
}

/// Reports of errors read the source again and underline what the debug information names: with
/// spans of another text, they must still come to an end, and show some of it or nothing.
#[test]
fn reports_bear_forged_spans() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("diagnostics/runtime");
    let folder = std::env::temp_dir().join(format!("luka-hostile-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut runs = 0;
    for (number, path) in lua_files(&root).into_iter().enumerate() {
        let text = std::fs::read(&path).expect("readable");
        let source = Source::new(format!("@{}", path.display()), &*text, SourceKind::File);
        let Ok(module) = compile(&source, &Options::default()) else { continue };
        let mut r = Random::new(number as u64);
        for _ in 0..2 {
            let mut module = module.get().clone();
            for span in module.protos.iter_mut().flat_map(|p| &mut p.debug.spans) {
                let far = if r.once_in(10) { u32::MAX as usize } else { text.len() + 3 };
                let (a, b) = (r.below(far) as u32, r.below(far) as u32);
                *span = Span::new(a.min(b), a.max(b));
            }
            // So that the text is believed to be the one.
            let lines = module.protos.iter_mut().map(|p| &mut *p.debug);
            for debug in lines {
                for (line, span) in debug.lines.iter_mut().zip(&debug.spans) {
                    *line = source.line(span.start);
                }
            }
            assert!(decode(&encode(&module)).as_ref() == Ok(&module));
            let image = folder.join("forged.luka");
            std::fs::write(&image, encode(&module)).expect("written");
            let output = Command::new(binary::luka()).arg(&image).output().expect("it runs");
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(!told.contains("panicked"), "{}: {told}", path.display());
            assert!(output.status.code().is_some(), "{}", path.display());
            runs += 1;
        }
    }
    std::fs::remove_dir_all(&folder).expect("removed");
    assert!(runs > 20, "{runs}");
}
