//! `luka profile`.

use crate::program::*;

/// Calls, recursion, coroutines, callbacks of library functions, and a finalizer at the end.
const PROGRAM: &str = "local M = {}
function M.fib(n)
  if n < 2 then return n end
  return M.fib(n - 1) + M.fib(n - 2)
end
local function join(n)
  local t = {}
  for i = 1, n do t[#t + 1] = (\"x\"):rep(10) .. i end
  return table.concat(t, \",\")
end
local co = coroutine.wrap(function(a)
  while true do join(100) coroutine.yield(a) end
end)
for i = 1, 30 do
  M.fib(14)
  co(i)
end
local sorted = {}
for i = 1, 3000 do sorted[i] = i * 7919 % 3001 end
table.sort(sorted, function(a, b) return a < b end)
setmetatable({}, {__gc = function() M.fib(12) end})
print(#join(10))
";

fn profile(folder: &Folder, args: &[&str]) -> Ended {
    let args: Vec<&str> = std::iter::once("profile").chain(args.iter().copied()).collect();
    folder.run(&args)
}

fn text(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.0.join(name)).expect("written")
}

/// The stacks of a folded profile with what was used there.
fn stacks(folded: &str) -> Vec<(&str, u64)> {
    let lines = folded.lines().map(|line| line.rsplit_once(' ').expect("a number"));
    lines.map(|(stack, used)| (stack, used.parse().expect("a number"))).collect()
}

#[test]
fn the_same_profile_every_time_with_and_without_native_code() {
    let folder = Folder::new(&[("a.lua", PROGRAM)]);
    for (name, jit) in [("one", "on"), ("two", "on"), ("three", "off")] {
        let outputs = ["txt", "svg", "folded", "json"].map(|end| format!("{name}.{end}"));
        let mut args = vec!["--jit", jit];
        outputs.iter().for_each(|output| args.extend(["-o", output]));
        args.push("a.lua");
        let ended = profile(&folder, &args);
        assert_eq!((ended.code, ended.out.as_str()), (Some(0), "120\n"), "{}", ended.err);
        assert_eq!(ended.err, outputs.map(|output| format!("wrote {output}\n")).concat());
    }
    for end in ["txt", "svg", "folded", "json"] {
        let one = text(&folder, &format!("one.{end}"));
        assert!(!one.is_empty());
        for other in ["two", "three"] {
            assert_eq!(one, text(&folder, &format!("{other}.{end}")), "{end}");
        }
    }
}

#[test]
fn parts_add_up_to_the_fuel_of_the_program() {
    let folder = Folder::new(&[("a.lua", PROGRAM)]);
    let plain = folder.run(&["run", "--show-fuel", "a.lua"]);
    let used: u64 =
        plain.err.trim().strip_prefix("fuel used: ").expect("shown").parse().expect("a number");
    for every in ["1", "100", "10007", "100000000"] {
        profile(&folder, &["--every", every, "-o", "a.folded", "-o", "a.json", "a.lua"]);
        let folded = text(&folder, "a.folded");
        let sum: u64 = stacks(&folded).iter().map(|(_, used)| used).sum();
        assert_eq!(sum, used, "every {every}");
        let json: serde_json::Value = serde_json::from_str(&text(&folder, "a.json")).expect("JSON");
        let of = &json["profiles"][0];
        let weights = of["weights"].as_array().expect("a list");
        let sum: u64 = weights.iter().map(|n| n.as_u64().expect("a number")).sum();
        assert_eq!((sum, of["endValue"].as_u64()), (used, Some(used)), "every {every}");
        let frames = json["shared"]["frames"].as_array().expect("a list").len() as u64;
        let samples = of["samples"].as_array().expect("a list");
        assert_eq!(samples.len(), weights.len());
        let known = |stack: &serde_json::Value| {
            stack.as_array().expect("a list").iter().all(|n| n.as_u64().is_some_and(|n| n < frames))
        };
        assert!(samples.iter().all(known));
    }
}

#[test]
fn stacks_go_through_coroutines_and_callbacks() {
    let folder = Folder::new(&[("a.lua", PROGRAM)]);
    profile(&folder, &["--every", "97", "-o", "a.folded", "a.lua"]);
    let folded = text(&folder, "a.folded");
    let share = |begin: &str, end: &str| -> u64 {
        let stacks = stacks(&folded).into_iter();
        let wanted = stacks.filter(|(stack, _)| stack.starts_with(begin) && stack.ends_with(end));
        wanted.map(|(_, used)| used).sum()
    };
    let main = "main chunk (a.lua)";
    let joining = share(
        &format!("{main};coroutine.wrap;function (a.lua:11);join (a.lua:6)"),
        "join (a.lua:6)",
    );
    assert!(joining > 20_000, "{folded}");
    assert!(share(&format!("{main};table.sort;function (a.lua:20)"), "") > 10_000, "{folded}");
    assert!(share(&format!("{main};M.fib (a.lua:2)"), "M.fib (a.lua:2)") > 100_000, "{folded}");
    // The finalizer runs when the machine is closed.
    assert!(share("function (a.lua:21)", "M.fib (a.lua:2)") > 1000, "{folded}");
}

#[test]
fn allocations_are_where_they_are_made() {
    let program = "local function small() return {} end
local function large()
  return (\"x\"):rep(100000)
end
for _ = 1, 10 do small() large() end
";
    let folder = Folder::new(&[("a.lua", program)]);
    let ended = profile(&folder, &["--by", "alloc", "-o", "a.folded", "-o", "a.txt", "a.lua"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let folded = text(&folder, "a.folded");
    let of = |name: &str| {
        let stacks = stacks(&folded);
        stacks.iter().find(|(stack, _)| stack.ends_with(name)).map(|(_, used)| *used)
    };
    let large = of("large (a.lua:2)").expect("there");
    assert!((1_000_000..1_100_000).contains(&large), "{folded}");
    let small = of("small (a.lua:1)").expect("there");
    assert!((160..2000).contains(&small), "{folded}");
    assert!(text(&folder, "a.txt").contains("a.lua:3  return (\"x\"):rep(100000)"));
    profile(&folder, &["--by", "alloc", "-o", "b.folded", "a.lua"]);
    assert_eq!(folded, text(&folder, "b.folded"));
}

#[test]
fn time_is_measured_where_it_goes() {
    let program =
        "local function busy() local n = 0 for i = 1, 3e7 do n = n + i % 7 end return n end
busy()
";
    let folder = Folder::new(&[("a.lua", program)]);
    profile(&folder, &["--by", "time", "-o", "a.folded", "a.lua"]);
    let folded = text(&folder, "a.folded");
    let busy: u64 = stacks(&folded)
        .iter()
        .filter(|(stack, _)| stack.contains("busy (a.lua:1)"))
        .map(|(_, used)| used)
        .sum();
    let all: u64 = stacks(&folded).iter().map(|(_, used)| used).sum();
    assert!(busy * 10 > all * 8, "{folded}");
}

#[test]
fn the_program_is_what_it_is_without() {
    let program = "print(arg[0], ...) io.stderr:write('e\\n') os.exit(7)";
    let folder = Folder::new(&[("a.lua", program), ("b.lua", "local t\nt.x = 1\n")]);
    let ended = profile(&folder, &["-o", "a.txt", "a.lua", "--by", "-x"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(7), "a.lua\t--by\t-x\n"));
    assert_eq!(ended.err, "e\nwrote a.txt\n");
    let ended = profile(&folder, &["b.lua"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.starts_with("luka: b.lua:2: attempt to index a nil value"), "{}", ended.err);
    assert!(ended.err.contains("\nfuel: "), "{}", ended.err);
    for (args, says) in [
        (&["-o", "a.pdf", "a.lua"][..], "-o a.pdf: the name ends with"),
        (&["--every", "0", "a.lua"], "--every: bad value '0': a number of units, 1 or more"),
        (&["--by", "time", "--every", "1us", "a.lua"], "a time of 0.05ms or more"),
        (&["--by", "alloc", "--every", "9", "a.lua"], "nothing is left out"),
        (&["--by", "space", "a.lua"], "space"),
        (&[], "FILE"),
    ] {
        let ended = profile(&folder, args);
        assert_eq!(ended.code, Some(2), "{args:?}");
        assert!(ended.err.contains(says), "{args:?}: {}", ended.err);
    }
}
