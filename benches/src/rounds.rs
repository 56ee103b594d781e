//! Runs a program on every competitor: once to compare the outputs, then in rounds that are timed.

use crate::competitor::{Competitor, Language};
use crate::instructions;
use crate::measure;
use crate::options::Options;
use crate::programs::Program;

/// The measurements of one program, by competitor.
pub struct Row {
    pub name: String,
    /// Seconds, round by round; empty if the competitor does not run the program.
    pub seconds: Vec<Vec<f64>>,
    /// Kilobytes; 0 as above.
    pub peak_kb: Vec<i64>,
    /// Instructions executed, where they were counted.
    pub instructions: Vec<Option<u64>>,
    /// Competitors whose output is not the reference's; they are not timed.
    pub differs: Vec<String>,
}

impl Row {
    fn new(name: &str, competitors: usize) -> Row {
        Row {
            name: name.to_string(),
            seconds: vec![Vec::new(); competitors],
            peak_kb: vec![0; competitors],
            instructions: vec![None; competitors],
            differs: Vec::new(),
        }
    }

    fn note(&mut self, competitor: usize, run: &measure::Run, times: usize) {
        self.seconds[competitor].push(run.seconds / times as f64);
        self.peak_kb[competitor] = self.peak_kb[competitor].max(run.peak_kb);
    }
}

/// The competitor the others' outputs, memory and instructions are compared with: lua5.4, or what
/// comes first after luka.
pub fn reference(competitors: &[Competitor]) -> usize {
    competitors.iter().position(|c| c.name == "lua5.4").unwrap_or(1.min(competitors.len() - 1))
}

/// Measures a program.
///
/// # Errors
/// A competitor cannot be started.
pub fn program(
    competitors: &[Competitor],
    program: &Program,
    options: &Options,
) -> Result<Row, String> {
    let mut row = Row::new(&program.name, competitors.len());
    let mut commands = Vec::new();
    for competitor in competitors {
        commands.push(competitor.command(program)?);
    }
    compare(competitors, &mut commands, &mut row)?;
    for _ in 0..options.rounds {
        for (i, command) in commands.iter().enumerate() {
            if let Some(command) = command {
                row.note(i, &measure::run(command)?, 1);
            }
        }
    }
    if options.instructions {
        let reference = reference(competitors);
        for (i, competitor) in competitors.iter().enumerate() {
            if let Some(command) = &commands[i]
                && (i == reference || competitor.name == "luka" || competitor.name == "versus")
            {
                row.instructions[i] = instructions::count(command)?;
            }
        }
    }
    Ok(row)
}

/// Runs each once; who prints something else than the reference does not take part.
fn compare(
    competitors: &[Competitor],
    commands: &mut [Option<Vec<String>>],
    row: &mut Row,
) -> Result<(), String> {
    let reference = reference(competitors);
    let expected = match &commands[reference] {
        Some(command) => measure::run(command)?,
        None => return Ok(()),
    };
    for (i, command) in commands.iter_mut().enumerate() {
        let Some(words) = command else { continue };
        let run = measure::run(words)?;
        if run.success && run.stdout == expected.stdout {
            continue;
        }
        *command = None;
        // A dialect may lack what the program needs.
        if run.success || competitors[i].language != Language::LikeLua {
            row.differs.push(competitors[i].name.clone());
        }
    }
    Ok(())
}

/// An empty program, often; beside it, as the last column, a program that does nothing at all.
///
/// # Errors
/// As [`program`].
pub fn start(competitors: &[Competitor], rounds: usize) -> Result<Row, String> {
    const TIMES: usize = 50;
    let mut commands: Vec<_> = competitors.iter().map(Competitor::empty).collect();
    commands.push(Some(vec!["/bin/true".to_string()]));
    let mut row = Row::new("start-up", commands.len());
    for _ in 0..rounds {
        for (i, command) in commands.iter().enumerate() {
            if let Some(command) = command {
                row.note(i, &measure::run_many(command, TIMES)?, TIMES);
            }
        }
    }
    Ok(row)
}
