//! The smallest host: a machine, a text, a result.
//!
//! `cargo run -p luka --example hello`

use luka::{Registry, Vm};

pub fn main() -> luka::Result<()> {
    let mut vm = Vm::builder(&Registry::default()).build()?;
    let n: i64 = vm.eval("local a, b = ... return a * b", (6, 7))?;
    println!("6 * 7 = {n}");
    assert_eq!(n, 42);
    Ok(())
}
