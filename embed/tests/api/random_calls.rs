//! Random calls from safe code: handles are made, kept, dropped and used with the right machine and
//! the wrong one, while programs run, pause, fail and collect. `LUKA_CALLS` says how many; under
//! AddressSanitizer this is the test that nothing dangles.

use luka::{
    Budget, Chunk, Function, Libs, Methods, Module, Outcome, Registry, Str, Table, Thread,
    UserData, Userdata, Value, Vm,
};

struct Counter(u64);
impl UserData for Counter {
    const NAME: &'static str = "Counter";
    fn methods(m: &mut Methods<Self>) {
        m.get("n", |c, _| Ok(c.0 as i64));
        m.call_mut("add", |c, _, n: i64| {
            c.0 = c.0.wrapping_add(n as u64);
            Ok(())
        });
    }
}

/// SplitMix64.
struct Random(u64);
impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }
    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

const PROGRAMS: &[&str] = &[
    "local t = {} for i = 1, 50 do t[i] = { i } end return t",
    "return coroutine.create(function(a) while true do a = coroutine.yield({ a }) end end)",
    "collectgarbage() return ...",
    "return setmetatable({}, { __gc = function(o) kept = o end })",
    "error({ code = 1 })",
    "local c = counter() c:add(3) c = nil collectgarbage('step') return counter()",
    "while true do local s = ('x'):rep(100) .. tostring({}) end",
    "return ask({ 1 }, 'two')",
    "return function(...) return select('#', ...), ... end",
    "return each(function(x) return { x } end, { 1, 2, 3 })",
    "local m = require 'm' m.keys[m.make()] = m.make return m.make, m.make()",
    "return coroutine.wrap(function() local f = require 'm'.make() while true do coroutine.yield(f()) end end)",
];

/// Texts of a module that is reloaded.
const MODULES: &[&str] = &[
    "local M, n = { keys = setmetatable({}, { __mode = 'k' }) }, 0
     function M.make() local a = {} return function() n = n + 1 a[n % 9] = M return a end end
     return M",
    "local M, n, more = { keys = {} }, 0, { 1 }
     local function step() return more[1] end
     function M.make() local a = {} return function() n = n + step() a[n % 9] = more return a end end
     function M.extra() return M.make() end
     return setmetatable(M, { __index = { extra = step } })",
    "local M = { keys = {} } function M.make(a) return function() return a end end return M",
    "error 'not today'",
    "while true do end",
];

fn budget(random: &mut Random) -> Budget {
    let budget = Budget::fuel(1 + random.below(3_000));
    if random.below(3) == 0 { budget.stop_at_errors() } else { budget }
}

fn registry() -> Registry {
    Registry::builder()
        .libs(Libs::ALL)
        .userdata::<Counter>()
        .function("counter", |cx, ()| cx.userdata(Counter(0)))
        .function("each", |cx, (f, list): (Function, Table)| {
            luka::Next::call(cx, f, 1, "each.next", list)
        })
        .then("each.next", |cx, list: Table, results| {
            list.push(cx, results.get::<Value>(cx)?)?;
            Ok(list)
        })
        .call("ask")
        .module("m", Module::text(MODULES[0]))
        .build()
}

#[test]
fn nothing_dangles() {
    let calls: u64 = std::env::var("LUKA_CALLS").ok().and_then(|n| n.parse().ok()).unwrap_or(5_000);
    let registry = registry();
    let make = || Vm::builder(&registry).memory(8 << 20).build().expect("a machine");
    let mut random = Random(1);
    let mut machines = [make(), make()];
    let mut kept: Vec<Value> = Vec::new();
    for _ in 0..calls {
        let which = random.below(2) as usize;
        let vm = &mut machines[which];
        match random.below(14) {
            0 | 1 => {
                let text = PROGRAMS[random.below(PROGRAMS.len() as u64) as usize];
                let f = vm.compile(text).expect("a program");
                let _ = vm.start(&f, ());
                if random.below(2) == 0 {
                    kept.push(Value::Function(f));
                }
            }
            2..=4 => match vm.run(budget(&mut random)) {
                Outcome::Done(values) | Outcome::Yielded(values) => kept.extend(values.into_vec()),
                Outcome::Call(call) => {
                    let _ = vm.answer(call.id, Ok(call.args().clone()));
                }
                Outcome::Failed(error) => kept.extend(error.value().cloned()),
                Outcome::OutOfFuel | Outcome::Interrupted | Outcome::Failing => {}
                Outcome::Exit { .. } => {}
            },
            5 if !kept.is_empty() => {
                let i = random.below(kept.len() as u64) as usize;
                kept.swap_remove(i);
            }
            6 if random.below(4) == 0 => machines[which] = make(),
            8 => {
                let text = MODULES[random.below(MODULES.len() as u64) as usize];
                let _ = vm.reload_within("m", text, Budget::fuel(20_000));
                vm.check_heap().expect("an intact heap");
            }
            7 if !kept.is_empty() => {
                let i = random.below(kept.len() as u64) as usize;
                let _ = vm.globals().set(vm, "kept", &kept[i]);
            }
            _ if !kept.is_empty() => {
                let i = random.below(kept.len() as u64) as usize;
                touch(vm, &kept[i], &mut random);
            }
            _ => {}
        }
        kept.truncate(200);
    }
    for vm in &mut machines {
        vm.check_heap().expect("an intact heap");
    }
}

/// Uses a value in every way its type allows, with a machine that may not be its own.
fn touch(vm: &mut Vm, value: &Value, random: &mut Random) {
    match value {
        Value::Table(t) => {
            let _ = t.push(vm, random.below(9) as i64);
            let _ = t.entries::<Value, Value>(vm);
            let _ = t.set(vm, "self", t);
        }
        Value::String(s) => {
            let _ = Str::bytes(s, vm).map(<[u8]>::len);
        }
        Value::Function(f) => {
            let n = random.below(3) as usize;
            let _ = f.upvalue::<Value>(vm, n);
            let _ = f.image(vm).map(|image| image.map(Chunk::image).map(|chunk| vm.compile(chunk)));
            match random.below(4) {
                0 => drop(f.set_upvalue(vm, n, value)),
                1 => drop(f.join_upvalue(vm, n, f, random.below(3) as usize)),
                _ => drop(vm.start(f, (value, 1))),
            }
        }
        Value::Thread(co) => {
            let _ = Thread::status(co, vm);
            let _ = vm.resume(co, value);
        }
        Value::Userdata(u) => {
            if let Some(counter) = u.of_type::<Counter>(vm) {
                let _ = Userdata::with(&counter, vm, |c| c.0 += 1);
            }
        }
        plain => drop(vm.start_value(plain, ())),
    }
}
