//! Strangers' programs, fairly: each machine has a memory limit, gets a budget in turn, and goes on
//! exactly where its budget ended. None of them can reach anything but its own output.
//!
//! `cargo run -p luka --example sandbox`

use luka::{Budget, Chunk, Outcome, Registry, Vm};
use std::collections::VecDeque;

const PROGRAMS: &[(&str, &str)] = &[
    ("short", "return 'done at once'"),
    ("busy", "local n = 0 for i = 1, 300000 do n = n + i end return 'counted to ' .. n"),
    ("greedy", "local t = {} while true do t[#t + 1] = ('x'):rep(1000) end"),
    ("wrong", "local config = {} return config.server.port"),
    ("endless", "while true do end"),
];
/// Units of fuel in a turn, and turns before a program is given up.
const TURN: u64 = 100_000;
const TURNS: usize = 20;

pub fn main() -> luka::Result<()> {
    let registry = Registry::default();
    let mut queue = VecDeque::new();
    for (name, text) in PROGRAMS {
        let mut vm = Vm::builder(&registry).memory(8 << 20).build()?;
        let f = vm.compile(Chunk::text(text).name(format!("@{name}.lua")))?;
        vm.start(&f, ())?;
        queue.push_back((*name, vm, 0));
    }
    let mut results = Vec::new();
    while let Some((name, mut vm, turns)) = queue.pop_front() {
        let text = match vm.run(Budget::fuel(TURN)) {
            Outcome::Done(values) => values.get::<String>(&vm)?,
            Outcome::Failed(error) => error.to_string(),
            Outcome::OutOfFuel if turns < TURNS => {
                queue.push_back((name, vm, turns + 1));
                continue;
            }
            Outcome::OutOfFuel => "given up".to_string(),
            other => format!("{other:?}"),
        };
        println!("{name}: {text}");
        results.push((name, text));
    }
    let result = |name| results.iter().find(|(n, _)| *n == name).map(|(_, text)| text.as_str());
    assert_eq!(result("short"), Some("done at once"));
    assert_eq!(result("busy"), Some("counted to 45000150000"));
    assert_eq!(result("greedy"), Some("not enough memory"));
    assert_eq!(result("wrong"), Some("wrong.lua:1: attempt to index a nil value (field 'server')"));
    assert_eq!(result("endless"), Some("given up"));
    Ok(())
}
