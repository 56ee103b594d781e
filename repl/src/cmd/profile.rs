//! `--profile-ops`: which instructions a program executed, and which in succession.

use luka_vm::interp::profile::OpProfile;
use std::fmt::Write;

/// Lines of each part.
const SHOWN: usize = 40;

/// The counts as text: instructions, then pairs, the most frequent first.
pub fn table(profile: &OpProfile) -> String {
    let (ops, pairs) = (profile.ops(), profile.pairs());
    let total: u64 = ops.iter().map(|(_, n)| n).sum();
    let share = |n: u64| 100.0 * n as f64 / total.max(1) as f64;
    let mut text = format!("{total} instructions\n");
    for (op, n) in ops.iter().take(SHOWN) {
        let _ = writeln!(text, "{:6.2} %  {n:>12}  {}", share(*n), op.info().mnemonic);
    }
    text.push_str("pairs\n");
    for (a, b, n) in pairs.iter().take(SHOWN) {
        let (a, b) = (a.info().mnemonic, b.info().mnemonic);
        let _ = writeln!(text, "{:6.2} %  {n:>12}  {a} {b}", share(*n));
    }
    text
}
