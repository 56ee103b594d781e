//! `--front PATH…`: the front end on a corpus of Lua files, stage by stage, compared with `lua5.4`.
//!
//! Each figure is processor time of a process of its own, medians of the rounds: the stages are
//! this program run as a child ([`CHILD`]) on a list of files; `lua5.4` and `luka` load the same
//! list with `loadfile`. Only files that both accept count.

use std::fmt::Write;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use luka_compiler::Options as Language;
use luka_compiler::compile::compile;
use luka_compiler::lex::lex;
use luka_compiler::parse::parse;
use luka_compiler::source::{Source, SourceKind};

use crate::measure;
use crate::options::Options;
use crate::stats::median;

/// The first argument that makes this program run a stage: `CHILD STAGE LIST`.
pub const CHILD: &str = "--front-stage";

/// How many of the largest files are measured for memory.
const LARGEST: usize = 10;

/// Loads every file of a list.
const LOAD_LIST: &str = "for f in io.lines(LIST) do assert(loadfile(f)) end";
/// Loads many chunks of a few bytes.
const LOAD_TINY: &str = "for i = 1, 200000 do assert(load('return ' .. i % 100)) end";

/// How far a child goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Read,
    Lex,
    Parse,
    Compile,
}

impl Stage {
    const ALL: [(Stage, &str); 4] = [
        (Stage::Read, "read"),
        (Stage::Lex, "lex"),
        (Stage::Parse, "parse"),
        (Stage::Compile, "compile"),
    ];

    fn named(name: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|(_, n)| *n == name).map(|(stage, _)| stage)
    }

    fn name(self) -> &'static str {
        Stage::ALL.into_iter().find(|(stage, _)| *stage == self).map_or("", |(_, name)| name)
    }
}

/// The child's part.
pub fn child(args: &[String]) -> ExitCode {
    let [stage, list] = args else { return ExitCode::from(2) };
    let (Some(stage), Ok(list)) = (Stage::named(stage), std::fs::read_to_string(list)) else {
        return ExitCode::from(2);
    };
    for file in list.lines() {
        let Some(source) = read(Path::new(file)) else { return ExitCode::FAILURE };
        match stage {
            Stage::Read => drop(black_box(&source)),
            Stage::Lex => drop(black_box(lex(&source, luka_compiler::Std::Luka))),
            Stage::Parse => drop(black_box(parse(&source, &Language::default()))),
            Stage::Compile => drop(black_box(compile(&source, &Language::default()))),
        }
    }
    ExitCode::SUCCESS
}

fn read(file: &Path) -> Option<Source<'static>> {
    let bytes = std::fs::read(file).ok()?;
    Some(Source::new("=file", bytes, SourceKind::File))
}

/// Measures and renders the table.
///
/// # Errors
/// What kept a program from being started, in words.
pub fn run(luka: &str, options: &Options) -> Result<String, String> {
    let files = corpus(&options.front);
    if files.is_empty() {
        return Err("no Lua files there".to_string());
    }
    let bytes: u64 = files.iter().map(|(_, size)| size).sum();
    let list = std::env::temp_dir().join(format!("luka-front-{}.txt", std::process::id()));
    let table = measure_all(luka, options, &files, bytes, &list);
    let _ = std::fs::remove_file(&list);
    table
}

fn measure_all(
    luka: &str,
    options: &Options,
    files: &[(PathBuf, u64)],
    bytes: u64,
    list: &Path,
) -> Result<String, String> {
    write_list(list, files)?;
    let load = LOAD_LIST.replace("LIST", &format!("{:?}", list.display().to_string()));
    let rows = [
        ("lex", stage_command(Stage::Lex, list)?, script("lua5.4", &load)),
        ("lex + parse", stage_command(Stage::Parse, list)?, script("lua5.4", &load)),
        (
            "source to verified module",
            stage_command(Stage::Compile, list)?,
            script("lua5.4", &load),
        ),
        ("`loadfile` in the machine", script(luka, &load), script("lua5.4", &load)),
        ("`load` of 200,000 tiny chunks", script(luka, LOAD_TINY), script("lua5.4", LOAD_TINY)),
    ];
    let mut text = String::from("| front end | luka, ms | MB/s | ÷ lua5.4 |\n|---|---:|---:|---:|");
    for (name, mine, theirs) in &rows {
        let (mut seconds, mut ratios) = (Vec::new(), Vec::new());
        for _ in 0..options.rounds {
            let (mine, theirs) = (checked(mine)?, checked(theirs)?);
            seconds.push(mine.seconds);
            ratios.push(mine.seconds / theirs.seconds.max(1e-9));
        }
        let (seconds, ratio) = (median(&seconds).unwrap_or(0.0), median(&ratios).unwrap_or(0.0));
        let speed = match name.contains("tiny") {
            true => "–".to_string(),
            false => format!("{:.0}", bytes as f64 / 1e6 / seconds),
        };
        _ = write!(text, "\n| {name} | {:.0} | {speed} | {ratio:.2} |", seconds * 1e3);
    }
    let mut peaks = memory(files, list)?;
    peaks.sort_by(f64::total_cmp);
    let (middle, most) = (median(&peaks).unwrap_or(0.0), peaks.last().copied().unwrap_or(0.0));
    _ = write!(
        text,
        "\n\n{} files, {:.1} MB; lua5.4 parses and generates code in one pass, so its time stands \
         for each stage. Peak memory of the front end, source and module included, on the {} \
         largest files: {middle:.1} times the source, at most {most:.1} times.",
        files.len(),
        bytes as f64 / 1e6,
        peaks.len(),
    );
    Ok(text)
}

/// Peak memory over size of the largest files. What the same child takes for a file of middling
/// size is left out: most of that is the program's own code.
fn memory(files: &[(PathBuf, u64)], list: &Path) -> Result<Vec<f64>, String> {
    let mut largest: Vec<_> = files.to_vec();
    largest.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    write_list(list, &largest[largest.len() / 2..][..1])?;
    largest.truncate(LARGEST);
    let idle = checked(&stage_command(Stage::Compile, list)?)?.peak_kb;
    let mut peaks = Vec::new();
    for file in largest {
        let size = file.1 as f64;
        write_list(list, &[file])?;
        let peak = checked(&stage_command(Stage::Compile, list)?)?.peak_kb;
        peaks.push((peak - idle) as f64 * 1024.0 / size);
    }
    Ok(peaks)
}

fn checked(command: &[String]) -> Result<measure::Run, String> {
    let run = measure::run(command)?;
    if run.success { Ok(run) } else { Err(format!("{command:?} failed")) }
}

fn script(program: &str, text: &str) -> Vec<String> {
    vec![program.to_string(), "-e".to_string(), text.to_string()]
}

fn stage_command(stage: Stage, list: &Path) -> Result<Vec<String>, String> {
    let me = std::env::current_exe().map_err(|e| e.to_string())?;
    let (me, list) = (me.display().to_string(), list.display().to_string());
    Ok(vec![me, CHILD.to_string(), stage.name().to_string(), list])
}

fn write_list(list: &Path, files: &[(PathBuf, u64)]) -> Result<(), String> {
    let lines: String = files.iter().map(|(file, _)| format!("{}\n", file.display())).collect();
    std::fs::write(list, lines).map_err(|e| format!("{}: {e}", list.display()))
}

/// The Lua files under some paths that luka and `lua5.4` accept, with their sizes, by name.
fn corpus(paths: &[String]) -> Vec<(PathBuf, u64)> {
    let mut found = Vec::new();
    let mut pending: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    while let Some(path) = pending.pop() {
        if let Ok(entries) = std::fs::read_dir(&path) {
            pending.extend(entries.flatten().map(|entry| entry.path()));
        } else if path.extension().is_some_and(|e| e == "lua")
            && let Some(source) = read(&path)
            && compile(&source, &Language::default()).is_ok()
            && lua_accepts(&path)
        {
            found.push((path, source.bytes().len() as u64));
        }
    }
    found.sort();
    found
}

fn lua_accepts(file: &Path) -> bool {
    let load = format!("assert(loadfile({:?}))", file.display().to_string());
    measure::run(&script("lua5.4", &load)).is_ok_and(|run| run.success)
}
