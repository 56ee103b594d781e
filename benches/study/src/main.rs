//! `luka-study [--rounds N] [--count] [--write] [--json FILE] [GROUP...]` measures all techniques and prints
//! a table for each group. Build it with `--release`: without optimization, tail calls are calls.

use luka_study::groups::{Sizes, groups};
use luka_study::measure::{Measured, measure, run_only};
use luka_study::report::{Results, chart, json, table};
use luka_study::{count, script};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: luka-study [--rounds N] [--count] [--write] [--json FILE] [GROUP...]
  --rounds N   rounds in which each row runs once (61)
  --count      count instructions with valgrind, too; takes minutes
  --write      put the tables into docs/study.md, the chart and the numbers beside it
  --json FILE  write the numbers there
  GROUP        sum, primes, remainders, scripted; all, if none is named";

struct Options {
    rounds: usize,
    count: bool,
    write: bool,
    json: Option<String>,
    groups: Vec<String>,
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options =
        Options { rounds: 61, count: false, write: false, json: None, groups: Vec::new() };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--rounds" => {
                let rounds = value()?;
                let parsed = rounds.parse().ok().filter(|&n: &usize| n > 0);
                options.rounds = parsed.ok_or_else(|| format!("{rounds} rounds cannot be run"))?;
            }
            "--count" => options.count = true,
            "--write" => options.write = true,
            "--json" => options.json = Some(value()?),
            option if option.starts_with('-') => return Err(USAGE.to_string()),
            group => options.groups.push(group.to_string()),
        }
    }
    Ok(options)
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).peekable();
    let done = if arguments.next_if(|first| first == count::ONLY).is_some() {
        only(&arguments.collect::<Vec<_>>())
    } else {
        options(arguments).and_then(|options| study(&options))
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Runs one row, for [`count`].
fn only(arguments: &[String]) -> Result<(), String> {
    let [key, row, times] = arguments else { return Err(USAGE.to_string()) };
    let all = groups(&Sizes::COUNTS, &[]).map_err(|refused| refused.to_string())?;
    let group = all.iter().find(|group| group.key == key);
    let row = row.parse().ok().and_then(|row: usize| group?.rows.get(row));
    let times = times.parse().map_err(|_| USAGE.to_string())?;
    run_only(row.ok_or_else(|| USAGE.to_string())?, times)
}

fn study(options: &Options) -> Result<(), String> {
    let (servers, missing) = script::process::installed()?;
    for name in missing {
        println!("SKIPPED: {name} is not installed: it has no rows");
    }
    let all = groups(&Sizes::TIMES, &servers).map_err(|refused| refused.to_string())?;
    if let Some(unknown) = options.groups.iter().find(|name| all.iter().all(|g| g.key != *name)) {
        return Err(format!("no group is called {unknown}"));
    }
    let chosen = |key: &str| options.groups.is_empty() || options.groups.iter().any(|g| g == key);
    let mut results = Vec::new();
    for group in all.into_iter().filter(|group| chosen(group.key)) {
        let measured = measure(&group, options.rounds)?;
        results.push(Results { group, measured });
    }
    if options.count {
        count_all(&mut results)?;
    }
    let tables = table::markdown(&results);
    print!("{tables}");
    let numbers = json::json(&results, options.rounds, &processor());
    if let Some(path) = &options.json {
        write(Path::new(path), &format!("{numbers:#}\n"))?;
    }
    if options.write {
        let repo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        write(&repo.join("docs/study.svg"), &chart::svg(&results))?;
        write(&repo.join("benches/study/results.json"), &format!("{numbers:#}\n"))?;
        let page = repo.join("docs/study.md");
        let old = std::fs::read_to_string(&page).map_err(|e| format!("{}: {e}", page.display()))?;
        write(&page, &with_tables(&old, &tables).ok_or("docs/study.md has no place for tables")?)?;
    }
    Ok(())
}

/// Adds counts of instructions, which are those of smaller programs, to the rows of this process: these come
/// first in each group, in the same order, when there are no processes.
fn count_all(results: &mut [Results]) -> Result<(), String> {
    if !count::is_possible() {
        println!("SKIPPED: valgrind is not installed: instructions are not counted");
        return Ok(());
    }
    let small = groups(&Sizes::COUNTS, &[]).map_err(|refused| refused.to_string())?;
    for results in results {
        let Some(group) = small.iter().find(|group| group.key == results.group.key) else {
            continue;
        };
        for (row, n) in group.rows.iter().zip(count::count(group)?) {
            let same = results.group.rows.iter().zip(&mut results.measured);
            let mut same =
                same.filter(|(other, _)| other.name == row.name && other.guard == row.guard);
            if let Some((_, measured)) = same.next() {
                *measured = Measured { instructions: n, ..measured.clone() };
            }
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// The page with other tables between its marks.
fn with_tables(page: &str, tables: &str) -> Option<String> {
    const START: &str = "<!-- tables -->\n";
    const END: &str = "<!-- end of tables -->";
    let (head, rest) = page.split_once(START)?;
    let (_, tail) = rest.split_once(END)?;
    Some(format!("{head}{START}{tables}{END}{tail}"))
}

/// The name of the processor, where the system says it.
fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    line.map_or_else(|| "unknown".to_string(), |(_, name)| name.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let read = |list: &[&str]| options(list.iter().map(|s| s.to_string()));
        let full = read(&["--rounds", "7", "--count", "primes", "--json", "x"]).ok().unwrap();
        assert_eq!((full.rounds, full.count, full.write), (7, true, false));
        assert_eq!((full.groups, full.json), (vec!["primes".to_string()], Some("x".to_string())));
        for wrong in [&["--rounds"][..], &["--rounds", "0"], &["--rounds", "x"], &["--what"]] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn tables_are_replaced() {
        let page = "a\n<!-- tables -->\nold\n<!-- end of tables -->\nb\n";
        let new = with_tables(page, "new\n").unwrap();
        assert_eq!(new, page.replace("old", "new"));
        assert_eq!(with_tables("a", "new"), None);
    }
}
