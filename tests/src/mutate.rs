//! Programs with one token deleted, doubled or replaced, and what the front end says of them.
//!
//! The judge of the reports is not a golden file but the mutation itself: the first report must
//! point at a line where the token was (see [`Mutant::true_lines`]), and there should be no second
//! one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use luka_compiler::Std;
use luka_compiler::lex::{TokenKind as T, Tokens, lex};
use luka_compiler::source::{Source, SourceKind};
use luka_compiler::{Options, compile, diagnose};

use crate::random::Random;

/// What is done to a token.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Change {
    Delete,
    Double,
    Replace,
}

/// A changed program.
pub struct Mutant {
    pub text: Vec<u8>,
    pub change: Change,
    /// The token before the change, and what replaces it.
    pub token: String,
    pub by: String,
    /// Lines a report may rightly be about: those of the token; of the one before it, behind which
    /// it is missing; and of what it closed.
    pub true_lines: Vec<u32>,
}

/// What came of the mutants.
#[derive(Default)]
pub struct Tally {
    pub mutants: usize,
    /// Mutants that are programs all the same.
    pub accepted: usize,
    pub faults: usize,
    pub on_line: usize,
    pub reports: usize,
    /// Faults of which nothing was said.
    pub silent: usize,
    /// Reports of PUC Lua's kind on the true line, for comparison.
    pub plain_on_line: usize,
    /// Valid programs with a report.
    pub false_reports: usize,
    pub files: usize,
    /// By change and token: faults, on the line, reports.
    pub by_kind: BTreeMap<(Change, String), (usize, usize, usize)>,
    /// Descriptions of faults with a bad report.
    pub bad: Vec<String>,
}

impl Tally {
    pub fn rate(&self) -> f64 {
        self.on_line as f64 / self.faults.max(1) as f64
    }

    pub fn reports_per_fault(&self) -> f64 {
        self.reports as f64 / self.faults.max(1) as f64
    }

    /// The numbers on one line.
    pub fn summary(&self) -> String {
        format!(
            "{} files, {} mutants, {} still programs, {} faults: first report on the true line \
             {:.1} % (PUC's message {:.1} %), {:.3} reports a fault, {} silent, {} false",
            self.files,
            self.mutants,
            self.accepted,
            self.faults,
            100.0 * self.rate(),
            100.0 * self.plain_on_line as f64 / self.faults.max(1) as f64,
            self.reports_per_fault(),
            self.silent,
            self.false_reports,
        )
    }
}

/// All `.lua` and `.luka` files below `path`, in order.
pub fn lua_files(path: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        if folder.is_file() {
            out.push(folder);
            continue;
        }
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            let is_program = path.extension().is_some_and(|e| e == "lua" || e == "luka");
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if is_program && path.is_file() {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

/// Tries `count` mutants of the file's text.
pub fn try_file(name: &str, text: &[u8], count: usize, random: &mut Random, tally: &mut Tally) {
    let source = Source::new("@a.lua", text, SourceKind::File);
    let options = Options::default();
    if text.is_empty() || compile(&source, &options).is_err() {
        return;
    }
    tally.files += 1;
    if !diagnose(&source, &options).is_empty() {
        tally.false_reports += 1;
        tally.bad.push(format!("{name}: a report about a valid file"));
    }
    let tokens = lex(&source, Std::Luka);
    let openers = openers(&tokens);
    // Each kind of token has its turn, rare ones as often as common ones.
    let mut kinds: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, token) in tokens.tokens[..tokens.len() - 1].iter().enumerate() {
        kinds.entry(token.kind.text()).or_default().push(at);
    }
    let kinds: Vec<Vec<usize>> = kinds.into_values().collect();
    if kinds.is_empty() {
        return;
    }
    for _ in 0..count {
        // Half of the mutants by kind, half by frequency.
        let at = if random.below(2) == 0 {
            let kind = &kinds[random.below(kinds.len())];
            kind[random.below(kind.len())]
        } else {
            random.below(tokens.len() - 1)
        };
        let change = [Change::Delete, Change::Double, Change::Replace][random.below(3)];
        let by = random.below(tokens.len() - 1);
        let mutant = mutant(&source, &tokens, &openers, at, change, by);
        judge(name, &mutant, tally);
    }
}

/// Faults in pairs: how many of `count` programs with two changes far apart get a report about each,
/// and how many reports there are.
#[derive(Default)]
pub struct Pairs {
    pub pairs: usize,
    pub both: usize,
    pub reports: usize,
    /// Descriptions of the others.
    pub bad: Vec<String>,
}

/// Lines that lie between two changes.
const APART: u32 = 8;

/// Tries `count` programs with two changes, each of which is a fault alone.
pub fn try_pairs(name: &str, text: &[u8], count: usize, random: &mut Random, out: &mut Pairs) {
    let source = Source::new("@a.lua", text, SourceKind::File);
    let options = Options::default();
    let tokens = lex(&source, Std::Luka);
    if tokens.len() < 50 || compile(&source, &options).is_err() {
        return;
    }
    let openers = openers(&tokens);
    let line = |at: usize| source.line(tokens.spans[at].start);
    let is_fault =
        |text: &[u8]| compile(&Source::new("@a.lua", text, SourceKind::File), &options).is_err();
    for _ in 0..count {
        let mut change = || {
            let at = random.below(tokens.len() - 1);
            let change = [Change::Delete, Change::Double, Change::Replace][random.below(3)];
            (at, change, random.below(tokens.len() - 1))
        };
        let (mut first, mut second) = (change(), change());
        if first.0 > second.0 {
            std::mem::swap(&mut first, &mut second);
        }
        let lines = |at: usize| tokens.tokens[at].kind != T::Str;
        if line(second.0) < line(first.0) + APART || ![first.0, first.2].into_iter().all(lines) {
            continue;
        }
        let one = mutant(&source, &tokens, &openers, first.0, first.1, first.2);
        let two = mutant(&source, &tokens, &openers, second.0, second.1, second.2);
        if !is_fault(&one.text) || !is_fault(&two.text) {
            continue;
        }
        // Both: what the first change has before its end, what the second has behind that.
        let cut = tokens.spans[first.0].end as usize;
        let grown = one.text.len() as isize - text.len() as isize;
        let text = [&one.text[..(cut as isize + grown) as usize], &two.text[cut..]].concat();
        let source = Source::new("@a.lua", text, SourceKind::File);
        let reports = diagnose(&source, &options);
        let found: Vec<u32> = reports.iter().map(|d| source.line(d.span.start)).collect();
        out.pairs += 1;
        out.reports += reports.len();
        let hit = |mutant: &Mutant| found.iter().any(|line| mutant.true_lines.contains(line));
        if hit(&one) && hit(&two) {
            out.both += 1;
        } else {
            let of = |m: &Mutant| format!("{:?} {} {:?}", m.change, m.token, m.true_lines);
            out.bad.push(format!("{name}: {}, {}: {found:?}", of(&one), of(&two)));
        }
    }
}

/// The index of what each closing token closes.
fn openers(tokens: &Tokens) -> Vec<Option<usize>> {
    let mut out = vec![None; tokens.len()];
    let mut stack: Vec<(usize, bool)> = Vec::new();
    for (at, token) in tokens.tokens.iter().enumerate() {
        match token.kind {
            T::While | T::For => stack.push((at, true)),
            T::Do if stack.last().is_some_and(|&(_, head)| head) => {
                if let Some(top) = stack.last_mut() {
                    top.1 = false;
                }
            }
            T::If | T::Function | T::Do | T::Repeat | T::LParen | T::LBrace | T::LBracket => {
                stack.push((at, false));
            }
            T::End | T::Until | T::RParen | T::RBrace | T::RBracket => {
                out[at] = stack.pop().map(|(at, _)| at);
            }
            _ => {}
        }
    }
    out
}

fn mutant(
    source: &Source,
    tokens: &Tokens,
    openers: &[Option<usize>],
    at: usize,
    change: Change,
    by: usize,
) -> Mutant {
    let bytes = source.bytes();
    let text_of = |at: usize| {
        let span = tokens.spans[at];
        &bytes[span.start as usize..span.end as usize]
    };
    let span = tokens.spans[at];
    let own = text_of(at);
    let replacement: Vec<u8> = match change {
        Change::Delete => b" ".to_vec(),
        Change::Double => [own, b" ", own].concat(),
        Change::Replace => [b" ", text_of(by), b" "].concat(),
    };
    let text = [&bytes[..span.start as usize], &replacement, &bytes[span.end as usize..]].concat();
    let mut true_lines: Vec<u32> =
        (source.line(span.start)..=source.line(span.end.max(1) - 1)).collect();
    if change != Change::Double {
        if let Some(before) = at.checked_sub(1) {
            true_lines.push(source.line(tokens.spans[before].end.max(1) - 1));
        }
        if let Some(opener) = openers[at] {
            true_lines.push(source.line(tokens.spans[opener].start));
        }
    }
    let shown = |at: usize| tokens.tokens[at].kind.text().to_string();
    let by = if change == Change::Replace { shown(by) } else { String::new() };
    Mutant { text, change, token: shown(at), by, true_lines }
}

fn judge(name: &str, mutant: &Mutant, tally: &mut Tally) {
    tally.mutants += 1;
    let source = Source::new("@a.lua", &*mutant.text, SourceKind::File);
    let options = Options::default();
    let Err(plain) = compile(&source, &options) else {
        tally.accepted += 1;
        return;
    };
    tally.faults += 1;
    let is_true = |line: u32| mutant.true_lines.contains(&line);
    if let Some(line) = plain.first().and_then(|d| d.puc.as_ref()).and_then(|puc| puc.line) {
        tally.plain_on_line += usize::from(is_true(line));
    }
    let reports = diagnose(&source, &options);
    let counts = tally.by_kind.entry((mutant.change, mutant.token.clone())).or_default();
    counts.0 += 1;
    counts.2 += reports.len();
    tally.reports += reports.len();
    let Some(first) = reports.first() else {
        tally.silent += 1;
        tally.bad.push(format!("{name}: {:?} {} silent", mutant.change, mutant.token));
        return;
    };
    let line = source.line(first.span.start);
    if is_true(line) {
        tally.on_line += 1;
        counts.1 += 1;
    }
    if !is_true(line) || reports.len() > 1 {
        let what: Vec<String> = reports
            .iter()
            .map(|d| format!("{}: {} {}", source.line(d.span.start), d.code, d.message))
            .collect();
        let by = if mutant.by.is_empty() { String::new() } else { format!(" by {}", mutant.by) };
        tally.bad.push(format!(
            "{}{name}: {:?} {}{by} at {:?}; {}",
            if is_true(line) { "(several) " } else { "" },
            mutant.change,
            mutant.token,
            mutant.true_lines,
            what.join(" | ")
        ));
    }
}
