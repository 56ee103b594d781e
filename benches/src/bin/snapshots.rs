//! How large snapshots are, and how long it takes to save, compress, restore and roll back: the table of
//! benches/README.md. `cargo run --release -p luka-benches --bin snapshots`.

use luka::{Chunk, Function, Libs, Registry, Restore, Vm};
use nix::time::{ClockId, clock_gettime};
use std::hint::black_box;
use std::time::Duration;

/// A million small tables, about 85 MB.
const TABLES: &str =
    "local t = {} for i = 1, 600000 do t[i] = { i, x = i, y = { i } } end kept = t";
const STRINGS: &str =
    "local t = {} for i = 1, 400000 do t[i] = ('%08d'):format(i) .. ('x'):rep(i % 90) end kept = t";
const CLOSURES: &str =
    "local t = {} for i = 1, 500000 do t[i] = function() i = i + 1 return i end end kept = t";

/// A thousand entities that move and hit each other.
const GAME: &str = r#"
local entities, frame = {}, 0
local Entity = {}
Entity.__index = Entity
function Entity:step()
  self.x, self.y = self.x + self.vx, self.y + self.vy
  if self.x < 0 or self.x > 640 then self.vx = -self.vx end
  if self.y < 0 or self.y > 480 then self.vy = -self.vy end
  if self.hp > 0 and (self.x // 8 + self.y // 8) % 97 == 0 then self.hp = self.hp - 1 end
end
for i = 1, 1000 do
  entities[i] = setmetatable({ x = i * 37 % 640, y = i * 53 % 480, vx = i % 5 - 2, vy = i % 3 - 1,
    hp = 100, name = "entity" .. i }, Entity)
end
function tick() frame = frame + 1 for i = 1, #entities do entities[i]:step() end return frame end
"#;

fn machine(registry: &Registry, program: &str) -> Vm {
    let mut vm = Vm::builder(registry).build().expect("a machine");
    let main = vm.compile(Chunk::text(program).name("@bench")).expect("a program");
    main.call::<()>(&mut vm, ()).expect("it ends");
    vm
}

fn restore(registry: &Registry, bytes: &[u8]) -> Vm {
    Vm::restore(registry, bytes, Restore::new()).expect("a snapshot").vm
}

/// The processor's time that this process has had: what else runs on the machine does not count.
fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).expect("a clock of the process").into()
}

/// The least time of some runs, without that of dropping what they return.
fn best<R>(runs: u32, mut f: impl FnMut() -> R) -> Duration {
    let once = |f: &mut dyn FnMut() -> R| {
        let begin = processor_time();
        let result = black_box(f());
        let time = processor_time() - begin;
        drop(result);
        time
    };
    (0..runs).map(|_| once(&mut f)).min().expect("a run")
}

fn heap(name: &str, program: &str, registry: &Registry, runs: u32) {
    let mut vm = machine(registry, program);
    vm.compact();
    let heap = vm.memory_used();
    let snapshot = vm.snapshot().expect("a heap of moderate size");
    let save = best(runs, || vm.snapshot());
    let load = best(runs, || restore(registry, snapshot.as_bytes()));
    let small = snapshot.compressed();
    let compress = best(runs, || snapshot.compressed());
    let load_small = best(runs, || restore(registry, &small));
    let size =
        |bytes: usize| format!("{:.1} KB ({:.2})", bytes as f64 / 1e3, bytes as f64 / heap as f64);
    let speed = |time: Duration| {
        let seconds = time.as_secs_f64();
        format!("{:.0} µs ({:.0} MB/s)", seconds * 1e6, heap as f64 / seconds / 1e6)
    };
    println!(
        "| {name} | {:.1} KB | {} | {} | {} | {} | {} | {} |",
        heap as f64 / 1e3,
        size(snapshot.as_bytes().len()),
        speed(save),
        speed(load),
        size(small.len()),
        speed(compress),
        speed(load_small),
    );
}

/// A checkpoint, a rollback and eight ticks again, as a game does every frame.
fn game(registry: &Registry) {
    let mut vm = machine(registry, GAME);
    let tick: Function = vm.globals().get(&vm, "tick").expect("the game has it");
    let play = |vm: &mut Vm, ticks: u32| {
        (0..ticks).for_each(|_| tick.call::<()>(vm, ()).expect("it ends"));
    };
    play(&mut vm, 100);
    let ticks = best(200, || play(&mut vm, 8));
    let checkpoint = best(200, || vm.checkpoint());
    let state = vm.checkpoint().expect("a heap of moderate size");
    let rollback = best(200, || vm.rollback(&state).expect("its own"));
    let all = best(200, || {
        let state = vm.checkpoint().expect("a heap of moderate size");
        vm.rollback(&state).expect("its own");
        play(&mut vm, 8);
    });
    println!("\n1,000 entities, {} KB of snapshot:", state.size() / 1000);
    for (name, time) in [
        ("checkpoint", checkpoint),
        ("rollback", rollback),
        ("8 ticks", ticks),
        ("checkpoint, rollback and 8 ticks", all),
    ] {
        println!("{name}: {:.0} µs", time.as_secs_f64() * 1e6);
    }
}

fn main() {
    let registry = Registry::builder().libs(Libs::ALL).build();
    println!(
        "| heap | bytes in use | snapshot | save | restore | compressed | compress | restore |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    heap("idle, all libraries", "", &registry, 300);
    heap("1,000 entities", GAME, &registry, 300);
    heap("small tables", TABLES, &registry, 5);
    heap("strings", STRINGS, &registry, 5);
    heap("closures", CLOSURES, &registry, 5);
    game(&registry);
}
