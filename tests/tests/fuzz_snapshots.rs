//! Snapshots with bytes changed, inserted, left out and mixed: nothing is refused with a panic, takes
//! memory out of proportion, or leads to a machine that misbehaves. Checksums are put right, so that
//! the changes reach what is behind them.
//!
//! `LUKA_FUZZ_SNAPSHOTS` is how many are tried of each seed (400); `LUKA_FUZZ_SEED` the first number.

use luka_tests::random::Random;
use luka_tests::snapshot::{NATIVES_BY_NAME, Program, TYPES};
use luka_vm::snapshot::{self, Setting, format::seal_again};
use luka_vm::{Config, host::NullHost};

/// Programs with something of everything; each is saved at several places.
const PROGRAMS: &[&str] = &[
    r##"
local mt = { __index = function(t, k) return k end, __gc = function() end, __close = function() end }
local weak = setmetatable({}, { __mode = "k" })
local co = coroutine.wrap(function(...)
  local c <close> = setmetatable({}, mt)
  for i = 1, 1e9 do coroutine.yield(i, select("#", ...)) end
end)
local list, sum = {}, 0
for i = 1, 1e9 do
  list[i % 50 + 1] = setmetatable({ i, ("x"):rep(i % 60) }, mt)
  weak[list[i % 50 + 1]] = { co(i, nil) }
  table.sort(list, function(a, b) return (a and a[1] or 0) < (b and b[1] or 0) end)
  sum = sum + #(("abc"):gsub("%w", function(c) return c .. i end))
  pcall(function(...) local n = ... error({ n }) end, i)
end"##,
    r##"
debug.sethook(function() end, "crl", 3)
local function deep(n, ...) if n > 0 then return 1 + deep(n - 1, n, ...) end return select("#", ...) end
local kept = {}
while true do
  kept[#kept + 1] = deep(40)
  xpcall(function() local t <close> = setmetatable({}, { __close = function(_, e) kept[e] = true end })
    local x = nil; return x.y end, function(m) return m .. "!" end)
  load(coroutine.wrap(function() coroutine.yield("return ") coroutine.yield("1") end))()
end"##,
];

/// Memory that the machines may use.
const LIMIT: u64 = 4 << 20;

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for text in PROGRAMS {
        let mut program = Program::start(text, "fuzz", Config::default()).expect("a program");
        for slice in [300, 1_001, 2_003, 4_007] {
            program.go_on(slice);
            assert!(program.is_running());
            seeds.push(program.save().into_bytes());
        }
    }
    seeds
}

/// Where sections begin, by the header.
const FIRST_SECTION: usize = 155;

fn change(random: &mut Random, bytes: &mut Vec<u8>, other: &[u8]) {
    let at = FIRST_SECTION + random.below(bytes.len() - FIRST_SECTION);
    match random.below(10) {
        0..=3 => bytes[at] ^= 1 << random.below(8),
        4 | 5 => bytes[at] = [0, 1, 2, 0x40, 0x42, 0x7f, 0xff][random.below(7)],
        6 => bytes[at] = bytes[at].wrapping_add(random.below(5) as u8).wrapping_sub(2),
        7 => {
            // A number in the place of another one, of the same snapshot.
            let from = FIRST_SECTION + random.below(bytes.len() - FIRST_SECTION);
            let n = 4.min(bytes.len() - at).min(bytes.len() - from);
            bytes.copy_within(from..from + n, at);
        }
        8 => {
            let n = 8.min(bytes.len() - at).min(other.len().saturating_sub(at));
            let from = at.min(other.len());
            bytes[at..at + n].copy_from_slice(&other[from..from + n]);
        }
        _ => {
            // Of another length: the section's length stays true.
            let section = random.below(7);
            let field = 19 + 16 * section;
            let mut len = u64::from_le_bytes(bytes[field..field + 8].try_into().expect("8 bytes"));
            let before = (0..section).map(|i| {
                let field = 19 + 16 * i;
                u64::from_le_bytes(bytes[field..field + 8].try_into().expect("8 bytes"))
            });
            let begin = FIRST_SECTION + before.sum::<u64>() as usize;
            let place = begin + random.below(len.max(1) as usize);
            if random.below(2) == 0 && len > 0 {
                bytes.remove(place);
                len -= 1;
            } else {
                bytes.insert(place.min(bytes.len()), random.below(256) as u8);
                len += 1;
            }
            bytes[field..field + 8].copy_from_slice(&len.to_le_bytes());
        }
    }
}

/// Restores; what is accepted is run a little, and dropped.
fn attempt(bytes: &[u8]) -> bool {
    let setting = Setting {
        natives: &NATIVES_BY_NAME,
        types: TYPES,
        memory_limit: Some(LIMIT),
        host: Box::new(NullHost),
        loader: Box::new(luka_stdlib::CompilerLoader::default()),
    };
    match snapshot::restore(bytes, setting) {
        Ok((mut vm, _)) => {
            run(&mut vm);
            true
        }
        Err(e) => {
            assert!(!e.to_string().is_empty());
            false
        }
    }
}

/// The verifier has accepted the machine: it may do anything a machine does.
fn run(vm: &mut luka_vm::Vm) {
    vm.check_heap().expect("a sound heap");
    vm.set_fuel(Some(3_000));
    let _ = vm.resume_run();
    vm.check_heap().expect("a sound heap");
    vm.set_fuel(Some(1_000));
    let _ = vm.close();
}

#[test]
fn changed_snapshots_are_refused_or_run() {
    let number = |name: &str, default: u64| {
        std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
    };
    let (count, first) = (number("LUKA_FUZZ_SNAPSHOTS", 400), number("LUKA_FUZZ_SEED", 1));
    let seeds = seeds();
    let (mut accepted, mut refused) = (0u64, 0u64);
    for (i, seed) in seeds.iter().enumerate() {
        assert!(attempt(seed), "seed {i}");
        for n in 0..count {
            let mut random = Random::new(first.wrapping_add(n).wrapping_mul(1_000_003) ^ i as u64);
            let mut bytes = seed.clone();
            let other = &seeds[random.below(seeds.len())];
            for _ in 0..=random.below(3) {
                change(&mut random, &mut bytes, other);
            }
            assert!(seal_again(&mut bytes));
            *(if attempt(&bytes) { &mut accepted } else { &mut refused }) += 1;
        }
    }
    // Both happen: else nothing behind the first checks would be reached.
    assert!(refused > count && accepted > count / 4, "{accepted} accepted, {refused} refused");
}

#[test]
fn every_beginning_is_refused() {
    let seed = &seeds()[0];
    for len in (0..seed.len()).step_by(1 + seed.len() / 2_000) {
        assert!(!attempt(&seed[..len]), "{len} bytes");
        // The same with sections that are cut off: checksums are right.
        let mut bytes = seed.clone();
        for section in 0..7 {
            let field = 19 + 16 * section;
            let old = u64::from_le_bytes(bytes[field..field + 8].try_into().expect("8 bytes"));
            let new = old * len as u64 / seed.len() as u64;
            bytes[field..field + 8].copy_from_slice(&new.to_le_bytes());
        }
        if seal_again(&mut bytes) {
            assert!(!attempt(&bytes), "{len} bytes");
        }
    }
}
