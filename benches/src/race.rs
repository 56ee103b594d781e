//! A program on every contender: first once, to compare what they print, then round by round.

use crate::contender::{Contender, Language};
use crate::instructions;
use crate::measure;
use crate::options::Options;
use crate::programs::Program;

/// The measurements of one program, by contender.
pub struct Row {
    pub name: String,
    /// Seconds, round by round; empty if the contender does not run the program.
    pub seconds: Vec<Vec<f64>>,
    /// Kilobytes; 0 as above.
    pub peak_kb: Vec<i64>,
    /// Instructions executed, where they were counted.
    pub instructions: Vec<Option<u64>>,
    /// Contenders whose output is not the reference's; they are not timed.
    pub differs: Vec<String>,
}

impl Row {
    fn new(name: &str, contenders: usize) -> Row {
        Row {
            name: name.to_string(),
            seconds: vec![Vec::new(); contenders],
            peak_kb: vec![0; contenders],
            instructions: vec![None; contenders],
            differs: Vec::new(),
        }
    }

    fn note(&mut self, contender: usize, run: &measure::Run, times: usize) {
        self.seconds[contender].push(run.seconds / times as f64);
        self.peak_kb[contender] = self.peak_kb[contender].max(run.peak_kb);
    }
}

/// The contender the others' outputs, memory and instructions are compared with: lua5.4, or what
/// comes first after luka.
pub fn reference(contenders: &[Contender]) -> usize {
    contenders.iter().position(|c| c.name == "lua5.4").unwrap_or(1.min(contenders.len() - 1))
}

/// Measures a program.
///
/// # Errors
/// What kept a contender from being started, in words.
pub fn program(
    contenders: &[Contender],
    program: &Program,
    options: &Options,
) -> Result<Row, String> {
    let mut row = Row::new(&program.name, contenders.len());
    let mut commands = Vec::new();
    for contender in contenders {
        commands.push(contender.command(program)?);
    }
    compare(contenders, &mut commands, &mut row)?;
    for _ in 0..options.rounds {
        for (i, command) in commands.iter().enumerate() {
            if let Some(command) = command {
                row.note(i, &measure::run(command)?, 1);
            }
        }
    }
    if options.instructions {
        let reference = reference(contenders);
        for (i, contender) in contenders.iter().enumerate() {
            if let Some(command) = &commands[i]
                && (i == reference || contender.name == "luka" || contender.name == "versus")
            {
                row.instructions[i] = instructions::count(command)?;
            }
        }
    }
    Ok(row)
}

/// Runs each once; who prints something else than the reference does not take part.
fn compare(
    contenders: &[Contender],
    commands: &mut [Option<Vec<String>>],
    row: &mut Row,
) -> Result<(), String> {
    let reference = reference(contenders);
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
        if run.success || contenders[i].language != Language::LikeLua {
            row.differs.push(contenders[i].name.clone());
        }
    }
    Ok(())
}

/// An empty program, often; beside it, as the last column, a program that does nothing at all.
///
/// # Errors
/// As [`program`].
pub fn start(contenders: &[Contender], rounds: usize) -> Result<Row, String> {
    const TIMES: usize = 50;
    let mut commands: Vec<_> = contenders.iter().map(Contender::empty).collect();
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
