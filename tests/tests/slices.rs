//! Fuel is exact, and nothing a program does depends on how the host slices it: the same output, the
//! same fuel, the same bytes in use, the same finalizers at the same time, whether a program runs in
//! one piece or stops at every instruction.

use libtest_mimic::{Arguments, Failed, Trial};
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, compile};
use luka_stdlib::{CompilerLoader, open_libs};
use luka_tests::capture::{Capture, Printed};
use luka_tests::script::{Script, files};
use luka_vm::Outcome;
use luka_vm::{Config, Value, Vm};
use std::path::Path;
use std::process::ExitCode;

const SLICES: [u64; 8] = [1, 7, 100, 997, 5_000, 15_000, 20_000, 1_000_000];

/// Most fuel of a program that is run in slices of less than 100.
const SHORT: u64 = 300_000;

/// A machine with a program loaded into it, and where it prints.
struct Loaded {
    vm: Vm,
    main: Value,
    stdout: Printed,
}

fn load(program: &str, name: &str, fuel: Option<u64>) -> Result<Loaded, String> {
    let source = Source::new(format!("@{name}"), program.as_bytes(), SourceKind::File);
    let module = compile(&source, &Options::default()).map_err(|_| "it does not compile")?;
    let (host, stdout, _) = Capture::frozen();
    let config = Config { fuel, ..Config::default() };
    let mut vm = Vm::new(config, Box::new(host), Box::new(CompilerLoader::default()))
        .map_err(|_| "no machine")?;
    open_libs(&mut vm).map_err(|_| "no libraries")?;
    let main = vm.instantiate(module, None).map_err(|_| "no function")?.into();
    Ok(Loaded { vm, main, stdout })
}

/// What can be seen of a run.
#[derive(PartialEq, Debug)]
struct Seen {
    printed: String,
    ended: String,
    fuel: u64,
    bytes: usize,
}

impl Loaded {
    /// Runs in slices to the end of the program, then to the end of the machine.
    fn run(mut self, slice: u64) -> Seen {
        let mut outcome = self.vm.run(self.main, &[]);
        while matches!(outcome, Outcome::OutOfFuel) {
            self.grant(slice);
            outcome = self.vm.resume_run();
        }
        let ended = match outcome {
            Outcome::Failed(_) => "failed".to_string(),
            other => format!("{other:?}"),
        };
        let bytes = self.vm.heap.bytes();
        loop {
            match self.vm.close() {
                Outcome::OutOfFuel => self.grant(slice),
                Outcome::Exit { close: true, .. } => {}
                _ => break,
            }
        }
        let printed = String::from_utf8_lossy(&self.stdout.take()).into_owned();
        Seen { printed, ended, fuel: self.vm.fuel_used(), bytes }
    }

    /// The machine has stopped for want of fuel: gives more.
    fn grant(&mut self, slice: u64) {
        let left = self.vm.fuel_left().expect("a limit");
        assert!(left <= 0, "out of fuel with {left} left");
        let before = self.vm.fuel_used();
        self.vm.add_fuel(slice);
        assert_eq!(self.vm.fuel_left(), Some(left + slice as i64));
        assert_eq!(self.vm.fuel_used(), before);
    }
}

/// Runs a program in one piece and in slices, which must not differ.
fn compare(program: &str, name: &str, slices: &[u64]) -> Result<Seen, Failed> {
    let whole = load(program, name, None)?.run(0);
    for &slice in slices {
        if slice < 100 && whole.fuel > SHORT {
            continue;
        }
        let sliced = load(program, name, Some(slice))?.run(slice);
        if sliced != whole {
            let message = format!("in slices of {slice}:\n{sliced:#?}\nin one piece:\n{whole:#?}");
            return Err(message.into());
        }
    }
    Ok(whole)
}

fn suite(path: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path).expect("a readable file");
    let name = path.file_name().expect("a file").to_string_lossy();
    for section in &Script::parse(&name, &text).sections {
        // (What is not to be paused is about time or threads of the system.)
        if section.directives.skips("paused").is_none()
            && load(&section.program, &name, None).is_ok()
        {
            compare(&section.program, &name, &[97, 5_000, 15_000])?;
        }
    }
    Ok(())
}

/// Finalizers, weak tables and the collector's own figures, over both modes.
const COLLECTOR: &str = r#"
local log, serial = {}, 0
local function note(text) log[#log + 1] = text end
local function guarded()
  serial = serial + 1
  local mine = serial
  return setmetatable({ mine }, { __gc = function(o)
    note(mine .. ":" .. #log)
    for i = 1, mine % 7 do local garbage = { i, {} } end
  end })
end
local weak = setmetatable({}, { __mode = "v" })
local keys = setmetatable({}, { __mode = "k" })
for _, mode in ipairs { "generational", "incremental", "generational" } do
  collectgarbage(mode)
  for i = 1, 4000 do
    local o = i % 30 == 0 and guarded() or { i, tostring(i) .. ("x"):rep(i % 500) }
    weak[i % 100 + 1] = o
    keys[o] = { i }
    if i % 250 == 0 then
      local live = 0
      for _ in pairs(keys) do live = live + 1 end
      for j = 1, 100 do if weak[j] then live = live + 1 end end
      note(i .. " " .. live .. " " .. collectgarbage("count") * 1024)
    end
  end
  local text = {}
  for i = 1, 300 do text[i] = ("%5.2f|%s"):format(i / 3, {} ~= nil) end
  note(#table.concat(text) .. " " .. select(2, ("abc"):rep(2000):gsub("%w", { a = "b" })))
end
local co = coroutine.wrap(function()
  for i = 1, 200 do
    local x <close> = setmetatable({}, { __close = function() note("closed " .. i) end })
    coroutine.yield(pcall(error, { i }))
  end
end)
for i = 1, 200 do co() end
print(table.concat(log, "\n"))
"#;

fn collector() -> Result<(), Failed> {
    let whole = load(COLLECTOR, "collector", None)?.run(0);
    assert!(whole.printed.lines().count() > 300, "{}", whole.printed);
    for slice in SLICES {
        let sliced = load(COLLECTOR, "collector", Some(slice))?.run(slice);
        if sliced != whole {
            return Err(format!("in slices of {slice}: {sliced:#?} against {whole:#?}").into());
        }
    }
    Ok(())
}

/// Programs with every kind of step: what they cost is what they need, and no less is enough.
const PROGRAMS: [&str; 9] = [
    "for i = 1, 1000 do end",
    "local t = {} for i = 1, 3000 do t[i] = i * 2 end for k, v in pairs(t) do t[k] = v + 1 end",
    "print((('a'):rep(110)):find('.-.-b'))",
    "print(#('x'):rep(1e6):upper():reverse())",
    "local t = {} for i = 1, 500 do t[i] = (i * 7919) % 503 end \
     table.sort(t, function(a, b) return a > b end) print(t[1], t[500])",
    "local mt = { __add = function(a, b) return 1 end, __lt = function() return true end, \
         __index = function(t, k) return k end, __concat = function() return 'c' end } \
     local o = setmetatable({}, mt) \
     for i = 1, 100 do local x = o + 1; if o < o then x = o[i] .. (o .. i) end end",
    "local f = coroutine.wrap(function(...) for i = 1, 100 do coroutine.yield(i, ...) end end) \
     for i = 1, 100 do f(i) end",
    "for i = 1, 50 do pcall(error, i) select('#', table.unpack({1, 2, 3, nil, 5}, 1, i)) end",
    "local function f(n, ...) if n == 0 then return ... end return f(n - 1, n, ...) end \
     print(select('#', f(60)))",
];

fn exact_cost() -> Result<(), Failed> {
    for program in PROGRAMS {
        let whole = compare(program, "t", &SLICES)?;
        let mut unlimited = load(program, "t", None)?;
        assert!(matches!(unlimited.vm.run(unlimited.main, &[]), Outcome::Finished(_)));
        let cost = unlimited.vm.fuel_used();
        assert!(cost <= whole.fuel);
        assert_eq!(unlimited.vm.fuel_left(), None);

        let mut enough = load(program, "t", Some(cost))?;
        assert!(matches!(enough.vm.run(enough.main, &[]), Outcome::Finished(_)), "{program}");
        assert_eq!(enough.vm.fuel_left(), Some(0), "{program}");

        let mut scarce = load(program, "t", Some(cost - 1))?;
        assert!(matches!(scarce.vm.run(scarce.main, &[]), Outcome::OutOfFuel), "{program}");
        assert_eq!(scarce.vm.fuel_left(), Some(0), "{program}");
        // Nothing happens without fuel.
        assert!(matches!(scarce.vm.resume_run(), Outcome::OutOfFuel));
        assert_eq!(scarce.vm.fuel_used(), cost - 1);
        scarce.vm.add_fuel(1);
        assert!(matches!(scarce.vm.resume_run(), Outcome::Finished(_)), "{program}");
    }
    Ok(())
}

/// A native's work beyond what was granted is paid by the next grants.
fn debt_is_paid() -> Result<(), Failed> {
    let program = "local s = ('x'):rep(4000000) for i = 1, 10 do s:upper() end";
    let mut machine = load(program, "t", Some(100))?;
    let mut granted = 100;
    let mut outcome = machine.vm.run(machine.main, &[]);
    let mut deepest = 0;
    while matches!(outcome, Outcome::OutOfFuel) {
        deepest = deepest.min(machine.vm.fuel_left().expect("a limit"));
        machine.grant(100);
        granted += 100;
        outcome = machine.vm.resume_run();
    }
    assert!(matches!(outcome, Outcome::Finished(_)), "{outcome:?}");
    assert!(deepest < -1_000, "a native's work shows as debt: {deepest}");
    assert!(machine.vm.fuel_used() <= granted, "{} for {granted}", machine.vm.fuel_used());
    assert!(machine.vm.fuel_used() > granted - 100);
    Ok(())
}

/// What is granted in the place of what is left, and limits set and lifted between runs.
fn grants() -> Result<(), Failed> {
    let mut machine = load("for i = 1, 1000000 do end", "t", Some(1_000))?;
    assert!(matches!(machine.vm.run(machine.main, &[]), Outcome::OutOfFuel));
    assert_eq!(machine.vm.fuel_used(), 1_000);
    machine.vm.set_fuel(Some(5));
    assert_eq!(machine.vm.fuel_left(), Some(5));
    assert!(matches!(machine.vm.resume_run(), Outcome::OutOfFuel));
    assert_eq!(machine.vm.fuel_used(), 1_005);
    machine.vm.set_fuel(None);
    machine.vm.add_fuel(1);
    assert_eq!(machine.vm.fuel_left(), None);
    assert!(matches!(machine.vm.resume_run(), Outcome::Finished(_)));
    Ok(())
}

/// Every instruction can be stopped before, in straight code too, and between a TFORCALL and its
/// TFORLOOP.
fn stops_anywhere() -> Result<(), Failed> {
    let program = "local t, s, a = { 1, 2, x = 3 }, '', 0 \
        for k, v in pairs(t) do s = s .. k a = a + v end \
        for i, v in ipairs(t) do a = a * v + i end \
        local function f(x, ...) if x > 3 then return x, ... end return f(x + 1, ...) end \
        local o = setmetatable({}, { __index = f, __call = f, __len = function() return 7 end }) \
        local b, c, d, e, g = a + 1, a - 1, a * 2, a // 3, a % 5 \
        b = #o + b c, d = d, c e = g and e or not b \
        pcall(f, 1, 2, 3) local ok = pcall(error) \
        return #s, a, b, c, d, e, g, select('#', f(1, 2, 3)), #t, ok";
    let whole = load(program, "t", None)?.run(0);
    let mut machine = load(program, "t", None)?;
    machine.vm.set_fuel(Some(0));
    let mut outcome = machine.vm.run(machine.main, &[]);
    let mut total = 0;
    while matches!(outcome, Outcome::OutOfFuel) {
        assert_eq!(machine.vm.fuel_used(), total);
        assert_eq!(machine.vm.fuel_left(), Some(-(total as i64)), "steps count");
        // Nothing happens without fuel.
        assert!(matches!(machine.vm.resume_run(), Outcome::OutOfFuel));
        total += 1;
        outcome = machine.vm.step(1);
    }
    assert_eq!(format!("{outcome:?}"), whole.ended);
    assert_eq!(machine.vm.fuel_used(), total);
    machine.vm.set_fuel(None);
    machine.vm.close();
    assert_eq!(machine.vm.fuel_used(), whole.fuel);
    Ok(())
}

/// A long function that is loaded while a slice is running is stopped in as exactly.
fn long_functions() -> Result<(), Failed> {
    let program = "local long = load('local a = 1 ' .. ('a = a + 1 '):rep(5000) .. 'return a') \
        print(long())";
    let whole = compare(program, "t", &SLICES)?;
    for fuel in (whole.fuel - 5_000..whole.fuel).step_by(331) {
        let mut machine = load(program, "t", Some(fuel))?;
        assert!(matches!(machine.vm.run(machine.main, &[]), Outcome::OutOfFuel));
        assert_eq!(machine.vm.fuel_left(), Some(0), "of {fuel}");
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("collections do not depend on slices", collector),
        Trial::test("what a program costs is what it needs", exact_cost),
        Trial::test("debt is paid", debt_is_paid),
        Trial::test("grants replace and add up", grants),
        Trial::test("a machine stops before any instruction", stops_anywhere),
        Trial::test("a machine stops inside long functions", long_functions),
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("suite");
    for path in files(&root) {
        let name = path.strip_prefix(&root).expect("below the root").display().to_string();
        if !name.starts_with("wishlist/") {
            trials.push(Trial::test(format!("suite::{name}"), move || suite(&path)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
