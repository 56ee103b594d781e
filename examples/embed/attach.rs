//! A host whose script can be debugged while it runs: an editor attaches, stops it, looks, steps forward
//! and back, and goes; the game goes on.
//!
//! `cargo run -p luka-dap --example attach -- 127.0.0.1:4711` waits a minute for somebody; without an
//! address it plays alone.

use luka::{Budget, Cx, Error, Function, Outcome, Registry, Vm};
use luka_dap::{Debugged, Options};
use std::error::Error as AnyError;
use std::time::Duration;

pub const SCRIPT: &str = "\
local boat = { x = 0, speed = 1 }
local log = {}

local function wind(strength)
  boat.speed = boat.speed + strength
  return boat.speed
end

function tick(dt)
  local now = wind(weather(boat.x))
  boat.x = boat.x + now * dt
  if boat.x > 20 then
    log[#log + 1] = ask('harbour', #log)
    boat.x = 0
  end
  show(boat.x)
  return boat.x, #log
end
";

/// What the script has shown so far: the world, which is changed once, however often the debugger goes
/// back.
#[derive(Default)]
pub struct Shown(pub Vec<f64>);

fn show(cx: &mut Cx, x: f64) -> luka::Result<()> {
    if !cx.is_replay() {
        cx.with_data(|shown: &mut Shown| shown.0.push(x))?;
    }
    Ok(())
}

/// The script, and a debug server in front of it.
pub fn game() -> luka::Result<(Debugged, Function)> {
    let registry = Registry::builder()
        .function("weather", |_, x: f64| Ok(if x > 10.0 { 0.5 } else { 0.25 }))
        .function("show", |cx, x: f64| show(cx, x))
        .call("ask")
        .build();
    let mut vm = Vm::builder(&registry).memory(16 << 20).seed(1).build()?;
    let script = vm.compile(luka::Chunk::text(SCRIPT).name("@boat.lua"))?;
    script.call::<()>(&mut vm, ())?;
    let tick: Function = vm.globals().get(&vm, "tick")?;
    Ok((Debugged::new(vm, Options::new().recorded()), tick))
}

/// Plays so many frames.
pub fn play(game: &mut Debugged, tick: &Function, frames: u32) -> luka::Result<(f64, i64)> {
    let mut last = (0.0, 0);
    for _ in 0..frames {
        game.vm().start(tick, 0.5)?;
        last = loop {
            match game.run(Budget::fuel(10_000)) {
                Outcome::OutOfFuel => {}
                Outcome::Call(call) => {
                    let (place, n): (String, i64) = call.get(game.vm())?;
                    let answer = Ok::<_, Error>(format!("{place} {n}"));
                    game.vm().answer(call.id, answer)?;
                }
                outcome => break outcome.done()?.get(game.vm())?,
            }
        };
    }
    Ok(last)
}

#[allow(dead_code, reason = "tests play otherwise")]
pub fn main() -> Result<(), Box<dyn AnyError>> {
    let (mut game, tick) = game()?;
    if let Some(address) = std::env::args().nth(1).filter(|address| address.contains(':')) {
        println!("attach to {}", game.listen(address)?);
        game.wait_for_client(Duration::from_secs(60));
    }
    let (x, asked) = play(&mut game, &tick, 100)?;
    println!("the boat is at {x}, and has been in {asked} harbours");
    assert!(asked > 3);
    Ok(())
}
