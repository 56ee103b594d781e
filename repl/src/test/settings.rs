//! What a run of tests is asked for: the command line, then `[test]` in `luka.toml`, then `.busted`.

use std::time::Duration;

use super::busted::Busted;
use super::coverage::Format;
use super::find::Names;
use super::job;
use super::report::Output;
use super::select::Selection;
use crate::cli::{Arguments, CliError, Console};
use crate::project::{self, TestSettings};

/// Fuel for a test where nothing says how much.
const FUEL: u64 = 2_000_000_000;

/// How long nothing may be heard of a worker.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Where specs find the modules of their project.
const LPATH: &str =
    "./src/?.lua;./src/?/?.lua;./src/?/init.lua;./?.luka;./src/?.luka;./src/?/init.luka";

/// What a run is asked for.
pub struct Settings {
    /// Files, folders and `FILE:LINE`.
    pub words: Vec<String>,
    pub names: Names,
    pub selection: Selection,
    pub workers: usize,
    pub fuel: u64,
    pub timeout: Duration,
    pub repeat: usize,
    /// The part of the files that runs, from 0, and how many parts there are.
    pub shard: (usize, usize),
    pub outputs: Vec<Output>,
    pub verbose: bool,
    pub show_output: bool,
    pub coverage: Vec<Format>,
    pub coverage_min: Option<f64>,
    /// Files and folders whose coverage is measured; empty: all but tests.
    pub sources: Vec<String>,
    pub fails_fast: bool,
    pub lists: bool,
    pub doc: bool,
    pub only_failed: bool,
    pub isolates: bool,
    /// For each file, with its path still to be set.
    pub file: job::Settings,
}

/// A number of an option.
fn number<T: std::str::FromStr>(
    args: &Arguments,
    name: &str,
    what: &str,
) -> Result<Option<T>, CliError> {
    let Some(value) = args.value(name) else { return Ok(None) };
    let text = String::from_utf8_lossy(value);
    if text.is_empty() {
        return Ok(None);
    }
    let bad = |_| CliError::Usage(format!("{name} takes {what}, not '{text}'"));
    text.parse().map(Some).map_err(bad)
}

/// The values of an option that may be repeated, each a list with commas.
fn words(args: &Arguments, name: &str) -> Vec<String> {
    let values = args.flags.iter().filter(|(flag, _)| flag == name);
    let values = values.filter_map(|(_, value)| value.as_deref());
    let words = values.flat_map(|value| value.split(|&b| b == b','));
    words.map(|word| String::from_utf8_lossy(word).into_owned()).filter(|w| !w.is_empty()).collect()
}

/// All values of an option, as they are.
fn texts(args: &Arguments, name: &str) -> Vec<String> {
    let values = args.flags.iter().filter(|(flag, _)| flag == name);
    let values = values.filter_map(|(_, value)| value.as_deref());
    values.map(|value| String::from_utf8_lossy(value).into_owned()).collect()
}

fn text(args: &Arguments, name: &str) -> Option<String> {
    args.value(name).map(|value| String::from_utf8_lossy(value).into_owned())
}

fn first<T>(lists: [Vec<T>; 3]) -> Vec<T> {
    lists.into_iter().find(|list| !list.is_empty()).unwrap_or_default()
}

/// `K/N`: the part, from 0, and how many there are.
fn shard(args: &Arguments) -> Result<(usize, usize), CliError> {
    let Some(text) = text(args, "--shard") else { return Ok((0, 1)) };
    let parts: Option<(usize, usize)> =
        text.split_once('/').and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
    match parts {
        Some((k, n)) if 1 <= k && k <= n => Ok((k - 1, n)),
        _ => Err(CliError::Usage(format!("--shard takes a part of all, as 1/4, not '{text}'"))),
    }
}

impl Settings {
    /// Reads the command line and the files of the project.
    ///
    /// # Errors
    /// An option has a bad value; a file of the project is wrong.
    pub fn read(args: &Arguments, console: &Console) -> Result<Settings, CliError> {
        let TestSettings { paths, sources, helper, lpath, fuel, coverage_min, seed } =
            project::load(console)?.test;
        let busted = Busted::read(text(args, "--run").as_deref())?;
        let named = args.files.iter().map(|file| String::from_utf8_lossy(file).into_owned());
        let selection = Selection {
            text: text(args, "-k"),
            tags: first([words(args, "--tags"), busted.list("tags"), Vec::new()]),
            excluded_tags: first([
                words(args, "--exclude-tags"),
                busted.list("exclude-tags"),
                Vec::new(),
            ]),
            ..Selection::default()
        };
        let shuffle = args.has("--shuffle") || busted.has("shuffle") || busted.has("shuffle-tests");
        let shuffle_seed: Option<i64> = number(args, "--shuffle", "a number")?;
        let own_seed: Option<i64> = number(args, "--seed", "a number")?;
        let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
        let timeout: Option<f64> = number(args, "--timeout", "a number of seconds")?;
        let update = args.has("--update");
        let mut outputs = Vec::new();
        for word in words(args, "--report") {
            outputs.push(Output::parse(&word).map_err(CliError::Usage)?);
        }
        if !outputs.iter().any(Output::is_on_terminal) {
            outputs.insert(0, Output::human());
        }
        let filter = first([texts(args, "--filter"), busted.list("filter"), Vec::new()]);
        let filter_out =
            first([texts(args, "--filter-out"), busted.list("filter-out"), Vec::new()]);
        let lpath = text(args, "--lpath").or(lpath).or(busted.text("lpath"));
        let file = job::Settings {
            path: String::new(),
            program: std::env::current_exe()
                .map(|path| path.to_string_lossy().into_owned())
                .unwrap_or_default(),
            spec: false,
            lpath: lpath.unwrap_or_else(|| LPATH.into()),
            helper: text(args, "--helper").or(helper).or(busted.text("helper")),
            seed: own_seed.or(shuffle_seed).or(seed).or(busted.number("seed")).unwrap_or(0),
            shuffle,
            sort: args.has("--sort") || busted.has("sort") || busted.has("sort-tests"),
            lazy: busted.has("lazy"),
            update,
            all: selection.is_all() && filter.is_empty() && filter_out.is_empty(),
            filter,
            filter_out,
        };
        Ok(Settings {
            words: match args.has("--doc") {
                true => named.collect(),
                false => first([named.collect(), paths, busted.list("ROOT")]),
            },
            names: Names {
                patterns: first([words(args, "--pattern"), busted.list("pattern"), Vec::new()]),
                excluded: first([
                    words(args, "--exclude-pattern"),
                    busted.list("exclude-pattern"),
                    Vec::new(),
                ]),
            },
            selection,
            workers: number(args, "-j", "a number of processes")?.unwrap_or(cores).max(1),
            fuel: number(args, "--fuel", "a number of units")?.or(fuel).unwrap_or(FUEL).max(1),
            timeout: timeout
                .filter(|s| *s > 0.0 && *s < 1e9)
                .map_or(TIMEOUT, Duration::from_secs_f64),
            repeat: number(args, "--repeat", "a number of times")?.unwrap_or(1),
            shard: shard(args)?,
            outputs,
            verbose: args.has("--verbose"),
            show_output: args.has("--show-output"),
            coverage: coverage(args)?,
            coverage_min: number(args, "--coverage-min", "a number of percent")?.or(coverage_min),
            sources,
            fails_fast: args.has("-x") || args.has("--no-keep-going"),
            lists: args.has("--list"),
            doc: args.has("--doc"),
            only_failed: args.has("--failed"),
            isolates: args.has("--isolate"),
            file,
        })
    }
}

/// The reports that `--coverage` asks for.
fn coverage(args: &Arguments) -> Result<Vec<Format>, CliError> {
    if !args.has("--coverage") && !args.has("--coverage-min") {
        return Ok(Vec::new());
    }
    let formats = words(args, "--coverage").into_iter().map(|word| match word.as_str() {
        "text" => Ok(Format::Text),
        "lcov" => Ok(Format::Lcov),
        "html" => Ok(Format::Html),
        "json" => Ok(Format::Json),
        _ => {
            Err(CliError::Usage(format!("--coverage takes text, lcov, html or json, not '{word}'")))
        }
    });
    let formats: Vec<Format> = formats.collect::<Result<_, _>>()?;
    Ok(if formats.is_empty() { vec![Format::Text] } else { formats })
}
