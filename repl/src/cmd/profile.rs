//! `--profile-ops`: how often a program executed each instruction and sequence of instructions.

use luka_bytecode::Op;
use luka_vm::interp::profile::OpProfile;
use std::fmt::Write;

/// Lines of each part.
const SHOWN: usize = 40;

/// The counts as text: instructions, then pairs and triples, the most frequent first.
pub fn table(profile: &OpProfile) -> String {
    let ops = profile.sequences::<1>();
    let total: u64 = ops.iter().map(|(_, n)| n).sum();
    let mut text = format!("{total} instructions, {} of {} opcodes\n", ops.len(), Op::COUNT);
    part(&mut text, &ops, total);
    text.push_str("pairs in succession\n");
    part(&mut text, &profile.sequences::<2>(), total);
    text.push_str("triples in succession\n");
    part(&mut text, &profile.sequences::<3>(), total);
    text
}

/// Share of all instructions, sum of the shares so far, count, opcodes.
fn part<const N: usize>(text: &mut String, counts: &[([Op; N], u64)], total: u64) {
    let share = |n: u64| 100.0 * n as f64 / total.max(1) as f64;
    let mut sum = 0;
    for (ops, n) in counts.iter().take(SHOWN) {
        sum += n;
        let names: Vec<&str> = ops.iter().map(|op| op.info().mnemonic).collect();
        let (one, all) = (share(*n), share(sum));
        let _ = writeln!(text, "{one:6.2} % {all:6.1} % {n:>14}  {}", names.join(" "));
    }
    if let Some(rest @ 1..) = counts.len().checked_sub(SHOWN) {
        let _ = writeln!(text, "{:>32}  … {rest} more", "");
    }
}
