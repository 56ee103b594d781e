//! Saved and restored, a program goes on as if nothing had happened: at every instruction, in
//! machines made of nothing but the bytes.

use libtest_mimic::{Arguments, Failed, Trial};
use luka_tests::script::{Script, files};
use luka_tests::snapshot::{Program, Seen};
use luka_vm::Config;
use luka_vm::snapshot::SnapshotErrorKind;
use std::path::Path;
use std::process::{Command, ExitCode};

/// Coroutines, protected calls, metamethods, callbacks of natives, errors in `__close`, `load` with
/// a reader.
const STEPS: &str = r##"
local log = {}
local function note(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = tostring(t[i]) end
  log[#log + 1] = table.concat(t, " ")
end
local mt = {
  __add = function(a, b) return setmetatable({ a[1] + (type(b) == "table" and b[1] or b) }, getmetatable(a)) end,
  __index = function(t, k) return k .. "!" end,
  __newindex = function(t, k, v) rawset(t, k, v * 2) end,
  __concat = function(a, b) return "cat" end,
  __lt = function(a, b) return a[1] < b[1] end,
  __le = function(a, b) return a[1] <= b[1] end,
  __eq = function(a, b) return a[1] == b[1] end,
  __len = function(t) return 42 end,
  __unm = function(t) return -t[1] end,
  __call = function(self, ...) return select("#", ...), ... end,
  __tostring = function(t) return "<" .. t[1] .. ">" end,
  __name = "Mine",
}
local function new(n) return setmetatable({ n }, mt) end
local a, b = new(1), new(2)
note((a + b)[1], a.x, a .. b, tostring(a < b), tostring(a <= b), tostring(a == b), #a, -a, a(1, nil, 3))
a.y = 4
note(rawget(a, "y"))
local gen = coroutine.wrap(function(...)
  local first = ...
  for i = 1, 3 do
    local ok, e = pcall(function() error({ i }) end)
    first = coroutine.yield(i, type(e), first)
  end
  return "done"
end)
for i = 1, 4 do note(tostring((gen(i)))) end
note(xpcall(function() local x = nil; return x.y end, function(m) return "handled: " .. m end))
local words = { "pear", "fig", "apple", "kiwi" }
table.sort(words, function(x, y) return #x < #y or #x == #y and x < y end)
note(table.concat(words, ","))
note((("hello world"):gsub("%w+", function(w) return w:upper() .. #w end)))
local parts, at = { "local x = ", "1 + ", "2; return ", "x * 7" }, 0
note(load(function() at = at + 1; return parts[at] end)())
do
  local ok, e = pcall(function()
    local c <close> = setmetatable({}, { __close = function(_, e) note("close c", tostring(e)) end })
    local d <close> = setmetatable({}, { __close = function(_, e) note("close d", tostring(e)); error("from d", 0) end })
    error("body", 0)
  end)
  note(tostring(ok), e)
end
local function vararg(...) local x, y = ...; return select("#", ...), y, ... end
note(vararg(1, "two", 3))
local co = coroutine.create(function() local z <close> = setmetatable({}, { __close = function() note("co closed") end }); coroutine.yield(1) end)
coroutine.resume(co); coroutine.close(co)
local fns = {}
for i = 1, 3 do fns[i] = function() i = i + 1; return i end end
note(fns[1](), fns[1](), fns[2]())
for k, v in pairs({ 10, 20, x = 30 }) do note(tostring(k), v) end
for i, v in ipairs(words) do if i > 2 then break end note(i, v) end
goto done
note("never")
::done::
note(string.format("%5.2f|%q|%s", 1 / 3, "a\nb", a))
note(tostring(pcall(string.rep, "x", -1)), tostring(pcall(setmetatable, 1)))
note(tostring(select(2, pcall(error))), math.type(3 // 1), 7 // 2, 7.5 % 2, 1 << 4, "10" + 5)
return table.concat(log, "\n"), print(table.concat(log, "\n"))
"##;

/// Finalizers, weak and ephemeron tables, `collectgarbage("count")`, in both modes.
const COLLECTOR: &str = r##"
local log = {}
local function note(text) log[#log + 1] = text end
local weak, keys = setmetatable({}, { __mode = "v" }), setmetatable({}, { __mode = "k" })
local serial = 0
for _, mode in ipairs { "generational", "incremental" } do
  collectgarbage(mode)
  for i = 1, 9 do
    serial = serial + 1
    local mine = serial
    local o = setmetatable({ mine }, { __gc = function() note("gc " .. mine) end })
    weak[i] = o; keys[o] = { o }; keys[{}] = i
    local s = ("long string "):rep(5) .. i
    if i % 3 == 0 then collectgarbage("step") note(collectgarbage("count") * 1024) end
    if i % 4 == 0 then collectgarbage() end
  end
  local live = 0
  for _ in pairs(keys) do live = live + 1 end
  note(live .. " " .. #weak .. " " .. tostring(keys):sub(1, 6))
end
print(table.concat(log, "\n"))
"##;

/// Hooks of every kind, a stack that overflows, handlers in handlers.
const HOOKS: &str = r##"
local counts = {}
local function hook(event, line)
  counts[event] = (counts[event] or 0) + 1
  local info = debug.getinfo(2, "l")
end
debug.sethook(hook, "crl", 7)
local function f(n) if n == 0 then return 1 end return n * f(n - 1) end
f(5)
local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
co() co()
debug.sethook()
for _, e in ipairs { "call", "tail call", "return", "line", "count" } do print(e, counts[e]) end
print(select(2, xpcall(function() error("a") end, function(m)
  return select(2, pcall(error, m .. "b")) .. "c"
end)))
print(xpcall(error, function() error("again") end))
print(("aaaaaaaaaaaaaab"):find("(a-)(a-)b$"), ("x"):rep(3, ","))
print(select(2, pcall(table.sort, { 3, 1, 2, 5, 4 }, function() return true end)))
"##;

/// What a program comes to that moves to a new machine after every so many units, `grow` times more
/// after each move; and how often it has moved.
fn moving(mut program: Program, every: u64, grow: f64) -> Result<(Seen, u32), Failed> {
    let (mut moves, mut slice) = (0, every as f64);
    while program.is_running() {
        let at = program.vm.fuel_used();
        program = program.moved().map_err(|e| format!("after {at} units: {e}"))?;
        program.vm.check_heap().map_err(|e| format!("after {at} units: {e}"))?;
        if program.vm.fuel_used() != at {
            return Err(format!("the total of fuel was {at}").into());
        }
        program.go_on(slice as u64);
        slice *= grow;
        moves += 1;
    }
    Ok((program.finish(), moves))
}

/// A program that stops at every instruction.
fn every_instruction(text: &str, name: &str, least: u32) -> Result<(), Failed> {
    let start = || Program::start(text, name, Config::default()).expect("a program");
    let (seen, moves) = moving(start(), 1, 1.0)?;
    assert!(moves > least, "{moves} moves");
    assert!(!seen.printed.is_empty() && seen.ended.starts_with("Finished"), "{seen:?}");
    equal(seen, start().finish())
}

/// Stops while errors unwind 6,000 frames and the collector cuts the stack, at each of the places where
/// a frame of four slots may be cut. A link that no frame uses any more was refused in the last slot.
fn unwinding() -> Result<(), Failed> {
    for depth in 0..4 {
        let text = format!(
            "local mt = {{ __close = function() end }}
             local function rec(n)
                 local x <close> = setmetatable({{}}, mt)
                 if n == 0 then
                     mt.__close = nil
                     error('deep')
                 end
                 return (rec(n - 1))
             end
             local function low(n) if n > 0 then return (low(n - 1)) end return pcall(rec, 6000) end
             print(low({depth}))"
        );
        let start = || Program::start(&text, "unwinding", Config::default()).expect("a program");
        let (seen, _) = moving(start(), 3_001, 1.0)?;
        equal(seen, start().finish())?;
    }
    Ok(())
}

fn equal(moved: Seen, whole: Seen) -> Result<(), Failed> {
    if moved == whole {
        return Ok(());
    }
    Err(format!("moved:\n{moved:#?}\nin one machine:\n{whole:#?}").into())
}

/// Every program of a file of the suite. `LUKA_SNAPSHOTS` is how many units it runs between two
/// moves; without it, the slices grow.
fn suite(path: &Path) -> Result<(), Failed> {
    let slice: Option<u64> = std::env::var("LUKA_SNAPSHOTS").ok().and_then(|n| n.parse().ok());
    let text = std::fs::read_to_string(path).expect("a readable file");
    let name = path.file_name().expect("a file").to_string_lossy();
    for (i, section) in Script::parse(&name, &text).sections.iter().enumerate() {
        // (What is not to be paused is about time or threads of the system.)
        if section.directives.skips("paused").is_some() {
            continue;
        }
        let start = || Program::start(&section.program, &name, Config::default());
        let Some(program) = start() else { continue };
        let (first, grow) = slice.map_or((61 + i as u64, 1.6), |slice| (slice, 1.0));
        let (seen, _) = moving(program, first, grow)?;
        let whole = start().expect("a program").finish();
        equal(seen, whole)
            .map_err(|e| format!("section {i}: {}", e.message().unwrap_or_default()))?;
    }
    Ok(())
}

/// Units of fuel between two processes.
const HOP: u64 = 41;

/// In another process: goes on with the program in a file, and saves it there again. Whether it is
/// still running.
fn hop(path: &Path) -> bool {
    let bytes = std::fs::read(path).expect("a snapshot");
    let mut program = Program::of_bytes(&bytes).expect("a snapshot that is accepted");
    program.go_on(HOP);
    print!("{}", String::from_utf8_lossy(&program.printed.take()));
    if program.is_running() {
        std::fs::write(path, program.save().as_bytes()).expect("written");
    }
    program.is_running()
}

/// Each hop in a process of its own: the output joined is that of one run, and the states are those
/// of a machine that stays in this process.
fn processes() -> Result<(), Failed> {
    let start = || Program::start(STEPS, "steps", Config::default()).expect("a program");
    let (mut here, mut printed, mut hops) = (start(), String::new(), 0);
    let path = std::env::temp_dir().join(format!("luka_hops_{}.snap", std::process::id()));
    std::fs::write(&path, here.save().as_bytes())?;
    loop {
        let mut child = Command::new(std::env::current_exe()?);
        let output = child.env("LUKA_HOP", &path).output()?;
        printed.push_str(&String::from_utf8_lossy(&output.stdout));
        here.go_on(HOP);
        hops += 1;
        match output.status.code() {
            Some(0) => break,
            Some(10) if here.is_running() => {
                // What was granted last is the same, too.
                if std::fs::read(&path)? != here.save().as_bytes() {
                    return Err(format!("other bytes after {hops} processes").into());
                }
            }
            status => return Err(format!("{status:?} after {hops} processes: {output:?}").into()),
        }
    }
    std::fs::remove_file(&path)?;
    assert!(hops > 20 && !here.is_running(), "{hops} hops");
    assert_eq!(printed, start().finish().printed);
    Ok(())
}

/// Snapshots of earlier versions, kept in `tests/snapshots`, with what their programs print from
/// there on: they load, or are refused with what to do. `BLESS=1` writes those of this version.
fn golden() -> Result<(), Failed> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots");
    if std::env::var_os("BLESS").is_some() {
        for (name, text, at) in [("steps", STEPS, 1_000), ("collector", COLLECTOR, 700)] {
            let mut program = Program::start(text, name, Config::default()).expect("a program");
            program.go_on(at);
            let path = folder.join(format!("v{}-{name}.snap", luka_vm::snapshot::format::VERSION));
            std::fs::write(&path, program.save().as_bytes())?;
            program.printed.take();
            std::fs::write(path.with_extension("out"), program.finish().printed)?;
        }
    }
    let mut found = 0;
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|e| e != "snap") {
            continue;
        }
        found += 1;
        match Program::of_bytes(&std::fs::read(&path)?) {
            Ok(program) => {
                let expected = std::fs::read_to_string(path.with_extension("out"))?;
                assert_eq!(program.finish().printed, expected, "{path:?}");
            }
            Err(e) if e.kind() == SnapshotErrorKind::Version => {
                assert!(e.to_string().contains("go on with it in"), "{e}");
            }
            Err(e) => return Err(format!("{path:?}: {e}").into()),
        }
    }
    assert!(found >= 2, "{found} golden snapshots");
    Ok(())
}

fn main() -> ExitCode {
    if let Some(path) = std::env::var_os("LUKA_HOP") {
        return ExitCode::from(if hop(Path::new(&path)) { 10 } else { 0 });
    }
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("every instruction", || every_instruction(STEPS, "steps", 1_500)),
        Trial::test("every instruction of collections", || {
            every_instruction(COLLECTOR, "collector", 500)
        }),
        Trial::test("every instruction with hooks", || every_instruction(HOOKS, "hooks", 500)),
        Trial::test("while errors unwind a deep stack", unwinding),
        Trial::test("every hop in a new process", processes),
        Trial::test("golden snapshots", golden),
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
