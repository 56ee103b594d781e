//! The table: luka's time relative to each other contender's, in Markdown.

use std::fmt::Write;
use std::path::Path;

use crate::contender::Contender;
use crate::stats::{geometric_mean, median, ratios, spread};

/// The measurements of one program, by contender.
pub struct Row {
    pub name: String,
    /// Seconds, round by round; empty if the contender cannot run the program.
    pub seconds: Vec<Vec<f64>>,
    pub peak_kb: Vec<i64>,
    /// Contenders whose output is not the first one's.
    pub differs: Vec<String>,
}

impl Row {
    pub fn new(name: &str, contenders: usize) -> Row {
        Row {
            name: name.to_string(),
            seconds: vec![Vec::new(); contenders],
            peak_kb: vec![0; contenders],
            differs: Vec::new(),
        }
    }

    /// luka's time over a contender's: median and spread of the rounds' ratios.
    fn ratio(&self, other: usize) -> Option<(f64, f64)> {
        let ratios = ratios(&self.seconds[0], &self.seconds[other]);
        Some((median(&ratios)?, spread(&ratios)))
    }
}

/// All rows.
pub struct Table {
    names: Vec<String>,
    rounds: usize,
    pinned: bool,
    pub rows: Vec<Row>,
    pub startup: Option<Row>,
}

impl Table {
    pub fn new(contenders: &[Contender], rounds: usize, pinned: bool) -> Table {
        let names = contenders.iter().map(|c| c.name.clone()).collect();
        Table { names, rounds, pinned, rows: Vec::new(), startup: None }
    }

    /// A row: seconds of luka, then ratios, then peak memory against the first other contender.
    pub fn line(&self, row: &Row) -> String {
        let mut text = format!("| {:<18} |", row.name);
        match median(&row.seconds[0]) {
            Some(seconds) => _ = write!(text, " {:>9.2} |", seconds * 1000.0),
            None => text.push_str("         – |"),
        }
        for other in 1..self.names.len() {
            match row.ratio(other) {
                Some((ratio, spread)) => {
                    _ = write!(text, " {ratio:>6.2} ±{:>2.0} % |", spread * 100.0);
                }
                None => text.push_str("            – |"),
            }
        }
        if self.names.len() > 1 {
            let (mine, theirs) = (row.peak_kb[0] as f64, row.peak_kb[1].max(1) as f64);
            _ = write!(text, " {:>6.2} |", mine / theirs);
        }
        if !row.differs.is_empty() {
            _ = write!(text, " OUTPUT DIFFERS: {}", row.differs.join(", "));
        }
        text
    }

    /// The whole table.
    pub fn render(&self) -> String {
        let mut text = format!("| {:<18} | luka, ms  |", "program");
        for name in &self.names[1..] {
            _ = write!(text, " ÷ {name:<10} |");
        }
        if let Some(name) = self.names.get(1) {
            _ = write!(text, " peak memory ÷ {name} |");
        }
        text.push_str("\n|---|---:|");
        text.push_str(&"---:|".repeat(self.names.len()));
        for row in &self.rows {
            _ = write!(text, "\n{}", self.line(row));
        }
        text.push_str("\n| **geometric mean** | |");
        for other in 1..self.names.len() {
            let all: Vec<f64> =
                self.rows.iter().filter_map(|r| r.ratio(other)).map(|r| r.0).collect();
            match geometric_mean(&all) {
                Some(mean) => _ = write!(text, " **{mean:.2}** |"),
                None => text.push_str(" – |"),
            }
        }
        if self.names.len() > 1 {
            let peaks = self.rows.iter().map(|r| r.peak_kb[0] as f64 / r.peak_kb[1].max(1) as f64);
            let peaks: Vec<f64> = peaks.collect();
            _ = write!(text, " {:.2} |", geometric_mean(&peaks).unwrap_or(0.0));
        }
        if let Some(startup) = &self.startup {
            _ = write!(text, "\n{}", self.line(startup));
        }
        let pinned = if self.pinned { ", pinned to one core" } else { "" };
        _ = write!(
            text,
            "\n\nProcessor time, {} interleaved rounds{pinned}; ratios are medians of the rounds' \
             ratios, ± half their range. Below 1 luka is faster.",
            self.rounds
        );
        text
    }
}

const BEGIN: &str = "<!-- table -->";
const END: &str = "<!-- end of table -->";

/// Puts the table between its marks in `benches/README.md`.
pub fn write(table: &str) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let (Some(begin), Some(end)) = (text.find(BEGIN), text.find(END)) else {
        return Err(format!("{}: no marks for the table", path.display()));
    };
    let (head, tail) = (&text[..begin + BEGIN.len()], &text[end..]);
    std::fs::write(&path, format!("{head}\n{table}\n{tail}")).map_err(|e| e.to_string())
}
