//! Images of compiled programs: every program in the repository survives the way through bytes.
//!
//! Point `LUA_TESTS` at a checkout of the official suite (`testes/`) to have its files tried too.

use std::path::PathBuf;

use luka_bytecode::image::{ImageError, decode, encode, extract};
use luka_bytecode::text::{Options as TextOptions, disassemble};
use luka_bytecode::verify::verify;
use luka_bytecode::{Instr, Module};
use luka_compiler::Options;
use luka_compiler::compile::stages;
use luka_compiler::source::{Source, SourceKind};
use luka_tests::corpus;

/// The programs of the folders that hold any, and the chunk names they are compiled under. Files
/// that are meant not to compile are left out.
fn compiled() -> Vec<(PathBuf, Module)> {
    let folders = ["tests/suite", "stdlib/lib", "benches/programs", "examples"];
    let mut modules = Vec::new();
    for (path, text) in corpus::sources(&folders) {
        let name = format!("@{}", path.display());
        if let Some(module) = compile(&text, &name) {
            modules.push((path, module));
        }
    }
    for (name, text) in SHAPES {
        let module = compile(text.as_bytes(), name).unwrap_or_else(|| panic!("{name}"));
        modules.push((PathBuf::from(name), module));
    }
    modules.sort_by(|a, b| a.0.cmp(&b.0));
    modules
}

/// The module of a program, or nothing if the program has a fault. What the compiler makes of one
/// without is for the verifier to pass.
fn compile(text: &[u8], name: &str) -> Option<Module> {
    let source = Source::new(name.as_bytes(), text, SourceKind::File);
    let stages = stages(&source, &Options::default());
    if !stages.diagnostics.is_empty() {
        return None;
    }
    let verified = verify(stages.module).unwrap_or_else(|e| panic!("{name}: {e}"));
    Some(verified.into_inner())
}

/// One program for each way values, jumps and functions go.
const SHAPES: &[(&str, &str)] = &[
    ("=empty", ""),
    (
        "=numbers",
        "return 0, -0.0, 1e308, 2^53, 1/0, -1/0, 0/0, math.mininteger, 0x7fffffffffffffff",
    ),
    (
        "=strings",
        "return '', '\\0', 'a', ('x'):rep(3), [[a long string of more than forty bytes, yes]]",
    ),
    (
        "=calls",
        "local function f(...) return ... end return f(f(1, f(2)), f(...)), {f(), f()}, (f())",
    ),
    ("=tails", "local t = {} function t:m(x, ...) if x then return self:m(...) end return t.m end"),
    (
        "=loops",
        "for i = 1, 3 do for k, v in pairs{} do if v then break end end end while x do y() end",
    ),
    (
        "=close",
        "local a <close>, b <const> = nil, 1 do local c <close> = x goto out end ::out:: return a",
    ),
    (
        "=logic",
        "local a, b = x and y or z, not (x == 1 or y < 2.5 and z ~= 'k') return a == b and a or b",
    ),
    (
        "=upvalues",
        "local a, b = 1, 2 return function() a = b return function() return a, b, _ENV end end",
    ),
    ("=repeat", "repeat local x = f() local g = function() return x end until g() > 1"),
];

#[test]
fn programs_come_back_as_written() {
    for (path, module) in compiled() {
        let bytes = encode(&module);
        let read = decode(&bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        // Before anything is unpacked: what a machine counts, and what the verifier finds.
        let counts = |m: &Module| m.protos.iter().map(|p| p.debug.counts()).collect::<Vec<_>>();
        assert!(counts(&read) == counts(&module), "{}", path.display());
        verify(read.clone()).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert!(read == module, "{}", path.display());
        assert!(encode(&read) == bytes, "{}", path.display());
        let mut stripped = module.clone();
        stripped.strip();
        assert!(decode(&encode(&stripped)).as_ref() == Ok(&stripped), "{}", path.display());
        verify(stripped).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert!(disassemble(&module, TextOptions::default()).len() > 20);
    }
}

#[test]
fn compiling_twice_gives_equal_images() {
    let images = |modules: Vec<(PathBuf, Module)>| -> Vec<Vec<u8>> {
        modules.iter().map(|(_, module)| encode(module)).collect()
    };
    assert!(images(compiled()) == images(compiled()));
}

#[test]
fn every_function_stands_alone() {
    for (path, module) in compiled() {
        for root in 0..module.protos.len() as u32 {
            // Of large files some functions are enough: extraction copies.
            if root > 50 && root % 37 != 0 {
                continue;
            }
            let part = extract(&module, root).expect("there");
            assert_eq!(part.protos[0].code, module.protos[root as usize].code);
            verify(part).unwrap_or_else(|e| panic!("{} {root}: {e}", path.display()));
        }
    }
}

#[test]
fn cut_programs_are_truncated() {
    for (path, module) in compiled() {
        let bytes = encode(&module);
        let step = 1 + bytes.len() / 2000;
        for len in (0..bytes.len()).step_by(step).chain([bytes.len() - 1]) {
            let error = decode(&bytes[..len]).expect_err("cut");
            assert_eq!(error, ImageError::Truncated, "{} {len}", path.display());
        }
    }
}

/// Mutations of instructions keep the image's form, so they get as far as the verifier; what it
/// lets pass must at least survive everything that does not run it.
#[test]
fn changed_instructions_meet_the_verifier() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |limit: usize| {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit.max(1)
    };
    let (mut refused, mut passed) = (0, 0);
    for (path, module) in compiled() {
        if module.protos.len() > 40 {
            continue;
        }
        for _ in 0..300 {
            let mut changed = module.clone();
            let proto = random(changed.protos.len());
            let code = &mut changed.protos[proto].code;
            let pc = random(code.len());
            let mut bytes = code[pc].to_bytes();
            bytes[random(8)] = [0, 1, 2, 254, 255, random(256) as u8][random(6)];
            code[pc] = Instr::from_bytes(bytes);
            disassemble(&changed, TextOptions::default());
            match verify(changed) {
                Err(error) => {
                    assert_eq!(error.proto, proto as u32, "{}: {error}", path.display());
                    refused += 1;
                }
                Ok(module) => {
                    assert!(decode(&encode(module.get())).as_ref() == Ok(module.get()));
                    passed += 1;
                }
            }
        }
    }
    assert!(refused > 1000 && passed > 100, "{refused} refused, {passed} passed");
}

/// What a program is charged for a function does not tell where it came from, nor whether its debug
/// information is unpacked.
#[test]
fn functions_weigh_the_same_from_source_and_image() {
    let program = r#"
        local text = [[
            local one, two = 1, "two"
            local function inner(x) local y = x + one return function() return y, two, inner end end
            return function(...) for i, v in ipairs {...} do print(i, v, inner(i)) end error "no" end
        ]]
        local function weigh(chunk, strip)
            collectgarbage()
            collectgarbage()
            local before = collectgarbage("count")
            local f = load(chunk, "=t")
            local after = collectgarbage("count")
            pcall(f())
            collectgarbage()
            collectgarbage()
            return after - before, collectgarbage("count") - before
        end
        local image = string.dump(load(text, "=t"))
        collectgarbage("stop")
        weigh(text)
        local loaded, used = weigh(text)
        local loaded_image, used_image = weigh(image)
        print(loaded > 1, loaded == loaded_image, used == used_image)
    "#;
    // Not with the command line, which keeps the text of what it compiles.
    let ran = luka_tests::run::run(program, "=weigh", luka_tests::run::RunMode::Plain);
    assert_eq!(ran.failure, None);
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "true\ttrue\ttrue\n");
}
