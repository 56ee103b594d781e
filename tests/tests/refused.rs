//! A program to which the system refuses memory gets the error "not enough memory", handles it and goes
//! on, whatever it wanted the memory for.
#![cfg(target_os = "linux")]

use luka_tests::binary::luka;
use std::process::Command;
use std::thread;
use std::time::Instant;

/// Addresses that a program may use beyond what the process takes at its start, in kilobytes.
const ROOM: u64 = 24 << 10;

/// Programs that want more than there is, each of its own kind, as expressions to be evaluated. `HOG` is
/// a function that allocates for ever, `BIG` a string of 3 MB.
const HUNGRY: &[&str] = &[
    // Objects.
    "pcall(HOG)",
    "pcall(function() local t = {} for i = 1, 1e9 do t[i] = {} end end)",
    "pcall(function() local t = {} for i = 1, 1e9 do t['key' .. i] = 'value' .. i end end)",
    "pcall(function() local t = {} for i = 1, 1e9 do t[i] = function() return i end end end)",
    "pcall(function() local t = {} for i = 1, 1e9 do t[-i] = i end end)",
    "pcall(function() local t = {} for i = 1, 1e9 do t[i] = i end end)",
    "pcall(function() local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(600) .. i end end)",
    "pcall(function() local t = {} for i = 1, 1e9 do t[i] = i + 0.5 .. 'x' end end)",
    "pcall(function() local t = {} for i = 1, 1e9 do t[i] = coroutine.create(print) end end)",
    "pcall(function()
        local t = {}
        for i = 1, 1e9 do
            t[i] = coroutine.wrap(function()
                local a = i
                local f = function() return a end
                coroutine.yield(f)
            end)
            t[i]()
        end
    end)",
    "pcall(function() local t = {} for i = 1, 1e9 do t[i] = table.pack(i, i, i) end end)",
    "pcall(function()
        local t = {}
        for i = 1, 1e9 do t[i] = table.move({1, 2, 3, 4, 5, 6}, 1, 6, 1, {}) end
    end)",
    // What the collector lists.
    "pcall(function()
        local t, meta = {}, {__gc = function() end}
        for i = 1, 1e9 do t[i] = setmetatable({}, meta) end
    end)",
    "pcall(function()
        local t, last = setmetatable({}, {__mode = 'k'}), {}
        for i = 1, 1e9 do local k = {} t[k] = last last = k end
    end)",
    "pcall(function()
        local t, meta = {}, {__mode = 'v'}
        for i = 1, 1e9 do t[i] = setmetatable({{}}, meta) end
    end)",
    "pcall(function()
        local t = {}
        for i = 1, 1e9 do t[i] = ('x'):rep(50) .. i string.format('%p', t[i]) end
    end)",
    // Stacks.
    "pcall(function() local function f(n) return n + f(n + 1) end
        local t = {} for i = 1, 9 do t[i] = coroutine.create(f) coroutine.resume(t[i], 1) end
        return HOG() end)",
    "pcall(function() local t = {} for i = 1, 20 do t[i] = table.pack(table.unpack({}, 1, 2e5)) end HOG() end)",
    // Strings.
    "pcall(string.rep, 'x', 1e9)",
    "pcall(function() local s = BIG while true do s = s .. s end end)",
    "pcall(string.gsub, ('a'):rep(1e6), 'a', ('b'):rep(100))",
    "pcall(string.gsub, ('a'):rep(1e6), 'a', {a = ('b'):rep(100)})",
    "pcall(string.gsub, ('a'):rep(1e6), 'a', function() return ('b'):rep(100) end)",
    "pcall(string.format, ('%s'):rep(12), BIG, BIG, BIG, BIG, BIG, BIG, BIG, BIG, BIG, BIG, BIG, BIG)",
    "pcall(string.format, '%q', ('\\1'):rep(8e6))",
    "pcall(string.pack, ('s4'):rep(9), BIG, BIG, BIG, BIG, BIG, BIG, BIG, BIG, BIG)",
    "pcall(table.concat, {BIG, BIG, BIG, BIG, BIG, BIG, BIG, BIG, BIG}, ', ')",
    "pcall(function() local t = {} for i = 1, 99 do t[i] = BIG:upper() end end)",
    "pcall(function() local t = {} for i = 1, 99 do t[i] = BIG:reverse() end end)",
    // Input.
    "pcall(function() return io.popen('yes'):read('a') end)",
    "pcall(function() return io.popen(\"tr '\\\\0' x < /dev/zero\"):read('l') end)",
    "pcall(function() return io.open('/dev/zero'):read(1e9) end)",
    "pcall(loadfile, '/dev/zero')",
    // The compiler, images.
    "pcall(load, ('x = x + 1 '):rep(1e6))",
    "pcall(load, 'return {' .. ('function() end, '):rep(1e5) .. '}')",
    "pcall(load, ('x = x + 1 '):rep(5e5) .. ')')",
    "pcall(load, function() return 'x = x + 1 ' end)",
    "pcall(load, function() return BIG end)",
    "pcall(function()
        local text, t = ('x = x + 1 '):rep(1e4), {}
        for i = 1, 1e9 do t[i] = assert(load(text)) end
    end)",
    "pcall(function()
        local image, t = string.dump(load(('x = x + 1 '):rep(1e4))), {}
        for i = 1, 1e9 do t[i] = assert(load(image)) end
    end)",
    "pcall(function()
        local f, t = load(('x = x + 1 '):rep(1e4)), {}
        for i = 1, 1e9 do t[i] = string.dump(f) end
    end)",
    "pcall(function()
        local assembler = require 'luka.bytecode'
        return assembler.assemble('.function main vararg\\n' .. ('RETURN0\\n'):rep(1e6))
    end)",
    // Messages.
    "pcall(function() return setmetatable({}, {__name = BIG:rep(6)}) + 1 end)",
    "pcall(string.rep, setmetatable({}, {__name = BIG:rep(6)}))",
    "pcall(tostring, setmetatable({}, {__name = BIG:rep(6)}))",
    "pcall(loadfile, BIG:rep(6))",
    "pcall(require, BIG:rep(5))",
    "pcall(io.open, BIG:rep(6))",
    "pcall(error, BIG:rep(6))",
    "pcall(function() error(BIG:rep(6)) end)",
    "pcall(load, BIG:rep(6))",
    // While errors are handled, variables closed, objects finalized.
    "xpcall(HOG, function(m) return HOG() end)",
    "pcall(function() local x <close> = setmetatable({}, {__close = HOG}) HOG() end)",
    "(function()
        setmetatable({}, {__gc = HOG})
        collectgarbage()
        return pcall(HOG)
    end)()",
    "(function() for _ = 1, 5 do pcall(HOG) end return pcall(HOG) end)()",
    "(function() local co = coroutine.wrap(HOG) pcall(co) return pcall(co) end)()",
    "(function() pcall(function() while true do KEPT = {KEPT} end end) KEPT = nil return pcall(HOG) end)()",
    "(function()
        for _ = 1, 3 do pcall(function() while true do KEPT = {KEPT} end end) end
        KEPT = nil
        return pcall(HOG)
    end)()",
];

/// Errors other than that there is no memory: the program has enough of it to say so.
const OTHER: &[&str] =
    &["error", "loadfile", "require", "io.open", "load, BIG", "__name", "unpack", "wrap(HOG)"];

fn run(kilobytes: &str, program: &str) -> (bool, String) {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v $0 && exec \"$@\"", kilobytes]).arg(luka());
    let output = command.args(["-e", program]).output().expect("a shell");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

/// What is wrong with the program that evaluates this expression, if anything is.
fn failure(kilobytes: &str, hungry: &str) -> Option<String> {
    let program = format!(
        "BIG = ('x'):rep(3e6)
         function HOG() local t = {{}} while true do t = {{t}} end end
         local function show(...)
             local t = {{...}}
             for i = 1, #t do t[i] = tostring(t[i]):sub(1, 200) end
             print(table.unpack(t))
         end
         show({hungry})
         BIG = nil
         local t = {{}} for i = 1, 1e4 do t[i] = {{i .. ''}} end print(#t .. ' on')"
    );
    let begin = Instant::now();
    let (success, text) = run(kilobytes, &program);
    if std::env::var_os("LUKA_SHOW").is_some() {
        eprintln!("{:>6} ms  {}  {hungry}", begin.elapsed().as_millis(), text.trim());
    }
    let other = OTHER.iter().any(|word| hungry.contains(word));
    let expected = other || text.contains("not enough memory");
    let good = success && expected && text.ends_with("10000 on\n");
    (!good).then(|| format!("{hungry}\n{}", text.chars().take(500).collect::<String>()))
}

#[test]
fn refused_memory_is_an_error() {
    // (With the address space that is set aside for native code, once a program has run for a while.)
    let status = "for i = 1, 1e6 do end for l in io.lines('/proc/self/status') do print(l:match('^VmSize:%s*(%d+)')) end";
    let (_, text) = run("unlimited", status);
    let size = text.split_whitespace().find_map(|word| word.parse::<u64>().ok()).expect("a size");
    let kilobytes = (size + ROOM).to_string();
    // Two at a time.
    let (some, others) = HUNGRY.split_at(HUNGRY.len() / 2);
    let all = |programs: &[&str]| {
        programs.iter().filter_map(|hungry| failure(&kilobytes, hungry)).collect::<Vec<_>>()
    };
    let failures = thread::scope(|scope| {
        let first = scope.spawn(|| all(some));
        let second = all(others);
        [first.join().expect("no panic"), second].concat()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
