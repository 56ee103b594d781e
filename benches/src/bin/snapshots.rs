//! How large snapshots are, and how long it takes to save, restore and roll back: the table of
//! benches/README.md. `cargo run --release -p luka-benches --bin snapshots`.

use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, compile};
use luka_stdlib::{CompilerLoader, USERDATA, open_libs};
use luka_vm::host::NullHost;
use luka_vm::native::registry::Registry;
use luka_vm::snapshot::{self, Setting};
use luka_vm::{Config, Outcome, Value, Vm};
use std::hint::black_box;
use std::time::{Duration, Instant};

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

fn machine(program: &str) -> Vm {
    let config = Config::default();
    let mut vm = Vm::new(config, Box::new(NullHost), Box::new(CompilerLoader::default()))
        .expect("a machine");
    open_libs(&mut vm).expect("the libraries");
    let source = Source::new("@bench".to_string(), program.as_bytes(), SourceKind::File);
    let module = compile(&source, &Options::default()).expect("a program");
    let main: Value = vm.instantiate(module, None).expect("memory").into();
    assert!(matches!(vm.run(main, &[]), Outcome::Finished(_)));
    vm
}

fn restore(bytes: &[u8], natives: &Registry) -> Vm {
    let setting = Setting {
        natives,
        types: USERDATA,
        memory_limit: None,
        host: Box::new(NullHost),
        loader: Box::new(CompilerLoader::default()),
    };
    snapshot::restore(bytes, setting).expect("a snapshot").0
}

/// The least time of some runs.
fn best<R>(runs: u32, mut f: impl FnMut() -> R) -> Duration {
    let once = |f: &mut dyn FnMut() -> R| {
        let begin = Instant::now();
        black_box(f());
        begin.elapsed()
    };
    (0..runs).map(|_| once(&mut f)).min().expect("a run")
}

fn heap(name: &str, program: &str, natives: &Registry, runs: u32) {
    let mut vm = machine(program);
    vm.gc_full();
    let heap = vm.heap.bytes();
    let snapshot = vm.snapshot(&[]).expect("a heap of moderate size");
    let save = best(runs, || vm.snapshot(&[]));
    let load = best(runs, || restore(snapshot.as_bytes(), natives));
    let rate = |time: Duration| heap as f64 / time.as_secs_f64() / 1e6;
    println!(
        "| {name} | {:.1} KB | {:.1} KB ({:.2}) | {:.0} µs ({:.0} MB/s) | {:.0} µs ({:.0} MB/s) |",
        heap as f64 / 1e3,
        snapshot.as_bytes().len() as f64 / 1e3,
        snapshot.as_bytes().len() as f64 / heap as f64,
        save.as_secs_f64() * 1e6,
        rate(save),
        load.as_secs_f64() * 1e6,
        rate(load),
    );
}

/// A checkpoint, a rollback and eight ticks again, as a game does every frame.
fn game(natives: &Registry) {
    let mut vm = machine(GAME);
    let tick = |vm: &mut Vm| {
        // The function is another one after a rollback.
        let tick = vm.globals().get_str_bytes(b"tick");
        assert!(matches!(vm.run(tick, &[]), Outcome::Finished(_)));
    };
    for _ in 0..100 {
        tick(&mut vm);
    }
    let ticks = best(200, || (0..8).for_each(|_| tick(&mut vm)));
    let checkpoint = best(200, || vm.snapshot(&[]));
    let state = vm.snapshot(&[]).expect("a heap of moderate size");
    let rollback = best(200, || vm.roll_back(&state, natives, USERDATA).expect("it fits"));
    let all = best(200, || {
        let state = vm.snapshot(&[]).expect("a heap of moderate size");
        vm.roll_back(&state, natives, USERDATA).expect("it fits");
        (0..8).for_each(|_| tick(&mut vm));
    });
    println!("\n1,000 entities, {} KB of snapshot:", state.as_bytes().len() / 1000);
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
    let natives = luka_stdlib::registry();
    println!("| heap | bytes in use | snapshot | save | restore |\n|---|---|---|---|---|");
    heap("idle, all libraries", "", &natives, 300);
    heap("1,000 entities", GAME, &natives, 300);
    heap("small tables", TABLES, &natives, 5);
    heap("strings", STRINGS, &natives, 5);
    heap("closures", CLOSURES, &natives, 5);
    game(&natives);
}
