//! Natives by name, and continuations fed with whatever their contracts allow.
//!
//! `FUZZ_FROM`, `FUZZ_COUNT`, `FUZZ_SECONDS` and `FUZZ_TRACE` as `luka_tests::fuzz::seeds` says.

use luka_stdlib::load::load_bytes;
use luka_stdlib::{CompilerLoader, open_libs};
use luka_tests::declared;
use luka_tests::fuzz::seeds::seeds;
use luka_tests::host::memory_host;
use luka_tests::random::Random;
use luka_vm::Outcome;
use luka_vm::native::contract::{BUFFER, Contract, Results, SlotType};
use luka_vm::native::registry::Registry;
use luka_vm::{Config, Native, Value, Vm, inner_natives};
use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static REGISTRY: LazyLock<Registry> = LazyLock::new(luka::natives);

#[test]
fn every_native_is_registered_under_its_own_name() {
    let declared = declared::names();
    let mut seen = BTreeSet::new();
    for (name, file) in &declared {
        assert!(seen.insert(name.as_str()), "{}: a second {name}", file.display());
        let native = REGISTRY.get(name);
        assert!(native.is_some(), "{}: {name} is in no registry", file.display());
    }
    let registered: BTreeSet<&str> = REGISTRY.iter().map(|native| native.name).collect();
    assert_eq!(registered, seen, "what is registered is what is declared");
}

#[test]
fn continuations_have_contracts_and_functions_have_none() {
    for native in REGISTRY.iter() {
        let Some(contract) = native.contract else {
            assert!(!native.yieldable, "{native:?}");
            continue;
        };
        assert!(native.sig.is_empty() && native.doc.is_empty() && !native.pure, "{native:?}");
        let Contract { frame, results } = contract;
        let fields = frame.first.iter().chain(frame.last);
        let names: BTreeSet<&str> = fields.clone().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), fields.count(), "{native:?} has two slots of one name");
        let end = frame.rest.is_some() || !frame.last.is_empty();
        assert!(!end || matches!(results, Results::Exactly(_)), "{native:?}");
    }
}

inner_natives! { static FEEDERS;
    /// Runs the continuation that the first argument names in a frame of the other arguments.
    FEED: "tests.feed" = |vm| {
        let name = vm.arg(1).as_str().map(|s| s.bytes().to_vec()).unwrap_or_default();
        let native = std::str::from_utf8(&name).ok().and_then(|name| REGISTRY.get(name));
        let slots = vm.slots()[1..].to_vec();
        vm.set_top(0);
        for v in slots {
            vm.push(v);
        }
        let contract = native.and_then(|native| native.contract).expect("a continuation");
        assert_eq!(contract.check(vm.slots()), Ok(()), "{native:?}: the test's own frame");
        native.expect("a native").call(vm)
    };
}

/// What slots may hold: values whose metamethods answer, fail, yield and never end.
const VALUES: &str = r##"
    local function mt(f)
        local mt = {}
        for _, event in ipairs {"index", "newindex", "len", "lt", "le", "eq", "call", "concat",
            "tostring", "pairs", "add", "mod", "unm"} do
            mt["__" .. event] = f
        end
        return mt
    end
    local functions = {
        print, rawequal, rawlen, pcall, error, next, coroutine.yield, string.rep, math.max,
        function(...) return ... end, function() end, function() return 1 end,
        function(a, b) return a, b end, function() return "text" end, function() return true end,
        function() error("failed") end, function() error({}) end, function() while true do end end,
        function(a) return setmetatable({}, {__index = a}) end,
        coroutine.wrap(function() while true do coroutine.yield(1) end end),
    }
    local tables, list = {{}, {1, 2, 3}, {3, 1, 2, n = 3}, {"b", "a"}, {1, 2.5, "x"}}, {}
    for i = 1, 600 do list[i] = i * 7919 % 601 end
    tables[#tables + 1] = list
    tables[#tables + 1] = {year = 2000, month = 1, day = 1, isdst = true}
    for i, f in ipairs(functions) do tables[#tables + 1] = setmetatable({5, 4, 3, i}, mt(f)) end
    tables[#tables + 1] = setmetatable({}, {__index = string, __len = function() return 1 << 40 end})
    local strings = {"", "a", "aaaa", ("ab"):rep(50), ("x"):rep(3000), "%s %d %s", "%s%s%99s", "%",
        "(a*)(a*)b", ".-.-.-b", "[a-c]*x", "^a", "a?a?a?$", "%b()", "%f[%a]", "()", "%1", "b", "bt",
        "string", "luka.help", "year", "return 1", "x x", "=name", "a\0b"}
    local threads = {coroutine.create(print), coroutine.create(coroutine.yield), (coroutine.running())}
    coroutine.resume(threads[2])
    coroutine.close(coroutine.create(print))
    return functions, tables, strings, threads
"##;

/// A machine with values to choose from.
struct Feeder<'r> {
    vm: Vm,
    r: &'r mut Random,
    functions: Vec<Value>,
    tables: Vec<Value>,
    strings: Vec<Value>,
    threads: Vec<Value>,
}

impl Feeder<'_> {
    fn new(r: &mut Random) -> Feeder<'_> {
        let config = Config {
            memory_limit: Some(16 << 20),
            gc_stress: if r.once_in(4) { 1 + r.below(20) as u32 } else { 0 },
            ..Config::default()
        };
        let host = Box::new(memory_host(b"print(1)\nerror{}\nx\ncont\n"));
        let mut vm = Vm::new(config, host, Box::<CompilerLoader>::default()).expect("a machine");
        open_libs(&mut vm).expect("libraries");
        let f = load_bytes(&mut vm, VALUES.as_bytes(), b"=values", None).expect("a chunk");
        let Outcome::Finished(lists) = vm.run(f.into(), &[]) else { panic!("no values") };
        let mut values = lists.iter().map(|list| {
            let list = list.as_table().expect("a list");
            (1..=list.len()).map(|i| list.get_int(i)).collect::<Vec<_>>()
        });
        let mut next = || values.next().expect("four lists");
        let (functions, tables, strings, threads) = (next(), next(), next(), next());
        let all = vm.heap.table();
        let pool = [&functions, &tables, &strings, &threads].into_iter().flatten();
        for (i, v) in pool.enumerate() {
            assert!(all.set_int(&mut vm.heap, i as i64 + 1, *v).is_ok());
        }
        let key = vm.small_str("tests.values");
        assert!(vm.registry().set(&mut vm.heap, key, all.into()).is_ok());
        Feeder { vm, r, functions, tables, strings, threads }
    }

    fn one_of(&mut self, list: fn(&Self) -> &Vec<Value>) -> Value {
        let i = self.r.below(list(self).len());
        list(self)[i]
    }

    fn int(&mut self, min: i64, max: i64) -> i64 {
        let n = match self.r.below(8) {
            0 => min,
            1 => max,
            2 => self.r.next() as i64,
            3 => min.saturating_add(self.r.below(4) as i64),
            4 => max.saturating_sub(self.r.below(4) as i64),
            5 => 1 << self.r.below(63),
            _ => self.r.below(12) as i64,
        };
        n.clamp(min, max)
    }

    fn any(&mut self) -> Value {
        match self.r.below(9) {
            0 => Value::NIL,
            1 => Value::bool(self.r.once_in(2)),
            2 => Value::int(self.int(i64::MIN, i64::MAX)),
            3 => Value::float([0.5, -0.0, f64::NAN, f64::INFINITY, 3.0][self.r.below(5)]),
            4 => self.one_of(|f| &f.strings),
            5 => self.one_of(|f| &f.functions),
            6 => self.one_of(|f| &f.threads),
            7 => self.buffer(),
            _ => self.one_of(|f| &f.tables),
        }
    }

    /// Bytes as natives might have left them: text, or the numbers of a paused search.
    fn buffer(&mut self) -> Value {
        let n = self.r.below(24);
        let mut bytes = Vec::new();
        for _ in 0..n {
            let number = if self.r.once_in(9) { self.r.next() } else { self.r.below(4) as u64 };
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        let buffer = self.vm.heap.new_userdata(BUFFER, 0);
        buffer.with_buffer(&mut self.vm.heap, |b| *b = bytes);
        buffer.into()
    }

    fn slot(&mut self, slot_type: SlotType) -> Value {
        let nil = self.r.once_in(3);
        match slot_type {
            SlotType::StrOrNil | SlotType::TableOrNil if nil => Value::NIL,
            SlotType::FunctionOrNil | SlotType::BufferOrNil if nil => Value::NIL,
            SlotType::Any => self.any(),
            SlotType::Bool => Value::bool(self.r.once_in(2)),
            SlotType::Int { min, max } => Value::int(self.int(min, max)),
            SlotType::Str | SlotType::StrOrNil => self.one_of(|f| &f.strings),
            SlotType::Table | SlotType::TableOrNil => self.one_of(|f| &f.tables),
            SlotType::Function | SlotType::FunctionOrNil => self.one_of(|f| &f.functions),
            SlotType::Thread => self.one_of(|f| &f.threads),
            SlotType::Buffer | SlotType::BufferOrNil => self.buffer(),
        }
    }

    /// Slots and results as the contract allows them.
    fn frame(&mut self, contract: &Contract) -> Vec<Value> {
        let frame = contract.frame;
        let mut slots: Vec<Value> = frame.first.iter().map(|(_, t)| self.slot(*t)).collect();
        if let Some(rest) = frame.rest {
            slots.extend((0..self.r.below(5)).map(|_| self.slot(rest)).collect::<Vec<_>>());
        }
        slots.extend(frame.last.iter().map(|(_, t)| self.slot(*t)).collect::<Vec<_>>());
        if contract.results == Results::Outcome {
            slots.push(Value::bool(self.r.once_in(2)));
        }
        let results = match contract.results {
            Results::Exactly(n) => n.into(),
            Results::Any | Results::Outcome => self.r.below(4),
        };
        slots.extend((0..results).map(|_| self.any()).collect::<Vec<_>>());
        slots
    }

    /// Runs the continuation in such a frame, at the bottom of the stack or in a coroutine, with
    /// little fuel.
    fn feed(&mut self, native: &Native, contract: &Contract) {
        self.vm.set_fuel(Some(0));
        let slots = self.frame(contract);
        let upvalues: Vec<Value> = (0..self.r.below(6)).map(|_| self.any()).collect();
        let vm = &mut self.vm;
        let feeder: Value = vm.heap.new_native(&FEED, &upvalues).into();
        let name = vm.small_str(native.name);
        vm.set_fuel(Some(3_000));
        let mut arguments = vec![name];
        arguments.extend_from_slice(&slots);
        let mut outcome = if self.r.once_in(2) {
            arguments.insert(0, feeder);
            let wrapped = vm.new_coroutine(feeder).expect("a coroutine");
            let library = vm.globals().get_str_bytes(b"coroutine").as_table();
            let resume = library.expect("the library").get_str_bytes(b"resume");
            arguments[0] = wrapped.into();
            vm.run(resume, &arguments)
        } else {
            vm.run(feeder, &arguments)
        };
        for _ in 0..3 {
            vm.check_heap().unwrap_or_else(|fault| panic!("{native:?}: {fault}"));
            let Outcome::OutOfFuel = outcome else { break };
            vm.add_fuel(1_000);
            outcome = vm.resume_run();
        }
        if let Outcome::OutOfFuel = outcome {
            vm.fail_run(Value::NIL);
        }
    }
}

/// What a continuation's contract allows does no harm and takes no more time than there is fuel for.
#[test]
fn any_frame_that_keeps_its_contract_is_safe() {
    assert_eq!(FEEDERS.len(), 1);
    // (Those of the embedding crate run on its machines only, which have more than a machine has.)
    let natives = REGISTRY.iter().filter(|native| !native.name.starts_with("host."));
    let mut continuations: Vec<_> =
        natives.filter_map(|n| n.contract.map(|contract| (n, contract))).collect();
    continuations.sort_by_key(|(native, _)| native.name);
    for seed in seeds(60) {
        let mut r = Random::new(seed);
        let mut feeder = Feeder::new(&mut r);
        for (native, contract) in &continuations {
            let start = Instant::now();
            if std::env::var_os("FUZZ_TRACE").is_some() {
                eprintln!("{native:?} of seed {seed}");
            }
            feeder.feed(native, contract);
            let took = start.elapsed();
            assert!(took < Duration::from_secs(5), "seed {seed}: {native:?} took {took:?}");
        }
    }
}
