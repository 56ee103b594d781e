//! Values are followed from store to store to where they were made.

mod common;
use common::*;
use luka_debug::{Engine, Reason, Trail};

struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % n
    }
}

/// What all programs have.
const HEAD: &str = "\
local T, held = { list = {} }, nil
local function id(x) return x end
local function tail(x) return id(x) end
local function second(...) local _, b = ... return b end
local function moved(x, ...) return x, ... end
local function set(x) held = x end
local function get() return held end
local Box = {} Box.__index = Box
function Box:put(x) self.value = x return self end
function Box:take() return self.value end
local Adder = setmetatable({}, { __add = function(a, b) return b end, __call = function(_, x) return x end })
local function iterator(s, c) if not c then return 1, s end end
";

/// A place in which `x` puts the value of the variable `w`, on one line.
const HOPS: &[&str] = &[
    "local x = w",
    "T.f = w local x = T.f",
    "T[7] = w local x = T[7]",
    "local k = 'key' T[k] = w local x = T[k]",
    "held = w local x = held",
    "set(w) local x = get()",
    "local x = id(w)",
    "local x = tail(w)",
    "local x = second(0, w)",
    "local x = moved(w, 1, 2)",
    "local t = { 1, w } local x = t[2]",
    "local t = { name = w } local x = t.name",
    "local t = { id(w) } local x = t[1]",
    "local x = setmetatable({}, { __index = { deep = w } }).deep",
    "local x = setmetatable({}, Box):put(w):take()",
    "local _, x = pcall(id, w)",
    "local x = assert(w)",
    "local x = select(2, 0, w)",
    "local x for _, v in pairs({ k = w }) do x = v end",
    "local x for _, v in ipairs({ w }) do x = v end",
    "local x for _, v in iterator, w do x = v end",
    "local x for i = 1, 3 do x = w end",
    "local x = w or 1",
    "local x = T and w",
    "local x = Adder + w",
    "local x = (function() return w end)()",
    "local x = coroutine.wrap(function(a) return a end)(w)",
    "local x = coroutine.wrap(function(a) coroutine.yield(a) end)(w)",
    "local co = coroutine.wrap(function() local a = coroutine.yield() return a end) co() local x = co(w)",
    "local x do local a, b = 1, w x = b end",
    "table.insert(T.list, w) local x = T.list[#T.list]",
    "rawset(T, 'raw', w) local x = T.raw",
    "local x <const> = w",
    "goto over ::over:: local x = w",
];

/// What is in the way: the same kinds of stores, of other values and in other places.
const NOISE: &[&str] = &[
    "T.g = T.f",
    "T.other = 1 T.other = nil",
    "set(get())",
    "id(id(5))",
    "local n0 = { 1, 2, 3 } table.sort(n0, function(a, b) return a > b end)",
    "pcall(error, 'e')",
    "for i = 1, 2 do T['n' .. i] = i end",
    "coroutine.wrap(function() coroutine.yield(1) end)()",
];

/// What makes a value, and what is said of it.
const MADE: &[(&str, &str)] = &[
    ("local x = {}", "the table was made there"),
    ("local x = function() end", "the function was made there"),
    ("local x = 4711", "it is written in the program"),
    ("local x = 'text'", "it is written in the program"),
    ("local x = 12.5", "it is written in the program"),
    ("local x = true", "it is written in the program"),
    ("local x = #T.list + 40", "it was computed there"),
    ("local x = 'a' .. #T.list", "it was computed there"),
    ("local x = string.rep('ab', 3)", "of the library has made it"),
    ("local x for i = 5, 5 do x = i end", "the loop has counted it"),
];

struct Planted {
    text: String,
    /// The lines of the stores, the last one first.
    lines: Vec<u32>,
    end: &'static str,
}

fn plant(random: &mut Random, hops: &[&str]) -> Planted {
    let mut text = HEAD.to_string();
    let noise = |text: &mut String, random: &mut Random| {
        for _ in 0..random.below(3) {
            text.push_str(NOISE[random.below(NOISE.len() as u64) as usize]);
            text.push('\n');
        }
    };
    noise(&mut text, random);
    let (made, end) = MADE[random.below(MADE.len() as u64) as usize];
    let mut lines = vec![text.lines().count() as u32 + 1];
    text.push_str(&format!("{}\n", made.replace("local x", "local v0").replace("x = i", "v0 = i")));
    for (n, hop) in hops.iter().enumerate() {
        noise(&mut text, random);
        lines.push(text.lines().count() as u32 + 1);
        text.push_str(&renamed(hop, n));
        text.push('\n');
    }
    noise(&mut text, random);
    text.push_str(&format!("local last = v{}\nprint(last)\n", hops.len()));
    lines.push(text.lines().count() as u32 - 1);
    lines.reverse();
    Planted { text, lines, end }
}

/// A hop from one variable to the next: `w` and `x` where they are words.
fn renamed(hop: &str, n: usize) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in hop.chars().chain(['\n']) {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        out.push_str(&match word.as_str() {
            "w" => format!("v{n}"),
            "x" => format!("v{}", n + 1),
            "over" => format!("over{n}"),
            // (That a function of the library stores what is there already is not seen.)
            "raw" => format!("raw{n}"),
            other => other.to_string(),
        });
        word.clear();
        out.push(c);
    }
    out.trim_end().to_string()
}

fn at_end(text: &str) -> Engine {
    let mut e = debug(text);
    let last = text.lines().count() as u32;
    while line(&mut e) != last {
        e.step(luka_debug::Step::Over).unwrap();
        assert_ne!(e.reason, Reason::End, "{text}");
    }
    e
}

fn follow(e: &mut Engine, name: &str) -> Trail {
    let context = e.top_context();
    let machine = e.timeline.program.machine();
    let found = luka_debug::find(machine, context.thread, context.level, name).unwrap();
    e.follow(&found.place.unwrap()).unwrap()
}

fn check(planted: &Planted) {
    let mut e = at_end(&planted.text);
    let end = e.now();
    let trail = follow(&mut e, "last");
    let shown = || {
        let lines = trail.stores.iter().map(|store| {
            let line = store.position.as_ref().map_or(0, |(_, line)| *line);
            format!("{line}: {} <- {}\n", store.place, store.from)
        });
        format!(
            "{}\n{}{}\nexpected {:?}",
            planted.text,
            lines.collect::<String>(),
            trail.end,
            planted.lines
        )
    };
    let lines: Vec<u32> =
        trail.stores.iter().filter_map(|store| store.position.as_ref()).map(|(_, l)| *l).collect();
    let mut rest = lines.iter();
    let all_there = planted.lines.iter().all(|line| rest.any(|found| found == line));
    assert!(all_there, "{}", shown());
    assert_eq!(lines.last(), planted.lines.last(), "{}", shown());
    assert!(trail.end.contains(planted.end), "{}", shown());
    // The stores are in the order of time, and the program is at the last one.
    assert!(trail.stores.windows(2).all(|two| two[0].change.time > two[1].change.time));
    assert_eq!(e.now(), trail.stores[0].change.time);
    assert!(e.now() < end);
}

#[test]
fn every_kind_of_store_is_followed() {
    let mut random = Random(7);
    for hop in HOPS {
        for _ in 0..2 {
            check(&plant(&mut random, &[hop]));
        }
    }
}

#[test]
fn planted_values_are_followed_to_where_they_were_made() {
    let mut random = Random(11);
    for _ in 0..300 {
        let hops: Vec<&str> = (0..2 + random.below(5))
            .map(|_| HOPS[random.below(HOPS.len() as u64) as usize])
            .collect();
        check(&plant(&mut random, &hops));
    }
}

#[test]
fn operands_of_what_is_computed_are_named() {
    let mut e =
        at_end("local total, price = { n = 12 }, 30\ntotal.n = total.n + price\nprint(total.n)\n");
    let trail = follow(&mut e, "total.n");
    assert_eq!(trail.stores[0].place, "field 'n'");
    assert_eq!(trail.stores.last().unwrap().from, "field 'n' (12) + local 'price' (30)");
    assert_eq!(trail.end, "it was computed there");
}

#[test]
fn missing_arguments_and_results_are_said() {
    let text = "local function f(a, b) return end\nlocal x = f(1)\nlocal function g(a, b)\n  print(b)\nend\ng(1)\n";
    let mut e = debug(text);
    while line(&mut e) != 4 {
        e.step(luka_debug::Step::In).unwrap();
    }
    let here = e.now();
    let trail = follow(&mut e, "b");
    assert_eq!(trail.end, "there was no such argument");
    e.go_to(here).unwrap();
    let trail = follow(&mut e, "a");
    assert_eq!(trail.end, "it is written in the program");
    let mut e = at_end("local function f() end\nlocal x = f()\nprint(x)\n");
    assert_eq!(follow(&mut e, "x").end, "nothing was returned");
}
