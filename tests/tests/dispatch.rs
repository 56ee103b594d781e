//! Handlers jump to the next handler and never call it. Nothing in Rust promises that, so the built
//! code is read, and every opcode runs hundreds of thousands of times on a small stack.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use luka_bytecode::verify::{Verified, verify};
use luka_bytecode::{Instr, Module, Op, image};
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, compile};
use luka_stdlib::{CompilerLoader, open_libs};
use luka_tests::binary::luka;
use luka_tests::capture::Capture;
use luka_vm::Outcome;
use luka_vm::interp::dispatch::TAIL_CALLS;
use luka_vm::{Config, Vm};

const PROGRAM: &str = include_str!("dispatch/all_opcodes.lua");

/// Less than a lost tail call needs in a few thousand instructions.
const SMALL_STACK: usize = 256 << 10;

fn program() -> Verified<Module> {
    let source = Source::new("@all_opcodes.lua", PROGRAM.as_bytes(), SourceKind::File);
    compile(&source, &Options::default()).unwrap_or_else(|_| panic!("the program has faults"))
}

#[test]
fn the_program_has_every_opcode() {
    let program = program();
    let code = program.get().protos.iter().flat_map(|p| &p.code);
    let used: BTreeSet<u8> = code.filter_map(|i: &Instr| i.opcode()).map(|op| op as u8).collect();
    let all = (0..=u8::MAX).map_while(Op::from_u8);
    let missing: Vec<Op> = all.filter(|op| !used.contains(&(*op as u8))).collect();
    assert!(missing.is_empty(), "not in all_opcodes.lua: {missing:?}");
}

#[test]
fn every_opcode_runs_on_a_small_stack() {
    let bytes = image::encode(program().get());
    let run = move || {
        let module = verify(image::decode(&bytes).expect("an image")).expect("verified");
        let (host, stdout, _) = Capture::new();
        let mut vm =
            Vm::new(Config::default(), Box::new(host), Box::new(CompilerLoader::default()))
                .unwrap_or_else(|_| panic!("the machine does not start"));
        open_libs(&mut vm).unwrap_or_else(|_| panic!("the libraries do not open"));
        let main = vm.instantiate(module, None).unwrap_or_else(|_| panic!("no function"));
        let outcome = vm.run(main.into(), &[]);
        assert!(matches!(outcome, Outcome::Finished(_)), "{outcome:?}");
        vm.close();
        stdout.take()
    };
    let thread = std::thread::Builder::new().stack_size(SMALL_STACK).spawn(run);
    let printed = thread.expect("a thread").join().expect("no panic");
    assert_eq!(String::from_utf8_lossy(&printed), "200000\t120006500000.0\n");
}

#[test]
fn this_build_dispatches_by_jumps() {
    inspect(&std::env::current_exe().expect("the test has a path"));
}

#[test]
fn the_binary_dispatches_by_jumps() {
    inspect(luka());
}

/// Reads the handlers' code in a program of this build.
fn inspect(program: &Path) {
    if !TAIL_CALLS {
        eprintln!("SKIPPED: this build dispatches in a loop");
        return;
    }
    let disassemble = |objdump: &str| {
        Command::new(objdump)
            .args(["--disassemble", "--demangle", "--no-show-raw-insn", "--section=.text"])
            .arg(program)
            .output()
    };
    // (Where the tests run in an emulator, the usual one may not know the processor.)
    let own = format!("{}-linux-gnu-objdump", std::env::consts::ARCH);
    let Ok(objdump) = disassemble(&own).or_else(|_| disassemble("objdump")) else {
        eprintln!("SKIPPED: objdump is not installed");
        return;
    };
    assert!(objdump.status.success(), "objdump fails on {}", program.display());
    let listing = String::from_utf8_lossy(&objdump.stdout);
    let handlers = handlers(&listing);
    // The linker may have made one of handlers with equal code.
    assert!(handlers.len() > Op::COUNT * 3 / 4, "only {} handlers found", handlers.len());
    let faults: Vec<String> = handlers
        .iter()
        .filter_map(|(name, code)| fault(code).map(|fault| format!("{name}: {fault}")))
        .collect();
    assert!(faults.is_empty(), "{}:\n{}", program.display(), faults.join("\n"));
}

/// The instructions of each handler, as objdump writes them.
fn handlers(listing: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut found = BTreeMap::new();
    for function in listing.split("\n\n") {
        let mut lines = function.trim_start().lines();
        let Some(name) = lines.next().and_then(|head| head.split_once('<')) else { continue };
        let name = name.1.trim_end_matches(">:");
        if is_handler(name) {
            let code = lines.filter_map(|line| line.split_once(":\t")).map(|(_, code)| code.trim());
            found.insert(name, code.collect());
        }
    }
    found
}

/// Whether a function is a handler, a slow one included: `luka_vm::interp::…::op_…` or
/// `…::intrinsic_…` as a whole.
fn is_handler(name: &str) -> bool {
    let Some(path) = name.strip_prefix("luka_vm::interp::") else { return false };
    let function = path.split("::").nth(1).unwrap_or_default();
    let handler = function.starts_with("op_") || function.starts_with("intrinsic_");
    handler && !function.contains('+')
}

/// What is wrong with a handler: a call of a handler, through the table or by name, or no way on.
fn fault(code: &[&str]) -> Option<String> {
    let mut goes_on = false;
    for line in code {
        let (mnemonic, target) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let target = target.trim();
        // Through a register or the table; what is relative to rip is another library's function.
        let indirect = target.starts_with('*') && !target.contains("(%rip)");
        let named = target.split_once('<').is_some_and(|(_, name)| is_handler(name));
        match mnemonic {
            "call" | "callq" if indirect || named => {
                return Some(format!("`{line}` should be a jump"));
            }
            jump if jump.starts_with('j') && (indirect || named) => goes_on = true,
            // The same on aarch64.
            "blr" => return Some(format!("`{line}` should be a jump")),
            "bl" if named => return Some(format!("`{line}` should be a jump")),
            "br" => goes_on = true,
            jump if (jump == "b" || jump.starts_with("b.")) && named => goes_on = true,
            _ => {}
        }
    }
    (!goes_on).then(|| "it jumps to no handler".to_string())
}

#[test]
fn a_lost_tail_call_is_noticed() {
    let listing = "\
0000000000001000 <luka_vm::interp::ops_move::op_move>:
    1000:\tmov    (%rsi),%eax
    1002:\tjmp    *(%r9,%rax,8)

0000000000001010 <luka_vm::interp::ops_move::op_not>:
    1010:\tcall   *(%r9,%rax,8)
    1014:\tret

0000000000001020 <luka_vm::interp::ops_table::op_get_slow>:
    1020:\tcall   *0x131500(%rip)        # 2eb860 <_DYNAMIC+0xf40>
    1026:\tcall   1000 <luka_vm::interp::ops_move::op_move>
    102b:\tjmp    *%rax

0000000000001030 <luka_vm::interp::ops_table::op_geti>:
    1030:\tjne    1020 <luka_vm::interp::ops_table::op_geti+0x10>
    1036:\tjmp    1020 <luka_vm::interp::ops_table::op_get_slow>

0000000000001040 <luka_vm::interp::ops_table::op_len>:
    1040:\tjmp    1040 <luka_vm::interp::ops_table::op_len+0x2>
    1046:\tret
";
    let found = handlers(listing);
    let faults: Vec<Option<String>> = found.values().map(|code| fault(code)).collect();
    let text = |fault: &str| Some(fault.to_string());
    assert_eq!(found.len(), 5);
    assert_eq!(
        faults,
        [
            None,
            text("`call   *(%r9,%rax,8)` should be a jump"),
            text("`call   1000 <luka_vm::interp::ops_move::op_move>` should be a jump"),
            None,
            text("it jumps to no handler"),
        ]
    );
}

#[test]
fn a_lost_tail_call_is_noticed_on_aarch64() {
    let listing = "\
0000000000001000 <luka_vm::interp::ops_move::op_move>:
    1000:\tldr\tx6, [x5, x8, lsl #3]
    1004:\tbl\t2000 <luka_vm::interp::at::look>
    1008:\tbr\tx6

0000000000001010 <luka_vm::interp::ops_move::op_not>:
    1010:\tblr\tx6
    1014:\tret

0000000000001020 <luka_vm::interp::ops_table::op_get_slow>:
    1020:\tbl\t1000 <luka_vm::interp::ops_move::op_move>
    1024:\tbr\tx6

0000000000001030 <luka_vm::interp::ops_table::op_geti>:
    1030:\tb.ne\t1020 <luka_vm::interp::ops_table::op_get_slow>  // b.any
    1034:\tret

0000000000001040 <luka_vm::interp::ops_table::op_len>:
    1040:\tb\t1040 <luka_vm::interp::ops_table::op_len+0x2>
";
    let faults: Vec<Option<String>> = handlers(listing).values().map(|code| fault(code)).collect();
    let text = |fault: &str| Some(fault.to_string());
    assert_eq!(
        faults,
        [
            None,
            text("`blr\tx6` should be a jump"),
            text("`bl\t1000 <luka_vm::interp::ops_move::op_move>` should be a jump"),
            None,
            text("it jumps to no handler"),
        ]
    );
}
