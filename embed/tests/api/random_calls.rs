//! Random calls from safe code: handles are made, kept, dropped and used with the right machine and
//! the wrong one, while programs run, pause, fail and collect. `LUKA_CALLS` says how many; under
//! AddressSanitizer this is the test that nothing dangles.

use luka::{
    Budget, Checkpoint, Chunk, Function, Libs, Methods, Module, Outcome, Registry, Restore,
    Snapshot, Str, Table, Thread, UserData, Userdata, Value, Vm,
};

struct Counter(u64);
impl UserData for Counter {
    const NAME: &'static str = "Counter";
    fn save(&self, out: &mut Vec<u8>) -> luka::Result<()> {
        out.extend(self.0.to_le_bytes());
        Ok(())
    }
    fn load(bytes: &[u8]) -> luka::Result<Self> {
        let bytes = bytes.try_into().map_err(luka::Error::host)?;
        Ok(Counter(u64::from_le_bytes(bytes)))
    }
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
    // One has memory, the other is often without.
    let make = |which: usize| {
        let memory = [8 << 20, 400 << 10][which];
        Vm::builder(&registry).memory(memory).build().expect("a machine")
    };
    let mut random = Random(1);
    let mut machines = [make(0), make(1)];
    let mut kept: Vec<Value> = Vec::new();
    let mut checkpoints: Vec<Checkpoint> = Vec::new();
    let mut template: Option<Snapshot> = None;
    for _ in 0..calls {
        let which = random.below(2) as usize;
        let vm = &mut machines[which];
        match random.below(18) {
            0 | 1 => {
                let text = PROGRAMS[random.below(PROGRAMS.len() as u64) as usize];
                let Ok(f) = vm.compile(text) else { continue };
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
                Outcome::Stopped => unreachable!("nobody debugs"),
                Outcome::Exit { .. } => {}
            },
            5 if !kept.is_empty() => {
                let i = random.below(kept.len() as u64) as usize;
                kept.swap_remove(i);
            }
            6 if random.below(4) == 0 => {
                let copied = template.as_ref().filter(|_| random.below(2) == 0);
                let copied =
                    copied.map(|t| Vm::builder(&registry).template(t).memory(8 << 20).build());
                machines[which] = copied.and_then(Result::ok).unwrap_or_else(|| make(which));
            }
            9 => restored(vm, &registry, &mut kept, &mut template, &mut random),
            10 => {
                checkpoints.extend(vm.checkpoint());
                checkpoints.drain(..checkpoints.len().saturating_sub(6));
            }
            11 if !checkpoints.is_empty() => {
                // It may be the other machine's, or that of one that is gone.
                let i = random.below(checkpoints.len() as u64) as usize;
                let _ = vm.rollback(&checkpoints[i]);
                vm.check_heap().expect("an intact heap");
            }
            12 => match random.below(5) {
                0 => vm.compact(),
                1 => drop(vm.state_hash()),
                2 => drop(vm.close(budget(&mut random))),
                3 => drop(vm.fail(luka::Error::msg("the host gives up"))),
                _ => {
                    drop(vm.eval::<_, Value>("local a = ... return { a }", 1).map(|v| kept.push(v)))
                }
            },
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

/// Saves a machine and goes on with what is restored, if it has the memory.
fn restored(
    vm: &mut Vm,
    registry: &Registry,
    kept: &mut Vec<Value>,
    template: &mut Option<Snapshot>,
    random: &mut Random,
) {
    let attached = [random.below(256) as u8];
    let Ok(snapshot) = vm.snapshot_with(&attached) else { return };
    let bytes = match random.below(2) {
        0 => snapshot.compressed(),
        _ => snapshot.as_bytes().to_vec(),
    };
    assert_eq!(Snapshot::attachment(&bytes).expect("one"), attached);
    let memory = if random.below(4) == 0 { random.below(400) << 10 } else { 8 << 20 };
    if let Ok(restored) = Vm::restore(registry, &bytes, Restore::new().memory(memory)) {
        *vm = restored.vm;
        kept.extend(restored.roots);
        vm.check_heap().expect("an intact heap");
    }
    *template = Some(snapshot);
}

/// Uses a value in every way its type allows, with a machine that may not be its own.
fn touch(vm: &mut Vm, value: &Value, random: &mut Random) {
    if let Ok(look) = value.look(vm) {
        let _ = (look.describe(None), look.documentation(), look.name_in_modules());
        for (key, value) in look.entries() {
            let _ = (key.identity(), value.type_name());
        }
        let _ = look.metatable().map(|meta| meta.field(b"__gc").function().is_some());
    }
    match value {
        Value::Table(t) => {
            let _ = t.sequence::<Value>(vm).map(|values| values.len());
            let _ = t.set_metatable(vm, t.metatable(vm).ok().flatten().as_ref());
            let _ = t.is_same(t, vm);
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
