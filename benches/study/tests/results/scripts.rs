//! The programs in Lua: by the library, and in what else is installed.

use crate::twins::{program_of, twins};
use luka::Jit;
use luka_study::expression::tree;
use luka_study::groups::{Sizes, groups};
use luka_study::measure::{Make, measure};
use luka_study::report::{Results, chart, json, table};
use luka_study::script::{self, Script, library, process};
use luka_study::stack::programs::{primes, remainders};
use luka_study::technique::Stop;

const FUEL: u64 = 10_000_000;

fn run(script: &Script, jit: Jit, fuel: u64) -> Result<i64, Stop> {
    let mut run = library::make(script, jit).unwrap();
    let first = run(fuel);
    assert_eq!(first, run(fuel), "{}: the second run is another", script.name);
    first
}

/// All scripts that compute something, with what they compute.
fn all() -> Vec<(Script, i64)> {
    let (sum, small) = (tree::Program::sum(100).unwrap(), primes(30).unwrap());
    let left = remainders(300).unwrap();
    let mut all = Vec::new();
    let mut add =
        |scripts: Vec<Script>, result| all.extend(scripts.into_iter().map(|s| (s, result)));
    add(script::of_expression(&sum), 1300);
    add(script::of_primes(&small).unwrap(), 129);
    add(script::interpreted(&small, script::STEPS), 129);
    add(script::of_remainders(&left).unwrap(), (left.native)(300));
    add(script::interpreted(&left, script::STEPS), (left.native)(300));
    all
}

#[test]
fn scripts_give_their_results() {
    for (script, result) in all() {
        for jit in [Jit::Off, Jit::Always] {
            assert_eq!(run(&script, jit, FUEL), Ok(result), "{} {jit:?}", script.name);
        }
    }
}

#[test]
fn scripts_that_do_not_end_are_stopped() {
    let endless = program_of("push 1 again: inc push 0 jz again halt");
    let mut scripts = script::interpreted(&endless, 1000);
    scripts.push(script::translated(&endless, 1000).unwrap());
    for script in scripts {
        // By the limit that it was made with, and by fuel.
        assert_eq!(run(&script, Jit::Off, FUEL), Err(Stop::Steps), "{}", script.name);
        assert_eq!(run(&script, Jit::Off, 500), Err(Stop::Steps), "{}", script.name);
    }
    let text = "while true do end".to_string();
    let script = Script { name: "endless".to_string(), text, arguments: Vec::new() };
    assert_eq!(run(&script, Jit::Always, FUEL), Err(Stop::Steps));
}

#[test]
fn interpreters_in_lua_stop_hostile_programs() {
    for (twin, program, why) in twins() {
        for script in script::interpreted(&program, 5000) {
            assert_eq!(run(&script, Jit::Off, FUEL), Err(why), "{twin}: {}", script.name);
        }
    }
    let zero = program_of("push 0 push 1 mod halt");
    let mut scripts = script::interpreted(&zero, 5000);
    scripts.push(script::translated(&zero, 5000).unwrap());
    for script in scripts {
        assert_eq!(run(&script, Jit::Off, FUEL), Err(Stop::Division), "{}", script.name);
    }
}

#[test]
fn what_is_installed_agrees() {
    let (servers, missing) = process::installed().unwrap();
    println!("not installed: {missing:?}");
    for server in servers {
        for (i, (script, result)) in all().into_iter().enumerate() {
            let mut run = process::make(&server, format!("p{i}"), &script).unwrap();
            assert_eq!(run().map(|(got, _)| got), Ok(result), "{}", script.name);
        }
        let name = server.borrow().name;
        let text = "error 'no'".to_string();
        let wrong = Script { name: "wrong".to_string(), text, arguments: Vec::new() };
        let mut run = process::make(&server, "wrong".to_string(), &wrong).unwrap();
        assert!(run().is_err_and(|said| said.contains(name)), "{name}");
    }
}

/// Smaller than those for counts, so that interpreters that are not optimized take no time.
const SMALL: Sizes = Sizes { sum: 50, primes: 20, remainders: 50, scripted: 10 };

#[test]
fn reports_have_every_row() {
    let mut results = Vec::new();
    for group in groups(&SMALL, &[]).unwrap() {
        let measured = measure(&group, 2).unwrap();
        results.push(Results { group, measured });
    }
    let (tables, svg) = (table::markdown(&results), chart::svg(&results));
    let numbers = json::json(&results, 2, "a processor");
    let rows: usize = results.iter().map(|r| r.group.rows.len()).sum();
    assert!(rows > 40, "{rows}");
    assert_eq!(svg.matches("r=\"4\" fill").count(), rows + 5, "rows and the legend");
    assert_eq!(
        tables.lines().filter(|l| l.starts_with("| ") && !l.contains("technique")).count(),
        rows
    );
    let listed = numbers["groups"].as_array().unwrap();
    assert_eq!(listed.iter().map(|g| g["rows"].as_array().unwrap().len()).sum::<usize>(), rows);
    assert!(listed.iter().all(|g| g["rows"][0]["least"].as_f64().unwrap() > 0.0));
}

#[test]
fn a_row_with_another_result_fails() {
    let mut group = groups(&SMALL, &[]).unwrap().remove(0);
    let name = group.rows[3].name.clone();
    group.rows[3].make = Make::Here(Box::new(|| Ok(Box::new(|_| Ok(7)))));
    let said = measure(&group, 1).unwrap_err();
    assert!(said.contains(&name) && said.contains("7, not 650"), "{said}");
    group.rows[3].make = Make::Here(Box::new(|| Ok(Box::new(|_| Err(Stop::Steps)))));
    assert!(measure(&group, 1).unwrap_err().contains("stopped"));
}
