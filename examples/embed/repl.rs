//! A prompt inside of a program: expressions show their values, an input goes on until it is whole.
//!
//! `cargo run -p luka --example repl`

use luka::{Budget, Chunk, Outcome, Registry, Value, Values, Vm};
use std::io::{BufRead, Write};

/// Compiles an input, as an expression if it is one.
fn compile(vm: &mut Vm, input: &str) -> Result<luka::Function, luka::CompileError> {
    let expression = Chunk::text(format!("return {input}")).name("=input");
    vm.compile(expression).or_else(|_| vm.compile(Chunk::text(input).name("=input")))
}

fn show(vm: &mut Vm, values: &Values) -> luka::Result<String> {
    let to_string: luka::Function = vm.globals().get(vm, "tostring")?;
    let mut texts = Vec::new();
    for value in values.iter() {
        texts.push(match value {
            Value::String(s) => format!("{:?}", s.text(vm)?),
            value => to_string.call::<String>(vm, value)?,
        });
    }
    Ok(texts.join("  "))
}

/// Reads inputs and writes what becomes of them, until the end of the input.
pub fn session(input: impl BufRead, mut output: impl Write) -> luka::Result<()> {
    let mut vm = Vm::builder(&Registry::default()).memory(64 << 20).build()?;
    let mut pending = String::new();
    for line in input.lines() {
        pending.push_str(&line?);
        let f = match compile(&mut vm, &pending) {
            Ok(f) => f,
            // The fault is the end of the text: more lines may help.
            Err(error) if error.message().ends_with(b"near <eof>") => {
                pending.push('\n');
                continue;
            }
            Err(error) => {
                write!(output, "{}", error.render())?;
                pending.clear();
                continue;
            }
        };
        pending.clear();
        vm.start(&f, ())?;
        match vm.run(Budget::fuel(100_000_000)) {
            Outcome::Done(values) if values.is_empty() => {}
            Outcome::Done(values) => writeln!(output, "{}", show(&mut vm, &values)?)?,
            Outcome::Failed(error) => writeln!(output, "{}", error.report())?,
            other => writeln!(output, "{other:?}")?,
        }
    }
    Ok(())
}

#[allow(dead_code)]
pub fn main() -> luka::Result<()> {
    session(std::io::stdin().lock(), std::io::stdout())
}
