//! `luka bench`.

use crate::program::*;
use std::collections::BTreeMap;

const MODULE: &str = "local M = {}
function M.sum(n)
  local s = 0
  for i = 1, n do s = s + i end
  return s
end
return M
";

const BENCHES: &str = "local m = require \"m\"
bench(\"sum of 100\", function() return m.sum(100) end)
bench(\"a table\", function() return {1, 2, 3} end)
function bench_later() return m.sum(10) end
";

fn project() -> Folder {
    Folder::new(&[("src/m.lua", MODULE), ("b/m_bench.lua", BENCHES), ("b/other.lua", "error 'no'")])
}

fn bench(folder: &Folder, args: &[&str]) -> Ended {
    let args: Vec<&str> = std::iter::once("bench").chain(args.iter().copied()).collect();
    folder.run(&args)
}

/// The fuel of each benchmark of `b/m_bench.lua`.
fn fuel(json: &str) -> BTreeMap<String, u64> {
    let all: serde_json::Value = serde_json::from_str(json).expect("JSON");
    let benches = all["b/m_bench.lua"].as_object().expect("the file");
    benches
        .iter()
        .map(|(name, cost)| (name.clone(), cost["fuel"].as_u64().expect("a number")))
        .collect()
}

#[test]
fn fuel_is_the_same_every_time() {
    let folder = project();
    let first = bench(&folder, &["--no-time", "--json"]);
    assert_eq!(first.code, Some(0), "{}", first.err);
    let costs = fuel(&first.out);
    assert_eq!(costs.keys().collect::<Vec<_>>(), ["a table", "bench_later", "sum of 100"]);
    // Each turn of the loop is two instructions.
    assert!((200..230).contains(&costs["sum of 100"]), "{costs:?}");
    assert!((20..50).contains(&costs["bench_later"]), "{costs:?}");
    let bytes = serde_json::from_str::<serde_json::Value>(&first.out).expect("JSON");
    let bytes = &bytes["b/m_bench.lua"];
    assert!(bytes["a table"]["bytes"].as_u64() > Some(40), "{bytes}");
    assert_eq!(bytes["sum of 100"]["bytes"].as_u64(), Some(0), "{bytes}");
    for args in [&["--no-time", "--json"][..], &["--no-time", "--json", "--jit=off", "b"]] {
        assert_eq!(bench(&folder, args).out, first.out);
    }
    let timed = bench(&folder, &["--time", "0.02", "--json"]);
    assert_eq!(fuel(&timed.out), costs);
    let one = bench(&folder, &["--no-time", "-k", "later"]);
    assert_eq!(one.out.lines().count(), 2, "{}", one.out);
    assert!(one.out.starts_with("b/m_bench.lua\n  bench_later "), "{}", one.out);
}

#[test]
fn time_is_shown_with_its_spread() {
    let ended = bench(&project(), &["--time", "0.05"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for line in ended.out.lines().skip(1) {
        assert!(line.contains("ns ±") || line.contains("µs ±"), "{line}");
    }
}

#[test]
fn more_fuel_than_before_fails() {
    let folder = project();
    assert_eq!(bench(&folder, &["--no-time", "--save", "main"]).code, Some(0));
    let same = bench(&folder, &["--no-time", "--compare", "main"]);
    assert_eq!((same.code, same.err.as_str()), (Some(0), ""));
    assert_eq!(same.out.matches("fuel =").count(), 3, "{}", same.out);
    let slower = MODULE.replace("s = s + i end", "s = s + i * 1 end");
    std::fs::write(folder.0.join("src/m.lua"), slower).expect("written");
    let ended = bench(&folder, &["--no-time", "--compare", "main"]);
    assert_eq!(ended.code, Some(1));
    let says = "b/m_bench.lua: sum of 100 uses ";
    assert!(ended.err.contains(says) && ended.err.contains("2 % are allowed"), "{}", ended.err);
    assert!(!ended.err.contains("a table"), "{}", ended.err);
    assert!(ended.out.contains("fuel +"), "{}", ended.out);
    let allowed = bench(&folder, &["--no-time", "--compare", "main.bench.json", "--fail-over=90%"]);
    assert_eq!((allowed.code, allowed.err.as_str()), (Some(0), ""));
}

#[test]
fn what_is_wrong_is_reported() {
    let folder = project();
    std::fs::write(folder.0.join("bad.json"), "[]").expect("written");
    std::fs::write(folder.0.join("c_bench.lua"), "bench('x', function() error 'broken' end)")
        .expect("written");
    std::fs::write(folder.0.join("d.lua"), "bench('x', 1)").expect("written");
    std::fs::write(folder.0.join("e.lua"), "os.exit(3)").expect("written");
    for (args, code, says) in [
        (&["--compare", "gone"][..], 1, "cannot open gone.bench.json"),
        (&["--compare", "bad.json"], 1, "bad.json is no baseline of `luka bench --save`"),
        (&["--fail-over", "3"], 2, "--fail-over needs --compare"),
        (&["--compare", "x", "--fail-over", "much"], 2, "--fail-over: bad value 'much'"),
        (&["src"], 1, "there are no files called *_bench.lua in src"),
        (&["src/m.lua"], 1, "there are no benchmarks"),
        (&["gone.lua"], 1, "cannot open gone.lua"),
        (&["--no-time", "c_bench.lua"], 1, "luka bench: c_bench.lua:1: broken"),
        (&["--no-time", "d.lua"], 1, "d.lua:1: bench: give the function to call"),
        (&["--no-time", "e.lua"], 1, "the program has ended itself with exit code 3"),
    ] {
        let ended = bench(&folder, args);
        assert_eq!(ended.code, Some(code), "{args:?}: {}", ended.err);
        assert!(ended.err.contains(says), "{args:?}: {}", ended.err);
    }
    // The others are measured all the same.
    let ended = bench(&folder, &["--no-time", "."]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.out.contains("sum of 100"), "{}", ended.out);
    // (The linter knows the name.)
    assert_eq!(folder.run(&["check", "b/m_bench.lua"]).code, Some(0));
}
