//! `--jit-stats`: what was compiled to native code, as text.

use crate::report::complain;
use luka::host::FileId;
use luka::{Vm, toolchain};
use luka_vm::jit::JitStats;
use std::fmt::Write;

const STDOUT: FileId = FileId(1);

/// Exits that are listed, the most frequent ones.
const EXITS: usize = 20;

/// Prints it on standard error, behind what the program has printed.
pub fn print(vm: &mut Vm) {
    let _ = vm.host().flush(STDOUT);
    let machine = toolchain::machine(vm);
    let text = report(&machine.jit_stats(), machine.has_jit());
    complain(vm, text.as_bytes());
}

/// The text; `available`: whether the machine compiles.
fn report(stats: &JitStats, available: bool) -> String {
    if !available {
        return "no native code: it is off, or not to be had here\n".to_string();
    }
    let mut text = String::new();
    let JitStats { units, given_up, left_alone, instructions, operations, bytes, .. } = stats;
    let _ = writeln!(
        text,
        "native code: {units} units ({given_up} given up again, {left_alone} not worth entering) of \
         {instructions} instructions, {operations} operations, {bytes} bytes"
    );
    if stats.seconds > 0.0 {
        let _ = writeln!(text, "compiling took {:.3} ms", stats.seconds * 1000.0);
    }
    for (why, times) in &stats.refused {
        let _ = writeln!(text, "not compiled, {times} times: {why}");
    }
    if !stats.translated.is_empty() {
        let _ = writeln!(text, "{:<12} {:>10} {:>10}", "instruction", "native", "handler");
    }
    for (mnemonic, native, handlers) in &stats.translated {
        let _ = writeln!(text, "{mnemonic:<12} {native:>10} {handlers:>10}");
    }
    if !stats.exits.is_empty() {
        let _ = writeln!(text, "{:>10} {:<7} {:<12} exits at", "times", "why", "instruction");
    }
    for exit in stats.exits.iter().take(EXITS) {
        let (taken, why, instruction) = (exit.taken, exit.why, exit.instruction);
        let _ =
            writeln!(text, "{taken:>10} {why:<7} {instruction:<12} {}:{}", exit.chunk, exit.line);
    }
    text
}
