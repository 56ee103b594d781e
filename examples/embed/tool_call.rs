//! Calls that are answered later: the program waits, as a value, until the host has the answer. Until
//! then nothing of it is on any Rust stack; hours may pass.
//!
//! `cargo run -p luka --example tool_call`

use luka::{Budget, Error, Outcome, Registry, Vm};

const PROGRAM: &str = "
    local cities = tool.search('cities')
    local warmest, degrees
    for _, city in ipairs(cities) do
        local ok, weather = pcall(tool.weather, city)
        if ok and (not degrees or weather.degrees > degrees) then
            warmest, degrees = city, weather.degrees
        end
    end
    return warmest
";

pub fn main() -> luka::Result<()> {
    let registry = Registry::builder().call("tool.search").call("tool.weather").build();
    let mut vm = Vm::builder(&registry).build()?;
    let f = vm.compile(PROGRAM)?;
    vm.start(&f, ())?;
    let warmest: String = loop {
        match vm.run(Budget::fuel(1_000_000)) {
            Outcome::Done(values) => break values.get(&vm)?,
            Outcome::OutOfFuel => {}
            Outcome::Call(call) => {
                let text: String = call.get(&vm)?;
                println!("{}({text})", call.name);
                match (call.name, text.as_str()) {
                    ("tool.search", _) => {
                        vm.answer(call.id, Ok(vec!["Oslo", "Rome", "Nowhere"]))?
                    }
                    (_, "Nowhere") => vm.answer::<()>(call.id, Err(Error::msg("no such city")))?,
                    (_, city) => {
                        let weather = vm.table()?;
                        weather.set(
                            &vm,
                            "degrees",
                            city.len() as i64 * if city == "Rome" { 7 } else { 1 },
                        )?;
                        vm.answer(call.id, Ok(weather))?;
                    }
                }
            }
            other => return other.done().map(drop),
        }
    };
    println!("warmest: {warmest}");
    assert_eq!(warmest, "Rome");
    Ok(())
}
