//! The tables, in Markdown: luka's time relative to each other competitor's, by set; programs that
//! exist in other languages; start-up.

use std::fmt::Write;
use std::path::Path;

use crate::competitor::Competitor;
use crate::options::Options;
use crate::programs::Set;
use crate::rounds::{Row, reference};
use crate::stats::{geometric_mean, median, ratios, spread};

/// All rows, and how they are to be read.
pub struct Report {
    names: Vec<String>,
    /// The competitors beside luka with a column in the tables of Lua programs.
    lua: Vec<usize>,
    /// Those of other languages.
    others: Vec<usize>,
    reference: usize,
    rounds: usize,
    pinned: bool,
    instructions: bool,
    rows: Vec<(Set, Row)>,
    /// One column more than competitors: `/bin/true`.
    pub startup: Option<Row>,
}

impl Report {
    pub fn new(competitors: &[Competitor], options: &Options, pinned: bool) -> Report {
        let columns = |lua| {
            let chosen = |&i: &usize| competitors[i].is_lua() == lua;
            (1..competitors.len()).filter(chosen).collect()
        };
        Report {
            names: competitors.iter().map(|c| c.name.clone()).collect(),
            lua: columns(true),
            others: columns(false),
            reference: reference(competitors),
            rounds: options.rounds,
            pinned,
            instructions: options.instructions,
            rows: Vec::new(),
            startup: None,
        }
    }

    pub fn add(&mut self, set: Set, row: Row) {
        self.rows.push((set, row));
    }

    /// Whether all competitors printed the same, program by program.
    pub fn all_agree(&self) -> bool {
        self.rows.iter().all(|(_, row)| row.differs.is_empty())
    }

    /// A row of the tables of Lua programs: luka's milliseconds, ratios, memory, instructions.
    pub fn line(&self, row: &Row) -> String {
        let mut text = beginning(row);
        for &other in &self.lua {
            text.push_str(&ratio_cell(row, other));
        }
        cell(&mut text, memory(row, self.reference));
        if self.instructions {
            let millions = row.instructions[0].map(|n| n as f64 / 1e6);
            match millions {
                Some(n) => _ = write!(text, " {n:>6.0} |"),
                None => text.push_str(" – |"),
            }
            cell(&mut text, instructions(row, self.reference));
        }
        if !row.differs.is_empty() {
            _ = write!(text, " OUTPUT DIFFERS: {}", row.differs.join(", "));
        }
        text
    }

    /// Everything.
    pub fn render(&self) -> String {
        let mut text = String::new();
        for set in Set::ALL {
            let rows: Vec<&Row> =
                self.rows.iter().filter(|(s, _)| *s == set).map(|(_, row)| row).collect();
            if !rows.is_empty() {
                self.table(&mut text, set, &rows);
            }
        }
        self.other_languages(&mut text);
        if let Some(row) = &self.startup {
            self.startup(&mut text, row);
        }
        let pinned = if self.pinned { ", pinned to one core" } else { "" };
        _ = write!(
            text,
            "Processor time, {} interleaved rounds{pinned}; ratios are medians of the rounds' \
             ratios, ± half their range. Below 1 luka is faster, or needs less.",
            self.rounds
        );
        text
    }

    fn table(&self, text: &mut String, set: Set, rows: &[&Row]) {
        let against = &self.names[self.reference];
        _ = write!(text, "| {:<18} | luka, ms  |", set.title());
        for &other in &self.lua {
            _ = write!(text, " ÷ {:<10} |", self.names[other]);
        }
        _ = write!(text, " peak memory ÷ {against} |");
        let mut columns = 3 + self.lua.len();
        if self.instructions {
            _ = write!(text, " instructions, millions | ÷ {against} |");
            columns += 2;
        }
        _ = write!(text, "\n|---|{}", "---:|".repeat(columns - 1));
        for row in rows {
            _ = write!(text, "\n{}", self.line(row));
        }
        text.push_str("\n| **geometric mean** | |");
        for &other in &self.lua {
            mean(text, rows.iter().filter_map(|row| ratio(row, other)).map(|r| r.0));
        }
        mean(text, rows.iter().filter_map(|row| memory(row, self.reference)));
        if self.instructions {
            text.push_str(" |");
            mean(text, rows.iter().filter_map(|row| instructions(row, self.reference)));
        }
        text.push_str("\n\n");
    }

    /// The programs that exist in other languages too.
    fn other_languages(&self, text: &mut String) {
        let measured = |row: &Row| self.others.iter().any(|&i| !row.seconds[i].is_empty());
        let rows: Vec<&Row> = self.rows.iter().map(|r| &r.1).filter(|r| measured(r)).collect();
        if rows.is_empty() {
            return;
        }
        _ = write!(text, "| {:<18} | luka, ms  |", "other languages");
        for &other in &self.others {
            _ = write!(text, " ÷ {:<10} |", self.names[other]);
        }
        _ = write!(text, "\n|---|---:|{}", "---:|".repeat(self.others.len()));
        for row in rows {
            _ = write!(text, "\n{}", beginning(row));
            for &other in &self.others {
                text.push_str(&ratio_cell(row, other));
            }
        }
        text.push_str("\n\n");
    }

    /// `-e ''`: time, and how much of it is not that of starting any process.
    fn startup(&self, text: &mut String, row: &Row) {
        let nothing = row.seconds.len() - 1;
        text.push_str("| start-up (-e '')   | ms       | more than /bin/true, ms | peak, MB |\n");
        text.push_str("|---|---:|---:|---:|");
        for (i, name) in self.names.iter().map(String::as_str).chain(["/bin/true"]).enumerate() {
            let Some(seconds) = median(&row.seconds[i]) else { continue };
            let pairs = row.seconds[i].iter().zip(&row.seconds[nothing]);
            let more: Vec<f64> = pairs.map(|(a, b)| a - b).collect();
            _ = write!(
                text,
                "\n| {name:<18} | {:>8.2} | {:>6.2} | {:>5.1} |",
                seconds * 1e3,
                median(&more).unwrap_or(0.0) * 1e3,
                row.peak_kb[i] as f64 / 1024.0
            );
        }
        text.push_str("\n\n");
    }
}

/// Name and milliseconds of luka.
fn beginning(row: &Row) -> String {
    match median(&row.seconds[0]) {
        Some(seconds) => format!("| {:<18} | {:>9.2} |", row.name, seconds * 1e3),
        None => format!("| {:<18} |         – |", row.name),
    }
}

/// luka's time over a competitor's: median and spread of the rounds' ratios.
fn ratio(row: &Row, other: usize) -> Option<(f64, f64)> {
    let ratios = ratios(&row.seconds[0], &row.seconds[other]);
    Some((median(&ratios)?, spread(&ratios)))
}

fn ratio_cell(row: &Row, other: usize) -> String {
    match ratio(row, other) {
        Some((ratio, spread)) => format!(" {ratio:>6.2} ±{:>2.0} % |", spread * 100.0),
        None => "            – |".to_string(),
    }
}

fn memory(row: &Row, reference: usize) -> Option<f64> {
    let (mine, theirs) = (row.peak_kb[0], row.peak_kb[reference]);
    (mine > 0 && theirs > 0).then(|| mine as f64 / theirs as f64)
}

fn instructions(row: &Row, reference: usize) -> Option<f64> {
    Some(row.instructions[0]? as f64 / row.instructions[reference]?.max(1) as f64)
}

fn cell(text: &mut String, value: Option<f64>) {
    match value {
        Some(value) => _ = write!(text, " {value:>6.2} |"),
        None => text.push_str("      – |"),
    }
}

fn mean(text: &mut String, values: impl Iterator<Item = f64>) {
    match geometric_mean(&values.collect::<Vec<f64>>()) {
        Some(mean) => _ = write!(text, " **{mean:.2}** |"),
        None => text.push_str(" – |"),
    }
}

/// What stands before and behind the tables of the programs in `benches/README.md`.
pub const RUNS: [&str; 2] = ["<!-- table -->", "<!-- end of table -->"];
/// The same for the table of single places.
pub const PLACES: [&str; 2] = ["<!-- places -->", "<!-- end of places -->"];
/// The same for the table of the front end.
pub const FRONT: [&str; 2] = ["<!-- front end -->", "<!-- end of front end -->"];
/// The same for the compiler in its own language.
pub const SELFHOST: [&str; 2] = ["<!-- selfhost -->", "<!-- end of selfhost -->"];

/// Puts the tables between their marks in `benches/README.md`.
///
/// # Errors
/// Those of the file, in words.
pub fn write([begin, end]: [&str; 2], tables: &str) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let (Some(from), Some(to)) = (text.find(begin), text.find(end)) else {
        return Err(format!("{}: no marks for the table", path.display()));
    };
    let (head, tail) = (&text[..from + begin.len()], &text[to..]);
    std::fs::write(&path, format!("{head}\n{tables}\n{tail}")).map_err(|e| e.to_string())
}
