//! Programs that move to another machine with what they have of their host, and in the middle of
//! their end.

use crate::{Shared, all_libraries};
use luka::host::{FileSource, Host, Memory, System};
use luka::{Budget, Chunk, Outcome, Rebind, Registry, Restore, Vm};

/// Runs a program in slices, each in a machine of its own; its results as text.
fn hop<H: Host + Send + 'static>(
    registry: &Registry,
    program: &str,
    slice: u64,
    host: impl Fn() -> H,
    files: Rebind,
) -> String {
    let mut vm = Vm::builder(registry).host(host()).build().expect("a machine");
    let program = vm.compile(Chunk::text(program).name("=program")).expect("a program");
    vm.start(&program, ()).expect("started");
    loop {
        match vm.run(Budget::fuel(slice)) {
            Outcome::OutOfFuel => {
                let bytes = vm.snapshot().expect("it can be saved").into_bytes();
                let restore = Restore::new().host(host()).files(move |_| files);
                vm = Vm::restore(registry, &bytes, restore).expect("a machine").vm;
            }
            outcome => return outcome.done().expect("done").get(&vm).expect("a text"),
        }
    }
}

const IN_MEMORY: &str = "
local log = {}
local function note(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = tostring(t[i]) end
  log[#log + 1] = table.concat(t, ' ')
end
local input, output = assert(io.open('in.txt')), assert(io.open('out.txt', 'a+'))
local scratch, name = assert(io.tmpfile()), os.tmpname()
assert(io.open(name, 'w')):close()
for i = 1, 4 do
  note(input:read('l'), io.read('l'), input:seek())
  output:write('line ', i, '\\n')
  scratch:write('s', i)
  note(os.tmpname() ~= name, ('%.3f'):format(os.clock()))
end
output:seek('set')
scratch:seek('set')
note(scratch:read('a'), (output:read('a'):gsub('\\n', ',')))
note(input:read('a'), input:read('l'), io.type(input), input:close(), io.type(input))
print('done')
return table.concat(log, ';')";

#[test]
fn what_a_host_in_memory_has_goes_on() {
    let world =
        || Memory::new().file("in.txt", "one\ntwo\nthree\nfour\nrest").stdin("a\nb\nc\nd\n").now(7);
    let registry = all_libraries();
    let whole = {
        let mut vm = Vm::builder(&registry).host(world()).build().expect("a machine");
        vm.eval::<_, String>(IN_MEMORY, ()).expect("done")
    };
    assert!(
        whole.ends_with("s1s2s3s4 line 1,line 2,line 3,line 4,;rest nil file true closed file"),
        "{whole}"
    );
    // Without leaving the process, the files are those of one world.
    for slice in [1, 7, 50, 997] {
        let shared = world();
        let view = shared.view();
        let hosts = std::cell::RefCell::new(Some(shared));
        let again = || hosts.take().unwrap_or_else(|| view.host().stdin("a\nb\nc\nd\n").now(7));
        let moved = hop(&registry, IN_MEMORY, slice, again, Rebind::Reopen);
        assert_eq!(moved, whole, "{slice}");
        assert_eq!(view.stdout(), b"done\n");
    }
}

/// What a program is told about a file that was not opened again.
const REFUSED: &str = "
local log = {}
local function note(ok, ...) log[#log + 1] = tostring(ok) .. ' ' .. tostring((...)) end
local f = assert(io.open(path, 'r+'))
f:read('l')
for i = 1, 12000 do end
note(f:read('l')) note(f:write('x')) note(f:seek('set')) note(f:flush()) note(f:setvbuf('no'))
note(pcall(function() for line in f:lines() do end end))
note(io.type(f))
note(f:close()) note(io.type(f)) note(pcall(f.read, f))
local g = assert(io.open(path))
note(g:read('l'))
return table.concat(log, '\\n')";

#[test]
fn a_refused_file_is_closed_with_a_reason() {
    let folder = std::env::temp_dir().join(format!("luka_refused_{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("data.txt");
    std::fs::write(&file, "one\ntwo\n").expect("written");
    let path = file.to_str().expect("a path");
    let program = REFUSED.replace("path", &format!("'{path}'"));
    let registry = all_libraries();
    let why = "the file was not opened again when the program was restored";
    let system = hop(&registry, &program, 10_000, System::all, Rebind::Refuse);
    let memory = || Memory::new().file(path, "one\ntwo\n");
    let memory = hop(&registry, &program, 10_000, memory, Rebind::Refuse);
    for said in [&system, &memory] {
        let lines: Vec<&str> = said.lines().collect();
        for line in &lines[..6] {
            assert!(line.ends_with(why), "{said}");
        }
        assert_eq!(lines[6], "file nil", "{said}");
        assert!(lines[7].ends_with(why), "{said}");
        assert_eq!(lines[8], "closed file nil", "{said}");
        assert_eq!(lines[9], "false attempt to use a closed file", "{said}");
        assert_eq!(lines[10], "one nil", "{said}");
    }
    assert_eq!(system, memory);
    // A file that is gone says so.
    let program = "local f = io.open(path, 'r') for i = 1, 2000 do end \
                   local _, why = f:read('l') return why"
        .replace("path", &format!("'{path}'"));
    let worlds = std::cell::Cell::new(0);
    let vanishing = || {
        worlds.set(worlds.get() + 1);
        if worlds.get() == 1 { Memory::new().file(path, "one") } else { Memory::new() }
    };
    let said = hop(&registry, &program, 1500, vanishing, Rebind::Reopen);
    assert_eq!(said, "the file could not be opened again: No such file or directory");
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn what_cannot_be_saved_is_named() {
    let mut vm = Vm::builder(&all_libraries()).host(System::all()).build().expect("a machine");
    let _: () = vm.eval("p = io.popen('cat', 'w') q = io.popen('true')", ()).expect("pipes");
    let error = vm.snapshot().expect_err("pipes");
    assert_eq!(error.reasons().len(), 2, "{error}");
    for command in ["`cat`", "`true`"] {
        assert!(error.reasons().iter().any(|r| r.contains(command)), "{command}: {error}");
    }
    let _: () = vm.eval("p:close() q:close()", ()).expect("closed");
    assert!(vm.snapshot().is_ok());
}

/// Leaves variables to be closed, finalizers that make others, errors in both.
const ENDING: &str = "
local function closing(name)
  return setmetatable({}, { __close = function(self, e)
    local t = {} for i = 1, 20 do t[i] = name .. i end
    print('close', name, e, #t)
    if name == 'b' then error('in b') end
  end })
end
local function finalizer(n)
  return setmetatable({}, { __gc = function()
    local sum = 0 for i = 1, 30 do sum = sum + i end
    print('gc', n, sum)
    if n == 2 then error('in gc') end
    if n > 4 then finalizer2(n - 4) end
  end })
end
function finalizer2(n) finalizer(n) end
keep = {}
for i = 1, 6 do keep[i] = finalizer(i) end
local a <close> = closing 'a'
local b <close> = closing 'b'
local c <close> = closing 'c'
while true do end";

/// How a machine ends, closed in slices of fuel, moved after each if `moves`: output and fuel.
fn end(slice: u64, moves: bool) -> (String, u64, usize) {
    let registry = all_libraries();
    let out = Shared::default();
    let mut vm = Vm::builder(&registry).output(out.clone()).build().expect("a machine");
    let program = vm.compile(ENDING).expect("a program");
    vm.start(&program, ()).expect("started");
    assert!(matches!(vm.run(Budget::fuel(3_000)), Outcome::OutOfFuel));
    let mut stops = 0;
    while let Outcome::OutOfFuel = vm.close(Budget::fuel(slice)) {
        stops += 1;
        if moves {
            let bytes = vm.snapshot().expect("it can be saved").into_bytes();
            let restore = Restore::new().output(out.clone());
            vm = Vm::restore(&registry, &bytes, restore).expect("a machine").vm;
        }
    }
    let fuel = vm.fuel_used();
    drop(vm);
    (out.text(), fuel, stops)
}

#[test]
fn a_close_that_has_paused_goes_on_elsewhere() {
    let (text, fuel, _) = end(u64::MAX, false);
    for part in ["close\tc\tnil\t20\nclose\tb\tnil\t20\nclose\ta\t", "gc\t6\t465\n", "gc\t1\t465\n"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    for slice in [1, 2, 3, 61, 997] {
        let (moved, used, stops) = end(slice, true);
        assert_eq!((&moved, used), (&text, fuel), "slices of {slice}");
        assert!(slice > 61 || stops > 5, "{stops} stops");
    }
}

#[test]
fn files_are_told_before_they_are_opened() {
    let registry = all_libraries();
    let world = || Memory::new().file("a.txt", "x").file("b.txt", "y");
    let mut vm = Vm::builder(&registry).host(world()).build().expect("a machine");
    let _: () = vm.eval("f, g = io.open('a.txt'), io.open('b.txt') f:read(1)", ()).expect("opened");
    let bytes = vm.snapshot().expect("saved").into_bytes();
    let restore = Restore::new().host(world()).files(|file| match &file.source {
        FileSource::Path(path) if path == b"a.txt" => {
            assert_eq!((file.position, file.mode.as_slice()), (1, &b"r"[..]));
            Rebind::Reopen
        }
        FileSource::Standard => Rebind::Reopen,
        _ => Rebind::Refuse,
    });
    let mut vm = Vm::restore(&registry, &bytes, restore).expect("a machine").vm;
    let said: (Option<String>, Option<String>, String) =
        vm.eval("return f:read('a'), g:read('a')", ()).expect("read");
    assert_eq!((said.0.as_deref(), said.1), (Some(""), None));
    assert!(said.2.contains("was not opened again"), "{}", said.2);
}

/// Runs a program that fails, stopped where it does, and ends it in another machine.
fn failing(text: &str, memory: u64) -> (luka::Error, luka::Error) {
    let registry = all_libraries();
    let mut vm = Vm::builder(&registry).memory(memory).build().expect("a machine");
    let program = vm.compile(Chunk::text(text).name("=program")).expect("a program");
    vm.start(&program, ()).expect("started");
    let outcome = vm.run(Budget::unlimited().stop_at_errors());
    assert!(matches!(outcome, Outcome::Failing), "{text}: {outcome:?}");
    let bytes = vm.snapshot().expect("it can be saved").into_bytes();
    let here = vm.run(Budget::unlimited()).done().expect_err("it fails");
    let mut vm = Vm::restore(&registry, &bytes, Restore::new()).expect("a machine").vm;
    // It is still there, and may be saved again.
    assert!(vm.snapshot().is_ok());
    let there = vm.run(Budget::unlimited()).done().expect_err("it fails");
    (here, there)
}

#[test]
fn the_moment_of_an_error_can_be_saved() {
    for (program, message) in [
        ("local function f(t) local n = 1 return t.x.y end f({})", "attempt to index a nil value"),
        ("coroutine.wrap(function() pcall(error, 1) error('in') end)()", "in"),
        ("error(setmetatable({}, { __tostring = function() return 'told' end }))", "told"),
        ("table.sort({ 3, 1, 2 }, function() error('compare') end)", "compare"),
        (
            "local c <close> = setmetatable({}, { __close = function() error('close') end })",
            "close",
        ),
        ("local t = {} while true do t[#t + 1] = { #t } end", "not enough memory"),
        ("local s = 'x' while true do s = s .. s end", "not enough memory"),
        ("local function f() return 1 + f() end f()", "stack overflow"),
    ] {
        let memory = if message.starts_with("stack") { 64 << 20 } else { 1 << 20 };
        let (here, there) = failing(program, memory);
        assert!(here.to_string().contains(message), "{program}: {here}");
        assert_eq!(here.report(), there.report(), "{program}");
        assert_eq!(here.kind(), there.kind());
        let active = here.levels().iter().any(|level| level.function.contains("main chunk"));
        assert!(active || message == "told", "{program}: {}", here.report());
    }
}

/// What a program catches does not stop it, and its own handlers are called as ever.
#[test]
fn errors_that_are_caught_stop_nothing() {
    let mut vm = Vm::builder(&all_libraries()).memory(1 << 20).build().expect("a machine");
    let program = "
        local said = {}
        local function note(message) said[#said + 1] = tostring(message) return message end
        pcall(error, 'a') xpcall(error, note, 'b')
        local function fill() local t = {} while true do t[#t + 1] = { #t } end end
        local ok, message = pcall(fill) collectgarbage() note(message)
        ok, message = xpcall(fill, note) collectgarbage() note(message)
        coroutine.resume(coroutine.create(error), 'c')
        setmetatable({}, { __gc = function() error('gc') end }) collectgarbage()
        return table.concat(said, ';')";
    let program = vm.compile(program).expect("a program");
    vm.start(&program, ()).expect("started");
    let mut outcome = vm.run(Budget::unlimited().stop_at_errors());
    if let Outcome::Failing = outcome {
        outcome = vm.run(Budget::unlimited());
    }
    let values = outcome.done().expect("done");
    let said: String = values.get(&vm).expect("a text");
    assert_eq!(said, "b;not enough memory;not enough memory");
}

/// The report was lost where a program paused on the way from the error to the end.
#[test]
fn a_report_outlives_pauses_and_moves() {
    let program = "
        local c <close> = setmetatable({}, { __close = function() for i = 1, 50 do end end })
        error('at the end')";
    let report = |slice: u64, moves: bool| {
        let registry = all_libraries();
        let mut vm = Vm::builder(&registry).build().expect("a machine");
        let program = vm.compile(Chunk::text(program).name("=program")).expect("a program");
        vm.start(&program, ()).expect("started");
        loop {
            match vm.run(Budget::fuel(slice)) {
                Outcome::OutOfFuel if moves => {
                    let bytes = vm.snapshot().expect("saved").into_bytes();
                    vm = Vm::restore(&registry, &bytes, Restore::new()).expect("a machine").vm;
                }
                Outcome::OutOfFuel => {}
                outcome => return outcome.done().expect_err("it fails").report(),
            }
        }
    };
    let whole = report(u64::MAX, false);
    assert!(whole.contains("error('at the end')"), "{whole}");
    for slice in [1, 7, 61] {
        assert_eq!(report(slice, false), whole, "{slice}");
        assert_eq!(report(slice, true), whole, "{slice}");
    }
}
