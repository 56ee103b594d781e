//! Every function of the built-in modules, called with generated arguments: in pieces of fuel it does what
//! it does at once, and in a sandbox what needs the operating system is an error without effect.

use luka::host::System;
use luka::{Budget, Chunk, Libs, Outcome, Registry, Vm};
use luka_stdlib::embedded;
use luka_tests::host::memory_host;
use std::path::PathBuf;

/// Modules whose functions are not called: the standard library under another name, parts of the compiler
/// and of the tool for tests, which have tests
/// of their own, and help, which prints what it is given.
fn is_left_out(name: &str) -> bool {
    ["luka.compiler", "luka.bytecode", "luka.test", "luka.help", "compat53"]
        .iter()
        .any(|left_out| name.starts_with(left_out))
}

fn modules() -> Vec<&'static str> {
    let mut names: Vec<_> = embedded::names().filter(|name| !is_left_out(name)).collect();
    names.sort_unstable();
    names
}

/// A program that calls each function of a module with many combinations of arguments and prints what comes
/// of it. `...` is the name of the module.
const CALLS: &str = r##"
    local name = ...
    local module = require(name)
    local functions = {}
    local function collect(prefix, t, depth)
      local keys = {}
      for key, value in pairs(t) do
        if type(key) == "string" then keys[#keys + 1] = key end
      end
      table.sort(keys)
      for _, key in ipairs(keys) do
        local value = t[key]
        if type(value) == "function" then functions[#functions + 1] = {prefix .. key, value}
        elseif type(value) == "table" and depth > 0 then collect(prefix .. key .. ".", value, depth - 1) end
      end
    end
    if type(module) == "table" then collect(name .. ".", module, module == _G and -1 or 1) end
    local function shown(...)
      local out = {}
      for i = 1, math.min(select("#", ...), 5) do
        local v = select(i, ...)
        local text = type(v) == "table" and "table" or tostring(v)
        out[i] = #text > 60 and text:sub(1, 60) .. #text or text
      end
      return table.concat(out, " ")
    end
    -- What is asked at the console or ends the program is not called, nor what waits for a clock.
    local skip = {["luka.term.prompt"] = true, ["luka.term.confirm"] = true, ["system.gettime"] = true}
    local long = ("abc,12 \n"):rep(2000)
    local function pool()
      local list = {}
      for i = 1, 300 do list[i] = i * 7 % 11 end
      return {
        long, "", "a=1", '{"a":[1,2,{"b":null}]}', "[" .. ("[1],"):rep(500) .. "2]", 0, 3, -1, 2.5, true, list,
        {a = {b = {1, 2}}, c = "x"}, {"--verbose", "x"}, function(a) return a end, print and "%w+" or "", {{"a", "b"}, {"c"}},
        "2001-09-09T01:46:40Z", "s <- {[a-z]}+ / . s", setmetatable({}, {__len = function() return 400 end,
          __index = function(_, i) return math.type(i) == "integer" and i <= 400 and i or nil end}),
      }
    end
    for _, entry in ipairs(functions) do
      if not skip[entry[1]] then
        local count = #pool()
        for i = 0, count do
          for j = 0, 3 do
            local first, second = pool()[i], pool()[(i * 5 + j * 7) % count + 1]
            if j == 0 then second = nil end
            local result = shown(pcall(entry[2], first, second, j == 2 and 1 or nil))
            io.write(entry[1], " ", i, " ", j, " ", result, "\n")
          end
        end
      end
    end
"##;

/// More fuel than the calls of a module need.
const MOST: u64 = 3_000_000_000;

/// Runs the calls of a module in slices of fuel; what they print, and the fuel used.
fn run(module: &str, slice: u64) -> (String, u64) {
    let registry = Registry::builder().libs(Libs::ALL).build();
    let host = memory_host(b"");
    let view = host.view();
    let mut vm = Vm::builder(&registry).memory(16 << 20).host(host).build().expect("a machine");
    let calls = vm.compile(Chunk::text(CALLS).name("=calls")).expect("a program");
    vm.start(&calls, module).expect("started");
    let ending = loop {
        match vm.run(Budget::fuel(slice)) {
            Outcome::OutOfFuel if vm.fuel_used() < MOST => {}
            other => break format!("{other:?}"),
        }
    };
    let printed = String::from_utf8_lossy(&view.stdout()).into_owned();
    (printed + &ending, vm.fuel_used())
}

#[test]
fn in_pieces_of_fuel_every_function_does_the_same() {
    let mut lines = 0;
    for module in modules() {
        let (whole, fuel) = run(module, MOST);
        assert!(whole.ends_with("Done(Values([]))"), "{module}: {}", tail(&whole));
        for slice in [701, 40_001] {
            let (pieces, used) = run(module, slice);
            let difference = whole.lines().zip(pieces.lines()).find(|(a, b)| a != b);
            assert_eq!(difference, None, "{module} in slices of {slice}");
            assert_eq!((whole.len(), fuel), (pieces.len(), used), "{module} in slices of {slice}");
        }
        lines += whole.lines().count();
    }
    assert!(lines > 10_000, "{lines}");
}

fn tail(text: &str) -> &str {
    let from = text.len().saturating_sub(600);
    text.get(from..).unwrap_or(text)
}

/// `socket` and `luka.http` needed the library `debug`, which hosts may leave out.
#[test]
fn modules_do_not_need_the_library_debug() {
    let registry = Registry::builder().libs(Libs::ALL.without(Libs::DEBUG)).build();
    let mut vm =
        Vm::builder(&registry).host(System::new().stdio().network()).build().expect("a machine");
    // (Without TLS, the modules for it say that it is missing: `network` looks at that.)
    for module in modules().into_iter().filter(|name| !name.starts_with("ssl")) {
        let text = format!("assert(debug == nil) require '{module}'");
        vm.eval::<_, ()>(&text, ()).unwrap_or_else(|error| panic!("{module}: {error}"));
    }
    let exchange = r#"
      local http, socket = require "luka.http", require "socket"
      local server = assert(http.server {on_error = print, handler = function(request)
        if request.path == "/" then return "yes" end
        error "no such thing"
      end})
      local answers = {}
      for i, path in ipairs {"/", "/other"} do
        local client = assert(socket.connect(server.host, server.port))
        client:send("GET " .. path .. " HTTP/1.0\r\n\r\n")
        repeat server:step(1) until server.count == 0
        answers[i] = client:receive "*a"
        client:close()
      end
      server:stop()
      return answers[1]:match "yes$" and answers[2]:match " (%d+) " "#;
    let answer: String = vm.eval(exchange, ()).expect("answers");
    assert_eq!(answer, "500");
}

/// Functions that need the operating system, with arguments that would have an effect. `...` is a folder.
const EFFECTS: &str = r#"
    local folder = ...
    local file, new = folder .. "/file", folder .. "/new"
    local failures, count = {}, 0
    local function refused(name, f, ...)
      count = count + 1
      local results = table.pack(pcall(f, ...))
      local message = results[1] and (results[2] == nil or results[2] == false) and results[3] or results[2]
      if results[1] and results[2] or not tostring(message):find "ermitted" then
        failures[#failures + 1] = name .. ": " .. tostring(message)
      end
    end
    for _, module in ipairs {"luka.fs", "luka.fs.core", "lfs"} do
      for name, f in pairs(require(module)) do
        if type(f) == "function" and name ~= "setmode" and name ~= "lock" and name ~= "unlock" then
          local second = (name == "copy" or name == "move" or name == "rename" or name:find "link") and new or "text"
          if name == "touch" then second = 1 elseif name == "chmod" then second = 0 end
          local first = (name == "mkdir" or name == "symlink") and new or name:find "dir$" and folder or file
          refused(module .. "." .. name, f, first, second, name ~= "touch" and "w" or nil)
        end
      end
    end
    for _, lock in ipairs {"lock", "unlock"} do
      refused("lfs." .. lock, require "lfs"[lock], io.stdout, lock == "lock" and "w" or nil)
    end
    local process = require "luka.process"
    for name, f in pairs(process) do
      local first = {"touch", new}
      if name == "env" or name == "set_env" then first = "HOME" end
      refused("luka.process." .. name, f, first, "x")
    end
    local core = require "luka.process.core"
    for name, first in pairs {start = {"touch", new}, wait = 1, read = 1, write = 1, close = 1, signal = 1, id = 1, getenv = "HOME", setenv = "HOME",
        environ = 0, sleep = 0.001} do
      refused("luka.process.core." .. name, core[name], first, name == "signal" and 15 or name == "write" and "x" or nil)
    end
    local system, time = require "system", require "luka.time"
    refused("system.sleep", system.sleep, 0.001)
    refused("system.getenv", system.getenv, "HOME")
    refused("system.getenvs", system.getenvs)
    refused("system.setenv", system.setenv, "HOME", "x")
    refused("luka.time.sleep", time.sleep, 0.001)
    local net = require "luka.net.core"
    local of_objects = {object = true, become = true, state = true, family = true}
    for name, f in pairs(net) do
      local first = name == "resolve" and "localhost" or (name == "ready" or name == "checktls") and {} or 1
      local second = (name == "ready" or name == "starttls") and {} or name:find "option" and "error" or (name:find "^send$" and "x")
        or name == "sendto" and "x" or name:find "receive" and 1 or name == "listen" and 1 or name == "resolve" and 0
        or "127.0.0.1"
      local third = (name == "sendto" or name == "starttls") and "127.0.0.1" or name == "ready" and 0 or 1
      if not of_objects[name] then refused("luka.net.core." .. name, f, first, second, third, 9) end
    end
    local socket, http = require "socket", require "luka.http"
    for _, kind in ipairs {"tcp", "tcp4", "tcp6", "udp", "udp4", "udp6"} do refused("socket." .. kind, socket[kind]) end
    refused("socket.connect", socket.connect, "127.0.0.1", 9)
    refused("socket.bind", socket.bind, "127.0.0.1", 0)
    refused("socket.select", socket.select, {}, {}, 0)
    refused("socket.sleep", socket.sleep, 0.001)
    refused("socket.dns.toip", socket.dns.toip, "localhost")
    refused("socket.dns.tohostname", socket.dns.tohostname, "127.0.0.1")
    refused("socket.dns.gethostname", socket.dns.gethostname)
    refused("socket.http.request", require "socket.http".request, "http://127.0.0.1:9/")
    refused("socket.tp.connect", require "socket.tp".connect, "127.0.0.1", 9)
    refused("socket.smtp.send", require "socket.smtp".send, {server = "127.0.0.1", port = 9, from = "", rcpt = ""})
    refused("socket.ftp.get", require "socket.ftp".get, "ftp://127.0.0.1:9/x")
    refused("luka.http.get", http.get, "http://127.0.0.1:9/")
    refused("luka.http.server", http.server, {handler = print})
    refused("luka.http.get", http.get, "https://127.0.0.1:9/", {tls = {verify = false}})
    refused("luka.http.server", http.server, {handler = print, tls = {cert = file, key = file}})
    refused("ssl.newcontext", require "ssl".newcontext, {mode = "client"})
    refused("ssl.newcontext", require "ssl".newcontext, {mode = "client", cafile = file})
    refused("ssl.https.request", require "ssl.https".request, "https://127.0.0.1:9/")
    refused("socket.http.request", require "socket.http".request, "https://127.0.0.1:9/")
    return table.concat(failures, "\n"), count, time.now(), system.monotime()
"#;

#[test]
fn in_a_sandbox_the_operating_system_is_out_of_reach() {
    let name = format!("luka_sandbox_{}", std::process::id());
    let folder: PathBuf = std::env::temp_dir().join(name);
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("file"), "untouched").expect("a file");
    let registry = Registry::builder().libs(Libs::ALL).build();
    let host = System::new().stdio();
    let mut vm = Vm::builder(&registry).host(host).build().expect("a machine");
    let result =
        vm.eval::<_, (String, i64, f64, f64)>(EFFECTS, folder.to_str().expect("a name in UTF-8"));
    let there = std::fs::read_dir(&folder).expect("the folder").count();
    let contents = std::fs::read_to_string(folder.join("file"));
    std::fs::remove_dir_all(&folder).expect("removed");
    let (failures, count, now, monotonic) = result.expect("a result");
    assert!(failures.is_empty(), "{failures}");
    assert!(count > 60, "{count}");
    assert_eq!((there, now, monotonic), (1, 0.0, 0.0));
    assert_eq!(contents.expect("the file"), "untouched");
}

/// Each function with generated arguments, on a host that is the real system with nothing given: nothing comes of it.
#[test]
fn generated_calls_in_a_sandbox_have_no_effect() {
    let here = || {
        let entries = std::fs::read_dir(".").expect("a folder").flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name()).collect();
        names.sort_unstable();
        names
    };
    let before = here();
    for module in modules() {
        let registry = Registry::builder().libs(Libs::ALL).build();
        let mut vm = Vm::builder(&registry)
            .memory(16 << 20)
            .host(System::new())
            .output(std::io::sink())
            .build()
            .expect("a machine");
        let calls = vm.compile(Chunk::text(CALLS).name("=calls")).expect("a program");
        vm.start(&calls, module).expect("started");
        let ended = vm.run(Budget::fuel(MOST));
        assert!(matches!(ended, Outcome::Done(_)), "{module}: {ended:?}");
        assert_eq!(before, here(), "{module}");
    }
}

/// Programs that are talked to while they run, and folders that are watched. `...` is a folder.
const STREAMS: &str = r#"
    local folder = ...
    local fs, process = require "luka.fs", require "luka.process"
    local out = {}
    local function note(...) out[#out + 1] = table.concat({...}, " ") end
    local tr = assert(process.spawn {"tr", "a-z", "A-Z", stdin = true, stdout = "stream"})
    local text = ("many words\n"):rep(30000)
    local sent = 0
    while sent < #text do
      assert(tr:write(text:sub(sent + 1, sent + 20000), 5))
      local got = 0
      while got < math.min(20000, #text - sent) and sent + 20000 < #text do
        local piece = assert(tr:read(5))
        got += #piece
        if piece:find "%l" then note "not in capitals" end
        if got > 8000 then break end
      end
      sent += 20000
    end
    tr:close()
    local rest, bytes = 0, 0
    for line in tr:lines() do rest += 1 bytes += #line end
    note(tostring(rest > 10), tostring(tr:wait(5).ok))
    note(process.read {"printf", "%s", "x y"})
    note(tostring((select(2, process.run {"sleep", "5", timeout = 0.05}))))
    local writer = assert(process.spawn {"sh", "-c", "sleep 0.2; mv $1/a.txt $1/b.txt", "sh", folder})
    assert(fs.write(folder .. "/a.txt", "old"))
    local seen = {}
    for kind, file in fs.watch(folder, {timeout = 1, interval = 0.02}) do
      seen[#seen + 1] = kind .. " " .. file:match "[^/]+$"
    end
    table.sort(seen)
    note(table.concat(seen, ", "))
    writer:wait(5)
    return table.concat(out, "; ")
"#;

#[test]
fn streams_and_watches_in_pieces_of_fuel() {
    let mut results = Vec::new();
    for slice in [MOST, 100_003, 1_009] {
        let folder =
            std::env::temp_dir().join(format!("luka_streams_{}_{slice}", std::process::id()));
        std::fs::create_dir(&folder).expect("a folder");
        let registry = Registry::builder().libs(Libs::ALL).build();
        let mut vm =
            Vm::builder(&registry).memory(16 << 20).host(System::all()).build().expect("a machine");
        let program = vm.compile(Chunk::text(STREAMS).name("=streams")).expect("a program");
        vm.start(&program, folder.to_str().expect("a name")).expect("started");
        let values = loop {
            match vm.run(Budget::fuel(slice)) {
                Outcome::OutOfFuel => {}
                Outcome::Done(values) => break values,
                other => panic!("in slices of {slice}: {other:?}"),
            }
        };
        std::fs::remove_dir_all(&folder).expect("removed");
        results.push(values.get::<String>(&vm).expect("a text"));
    }
    let expected = "true true; x y; timeout; created b.txt, removed a.txt";
    assert_eq!(results, [expected; 3]);
}
