//! `luka bench`: what functions cost, in fuel, which is always the same, and in time.
//!
//! * `file` — a file of benchmarks in its machine, and the fuel of each
//! * `timing` — how long they take
//! * `baseline` — results that were saved; `report` — the table

mod baseline;
mod file;
mod report;
mod timing;

use std::path::Path;

use crate::cli::{Arguments, CliError, Console, Exit, Outcome};
use crate::cmd::files;
use baseline::{Cost, Costs};
use file::BenchFile;
use report::growth;

/// By how many percent the fuel of a benchmark may grow.
const FAIL_OVER: f64 = 2.0;

/// Seconds for the time of a benchmark.
const SECONDS: f64 = 0.5;

/// The verb.
pub fn main(args: &Arguments, console: &Console) -> Outcome {
    let number = |name: &str, usual: f64| match args.value(name) {
        None => Ok(usual),
        Some(text) => {
            let shown = String::from_utf8_lossy(text);
            let number = shown.trim_end_matches(['%', 's']).parse::<f64>().ok();
            number.filter(|n| n.is_finite() && *n >= 0.0).ok_or_else(|| {
                CliError::Usage(format!("{name}: bad value '{shown}': a number, 0 or more"))
            })
        }
    };
    let fail_over = number("--fail-over", FAIL_OVER)?;
    let seconds = number("--time", SECONDS)?;
    if args.has("--fail-over") && !args.has("--compare") {
        return Err(CliError::Usage("--fail-over needs --compare".into()));
    }
    let before = args.value("--compare").map(baseline::read).transpose()?;
    let jit = args.value("--jit") != Some(b"off");
    let text = args.value("-k").map(|text| String::from_utf8_lossy(text).into_owned());
    let mut exit = Exit::SUCCESS;
    let mut loaded = Vec::new();
    for path in paths(&args.files)? {
        match BenchFile::load(&path, args.std, jit) {
            Ok(file) => loaded.push(file),
            Err(file::Failed) => exit = Exit::FAILURE,
        }
    }
    let is_wanted = |name: &str| text.as_ref().is_none_or(|text| name.contains(text));
    let mut which = Vec::new();
    for (file, benches) in loaded.iter_mut().enumerate() {
        for number in 0..benches.benches.len() {
            if !is_wanted(&benches.benches[number].name) {
                continue;
            }
            match benches.count(number) {
                Ok(()) => which.push((file, number)),
                Err(file::Failed) => exit = Exit::FAILURE,
            }
        }
    }
    if which.is_empty() && exit == Exit::SUCCESS {
        return Err(CliError::Failed(
            "there are no benchmarks: files call `bench(name, f)` or have functions bench_*".into(),
        ));
    }
    let timings = match args.has("--no-time") {
        true => vec![None; which.len()],
        false => {
            let timings = timing::measure(&mut loaded, &which, seconds);
            if timings.iter().any(Option::is_none) {
                exit = Exit::FAILURE;
            }
            timings
        }
    };
    let mut costs = Costs::new();
    for (&(file, number), timing) in which.iter().zip(timings) {
        let bench = &loaded[file].benches[number];
        let rounded = |n: f64| (n * 10.0).round() / 10.0;
        let cost = Cost {
            fuel: bench.fuel,
            bytes: bench.bytes,
            ns: timing.map(|timing| rounded(timing.ns)),
            spread: timing.map(|timing| rounded(timing.spread)),
        };
        costs.entry(loaded[file].path.clone()).or_default().insert(bench.name.clone(), cost);
    }
    loaded.into_iter().for_each(BenchFile::close);
    let shown = match args.has("--json") {
        true => baseline::text(&costs),
        false => report::table(&costs, before.as_ref()),
    };
    console.print(shown.as_bytes())?;
    if let Some(name) = args.value("--save").filter(|_| exit == Exit::SUCCESS) {
        baseline::write(name, &costs, console)?;
    }
    if let Some(before) = before
        && !gate(&costs, &before, fail_over, console)
    {
        exit = Exit::FAILURE;
    }
    Ok(exit)
}

/// Whether no benchmark uses much more fuel than before; those that do are reported.
fn gate(costs: &Costs, before: &Costs, fail_over: f64, console: &Console) -> bool {
    let mut is_passed = true;
    for (file, benches) in costs {
        for (name, now) in benches {
            let Some(before) = before.get(file).and_then(|benches| benches.get(name)) else {
                continue;
            };
            let percent = growth(now, before);
            if percent > fail_over {
                is_passed = false;
                let (old, new) = (before.fuel, now.fuel);
                console.note(&format!(
                    "{file}: {name} uses {percent:.1} % more fuel ({new}, before {old}); \
                     {fail_over} % are allowed\n"
                ));
            }
        }
    }
    is_passed
}

/// The files that words name: files as they are, in folders those called `*_bench`.
fn paths(words: &[Vec<u8>]) -> Result<Vec<String>, CliError> {
    let here = [b".".to_vec()];
    let words = if words.is_empty() { &here[..] } else { words };
    let mut found = Vec::new();
    for word in words {
        let shown = String::from_utf8_lossy(word).into_owned();
        let is_folder = Path::new(&shown).is_dir();
        for path in files::sources(std::slice::from_ref(word)) {
            let path = String::from_utf8_lossy(&path).into_owned();
            let path = path.strip_prefix("./").unwrap_or(&path).to_string();
            let stem = path.rsplit_once('.').map_or(path.as_str(), |(stem, _)| stem);
            if (!is_folder || stem.ends_with("_bench")) && !found.contains(&path) {
                found.push(path);
            }
        }
    }
    if found.is_empty() {
        let words: Vec<_> = words.iter().map(|word| String::from_utf8_lossy(word)).collect();
        return Err(CliError::Failed(format!(
            "there are no files called *_bench.lua in {}",
            words.join(" ")
        )));
    }
    Ok(found)
}
