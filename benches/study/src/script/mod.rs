//! The same programs in Lua: written by hand, translated from a machine's code, or interpreted by an
//! interpreter that is itself in Lua. They run in the library `luka`, and in other implementations.

pub mod library;
pub mod process;

use crate::expression;
use crate::expression::tree;
use crate::stack;
use crate::stack::programs::{DIVIDED, Program};
use crate::technique::Refused;

/// A program in Lua: what it computes is its result.
#[derive(Clone)]
pub struct Script {
    /// What it is called in tables.
    pub name: String,
    /// Its text, which gets `arguments` as `...`.
    pub text: String,
    /// Its arguments.
    pub arguments: Vec<i64>,
}

/// Steps of programs that are to come to their end: exact also in doubles.
pub const STEPS: i64 = 1 << 53;

fn by_hand(text: &str, arguments: &[i64]) -> Script {
    Script {
        name: "Lua by hand".to_string(),
        text: text.to_string(),
        arguments: arguments.to_vec(),
    }
}

/// The sum, by hand and translated.
pub fn of_expression(program: &tree::Program) -> Vec<Script> {
    let text = expression::translate::lua(program);
    let arguments = program.arguments.to_vec();
    vec![
        by_hand(include_str!("../../programs/sum.lua"), &arguments),
        Script { name: "translated to Lua".to_string(), text, arguments },
    ]
}

/// A program of the stack machine, translated.
///
/// # Errors
/// The verifier refuses it.
pub fn translated(program: &Program, steps: i64) -> Result<Script, Refused> {
    let text = stack::translate::lua(program)?;
    Ok(Script { name: "translated to Lua".to_string(), text, arguments: vec![steps] })
}

/// The primes, by hand and translated.
///
/// # Errors
/// None: the program is right.
pub fn of_primes(program: &Program) -> Result<Vec<Script>, Refused> {
    let text = include_str!("../../programs/primes.lua");
    Ok(vec![by_hand(text, &[program.n.into()]), translated(program, STEPS)?])
}

/// The remainders, by hand and translated.
///
/// # Errors
/// None: the program is right.
pub fn of_remainders(program: &Program) -> Result<Vec<Script>, Refused> {
    let text = include_str!("../../programs/remainders.lua");
    let arguments = [program.n.into(), DIVIDED.into()];
    Ok(vec![by_hand(text, &arguments), translated(program, STEPS)?])
}

/// A program of the stack machine in interpreters that are in Lua.
pub fn interpreted(program: &Program, limit: i64) -> Vec<Script> {
    let interpreters = [
        ("switched, in Lua", include_str!("../../programs/switched.lua")),
        ("subroutines, in Lua", include_str!("../../programs/subroutined.lua")),
        ("closure continuations, in Lua", include_str!("../../programs/continuations.lua")),
    ];
    let last = program.words.iter().rposition(|&word| word != 0).unwrap_or(0);
    let words: Vec<String> =
        program.words[..=last].iter().map(|&word| (word as i32).to_string()).collect();
    let head = format!("local words, limit = {{{}}}, {limit}\n", words.join(", "));
    let script = |&(name, text): &(&str, &str)| Script {
        name: name.to_string(),
        text: format!("{head}{text}"),
        arguments: Vec::new(),
    };
    interpreters.iter().map(script).collect()
}
