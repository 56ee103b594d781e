//! What holds for all programs: steps backward undo steps forward, stops backward are those forward in
//! reverse, changes are found where they were made, looks and recordings change nothing.

mod common;
use common::*;
use luka::{Budget, Chunk, Outcome, Vm};
use luka_debug::{Back, Breakpoint, Engine, Reason, Scope, Spot, Step, Time, variables};
use std::collections::BTreeSet;
use std::fmt::Write;

struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % n
    }
}

/// A program of functions, closures, loops, coroutines, metatables, tail calls, variables that are closed,
/// errors that are caught, and stores of line numbers in `T.v`.
fn program(random: &mut Random) -> String {
    let mut text = String::from("local T = { v = 0 }\nlocal U = { list = {} }\nlocal up = 0\n");
    let functions = 2 + random.below(4);
    for f in 0..functions {
        let _ = writeln!(text, "local function f{f}(a, b)");
        block(&mut text, random, f, 3, 1);
        let _ = writeln!(text, "  return a\nend");
    }
    block(&mut text, random, functions, 3, 0);
    text.push_str("print(T.v, up, #U.list)\n");
    text
}

fn block(text: &mut String, random: &mut Random, callable: u64, room: u64, depth: usize) {
    let indent = "  ".repeat(depth);
    for _ in 0..1 + random.below(4) {
        let line = text.lines().count() as u64 + 1;
        let call = (callable > 0).then(|| random.below(callable));
        match (random.below(18), call) {
            (0 | 1, _) => {
                let _ = writeln!(text, "{indent}T.v = {line}");
            }
            (2, _) => {
                let _ = writeln!(text, "{indent}up = up + {line}");
            }
            (3, _) => {
                let _ = writeln!(text, "{indent}U.list[#U.list + 1] = 'x' .. up");
            }
            (4 | 5, Some(f)) => {
                let _ = writeln!(text, "{indent}f{f}({line}, up)");
            }
            (6, Some(f)) => {
                let _ = writeln!(
                    text,
                    "{indent}pcall(function(a)\n{indent}  f{f}(a, 1)\n{indent}  error('e' .. a)\n{indent}end, {line})"
                );
            }
            (7, Some(f)) => {
                let _ = writeln!(
                    text,
                    "{indent}local co{line} = coroutine.wrap(function(a)\n{indent}  f{f}(a, 2)\n\
                     {indent}  coroutine.yield(a)\n{indent}  T.v = {}\n{indent}end)\n\
                     {indent}co{line}(1)\n{indent}co{line}(2)",
                    line + 3
                );
            }
            (11, Some(f)) => {
                // A tail call, in a closure that outlives its function.
                let _ = writeln!(
                    text,
                    "{indent}U.tail = (function(n)\n{indent}  return function(a)\n{indent}    up = up + n\n\
                     {indent}    return f{f}(a, n)\n{indent}  end\n{indent}end)({line})\n{indent}U.tail(up)"
                );
            }
            (12, _) => {
                let _ = writeln!(
                    text,
                    "{indent}local m{line} = setmetatable({{}}, {{\n{indent}  __index = function(t, k)\n\
                     {indent}    T.v = {}\n{indent}    return k\n{indent}  end,\n\
                     {indent}  __add = function(x, y) return y end,\n\
                     {indent}  __lt = function(x, y) up = up + 1 return true end,\n{indent}}})\n\
                     {indent}up = up + m{line}[{line}] + (m{line} + 1)\n\
                     {indent}if m{line} < m{line} then T.v = {} end",
                    line + 2,
                    line + 9
                );
            }
            (13, Some(f)) => {
                let _ = writeln!(
                    text,
                    "{indent}do\n{indent}  local c <close> = setmetatable({{}}, {{ __close = function()\n\
                     {indent}    T.v = {}\n{indent}    f{f}(1, 2)\n{indent}  end }})\n{indent}  up = up + 1\n\
                     {indent}end",
                    line + 2
                );
            }
            (14, Some(f)) => {
                // An error that a handler sees, out of a coroutine in a coroutine.
                let _ = writeln!(
                    text,
                    "{indent}xpcall(function(...)\n{indent}  local a = select('#', ...)\n\
                     {indent}  coroutine.wrap(function()\n{indent}    f{f}(a, 3)\n\
                     {indent}    local t = nil\n{indent}    return t.x\n{indent}  end)()\n\
                     {indent}end, function(e)\n{indent}  T.v = {}\n{indent}  return e\n{indent}end, 1, {line})",
                    line + 8
                );
            }
            (15, _) => {
                let _ = writeln!(
                    text,
                    "{indent}for k, v in pairs({{ a = 1, 2, 3 }}) do\n\
                     {indent}  if v == 2 then goto next end\n{indent}  T.v = {}\n{indent}  ::next::\n{indent}end",
                    line + 2
                );
            }
            (16, _) => {
                let _ = writeln!(
                    text,
                    "{indent}U.s = ('abc'):gsub('%w', function(c)\n{indent}  T.v = {}\n\
                     {indent}  return c .. up\n{indent}end)",
                    line + 1
                );
            }
            (8, _) if room > 0 => {
                let _ = writeln!(text, "{indent}for i = 1, {} do", 1 + random.below(3));
                block(text, random, callable, room - 1, depth + 1);
                let _ = writeln!(text, "{indent}end");
            }
            (9, _) if room > 0 => {
                let _ = writeln!(text, "{indent}if up % 2 == 0 then");
                block(text, random, callable, room - 1, depth + 1);
                let _ = writeln!(text, "{indent}end");
            }
            _ => {
                let _ = writeln!(
                    text,
                    "{indent}table.sort({{ 3, {line}, 1 }}, function(x, y) return x < y end)"
                );
            }
        }
    }
}

fn programs(seed: u64, n: usize) -> impl Iterator<Item = (String, Random)> {
    let mut random = Random(seed);
    (0..n).map(move |_| {
        let text = program(&mut random);
        (text, Random(random.below(1 << 40)))
    })
}

/// The frame that runs.
fn frame(e: &mut Engine) -> (luka_debug::ThreadId, usize) {
    let context = e.top_context();
    let frames = luka_debug::frames(e.timeline.program.machine(), context.thread);
    let base = frames.iter().find(|frame| frame.level == context.level).map_or(0, |f| f.base);
    (context.thread, base)
}

#[test]
fn stepping_back_undoes_stepping_over() {
    let mut compared = 0;
    for (text, mut random) in programs(1, 110) {
        let mut e = debug(&text);
        // Whether it has come back to a function, into the middle of a line perhaps.
        let (mut is_inside, mut last) = (false, frame(&mut e));
        while e.reason != Reason::End {
            let before = (e.now(), frame(&mut e));
            is_inside |= before.1.0 != last.0 || before.1.1 < last.1;
            last = before.1;
            let into = random.below(3) == 0;
            e.step(if into { Step::In } else { Step::Over }).unwrap();
            let was_inside = std::mem::take(&mut is_inside);
            if into || e.reason != Reason::Step {
                continue;
            }
            let after = e.now();
            let same = frame(&mut e) == before.1;
            if random.below(2) == 0 && same && !was_inside {
                // Found, and not remembered.
                e.go_to(after).unwrap();
                compared += 1;
            }
            e.step_back(Back::Over).unwrap();
            let line = line(&mut e);
            assert_eq!(e.now(), before.0, "from {after:?} to line {line}\n{text}");
            e.go_to(after).unwrap();
        }
    }
    assert!(compared > 1000, "{compared}");
}

fn line_breakpoint(e: &mut Engine, line: u32) {
    let id = e.new_id();
    let place = Spot::Line { source: "=test".to_string(), line };
    e.set_breakpoint(Breakpoint { id, place, condition: None, hits: None, log: None });
}

#[test]
fn stops_backward_are_those_forward_in_reverse() {
    let mut total = 0;
    for (text, mut random) in programs(2, 300) {
        let mut e = debug(&text);
        e.filters.caught = random.below(2) == 0;
        let lines = text.lines().count() as u64;
        let chosen: BTreeSet<u32> =
            (0..1 + random.below(4)).map(|_| 1 + random.below(lines) as u32).collect();
        for line in chosen {
            line_breakpoint(&mut e, line);
        }
        let mut forward = Vec::new();
        loop {
            // The first line may be a stop, too.
            if forward.is_empty() {
                e.begin().unwrap()
            } else {
                e.go_on().unwrap()
            }
            if e.reason == Reason::End {
                break;
            }
            forward.push((e.now(), e.reason.clone()));
        }
        if forward.is_empty() {
            continue;
        }
        let mut backward = Vec::new();
        loop {
            e.go_back().unwrap();
            if e.reason == Reason::Beginning {
                break;
            }
            backward.push((e.now(), e.reason.clone()));
            assert!(backward.len() <= forward.len(), "{text}\n{forward:?}\n{backward:?}");
        }
        backward.reverse();
        assert_eq!(backward, forward, "{text}");
        total += forward.len();
    }
    assert!(total > 1000, "{total}");
}

#[test]
fn changes_are_found_where_they_were_made() {
    let mut found = 0;
    for (text, mut random) in programs(3, 800) {
        let mut e = debug(&text);
        for _ in 0..5 + random.below(80) {
            e.step(Step::In).unwrap();
        }
        if e.reason == Reason::End || e.reason == Reason::Beginning {
            continue;
        }
        let end = e.timeline.frontier();
        let context = e.top_context();
        let machine = e.timeline.program.machine();
        let variable = [Scope::Locals, Scope::Upvalues].into_iter().find_map(|scope| {
            variables(machine, context.thread, context.level, scope)
                .into_iter()
                .find(|v| v.name == "T")
        });
        let Some(variable) = variable.filter(|v| v.raw.as_table().is_some()) else { continue };
        let fields = luka_debug::fields(machine, variable.raw);
        let field = fields.into_iter().find(|field| field.name == "v").expect("T.v");
        let place = field.place.expect("a place");
        let value = field.value.parse::<u32>().unwrap();
        let change = e.last_change(&place).unwrap().expect("a change");
        assert_eq!(change.after, value.to_string(), "{text}");
        assert!(change.time < end);
        let expected = if value == 0 { 1 } else { value };
        assert_eq!(line(&mut e), expected, "{text}");
        found += 1;
    }
    assert!(found > 300, "{found}");
}

#[test]
fn looking_changes_nothing() {
    let (mut looks, mut stops) = (0, 0);
    for (text, mut random) in programs(4, 400) {
        let mut e = debug(&text);
        e.filters.caught = true;
        for _ in 0..30 {
            match random.below(3) {
                0 => e.step(Step::In).unwrap(),
                1 => e.step(Step::Over).unwrap(),
                _ => e.go_on().unwrap(),
            }
            if e.reason == Reason::End {
                break;
            }
            stops += 1;
            let before = hash(&mut e);
            let threads = luka_debug::coroutines(e.timeline.program.machine());
            for thread in threads {
                let machine = e.timeline.program.machine();
                for frame in luka_debug::frames(machine, thread.id) {
                    for scope in [Scope::Locals, Scope::Upvalues, Scope::Globals] {
                        for variable in variables(machine, thread.id, frame.level, scope) {
                            looks += luka_debug::fields(machine, variable.raw).len() + 1;
                        }
                    }
                }
            }
            for text in ["T and T.v", "up", "U and #U.list", "tostring(_G)", "error('x')", "x = 1"]
            {
                let _ = e.evaluate_here(text);
            }
            assert_eq!(hash(&mut e), before, "{text}");
        }
    }
    assert!(looks > 5000 && stops > 1000, "{looks} at {stops} stops");
}

/// What a program has written, the fuel it has used, and the hash of its state before it is closed.
fn plain(text: &str) -> (Vec<u8>, u64) {
    let host = luka::host::Memory::new();
    let view = host.view();
    let registry = luka::Registry::builder().libs(luka::Libs::ALL).build();
    let mut vm = Vm::builder(&registry).host(host).build().unwrap();
    let function = vm.compile(Chunk::text(text).name("=test")).unwrap();
    vm.start(&function, ()).unwrap();
    drop(function);
    match vm.run(Budget::unlimited()) {
        Outcome::Done(_) => {}
        other => panic!("{other:?}\n{text}"),
    }
    let _ = vm.close(Budget::unlimited());
    let fuel = luka::toolchain::machine(&mut vm).fuel_used();
    (view.stdout(), fuel)
}

#[test]
fn a_recorded_program_does_what_it_does() {
    for (text, mut random) in programs(5, 40) {
        let text = format!("{text}print(collectgarbage('count'))\n");
        let expected = plain(&text);
        let host = luka::host::Memory::new();
        let view = host.view();
        let mut e = debug_on(&text, host);
        // Back and forth on the way.
        for _ in 0..random.below(12) {
            match random.below(4) {
                0 => e.step_back(Back::Over).unwrap(),
                1 => e.go_to(Time::at(0)).unwrap(),
                _ => e.step(Step::Over).unwrap(),
            }
        }
        while e.reason != Reason::End {
            e.go_on().unwrap();
        }
        let fuel = e.now().fuel;
        e.timeline.program.tape().flush();
        assert_eq!((view.stdout(), fuel), expected, "{text}");
    }
}

/// Hooks, dumps, messages and the collector see nothing of breakpoints.
#[test]
fn breakpoints_are_seen_by_nobody() {
    let text = "\
local function f(a, ...)
  local s = 0
  for i, v in ipairs({ a, ... }) do s = s + i * v end
  for k = 1, 3 do s = s + k end
  return s < 1000 and s or nil
end
local log = {}
debug.sethook(function(event, line) log[#log + 1] = event .. (line or '') end, 'crl', 7)
f(1, 2, 3)
debug.sethook()
print(#log, table.concat(log, ' '))
local d = string.dump(f)
local sum = 0
for i = 1, #d do sum = (sum * 31 + d:byte(i)) % 1000003 end
print(#d, sum, load(d)(1, 2))
print(pcall(function() return f.x.y end))
print(select(2, pcall(f, {})))
print(debug.traceback('t', 1))
print(collectgarbage('count'))
";
    let expected = plain(text);
    for line in 1..=text.lines().count() as u32 {
        let host = luka::host::Memory::new();
        let view = host.view();
        let mut e = debug_on(text, host);
        // On one line after the other, then on all up to it.
        for line in if line % 2 == 0 { line..=line } else { 1..=line } {
            line_breakpoint(&mut e, line);
        }
        let mut stops = 0;
        while e.reason != Reason::End {
            e.go_on().unwrap();
            stops += 1;
        }
        e.timeline.program.tape().flush();
        let found = (view.stdout(), e.now().fuel);
        assert_eq!(found.0, expected.0, "line {line}, {stops} stops");
        assert_eq!(found.1, expected.1, "line {line}");
    }
}

/// Near the end of what is granted, and with every instruction shown, breakpoints are where they are.
#[test]
fn stops_are_the_same_however_they_are_reached() {
    for (text, mut random) in programs(6, 15) {
        let mut e = debug(&text);
        let lines = text.lines().count() as u64;
        for _ in 0..3 {
            let line = 1 + random.below(lines) as u32;
            line_breakpoint(&mut e, line);
        }
        let mut stops = Vec::new();
        while e.reason != Reason::End {
            e.go_on().unwrap();
            stops.push(e.now());
        }
        // Moments are found by their fuel, in any order.
        for _ in 0..20 {
            let at = random.below(stops.len() as u64) as usize;
            e.go_to(stops[at]).unwrap();
            assert_eq!(e.now(), stops[at], "{text}");
            if at + 1 < stops.len() {
                e.go_on().unwrap();
                assert_eq!(e.now(), stops[at + 1], "{text}");
            }
        }
        // With a place watched that never changes.
        let mut e = debug(&text);
        let machine = e.timeline.program.machine();
        let globals = machine.globals().into();
        let cell = machine.cell_of(globals).unwrap();
        let key = luka_vm::run::look::Key::Text(b"print".to_vec());
        let place = luka_vm::run::look::Place::Field(cell, key);
        let id = e.new_id();
        e.set_watchpoint(luka_debug::Watchpoint {
            id,
            name: "print".into(),
            place,
            access: luka_debug::Access::Change,
            condition: None,
            hits: None,
        });
        e.go_on().unwrap();
        assert_eq!(e.reason, Reason::End);
        assert_eq!(e.now().fuel, stops.last().unwrap().fuel, "{text}");
    }
}
