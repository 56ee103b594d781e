//! What is measured: the groups and their rows.

use crate::expression::tree;
use crate::measure::{Group, Make, Row};
use crate::script::process::Shared;
use crate::script::{self, Script, library, process};
use crate::stack::programs::{Program, primes, remainders};
use crate::technique::{Refused, Technique};
use crate::{expression, stack};
use luka::Jit;
use std::rc::Rc;

/// How much work the groups do.
pub struct Sizes {
    /// Times around the loop of the expression machine.
    pub sum: i64,
    /// The bound of the primes.
    pub primes: u32,
    /// The bound of the remainders.
    pub remainders: u32,
    /// The bound of the primes where a script interprets.
    pub scripted: u32,
}

impl Sizes {
    /// For times: a run takes between a tenth of a millisecond and ten.
    pub const TIMES: Sizes =
        Sizes { sum: 100_000, primes: 2000, remainders: 100_000, scripted: 400 };
    /// For counts of instructions, which are a hundred times slower, and exact.
    pub const COUNTS: Sizes = Sizes { sum: 20_000, primes: 400, remainders: 10_000, scripted: 150 };
}

/// All groups, with rows in these processes.
///
/// # Errors
/// None: the programs are right.
pub fn groups(sizes: &Sizes, servers: &[Shared]) -> Result<Vec<Group>, Refused> {
    let sum = tree::Program::sum(sizes.sum)?;
    let (found, left) = (primes(sizes.primes)?, remainders(sizes.remainders)?);
    let small = primes(sizes.scripted)?;
    let mut scripts = script::interpreted(&small, script::STEPS);
    scripts.push(script::translated(&small, script::STEPS)?);
    Ok(vec![
        group(
            "sum",
            format!("Expression machine: {} times around a loop", sizes.sum),
            ("iteration", sizes.sum as u64),
            sizes.sum * 13,
            with_scripts(
                techniques(expression::techniques(), &sum),
                script::of_expression(&sum),
                servers,
            ),
        ),
        stack_group(
            "primes",
            format!("Stack machine: primes below {}", sizes.primes),
            &found,
            with_scripts(
                techniques(stack::techniques(), &found),
                script::of_primes(&found)?,
                servers,
            ),
        ),
        stack_group(
            "remainders",
            format!(
                "Stack machine: remainders below {}, a branch that no predictor guesses",
                sizes.remainders
            ),
            &left,
            with_scripts(
                techniques(stack::techniques(), &left),
                script::of_remainders(&left)?,
                servers,
            ),
        ),
        stack_group(
            "scripted",
            format!(
                "Interpreters of the stack machine written in Lua: primes below {}",
                sizes.scripted
            ),
            &small,
            with_scripts(Vec::new(), scripts, servers),
        ),
    ])
}

fn group(
    key: &'static str,
    title: String,
    unit: (&'static str, u64),
    result: i64,
    rows: Vec<Row>,
) -> Group {
    Group { key, title, unit, result, rows }
}

fn stack_group(key: &'static str, title: String, program: &Program, rows: Vec<Row>) -> Group {
    let unit = ("step", stack::steps(program));
    group(key, title, unit, (program.native)(program.n), rows)
}

fn techniques<P: Clone + 'static>(all: Vec<Technique<P>>, program: &P) -> Vec<Row> {
    let row = |technique: Technique<P>| {
        let program = program.clone();
        let make = technique.make;
        Row {
            name: technique.name.to_string(),
            guard: technique.guard.name(),
            source: Some((technique.lines(), technique.has_unsafe())),
            make: Make::Here(Box::new(move || {
                make(&program).map_err(|refused| refused.to_string())
            })),
        }
    };
    all.into_iter().map(row).collect()
}

/// Adds rows for scripts: in the library, and in each of the processes.
fn with_scripts(mut rows: Vec<Row>, scripts: Vec<Script>, servers: &[Shared]) -> Vec<Row> {
    for script in scripts {
        let script = Rc::new(script);
        for (host, jit) in [("library luka", Jit::Off), ("library luka, native code", Jit::On)] {
            let copy = Rc::clone(&script);
            rows.push(Row {
                name: format!("{}: {host}", script.name),
                guard: "checked",
                source: None,
                make: Make::Here(Box::new(move || {
                    library::make(&copy, jit).map_err(|refused| refused.to_string())
                })),
            });
        }
        for server in servers {
            let (copy, server) = (Rc::clone(&script), Rc::clone(server));
            let key = format!("program{}", rows.len());
            let host = server.borrow().name;
            rows.push(Row {
                name: format!("{}: {host}", script.name),
                guard: "no limit",
                source: None,
                make: Make::There(Box::new(move || process::make(&server, key.clone(), &copy))),
            });
        }
    }
    rows
}
