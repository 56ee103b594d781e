//! Movements forward and backward.

mod common;
use common::*;
use luka_debug::{Back, Breakpoint, Hits, Reason, Spot, Step};

const FIB: &str = "\
local function fib(n)
  if n < 2 then return n end
  local a = fib(n - 1)
  local b = fib(n - 2)
  return a + b
end
local t = {}
for i = 1, 6 do
  t[i] = fib(i)
end
local s = 0
for _, v in ipairs(t) do s = s + v end
return s
";

fn at(source: &str, line: u32) -> Breakpoint {
    let place = Spot::Line { source: source.to_string(), line };
    Breakpoint { id: 0, place, condition: None, hits: None, log: None }
}

#[test]
fn steps_over_and_back() {
    let mut e = debug(FIB);
    let mut lines = vec![line(&mut e)];
    let mut times = vec![e.now()];
    while e.reason != Reason::End {
        e.step(Step::Over).unwrap();
        lines.push(line(&mut e));
        times.push(e.now());
    }
    assert_eq!(&lines[..7], [6, 7, 8, 9, 8, 9, 8]);
    for expected in times.iter().rev().skip(1) {
        e.step_back(Back::Over).unwrap();
        assert_eq!(e.now(), *expected, "{lines:?}");
    }
    e.step_back(Back::Over).unwrap();
    assert_eq!(e.reason, Reason::Beginning);
}

#[test]
fn breakpoints_forward_and_backward() {
    let mut e = debug(FIB);
    let mut b = at("=test", 5);
    b.id = e.new_id();
    e.set_breakpoint(b);
    let mut stops = Vec::new();
    loop {
        e.go_on().unwrap();
        if e.reason == Reason::End {
            break;
        }
        assert_eq!(line(&mut e), 5);
        let context = e.top_context();
        let n = e.evaluate(context, "n").unwrap().text;
        stops.push((e.now(), n));
    }
    assert_eq!(stops.len(), 1 + 2 + 4 + 7 + 12);
    let mut back = Vec::new();
    loop {
        e.go_back().unwrap();
        if e.reason == Reason::Beginning {
            break;
        }
        let context = e.top_context();
        let n = e.evaluate(context, "n").unwrap().text;
        back.push((e.now(), n));
    }
    back.reverse();
    assert_eq!(back, stops);
    let mut conditional = at("=test", 5);
    conditional.id = 1;
    conditional.condition = Some("n == 4".to_string());
    conditional.hits = Some(Hits::parse("% 2").unwrap());
    e.set_breakpoint(conditional);
    e.go_on().unwrap();
    let all: Vec<_> = stops.iter().filter(|(_, n)| n == "4").collect();
    assert_eq!(e.now(), all[1].0);
    e.go_on().unwrap();
    assert_eq!(e.now(), all[3].0);
    e.go_back().unwrap();
    assert_eq!(e.now(), all[1].0);
}

#[test]
fn errors_stop_before_unwinding() {
    let text = "\
local function inner(x)
  local y = x + 1
  error('bad ' .. y)
end
print(pcall(inner, 1))
local co = coroutine.wrap(function(a)
  local b = coroutine.yield(a + 1)
  local t = nil
  return t.x
end)
co(1)
co(2)
";
    let mut e = debug(text);
    e.filters.caught = true;
    e.go_on().unwrap();
    assert_eq!(e.reason, Reason::Error { message: "test:3: bad 2".into(), caught: true });
    assert_eq!(line(&mut e), 3);
    assert_eq!(e.evaluate_here("y").unwrap().text, "2");
    let first = e.now();
    let before = hash(&mut e);
    e.step(Step::Over).unwrap();
    assert_eq!(line(&mut e), 5);
    e.go_on().unwrap();
    let message = "test:9: attempt to index a nil value (local 't')".to_string();
    assert_eq!(e.reason, Reason::Error { message: message.clone(), caught: false });
    assert_eq!(e.evaluate_here("a + b").unwrap().text, "3");
    e.go_back().unwrap();
    assert_eq!(e.now(), first);
    assert_eq!(hash(&mut e), before);
    assert_eq!(e.evaluate_here("x, y").unwrap().text, "1, 2");
    e.step_back(Back::Over).unwrap();
    assert_eq!((line(&mut e), e.evaluate_here("y").unwrap().text), (3, "2".to_string()));
    e.step_back(Back::Over).unwrap();
    assert_eq!(line(&mut e), 2);
    e.step_back(Back::Over).unwrap();
    assert_eq!(line(&mut e), 5);
    e.filters.caught = false;
    e.go_on().unwrap();
    assert_eq!(e.reason, Reason::Error { message, caught: false });
    // `coroutine.wrap` raises it again, at the same moment.
    e.go_on().unwrap();
    assert_eq!(e.reason, Reason::End);
    e.go_back().unwrap();
    assert!(matches!(e.reason, Reason::Error { .. }), "{:?}", e.reason);
}

#[test]
fn steps_across_coroutines() {
    let text = "\
local function gen(n)
  for i = 1, n do
    coroutine.yield(i)
  end
end
local co = coroutine.wrap(gen)
local s = 0
s = s + co(2)
s = s + co()
return s
";
    let mut e = debug(text);
    for expected in [6, 7, 8] {
        e.step(Step::Over).unwrap();
        assert_eq!(line(&mut e), expected);
    }
    let mut lines = Vec::new();
    for _ in 0..10 {
        e.step(Step::In).unwrap();
        lines.push(line(&mut e));
    }
    assert_eq!(lines, [2, 3, 8, 9, 2, 3, 9, 10, 0, 0]);
    e.go_to(luka_debug::Time::at(0)).unwrap();
    let mut b = at("=test", 3);
    b.id = e.new_id();
    e.set_breakpoint(b);
    e.go_on().unwrap();
    e.remove_breakpoint(1);
    // Over the yield: on in the coroutine.
    e.step(Step::Over).unwrap();
    assert_eq!(line(&mut e), 2);
    e.step(Step::Out).unwrap();
    assert_eq!(line(&mut e), 9);
    e.step_back(Back::In).unwrap();
    assert_eq!(line(&mut e), 3);
    e.step_back(Back::Out).unwrap();
    assert_eq!(line(&mut e), 9);
}

/// A program's input, clock and files are those of the first time, however often it is run again.
#[test]
fn the_host_is_asked_once() {
    let text = "\
local line = io.read('l')
local f = io.open('f.txt', 'w')
f:write(line, os.time(), math.random(1 << 40))
f:close()
local all = io.open('f.txt'):read('a')
for l in io.lines('in.txt') do all = all .. l end
print(all)
return all
";
    let host =
        luka::host::Memory::new().stdin("first\nsecond\n").file("in.txt", "1\n2\n3\n").now(99);
    let view = host.view();
    let mut e = debug_on(text, host);
    let mut b = at("=test", 8);
    b.id = e.new_id();
    e.set_breakpoint(b);
    e.go_on().unwrap();
    let all = e.evaluate_here("all").unwrap().text;
    assert!(all.starts_with("\"first99") && all.ends_with("123\""), "{all}");
    let (state, now) = (hash(&mut e), e.now());
    for _ in 0..5 {
        e.step_back(Back::Over).unwrap();
        e.step_back(Back::In).unwrap();
        e.go_on().unwrap();
        assert_eq!((hash(&mut e), e.now()), (state, now));
    }
    assert_eq!(e.evaluate_here("all").unwrap().text, all);
    e.timeline.program.tape().flush();
    assert_eq!(String::from_utf8_lossy(&view.stdout()).lines().count(), 1);
}

/// What is assigned holds from there on, and what came after is forgotten.
#[test]
fn assignments_cut_the_future_off() {
    let text = "\
local t = { n = 1 }
local up = 'a'
local function f() up = up .. t.n return up end
local a = f()
local b = f()
return a .. b
";
    let mut e = debug(text);
    let mut b = at("=test", 5);
    b.id = e.new_id();
    e.set_breakpoint(b);
    e.go_on().unwrap();
    let context = e.top_context();
    let place = |e: &mut luka_debug::Engine, path: &str| {
        let machine = e.timeline.program.machine();
        luka_debug::find(machine, context.thread, context.level, path).unwrap().place.unwrap()
    };
    let field = place(&mut e, "t.n");
    let local = place(&mut e, "up");
    assert_eq!(e.assign(context, &field, "t.n + 41").unwrap(), "42");
    assert_eq!(e.assign(context, &local, "a .. '!'").unwrap(), "\"a1!\"");
    let refused = e.assign(context, &field, "function() end").unwrap_err();
    assert!(refused.contains("only a copy of the program has this function"), "{refused}");
    let changed = e.now();
    e.step(luka_debug::Step::Over).unwrap();
    assert_eq!(e.evaluate_here("b, up").unwrap().text, "\"a1!42\", \"a1!42\"");
    let after = (e.now(), hash(&mut e));
    e.step_back(Back::Over).unwrap();
    assert_eq!(e.now(), changed);
    assert_eq!(e.evaluate_here("up, t.n").unwrap().text, "\"a1!\", 42");
    e.step_back(Back::Over).unwrap();
    assert_eq!(e.evaluate_here("up, t.n").unwrap().text, "\"a\", 1");
    e.go_on().unwrap();
    e.step(luka_debug::Step::Over).unwrap();
    assert_eq!((e.now(), hash(&mut e)), after);
}

/// Objects of the program are assigned as they are, new tables are made of what they hold, and what only a
/// copy has is refused.
#[test]
fn objects_are_assigned() {
    let text = "\
local class = { name = 'class' }
class.__index = class
local a = setmetatable({ n = 1 }, class)
local b = { a = a }
local f = function() return a end
local co = coroutine.create(f)
local x, y
x = 1
return x, y
";
    let mut e = debug(text);
    let mut b = at("=test", 8);
    b.id = e.new_id();
    e.set_breakpoint(b);
    e.go_on().unwrap();
    let context = e.top_context();
    let machine = e.timeline.program.machine();
    let mut place = |name: &str| {
        luka_debug::find(machine, context.thread, context.level, name).unwrap().place.unwrap()
    };
    let (y, n) = (place("y"), place("a.n"));
    for (value, check) in [
        ("a", "y == a and y.name == 'class'"),
        ("b.a", "rawequal(y, a)"),
        ("f", "y() == a"),
        ("co", "coroutine.status(y) == 'suspended' and y == co"),
        ("string.format", "y == string.format"),
        ("nil", "y == nil"),
        ("('x'):rep(100)", "#y == 100"),
        (
            "{ 1, 2, { b, [a] = 'a' }, f = f }",
            "#y == 3 and y[3][1] == b and y[3][a] == 'a' and y.f() == a",
        ),
        ("setmetatable({}, class)", "y.name == 'class' and getmetatable(y) == class and y ~= a"),
        ("(function() local t = {} t.t = t return t end)()", "y.t.t == y"),
        ("(function() a.n = 5 return a end)()", "y == a and y.n == 1"),
    ] {
        e.assign(context, &y, value).unwrap_or_else(|why| panic!("{value}: {why}"));
        assert_eq!(e.evaluate_here(check).unwrap().text, "true", "{value}");
        e.timeline.program.vm().check_heap().unwrap();
    }
    for (value, why) in [
        ("function() return a end", "only a copy"),
        ("coroutine.create(f)", "only a copy"),
        ("{ { print = function() end } }", "only a copy"),
        ("setmetatable({}, { __gc = f })", "finalizer"),
        (
            "(function() local t = {} for i = 1, 1000 do t = { t } end return t end)()",
            "in each other",
        ),
        ("(function() local t = {} for i = 1, 20000 do t[i] = {} end return t end)()", "more than"),
        ("error('no')", "no"),
        ("(function() while true do end end)()", "too long"),
    ] {
        let refused = match e.assign(context, &y, value) {
            Err(why) => why,
            Ok(text) => panic!("{value}: {text}"),
        };
        assert!(refused.contains(why), "{value}: {refused}");
        assert_eq!(e.evaluate_here("y == a").unwrap().text, "true", "{value}");
    }
    e.assign(context, &n, "{ a }").unwrap();
    // The program goes on with them, back and forth, garbage collected on the way.
    e.step(luka_debug::Step::Over).unwrap();
    e.step_back(Back::Over).unwrap();
    assert_eq!(e.evaluate_here("rawequal(a.n[1], y) and y == a").unwrap().text, "true");
    while e.reason != luka_debug::Reason::End {
        e.go_on().unwrap();
    }
    e.timeline.program.vm().check_heap().unwrap();
}
