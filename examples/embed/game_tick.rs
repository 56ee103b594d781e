//! A game calls a function of its script every tick, with a budget, so that no script can hold up
//! a frame: a tick that takes too long goes on in the next frame.
//!
//! `cargo run -p luka --example game_tick`

use luka::{Budget, Function, Outcome, Registry, Vm};

const SCRIPT: &str = "
    local x, speed = 0, 3
    function tick(dt, input)
        if input == 'think' then
            for i = 1, 20000 do speed = (speed * 31 + i) % 7 end
        end
        x = x + speed * dt
        return x
    end
";
/// Units of fuel a frame gives the script: about a fifth of a millisecond.
const FRAME: u64 = 50_000;

pub fn main() -> luka::Result<()> {
    let mut vm = Vm::builder(&Registry::default()).memory(16 << 20).seed(1).build()?;
    vm.eval::<_, ()>(SCRIPT, ())?;
    let tick: Function = vm.globals().get(&vm, "tick")?;
    let mut late = 0;
    let mut position = 0.0;
    for frame in 0..10 {
        let input = if frame == 4 { "think" } else { "none" };
        vm.start(&tick, (1.0 / 60.0, input))?;
        position = loop {
            match vm.run(Budget::fuel(FRAME)) {
                Outcome::OutOfFuel => late += 1, // the frame is drawn with the old position
                outcome => break outcome.done()?.get(&vm)?,
            }
        };
    }
    println!("position {position:.3} after 10 ticks, {late} frames late");
    assert!(late > 0 && position > 0.0);
    Ok(())
}
