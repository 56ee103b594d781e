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
    assert_eq!(stops.len(), 0 + 1 + 2 + 4 + 7 + 12);
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
    eprintln!("{stops:?} {:?}", e.now());
    let all: Vec<_> = stops.iter().filter(|(_, n)| n == "4").collect();
    assert_eq!(e.now(), all[1].0);
    e.go_on().unwrap();
    assert_eq!(e.now(), all[3].0);
    e.go_back().unwrap();
    assert_eq!(e.now(), all[1].0);
}
